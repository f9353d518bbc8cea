"""Findings about what a scenario takes down."""

from collections.abc import Iterator

from netplan.capacity.assessment import Assessment, schools_finding
from netplan.capacity.model import Finding
from netplan.load.model import FLOWS

#: Less than this share of a building's traffic is none, and that much is all of it.
_SOME, _ALL = 1e-9, 1.0 - 1e-9


def cut_off_by_scenario(assessment: Assessment) -> Iterator[Finding]:
    """Yield once the schools without internet while what a scenario names is down."""
    lost = _lost(assessment)
    schools = tuple(school for school, share in lost.items() if share >= _ALL)
    if schools:
        yield _finding(assessment, "cut-off-by-scenario", schools, "have no internet")


def partly_cut_off_by_scenario(assessment: Assessment) -> Iterator[Finding]:
    """Yield once the schools with internet in a part of the building while something is down."""
    lost = _lost(assessment)
    schools = tuple(school for school, share in lost.items() if _SOME < share < _ALL)
    if schools:
        say = "have internet in a part of the building only"
        yield _finding(assessment, "partly-cut-off-by-scenario", schools, say)


def _lost(assessment: Assessment) -> dict[str, float]:
    """Give each school's share of traffic that finds no way, by id, while something is down."""
    changed = assessment.evidence.district.inputs.changed
    if changed is None or not changed.failed:
        return {}
    evidence = assessment.evidence
    shares = evidence.routes.lost_share[:, FLOWS.index("internet")].tolist()
    return dict(zip(evidence.network.school_ids, shares, strict=True))


def _finding(assessment: Assessment, code: str, schools: tuple[str, ...], say: str) -> Finding:
    changed = assessment.evidence.district.inputs.changed
    down = changed.failed if changed is not None else ()
    count = len(assessment.buildings)
    return schools_finding(
        assessment,
        code,
        "critical",
        schools,
        message=f"While {', '.join(down)} {'is' if len(down) == 1 else 'are'} down, "
        f"{len(schools)} of {count} schools {say}.",
        fix="Add a second way around what is down: a backup link, a ring, or a spare kept on site.",
        source="what the scenario takes down, removed and routed afresh",
    )
