"""The example of docs/init.md does what the page says."""

import re
from pathlib import Path

from netplan.inputs.folder import read_folder
from netplan.sources.lists import init_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "init.md"


def test_the_page_names_one_folder_and_the_main_command() -> None:
    text = PAGE.read_text(encoding="utf-8")
    commands = re.findall(r"^netplan (init|validate|plan|check) (\S+)", text, re.MULTILINE)
    assert {folder for _, folder in commands} == {"data/schools/harbor"}
    assert [name for name, _ in commands] == ["init", "validate", "plan", "init"]
    assert "netplan check" not in text


def test_the_spreadsheet_of_the_page(tmp_path: Path) -> None:
    blocks = re.findall(r"```(?:csv|toml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    paths = [tmp_path / name for name in ("buildings.csv", "lines.csv", "map.toml")]
    for path, block in zip(paths, blocks, strict=True):
        path.write_text(block, encoding="utf-8")
    made = init_folder(
        tmp_path / "harbor",
        schools=paths[0],
        circuits=paths[1],
        mapping=paths[2],
        name="Harbor Schools",
    )
    inputs = read_folder(made.folder)
    links = inputs.tables["links"].set_index("link_id")
    assert links.loc[["INTERNET", "WAN-014", "WAN-022", "WAN-031"], "down_mbps"].tolist() == [
        2000,
        500,
        500,
        1000,
    ]
    assert links.loc["WAN-031", "monthly_usd"] == 750
    levels = inputs.tables["schools"].set_index("school_id")["level"]
    assert dict(levels) == {"014": "elementary", "022": "middle", "031": "high"}
    assert {guess.rule for guess in made.guesses if guess.file == "links.csv"} >= {"wan-by-size"}
    assert not [guess for guess in made.guesses if guess.key in ("INTERNET", "WAN-031")]
