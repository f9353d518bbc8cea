"""Checked tables and catalogs to the finished tables of ``Inputs``."""

from collections.abc import Mapping

import pandas as pd

from netplan.inputs.activities import activity_shares, expand_catalog
from netplan.inputs.columns import GRADES
from netplan.inputs.devices import populations
from netplan.inputs.schemas import TABLES
from netplan.inputs.tables import Table, with_defaults

#: Tables for which a catalog stands in by row: a row of the district's file replaces the
#: catalog's row of the same key.
BY_ROW = ("apps", "costs", "upgrades")
#: Tables for which a catalog stands in, in whole or by row.
FROM_CATALOG = (*BY_ROW, "activities", "bell")


def finished_tables(
    tables: Mapping[str, Table],
    present: frozenset[str],
    catalogs: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """Fill defaults, let catalogs stand in, sort by key, and resolve the derived tables.

    Parameters
    ----------
    tables
        Every table of the folder, free of errors.
    present
        Names of those that have a file.
    catalogs
        Every built-in catalog.

    Returns
    -------
    frames
        Every table of docs/architecture.md.
    built_in
        What comes from a catalog: ``bell``, ``activities``, and ``<table>.<key>`` for each row
        of the tables of `BY_ROW` that the district does not give.
    """
    frames = {name: with_defaults(table) for name, table in tables.items()}
    built_in: set[str] = set()
    for name in BY_ROW:
        (key,) = TABLES[name].key
        others = catalogs[name]
        others = others[~others[key].isin(frames[name][key])]
        frames[name] = pd.concat(
            [frames[name], others[list(TABLES[name].columns)]], ignore_index=True
        )
        built_in |= {f"{name}.{row}" for row in others[key]}
    if "bell" not in present:
        frames["bell"] = catalogs["bell"][list(TABLES["bell"].columns)]
        built_in.add("bell")
    if "activities" not in present:
        frames["activities"] = expand_catalog(catalogs["activities"], frames["bell"])
        built_in.add("activities")
    frames = {name: in_order(frame, name) for name, frame in frames.items()}
    frames |= {name: frame for name, frame in catalogs.items() if name not in FROM_CATALOG}
    frames |= derived_tables(frames)
    return frames, frozenset(built_in)


def derived_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Resolve ``populations`` and ``activity_shares`` from finished tables."""
    return {
        "populations": populations(frames["schools"], frames["enrollment"], frames["devices"]),
        "activity_shares": activity_shares(
            frames["activities"], frames["bell"], frames["schools"], frames["enrollment"]
        ),
    }


def in_order(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Sort a table by its key; bell by start, grades from PK to 12."""
    if name == "bell":
        by = ["start", "period"]
    elif name == "enrollment":
        frame = frame.assign(_place=frame["grade"].map({g: i for i, g in enumerate(GRADES)}))
        by = ["school_id", "_place"]
    else:
        by = list(TABLES[name].key)
    return frame.sort_values(by, kind="stable", ignore_index=True).drop(
        columns="_place", errors="ignore"
    )
