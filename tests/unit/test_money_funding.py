"""Sources of money against costs: small cases by hand, and every way to fall off a cliff."""

import pandas as pd
import pytest

from netplan.inputs.columns_money import COST_CENTERS
from netplan.money.funding import Match, Source, centers_of, match, pay

YEARS = ("2026-27", "2027-28", "2028-29", "2029-30")


def source(
    name: str,
    usd: float,
    *centers: str,
    kind: str = "sustainable",
    first: str = "2020-21",
    last: str | None = None,
) -> Source:
    """Make a source that pays for some cost centers, or for all."""
    return Source(
        source_id=name,
        name=name.title(),
        kind=kind,
        first_school_year=first,
        last_school_year=last,
        usd_per_year=usd,
        pays_for=frozenset(centers or COST_CENTERS),
    )


def grant(name: str, usd: float, *centers: str, last: str | None = None) -> Source:
    return source(name, usd, *centers, kind="one_time", last=last)


def costs(**by_center: tuple[float, ...]) -> pd.DataFrame:
    """Give net costs by cost center and year; centers that are not named cost nothing."""
    nothing = (0.0,) * len(YEARS)
    return pd.DataFrame(
        [by_center.get(center, nothing) for center in COST_CENTERS],
        index=list(COST_CENTERS),
        columns=list(YEARS),
    )


def matched(net: pd.DataFrame, *sources: Source) -> Match:
    return match([sources] * len(YEARS), net, YEARS)


def test_a_source_pays_within_its_years() -> None:
    one = source("bond", 10, first="2027-28", last="2028-29")
    assert [one.available_usd(year) for year in YEARS] == [0, 10, 10, 0]
    found = matched(costs(devices=(7.0,) * 4), one)
    assert list(found.unfunded["funded_usd"]) == [0, 7, 7, 0]
    assert list(found.unfunded["unfunded_usd"]) == [7, 0, 0, 7]
    assert list(found.funding["available_usd"]) == [0, 10, 10, 0]


def test_one_source_makes_way_for_another() -> None:
    """``a`` may pay for both and takes devices first; ``b`` only for devices: ``a`` moves on."""
    flow = pay(
        [source("a", 10, "devices", "people"), source("b", 10, "devices")],
        {"devices": 10.0, "people": 10.0},
        "2026-27",
    )
    assert flow == {("a", "people"): 10, ("b", "devices"): 10}


def test_a_chain_of_three_makes_way() -> None:
    flow = pay(
        [
            source("a", 5, "devices", "people"),
            source("b", 5, "people", "storage"),
            source("c", 5, "devices"),
            source("d", 5, "people"),
        ],
        {"devices": 5.0, "people": 5.0, "storage": 5.0},
        "2026-27",
    )
    assert sum(flow.values()) == 15
    assert flow["b", "storage"] == 5


def test_one_time_money_is_spent_last() -> None:
    """The grant may pay for devices alone; operating pays those too rather than touch it."""
    found = matched(
        costs(devices=(8.0,) * 4), source("operating", 6), grant("grant", 100, "devices")
    )
    assert list(found.unfunded["sustainable_usd"]) == [6] * 4
    assert list(found.unfunded["one_time_usd"]) == [2] * 4


def test_one_time_money_frees_lasting_money_for_what_only_it_may_pay() -> None:
    """Operating 10 for all, grant 10 for devices; devices 10 and people 10: both are paid."""
    found = matched(
        costs(devices=(10.0,) * 4, people=(10.0,) * 4),
        source("operating", 10),
        grant("grant", 10, "devices"),
    )
    assert list(found.unfunded["unfunded_usd"]) == [0] * 4
    assert list(found.unfunded["one_time_usd"]) == [10] * 4


def test_the_cliff_is_what_the_grant_would_pay() -> None:
    found = matched(
        costs(devices=(30.0, 30.0, 30.0, 50.0)),
        source("operating", 10),
        grant("grant", 15, "devices", last="2027-28"),
    )
    (cliff,) = found.cliffs
    assert (cliff.school_year, cliff.usd, cliff.all_usd) == ("2028-29", 15, 30)
    assert (cliff.last_school_year, cliff.names, cliff.centers) == (
        "2027-28", ("Grant",), ("devices",)
    )  # fmt: skip


def test_no_cliff_where_the_cost_ends_too() -> None:
    net = costs(devices=(30.0, 30.0, 10.0, 10.0))
    ending = grant("grant", 20, "devices", last="2027-28")
    assert not matched(net, source("operating", 10), ending).cliffs


def test_no_cliff_where_lasting_money_takes_over() -> None:
    net = costs(devices=(30.0,) * 4)
    levy = source("levy", 20, first="2028-29")
    ending = grant("grant", 20, "devices", last="2027-28")
    assert not matched(net, source("operating", 10), levy, ending).cliffs


def test_no_cliff_for_what_it_may_not_pay() -> None:
    """People are left unpaid, and the grant was for devices, which are paid for."""
    net = costs(devices=(10.0, 10.0, 5.0, 5.0), people=(20.0,) * 4)
    found = matched(
        net,
        source("operating", 5, "devices"),
        grant("grant", 5, "devices", last="2027-28"),
    )
    assert not found.cliffs
    assert list(found.unfunded["unfunded_usd"]) == [20] * 4


def test_no_cliff_for_money_that_was_never_needed() -> None:
    net = costs(devices=(5.0, 5.0, 50.0, 50.0))
    assert not matched(net, source("a", 10), grant("g", 9, last="2027-28")).cliffs


def test_a_cliff_may_come_years_after_the_grant() -> None:
    """The grant bought the fleet; its renewal comes in 2029-30."""
    net = costs(devices=(40.0, 5.0, 5.0, 40.0))
    found = matched(net, source("operating", 5), grant("grant", 35, last="2026-27"))
    (cliff,) = found.cliffs
    assert (cliff.school_year, cliff.usd, cliff.last_school_year) == ("2029-30", 35, "2026-27")


def test_grants_that_end_together_are_one_cliff_and_others_another() -> None:
    net = costs(devices=(30.0,) * 4)
    found = matched(
        net,
        grant("a", 10, last="2026-27"),
        grant("b", 10, last="2026-27"),
        grant("c", 10, last="2027-28"),
    )
    told = [(one.source_ids, one.school_year, one.usd) for one in found.cliffs]
    assert told == [(("a", "b"), "2027-28", 20), (("c",), "2028-29", 10)]


def test_a_grant_without_an_end_has_no_cliff() -> None:
    assert not matched(costs(devices=(30.0,) * 4), grant("a", 10)).cliffs


def test_a_source_that_a_scenario_takes_away_from_a_year() -> None:
    """Sources are each year's own: the grant's row is gone from 2028-29 on."""
    given = [(grant("grant", 10, last="2027-28"),)] * 2 + [()] * 2
    (cliff,) = match(given, costs(devices=(10.0,) * 4), YEARS).cliffs
    assert (cliff.school_year, cliff.usd) == ("2028-29", 10)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("*", set(COST_CENTERS)),
        (" devices ; people;", {"devices", "people"}),
        ("wan_lan", {"wan_lan"}),
    ],
)
def test_cost_centers_of_a_cell(cell: str, expected: set[str]) -> None:
    assert centers_of(cell) == expected
