"""A sweep as read from its file: what varies, how far, and how samples are drawn."""

from dataclasses import dataclass
from typing import Any

from netplan.whatif.model import Change, Place
from netplan.whatif.paths import Cell

#: How samples are chosen: all combinations, row by row, or drawn from distributions.
METHODS = ("grid", "list", "random", "lhs", "sobol")
#: Methods that draw; they ask for ``samples`` and take ranges beside values.
DRAWN = frozenset({"random", "lhs", "sobol"})
DISTRIBUTIONS = ("uniform", "loguniform", "triangular", "normal")
#: What stands before an input's name in the results.
INPUT_PREFIX = "input_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A range and how likely each part of it is.

    Parameters
    ----------
    low, high
        Ends, both inside.
    distribution
        One of `DISTRIBUTIONS`; a normal one is cut off at the ends.
    mode
        Of a triangular distribution.
    mean, sd
        Of a normal one, before it is cut off.
    whole
        Whole numbers only, both ends included.
    """

    low: float
    high: float
    distribution: str = "uniform"
    mode: float | None = None
    mean: float | None = None
    sd: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vary:
    """One input that varies.

    Parameters
    ----------
    name
        What people call it; the results have it in the column ``input_<name>``.
    place
        Where it stands.
    cell
        The cells that it changes; None: it chooses a scenario.
    factor
        What is drawn multiplies the cells instead of taking their place.
    values
        What it may be: numbers, texts, or names of scenarios ("" = none); empty with a spread.
    spread
        The range that it is drawn from; None with values.
    """

    name: str
    place: Place
    cell: Cell | None = None
    factor: bool = False
    values: tuple[Any, ...] = ()
    spread: Spread | None = None

    @property
    def is_scenario(self) -> bool:
        """Whether it chooses a scenario."""
        return self.cell is None

    @property
    def is_text(self) -> bool:
        """Whether what it takes is text."""
        return self.spread is None and any(isinstance(value, str) for value in self.values)

    def change(self, value: Any) -> Change:
        """Give the override that puts a value into the cells.

        Raises
        ------
        ValueError
            It chooses a scenario, which is no override.
        """
        if self.cell is None:
            raise ValueError(f"{self.name} chooses a scenario")
        return self.cell.change(value, self.place, factor=self.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One sweep file.

    Parameters
    ----------
    name
        The file's name without its ending.
    title, notes, source
        In words; ``source`` says where the ranges come from.
    file, sha256
        Its path as told in messages, and the hash of its bytes.
    method
        One of `METHODS`.
    samples
        How many are drawn (``sobol``: base points); None for a grid and a list.
    seed
        Of the drawing: the same seed gives the same samples.
    years
        School years of each sample, from the district's own on; None: through the last wave of
        its scenarios.
    scenarios
        Names or paths of scenarios laid under every sample, in this order.
    varies
        In the order of the file, which is also that in which their changes are laid.
    """

    name: str
    title: str
    file: str
    sha256: str
    method: str
    varies: tuple[Vary, ...]
    samples: int | None = None
    seed: int = 1
    years: int | None = None
    scenarios: tuple[str, ...] = ()
    notes: str = ""
    source: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns of the results that hold what varied."""
        return tuple(INPUT_PREFIX + vary.name for vary in self.varies)

    @property
    def choices(self) -> tuple[str, ...]:
        """Every scenario that some sample may choose, sorted; the empty choice left out."""
        return tuple(
            sorted(
                {str(value) for vary in self.varies if vary.is_scenario for value in vary.values}
                - {""}
            )
        )
