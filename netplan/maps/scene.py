"""Results to a Scene: the one place that says what maps are drawn from."""

from collections.abc import Mapping

from netplan.access.publish import PublishedAccess
from netplan.capacity.model import Capacity
from netplan.district.model import District
from netplan.gap.suppress import Published
from netplan.maps.loads import loads_of
from netplan.maps.model import Scene


def scene_of(
    district: District,
    *,
    capacity: Capacity | None = None,
    gap: Published | None = None,
    access: PublishedAccess | None = None,
    pages: Mapping[str, str] | None = None,
) -> Scene:
    """Gather what maps show; a part that is not given leaves its layers out.

    Parameters
    ----------
    district
        From `netplan.load`.
    capacity
        Of the school day (``Report.capacity``).
    gap, access
        Published numbers (``GapReport.published``, ``AccessReport.published``): maps see no others.
    pages
        School id to the address of its page, relative to the map's.
    """
    return Scene(
        district=district,
        capacity=capacity,
        loads=None if capacity is None else loads_of(district, capacity),
        gap=gap,
        access=access,
        pages=dict(pages or {}),
    )
