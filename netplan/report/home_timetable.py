"""The week of the buses, one table a day: narrow enough for a phone, side by side on a desk."""

from dataclasses import replace

from netplan.access.publish import WEEKDAYS
from netplan.report.format import UNKNOWN, Cell, clean
from netplan.report.frames import records
from netplan.report.guesses import MARK, Guesses
from netplan.report.home import AccessReport
from netplan.report.home_guesses import slot_guessed
from netplan.report.layout import Table, mixed_table
from netplan.report.lookup import Row

#: More times of a day than this do not fit beside one another on a phone.
_COLUMNS = 2
DAYS = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


def timetable_tables(report: AccessReport, guesses: Guesses) -> list[Table]:
    """Give where each bus stands and when: a table for each day of the week that has visits."""
    visits = sorted(
        records(report.timetable), key=lambda row: (row["bus_id"], row["start"], row["stop_id"])
    )
    return [
        _day(title, rows, guesses)
        for day, title in DAYS.items()
        if (rows := [row for row in visits if row["weekday"] == day])
    ]


def _day(title: str, visits: list[Row], guesses: Guesses) -> Table:
    """Lay out a day: a column for each time where there are few, else a row for each visit."""
    guessed = any(slot_guessed(str(row["slot_id"]), guesses) for row in visits)
    caption = f"{title} (times are a {MARK})" if guessed else title
    times = sorted({_span(row) for row in visits})
    if len(times) > _COLUMNS:
        shown = [
            {"bus": _named(row["bus_id"]), "time": _span(row), "stop": _named(row["name"])}
            for row in visits
        ]
        return mixed_table("timetable", caption, ("bus", "time", "stop"), shown)
    stands: dict[str, Row] = {}
    for row in visits:
        cells = stands.setdefault(row["bus_id"], dict.fromkeys(times, UNKNOWN))
        cells[_span(row)] = _named(row["name"])
    shown = [{"bus": _named(bus), **cells} for bus, cells in stands.items()]
    table = mixed_table("timetable", caption, ("bus", *times), shown)
    columns = [
        replace(column, title=name)
        for column, name in zip(table.columns, ("Bus", *times), strict=True)
    ]
    return replace(table, columns=tuple(columns))


def _named(name: str) -> Cell:
    return Cell(text=clean(name), sort=clean(name).casefold())


def _span(row: Row) -> str:
    return f"{row['start']} to {row['end']}"
