"""Write a synthetic district folder: realistic, of any size, the same bytes from the same seed."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import InputError, Problem
from netplan.synth import after_school
from netplan.synth.devices import bell_table, devices_table
from netplan.synth.elements import links_table, nodes_table
from netplan.synth.files import write_folder
from netplan.synth.lan import draw_lan
from netplan.synth.measured import measured_table
from netplan.synth.plan import plan_wan
from netplan.synth.scenarios import FILES as WHATIF_FILES
from netplan.synth.scenarios import funding_table, scenario_files
from netplan.synth.schools import draw_schools, enrollment_table, schools_table
from netplan.synth.texts import Planted, district_text, planted_problems, readme_text
from netplan.synth.truth import truth_of
from netplan.synth.wan import draw_wan

MAX_SCHOOLS = 2_000
#: Every file that a synthetic folder may hold.
FILES = (
    *("README.md", "district.toml", "schools.csv", "enrollment.csv", "devices.csv", "bell.csv"),
    *("nodes.csv", "links.csv", "measured.csv"),
    *after_school.FILES,
    *WHATIF_FILES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticDistrict(os.PathLike[str]):
    """What was written; stands for its folder wherever a path is asked for.

    ``planted`` is of the school day, ``planted_after_school`` of the other half.
    """

    path: Path
    name: str
    schools: int
    students: int
    nodes: int
    links: int
    planted: tuple[Planted, ...]
    areas: int
    planted_after_school: tuple[Planted, ...]

    def __fspath__(self) -> str:
        """Give the folder's path."""
        return str(self.path)

    def __str__(self) -> str:
        """Give the folder's path."""
        return str(self.path)


def write_district(
    folder: str | os.PathLike[str],
    *,
    schools: int,
    seed: int,
    name: str | None = None,
    aps_per_group: int | None = None,
    overwrite: bool = False,
) -> SyntheticDistrict:
    """Write a synthetic district folder, whole or not at all.

    Parameters
    ----------
    folder
        Where to. It must be missing or empty.
    schools
        1 to 2,000.
    seed
        Any whole number from 0. The same schools, seed and options give the same bytes on
        every platform.
    name
        Name of the district; by default one that says that it is synthetic.
    aps_per_group
        Most access points in one node of kind ap_group; by default all of one IDF and
        generation. With 1, every access point is a node: 200 schools then have about 13,200
        nodes and links (66 of each per school), the shape of the project's benchmark.
    overwrite
        Replace an earlier synthetic folder. A folder that holds any other file is refused.

    Returns
    -------
    written
        Counts and the planted problems; usable as the path of the folder.

    Raises
    ------
    InputError
        A number is out of range, or the folder cannot be written.
    """
    title = f"Synthetic District {schools}-{seed}" if name is None else name
    _check(schools=schools, seed=seed, name=title, aps_per_group=aps_per_group)
    county, drawn = draw_schools(seed, schools)
    plan = plan_wan(seed, county, drawn)
    wan = draw_wan(seed, drawn, plan)
    lan_nodes, lan_links, old_groups = draw_lan(
        seed, drawn, old_wing=plan.old_wing, aps_per_group=aps_per_group
    )
    nodes, links = [*wan.nodes, *lan_nodes], [*wan.links, *lan_links]
    planted = planted_problems(drawn, plan, wan, old_groups)
    choked = "" if plan.choked is None else drawn[plan.choked].school_id
    tables = (
        schools_table(drawn),
        enrollment_table(drawn),
        devices_table(seed, drawn),
        bell_table(),
        nodes_table(nodes),
        links_table(links),
        measured_table(seed, drawn, wan.own_uplinks, leave_out=choked),
        funding_table(sum(school.enrollment for school in drawn)),
    )
    evening = after_school.draw_after_school(truth_of(seed, county, drawn), county=title)
    files = {table.name: table.text() for table in tables if table.rows} | evening.files
    files |= scenario_files(drawn, wan)
    files["district.toml"] = district_text(title)
    files["README.md"] = readme_text(
        name=title,
        command=_command(schools, seed, name, aps_per_group),
        schools=drawn,
        nodes=len(nodes),
        links=len(links),
        plan=plan,
        planted=planted,
        evening=evening.summary,
        planted_evening=evening.planted,
    )
    path = Path(folder)
    write_folder(path, files, overwrite=overwrite, ours=FILES)
    return SyntheticDistrict(
        path=path,
        name=title,
        schools=schools,
        students=sum(school.enrollment for school in drawn),
        nodes=len(nodes),
        links=len(links),
        planted=planted,
        areas=evening.areas,
        planted_after_school=evening.planted,
    )


def _command(schools: int, seed: int, name: str | None, aps_per_group: int | None) -> str:
    """Give the command that writes the same folder again."""
    parts = [f"netplan synth DIR --schools {schools} --seed {seed}"]
    if name is not None:
        parts.append(f"--name {shlex.quote(name)}")
    if aps_per_group is not None:
        parts.append(f"--aps-per-group {aps_per_group}")
    return " ".join(parts)


def _check(*, schools: int, seed: int, name: str, aps_per_group: int | None) -> None:
    """Raise InputError with every argument that is out of range."""
    problems = []
    if not 1 <= schools <= MAX_SCHOOLS:
        problems.append(_problem("schools", schools, f"1 to {MAX_SCHOOLS:,} schools"))
    if seed < 0:
        problems.append(_problem("seed", seed, "a whole number from 0"))
    if aps_per_group is not None and aps_per_group < 1:
        problems.append(_problem("aps-per-group", aps_per_group, "a whole number from 1"))
    if not name.strip() or not name.isprintable():
        problems.append(_problem("name", name, "a name of printable characters"))
    if problems:
        raise InputError(problems)


def _problem(argument: str, value: int | str, expected: str) -> Problem:
    return Problem(
        code="out-of-range",
        file="netplan synth",
        column=argument,
        value=str(value)[:80],
        message=f"{argument} cannot be used",
        expected=expected,
        fix="Give another value.",
    )
