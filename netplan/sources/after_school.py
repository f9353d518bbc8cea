"""The after-school half of a folder from lists: areas, survey, libraries, parks, stops, buses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import InputError, Problem
from netplan.sources.areas import AreaList, areas_text, read_areas
from netplan.sources.census import read_census
from netplan.sources.columns import Columns
from netplan.sources.fleet import ACCESS_TOML, bus_rows, check_buses, offer_rows, slot_rows
from netplan.sources.lacking import Lacking, lacking
from netplan.sources.lan import Tables
from netplan.sources.layouts import List
from netplan.sources.libraries import read_libraries
from netplan.sources.outcome import LeftRow, Outcome
from netplan.sources.parking import read_parks, read_stops
from netplan.sources.schools import School
from netplan.sources.zones import read_zones, zones_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSchoolLists:
    """What was given for the after-school half; None or empty where nothing was.

    ``transit`` says that students ride to the libraries for free.
    """

    areas: Path | None = None
    acs: tuple[Path, ...] = ()
    zones: Path | None = None
    libraries: Path | None = None
    parks: Path | None = None
    stops: Path | None = None
    buses: int | None = None
    transit: bool = False

    def check(self) -> None:
        """Refuse options that cannot be meant.

        Raises
        ------
        InputError
            Survey tables or zones without areas, or no possible number of buses.
        """
        check_buses(self.buses)
        problems = [
            Problem(
                code="bad-option",
                file="command line",
                column=option,
                value=str(path)[:80],
                message="this list needs the areas that it is about",
                expected="also --areas, a GeoJSON or GeoPackage of block groups or tracts",
                fix="Give --areas too.",
            )
            for option, path in [*(("--acs", path) for path in self.acs), ("--zones", self.zones)]
            if path is not None and self.areas is None
        ]
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSchool:
    """What the lists gave: tables, other files by name, and everything to be told about them.

    ``lacking`` is what the half would be better with.
    """

    tables: Tables
    files: Mapping[str, str]
    sources: Mapping[str, str]
    counts: Mapping[str, float]
    left_out: tuple[LeftRow, ...]
    notes: tuple[Problem, ...]
    lacking: tuple[Lacking, ...]


def read_after_school(
    given: AfterSchoolLists,
    *,
    schools: Sequence[School],
    maps: Mapping[List, Columns],
    state: str,
) -> AfterSchool:
    """Read every given list.

    Parameters
    ----------
    given
        The lists.
    schools
        Of the folder.
    maps
        The user's own columns by list.
    state
        Postal code of the district's state; empty where it is not known.

    Raises
    ------
    InputError
        A list that cannot be used.
    """
    tables: Tables = {}
    files: dict[str, str] = {}
    sources: dict[str, str] = {}
    counts: dict[str, float] = {}
    left: list[LeftRow] = []
    notes: list[Problem] = []

    def add(table: str, what: str, outcome: Outcome) -> None:
        tables.setdefault(table, []).extend(outcome.rows)
        sources[f"{what} from {outcome.file}"] = outcome.layout
        counts[f"{what} rows read"] = outcome.read
        left.extend(outcome.left_out)
        notes.extend(outcome.notes)

    if given.areas is not None:
        areas = read_areas(given.areas, schools=schools, state=state)
        files["areas.geojson"] = areas_text(areas.areas)
        _count_areas(areas, sources, counts)
        left += areas.left_out
        notes += areas.notes
        if given.acs:
            add("acs", "survey", read_census(given.acs, areas=areas, state=state))
        tables["offers"] = list(offer_rows())
    if given.zones is not None:
        zones = read_zones(given.zones, schools=schools)
        files["zones.geojson"] = zones_text(zones.zones)
        sources[f"zones from {zones.file}"] = "attendance zones"
        counts["zones"] = len(zones.zones)
        left += zones.left_out
        notes += zones.notes
    if given.libraries is not None:
        found = read_libraries(
            given.libraries, mapping=maps.get("libraries"), schools=schools, transit=given.transit
        )
        add("partners", "libraries", found)
        counts["partners"] = len(found.rows)
    if given.parks is not None:
        add("stops", "parks", read_parks(given.parks, mapping=maps.get("parks"), schools=schools))
    if given.stops is not None:
        stops = read_stops(given.stops, mapping=maps.get("stops"), schools=schools)
        add("stops", "transit stops", stops)
    if "stops" in tables:
        counts["places where a bus may stand"] = len(tables["stops"])
    if given.buses is not None:
        tables["buses"] = list(bus_rows(given.buses, schools))
        tables["slots"] = list(slot_rows())
        counts["buses"] = given.buses
    if tables or files:
        files["access.toml"] = ACCESS_TOML
    return AfterSchool(
        tables=tables,
        files=files,
        sources=sources,
        counts=counts,
        left_out=tuple(left),
        notes=tuple(notes),
        lacking=lacking(tables, files),
    )


def _count_areas(areas: AreaList, sources: dict[str, str], counts: dict[str, float]) -> None:
    counties = ", ".join(sorted(areas.counties))
    sources[f"areas from {areas.file}"] = f"{areas.level}s of {counties}"
    counts["areas read"] = areas.read
    counts["areas"] = len(areas.areas)
