"""The brief numbers of sweeps are those of the report, to the last bit, and grow in closed form."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netplan
from netplan import pipeline
from netplan.capacity.brief import Brief, brief, grown
from netplan.district.model import District
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.paths import parse_set

HARBOR = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
#: Column of the brief to that of the report.
SAME = {
    "devices": "devices",
    "load_down_mbps": "load_down_mbps",
    "load_up_mbps": "load_up_mbps",
    "element": "bottleneck_element",
    "direction": "bottleneck_direction",
    "period": "bottleneck_period",
    "capacity_mbps": "bottleneck_capacity_mbps",
    "utilization_share": "bottleneck_utilization_share",
    "headroom_mbps": "headroom_mbps",
    "airtime_share": "airtime_share",
}


@pytest.fixture(scope="module")
def harbor() -> District:
    return netplan.load(HARBOR)


def assert_same_as_report(district: District) -> Brief:
    """Hold every column of the brief against the buildings of a full check."""
    found = brief(pipeline.day(district))
    mine = pd.DataFrame(found.columns())
    theirs = netplan.check(district).buildings.sort_values("school_id", ignore_index=True)
    assert mine["school_id"].tolist() == theirs["school_id"].tolist()
    for name, other in SAME.items():
        pd.testing.assert_series_equal(
            mine[name].astype(object).where(mine[name].notna(), None),
            theirs[other].astype(object).where(theirs[other].notna(), None),
            check_names=False,
            check_exact=True,
        )
    assert (mine["over"] == (theirs["status"] == "over")).all()
    return found


def test_harbor_county(harbor: District) -> None:
    found = assert_same_as_report(harbor)
    assert found.over.any()
    assert not found.over.all()


@pytest.mark.parametrize(("schools", "seed"), [(1, 3), (7, 1), (40, 2)])
def test_synthetic_districts(tmp_path: Path, schools: int, seed: int) -> None:
    netplan.synth(tmp_path / "made", schools=schools, seed=seed)
    assert_same_as_report(netplan.load(tmp_path / "made"))


def changed(district: District, *sets: str, school_year: str | None = None) -> District:
    """Lay single changes over a district."""
    changes = [parse_set(text) for text in sets]
    return District(inputs=apply_scenarios(district.inputs, (), changes, school_year))


def test_elements_without_limit_ties_and_planning(harbor: District) -> None:
    # without limits on links only nodes are left; without access points there is no airtime
    links = harbor.table("links").assign(down_mbps=np.inf, up_mbps=np.inf)
    nodes = harbor.table("nodes")
    bare = nodes.assign(throughput_mbps=np.where(nodes["kind"] == "firewall", 50_000.0, np.nan))
    for tables in ({"links": links}, {"links": links, "nodes": bare}):
        inputs = replace(harbor.inputs, tables={**harbor.inputs.tables, **tables})
        assert_same_as_report(District(inputs=inputs))
    nothing = nodes.assign(throughput_mbps=np.nan)
    inputs = replace(
        harbor.inputs, tables={**harbor.inputs.tables, "links": links, "nodes": nothing}
    )
    found = assert_same_as_report(District(inputs=inputs))
    assert set(found.element) == {None}
    assert np.isnan(found.totals()["worst_utilization_share"])
    assert found.totals()["worst_element"] is None
    assert_same_as_report(changed(harbor, "planning.utilization_limit=0.5"))
    assert_same_as_report(changed(harbor, "planning.percentile=0.99", "devices.per_person*=1.5"))


def test_growth_in_closed_form_is_a_run_of_the_later_year(harbor: District) -> None:
    start = brief(pipeline.day(harbor))
    growth = harbor.planning.growth_per_year
    years = ("2027-28", "2028-29", "2031-32")
    base = int((harbor.settings.school_year or "2026-27")[:4])
    for year in years:
        fresh = brief(pipeline.day(changed(harbor, school_year=year)))
        later = grown(start, (1.0 + growth) ** (int(year[:4]) - base))
        for name, value in later.columns().items():
            other = fresh.columns()[name]
            if value.dtype == np.float64:
                np.testing.assert_allclose(value, other, rtol=1e-12, err_msg=name)
            else:
                assert value.tolist() == other.tolist(), name


def test_like_lends_and_changes_nothing(harbor: District) -> None:
    base = pipeline.day(harbor)
    for sets in (
        ("devices.per_person*=1.3",),
        ("planning.growth_per_year=0.5",),
        ("links.down_mbps*=2",),
        ("apps.down_mbps*=1.1",),
    ):
        other = changed(harbor, *sets)
        lent = brief(pipeline.day(other, like=base))
        own = brief(pipeline.day(other))
        for name, value in own.columns().items():
            np.testing.assert_array_equal(lent.columns()[name], value, err_msg=name)


def test_totals(harbor: District) -> None:
    found = brief(pipeline.day(harbor))
    totals = found.totals()
    assert totals["buildings"] == len(found.school_ids)
    assert totals["buildings_over"] == int((found.over_network | found.over_airtime).sum())
    assert totals["worst_utilization_share"] == np.nanmax(found.utilization_share)
    assert totals["devices"] == pytest.approx(found.devices.sum())
    price = harbor.table("links")["monthly_usd"]
    known = pytest.approx(12 * price.sum()) if price.notna().any() else None
    assert totals["circuits_usd_per_year"] == known or np.isnan(totals["circuits_usd_per_year"])


def test_arrays_are_read_only(harbor: District) -> None:
    found = brief(pipeline.day(harbor))
    with pytest.raises(ValueError, match="read-only"):
        found.utilization_share[0] = 0.0
