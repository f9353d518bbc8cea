"""The answers in sentences: what a director reads first."""

from collections import Counter

from netplan.capacity.status import Limits
from netplan.report.format import clean, count, listed, percent, plural, quantity, school_year
from netplan.report.frames import records
from netplan.report.guesses import Guesses, find_guesses, guess_sentence
from netplan.report.lookup import NODE_WORDS, Lookup, Row
from netplan.report.model import Report
from netplan.report.statuses import by_air, limits_of, reasons

#: Status of a building to the word that is shown for it.
STATUS_WORDS = {"over": "Over", "at-risk": "At risk", "fits": "Fits"}
#: Findings that say what puts a building over.
_CAUSES = ("link-over-limit", "node-over-limit", "wifi-airtime-over")
#: Findings that say who has no internet while something is down.
_DOWN = ("cut-off-by-scenario", "partly-cut-off-by-scenario")
#: A share of traffic lost within this of one is all of it.
_ALL = 1.0 - 1e-9


def district_headline(report: Report, lookup: Lookup) -> list[str]:
    """Give the district's answer, the most important sentence first."""
    buildings = records(report.capacity.buildings)
    limits = limits_of(report)
    limit = percent(limits.utilization_share)
    by_status = Counter(row["status"] for row in buildings)
    total = len(buildings)
    cut = [row for row in buildings if cut_off(row)]
    over = by_status["over"] - len(cut)
    down = [finding.message for finding in report.findings if finding.code in _DOWN]
    if over:
        first = (
            f"{over:,} of {plural(total, 'building')} "
            f"{'goes' if over == 1 else 'go'} over the {limit} limit in the busy hour"
        )
        causes = _causes(report, lookup)
        are = "is" if len(causes) == 1 and not causes[0][0].isdigit() else "are"
        sentences = [f"{first}; {listed(causes)} {are} the cause." if causes else f"{first}."]
    elif not cut:
        sentences = [f"All {plural(total, 'building')} stay under the {limit} limit."]
    elif len(cut) < total:
        rest = plural(total - len(cut), "other building stays", "other buildings stay")
        sentences = [f"{rest} under the {limit} limit."]
    else:
        sentences = []
    sentences = [*down, *sentences]
    sentences += _at_risk(buildings, limits, more=bool(over))
    sentences += guess_sentence(report, find_guesses(report), lookup)
    if cut:  # with the way to the internet gone, neither spare ways nor its size mean anything
        return sentences
    return [*sentences, *_worst_failure(report, lookup), *_target_sentence(report)]


def _at_risk(buildings: list[Row], limits: Limits, *, more: bool) -> list[str]:
    """Say who goes over next and why; Wi-Fi by building, since no link shows it."""
    rows = [row for row in buildings if row["status"] == "at-risk"]
    why = {row["school_id"]: reasons(row, limits) for row in rows}
    grown = [row for row in rows if {"links", "airtime"} & set(why[row["school_id"]])]
    moments = [row for row in rows if row not in grown]
    sentences = []
    if grown:
        on_air = [row for row in grown if "links" not in why[row["school_id"]]]
        goes = "goes" if len(grown) == 1 else "go"
        also = plural(len(grown), "more building" if more else "building")
        because = _on_air(on_air, limits, whole=len(on_air) == len(grown))
        sentences.append(
            f"With one more year's growth of {percent(limits.growth_per_year)}, "
            f"{also} {goes} over{because}."
        )
    if moments:
        worst = max(moments, key=lambda row: row["planning_airtime_share"] or 0.0)
        who = (
            clean(worst["name"])
            if len(moments) == 1
            else f"{plural(len(moments), 'building')} that fit otherwise"
        )
        most = "" if len(moments) == 1 else f", most in {clean(worst['name'])}"
        sentences.append(
            f"In {who} the Wi-Fi's busy moments ask for more airtime than there is "
            f"({percent(worst['planning_airtime_share'] or 0.0)}{most})."
        )
    return sentences


def _on_air(rows: list[Row], limits: Limits, *, whole: bool) -> str:
    """Name the buildings that go over because of their Wi-Fi, and their airtime now."""
    if not rows:
        return ""
    shown = [f"{clean(row['name'])} (airtime {percent(row['airtime_share'])})" for row in rows[:3]]
    if len(rows) > 3:
        shown.append(f"{len(rows) - 3:,} more")
    which = "by Wi-Fi, not by links" if whole else "by Wi-Fi alone"
    return f"; {which}: {listed(shown)}, where the limit is {percent(limits.airtime_share)}"


def status_counts(report: Report) -> list[tuple[str, str, int]]:
    """Give (status, word, buildings) for each status, the worst first."""
    by_status = Counter(report.capacity.buildings["status"].tolist())
    return [(status, word, by_status[status]) for status, word in STATUS_WORDS.items()]


def building_answer(
    row: Row, lookup: Lookup, limits: Limits, guesses: Guesses | None = None
) -> list[str]:
    """Give one building's answer and what it rests on; what makes it so comes first.

    Parameters
    ----------
    row
        The building's row of results.
    lookup
        Of the report.
    limits
        What statuses are held against.
    guesses
        To say which numbers are guesses.
    """
    kind, element = row["bottleneck_kind"], row["bottleneck_element"]
    if cut_off(row):
        word = STATUS_WORDS.get(row["status"], row["status"])
        return [f"{word}: nothing joins it to the internet while something on its way is down."]
    guess = guesses is not None and guesses.capacity(kind, element)
    wire = _wire_sentence(row, lookup, percent(limits.utilization_share), guess=guess)
    air = _air_sentence(row, limits)
    wire += _room(row, lookup, limits)
    sentences = [*air, *wire] if air_decides(row, limits) else [*wire, *air]
    word = STATUS_WORDS.get(row["status"], row["status"])
    first = f"{word}: {sentences[0]}"
    return [first, *(each[:1].upper() + each[1:] for each in sentences[1:])]


def cut_off(row: Row) -> bool:
    """Tell whether a building has no way to the internet while something is down."""
    return (row.get("lost_share") or 0.0) > _ALL


def air_decides(row: Row, limits: Limits) -> bool:
    """Tell whether the Wi-Fi comes first: it makes the status, or all fits and it is fuller."""
    wire, air = row["bottleneck_utilization_share"] or 0.0, row["airtime_share"] or 0.0
    fuller = wire <= limits.utilization_share and air > wire
    return by_air(row, limits) or (row["status"] == "fits" and fuller)


def direction_words(direction: str | None) -> str:
    """Give a direction as part of a sentence, with the space before it."""
    if direction is None:
        return ""
    return " down and up together" if direction == "both" else f" {direction}"


def _wire_sentence(row: Row, lookup: Lookup, limit: str, *, guess: bool) -> list[str]:
    if row["bottleneck_element"] is None:
        return ["nothing on its way to the internet has a stated limit."]
    name = lookup.said(row["bottleneck_kind"], row["bottleneck_element"])
    sharing = lookup.bottleneck_of.get((row["bottleneck_kind"], row["bottleneck_element"]), 1)
    shared = f" of all schools on it (the bottleneck of {sharing:,})" if sharing > 1 else ""
    return [
        f"{name}, the fullest on its way, carries {quantity(row['bottleneck_load_mbps'], 'Mbps')}"
        f"{direction_words(row['bottleneck_direction'])}{shared} in period "
        f"{row['bottleneck_period']}, "
        f"{quantity(row['bottleneck_utilization_share'], 'share')} of its "
        f"{quantity(row['bottleneck_capacity_mbps'], 'Mbps')}{' (a guess)' if guess else ''}; "
        f"the limit is {limit}."
    ]


def _air_sentence(row: Row, limits: Limits) -> list[str]:
    if row["airtime_share"] is None or row["wifi_node"] is None:
        return []
    share = row.get("planning_airtime_share")
    moments = "" if share is None else f", and for {percent(share)} in busy moments"
    sentence = (
        f"its busiest access points, {row['wifi_node']}, are asked for "
        f"{percent(row['airtime_share'])} of their airtime on average{moments}; the limit for the "
        f"average is {percent(limits.airtime_share)}"
    )
    if row["status"] != "at-risk":
        return [f"{sentence}."]
    found = reasons(row, limits)
    if "airtime" in found:
        growth = percent(limits.growth_per_year)
        return [f"{sentence}, and with one more year's growth of {growth} it is passed."]
    if "moments" in found:
        return [f"{sentence}. Busy moments that ask for more than there is have to wait."]
    return [f"{sentence}."]


def _room(row: Row, lookup: Lookup, limits: Limits) -> list[str]:
    devices = row["headroom_devices"]
    if devices is None:
        return []
    element = row.get("headroom_element")
    where = lookup.said(lookup.kind_of(element), element)
    if devices < 0:
        total = quantity(row["devices"], "devices")
        if -devices >= row["devices"]:
            return [f"Even without its {total}, {where} stays over the limit: others fill it."]
        return [f"That is {count(-devices)} of its {total} too many for {where}."]
    year = row["exhausted_school_year"]
    growth = f"{percent(limits.growth_per_year)} growth a year"
    until = f"; with {growth} the room on its links runs out {_when(year)}" if year else ""
    more = plural(int(devices), "more device")
    return [
        f"Its links have room for {more} of its present mix while all other schools stay as they "
        f"are{until}."
    ]


def _when(year: str) -> str:
    words = school_year(year)
    return words if year.startswith("+") else f"in {words}"


def outside(row: Row, lookup: Lookup) -> bool:
    """Tell whether a failure is that of the internet itself, which is not the district's."""
    return row["kind"] == "node" and lookup.node_kinds.get(row["failed"]) == "internet"


def _causes(report: Report, lookup: Lookup) -> list[str]:
    subjects = {
        (finding.code, finding.subject) for finding in report.findings if finding.code in _CAUSES
    }
    links = sorted(subject for code, subject in subjects if code == "link-over-limit")
    nodes = sorted(subject for code, subject in subjects if code == "node-over-limit")
    groups = [
        finding
        for finding in report.findings
        if finding.code == "wifi-airtime-over" and (finding.code, finding.subject) in subjects
    ]
    parts = [lookup.of_school("link", links[0])] if len(links) == 1 else []
    parts += [plural(len(links), "link") + _sizes(report, links)] if len(links) > 1 else []
    for kind, amount in sorted(Counter(lookup.node_kinds.get(n, "node") for n in nodes).items()):
        word = NODE_WORDS.get(kind, "node")
        many = word if word.endswith("s") else None
        parts.append(f"the {word}" if amount == 1 else plural(amount, word, many))
    if groups:
        schools = sorted({school for finding in groups for school in finding.schools})
        where = f" in {lookup.names.get(schools[0], schools[0])}" if len(schools) == 1 else ""
        words = plural(len(groups), "group of access points", "groups of access points")
        parts.append(words + where)
    return [clean(part) for part in parts]


def _sizes(report: Report, links: list[str]) -> str:
    """Name the link that most schools are behind, where it is more than one school's."""
    behind = {
        finding.subject: len(finding.schools)
        for finding in report.findings
        if finding.code == "link-over-limit"
    }
    worst = max(links, key=lambda link: behind[link])
    if behind[worst] < 2:
        return ""
    return f" (first of all {worst}, with {plural(behind[worst], 'school')} behind it)"


def _worst_failure(report: Report, lookup: Lookup) -> list[str]:
    total = len(report.capacity.buildings)
    rows = [
        row
        for row in records(report.capacity.failures[["failed", "kind", "cut_off"]])
        if len(row["cut_off"]) > 1 and not outside(row, lookup)
    ]
    if not rows:
        return ["No single failure cuts off more than one school."] if total > 1 else []
    worst = max(rows, key=lambda row: len(row["cut_off"]))
    cut = len(worst["cut_off"])
    who = f"all {total:,} schools" if cut == total else f"{cut:,} of {total:,} schools"
    alike = sum(len(row["cut_off"]) == cut for row in rows)
    others = plural(alike - 1, "other single failure does", "other single failures do")
    also = f"; {others} the same." if alike > 1 else "."
    return [
        f"If {lookup.said(worst['kind'], worst['failed'])} alone fails, "
        f"{who} lose the internet{also}"
    ]


def _target_sentence(report: Report) -> list[str]:
    met = [bool(value) for value in report.capacity.district_targets["met"].tolist()]
    if not met:
        return []
    return [
        f"The internet access meets {sum(met)} of {plural(len(met), 'published target')}, "
        "which disagree with each other."
    ]
