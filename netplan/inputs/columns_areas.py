"""Columns of the tables by census area: students, availability, blocks."""

from netplan.inputs.fields import Field, TableSpec

#: No fixed line sold to homes is faster (an assumption: 100 gigabits).
MAX_HOME_MBPS = 100_000.0


def geoid_field(description: str, *, key: bool = False) -> Field:
    return Field(
        name="geoid",
        kind="geoid",
        required=True,
        key=key,
        reference="areas.geoid",
        description=description,
    )


def point_fields(noun: str, prefix: str = "") -> tuple[Field, Field]:
    """Give the latitude and longitude columns of a thing."""
    return (
        Field(
            name=f"{prefix}lat",
            kind="number",
            unit="degrees",
            required=True,
            low=-90,
            high=90,
            description=f"Latitude of the {noun}, WGS 84.",
        ),
        Field(
            name=f"{prefix}lon",
            kind="number",
            unit="degrees",
            required=True,
            low=-180,
            high=180,
            description=f"Longitude of the {noun}, WGS 84; negative in the Americas.",
        ),
    )


STUDENTS = TableSpec(
    name="students",
    description=(
        "The district's own count of students by area. A cell that the district masks (`*`, "
        "`<10`) counts as unknown, with a note, and is estimated."
    ),
    absent="students are estimated from acs.csv and the schools' enrollment",
    example="121110001001,100,12",
    fields=(
        geoid_field("Area.", key=True),
        Field(
            name="students",
            kind="number",
            unit="students",
            required=True,
            low=0,
            ask_above=20_000,
            description="Students who live there.",
        ),
        Field(
            name="students_offline",
            kind="number",
            unit="students",
            low=0,
            ask_above=20_000,
            description="Of them without internet at home, by the district's own survey.",
        ),
    ),
)

AVAILABILITY = TableSpec(
    name="availability",
    description=(
        "Fixed internet service on offer by area. Without this file, the FCC's raw files under "
        "`sources/` (`bdc_*.csv`) are summed up by area."
    ),
    absent="nothing is known of what is on offer",
    example="121110001001,1000,35,40;50,Example Cable;Example Fiber",
    fields=(
        geoid_field("Area.", key=True),
        Field(
            name="max_down_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            ask_above=MAX_HOME_MBPS,
            description="Fastest download on offer to homes.",
        ),
        Field(
            name="max_up_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            ask_above=MAX_HOME_MBPS,
            description="Fastest upload on offer to homes.",
        ),
        Field(
            name="technologies",
            kind="text",
            description="FCC technology codes on offer, several by `;`: 10 copper, 40 cable, "
            "50 fiber, 71 and 72 fixed wireless.",
        ),
        Field(
            name="providers",
            kind="text",
            description="Brands of the providers who serve the area, several by `;`.",
        ),
    ),
)

BLOCKS = TableSpec(
    name="blocks",
    description="Where in an area its people live: census blocks as points.",
    absent="people are spread evenly over the land of their area",
    example="121110001001000,121110001001,27.40,-80.41,120",
    fields=(
        Field(name="block_id", kind="id", required=True, key=True, description="Block."),
        geoid_field("Area in which it lies."),
        *point_fields("block"),
        Field(
            name="population",
            kind="number",
            unit="people",
            required=True,
            low=0,
            ask_above=50_000,
            description="People who live there.",
        ),
    ),
)
