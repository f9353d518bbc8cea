"""Every line of a district's costs: an item in a school year, counted, priced, with its source."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netplan.district.model import District
from netplan.money.circuits import circuits
from netplan.money.erate import CATEGORY_ONE, NO_CATEGORY
from netplan.money.rules import ASSUMPTION

#: Kinds of nodes that a support contract is paid for.
EQUIPMENT = ("firewall", "filter", "router", "switch", "mdf", "idf")
#: What a share of the technology costs is never a share of.
PEOPLE_CENTER = "people"
UPGRADE_CENTER = "upgrades"
_EVERY_KIND = "*"
_SHARE = "technology_usd"
_NEW = "new_device"
_DEVICE = "device"
#: The catalog's item that is about access points bought anew, and about nothing else of them.
_RENEWED = "access_point_renewal"


#: A row of the table ``costs``.
_Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item in one school year, before E-Rate.

    ``paid_usd`` is what E-Rate pays where that is known with the price (a plan of upgrades); None:
    to be worked out from the category.
    """

    item: str
    title: str
    cost_center: str
    school_year: str
    quantity: float
    per: str
    usd: float
    low_usd: float
    high_usd: float
    erate: str
    status: str
    source: str
    worked: str
    paid_usd: float | None = None


def lines(
    districts: Sequence[District],
    school_years: Sequence[str],
    devices: pd.DataFrame,
    purchases: pd.DataFrame | None,
) -> tuple[Line, ...]:
    """Give every line of every year: the table ``costs``, circuits, purchases, shares of them all.

    Parameters
    ----------
    districts, school_years
        One district per year.
    devices
        From `netplan.money.fleet.fleet`.
    purchases
        As `netplan.money.ownership.own` takes them.
    """
    found: list[Line] = []
    for district, year in zip(districts, school_years, strict=True):
        counts = _counts(district)
        mine = devices[devices["school_year"] == year]
        if purchases is not None:
            # what a plan has bought anew is not renewed beside
            bought = _in_place(purchases, year)["replaced_access_points"].sum()
            counts[_RENEWED] = max(counts["access_point"] - float(bought), 0.0)
        # prices are each year's own, so that a scenario may change them
        rows = district.table("costs").to_dict("records")
        found += [
            line
            for row in rows
            if row["per"] != _SHARE and _applies(row, year, school_years[0])
            for line in [_counted(row, year, _quantity(row, counts, mine))]
            if line.quantity > 0
        ]
        found += _circuits(district, year)
        if purchases is not None:
            found += _purchases(purchases, year)
        others = [
            line for line in found if line.school_year == year and line.cost_center != PEOPLE_CENTER
        ]
        found += [
            _share(row, year, others)
            for row in rows
            if row["per"] == _SHARE and _applies(row, year, school_years[0])
        ]
    return tuple(found)


def devices_without_price(district: District, devices: pd.DataFrame) -> dict[str, float]:
    """Give the kinds of devices that no row of ``costs`` prices, with their number."""
    costs = district.table("costs")
    bought = {_folded(kind) for kind in costs.loc[costs["per"] == _NEW, "device_kind"]}
    if _EVERY_KIND in bought:
        return {}
    most = devices.groupby("kind")["devices"].max()
    return {
        str(kind): float(number)
        for kind, number in most.items()
        if number > 0 and _folded(str(kind)) not in bought
    }


def _applies(row: _Row, year: str, first: str) -> bool:
    """Say whether a row of ``costs`` holds in a year."""
    start, end = row["first_school_year"], row["last_school_year"]
    if isinstance(start, str) and year < start:
        return False
    if isinstance(end, str) and year > end:
        return False
    if row["how"] == "once" and row["per"] != _NEW:
        # what was to be paid once before the first year planned has been paid
        return year == (start if isinstance(start, str) else first)
    return True


def _counts(district: District) -> dict[str, float]:
    """Count what costs are counted by, but devices."""
    schools, nodes = district.table("schools"), district.table("nodes")
    number = nodes.groupby("kind")["count"].sum()
    return {
        "student": float(schools["enrollment"].sum()),
        "staff": float(schools["staff"].sum()),
        "school": float(len(schools)),
        "access_point": float(number.get("ap_group", 0.0)),
        _RENEWED: float(number.get("ap_group", 0.0)),
        "node": float(sum(number.get(kind, 0.0) for kind in EQUIPMENT)),
        "district": 1.0,
    }


def _quantity(row: _Row, counts: Mapping[str, float], mine: pd.DataFrame) -> float:
    if row["per"] not in (_NEW, _DEVICE):
        renewed = row["item"] == _RENEWED and row["per"] == "access_point"
        return counts[_RENEWED if renewed else str(row["per"])]
    kind = _folded(str(row["device_kind"]))
    if kind != _EVERY_KIND:
        mine = mine[mine["kind"].map(_folded) == kind]
    if row["per"] == _DEVICE:
        return float(mine["devices"].sum())
    return float(mine[["new_devices", "renewed_devices", "lost_devices"]].to_numpy().sum())


def _folded(kind: str) -> str:
    return kind.strip().casefold()


def _range(row: _Row) -> tuple[float, float, float]:
    """Give a row's price, its low and its high end; an unknown end is the price."""
    usd = float(row["usd"])
    low, high = float(row["low_usd"]), float(row["high_usd"])
    return usd, usd if math.isnan(low) else low, usd if math.isnan(high) else high


def _title(row: _Row) -> str:
    return str(row["title"]) if isinstance(row["title"], str) else str(row["item"])


def _counted(row: _Row, year: str, quantity: float) -> Line:
    usd, low, high = _range(row)
    return Line(
        item=str(row["item"]),
        title=_title(row),
        cost_center=str(row["cost_center"]),
        school_year=year,
        quantity=quantity,
        per=str(row["per"]),
        usd=quantity * usd,
        low_usd=quantity * low,
        high_usd=quantity * high,
        erate=str(row["erate"]),
        status=str(row["status"]),
        source=str(row["source"]),
        worked=f"{quantity:,.0f} x {usd:,.2f} USD",
    )


def _share(row: _Row, year: str, others: Sequence[Line]) -> Line:
    """Give a cost that is a share of all others but those of people."""
    share, low, high = _range(row)
    base = sum(line.usd for line in others)
    return Line(
        item=str(row["item"]),
        title=_title(row),
        cost_center=str(row["cost_center"]),
        school_year=year,
        quantity=base,
        per=_SHARE,
        usd=share * base,
        low_usd=low * sum(line.low_usd for line in others),
        high_usd=high * sum(line.high_usd for line in others),
        erate=str(row["erate"]),
        status=str(row["status"]),
        source=str(row["source"]),
        worked=f"{share * 100:g} % of {base:,.0f} USD of other technology costs",
    )


def _circuits(district: District, year: str) -> list[Line]:
    return [
        Line(
            item=one.item,
            title=one.title,
            cost_center=one.cost_center,
            school_year=year,
            quantity=one.circuits,
            per="circuit",
            usd=one.usd,
            low_usd=one.low_usd,
            high_usd=one.high_usd,
            erate=CATEGORY_ONE,
            status=one.status,
            source=one.source,
            worked=one.worked,
        )
        for one in circuits(district, year)
    ]


def _purchases(purchases: pd.DataFrame, year: str) -> list[Line]:
    """Give the purchases that are paid for in a year, those of one option as one line."""
    placed = _in_place(purchases, year)
    if placed.empty:
        return []
    now = placed["school_year"] == year
    paid = placed["usd_once"].where(now, 0.0) + placed["usd_per_year"]
    share = (placed["erate_usd"] / placed["usd"]).where(placed["usd"] > 0, 0.0)
    placed = placed.assign(_paid=paid, _erate=paid * share, _now=now)
    found = []
    for key, rows in placed.groupby(
        ["option", "cost_center", "erate", "status", "source"], sort=True
    ):
        option, center, erate, status, source = (str(part) for part in key)
        usd = float(rows["_paid"].sum())
        if usd <= 0:
            continue
        bought = float(rows.loc[rows["_now"], "usd_once"].sum())
        found.append(
            Line(
                item=option,
                title=str(rows["title"].iloc[0]),
                cost_center=center,
                school_year=year,
                quantity=float(rows["units"].sum()),
                per="purchase",
                usd=usd,
                low_usd=usd,
                high_usd=usd,
                erate=erate,
                status=status,
                source=source,
                worked=f"{bought:,.0f} USD once and {rows['usd_per_year'].sum():,.0f} USD a year",
                paid_usd=float(rows["_erate"].sum()),
            )
        )
    return found


def _in_place(purchases: pd.DataFrame, year: str) -> pd.DataFrame:
    last = purchases["last_school_year"]
    return purchases[(purchases["school_year"] <= year) & (last.isna() | (last >= year))]


def with_defaults(purchases: pd.DataFrame) -> pd.DataFrame:
    """Fill the columns of purchases that whoever gives them may leave out."""
    filled = purchases.copy(deep=False)
    for name, value in (
        ("option", "purchase"),
        ("cost_center", UPGRADE_CENTER),
        ("erate", NO_CATEGORY),
        ("erate_usd", 0.0),
        ("usd_once", 0.0),
        ("usd_per_year", 0.0),
        ("units", 1.0),
        ("replaced_access_points", 0.0),
        ("last_school_year", None),
        ("status", ASSUMPTION),
        ("source", ASSUMPTION),
    ):
        if name not in filled:
            filled[name] = value
    if "title" not in filled:
        filled["title"] = filled["option"]
    if "usd" not in filled:
        filled["usd"] = filled["usd_once"] + filled["usd_per_year"]
    return filled
