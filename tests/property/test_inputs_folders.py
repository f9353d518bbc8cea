"""Shuffled rows and a byte-order mark change nothing; garbage raises InputError or nothing."""

import json
import random
import tempfile
from dataclasses import asdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.errors import InputError
from netplan.inputs.access_fields import ACCESS_FIELDS, read_access
from netplan.inputs.acs import read_acs
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.after_school import ACS, AFTER_SCHOOL, AREAS, ZONES
from tests.unit.folders import FILES, write_district

MEASURED = "link_id,direction,p95_mbps,weeks,period\nwan-H1,up,5,2,\nwan-H1,down,50,2,lunch\n"
ENROLLMENT = "school_id,grade,students\nE1,K,100\nE1,3,100\nM1,7,400\n"
TABLES = {
    **{name: text for name, text in FILES.items() if name.endswith(".csv")},
    "measured.csv": MEASURED,
    "enrollment.csv": ENROLLMENT,
    **{name: text for name, text in AFTER_SCHOOL.items() if name.endswith(".csv")},
}
SHAPES = {name: AFTER_SCHOOL[name] for name in ("areas.geojson", "zones.geojson", "access.toml")}
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
        st.sampled_from(["Polygon", "MultiPolygon", "Point", "Feature", "121110001001", "E1"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(
        st.sampled_from(["type", "coordinates", "geoid", "school_id", "properties", "crs", "name"]),
        inner, max_size=4,
    )),
    max_leaves=12,
)  # fmt: skip
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["*", "-1", "1e400", "nan", "0", "1000000", "=1+1", "{{x}}", '"', "\0", "\n"]),
    st.sampled_from(
        [
            ",",
            ";",
            "9",
            "K-2",
            "E1",
            "inet",
            "core",
            "wan-H1",
            "class1",
            "web",
            "-666666666",
            "99:99",
            "𝟙",
        ]
    ),
)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), bom=st.booleans(), crlf=st.booleans())
def test_the_order_of_rows_and_a_mark_at_the_start_change_nothing(
    seed: int, bom: bool, crlf: bool
) -> None:
    shuffle = random.Random(seed)  # noqa: S311
    files: dict[str, str | bytes | None] = {}
    for name, text in TABLES.items():
        head, *rows = text.splitlines()
        shuffle.shuffle(rows)
        shuffled = ("\r\n" if crlf else "\n").join([head, *rows])
        files[name] = (b"\xef\xbb\xbf" if bom else b"") + shuffled.encode()
    with tempfile.TemporaryDirectory() as folder:
        plain = read_folder(write_district(Path(folder) / "a", {**TABLES, **SHAPES}))
        other = read_folder(write_district(Path(folder) / "b", {**SHAPES, **files}))
    assert plain.tables.keys() == other.tables.keys()
    for name, table in plain.tables.items():
        assert table.equals(other.tables[name]), name
    assert plain.planning == other.planning
    assert plain.assumptions == other.assumptions


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_garbage_in_cells_raises_nothing_but_an_input_error(data: st.DataObject) -> None:
    files: dict[str, str | bytes | None] = {}
    for name in data.draw(st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=3)):
        rows = [line.split(",") for line in TABLES[name].splitlines()]
        for _ in range(data.draw(st.integers(1, 4))):
            row = data.draw(st.integers(0, len(rows) - 1))
            column = data.draw(st.integers(0, len(rows[row]) - 1))
            cell = data.draw(CELLS)
            quoted = data.draw(st.booleans())
            rows[row][column] = '"' + cell.replace('"', '""') + '"' if quoted else cell
        text = "\n".join(",".join(row) for row in rows)
        files[name] = text.encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory() as folder:
        read_or_input_error(write_district(Path(folder), {**TABLES, **SHAPES, **files}))


@settings(max_examples=20, deadline=None)
@given(
    name=st.sampled_from(["district.toml", *sorted(TABLES), *SHAPES, "students_points.csv"]),
    content=st.binary(max_size=300),
)
def test_garbage_in_place_of_a_file_raises_nothing_but_an_input_error(
    name: str, content: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read_or_input_error(write_district(Path(folder), {**TABLES, **SHAPES, name: content}))


@settings(max_examples=18, deadline=None)
@given(data=st.data())
def test_garbage_in_shapes_raises_nothing_but_an_input_error(data: st.DataObject) -> None:
    """Any part of the areas or zones becomes any JSON, or the file breaks off."""
    name = data.draw(st.sampled_from(["areas.geojson", "zones.geojson"]))
    document = json.loads(AREAS if name == "areas.geojson" else ZONES)
    for _ in range(data.draw(st.integers(1, 3))):
        document = _spoiled(document, data)
    text = json.dumps(document)
    text = text[: data.draw(st.integers(0, len(text)))] if data.draw(st.booleans()) else text
    with tempfile.TemporaryDirectory() as folder:
        files = {**SHAPES, "acs.csv": ACS, name: text}
        read_or_input_error(write_district(Path(folder), files))


def _spoiled(document: object, data: st.DataObject) -> object:
    """Give a document with one part of it, at any depth, become any JSON."""
    if isinstance(document, dict) and document and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(document)))
        return {**document, key: _spoiled(document[key], data)}
    if isinstance(document, list) and document and data.draw(st.integers(0, 4)):
        at = data.draw(st.integers(0, len(document) - 1))
        return [*document[:at], _spoiled(document[at], data), *document[at + 1 :]]
    return data.draw(JSON)


@settings(max_examples=18, deadline=None)
@given(
    keys=st.dictionaries(
        st.sampled_from([field.name for field in ACCESS_FIELDS] + ["x", "access", "Equity"]),
        st.one_of(
            st.integers(), st.floats(), st.booleans(), st.text(max_size=8), st.just([1]),
            st.sampled_from(["none", "floor", "model", "Walk"]),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_garbage_in_access_toml_gives_settings_in_their_ranges(keys: dict[str, object]) -> None:
    lines = [f"{json.dumps(name)} = {_toml(value)}" for name, value in keys.items()]
    access, given_keys, problems = read_access("\n".join(lines).encode("utf-8", "replace"))
    values = asdict(access)
    for field in ACCESS_FIELDS:
        value = values[field.name]
        assert value is None or not field.numeric or field.inside(float(value)), field.name
        assert field.kind != "choice" or value in field.allowed
    assert given_keys <= set(keys)
    for problem in problems:
        str(problem).encode("utf-8")
        assert problem.fix


def _toml(value: object) -> str:
    if isinstance(value, float):
        return "nan" if value != value else str(value)  # noqa: PLR0124
    return json.dumps(value)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_garbage_in_acs_raises_nothing(data: st.DataObject) -> None:
    rows = [line.split(",") for line in ACS.splitlines()]
    for _ in range(data.draw(st.integers(1, 5))):
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[row]) - 1))
        rows[row][column] = data.draw(
            st.one_of(CELLS, st.sampled_from(["**", "-222222222", "-555555555", "(X)", "NA", "+"]))
        )
    text = "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
    acs, problems = read_acs(text)
    for problem in problems:
        str(problem).encode("utf-8")
        assert problem.fix
    if acs is not None:
        numbers = acs.frame.drop(columns=["geoid", "level"]).to_numpy(dtype=float)
        assert not (numbers < 0).any()


def read_or_input_error(folder: Path) -> None:
    """Read a folder; when it has errors they must all be told, each with what to do."""
    problems = validate_folder(folder)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    try:
        inputs = read_folder(folder)
    except InputError as error:
        assert error.problems == errors
        assert errors
    else:
        assert not errors
        assert inputs.problems == problems
    for problem in problems:
        str(problem).encode("utf-8")
        assert problem.fix
        assert problem.code == problem.code.lower()
