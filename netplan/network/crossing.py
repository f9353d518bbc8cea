"""Whose traffic crosses which measured link."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from netplan.network.model import Network, Routes


def crossings(
    network: Network, routes: Routes, link_ids: Sequence[str], directions: Sequence[str]
) -> list[tuple[csr_array, csr_array]]:
    """Give, per flow, the share of each school's down-load and up-load on each named link.

    Parameters
    ----------
    network, routes
        The district's.
    link_ids, directions
        One per measurement; direction ``down`` is from a to b.

    Returns
    -------
    crossings
        Per FLOW a pair of csr arrays (measurements, schools): for down-loads, for up-loads.
    """
    row = {link: index for index, link in enumerate(network.link_ids)}
    link = np.array([row[name] for name in link_ids], dtype=np.int64)
    up = np.array([direction == "up" for direction in directions], dtype=np.int64)
    # arcs run toward the destination: a down-load comes the other way
    down_arc, up_arc = 2 * link + 1 - up, 2 * link + up
    columns = [share.tocsc() for share in routes.share]
    return [(csr_array(share[:, down_arc].T), csr_array(share[:, up_arc].T)) for share in columns]
