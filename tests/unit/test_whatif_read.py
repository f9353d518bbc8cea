"""Scenario files: where they are found, what they hold, and every mistake with its line."""

from pathlib import Path

import pytest

from netplan.errors import ScenarioError
from netplan.whatif.lines import find_lines
from netplan.whatif.model import Place
from netplan.whatif.paths import SET, parse_cell, parse_set
from netplan.whatif.read import read_scenario, scenario_names
from netplan.whatif.years import years_after, years_between, years_from
from tests.unit.whatif_folders import HARBOR, scenario, write_scenarios

CONTRACT = """\
title = "1:1 Chromebooks, grades 3-12"
[set."planning"]
growth_per_year = 0.30
[[change]]                    # one override: which rows, which columns
table = "devices"
where = { group = "3-12", kind = "chromebook" }   # no match = an error, unless insert = true
set = { per_person = 1.0 }
insert = true
[[wave]]                      # optional: changes that start in a school year, for some schools
school_year = "2027-28"
schools = ["S001", "S002"]
[[wave.change]]
table = "devices"
where = { kind = "chromebook" }
set = { per_person = 1.0 }
"""


def problems(text: str) -> list[tuple[int | None, str | None, str]]:
    """Give line, place and code of every problem of a scenario's text."""
    with pytest.raises(ScenarioError) as caught:
        scenario(text)
    assert {problem.file for problem in caught.value.problems} == {"scenarios/case.toml"}
    assert all(problem.message and problem.fix for problem in caught.value.problems)
    return [(problem.row, problem.column, problem.code) for problem in caught.value.problems]


def test_the_contract_s_example() -> None:
    found = scenario(CONTRACT, "one-to-one")
    own, wave = found.steps
    planning, change = own.changes
    assert (found.name, found.title, found.years) == (
        "one-to-one", "1:1 Chromebooks, grades 3-12", None,
    )  # fmt: skip
    assert found.is_rollout
    assert (planning.table, dict(planning.set)) == ("planning", {"growth_per_year": 0.3})
    assert planning.place == Place(file="scenarios/one-to-one.toml", line=2)
    assert (change.place.line, change.insert, change.schools) == (4, True, None)
    assert dict(change.where) == {"group": ("3-12",), "kind": ("chromebook",)}
    assert change.lines["set"] == 7
    assert (wave.school_year, wave.schools, wave.place.line) == ("2027-28", ("S001", "S002"), 9)
    assert wave.changes[0].schools == ("S001", "S002")
    assert wave.changes[0].place.line == 12


def test_every_key() -> None:
    found = scenario(
        'notes = "n"\nsource = "s"\nyears = 4\nevents = ["testing_ap"]\n'
        'filter_mode = "full_tunnel"\nfail = ["circuit"]\n'
        '[[change]]\nname = "less"\ntable = "links"\nschools = ["E1"]\n'
        'where = { medium = ["fiber", "copper"], count = 1 }\nmultiply = { down_mbps = 0.5 }\n'
        '[[change]]\ntable = "nodes"\nwhere = { node_id = "x" }\nremove = true\n'
    )
    (step,) = found.steps
    less, gone = step.changes
    assert (found.title, found.notes, found.source, found.years) == ("case", "n", "s", 4)
    assert (step.events, step.filter_mode, step.failed) == (
        ("testing_ap",), "full_tunnel", ("circuit",),
    )  # fmt: skip
    assert less.name == "less"
    assert less.schools == ("E1",)
    assert dict(less.where) == {"medium": ("fiber", "copper"), "count": (1,)}
    assert dict(less.multiply) == {"down_mbps": 0.5}
    assert gone.remove
    assert gone.name == "nodes[node_id=x] removed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("titel = 'x'\n", (1, "titel", "unknown-key")),
        ("title = 3\n", (1, "title", "wrong-type")),
        ("years = 0\n", (1, "years", "out-of-range")),
        ("years = true\n", (1, "years", "wrong-type")),
        ("\nevents = 'x'\n", (2, "events", "wrong-type")),
        ("fail = ['a', 'a']\n", (1, "fail", "named-twice")),
        ("fail = []\n", (1, "fail", "empty-list")),
        ("filter_mode = 'full'\n", (1, "filter_mode", "not-in-list")),
        ("set = 3\n", (1, "set", "wrong-type")),
        ("[set.plannin]\nx = 1\n", (1, "set.plannin", "unknown-section")),
        ("[set.devices]\nx = 1\n", (1, "set.devices", "unknown-section")),
        ("[set.planning]\nx = [1]\n", (2, "set.planning.x", "wrong-type")),
        ("change = 3\n", (1, "change", "wrong-type")),
        ("[[change]]\nset = {a = 1}\n", (1, "change", "missing-key")),
        ("[[change]]\ntable = 3\nset = {a = 1}\n", (2, "change.table", "wrong-type")),
        ("[[change]]\ntable = 'x'\n", (1, "change", "empty-change")),
        ("[[change]]\ntable = 'x'\nset = 3\n", (3, "change.set", "wrong-type")),
        ("[[change]]\ntable = 'x'\nwher = {}\nset = {a = 1}\n", (3, "change.wher", "unknown-key")),
        (
            "[[change]]\ntable = 'x'\nset = {a = 1}\nmultiply = {a = 1}\n",
            (1, "change", "set-twice"),
        ),
        ("[[change]]\ntable = 'x'\nset = {a = 1}\nremove = true\n", (1, "change", "contradiction")),
        (
            "[[change]]\ntable = 'x'\nmultiply = {a = 1}\ninsert = true\n",
            (1, "change", "contradiction"),
        ),
        (
            "[[change]]\ntable = 'x'\nset = {a = 2027-06-01}\n",
            (3, "change.set.a", "wrong-type"),
        ),
        ("[[wave]]\n[[wave.change]]\ntable='x'\nremove=true\n", (1, "wave.school_year",
                                                                 "missing-key")),
        ("[[wave]]\nschool_year = '2027'\n", (2, "wave.school_year", "bad-school-year")),
        ("[[wave]]\nschool_year = '2027-29'\n", (2, "wave.school_year", "bad-school-year")),
        (
            "[[wave]]\nschool_year = '2028-29'\n[[wave]]\nschool_year = '2027-28'\n",
            (4, "wave.school_year", "unsorted-waves"),
        ),
        ("[[wave]]\nschool_year = '2027-28'\nset = 1\n", (3, "wave.set", "unknown-key")),
    ],
)  # fmt: skip
def test_mistakes_name_their_line(text: str, expected: tuple[int, str, str]) -> None:
    assert expected in problems(text)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems("titel = 1\nyears = -1\n[[change]]\ntable = 3\n")) == 4


def test_what_is_no_toml() -> None:
    assert problems("title = \n")[0][2] == "bad-toml"
    with pytest.raises(ScenarioError, match="empty"):
        scenario(" ")


def test_lines_of_odd_files() -> None:
    lines = find_lines(
        'a = """\n[[change]]\n"""\nb = [\n  [1],\n]\n"quoted.key" = "x = y"\n'
        "[[change]] # [[change]]\nset.x = 1\n[change.where]\ny = '#'\n[[change]]\nz = 1"
    )
    assert lines.at("b") == 4
    assert lines.at("quoted.key") == 7
    assert lines.at("change", 0) == 8
    assert lines.at("change", 0, "set", "x") == 9
    assert lines.at("change", 0, "where", "y") == 11
    assert lines.at("change", 1, "z") == 13
    # what has no line of its own has that of what it is in
    assert lines.at("change", 1, "set", "x") == 12
    assert lines.at("nothing") is None


def test_inline_tables_have_the_line_of_their_key() -> None:
    found = scenario("# x\nchange = [\n {table='x', set={a=1}},\n {table='y', remove=true}]\n")
    assert [change.place.line for change in found.steps[0].changes] == [2, 2]


# --- where a file is found ---


def test_by_name_by_path_and_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_scenarios(tmp_path / "d", more="title = 'More'", other="title = 'Other'")
    (tmp_path / "here.toml").write_text("title = 'Here'")
    monkeypatch.chdir(tmp_path)
    assert scenario_names(folder) == ("more", "other")
    for asked in ("more", "scenarios/more.toml", "more.toml", folder / "scenarios" / "more.toml"):
        assert read_scenario(folder, asked).title == "More"
    assert read_scenario(folder, "more").file == "scenarios/more.toml"
    assert read_scenario(folder, "here.toml").title == "Here"
    assert read_scenario(folder, "here.toml").file == "here.toml"
    assert read_scenario(None, "here.toml").title == "Here"
    with pytest.raises(ScenarioError, match=r"Did you mean 'more'"):
        read_scenario(folder, "moer")
    with pytest.raises(ScenarioError, match="no such scenario"):
        read_scenario(None, "more")


def test_a_name_does_not_leave_the_folder(tmp_path: Path) -> None:
    folder = write_scenarios(tmp_path / "d", more="title = 'More'")
    outside = tmp_path / "secret.toml"
    outside.write_text("title = 'secret'")
    (folder / "scenarios" / "link.toml").symlink_to(outside)
    for asked in ("link", "../secret", ".."):
        with pytest.raises(ScenarioError, match="no such scenario"):
            read_scenario(folder, asked)


def test_a_folder_or_a_huge_file_in_its_place(tmp_path: Path) -> None:
    folder = write_scenarios(tmp_path / "d", big="#" * 1_000_001)
    (folder / "scenarios" / "sub.toml").mkdir()
    with pytest.raises(ScenarioError, match="no such scenario"):
        read_scenario(folder, "sub")
    with pytest.raises(ScenarioError, match="at most"):
        read_scenario(folder, "big")


def test_every_shipped_scenario_is_read() -> None:
    names = scenario_names(HARBOR)
    assert "one-to-one" in names
    for name in names:
        assert read_scenario(HARBOR, name).name == name


# --- one line ---


def test_set() -> None:
    change = parse_set("devices[kind=chromebook,group=3-12].per_person=1.2")
    assert change.table == "devices"
    assert dict(change.where) == {"kind": ("chromebook",), "group": ("3-12",)}
    assert dict(change.set) == {"per_person": "1.2"}
    assert change.place == Place(file=SET)
    assert str(parse_set("links[link_id=A|B].down_mbps *= 2").multiply["down_mbps"]) == "2"
    assert dict(parse_set("planning.growth_per_year = 0.4").set) == {"growth_per_year": "0.4"}
    # a value may hold anything
    assert dict(parse_set('nodes[node_id="a,b|c]"" d"].model="x = [y]"').where) == {
        "node_id": ('a,b|c]" d',)
    }
    assert dict(parse_set("nodes.model=a=b[c]").set) == {"model": "a=b[c]"}


def test_cell() -> None:
    cell = parse_cell("links[link_id=A|B].down_mbps")
    assert (cell.table, dict(cell.where), cell.column) == (
        "links", {"link_id": ("A", "B")}, "down_mbps",
    )  # fmt: skip
    assert str(cell) == "links[link_id=A|B].down_mbps"
    assert parse_cell(str(cell)) == cell
    changed = cell.change(2.0, Place(file="x.toml", line=3), factor=True)
    assert dict(changed.multiply) == {"down_mbps": 2.0}
    assert not changed.set


@pytest.mark.parametrize(
    "text",
    ["", "devices", "devices.per_person", "devices[kind=a.per_person=1", "devices[kind].x=1",
     "devices[kind=a,].x=1", "=1", "devices[kind=a]per_person=1", "devices[kind=a,kind=b].x=1",
     "devices[].x=1"],
)  # fmt: skip
def test_what_names_no_cell(text: str) -> None:
    with pytest.raises(ScenarioError, match="names no cell"):
        parse_set(text)


def test_cell_ends_with_its_column() -> None:
    with pytest.raises(ScenarioError, match="something follows"):
        parse_cell("planning.growth_per_year=1", file="s.toml", line=4)


def test_school_years() -> None:
    assert years_between("2026-27", "2029-30") == 3
    assert years_after("2098-99", 1) == "2099-00"
    assert years_from("2026-27", 3) == ("2026-27", "2027-28", "2028-29")
    with pytest.raises(ValueError, match="no school year"):
        years_between("2026", "2027-28")
