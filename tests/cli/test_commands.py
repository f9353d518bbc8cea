"""Every command: its help, exit codes, outputs whole or absent, and hostile names."""

import json
import os
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

import netplan
from netplan import pipeline
from netplan.cli import main as entry
from netplan.cli.main import COMMANDS, cli
from tests.unit.folders import NODES, SCHOOLS, edited, write_district
from tests.unit.test_capacity_findings import CLEAN

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = [str(command.name) for command in COMMANDS]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `netplan` as the console script does, but in this process."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*args: str | Path) -> Result:
        monkeypatch.setattr(sys, "argv", ["netplan", *map(str, args)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            entry.main()
        text = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        assert "Traceback" not in text.err + text.out
        return Result(code=stop.value.code, out=text.out, err=text.err)

    return call


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """Write the three-school district."""
    return write_district(tmp_path / "three schools")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Write a district with a problem in each of three files."""
    return write_district(
        tmp_path / "broken",
        schools=edited("schools", "27.42,-80.38", "-80.38,27.42"),
        links=edited("links", "wan-M1,core,M1-mdf,200", "wan-M1,core,M1-mfd,-200"),
        devices="school_id,group,kind,per_person\nX9,students,chromebook,1\n",
    )


def left_in(folder: Path) -> set[str]:
    """Give everything below a folder, hidden files too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


# --- help ---


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_an_example_and_is_in_the_readme(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert f"Example: netplan {name} " in result.output
    short = CliRunner().invoke(cli, [name, "-h"])
    assert short.output == result.output
    assert f"| `netplan {name} DIR" in README


@pytest.mark.parametrize("name", NAMES)
def test_every_command_wraps_the_public_call_of_its_name(name: str) -> None:
    assert callable(getattr(netplan, name))


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_does(name: str) -> None:
    command = next(command for command in COMMANDS if command.name == name)
    for parameter in command.params:
        if parameter.param_type_name == "option" and parameter.name != "out":
            assert parameter.to_info_dict().get("help"), parameter.name


def test_the_group_shows_the_main_job_first_and_the_exit_codes() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert "Example: netplan plan " in result.output
    listed = [line.split()[0] for line in result.output.split("Commands:")[1].splitlines() if line]
    assert listed == NAMES
    assert listed[0] == "plan"
    for code in ("0 done", "1 done", "2 bad input", "3 no feasible plan", "4 an outside source"):
        assert code in " ".join(result.output.split())


def test_version() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert result.output == f"netplan, version {netplan.__version__}\n"


@pytest.mark.parametrize(
    "args",
    [
        ["chek", "x"],
        ["check"],
        ["check", "x", "--fail-on", "everything"],
        ["check", "x", "--nonsense"],
        ["synth", "x", "--schools", "0", "--seed", "1"],
        ["synth", "x", "--schools", "2001", "--seed", "1"],
        ["synth", "x", "--schools", "5"],
        ["synth", "x", "--schools", "5", "--seed", "one"],
        ["init", "x"],
        ["init", "x", "--schools", "no-such.csv"],
    ],
)
def test_wrong_usage_is_2_and_writes_nothing(run: Run, tmp_path: Path, args: list[str]) -> None:
    result = run(*args)
    assert result.code == 2
    assert result.out == ""
    assert "Error: " in result.err
    assert left_in(tmp_path) == set()


# --- check ---


def test_check_shows_the_worst_building_first(run: Run, district: Path) -> None:
    result = run("check", district)
    assert result.code == 0
    assert result.err == ""
    table = [result.out.index(name) for name in ("Elm Elementary", "Maple Middle", "Hickory High")]
    assert table == sorted(table)
    assert "Three School District" in result.out
    assert "218" in result.out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((), 0),
        (("--fail-on", "over"), 1),
        (("--fail-on", "spof"), 1),
        (("--fail-on", "target"), 1),
        (("--fail-on", "over", "--fail-on", "spof"), 1),
        (("--fail-on", "target", "--target", "fcc"), 1),
        (("--fail-on", "target", "--target", "fcc_2014_short"), 0),
        (("--fail-on", "target", "--target", "fcc_2014_short", "--target", "esh_wan"), 1),
        (("--fail-on", "target", "--target", "fccc"), 2),
        (("--target", "fcc"), 2),
    ],
)
def test_fail_on(run: Run, district: Path, args: tuple[str, ...], code: int) -> None:
    result = run("check", district, *args)
    assert result.code == code
    assert ("Elm Elementary" in result.out) is (code != 2)


def test_an_unknown_target_is_told_with_those_there_are(run: Run, district: Path) -> None:
    result = run("plan", district, "--fail-on", "target", "--target", "fccc", "--out", "out")
    assert result.code == 2
    assert "'fccc'" in result.err
    assert "fcc_wan" in result.err
    assert not Path("out").exists()


def test_fail_on_finds_nothing_in_a_clean_district(run: Run, tmp_path: Path) -> None:
    clean = write_district(tmp_path / "clean", **CLEAN)
    kinds = ("over", "spof", "target")
    result = run("check", clean, *(part for kind in kinds for part in ("--fail-on", kind)))
    assert result.code == 0


def test_fail_on_still_writes_the_json(run: Run, district: Path) -> None:
    assert run("check", district, "--fail-on", "over", "--json", "found.json").code == 1
    assert json.loads(Path("found.json").read_text())["command"] == "check"


def test_all_shows_every_building_and_finding(run: Run, tmp_path: Path) -> None:
    harbor = ROOT / "data" / "schools" / "harbor-county"
    short, whole = run("check", harbor), run("check", harbor, "--all")
    assert "more" in short.out
    assert len(whole.out) > len(short.out)
    for name in netplan.load(harbor).table("schools")["name"]:
        assert name.split()[0] in whole.out


def test_an_event_is_laid_over_the_day(run: Run, district: Path) -> None:
    usual = json.loads(run("check", district, "--json", "-").out)
    tested = json.loads(run("check", district, "--event", "assembly_device", "--json", "-").out)
    assert usual["events"] == []
    assert tested["events"] == ["assembly_device"]
    before, after = (
        {row["school_id"]: row["mean_down_mbps"] for row in document["buildings"]}
        for document in (usual, tested)
    )
    assert before.keys() == after.keys()
    assert all(before[school] != after[school] for school in before)
    shown = run("check", district, "--event", "assembly_device", "--event", "testing_map")
    assert shown.code == 0
    assert "assembly_device" in shown.out
    assert "testing_map" in shown.out


def test_the_order_of_events_does_not_matter(run: Run, district: Path) -> None:
    events = ("testing_sbac", "update_chromeos", "assembly_class")
    both = [
        run("check", district, "--json", "-", *(p for e in order for p in ("--event", e))).out
        for order in (events, events[::-1], (*events, events[0]))
    ]
    assert both[0] == both[1] == both[2]


def test_an_unknown_event_is_2_with_the_nearest_name(run: Run, district: Path) -> None:
    result = run("check", district, "--event", "testing_sbca", "--json", "x.json")
    assert result.code == 2
    assert result.out == ""
    assert "testing_sbca" in result.err
    assert "testing_sbac" in result.err
    assert not Path("x.json").exists()


# --- bad input ---


@pytest.mark.parametrize("command", ["check", "plan", "validate"])
def test_every_problem_of_every_file_is_told(run: Run, broken: Path, command: str) -> None:
    result = run(command, broken)
    assert result.code == 2
    # where, what, the value, what is expected
    told = result.out if command == "validate" else result.err
    assert (result.err if command == "validate" else result.out) == ""
    assert "error schools.csv:3:lat: " in told
    assert "error links.csv:9:b: " in told
    assert "error links.csv:9:down_mbps: " in told
    assert "'M1-mfd'" in told
    assert "'-200'" in told
    assert "error devices.csv:2:school_id: " in told
    assert "'X9'" in told
    for line in told.splitlines()[1:]:
        assert line.startswith(("error ", "note ")), line
        assert line.endswith((".", "?")), line
    assert "expected" in told


@pytest.mark.parametrize("command", ["check", "plan"])
def test_bad_input_writes_nothing(run: Run, broken: Path, tmp_path: Path, command: str) -> None:
    before = left_in(tmp_path)
    result = run(
        command, broken, "--json", "x.json", *(["--out", "o/p"] if command == "plan" else [])
    )
    assert result.code == 2
    assert left_in(tmp_path) - {"o"} == before


def test_bad_input_is_2_whatever_fail_on_says(run: Run, broken: Path) -> None:
    assert run("check", broken, "--fail-on", "over").code == 2


def test_json_to_stdout_stays_empty_on_bad_input(run: Run, broken: Path) -> None:
    result = run("check", broken, "--json", "-")
    assert (result.code, result.out) == (2, "")
    assert "schools.csv:3" in result.err


@pytest.mark.parametrize("command", ["check", "plan", "validate"])
def test_no_folder_at_all(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "file.csv").write_text("a,b\n")
    (tmp_path / "empty").mkdir()
    for name in ("nowhere", "file.csv", "empty"):
        result = run(command, name)
        assert result.code == 2, name
        assert "error" in result.out + result.err
    assert left_in(tmp_path) == {"file.csv", "empty"}


def test_validate_says_that_all_is_well(run: Run, district: Path) -> None:
    result = run("validate", district)
    assert result.code == 0
    assert "No problems" in result.out


def test_validate_writes_its_json_for_bad_input_too(run: Run, broken: Path) -> None:
    result = run("validate", broken, "--json", "-")
    assert result.code == 2
    document = json.loads(result.out)
    assert document["command"] == "validate"
    assert {problem["file"] for problem in document["problems"]} >= {
        "schools.csv", "links.csv", "devices.csv",
    }  # fmt: skip
    keys = {"code", "file", "row", "column", "value", "message", "expected", "fix", "severity"}
    for problem in document["problems"]:
        assert set(problem) == keys
    assert run("validate", broken, "--json", "all.json").code == 2
    assert json.loads(Path("all.json").read_text()) == document


# --- JSON ---


@pytest.mark.parametrize("command", ["check", "plan"])
def test_json_to_stdout_is_nothing_but_json(run: Run, district: Path, command: str) -> None:
    extra = ["--out", "out"] if command == "plan" else []
    result = run(command, district, "--json", "-", *extra)
    assert (result.code, result.err) == (0, "")
    document = json.loads(result.out)
    assert document["command"] == command
    loaded = netplan.load(district)
    report = netplan.plan(loaded, out="again")[0] if extra else netplan.check(loaded)
    assert result.out == report.to_json(command)


def test_json_file_holds_the_same_bytes(run: Run, district: Path, tmp_path: Path) -> None:
    before = left_in(tmp_path)
    result = run("check", district, "--json", "x.json")
    assert result.code == 0
    assert "x.json" in result.out
    data = (tmp_path / "x.json").read_bytes()
    assert data.decode("ascii") == run("check", district, "--json", "-").out
    assert b"\r" not in data
    assert left_in(tmp_path) - before == {"x.json"}
    # once more over the old one
    (tmp_path / "x.json").write_text("old")
    assert run("check", district, "--json", "x.json").code == 0
    assert (tmp_path / "x.json").read_bytes() == data


@pytest.mark.parametrize("command", ["check", "plan", "validate"])
@pytest.mark.parametrize("name", ["no/such/folder/x.json", "three schools", "file.csv/x.json"])
def test_an_unwritable_json_file_is_refused_before_anything_is_written(
    run: Run, district: Path, tmp_path: Path, command: str, name: str
) -> None:
    (tmp_path / "file.csv").write_text("a,b\n")
    before = left_in(tmp_path)
    extra = ["--out", "out"] if command == "plan" else []
    result = run(command, district, "--json", name, *extra)
    assert result.code == 2
    assert "cannot be written" in result.err
    assert left_in(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_to_and_left_where_it_is(
    run: Run, district: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # the document of `validate` fits a pipe's buffer
        assert run("validate", district, "--json", pipe).code == 0
        assert json.loads(os.read(reader, 1 << 20))["command"] == "validate"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# --- plan ---


def test_plan_writes_one_folder_to_open(run: Run, district: Path, tmp_path: Path) -> None:
    before = left_in(tmp_path)
    result = run("plan", district, "--out", "out/three")
    assert result.code == 0
    assert str(Path("out/three/index.html")) in result.out
    out = tmp_path / "out" / "three"
    assert {"index.html", "run.json", "check.json"} <= {path.name for path in out.iterdir()}
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert set(record["files"]) | {"run.json"} == {
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    }
    changed = {path for path in left_in(tmp_path) - before if not path.startswith("out/three/")}
    assert changed == {"out", "out/three"}
    assert (out / "check.json").read_text() == netplan.check(netplan.load(district)).to_json()


def test_plan_names_its_folder_after_the_district_s(run: Run, district: Path) -> None:
    assert run("plan", district).code == 0
    assert Path("out/three schools/index.html").is_file()


def test_plan_replaces_its_own_output_and_nothing_else(
    run: Run, district: Path, tmp_path: Path
) -> None:
    assert run("plan", district, "--out", "out").code == 0
    page = (tmp_path / "out" / "index.html").read_bytes()
    (tmp_path / "out" / "index.html").write_text("stale")
    assert run("plan", district, "--out", "out").code == 0
    assert (tmp_path / "out" / "index.html").read_bytes() == page
    (tmp_path / "out" / "thesis.docx").write_text("ten years of work")
    before = {p: (tmp_path / p).stat().st_mtime_ns for p in left_in(tmp_path)}
    result = run("plan", district, "--out", "out")
    assert result.code == 2
    assert "thesis.docx" in result.err
    assert {p: (tmp_path / p).stat().st_mtime_ns for p in left_in(tmp_path)} == before


def test_a_folder_of_others_is_refused_before_the_work(
    run: Run, district: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("worked before refusing")

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    monkeypatch.setattr(pipeline, "run", never)
    result = run("plan", district, "--out", "mine")
    assert result.code == 2
    assert "notes.txt" in result.err
    assert left_in(tmp_path / "mine") == {"notes.txt"}


def test_plan_into_the_district_s_own_folder_is_refused(run: Run, district: Path) -> None:
    before = left_in(district)
    assert run("plan", district, "--out", district).code == 2
    assert left_in(district) == before


def test_out_below_a_file_is_refused(run: Run, district: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("plan", district, "--out", "file/out")
    assert result.code == 2
    assert (tmp_path / "file").read_text() == "x"
    result = run("plan", district, "--out", "file")
    assert result.code == 2


def test_paths_with_spaces_and_other_alphabets(run: Run, tmp_path: Path) -> None:
    folder = write_district(tmp_path / "Школы округа" / "学区 «α» [red]")
    result = run("plan", folder, "--out", tmp_path / "вывод [bold]" / "出力", "--json", "итог.json")
    assert result.code == 0
    assert "出力" in result.out.replace("\n", "")
    assert "[bold]" in result.out.replace("\n", "")
    assert (tmp_path / "вывод [bold]" / "出力" / "index.html").is_file()
    assert json.loads((tmp_path / "итог.json").read_text())["command"] == "plan"
    result = run("check", tmp_path / "нет [red] такой")
    assert result.code == 2
    assert "[red]" in result.err


# --- hostile cells ---


def renamed(text: str, **ids: str) -> str:
    """Give E1, M1 and H1 other names in a table, their nodes included."""
    for old, new in ids.items():
        text = text.replace(f"{old}-", f"{new}-").replace(f",{old},", f",{new},")
        text = text.replace(f"\n{old},", f"\n{new},")
    return text


@pytest.mark.parametrize(
    "school_id",
    ["../x", "..", "CON", "a/b", "nul.txt", "x" * 200, "%2e%2e", "<b>", "$(reboot)", "学校", "e1 "],
)
def test_ids_that_are_no_file_names(run: Run, tmp_path: Path, school_id: str) -> None:
    folder = write_district(
        tmp_path / "in" / "district",
        schools=renamed(SCHOOLS, E1=school_id),
        nodes=NODES.replace(",E1,", f",{school_id},"),
    )
    before = left_in(tmp_path)
    result = run("plan", folder, "--out", tmp_path / "in" / "out", "--json", tmp_path / "x.json")
    new = left_in(tmp_path) - before
    if result.code == 2:  # refused: then by name, and without a trace
        assert "schools.csv:2:school_id" in result.err
        assert new == set()
        return
    assert result.code == 0
    outside = {path for path in new if not path.startswith("in/out/")}
    assert outside == {"in/out", "x.json"}
    document = json.loads((tmp_path / "x.json").read_text())
    assert school_id.strip() in {row["school_id"] for row in document["buildings"]}
    pages = sorted((tmp_path / "in" / "out").rglob("*.html"))
    assert len(pages) >= 4  # index and a page per building
    reserved = {"con", "nul", "prn", "aux"}
    for page in pages:
        assert page.name.split(".")[0].lower() not in reserved
        assert len(page.name) <= 120
        assert "<b>" not in page.name


def test_ids_that_differ_only_in_case_or_sign_get_pages_of_their_own(
    run: Run, tmp_path: Path
) -> None:
    ids = {"E1": "s-1", "M1": "S-1", "H1": "s/1"}
    folder = write_district(
        tmp_path / "d",
        schools=renamed(SCHOOLS, **ids),
        nodes=_owners(ids),
    )
    result = run("plan", folder, "--out", "out")
    if result.code == 2:
        assert "schools.csv" in result.err
        return
    pages = [path.relative_to("out").as_posix().lower() for path in Path("out").rglob("*.html")]
    assert len(set(pages)) == len(pages) >= 4


def _owners(ids: dict[str, str]) -> str:
    text = NODES
    for old, new in ids.items():
        text = text.replace(f",{old},", f",{new},")
    return text


@pytest.mark.parametrize(
    "name", ["[red]Danger[/red]", "[link=http://x]y[/link]", "[/]", ":warning:", "\x1b[31mred"]
)
def test_names_with_markup_are_shown_as_they_are(run: Run, tmp_path: Path, name: str) -> None:
    folder = write_district(tmp_path / "d", schools=SCHOOLS.replace("Elm Elementary", name))
    result = run("check", folder)
    assert result.code in {0, 2}
    assert "\x1b" not in result.out + result.err
    if result.code == 0:
        assert name.replace("\x1b", "")[:12].strip() in result.out.replace("\n", "")


def test_markup_in_a_bad_cell_is_shown_as_it_is(run: Run, tmp_path: Path) -> None:
    folder = write_district(tmp_path / "d", schools=SCHOOLS.replace(",middle,", ",[red]middel[/],"))
    result = run("check", folder)
    assert result.code == 2
    assert "[red]middel[/]" in result.err


# --- synth and init ---


def test_synth_writes_a_district_that_is_valid(run: Run, tmp_path: Path) -> None:
    result = run("synth", "made", "--schools", "3", "--seed", "5", "--name", "Test [b] County")
    assert result.code == 0
    assert "made" in result.out
    assert run("validate", "made").code == 0
    assert netplan.load(tmp_path / "made").name == "Test [b] County"
    assert {name.split("/")[0] for name in left_in(tmp_path)} == {"made"}
    again = run("synth", "made", "--schools", "4", "--seed", "5")
    assert again.code == 2
    assert len(netplan.load(tmp_path / "made").table("schools")) == 3
    assert run("synth", "made", "--schools", "4", "--seed", "5", "--overwrite").code == 0
    assert len(netplan.load(tmp_path / "made").table("schools")) == 4


def test_synth_overwrites_no_folder_of_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    result = run("synth", "mine", "--schools", "3", "--seed", "5", "--overwrite")
    assert result.code == 2
    assert left_in(tmp_path) == {"mine", "mine/notes.txt"}


LIST = """\
school_id,name,lat,lon,level,enrollment
1,Elm Elementary,27.40,-80.40,elementary,200
2,Maple Middle,27.42,-80.38,middle,400
"""


def test_init_starts_a_folder_that_check_takes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text(LIST)
    result = run("init", "started", "--schools", "schools.csv", "--name", "Test", "--state", "FL")
    assert result.code == 0, result.err
    assert "netplan plan" in result.out
    assert run("check", "started").code == 0
    again = run("init", "started", "--schools", "schools.csv")
    assert again.code == 2
    assert "Traceback" not in again.err


def test_init_from_a_list_that_is_none_writes_nothing(run: Run, tmp_path: Path) -> None:
    for number, text in enumerate(("", "a,b\n1,2\n", "\x00\x01", "name\n")):
        (tmp_path / "list.csv").write_text(text)
        result = run("init", f"started{number}", "--schools", "list.csv")
        assert result.code == 2, text
        assert result.err
    assert left_in(tmp_path) == {"list.csv"}
