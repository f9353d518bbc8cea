"""Synthetic districts: sound at every size, same seed same bytes, never half-written."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.inputs.schemas import TABLES, column_names
from netplan.synth import files as synth_files
from netplan.synth.district import FILES, write_district
from netplan.synth.texts import Planted
from tests.unit.synth_check import assert_sound, files, rows, without

HARBOR_COUNTY = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
SIZES = (1, 2, 3, 4, 7, 8, 9, 12, 18, 24, 61, 200)


def of_code(planted: tuple[Planted, ...], code: str) -> list[Planted]:
    return [problem for problem in planted if problem.code == code]


@pytest.mark.parametrize("schools", SIZES)
@pytest.mark.parametrize("seed", [0, 1, 77])
def test_every_size_is_sound(tmp_path: Path, schools: int, seed: int) -> None:
    written = write_district(tmp_path / "d", schools=schools, seed=seed)
    assert_sound(tmp_path / "d", schools)
    assert os.fspath(written) == str(tmp_path / "d")
    assert written.nodes == len(rows(tmp_path / "d", "nodes"))
    assert written.links == len(rows(tmp_path / "d", "links"))
    assert written.students == sum(int(r["enrollment"]) for r in rows(tmp_path / "d", "schools"))


@pytest.mark.slow
def test_the_largest_is_sound_too(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=2_000, seed=5)
    assert_sound(tmp_path / "d", 2_000)


@pytest.mark.parametrize("schools", [1, 8, 24])
def test_same_seed_same_bytes(tmp_path: Path, schools: int) -> None:
    write_district(tmp_path / "a", schools=schools, seed=3)
    write_district(tmp_path / "b", schools=schools, seed=3)
    write_district(tmp_path / "c", schools=schools, seed=4)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert files(tmp_path / "a")["schools.csv"] != files(tmp_path / "c")["schools.csv"]


def test_harbor_county_is_what_the_command_writes(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=24, seed=1, name="Harbor County Schools")
    fresh, kept = files(tmp_path / "d"), files(HARBOR_COUNTY)
    assert fresh.keys() == kept.keys()
    for name in fresh:
        assert fresh[name] == kept[name], f"{name}: write data/schools/harbor-county again"


def test_plain_text_files(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=24, seed=9)
    found = files(tmp_path / "d")
    assert set(found) <= set(FILES)
    for data in found.values():
        assert b"\r" not in data
        assert data.endswith(b"\n")
    for name, data in found.items():
        if name.endswith(".csv"):
            cells = re.split(r"[,\n]", data.decode("utf-8"))
            assert not [cell for cell in cells if re.fullmatch(r"-?0\.?0*e.*|-0|nan|inf", cell)]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_columns_are_the_contracts(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=24, seed=2)
    for name, data in files(tmp_path / "d").items():
        if name.endswith(".csv"):
            table = name.removesuffix(".csv")
            if table not in TABLES:
                # acs.csv has the Census's columns, the truth is no input.
                assert table in ("acs", "truth/areas")
                continue
            header = data.decode("utf-8").split("\n", 1)[0].split(",")
            assert header == column_names(table)


@pytest.mark.parametrize("schools", [8, 18, 24, 200])
@pytest.mark.parametrize("seed", range(6))
def test_four_problems_are_planted(tmp_path: Path, schools: int, seed: int) -> None:
    folder = tmp_path / "d"
    planted = write_district(folder, schools=schools, seed=seed).planted
    nodes = {row["node_id"]: row for row in rows(folder, "nodes")}
    links = {row["link_id"]: row for row in rows(folder, "links")}
    enrollment = {r["school_id"]: int(r["enrollment"]) for r in rows(folder, "schools")}

    (choked,) = of_code(planted, "link-over-limit")
    assert int(links[choked.elements[0]]["down_mbps"]) <= 0.25 * enrollment[choked.schools[0]]

    lone = of_code(planted, "single-point-of-failure")[0]
    assert len(lone.schools) >= 3
    for element in lone.elements:
        assert without(folder, element) == set(lone.schools)
    others = [node for node in nodes if node.startswith("HUB") and node not in lone.elements]
    assert others
    for hub in others:
        assert len(without(folder, hub)) <= len(lone.schools)
        assert len([link for link in links if link.startswith(f"{hub}-UP")]) == 2

    (wing,) = of_code(planted, "wifi-crowded")
    assert sorted(wing.elements) == sorted(n for n, row in nodes.items() if row["wifi"] == "wifi4")
    for element in wing.elements:
        assert nodes[element]["school_id"] == wing.schools[0]
        assert int(nodes[element]["rooms"]) >= 3 * int(nodes[element]["count"])

    (firewall,) = of_code(planted, "firewall-below-circuit")
    for element in firewall.elements:
        (circuit,) = [row for row in links.values() if row["b"] == element]
        bought = int(circuit["down_mbps"]) * int(circuit["count"])
        assert float(nodes[element]["throughput_mbps"]) < 0.8 * bought
        (content_filter,) = [row["b"] for row in links.values() if row["a"] == element]
        assert float(nodes[content_filter]["throughput_mbps"]) >= bought


def test_harbor_county_tells_its_story(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    written = write_district(folder, schools=24, seed=1)
    links = rows(folder, "links")
    assert 14_000 < written.students < 18_000
    assert len({row["link_id"].split("-")[0] for row in links if "RING" in row["link_id"]}) == 1
    assert len([row for row in rows(folder, "nodes") if row["node_id"].startswith("HUB")]) == 4
    (dual,) = [row["b"] for row in links if row["link_id"].endswith("-UP2") and row["a"][0] == "H"]
    # The dual-homed school survives the loss of either hub.
    for hub in [row["a"] for row in links if row["b"] == dual and row["role"] == "primary"]:
        assert dual.removesuffix("-MDF") not in without(folder, hub)
    (bridge,) = of_code(written.planted, "single-point-of-failure")[1:]
    assert len(bridge.schools) >= 2
    assert without(folder, "conduit-bridge") == set(bridge.schools)


@pytest.mark.parametrize(("schools", "codes"), [(1, 2), (2, 3), (3, 3), (5, 4)])
def test_small_districts_have_what_fits(tmp_path: Path, schools: int, codes: int) -> None:
    planted = write_district(tmp_path / "d", schools=schools, seed=1).planted
    assert len({problem.code for problem in planted}) == codes


def test_readme_says_it_is_synthetic_and_how_it_was_made(tmp_path: Path) -> None:
    written = write_district(
        tmp_path / "d", schools=9, seed=12, name='Bay "East" \\ Schools', aps_per_group=4
    )
    text = (tmp_path / "d" / "README.md").read_text(encoding="utf-8")
    assert "Everything in this folder is synthetic" in text
    command = "netplan synth DIR --schools 9 --seed 12 --name 'Bay \"East\" \\ Schools'"
    assert f"\n{command} --aps-per-group 4\n" in text
    toml = tomllib.loads((tmp_path / "d" / "district.toml").read_text(encoding="utf-8"))
    assert toml["district"]["name"] == 'Bay "East" \\ Schools'
    for problem in written.planted:
        for element in problem.elements:
            assert f"`{element}`" in text


def test_one_node_per_access_point_has_the_benchmark_shape(tmp_path: Path) -> None:
    grouped = write_district(tmp_path / "a", schools=200, seed=1)
    single = write_district(tmp_path / "b", schools=200, seed=1, aps_per_group=1)
    assert single.nodes == pytest.approx(13_209, rel=0.05)
    assert single.links == pytest.approx(13_248, rel=0.05)
    assert grouped.nodes < single.nodes / 4
    points = [
        sum(int(r["count"]) for r in rows(tmp_path / name, "nodes") if r["kind"] == "ap_group")
        for name in ("a", "b")
    ]
    assert points[0] == points[1]
    for table in ("schools", "enrollment", "devices", "measured"):
        assert rows(tmp_path / "a", table) == rows(tmp_path / "b", table)


def test_every_bad_argument_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_district(tmp_path / "d", schools=0, seed=-1, name=" ", aps_per_group=0)
    assert [p.column for p in caught.value.problems] == ["schools", "seed", "aps-per-group", "name"]
    with pytest.raises(InputError, match="2,000"):
        write_district(tmp_path / "d", schools=2_001, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="already holds"):
        write_district(tmp_path, schools=1, seed=1)
    with pytest.raises(InputError, match=r"mine\.txt"):
        write_district(tmp_path, schools=1, seed=1, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_and_an_earlier_one_replaced(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    write_district(tmp_path / "d", schools=8, seed=1)
    write_district(tmp_path / "d", schools=1, seed=1, overwrite=True)
    assert len(rows(tmp_path / "d", "schools")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("a file")
    with pytest.raises(InputError, match="a file stands"):
        write_district(tmp_path / "d", schools=1, seed=1)
    with pytest.raises(InputError, match="cannot be written"):
        write_district(tmp_path / "d" / "below", schools=1, seed=1)


def test_behind_a_link_the_folder_itself_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    write_district(tmp_path / "link", schools=1, seed=1)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "schools.csv").exists()


@pytest.mark.parametrize("reason", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_new_and_the_old_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: BaseException
) -> None:
    write_district(tmp_path / "d", schools=1, seed=1)
    before = files(tmp_path / "d")

    def fail(*args: object) -> None:
        raise reason

    monkeypatch.setattr(synth_files, "_swap", fail)
    expected = InputError if isinstance(reason, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_district(tmp_path / "d", schools=1, seed=2, overwrite=True)
    assert files(tmp_path / "d") == before
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_failed_rename_puts_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_district(tmp_path / "d", schools=1, seed=1)
    before = files(tmp_path / "d")
    rename = Path.rename

    def fail_for_fresh(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_fresh)
    with pytest.raises(InputError, match="cannot be written"):
        write_district(tmp_path / "d", schools=1, seed=2, overwrite=True)
    assert files(tmp_path / "d") == before
    assert [path.name for path in tmp_path.iterdir()] == ["d"]
