"""What the after-school half of a new folder still lacks, what that changes, and how to get it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from netplan.sources.lan import TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """One thing that home access would be better with: its name, what its lack does, the way to it.

    All are words for people, without a full stop.
    """

    what: str
    changes: str
    how: str


_COUNTY_DIGITS = 5
_CENSUS = "data.census.gov, ACS 5-year, with margins; give the file with another --acs"


def lacking(
    tables: Mapping[str, Sequence[TableRow]], files: Collection[str]
) -> tuple[Lacking, ...]:
    """Find what home access still lacks, the most telling first.

    Parameters
    ----------
    tables
        Rows of the after-school tables by name.
    files
        Names of its other files.
    """
    if "areas.geojson" not in files:
        return (
            Lacking(
                what="areas.geojson and acs.csv",
                changes="home access cannot be planned; the school day can",
                how="--areas (block groups of the county from the Census Bureau's cartographic "
                "boundary files) and --acs (table B28002 by block group)",
            ),
        )
    found = []
    if "acs" not in tables:
        found.append(
            Lacking(
                what="acs.csv (table B28002)",
                changes="nothing says who is offline, so home access cannot be planned",
                how=f"B28002 by block group and for the county: {_CENSUS}",
            )
        )
    else:
        found += _survey(tables["acs"])
    if "zones.geojson" not in files:
        found.append(
            Lacking(
                what="zones.geojson (attendance zones)",
                changes="students are guessed to attend the nearest school of their level",
                how="the planning office's zones as GeoJSON, with --zones",
            )
        )
    found.append(
        Lacking(
            what="blocks.csv (people by census block)",
            changes="people are spread evenly over each area, also where nobody lives",
            how="2020 Census, table P1 by block with the block's interior point: columns block_id, "
            "geoid, lat, lon, population",
        )
    )
    if "buses" not in tables or "stops" not in tables:
        found.append(
            Lacking(
                what="buses and places where they may stand",
                changes="no Wi-Fi bus is planned",
                how="--buses N with --parks or --stops",
            )
        )
    found.append(
        Lacking(
            what="students.csv (students by area)",
            changes="students are estimated from children and enrollment, not counted",
            how="your student records counted by area: columns geoid, students and, from a survey "
            "of your own, students_offline",
        )
    )
    return tuple(found)


def _survey(rows: Sequence[TableRow]) -> list[Lacking]:
    columns = {name for row in rows for name, cell in row.cells.items() if cell}
    found = []
    if not any(len(row.cells.get("geoid", "")) == _COUNTY_DIGITS for row in rows):
        found.append(
            Lacking(
                what="a row of the county in acs.csv",
                changes="the areas are not made to sum to a published figure, which is far surer",
                how=f"B28002 for the county: {_CENSUS}",
            )
        )
    if not {f"B09001_{number:03d}E" for number in range(5, 10)} <= columns:
        found.append(
            Lacking(
                what="B09001 (children by age) in acs.csv",
                changes="students are spread like all people or households, not like children",
                how=f"B09001 by block group or tract, as the areas are: {_CENSUS}",
            )
        )
    if not {"B28005_002E", "B28005_006E", "B28005_007E"} <= columns:
        found.append(
            Lacking(
                what="B28005 (internet of people under 18) in acs.csv",
                changes="students count as offline as often as households, likely too often",
                how=f"B28005 for the county: {_CENSUS}",
            )
        )
    return found
