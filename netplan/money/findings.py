"""What a board should act on when it plans money: every kind of finding of the money stage."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from netplan.capacity.model import Finding, FindingSeverity
from netplan.district.model import District
from netplan.inputs.columns_money import COST_CENTERS
from netplan.money.erate import CATEGORY_TWO, share_paid
from netplan.money.funding import Cliff, Match
from netplan.money.lines import devices_without_price
from netplan.money.model import Budget, Discount
from netplan.money.paid import over_budget_usd
from netplan.money.rules import SOURCED, UNVERIFIED

_FUNDING_FILE = "funding.csv"
_COSTS_FILE = "costs.csv"
#: Half a dollar over all years is rounding, not a finding.
_WORTH_USD = 0.5
_ORDER = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What the findings and assumptions of the money stage look at."""

    districts: tuple[District, ...]
    school_years: tuple[str, ...]
    lines: pd.DataFrame
    fleet: pd.DataFrame
    match: Match
    discounts: tuple[Discount, ...]
    budgets: tuple[Budget, ...]


def find(bill: Bill) -> tuple[Finding, ...]:
    """Give every finding, worst first, then in the order of ``FINDINGS``."""
    found = [finding for kind in FINDINGS for finding in kind(bill)]
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def _finding(
    code: str,
    *,
    severity: FindingSeverity,
    message: str,
    fix: str,
    source: str,
    value: float | None = None,
    limit: float | None = None,
    unit: str = "USD",
    subject: str = "",
) -> Finding:
    """Make a finding about the district as a whole."""
    return Finding(
        id=f"{code}:{subject or 'district'}",
        code=code,
        severity=severity,
        subject_kind="district",
        subject=subject,
        schools=(),
        message=message,
        value=value,
        limit=limit,
        unit=unit,
        fix=fix,
        source=source,
    )


def funding_cliff(bill: Bill) -> Iterator[Finding]:
    """One-time money ends, and what it paid goes on with nobody to pay for it."""
    for cliff in bill.match.cliffs:
        yield _finding(
            "funding-cliff",
            subject="+".join(cliff.source_ids),
            severity="warning",
            message=f"{_and(cliff.names)} {'end' if len(cliff.names) > 1 else 'ends'} with "
            f"{cliff.last_school_year}; {_usd(cliff.usd)} of what it would pay in "
            f"{cliff.school_year} has nobody to pay for it{_later(cliff)}",
            fix=f"Find lasting money for {_centers(cliff.centers)} before {cliff.school_year}, or "
            "plan for less.",
            value=cliff.usd,
            limit=0.0,
            source=_FUNDING_FILE,
        )


def _later(cliff: Cliff) -> str:
    if cliff.all_usd - cliff.usd <= _WORTH_USD:
        return ""
    return f", and {_usd(cliff.all_usd)} over all planned years from then on"


def unfunded_cost(bill: Bill) -> Iterator[Finding]:
    """Some of the cost has no source of money."""
    lacking = bill.match.unfunded
    total = float(lacking["unfunded_usd"].sum())
    if total <= _WORTH_USD:
        return
    if bill.match.funding.empty:
        yield _finding(
            "unfunded-cost",
            severity="info",
            message=f"no source of money is given, so nobody pays the {_usd(total)} yet",
            fix=f"Add {_FUNDING_FILE}: who gives how much a year, from when to when, for what.",
            value=total,
            limit=0.0,
            source=_FUNDING_FILE,
        )
        return
    years = [
        f"{_usd(float(usd))} in {year}"
        for year, usd in zip(lacking["school_year"], lacking["unfunded_usd"], strict=True)
        if usd > _WORTH_USD
    ]
    yield _finding(
        "unfunded-cost",
        severity="warning",
        message=f"{_usd(total)} of the cost has no source of money that may pay for it: "
        f"{_and(years)}",
        fix="Find a source, allow one that is there to pay for more cost centers, or plan less.",
        value=total,
        limit=0.0,
        source=_FUNDING_FILE,
    )


def category_two_used_up(bill: Bill) -> Iterator[Finding]:
    """The Category Two budget ends before what is planned of it."""
    shares = {
        year: share_paid(district, CATEGORY_TWO, year)
        for district, year in zip(bill.districts, bill.school_years, strict=True)
    }
    over = over_budget_usd(bill.lines, shares)
    if over <= _WORTH_USD or not bill.budgets:
        return
    budgets = _and(
        [
            f"{_usd(budget.left_usd)} for {budget.first_school_year} to {budget.last_school_year}"
            for budget in bill.budgets
        ]
    )
    yield _finding(
        "category-two-used-up",
        severity="info",
        message=f"{_usd(over)} of Category Two costs lie beyond E-Rate's budget ({budgets}, before "
        "the discount), so the district pays all of them",
        fix="Put off what can wait to the next cycle, or enter what is really left.",
        value=over,
        limit=sum(budget.left_usd for budget in bill.budgets),
        source="; ".join(dict.fromkeys(budget.source for budget in bill.budgets)),
    )


def erate_unsure(bill: Bill) -> Iterator[Finding]:
    """E-Rate is counted on by a rule that nobody verified, or with parts unknown."""
    unsure: list[Discount | Budget] = [
        *(one for one in bill.discounts if one.status != SOURCED),
        *(one for one in bill.budgets if one.status != SOURCED),
    ]
    paid = float(bill.lines["erate_usd"].sum())
    if not unsure:
        return
    unverified = any(one.status == UNVERIFIED for one in unsure)
    yield _finding(
        "erate-unsure",
        severity="info",
        message=f"E-Rate is counted on for {_usd(paid)}, "
        + ("by a rule that was not verified: " if unverified else "on assumptions: ")
        + "; ".join(dict.fromkeys(_about(one) for one in unsure)),
        fix="Take discount and budget from USAC's letter: [money] erate_discount_share and rural "
        "in district.toml.",
        value=paid,
        source="; ".join(dict.fromkeys(one.source for one in unsure)),
    )


def _about(one: Discount | Budget) -> str:
    if isinstance(one, Discount):
        return f"discount: {one.worked}"
    return f"Category Two {one.first_school_year} to {one.last_school_year}: {one.worked}"


def unpriced_devices(bill: Bill) -> Iterator[Finding]:
    """Devices of the district that no row of costs gives a price."""
    bare: dict[str, float] = {}
    for district, year in zip(bill.districts, bill.school_years, strict=True):
        of_year = bill.fleet[bill.fleet["school_year"] == year]
        for kind, number in devices_without_price(district, of_year).items():
            bare[kind] = max(number, bare.get(kind, 0.0))
    if bare:
        told = _and([f"{number:,.0f} of kind {kind}" for kind, number in sorted(bare.items())])
        yield _finding(
            "unpriced-devices",
            severity="warning",
            message=f"devices without a price are left out of the cost: {told}",
            fix=f"Add a row to {_COSTS_FILE} for each kind, with per = new_device.",
            value=sum(bare.values()),
            limit=0.0,
            unit="devices",
            source=_COSTS_FILE,
        )


def unpriced_circuits(bill: Bill) -> Iterator[Finding]:
    """Circuits without a price in links.csv, at typical prices."""
    rows = bill.lines[bill.lines["item"].isin(["internet_assumed", "wan_lan_assumed"])]
    if rows.empty:
        return
    first = rows[rows["school_year"] == rows["school_year"].min()]
    number = float(first["quantity"].sum())
    yield _finding(
        "unpriced-circuits",
        severity="info",
        message=f"{number:,.0f} circuits have no monthly price in links.csv; typical prices make "
        f"{_usd(float(rows['usd'].sum()))} of the cost",
        fix="Fill monthly_usd in links.csv from the bills.",
        value=float(rows["usd"].sum()),
        source="; ".join(dict.fromkeys(rows["source"])),
    )


def _usd(usd: float) -> str:
    return f"{usd:,.0f} USD"


def _centers(centers: tuple[str, ...]) -> str:
    words = [center.replace("_", " ") for center in COST_CENTERS if center in centers]
    return _and([word.replace("wan lan", "WAN and LAN") for word in words])


def _and(parts: list[str] | tuple[str, ...]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


#: Every kind of finding.
FINDINGS: tuple[Callable[[Bill], Iterator[Finding]], ...] = (
    funding_cliff,
    unfunded_cost,
    unpriced_devices,
    category_two_used_up,
    erate_unsure,
    unpriced_circuits,
)
