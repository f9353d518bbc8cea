"""Offers of any strategy as one table with one reach: made, checked and joined here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, csr_array, hstack

from netplan.access.model import Offers

#: Columns of `Offers.table` with their types, in order.
COLUMNS = {
    "offer_id": "str",
    "strategy": "str",
    "kind": "str",
    "source_id": "str",
    "name": "str",
    "usd_per_year": "float64",
    "usd_per_student_per_year": "float64",
    "max_students": "float64",
    "existing": "bool",
    "mobile": "bool",
    "vehicle_class": "int64",
    "lon": "float64",
    "lat": "float64",
    "limited_by": "str",
    "price_source": "str",
}
_USUAL = {
    "usd_per_year": 0.0,
    "usd_per_student_per_year": 0.0,
    "max_students": np.inf,
    "existing": False,
    "mobile": False,
    "vehicle_class": -1,
    "lon": np.nan,
    "lat": np.nan,
}


def make_offers(
    strategy: str, table: pd.DataFrame, reach: csr_array, notes: Sequence[str] = ()
) -> Offers:
    """Make the offers of one strategy, sorted by id.

    Parameters
    ----------
    strategy
        Name of the function that made them.
    table
        At least offer_id, kind, source_id, name, limited_by and price_source; the other
        columns of `COLUMNS` where they differ from: free, no limit, not existing, not mobile,
        any vehicle, no place.
    reach
        Shape (points, rows of the table).
    notes
        Sentences of the strategy. One is added for every offer with no capacity.

    Raises
    ------
    ValueError
        The reach is of other offers, or a cell is NaN, which would read as no capacity, or as
        no price.
    """
    if reach.shape[1] != len(table):
        raise ValueError(f"{strategy}: {len(table)} offers, reach of {reach.shape[1]}")
    filled = table.assign(
        strategy=strategy,
        **{name: value for name, value in _USUAL.items() if name not in table.columns},
    )[list(COLUMNS)].astype(COLUMNS)
    unknown = filled.drop(columns=["lon", "lat"]).isna().any()
    if unknown.any():
        raise ValueError(f"{strategy}: unknown {', '.join(unknown.index[unknown])}")
    order = np.argsort(filled["offer_id"].to_numpy(dtype=object), kind="stable")
    filled = filled.iloc[order].reset_index(drop=True)
    empty = filled[filled["max_students"] <= 0]
    useless = tuple(
        f"{name} ({source_id}) can serve nobody: {limited_by}."
        for name, source_id, limited_by in zip(
            empty["name"], empty["source_id"], empty["limited_by"], strict=True
        )
    )
    return Offers(table=filled, reach=_columns(reach, order), notes=(*notes, *useless))


def no_offers(strategy: str, points: int, *notes: str) -> Offers:
    """Give no offer at all, with the reason when there is something to say."""
    table = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    return make_offers(strategy, table, csr_array((points, 0), dtype=np.bool_), notes)


def join_offers(parts: Sequence[Offers]) -> Offers:
    """Put the offers of several strategies one after the other.

    Raises
    ------
    ValueError
        Two offers have one id: two strategies made an offer of the same thing.
    """
    table = pd.concat([part.table for part in parts], ignore_index=True).astype(COLUMNS)
    twice = table["offer_id"][table["offer_id"].duplicated()]
    if not twice.empty:
        raise ValueError(f"offers with one id: {', '.join(sorted(set(twice)))}")
    reach = csr_array(hstack([part.reach for part in parts], format="csr", dtype=np.bool_))
    return Offers(
        table=table, reach=reach, notes=tuple(note for part in parts for note in part.notes)
    )


def keep_offers(offers: Offers, keep: np.ndarray, *notes: str) -> Offers:
    """Give the offers at the kept positions; shape of ``keep`` (offers,), bool."""
    return Offers(
        table=offers.table.loc[keep].reset_index(drop=True),
        reach=_columns(offers.reach, np.flatnonzero(keep)),
        notes=(*offers.notes, *notes),
    )


def _columns(reach: csr_array, order: np.ndarray) -> csr_array:
    return csr_array(csc_array(reach, dtype=np.bool_)[:, order])
