"""What a column is: its kind, unit, range, default, reference and meaning, in one record.

A ``Field`` is the metadata of a pandera column and of a district.toml key. The
pandera checks, the messages and the column reference are all made from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import pandas as pd
import pandera.pandas as pa

#: ``id`` and ``text`` are any text; ``flag`` is true or false; ``time`` is HH:MM;
#: ``month`` is YYYY-MM; ``school_year`` is such as 2026-27; ``date`` is YYYY-MM-DD; ``grade``
#: is PK, K or 1..12; ``group`` is who uses a device; ``geoid`` is a census area of 11 or 12
#: digits.
Kind = Literal[
    "id",
    "text",
    "number",
    "whole",
    "flag",
    "time",
    "month",
    "school_year",
    "date",
    "choice",
    "grade",
    "group",
    "geoid",
]
#: Units that are no plural, and those that are names of the number itself.
_UNIT_WORDS: Mapping[str, str] = MappingProxyType({"m": "meters", "s": "seconds", "number": ""})
_ITSELF = frozenset({"share", "share per year", "ratio", "year", "cost"})
NUMERIC: frozenset[Kind] = frozenset({"number", "whole"})
METADATA_KEY = "netplan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column, or one key of district.toml.

    Parameters
    ----------
    name, kind, description
        What it is called, how a cell is read, and what it means.
    required
        The column must exist and no cell of it may be empty.
    unit
        Unit of a number, as in the column's name.
    low, high
        Hard range: what lies outside is impossible.
    low_open, high_open
        The bound itself is outside.
    ask_above, ask_below
        What lies outside is possible but absurd: an error that asks.
    allowed
        The only values of a choice; further values of a group.
    default, default_source
        What stands in for an empty cell, and who says so.
    reference
        ``table.column`` that must hold the value.
    key
        Part of the table's key.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    ask_above: float | None = None
    ask_below: float | None = None
    allowed: tuple[str, ...] = ()
    default: str | float | None = None
    default_source: str = "contract"
    reference: str | None = None
    key: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in NUMERIC

    def inside(self, value: float) -> bool:
        """Say whether one number lies in the hard range."""
        above = self.low is None or (value > self.low if self.low_open else value >= self.low)
        return above and (
            self.high is None or (value < self.high if self.high_open else value <= self.high)
        )

    def range_text(self) -> str:
        """Give the hard range in words; empty when there is none."""
        low, high = self._bound(self.low), self._bound(self.high)
        if low and high and not (self.low_open or self.high_open):
            return f"{low} to {high}"
        parts = []
        if low:
            parts.append(f"{'above' if self.low_open else 'at least'} {low}")
        if high:
            parts.append(f"{'below' if self.high_open else 'at most'} {high}")
        return " and ".join(parts)

    def _bound(self, value: float | None) -> str:
        if value is None:
            return ""
        return f"{value:.0f}" if self.unit == "year" else plain(value)

    def _noun(self) -> str:
        """Give what the number is, in words: a number of seats, a share."""
        noun = "a whole number" if self.kind == "whole" else "a number"
        if self.unit in _ITSELF:
            return f"a {self.unit}"
        unit = _UNIT_WORDS.get(self.unit or "", self.unit)
        return f"{noun} of {unit}" if unit else noun

    def expected(self) -> str:
        """Give what a cell must hold, in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.allowed)
        if self.numeric:
            span = self.range_text()
            return self._noun() + (f", {span}" if span else "")
        words = {
            "id": "an id",
            "text": "text",
            "flag": "true or false",
            "time": "a time of day as HH:MM, such as 08:05",
            "month": "a month as YYYY-MM, such as 2027-06",
            "school_year": "a school year such as 2026-27",
            "date": "a date as YYYY-MM-DD, such as 2027-06-30",
            "grade": "PK, K or 1 to 12",
            "group": "students, staff, guests, or grades such as 9, 3-12 or K-2",
            "geoid": "a census geoid as text: 12 digits of a block group, or 11 of a tract",
        }
        return words[self.kind] + (f", or {' or '.join(self.allowed)}" if self.allowed else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table: its file, what it is, and its fields in order.

    ``required`` is whether the file must exist; ``absent`` says what holds when
    it does not. ``example`` is one row, a cell for each field.
    """

    name: str
    description: str
    fields: tuple[Field, ...]
    required: bool = False
    absent: str = "none of that"
    example: str = ""

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(field.name for field in self.fields if field.key)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns of the contract, in order."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Give one field by its name."""
        return next(field for field in self.fields if field.name == name)


def plain(value: float) -> str:
    """Write a number without a tail of zeros, thousands apart."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _inside(series: "pd.Series[float]", field: Field) -> "pd.Series[bool]":
    inside = pd.Series(True, index=series.index)
    if field.low is not None:
        inside &= series > field.low if field.low_open else series >= field.low
    if field.high is not None:
        inside &= series < field.high if field.high_open else series <= field.high
    return inside


def _plausible(series: "pd.Series[float]", field: Field) -> "pd.Series[bool]":
    plausible = pd.Series(True, index=series.index)
    if field.ask_above is not None:
        plausible &= series <= field.ask_above
    if field.ask_below is not None:
        plausible &= series >= field.ask_below
    return plausible | ~_inside(series, field)


def _whole(series: "pd.Series[float]") -> "pd.Series[bool]":
    return series == series.round()


def _listed(series: "pd.Series[str]", allowed: frozenset[str]) -> "pd.Series[bool]":
    return series.isin(allowed)


def column(field: Field) -> pa.Column:
    """Make the pandera column of a field; the names of its checks are problem codes."""
    checks: list[pa.Check] = []
    if field.low is not None or field.high is not None:
        checks.append(pa.Check(partial(_inside, field=field), name="out-of-range"))
    if field.ask_above is not None or field.ask_below is not None:
        checks.append(pa.Check(partial(_plausible, field=field), name="absurd-number"))
    if field.kind == "whole":
        checks.append(pa.Check(_whole, name="not-whole"))
    if field.kind == "choice":
        allowed = frozenset(field.allowed)
        checks.append(pa.Check(partial(_listed, allowed=allowed), name="not-in-list"))
    return pa.Column(
        float if field.numeric else str,
        checks,
        nullable=not field.required,
        name=field.name,
        title=field.unit,
        description=field.description,
        metadata={METADATA_KEY: field},
    )


def schema(spec: TableSpec, *, keyed: bool = True) -> pa.DataFrameSchema:
    """Make the pandera schema of a table; extra columns are kept.

    Without ``keyed`` it leaves the key's uniqueness to whoever can name both rows.
    """
    return pa.DataFrameSchema(
        {field.name: column(field) for field in spec.fields},
        unique=list(spec.key) if keyed else None,
        strict=False,
        name=spec.name,
        description=spec.description,
    )


def schemas(specs: Mapping[str, TableSpec]) -> dict[str, pa.DataFrameSchema]:
    """Make the pandera schemas of several tables."""
    return {name: schema(spec) for name, spec in specs.items()}


def by_name(specs: Sequence[TableSpec]) -> dict[str, TableSpec]:
    """Index tables by their name, in order."""
    return {spec.name: spec for spec in specs}
