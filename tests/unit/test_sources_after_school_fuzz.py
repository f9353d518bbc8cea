"""Whatever the after-school lists hold: a folder, or InputError and nothing written."""

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from netplan.errors import InputError
from netplan.sources.lists import init_folder

SCHOOLS = (
    "School ID,School Name,Enrollment,Latitude,Longitude,Grades\nS1,Ash,300,27.35,-80.45,9-12\n"
)
RING = [[-80.5, 27.3], [-80.4, 27.3], [-80.4, 27.4], [-80.5, 27.4], [-80.5, 27.3]]
AREAS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"GEOID": "121110001001"},
                "geometry": {"type": "Polygon", "coordinates": [RING]},
            }
        ],
    }
)
ODD = (
    "", "†", "*", "-1", "-4", "M", "1e309", "nan", "27.35", "-80.41", "900", "1000000", "=1+1",
    "<b>", "{{x}}", "BS", "BR", "PRIVATE", "Bus", "121110001001", "12111", "2.4E+11", "-666666666",
)  # fmt: skip
CELLS = st.one_of(st.text(max_size=12), st.sampled_from(ODD), st.floats(allow_nan=True).map(str))
HEADS = {
    "acs": ["GEOID", "year", "B28002_001E", "B28002_013E", "NoIntP"],
    "libraries": ["LIBID", "FSCSKEY", "FSCS_SEQ", "LIBNAME", "C_OUT_TY", "SQ_FEET", "HOURS",
                  "WKS_OPEN", "LATITUDE", "LONGITUD"],
    "parks": ["NAME", "TYPE", "OWNER", "OP_CLASS", "Lat", "Long"],
    "stops": ["stop_id", "stop_name", "lat", "lon", "mode", "shelter", "rider_total"],
}  # fmt: skip
GOOD = {
    "acs": ["121110001001", "2021", "480", "51", "12.5"],
    "libraries": ["L-1", "L", "1", "ELM", "BR", "5000", "2000", "52", "27.35", "-80.41"],
    "parks": ["ELM", "PARK", "CITY", "PUBLIC", "27.35", "-80.41"],
    "stops": ["1", "A nb", "27.35", "-80.41", "Bus", "True", "9"],
}


def body(name: str) -> st.SearchStrategy[list[list[str]]]:
    good = GOOD[name]
    return st.lists(
        st.one_of(
            st.lists(CELLS, min_size=len(good), max_size=len(good)),
            st.tuples(st.integers(0, len(good) - 1), CELLS).map(
                lambda change: [*good[: change[0]], change[1], *good[change[0] + 1 :]]
            ),
        ),
        max_size=5,
    )


@settings(max_examples=150, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.fixed_dictionaries({name: body(name) for name in HEADS}))
def test_any_cells(lists: dict[str, list[list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        at = Path(name) / "lists"
        at.mkdir()
        (at / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
        (at / "areas.geojson").write_text(AREAS, encoding="utf-8")
        paths: dict[str, Path] = {}
        for key, rows in lists.items():
            out = io.StringIO(newline="")
            csv.writer(out).writerows([HEADS[key], *rows])
            (at / f"{key}.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
            if rows:
                paths[key] = at / f"{key}.csv"
        folder = Path(name) / "d"
        try:
            made = init_folder(
                folder,
                schools=at / "schools.csv",
                areas=at / "areas.geojson",
                acs=[paths["acs"]] if "acs" in paths else [],
                libraries=paths.get("libraries"),
                parks=paths.get("parks"),
                stops=paths.get("stops"),
                buses=2,
            )
        except InputError as error:
            assert error.problems
            assert [path.name for path in Path(name).iterdir()] == ["lists"]
            return
        # Every row that was read is in a table, left out with its reason, or stands for another.
        for key, table in (("libraries", "partners.csv"), ("parks", "stops.csv")):
            if key in paths:
                listed = {row.row for row in made.left_out_after_school if row.file == f"{key}.csv"}
                with (folder / table).open(encoding="utf-8", newline="") as file:
                    rows = list(csv.DictReader(file))
                kept = {
                    int(row["source_row"])
                    for row in rows
                    if key == "libraries" or row["stop_id"].startswith("park-")
                }
                read = made.counts[f"{key} rows read"]
                assert not kept & listed
                assert len(kept | listed) == read
