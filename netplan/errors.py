"""The exception tree and the Problem record.

::

    NetplanError
     +-- InputError        bad input or usage; carries every Problem found      exit code 2
     +-- ScenarioError     an override that does not fit its district           exit code 2
     +-- InfeasibleError   no plan can meet the goal; says which goal           exit code 3
     +-- SourceError       an outside source failed                             exit code 4
     +-- SolverError       the solver gave no usable answer                     exit code 3
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing in the input that someone has to look at.

    Parameters
    ----------
    code
        Stable short name of the kind of problem, such as ``unknown-school``.
    file
        Path inside the district folder, such as ``links.csv``.
    row
        Line of the file as a spreadsheet numbers it (the header is row 1);
        None where the problem is the file's as a whole.
    column
        Column name, TOML key or JSON path; None where no single one is meant.
    value
        The offending value as it stands in the file, cut to 80 characters.
    message
        What is wrong.
    expected
        What would be right.
    fix
        What to do about it.
    severity
        ``error`` stops the run; ``note`` is only shown.
    """

    code: str
    file: str
    message: str
    expected: str
    fix: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        """Give the problem as one line: file:row:column: what, value, expected, what to do."""
        place = ":".join(
            [self.file]
            + ([str(self.row)] if self.row is not None else [])
            + ([self.column] if self.column is not None else [])
        )
        value = "" if self.value is None else f", found {self.value!r}"
        expected = f"; expected {self.expected}" if self.expected else ""
        return f"{place}: {self.message}{value}{expected}. {self.fix}"

    def to_dict(self) -> dict[str, str | int | None]:
        """Give the problem as plain data for JSON."""
        return asdict(self)


class NetplanError(Exception):
    """Anything that netplan reports to its user in words; a bug is any other exception."""

    exit_code = 2


class InputError(NetplanError):
    """Input that cannot be used, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ScenarioError(InputError):
    """A scenario whose overrides do not fit the district."""


class InfeasibleError(NetplanError):
    """No plan meets what was asked for."""

    exit_code = 3


class SolverError(NetplanError):
    """The solver ended without a usable answer."""

    exit_code = 3


class SourceError(NetplanError):
    """An outside source could not be read."""

    exit_code = 4
