"""Tables of the page on money: centers by year, who pays, every line with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from netplan.capacity.model import Finding
from netplan.money.model import Ownership
from netplan.report.format import Cell, cited, clean, count, tidy
from netplan.report.frames import records
from netplan.report.home_cells import counted, titled
from netplan.report.layout import LONG, Table, mixed_table
from netplan.report.lookup import Row
from netplan.report.money_words import (
    CENT,
    CENTER_WORDS,
    KIND_WORDS,
    STATUS_WORDS,
    funding_of,
    share_sentence,
    short_usd,
)
from netplan.report.views import FindingView

_TOTAL = "All years"


def usd_cell(value: float | None) -> Cell:
    """Give whole dollars."""
    return counted(value, unit="USD")


def year_titles(years: Iterable[str]) -> dict[str, str]:
    """Give headings of school years that no line break cuts in two."""
    return {year: year.replace("-", "\N{NON-BREAKING HYPHEN}") for year in years}


def centers_table(owned: Ownership) -> Table:
    """Every cost center by school year, before E-Rate, in the framework's order."""
    years = owned.school_years
    rows, total = [], dict.fromkeys(years, 0.0)
    for center, each in owned.centers.groupby("cost_center", sort=False):
        by_year = dict(zip(each["school_year"], each["usd"], strict=True))
        rows.append(
            {
                "center": CENTER_WORDS.get(str(center), clean(str(center))),
                **{year: usd_cell(float(by_year.get(year, 0.0))) for year in years},
                "total": usd_cell(float(each["usd"].sum())),
                "range": _range(float(each["low_usd"].sum()), float(each["high_usd"].sum())),
                "erate": usd_cell(float(each["erate_usd"].sum())),
                "net": usd_cell(float(each["net_usd"].sum())),
            }
        )
        total = {year: total[year] + float(by_year.get(year, 0.0)) for year in years}
    table = mixed_table(
        "costs_by_year",
        "Cost by cost center and school year, USD before E-Rate",
        ("center", *years, "total", "range", "erate", "net"),
        rows,
        groups=(("", 1), ("Before E-Rate", len(years) + 2), ("All years", 2)),
        note="Low to high: all years, with every price at its low or its high end. "
        f"{share_sentence(owned)}".rstrip(),
    )
    sums = (
        Cell(text="All centers"),
        *(usd_cell(total[year]) for year in years),
        usd_cell(owned.usd),
        _range(float(owned.centers["low_usd"].sum()), float(owned.centers["high_usd"].sum())),
        usd_cell(owned.usd - owned.net_usd),
        usd_cell(owned.net_usd),
    )
    heads = {
        "center": "Cost center",
        "total": _TOTAL,
        "range": "Low to high",
        "erate": "E-Rate pays",
        "net": "After E-Rate",
    }
    return replace(titled(table, {**year_titles(years), **heads}), total=sums)


def _range(low: float, high: float) -> Cell:
    """Give two ends in few letters; the whole dollars stand behind them."""
    if high - low <= CENT:
        return Cell(text=short_usd(high), exact=f"{count(high)} USD", sort=repr(high), numeric=True)
    return Cell(
        text=f"{short_usd(low)} to {short_usd(high)}",
        exact=f"{count(low)} to {count(high)} USD",
        sort=repr(high),
        numeric=True,
    )


def payers_table(owned: Ownership) -> Table:
    """What pays for each school year; the rows add up to the cost before E-Rate."""
    years = owned.school_years
    pays = {row["school_year"]: row for row in records(owned.unfunded)}
    cost = owned.centers.groupby("school_year")["usd"].sum()
    erate = owned.centers.groupby("school_year")["erate_usd"].sum()
    parts: list[tuple[str, Mapping[str, float]]] = [
        ("E-Rate pays", {year: float(erate[year]) for year in years}),
        ("Money that lasts", {year: pays[year]["sustainable_usd"] for year in years}),
        ("One-time money", {year: pays[year]["one_time_usd"] for year in years}),
        ("Nobody yet", {year: pays[year]["unfunded_usd"] for year in years}),
    ]
    rows = [
        {
            "payer": words,
            **{year: usd_cell(by_year[year]) for year in years},
            "total": usd_cell(sum(by_year.values())),
        }
        for words, by_year in parts
    ]
    table = mixed_table(
        "who_pays", "Who pays for each school year, USD", ("payer", *years, "total"), rows
    )
    sums = (
        Cell(text="Cost before E-Rate"),
        *(usd_cell(float(cost[year])) for year in years),
        usd_cell(owned.usd),
    )
    heads = {**year_titles(years), "payer": "Who pays", "total": _TOTAL}
    return replace(titled(table, heads), total=sums)


def funding_table(owned: Ownership) -> Table:
    """Each source of money: what of it is used, and what it could give."""
    years = owned.school_years
    rows = []
    for source in funding_of(owned):
        own = {
            row["school_year"]: row
            for row in records(owned.funding)
            if row["source_id"] == source["source_id"]
        }
        used = {year: own[year]["used_usd"] if year in own else 0.0 for year in years}
        given = {year: own[year]["available_usd"] if year in own else 0.0 for year in years}
        rows.append(
            {
                "name": clean(str(source["name"])),
                "kind": KIND_WORDS.get(str(source["kind"]), str(source["kind"])),
                **{year: _used(used[year], given[year]) for year in years},
                "left": usd_cell(sum(given.values()) - sum(used.values())),
            }
        )
    table = mixed_table(
        "funding_by_year",
        "Sources of money: USD used, of what there is",
        ("name", "kind", *years, "left"),
        rows,
        groups=(("", 2), ("Used, of what there is", len(years)), ("All years", 1)),
        note="Each source pays only for the cost centers that funding.csv allows it. Money that "
        "lasts is used first, so that one-time money is spent on what is left.",
    )
    heads = {"name": "Source of money", "kind": "Kind", "left": "Not used"}
    return titled(table, {**year_titles(years), **heads})


def _used(used: float, given: float) -> Cell:
    if given <= CENT:
        return Cell(text="none", sort="0", numeric=True)
    part = "all" if given - used <= CENT else short_usd(used)
    return Cell(
        text=f"{part} of {short_usd(given)}",
        exact=f"{count(used)} of {count(given)} USD",
        sort=repr(used),
        numeric=True,
    )


def lines_table(owned: Ownership, *, by_year: bool = True) -> Table:
    """Every cost, the largest first; by school year, or (on paper) all years together."""
    years = owned.school_years if by_year else ()
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in records(owned.lines):
        grouped.setdefault((row["cost_center"], row["item"]), []).append(row)
    rows = [_line(center, found, years) for (center, _), found in grouped.items()]
    rows.sort(key=lambda row: (-float(row["total"].sort), row["what"]))
    table = mixed_table(
        "cost_lines",
        "Every cost, the largest first, USD before E-Rate",
        ("what", "center", *years, "total", "range", "how", "source"),
        rows,
        groups=(("", 2), ("Before E-Rate", len(years) + 2), ("", 2)),
        note="Low to high: all years. How: in the first school year that it is paid in; "
        "cost_lines.csv has every year, and what E-Rate pays.",
        searchable=True,
        fold=LONG,
    )
    heads = {
        "what": "Cost",
        "center": "Cost center",
        "total": _TOTAL,
        "range": "Low to high",
        "how": "How it comes about",
        "source": "Source",
    }
    return titled(table, {**year_titles(years), **heads})


def _line(center: str, found: list[Row], years: Iterable[str]) -> dict[str, Any]:
    by_year: dict[str, float] = {}
    for row in found:
        by_year[row["school_year"]] = by_year.get(row["school_year"], 0.0) + row["usd"]
    first = next((row for row in found if row["usd"] > CENT), found[0])
    return {
        "what": clean(str(first["title"] or first["item"])),
        "center": CENTER_WORDS.get(center, clean(center)),
        **{year: usd_cell(by_year.get(year, 0.0)) for year in years},
        "total": usd_cell(sum(by_year.values())),
        "range": _range(_sum(found, "low_usd"), _sum(found, "high_usd")),
        "how": replace(
            status_cell(str(first["status"])), text=tidy(clean(str(first["worked"] or "")))
        ),
        "source": clean(str(first["source"] or "")),
    }


def _sum(rows: list[Row], end: str) -> float:
    """Add up one end of the prices; where it is not known, the price itself."""
    return float(sum(row["usd"] if row[end] is None else row[end] for row in rows))


def status_cell(status: str) -> Cell:
    """Say how a price or rule is known, with a mark on what nobody vouches for."""
    word = STATUS_WORDS.get(status, clean(status))
    if status == "sourced":
        return Cell(text=word, sort=word)
    return Cell(text="", sort=word, mark=word)


def money_finding_view(finding: Finding) -> FindingView:
    """Put a finding about money into words; it concerns the district, not a school."""
    return FindingView(
        severity=finding.severity,
        message=tidy(clean(finding.message)),
        found_word="",
        found="",
        found_exact="",
        limit_word="",
        limit="",
        limit_exact="",
        fix=tidy(clean(finding.fix)),
        source=cited(clean(finding.source)),
        schools=(),
        more_schools=0,
        code=finding.code,
    )
