"""A sweep by Python: its tables, its workers, its samples that fail, and going on."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import netplan
from netplan.capacity.brief import brief
from netplan.district.model import District
from netplan.errors import InputError, ScenarioError
from netplan.studies import sweep as sweeps
from netplan.studies import sweep_tasks
from netplan.studies.checkpoint import open_checkpoint
from netplan.studies.sweep import chunk_size, fingerprint, sweep
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.paths import parse_set
from netplan.whatif.sweep_file import read_sweep
from tests.unit.folders import write_district
from tests.unit.sweep_district import SWEEP, contents, write_swept

GRID = """\
method = "grid"
years = 3

[[vary]]
name = "students"
cell = "devices[kind=chromebook].per_person"
values = [1.0, 2.0]

[[vary]]
name = "plan"
scenario = ["", "wide", "rollout"]
"""
WIDE = """\
[[change]]
table = "links"
where = { link_id = "wan-H1" }
multiply = { down_mbps = 4.0, up_mbps = 4.0 }
"""
ROLLOUT = """\
[[wave]]
school_year = "2027-28"
schools = ["E1"]
[[wave.change]]
table = "devices"
where = { kind = "laptop" }
set = { per_person = 3.0 }
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[District, Path]:
    """Give the district and the folder of its sweep, run in this process."""
    folder = tmp_path_factory.mktemp("small")
    district = netplan.load(write_swept(folder / "in"))
    sweep(district, "small", out=folder / "out", workers=1)
    return district, folder / "out"


def laid(folder: Path, sweep_toml: str, **more: str) -> District:
    files = {"sweeps/small.toml": sweep_toml}
    files |= {f"scenarios/{name}.toml": text for name, text in more.items()}
    return netplan.load(write_district(folder, files))


def test_every_row_is_what_a_check_gives(tmp_path: Path) -> None:
    district = laid(tmp_path / "in", GRID, wide=WIDE, rollout=ROLLOUT)
    report = sweep(district, "small", out=tmp_path / "out", workers=1)
    results, districts = report.results, report.districts
    assert len(results) == 6 * 3 * 3 and len(districts) == 6 * 3
    assert report.school_years == ("2026-27", "2027-28", "2028-29")
    key = ["sample", "school_year", "school_id"]
    assert results[key].equals(results.sort_values(key, ignore_index=True)[key])
    for number, students, plan in (
        (0, 1.0, ""), (1, 1.0, "wide"), (2, 1.0, "rollout"), (5, 2.0, "rollout"),
    ):  # fmt: skip
        for year in report.school_years:
            rows = results[(results["sample"] == number) & (results["school_year"] == year)]
            assert set(rows["input_students"]) == {students} and set(rows["input_plan"]) == {plan}
            changed = netplan_inputs(district, plan, students, year)
            expected = netplan.check(changed).buildings.set_index("school_id").sort_index()
            for ours, theirs in (
                ("utilization_share", "bottleneck_utilization_share"),
                ("load_down_mbps", "load_down_mbps"),
                ("headroom_mbps", "headroom_mbps"),
                ("devices", "devices"),
            ):
                np.testing.assert_allclose(rows[ours], expected[theirs].astype(float), rtol=1e-12)
            assert list(rows["element"]) == list(expected["bottleneck_element"])
            assert list(rows["over"]) == list(expected["status"] == "over")
            whole = districts[
                (districts["sample"] == number) & (districts["school_year"] == year)
            ].iloc[0]
            assert whole["buildings_over"] == rows["over"].sum()
            assert whole["worst_utilization_share"] == rows["utilization_share"].max()


def netplan_inputs(district: District, plan: str, students: float, year: str) -> District:
    from netplan.whatif.read import read_scenario

    scenarios = [read_scenario(district.inputs.folder, plan)] if plan else []
    sets = [parse_set(f"devices[kind=chromebook].per_person={students}")]
    return District(inputs=apply_scenarios(district.inputs, scenarios, sets, year))


@pytest.mark.parametrize("size", [1, 5, 12])
def test_chunks_leave_nothing_in_the_results(
    small: tuple[District, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    district, expected = small
    monkeypatch.setattr(sweeps, "chunk_size", lambda _samples: size)
    sweep(district, "small", out=tmp_path / "out", workers=1)
    ours, theirs = contents(tmp_path / "out"), contents(expected)
    assert ours.keys() == theirs.keys()
    del ours["run.json"], theirs["run.json"]  # it tells the size of a chunk
    assert ours == theirs


def test_rows_are_kept_together_whatever_chunks_they_came_in(
    small: tuple[District, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, expected = small
    from netplan.studies import sweep_results

    monkeypatch.setattr(sweep_results, "_ROWS", 10)
    files = []
    for size in (1, 5):
        monkeypatch.setattr(sweeps, "chunk_size", lambda _samples, size=size: size)
        sweep(district, "small", out=tmp_path / str(size), workers=1)
        files.append((tmp_path / str(size) / "results.parquet").read_bytes())
    assert files[0] == files[1]
    metadata = pq.read_metadata(tmp_path / "1" / "results.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [10] * 7 + [
        2
    ]
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "1" / "results.parquet"),
        pd.read_parquet(expected / "results.parquet"),
    )


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds workers in /proc")
def test_workers_give_the_same_bytes_though_one_is_killed(
    small: tuple[District, Path], tmp_path: Path
) -> None:
    district, expected = small
    killed: list[int] = []

    def kill_one(done: int, _total: int) -> None:
        if done and not killed:
            killed.append(worker_ids()[0])
            os.kill(killed[0], signal.SIGKILL)

    out = tmp_path / "out"
    sweep(district, "small", out=out, workers=2, progress=kill_one)
    assert killed
    assert contents(out) == contents(expected)


def worker_ids() -> list[int]:
    """Give the processes of joblib that this one started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
            told = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"popen_loky" in told:
            found.append(int(path.parent.name))
    return sorted(found)


def test_an_impossible_sample_is_a_problem_and_not_an_end(tmp_path: Path) -> None:
    # 0.9 of the devices in video, and video + web pass all there are
    file = """\
method = "list"
[[vary]]
name = "video"
cell = "activities[period=class1,app=video].share"
values = [0.1, 0.9, 0.5]
"""
    district = laid(tmp_path / "in", file)
    report = sweep(district, "small", out=tmp_path / "out", workers=1)
    assert sorted(report.results["sample"].unique()) == [0, 2]
    assert list(report.problems["sample"]) == [1]
    problem = report.problems.iloc[0]
    assert (problem["input_video"], problem["file"], problem["row"]) == (
        0.9,
        "sweeps/small.toml",
        4,
    )
    assert report.summary.failed == 1
    document = json.loads(report.to_json())
    assert document["sweep"]["failed"] == 1 and document["sample_problems"][0]["sample"] == 1
    assert document["inputs"]["sweeps/small.toml"] == report.sweep.sha256


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("devices[kind=chromebok].per_person", "small.toml:4"),
        ("links[link_id=wan-X].down_mbps", "small.toml:4"),
    ],
)
def test_what_no_sample_can_do_is_refused_before_it_starts(
    tmp_path: Path, cell: str, said: str
) -> None:
    file = f'method = "list"\n[[vary]]\nname = "x"\ncell = "{cell}"\nvalues = [1.0, 2.0]\n'
    district = laid(tmp_path / "in", file.replace('name = "x"\n', 'name = "x"\n'))
    with pytest.raises(ScenarioError, match=r"small\.toml"):
        sweep(district, "small", out=tmp_path / "out", workers=1)
    assert not (tmp_path / "out").exists()


def test_scenarios_that_are_not_there_are_all_told(tmp_path: Path) -> None:
    file = 'method = "grid"\nscenarios = ["nope"]\n[[vary]]\nscenario = ["", "neither", "wide"]\n'
    district = laid(tmp_path / "in", file, wide=WIDE)
    with pytest.raises(ScenarioError) as caught:
        sweep(district, "small", out=tmp_path / "out", workers=1)
    assert "nope" in str(caught.value) and "neither" in str(caught.value)


def test_a_district_without_school_year_counts_its_years(tmp_path: Path) -> None:
    from tests.unit.folders import edited

    toml = edited("district", 'school_year = "2026-27"\n', "")
    folder = write_district(
        tmp_path / "in",
        {"sweeps/small.toml": SWEEP.replace("samples = 12", "samples = 2")},
        district=toml,
    )
    report = sweep(netplan.load(folder), "small", out=tmp_path / "out", workers=1)
    assert report.school_years == ("+0", "+1")
    first, second = (report.results[report.results["school_year"] == year] for year in ("+0", "+1"))
    growth = 1.0 + first["input_growth"].to_numpy()
    np.testing.assert_allclose(
        second["utilization_share"], first["utilization_share"].to_numpy() * growth, rtol=1e-12
    )


def test_years_reach_the_last_wave_unless_said(tmp_path: Path) -> None:
    district = laid(tmp_path / "in", GRID.replace("years = 3\n", ""), wide=WIDE, rollout=ROLLOUT)
    report = sweep(district, "small", out=tmp_path / "out", workers=1)
    assert report.school_years == ("2026-27", "2027-28")


def test_what_stands_there_is_not_overwritten_and_not_mixed(
    small: tuple[District, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, expected = small
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"mine\.txt"):
        sweep(district, "small", out=out, workers=1)
    (out / "mine.txt").unlink()

    def stop(done: int, _total: int) -> None:
        if done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(district, "small", out=out, workers=1, progress=stop)
    with pytest.raises(InputError, match=r"unfinished sweep.*--resume"):
        sweep(district, "small", out=out, workers=1)
    other = replace(district.inputs.planning, class_size=30.0)
    changed = District(inputs=replace(district.inputs, planning=other))
    with pytest.raises(InputError, match="another sweep: the district, as scenarios"):
        sweep(changed, "small", out=out, workers=1, resume=True)
    monkeypatch.setattr(sweeps, "__version__", "9.9.9")
    with pytest.raises(InputError, match="the version of netplan differ"):
        sweep(district, "small", out=out, workers=1, resume=True)
    monkeypatch.undo()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"mine\.txt"):
        sweep(district, "small", out=out, workers=1, resume=True)
    (out / "mine.txt").unlink()
    # a part that the disk spoiled is done again; the others are not
    (out / ".parts" / "part-00002.parquet").write_bytes(b"PAR1")
    done: list[int] = []
    sweep(district, "small", out=out, workers=1, resume=True, progress=lambda a, _: done.append(a))
    assert done[0] == 4 and done[-1] == 12
    assert contents(out) == contents(expected)
    # finished: --resume has nothing to do, and without it all is done anew
    done.clear()
    sweep(district, "small", out=out, workers=1, resume=True, progress=lambda a, _: done.append(a))
    assert done == []
    sweep(district, "small", out=out, workers=1, progress=lambda a, _: done.append(a))
    assert done[0] == 0 and contents(out) == contents(expected)


def test_the_fingerprint_sees_every_table(small: tuple[District, Path]) -> None:
    inputs = small[0].inputs
    same = fingerprint(inputs)
    assert fingerprint(replace(inputs)) == same
    for cell in (
        "links[link_id=wan-E1].down_mbps=101",
        "devices[kind=laptop].per_person=1.01",
        "apps[app=web].cv=0.9",
        "planning.percentile=0.9",
    ):
        assert fingerprint(apply_scenarios(inputs, (), [parse_set(cell)])) != same, cell


def test_a_task_crosses_to_another_process_whole(small: tuple[District, Path]) -> None:
    district, _ = small
    asked = read_sweep(district.inputs.folder, "small")
    task = sweeps.make_task(district.inputs, asked)
    other, like = sweep_tasks._unpacked(sweep_tasks.packed(task))
    assert like is not None
    assert fingerprint(other.inputs) == fingerprint(task.inputs)
    sample = sweeps.samples_of(asked)[3]
    alone = sweep_tasks.evaluate(task, None, sample)
    lent = sweep_tasks.evaluate(other, like, sample)
    for ours, theirs in zip(alone, lent, strict=True):
        assert ours.brief is not None and theirs.brief is not None
        assert (ours.brief.utilization_share == theirs.brief.utilization_share).all()
    assert (brief(like).devices > 0).all()


def test_chunks_depend_on_samples_alone() -> None:
    assert [chunk_size(n) for n in (1, 64, 65, 1_000, 1_000_000)] == [1, 1, 2, 16, 64]


def test_a_worker_count_that_cannot_be(small: tuple[District, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--workers"):
        sweep(small[0], "small", out=tmp_path / "out", workers=0)


def test_a_list_of_files_never_leads_out_of_its_folder(tmp_path: Path) -> None:
    """What a record of an earlier run lists is deleted, but nothing beside the folder."""
    precious = tmp_path / "precious.txt"
    precious.write_text("mine", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    listed = ["../precious.txt", str(precious), "old.csv"]
    (out / "run.json").write_text(json.dumps({"netplan": "0", "files": listed}), encoding="utf-8")
    (out / "old.csv").write_text("a", encoding="utf-8")
    begun = open_checkpoint(out, {"sweep": "x"}, resume=False)

    def write(folder: Path) -> None:
        (folder / "new.csv").write_text("b", encoding="utf-8")

    begun.finish(write)
    assert precious.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in out.iterdir()) == ["new.csv", "run.json"]
