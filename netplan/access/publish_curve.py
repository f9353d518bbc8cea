"""Students against dollars as every output may show them: in steps that hide a small count."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.access.model import Access, CurvePoint
from netplan.access.plan_table import NOBODY

#: Budgets of a curve are shown in whole dollars at least.
_DOLLAR = 1.0
#: Part of a step by which a solver's number may pass a limit that it keeps to.
_NOISE = 1e-6
_COLUMNS = [
    *("usd_per_year", "cost_usd_per_year", "students"),
    *("bound_students", "gap_share", "sites", "asked"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dollars:
    """Steps that costs are rounded up to; they meet at the budget that everybody knows.

    A cost that is shown as the budget is then one of the last step below it. Cut off at the
    budget instead, it would be known more closely than any other.

    Parameters
    ----------
    step
        USD a year; 0 where costs are exact.
    meet
        USD a year that is a whole number of steps away from each rounded cost.
    """

    step: float
    meet: float

    def up(self, usd: float) -> float:
        """Round up; nothing stays nothing."""
        if self.step <= 0 or usd <= NOBODY:
            return usd
        return self.meet + math.ceil((usd - self.meet) / self.step - _NOISE) * self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Steps of students; they meet at what the plan serves where that is shown.

    Larger budgets never serve fewer, so a step across the plan's own number would be cut by it.
    The first and the last step are up to twice as long: between nobody or everybody and the next
    one may lie less than a step.

    Parameters
    ----------
    step
        Smallest count that is shown; 0 where counts are exact.
    meet
        Students whom the plan serves; 0 where that is withheld.
    everybody
        All students offline.
    """

    step: float
    meet: float
    everybody: float

    def around(self, students: float) -> tuple[float, float]:
        """Give the ends of the step that a number falls into: never less than a step apart."""
        if math.isnan(self.everybody):  # withheld, and so is all that is a part of it
            return math.nan, math.nan
        if self.step <= 0:
            return students, students
        first = -math.floor(self.meet / self.step)
        last = max(math.floor((self.everybody - self.meet) / self.step + _NOISE) - 1, 0)
        number = math.floor((students - self.meet) / self.step + _NOISE)
        number = min(max(number, first), last)
        low = 0.0 if number == first else self.meet + number * self.step
        high = self.everybody if number == last else self.meet + (number + 1) * self.step
        return low, max(low, high)


def cost_step(access: Access, threshold: float) -> float:
    """Give the dollars that costs are rounded to, 0 where they are exact.

    The total less what is shown is what offers by the head cost, and over their price their
    number of students: rounded to the threshold's worth of the dearest, it says nothing.
    """
    price = access.siting.offers["usd_per_student_per_year"].to_numpy(float)
    of = dict(zip(access.siting.offers["offer_id"], price, strict=True))
    for plan in (access.plan, *(point.plan for point in access.curve)):
        for offer, students in zip(
            plan.offers["offer_id"], plan.offers["students"].astype(float), strict=True
        ):
            if of[offer] > 0 and NOBODY < students < threshold:
                return float(threshold * price.max())
    return 0.0


def shown_curve(
    access: Access, dollars: Dollars, heads: Heads, own: dict[str, float], hidden: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the curve in steps of dollars and of students, and what is open at its points.

    Parameters
    ----------
    access
        Full numbers.
    own
        Of the plan as it is published: cost_usd_per_year, students, bound_students, gap_share.
    hidden
        Shape (points,): whose students are withheld.

    Returns
    -------
    curve, curve_plans
        As in `netplan.access.publish.PublishedAccess`. How many each place serves at a point
        would undo what is withheld elsewhere, so it is not said.
    """
    points = access.curve
    asked = [point.usd_per_year == access.plan.goal.budget_usd_per_year for point in points]
    given = access.plan.goal.budget_usd_per_year
    # without a budget, the plan's own cost is a point of the curve
    meets = access.plan.cost_usd_per_year if given is None else given
    budgets = _budgets(points, dollars, meets, own["cost_usd_per_year"] if given is None else given)
    # budgets that read alike are one point: the one that was asked for, else the largest
    kept = {
        budget: max(
            (at for at, b in enumerate(budgets) if b == budget), key=lambda at: (asked[at], at)
        )
        for budget in sorted(set(budgets))
    }
    rows, opened = [], []
    for number, (budget, at) in enumerate(kept.items()):
        plan = points[at].plan
        if plan.goal == access.plan.goal:
            told = own
        else:
            low, high = heads.around(plan.served_students)[0], heads.around(plan.bound_students)[1]
            cost = dollars.up(plan.cost_usd_per_year)
            if plan.cost_usd_per_year > points[at].usd_per_year - dollars.step:
                # spent to the end: rounded a second time, the budget would be known better
                cost = budget
            told = {
                "cost_usd_per_year": min(cost, budget),
                "students": low,
                "bound_students": high,
                # of the numbers that are shown: the exact one would tell them to a student
                "gap_share": (high - low) / low if low > 0 else float(high > 0),
            }
        if hidden[at]:
            told = {**told, **dict.fromkeys(("students", "bound_students", "gap_share"), math.nan)}
        row = {"usd_per_year": budget, "sites": len(plan.offers), "asked": asked[at]}
        rows.append({**row, **told})
        opened.append(
            plan.offers[["offer_id", "kind", "name"]]
            .rename(columns={"offer_id": "id"})
            .assign(point=number)
        )
    some = [frame for frame in opened if not frame.empty]
    columns = ["point", "id", "kind", "name"]
    plans = pd.concat(some, ignore_index=True)[columns] if some else pd.DataFrame(columns=columns)
    return pd.DataFrame(rows, columns=_COLUMNS), plans


def _budgets(
    points: tuple[CurvePoint, ...], dollars: Dollars, meets: float, shown_as: float
) -> list[float]:
    """Round the budgets of a curve up, and never past the plan's, which is ``shown_as`` it is.

    They were spaced between the cheapest and the dearest plan, so each would tell more of what
    the dearest costs: they are spaced anew between these two as they are shown.
    """
    if not points:
        return []
    if dollars.step <= 0:
        dollars = Dollars(step=_DOLLAR, meet=0.0)
    first, last = points[0].usd_per_year, points[-1].usd_per_year
    low, high = dollars.up(first), dollars.up(last)
    budgets = []
    for point in points:
        usd = point.usd_per_year
        share = (usd - first) / (last - first) if last > first else 0.0
        shown = dollars.up(low + (high - low) * share)
        if usd <= meets:
            shown = shown_as if usd == meets else min(shown, shown_as)
        budgets.append(round(shown, 2))
    return budgets
