"""Tables of what stands behind the costs: the fleet of devices, E-Rate's discounts and budgets."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from netplan.money.model import Budget, Discount, Ownership
from netplan.report.format import UNKNOWN, Cell, clean, percent, tidy
from netplan.report.frames import records
from netplan.report.home_cells import counted, titled
from netplan.report.layout import LONG, Table, mixed_table
from netplan.report.lookup import Row
from netplan.report.money_views import status_cell, usd_cell, year_titles

_PARTS = ("own", "buy")
_BOUGHT = ("new_devices", "renewed_devices", "lost_devices")


def fleet_table(owned: Ownership) -> Table:
    """The district's own devices by kind, and how many are bought, by school year."""
    years = owned.school_years
    kinds: dict[str, dict[str, Row]] = {}
    for row in records(owned.fleet):
        kinds.setdefault(str(row["kind"]), {})[row["school_year"]] = row
    rows = [
        {
            "kind": clean(kind),
            **{f"own {year}": _devices(found, year, ("devices",)) for year in years},
            **{f"buy {year}": _devices(found, year, _BOUGHT) for year in years},
        }
        for kind, found in kinds.items()
    ]
    table = mixed_table(
        "fleet_by_year",
        "The district's own devices, and how many are bought",
        ("kind", *(f"own {year}" for year in years), *(f"buy {year}" for year in years)),
        rows,
        groups=(("", 1), ("Owned", len(years)), ("Bought", len(years))),
        note="Bought: more devices than the year before, renewal of old ones, and replacements of "
        "what was lost or broken; fleet_by_year.csv has each.",
        fold=LONG,
    )
    heads = {
        f"{part} {year}": words for year, words in year_titles(years).items() for part in _PARTS
    }
    return titled(table, heads)


def _devices(found: Mapping[str, Row], year: str, columns: Iterable[str]) -> Cell:
    row = found.get(year)
    amount = 0.0 if row is None else float(sum(row[column] for column in columns))
    return counted(amount, unit="devices")


def discounts_table(discounts: Iterable[Discount]) -> Table:
    """E-Rate's discounts and how they come about."""
    rows = [
        {
            "category": each.category.replace("_", " ").capitalize(),
            "share": Cell(text=percent(each.share), sort=repr(each.share), numeric=True),
            "poverty": Cell(
                text=UNKNOWN if each.poverty_share is None else percent(each.poverty_share),
                sort=repr(each.poverty_share or 0.0),
                numeric=True,
            ),
            "rural": "rural" if each.rural else "urban",
            "how": tidy(clean(each.worked)),
            "status": status_cell(each.status),
            "source": clean(each.source),
        }
        for each in discounts
    ]
    table = mixed_table(
        "erate_discounts",
        "The district's E-Rate discounts",
        ("category", "share", "poverty", "rural", "how", "status", "source"),
        rows,
    )
    heads = {
        "category": "E-Rate category",
        "share": "E-Rate pays",
        "poverty": "Students in poverty",
        "rural": "Counted as",
        "how": "How it comes about",
        "status": "Rule",
    }
    return titled(table, heads)


def budgets_table(budgets: Iterable[Budget]) -> Table:
    """What E-Rate's Category Two may cost over a cycle, before the discount."""
    rows = [
        {
            "cycle": Cell(text=f"{each.first_school_year} to {each.last_school_year}"),
            "usd": usd_cell(each.usd),
            "left": usd_cell(each.left_usd),
            "how": replace(status_cell(each.status), text=tidy(clean(each.worked))),
            "source": clean(each.source),
        }
        for each in budgets
    ]
    table = mixed_table(
        "erate_budgets",
        "E-Rate's Category Two budget by cycle, USD before the discount",
        ("cycle", "usd", "left", "how", "source"),
        rows,
    )
    heads = {
        "cycle": "School years",
        "usd": "Whole cycle",
        "left": "Taken to be left",
        "how": "How it comes about",
    }
    return titled(table, heads)
