"""A sweep file: found by path or name, read, and checked before anything runs."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netplan.errors import Problem, ScenarioError
from netplan.inputs.fields import Field
from netplan.inputs.files import MAX_TOML_BYTES
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest
from netplan.inputs.toml_file import TomlFile, parse_toml, read_keys
from netplan.whatif.design import sample_count
from netplan.whatif.lines import Lines, find_lines
from netplan.whatif.sweep_model import DRAWN, METHODS, Sweep, Vary
from netplan.whatif.sweep_vary import read_vary

#: Folder of the district in which sweeps are found by name.
SWEEPS = "sweeps"
#: More would take weeks: this is a slip of the keyboard.
MAX_SAMPLES = 1_000_000

_FIELDS = (
    Field(name="title", kind="text", description="What the sweep is about."),
    Field(name="notes", kind="text", description="Anything else."),
    Field(name="source", kind="text", description="Where the ranges come from."),
    Field(
        name="method",
        kind="choice",
        allowed=METHODS,
        required=True,
        description="How samples are chosen.",
    ),
    Field(
        name="samples",
        kind="whole",
        unit="samples",
        low=1,
        high=MAX_SAMPLES,
        description="How many are drawn.",
    ),
    Field(
        name="seed",
        kind="whole",
        low=0,
        high=2**32 - 1,
        default=1.0,
        description="The same seed draws the same samples.",
    ),
    Field(
        name="years",
        kind="whole",
        unit="school years",
        low=1,
        high=30,
        description="School years of each sample, from the district's own on.",
    ),
)
_LISTS = ("scenarios", "vary")


def read_sweep(folder: Path | None, name_or_path: str | Path) -> Sweep:
    """Find and read a sweep file.

    Parameters
    ----------
    folder
        The district's folder; None: only the working directory is looked into.
    name_or_path
        A name such as ``growth`` (``sweeps/growth.toml`` of the district), or a path, relative to
        the district's folder or else to the working directory.

    Raises
    ------
    ScenarioError
        With every problem of the file and its line; or there is no such file.
    """
    path, file = _find(folder, str(name_or_path))
    data = _bytes(path, file)
    toml, problems = parse_toml(
        data,
        file,
        line='lines such as method = "lhs"',
        filled='method = "lhs", samples = 100 and one [[vary]] or more',
        fields=_FIELDS,
    )
    problems = [problem for problem in problems if problem.severity == "error"]
    if toml is None:
        raise ScenarioError(problems)
    lines = find_lines(toml.text)
    sweep, found = _sweep(toml, lines, path.stem, hashlib.sha256(data).hexdigest())
    problems += [problem for problem in found if problem.severity == "error"]
    if problems or sweep is None:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.row or 0))
    return sweep


def _find(folder: Path | None, said: str) -> tuple[Path, str]:
    """Give the path of a sweep file and what messages call it."""
    if "\0" in said:
        raise ScenarioError([_no_file(shown(said), "there is no such sweep file", "Correct it.")])
    bare = Path(said).name == said and not said.endswith(".toml")
    if bare and folder is not None:
        path = folder / SWEEPS / f"{said}.toml"
        if not _is_file(path) and not _is_file(Path(said)):
            known = sorted(each.stem for each in (folder / SWEEPS).glob("*.toml"))
            near = closest(said, known)
            raise ScenarioError(
                [
                    _no_file(
                        f"{SWEEPS}/{shown(said)}.toml",
                        "the district has no such sweep",
                        f"Did you mean {near!r}?"
                        if near is not None
                        else f"Write one of {', '.join(known)}, or a path."
                        if known
                        else "Name the path of a sweep file.",
                    )
                ]
            )
        if _is_file(path):
            return path, f"{SWEEPS}/{said}.toml"
    if folder is not None and _is_file(folder / said):
        return folder / said, Path(said).as_posix()
    return Path(said), Path(said).as_posix()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _bytes(path: Path, file: str) -> bytes:
    try:
        if not _is_file(path):
            message = "a folder stands there" if path.is_dir() else "there is no such sweep file"
            raise ScenarioError([_no_file(shown(file), message, "Check the path.")])
        with path.open("rb") as handle:
            data = handle.read(MAX_TOML_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ScenarioError(
            [_no_file(shown(file), "the file cannot be read", "Check its name and rights.")]
        ) from error
    if len(data) > MAX_TOML_BYTES:
        message = f"the file has more than {MAX_TOML_BYTES / 1e6:,.0f} MB"
        raise ScenarioError([_no_file(file, message, "Check that it is the right file.")])
    return data


def _no_file(file: str, message: str, fix: str) -> Problem:
    return Problem(
        code="no-sweep", file=file, message=message, expected="a sweep file (TOML)", fix=fix
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The keys that stand before the first [[vary]]."""

    method: str | None
    samples: int | None
    scenarios: tuple[str, ...]


def _sweep(
    toml: TomlFile, lines: Lines, name: str, sha256: str
) -> tuple[Sweep | None, list[Problem]]:
    """Make the sweep of a parsed file; None with problems that leave nothing to check further."""
    document = toml.document
    known = [field.name for field in _FIELDS]
    # lists are read here, and any other key with its line below
    plain = {key: value for key, value in document.items() if key in known}
    values, problems = read_keys(
        toml, plain, _FIELDS, section=None, check_text=lambda _field, _text: None
    )
    problems += _unknown_keys(toml, lines, [*known, *_LISTS])
    method = values.get("method")
    whole = {key: int(values[key]) for key in ("samples", "seed", "years") if key in values}
    scenarios, found = _scenarios(toml, lines)
    problems += found
    head = _Head(method=method, samples=whole.get("samples"), scenarios=scenarios)
    varies, found = _varies(toml, lines, head)
    problems += found + _samples_problems(toml, lines, head, plain)
    if method is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    sweep = Sweep(
        name=name,
        title=values.get("title", name),
        notes=values.get("notes", ""),
        source=values.get("source", ""),
        file=toml.file,
        sha256=sha256,
        method=method,
        varies=varies,
        scenarios=scenarios,
        **whole,
    )
    return sweep, _size_problems(toml, lines, sweep)


def _unknown_keys(toml: TomlFile, lines: Lines, known: Sequence[str]) -> list[Problem]:
    problems = []
    for key in toml.document:
        if key not in known:
            near = closest(key, known)
            problems.append(
                toml.problem(
                    "unknown-key",
                    lines.at(key),
                    shown(key),
                    message="a sweep has no such key",
                    expected=near or "one of " + ", ".join(known),
                    fix=f"Did you mean {near!r}?" if near is not None else "Delete the line.",
                )
            )
    return problems


def _scenarios(toml: TomlFile, lines: Lines) -> tuple[tuple[str, ...], list[Problem]]:
    said = toml.document.get("scenarios", [])
    if isinstance(said, list) and all(isinstance(one, str) and one.strip() for one in said):
        names = tuple(one.strip() for one in said)
        if len(set(names)) == len(names):
            return names, []
        message, value = "a scenario is named twice", str(said)
    else:
        message, value = "this is no list of scenarios", str(said)
    problem = toml.problem(
        "bad-value",
        lines.at("scenarios"),
        "scenarios",
        value=value,
        message=message,
        expected='names or paths, such as ["one-to-one"], each once',
        fix="Correct it.",
    )
    return (), [problem]


def _varies(toml: TomlFile, lines: Lines, head: _Head) -> tuple[tuple[Vary, ...], list[Problem]]:
    said = toml.document.get("vary", [])
    if not (isinstance(said, list) and said and all(isinstance(one, dict) for one in said)):
        return (), [
            toml.problem(
                "nothing-varies",
                lines.at("vary"),
                "vary",
                message="nothing varies",
                expected="[[vary]] with name, and cell or scenario",
                fix="Add a [[vary]] for each input.",
            )
        ]
    varies, problems = [], []
    for number, content in enumerate(said):
        vary, found = read_vary(toml, lines, number, content, head.method)
        problems += found
        if vary is not None:
            varies.append(vary)
    return tuple(varies), problems + _between(toml, varies, head)


def _between(toml: TomlFile, varies: Sequence[Vary], head: _Head) -> list[Problem]:
    """Find what is wrong between inputs: names and cells twice, lists of several lengths."""
    problems = []
    first: dict[str, Vary] = {}
    cells: dict[str, Vary] = {}
    for vary in varies:
        line, twice = vary.place.line, first.get(vary.name.casefold())
        if twice is not None:
            problems.append(
                toml.problem(
                    "name-twice",
                    line,
                    "vary.name",
                    value=vary.name,
                    message=f"line {twice.place.line} has an input of the same name",
                    expected="each name once",
                    fix="Rename one of the two.",
                )
            )
        first.setdefault(vary.name.casefold(), vary)
        if vary.cell is not None:
            twice = cells.get(str(vary.cell))
            if twice is not None and not (vary.factor or twice.factor):
                problems.append(
                    toml.problem(
                        "cell-twice",
                        line,
                        "vary.cell",
                        value=str(vary.cell),
                        message=f"line {twice.place.line} sets the same cell",
                        expected="each cell once",
                        fix='Delete one of the two, or make one a factor (as = "factor").',
                    )
                )
            cells.setdefault(str(vary.cell), vary)
        for name in sorted({str(one) for one in vary.values} & set(head.scenarios)):
            if vary.is_scenario:
                problems.append(
                    toml.problem(
                        "scenario-twice",
                        line,
                        "vary.scenario",
                        value=name,
                        message="scenarios lays it under every sample already",
                        expected="a scenario in one of the two places",
                        fix="Delete it in one of them.",
                    )
                )
    lengths = {len(vary.values) for vary in varies}
    if head.method == "list" and len(lengths) > 1:
        problems.append(
            toml.problem(
                "lists-of-several-lengths",
                varies[0].place.line,
                "vary.values",
                value=", ".join(f"{vary.name} {len(vary.values)}" for vary in varies),
                message="the lists are not equally long",
                expected='as many values for each input: method = "list" takes them row by row',
                fix="Fill the shorter ones.",
            )
        )
    return problems


def _samples_problems(
    toml: TomlFile, lines: Lines, head: _Head, plain: Mapping[str, Any]
) -> list[Problem]:
    """Find samples where none are drawn, and none where they are."""
    if head.method is None:
        return []
    message, fix = "", ""
    if head.method in DRAWN and "samples" not in plain:
        message, fix = f"{head.method} draws samples and samples is not there", "Add samples = 100."
    elif head.method not in DRAWN and "samples" in plain:
        message = f"{head.method} takes every value that is written; samples says nothing"
        fix = "Delete the line."
    elif head.method == "sobol" and head.samples is not None and not _power_of_two(head.samples):
        near = 2 ** max(1, round(math.log2(head.samples)))
        message, fix = "Sobol points come in powers of two", f"Write samples = {near}."
    if not message:
        return []
    return [
        toml.problem(
            "bad-samples",
            lines.at("samples") or lines.at("method"),
            "samples",
            value=head.samples,
            message=message,
            expected="samples with random, lhs and sobol alone",
            fix=fix,
        )
    ]


def _power_of_two(number: int) -> bool:
    return number > 1 and number & (number - 1) == 0


def _size_problems(toml: TomlFile, lines: Lines, sweep: Sweep) -> list[Problem]:
    count = sample_count(sweep)
    if count <= MAX_SAMPLES:
        return []
    return [
        toml.problem(
            "too-many-samples",
            lines.at("samples") or lines.at("method"),
            "method",
            value=f"{count:,}",
            message="the sweep has too many samples",
            expected=f"at most {MAX_SAMPLES:,}",
            fix="Take fewer values, or draw: samples are enough where a grid is too fine.",
        )
    ]
