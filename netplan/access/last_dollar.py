"""What the last dollars of a plan buy, in a sentence that gives no small count away."""

from netplan.access.model import CurvePoint, Plan

_NAMES = 3


def last_dollar(points: tuple[CurvePoint, ...], plan: Plan, threshold: float) -> str:
    """Say what the last dollars of a plan buy, and what the next ones would.

    Parameters
    ----------
    points
        The curve.
    plan
        The plan that was asked for.
    threshold
        Smallest count of students that is shown: the points compared lie at least so many
        students apart, and the difference is rounded to it.
    """
    least = max(threshold, 1.0)
    served = plan.served_students
    below = [p.plan for p in points if p.plan.served_students <= served - least]
    above = [p.plan for p in points if p.plan.served_students >= served + least]
    sentences = []
    if below:
        before = below[-1]
        sentences.append(
            f"The last {_usd(before, plan)} USD a year serve {_students(before, plan, least)}"
            f"{_named(before, plan)}."
        )
    if above:
        after = above[0]
        sentences.append(
            f"The next {_usd(plan, after)} USD a year would serve {_students(plan, after, least)}."
        )
    return " ".join(sentences)


def _usd(less: Plan, more: Plan) -> str:
    return f"{more.cost_usd_per_year - less.cost_usd_per_year:,.0f}"


def _students(less: Plan, more: Plan, least: float) -> str:
    """Give the difference, rounded; both plans are only as sure as their gaps."""
    students = round((more.served_students - less.served_students) / least) * least
    dollars = more.cost_usd_per_year - less.cost_usd_per_year
    each = f" ({dollars / students:,.0f} USD each)" if dollars > 0 else ""
    return f"about {students:,.0f} more students{each}"


def _named(before: Plan, plan: Plan) -> str:
    """Name what serves more of them now, without saying how many."""
    gained = plan.offers.set_index("offer_id")["students"].sub(
        before.offers.set_index("offer_id")["students"], fill_value=0.0
    )
    gained = gained[gained > 0.5].sort_values(ascending=False, kind="stable").head(_NAMES)
    names = dict(zip(plan.offers["offer_id"], plan.offers["name"].astype(str), strict=True))
    named = [names[offer] or str(offer) for offer in gained.index if offer in names]
    return f", most of them by {', '.join(named)}" if named else ""
