"""The district's tables as the index page shows them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netplan.capacity.model import Finding
from netplan.capacity.status import Limits
from netplan.inputs.model import Assumption
from netplan.report.format import (
    WAYS,
    Cell,
    cell,
    clean,
    exact,
    percent,
    plural,
    quantity,
    tidy,
)
from netplan.report.frames import records
from netplan.report.guesses import MARK, Guesses
from netplan.report.headline import STATUS_WORDS, outside
from netplan.report.layout import LONG, MOST, Table, left_out, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.model import Report
from netplan.report.statuses import by_air

#: Columns of the tables of targets.
TARGET_KEYS = (
    "title",
    "basis",
    "needed_mbps",
    "has_mbps",
    "met",
    "gap_mbps",
    "status",
    "source",
)
_NAMES_SHOWN = 4
#: What a finding's number and its limit are called; "" = the number says nothing by itself.
_NUMBER_WORDS: Mapping[str, tuple[str, str]] = {
    "firewall-below-circuit": ("Passes", "Circuits bring"),
    "single-point-of-failure": ("Schools cut off", ""),
    "single-way": ("Schools", ""),
    "no-devices": ("Schools", ""),
    "same-point": ("Schools", ""),
    "wifi-unknown": ("Without a standard", ""),
    "access-points-old": ("Old ones", ""),
    "enrollment-mismatch": ("Grades add up to", "schools.csv says"),
    "contract-ending": ("", ""),
    "disparity-wide": ("Least / most", "Called wide below"),
    "measured-differs": ("Measured / modelled", "Worth a look beyond"),
    "runs-out-soon": ("Used now", "Limit"),
    "failure-overload": ("Then used", "Limit"),
    "capacity-guessed": ("In the tables", ""),
    "wifi-airtime-peaks": ("Asked for in busy moments", "There is"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding ready for a page: numbers in words and the pages of its schools."""

    severity: str
    message: str
    found_word: str
    found: str
    found_exact: str
    limit_word: str
    limit: str
    limit_exact: str
    fix: str
    source: str
    schools: tuple[Cell, ...]
    more_schools: int
    code: str


def school_cell(school: str, lookup: Lookup, folder: str = "buildings/") -> Cell:
    """Name a school and lead to its page."""
    name = lookup.names.get(school)
    text = clean(school if name is None else name)
    page = lookup.pages.get(school)
    return Cell(text=text, sort=text.casefold(), href=f"{folder}{page}" if page else "")


def status_cell(status: str, *, air: bool = False) -> Cell:
    """Show a building's status as a word with a shape; worst sorts first."""
    order = list(STATUS_WORDS)
    place = str(order.index(status)) if status in order else "9"
    word = STATUS_WORDS.get(status, clean(status))
    return Cell(text=f"{word} (Wi-Fi)" if air else word, sort=place, badge=status)


def finding_view(finding: Finding, lookup: Lookup, folder: str = "buildings/") -> FindingView:
    """Put a finding's numbers into words."""
    schools = finding.schools[:_NAMES_SHOWN]
    found_word, limit_word = _number_words(finding)
    found = bool(found_word) and finding.value is not None
    limit = bool(limit_word) and finding.limit is not None
    unit = "" if finding.unit == "schools cut off" else finding.unit
    return FindingView(
        severity=finding.severity,
        message=tidy(finding.message),
        found_word=found_word,
        found=quantity(finding.value, unit) if found else "",
        found_exact=exact(finding.value, finding.unit) if found else "",
        limit_word=limit_word,
        limit=quantity(finding.limit, unit) if limit else "",
        limit_exact=exact(finding.limit, finding.unit) if limit else "",
        fix=tidy(finding.fix),
        source=lookup.cite(finding.source),
        schools=tuple(school_cell(school, lookup, folder) for school in schools),
        more_schools=len(finding.schools) - len(schools),
        code=finding.code,
    )


def _number_words(finding: Finding) -> tuple[str, str]:
    if finding.code == "target-missed":
        return ("Has", "Needed") if finding.unit == "Mbps" else ("Below it", "")
    return _NUMBER_WORDS.get(finding.code, ("Found", "Limit" if finding.limit else ""))


def buildings_table(report: Report, lookup: Lookup, guesses: Guesses, limits: Limits) -> Table:
    """Every building, the worst first."""
    groups = {
        "": ["school", "status"],
        "This building asks for": ["load_down_mbps", "load_up_mbps", "devices"],
        "Its own uplink": ["own_uplink"],
        "Its bottleneck, with all schools on it": [
            "bottleneck",
            "bottleneck_load_mbps",
            "bottleneck_capacity_mbps",
            "bottleneck_utilization_share",
            "bottleneck_of",
        ],
        "Room for devices, this school alone": ["headroom_devices", "exhausted_school_year"],
    }
    rows = [
        {
            **row,
            "school": school_cell(row["school_id"], lookup),
            "status": status_cell(row["status"], air=by_air(row, limits)),
            "own_uplink": _own_uplink(row["school_id"], lookup, guesses),
            "bottleneck": _bottleneck(row, lookup),
            "bottleneck_of": lookup.bottleneck_of.get(
                (row["bottleneck_kind"], row["bottleneck_element"])
            ),
            "bottleneck_capacity_mbps": _capacity(
                row["bottleneck_capacity_mbps"],
                guess=guesses.capacity(row["bottleneck_kind"], row["bottleneck_element"]),
            ),
        }
        for row in records(report.capacity.buildings)
    ]
    return mixed_table(
        "buildings",
        "Every building, the worst first",
        [key for keys in groups.values() for key in keys],
        rows,
        note="Used = load / capacity of one and the same link or device, in its worst period and "
        "direction; the bottleneck's load is that of all schools on it, so it is not the load that "
        "the building asks for. Room is for one school alone while all others stay as they are: "
        "rooms of several schools cannot be added up, and Wi-Fi is not in it.",
        searchable=True,
        groups=tuple((title, len(keys)) for title, keys in groups.items()),
    )


def _own_uplink(school: str, lookup: Lookup, guesses: Guesses) -> Cell:
    """Give the use of the fullest primary link that leaves a building."""
    rows = [
        row
        for link in lookup.uplinks.get(school, ())
        for row in lookup.link_rows.get(link, [])
        if row["utilization_share"] is not None
    ]
    if not rows:
        return cell("own_uplink_share", None)
    worst = max(rows, key=lambda row: row["utilization_share"])
    used = cell("own_uplink_share", worst["utilization_share"])
    about = f"{clean(worst['link_id'])}, {worst['direction']}: {used.exact}"
    mark = MARK if guesses.capacity("link", worst["link_id"]) else ""
    return replace(used, exact=about, mark=mark)


def _capacity(value: float | None, *, guess: bool) -> Cell:
    return replace(cell("capacity_mbps", value), mark=MARK if guess else "")


def links_table(report: Report, lookup: Lookup, guesses: Guesses) -> Table:
    """Links and limited nodes in their worst period, the fullest first."""
    limit = report.district.planning.utilization_limit
    rows = [row for pair in lookup.link_rows.values() for row in pair]
    rows += [{**row, "direction": "both"} for row in lookup.node_rows.values()]
    caption = "In their worst period, the fullest first"
    return elements_table(rows, lookup, limit, guesses, caption=caption)


def elements_table(
    rows: list[Row], lookup: Lookup, limit: float, guesses: Guesses, *, caption: str
) -> Table:
    """Lay out results of links and nodes, the fullest first."""
    fullest = sorted(
        rows,
        key=lambda row: (
            -(row["utilization_share"] or 0.0),
            row.get("link_id") or row.get("node_id") or "",
            row["direction"],
        ),
    )
    keys = [
        "element",
        "status",
        "utilization_share",
        "load_mbps",
        "capacity_mbps",
        "mean_mbps",
        "direction",
        "period",
    ]
    shown = [
        {
            **row,
            "element": _element(row, lookup),
            "status": _over_cell(row, limit),
            "capacity_mbps": _capacity(
                row["capacity_mbps"], guess=guesses.capacity(*_kind_and_id(row))
            ),
        }
        for row in fullest[:MOST]
    ]
    note = left_out(len(rows) - MOST, "links.csv and nodes.csv")
    return mixed_table("links", caption, keys, shown, note=note, searchable=True, fold=LONG)


def targets_tables(report: Report) -> list[Table]:
    """District targets side by side, and how many buildings meet each building target."""
    rows = [
        {**row, "met": met_cell(row["met"])} for row in records(report.capacity.district_targets)
    ]
    tables = []
    if rows:
        present = [key for key in TARGET_KEYS if key in rows[0]]
        tables.append(
            mixed_table("district_targets", "The district's internet access", present, rows)
        )
    buildings = records(report.capacity.targets)
    met = Counter(row["target"] for row in buildings if row["met"])
    total = Counter(row["target"] for row in buildings)
    first = {row["target"]: row for row in reversed(buildings)}
    if first:
        summary = [
            {
                **first[name],
                "met_by": Cell(text=f"{met[name]:,} of {plural(amount, 'building')}"),
            }
            for name, amount in sorted(total.items())
        ]
        present = [
            key
            for key in ["title", "basis", "met_by", "status", "source"]
            if key == "met_by" or key in summary[0]
        ]
        tables.append(mixed_table("targets", "What reaches each building", present, summary))
    return tables


def failures_tables(report: Report, lookup: Lookup) -> tuple[Table | None, str]:
    """Failures that cut off a school or push something over, and a sentence on the others."""
    rows = [row for row in records(report.capacity.failures) if not outside(row, lookup)]
    matter = [row for row in rows if row["cut_off"] or new_overloads(row, lookup)]
    matter.sort(key=lambda row: (-len(row["cut_off"]), row["kind"], row["failed"]))
    rest = (
        f"{plural(len(rows), 'single failure')} tried, one at a time: {len(matter):,} cut off a "
        f"school or push something over its limit; {len(rows) - len(matter):,} do neither. The "
        "internet itself is not among them."
    )
    if not matter:
        return None, rest
    return failures_table(matter, lookup, "What one failure does, the worst first"), rest


def failures_table(rows: list[Row], lookup: Lookup, caption: str) -> Table:
    """Lay out failures by what they cut off and overload."""
    shown = [
        {
            "element": Cell(text=clean(lookup.element(row["kind"], row["failed"]))),
            "cut_off": Cell(
                text=f"{len(row['cut_off']):,}", sort=str(len(row["cut_off"])), numeric=True
            ),
            "who": _some_schools(row["cut_off"], lookup),
            "partly": _some_schools([school for school, _ in row["partly_cut_off"]], lookup),
            "overloads": overload_cell(new_overloads(row, lookup), lookup),
        }
        for row in rows[:MOST]
    ]
    note = left_out(len(rows) - MOST, "failures.csv")
    keys = ["element", "cut_off", "who"]
    keys += [key for key in ("partly", "overloads") if any(row[key].text for row in shown)]
    return mixed_table("failures", caption, keys, shown, note=note, searchable=True, fold=LONG)


def disparity_tables(report: Report) -> list[tuple[str, Table]]:
    """Give a sentence and a table for each way of grouping the schools."""
    found = []
    rows = records(report.capacity.disparity)
    for grouping in dict.fromkeys(row["grouping"] for row in rows):
        own = [row for row in rows if row["grouping"] == grouping]
        ordered = sorted(own, key=lambda row: row["median_mbps_per_student"] or 0.0)
        least, most, ratio = ordered[0], ordered[-1], own[0]["worst_to_best"]
        word = f"By {grouping}"
        if ratio is None or len(own) < 2:
            sentence = f"{word} there is nothing to compare."
        elif ratio == 1:
            sentence = f"{word} all groups have the same capacity per student."
        else:
            sentence = (
                f"{word}, group {least['group']} has the least: in its median school the network "
                f"could bring {quantity(least['median_mbps_per_student'], 'Mbps per student')}, "
                f"{percent(ratio)} of the "
                f"{quantity(most['median_mbps_per_student'], 'Mbps per student')} of group "
                f"{most['group']}."
            )
        keys = ("group", "schools", "students", "median_mbps_per_student")
        table = mixed_table("disparity", f"Capacity per student, by {grouping}", keys, own)
        found.append((clean(sentence), table))
    return found


def calibration_table(report: Report) -> Table:
    """Measurements beside the model, those that were left out marked."""
    rows = [
        {
            **row,
            "used": cell("used", row["used"])
            if row.get("used", True)
            else Cell(text="not used", sort="no", badge="at-risk"),
        }
        for row in records(report.capacity.calibration)
    ]
    keys = [
        key
        for key in (
            "link_id", "direction", "period", "measured_mbps", "modelled_mbps",
            "calibrated_mbps", "ratio", "weeks", "used",
        )
        if rows and key in rows[0]
    ]  # fmt: skip
    return mixed_table("calibration", "Modelled, measured and calibrated load", keys, rows)


def new_overloads(row: Row, lookup: Lookup) -> list[Mapping[str, Any]]:
    """Give what a failure pushes over that is below its limit while all is well."""
    return [hit for hit in row["overloaded"] if (hit["kind"], hit["element"]) not in lookup.over]


def assumptions_table(assumptions: Iterable[Assumption]) -> Table:
    """Every number that nobody measured here, with its source."""
    rows: list[Row] = [
        {
            "assumption": each.name,
            "value": cell("value", each.value, unit=each.unit),
            "unit": "" if each.unit == "share" else each.unit,
            "source": each.source,
        }
        for each in sorted(assumptions, key=lambda each: each.name)
    ]
    return mixed_table(
        "assumptions",
        "Numbers in use that nobody measured for this district",
        ("assumption", "value", "unit", "source"),
        rows,
        searchable=True,
    )


def _bottleneck(row: Row, lookup: Lookup) -> Cell:
    text = lookup.element(row["bottleneck_kind"], row["bottleneck_element"])
    direction = row["bottleneck_direction"]
    text = clean(f"{text}, {WAYS[direction]}" if direction else text)
    return Cell(text=text, sort=text.casefold())


def _element(row: Row, lookup: Lookup) -> Cell:
    text = clean(lookup.element(*_kind_and_id(row)))
    return Cell(text=text, sort=text.casefold())


def _kind_and_id(row: Row) -> tuple[str, str]:
    return ("link", row["link_id"]) if row.get("link_id") else ("node", row["node_id"])


def _over_cell(row: Row, limit: float) -> Cell:
    over = (row["utilization_share"] or 0.0) > limit
    return status_cell("over" if over else "fits")


def met_cell(met: Any) -> Cell:
    """Say whether a target is met, as a word with a shape."""
    word = "Met" if met else "Missed"
    return Cell(text=word, sort=word, badge="fits" if met else "at-risk")


def _some_schools(schools: Iterable[str], lookup: Lookup) -> Cell:
    ids = list(schools)
    names = [clean(lookup.names.get(school, school)) for school in ids[:_NAMES_SHOWN]]
    more = f" and {len(ids) - _NAMES_SHOWN:,} more" if len(ids) > _NAMES_SHOWN else ""
    return Cell(text=", ".join(names) + more)


def overload_cell(hits: list[Mapping[str, Any]], lookup: Lookup) -> Cell:
    """Name the worst of what a failure pushes over its limit, and count the rest."""
    if not hits:
        return Cell(text="")
    worst = max(hits, key=lambda hit: (hit["utilization_share"], hit["element"]))
    elements = {(hit["kind"], hit["element"]) for hit in hits}
    more = f" and {len(elements) - 1:,} more" if len(elements) > 1 else ""
    name = lookup.element(worst["kind"], worst["element"])
    return Cell(
        text=f"{clean(name)} to {percent(worst['utilization_share'])}{more}",
        sort=str(len(hits)),
    )
