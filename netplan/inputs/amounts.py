"""Numbers with something around them, as people write them: $95,000, 0.5 mi, 30 min, 18/month."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from types import MappingProxyType

_AMOUNT = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<money>[$€£]?)\s*"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"\s*(?P<words>[a-zA-Z$%/][a-zA-Z$%/. ]*)?"
)
_LONGEST = 60
_BYTES = re.compile(r"[MmGg]B(?!PS)")
_MONEY_WORDS = re.compile(r"\$|\bus\b|\busd\b|\bdollars?\b")
_FILLERS = re.compile(r"\b(?:per|a|an|each)\b|[/. ]")
#: Words behind a number, without ``per`` and spaces, to what it is multiplied by: for each unit.
_METERS = {
    "m": "1", "meter": "1", "meters": "1", "km": "1000", "ft": "0.3048", "foot": "0.3048",
    "feet": "0.3048", "yd": "0.9144", "yards": "0.9144", "mi": "1609.344", "mile": "1609.344",
    "miles": "1609.344",
}  # fmt: skip
_SECONDS = {
    "s": "1", "sec": "1", "secs": "1", "second": "1", "seconds": "1", "min": "60", "mins": "60",
    "minute": "60", "minutes": "60", "h": "3600", "hr": "3600", "hour": "3600", "hours": "3600",
}  # fmt: skip
_MBPS = {
    "mbps": "1", "mbs": "1", "mbits": "1", "mb": "1", "mbit": "1", "m": "1", "gbps": "1000",
    "gbs": "1000", "gb": "1000", "gbit": "1000", "gbits": "1000", "g": "1000", "gig": "1000",
}  # fmt: skip
_HOURS_A_WEEK = {
    name + week: "1" for name in ("h", "hr", "hrs", "hour", "hours") for week in ("", "week", "wk")
}
_A_YEAR = {
    "year": "1", "yr": "1", "yearly": "1", "annually": "1", "month": "12", "mo": "12",
    "monthly": "12",
}  # fmt: skip
_FACTORS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "m": _METERS,
        "s": _SECONDS,
        "Mbps": _MBPS,
        "MHz": {"mhz": "1", "ghz": "1000"},
        "km/h": {"kmh": "1", "kph": "1", "mph": "1.609344", "mih": "1.609344"},
        "hours per week": _HOURS_A_WEEK,
        "weeks": {"week": "1", "weeks": "1", "wk": "1", "wks": "1"},
        "USD per year": _A_YEAR,
        "USD per month": {"month": "1", "mo": "1", "monthly": "1"},
        "USD per hour": {"hour": "1", "hr": "1", "h": "1"},
        "share": {"%": "0.01", "percent": "0.01", "pct": "0.01"},
        "share per year": {"%": "0.01", "percent": "0.01", "pct": "0.01", "%year": "0.01"},
    }
)
_THOUSANDS: Mapping[str, str] = MappingProxyType(
    {"k": "1000", "thousand": "1000", "million": "1000000", "mm": "1000000"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number as it has to be written.

    ``made`` says how it was made, such as ``0.5 mi is 804.7``; empty where the digits stand as
    they stood.
    """

    number: str
    made: str


def amount(text: str, unit: str | None) -> Amount | None:
    """Find the number that a text means, in a unit; None where that is not certain.

    Parameters
    ----------
    text
        Such as ``$95,000``, ``95k``, ``0.5 mi`` or ``18 USD per month``.
    unit
        Unit that is asked for, as a `Field` has it.
    """
    match = _AMOUNT.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    factor = _factor(match["words"] or "", unit or "", money=bool(match["money"]))
    if factor is None:
        return None
    sign = "-" if match["sign"] == "-" else ""
    digits = Decimal(match["number"].replace(",", ""))
    if factor == 1:
        return Amount(number=sign + _written(digits), made="")
    with localcontext(prec=_LONGEST + 10):
        value = digits * factor
    if factor not in (12, 60, 1000, 3600, 1_000_000, Decimal("0.01")):
        # feet and miles are not known to more than this
        value = Decimal(f"{value:.4g}")
    number = sign + _written(value)
    return Amount(number=number, made=f"{text.strip()} is {number}")


def _factor(words: str, unit: str, *, money: bool) -> Decimal | None:
    """Give what a number with these words behind it is multiplied by; None when unknown."""
    if unit == "Mbps" and _BYTES.search(words):
        return None  # megabytes, eight times as much, or somebody's way to write megabits
    text = words.lower()
    dollars = unit.startswith("USD")
    if dollars:
        text = _MONEY_WORDS.sub(" ", text)
    elif money or "$" in text:
        return None
    rest = _FILLERS.sub("", text)
    factor = Decimal(1)
    if dollars:
        for word, times in _THOUSANDS.items():
            if rest.startswith(word):
                rest, factor = rest.removeprefix(word), Decimal(times)
                break
    if not rest or rest == _FILLERS.sub("", unit.lower()):
        return factor
    known = _FACTORS.get(unit, {}).get(rest)
    return None if known is None else factor * Decimal(known)


def _written(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
