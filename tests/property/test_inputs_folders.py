"""Shuffled rows and a byte-order mark change nothing; garbage raises InputError or nothing."""

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.errors import InputError
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.folders import FILES, write_district

MEASURED = "link_id,direction,p95_mbps,weeks,period\nwan-H1,up,5,2,\nwan-H1,down,50,2,lunch\n"
ENROLLMENT = "school_id,grade,students\nE1,K,100\nE1,3,100\nM1,7,400\n"
TABLES = {
    **{name: text for name, text in FILES.items() if name.endswith(".csv")},
    "measured.csv": MEASURED,
    "enrollment.csv": ENROLLMENT,
}
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
        plain = read_folder(write_district(Path(folder) / "a", dict(TABLES)))
        other = read_folder(write_district(Path(folder) / "b", files))
    assert plain.tables.keys() == other.tables.keys()
    for name, table in plain.tables.items():
        assert table.equals(other.tables[name]), name
    assert plain.planning == other.planning
    assert plain.assumptions == other.assumptions


@settings(max_examples=30, deadline=None)
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
        read_or_input_error(write_district(Path(folder), {**TABLES, **files}))


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(["district.toml", *sorted(TABLES)]), content=st.binary(max_size=300))
def test_garbage_in_place_of_a_file_raises_nothing_but_an_input_error(
    name: str, content: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read_or_input_error(write_district(Path(folder), {**TABLES, name: content}))


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
