"""What an event does to the usual day, before anything else is said of it."""

from collections import Counter
from dataclasses import dataclass

from netplan.report.format import Cell, cell, cited, clean, listed, percent, plural, quantity, tidy
from netplan.report.frames import records
from netplan.report.headline import STATUS_WORDS
from netplan.report.layout import Table, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.model import Report
from netplan.report.views import school_cell, status_cell

#: Buildings that the comparison shows.
_SHOWN = 10
#: Why an event of a kind can take load off.
_WHY_LESS = {
    "testing": "tested devices stop watching video and do nothing else meanwhile",
    "assembly": "people who watch one program do little else",
    "remote": "students are at home, so their devices ask nothing of the building",
}
_SAME = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBox:
    """The events in force: titles, a sentence against the usual day, assumptions, comparison."""

    titles: tuple[str, ...]
    sentence: str
    assumptions: Table
    compared: Table | None


def event_titles(report: Report) -> list[str]:
    """Give the titles of the events in force; the name where the catalog has none."""
    titles = {row["event"]: str(row["title"]) for row in _rows(report)}
    return [clean(titles.get(event, event)) for event in report.events]


def event_box(
    report: Report, lookup: Lookup, *, school: str | None = None, folder: str = "buildings/"
) -> EventBox | None:
    """Put the events in force into words; None on a usual day.

    Parameters
    ----------
    report
        With or without events.
    lookup
        Of the report.
    school
        The building that is looked at; all when None.
    folder
        Where the pages of buildings are from here.
    """
    if not report.events:
        return None
    pairs = _pairs(report)
    if school is not None:
        pairs = [pair for pair in pairs if pair[0]["school_id"] == school]
    return EventBox(
        titles=tuple(event_titles(report)),
        sentence=comparison(report, pairs, one=school is not None) if pairs else "",
        assumptions=_assumptions(report),
        compared=_compared(pairs, lookup, folder) if pairs else None,
    )


def district_comparison(report: Report) -> list[str]:
    """Say in a sentence how the day with events stands against the usual one."""
    pairs = _pairs(report)
    return [comparison(report, pairs, one=False)] if pairs else []


def assumption_lines(report: Report) -> list[str]:
    """Give each event's assumptions on one line, for a terminal."""
    lines = []
    for event, title in zip(report.events, event_titles(report), strict=True):
        parts = [
            f"{row['parameter']} {row['value']}" for row in _rows(report) if row["event"] == event
        ]
        lines.append(clean(f"{title}: {', '.join(parts)}" if parts else title))
    return lines


def comparison(report: Report, pairs: list[tuple[Row, Row]], *, one: bool) -> str:
    """Say whether the day with events is better or worse than the usual one, and why.

    Parameters
    ----------
    report
        With events.
    pairs
        Rows of buildings with events and on the usual day.
    one
        The pairs are one building.
    """
    now = max((row["bottleneck_utilization_share"] or 0.0 for row, _ in pairs), default=0.0)
    was = max((row["bottleneck_utilization_share"] or 0.0 for _, row in pairs), default=0.0)
    word = "about as the usual day"
    if abs(now - was) > _SAME:
        word = "worse than the usual day" if now > was else "better than the usual day"
    what = "the bottleneck" if one else "the fullest bottleneck"
    text = f"This day is {word}: {what} is at {percent(now)}, on the usual day at {percent(was)}"
    if one:
        row, usual = pairs[0]
        text += (
            f"; the building asks for {quantity(row['load_down_mbps'], 'Mbps')} down instead of "
            f"{quantity(usual['load_down_mbps'], 'Mbps')}"
        )
    else:
        over = [Counter(each[place]["status"] for each in pairs)["over"] for place in (0, 1)]
        text += f"; {plural(over[0], 'building')} over, on the usual day {over[1]:,}"
    kinds = {row["what"] for row in _rows(report) if row["event"] in report.events}
    why = [reason for kind, reason in _WHY_LESS.items() if kind in kinds]
    if now < was - _SAME and why:
        text += f". It can be lower because {listed(why)}"
    return f"{text}."


def _pairs(report: Report) -> list[tuple[Row, Row]]:
    if report.usual_buildings is None:
        return []
    usual = {row["school_id"]: row for row in records(report.usual_buildings)}
    return [
        (row, usual[row["school_id"]])
        for row in records(report.capacity.buildings)
        if row["school_id"] in usual
    ]


def _compared(pairs: list[tuple[Row, Row]], lookup: Lookup, folder: str) -> Table:
    def change(pair: tuple[Row, Row]) -> float:
        return -max((row["bottleneck_utilization_share"] or 0.0) for row in pair)

    rows = [
        {
            "school": school_cell(row["school_id"], lookup, folder),
            "usual_status": _plain_status(usual["status"]),
            "event_status": _plain_status(row["status"]),
            "usual_used_share": usual["bottleneck_utilization_share"],
            "event_used_share": row["bottleneck_utilization_share"],
            "usual_load_mbps": usual["load_down_mbps"],
            "event_load_mbps": row["load_down_mbps"],
        }
        for row, usual in sorted(pairs, key=change)[:_SHOWN]
    ]
    keys = list(rows[0])
    caption = "Usual day and day with the event"
    return mixed_table("compared", f"{caption}, the fullest buildings first", keys, rows)


def _plain_status(status: str) -> Cell:
    return status_cell(status) if status in STATUS_WORDS else Cell(text=clean(status))


def _assumptions(report: Report) -> Table:
    rows = [
        {
            "event": row["title"],
            "parameter": row["parameter"],
            "value": cell("value", _number(row["value"])),
            "unit": row["unit"] or "",
            "source": tidy(cited(str(row["source"] or ""))),
        }
        for row in _rows(report)
        if row["event"] in report.events
    ]
    keys = ("event", "parameter", "value", "unit", "source")
    return mixed_table("events", "What the event assumes", keys, rows)


def _number(value: object) -> object:
    try:
        return float(str(value))
    except ValueError:
        return value


def _rows(report: Report) -> list[Row]:
    tables = report.district.inputs.tables
    return records(tables["events"]) if "events" in tables else []
