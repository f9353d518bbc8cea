"""The plan of upgrades in sentences: what it costs, what it fixes, what it leaves."""

import math
from collections.abc import Iterable, Mapping, Sequence

from netplan.report.format import clean, count, listed, percent, plural, tidy
from netplan.report.money_words import dollars, span
from netplan.report.upgrade import UpgradeReport
from netplan.upgrades.model import Unmet, UpgradePlan

#: What a purchase takes away, by the code of the finding.
FIX_WORDS = {
    "link-over-limit": "past its limit",
    "node-over-limit": "past its limit",
    "wifi-airtime-over": "not enough airtime",
    "wifi-airtime-peaks": "too little airtime in busy moments",
    "wifi-crowded": "too many devices per radio",
    "access-points-old": "old access points",
    "firewall-below-circuit": "passes less than the circuits bring",
    "failure-overload": "past a limit when something fails",
    "single-point-of-failure": "one failure cuts off several schools",
    "single-way": "schools with no second way",
    "datacenter-cut-off": "one failure cuts off the data center",
    "runs-out-soon": "past its limit soon",
    "target-missed": "a published target missed",
}
KIND_WORDS = {"ap_group": "access points", "new_link": "second way"}
#: Plans this close to the bound are as good as proven.
_PROVEN = 5e-4


def upgrade_headline(report: UpgradeReport) -> list[str]:
    """Give the answer first, then what a board asks next."""
    plan = report.plan
    sentences = [_answer(plan)]
    if len(plan.upgrades):
        sentences.append(_when(plan))
    if plan.budget_usd_per_year is not None:
        sentences.append(_relief(plan))
    if plan.survives_failures:
        sentences.append("It is planned for every single failure too.")
    if plan.unmet:
        more = [f"{len(plan.unmet) - 5} more"] if len(plan.unmet) > 5 else []
        names = listed([*(clean(one.element) for one in plan.unmet[:5]), *more])
        sentences.append(f"Not put right in every year: {names}; why stands below.")
    sentences.append(_proof(plan))
    sentences += [clean(note) for note in plan.notes]
    assumed = plan.upgrades[plan.upgrades["status"] != "sourced"]
    if len(assumed):
        sentences.append(
            f"The prices of {len(assumed)} of {plural(len(plan.upgrades), 'purchase')} "
            f"({dollars(float(assumed['usd'].sum()))}) are assumptions: put your quotes into "
            "upgrades.csv."
        )
    return [tidy(sentence) for sentence in sentences]


def _answer(plan: UpgradePlan) -> str:
    years = span(plan.school_years)
    if not len(plan.upgrades):
        if plan.budget_usd_per_year is not None:
            return f"Within the budget nothing can be put right in {years}."
        if plan.unmet:
            return f"Nothing can be bought in {years} that would change anything."
        return f"Nothing has to be bought: everything stays below its limit in {years}."
    buy = plural(len(plan.upgrades), "purchase")
    net, usd = sum(plan.net_by_year_usd), sum(plan.usd_by_year)
    helped = f" ({dollars(usd)} before E-Rate)" if usd - net > 1 else ""
    if plan.budget_usd_per_year is not None:
        return f"{buy} for {dollars(net)} after E-Rate{helped} in {years} relieve the most."
    rest = ", but for what stands below," if plan.unmet else ""
    return (
        f"{buy} for {dollars(net)} after E-Rate{helped} keep every link, device and access point"
        f"{rest} below its limit in {years}."
    )


def _when(plan: UpgradePlan) -> str:
    parts = [
        f"{dollars(net)} in {year}"
        for year, net in zip(plan.school_years, plan.net_by_year_usd, strict=True)
        if net > 1
    ]
    if not parts:
        return "It costs no more than what is paid today."
    return f"To pay each year, beyond what is paid today: {listed(parts)}."


def _relief(plan: UpgradePlan) -> str:
    relieved, all_ = sum(plan.relieved_student_hours), sum(plan.congested_student_hours)
    if not all_:
        return "No student's lessons are congested in these years."
    return (
        f"Of {count(all_)} student-hours behind something past its limit it gives back "
        f"{count(relieved)} ({percent(relieved / all_)}), with "
        f"{dollars(plan.budget_usd_per_year or 0.0)} a year."
    )


def _proof(plan: UpgradePlan) -> str:
    what = "cost less" if plan.budget_usd_per_year is None else "relieve more"
    if not math.isfinite(plan.gap_share):
        return f"Whether another plan could {what} is not proven."
    if plan.gap_share <= _PROVEN:
        return f"No other choice from this catalog could {what}: that is proven."
    return f"No other choice from this catalog could {what} by more than {percent(plan.gap_share)}."


def fixes_words(ids: Iterable[str]) -> str:
    """Say in words what a purchase takes away, each once."""
    words = dict.fromkeys(
        FIX_WORDS.get(code := name.split(":", 1)[0], code.replace("-", " ")) for name in ids
    )
    return "; ".join(words)


def named(what: str, schools: Sequence[str], names: Mapping[str, str]) -> str:
    """Put the name of the school that it serves after an id; nothing where it serves several."""
    if len(schools) != 1:
        return what
    return f"{what} ({names.get(schools[0], schools[0])})"


def unmet_sentence(one: Unmet, names: Mapping[str, str]) -> str:
    """Say what stays past its limit, when, why, and what would help."""
    kind = KIND_WORDS.get(one.kind, one.kind)
    what, years = named(one.element, one.schools, names), one.school_years
    when = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return tidy(clean(f"{kind[:1].upper()}{kind[1:]} {what}, {when}: {one.why}. {one.help}"))
