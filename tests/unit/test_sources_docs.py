"""The example of docs/init.md does what the page says."""

import re
from pathlib import Path

from netplan.inputs.folder import read_folder
from netplan.sources import rules
from netplan.sources.areas import COUNTY_SCHOOLS_SHARE
from netplan.sources.census import MISSING_AREAS_SHARE
from netplan.sources.lists import init_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "init.md"


def test_the_page_names_one_folder_and_the_main_command() -> None:
    text = PAGE.read_text(encoding="utf-8")
    commands = re.findall(r"^netplan (init|validate|plan|check) (\S+)", text, re.MULTILINE)
    assert {folder for _, folder in commands} == {"data/schools/harbor"}
    assert [name for name, _ in commands] == ["init", "validate", "plan", "init", "init"]
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


def test_the_numbers_of_the_page_are_those_of_the_rules() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for said in (
        f"at most {rules.AFTER_SCHOOL_HOURS_PER_WEEK:g} a week",
        f"without hours: {rules.HOURS_WITHOUT_LIST:g}",
        f"each {rules.SQ_FEET_PER_SEAT:g} sq ft",
        f"{rules.SEATS_RANGE[0]} to {rules.SEATS_RANGE[1]}",
        f"{rules.LIBRARY_BACKHAUL_MBPS:g} Mbps; {rules.LIBRARY_USD_PER_YEAR:,.0f} USD",
        f"Stops within {rules.SAME_STOP_M:g} m",
        f"{rules.BUS_CLIENTS} devices over {rules.BUS_BACKHAUL_MBPS:g} Mbps",
        f"{rules.BUS_USD_PER_YEAR:,.0f} USD a year and {rules.BUS_USD_PER_HOUR:g} USD",
        f"at {rules.LENDING_USD_PER_STUDENT_YEAR:.2f} USD",
        f"at least {1 - MISSING_AREAS_SHARE:.0%}".replace("%", " %"),
        f"at least {COUNTY_SCHOOLS_SHARE:.0%}".replace("%", " %"),
    ):
        assert said in text, said
