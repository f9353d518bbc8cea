"""Times of day: HH:MM, and what people and spreadsheets write instead."""

import re

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
#: 4 PM, 4:20 p.m., 04:20:00 PM.
_TWELVE_HOURS = re.compile(
    r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?(?:[:.][0-9]{2})?\s*([ap])\.?\s*(?:m\.?)?", re.IGNORECASE
)
#: 16.20, 16h20, 16,20, 1620, 16:20:00; 16.2 is what a spreadsheet leaves of 16.20.
_OTHERWISE = re.compile(
    r"([0-9]{1,2})(?:[.,](?=[0-9])|[:;hH]?(?=[0-9]{2}))([0-9]{1,2})(?:[:.][0-9]{2}(?:\.0*)?)?"
)
#: A spreadsheet's number for a time: its share of a day.
_SHARE_OF_DAY = re.compile(r"0?[.,]([0-9]+)")
_MINUTES_A_DAY = 24 * 60
#: Hours before this one, without AM or PM, are more likely meant of the afternoon.
_FIRST_SCHOOL_HOUR = 7


def read_time(text: str) -> str | None:
    """Give a time as HH:MM, a zero before a short hour; None for what is no such time."""
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return f"{int(match[1]):02d}:{match[2]}"


def time_fix(text: str) -> str:
    """Say what to write in place of a text that is not HH:MM."""
    twelve = _TWELVE_HOURS.fullmatch(text)
    if twelve is not None and 1 <= int(twelve[1]) <= 12:
        hour = int(twelve[1]) % 12 + (12 if twelve[3] in "pP" else 0)
        found = read_time(f"{hour}:{twelve[2] or '00'}")
        return f"Write {found}." if found is not None else _EXAMPLE
    share = _SHARE_OF_DAY.fullmatch(text)
    if share is not None:
        minute = round(float(f"0.{share[1][:12]}") * _MINUTES_A_DAY)
        found = read_time(f"{minute // 60}:{minute % 60:02d}")
        return f"Write {found}; format the column as text." if found is not None else _EXAMPLE
    if re.fullmatch(r"24:?00(?::00)?", text):
        return "Write 23:59: a day ends there."
    other = _OTHERWISE.fullmatch(text)
    if other is None:
        return _EXAMPLE
    found = read_time(f"{other[1]}:{other[2]:0<2}")
    if found is None:
        return _EXAMPLE
    later = afternoon(found)
    return f"Write {later}, or {found} if it is before noon." if later else f"Write {found}."


def afternoon(time: str) -> str | None:
    """Give the time twelve hours later where a checked HH:MM is too early for a school's day."""
    hour = int(time[:2])
    return f"{hour + 12}{time[2:]}" if hour < _FIRST_SCHOOL_HOUR else None


_EXAMPLE = "Write it as 08:05 or 14:30."
