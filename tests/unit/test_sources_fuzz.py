"""Whatever the lists hold: a folder that netplan accepts, or InputError and nothing written."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from netplan.errors import InputError
from netplan.inputs.folder import read_folder
from netplan.sources.lists import init_folder

ODD = (
    "", "†", "*", "<10", "0", "-1", "1e309", "nan", "27.3", "-80.4", "900", "1000000", "K-8",
    '="01"', "=1+1", "<b>", "{{x}}", "20000", "0.5", "EMH", "9-12", "Closed", "-999", "1.5",
)  # fmt: skip
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(ODD),
    st.integers(-10, 30_000).map(str),
    st.floats(allow_nan=True).map(str),
)
GOOD = ["S1", "Ash", "27.3", "-80.4", "500", "K-5", "20", "100", "0.5", "1990", "Open"]
HEAD = ["school id", "name", "lat", "lon", "students", "grades", "teachers", "free lunch",
        "frl_share", "year built", "status"]  # fmt: skip
SCHOOL_ROWS = st.lists(
    st.one_of(
        st.lists(CELLS, min_size=len(HEAD), max_size=len(HEAD)),
        st.tuples(st.integers(0, len(HEAD) - 1), CELLS).map(
            lambda change: [*GOOD[: change[0]], change[1], *GOOD[change[0] + 1 :]]
        ),
    ),
    max_size=6,
)
LINE_HEAD = ["mbps", "lines", "medium", "cost_per_line", "likely_wan_fiber"]
LINE_ROWS = st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=5)
GRADE_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["S1", "", "x"]),
        st.sampled_from(["K", "1", "All Grades", "?", "12"]),
        CELLS,
    ).map(list),
    max_size=6,
)


def text(head: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()


@settings(max_examples=50, deadline=None, derandomize=True, phases=[Phase.generate])
@given(schools=SCHOOL_ROWS, lines=LINE_ROWS, grades=GRADE_ROWS)
def test_any_cells(
    schools: list[list[str]], lines: list[list[str]], grades: list[list[str]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        at = Path(name)
        for file, head, rows in (
            ("s.csv", HEAD, schools),
            ("c.csv", LINE_HEAD, lines),
            ("g.csv", ["school", "grade", "students"], grades),
        ):
            (at / file).write_text(text(head, rows), encoding="utf-8", newline="")
        try:
            made = init_folder(
                at / "d",
                schools=at / "s.csv",
                circuits=at / "c.csv" if lines else None,
                enrollment_by_grade=at / "g.csv" if grades else None,
            )
        except InputError as error:
            assert error.problems
            assert sorted(path.name for path in at.iterdir()) == ["c.csv", "g.csv", "s.csv"]
            return
        assert read_folder(made.folder).tables["schools"].shape[0] == made.counts["schools"]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "s.csv"
        path.write_bytes(data)
        try:
            init_folder(Path(name) / "d", schools=path)
        except InputError:
            assert [one.name for one in Path(name).iterdir()] == ["s.csv"]
