"""A small after-school half for the three-school district, with numbers that fit in a comment.

::

  lat 27.460 +-----------+-----------+
             | NW        | NE        |    NW 121110002001  300 households, 30 offline, 300 students
             |           | M1     H1 |    NE 121110002002  400 households, 20 offline, 800 students
  lat 27.415 +-----------+-----------+
             | SW        | SE        |    SW 121110001001  100 households, 10 offline, 100 students
             |     E1    |           |    SE 121110001002  200 households, 40 offline, 200 students
  lat 27.370 +-----------+-----------+
        lon -80.430   -80.385     -80.340

    county 12111: 1,000 households, of them 100 offline: the areas sum to it exactly
    students: 1,400, as many as are enrolled (E1 200, M1 400, H1 800)
    each school's zone is the whole county

    stops   ST1 in SW, ST2 in NE, ST3 in SE (not allowed)
    buses   B1, B2 with their depot at H1
    slots   Monday and Wednesday, 15:30-17:30 and 18:00-20:00
    partners LIB in SE (by transit), CHURCH in NW (existing)
    offers  lend (everywhere), plan (NW and NE alone)

Import it as ``from tests.unit.after_school import write_after_school``.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.unit.folders import write_district

WEST, MIDDLE, EAST = -80.43, -80.385, -80.34
SOUTH, CENTER, NORTH = 27.37, 27.415, 27.46
SW, SE, NW, NE = "121110001001", "121110001002", "121110002001", "121110002002"
COUNTY = "12111"

Ring = list[list[float]]


def square(west: float, south: float, east: float, north: float) -> Ring:
    """Give a closed ring of [lon, lat] pairs."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


#: Geoid to its ring.
SQUARES: Mapping[str, Ring] = {
    SW: square(WEST, SOUTH, MIDDLE, CENTER),
    SE: square(MIDDLE, SOUTH, EAST, CENTER),
    NW: square(WEST, CENTER, MIDDLE, NORTH),
    NE: square(MIDDLE, CENTER, EAST, NORTH),
}
WHOLE = square(WEST, SOUTH, EAST, NORTH)


def collection(features: Sequence[tuple[Mapping[str, object], object]], **more: object) -> str:
    """Give GeoJSON of (properties, rings or geometry) pairs."""

    def geometry(shape: object) -> object:
        if shape is None or isinstance(shape, dict):
            return shape
        return {"type": "Polygon", "coordinates": shape}

    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": dict(told), "geometry": geometry(shape)}
                for told, shape in features
            ],
            **more,
        }
    )


AREAS = collection([({"geoid": geoid}, [ring]) for geoid, ring in SQUARES.items()])
ZONES = collection([({"school_id": school}, [WHOLE]) for school in ("E1", "M1", "H1")])

ACS = f"""\
geoid,B28002_001E,B28002_001M,B28002_007E,B28002_007M,B28002_013E,B28002_013M,B19013_001E,B19013_001M
{COUNTY},1000,0,800,60,100,30,60000,2000
{SW},100,20,80,20,10,12,50000,9000
{SE},200,30,140,30,40,20,40000,8000
{NW},300,35,240,35,30,18,60000,9000
{NE},400,40,340,40,20,15,80000,9000
"""

STUDENTS = f"""\
geoid,students,students_offline
{SW},100,
{SE},200,
{NW},300,
{NE},800,
"""

AVAILABILITY = f"""\
geoid,max_down_mbps,max_up_mbps,technologies,providers
{SW},10,1,10,Example Telephone
{SE},1000,35,40,Example Cable
{NW},1000,35,40,Example Cable
{NE},2000,2000,40;50,Example Cable;Example Fiber
"""

STOPS = """\
stop_id,name,lat,lon,allowed,usd_per_year,notes
ST1,Elm lot,27.39,-80.41,true,0,
ST2,Hickory lot,27.44,-80.36,,,
ST3,Palm Park,27.39,-80.36,false,,private
"""

BUSES = """\
bus_id,depot_lat,depot_lon,max_clients,backhaul_mbps,radio_range_m,usd_per_year,usd_per_hour
B1,27.44,-80.36,65,25,,1840,22
B2,27.44,-80.36,65,25,,1840,22
"""

SLOTS = """\
slot_id,weekday,start,end
mon-1,mon,15:30,17:30
mon-2,mon,18:00,20:00
wed-1,wed,15:30,17:30
wed-2,wed,18:00,20:00
"""

PARTNERS = """\
partner_id,name,kind,lat,lon,seats,backhaul_mbps,hours_per_week,usd_per_year,existing,transit
LIB,Main Library,library,27.40,-80.37,40,100,50,10000,false,true
CHURCH,Hill Church,church,27.44,-80.41,20,50,10,2000,true,
"""

OFFERS = f"""\
offer_id,kind,provider,usd_per_student_per_year,max_students,geoids,min_down_mbps
lend,lending,Example Mobile,216,30,*,
plan,subsidy,Example Cable,120,,{NW}; {NE},25
"""

WIRELESS = """\
site_id,name,lat,lon,range_m,max_students,backhaul_mbps,usd_capital,lifetime_years,usd_per_year
roof,Elm roof,27.40,-80.40,800,100,500,60000,10,4000
"""

BLOCKS = f"""\
block_id,geoid,lat,lon,population
1,{SW},27.39,-80.41,200
2,{SE},27.39,-80.36,500
3,{NW},27.44,-80.41,700
4,{NE},27.44,-80.36,900
"""

TRANSIT = """\
transit_stop_id,lat,lon
T1,27.40,-80.37
T2,27.39,-80.41
"""

ACCESS_TOML = """\
budget_usd_per_year = 20000
walk_limit_m = 800
equity = "none"
"""

#: File name to text.
AFTER_SCHOOL: Mapping[str, str] = {
    "areas.geojson": AREAS,
    "acs.csv": ACS,
    "students.csv": STUDENTS,
    "availability.csv": AVAILABILITY,
    "blocks.csv": BLOCKS,
    "zones.geojson": ZONES,
    "stops.csv": STOPS,
    "buses.csv": BUSES,
    "slots.csv": SLOTS,
    "partners.csv": PARTNERS,
    "offers.csv": OFFERS,
    "wireless.csv": WIRELESS,
    "transit.csv": TRANSIT,
    "access.toml": ACCESS_TOML,
}
_ENDINGS = {"areas": "geojson", "zones": "geojson", "access": "toml"}


def write_after_school(
    folder: Path,
    files: Mapping[str, str | bytes | None] | None = None,
    **replacements: str | bytes | None,
) -> Path:
    """Write the three-school district with both halves and give its folder.

    Parameters
    ----------
    folder
        Folder to write; made when missing.
    files
        More files by name, such as ``{"students_points.csv": "..."}``; None leaves one out.
    replacements
        Files by stem (``areas``, ``acs``, ``access``, ``schools``, ...) to their whole text or
        bytes; None leaves the file out.
    """
    whole: dict[str, str | bytes | None] = dict(AFTER_SCHOOL)
    for stem, content in replacements.items():
        name = "district.toml" if stem == "district" else f"{stem}.{_ENDINGS.get(stem, 'csv')}"
        whole[name] = content
    whole.update(files or {})
    return write_district(folder, whole)
