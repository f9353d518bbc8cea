"""What the cost of ownership rests on that nobody measured for this district."""

from dataclasses import asdict

from netplan.inputs.files import DISTRICT_FILE
from netplan.inputs.model import Assumption, MoneySettings
from netplan.inputs.settings import MONEY_FIELDS
from netplan.money.findings import Bill
from netplan.money.rules import SOURCED

_HABITS = (
    (
        "money.first_fleet",
        "as old as a fleet that was always renewed and lost at this pace",
        "assumption: netplan does not know when the devices that are there were bought",
    ),
    (
        "money.prices",
        "as they are, in all years",
        "assumption: no price is raised or lowered with time, and a contract that ends goes on",
    ),
    (
        "money.erate",
        "applied for in time, every year",
        "assumption: the rules in force go on, though the FCC reviews them (5.14)",
    ),
)


def money_assumptions(bill: Bill) -> tuple[Assumption, ...]:
    """Collect [money], prices in use, discounts and budgets, each once."""
    money = bill.districts[0].inputs.money
    return (
        *_settings(money),
        *(
            Assumption(name=name, value=value, unit="", source=source)
            for name, value, source in _HABITS
        ),
        *_prices(bill),
        *(
            Assumption(
                name=f"erate.{one.category}",
                value=one.share,
                unit="share",
                source=_marked(one.source, one.status),
            )
            for one in bill.discounts
        ),
        *(
            Assumption(
                name=f"erate.category_two_budget.{one.first_school_year}",
                value=one.left_usd,
                unit="USD",
                source=_marked(one.source, one.status),
            )
            for one in bill.budgets
        ),
    )


def _settings(money: MoneySettings) -> tuple[Assumption, ...]:
    values = asdict(money)
    return tuple(
        Assumption(
            name=f"money.{field.name}",
            value=values[field.name],
            unit=field.unit or "",
            source=field.default_source
            if values[field.name] == field.default
            else f"{DISTRICT_FILE}, or a scenario",
        )
        for field in MONEY_FIELDS
        if values[field.name] is not None
    )


def _prices(bill: Bill) -> list[Assumption]:
    """Give the price of each item of ``costs`` that a line uses."""
    used = frozenset(bill.lines["item"])
    costs = bill.districts[0].table("costs")
    return [
        Assumption(
            name=f"costs.{row['item']}",
            value=float(row["usd"]),
            unit="share" if row["per"] == "technology_usd" else f"USD per {row['per']}",
            source=_marked(str(row["source"]), str(row["status"])),
        )
        for row in costs[costs["item"].isin(used)].to_dict("records")
    ]


def _marked(source: str, status: str) -> str:
    """Give a source that says by itself how sure it is."""
    if status == SOURCED or source.startswith(status):
        return source
    return f"{status}: {source}"
