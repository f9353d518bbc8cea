"""Cells that ``netplan init`` filled by rule, and what of the results rests on them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netplan.capacity.model import Finding
from netplan.report.format import Cell, cited, clean, is_number, number, plural, quantity, tidy
from netplan.report.frames import records
from netplan.report.layout import LONG, Table, left_out, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.model import Report
from netplan.sources.rules import RULE

#: The word beside a number that nobody stated.
MARK = "guess"
#: Tables that may have a ``guess`` column, and the columns that name their rows.
_KEYS = {
    "schools": ("school_id",),
    "nodes": ("node_id",),
    "links": ("link_id",),
    "devices": ("school_id", "group", "kind"),
    "enrollment": ("school_id", "grade"),
}
#: Columns that a capacity is made of.
_CAPACITY = frozenset({"down_mbps", "up_mbps", "throughput_mbps", "count"})
_WIFI = frozenset({"wifi", "channel_mhz", "streams", "count"})
#: Rules that netplan does not know come after those that it does.
_LAST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One guessed cell: its table, its row's key, its column, its value and the rule."""

    table: str
    key: tuple[str, ...]
    column: str
    value: Any
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """Every guessed cell of a district, and the columns guessed per row.

    ``columns`` goes from (table, first part of the key) to the guessed columns of that row.
    """

    cells: tuple[Guess, ...]
    columns: Mapping[tuple[str, str], frozenset[str]]

    def capacity(self, kind: str | None, element: str | None) -> bool:
        """Tell whether the capacity of a link or node is a guess."""
        if element is None:
            return False
        columns = self.columns.get(("nodes" if kind == "node" else "links", element), frozenset())
        return bool(columns & _CAPACITY)

    def wifi(self, node: str | None) -> bool:
        """Tell whether a group of access points is a guess."""
        return node is not None and bool(self.columns.get(("nodes", node), frozenset()) & _WIFI)

    def school(self, school: str, column: str) -> bool:
        """Tell whether a cell of schools.csv is a guess."""
        return column in self.columns.get(("schools", school), frozenset())


def find_guesses(report: Report) -> Guesses:
    """Read the ``guess`` columns of the school day's tables."""
    return read_guesses(report.district.inputs.tables, _KEYS)


def read_guesses(
    tables: Mapping[str, pd.DataFrame], keys_of: Mapping[str, tuple[str, ...]]
) -> Guesses:
    """Read ``guess`` columns: ``down_mbps: rule; wifi, streams: other-rule``.

    Parameters
    ----------
    tables
        Tables by name; one that is not there, or has no such column, has no guesses.
    keys_of
        Table to the columns that name its rows; the first is what cells are looked up by.
    """
    cells: list[Guess] = []
    columns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for table, keys in keys_of.items():
        if table not in tables or "guess" not in tables[table].columns:
            continue
        for row in records(tables[table]):
            key = tuple(str(row.get(name) or "") for name in keys)
            for column, rule in _parsed(row["guess"]):
                cells.append(
                    Guess(table=table, key=key, column=column, value=row.get(column), rule=rule)
                )
                columns[table, key[0]].add(column)
    return Guesses(
        cells=tuple(cells),
        columns={key: frozenset(names) for key, names in columns.items()},
    )


def _parsed(text: Any) -> list[tuple[str, str]]:
    found = []
    for part in str(text or "").split(";"):
        names, colon, rule = part.partition(":")
        if colon and rule.strip():
            found += [(name.strip(), rule.strip()) for name in names.split(",") if name.strip()]
    return found


def order_of(rule: str) -> int:
    """Give the place of a rule in the order in which guesses are to be corrected."""
    return RULE[rule].order if rule in RULE else _LAST


def guess_sentence(report: Report, guesses: Guesses, lookup: Lookup) -> list[str]:
    """Name the guess that moves the results most, and count the others."""
    if not guesses.cells:
        return []
    rests = _rests(report, lookup)
    worst = min(
        guesses.cells,
        key=lambda guess: (
            order_of(guess.rule),
            -sum(rests.get(_element(guess), (0, 0))),
            guess.key,
            guess.column,
        ),
    )
    name = clean(" ".join(part for part in worst.key if part))
    if worst.column in _CAPACITY - {"count"} and is_number(worst.value):
        what = f"{quantity(worst.value, 'Mbps')} of {name}"
    else:
        value = f" ({clean(str(worst.value))})" if isinstance(worst.value, str) else ""
        value = f" ({number(worst.value)})" if is_number(worst.value) else value
        what = f"The {worst.column} of {name} in {worst.table}.csv{value}"
    others = len(guesses.cells) - 1
    also = f", as {'is' if others == 1 else 'are'} {plural(others, 'other cell')}" if others else ""
    them = "them" if others else "it"
    return [f"{what} is a guess (rule {clean(worst.rule)}){also}: correct {them} first."]


def _element(guess: Guess) -> tuple[str, str]:
    return {"nodes": "node", "links": "link"}.get(guess.table, guess.table), guess.key[0]


def _rests(report: Report, lookup: Lookup) -> dict[tuple[str, str], tuple[int, int]]:
    """Count, per element, the findings and the schools' bottlenecks that rest on it."""
    findings: Counter[tuple[str, str]] = Counter()
    for finding in report.findings:
        if finding.subject_kind in ("link", "node") and _about_size(finding):
            findings[finding.subject_kind, finding.subject] += 1
    bottlenecks: Counter[tuple[str, str]] = Counter()
    for row in records(report.capacity.buildings):
        named = {(row["bottleneck_kind"], row["bottleneck_element"])}
        named.add((lookup.kind_of(row.get("headroom_element")), row.get("headroom_element")))
        named.add(("node", row.get("wifi_node")))
        bottlenecks.update((kind, element) for kind, element in named if kind and element)
    return {each: (findings[each], bottlenecks[each]) for each in {*findings, *bottlenecks}}


def _about_size(finding: Finding) -> bool:
    return finding.code not in ("contract-ending", "single-point-of-failure")


def guess_tables(report: Report, guesses: Guesses, lookup: Lookup) -> list[Table]:
    """Count the guesses by table and rule, and name those that results rest on."""
    if not guesses.cells:
        return []
    return [_by_rule(guesses), *_resting(report, guesses, lookup)]


def _by_rule(guesses: Guesses) -> Table:
    amounts = Counter((guess.table, guess.column, guess.rule) for guess in guesses.cells)
    rows = [
        {
            "order": order_of(rule),
            "rule": rule,
            "cell": f"{table}.csv, {column}",
            "cells": amount,
            "what": Cell(text=tidy(RULE[rule].text) if rule in RULE else ""),
            "source": cited(RULE[rule].source) if rule in RULE else "",
        }
        for (table, column, rule), amount in amounts.items()
    ]
    rows.sort(key=lambda row: (row["order"], row["rule"], row["cell"]))
    return mixed_table(
        "guesses",
        "In the order in which to correct them: what moves the results most comes first",
        ("rule", "cell", "cells", "what", "source"),
        rows,
    )


def _resting(report: Report, guesses: Guesses, lookup: Lookup) -> list[Table]:
    rests = _rests(report, lookup)
    rows: list[Row] = []
    for guess in guesses.cells:
        if _element(guess) not in rests or guess.column not in _CAPACITY | _WIFI:
            continue
        findings, schools = rests[_element(guess)]
        value = guess.value if isinstance(guess.value, str) else None
        value = number(guess.value) if is_number(guess.value) else value
        unit = " Mbps" if guess.column.endswith("_mbps") and value is not None else ""
        rows.append(
            {
                "element": clean(lookup.element(*_element(guess))),
                "cell": f"{guess.table}.csv, {guess.column}",
                "value": "empty" if value is None else f"{value}{unit}",
                "rule": guess.rule,
                "findings": findings,
                "bottleneck_of": schools,
                "order": order_of(guess.rule),
            }
        )
    if not rows:
        return []
    rows.sort(
        key=lambda row: (
            -row["bottleneck_of"],
            -row["findings"],
            row["order"],
            row["element"],
            row["cell"],
        )
    )
    return [
        mixed_table(
            "guesses",
            "Guesses that findings, bottlenecks and the fullest access points rest on",
            ("element", "cell", "value", "rule", "findings", "bottleneck_of"),
            rows[:2000],
            note=left_out(len(rows) - 2000, "the guess columns of the district folder"),
            searchable=True,
            fold=LONG,
        )
    ]
