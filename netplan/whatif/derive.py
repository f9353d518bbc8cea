"""Tables that are worked out from others, again where those have changed."""

from collections.abc import Mapping

import pandas as pd

from netplan.inputs.activities import activity_shares
from netplan.inputs.devices import populations
from netplan.whatif.draft import DERIVED


def with_derived(
    tables: Mapping[str, pd.DataFrame], before: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Give the tables with the derived ones worked out again, where that changes anything.

    Parameters
    ----------
    tables, before
        Finished tables now, and as they were; what is the same object has not changed.
    """
    found = dict(tables)
    changed = {name for name, frame in tables.items() if frame is not before[name]}
    if changed & set(DERIVED["populations"]):
        found["populations"] = populations(
            tables["schools"], tables["enrollment"], tables["devices"]
        )
    if changed & set(DERIVED["activity_shares"]):
        found["activity_shares"] = activity_shares(
            tables["activities"], tables["bell"], tables["schools"], tables["enrollment"]
        )
    return found
