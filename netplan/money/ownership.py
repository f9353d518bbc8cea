"""Total cost of ownership: what a district's technology costs each year, and who pays for it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.errors import InputError, Problem
from netplan.inputs.columns_money import COST_CENTERS
from netplan.inputs.files import DISTRICT_FILE
from netplan.money.assumptions import money_assumptions
from netplan.money.erate import CATEGORIES, discount
from netplan.money.findings import Bill, find
from netplan.money.fleet import fleet
from netplan.money.funding import match, sources
from netplan.money.lines import Line, lines, with_defaults
from netplan.money.model import Ownership
from netplan.money.paid import budgets, erate_paid

_SUMS = ("usd", "low_usd", "high_usd", "erate_usd", "net_usd")
_LINE_COLUMNS = (
    *("item", "title", "cost_center", "school_year", "quantity", "per"),
    *(*_SUMS, "erate", "status", "source", "worked"),
)


def own(districts: Sequence[District], purchases: pd.DataFrame | None = None) -> Ownership:
    """Work out the total cost of ownership of a rollout, and match it to sources of money.

    Devices are bought when the fleet grows, when they are old and when they are lost; the fleet
    of the folder as read is there already. Nothing is rounded.

    Parameters
    ----------
    districts
        The district as it is in each school year, in order, with the school year in its settings.
    purchases
        What is bought beside it, such as the rows of an `UpgradePlan` or a plan of home access:
        option, title, school_year, last_school_year (empty: it goes on), usd_once, usd_per_year
        (from its first year to its last), units, replaced_access_points (not renewed beside),
        erate, usd and erate_usd (whose ratio is the share that E-Rate pays), cost_center
        (``upgrades``), status, source. All but school_year may be left out.

    Raises
    ------
    InputError
        A district has no school year.
    ValueError
        There is no district, or two are of one year or not in order.
    """
    years = _school_years(districts)
    bought = None if purchases is None or purchases.empty else with_defaults(purchases)
    devices = fleet(districts, years)
    found = lines(districts, years, devices, bought)
    cycles = budgets(districts, years)
    table = _table(found, erate_paid(found, districts, years, cycles))
    centers = _centers(table, years)
    net = centers.pivot_table(
        index="cost_center", columns="school_year", values="net_usd", sort=False
    )
    shared = match(
        [sources(district.table("funding")) for district in districts],
        net.loc[list(COST_CENTERS), list(years)],
        years,
    )
    money = districts[0].inputs.money
    by_year = shared.unfunded["net_usd"].to_numpy(dtype=float)
    students = np.array([district.table("schools")["enrollment"].sum() for district in districts])
    discounts = tuple(discount(districts[0], category, years[0]) for category in CATEGORIES)
    bill = Bill(
        districts=tuple(districts),
        school_years=years,
        lines=table,
        fleet=devices,
        match=shared,
        discounts=discounts,
        budgets=cycles,
    )
    return Ownership(
        school_years=years,
        lines=table,
        centers=centers,
        fleet=devices,
        funding=shared.funding,
        unfunded=shared.unfunded,
        discounts=discounts,
        discount_rate_per_year=money.discount_rate_per_year,
        net_present_usd=float(
            by_year @ (1.0 + money.discount_rate_per_year) ** -np.arange(len(years), dtype=float)
        ),
        net_usd=float(by_year.sum()),
        usd=float(table["usd"].sum()),
        usd_per_student_per_year=(
            float(by_year.sum() / students.sum()) if students.sum() > 0 else None
        ),
        students=float(students.mean()),
        findings=find(bill),
        budgets=cycles,
        assumptions=money_assumptions(bill),
    )


def _school_years(districts: Sequence[District]) -> tuple[str, ...]:
    if not districts:
        raise ValueError("no district")
    years = [district.settings.school_year for district in districts]
    known = tuple(year for year in years if year is not None)
    if len(known) < len(years):
        raise InputError(
            [
                Problem(
                    code="missing-key",
                    file=DISTRICT_FILE,
                    column="district.school_year",
                    message="costs are worked out by school year, and the district has none",
                    expected="a school year such as 2026-27",
                    fix='Add school_year = "2026-27" under [district].',
                )
            ]
        )
    if list(known) != sorted(set(known)):
        raise ValueError("school years must follow each other")
    return known


def _table(found: Sequence[Line], paid_usd: Sequence[float]) -> pd.DataFrame:
    """Give the lines as a table, by cost center, item and year."""
    order = {center: place for place, center in enumerate(COST_CENTERS)}
    rows = [
        (
            *(line.item, line.title, line.cost_center, line.school_year, line.quantity, line.per),
            *(line.usd, line.low_usd, line.high_usd, paid, line.usd - paid),
            *(line.erate, line.status, line.source, line.worked),
        )
        for line, paid in zip(found, paid_usd, strict=True)
    ]
    rows.sort(key=lambda row: (order[row[2]], row[0], row[3]))
    return pd.DataFrame(rows, columns=list(_LINE_COLUMNS))


def _centers(table: pd.DataFrame, years: Sequence[str]) -> pd.DataFrame:
    """Sum lines up by cost center and year, zeros included."""
    every = pd.MultiIndex.from_product([COST_CENTERS, years], names=["cost_center", "school_year"])
    sums = table.groupby(["cost_center", "school_year"])[list(_SUMS)].sum()
    return sums.reindex(every, fill_value=0.0).reset_index()
