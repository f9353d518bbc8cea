"""What one building's page shows."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from netplan.capacity.model import Derivation, Finding
from netplan.capacity.status import Limits
from netplan.report.chart import Chart, chart
from netplan.report.event_box import event_box
from netplan.report.format import (
    Cell,
    cell,
    clean,
    exact,
    listed,
    number,
    percent,
    plural,
    quantity,
    tidy,
    title_of,
    unit_of,
)
from netplan.report.frames import records
from netplan.report.guesses import MARK, Guesses
from netplan.report.headline import STATUS_WORDS, building_answer, outside
from netplan.report.layout import LONG, MOST, Table, left_out, mixed_table, plain_table
from netplan.report.lookup import Lookup, Row
from netplan.report.map_files import school_on_map
from netplan.report.model import Report
from netplan.report.statuses import by_air, limits_of
from netplan.report.views import (
    TARGET_KEYS,
    FindingView,
    elements_table,
    finding_view,
    met_cell,
    new_overloads,
    overload_cell,
    status_cell,
)

_FACTS = [
    "school_id",
    "level",
    "enrollment",
    "staff",
    "devices",
    "year_built",
    "frl_share",
    "busy_period",
]
#: Columns of the Wi-Fi table; the others stand in wifi.csv.
_WIFI = [
    "node_id",
    "count",
    "wifi",
    "channel_mhz",
    "streams",
    "radios",
    "cell_mbps",
    "clients_per_radio",
    "airtime_share",
    "planning_airtime_share",
    "period",
    "assumed",
]
_PARTS_SHOWN = 400
#: The numbers that add up come first, then what they are made of.
_PARTS_FIRST = ("app", "mean_down_mbps", "mean_up_mbps", "group", "kind", "flow")
_PARTS_NEXT = ("people", "devices", "share", "down_mbps", "up_mbps")
_TO_ADD = ("mean_down_mbps", "mean_up_mbps")
#: Flows that cross the building's uplink.
_CROSSING = ("internet", "datacenter")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNumber:
    """A number that unfolds into where it comes from."""

    number: str
    title: str
    value: str
    exact: str
    plain: str
    formula: str
    worked: str
    terms: tuple[tuple[str, str, str, str, str], ...]
    uncertainty: str
    note: str
    parts: Table | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByBuilding:
    """Rows of the district's tables by school, made once for all pages."""

    periods: Mapping[str, list[Row]]
    targets: Mapping[str, list[Row]]
    wifi: Mapping[str, list[Row]]
    failures: Mapping[str, list[Row]]
    findings: Mapping[str, list[Finding]]


def by_building(report: Report, lookup: Lookup) -> ByBuilding:
    """Sort the rows of every table under the schools that they concern."""
    capacity = report.capacity
    homes: defaultdict[str, set[str]] = defaultdict(set)
    for school, elements in lookup.inside.items():
        for element in elements:
            homes[element].add(school)
    failures: defaultdict[str, list[Row]] = defaultdict(list)
    for row in records(capacity.failures):
        if outside(row, lookup):
            continue
        touched = set(row["cut_off"]) | {school for school, _ in row["partly_cut_off"]}
        for hit in new_overloads(row, lookup):
            touched |= homes.get(hit["element"], set())
        for school in touched:
            failures[school].append(row)
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        for school in finding.schools:
            findings[school].append(finding)
    return ByBuilding(
        periods=_grouped(records(capacity.periods)),
        targets=_grouped(records(capacity.targets)),
        wifi=_grouped(records(capacity.wifi)),
        failures=failures,
        findings=findings,
    )


def building_context(
    row: Row, report: Report, lookup: Lookup, tables: ByBuilding, guesses: Guesses
) -> dict[str, Any]:
    """Give everything that ``building.html`` names, for one row of buildings."""
    school = row["school_id"]
    derivations = report.capacity.derivations.get(school, ())
    limits = limits_of(report)
    limit = limits.utilization_share
    lat, lon = lookup.places[school]
    return {
        "name": row["name"],
        "map": school_on_map(school, lat, lon),
        "status": status_cell(row["status"], air=by_air(row, limits)),
        "answer": f"{STATUS_WORDS.get(row['status'], row['status'])}.",
        "sentences": building_answer(row, lookup, limits, guesses),
        "event_box": event_box(report, lookup, school=school, folder=""),
        "facts": [(title_of(key), _fact(key, row.get(key), school, guesses)) for key in _FACTS],
        "guessed": _guessed(school, lookup, guesses),
        "numbers": [key_number(each, lookup) for each in derivations],
        "charts": _charts(school, report, lookup, tables),
        "uplinks": lookup.uplinks.get(school, ()),
        "periods": _periods(tables.periods.get(school, [])),
        "elements": _elements(row, derivations, lookup, limit, guesses),
        "targets": _targets(tables.targets.get(school, [])),
        "wifi": _wifi(tables.wifi.get(school, []), guesses),
        "wifi_words": _wifi_words(row, limits, report),
        "failures": _failures(school, tables.failures.get(school, []), lookup),
        "findings": _findings(tables.findings.get(school, []), lookup),
    }


def key_number(derivation: Derivation, lookup: Lookup) -> KeyNumber:
    """Put one derivation into words."""
    return KeyNumber(
        number=derivation.number,
        title=tidy(derivation.title),
        plain=tidy(derivation.plain),
        value=quantity(derivation.value, derivation.unit),
        exact=exact(derivation.value, derivation.unit),
        formula=derivation.formula,
        worked=tidy(derivation.worked),
        terms=tuple(
            (
                term.symbol,
                tidy(term.meaning),
                quantity(term.value, term.unit),
                exact(term.value, term.unit),
                lookup.cite(term.source),
            )
            for term in derivation.terms
        ),
        uncertainty=tidy(derivation.uncertainty),
        note=tidy(derivation.note),
        parts=_parts(derivation),
    )


def _parts(derivation: Derivation) -> Table | None:
    if not derivation.parts:
        return None
    rows = [dict(part) for part in derivation.parts]
    caption = f"What it is made of, {plural(len(rows), 'row')}"
    adds = all(key in rows[0] for key in _TO_ADD)
    first = [key for key in (*_PARTS_FIRST, *_PARTS_NEXT) if adds and key in rows[0]]
    keys = [*first, *(key for key in rows[0] if key not in first)]
    table = plain_table("parts", caption, rows, keys, longest=_PARTS_SHOWN)
    left = len(rows) - _PARTS_SHOWN
    return replace(
        table,
        note=f"{plural(left, 'more row')} not shown." if left > 0 else "",
        total=_total(rows, keys) if adds else (),
    )


def _total(rows: list[Row], keys: list[str]) -> tuple[Cell, ...]:
    """Add what crosses the uplink; nothing where a row is withheld or of another place."""
    crossing = [row for row in rows if row.get("flow") in _CROSSING]
    if not crossing or any(row[key] is None for row in crossing for key in _TO_ADD):
        return ()
    sums = {key: sum(float(row[key]) for row in crossing) for key in _TO_ADD}
    cells = [
        Cell(text=number(sums[key]), exact=exact(sums[key], "Mbps"), numeric=True)
        if key in sums
        else Cell(text="")
        for key in keys
    ]
    label = "Total over the uplink, as modelled"
    return (Cell(text=label), *cells[1:])


def _grouped(rows: list[Row]) -> Mapping[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["school_id"]].append(row)
    return groups


def _fact(key: str, value: Any, school: str, guesses: Guesses) -> Cell:
    shown = cell(key, value)
    unit = unit_of(key)
    if shown.numeric and unit not in ("", "share"):
        shown = Cell(text=f"{shown.text} {unit}", exact=shown.exact, numeric=True)
    return replace(shown, mark=MARK) if guesses.school(school, key) else shown


def _guessed(school: str, lookup: Lookup, guesses: Guesses) -> str:
    """Count the guessed cells of one building, by table."""
    inside = lookup.inside.get(school, frozenset())
    mine = Counter(
        guess.table
        for guess in guesses.cells
        if guess.key[0] == school or (guess.table in ("nodes", "links") and guess.key[0] in inside)
    )
    if not mine:
        return ""
    where = [f"{amount:,} in {table}.csv" for table, amount in sorted(mine.items())]
    return (
        f"{plural(mine.total(), 'cell')} of this building's rows "
        f"{'is a guess' if mine.total() == 1 else 'are guesses'} by rule: {listed(where)}. "
        "Their numbers below are as sure as those rules."
    )


def _charts(school: str, report: Report, lookup: Lookup, tables: ByBuilding) -> list[Chart]:
    """Lay out load down and up; against the uplink's capacity where there is just one."""
    uplinks = lookup.uplinks.get(school, ())
    rows = lookup.link_rows.get(uplinks[0], []) if len(uplinks) == 1 else []
    ends_here = {row["direction"]: row["capacity_mbps"] for row in rows}
    charts = [
        chart(
            tables.periods.get(school, []),
            direction,
            capacity_mbps=ends_here.get(direction),
            limit_share=report.district.planning.utilization_limit,
        )
        for direction in ("down", "up")
    ]
    return [each for each in charts if each is not None]


def _periods(rows: list[Row]) -> Table:
    keys = [key for key in (rows[0] if rows else {}) if key != "school_id"]
    return plain_table("periods", "Load of the uplink by period", rows, keys)


def _elements(
    row: Row,
    derivations: tuple[Derivation, ...],
    lookup: Lookup,
    limit: float,
    guesses: Guesses,
) -> Table:
    named = {
        row[key] for key in ("bottleneck_element", "headroom_element", "fair_share_limited_by")
    }
    named |= {part["element"] for each in derivations for part in each.parts if "element" in part}
    ids = (lookup.inside.get(row["school_id"], frozenset()) | named) - {None}
    rows = [each for element in ids for each in lookup.link_rows.get(element, [])]
    rows += [
        {**lookup.node_rows[element], "direction": "both"}
        for element in ids
        if element in lookup.node_rows
    ]
    caption = "In their worst period, the fullest first"
    return elements_table(rows, lookup, limit, guesses, caption=caption)


def _targets(rows: list[Row]) -> Table | None:
    if not rows:
        return None
    shown = [{**row, "met": met_cell(row["met"])} for row in rows]
    present = [key for key in TARGET_KEYS if key in rows[0]]
    return mixed_table("targets", "What reaches the building, against each", present, shown)


def _wifi(rows: list[Row], guesses: Guesses) -> Table | None:
    if not rows:
        return None
    fullest = sorted(rows, key=lambda row: (-(row.get("airtime_share") or 0.0), row["node_id"]))
    shown = [
        {
            **row,
            "node_id": Cell(
                text=clean(row["node_id"]),
                sort=row["node_id"].casefold(),
                mark=MARK if guesses.wifi(row["node_id"]) else "",
            ),
        }
        for row in fullest[:MOST]
    ]
    keys = [key for key in _WIFI if key in rows[0]]
    note = left_out(len(rows) - MOST, "wifi.csv")
    caption = "Groups of access points, the busiest first"
    return mixed_table("wifi", caption, keys, shown, note=note, searchable=True, fold=LONG)


def _wifi_words(row: Row, limits: Limits, report: Report) -> list[str]:
    """Explain airtime, its limit, and mean against busy moments."""
    sentences = [
        "Devices on one radio take turns; airtime is the share of the time that their traffic "
        "needs on the air. “On average” is the mean over the period; “in busy moments” is what is "
        f"passed in {percent(1 - report.district.planning.percentile)} of the moments. A status "
        f"of Over needs an average above {percent(limits.airtime_share)} (airtime_limit_share in "
        "the settings catalog); above 100\N{NO-BREAK SPACE}% in busy moments, devices wait in "
        "those moments, and the status is At risk."
    ]
    share = row.get("airtime_share")
    if share is not None:
        grown = share * (1.0 + limits.growth_per_year)
        passes = "passes" if grown > limits.airtime_share else "stays below"
        now = "now passes" if share > limits.airtime_share else "now is below"
        sentences.append(
            f"The average of {percent(share)} at {clean(str(row['wifi_node']))} {now} the limit; "
            f"with one more year's growth of {percent(limits.growth_per_year)} it would be "
            f"{percent(grown)}, which {passes} it."
        )
    return sentences


def _failures(school: str, rows: list[Row], lookup: Lookup) -> Table | None:
    if not rows:
        return None
    worst = sorted(rows, key=lambda row: (*_felt(school, row)[:2], row["kind"], row["failed"]))
    shown = [
        {
            "element": Cell(text=clean(lookup.element(row["kind"], row["failed"]))),
            "here": Cell(text=_felt(school, row)[2]),
            "cut_off": Cell(
                text=f"{len(row['cut_off']):,}", sort=str(len(row["cut_off"])), numeric=True
            ),
            "overloads": overload_cell(new_overloads(row, lookup), lookup),
        }
        for row in worst[:MOST]
    ]
    return mixed_table(
        "failures",
        "Failures that this building feels, the worst first",
        ("element", "here", "cut_off", "overloads"),
        shown,
        note=left_out(len(rows) - MOST, "failures.csv"),
        fold=LONG,
    )


def _felt(school: str, row: Row) -> tuple[int, float, str]:
    """Say what a failure does to one school: an order, a finer order, and words."""
    if school in row["cut_off"]:
        return 0, -len(row["cut_off"]), "cut off"
    lost = dict(row["partly_cut_off"]).get(school)
    if lost is not None:
        return 1, -lost, f"{percent(lost)} of its traffic finds no way"
    return 2, 0.0, "a link or device of it goes over its limit"


def _findings(findings: list[Finding], lookup: Lookup) -> list[FindingView]:
    return [finding_view(finding, lookup, folder="") for finding in findings]
