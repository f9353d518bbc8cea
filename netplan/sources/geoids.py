"""Census ids as lists write them: with a prefix, as a number, without the zero of their state."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from netplan.inputs.geoids import BLOCK_DIGITS, is_prefixed, without_prefix
from netplan.sources.sheets import normal

#: Normalized headings and properties that hold the id, the best first.
ID_NAMES = (
    "geoid",
    "geoid20",
    "geoid10",
    "geo_id",
    "fips",
    "geoidfq",
    "tract_fips",
    "geography_id",
)
LEVELS: Mapping[int, str] = MappingProxyType({5: "county", 11: "tract", 12: "block group"})
#: Postal code to the two digits that begin every id of the state.
STATE_DIGITS: Mapping[str, str] = MappingProxyType(
    {
        "AL": "01", "AK": "02", "AZ": "04", "AR": "05", "CA": "06", "CO": "08", "CT": "09",
        "DE": "10", "DC": "11", "FL": "12", "GA": "13", "HI": "15", "ID": "16", "IL": "17",
        "IN": "18", "IA": "19", "KS": "20", "KY": "21", "LA": "22", "ME": "23", "MD": "24",
        "MA": "25", "MI": "26", "MN": "27", "MS": "28", "MO": "29", "MT": "30", "NE": "31",
        "NV": "32", "NH": "33", "NJ": "34", "NM": "35", "NY": "36", "NC": "37", "ND": "38",
        "OH": "39", "OK": "40", "OR": "41", "PA": "42", "RI": "44", "SC": "45", "SD": "46",
        "TN": "47", "TX": "48", "UT": "49", "VT": "50", "VA": "51", "WA": "53", "WV": "54",
        "WI": "55", "WY": "56", "AS": "60", "GU": "66", "MP": "69", "PR": "72", "VI": "78",
    }
)  # fmt: skip
_STARTS = frozenset(STATE_DIGITS.values())
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Geoid:
    """One id read: as netplan writes it, whether its zero was put back, or why there is none."""

    geoid: str = ""
    mended: bool = False
    reason: str = ""

    @property
    def level(self) -> str:
        """The kind of place: county, tract or block group."""
        return LEVELS.get(len(self.geoid), "")


def id_heading(headings: tuple[str, ...]) -> str | None:
    """Give the heading that holds census ids, None where there is none."""
    by_normal = {normal(heading): heading for heading in reversed(headings)}
    return next((by_normal[name] for name in ID_NAMES if name in by_normal), None)


def read_geoid(text: str, *, state: str) -> Geoid:
    """Read a census id; a zero that a spreadsheet took is put back only when that is certain.

    Certain is: the id has no length of its own (10 or 4 digits), or it does not begin with the
    district's state as it stands and does with the zero put back, or no state begins like it.

    Parameters
    ----------
    text
        The cell, such as ``240054001001``, ``1500000US240054001001`` or ``240054001001.0``.
    state
        Postal code of the district's state; empty where it is not known.
    """
    if _SCIENTIFIC.fullmatch(text):
        return Geoid(reason=f"a spreadsheet cut the id to {text[:20]}; its digits are lost")
    prefixed = is_prefixed(text)
    digits = without_prefix(text).removesuffix(".0")
    if not digits.isascii() or not digits.isdigit():
        return Geoid(reason=f"{text[:30]!r} is no census id")
    if len(digits) == BLOCK_DIGITS:
        return Geoid(reason="it is a census block, and blocks have no survey data")
    as_is = len(digits) in LEVELS and digits[:2] in _STARTS
    if prefixed:
        return Geoid(geoid=digits) if as_is else Geoid(reason=f"{text[:30]!r} is no census id")
    filled = "0" + digits
    could_fill = len(filled) in LEVELS and filled[:2] in _STARTS
    own = STATE_DIGITS.get(state, "")
    fill = could_fill and (not as_is or (own != "" and digits[:2] != own and filled[:2] == own))
    if fill:
        return Geoid(geoid=filled, mended=True)
    if as_is:
        return Geoid(geoid=digits)
    return Geoid(reason=f"an id of {len(digits)} digits is no block group (12) or tract (11)")
