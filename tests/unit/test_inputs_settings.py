"""district.toml, and the assumptions that come out of reading."""

from dataclasses import asdict
from pathlib import Path

import pytest

from netplan.errors import Problem
from netplan.inputs.folder import read_folder, validate_folder
from netplan.inputs.model import MoneySettings, Planning
from netplan.inputs.settings import MONEY_FIELDS, PLANNING_FIELDS, read_settings
from tests.unit.folders import DISTRICT_TOML, edited, write_district


def found(text: str | bytes) -> list[Problem]:
    """Read district.toml alone."""
    return read_settings(text.encode() if isinstance(text, str) else text)[3]


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "part"),
    [
        ("percentile", "percentle", "unknown-key", "8:planning.percentle", "'percentile'?"),
        ("[planning]", "[planing]", "unknown-section", "7:planing", "Did you mean [planning]?"),
        ("[planning]", "[garden]", "unknown-section", "7:garden", "ignored"),
        ('state = "FL"', "state = 12", "wrong-type", "3:district.state", "quotation"),
        ('"1299999"', "1299999", "wrong-type", "4:district.nces_leaid", 'nces_leaid = "1299999"'),
        ('"1299999"', '"299999"', "bad-value", "4:district.nces_leaid", "7 digits"),
        ('"FL"', '"Florida"', "bad-value", "3:district.state", "two capital"),
        ("2026-27", "2026-28", "bad-value", "5:district.school_year", "follow"),
        ("2026-27", "2026", "bad-value", "5:district.school_year", "2026-27"),
        ('"Three School District"', '""', "bad-value", "2:district.name", "empty"),
        ("Three", "=Three", "formula-cell", "2:district.name", "text"),
        ("Three", "<b>Three", "markup-cell", "2:district.name", "text"),
        ('name = "Three School District"\n', "", "missing-key", "district.name", "Add name"),
        ("0.95", "0.5", "out-of-range", "8:planning.percentile", "above 0.5 and below 1"),
        ("0.95", "1", "out-of-range", "8:planning.percentile", "below 1"),
        ("0.95", "nan", "out-of-range", "8:planning.percentile", "nan"),
        ("0.95", '"0.95"', "wrong-type", "8:planning.percentile", "without quotation"),
        ("0.95", "true", "wrong-type", "8:planning.percentile", "not a number"),
        ("0.95", "2026-01-01", "wrong-type", "8:planning.percentile", "not a number"),
        ("0.80", "0", "zero-number", "9:planning.utilization_limit", "above 0"),
        ("0.80", "80", "share-above-one", "9:planning.utilization_limit", "0.8"),
        ("0.25", "-1", "out-of-range", "10:planning.growth_per_year", "above -1"),
        ("0.25", "25", "out-of-range", "10:planning.growth_per_year", "at most 5"),
        ("0.10", "3", "out-of-range", "11:planning.common_mode_cv", "0 to 2"),
        ("0.10", "-0.1", "negative-number", "11:planning.common_mode_cv", "0 to 2"),
        (
            "class_size = 25",
            "class_size = 0",
            "zero-number",
            "12:planning.class_size",
            "at least 1",
        ),
        ("class_size = 25", "class_size = 2500", "absurd-number", "12:planning.class_size", "?"),
        ("below = 10", "below = 10.5", "not-whole", "13:planning.suppress_below", "Round"),
        ("below = 10", "below = -1", "negative-number", "13:planning.suppress_below", "neg"),
        ("below = 10", f"below = 0x{'f' * 9000}", "out-of-range", "13:planning.", "very long"),
        ("below = 10", f"below = {'9' * 9000}", "bad-toml", "district.toml", "TOML"),
        ("below = 10", "below = ", "bad-toml", "13", "TOML"),
        ("[planning]", "a = " + "[" * 5000, "bad-toml", "district.toml", "deep"),
        (
            '[district]\nname = "Three School District"',
            "district = 3",
            "wrong-type",
            "1:dist",
            "sec",
        ),
        ("[district]", "percentile = 0.9\n[district]", "unknown-key", "1:percentile", "[planning]"),
    ],
)
def test_a_problem_in_district_toml(old: str, new: str, code: str, place: str, part: str) -> None:
    text = edited("district", old, new)
    if old.endswith('"Three School District"') and "\n" in old:
        text = text.split("\n", 1)[0] + "\n" + text[text.index("[planning]") :]
    problems = [problem for problem in found(text) if problem.code == code]
    assert len(problems) == 1
    line = str(problems[0])
    assert line.startswith("district.toml")
    assert place in line
    assert part in line


def test_broken_files_of_settings() -> None:
    assert [problem.code for problem in found(b"\xff\xfe")] == ["wrong-encoding"]
    assert found(DISTRICT_TOML.replace("Three", "Señor").encode("latin-1"))[0].row == 2
    assert [problem.code for problem in found("\n \n")] == ["empty-file"]
    assert found(b"\xef\xbb\xbf" + DISTRICT_TOML.encode()) == []
    assert found(DISTRICT_TOML.replace("\n", "\r\n")) == []


def test_a_long_line_takes_no_time() -> None:
    hostile = DISTRICT_TOML + "#" + "[ " * 400_000
    assert found(hostile) == []


def test_defaults_are_those_of_the_model() -> None:
    settings, planning, given, problems, money = read_settings(b'[district]\nname = "D"\n')
    assert (planning, given, problems, money) == (Planning(), frozenset(), [], MoneySettings())
    assert settings is not None
    assert (settings.name, settings.state) == ("D", None)
    defaults = Planning()
    assert {field.name: field.default for field in PLANNING_FIELDS} == {
        "percentile": defaults.percentile,
        "utilization_limit": defaults.utilization_limit,
        "growth_per_year": defaults.growth_per_year,
        "common_mode_cv": defaults.common_mode_cv,
        "class_size": defaults.class_size,
        "suppress_below": defaults.suppress_below,
    }
    assert {field.name: field.default for field in MONEY_FIELDS} == asdict(MoneySettings())


def test_money_is_read_with_its_types() -> None:
    text = DISTRICT_TOML + "[money]\nyears = 3\nrural = true\nspare_share = 0.05\n"
    assert found(text) == []
    money = read_settings(text.encode())[4]
    assert money == MoneySettings(years=3, rural=True, spare_share=0.05)
    assert isinstance(money.years, int)


@pytest.mark.parametrize(
    ("line", "code", "fix"),
    [
        ('rural = "yes"', "wrong-type", "Write rural = true, without quotation marks."),
        ("rural = 1", "wrong-type", "Write rural = true, without quotation marks, or false."),
        ("erate_discount_share = 85", "share-above-one", "Write 0.85 if it is a percentage."),
        ("erate_discount_share = 0.95", "out-of-range", "Correct it."),
        ("years = 2.5", "not-whole", "Round it."),
        ("years = 0", "zero-number", "Leave the cell empty if nobody knows."),
        ("device_life_year = 4", "unknown-key", "Did you mean 'device_life_years'?"),
    ],
)
def test_money_problems_name_line_and_fix(line: str, code: str, fix: str) -> None:
    text = DISTRICT_TOML + f"[money]\n{line}\n"
    (problem,) = found(text)
    assert (problem.code, problem.row, problem.fix) == (code, text.count("\n"), fix)


def test_settings_keep_their_types(tmp_path: Path) -> None:
    inputs = read_folder(write_district(tmp_path))
    assert inputs.settings.nces_leaid == "1299999"
    assert isinstance(inputs.planning.suppress_below, int)
    assert isinstance(inputs.planning.class_size, float)


def test_every_assumption_has_a_source(tmp_path: Path) -> None:
    given = read_folder(write_district(tmp_path / "a")).assumptions
    bare = '[district]\nname = "D"\n[planning]\npercentile = 0.9\n'
    folder = write_district(tmp_path / "b", district=bare, apps=None, activities=None, bell=None)
    assumed = read_folder(folder).assumptions
    for assumptions in (given, assumed):
        names = [assumption.name for assumption in assumptions]
        assert len(names) == len(set(names))
        assert all(assumption.source for assumption in assumptions)
    sources = {assumption.name: assumption.source for assumption in assumed}
    assert sources["planning.percentile"] == "district.toml"
    assert sources["planning.growth_per_year"].startswith("assumption")
    assert sources["bell"].startswith("built-in")
    assert "activities" in sources
    assert any(name.startswith("apps.") for name in sources)
    assert any(name.startswith("targets.") for name in sources)
    assert any(name.startswith("settings.") for name in sources)
    of_given = {assumption.name: assumption for assumption in given}
    assert of_given["planning.percentile"].source == "district.toml"
    assert of_given["apps.video.down_mbps"].value == 2.0
    assert of_given["apps.video.down_mbps"].source == "hand-made"
    assert "bell" not in of_given
    assert "wifi_defaults.wifi6.mcs" in of_given
    assert "wifi_defaults.wifi6.channel_mhz" not in of_given
    assert validate_folder(folder) == ()


@pytest.mark.parametrize(
    ("line", "written"), [("80%", "0.80"), ("5 %  # mine", "0.05"), ("82.5%", "0.825")]
)
def test_a_percent_sign_is_told_with_its_line(tmp_path: Path, line: str, written: str) -> None:
    text = edited("district", "utilization_limit = 0.80", f"utilization_limit = {line}")
    (problem,) = validate_folder(write_district(tmp_path, district=text))
    assert (problem.code, problem.row, problem.column) == ("percent-sign", 9, "utilization_limit")
    assert problem.fix == f"Write utilization_limit = {written}."
