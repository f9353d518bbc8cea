"""What the after-school page shows of the need: areas, benchmarks, model, findings."""

from collections.abc import Mapping

from netplan.capacity.model import Finding
from netplan.gap.model import Fit
from netplan.gap.moe import Z_90
from netplan.report.format import (
    Cell,
    clean,
    tidy,
)
from netplan.report.frames import records
from netplan.report.home import GapReport
from netplan.report.home_cells import counted, interval, rated, titled
from netplan.report.home_where import where
from netplan.report.home_words import places
from netplan.report.layout import LONG, MOST, Table, left_out, mixed_table
from netplan.report.lookup import Lookup
from netplan.report.views import FindingView, school_cell

_NAMES_SHOWN = 6


def areas_table(report: GapReport, near: Mapping[str, tuple[str, str]]) -> Table:
    """Students offline by area, the most first; withheld areas stand together in groups.

    Parameters
    ----------
    near
        From `netplan.report.home_where.find_places`.
    """
    rows = places(report)
    shown = [
        {
            "where": Cell(text=(text := where(row, near)), sort=text.casefold()),
            "students": counted(row["students"], withheld=row["suppressed"]),
            "students_offline": interval(row["students_offline"], row["se"], row["suppressed"]),
            "rate": rated(row["rate"], row.get("rate_se"), row["suppressed"]),
            "direct_rate": rated(row["direct_rate"], row["direct_se"], False),
            "how": clean(row["how"]),
            "geoid": Cell(text=clean(row["place"]), sort=clean(row["place"])),
        }
        for row in rows[:MOST]
    ]
    withheld = int(report.areas["suppressed"].sum())
    note = (
        "Where: the school nearest to the area's middle, in a straight line. ± is a 90 % interval. "
        "The survey's own share is what the census tables say of this area alone; the estimate "
        f"borrows strength from areas like it. {withheld:,} of {len(report.areas):,} areas are "
        "too small to be shown alone: they stand together, some neighbors at a time. "
        + left_out(len(rows) - MOST, "gap_areas.csv and gap_groups.csv")
    )
    return titled(
        mixed_table(
            "gap_areas",
            "Students offline by area, the most first",
            ("where", "students", "students_offline", "rate", "direct_rate", "how", "geoid"),
            shown,
            note=tidy(note.strip()),
            searchable=True,
            fold=LONG,
        ),
        {
            "geoid": "GEOID",
            "students_offline": "Students offline",
            "rate": "Households offline",
            "direct_rate": "By the survey alone",
            "how": "From",
        },
    )


def benchmarks_table(report: GapReport) -> Table:
    """Published figures that the areas were made to add up to."""
    rows = [
        {
            "geoid": row["geoid"],
            "households": counted(row["households"]),
            "published": interval(row["published"], row["published_se"], False),
            "before": counted(row["before"]),
            "after": counted(row["after"]),
            "source": clean(str(row["source"])),
        }
        for row in records(report.benchmarks)
    ]
    return titled(
        mixed_table(
            "gap_benchmarks",
            "Households offline: published, and the sum of the areas before and after raking",
            ("geoid", "households", "published", "before", "after", "source"),
            rows,
            fold=LONG,
        ),
        {
            "geoid": "County or tract",
            "published": "Published",
            "before": "Sum before",
            "after": "Sum after",
        },
    )


def fit_table(fit: Fit) -> Table:
    """The small-area model: what moves an area's share, and by how much."""
    rows = [
        {
            "covariate": clean(name),
            "coefficient": Cell(
                text=f"{value:+.4f} ± {Z_90 * se:.4f}", sort=repr(value), numeric=True
            ),
        }
        for name, value, se in zip(
            fit.covariates, fit.coefficients, fit.standard_errors, strict=True
        )
    ]
    return titled(
        mixed_table(
            "gap_fit",
            "What the model predicts an area's share from",
            ("covariate", "coefficient"),
            rows,
        ),
        {"coefficient": "Effect on the log odds, per standard deviation"},
    )


def home_finding_view(finding: Finding, lookup: Lookup) -> FindingView:
    """Put a finding of the after-school half into words."""
    schools = tuple(school_cell(school, lookup) for school in finding.schools)
    return FindingView(
        severity=finding.severity,
        message=tidy(clean(finding.message)),
        found_word="",
        found="",
        found_exact="",
        limit_word="",
        limit="",
        limit_exact="",
        fix=tidy(clean(finding.fix)),
        source=lookup.cite(finding.source),
        schools=schools[:_NAMES_SHOWN],
        more_schools=max(len(schools) - _NAMES_SHOWN, 0),
        code=finding.code,
    )
