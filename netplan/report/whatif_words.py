"""What a scenario does, in the sentences that a school board reads."""

from collections import Counter
from collections.abc import Sequence

from netplan.capacity.model import Finding
from netplan.report.event_box import district_comparison
from netplan.report.format import clean, listed, percent, plural, tidy
from netplan.report.frames import records
from netplan.report.lookup import Lookup, Row
from netplan.report.whatif import ScenarioResult, YearResult
from netplan.report.whatif_compare import misfits

#: States of a building in words.
STATE_WORDS = {"fits": "Fits", "over": "Over", "cut-off": "Cut off"}
#: The same as the shapes of `macros.html` know them.
STATE_BADGES = {"fits": "fits", "over": "over", "cut-off": "over"}
_THEN = {
    "growth": "then by growth alone",
    "back": "then undone",
    "other": "then otherwise",
}
_NAMED = 3
_MANY = {
    "link": "links",
    "node": "devices of the network",
    "school": "buildings",
    "risk_group": "shared risks",
    "district": "findings of this kind",
}


def scenario_sentences(result: ScenarioResult) -> list[str]:
    """Give what a scenario does, the answer first.

    Parameters
    ----------
    result
        Of `netplan.whatif`.
    """
    last = result.last
    total = len(last.report.capacity.buildings)
    flips = records(result.flips)
    worse = [row for row in flips if row["now"] != "fits"]
    better = [row for row in flips if row["now"] == "fits"]
    sentences = [_answer(result, last, total)]
    sooner = [row for row in worse if row["then"] == "growth"]
    sentences += _stop([row for row in worse if row["then"] != "growth"], result)
    sentences += _stop(sooner, result, " before growth alone would put them there")
    if better:
        some = " in some year" if any(row["until"] for row in better) else ""
        sentences.append(
            f"With it, {_buildings(better)} {_verb(better, 'fits', 'fit')}{some}; without it not"
            f"{_most_often(better)}."
        )
    if not flips:
        sentences.append(_nothing_flips(last))
    sentences += district_comparison(last.report)
    sentences += _growth(last)
    sentences += _schools(last)
    return sentences


def when(row: Row) -> str:
    """Say in which school years a flip holds."""
    if row["school_year"] is None:
        return ""
    if row["until"] is None:
        return f"from {row['school_year']}"
    span = row["school_year"]
    if row["until"] != row["school_year"]:
        span = f"{row['school_year']} to {row['until']}"
    return f"{span}, {_THEN[row['then']]}"


def limit_words(row: Row, lookup: Lookup) -> str:
    """Name what stops a building, or stopped it: a link, a device, its Wi-Fi, or no way at all."""
    if row["limited_by"] == "cut-off":
        return "no way to the internet"
    if row["limited_by"] == "airtime":
        element = lookup.element("node", row["element"])
        return f"airtime of {element}"
    way = {"down": ", down", "up": ", up", "both": ", down + up"}.get(row["direction"] or "", "")
    return f"{lookup.element(row['kind'], row['element'])}{way}"


def why_words(row: Row) -> str:
    """Give the reason of a flip; empty where it was not asked for."""
    return clean(row["why"]) if row["why"] else ""


def inseparable_sentences(result: ScenarioResult) -> list[str]:
    """Say which pieces cannot be left out, or cannot stand alone, so that their part is unknown."""
    stuck: dict[str, None] = {}
    for year in result.years:
        if year.reasons is None or len(year.reasons.units) < 2:
            continue
        units, found = year.reasons.units, year.reasons.attribution
        for unit in found.inseparable:
            stuck[
                f"{clean(units[unit].name)} cannot be left out: without it the rest of the "
                "scenario does not fit the district, so its own part is not known."
            ] = None
        for unit in found.dependent:
            stuck[
                f"{clean(units[unit].name)} cannot stand alone: it needs other parts of the "
                "scenario."
            ] = None
    return list(stuck)


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Give findings with those of one kind on one line, the worst of each told.

    Parameters
    ----------
    findings
        Worst first.
    """
    kinds: dict[str, list[Finding]] = {}
    for each in findings:
        kinds.setdefault(each.code, []).append(each)
    lines = []
    for same in kinds.values():
        message = tidy(same[0].message)
        if len(same) > 1:
            what = _MANY.get(same[0].subject_kind, "findings of this kind")
            message = f"{len(same):,} {what}, the worst: {message}"
        lines.append(message)
    return lines


def _answer(result: ScenarioResult, last: YearResult, total: int) -> str:
    """Say how many do not fit at the end, with and without the scenario."""
    now, was = misfits(last.report), misfits(last.base)
    end = f" in {last.school_year}" if last.school_year and result.is_several_years else ""
    if not now:
        first = f"{'The building fits' if total == 1 else f'All {total:,} buildings fit'}{end}"
    else:
        do = "does" if now == 1 else "do"
        first = f"{now:,} of {plural(total, 'building')} {do} not fit{end}"
    waves = result.scenario.compare_with == "start"
    without = "without its waves" if waves else "without it"
    if now == was:
        return f"{first}, as {'many as ' if now else ''}{without}."
    if not was:
        return f"{first}; {without} all fit."
    return f"{first}; {without} {was:,} {'does' if was == 1 else 'do'} not."


def _stop(rows: Sequence[Row], result: ScenarioResult, sooner: str = "") -> list[str]:
    """Say who stops fitting, when, and most often why."""
    if not rows:
        return []
    parts = []
    for state, one, many in (
        ("cut-off", "is cut off from the internet", "are cut off from the internet"),
        ("over", "goes over the limit", "go over the limit"),
    ):
        found = [row for row in rows if row["now"] == state]
        parts += [f"{_buildings(found)} {_verb(found, one, many)}"] if found else []
    first = min(row["school_year"] for row in rows) if result.is_several_years else ""
    since = f", the first in {first}" if first else ""
    return [f"With it, {listed(parts)}{sooner}{since}{_most_often(rows)}."]


def _most_often(rows: Sequence[Row]) -> str:
    """Give the reason that most of some flips have, and how many; empty where none was asked."""
    reasons = Counter(row["why"] for row in rows if row["why"])
    if not reasons:
        return ""
    most, count = reasons.most_common(1)[0]
    rest = "" if count == len(rows) else f" ({count:,} of them)"
    lead = {"because": ", ", "needs": ", which "}.get(most.split(" ", 1)[0], "; ")
    return f"{lead}{clean(most)}{rest}"


def _buildings(rows: Sequence[Row]) -> str:
    """Name a few buildings, count more; one that flips twice is one."""
    names = {row["school_id"]: clean(row["name"]) for row in rows}
    if len(names) <= _NAMED:
        return listed(list(names.values()))
    return f"{len(names):,} buildings"


def _verb(rows: Sequence[Row], one: str, many: str) -> str:
    return one if len({row["school_id"] for row in rows}) == 1 else many


def _nothing_flips(year: YearResult) -> str:
    """Say what changes where no building flips: the fullest one's use."""
    if year.comparison.changes.empty:
        return "It changes nothing."
    base, now = (
        float(report.capacity.buildings["bottleneck_utilization_share"].fillna(0.0).max())
        for report in (year.base, year.report)
    )
    changed = year.comparison.changes["school_id"].nunique()
    return (
        f"No building flips; numbers of {plural(changed, 'building')} change. The fullest "
        f"bottleneck is at {percent(now)}, without it at {percent(base)}."
    )


def _growth(last: YearResult) -> list[str]:
    """Tell growth's own flips apart from the scenario's."""
    rows = [row for row in records(last.by_growth) if row["now"] == "over"]
    if not rows:
        return []
    return [
        f"Growth alone puts {_buildings(rows)} over by {last.school_year}; that is not counted "
        "as the scenario's doing."
    ]


def _schools(last: YearResult) -> list[str]:
    """Say which schools stand on one side alone."""
    sentences = []
    for schools, words in (
        (last.comparison.schools_added, "only with the scenario"),
        (last.comparison.schools_gone, "only without it"),
    ):
        if schools:
            are = "is" if len(schools) == 1 else "are"
            named = listed([clean(school) for school in schools[:_NAMED]])
            more = f" and {len(schools) - _NAMED:,} more" if len(schools) > _NAMED else ""
            sentences.append(f"{named}{more} {are} there {words} and not compared.")
    return sentences
