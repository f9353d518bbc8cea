"""The board's one page: what is wrong, what it costs, how sure it is, what is to be decided."""

import math
from collections import Counter
from dataclasses import dataclass

from netplan.capacity.model import Finding
from netplan.report.format import count, listed, percent, plural, school_year, tidy
from netplan.report.frames import records
from netplan.report.guesses import Guesses, guess_sentence
from netplan.report.headline import district_headline
from netplan.report.home import AccessReport, GapReport
from netplan.report.home_words import access_headline, gap_headline, usd, with_error
from netplan.report.lookup import Lookup
from netplan.report.model import Report
from netplan.report.money import CostReport
from netplan.report.money_words import CENT, cliffs, dollars, money_headline, short_usd, sums

#: Findings of something past its limit today, and what one of them is called.
_OVER = {
    "link-over-limit": ("link", "links"),
    "node-over-limit": ("device", "devices"),
    "wifi-airtime-over": ("group of access points", "groups of access points"),
}
#: Risks that stand on the board's page, and at most of one kind.
_RISKS, _OF_A_KIND = 5, 2
#: Subjects that are named and not only counted.
_NAMED = 3
#: How the sentence on the plan's bound begins.
_PROOFS = ("Proven", "The search was stopped")
_SCHOOL_DAY_COST = (
    "No price is put on repairs in the school network: get quotes for what the top risks list."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Sentences of the board's one page, each list with the most important first."""

    wrong: tuple[str, ...]
    cost: tuple[str, ...]
    sure: tuple[str, ...]
    asks: tuple[str, ...]
    risks: tuple[Finding, ...]
    key: tuple[tuple[str, str, str], ...]


def summarize(report: Report, lookup: Lookup, guesses: Guesses) -> Summary:
    """Put a report into the sentences that a board reads first.

    ``key`` are the numbers in large print: value, what it is, and a status or nothing.
    """
    gap = None if report.home is None else report.home.gap
    access = None if report.home is None else report.home.access
    guessed = guess_sentence(report, guesses, lookup)
    return Summary(
        wrong=_wrong(report, lookup, guessed, gap),
        cost=(*_money(report), *_cost(report, access)),
        sure=_sure(report, guessed, gap, access),
        asks=_asks(report, guesses, access),
        risks=top_risks(report),
        key=_key(report, gap, access),
    )


def top_risks(report: Report) -> tuple[Finding, ...]:
    """Give the most severe findings of school day, home and money, few of a kind."""
    home: tuple[Finding, ...] = ()
    if report.home is not None and report.home.access is not None:
        home = report.home.access.findings
    elif report.home is not None and report.home.gap is not None:
        home = report.home.gap.findings
    money = () if report.money is None else report.money.findings
    severities = ("critical", "warning")
    found = sorted(
        (each for each in (*report.findings, *home, *money) if each.severity in severities),
        key=lambda each: severities.index(each.severity),
    )
    kinds: Counter[str] = Counter()
    chosen = []
    for finding in found:
        kinds[finding.code] += 1
        if kinds[finding.code] <= _OF_A_KIND:
            chosen.append(finding)
    return tuple(chosen[:_RISKS])


def _wrong(
    report: Report, lookup: Lookup, guessed: list[str], gap: GapReport | None
) -> tuple[str, ...]:
    school = [each for each in district_headline(report, lookup) if each not in guessed]
    home = [] if gap is None else [f"At home: {gap_headline(gap)[0]}"]
    return (*school, *home)


def _cost(report: Report, access: AccessReport | None) -> tuple[str, ...]:
    if access is None:
        note = "" if report.home is None else tidy(report.home.note)
        return tuple(each for each in (note, _SCHOOL_DAY_COST) if each)
    plan = access.published
    sentences = [each for each in access_headline(access)[:2] if not each.startswith(_PROOFS)]
    if plan.served_students and plan.served_students > 0:
        each = plan.cost_usd_per_year / plan.served_students
        sentences[0] += f" That is {usd(each)} a year for each student served."
    return (*sentences, _SCHOOL_DAY_COST)


def _sure(
    report: Report,
    guessed: list[str],
    gap: GapReport | None,
    access: AccessReport | None,
) -> tuple[str, ...]:
    planning = report.district.planning
    measured = len({row["link_id"] for row in records(report.capacity.calibration)})
    traffic = (
        f"Loads are modelled, then pulled toward traffic measured on {plural(measured, 'link')}."
        if measured
        else "Loads are modelled from devices and lessons; no measured traffic was given."
    )
    sentences = [
        f"{traffic} The real load stays below the planning load {percent(planning.percentile)} of "
        f"the time; the limit is {percent(planning.utilization_limit)} of capacity.",
        *guessed,
    ]
    if gap is not None:
        sentences += gap_headline(gap)[2:]
    if access is not None:
        sentences += [
            each for each in access_headline(access)[1:] if each.startswith((*_PROOFS, "Over "))
        ]
    assumed = len(report.assumptions)
    sentences.append(
        f"{plural(assumed, 'number')} that nobody measured here "
        f"{'stands' if assumed == 1 else 'stand'} with sources in the part “Assumptions”."
    )
    return tuple(sentences)


def _asks(report: Report, guesses: Guesses, access: AccessReport | None) -> tuple[str, ...]:
    """Say what there is to decide; nothing is asked where nothing was found."""
    found = {code: len(_subjects(report, code)) for code in _OVER}
    over = [_named(report, code, amount) for code, amount in found.items() if amount]
    asks = []
    if guesses.cells:
        asks.append(
            f"Have staff look up what {plural(len(guesses.cells), 'guessed cell')} should hold "
            "before money is committed; the part “Guesses” lists them."
        )
    if over:
        asks.append(
            f"Approve the repair of what is past its limit today ({listed(over)}; see “Everything "
            "that was found”). Get quotes first."
        )
    single = _subjects(report, "single-point-of-failure")
    if single:
        asks.append(
            "Decide whether to pay for a second way around what cuts off several schools when it "
            f"fails alone ({plural(len(single), 'finding')}), or accept the outage that the part "
            "“When one thing fails” describes."
        )
    soon = _subjects(report, "runs-out-soon")
    if soon:
        first = min(
            (row["exhausted_school_year"] for row in _later(report)),
            key=lambda year: (len(year), year),
            default="",
        )
        when = f", the first {_when(first)}" if first else ""
        asks.append(
            f"Set money aside for {plural(len(soon), 'bottleneck')} that growth of "
            f"{percent(report.district.planning.growth_per_year)} a year fills within three "
            f"years{when}."
        )
    if access is not None:
        asks.append(_home_ask(access))
    if report.money is not None:
        asks += _money_asks(report.money)
    if not asks:
        asks.append("Nothing: no limit is passed and no repair is due.")
    return tuple(asks)


def _named(report: Report, code: str, amount: int) -> str:
    """Give how many subjects a finding has, with their names where they are few."""
    names = sorted(_subjects(report, code))
    told = f" ({listed(names)})" if amount <= _NAMED else ""
    return f"{plural(amount, *_OVER[code])}{told}"


def _home_ask(access: AccessReport) -> str:
    plan = access.published
    served = (
        "" if math.isnan(plan.served_students) else f" for {count(plan.served_students)} students"
    )
    doubtful = next((each for each in access.findings if each.code == "stop-not-worth-it"), None)
    first = (
        ""
        if doubtful is None
        else f" First settle what the findings doubt: {doubtful.message} {doubtful.fix}"
    )
    return (
        f"Approve the home access plan at {usd(plan.cost_usd_per_year)} a year{served}, or choose "
        f"another budget on the curve “Students against dollars”.{first}"
    )


def _money(report: Report) -> tuple[str, ...]:
    """Give what the district's technology costs in all, who pays, and when that ends."""
    if report.money is None:
        return (tidy(report.money_note),) if report.money_note else ()
    return tuple(money_headline(report.money)[: 1 + len(cliffs(report.money))])


def _money_asks(money: CostReport) -> list[str]:
    """Say what money the board has to find; nothing where all of it is there."""
    unpaid = sums(money.ownership)["unfunded_usd"]
    if unpaid <= CENT:
        return []
    return [f"Say who pays the {dollars(unpaid)} that have no source yet (part “Money”)."]


def _when(year: str) -> str:
    words = school_year(year)
    return words if year.startswith("+") else f"in {words}"


def _later(report: Report) -> list[dict[str, str]]:
    """Give the buildings that fit now and run out of room some day."""
    return [
        row
        for row in records(report.capacity.buildings)
        if row["status"] != "over" and row["exhausted_school_year"]
    ]


def _subjects(report: Report, code: str) -> set[str]:
    return {finding.subject for finding in report.findings if finding.code == code}


def _key(
    report: Report, gap: GapReport | None, access: AccessReport | None
) -> tuple[tuple[str, str, str], ...]:
    status = Counter(report.capacity.buildings["status"].tolist())
    total = len(report.capacity.buildings)
    key = [
        (f"{status['over']:,} of {total:,}", "buildings over the limit", "over"),
        (f"{status['at-risk']:,}", "more at risk within a year", "at-risk"),
    ]
    if gap is not None:
        offline = gap.total.students_offline
        key.append(
            (
                "withheld" if math.isnan(offline) else with_error(offline, gap.total.se),
                "students offline at home",
                "",
            )
        )
    if access is not None:
        plan = access.published
        share = "withheld" if math.isnan(plan.served_share) else percent(plan.served_share)
        robust = plan.robustness
        spread = (
            ""
            if robust is None
            else f" ({count(robust.served_low)} to {count(robust.served_high)} students in 90 % of "
            "draws)"
        )
        key.append((share, f"of them served by the plan{spread}", "fits"))
        key.append((usd(plan.cost_usd_per_year), "a year for the plan", ""))
    if report.money is not None:
        unpaid = sums(report.money.ownership)["unfunded_usd"]
        open_, whole = short_usd(unpaid), short_usd(report.money.ownership.net_usd)
        key.append(
            (f"{open_} USD", "of technology cost that nobody pays yet", "over")
            if unpaid > CENT
            else (f"{whole} USD", "of technology cost, all of it paid for", "fits")
        )
    return tuple(key)
