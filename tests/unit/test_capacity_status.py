"""Over, at risk, fits: each cause by itself, now and after a year of growth."""

import pytest

from netplan.capacity.status import Limits, Use, causes, status_of

LIMITS = Limits(utilization_share=0.8, airtime_share=0.8, growth_per_year=0.25)


@pytest.mark.parametrize(
    ("wire", "air", "moments", "status", "why"),
    [
        (0.81, 0.1, 0.2, "over", ("links",)),
        (0.10, 0.81, 0.9, "over", ("airtime",)),
        (0.80, 0.80, 1.0, "at-risk", ("links", "airtime")),  # at a limit is not past it; x 1.25 is
        (0.65, 0.1, 0.2, "at-risk", ("links",)),  # 0.8125
        (0.64, 0.64, 1.0, "fits", ()),  # 0.80
        (0.10, 0.1, 1.01, "at-risk", ("moments",)),  # not judged by growth, and never over alone
        (0.0, 0.0, 0.0, "fits", ()),
    ],
)
def test_status_and_its_causes(
    wire: float, air: float, moments: float, status: str, why: tuple[str, ...]
) -> None:
    use = Use(utilization_share=wire, airtime_share=air, planning_airtime_share=moments)
    assert status_of(use, LIMITS) == status
    assert causes(use, LIMITS, years=0 if status == "over" else 1) == why
