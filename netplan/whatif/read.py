"""A scenario's file: found by name or path, read, and every mistake in it with its line."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from netplan.errors import Problem, ScenarioError
from netplan.inputs.files import MAX_TOML_BYTES, Folder, read_bytes
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest
from netplan.inputs.toml_file import parse_toml
from netplan.whatif.content import Content
from netplan.whatif.lines import find_lines
from netplan.whatif.model import Scenario

FOLDER = "scenarios"
ENDING = ".toml"


def scenario_names(folder: Path) -> tuple[str, ...]:
    """List the scenarios of a district folder by name, sorted."""
    try:
        found = [path for path in (folder / FOLDER).iterdir() if path.suffix == ENDING]
    except OSError:
        return ()
    return tuple(sorted(path.stem for path in found))


def read_scenario(folder: Path | None, name_or_path: str | Path) -> Scenario:
    """Read one scenario.

    Parameters
    ----------
    folder
        The district's; None: there is none, and only a path finds a file.
    name_or_path
        ``one-to-one`` is ``scenarios/one-to-one.toml`` of the folder. A path is looked for in
        the folder, then in the working directory.

    Raises
    ------
    ScenarioError
        There is no such file, or with every problem in it.
    """
    path = _find(folder, name_or_path)
    inside = folder is not None and path.is_relative_to(folder.resolve())
    file = path.relative_to(folder.resolve()).as_posix() if inside and folder else path.name
    data = read_bytes(Folder(root=path.parent, names=(path.name,)), path.name, MAX_TOML_BYTES)
    if isinstance(data, Problem):
        raise ScenarioError([data])
    return parse_scenario(data, file=file, name=path.stem)


def parse_scenario(data: bytes, *, file: str, name: str) -> Scenario:
    """Read a scenario from its bytes.

    Parameters
    ----------
    file
        Its path as problems and the list of inputs name it.
    name
        What the scenario is called.

    Raises
    ------
    ScenarioError
        With every problem in it.
    """
    toml, problems = parse_toml(
        data,
        file,
        line='lines such as title = "1:1 Chromebooks, grades 3-12"',
        filled='title = "..." and [[change]] with table, where and set',
    )
    if toml is None:
        raise ScenarioError(problems)
    content = Content(toml=toml, lines=find_lines(toml.text), problems=[])
    steps = content.steps()
    if content.problems:
        raise ScenarioError(content.problems)
    document: Mapping[str, object] = toml.document
    years = document.get("years")
    return Scenario(
        name=name,
        title=str(document.get("title") or name),
        notes=str(document.get("notes") or ""),
        source=str(document.get("source") or ""),
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        steps=steps,
        years=years if isinstance(years, int) else None,
        compare_with=str(document.get("compare_with") or "district"),
    )


def _find(folder: Path | None, name_or_path: str | Path) -> Path:
    """Give the resolved path of a scenario's file."""
    asked = Path(name_or_path)
    bare = isinstance(name_or_path, str) and asked.name == name_or_path and asked.suffix != ENDING
    if bare:
        tried = [folder / FOLDER / f"{name_or_path}{ENDING}"] if folder is not None else []
    elif folder is None or asked.is_absolute():
        tried = [asked]
    else:
        tried = [folder / asked, folder / FOLDER / asked, asked]
        tried = tried[:1] + tried[2:] if len(asked.parts) > 1 else tried
    for path in tried:
        try:
            if path.is_file():
                resolved = path.resolve()
                if not bare or folder is None or resolved.is_relative_to(folder.resolve()):
                    return resolved
        except (OSError, ValueError):
            continue
    names = scenario_names(folder) if folder is not None else ()
    near = closest(asked.stem, names)
    known = ", ".join(names[:20]) or f"none: there is no {FOLDER}/*{ENDING} in it"
    raise ScenarioError(
        [
            Problem(
                code="no-scenario",
                file=shown(str(name_or_path)),
                message="there is no such scenario",
                expected=f"the path of a {ENDING} file, or a name of the district's scenarios "
                f"({known})",
                fix=f"Did you mean {near!r}?" if near else "Check the name and the path.",
            )
        ]
    )
