"""What `netplan init` is told on the command line, checked before anything is written."""

import difflib
import re

from netplan.errors import InputError, Problem

# The largest link that the district folder takes without a question.
MAX_INTERNET_MBPS = 800_000.0
STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA",
    "colorado": "CO", "connecticut": "CT", "delaware": "DE", "district of columbia": "DC",
    "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL",
    "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV",
    "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM", "new york": "NY",
    "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR",
    "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD",
    "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
    "american samoa": "AS", "guam": "GU", "northern mariana islands": "MP", "puerto rico": "PR",
    "virgin islands": "VI",
}  # fmt: skip


def state_code(text: str) -> str:
    """Give a state's postal code from its code or name; empty for what is neither."""
    word = " ".join(text.replace(".", "").split())
    if re.fullmatch(r"[A-Za-z]{2}", word):
        return word.upper()
    return STATES.get(word.lower(), "")


def school_year(text: str) -> str:
    """Give a school year as 2024-25; empty for what is not written as one."""
    match = re.fullmatch(r"([0-9]{4})\s*[-–—/]\s*([0-9]{2}|[0-9]{4})", text.strip())
    if match is None:
        return ""
    after = f"{int(match[1]) + 1}"
    return f"{match[1]}-{after[2:]}" if match[2] in (after, after[2:]) else ""


def checked_state(text: str) -> str:
    """Give the postal code of a stated state.

    Raises
    ------
    InputError
        It is no state.
    """
    code = state_code(text)
    if code in STATES.values():
        return code
    close = difflib.get_close_matches(text.lower(), STATES, n=1)
    raise _bad_option(
        "--state",
        text,
        "this is no state",
        "the postal code of a state, such as FL, or its name",
        f"Did you mean {close[0].title()} ({STATES[close[0]]})?" if close else "Give its code.",
    )


def checked_school_year(text: str) -> str:
    """Give a stated school year as 2026-27.

    Raises
    ------
    InputError
        It is written otherwise.
    """
    year = school_year(text)
    if year:
        return year
    fix = "Give it as 2026-27."
    if re.fullmatch(r"[0-9]{4}", text.strip()):
        start = int(text)
        fix = f"Give {start}-{(start + 1) % 100:02d} for the year that begins in {start}."
    raise _bad_option(
        "--school-year", text, "this is no school year", "two years, such as 2026-27", fix
    )


def check_internet(mbps: float | None) -> None:
    """Refuse a stated internet bandwidth that cannot be meant."""
    if mbps is not None and not 0 < mbps <= MAX_INTERNET_MBPS:
        raise _bad_option(
            "--internet-mbps",
            f"{mbps:g}",
            "this is no internet bandwidth",
            f"more than 0 and at most {MAX_INTERNET_MBPS:,.0f} Mbps",
            "Give it in Mbps.",
        )


def _bad_option(option: str, value: str, message: str, expected: str, fix: str) -> InputError:
    return InputError(
        [
            Problem(
                code="bad-option",
                file="command line",
                column=option,
                value=value[:80],
                message=message,
                expected=expected,
                fix=fix,
            )
        ]
    )
