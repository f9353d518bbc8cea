"""Which line serves what: the internet circuit, the head end, and each school's own line."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from netplan.errors import Problem
from netplan.sources.circuits import Basis, CircuitList, Line
from netplan.sources.directory import Directory
from netplan.sources.purposes import Purpose
from netplan.sources.rules import (
    BACKUP_BELOW_SHARE,
    GIGABIT_MBPS,
    HEADEND_SCHOOL_SHARE,
    HEADEND_TIMES,
    INTERNET_MBPS_PER_STUDENT,
    INTERNET_STEP_MBPS,
    TEN_GIGABIT_MBPS,
    TIERS_MBPS,
    TINY_LINE_MBPS,
    WAN_MBPS_PER_STUDENT,
)
from netplan.sources.schools import School

# The most parallel circuits that one row of links.csv takes without a question.
MAX_COUNT = 1_000
MAX_USD_PER_MONTH = 10_000_000  # what is above is no price


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What goes into one row of links.csv; ``usd_per_month`` is of all its ``count`` circuits.

    ``rows`` are the rows of the circuit list that it was made of.
    """

    mbps: float
    count: int = 1
    medium: str = ""
    usd_per_month: float | None = None
    service: str = ""
    rule: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wan:
    """Every circuit of the district in its place.

    ``headend`` is None where the school lines start at the core itself.
    """

    internet: Circuit
    backups: tuple[Circuit, ...]
    headend: Circuit | None
    schools: dict[str, Circuit]
    notes: tuple[Problem, ...]

    @property
    def rows(self) -> frozenset[int]:
        """The rows of the circuit list that stand in some circuit."""
        circuits = [self.internet, *self.backups, *self.schools.values()]
        if self.headend is not None:
            circuits.append(self.headend)
        return frozenset(row for circuit in circuits for row in circuit.rows)


def planned_mbps(students: float) -> float:
    """Give the planning value of a line: 1 Gbps up to a need of 1,000 Mbps, else 10 Gbps."""
    need = WAN_MBPS_PER_STUDENT * students
    return GIGABIT_MBPS if need <= GIGABIT_MBPS else TEN_GIGABIT_MBPS


def assign(
    schools: Sequence[School], circuits: CircuitList | None, *, internet_mbps: float | None = None
) -> Wan:
    """Put every line in its place.

    Parameters
    ----------
    schools
        The schools, any order.
    circuits
        The circuit list, None where there is none.
    internet_mbps
        The internet bandwidth that the user states; it goes over the list.
    """
    file = circuits.file if circuits else ""
    lines = _settled(circuits, len(schools))
    notes: list[Problem] = []
    named, dealt = _by_school(file, schools, lines, notes)
    headend_lines = _headend(dealt, len(schools))
    wan = [line for line in dealt if line.purpose == "wan" and line not in headend_lines]
    basis = circuits.basis if circuits else "none"
    internet = _internet(
        file=file,
        schools=schools,
        lines=lines,
        basis=basis,
        stated_mbps=internet_mbps,
        notes=notes,
    )
    links = dict(named)
    rest = sorted(
        (school for school in schools if school.school_id not in named),
        key=lambda school: (-school.enrollment, school.school_id),
    )
    links |= _deal(file, rest, wan, notes)
    if headend_lines:
        named_lines = ", ".join(str(line) for line in headend_lines)
        message = f"{named_lines} taken as the head end that all school lines share"
        notes.append(
            _note(file, "wan-headend", headend_lines[0], message, "Correct HEAD-END in links.csv.")
        )
    return Wan(
        internet=internet,
        backups=tuple(
            replace(_joined([line]), rule="backup-line")
            for line in lines
            if line.purpose == "backup"
        ),
        headend=replace(_joined(headend_lines), rule="wan-headend") if headend_lines else None,
        schools=links,
        notes=tuple(notes),
    )


def _note(file: str, code: str, line: Line | None, message: str, fix: str) -> Problem:
    return Problem(
        code=code,
        file=file or "links.csv",
        row=line.row if line else None,
        message=message,
        expected="",
        fix=fix,
        severity="note",
    )


def _settled(circuits: CircuitList | None, schools: int) -> list[Line]:
    """Give every line a purpose where the list says nothing: the largest single line is internet.

    A line that names a school is that school's.
    """
    if circuits is None:
        return []
    lines = list(circuits.lines)
    if circuits.basis != "none":
        return lines
    single = [line for line in lines if line.lines == 1 and not line.school_id]
    single = [line for line in single if line.mbps > TINY_LINE_MBPS]
    top = max(single, key=lambda line: (line.mbps, -line.row), default=None)
    if top is not None and schools > 1 and len(lines) == schools == len(single):
        top = None  # a line for each school, and none left for the internet
    settled = []
    for line in lines:
        small = top is not None and line.mbps < BACKUP_BELOW_SHARE * top.mbps
        backup = small and line in single and line.medium not in ("fiber", "")
        purpose: Purpose = "internet" if line is top else "backup" if backup else "wan"
        settled.append(replace(line, purpose=purpose))
    return settled


def _by_school(
    file: str, schools: Sequence[School], lines: Sequence[Line], notes: list[Problem]
) -> tuple[dict[str, Circuit], list[Line]]:
    """Give the lines that name their school, and those that do not.

    A school is named by its id, else by its name where only one has it.
    """
    directory = Directory(schools)
    named: dict[str, list[Line]] = {}
    dealt: list[Line] = []
    for line in lines:
        school_id = directory.find(line.school_id)
        if line.purpose not in ("wan", "headend") or not line.school_id:
            dealt.append(line)
        elif school_id is None:
            message = f"{line} names {line.school_id[:60]!r}, which is no school of the folder; "
            message += "the line is not used"
            fix = directory.hint(line.school_id)
            notes.append(_note(file, "unknown-school", line, message, fix))
        else:
            named.setdefault(school_id, []).append(line)
    return {school_id: _joined(group) for school_id, group in named.items()}, dealt


def _joined(lines: Sequence[Line]) -> Circuit:
    """Join lines into one circuit: ``count`` of them where they are equal, else their sum."""
    total = sum(line.mbps * line.lines for line in lines)
    count = sum(line.lines for line in lines)
    if len({line.mbps for line in lines}) > 1 or count > MAX_COUNT:
        count = math.ceil(total / TIERS_MBPS[-1])  # 1 but for sums that no single port holds
    prices = [line.usd_per_month * line.lines for line in lines if line.usd_per_month is not None]
    media = {line.medium for line in lines}
    return Circuit(
        mbps=total / count,
        count=count,
        medium=media.pop() if len(media) == 1 else "",
        rows=tuple(line.row for line in lines),
        usd_per_month=round(sum(prices), 2) if 0 < sum(prices) <= MAX_USD_PER_MONTH else None,
        service=" + ".join(
            f"{line.lines} x {line.mbps:g} Mbps, item {line.item_id}" for line in lines
        ),
    )


def _headend(lines: Sequence[Line], schools: int) -> list[Line]:
    """Give the lines that all school lines share: few, and far larger than the commonest size."""
    stated = [line for line in lines if line.purpose == "headend"]
    if stated:
        return stated
    wan = [line for line in lines if line.purpose == "wan"]
    if not wan:
        return []
    counts: Counter[float] = Counter()
    for line in wan:
        counts[line.mbps] += line.lines
    commonest = max(counts, key=lambda mbps: (counts[mbps], mbps))
    large = [line for line in wan if line.mbps >= HEADEND_TIMES * commonest]
    few = sum(line.lines for line in large) <= max(2.0, HEADEND_SCHOOL_SHARE * schools)
    return large if few else []


def _internet(
    *,
    file: str,
    schools: Sequence[School],
    lines: Sequence[Line],
    basis: Basis,
    stated_mbps: float | None,
    notes: list[Problem],
) -> Circuit:
    """Give the internet circuit: as stated, else from the list, else a planning value."""
    whole = [line for line in lines if line.purpose == "internet"]
    isp = [line for line in lines if line.purpose == "isp"]
    transport = [line for line in lines if line.purpose == "transport"]
    lesser = min((isp, transport), key=_total) if isp and transport else isp or transport
    used = [*whole, *lesser]
    if used:
        circuit = _joined(used)
        priced = _joined([*whole, *isp, *transport])
        rule = {"words": "", "flags": "internet-from-flags", "none": "internet-from-counts"}[basis]
        circuit = replace(circuit, usd_per_month=priced.usd_per_month, rule=rule, rows=priced.rows)
    else:
        circuit = _internet_guess(file, schools, lines, stated_mbps, notes)
    if stated_mbps is None:
        return circuit
    listed = circuit.mbps * circuit.count
    if used and not math.isclose(listed, stated_mbps):
        message = f"{stated_mbps:g} Mbps of internet are stated; the list's lines give {listed:g}"
        notes.append(_note(file, "internet-stated", used[0], message, "The stated number is used."))
    return replace(circuit, mbps=stated_mbps, count=1, rule="")


def _total(lines: Sequence[Line]) -> float:
    return sum(line.mbps * line.lines for line in lines)


def _internet_guess(
    file: str,
    schools: Sequence[School],
    lines: Sequence[Line],
    stated_mbps: float | None,
    notes: list[Problem],
) -> Circuit:
    """Give a planning value for a district whose list has no internet line, and say so."""
    students = sum(school.enrollment for school in schools)
    steps = math.ceil(round(INTERNET_MBPS_PER_STUDENT * students / INTERNET_STEP_MBPS, 6))
    need = max(1, steps) * INTERNET_STEP_MBPS
    largest = max((line.mbps for line in lines), default=math.inf)
    mbps = min(need, largest)
    if stated_mbps is None:
        start = "no line is internet" if lines else "no circuit list was given"
        cap = ", but no more than the largest line listed" if lines else ""
        message = (
            f"{start}; {mbps:,g} Mbps are put in: 0.7 Mbps for each of {students:,} students{cap}. "
            "Nobody says that the district buys this, and every result depends on it"
        )
        fix = "Put the purchased bandwidth into INTERNET in links.csv, or give --internet-mbps."
        notes.append(_note(file, "internet-not-listed", None, message, fix))
    return Circuit(mbps=mbps, rule="internet-not-listed" if lines else "internet-planning-value")


def _deal(
    file: str, schools: Sequence[School], lines: Sequence[Line], notes: list[Problem]
) -> dict[str, Circuit]:
    """Deal lines out to schools, both from the largest down.

    Missing lines are of the commonest size; lines of at most 3 Mbps alone are
    not believed to be the schools' lines unless there is one for each.
    """
    single = [replace(line, lines=1) for line in lines for _ in range(line.lines)]
    large = [line for line in single if line.mbps > TINY_LINE_MBPS]
    if not large and len(single) < len(schools):
        if single:
            message = f"{len(single)} lines of at most 3 Mbps are used for no school"
            notes.append(_note(file, "spare-lines", single[0], message, "Put them in links.csv."))
        return {
            school.school_id: Circuit(
                mbps=planned_mbps(school.enrollment), rule="wan-planning-value"
            )
            for school in schools
        }
    circuits = [replace(_joined([line]), rule="wan-by-size") for line in single]
    missing = len(schools) - len(single)
    if missing > 0:
        counts = Counter(line.mbps for line in large)
        size = max(counts, key=lambda mbps: (counts[mbps], mbps))
        circuits += [Circuit(mbps=size, rule="wan-commonest")] * missing
        message = (
            f"{len(single)} lines for {len(schools)} schools: {missing} schools get a line of the "
            f"commonest size, {size:g} Mbps"
        )
        notes.append(_note(file, "lines-missing", None, message, "Correct them in links.csv."))
    circuits.sort(key=lambda circuit: (-circuit.mbps, circuit.rule == "wan-commonest"))
    spare = circuits[len(schools) :]
    if spare:
        sizes = Counter(circuit.mbps for circuit in spare)
        named = ", ".join(f"{count} x {mbps:g} Mbps" for mbps, count in sizes.items())
        message = f"{len(spare)} lines more than schools, not used: {named}"
        notes.append(_note(file, "spare-lines", None, message, "Put second lines in links.csv."))
    return {school.school_id: circuit for school, circuit in zip(schools, circuits, strict=False)}
