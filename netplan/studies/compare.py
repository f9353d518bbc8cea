"""`netplan.compare`: two reports side by side, building by building and cell by cell."""

from netplan.report.model import Report
from netplan.report.whatif import Comparison
from netplan.report.whatif_compare import compare_reports


def compare(base: Report, other: Report) -> Comparison:
    """Find what differs between two reports of one district.

    Parameters
    ----------
    base, other
        From `netplan.check`: the district as it is, and what `netplan.apply` made of it, say.

    Returns
    -------
    comparison
        Its ``changes`` hold every measure of a building that differs by more than rounding, its
        ``flips`` the buildings that fit on one side alone.
    """
    return compare_reports(base, other)
