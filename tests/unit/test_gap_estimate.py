"""The gap stage as a whole, on districts of a few areas by hand and one simulated county."""

import numpy as np
import pandas as pd
import pytest

from netplan.errors import InputError
from netplan.gap.draws import draw
from netplan.gap.estimate import estimate
from netplan.gap.joint import own_variances, sum_se
from netplan.gap.model import Estimates
from netplan.inputs.model import AccessSettings, Assumption
from tests.unit.gap_district import (
    acs_rows,
    b28002,
    district,
    sampled,
    schools,
    simulated,
    squares,
)

ONE, TWO = "240050001001", "240050001002"
SCHOOL = schools(("S1", "elementary", 300.0, -76.0, 39.0))


def by_hand(**changes: object) -> Estimates:
    """Two areas of 100 and 200 households, 10 and 40 offline; children 1 to 2."""
    acs = acs_rows(
        g240050001001=b28002(100, 10, 0, 8) | {"B09001_001E": 50, "B09001_001M": 0},
        g240050001002=b28002(200, 40, 0, 12) | {"B09001_001E": 100, "B09001_001M": 0},
        g24005=b28002(300, 60, 0, 9),
    )
    tables = {"areas": squares([ONE, TWO]), "acs": acs, "schools": SCHOOL}
    return estimate(district(**(tables | changes)))  # type: ignore[arg-type]


def test_two_areas_by_hand() -> None:
    got = by_hand()
    areas = got.areas
    assert areas["geoid"].tolist() == [ONE, TWO]
    np.testing.assert_allclose(areas["students"], [100, 200])
    np.testing.assert_allclose(areas["direct_rate"], [0.1, 0.2])
    # too few areas to fit; raked from 50 to the county's 60
    assert got.fit is None
    np.testing.assert_allclose(areas["rate"], [0.12, 0.24])
    # own errors .096 and .072, weights .2 and .8 of the county's; shared by both, relative:
    # (100^2 .096^2 + 200^2 .072^2) / 60^2 = .0832 of the areas, (9 / 60)^2 = .0225 of the county
    rate_se = np.sqrt([0.6 * 0.096**2 + 0.12**2 * 0.1057, -0.6 * 0.072**2 + 0.24**2 * 0.1057])
    np.testing.assert_allclose(areas["rate_se"], rate_se / 1.645)
    np.testing.assert_allclose(areas["students_offline"], [12, 48])
    np.testing.assert_allclose(areas["se"], np.array([100, 200]) * rate_se / 1.645)
    assert areas["how"].tolist() == ["estimated", "estimated"]
    # students are spread as households, so the total's error is the county's: 9 of 60
    assert got.raked_total_se == pytest.approx(9 / 60 / 1.645)
    assert got.total.students_offline == pytest.approx(60)
    assert got.total.se == pytest.approx(9 / 1.645)
    assert (got.total.households, got.total.households_offline) == (300, pytest.approx(60))
    assert got.total.households_se == pytest.approx(9 / 1.645)
    assert got.school_ids == ("S1",)
    np.testing.assert_allclose(got.school_share.toarray(), [[1], [1]])
    assert got.zones_guessed


def test_contract_columns() -> None:
    assert list(by_hand().areas.columns) == [
        "geoid", "level", "households", "students", "students_se", "direct_rate", "direct_se",
        "rate", "rate_se", "students_offline", "se", "how", "note",
    ]  # fmt: skip
    assert list(by_hand().benchmarks.columns) == [
        "geoid", "households", "published", "published_se", "before", "after", "source",
    ]  # fmt: skip


def test_students_unlike_households_bring_the_areas_own_error() -> None:
    acs = acs_rows(
        g240050001001=b28002(100, 10, 0, 8) | {"B09001_001E": 150, "B09001_001M": 0},
        g240050001002=b28002(200, 40, 0, 12) | {"B09001_001E": 0, "B09001_001M": 0},
        g24005=b28002(300, 60, 0, 9),
    )
    got = by_hand(acs=acs)
    # 300 students in the first: 36 offline; 36 / 60 of the benchmark's error, and of the areas'
    # own: (300 - .6 x 100) and -.6 x 200 households' worth
    own = np.array([240 * 0.096, -120 * 0.072]) / 1.645
    assert got.total.students_offline == pytest.approx(36)
    assert got.total.se == pytest.approx(np.hypot(0.6 * 9 / 1.645, np.hypot(*own)))


def test_an_area_that_is_its_county_errs_as_the_county_does() -> None:
    row = b28002(100, 20, 30, 8)
    got = by_hand(
        areas=squares([ONE]), acs=acs_rows(g240050001001=row | {"B09001_001E": 50}, g24005=row)
    )
    # 300 students x 20 of 100: a proportion's margin is sqrt(8^2 - .2^2 30^2) / 100
    se = 300 * np.sqrt(64 - 36) / 100 / 1.645
    assert got.areas["se"].iloc[0] == pytest.approx(se)
    assert got.total.se == pytest.approx(se)
    assert draw(got, 4000, 1).students_offline.std() == pytest.approx(se, rel=0.04)
    # students are what enrollment says, however many households there are
    assert got.total.households_se == pytest.approx(8 / 1.645)


def test_no_areas() -> None:
    with pytest.raises(InputError) as raised:
        estimate(district(areas=squares([])))
    (problem,) = raised.value.problems
    assert problem.file == "areas.geojson"
    assert problem.fix


def test_no_census_and_no_counts() -> None:
    with pytest.raises(InputError) as raised:
        estimate(district(areas=squares([ONE])))
    assert raised.value.problems[0].file == "acs.csv"


def test_no_row_for_any_area() -> None:
    with pytest.raises(InputError) as raised:
        by_hand(acs=acs_rows(g240059999991=b28002(100, 10, 0, 8)))
    assert raised.value.problems[0].code == "acs-no-estimates"


def counted(offline: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "geoid": [ONE, TWO],
            "students": [100.0, 200.0],
            "students_offline": offline,
            "origin": "counted",
        }
    )


def test_counted_everywhere_without_census() -> None:
    got = estimate(
        district(areas=squares([ONE, TWO]), schools=SCHOOL, students=counted([7.0, 30.0]))
    )
    assert got.areas["how"].tolist() == ["counted", "counted"]
    assert got.areas["students_offline"].tolist() == [7, 30]
    assert got.areas["se"].tolist() == [0, 0]
    np.testing.assert_allclose(got.areas["rate"], [0.07, 0.15])
    assert (got.total.students_offline, got.total.se) == (37, 0)
    assert np.isnan(got.total.households)
    assert got.fit is None
    assert got.students_origin == "counted"
    assert any("who did not answer" in note for note in got.notes)


def test_counted_in_part() -> None:
    got = by_hand(students=counted([7.0, np.nan]))
    assert got.areas["how"].tolist() == ["counted", "estimated"]
    np.testing.assert_allclose(got.areas["students_offline"], [7, 48])
    assert got.areas["se"].iloc[0] == 0
    assert got.total.students_offline == pytest.approx(55)
    assert got.total.se > 0


def test_below_speed_where_none_is_on_offer() -> None:
    def row(households: float, wired: float) -> dict[str, float]:
        return {
            "B28002_001E": households, "B28002_001M": 0,
            "B28002_007E": wired, "B28002_007M": 10,
        }  # fmt: skip

    availability = pd.DataFrame(
        {
            "geoid": [ONE, TWO],
            "max_down_mbps": [10.0, 1000.0],
            "max_up_mbps": [1.0, 35.0],
            "technologies": "",
            "providers": "",
        }
    )
    got = by_hand(
        acs=acs_rows(g240050001001=row(100, 60), g240050001002=row(200, 150), g24005=row(300, 210)),
        availability=availability,
        access=AccessSettings(definition="below_speed"),
    )
    # all of the first; 50 of 200 of the second; the published 90 does not know of that
    np.testing.assert_allclose(got.areas["rate"], [1.0, 0.25])
    assert got.areas["rate_se"].iloc[0] == 0
    assert got.total.households_offline == pytest.approx(150)
    assert any("no fixed service" in note for note in got.notes)


def test_ratio_from_children_for_none_only() -> None:
    county = b28002(300, 60, 0, 9) | {
        "B28005_002E": 400, "B28005_002M": 0,
        "B28005_006E": 30, "B28005_006M": 3,
        "B28005_007E": 10, "B28005_007M": 4,
    }  # fmt: skip
    rows = {
        "g240050001001": b28002(100, 10, 0, 8) | {"B28002_006E": 0.0, "B28002_006M": 5.0},
        "g240050001002": b28002(200, 40, 0, 12) | {"B28002_006E": 0.0, "B28002_006M": 5.0},
        "g24005": county,
    }
    got = by_hand(acs=acs_rows(**rows))
    # 40 of 400 children, 60 of 300 households: .1 / .2; errors 5 of 400 and 9 of 300
    assert got.student_household_ratio == pytest.approx(0.5)
    moe = np.hypot(5 / 400, 0.5 * 9 / 300) / 0.2
    assert got.student_household_ratio_se == pytest.approx(moe / 1.645)
    assert "county" in got.ratio_source
    np.testing.assert_allclose(got.areas["students_offline"].sum(), 0.5 * 60, rtol=1e-9)
    other = by_hand(acs=acs_rows(**rows), access=AccessSettings(definition="phone_only"))
    assert (other.student_household_ratio, other.ratio_source) == (1.0, "assumption")


def test_the_districts_own_ratio_wins() -> None:
    got = by_hand(access=AccessSettings(student_household_ratio=0.6))
    np.testing.assert_allclose(got.areas["students_offline"], [7.2, 28.8])
    assert got.ratio_source == "access.toml"
    stated = Assumption(
        name="access.student_household_ratio", value=1.0, unit="share", source="access.toml"
    )
    assert by_hand(assumptions=(stated,)).ratio_source == "access.toml"
    default = by_hand()
    assert default.ratio_source == "assumption"
    assert any("2.3%" in note for note in default.notes)


def test_nobody_is_more_than_all_offline() -> None:
    got = by_hand(access=AccessSettings(student_household_ratio=6.0))
    np.testing.assert_allclose(got.areas["students_offline"], [72, 200])
    assert any("more students offline than students" in note for note in got.notes)


def county(areas: int = 150, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give block groups and their tracts' and county's rows, summed."""
    rng = np.random.default_rng(seed)
    truth = simulated(rng, areas, 0.1, income=0.7, area=0.5, tract=0.2)
    rows = sampled(rng, truth).sort_values("geoid").reset_index(drop=True)
    parts = []
    for digits, level in ((11, "tract"), (5, "county")):
        groups = rows.groupby(rows["geoid"].str[:digits])
        above = groups[["B28002_001E", "B28002_013E"]].sum()
        for name in ("B28002_001M", "B28002_013M"):
            above[name] = groups[name].agg(lambda moe: float(np.sqrt((moe**2).sum())))
        parts.append(above.rename_axis("geoid").reset_index().assign(level=level))
    return rows, pd.concat([rows, *parts], ignore_index=True).sort_values("geoid")


def test_county_total_is_met_exactly() -> None:
    rows, acs = county()
    got = estimate(district(areas=squares(rows["geoid"].tolist()), acs=acs, schools=SCHOOL))
    published = float(rows["B28002_013E"].sum())
    assert got.areas["rate"] @ got.areas["households"] == pytest.approx(published, rel=1e-12)
    assert got.benchmarks["source"].tolist() == ["published row"]
    assert got.fit is not None
    assert got.fit.areas == 150
    assert "log of median household income" in got.fit.covariates
    assert got.areas["students_offline"].sum() == pytest.approx(got.total.students_offline)
    assert got.areas["students"].sum() == pytest.approx(300)


def test_errors_of_areas_groups_and_total_are_those_of_the_draws() -> None:
    rows, acs = county()
    children = {
        "B28005_002E": 9000.0, "B28005_002M": 300.0, "B28005_006E": 500.0, "B28005_006M": 110.0,
        "B28005_007E": 150.0, "B28005_007M": 60.0,
    }  # fmt: skip
    for name, value in children.items():
        acs.loc[acs["level"] == "county", name] = value
    school = schools(("S1", "elementary", 12_000.0, -76.0, 39.0))
    got = estimate(district(areas=squares(rows["geoid"].tolist()), acs=acs, schools=school))
    ratio = got.student_household_ratio_se / got.student_household_ratio
    assert ratio > 0.1
    drawn = draw(got, 4000, 1).students_offline
    se = got.areas["se"].to_numpy()
    assert np.median(drawn.std(axis=0) / se) == pytest.approx(1.0, abs=0.03)
    offline = got.areas["students_offline"].to_numpy()
    weight = offline / offline.sum()
    own = own_variances(se, weight, got.total.se)
    for size in (5, 30, 75, 150):
        # enough draws for the first of each size: a standard deviation to 1.1 %
        inside = np.arange(150) < size
        told = sum_se(inside, own, weight, got.total.se)
        assert told == pytest.approx(drawn[:, inside].sum(axis=1).std(), rel=0.06)
        # one error common to all and the rest each area's own: a small part of the whole
        common = np.hypot(ratio, got.raked_total_se)
        alone = np.maximum(se[inside] ** 2 - (common * offline[inside]) ** 2, 0.0)
        rough = np.sqrt(alone.sum() + (common * offline[inside].sum()) ** 2)
        assert told == pytest.approx(rough, rel=0.06 if size == 5 else 0.3)
    assert sum_se(np.ones(150, bool), own, weight, got.total.se) == pytest.approx(got.total.se)


def test_tract_totals_are_met_exactly() -> None:
    rows, acs = county()
    access = AccessSettings(rake_to="tract")
    got = estimate(
        district(areas=squares(rows["geoid"].tolist()), acs=acs, schools=SCHOOL, access=access)
    )
    raked = (got.areas["rate"] * got.areas["households"]).groupby(got.areas["geoid"].str[:11]).sum()
    published = rows["B28002_013E"].groupby(rows["geoid"].str[:11]).sum()
    np.testing.assert_allclose(raked, published, rtol=1e-9)
    to_county = estimate(district(areas=squares(rows["geoid"].tolist()), acs=acs, schools=SCHOOL))
    # a tract's figure is no surer than its areas
    assert got.areas["rate_se"].mean() > to_county.areas["rate_se"].mean()


def test_order_of_rows_does_not_matter() -> None:
    rows, acs = county()
    areas = squares(rows["geoid"].tolist())
    first = estimate(district(areas=areas, acs=acs, schools=SCHOOL))
    shuffled = areas.sample(frac=1, random_state=3)
    second = estimate(
        district(areas=shuffled, acs=acs.sample(frac=1, random_state=4), schools=SCHOOL)
    )
    pd.testing.assert_frame_equal(first.areas, second.areas)


def test_areas_without_estimates_are_predicted_by_name() -> None:
    rows, acs = county()
    gone, empty, unknown = rows["geoid"].iloc[[3, 10, 20]]
    acs = acs[acs["geoid"] != gone].copy()
    acs.loc[acs["geoid"] == empty, ["B28002_001E", "B28002_013E"]] = 0.0
    acs.loc[acs["geoid"] == unknown, ["B28002_013E", "B28002_013M"]] = np.nan
    annotations = pd.DataFrame(
        {
            "geoid": [unknown],
            "column": ["B28002_013E"],
            "sentinel": [-666666666.0],
            "meaning": ["too few observations"],
        }
    )
    got = estimate(
        district(
            areas=squares(rows["geoid"].tolist()),
            acs=acs,
            schools=SCHOOL,
            acs_annotations=annotations,
        )
    )
    how = got.areas.set_index("geoid")["how"]
    assert how[[gone, empty, unknown]].tolist() == ["no data", "no households", "no data"]
    assert np.isfinite(got.areas[["rate", "rate_se", "students_offline", "se"]]).all(axis=None)
    assert got.missing["B28002_013E: too few observations"] == 1
    assert got.missing["no households"] == 1
    # the county's row has more households than the areas now: their own sum stands in
    assert got.benchmarks["after"].iloc[0] == pytest.approx(got.benchmarks["published"].iloc[0])


def test_tracts_as_areas() -> None:
    rows, acs = county(400)
    tracts = acs[acs["level"] == "tract"]
    got = estimate(
        district(
            areas=squares(tracts["geoid"].tolist()),
            acs=acs,
            schools=SCHOOL,
            access=AccessSettings(rake_to="tract"),
        )
    )
    assert got.fit is not None
    assert "log odds of the tract's other block groups" not in got.fit.covariates
    assert got.benchmarks["geoid"].tolist() == ["24005"]
    assert got.total.households_offline == pytest.approx(rows["B28002_013E"].sum())
