"""One ``[[vary]]`` of a sweep file: its cell, its values or range, and every mistake in them."""

import math
from collections.abc import Mapping
from typing import Any

from netplan.errors import Problem, ScenarioError
from netplan.inputs.access_fields import ACCESS_FIELDS
from netplan.inputs.catalog_schemas import CATALOGS
from netplan.inputs.faults import schema_fault
from netplan.inputs.fields import Field, TableSpec
from netplan.inputs.reader import shown
from netplan.inputs.schemas import TABLES
from netplan.inputs.settings import SECTIONS
from netplan.inputs.suggest import closest
from netplan.inputs.toml_file import TomlFile
from netplan.whatif.lines import Lines
from netplan.whatif.model import Place
from netplan.whatif.paths import Cell, parse_cell
from netplan.whatif.sweep_model import DISTRIBUTIONS, DRAWN, Spread, Vary

_WAYS = ("value", "factor")
_NUMBERS = ("low", "high", "mode", "mean", "sd")
_KEYS = ("name", "notes", "source", "cell", "scenario", "as", "values", "distribution", *_NUMBERS)
#: Numbers beside low and high that each distribution takes.
_TAKES: Mapping[str, frozenset[str]] = {
    "uniform": frozenset(),
    "loguniform": frozenset(),
    "triangular": frozenset({"mode"}),
    "normal": frozenset({"mean", "sd"}),
}
_LONGEST_NAME = 60
#: An input takes one of at most so many values.
_MOST_VALUES = 10_000


def read_vary(
    toml: TomlFile, lines: Lines, number: int, content: Mapping[str, Any], method: str | None
) -> tuple[Vary | None, list[Problem]]:
    """Read one input of a sweep.

    Parameters
    ----------
    number
        Its place among the file's ``[[vary]]``, from 0.
    content
        Its keys as parsed.
    method
        The sweep's; None where it is wrong, and then nothing is said about it here.

    Returns
    -------
    vary
        None where it has an error.
    problems
        Each with its line.
    """
    reader = _Reader(toml, lines, number, content)
    vary = reader.read(method)
    return (None if reader.problems else vary), reader.problems


def cell_field(cell: Cell) -> Field | None:
    """Give what a cell's column or key is; None where netplan has no such one."""
    return _fields(cell.table).get(cell.column)


def _fields(table: str) -> dict[str, Field]:
    if table == "access":
        return {field.name: field for field in ACCESS_FIELDS}
    if table in SECTIONS:
        return {field.name: field for field in SECTIONS[table]}
    spec: TableSpec | None = TABLES.get(table) or CATALOGS.get(table)
    return {field.name: field for field in spec.fields} if spec is not None else {}


class _Reader:
    """Reads the keys of one input and gathers what is wrong with them."""

    def __init__(
        self, toml: TomlFile, lines: Lines, number: int, content: Mapping[str, Any]
    ) -> None:
        self.problems: list[Problem] = []
        self._toml = toml
        self._lines = lines
        self._place = number
        self._content = content

    def read(self, method: str | None) -> Vary | None:
        content = self._content
        for key in content:
            if key not in _KEYS:
                near = closest(key, _KEYS)
                self._wrong(
                    "unknown-key",
                    key,
                    "[[vary]] has no such key",
                    near or "one of " + ", ".join(_KEYS),
                    f"Did you mean {near!r}?" if near is not None else "Delete the line.",
                    told=False,
                )
        said = "scenario" if "scenario" in content else "cell"
        place = Place(file=self._toml.file, line=self._line(said))
        if ("cell" in content) == ("scenario" in content):
            self._wrong(
                "cell-or-scenario",
                "cell",
                "an input names a cell, or a list of scenarios, and one of the two",
                'cell = "planning.growth_per_year", or scenario = ["", "one-to-one"]',
                "Write one of them.",
                told=False,
            )
            return None
        name = self._name()
        if "scenario" in content:
            return self._scenario(name, place)
        cell, field = self._cell()
        factor = self._way(field) == "factor"
        values: tuple[Any, ...] = ()
        spread = None
        if "values" in content:
            for key in ("distribution", *_NUMBERS):
                if key in content:
                    message = "an input has values, or a range, and not both"
                    self._wrong("values-or-range", key, message, "one of the two", "Delete one.")
            values = self._values(field, factor=factor)
        elif method is not None and method not in DRAWN:
            self._wrong(
                "no-values",
                "cell",
                f"method = {method!r} takes the values of a list",
                "values = [...]",
                "Write values, or a method that draws: random, lhs or sobol.",
                told=False,
            )
        else:
            spread = self._spread(field, factor=factor)
        return Vary(name=name, place=place, cell=cell, factor=factor, values=values, spread=spread)

    def _line(self, *path: str | int) -> int | None:
        return self._lines.at("vary", self._place, *path)

    def _wrong(
        self, code: str, key: str, message: str, expected: str, fix: str, *, told: bool = True
    ) -> None:
        """Note what is wrong with a key."""
        value = self._content.get(key) if told else None
        self.problems.append(
            self._toml.problem(
                code,
                self._line(key),
                f"vary.{shown(key)}",
                value=value,
                message=message,
                expected=expected,
                fix=fix,
            )
        )

    def _name(self) -> str:
        said = self._content.get("name", self._content.get("cell", "scenario"))
        name = said.strip() if isinstance(said, str) else ""
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            self._wrong(
                "bad-value",
                "name",
                "an input needs a name",
                f"text of at most {_LONGEST_NAME} characters",
                'Write name = "growth", in your words.',
            )
        return name

    def _scenario(self, name: str, place: Place) -> Vary | None:
        said = self._content["scenario"]
        for key in ("as", "values", "distribution", *_NUMBERS):
            if key in self._content:
                message = "an input that chooses a scenario has no such key"
                self._wrong("unknown-key", key, message, "scenario alone", "Delete it.")
        sound = isinstance(said, list) and said and all(isinstance(one, str) for one in said)
        if not sound or (len({one.strip() for one in said}) < len(said) and not self._listed()):
            self._wrong(
                "bad-value",
                "scenario",
                "this is no list of scenarios",
                'names or paths, each once; "" = none, such as ["", "one-to-one"]',
                "Correct it.",
            )
            return None
        return Vary(name=name, place=place, values=tuple(one.strip() for one in said))

    def _listed(self) -> bool:
        """Say whether the sweep takes its values row by row, where one may come again."""
        return self._toml.document.get("method") == "list"

    def _cell(self) -> tuple[Cell | None, Field | None]:
        said = self._content["cell"]
        if not isinstance(said, str):
            self._wrong("wrong-type", "cell", "this is no text", "a cell", "Put it in quotes.")
            return None, None
        try:
            cell = parse_cell(said, file=self._toml.file, line=self._line("cell"))
        except ScenarioError as error:
            self.problems += error.problems
            return None, None
        fields = _fields(cell.table)
        if not fields:
            tables = [*SECTIONS, "access", *TABLES, *CATALOGS]
            self._unknown("unknown-table", cell.table, "table or section", tables)
            return None, None
        for column in (*cell.where, cell.column):
            if column not in fields:
                self._unknown("unknown-column", column, f"column of {cell.table}", list(fields))
                return None, None
        field = fields[cell.column]
        if field.key:
            self._wrong(
                "key-column",
                "cell",
                f"{cell.column} names the rows of {cell.table} and cannot vary",
                "another column",
                "Name a column that holds a value.",
            )
        return cell, field

    def _unknown(self, code: str, name: str, what: str, known: list[str]) -> None:
        near = closest(name, known)
        self._wrong(
            code,
            "cell",
            f"{shown(name)!r} is no {what}",
            near or "one of " + ", ".join(dict.fromkeys(known)),
            f"Did you mean {near!r}?" if near is not None else "Correct it.",
        )

    def _way(self, field: Field | None) -> str:
        said = self._content.get("as", "value")
        if said not in _WAYS:
            self._wrong("bad-value", "as", "this is neither", "value or factor", "Correct it.")
        elif said == "factor" and field is not None and not field.numeric:
            message = f"{field.name} is no number, so nothing can multiply it"
            self._wrong("wrong-type", "as", message, 'as = "value"', "Delete the line.")
        return str(said)

    def _values(self, field: Field | None, *, factor: bool) -> tuple[Any, ...]:
        said = self._content["values"]
        if not (isinstance(said, list) and 0 < len(said) <= _MOST_VALUES):
            self._wrong(
                "bad-value",
                "values",
                "this is no list of values",
                f"a list of 1 to {_MOST_VALUES:,} values, such as [0.1, 0.25]",
                "Write values = [...].",
            )
            return ()
        if len(set(map(repr, said))) < len(said) and not self._listed():
            message = "a value stands in the list twice"
            self._wrong("value-twice", "values", message, "each value once", "Delete one.")
        values = [self._value("values", one, field, factor=factor) for one in said]
        return tuple(value for value in values if value is not None)

    def _value(self, key: str, said: Any, field: Field | None, *, factor: bool) -> Any:
        """Give one value as the cell holds it; None, and a problem, where it cannot be there."""
        if field is None:
            return said
        if factor or field.numeric:
            number = self._number(key, said, field, factor=factor)
            if number is not None and not factor:
                self._in_range(key, number, field)
            return number
        if isinstance(said, bool) and field.kind == "flag":
            return "true" if said else "false"
        if not isinstance(said, str) or (field.kind == "choice" and said not in field.allowed):
            fault = schema_fault("not-in-list", str(said), field)
            choice = field.kind == "choice"
            self._wrong(
                fault.code if choice else "wrong-type",
                key,
                fault.message if choice else f"{shown(str(said))} is no text",
                field.expected(),
                fault.fix if choice else "Put it in quotation marks.",
            )
            return None
        return said

    def _number(self, key: str, said: Any, field: Field | None, *, factor: bool) -> float | None:
        sound = isinstance(said, int | float) and not isinstance(said, bool) and abs(said) <= 1e15
        if sound and not (factor and said < 0):
            return float(said)
        expected = "a factor, at least 0" if factor or field is None else field.expected()
        self._wrong("wrong-type", key, f"{key} has no such number", expected, "Correct it.")
        return None

    def _in_range(self, key: str, number: float, field: Field) -> None:
        """Hold a number against the ranges of its column, in the words of the folder's checks."""
        check = None
        if not field.inside(number):
            check = "out-of-range"
        elif (field.ask_above is not None and number > field.ask_above) or (
            field.ask_below is not None and number < field.ask_below
        ):
            check = "absurd-number"
        elif field.kind == "whole" and number != int(number):
            check = "not-whole"
        if check is not None:
            fault = schema_fault(check, number, field)
            self.problems.append(
                self._toml.problem(
                    fault.code,
                    self._line(key),
                    f"vary.{key}",
                    value=number,
                    message=fault.message,
                    expected=fault.expected,
                    fix=fault.fix,
                )
            )

    def _spread(self, field: Field | None, *, factor: bool) -> Spread | None:
        content = self._content
        distribution = content.get("distribution", "uniform")
        if distribution not in DISTRIBUTIONS:
            near = closest(str(distribution), DISTRIBUTIONS)
            self._wrong(
                "not-in-list",
                "distribution",
                "there is no such distribution",
                "one of " + ", ".join(DISTRIBUTIONS),
                f"Did you mean {near!r}?" if near is not None else "Correct it.",
            )
            return None
        if field is not None and not (field.numeric or factor):
            message = f"{field.name} is no number, so it has no range"
            self._wrong("wrong-type", "low", message, "values = [...]", "Write values.")
            return None
        wanted = _TAKES[distribution]
        numbers: dict[str, float] = {}
        for key in _NUMBERS:
            if key in content and key not in ("low", "high") and key not in wanted:
                message = f"a {distribution} distribution takes no {key}"
                self._wrong("unknown-key", key, message, "no such key", "Delete it.")
            elif key in content:
                number = self._number(key, content[key], field, factor=factor)
                if number is not None:
                    numbers[key] = number
            elif key in ("low", "high") or key in wanted:
                message = f"{key} is not there"
                expected = f"values, or low and high{self._beside(wanted)}"
                self._wrong("missing-key", key, message, expected, f"Add {key} = ...")
        if self.problems:
            return None
        return self._checked(distribution, numbers, field, factor=factor)

    @staticmethod
    def _beside(wanted: frozenset[str]) -> str:
        return "".join(f" and {key}" for key in sorted(wanted))

    def _checked(
        self, distribution: str, numbers: Mapping[str, float], field: Field | None, *, factor: bool
    ) -> Spread | None:
        """Check a range whose numbers are all there."""
        low, high = numbers["low"], numbers["high"]
        if not low < high:
            message, expected = "the range has no width", f"low below high ({high:g})"
            self._wrong("bad-range", "low", message, expected, "Correct one of the two.")
        if distribution == "loguniform" and low <= 0:
            self._wrong(
                "bad-range", "low", "a loguniform range begins above 0", "above 0", "Correct it."
            )
        mode, sd, mean = numbers.get("mode"), numbers.get("sd"), numbers.get("mean")
        if mode is not None and not low <= mode <= high:
            message = "the mode lies outside the range"
            self._wrong("bad-range", "mode", message, f"{low:g} to {high:g}", "Correct it.")
        if sd is not None and sd <= 0:
            self._wrong("bad-range", "sd", "sd is not above 0", "above 0", "Correct it.")
        elif mean is not None and sd is not None and not _reaches(low, high, mean, sd):
            message = "the range lies so far from the mean that nothing of it is left"
            self._wrong("bad-range", "mean", message, "low to high near the mean", "Correct it.")
        if field is not None and not factor:
            for key in ("low", "high"):
                self._in_range(key, numbers[key], field)
        if self.problems:
            return None
        whole = field is not None and field.kind == "whole" and not factor
        return Spread(
            low=low,
            high=high,
            distribution=distribution,
            mode=mode,
            mean=mean,
            sd=sd,
            whole=whole,
        )


def _reaches(low: float, high: float, mean: float, sd: float) -> bool:
    """Say whether a normal distribution has anything worth drawing between two ends."""
    nearest = max(low - mean, mean - high, 0.0) / sd
    return math.isfinite(nearest) and nearest < 8.0
