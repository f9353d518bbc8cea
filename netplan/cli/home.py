"""What a folder needs before anything can be said of home access, in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netplan.errors import InputError, Problem

if TYPE_CHECKING:
    from netplan.district.model import District

_INIT = (
    "`netplan init NEW --schools LIST --areas AREAS --acs TABLE` starts a folder with both; "
    "docs/home.md says where to get them."
)


def lacks_home(district: District) -> Problem | None:
    """Say what the folder lacks for `netplan gap` and `netplan access`; None when nothing."""
    areas = not district.table("areas").empty
    asked = district.table("students")["students_offline"].notna().any()
    survey = asked or not district.table("acs").empty
    if areas and survey:
        return None
    if areas:
        message, fix = (
            "the folder does not say who is offline",
            "Add acs.csv (census table B28002 by the same areas, with margins) or students.csv "
            "with students_offline (your own survey); docs/home.md says where to get them.",
        )
    elif survey:
        message, fix = (
            "the folder has no areas, so nothing can be placed",
            "Add areas.geojson: the county's block groups (or tracts), of the same census as "
            "acs.csv; docs/home.md says where to get them.",
        )
    else:
        message, fix = (
            "this folder holds the school day alone, so nothing can be said of homes",
            f"Add areas.geojson (block groups) and acs.csv (who is offline). {_INIT}",
        )
    return Problem(
        code="no-home-access",
        file="acs.csv" if areas else "areas.geojson",
        message=message,
        expected="",
        fix=fix,
    )


def check_home(district: District) -> None:
    """Refuse a folder that home access cannot be planned for.

    Raises
    ------
    InputError
        With one problem: what it lacks, and what to do.
    """
    lacking = lacks_home(district)
    if lacking is not None:
        raise InputError([lacking])
