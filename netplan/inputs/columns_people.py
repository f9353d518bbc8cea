"""Columns of the tables about people: schools, enrollment, devices, apps, activities, bell."""

from netplan.inputs.columns import (
    DESTINATIONS,
    EVERY,
    LEVELS,
    PERIOD_KINDS,
    school_field,
    share_field,
    year_field,
)
from netplan.inputs.fields import Field, TableSpec

SCHOOLS = TableSpec(
    name="schools",
    required=True,
    description="One row per school building.",
    example="S002,Harbor Hammock Elementary,27.688005,-80.467839,elementary,211,26,"
    "3,1988,0.29,41,129999900002,false",
    fields=(
        Field(
            name="school_id",
            kind="id",
            required=True,
            key=True,
            description="Id of the school; text, so leading zeros and capitals count.",
        ),
        Field(name="name", kind="text", required=True, description="Name as people know it."),
        Field(
            name="lat",
            kind="number",
            unit="degrees",
            required=True,
            low=-90,
            high=90,
            description="Latitude, WGS 84; within 100 km of the district's median school.",
        ),
        Field(
            name="lon",
            kind="number",
            unit="degrees",
            required=True,
            low=-180,
            high=180,
            description="Longitude, WGS 84; negative in the Americas.",
        ),
        Field(
            name="level",
            kind="choice",
            required=True,
            allowed=LEVELS,
            description="Level, by which activities are chosen.",
        ),
        Field(
            name="enrollment",
            kind="whole",
            unit="students",
            required=True,
            low=0,
            ask_above=20_000,
            description="Students enrolled.",
        ),
        Field(
            name="staff",
            kind="number",
            unit="people",
            low=0,
            ask_above=5_000,
            description="Staff; part-time staff may count as fractions.",
        ),
        Field(
            name="guests",
            kind="number",
            unit="people",
            low=0,
            ask_above=20_000,
            description="Guests in the building at one time.",
        ),
        year_field("year_built", "Year in which the building was built."),
        share_field("frl_share", "Students with free or reduced-price lunch."),
        Field(name="locale", kind="text", description="NCES locale, such as 41 or Rural: Fringe."),
        Field(name="nces_id", kind="text", description="NCES school id of 12 digits."),
        Field(name="title_i", kind="flag", description="Whether the school is a Title I school."),
    ),
)

ENROLLMENT = TableSpec(
    name="enrollment",
    description="Students by grade. The sum per school should be schools.enrollment.",
    absent="students are one group per school; devices by grade cannot be told apart",
    example="S002,3,35",
    fields=(
        school_field("School.", key=True),
        Field(name="grade", kind="grade", required=True, key=True, description="Grade."),
        Field(
            name="students",
            kind="whole",
            unit="students",
            required=True,
            low=0,
            ask_above=10_000,
            description="Students of that grade.",
        ),
    ),
)

DEVICES = TableSpec(
    name="devices",
    description=(
        "Devices per person. Per kind the most specific row wins: one school over `*`, then one "
        "grade over a range of grades over `students`. Grades need enrollment.csv; staff and "
        "guests need their columns in schools.csv."
    ),
    absent="no devices, so no load",
    example="*,3-12,chromebook,1,0.95,0.02,0.01,district",
    fields=(
        Field(
            name="school_id",
            kind="id",
            required=True,
            key=True,
            allowed=(EVERY,),
            reference="schools.school_id",
            description="School, or `*` for all.",
        ),
        Field(
            name="group",
            kind="group",
            required=True,
            key=True,
            description="Who has the device.",
        ),
        Field(name="kind", kind="id", required=True, key=True, description="Kind of device."),
        Field(
            name="per_person",
            kind="number",
            unit="devices per person",
            required=True,
            low=0,
            ask_above=10,
            description="Devices of this kind per person of the group.",
        ),
        share_field(
            "present_share", "Devices that are in the building on a school day.", default=1.0
        ),
        Field(
            name="background_down_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            ask_above=100,
            default=0.0,
            description="Rate down of a present device that is in no activity.",
        ),
        Field(
            name="background_up_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            ask_above=100,
            default=0.0,
            description="Rate up of a present device that is in no activity.",
        ),
        Field(
            name="owner",
            kind="choice",
            allowed=("district", "byod"),
            description="Whose device it is.",
        ),
    ),
)

APPS = TableSpec(
    name="apps",
    description=(
        "What one device asks of the network while it uses an application. A row replaces the "
        "built-in catalog's row of the same app, or adds an app to it."
    ),
    absent="the built-in catalog",
    example="video,2.5,0.1,0.5,0.3,internet,0,measured 2026-09",
    fields=(
        Field(name="app", kind="id", required=True, key=True, description="Application."),
        Field(
            name="down_mbps",
            kind="number",
            unit="Mbps",
            required=True,
            low=0,
            ask_above=1_000,
            description="Mean rate down while active.",
        ),
        Field(
            name="up_mbps",
            kind="number",
            unit="Mbps",
            required=True,
            low=0,
            ask_above=1_000,
            description="Mean rate up while active.",
        ),
        Field(
            name="cv",
            kind="number",
            unit="ratio",
            low=0,
            ask_above=20,
            default=0.0,
            description="Standard deviation of the rate over its mean.",
        ),
        share_field(
            "together",
            "How far one class starts it at the same moment (0 not, 1 wholly).",
            default=0.0,
        ),
        Field(
            name="destination",
            kind="choice",
            allowed=DESTINATIONS,
            default="internet",
            description="Where its traffic goes.",
        ),
        share_field("cached_share", "Traffic that a cache in the building serves.", default=0.0),
        Field(name="source", kind="text", description="Where the numbers come from."),
    ),
)

ACTIVITIES = TableSpec(
    name="activities",
    description=(
        "What share of the present devices is in which application. A named level replaces the "
        "`*` rows of that period; then the most specific group that has rows wins. The shares of "
        "one level, group and period sum to at most 1; the rest is idle."
    ),
    absent="the built-in catalog, by the kind of each period",
    example="high,period1,video,0.2,*",
    fields=(
        Field(
            name="level",
            kind="choice",
            required=True,
            key=True,
            allowed=(EVERY, *LEVELS),
            description="School level, or `*` for all.",
        ),
        Field(
            name="period",
            kind="id",
            required=True,
            key=True,
            reference="bell.period",
            description="Bell period.",
        ),
        Field(
            name="app",
            kind="id",
            required=True,
            key=True,
            reference="apps.app",
            description="Application, of apps.csv or the built-in catalog.",
        ),
        share_field("share", "Present devices that are in it.", required=True),
        Field(
            name="group",
            kind="group",
            key=True,
            allowed=(EVERY,),
            default=EVERY,
            description="Whose devices.",
        ),
    ),
)

BELL = TableSpec(
    name="bell",
    description="The periods of a school day; no two overlap.",
    absent="the built-in catalog",
    example="period1,07:50,08:40,class",
    fields=(
        Field(name="period", kind="id", required=True, key=True, description="Period."),
        Field(name="start", kind="time", required=True, unit="HH:MM", description="Start."),
        Field(
            name="end", kind="time", required=True, unit="HH:MM", description="End, after start."
        ),
        Field(
            name="kind",
            kind="choice",
            allowed=PERIOD_KINDS,
            default="class",
            default_source="assumption",
            description="Kind of period, by which built-in activities and events choose.",
        ),
    ),
)
