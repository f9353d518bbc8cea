"""The after-school files of a synthetic district, and what is planted in them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd

from netplan.synth import offers, places_after
from netplan.synth.census import sample
from netplan.synth.files import Table
from netplan.synth.places_after import Partner, Stop
from netplan.synth.schools import School
from netplan.synth.tessellation import Ring, coordinates, dissolved
from netplan.synth.texts import Planted
from netplan.synth.truth import Truth

TRUTH_FILE = "truth/areas.csv"
FILES = (
    *("areas.geojson", "acs.csv", "availability.csv", "blocks.csv", "zones.geojson", "stops.csv"),
    *("buses.csv", "slots.csv", "partners.csv", "offers.csv", "wireless.csv", "access.toml"),
    TRUTH_FILE,
)
#: Seed of the one sample of the county that is written.
ACS_SEED = 0
TRUTH_COLUMNS = (
    *("geoid", "households", "households_none", "households_phone_only"),
    *("households_below_speed", "students", "students_none", "students_phone_only"),
    *("students_below_speed", "population", "children", "children_none", "income_usd"),
)
#: Budget of access.toml, USD a year for each student of the district; an assumption.
BUDGET_USD_PER_STUDENT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSchool:
    """Texts of the files by name, what is planted in them, and one sentence of what there is."""

    files: dict[str, str]
    planted: tuple[Planted, ...]
    areas: int
    summary: str


def draw_after_school(truth: Truth, *, county: str) -> AfterSchool:
    """Draw the after-school half of a district.

    Parameters
    ----------
    truth
        The county, with who is offline where.
    county
        Name of the district, for the comments in access.toml.
    """
    seed = truth.seed
    blocks = places_after.draw_blocks(seed, truth)
    stops, forbidden = places_after.draw_stops(seed, truth, blocks)
    partners = places_after.draw_partners(seed, truth, blocks)
    roofs = offers.wireless_schools(truth)
    acs = sample(truth, ACS_SEED)
    offer_rows = offers.offers_table(truth)
    buses = places_after.buses_table(seed, truth)
    tables = (
        frame_table("acs.csv", acs),
        offers.availability_table(truth),
        places_after.blocks_table(truth, blocks),
        places_after.stops_table(stops),
        buses,
        places_after.slots_table(),
        places_after.partners_table(partners),
        offer_rows,
        offers.wireless_table(roofs),
        frame_table(TRUTH_FILE, truth.areas[list(TRUTH_COLUMNS)]),
    )
    files = {table.name: table.text() for table in tables if table.rows}
    files["areas.geojson"] = areas_text(truth)
    files["zones.geojson"] = zones_text(truth)
    files["access.toml"] = access_text(county, truth.schools)
    return AfterSchool(
        files=files,
        planted=_planted(truth, acs, stops, forbidden, partners, offer_rows),
        areas=len(truth.areas),
        summary=_summary(truth, acs, stops, partners, len(buses.rows)),
    )


def frame_table(name: str, frame: pd.DataFrame) -> Table:
    """Write a frame of whole numbers and text; NaN is an empty cell."""
    cells = [[_cell(value) for value in frame[column].tolist()] for column in frame.columns]
    return Table(name=name, header=tuple(frame.columns), rows=tuple(zip(*cells, strict=True)))


def _cell(value: float | int | str) -> str:
    if isinstance(value, float):
        return "" if isnan(value) else str(int(value))
    return str(value)


def areas_text(truth: Truth) -> str:
    """Give areas.geojson: block groups as polygons."""
    return _collection(
        [
            ({"geoid": geoid}, [[ring]])
            for geoid, ring in zip(truth.ground.geoids, truth.ground.rings, strict=True)
        ]
    )


def zones_text(truth: Truth) -> str:
    """Give zones.geojson: each zone is the union of its block groups."""
    features = []
    for level, zone in sorted(truth.ground.zones.items()):
        members: dict[int, list[Ring]] = {}
        for row, ring in zip(zone, truth.ground.rings, strict=True):
            members.setdefault(row, []).append(ring)
        features += [
            ({"school_id": truth.schools[row].school_id, "level": level}, dissolved(rings))
            for row, rings in sorted(members.items())
        ]
    features.sort(key=lambda feature: feature[0]["school_id"])
    return _collection(features)


def _collection(features: Sequence[tuple[dict[str, str], list[list[Ring]]]]) -> str:
    """Write a GeoJSON feature collection (RFC 7946: WGS 84), one feature a line."""
    lines = []
    for properties, polygons in features:
        parts = [[coordinates(ring) for ring in polygon] for polygon in polygons]
        geometry = (
            {"type": "Polygon", "coordinates": parts[0]}
            if len(parts) == 1
            else {"type": "MultiPolygon", "coordinates": parts}
        )
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        lines.append(json.dumps(feature, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def access_text(county: str, schools: Sequence[School]) -> str:
    """Give access.toml: what the plan is asked for; the rest is left to netplan's defaults."""
    students = sum(school.enrollment for school in schools)
    budget = max(5_000, 1_000 * round(students * BUDGET_USD_PER_STUDENT / 1_000))
    return f"""# Synthetic: {json.dumps(county, ensure_ascii=False)} does not exist. See README.md.
definition = "none"              # no internet at home; or phone_only, below_speed
hours_per_week_needed = 5        # an hour for each school day; assumption
budget_usd_per_year = {budget:<11}# {BUDGET_USD_PER_STUDENT} USD a student; assumption
coverage_goal = 0.6              # used where no budget is asked for; assumption
equity = "none"                  # or floor, worst_first
floor_share = 0.3                # of every zone, when equity is "floor"; assumption
"""


def _summary(
    truth: Truth, acs: pd.DataFrame, stops: Sequence[Stop], partners: Sequence[Partner], buses: int
) -> str:
    """Say in a paragraph what there is, and how far the survey is off for the county."""
    areas = truth.areas
    offline, students = int(areas["students_none"].sum()), int(areas["students"].sum())
    none = int(areas["households_none"].sum())
    county = acs.iloc[0]
    estimate, margin = int(county["B28002_013E"]), int(county["B28002_013M"])
    off = abs(estimate - none)
    within = "within" if off <= margin else "outside (one survey in ten is)"
    without = [s.school_id for s in truth.schools if s.level not in truth.ground.zones]
    zones = f" Without a zone, taking students from everywhere: {', '.join(without)}."
    return (
        f"{len(areas):,} block groups in {len(set(truth.ground.tracts)):,} tracts, "
        f"{int(areas['households'].sum()):,} households ({none:,} "
        f"without internet, {int(areas['households_phone_only'].sum()):,} with none or a phone "
        f"alone), {offline:,} of {students:,} students without internet at home; "
        f"{len(stops)} candidate stops, {buses} buses, {len(partners)} partners. For the county "
        f"the survey says {estimate:,} +/- {margin:,} households without internet: {off:,} off, "
        f"{within} its margin.{zones if without else ''}"
    )


def _planted(
    truth: Truth,
    acs: pd.DataFrame,
    stops: Sequence[Stop],
    forbidden: str,
    partners: Sequence[Partner],
    offer_rows: Table,
) -> tuple[Planted, ...]:
    """List what is planted after school, in the order of the stages that meet it."""
    planted = [*_census_planted(truth, acs)]
    zone = truth.planted_zone
    if zone is not None:
        school = truth.schools[zone]
        inside = [owner == zone for owner in truth.ground.zones["elementary"]]
        there = truth.areas[inside]
        planted.append(
            Planted(
                code="zone-mostly-offline",
                elements=tuple(there["geoid"]),
                schools=(school.school_id,),
                text=(
                    f"A zone mostly offline: {int(there['households_none'].sum()):,} of "
                    f"{int(there['households'].sum()):,} households in the zone of {school.name} "
                    f"({school.school_id}) have no internet, and of "
                    f"{int(there['students'].sum())} students {int(there['students_none'].sum())}. "
                    "netplan should put these block groups at the top, and worst-first equity "
                    "should begin here."
                ),
            )
        )
    stop = next(stop for stop in stops if stop.stop_id == forbidden)
    planted.append(
        Planted(
            code="stop-not-allowed",
            elements=(forbidden,),
            schools=(),
            text=(
                f"A stop that is not allowed but would be best: no candidate has more students "
                f"offline within {places_after.NEAR_KM:g} km than {stop.name}, and a bus may not "
                "park there. No timetable may name it."
            ),
        )
    )
    exists = next(partner for partner in partners if partner.existing)
    rides = next(partner for partner in partners if partner.transit)
    planted.append(
        Planted(
            code="library-with-transit",
            elements=(rides.partner_id, exists.partner_id),
            schools=(),
            text=(
                f"A library that students ride to free of charge: {rides.name} has transit, so it "
                f"reaches farther than its walk; {exists.name} is open already and is in every "
                "plan."
            ),
        )
    )
    for row in offer_rows.rows:
        if row[1] == "subsidy" and row[5] != "*":
            count = len(row[5].split(";"))
            planted.append(
                Planted(
                    code="offer-in-part",
                    elements=(row[0],),
                    schools=(),
                    text=(
                        f"An offer limited to some block groups: {row[2]} has lines in {count} of "
                        f"{len(truth.areas)}, and sponsors at most {row[4]} students."
                    ),
                )
            )
    slow = truth.areas[(truth.areas["max_down_mbps"] < 25) | (truth.areas["max_up_mbps"] < 12)]
    if len(slow):
        planted.append(
            Planted(
                code="below-speed",
                elements=tuple(slow["geoid"]),
                schools=(),
                text=(
                    f"Without a line of 25/12 Mbps on offer: {len(slow)} rural block "
                    f"{'group' if len(slow) == 1 else 'groups'}. With definition below_speed "
                    "everybody there is counted, and no plan can be subsidized there."
                ),
            )
        )
    return tuple(planted)


def _census_planted(truth: Truth, acs: pd.DataFrame) -> list[Planted]:
    """Describe what the sample shows and hides."""
    small = acs[acs["geoid"].str.len() == 12]
    noisy = small[small["B28002_013M"] > small["B28002_013E"]]
    planted = []
    if len(noisy):
        above = noisy[noisy["B28002_013E"] > 0]
        shown = (above if len(above) else noisy).iloc[0]
        true = truth.areas.set_index("geoid").loc[shown["geoid"]]
        planted.append(
            Planted(
                code="margin-above-estimate",
                elements=(str(shown["geoid"]),),
                schools=(),
                text=(
                    f"A margin above its estimate: acs.csv has {int(shown['B28002_013E'])} "
                    f"households without internet, give or take {int(shown['B28002_013M'])}, in "
                    f"this block group; in truth there are {int(true['households_none'])}. So it "
                    f"is in {len(noisy)} of {len(small)} block groups. netplan should not take "
                    "them at their word."
                ),
            )
        )
    empty = small[small["B28002_013M"].isna()]
    if len(empty):
        planted.append(
            Planted(
                code="margin-missing",
                elements=tuple(empty["geoid"]),
                schools=(),
                text=(
                    "Margins that are missing: the cells of B28002 are empty. netplan should "
                    "count these among the areas without a usable estimate, by name."
                ),
            )
        )
    if truth.ground.park is not None:
        planted.append(
            Planted(
                code="no-households",
                elements=(truth.ground.geoids[truth.ground.park],),
                schools=(),
                text=(
                    "A block group where nobody lives: estimates of zero with the margins of a "
                    "zero, and a median that is -666666666."
                ),
            )
        )
    return planted
