"""Libraries, parks, stops and buses as `netplan init` reads and guesses them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.errors import InputError
from netplan.sources.fleet import bus_rows, depot, slot_rows
from netplan.sources.libraries import read_libraries
from netplan.sources.outcome import Outcome
from netplan.sources.parking import merged, read_parks, read_stops
from netplan.sources.place_rows import Place, tidy
from netplan.sources.places import Point, distance_km
from netplan.sources.rules import BUS_CLIENTS, LENDING_USD_PER_STUDENT_YEAR
from netplan.sources.schools import School
from netplan.sources.sheets import Row


def school(school_id: str, level: str, enrollment: int, lat: float = 27.35) -> School:
    return School(
        row=2, school_id=school_id, name=school_id, point=Point(lon=-80.4, lat=lat), level=level,
        enrollment=enrollment, staff=None, frl_share=None, locale="", nces_id="",
        year_built=None, title_i="", keys=(school_id,), guesses=(),
    )  # fmt: skip


SCHOOLS = (
    school("E1", "elementary", 3_000),
    school("H1", "high", 1_500, 27.36),
    school("H2", "high", 1_500, 27.37),
    school("H3", "high", 900),
)
PLS = """FSCSKEY,FSCS_SEQ,LIBID,LIBNAME,C_OUT_TY,SQ_FEET,HOURS,WKS_OPEN,LONGITUD,LATITUDE
FL1,002,FL1-002,MAIN ST. LIBRARY,CE,25000,3465,52,-80.40,27.35
FL1,003,FL1,LA PEÑA BRANCH,BR,1500,520,52,-80.41,27.36
FL1,004,FL1,NO DATA BRANCH,BR,-3,-1,-1,-80.42,27.36
FL1,005,FL1,HUGE BRANCH,BR,90000,9999,52,-80.43,27.36
FL1,006,FL1,BOOKMOBILE,BS,-4,496,48,-80.40,27.35
FL1,007,FL1,BOOKS BY MAIL,BM,-4,0,0,-80.40,27.35
FL1,008,FL1,NOWHERE,BR,5000,2000,50,M,M
FL1,009,FL1,FAR AWAY,BR,5000,2000,50,-87.1,30.4
FL1,002,FL1-002B,MAIN ST. AGAIN,BR,5000,2000,50,-80.40,27.35
"""


def libraries(tmp_path: Path, text: str = PLS, *, transit: bool = False) -> Outcome:
    path = tmp_path / "libraries.csv"
    path.write_bytes(text.encode("latin-1"))
    return read_libraries(path, mapping=None, schools=SCHOOLS, transit=transit)


def test_libraries_by_hand(tmp_path: Path) -> None:
    found = libraries(tmp_path)
    rows = {row.key: row for row in found.rows}
    assert list(rows) == ["FL1-002", "FL1-002B", "FL1-003", "FL1-004", "FL1-005"]
    numbers = {
        key: (row.cells["seats"], row.cells["hours_per_week"], dict(row.guesses)["hours_per_week"])
        for key, row in rows.items()
    }
    assert numbers == {
        "FL1-002": ("50", "30", "library-hours"),  # 25,000 / 500; 66.6 h, 30 after school
        "FL1-002B": ("10", "30", "library-hours"),  # 5,000 / 500; 40 h
        "FL1-003": ("4", "10", "library-hours"),  # 1,500 / 500 = 3, at least 4; 520 / 52
        "FL1-004": ("10", "20", "library-hours-unknown"),  # negative codes are missing
        "FL1-005": ("60", "20", "library-hours-unknown"),  # 180 seats; 192 h a week is no week
    }
    assert rows["FL1-002"].cells["name"] == "Main St. Library"
    assert rows["FL1-003"].cells["name"].startswith("La Pe")
    assert rows["FL1-002"].marks() == (
        "hours_per_week: library-hours; seats: library-seats; backhaul_mbps: library-backhaul; "
        "usd_per_year: library-cost"
    )
    assert dict(rows["FL1-004"].guesses)["seats"] == "library-seats-unknown"


def test_bookmobiles_are_no_places(tmp_path: Path) -> None:
    found = libraries(tmp_path)
    left = {row.row: (row.id, row.reason) for row in found.left_out}
    assert left[6] == ("FL1-006", "it is a bookmobile; its address is its garage's")
    assert left[7][1] == "it lends books by mail; nobody can go there"
    assert left[8][1].startswith("it has no coordinates")
    assert "km from the middle of the schools" in left[9][1]
    assert sorted(left) == [6, 7, 8, 9]
    assert [note.code for note in found.notes] == ["encoding", "library-hours", "library-hours"]
    assert "192 hours a week" in found.notes[1].message


def test_a_library_list_of_ones_own(tmp_path: Path) -> None:
    text = (
        "Library,Seats,Hours per week,Mbps,Latitude,Longitude\n"
        "Elm,22,12,500,27.35,-80.40\nOak,,,,27.36,-80.40\n"
    )
    found = libraries(tmp_path, text, transit=True)
    elm, oak = found.rows
    assert (elm.key, elm.cells["seats"], elm.cells["backhaul_mbps"]) == ("library-2", "22", "500")
    assert elm.cells["transit"] == "true"
    assert elm.marks() == "hours_per_week: library-hours; usd_per_year: library-cost"
    assert (oak.cells["seats"], oak.cells["hours_per_week"]) == ("10", "20")


def test_an_unknown_list_prints_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\[libraries\]"):
        libraries(tmp_path, "Wer,Wo\nhier,dort\n")


def test_parks(tmp_path: Path) -> None:
    path = tmp_path / "parks.csv"
    path.write_text(
        "Long,Lat,NAME,TYPE,OWNER,OP_CLASS\n"
        "-80.40,27.35,4TH ST PARK,NEIGHBORHOOD PARK,CITY,PUBLIC\n"
        "-80.41,27.35,CLUB,NEIGHBORHOOD PARK,CLUB INC,PRIVATE\n"
        ",,LOST,,CITY,PUBLIC\n"
    )
    found = read_parks(path, mapping=None, schools=SCHOOLS)
    (row,) = found.rows
    assert (row.key, row.cells["name"], row.cells["allowed"]) == ("park-2", "4th St Park", "true")
    assert row.cells["notes"] == "park; neighborhood park; CITY"
    assert row.guesses == (("allowed", "park-parking"),)
    assert {one.row: one.reason for one in found.left_out} == {
        3: "it is private",
        4: "it has no coordinates",
    }
    assert [note.code for note in found.notes] == ["parking-assumed"]


def test_stops_of_both_directions_are_one_place(tmp_path: Path) -> None:
    # 0.0001 degree of latitude is 11.1 m, 0.0001 degree of longitude 9.9 m here.
    path = tmp_path / "stops.csv"
    path.write_text(
        "stop_id,stop_name,lat,lon,shelter,rider_total,mode\n"
        "1,OAK RD & ELM nb,27.3500,-80.4000,False,3.0,Bus\n"
        "2,OAK RD & ELM sb,27.3502,-80.4000,True,9.0,Bus\n"  # 22 m from 1, more riders
        "3,OAK RD & ASH sb,27.3505,-80.4000,False,,Bus\n"  # 33 m from 2
        "4,EXPRESS,27.3600,-80.4000,False,5,Commuter Bus\n"
        "5,BOTH,27.3610,-80.4000,False,5,Bus/Commuter Bus\n"
        "1,AGAIN,27.3620,-80.4000,False,5,Bus\n"
    )
    found = read_stops(path, mapping=None, schools=SCHOOLS)
    rows = {row.key: row.cells for row in found.rows}
    assert list(rows) == ["2", "3", "5"]
    assert rows["2"]["name"] == "Oak Rd & Elm"
    assert rows["2"]["notes"] == "2 transit stops; shelter; 12 riders in the list"
    assert rows["3"]["name"] == "Oak Rd & Ash sb"
    assert {one.row: one.reason for one in found.left_out} == {
        2: "it stands 22 m from stop 2, which stands for both",
        5: "its mode is Commuter Bus",
        7: "it repeats the id 1 of row 2",
    }
    assert all(row.guesses == (("allowed", "transit-stop-parking"),) for row in found.rows)


def test_gtfs_stations_are_no_stops(tmp_path: Path) -> None:
    path = tmp_path / "stops.txt"
    path.write_text(
        "stop_id,stop_name,stop_lat,stop_lon,location_type\nA,a,27.35,-80.4,0\nB,b,27.36,-80.4,1\n"
    )
    found = read_stops(path, mapping=None, schools=SCHOOLS)
    assert [row.key for row in found.rows] == ["A"]
    assert [row.id for row in found.left_out] == ["B"]


def places(points: list[tuple[int, int]], lat: float = 39.0) -> list[Place]:
    """Give places on a grid of 0.0001 degrees."""
    return [
        Place(
            row=Row(number=i + 2, cells={}),
            name=str(i),
            point=Point(lon=-76 + x * 1e-4, lat=lat + y * 1e-4),
        )
        for i, (x, y) in enumerate(points)
    ]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30),
    st.sampled_from([0.5, 39.0, 71.0]),
)
def test_merging_against_all_pairs(points: list[tuple[int, int]], lat: float) -> None:
    listed = places(points, lat)
    riders = [float(i * 7 % 5) for i in range(len(listed))]
    groups = merged(listed, riders=riders)
    near = lambda a, b: distance_km(a.point, b.point) * 1000 <= 30.0  # noqa: E731
    heads = [head for head, _ in groups]
    # No two heads are near each other, every other place is near its head, nobody is lost,
    # and a head has at least as many riders as those it stands for.
    assert not [1 for i, a in enumerate(heads) for b in heads[i + 1 :] if near(a, b)]
    assert all(near(head, other) for head, others in groups for other in others)
    everyone = [place.name for head, others in groups for place in (head, *others)]
    assert sorted(everyone) == sorted(place.name for place in listed)
    rides = {place.name: count for place, count in zip(listed, riders, strict=True)}
    assert all(rides[h.name] >= rides[o.name] for h, others in groups for o in others)


def test_names_in_capitals() -> None:
    assert tidy("PAULA A. LEWIS BRANCH") == "Paula A. Lewis Branch"
    assert tidy("500 NW O'HARA ST, PORT ST. LUCIE") == "500 NW O'hara St, Port St. Lucie"
    assert tidy("Loch Raven") == "Loch Raven"


def test_buses_start_at_the_largest_high_school() -> None:
    assert depot(SCHOOLS).school_id == "H1"  # H2 is as large: the first id
    assert depot(SCHOOLS[:1]).school_id == "E1"
    rows = bus_rows(3, SCHOOLS)
    assert [row.key for row in rows] == ["BUS01", "BUS02", "BUS03"]
    assert (rows[0].cells["depot_lat"], rows[0].cells["max_clients"]) == (
        "27.360000",
        str(BUS_CLIENTS),
    )


def test_a_stop_needs_three_visits_for_five_hours() -> None:
    rows = slot_rows()
    assert len(rows) == 10
    assert {row.cells["weekday"] for row in rows} == {"mon", "tue", "wed", "thu", "fri"}
    hours = [
        int(row.cells["end"][:2]) - int(row.cells["start"][:2])
        for row in rows
        if row.cells["end"][3:] == row.cells["start"][3:]
    ]
    assert hours == [2] * 10


def test_lending_price_by_hand() -> None:
    # 15 USD x 12 + two devices of 90 USD over five years + 35 % of 90 USD.
    assert LENDING_USD_PER_STUDENT_YEAR == 15 * 12 + 2 * 90 / 5 + 0.35 * 90
