"""Files that are missing, foreign, broken, or not files at all."""

import hashlib
import os
from pathlib import Path

import pytest

from netplan.errors import InputError, Problem
from netplan.inputs import files, reader
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.folders import BELL, FILES, SCHOOLS, edited, with_rows, write_district


def only(folder: Path, code: str) -> Problem:
    """Give the one problem of a code."""
    problems = [problem for problem in validate_folder(folder) if problem.code == code]
    assert len(problems) == 1
    if problems[0].severity == "error":
        with pytest.raises(InputError):
            read_folder(folder)
    return problems[0]


def test_a_good_folder_has_no_problem_and_its_hashes(tmp_path: Path) -> None:
    folder = write_district(tmp_path)
    assert validate_folder(folder) == ()
    inputs = read_folder(folder)
    assert dict(inputs.hashes) == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in FILES.items()
    }
    with pytest.raises(TypeError):
        inputs.tables["schools"] = inputs.tables["nodes"]  # type: ignore[index]


def test_no_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", Path(__file__)):
        (problem,) = validate_folder(path)
        assert problem.code == "no-folder"
        with pytest.raises(InputError):
            read_folder(path)


@pytest.mark.parametrize("stem", ["district", "schools", "nodes", "links"])
def test_required_files(tmp_path: Path, stem: str) -> None:
    problem = only(write_district(tmp_path, **{stem: None}), "missing-file")
    assert problem.file.startswith(stem)


@pytest.mark.parametrize("stem", ["devices", "apps", "activities", "bell"])
def test_optional_files(tmp_path: Path, stem: str) -> None:
    more = {"activities": None} if stem in ("apps", "bell") else {}
    inputs = read_folder(write_district(tmp_path, **({stem: None} | more)))
    codes = [problem.code for problem in inputs.problems]
    assert codes == (["no-devices"] if stem == "devices" else [])


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Links.csv", "links.csv"),
        ("link.csv", "links.csv"),
        ("schools.xlsx", "schools.csv"),
        ("nodes.csv.txt", "nodes.csv"),
        ("District.toml", "district.toml"),
        ("measured.CSV", "measured.csv"),
    ],
)
def test_a_name_that_is_almost_right(tmp_path: Path, name: str, meant: str) -> None:
    problem = only(write_district(tmp_path, files={name: "x"}), "near-miss-file")
    assert problem.severity == "note"
    assert problem.file == name
    assert meant in str(problem)


def test_a_missing_file_names_the_one_that_is_meant(tmp_path: Path) -> None:
    folder = write_district(tmp_path, links=None, files={"Links.csv": "x"})
    assert "Rename 'Links.csv'" in only(folder, "missing-file").fix
    folder = write_district(tmp_path / "b", links=None, files={"links.xlsx": "x"})
    assert "'links.xlsx'" in only(folder, "missing-file").fix


def test_strangers_are_left_alone(tmp_path: Path) -> None:
    strangers = {
        "scenarios/a.toml": "!",
        "notes.docx": "",
        ".~lock.schools.csv#": "",
        "README.md": "",
    }
    assert validate_folder(write_district(tmp_path, files=strangers)) == ()


@pytest.mark.parametrize(
    ("content", "code", "part"),
    [
        (b"", "empty-file", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty-file", "empty"),
        (b",,,\n,,,\n", "empty-file", "empty"),
        (SCHOOLS.split("\n", 1)[0].encode(), "no-rows", "header"),
        (SCHOOLS.split("\n", 1)[0].encode() + b"\n,,,,,,\n", "no-rows", "header"),
        (b"PK\x03\x04" + b"x" * 90, "not-csv", "Excel"),
        (
            b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "not-csv",
            "OpenDocument",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90, "not-csv", ".xls"),
        (b"\n<HTML><table>", "not-csv", "web page"),
        (b"%PDF-1.7", "not-csv", "PDF"),
        (SCHOOLS.encode("utf-16"), "wrong-encoding", "UTF-16"),
        (SCHOOLS.encode("utf-16-le"), "wrong-encoding", "UTF-16"),
        (SCHOOLS.replace(",", ";").encode(), "wrong-delimiter", "semicolons"),
        (SCHOOLS.replace(",", "\t").encode(), "wrong-delimiter", "tabs"),
        (b"sep=,\n" + SCHOOLS.encode(), "wrong-delimiter", "sep="),
        (SCHOOLS.replace("Elm Ele", '"Elm" Ele').encode(), "bad-quoting", "quot"),
        (SCHOOLS.replace("Hickory", '"Hickory').encode(), "bad-quoting", "quot"),
        (SCHOOLS.replace("Elm", "x" * 200_000).encode(), "cell-too-long", "longer"),
        (SCHOOLS.replace("Elm", "x" * 40_000).encode(), "cell-too-long", "longer"),
        (SCHOOLS.replace("Elm", "E\0m").encode(), "nul-byte", "NUL"),
        (SCHOOLS.replace("name", "staff").encode(), "duplicate-column", "two columns"),
        (SCHOOLS.replace("school_id", "SchoolID").encode(), "missing-column", "'SchoolID'"),
        (SCHOOLS.replace("school_id", "zzz").encode(), "missing-column", "Add the column"),
        (
            SCHOOLS.replace("enrollment", "students").encode(),
            "missing-column",
            "Rename 'students' to 'enrollment'?",
        ),
        (SCHOOLS.replace(",20\n", ",20,5\n").encode(), "ragged-row", "8 cells (7 commas)"),
        (SCHOOLS.replace(",20\n", "\n").encode(), "ragged-row", "expected 7"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, code: str, part: str) -> None:
    problem = only(write_district(tmp_path, schools=content), code)
    assert problem.file == "schools.csv"
    assert problem.severity == "error"
    assert part in str(problem)


@pytest.mark.parametrize("stem", ["devices", "enrollment", "measured", "bell"])
def test_an_optional_file_must_not_be_empty_either(tmp_path: Path, stem: str) -> None:
    assert "delete the file" in only(write_district(tmp_path, **{stem: ""}), "empty-file").fix


def test_too_many_columns(tmp_path: Path) -> None:
    wide = ",".join(f"c{n}" for n in range(1_001))
    assert only(write_district(tmp_path, schools=f"{wide}\n"), "too-many-columns").row == 1


def test_a_wrong_encoding_names_each_cell(tmp_path: Path) -> None:
    text = SCHOOLS.replace("Elm", "Señora").replace("Maple", "Érable")
    problems = validate_folder(write_district(tmp_path, schools=text.encode("latin-1")))
    assert [(p.code, p.row, p.column, p.value) for p in problems] == [
        ("wrong-encoding", 2, "name", "Señora Elementary"),
        ("wrong-encoding", 3, "name", "Érable Middle"),
    ]
    header = SCHOOLS.replace("staff", "staff,Größe").replace("0\n", "0,1\n").encode("latin-1")
    problem = only(write_district(tmp_path / "b", schools=header), "wrong-encoding")
    assert (problem.row, problem.column) == (1, "Größe")


def test_a_byte_order_mark_crlf_and_empty_rows_change_nothing(tmp_path: Path) -> None:
    plain = read_folder(write_district(tmp_path / "a"))
    odd = b"\xef\xbb\xbf" + SCHOOLS.replace("\n", "\r\n\r\n").encode() + b",,,,,,\r\n"
    other = read_folder(write_district(tmp_path / "b", schools=odd))
    assert other.tables["schools"].equals(plain.tables["schools"])
    old_mac = SCHOOLS.replace("\n", "\r").encode()
    assert read_folder(write_district(tmp_path / "c", schools=old_mac)).problems == ()


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    text = (
        SCHOOLS.replace("Elm Elementary", '"Elm\nElementary"')
        + "\n\n"
        + "M1,Twice,27.41,-80.4,x,1,1"
    )
    problems = validate_folder(write_district(tmp_path, schools=text))
    assert {(p.code, p.row) for p in problems} == {("duplicate-key", 7), ("not-in-list", 7)}


def test_trailing_empty_columns_are_no_columns(tmp_path: Path) -> None:
    text = SCHOOLS.replace("\n", ",,\n")
    assert validate_folder(write_district(tmp_path, schools=text)) == ()
    text = SCHOOLS.replace("staff\n", "staff,\n").replace("0\n", "0,x\n")
    assert only(write_district(tmp_path, schools=text), "extra-column").severity == "note"


def test_cells_of_a_ragged_row_are_not_judged(tmp_path: Path) -> None:
    text = SCHOOLS.replace("E1,Elm Elementary", "E1,Elm,Elementary")
    problems = validate_folder(write_district(tmp_path, schools=text))
    assert [(problem.code, problem.row) for problem in problems] == [("ragged-row", 2)]


def test_a_misspelled_optional_column_is_suggested(tmp_path: Path) -> None:
    text = edited("links", "up_mbps", "up_mpbs")
    problem = only(write_district(tmp_path, links=text), "extra-column")
    assert "Did you mean 'up_mbps'?" in problem.fix


@pytest.mark.parametrize(
    ("stem", "old", "new"),
    [
        ("schools", "lat,lon", "latitude,lon"),
        ("schools", "enrollment", "Kids"),
        ("nodes", "kind", "type"),
        ("links", "down_mbps", "Bandwidth"),
        ("links", ",b,", ",to,"),
        ("bell", "start,end", "start_time,end"),
    ],
)
def test_other_words_for_a_column_are_known(tmp_path: Path, stem: str, old: str, new: str) -> None:
    problems = validate_folder(write_district(tmp_path, **{stem: edited(stem, old, new)}))
    (missing,) = [p for p in problems if p.file == f"{stem}.csv"]
    assert missing.code == "missing-column"
    assert missing.fix == f"Rename {new.strip(',').split(',')[0]!r} to {missing.column!r}?"


def test_the_columns_of_init_are_known(tmp_path: Path) -> None:
    text = SCHOOLS.replace("staff\n", "staff,guess,source_row\n").replace("0\n", "0,staff: x,4\n")
    folder = write_district(tmp_path, schools=text)
    assert validate_folder(folder) == ()
    assert set(read_folder(folder).tables["schools"]["guess"]) == {"staff: x"}


@pytest.mark.parametrize(
    ("stem", "row"),
    [
        ("schools", ",Total,,,,1400,140"),
        ("schools", "Total,,,,,1400,140"),
        ("schools", ",Grand Total,,,,1400"),
        ("schools", ",,,,,1400,140"),
        ("enrollment", ",Total,300"),
    ],
)
def test_a_total_row_is_told_once(tmp_path: Path, stem: str, row: str) -> None:
    enrollment = "school_id,grade,students\nE1,3,100\nE1,4,100\n"
    text = (SCHOOLS if stem == "schools" else enrollment) + row + "\n"
    (problem,) = validate_folder(write_district(tmp_path, **{stem: text}))
    assert (problem.code, problem.file) == ("total-row", f"{stem}.csv")
    assert "total row" in problem.message
    assert problem.fix == "Delete it."


def test_a_school_may_be_called_total(tmp_path: Path) -> None:
    text = edited("schools", "Elm Elementary", "Total Learning Academy")
    assert validate_folder(write_district(tmp_path, schools=text)) == ()


def test_the_folder_above_and_a_folder_of_results(tmp_path: Path) -> None:
    write_district(tmp_path / "harbor-county")
    (problem,) = validate_folder(tmp_path)
    assert problem.code == "folder-of-districts"
    assert "harbor-county looks like a district" in problem.message
    assert problem.fix == f"Did you mean {tmp_path / 'harbor-county'}?"
    write_district(tmp_path / "other")
    (problem,) = validate_folder(tmp_path)
    assert "2 folders in it look like districts: harbor-county, other" in problem.message
    results = tmp_path / "out"
    results.mkdir()
    for name in ("run.json", "index.html"):
        (results / name).write_text("{}")
    (problem,) = validate_folder(results)
    assert problem.code == "results-folder"
    assert "Name the district folder" in problem.fix


def test_the_least_that_a_district_can_be(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "district.toml": '[district]\nname = "Least"\n',
        "schools.csv": "school_id,name,lat,lon,level,enrollment\r\n"
        '"E1","Elm, the first",27.4,-80.4,elementary,200\r\n\r\n,,,,,\r\n',
        "nodes.csv": "node_id,kind,school_id\r\ninet,internet,\r\nE1-mdf,mdf,E1\r\n,,\r\n",
        "links.csv": "link_id,a,b,down_mbps\r\nup,inet,E1-mdf,1000\r\n\r\n\r\n",
    }
    folder = write_district(tmp_path, files | {name: None for name in FILES if name not in files})
    inputs = read_folder(folder)
    assert [problem.code for problem in inputs.problems] == ["no-devices"]
    assert list(inputs.tables["schools"]["name"]) == ["Elm, the first"]
    assert (len(inputs.tables["nodes"]), len(inputs.tables["links"])) == (2, 1)


def test_extra_columns_are_kept(tmp_path: Path) -> None:
    text = SCHOOLS.replace("staff\n", "staff,mascot\n").replace("0\n", "0,owl\n")
    schools = read_folder(write_district(tmp_path, schools=text)).tables["schools"]
    assert set(schools["mascot"]) == {"owl"}


def test_not_a_file(tmp_path: Path) -> None:
    folder = write_district(tmp_path, schools=None, nodes=None)
    (folder / "schools.csv").mkdir()
    os.mkfifo(folder / "nodes.csv")
    problems = [p for p in validate_folder(folder) if p.code == "not-a-file"]
    assert [(p.file, p.message.split(" stands")[0]) for p in problems] == [
        ("schools.csv", "a folder"),
        ("nodes.csv", "a pipe or device"),
    ]


def test_links_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text(SCHOOLS)
    folder = write_district(tmp_path / "d", schools=None, bell=None, files={"own.csv": BELL})
    (folder / "schools.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "bell.csv").symlink_to("own.csv")
    problems = validate_folder(folder)
    assert [(p.code, p.file) for p in problems if p.severity == "error"] == [
        ("leaves-folder", "schools.csv")
    ]
    (folder / "schools.csv").unlink()
    (folder / "schools.csv").symlink_to("schools.csv")
    assert only(folder, "unreadable-file").file == "schools.csv"
    (folder / "schools.csv").unlink()
    (folder / "schools.csv").symlink_to("/dev/zero")
    assert only(folder, "leaves-folder").file == "schools.csv"


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    folder = write_district(tmp_path / "d")
    (tmp_path / "link").symlink_to(folder)
    assert validate_folder(tmp_path / "link") == ()


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netplan.inputs.folder.MAX_TABLE_BYTES", 400)
    assert {p.file for p in validate_folder(write_district(tmp_path))} >= {"nodes.csv"}
    assert files.MAX_TABLE_BYTES == 200_000_000
    assert reader.MAX_CELL_CHARACTERS == 32_767
    problem = files.read_bytes(files.Folder(root=tmp_path, names=()), "nodes.csv", 400)
    assert isinstance(problem, Problem)
    assert problem.code == "file-too-large"


def test_everything_is_said_at_once_in_the_order_of_the_contract(tmp_path: Path) -> None:
    folder = write_district(
        tmp_path,
        district=edited("district", "0.95", "1.5"),
        schools=edited("schools", "200,20", "-1,few"),
        devices="kind\nx\n",
        bell=None,
        nodes=with_rows("nodes", "x,mfd,E9,,1,,,,"),
        links=b"",
        files={"measured.csv": "link_id,direction,p95_mbps\n,sideways,\n"},
    )
    problems = [p for p in validate_folder(folder) if p.severity == "error"]
    assert [(p.file, p.row, p.code) for p in problems] == [
        ("district.toml", 8, "share-above-one"),
        ("schools.csv", 2, "negative-number"),
        ("schools.csv", 2, "not-a-number"),
        ("devices.csv", 1, "missing-column"),
        ("devices.csv", 1, "missing-column"),
        ("devices.csv", 1, "missing-column"),
        ("activities.csv", 2, "unknown-period"),
        ("activities.csv", 3, "unknown-period"),
        ("activities.csv", 5, "unknown-period"),
        ("activities.csv", 6, "unknown-period"),
        ("activities.csv", 7, "unknown-period"),
        ("nodes.csv", 20, "not-in-list"),
        ("nodes.csv", 20, "unknown-school"),
        ("links.csv", None, "empty-file"),
        ("measured.csv", 2, "missing-value"),
        ("measured.csv", 2, "not-in-list"),
        ("measured.csv", 2, "missing-value"),
    ]
