"""A scenario as read from its file: what it changes, where it says so, and from which year."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

#: How the content filter treats devices outside the buildings.
FILTER_MODES = ("none", "full_tunnel")
#: What a scenario is compared with: the district's tables, or its own start, without its waves.
COMPARED_WITH = ("district", "start")
#: The overlay that each mode asks for.
FILTER_EVENTS: Mapping[str, str] = MappingProxyType({"full_tunnel": "full_tunnel"})


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was said: a file and its line, or an option of the command line.

    ``file`` is ``scenarios/one-to-one.toml`` or ``--set``; ``line`` is None where TOML's own
    structure gives none.
    """

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One override: which rows of a table, and what their cells become.

    Parameters
    ----------
    table
        A table of the district folder, or one of the sections ``planning``, ``access``, ``money``
        and ``district`` (then ``where`` is empty and ``set`` has its keys).
    where
        Column to the values that a row must hold (any of them); empty: every row.
    schools
        The rows of these schools alone; rows that hold for all schools (`*`) are copied for each
        of them. None: no such limit.
    set
        Column to its new value: a number or text.
    multiply
        Column to the factor of its present value.
    insert
        Add a row of ``where`` and ``set`` where no row matches, instead of an error.
    remove
        Take the matching rows out; ``set`` and ``multiply`` are empty then.
    place
        Where it stands.
    name
        What people call it: the change's ``name`` key, or made from table, rows and columns.
    lines
        Line of each part that has one of its own: ``set.per_person``, ``where``.
    """

    table: str
    place: Place
    name: str
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=_nothing)
    schools: tuple[str, ...] | None = None
    set: Mapping[str, Any] = field(default_factory=_nothing)
    multiply: Mapping[str, float] = field(default_factory=_nothing)
    insert: bool = False
    remove: bool = False
    lines: Mapping[str, int] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What holds from one school year on: a wave, or (``school_year`` None) the scenario itself.

    Parameters
    ----------
    school_year
        Such as ``2027-28``; None: from the start.
    changes
        In the order of the file; no cell is set twice by one scenario in one year.
    events
        Overlays on the school day that come with it, beside those before it.
    filter_mode
        One of `FILTER_MODES`; None: as before.
    failed
        Ids of links, nodes and risk groups that are down from then on.
    lines
        Line of each key that has one of its own: ``events``, ``filter_mode``, ``fail``.
    """

    place: Place
    school_year: str | None = None
    title: str = ""
    schools: tuple[str, ...] | None = None
    changes: tuple[Change, ...] = ()
    events: tuple[str, ...] = ()
    filter_mode: str | None = None
    failed: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario file.

    Parameters
    ----------
    name
        The file's name without its ending.
    title, notes, source
        In words; ``source`` says where the case comes from.
    file, sha256
        Its path as the district's ``inputs`` list it, and the hash of its bytes.
    steps
        The scenario itself first, then its waves by school year.
    years
        School years planned, from the district's own on; None: through the last wave.
    compare_with
        One of `COMPARED_WITH`.
    """

    name: str
    title: str
    file: str
    sha256: str
    steps: tuple[Step, ...]
    notes: str = ""
    source: str = ""
    years: int | None = None
    compare_with: str = "district"

    @property
    def is_rollout(self) -> bool:
        """Whether something of it starts in a later school year."""
        return len(self.steps) > 1 or (self.years or 1) > 1

    @property
    def start(self) -> "Scenario":
        """The scenario without its waves."""
        return replace(self, steps=self.steps[:1])
