"""Options that lay scenarios over a district, alike for every command that takes them."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

import netplan

if TYPE_CHECKING:
    from netplan.district.model import District
    from netplan.report.money import CostReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What is laid over the district: ``--scenario``, ``--set`` and ``--school-year``."""

    scenarios: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    school_year: str | None = None

    def load(self, folder: Path) -> District:
        """Load a district and lay the scenarios over it."""
        district = netplan.load(folder)
        if not (self.scenarios or self.sets or self.school_year):
            return district
        from netplan.studies.apply import apply

        return apply(district, *self.scenarios, sets=self.sets, school_year=self.school_year)

    def money(self, folder: Path) -> CostReport | None:
        """Add up what it costs under the scenarios; None where nothing is laid over it."""
        if not (self.scenarios or self.sets):
            return None
        district = netplan.load(folder)
        if district.settings.school_year is None:
            return None
        from netplan.studies.cost import cost

        return cost(district, *self.scenarios, sets=self.sets)

    def folder(self, district_dir: Path, events: Iterable[str], *more: str) -> Path:
        """Give the default output folder: never that of the district as it is on a usual day."""
        names = [PurePath(scenario).stem for scenario in self.scenarios]
        if self.school_year is not None:
            names.append(self.school_year)
        if self.sets:
            digest = hashlib.sha256("\0".join(self.sets).encode("utf-8", "surrogatepass"))
            names.append(f"set{digest.hexdigest()[:8]}")
        parts = [district_dir.resolve().name, *names, *sorted(set(events)), *more]
        return Path("out") / "-".join(parts)


def scenario_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets them as ``over``."""

    @click.option(
        "--scenario",
        "scenarios",
        multiple=True,
        metavar="NAME",
        help="Lay a scenario over the district: a name in its scenarios/, or a path (repeatable; "
        "a later one wins); see docs/scenarios.md.",
    )
    @click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="CELL=VALUE",
        help="Set a cell, such as planning.growth_per_year=0.4 or "
        '"devices[kind=chromebook].per_person=1.2" (repeatable; wins over scenarios).',
    )
    @click.option(
        "--school-year",
        metavar="YEAR",
        help="Plan for this school year, such as 2028-29 [default: that of the last wave].",
    )
    @functools.wraps(command)
    def with_over(
        *args: Any,
        scenarios: tuple[str, ...],
        sets: tuple[str, ...],
        school_year: str | None,
        **kwargs: Any,
    ) -> Any:
        over = Over(scenarios=scenarios, sets=sets, school_year=school_year)
        return command(*args, over=over, **kwargs)

    return with_over
