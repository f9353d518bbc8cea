"""The frozen record that leaves the input door."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    problems
        Notes only; errors never get this far.
    assumptions
        Every default and catalog value in use.
    """

    settings: Settings
    planning: Planning
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    def __post_init__(self) -> None:
        """Shut the mappings against change."""
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))
        object.__setattr__(self, "hashes", MappingProxyType(dict(self.hashes)))
