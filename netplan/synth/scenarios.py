"""What-if files of a synthetic district: scenarios, sweeps, and who pays for devices."""

from collections.abc import Sequence

from netplan.synth.files import Table
from netplan.synth.schools import School
from netplan.synth.wan import Wan

#: Of 24 schools, how many come first and how many next; Greenville began with 12 and went on
#: with 10.
_FIRST, _NEXT, _OF = 12, 10, 24
SCENARIOS = (
    "one-to-one",
    "full-tunnel-filter",
    "testing-week",
    "remote-day",
    "update-monday",
    "lose-internet",
    "lose-one-circuit",
    "state-video-day",
    "growth-stress",
)
SWEEPS = ("growth-and-devices", "circuit-sizes", "what-matters")
FILES = (
    *(f"scenarios/{name}.toml" for name in SCENARIOS),
    *(f"sweeps/{name}.toml" for name in SWEEPS),
    "funding.csv",
)
_HEAD = "# Synthetic, as the district is. What each key means: docs/{page}.md of netplan.\n"


def scenario_files(schools: Sequence[School], wan: Wan) -> dict[str, str]:
    """Give the text of every scenario and sweep by its path inside the folder."""
    internet = [link.link_id for link in wan.links if link.a.startswith("INTERNET")]
    texts = {
        "one-to-one": _one_to_one([school.school_id for school in schools]),
        "full-tunnel-filter": _FULL_TUNNEL,
        "testing-week": _TESTING,
        "remote-day": _REMOTE,
        "update-monday": _UPDATE,
        "lose-internet": _lose_internet(internet),
        "lose-one-circuit": _lose_one(internet[0]),
        "state-video-day": _VIDEO,
        "growth-stress": _GROWTH,
    }
    head = _HEAD.format(page="scenarios")
    files = {f"scenarios/{name}.toml": head + text for name, text in texts.items()}
    sweeps = {
        "growth-and-devices": _SWEEP_GROWTH,
        "circuit-sizes": _sweep_circuits(internet[0]),
        "what-matters": _SWEEP_SOBOL,
    }
    head = _HEAD.format(page="sweeps")
    return files | {f"sweeps/{name}.toml": head + text for name, text in sweeps.items()}


def funding_table(students: int) -> Table:
    """Give the district's sources of money: two that stay, and a grant that ends.

    Amounts are flat figures per student, assumptions that have nothing to do with what netplan
    finds the cost to be.
    """
    rows = (
        ("operating", "Operating budget", "sustainable", "2026-27", "", 190, "*",
         "synthetic; 190 USD a student"),
        ("capital", "Capital millage", "sustainable", "2026-27", "", 60,
         "devices;infrastructure;wan_lan;upgrades", "synthetic; 60 USD a student"),
        ("grant", "Digital learning grant", "one_time", "2026-27", "2028-29", 130,
         "devices;insurance;professional_development;digital_resources;upgrades",
         "synthetic; 130 USD a student for three years"),
    )  # fmt: skip
    return Table(
        name="funding.csv",
        header=(
            *("source_id", "name", "kind", "first_school_year", "last_school_year"),
            *("usd_per_year", "pays_for", "notes"),
        ),
        rows=tuple(
            (*row[:5], str(round(row[5] * students / 1000) * 1000), *row[6:]) for row in rows
        ),
    )


def _one_to_one(school_ids: Sequence[str]) -> str:
    first = max(1, len(school_ids) * _FIRST // _OF)
    after = min(len(school_ids), first + max(1, len(school_ids) * _NEXT // _OF))
    waves = (
        ("2027-28", "first schools", school_ids[:first]),
        ("2028-29", "next schools", school_ids[first:after]),
        ("2029-30", "all others", school_ids[after:]),
    )
    text = """title = "1:1 Chromebooks, grades 3-12, in waves"
source = "Greenville County Schools (SC): 12 schools, then 10 more, all of grades 3 to 12 by the \
fourth year, about 63,000 Chromebooks"
notes = "Starts from carts: two Chromebooks for five students. The district's tables already say \
1:1, so that each year is compared with carts in that year."
compare_with = "start"

[[change]]
name = "carts first"
table = "devices"
where = { kind = "chromebook" }
set = { per_person = 0.4 }
"""
    for year, title, ids in waves:
        if ids:
            text += f"""
[[wave]]
school_year = "{year}"
title = "{title}"
schools = [{_listed(ids)}]
[[wave.change]]
name = "a Chromebook each: {title}"
table = "devices"
where = {{ kind = "chromebook" }}
set = {{ per_person = 1.0 }}
"""
    return text


def _listed(ids: Sequence[str]) -> str:
    """Write ids as items of a TOML list, eight to a line."""
    lines = [
        ", ".join(f'"{school_id}"' for school_id in ids[at : at + 8])
        for at in range(0, len(ids), 8)
    ]
    return ",\n  ".join(lines)


_FULL_TUNNEL = """title = "Take-home devices through a full-tunnel filter"
source = "FACTS 5.27: school-owned computers must be filtered on and off campus"
notes = "All that a take-home device does elsewhere comes in and goes out again by the district's \
internet circuit. A filter on the device, or one that only sees names, would not."
filter_mode = "full_tunnel"
"""

_TESTING = """title = "Testing week: Smarter Balanced and AP at once"
source = "FACTS 1.40 and 1.43"
notes = "Two tests whose rates are published; the grades that sit them are an assumption."
events = ["testing_sbac", "testing_ap"]
"""

_REMOTE = """title = "A remote-learning day"
source = "the events catalog: remote_day"
notes = "Students are at home, staff teach from the building by video."
events = ["remote_day"]
"""

_UPDATE = """title = "ChromeOS update on a Monday morning"
source = "the events catalog: update_chromeos"
notes = "A fifth of the Chromebooks fetch the update in one class period."
events = ["update_chromeos"]
"""

_VIDEO = """title = "State-wide video day: every student device streams"
source = "the events catalog: assembly_device"
events = ["assembly_device"]
"""

_GROWTH = """title = "Traffic grows by half each year"
source = "FACTS 1.27: ESH advised to plan for 50 to 100 % a year"
notes = "The district's own assumption is 25 %."
years = 4
[set."planning"]
growth_per_year = 0.5
"""


def _lose_internet(internet: Sequence[str]) -> str:
    return f"""title = "The internet circuit is lost"
source = "netplan synth"
notes = "All of the district's ways to the internet are down; what stays inside goes on."
fail = [{_listed(internet)}]
"""


def _lose_one(link_id: str) -> str:
    return f"""title = "One of the parallel internet circuits is lost"
source = "netplan synth"
notes = "The circuits act as one of their sum; half of it is left."

[[change]]
name = "half the internet capacity"
table = "links"
where = {{ link_id = "{link_id}" }}
multiply = {{ down_mbps = 0.5, up_mbps = 0.5 }}
"""


_SWEEP_GROWTH = """title = "How fast traffic grows, and how many devices each student has"
method = "lhs"
samples = 200
seed = 1
years = 3

[[vary]]
name = "growth"
cell = "planning.growth_per_year"
low = 0.10
high = 0.60
distribution = "triangular"
mode = 0.25

[[vary]]
name = "chromebooks"
cell = "devices[kind=chromebook].per_person"
as = "factor"
low = 0.9
high = 1.5
distribution = "uniform"

[[vary]]
name = "video"
cell = "apps[app=video_480p|video_720p].down_mbps"
as = "factor"
low = 0.6
high = 1.8
distribution = "loguniform"
"""


def _sweep_circuits(link_id: str) -> str:
    return f"""title = "Internet circuit by growth"
method = "grid"
years = 4

[[vary]]
name = "internet"
cell = "links[link_id={link_id}].down_mbps"
as = "factor"
values = [0.5, 1.0, 2.0]

[[vary]]
name = "growth"
cell = "planning.growth_per_year"
values = [0.1, 0.25, 0.4, 0.6]
"""


_SWEEP_SOBOL = """title = "What matters most"
method = "sobol"
samples = 64
seed = 1
years = 3

[[vary]]
name = "growth"
cell = "planning.growth_per_year"
low = 0.10
high = 0.60
distribution = "uniform"

[[vary]]
name = "chromebooks"
cell = "devices[kind=chromebook].per_person"
as = "factor"
low = 0.9
high = 1.5
distribution = "uniform"

[[vary]]
name = "schools move together"
cell = "planning.common_mode_cv"
low = 0.0
high = 0.3
distribution = "uniform"

[[vary]]
name = "video"
cell = "apps[app=video_480p|video_720p].down_mbps"
as = "factor"
low = 0.6
high = 1.8
distribution = "uniform"
"""
