"""The output folder of ``netplan whatif``: one page, maps before and after, and the data."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from netplan._version import __version__
from netplan.maps.page import render
from netplan.maps.pages import compare_page
from netplan.maps.scene import scene_of
from netplan.report.document import dumps
from netplan.report.format import clean, percent, tidy
from netplan.report.lookup import look_up
from netplan.report.pages import environment, write_text
from netplan.report.provenance import run_record
from netplan.report.tables import write_csv
from netplan.report.views import FindingView, finding_view
from netplan.report.whatif import ScenarioResult, WhatIf
from netplan.report.whatif_charts import shift_chart, year_chart
from netplan.report.whatif_compare import misfits, states
from netplan.report.whatif_document import whatif_document
from netplan.report.whatif_views import (
    CHANGE_COLUMNS,
    FLIP_COLUMNS,
    buildings_table,
    change_rows,
    flip_rows,
    flips_table,
    groups_table,
    interaction_sentence,
    overview_table,
    units_table,
)
from netplan.report.whatif_words import inseparable_sentences, scenario_sentences
from netplan.report.whole import RECORD, whole_folder

PAGE = "whatif.html"
#: Findings of one scenario that the page shows.
_FINDINGS = 10
_FILES = (
    ("whatif.json", "everything as data"),
    ("flips.csv", "buildings that flip, with school years and reasons"),
    ("changes.csv", "every number of a building that changes, by school year"),
)


def write_whatif(whatif: WhatIf, out: Path) -> Path:
    """Write the whole folder, or nothing; give the page to open.

    Every file is the same bytes for the same inputs, but for the time in ``run.json``.

    Raises
    ------
    InputError
        ``out`` holds something that netplan did not write, is a link, or cannot be written.
    """
    with whole_folder(out) as folder:
        write_text(folder / PAGE, page_html(whatif))
        write_text(folder / "whatif.json", dumps(whatif_document(whatif)))
        write_csv(folder / "flips.csv", flip_rows(whatif), FLIP_COLUMNS)
        write_csv(folder / "changes.csv", change_rows(whatif), CHANGE_COLUMNS)
        (folder / "maps").mkdir()
        for place, result in enumerate(whatif.scenarios):
            write_text(folder / map_name(place, result), map_html(whatif, result))
        written = [
            path.relative_to(folder).as_posix()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        write_text(folder / RECORD, _record(whatif, written))
    return out / PAGE


def page_html(whatif: WhatIf) -> str:
    """Give the page."""
    planning = whatif.base.district.planning
    hashes = _hashes(whatif)
    context = {
        "district": whatif.base.district.name,
        "school_year": whatif.base.district.settings.school_year or "",
        "events": (),
        "limit": percent(planning.utilization_limit),
        "percentile": percent(planning.percentile),
        "provenance": {
            "version": __version__,
            "run": run_name(whatif),
            "inputs": sorted(hashes.items()),
        },
        "overview": overview_table(whatif) if len(whatif.scenarios) > 1 else None,
        "sets": [clean(change.name) for change in whatif.sets],
        "scenarios": [_section(place, result) for place, result in enumerate(whatif.scenarios)],
        "files": _FILES,
    }
    return environment().get_template("whatif.html").render(context)


def map_name(place: int, result: ScenarioResult) -> str:
    """Give the path of a scenario's map inside the folder, safe whatever the scenario's name."""
    slug = re.sub(r"[^a-z0-9]+", "-", result.name.casefold()).strip("-")[:40]
    return f"maps/{place + 1}{f'-{slug}' if slug else ''}.html"


def map_html(whatif: WhatIf, result: ScenarioResult) -> str:
    """Give the map of the last year without the scenario and with it, side by side."""
    last, run = result.last, run_name(whatif)
    page = compare_page(
        scene_of(last.base.district, capacity=last.base.capacity),
        scene_of(last.report.district, capacity=last.report.capacity),
        titles=("Without it", "With it"),
        page_id="whatif",
        title=f"{last.report.district.name}: {result.scenario.title}",
        run=run,
        links=(("../whatif.html", "The numbers"),),
    )
    return render(page, run=run)


def run_name(whatif: WhatIf) -> str:
    """Give twelve digits that name a run: the same inputs, scenarios and version give the same."""
    digest = hashlib.sha256(__version__.encode())
    for name, value in sorted(_hashes(whatif).items()):
        digest.update(f"\0{name}\0{value}".encode("utf-8", "surrogatepass"))
    for result in whatif.scenarios:
        digest.update(f"\0{result.name}\0{result.scenario.sha256}".encode())
    for change in whatif.sets:
        digest.update(f"\0{change!r}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def _hashes(whatif: WhatIf) -> dict[str, str]:
    hashes = dict(whatif.base.district.inputs.hashes)
    for result in whatif.scenarios:
        hashes |= result.report.district.inputs.hashes
    return hashes


def _record(whatif: WhatIf, written: list[str]) -> str:
    """Give ``run.json``: that of the base, with the scenarios beside."""
    record = json.loads(run_record(whatif.base, "whatif", written))
    record |= {
        "run": run_name(whatif),
        "inputs": dict(sorted(_hashes(whatif).items())),
        "scenarios": [result.name for result in whatif.scenarios],
        "sets": [change.name for change in whatif.sets],
    }
    return json.dumps(record, indent=1, allow_nan=False) + "\n"


def _section(place: int, result: ScenarioResult) -> dict[str, Any]:
    """Give everything that the page says of one scenario."""
    last = result.last
    lookup = look_up(last.report)
    flips, groups = flips_table(result, lookup), groups_table(result, lookup)
    new = last.comparison.findings_added
    # what is cut off, or worse off as a whole, is nothing to be glad of
    worse = misfits(last.report) > misfits(last.base) or "cut-off" in states(last.report).values()
    gone = () if worse else last.comparison.findings_gone
    return {
        "id": f"s{place + 1}",
        "title": clean(result.scenario.title),
        "name": clean(result.name),
        "file": clean(result.scenario.file),
        "notes": _sentence(result.scenario.notes),
        "source": tidy(clean(result.scenario.source)),
        "year": last.school_year or "",
        "sentences": [tidy(each) for each in scenario_sentences(result)],
        "inseparable": [tidy(each) for each in inseparable_sentences(result)],
        "flips": flips if flips.rows else None,
        "groups": groups if groups.rows else None,
        "is_grouped": len(groups.rows) < len(flips.rows),
        "years": year_chart(result),
        "shifts": shift_chart(last),
        "buildings": buildings_table(result),
        "units": units_table(result),
        "interaction": interaction_sentence(result),
        "findings": [_no_links(finding_view(each, lookup)) for each in new[:_FINDINGS]],
        "more_findings": max(len(new) - _FINDINGS, 0),
        "gone": [tidy(each.message) for each in gone[:_FINDINGS]],
        "more_gone": max(len(gone) - _FINDINGS, 0),
        "map": map_name(place, result),
    }


def _no_links(view: FindingView) -> FindingView:
    """Leave the pages of buildings out: this folder has none."""
    return replace(view, schools=tuple(replace(cell, href="") for cell in view.schools))


def _sentence(note: str) -> str:
    return tidy(clean(note)).strip()
