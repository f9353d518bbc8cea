"""What an equity planner should act on: every kind of finding of the after-school half.

They read published numbers only, so that no finding gives a withheld count away. To add one: a
function of `HomeFacts` that yields `Finding`s, its line in ``FINDINGS``, its row in
``docs/findings.md``, and a test that plants it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from netplan.access.publish import PublishedAccess
from netplan.capacity.model import Finding, FindingSeverity
from netplan.gap.model import Estimates
from netplan.gap.moe import Z_90
from netplan.gap.suppress import Published
from netplan.inputs.model import AccessSettings

_WIDE_SHARE = 0.25
_WORTH_SHARE = 0.5
_GAP_SHARE = 0.01
_UNEVEN_SHARE = 0.5
#: Places named in a message; all of them are in the finding's subject.
_PLACES_NAMED = 6
_WORDS = {
    "none": "without internet at home",
    "phone_only": "with a phone or nothing to go online at home",
    "below_speed": "without a fixed service of the stated speed at home",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """What the findings of the after-school half look at; ``plan`` is None for the gap alone."""

    settings: AccessSettings
    definition: str
    gap: Published
    zones_guessed: bool
    margins_assumed: bool
    plan: PublishedAccess | None


def facts(
    settings: AccessSettings,
    estimates: Estimates,
    gap: Published,
    plan: PublishedAccess | None = None,
) -> HomeFacts:
    """Gather what findings are made from."""
    return HomeFacts(
        settings=settings,
        definition=estimates.definition,
        gap=gap,
        zones_guessed=estimates.zones_guessed,
        margins_assumed=bool(
            estimates.areas["direct_rate"].notna().any()
            and estimates.areas["direct_se"].isna().all()
        ),
        plan=plan,
    )


def _of_district(
    code: str,
    *,
    severity: FindingSeverity,
    message: str,
    fix: str,
    source: str,
    value: float | None = None,
    limit: float | None = None,
    unit: str = "",
    schools: tuple[str, ...] = (),
) -> Finding:
    """Make a finding about the district as a whole."""
    return Finding(
        id=f"{code}:district",
        code=code,
        severity=severity,
        subject_kind="district",
        subject="",
        schools=schools,
        message=message,
        value=value,
        limit=limit,
        unit=unit,
        fix=fix,
        source=source,
    )


def students_offline(given: HomeFacts) -> Iterator[Finding]:
    """Say how many students are offline at home, and how sure that is."""
    total = given.gap.total
    if not total.students_offline > 0:  # NaN where it is withheld
        return
    yield _of_district(
        "students-offline",
        severity="info",
        message=f"{total.students_offline:,.0f} ± {Z_90 * total.se:,.0f} of "
        f"{total.students:,.0f} students are {_WORDS[given.definition]} (90 % interval).",
        value=total.students_offline,
        unit="students",
        fix="Look at the areas with the most of them; the plan says what reaches whom.",
        source="ACS and the district's enrollment (docs/validation/gap.md)",
    )


def gap_uncertain(given: HomeFacts) -> Iterator[Finding]:
    """Flag a total that is hardly known."""
    total = given.gap.total
    if not total.students_offline > 0:  # NaN where it is withheld
        return
    share = Z_90 * total.se / total.students_offline
    if share > _WIDE_SHARE or given.margins_assumed:
        message = (
            f"The number of students offline is given to ± {share:.0%}, but that is assumed: the "
            "census tables here have no margins of error."
            if given.margins_assumed
            else f"The number of students offline is known to ± {share:.0%} only: the census "
            "sample is small here."
        )
        yield _of_district(
            "gap-uncertain",
            severity="warning",
            message=message,
            value=share,
            limit=_WIDE_SHARE,
            unit="share",
            fix="Ask the families (students.csv with students_offline), or use ACS tables with "
            "margins of error.",
            source="assumption: one household in 15 was asked"
            if given.margins_assumed
            else "assumption: a 90 % interval of a quarter is wide for a budget",
        )


def zones_guessed(given: HomeFacts) -> Iterator[Finding]:
    """Flag attendance zones that nobody gave."""
    if given.zones_guessed:
        yield _of_district(
            "zones-guessed",
            severity="warning",
            message="No attendance zones are given: each area's students are counted to the "
            "nearest school of their level.",
            fix="Put the zones into zones.geojson; shares by zone are a guess until then.",
            source="assumption: students attend the nearest school",
        )


def goal_missed(given: HomeFacts) -> Iterator[Finding]:
    """Flag a budget that does not reach the district's own goal."""
    plan, goal = given.plan, given.settings.coverage_goal
    if plan is None or goal is None or not plan.served_share < goal - 1e-9:  # NaN: withheld
        return
    decides = plan.goal.coverage_share is not None
    yield _of_district(
        "goal-missed",
        severity="critical" if decides else "info",
        message=f"The plan serves {plan.served_share:.0%} of the students offline; the goal in "
        f"access.toml is {goal:.0%}{'' if decides else ', and a budget was asked for'}.",
        value=plan.served_share,
        limit=goal,
        unit="share",
        fix="The curve shows what the next dollars buy; netplan access --goal gives the least "
        "cost for it, or says why it cannot be had.",
        source="access.toml",
    )


def zone_left_behind(given: HomeFacts) -> Iterator[Finding]:
    """Flag attendance zones that the plan serves far less than the district."""
    plan = given.plan
    if plan is None or plan.served_share <= 0:
        return
    limit = _UNEVEN_SHARE * plan.served_share
    shares = plan.zones["served_share"].astype(float)
    behind = plan.zones[shares < limit]  # NaN is never less
    if behind.empty:
        return
    worst = float(shares[behind.index].min())
    zones = f"{len(behind)} attendance zones are" if len(behind) > 1 else "1 attendance zone is"
    yield _of_district(
        "zone-left-behind",
        severity="warning",
        schools=tuple(behind["school_id"].astype(str)),
        message=f"{zones} served less than half as well as the district: of the students offline "
        f"there the plan serves {worst:.0%} in the worst one, in the district "
        f"{plan.served_share:.0%}.",
        value=worst,
        limit=limit,
        unit="share",
        fix="Where something reaches them, --equity floor or --equity worst_first serves them "
        "more; where nothing does, add a place or an offer near them.",
        source="assumption: half of the district's share is left behind",
    )


def stop_not_worth_it(given: HomeFacts) -> Iterator[Finding]:
    """Name the open places that earn their cost in less than half of the draws: one finding.

    Places whose count is withheld are left out: that one does not earn its cost says that it
    serves fewer than its cost over the price, which may be hardly more than nobody.
    """
    if given.plan is None or given.plan.robustness is None:
        return
    robust = given.plan.robustness
    sites = given.plan.sites[~given.plan.sites["existing"].astype(bool)]
    # NaN, withheld, is never less
    doubtful = sites[sites["worth_share"].astype(float) < _WORTH_SHARE]
    if doubtful.empty:
        return
    doubtful = doubtful.sort_values(["worth_share", "id"], kind="stable")
    shares = doubtful["worth_share"].astype(float)
    named = ", ".join(
        f"{name} ({share:.0%})"
        for name, share in zip(
            doubtful["name"].astype(str).head(_PLACES_NAMED), shares, strict=False
        )
    )
    more = len(doubtful) - _PLACES_NAMED
    places = f"{len(doubtful)} places" if len(doubtful) > 1 else "1 place"
    yield Finding(
        id="stop-not-worth-it:district",
        code="stop-not-worth-it",
        severity="warning",
        subject_kind="site",
        subject=";".join(doubtful["id"].astype(str)),
        schools=(),
        message=f"{places} may draw too few students for the money: {named}"
        f"{f' and {more} more' if more > 0 else ''}. In brackets: how often, in {robust.draws:,} "
        "draws of who is offline, a student there costs no more than "
        f"{robust.worth_usd_per_student_per_year:,.0f} USD a year.",
        value=float(shares.iloc[0]),
        limit=_WORTH_SHARE,
        unit="share",
        fix="Count the students there before paying for it, or move it."
        if len(doubtful) == 1
        else "Count the students there before paying for these places, or move them.",
        source="assumption: a place should be worth its cost more often than not",
    )


def plan_not_proven(given: HomeFacts) -> Iterator[Finding]:
    """Say when a better plan may exist, and how much better."""
    plan = given.plan
    if plan is None or plan.gap_share <= _GAP_SHARE:
        return
    yield _of_district(
        "plan-not-proven",
        severity="warning",
        message=f"The search was stopped: a plan may exist that is up to {plan.gap_share:.1%} "
        "better than this one.",
        value=plan.gap_share,
        limit=_GAP_SHARE,
        unit="share",
        fix="Give it more time: --time-limit.",
        source="the solver's proven bound",
    )


FINDINGS: tuple[Callable[[HomeFacts], Iterator[Finding]], ...] = (
    goal_missed,
    gap_uncertain,
    zones_guessed,
    zone_left_behind,
    stop_not_worth_it,
    plan_not_proven,
    students_offline,
)
_SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}


def find_all(given: HomeFacts) -> tuple[Finding, ...]:
    """Run every kind of finding; the most severe first, then in the order of ``FINDINGS``."""
    found = [finding for function in FINDINGS for finding in function(given)]
    return tuple(sorted(found, key=lambda finding: _SEVERITY_ORDER[finding.severity]))
