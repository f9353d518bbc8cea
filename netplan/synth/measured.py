"""What monitoring would have seen on some uplinks: measured.csv."""

from collections.abc import Mapping, Sequence

from netplan.synth.draws import Draws
from netplan.synth.files import Table, decimals
from netplan.synth.schools import School

#: Flat expectation of the 95th percentile in school hours; an assumption, and on purpose not
#: netplan's model, so that calibration has something to do.
DOWN_MBPS_PER_STUDENT = {
    **{"elementary": 0.40, "middle": 0.58, "high": 0.74},
    **{"k12": 0.50, "other": 0.58},
}
UP_SHARE_OF_DOWN = 0.13
MEASURED_SHARE = 0.45


def measured_table(
    seed: int, schools: Sequence[School], uplinks: Mapping[str, str], *, leave_out: str
) -> Table:
    """Give measured.csv for part of the uplinks that carry one school alone.

    Parameters
    ----------
    uplinks
        School id to link id.
    leave_out
        School id of the choked uplink: a full line shows its capacity, not the demand.
    """
    draws = Draws(seed, schools=len(schools), family="measured")
    rows: list[tuple[str, ...]] = []
    for school in schools:
        link = uplinks.get(school.school_id)
        if link is None or school.school_id == leave_out or not draws.chance(MEASURED_SHARE):
            continue
        weeks = str(draws.integer(2, 12))
        down = DOWN_MBPS_PER_STUDENT[school.level] * school.enrollment * draws.bell(1.0, 0.12)
        up = down * UP_SHARE_OF_DOWN * draws.bell(1.0, 0.08)
        rows.append((link, "down", decimals(down, 1), weeks, ""))
        rows.append((link, "up", decimals(up, 1), weeks, ""))
    header = ("link_id", "direction", "p95_mbps", "weeks", "period")
    return Table(name="measured.csv", header=header, rows=tuple(sorted(rows)))
