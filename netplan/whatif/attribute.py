"""Which piece of a scenario did what: exactly, by running the scenario again without each piece.

Nothing here knows how a run is made; it gets a function from a set of units to an outcome.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.str_]

#: What is measured of every school beside its state; the fields of `Outcome`.
MEASURES = ("utilization_share", "airtime_share")
#: Two shares within this of each other, relative to the larger, are the same number.
SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How every school stands in one run.

    Parameters
    ----------
    state
        Shape (schools,): ``fits``, ``over`` or ``cut-off``.
    utilization_share, airtime_share
        Shape (schools,): of the bottleneck, and of the fullest access points; 0 where nothing
        on the way has a limit or there is no Wi-Fi, NaN where the school is cut off.
    """

    state: States
    utilization_share: Floats
    airtime_share: Floats

    def measures(self) -> Floats:
        """Give the MEASURES, shape (measures, schools)."""
        return np.stack([self.utilization_share, self.airtime_share])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why one school's state is another than in the base.

    Units are rows of the list that was given.

    Parameters
    ----------
    school
        Row of the school.
    was, now
        Its states.
    needed
        Units without which it would not be so.
    enough
        Units of which each alone makes it so.
    together
        Where no unit alone is enough: units that make it so together, none of which can be
        left out of them. ``needed`` itself where nothing else takes part.
    against
        Where a unit alone is enough and another is needed all the same: the units that make it
        so, by undoing it where the needed one is missing.
    """

    school: int
    was: str
    now: str
    needed: tuple[int, ...]
    enough: tuple[int, ...]
    together: tuple[int, ...] = ()
    against: tuple[int, ...] = ()

    @property
    def interacts(self) -> bool:
        """Whether more than one unit has a hand in it."""
        return not (len(self.enough) == 1 and self.needed == self.enough)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What every unit does to every school.

    Parameters
    ----------
    base, full
        Without any unit and with all of them.
    alone
        Shape (units, measures, schools): the change of each measure by the unit alone; NaN where
        the unit cannot stand alone.
    last
        Same shape: the change when the unit is added to all others; NaN where it cannot be left
        out.
    causes
        One per school whose state is another, in the order of schools.
    inseparable, dependent
        Units that cannot be left out, and units that cannot stand alone: the scenario would not
        fit the district.
    runs
        Runs that it took.
    """

    base: Outcome
    full: Outcome
    alone: Floats
    last: Floats
    causes: tuple[Cause, ...]
    inseparable: tuple[int, ...]
    dependent: tuple[int, ...]
    runs: int

    @property
    def total(self) -> Floats:
        """Shape (measures, schools): the change of each measure by the whole scenario."""
        return self.full.measures() - self.base.measures()

    @property
    def interaction_share(self) -> Floats:
        """Shape (measures, schools): what of the whole change the single ones do not add up to.

        0 = they add up exactly; 0.3 = 30 % of the change comes from acting together; negative =
        together they do less. NaN where nothing changes or a unit cannot stand alone.
        """
        total = self.total
        left = total - self.alone.sum(axis=0)
        changed = np.abs(total) > SAME * np.abs(self.full.measures())
        share = np.divide(left, total, out=np.full(total.shape, np.nan), where=changed)
        # what is left of a sum of equal numbers is rounding
        return np.where(np.abs(share) < SAME, 0.0, share)


Run = Callable[[frozenset[int]], Outcome | None]


def attribute_units(units: int, run: Run) -> Attribution:
    """Find what each unit does, by running everything without it and it without everything.

    Parameters
    ----------
    units
        How many there are.
    run
        From the units in force to the outcome; None where such a scenario does not fit the
        district. With all units and with none it must give an outcome. Called once per set.
    """
    seen = cache(run)
    every = frozenset(range(units))
    base, full = _there(seen(frozenset())), _there(seen(every))
    without = [seen(every - {unit}) for unit in range(units)]
    alone = [seen(frozenset({unit})) for unit in range(units)]
    shape = (units, *base.measures().shape)
    last = np.full(shape, np.nan)
    first = np.full(shape, np.nan)
    for unit in range(units):
        if (outcome := without[unit]) is not None:
            last[unit] = full.measures() - outcome.measures()
        if (outcome := alone[unit]) is not None:
            first[unit] = outcome.measures() - base.measures()
    causes = tuple(
        _cause(int(school), base, full, without, alone, seen)
        for school in np.flatnonzero(base.state != full.state)
    )
    return Attribution(
        base=base,
        full=full,
        alone=first,
        last=last,
        causes=causes,
        inseparable=tuple(unit for unit in range(units) if without[unit] is None),
        dependent=tuple(unit for unit in range(units) if alone[unit] is None),
        runs=seen.cache_info().misses,
    )


def why(cause: Cause, names: Sequence[str]) -> str:
    """Say a cause in words, such as ``because of X`` or ``needs both X and Y``.

    Parameters
    ----------
    cause
        Of `attribute_units`.
    names
        Of the units.
    """
    enough = [names[unit] for unit in cause.enough]
    needed = [names[unit] for unit in cause.needed]
    if cause.enough and not cause.interacts:
        return f"because of {enough[0]}"
    if cause.enough and not cause.needed:
        if len(enough) > 1:
            return (
                f"{'either ' if len(enough) == 2 else 'any of '}{_listed(enough, 'or')} is enough"
            )
        return f"{enough[0]} is enough; without it the others together would do the same"
    needs = f"needs {'both ' if len(needed) == 2 else ''}{_listed(needed, 'and')}"
    if cause.enough:
        against = _listed([names[unit] for unit in cause.against], "and") or "the rest"
        work = "work" if len(cause.against) > 1 else "works"
        others = [names[unit] for unit in cause.enough if unit not in cause.needed]
        also = f"; {_listed(others, 'or')} alone would be enough without that" if others else ""
        return f"{needs}, since {against} {work} against it{also}"
    if set(cause.together) == set(cause.needed):
        return needs
    together = _listed([names[unit] for unit in cause.together], "and")
    also = f"; {_listed(needed, 'and')} cannot be left out" if needed else ""
    return f"{together} act together, and there are other ways to the same{also}"


def _there(outcome: Outcome | None) -> Outcome:
    if outcome is None:
        raise ValueError("the scenario as a whole and the base must have an outcome")
    return outcome


def _cause(
    school: int,
    base: Outcome,
    full: Outcome,
    without: Sequence[Outcome | None],
    alone: Sequence[Outcome | None],
    run: Run,
) -> Cause:
    now = str(full.state[school])

    def holds(outcome: Outcome | None) -> bool:
        return outcome is not None and str(outcome.state[school]) == now

    units = range(len(without))
    needed = tuple(unit for unit in units if without[unit] is not None and not holds(without[unit]))
    enough = tuple(unit for unit in units if holds(alone[unit]))

    def kept_holds(kept: frozenset[int]) -> bool:
        return holds(run(kept))

    simple = len(enough) == 1 and needed == enough
    together = () if enough else _together(units, set(needed), kept_holds)
    return Cause(
        school=school,
        was=str(base.state[school]),
        now=now,
        needed=needed,
        enough=enough,
        together=together,
        against=() if simple or not enough else _against(units, needed, kept_holds),
    )


def _together(
    units: Sequence[int], needed: set[int], holds: Callable[[frozenset[int]], bool]
) -> tuple[int, ...]:
    """Drop units as long as it holds without them; what stays cannot lose another of the rest."""
    left, dropped = set(units), True
    while dropped:
        dropped = False
        for unit in sorted(left - needed):
            if holds(frozenset(left - {unit})):
                left.discard(unit)
                dropped = True
    return tuple(sorted(left))


def _against(
    units: Sequence[int], needed: Sequence[int], holds: Callable[[frozenset[int]], bool]
) -> tuple[int, ...]:
    """Give the units that undo it where a needed one is missing: without both it holds again."""
    return tuple(
        unit
        for unit in units
        if any(holds(frozenset(units) - {unit, other}) for other in needed if other != unit)
    )


def _listed(names: Sequence[str], word: str) -> str:
    """Join names as a sentence does."""
    return (
        f" {word} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    )
