"""Tables of the plan of upgrades: what to buy each year, what it costs, what is left."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from netplan.report.format import Cell, clean, count, exact, number, tidy
from netplan.report.frames import records
from netplan.report.home_cells import titled
from netplan.report.layout import LONG, Table, mixed_table
from netplan.report.lookup import Row
from netplan.report.upgrade_words import KIND_WORDS, fixes_words, named
from netplan.upgrades.model import Unmet, UpgradePlan


def grouped(upgrades: pd.DataFrame) -> list[Row]:
    """Give the purchases as people buy them: the access points of a school in one row."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in records(upgrades):
        together = row["kind"] == "ap_group"
        one = (row["schools"], row["option"].split(" ")[0]) if together else (row["element"],)
        found.setdefault((row["school_year"], row["kind"], *one), []).append(row)
    return [_merged(rows) for rows in found.values()]


def _merged(rows: list[Row]) -> Row:
    first = rows[0]
    if len(rows) == 1:
        return {**first, "what": first["element"]}
    total = {
        name: sum(row[name] for row in rows)
        for name in (
            *("units", "usd_once", "usd_per_year", "usd", "erate_usd", "net_usd"),
            *("from_mbps", "to_mbps", "needed_mbps"),
        )
    }
    amount, title = first["title"].split(" x ", 1)
    more = " more" if amount.endswith(" more") else ""
    return {
        **first,
        **total,
        "what": f"{', '.join(first['schools'])}: {len(rows)} groups of access points",
        "title": f"{total['units']}{more} x {title}",
        "why": f"{total['units']} at {total['usd_once'] / total['units']:,.0f} USD each",
        "fixes": tuple(dict.fromkeys(name for row in rows for name in row["fixes"])),
    }


def upgrades_table(plan: UpgradePlan, names: Mapping[str, str]) -> Table:
    """What to buy, by school year; ``names`` are those of the schools, by id."""
    rows = [
        {
            "school_year": row["school_year"],
            "what": Cell(
                text=clean(what := named(row["what"], row["schools"], names)),
                sort=what.casefold(),
            ),
            "buy": Cell(
                text=tidy(clean(row["title"])),
                mark="" if row["status"] == "sourced" else "assumed price",
            ),
            "mbps": _capacities(row),
            "needed": _mbps(row["needed_mbps"]),
            "once": usd_cell(row["usd_once"]),
            "yearly": usd_cell(row["usd_per_year"]),
            "net": usd_cell(row["net_usd"]),
            "fixes": fixes_words(row["fixes"]),
        }
        for row in grouped(plan.upgrades)
    ]
    table = mixed_table(
        "upgrades",
        "What to buy, by the school year in which it has to be there",
        ("what", "school_year", "net", "once", "yearly", "buy", "fixes", "mbps", "needed"),
        rows,
        groups=(("", 2), ("USD", 3), ("", 4)),
        note="Needed: what it must carry in the last of these years, over the utilization limit. "
        "Once and each year: before E-Rate, beyond what is paid today. After E-Rate: all years "
        "together.",
        searchable=True,
        fold=LONG,
    )
    heads = {
        "school_year": "School year",
        "what": "Where",
        "buy": "Buy",
        "mbps": "From → to, Mbps",
        "needed": "Needed, Mbps",
        "once": "Once",
        "yearly": "Each year",
        "net": "After E-Rate",
        "fixes": "Puts right",
    }
    return titled(table, heads)


def prices_table(plan: UpgradePlan) -> Table:
    """How the price of each purchase comes about, and where it is from."""
    rows = [
        {
            "what": clean(row["what"]),
            "how": tidy(clean(_how(row))),
            "source": clean(str(row["source"])),
        }
        for row in grouped(plan.upgrades)
    ]
    table = mixed_table(
        "upgrades", "Prices and their sources", ("what", "how", "source"), rows, fold=LONG
    )
    return titled(table, {"what": "Where", "how": "How the price comes about"})


def years_table(plan: UpgradePlan) -> Table:
    """What each school year costs, and what it relieves where that was asked."""
    asked = bool(plan.congested_student_hours)
    rows = [
        {
            "school_year": year,
            "purchases": Cell(
                text=str(bought := int((plan.upgrades["school_year"] == year).sum())),
                sort=str(bought),
                numeric=True,
            ),
            "usd": usd_cell(plan.usd_by_year[place]),
            "erate": usd_cell(plan.erate_by_year_usd[place]),
            "net": usd_cell(plan.net_by_year_usd[place]),
            **(
                {
                    "congested": _hours(plan.congested_student_hours[place]),
                    "relieved": _hours(plan.relieved_student_hours[place]),
                }
                if asked
                else {}
            ),
        }
        for place, year in enumerate(plan.school_years)
    ]
    keys = ["school_year", "purchases", "usd", "erate", "net"]
    table = mixed_table(
        "upgrades_by_year",
        "Cost by school year, USD",
        [*keys, *(("congested", "relieved") if asked else ())],
        rows,
    )
    heads = {
        "school_year": "School year",
        "purchases": "Purchases",
        "usd": "Before E-Rate",
        "erate": "E-Rate pays",
        "net": "The district pays",
        "congested": "Student-hours congested without it",
        "relieved": "Student-hours relieved",
    }
    return titled(table, heads)


def unmet_table(unmet: Sequence[Unmet], names: Mapping[str, str]) -> Table:
    """What stays past its limit, and why; ``names`` are those of the schools, by id."""
    rows = [
        {
            "what": clean(
                f"{KIND_WORDS.get(one.kind, one.kind)} {named(one.element, one.schools, names)}"
            ),
            "when": _span(one.school_years),
            "why": tidy(clean(one.why)),
            "help": tidy(clean(one.help)),
        }
        for one in unmet
    ]
    table = mixed_table(
        "unmet",
        "What stays past its limit",
        ("what", "when", "why", "help"),
        rows,
        fold=LONG,
    )
    heads = {
        "what": "What",
        "when": "School years",
        "why": "Why",
        "help": "What would help",
    }
    return titled(table, heads)


def usd_cell(value: float) -> Cell:
    """Give whole dollars."""
    return Cell(text=count(value), exact=exact(value, "USD"), sort=repr(float(value)), numeric=True)


def _capacities(row: Row) -> Cell:
    before = "new" if row["kind"] == "new_link" else _rounded(row["from_mbps"])
    return Cell(
        text=f"{before} → {_rounded(row['to_mbps'])}",
        sort=repr(float(row["to_mbps"])),
        numeric=True,
    )


def _mbps(value: float) -> Cell:
    return Cell(text=_rounded(value), exact=exact(value, "Mbps"), sort=repr(value), numeric=True)


def _rounded(mbps: float) -> str:
    return count(mbps) if mbps >= 100 else number(mbps)


def _hours(value: float) -> Cell:
    return Cell(text=count(value), sort=repr(value), numeric=True)


def _how(row: Row) -> str:
    failure = f"; needed if {row['cause']} fails" if row["cause"] else ""
    return f"{row['why']}{failure}"


def _span(years: Sequence[str]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
