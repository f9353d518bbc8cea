"""Census geoids: what their digits say, and how they lose their leading zero.

A geoid is state (2 digits), county (3), tract (6), block group (1). Spreadsheets take it
for a number, and the seven states from 01 to 09 lose their zero by that.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

BLOCK_DIGITS = 15
COUNTY_DIGITS = 5
TRACT_DIGITS = 11
BLOCK_GROUP_DIGITS = 12
LEVELS: Mapping[int, str] = MappingProxyType(
    {COUNTY_DIGITS: "county", TRACT_DIGITS: "tract", BLOCK_GROUP_DIGITS: "block_group"}
)
#: What people call the areas of a level.
PLURALS: Mapping[str, str] = MappingProxyType(
    {"county": "counties", "tract": "tracts", "block_group": "block groups"}
)
#: A geoid as data.census.gov writes it: summary level, component, ``US``, the digits.
_PREFIXED = re.compile(r"[0-9]{3}[0-9A-Za-z]{4,6}US([0-9]+)")
#: States whose code begins with a zero, with a box about each: south, north, west, east.
#: Alaska's western tip lies beyond 180 degrees and is left out.
_ZERO_STATES: Mapping[str, tuple[float, float, float, float]] = MappingProxyType(
    {
        "01": (30.1, 35.1, -88.6, -84.8),
        "02": (51.0, 71.6, -180.0, -129.9),
        "04": (31.3, 37.1, -114.9, -109.0),
        "05": (33.0, 36.6, -94.7, -89.6),
        "06": (32.5, 42.1, -124.5, -114.1),
        "08": (36.9, 41.1, -109.1, -102.0),
        "09": (40.9, 42.1, -73.8, -71.7),
    }
)
#: State codes that begin with a digit above zero: the states, DC and the island areas.
_OTHER_STATES = frozenset(
    {str(code) for code in range(10, 57)} - {"14", "43", "52"}
    | {"60", "66", "69", "72", "74", "78"}
)


def without_prefix(text: str) -> str:
    """Give the digits of ``1500000US240054001001``; any other text as it is."""
    match = _PREFIXED.fullmatch(text)
    return match[1] if match is not None else text


def is_prefixed(text: str) -> bool:
    """Say whether a geoid stands as data.census.gov writes it."""
    return _PREFIXED.fullmatch(text) is not None


def level_of(geoid: str) -> str | None:
    """Give ``county``, ``tract`` or ``block_group``; None for digits of another length."""
    return LEVELS.get(len(geoid))


def may_lack_zero(geoid: str) -> bool:
    """Say whether a geoid with a zero before it would be of one of the seven states."""
    return "0" + geoid[:1] in _ZERO_STATES


def lost_zero(geoids: Sequence[str], *, lat: float, lon: float, told: Iterable[str] = ()) -> bool:
    """Say whether geoids of one length lost their leading zero.

    Ten digits are a tract without its zero. Eleven are a tract or a block group without its
    zero: the latter when another table writes one of them with its zero, when the first two
    digits are no state, or when the state they would belong to is where the areas lie (none of
    the states that the eleven digits could name lies in the same place).

    Parameters
    ----------
    geoids
        All of the same number of digits.
    lat, lon
        A point among the areas, degrees.
    told
        Geoids of other tables.
    """
    if not geoids or not all(map(may_lack_zero, geoids)):
        return False
    if len(geoids[0]) == TRACT_DIGITS - 1:
        return True
    if len(geoids[0]) != TRACT_DIGITS:
        return False
    others = frozenset(told)
    if any("0" + geoid in others for geoid in geoids):
        return True
    if all(geoid[:2] not in _OTHER_STATES for geoid in geoids):
        return True
    south, north, west, east = _ZERO_STATES["0" + geoids[0][0]]
    return south <= lat <= north and west <= lon <= east
