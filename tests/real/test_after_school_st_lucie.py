"""The after-school half of St. Lucie by tract: an internet column without a margin of error."""

import csv
import math
from pathlib import Path

import pytest

import netplan
from netplan.access.assemble import assemble
from netplan.access.choose import choose
from netplan.access.model import Goal
from netplan.gap.estimate import estimate
from netplan.inputs.folder import read_folder, validate_folder
from netplan.inputs.model import Inputs
from netplan.sources.lists import InitResult, init_folder

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ST_LUCIE = DATA / "st_lucie_fl"
TRACTS = ST_LUCIE / "tracts_svi2018_nointernet2019.geojson"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> InitResult:
    return init_folder(
        tmp_path_factory.mktemp("init") / "st-lucie",
        schools=ST_LUCIE / "schools_nces.csv",
        circuits=ST_LUCIE / "wan_circuits_erate_fy2015.csv",
        areas=TRACTS,
        acs=[TRACTS],
        libraries=ST_LUCIE / "libraries_pls_fy2019.csv",
        parks=ST_LUCIE / "parks_fgdl_nov2021.csv",
        buses=5,
        transit=True,
    )


@pytest.fixture(scope="module")
def inputs(made: InitResult) -> Inputs:
    return read_folder(made.folder)


def table(made: InitResult, name: str) -> list[dict[str, str]]:
    with (made.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_percentage_becomes_a_count_without_a_margin(made: InitResult) -> None:
    rows = {row["geoid"]: row for row in table(made, "acs.csv")}
    assert len(rows) == 44
    assert "B28002_013M" not in rows["12111380100"]
    # Tract 3801: 41.65 % of 430 households.
    assert float(rows["12111380100"]["B28002_013E"]) == pytest.approx(0.4165 * 430)
    assert rows["12111380100"]["guess"] == "B28002_013E: no-internet-percent"
    # The tract without households has no percentage, and none is invented.
    empty = rows["12111980000"]
    assert (empty["B28002_001E"], empty["B28002_013E"]) == ("0", "")
    told = {note.code: note.message for note in made.problems}
    assert "The percentage has no margin of error" in told["percent-without-margin"]
    assert "12111980000 (no households)" in told["percent-missing"]
    assert "children under 18" in told["columns-renamed"]


def test_places(made: InitResult) -> None:
    assert made.counts["partners"] == 7
    assert {row["transit"] for row in table(made, "partners.csv")} == {"true"}
    hours = [row["hours_per_week"] for row in table(made, "partners.csv")]
    assert set(hours) == {"30"}  # open 43 to 52 hours
    left = {
        row.row: row.reason for row in made.left_out_after_school if row.file.startswith("parks")
    }
    assert left.pop(11).endswith("737 km from the middle of the schools")
    assert left == {40: "it is private"}
    assert made.counts["places where a bus may stand"] == 113 - 2


def test_netplan_takes_the_folder(made: InitResult, inputs: Inputs) -> None:
    assert not [p for p in validate_folder(made.folder) if p.severity == "error"]
    assert set(inputs.tables["areas"]["level"]) == {"tract"}
    acs = inputs.tables["acs"].set_index("geoid")
    assert "B28002_013M" not in acs.columns or acs["B28002_013M"].isna().all()
    assert math.isnan(acs.loc["12111980000", "B28002_013E"])
    assert acs.loc["12111980000", "B28002_001E"] == 0


def test_errors_without_a_margin_are_called_assumed(made: InitResult) -> None:
    found = estimate(netplan.load(made.folder))
    rows = [row for row in table(made, "acs.csv") if row["B28002_013E"]]
    offline = sum(float(row["B28002_013E"]) for row in rows)
    assert found.total.households_offline == pytest.approx(offline, rel=1e-9)
    assert found.areas["students"].sum() == pytest.approx(45_661, rel=1e-6)
    assert found.students_origin == "children"
    told = " ".join(found.notes)
    assert "margin" in told and "assum" in told
    # The tract without households has nobody offline.
    empty = found.areas.set_index("geoid").loc["12111980000"]
    assert empty["students_offline"] == 0


def test_the_plan_for_a_quarter_million(made: InitResult) -> None:
    district = netplan.load(made.folder)
    siting = assemble(district, estimate(district))
    plan = choose(siting, Goal(budget_usd_per_year=250_000), time_limit_s=60)
    assert plan.status == "proven"
    by_kind = plan.offers.groupby("strategy")["students"].sum()
    # Every library is filled by those who ride: 228 seats for 30 of 5 hours; the other 241,600
    # USD buy hotspots of 247.50 USD.
    assert by_kind["library_by_transit"] == pytest.approx(1_368)
    assert by_kind["hotspot_lending"] == pytest.approx(241_600 / 247.5, rel=1e-6)
