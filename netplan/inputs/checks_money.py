"""What cannot be in costs.csv, funding.csv and upgrades.csv, row by row."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.columns import EVERY
from netplan.inputs.columns_money import COST_CENTERS
from netplan.inputs.suggest import closest
from netplan.inputs.tables import Table

Tables = Mapping[str, Table]
_WIFI = "ap_group"
_SHARE = "technology_usd"
#: Costs counted by these ask for a kind of device.
_BY_DEVICE = ("new_device", "device")


def check_money(tables: Tables) -> list[Problem]:
    """Find rows of the tables about money whose cells contradict each other.

    Parameters
    ----------
    tables
        Those of the folder that could be read.
    """
    problems: list[Problem] = []
    if "costs" in tables:
        costs = tables["costs"]
        problems += _years(costs)
        problems += _prices(costs)
        problems += _shares(costs)
        problems += _once(costs)
        if "devices" in tables:
            problems += _kinds(costs, tables["devices"])
    if "funding" in tables:
        problems += _years(tables["funding"])
        problems += _centers(tables["funding"])
    if "upgrades" in tables:
        problems += _capacities(tables["upgrades"])
    return problems


def _positions(mask: "pd.Series[bool]") -> Iterator[int]:
    yield from (int(position) for position in np.flatnonzero(mask.to_numpy(dtype=bool)))


def _years(table: Table) -> list[Problem]:
    first, last = table.frame["first_school_year"], table.frame["last_school_year"]
    known = first.notna() & last.notna()
    backward = known & (last.fillna("") < first.fillna(""))
    return [
        table.problem(
            position,
            "last_school_year",
            code="years-backward",
            message=f"the last school year lies before the first ({first.iloc[position]})",
            expected=f"{first.iloc[position]} or later, or nothing",
            fix="Correct one of the two.",
        )
        for position in _positions(backward)
    ]


def _prices(costs: Table) -> list[Problem]:
    usd = costs.frame["usd"]
    problems = []
    for name, wrong, than in (
        ("low_usd", costs.frame["low_usd"] > usd, "above"),
        ("high_usd", costs.frame["high_usd"] < usd, "below"),
    ):
        problems += [
            costs.problem(
                position,
                name,
                code="price-range",
                message=f"the {name[:-4]} end of the price lies {than} the price "
                f"({usd.iloc[position]:,.12g})",
                expected="low_usd at most usd, and usd at most high_usd",
                fix="Correct one of the two, or leave the end empty.",
            )
            for position in _positions(wrong)
        ]
    return problems


def _shares(costs: Table) -> list[Problem]:
    """Find shares of the other costs above 1: a percentage most of the time."""
    frame = costs.frame
    return [
        costs.problem(
            position,
            name,
            code="share-above-one",
            message="with per = technology_usd this is a share of the other costs, and it is above "
            "1",
            expected="a share from 0 to 1",
            fix=f"Write {value / 100:.12g} if it is a percentage."
            if (value := float(frame[name].iloc[position])) <= 100
            else "Correct it.",
        )
        for name in ("usd", "low_usd", "high_usd")
        for position in _positions((frame["per"] == _SHARE) & (frame[name] > 1))
    ]


def _once(costs: Table) -> list[Problem]:
    """Find purchases of new devices that are said to be paid every year."""
    frame = costs.frame
    return [
        costs.problem(
            position,
            "how",
            code="purchase-yearly",
            message="a new device is paid for once, with each purchase",
            expected="once",
            fix="Write once; what a device costs every year is counted per device.",
        )
        for position in _positions((frame["per"] == "new_device") & (frame["how"] == "yearly"))
    ]


def _kinds(costs: Table, devices: Table) -> list[Problem]:
    """Note kinds of devices that devices.csv does not have: their cost will be 0."""
    known = {str(kind).strip().casefold() for kind in devices.frame["kind"].dropna()}
    named = costs.frame["device_kind"]
    folded = named.fillna(EVERY).map(lambda kind: str(kind).strip().casefold())
    strange = costs.frame["per"].isin(_BY_DEVICE) & ~folded.isin({*known, EVERY})
    problems = []
    for position in _positions(strange):
        near = closest(str(named.iloc[position]), sorted(known))
        problems.append(
            costs.problem(
                position,
                "device_kind",
                code="unknown-device-kind",
                message="devices.csv has no devices of this kind, so this costs nothing",
                expected="",
                fix=f"Did you mean {near!r}?" if near else "Nothing to do, if it is meant.",
                severity="note",
            )
        )
    return problems


def _centers(funding: Table) -> list[Problem]:
    problems = []
    cells = funding.frame["pays_for"]
    for position in _positions(cells.notna()):
        cell = str(cells.iloc[position])
        if cell.strip() == EVERY:
            continue
        parts = [part.strip() for part in cell.split(";")]
        wrong = next((part for part in parts if part not in COST_CENTERS), None)
        if wrong is None:
            continue
        near = closest(wrong, COST_CENTERS, cutoff=0.5)
        if near is None and "," in wrong:
            fix = "Put ; between several."
        else:
            fix = f"Did you mean {near!r}?" if near else "Write one of those."
        problems.append(
            funding.problem(
                position,
                "pays_for",
                code="not-in-list",
                message="this is no list of cost centers"
                + (f": there is no {wrong!r}" if wrong else ": a part of it is empty"),
                expected="* or some of " + ", ".join(COST_CENTERS) + ", with ; between them",
                fix=fix,
            )
        )
    return problems


def _capacities(upgrades: Table) -> list[Problem]:
    frame = upgrades.frame
    wireless = frame["applies_to"] == _WIFI
    known = frame["applies_to"].notna()
    return [
        *(
            upgrades.problem(
                position,
                "capacity_mbps",
                code="missing-value",
                message="what it carries is not said",
                expected="the capacity in Mbps",
                fix="Fill it in.",
            )
            for position in _positions(known & ~wireless & frame["capacity_mbps"].isna())
        ),
        *(
            upgrades.problem(
                position,
                "wifi",
                code="missing-value",
                message="the generation of the access point is not said",
                expected="one of wifi4, wifi5, wifi6, wifi6e, wifi7",
                fix="Fill it in.",
            )
            for position in _positions(wireless & frame["wifi"].isna())
        ),
    ]
