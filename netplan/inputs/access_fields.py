"""access.toml: its keys with their ranges, defaults and the sources of these, and its reading."""

from dataclasses import fields
from typing import Any

from netplan.errors import Problem
from netplan.inputs.fields import Field
from netplan.inputs.model import AccessSettings
from netplan.inputs.reader import shown
from netplan.inputs.toml_file import TomlFile, parse_toml, read_keys

ACCESS_FILE = "access.toml"
#: ``model``, then the names of the catalog radio_ranges.
RADIO_RANGES = (
    "model",
    "cgcs_200_ft",
    "charleston_100_ft",
    "charleston_150_ft",
    "netplan_150_ft",
    "vendor_300_ft",
)
_WHOLE = frozenset({"draws", "seed"})


def _choice(name: str, allowed: tuple[str, ...], default: str, source: str, says: str) -> Field:
    return Field(
        name=name,
        kind="choice",
        allowed=allowed,
        default=default,
        default_source=source,
        description=says,
    )


def _number(
    name: str,
    unit: str,
    default: float | None,
    source: str,
    says: str,
    *,
    low: float,
    high: float | None = None,
    low_open: bool = False,
    ask_above: float | None = None,
    ask_below: float | None = None,
) -> Field:
    return Field(
        name=name,
        kind="whole" if name in _WHOLE else "number",
        unit=unit,
        low=low,
        high=high,
        low_open=low_open,
        ask_above=ask_above,
        ask_below=ask_below,
        default=default,
        default_source=source,
        description=says,
    )


_GAP = (
    _choice(
        "definition",
        ("none", "phone_only", "below_speed"),
        "none",
        "assumption: the narrowest of the three definitions, which are never mixed (section 9)",
        "Who counts as offline: none = no internet at home; phone_only = cellular only or none; "
        "below_speed = no fixed service of the stated speed.",
    ),
    _number(
        "speed_down_mbps",
        "Mbps",
        25.0,
        "3.61 CoSN 2021, 25 down and 12 up per student (2nd-hand)",
        "Download speed of the definition below_speed.",
        low=0.0,
        low_open=True,
        ask_above=10_000.0,
    ),
    _number(
        "speed_up_mbps",
        "Mbps",
        12.0,
        "3.61 CoSN 2021, 25 down and 12 up per student (2nd-hand)",
        "Upload speed of the definition below_speed.",
        low=0.0,
        low_open=True,
        ask_above=10_000.0,
    ),
    _number(
        "student_household_ratio",
        "ratio",
        1.0,
        "assumption: students are offline as often as households; where acs.csv has B28005, "
        "its ratio is used for the definition none",
        "Share of students offline over the share of households offline.",
        low=0.0,
        low_open=True,
        high=5.0,
    ),
    _choice(
        "rake_to",
        ("county", "tract"),
        "county",
        "assumption: the county's published figure has the smallest margin",
        "Published figures that the areas are made to sum to.",
    ),
)

_REACH = (
    _number(
        "student_mbps",
        "Mbps",
        1.5,
        "assumption: 1.5 to 3 Mbps carry homework that need not be live (3.64)",
        "Rate that one student needs while online.",
        low=0.0,
        low_open=True,
        ask_above=1_000.0,
    ),
    _number(
        "hours_per_week_needed",
        "hours per week",
        5.0,
        "assumption: an hour for each school day",
        "Hours a week that serve a student.",
        low=0.0,
        low_open=True,
        high=168.0,
    ),
    _number(
        "walk_limit_m",
        "m",
        800.0,
        "assumption: half a mile, ten minutes on foot",
        "Farthest that a student walks.",
        low=0.0,
        low_open=True,
        ask_above=10_000.0,
        ask_below=20.0,
    ),
    _number(
        "detour_factor",
        "ratio",
        1.3,
        "assumption: walks are about 30 % longer than the straight line",
        "Walking distance over the straight line, where there is no street map.",
        low=1.0,
        high=5.0,
    ),
    _choice(
        "bus_reach",
        ("walk", "home"),
        "walk",
        "assumption: students walk to the bus, since its radio hardly reaches indoors (3.37)",
        "Whether students walk to a bus, or its radio must reach their home.",
    ),
    _choice(
        "radio_range",
        RADIO_RANGES,
        "model",
        "assumption: the model; published ranges stand in catalog/radio_ranges.csv",
        "Range of a bus's radio: the model's, or a published one by name.",
    ),
    _number(
        "radio_frequency_mhz",
        "MHz",
        2437.0,
        "3.33 free-space loss at 1 m is given for channel 6; the band is an assumption",
        "Frequency of the model.",
        low=400.0,
        high=100_000.0,
    ),
    _number(
        "radio_exponent",
        "ratio",
        3.0,
        "assumption (3.34): 2.7 to 3.5 at street level",
        "Exponent n of the log-distance model.",
        low=1.5,
        high=8.0,
    ),
    _number(
        "radio_client_dbm",
        "dBm",
        15.0,
        "assumption (3.36)",
        "Power that a student's device sends with.",
        low=-20.0,
        high=36.0,
    ),
    _number(
        "radio_antenna_dbi",
        "dBi",
        4.0,
        "assumption (3.36); bus antennas have 3 to 5 (3.31)",
        "Gain of the bus's antenna.",
        low=-10.0,
        high=30.0,
    ),
    _number(
        "radio_fade_margin_db",
        "dB",
        8.0,
        "assumption (3.36); shadowing is 6 to 8 (3.34)",
        "Margin for fading.",
        low=0.0,
        high=40.0,
    ),
    _number(
        "radio_sensitivity_dbm",
        "dBm",
        -75.0,
        "assumption (3.36): a usable low rate",
        "Weakest signal that the bus can use.",
        low=-120.0,
        high=-20.0,
    ),
    _number(
        "radio_wall_loss_db",
        "dB",
        7.0,
        "assumption (3.35, 3.37): one wall of wood or vinyl",
        "Loss through the wall of a home.",
        low=0.0,
        high=60.0,
    ),
    _number(
        "drive_kmh",
        "km/h",
        30.0,
        "assumption: a bus in town",
        "Speed of a bus between stops.",
        low=0.0,
        low_open=True,
        ask_above=110.0,
        ask_below=5.0,
    ),
    _number(
        "drive_detour_factor",
        "ratio",
        1.4,
        "assumption: drives are about 40 % longer than the straight line",
        "Driving distance over the straight line.",
        low=1.0,
        high=5.0,
    ),
    _number(
        "weeks_per_year",
        "weeks",
        36.0,
        "assumption: 180 school days of 5 a week",
        "Weeks of the year in which a plan runs.",
        low=0.0,
        low_open=True,
        high=53.0,
    ),
    _number(
        "transit_reach_m",
        "m",
        4000.0,
        "assumption: a short ride",
        "How far students ride to a partner with transit.",
        low=0.0,
        low_open=True,
        ask_above=100_000.0,
    ),
)

_GOAL = (
    _number(
        "lifeline_share",
        "share",
        0.0,
        "assumption: nobody is counted on to enroll in Lifeline (5.16)",
        "Households of paid plans whose price Lifeline lowers.",
        low=0.0,
        high=1.0,
    ),
    _number(
        "students_per_household",
        "students",
        1.0,
        "assumption: one student for each paid plan; more than 70 % share a home with another "
        "(3.62), so this is on the dear side",
        "Students who share one paid plan.",
        low=1.0,
        high=10.0,
    ),
    _number(
        "budget_usd_per_year",
        "USD per year",
        None,
        "",
        "Most that a plan may cost; without it and without coverage_goal, whoever asks must say.",
        low=0.0,
        ask_above=1_000_000_000.0,
    ),
    _number(
        "coverage_goal",
        "share",
        None,
        "",
        "Share of the students offline that a plan must serve, at least cost.",
        low=0.0,
        low_open=True,
        high=1.0,
    ),
    _choice(
        "equity",
        ("none", "floor", "worst_first"),
        "none",
        "assumption: most students served, wherever they live",
        "Fairness between attendance zones: none; floor = at least floor_share in each; "
        "worst_first = the worst-served zone first.",
    ),
    _number(
        "floor_share",
        "share",
        0.5,
        "assumption: half of each zone",
        "Share that equity = floor asks for in each zone.",
        low=0.0,
        high=1.0,
    ),
    _number(
        "poverty_weight",
        "ratio",
        0.0,
        "assumption: every student counts alike",
        "Added weight of a student where all have free or reduced-price lunch.",
        low=0.0,
        high=100.0,
    ),
    _number(
        "worth_usd_per_student_per_year",
        "USD per year",
        None,
        "",
        "What serving a student is worth; empty = the plan's dearest price per student.",
        low=0.0,
        low_open=True,
        ask_above=1_000_000.0,
    ),
    _number(
        "time_limit_s",
        "s",
        60.0,
        "assumption: a minute's wait",
        "Longest search for a plan.",
        low=0.0,
        low_open=True,
        ask_above=86_400.0,
    ),
    _number(
        "draws",
        "draws",
        1000.0,
        "assumption: shares of draws are then sure to about 3 %",
        "Draws of who is offline that a plan is re-scored on.",
        low=1.0,
        ask_above=100_000.0,
    ),
    _number(
        "seed",
        "number",
        1.0,
        "assumption: any number",
        "Seed of the draws.",
        low=0.0,
        high=2**32 - 1,
    ),
)

#: Every key of access.toml.
ACCESS_FIELDS = (*_GAP, *_REACH, *_GOAL)


def read_access(data: bytes) -> tuple[AccessSettings, frozenset[str], list[Problem]]:
    """Read access.toml.

    Returns
    -------
    access
        With defaults where a key is missing or wrong.
    given
        Keys that the file sets.
    problems
        Everything that is wrong with it.
    """
    toml, problems = parse_toml(
        data,
        ACCESS_FILE,
        line='lines such as equity = "floor"',
        filled="lines such as walk_limit_m = 800",
        fields=ACCESS_FIELDS,
    )
    if toml is None:
        return AccessSettings(), frozenset(), problems
    values, found = read_keys(
        toml, toml.document, ACCESS_FIELDS, section=None, check_text=lambda _field, _text: None
    )
    problems += found
    for name, content in toml.document.items():
        if isinstance(content, dict | list) and name not in values:
            problems += _section(toml, name, content)
    whole = {name: int(value) for name, value in values.items() if name in _WHOLE}
    return AccessSettings(**{**values, **whole}), frozenset(values), problems


def _section(toml: TomlFile, name: str, content: Any) -> list[Problem]:
    names = frozenset(field.name for field in fields(AccessSettings))
    if name in names:  # a list or table in place of a value was told as one of the wrong type
        return []
    what = "section" if isinstance(content, dict) else "key"
    return [
        toml.problem(
            "unknown-section" if isinstance(content, dict) else "unknown-key",
            toml.row(None, name),
            shown(name),
            message=f"{ACCESS_FILE} has no such {what}",
            expected="keys without a section, one a line",
            fix=f"Delete the line [{shown(name)}]; its keys may stay."
            if isinstance(content, dict)
            else "Delete it.",
        )
    ]
