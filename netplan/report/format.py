"""Numbers and text for people: units, rounding and characters that stay harmless."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from netplan.maps import text as maps_text

#: What stands where a number is unknown, and where nothing limits it.
UNKNOWN = "–"
NO_LIMIT = "no limit"

#: Column suffix to unit; the longest that fits wins. ``share`` is shown as a percentage.
_UNITS = (
    ("mbps_per_student", "Mbps per student"),
    ("mbps_per_device", "Mbps per device"),
    ("mbps_per_user", "Mbps per user"),
    ("mbps_per_stream", "Mbps per stream"),
    ("mbps_per_unit", "Mbps per unit"),
    ("kbps_per_student", "kbps per student"),
    ("usd_per_year", "USD a year"),
    ("channel_mhz", "MHz"),
    ("mbps2", "Mbps²"),
    ("mbps", "Mbps"),
    ("usd", "USD"),
    ("share", "share"),
    ("minutes", "minutes"),
    ("headroom_devices", "devices"),
    ("bottleneck_of", "schools"),
)
#: Whole things: shown without decimals, never cut to three digits.
_COUNTS = frozenset(
    [
        "enrollment",
        "staff",
        "devices",
        "present_devices",
        "headroom_devices",
        "schools",
        "students",
        "people",
        "count",
        "disjoint_paths",
        "weeks",
        "radios",
        "access_points",
        "rooms",
        "streams",
        "clients",
        "rank",
        "guests",
        "row",
    ]
)
#: Years: no thousands separator.
_YEARS = frozenset({"year_built", "year_installed", "exhausted_school_year", "school_year"})
_TITLES = {
    "school_id": "School id",
    "link_id": "Link",
    "node_id": "Node",
    "mean_mbps": "Mean",
    "load_mbps": "Planning load",
    "frl_share": "Free or reduced lunch",
    "clients_per_radio": "Clients per radio",
    "mean_down_mbps": "Mean down",
    "load_down_mbps": "Planning load down",
    "mean_up_mbps": "Mean up",
    "load_up_mbps": "Planning load up",
    "sd_down_mbps": "Standard deviation down",
    "sd_up_mbps": "Standard deviation up",
    "worst_to_best": "Least to most",
    "ratio": "Measured / modelled",
    "modelled_mbps": "Modelled before",
    "calibrated_mbps": "After calibration",
    "used": "Used",
    "airtime_share": "Airtime on average",
    "planning_airtime_share": "Airtime in busy moments",
    "phy_mbps": "PHY rate",
    "cell_mbps": "Cell throughput",
    "efficiency_share": "Efficiency",
    "assumed": "Standard assumed",
    "defaulted": "Defaults used for",
    "wifi": "Wi-Fi",
    "mcs": "MCS",
    "channel_mhz": "Channel",
}
_ONE = re.compile(r"^(school|device|building|student|client|access point)s\b")
_PERCENT = re.compile(r"(\d) ?%")
_PLURAL = re.compile(r"\b(\d[\d,]*) ((?:[A-Za-z-]+ )?[A-Za-z-]+)\(s\)")
# "1.27 ESH, ..." is fact 1.27, by ESH; "1.25 Mbps" is a quantity.
_FACT = re.compile(
    r"(?<![\d.,])(?:\b(down|up|rates|channel|streams) )?(?:\d\.\d{2}|3a) "
    r"(?=[A-Z]|iOS|rate formula)(?!Mbps|Gbps|GB|MB|MHz|GHz|USD)"
)
_FACTS_IN_BRACKETS = re.compile(r" \((?:facts? )?\d\.\d{2}(?:(?:, | and | to )\d\.\d{2})*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One table cell: what is shown, the exact value behind it, what sorts it, where it leads.

    ``badge`` is a status (``over``, ``critical``, ...) that gets a shape and a color; ``mark`` is
    a word beside the text, such as ``guess``.
    """

    text: str
    exact: str = ""
    sort: str = ""
    numeric: bool = False
    href: str = ""
    badge: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One table column: its key, its heading, its unit and whether it holds numbers."""

    key: str
    title: str
    unit: str
    numeric: bool


#: Directions as people say them.
WAYS = {"down": "down", "up": "up", "both": "down + up"}

#: Other people's text passes one door, on pages and on maps.
clean = maps_text.clean


def tidy(text: str) -> str:
    """Give a sentence as pages write it: ``80 %`` for ``80%``, ``1 way`` for ``1 way(s)``."""
    text = _PERCENT.sub("\\1\N{NO-BREAK SPACE}%", text)
    return _PLURAL.sub(lambda match: f"{match[1]} {match[2]}{'' if match[1] == '1' else 's'}", text)


def cited(source: str) -> str:
    """Give a source without the numbers that its facts have in netplan's own files."""
    return _FACT.sub(
        lambda match: f"{match[1]}: " if match[1] else "", _FACTS_IN_BRACKETS.sub("", source)
    )


def nine_digits(value: float) -> float:
    """Round to nine significant digits, as every file of the report does."""
    return float(f"{value:.9g}") if value else 0.0


def number(value: float) -> str:
    """Give three significant digits with thousands separators; whole numbers stay whole.

    A whole number is nearly always something the district wrote (a capacity),
    and should read as it was written.
    """
    rounded = nine_digits(value)
    digits = f"{rounded:.0f}" if rounded == round(rounded) and abs(rounded) < 1e7 else ""
    return format(Decimal(digits or f"{rounded:.3g}"), ",f")


def count(value: float) -> str:
    """Give a whole number with thousands separators."""
    return f"{value:,.0f}" if round(value) else "0"


def percent(value: float) -> str:
    """Give a share as a percentage of three significant digits, its sign never on the next line."""
    digits = format(Decimal(f"{100 * value:.3g}") if value else Decimal(0), ",f")
    return f"{digits}\N{NO-BREAK SPACE}%"


def is_number(value: object) -> bool:
    """Tell whether a value is a number rather than a truth value, text or nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def quantity(value: float | str | None, unit: str) -> str:
    """Give a value with its unit in words, such as ``1,200 Mbps`` or ``84.3 %``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return UNKNOWN
    if isinstance(value, str):
        return f"{clean(value)} {clean(unit)}".strip()
    if math.isinf(value):
        return NO_LIMIT
    if unit == "share" or unit.startswith("share "):
        return percent(value) + clean(unit[5:])
    if value == 1:
        unit = _ONE.sub(r"\1", unit)
    if unit in ("devices", "students", "people", "schools"):
        return f"{count(value)} {unit}"
    return f"{number(value)} {clean(unit)}".strip()


def exact(value: float | str | None, unit: str) -> str:
    """Give the value behind `quantity` with nine significant digits and its unit."""
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return ""
    return f"{value if isinstance(value, int) else nine_digits(value)!r} {clean(unit)}".strip()


def unit_of(column: str) -> str:
    """Give the unit that a column's name ends in, or nothing."""
    return next((unit for end, unit in _UNITS if column.endswith(end)), "")


def title_of(column: str) -> str:
    """Give a column's heading in words, without its unit."""
    if column in _TITLES:
        return _TITLES[column]
    ends = (f"_{end}" for end, _ in _UNITS if column.endswith(f"_{end}"))
    words = column.removesuffix(next(ends, "")).replace("_", " ").strip()
    return clean(words[:1].upper() + words[1:])


def school_year(year: str) -> str:
    """Say when room runs out: a school year as it is, and ``+2`` (no year stated) as in 2 years."""
    if not year.startswith("+"):
        return year
    return "now" if year == "+0" else f"in {plural(int(year[1:]), 'year')}"


def cell(column: str, value: Any, *, unit: str | None = None) -> Cell:
    """Format one value of a table by its column's name.

    The unit stands in the heading; shares carry their percent sign.
    """
    if value is None:
        return Cell(text=UNKNOWN)
    if isinstance(value, bool):
        word = "yes" if value else "no"
        return Cell(text=word, sort=word)
    if is_number(value):
        return _figure(column, value, unit_of(column) if unit is None else unit)
    if isinstance(value, tuple | list):
        value = ", ".join(str(item) for item in value)
    text = clean(school_year(str(value)) if column == "exhausted_school_year" else str(value))
    return Cell(text=text, sort=text.casefold())


def _figure(column: str, value: float, unit: str) -> Cell:
    if math.isnan(value):
        return Cell(text=UNKNOWN, numeric=True)
    if math.isinf(value):
        return Cell(text=NO_LIMIT, sort=str(value).replace("inf", "1e308"), numeric=True)
    if column in _YEARS:
        text = f"{value:.0f}"
    elif unit == "share":
        text = percent(value)
    else:
        text = count(value) if column in _COUNTS else number(value)
    return Cell(text=text, exact=exact(value, unit), sort=repr(nine_digits(value)), numeric=True)


def columns_of(rows: list[dict[str, Any]], keys: list[str] | None = None) -> list[Column]:
    """Describe the columns of some records: all keys of the first, or those named that exist."""
    if not rows:
        return []
    present = list(rows[0])
    wanted = present if keys is None else [key for key in keys if key in rows[0]]
    return [
        Column(
            key=key,
            title=title_of(key),
            unit="" if unit_of(key) == "share" else unit_of(key),
            numeric=any(is_number(row.get(key)) for row in rows),
        )
        for key in wanted
    ]


def plural(amount: int, word: str, many: str | None = None) -> str:
    """Give ``1 link``, ``2 links``, ``3 switches``."""
    return f"{amount:,} {word if amount == 1 else many or f'{word}s'}"


def listed(parts: list[str]) -> str:
    """Join words as a sentence does: ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
