"""The answers in sentences: what a director reads first."""

from collections import Counter
from typing import Any

from netplan.report.format import count, listed, percent, plural, quantity, school_year
from netplan.report.frames import records
from netplan.report.lookup import NODE_WORDS, Lookup
from netplan.report.model import Report

#: Status of a building to the word that is shown for it.
STATUS_WORDS = {"over": "Over", "at-risk": "At risk", "fits": "Fits"}
#: Findings that say what puts a building over.
_CAUSES = ("link-over-limit", "node-over-limit", "wifi-airtime-over")


def district_headline(report: Report, lookup: Lookup) -> list[str]:
    """Give the district's answer, the most important sentence first."""
    buildings = records(report.capacity.buildings)
    limit = percent(report.district.planning.utilization_limit)
    by_status = Counter(row["status"] for row in buildings)
    over, total = by_status["over"], len(buildings)
    if over:
        first = (
            f"{over:,} of {plural(total, 'building')} "
            f"{'goes' if over == 1 else 'go'} over the {limit} limit in the busy hour"
        )
        causes = _causes(report, lookup)
        are = "is" if len(causes) == 1 and not causes[0][0].isdigit() else "are"
        sentences = [f"{first}; {listed(causes)} {are} the cause." if causes else f"{first}."]
    else:
        sentences = [f"All {plural(total, 'building')} stay under the {limit} limit."]
    if by_status["at-risk"]:
        sentences.append(
            f"{plural(by_status['at-risk'], 'more building')} "
            f"{'goes' if by_status['at-risk'] == 1 else 'go'} over with one more year's growth of "
            f"{percent(report.district.planning.growth_per_year)}."
        )
    return [*sentences, *_worst_failure(report, lookup), *_target_sentence(report)]


def status_counts(report: Report) -> list[tuple[str, str, int]]:
    """Give (status, word, buildings) for each status, the worst first."""
    by_status = Counter(report.capacity.buildings["status"].tolist())
    return [(status, word, by_status[status]) for status, word in STATUS_WORDS.items()]


def building_answer(row: dict[str, Any], lookup: Lookup, limit_share: float) -> list[str]:
    """Give one building's answer and what it rests on; what makes it so comes first.

    Parameters
    ----------
    row
        The building's row of results.
    lookup
        Of the report.
    limit_share
        The district's utilization limit.
    """
    wire = _wire_sentence(row, lookup, percent(limit_share))
    air = _air_sentence(row)
    wire += _room(row, lookup)
    sentences = [*air, *wire] if air_decides(row, limit_share) else [*wire, *air]
    word = STATUS_WORDS.get(row["status"], row["status"])
    first = f"{word}: {sentences[0]}"
    return [first, *(each[:1].upper() + each[1:] for each in sentences[1:])]


def air_decides(row: dict[str, Any], limit_share: float) -> bool:
    """Tell whether a status comes from the Wi-Fi: the links fit, and the air is fuller."""
    wire, air = row["bottleneck_utilization_share"] or 0.0, row["airtime_share"] or 0.0
    return bool(wire <= limit_share and air > wire)


def direction_words(direction: str | None) -> str:
    """Give a direction as part of a sentence, with the space before it."""
    if direction is None:
        return ""
    return " down and up together" if direction == "both" else f" {direction}"


def _wire_sentence(row: dict[str, Any], lookup: Lookup, limit: str) -> list[str]:
    if row["bottleneck_element"] is None:
        return ["nothing on its way to the internet has a stated limit."]
    name = lookup.element(row["bottleneck_kind"], row["bottleneck_element"])
    return [
        f"{name}, the fullest on its way, carries {quantity(row['bottleneck_load_mbps'], 'Mbps')}"
        f"{direction_words(row['bottleneck_direction'])} in period {row['bottleneck_period']}, "
        f"{quantity(row['bottleneck_utilization_share'], 'share')} of its "
        f"{quantity(row['bottleneck_capacity_mbps'], 'Mbps')}; the limit is {limit}."
    ]


def _air_sentence(row: dict[str, Any]) -> list[str]:
    if row["airtime_share"] is None or row["wifi_node"] is None:
        return []
    return [
        f"its busiest access points, {row['wifi_node']}, are asked for "
        f"{percent(row['airtime_share'])} of their airtime."
    ]


def _room(row: dict[str, Any], lookup: Lookup) -> list[str]:
    devices = row["headroom_devices"]
    if devices is None:
        return []
    where = lookup.element(None, row.get("headroom_element"))
    if devices < 0:
        total = quantity(row["devices"], "devices")
        if -devices >= row["devices"]:
            return [f"Even without its {total}, {where} stays over the limit: others fill it."]
        return [f"That is {count(-devices)} of its {total} too many for {where}."]
    year = row["exhausted_school_year"]
    until = f", and with the stated growth the room runs out {_when(year)}" if year else ""
    return [f"{plural(int(devices), 'more device')} of its present mix fit on its links{until}."]


def _when(year: str) -> str:
    words = school_year(year)
    return words if year.startswith("+") else f"in {words}"


def _causes(report: Report, lookup: Lookup) -> list[str]:
    subjects = {
        (finding.code, finding.subject) for finding in report.findings if finding.code in _CAUSES
    }
    links = sorted(subject for code, subject in subjects if code == "link-over-limit")
    nodes = sorted(subject for code, subject in subjects if code == "node-over-limit")
    groups = sum(code == "wifi-airtime-over" for code, _ in subjects)
    parts = [f"link {links[0]}"] if len(links) == 1 else []
    parts += [plural(len(links), "link")] if len(links) > 1 else []
    for kind, amount in sorted(Counter(lookup.node_kinds.get(n, "node") for n in nodes).items()):
        word = NODE_WORDS.get(kind, "node")
        many = word if word.endswith("s") else None
        parts.append(f"the {word}" if amount == 1 else plural(amount, word, many))
    parts += [plural(groups, "group of access points", "groups of access points")] if groups else []
    return parts


def _worst_failure(report: Report, lookup: Lookup) -> list[str]:
    total = len(report.capacity.buildings)
    rows = [
        row
        for row in records(report.capacity.failures[["failed", "kind", "cut_off"]])
        if len(row["cut_off"]) > 1 and lookup.node_kinds.get(row["failed"]) != "internet"
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
        f"If {lookup.element(worst['kind'], worst['failed'])} alone fails, "
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
