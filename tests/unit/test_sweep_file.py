"""Sweep files: what they say, and every mistake with its line before anything runs."""

from pathlib import Path

import pytest

from netplan.errors import ScenarioError
from netplan.whatif.sweep_file import MAX_SAMPLES, read_sweep
from netplan.whatif.sweep_model import Spread
from tests.unit.sweep_district import SWEEP

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
HEAD = 'method = "lhs"\nsamples = 10\n[[vary]]\nname = "x"\n'


def problems(tmp_path: Path, text: str) -> list[tuple[str, int | None, str]]:
    """Give code, line and column of each problem of a file."""
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_sweep(None, path)
    for problem in caught.value.problems:
        assert problem.message and problem.fix and problem.severity == "error"
    return [(one.code, one.row, one.column or "") for one in caught.value.problems]


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "sweeps" / "small.toml").write_text(SWEEP, encoding="utf-8")
    sweep = read_sweep(tmp_path, "small")
    assert (sweep.name, sweep.file) == ("small", "sweeps/small.toml")
    assert (sweep.method, sweep.samples, sweep.seed, sweep.years) == ("lhs", 12, 7, 2)
    assert sweep.inputs == ("input_growth", "input_devices per student", "input_video")
    growth, devices, video = sweep.varies
    assert growth.spread == Spread(low=0.1, high=0.6) and str(growth.cell) == (
        "planning.growth_per_year"
    )
    assert devices.spread is not None and devices.spread.mode == 1.0
    assert video.factor and video.values == (0.5, 1.0, 2.0) and video.place.line == 23
    change = video.change(2.0)
    assert (change.table, dict(change.multiply), dict(change.set)) == (
        "apps", {"down_mbps": 2.0}, {},
    )  # fmt: skip
    assert change.place.file == "sweeps/small.toml" and change.place.line == 23


def test_found_by_name_by_path_in_the_district_and_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("in/sweeps", "in/other", "here"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "s.toml").write_text(SWEEP, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    files = [read_sweep(tmp_path / "in", name).file for name in ("s", "other/s.toml", "s.toml")]
    assert files == ["sweeps/s.toml", "other/s.toml", "s.toml"]
    assert read_sweep(None, tmp_path / "here" / "s.toml").name == "s"
    with pytest.raises(ScenarioError, match="Did you mean 's'"):
        read_sweep(tmp_path / "in", "S")
    for name in ("nope", "../s", "no/such.toml", "..", "", "a\0b", "x" * 5000):
        with pytest.raises(ScenarioError):
            read_sweep(tmp_path / "in", name)


@pytest.mark.parametrize("name", sorted(path.stem for path in (HARBOR / "sweeps").glob("*.toml")))
def test_those_of_the_sample_district_read(name: str) -> None:
    assert read_sweep(HARBOR, name).varies


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("empty-file", None, "")),
        ("method = lhs\n", ("bad-toml", 1, "method")),
        ('methd = "lhs"\n' + HEAD[15:], ("unknown-key", 1, "methd")),
        ('method = "latin"\n' + HEAD[15:], ("not-in-list", 1, "method")),
        ('method = "lhs"\n[[vary]]\nname = "x"\n', ("bad-samples", 1, "samples")),
        (HEAD.replace("lhs", "sobol"), ("bad-samples", 2, "samples")),
        (HEAD.replace("10", "0"), ("out-of-range", 2, "samples")),
        (HEAD.replace("10", "1.5"), ("not-whole", 2, "samples")),
        (HEAD.replace("10", str(MAX_SAMPLES + 1)), ("out-of-range", 2, "samples")),
        ("years = 31\n" + HEAD, ("out-of-range", 1, "years")),
        ('scenarios = "a"\n' + HEAD, ("bad-value", 1, "scenarios")),
        ('scenarios = ["a", "a"]\n' + HEAD, ("bad-value", 1, "scenarios")),
        ('method = "grid"\n', ("nothing-varies", None, "vary")),
        ('method = "grid"\nvary = 3\n', ("nothing-varies", 2, "vary")),
    ],
)
def test_what_is_wrong_at_the_top(
    tmp_path: Path, text: str, expected: tuple[str, int | None, str]
) -> None:
    found = problems(tmp_path, text)
    code = "zero-number" if expected[0] == "out-of-range" and "samples = 0" in text else expected[0]
    assert (code, *expected[1:]) in found


GROWTH = 'cell = "planning.growth_per_year"\n'


@pytest.mark.parametrize(
    ("rest", "code", "line"),
    [
        ("", "cell-or-scenario", 3),
        (GROWTH + 'scenario = ["a"]\n', "cell-or-scenario", 5),
        (GROWTH, "missing-key", 3),
        ('cell = "planning.growth"\nlow = 0\nhigh = 1\n', "unknown-column", 5),
        ('cell = "plannning.growth_per_year"\nlow = 0\nhigh = 1\n', "unknown-table", 5),
        ('cell = "devices[kin=x].per_person"\nlow = 0\nhigh = 1\n', "unknown-column", 5),
        ('cell = "devices[kind=x]per_person"\nlow = 0\nhigh = 1\n', "bad-path", 5),
        ('cell = "devices.kind"\nvalues = ["a"]\n', "key-column", 5),
        ("cell = 3\nlow = 0\nhigh = 1\n", "wrong-type", 5),
        (GROWTH + "low = 0\nhigh = 9\n", "out-of-range", 7),
        (GROWTH + "low = nan\nhigh = 1\n", "wrong-type", 6),
        (GROWTH + "low = 0\nhigh = inf\n", "wrong-type", 7),
        (GROWTH + 'low = "0"\nhigh = 1\n', "wrong-type", 6),
        (GROWTH + "low = true\nhigh = 1\n", "wrong-type", 6),
        (GROWTH + "low = 1\nhigh = 1\n", "bad-range", 6),
        (GROWTH + "lo = 1\nhigh = 2\n", "unknown-key", 6),
        (GROWTH + 'low = 0\nhigh = 1\ndistribution = "norml"\n', "not-in-list", 8),
        (GROWTH + 'low = 0\nhigh = 1\ndistribution = "loguniform"\n', "bad-range", 6),
        (GROWTH + 'low = 0\nhigh = 1\ndistribution = "triangular"\n', "missing-key", 3),
        (GROWTH + 'low = 0\nhigh = 1\ndistribution = "triangular"\nmode = 2\n', "bad-range", 9),
        (
            GROWTH + 'low = 0\nhigh = 1\ndistribution = "normal"\nmean = 0\nsd = 0\n',
            "bad-range",
            10,
        ),
        (
            GROWTH + 'low = 1\nhigh = 2\ndistribution = "normal"\nmean = 0\nsd = 0.01\n',
            "bad-range",
            9,
        ),
        (GROWTH + "low = 0\nhigh = 1\nmode = 0.5\n", "unknown-key", 8),
        (GROWTH + "values = [0.1]\nlow = 0\n", "values-or-range", 7),
        (GROWTH + "values = []\n", "bad-value", 6),
        (GROWTH + "values = [0.1, 0.1]\n", "value-twice", 6),
        (GROWTH + "values = [0.1, 9.0]\n", "out-of-range", 6),
        (GROWTH + 'values = ["a"]\n', "wrong-type", 6),
        (GROWTH + 'as = "percent"\nlow = 0\nhigh = 1\n', "bad-value", 6),
        (GROWTH + 'as = "factor"\nlow = -1\nhigh = 1\n', "wrong-type", 7),
        ('cell = "links.medium"\nas = "factor"\nvalues = [1]\n', "wrong-type", 6),
        ('cell = "links.medium"\nvalues = ["fibre"]\n', "not-in-list", 6),
        ('cell = "links.medium"\nlow = 0\nhigh = 1\n', "wrong-type", 6),
        ('cell = "links.count"\nvalues = [1.5]\n', "not-whole", 6),
        ('scenario = ["a", "a"]\n', "bad-value", 5),
        ("scenario = [1]\n", "bad-value", 5),
        ('scenario = ["", "a"]\nvalues = [1]\n', "unknown-key", 6),
    ],
)
def test_what_is_wrong_with_an_input(tmp_path: Path, rest: str, code: str, line: int) -> None:
    assert (code, line) in [found[:2] for found in problems(tmp_path, HEAD + rest)]


def test_what_is_wrong_between_inputs(tmp_path: Path) -> None:
    growth = '[[vary]]\nname = "g"\n' + GROWTH
    twice = 'method = "grid"\n' + 2 * (growth + "values = [0.1, 0.2]\n")
    assert problems(tmp_path, twice) == [
        ("name-twice", 8, "vary.name"),
        ("cell-twice", 8, "vary.cell"),
    ]
    uneven = (
        'method = "list"\n' + growth + "values = [0.1]\n"
        '[[vary]]\nname = "c"\ncell = "planning.class_size"\nvalues = [20, 30]\n'
    )
    assert [one[0] for one in problems(tmp_path, uneven)] == ["lists-of-several-lengths"]
    ranged = 'method = "grid"\n' + growth + "low = 0.1\nhigh = 0.2\n"
    assert [one[0] for one in problems(tmp_path, ranged)] == ["no-values"]
    both = 'method = "grid"\nscenarios = ["a"]\n[[vary]]\nscenario = ["", "a"]\n'
    assert [one[0] for one in problems(tmp_path, both)] == ["scenario-twice"]
    values = ", ".join(str(0.0001 * (n + 1)) for n in range(1001))
    cells = ("growth_per_year", "common_mode_cv")
    huge = 'method = "grid"\n' + "".join(
        f'[[vary]]\ncell = "planning.{cell}"\nvalues = [{values}]\n' for cell in cells
    )
    assert [one[0] for one in problems(tmp_path, huge)] == ["too-many-samples"]


def test_a_list_may_repeat_values_and_a_factor_may_pass_the_range(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        'method = "list"\n'
        '[[vary]]\ncell = "planning.growth_per_year"\nvalues = [0.1, 0.1]\n'
        '[[vary]]\nname = "s"\nscenario = ["", ""]\n'
        '[[vary]]\ncell = "planning.percentile"\nas = "factor"\nvalues = [1, 90]\n',
        encoding="utf-8",
    )
    sweep = read_sweep(None, path)
    assert [vary.name for vary in sweep.varies] == [
        "planning.growth_per_year", "s", "planning.percentile",
    ]  # fmt: skip
    assert sweep.title == "s" and sweep.choices == ()


def test_all_mistakes_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        'method = "lsh"\nsamples = -1\n[[vary]]\ncell = "planning.growth"\n'
        '[[vary]]\nname = ""\ncell = "links.down_mbps"\nlow = 0\nhigh = 1e12\n',
    )
    assert [line for _, line, _ in found] == sorted(line or 0 for _, line, _ in found)
    assert {"not-in-list", "unknown-column", "bad-value"} <= {code for code, _, _ in found}
    assert len(found) >= 5
