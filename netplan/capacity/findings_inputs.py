"""Findings about the input: what does not add up, or will end soon."""

from collections.abc import Iterator

import numpy as np

from netplan.capacity.assessment import Assessment, figure, make_finding, schools_finding
from netplan.capacity.model import Finding
from netplan.capacity.rows import rows
from netplan.capacity.way import guess_note

#: A measurement this many times above or below the model asks for a look at the inputs.
_FAR_RATIO = 2.0


def enrollment_mismatch(assessment: Assessment) -> Iterator[Finding]:
    """Yield schools whose grades do not add up to their enrollment."""
    district = assessment.evidence.district
    schools = district.table("schools")
    enrollment = dict(zip(schools["school_id"], schools["enrollment"], strict=True))
    by_grade = district.table("enrollment").groupby("school_id")["students"].sum()
    for school, students in by_grade.items():
        total = enrollment[str(school)]
        if abs(students - total) < 0.5:
            continue
        yield make_finding(
            "enrollment-mismatch",
            "info",
            "school",
            str(school),
            schools=(str(school),),
            message=(
                f"The grades of {school} in enrollment.csv add up to {students:,.0f} students; "
                f"schools.csv says {total:,.0f}. Loads by grade use the former."
            ),
            value=float(students),
            limit=float(total),
            unit="students",
            fix="Correct whichever is out of date.",
            source="enrollment.csv against schools.csv",
        )


def same_point(assessment: Assessment) -> Iterator[Finding]:
    """Yield points on which several schools stand."""
    schools = assessment.evidence.district.table("schools")
    for (lat, lon), group in schools.groupby(["lat", "lon"]):
        if len(group) < 2:
            continue
        ids = tuple(sorted(group["school_id"]))
        yield make_finding(
            "same-point",
            "info",
            "school",
            ids[0],
            schools=ids,
            message=(
                f"Schools {', '.join(ids)} stand on one point ({lat:.5f}, {lon:.5f}): a shared "
                "campus, or an address that was geocoded to the district office."
            ),
            value=float(len(ids)),
            limit=1.0,
            unit="schools",
            fix="If they are apart, correct lat and lon in schools.csv.",
            source="schools.csv",
        )


def contract_ending(assessment: Assessment) -> Iterator[Finding]:
    """Yield circuits whose contract ends within the school year that is planned for."""
    year = assessment.evidence.district.settings.school_year
    if year is None:
        return
    start = int(year[:4])
    first, last = f"{start}-07", f"{start + 1}-06"
    links = assessment.evidence.district.table("links")
    ends = links["contract_end"].fillna("")
    for link in rows(links[(ends != "") & (ends <= last)]):
        when = "ended" if link.contract_end < first else "ends"
        months = 12 * (int(link.contract_end[:4]) - start) + int(link.contract_end[5:7]) - 6
        cost = "" if np.isnan(link.monthly_usd) else f" ({link.monthly_usd:,.0f} USD a month)"
        yield make_finding(
            "contract-ending",
            "info",
            "link",
            link.link_id,
            message=(
                f"The contract of link {link.link_id}{cost} {when} {link.contract_end}, by the end "
                f"of school year {year}."
            ),
            value=float(months),
            limit=12.0,
            unit="months of the school year under contract",
            fix="Decide on its size before it is renewed: its load says how much.",
            source="links.csv contract_end",
        )


def measured_differs(assessment: Assessment) -> Iterator[Finding]:
    """Yield measurements more than twice, or less than half, of what the model says.

    Far ones, which calibration leaves out, are warnings: the number is probably a slip.
    """
    for row in rows(assessment.evidence.calibration.links):
        if not row.modelled_mbps > 0 or not row.measured_mbps > 0:
            continue
        if 1 / _FAR_RATIO <= row.ratio <= _FAR_RATIO:
            continue
        yield make_finding(
            "measured-differs",
            "info" if row.used else "warning",
            "link",
            row.link_id,
            part=row.direction,
            message=(
                f"Link {row.link_id} {row.direction}: {figure(row.measured_mbps)} Mbps measured, "
                f"{figure(row.modelled_mbps)} Mbps modelled before calibration "
                f"({row.ratio:.2g} times)." + ("" if row.used else " It was not used.")
            ),
            value=float(row.ratio),
            limit=_FAR_RATIO if row.ratio > 1 else 1 / _FAR_RATIO,
            unit="measured / modelled",
            fix=(
                "See whether devices.csv and activities.csv fit this school, or the meter this "
                "link."
                if row.used
                else "Is the number in Mbps, and of this link? 7.2 Gbps is written 7200."
            ),
            source="measured.csv; twice or half: assumption",
        )


def no_devices(assessment: Assessment) -> Iterator[Finding]:
    """Yield once the schools that have no device, and so no load."""
    empty = assessment.buildings[assessment.buildings["devices"] <= 0]
    if len(empty):
        ids = tuple(sorted(empty["school_id"]))
        yield schools_finding(
            assessment,
            "no-devices",
            "warning",
            ids,
            message=f"{len(ids)} schools have no devices in devices.csv, so their load is zero.",
            fix="Add rows to devices.csv; school_id `*` stands for all schools.",
            source="devices.csv",
        )


def idle_devices(assessment: Assessment) -> Iterator[Finding]:
    """Yield once the schools whose devices do nothing in any period, so that their load is zero."""
    buildings = assessment.buildings
    silent = (buildings["load_down_mbps"] <= 0) & (buildings["load_up_mbps"] <= 0)
    idle = buildings[(buildings["devices"] > 0) & silent]
    if len(idle):
        ids = tuple(sorted(idle["school_id"]))
        levels = ", ".join(sorted(set(idle["level"])))
        yield schools_finding(
            assessment,
            "idle-devices",
            "warning",
            ids,
            message=(
                f"{len(ids)} schools have devices and no load: activities.csv gives them nothing "
                f"to do (levels {levels})."
            ),
            fix="Add rows for these levels to activities.csv; level `*` stands for all.",
            source="activities.csv",
        )


def staff_unknown(assessment: Assessment) -> Iterator[Finding]:
    """Yield once the schools that state no staff: targets per user count their students alone."""
    schools = assessment.evidence.district.table("schools")
    ids = tuple(sorted(schools.loc[schools["staff"].isna(), "school_id"]))
    if ids:
        yield schools_finding(
            assessment,
            "staff-unknown",
            "info",
            ids,
            message=(
                f"{len(ids)} of {len(schools)} schools state no staff, so targets per user count "
                "their students alone and are met too easily."
            ),
            fix="Fill the column staff of schools.csv.",
            source="schools.csv",
        )


def capacity_guessed(assessment: Assessment) -> Iterator[Finding]:
    """Yield bottlenecks whose capacity is a guess of `netplan init`: what rests on them is too."""
    district = assessment.evidence.district
    buildings = assessment.buildings
    named = buildings[buildings["bottleneck_element"].notna()]
    for (kind, element), group in named.groupby(["bottleneck_kind", "bottleneck_element"]):
        note = guess_note(district, str(kind), str(element))
        if not note:
            continue
        first = group.iloc[0]
        yield make_finding(
            "capacity-guessed",
            "warning",
            str(kind),
            str(element),
            schools=tuple(sorted(group["school_id"])),
            message=(
                f"The {figure(first['bottleneck_capacity_mbps'])} Mbps of "
                f"{assessment.called(str(kind), str(element))} are a guess, and the answer for "
                f"{len(group)} schools rests on them{note.replace('a guess: ', 'rule: ')}."
            ),
            value=float(first["bottleneck_capacity_mbps"]),
            limit=None,
            unit="Mbps",
            fix="Look it up, correct it, and delete its entry in the column guess.",
            source="the column guess that netplan init wrote",
        )
