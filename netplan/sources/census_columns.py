"""Which heading of a survey list is which ACS variable: official ids, and publishers' own."""

import re
from dataclasses import dataclass

from netplan.errors import Problem
from netplan.sources.geoids import ID_NAMES
from netplan.sources.numbers import read_number, show
from netplan.sources.outcome import note
from netplan.sources.sheets import Sheet, normal

OFFICIAL = re.compile(r"[BCS][0-9]{4,5}[A-Z]{0,3}_(?:C[0-9]{2}_)?[0-9]{3}(?:E|M|EA|MA)")
PERCENT_HEADING = "nointp"
MISSING_CODES = frozenset((-999.0,))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownColumn:
    """A heading of another publisher that holds an ACS variable.

    ``beside`` is a heading that must stand in the same list (``moe`` alone says nothing).
    """

    heading: str
    variable: str
    meaning: str
    beside: str = ""


#: Headings that publishers of ACS extracts use instead of the official ids.
KNOWN_COLUMNS: tuple[KnownColumn, ...] = (
    KnownColumn(heading="population", variable="B01003_001E", meaning="total population"),
    KnownColumn(
        heading="moe", variable="B01003_001M", meaning="margin of the population",
        beside="population",
    ),
    KnownColumn(heading="e_hh", variable="B28002_001E", meaning="households (CDC SVI)"),
    KnownColumn(heading="m_hh", variable="B28002_001M", meaning="margin of households (CDC SVI)"),
    KnownColumn(heading="e_totpop", variable="B01003_001E", meaning="total population (CDC SVI)"),
    KnownColumn(
        heading="m_totpop", variable="B01003_001M", meaning="margin of the population (CDC SVI)"
    ),
    KnownColumn(
        heading="e_age17", variable="B09001_001E", meaning="children under 18, of any age (CDC SVI)"
    ),
    KnownColumn(
        heading="m_age17", variable="B09001_001M", meaning="margin of children under 18 (CDC SVI)"
    ),
    KnownColumn(
        heading="internet_total_estimate", variable="B28002_001E", meaning="households (The Markup)"
    ),
    KnownColumn(
        heading="internet_no_access", variable="B28002_013E",
        meaning="households without internet (The Markup; no margin)",
    ),
    KnownColumn(
        heading="median_household_income", variable="B19013_001E",
        meaning="median household income (The Markup; no margin)",
    ),
)  # fmt: skip


def variables_of(sheet: Sheet) -> tuple[list[tuple[str, str, bool]], str, list[Problem]]:
    """Give variable, heading and whether it is official; the percentage's heading; notes."""
    by_normal = {normal(heading): heading for heading in reversed(sheet.headings)}
    found = [(heading, heading, True) for heading in sheet.headings if OFFICIAL.fullmatch(heading)]
    taken = {name for name, _, _ in found}
    renamed = []
    for column in KNOWN_COLUMNS:
        heading = by_normal.get(column.heading)
        if heading is None or column.variable in taken:
            continue
        if column.beside and column.beside not in by_normal:
            continue
        taken.add(column.variable)
        found.append((column.variable, heading, False))
        renamed.append(f"{heading} is {column.variable}, {column.meaning}")
    notes = []
    if renamed:
        notes.append(
            note("columns-renamed", sheet.file, "; ".join(renamed),
                 "Check that they are what they are taken for.", row=1)
        )  # fmt: skip
    return found, by_normal.get(PERCENT_HEADING, ""), notes


def acs_cell(text: str, official: bool) -> str:
    """Give an official cell as it is; of another publisher's, nothing for what means missing."""
    if official:
        return text
    reading = read_number(text)
    if reading.kind != "number" or reading.value in MISSING_CODES:
        return ""
    return show(reading.value)


def known_headings(names: tuple[str, ...]) -> int:
    """Count the normalized headings that hold an ACS variable or a census id."""
    known = {column.heading for column in KNOWN_COLUMNS} | {*ID_NAMES, PERCENT_HEADING}
    return sum(name in known or OFFICIAL.fullmatch(name.upper()) is not None for name in names)
