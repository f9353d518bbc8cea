"""What a circuit line is for, from a list's own words, and the media of circuits."""

from typing import Literal

from netplan.sources.sheets import normal

Purpose = Literal["internet", "isp", "transport", "wan", "backup", "headend", "unknown"]

MEDIA = {
    "fiber": "fiber",
    "fibre": "fiber",
    "dark_fiber": "fiber",
    "lit_fiber": "fiber",
    "cable_dsl": "cable",
    "cable": "cable",
    "dsl": "copper",
    "copper": "copper",
    "t_1": "copper",
    "t1": "copper",
    "fixed_wireless": "wireless",
    "wireless": "wireless",
    "microwave": "wireless",
    "leased": "leased",
}
PURPOSES: dict[str, Purpose] = {
    "internet": "internet",
    "internet_access": "internet",
    "isp": "isp",
    "upstream": "transport",
    "transport": "transport",
    "wan": "wan",
    "data_transmission": "wan",
    "backup": "backup",
    "headend": "headend",
    "head_end": "headend",
}
# Words of a longer text, in the order they are looked for; E-Rate's service type "Data
# Transmission and/or Internet Access" names every line and so says nothing.
_SAYS_NOTHING = ("data_transmission_and_or_internet", "data_transmission_internet_access")
_WORDS: tuple[tuple[frozenset[str], Purpose], ...] = (
    (frozenset({"backup", "failover", "redundant", "standby"}), "backup"),
    (frozenset({"internet", "isp"}), "internet"),
    (frozenset({"wan", "intersite"}), "wan"),
    (frozenset({"headend"}), "headend"),
)
# A school cell that says nothing else than that the line is the district's internet.
_NET = frozenset({"internet", "isp"})
_SPARE = frozenset({"backup", "failover", "secondary"})
_AROUND_NET = frozenset(
    {"access", "main", "primary", "district", "line", "circuit", "service", "connection"}
    | {"uplink", "provider", "wide", "core", "the", "to", "our", "link", "feed"}
)


def purpose_of(word: str) -> Purpose:
    """Say what a line is for by the text in its purpose column."""
    name = normal(word)
    if name in PURPOSES:
        return PURPOSES[name]
    if name.startswith(_SAYS_NOTHING):
        return "unknown"
    tokens = set(name.split("_"))
    return next((purpose for words, purpose in _WORDS if words & tokens), "unknown")


def purpose_of_place(text: str) -> Purpose:
    """Say what a line is for where its school cell says internet instead of a school."""
    tokens = set(normal(text).split("_"))
    if not tokens & _NET or not tokens <= _NET | _AROUND_NET | _SPARE:
        return "unknown"
    return "backup" if tokens & _SPARE else "internet"
