"""The frozen record that leaves the input door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from netplan.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A number that nobody measured for this district, with where it came from.

    ``source`` is a citation, ``district.toml`` where the district set it, or
    ``assumption`` where nobody published it.
    """

    name: str
    value: float | int | str
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The ``[district]`` section of district.toml."""

    name: str
    state: str | None = None
    nces_leaid: str | None = None
    school_year: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """The ``[planning]`` section of district.toml; shares run from 0 to 1."""

    percentile: float = 0.95
    utilization_limit: float = 0.80
    growth_per_year: float = 0.25
    common_mode_cv: float = 0.10
    class_size: float = 25.0
    suppress_below: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """access.toml: what the after-school half is asked for, and its assumptions.

    Defaults and their sources stand in ``netplan.inputs.access_fields``.
    """

    definition: str = "none"
    speed_down_mbps: float = 25.0
    speed_up_mbps: float = 12.0
    student_household_ratio: float = 1.0
    rake_to: str = "county"
    student_mbps: float = 1.5
    hours_per_week_needed: float = 5.0
    walk_limit_m: float = 800.0
    detour_factor: float = 1.3
    bus_reach: str = "walk"
    radio_range: str = "model"
    radio_frequency_mhz: float = 2437.0
    radio_exponent: float = 3.0
    radio_client_dbm: float = 15.0
    radio_antenna_dbi: float = 4.0
    radio_fade_margin_db: float = 8.0
    radio_sensitivity_dbm: float = -75.0
    radio_wall_loss_db: float = 7.0
    drive_kmh: float = 30.0
    drive_detour_factor: float = 1.4
    weeks_per_year: float = 36.0
    transit_reach_m: float = 4000.0
    lifeline_share: float = 0.0
    students_per_household: float = 1.0
    budget_usd_per_year: float | None = None
    coverage_goal: float | None = None
    equity: str = "none"
    floor_share: float = 0.5
    poverty_weight: float = 0.0
    worth_usd_per_student_per_year: float | None = None
    time_limit_s: float = 60.0
    draws: int = 1000
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySettings:
    """The ``[money]`` section of district.toml.

    Defaults and their sources stand in ``netplan.inputs.settings``. ``None``: to be derived, the
    E-Rate discount from frl_share and enrollment, ``rural`` from the schools' locale.
    """

    years: int = 5
    discount_rate_per_year: float = 0.03
    device_life_years: float = 4.0
    loss_share_per_year: float = 0.10
    spare_share: float = 0.0
    erate_discount_share: float | None = None
    rural: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """How inputs differ from the folder that they were read from.

    Parameters
    ----------
    base
        The folder as read. Measurements calibrate it, not what a scenario makes of it.
    scenarios, titles
        Names of the scenarios in force, in the order in which they were laid over the base, and
        their titles.
    sets
        Names of the single changes (``--set``) laid over them.
    events
        Names of the overlays on the school day that they ask for, sorted.
    failed
        Ids of links, nodes and risk groups that are down, sorted.
    years_ahead
        School years after the base's: every load has grown by (1 + growth_per_year) to this power.
    """

    base: "Inputs"
    scenarios: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    years_ahead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A whole district folder, read once and validated.

    Parameters
    ----------
    settings, planning
        district.toml.
    tables
        Table name to DataFrame with every column of its schema, missing
        optional cells filled by the column's default, sorted by key. Beside
        the folder's own tables stand the derived ``populations`` and
        ``activity_shares`` and the built-in catalogs.
    hashes
        File name inside the folder to the sha256 of its bytes.
    access
        access.toml.
    streets
        The folder's OpenStreetMap extract, if it holds one.
    basemap
        Files of the folder ``basemap``: roads, waters and tiles that maps draw beneath.
    problems
        Notes only; errors never get this far.
    assumptions
        Every default and catalog value in use.
    money
        The ``[money]`` section of district.toml.
    changed
        What scenarios made of the folder; None for the folder itself.
    folder
        Where it was read from; scenarios are looked for in its ``scenarios/``.
    follows
        ``table.column`` to the keys of rows whose cell nobody gave and that hold what another
        column of the row holds, such as ``links.up_mbps`` what ``down_mbps`` does.
    """

    settings: Settings
    planning: Planning
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]
    access: AccessSettings = AccessSettings()
    streets: Path | None = None
    basemap: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    money: MoneySettings = MoneySettings()
    changed: Changed | None = None
    folder: Path | None = None
    follows: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Shut the mappings against change."""
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))
        object.__setattr__(self, "hashes", MappingProxyType(dict(self.hashes)))
        object.__setattr__(self, "follows", MappingProxyType(dict(self.follows)))
