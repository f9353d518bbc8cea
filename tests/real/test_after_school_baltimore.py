"""The after-school half of Baltimore County from its real lists: `init`, reading, gap, plan.

The numbers are those of the SOURCE.md beside the lists.
"""

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import netplan
from netplan.access.assemble import assemble
from netplan.access.choose import choose
from netplan.access.model import Goal
from netplan.errors import InputError
from netplan.gap.estimate import estimate
from netplan.gap.model import Estimates
from netplan.inputs.folder import read_folder, validate_folder
from netplan.inputs.model import Inputs
from netplan.sources.lists import InitResult, init_folder

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
BALTIMORE = DATA / "baltimore_county_md"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there"),
]


def start(folder: Path, **other: object) -> InitResult:
    given: dict[str, object] = {
        "schools": BALTIMORE / "schools_2021_22.csv",
        "circuits": BALTIMORE / "wan_circuits_erate_fy2015.csv",
        "enrollment_by_grade": BALTIMORE / "enrollment_by_school_grade.csv",
        "name": "Baltimore County Public Schools",
        "areas": BALTIMORE / "block_groups_cb2020.geojson",
        "acs": [
            BALTIMORE / "acs2021_b28002_blockgroup_moe.csv",
            BALTIMORE / "acs2021_population_blockgroup_moe.csv",
        ],
        "libraries": BALTIMORE / "libraries_pls_fy2019.csv",
        "stops": BALTIMORE / "mta_bus_stops.csv",
        "buses": 20,
        **other,
    }
    return init_folder(folder, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> InitResult:
    return start(tmp_path_factory.mktemp("init") / "baltimore-county")


@pytest.fixture(scope="module")
def inputs(made: InitResult) -> Inputs:
    return read_folder(made.folder)


def table(made: InitResult, name: str) -> list[dict[str, str]]:
    with (made.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_counts(made: InitResult) -> None:
    counts = made.counts
    assert (counts["areas"], counts["partners"], counts["buses"]) == (562, 19, 20)
    # 1,192 stops; 2 of commuter buses alone; the rest in 1,014 places at least 30 m apart.
    assert (counts["transit stops rows read"], counts["places where a bus may stand"]) == (
        1192,
        1014,
    )
    reasons = Counter(
        row.reason.split(" m from stop")[0][:16] if "m from stop" in row.reason else row.reason
        for row in made.left_out_after_school
        if row.file == "mta_bus_stops.csv"
    )
    assert reasons.pop("its mode is Commuter Bus") == 2
    assert sum(reasons.values()) == 1192 - 2 - 1014


def test_the_published_households_are_kept(made: InitResult) -> None:
    rows = table(made, "acs.csv")
    assert len(rows) == 562
    assert sum(float(row["B28002_001E"]) for row in rows) == 326_932
    assert sum(float(row["B28002_013E"]) for row in rows) == 25_605
    above = [row for row in rows if float(row["B28002_013M"]) > float(row["B28002_013E"])]
    assert len(above) == pytest.approx(0.60 * 562, abs=6)
    assert {row["B19013_001E"] for row in rows} >= {"-666666666.0"}
    assert all(row["B01003_001M"] for row in rows)
    assert not any(row.get("guess") for row in rows)


def test_bookmobiles_are_no_places(made: InitResult) -> None:
    names = [row["name"] for row in table(made, "partners.csv")]
    assert len(names) == 19
    assert not [name for name in names if "bookmobile" in name.lower()]
    left = [row for row in made.left_out_after_school if row.file == "libraries_pls_fy2019.csv"]
    assert [(row.row, row.reason) for row in left] == [
        (row, "it is a bookmobile; its address is its garage's") for row in (20, 21, 22, 23)
    ]
    # Three branches bear the id of their system; each gets its own.
    ids = [row["partner_id"] for row in table(made, "partners.csv")]
    assert len(set(ids)) == 19
    assert {"MD0004-032", "MD0004-036", "MD0004-041"} <= set(ids)
    owings = next(row for row in table(made, "partners.csv") if row["partner_id"] == "MD0004-041")
    assert (owings["seats"], owings["hours_per_week"]) == ("60", "30")  # 54,333 sq ft; 66.6 h


def test_netplan_takes_the_folder(made: InitResult, inputs: Inputs) -> None:
    assert not [p for p in validate_folder(made.folder) if p.severity == "error"]
    tables = inputs.tables
    assert len(tables["areas"]) == 562
    assert set(tables["areas"]["level"]) == {"block_group"}
    assert tables["areas"].geometry.is_valid.all()
    assert len(tables["stops"]) == 1014
    assert tables["stops"]["usd_per_year"].sum() == 0
    acs = tables["acs"].set_index("geoid")
    assert acs["B28002_013E"].sum() == 25_605
    # 20 block groups have no median income to compute.
    assert acs["B19013_001E"].min() > 0
    annotations = tables["acs_annotations"]
    assert set(annotations["sentinel"]) == {-666666666, -222222222, -333333333}
    assert (
        acs["B19013_001E"].isna().sum()
        == (
            (annotations["column"] == "B19013_001E") & (annotations["sentinel"] == -666666666)
        ).sum()
    )


def test_lists_of_2010_block_groups_are_refused(tmp_path: Path, made: InitResult) -> None:
    with pytest.raises(InputError, match="of another census"):
        start(tmp_path / "d", acs=[BALTIMORE / "acs2019_internet_race_income_blockgroup_nomoe.csv"])
    assert not (tmp_path / "d").exists()


def test_ookla_of_2010_block_groups_is_no_availability(tmp_path: Path) -> None:
    made = start(tmp_path / "d")
    ookla = pd.read_csv(BALTIMORE / "ookla_2019_2021q3_blockgroup.csv", dtype={"geoid": str})
    latest = ookla[ookla["year"] == 2021]
    pd.DataFrame(
        {
            "geoid": latest["geoid"],
            "max_down_mbps": latest["avg_down_using_devices"],
            "max_up_mbps": latest["avg_up_using_devices"],
        }
    ).to_csv(made.folder / "availability.csv", index=False)
    problems = [p for p in validate_folder(made.folder) if p.severity == "error"]
    assert problems
    assert {p.file for p in problems} == {"availability.csv"}
    assert "another census" in " ".join(str(p) for p in problems)


@pytest.fixture(scope="module")
def estimates(made: InitResult) -> Estimates:
    return estimate(netplan.load(made.folder))


def test_the_published_total_is_met_exactly(estimates: Estimates) -> None:
    total, areas = estimates.total, estimates.areas
    assert total.households == pytest.approx(326_932, rel=1e-12)
    assert total.households_offline == pytest.approx(25_605, rel=1e-9)
    assert (areas["households"] * areas["rate"].fillna(0)).sum() == pytest.approx(25_605, rel=1e-9)
    assert areas["students"].sum() == pytest.approx(110_784, rel=1e-6)
    assert estimates.students_origin == "population"
    assert estimates.zones_guessed


def test_rates_of_neighbors_make_rates_surer(estimates: Estimates) -> None:
    areas = estimates.areas.dropna(subset=["direct_se", "rate_se"])
    assert areas["rate"].between(0, 1).all()
    # Root mean squared error; the errors of zero estimates are published too small.
    assert (areas["rate_se"] ** 2).mean() < 0.7**2 * (areas["direct_se"] ** 2).mean()


def test_every_place_becomes_an_offer(made: InitResult, estimates: Estimates) -> None:
    siting = assemble(netplan.load(made.folder), estimates)
    kinds = siting.offers["strategy"].value_counts()
    assert kinds["bus_stop"] == 1014
    assert kinds["partner_hotspot"] == 19
    assert kinds["hotspot_lending"] == 1
    assert siting.students.sum() == pytest.approx(estimates.total.students_offline)
    assert siting.fleet is not None
    (buses,) = siting.fleet.classes
    assert len(buses.bus_ids) == 20
    # 25 Mbps for 1.5 Mbps each, fewer than the 65 devices of the router.
    assert buses.at_once == pytest.approx(25 / 1.5)


def test_the_plan_for_a_quarter_million(made: InitResult, estimates: Estimates) -> None:
    siting = assemble(netplan.load(made.folder), estimates)
    plan = choose(siting, Goal(budget_usd_per_year=250_000), time_limit_s=60)
    assert plan.gap_share < 0.005
    assert plan.cost_usd_per_year <= 250_000 + 1e-3
    assert plan.served_students <= plan.bound_students <= 8_592
    students = plan.offers.groupby("strategy")["students"].sum()
    libraries = plan.offers[plan.offers["strategy"] == "partner_hotspot"]
    # What 1,200 USD for each library leaves goes into hotspots of 247.50 USD.
    left_usd = 250_000 - 1_200 * len(libraries)
    assert students["hotspot_lending"] == pytest.approx(left_usd / 247.5, rel=1e-3)
    # A bus with a paid driver costs more for each student than a hotspot: none is sent out.
    assert plan.timetable.empty
    assert libraries["usd_per_student"].max() < 247.5
