"""What a scenario's file holds, key by key: its steps, its changes, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from netplan.errors import Problem
from netplan.inputs.cells import is_school_year
from netplan.inputs.suggest import closest
from netplan.inputs.toml_file import TomlFile
from netplan.whatif.lines import Lines
from netplan.whatif.model import COMPARED_WITH, FILTER_MODES, Change, Place, Step
from netplan.whatif.sections import SECTION_FIELDS

#: Longest rollout, in school years.
MAX_YEARS = 30
_STEP_KEYS = ("title", "notes", "source", "events", "filter_mode", "fail", "change")
_TOP_KEYS = (*_STEP_KEYS, "years", "compare_with", "set", "wave")
_WAVE_KEYS = (*_STEP_KEYS, "school_year", "schools")
_CHANGE_KEYS = ("table", "where", "set", "multiply", "insert", "remove", "name", "schools")
_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "title": 'title = "1:1 Chromebooks"',
        "events": 'events = ["testing_sbac"]',
        "fail": 'fail = ["WAN-1"]',
        "schools": 'schools = ["S001", "S002"]',
        "years": "years = 5",
        "school_year": 'school_year = "2027-28"',
        "filter_mode": 'filter_mode = "full_tunnel"',
        "where": 'where = { kind = "chromebook" }',
        "set": "set = { per_person = 1.0 }",
        "multiply": "multiply = { per_person = 1.1 }",
        "insert": "insert = true",
        "remove": "remove = true",
        "table": 'table = "devices"',
        "name": 'name = "a Chromebook for each"',
    }
)
Spot = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A parsed file, the lines of what is in it, and the problems found so far."""

    toml: TomlFile
    lines: Lines
    problems: list[Problem]

    def steps(self) -> tuple[Step, ...]:
        """Read the scenario itself, then its waves."""
        document = self.toml.document
        self._known((), document, _TOP_KEYS)
        for name in ("title", "notes", "source"):
            self._text((name,), document.get(name))
        self._years(document.get("years"))
        self._listed(("compare_with",), document.get("compare_with"), COMPARED_WITH)
        sections = self._sections(document.get("set", {}))
        own = self._step((), document, schools=None)
        steps = [
            Step(
                place=own.place,
                title=str(document.get("title") or ""),
                changes=(*sections, *own.changes),
                events=own.events,
                filter_mode=own.filter_mode,
                failed=own.failed,
                lines=own.lines,
            )
        ]
        for number, wave in enumerate(self._tables(("wave",), document.get("wave", []))):
            steps.append(self._wave(("wave", number), wave, steps))
        return tuple(steps)

    def _wave(self, spot: Spot, wave: Mapping[str, Any], before: list[Step]) -> Step:
        self._known(spot, wave, _WAVE_KEYS)
        for name in ("title", "notes", "source"):
            self._text((*spot, name), wave.get(name))
        year = wave.get("school_year")
        if not is_school_year(year) if isinstance(year, str) else True:
            self._problem(
                "bad-school-year" if "school_year" in wave else "missing-key",
                (*spot, "school_year"),
                value=year,
                message="this is not a school year whose second year follows the first"
                if "school_year" in wave
                else "a wave needs the school year in which it starts",
                expected=_EXAMPLES["school_year"],
                fix="Write it as 2027-28, in quotation marks.",
            )
            year = None
        earlier = [step.school_year for step in before if step.school_year]
        if year is not None and earlier and year < max(earlier):
            self._problem(
                "unsorted-waves",
                (*spot, "school_year"),
                value=year,
                message=f"a wave of {max(earlier)} stands before this one",
                expected="waves in the order of their school years",
                fix="Move it up.",
            )
        schools = self._names((*spot, "schools"), wave.get("schools")) or None
        step = self._step(spot, wave, schools=schools)
        return Step(
            place=step.place,
            school_year=year,
            title=str(wave.get("title") or ""),
            schools=schools,
            changes=step.changes,
            events=step.events,
            filter_mode=step.filter_mode,
            failed=step.failed,
            lines=step.lines,
        )

    def _listed(self, spot: Spot, value: Any, allowed: tuple[str, ...]) -> str | None:
        """Give a word of a list; None where none is given, and where it is not of the list."""
        if value is None or (isinstance(value, str) and value in allowed):
            return value
        near = closest(value, allowed) if isinstance(value, str) else None
        self._problem(
            "not-in-list",
            spot,
            value=value,
            message=f"{spot[-1]} is not one of its list",
            expected="one of " + ", ".join(allowed),
            fix=f"Did you mean {near!r}?" if near else "Write one of those.",
        )
        return None

    def _step(
        self, spot: Spot, content: Mapping[str, Any], *, schools: tuple[str, ...] | None
    ) -> Step:
        mode = self._listed((*spot, "filter_mode"), content.get("filter_mode"), FILTER_MODES)
        changes = self._tables((*spot, "change"), content.get("change", []))
        return Step(
            place=self._place(spot),
            changes=tuple(
                self._change((*spot, "change", number), change, schools)
                for number, change in enumerate(changes)
            ),
            events=self._names((*spot, "events"), content.get("events")),
            filter_mode=mode,
            failed=self._names((*spot, "fail"), content.get("fail")),
            lines=self._own_lines(spot, content, ("events", "filter_mode", "fail")),
        )

    def _sections(self, content: Any) -> list[Change]:
        """Read ``[set."planning"]`` and its like, one change for each."""
        if not isinstance(content, dict):
            self._wrong_type(("set",), content, '[set."planning"] and keys under it')
            return []
        changes = []
        for name, keys in content.items():
            spot = ("set", name)
            if name not in SECTION_FIELDS:
                near = closest(name, SECTION_FIELDS)
                self._problem(
                    "unknown-section",
                    spot,
                    message="no section has this name",
                    expected="one of " + ", ".join(SECTION_FIELDS),
                    fix=f'Did you mean [set."{near}"]?'
                    if near
                    else f'Rows of a table are changed by [[change]] with table = "{name}".',
                )
            elif not isinstance(keys, dict):
                self._wrong_type(spot, keys, f'[set."{name}"] and keys under it')
            else:
                values = self._values(spot, keys)
                changes.append(
                    Change(
                        table=name,
                        place=self._place(spot),
                        name=", ".join(f"{name}.{key} = {value}" for key, value in values.items()),
                        set=values,
                        lines=self._key_lines(spot, "set", values),
                    )
                )
        return changes

    def _change(
        self, spot: Spot, content: Mapping[str, Any], wave: tuple[str, ...] | None
    ) -> Change:
        self._known(spot, content, _CHANGE_KEYS)
        table = content.get("table")
        if not isinstance(table, str) or not table.strip():
            if table is None:
                self._problem(
                    "missing-key",
                    spot,
                    message="the change names no table",
                    expected=_EXAMPLES["table"],
                    fix='Add table = "...".',
                )
            else:
                self._wrong_type((*spot, "table"), table, _EXAMPLES["table"])
            table = ""
        self._text((*spot, "name"), content.get("name"))
        insert, remove = (
            self._flag((*spot, key), content.get(key)) for key in ("insert", "remove")
        )
        cells = {}
        for key in ("where", "set", "multiply"):
            found = content.get(key, {})
            if not isinstance(found, dict):
                self._wrong_type((*spot, key), found, _EXAMPLES[key])
                found = {}
            cells[key] = self._values((*spot, key), found, lists=key == "where")
        where = {
            name: value if isinstance(value, tuple) else (value,)
            for name, value in cells["where"].items()
        }
        self._sense(spot, cells, insert=insert, remove=remove)
        schools = self._names((*spot, "schools"), content.get("schools")) or wave
        return Change(
            table=table,
            place=self._place(spot),
            name=str(content.get("name") or _called(table, where, cells, remove=remove)),
            where=MappingProxyType(where),
            schools=schools,
            set=cells["set"],
            multiply=cells["multiply"],
            insert=insert,
            remove=remove,
            lines=MappingProxyType(
                {
                    **self._own_lines(spot, content, _CHANGE_KEYS),
                    **self._key_lines((*spot, "where"), "where", where),
                    **self._key_lines((*spot, "set"), "set", cells["set"]),
                    **self._key_lines((*spot, "multiply"), "multiply", cells["multiply"]),
                }
            ),
        )

    def _sense(
        self, spot: Spot, cells: Mapping[str, Mapping[str, Any]], *, insert: bool, remove: bool
    ) -> None:
        """Tell a change that does nothing, or two things at once."""
        wrong = None
        if remove and (cells["set"] or cells["multiply"] or insert):
            wrong = (
                "contradiction",
                "the change takes rows out and changes them too",
                "remove = true alone",
                "Delete one of the two.",
            )
        elif insert and cells["multiply"]:
            wrong = (
                "contradiction",
                "a row that is added has nothing to multiply",
                "set, where insert = true",
                "Write set in place of multiply.",
            )
        elif both := sorted(set(cells["set"]) & set(cells["multiply"])):
            wrong = (
                "set-twice",
                f"the change sets and multiplies {both[0]}",
                "one of the two",
                "Delete one of the two.",
            )
        elif not (remove or insert or cells["set"] or cells["multiply"]):
            wrong = (
                "empty-change",
                "the change says not what becomes of the rows",
                "set, multiply or remove",
                f"Add {_EXAMPLES['set']}.",
            )
        if wrong is not None:
            code, message, expected, fix = wrong
            self._problem(code, spot, message=message, expected=expected, fix=fix)

    def _values(
        self, spot: Spot, content: Mapping[str, Any], *, lists: bool = False
    ) -> Mapping[str, Any]:
        """Keep numbers and text; of a filter lists of them too, as tuples."""
        values: dict[str, Any] = {}
        for name, value in content.items():
            if isinstance(value, str | int | float):
                values[name] = value
            elif (
                lists
                and isinstance(value, list)
                and value
                and all(isinstance(one, str | int | float) for one in value)
            ):
                values[name] = tuple(value)
            else:
                expected = "a number or text" + (", or a list of them" if lists else "")
                self._wrong_type((*spot, name), value, expected)
        return MappingProxyType(values)

    def _years(self, years: Any) -> None:
        whole = isinstance(years, int) and not isinstance(years, bool)
        if years is not None and not (whole and 1 <= years <= MAX_YEARS):
            self._problem(
                "out-of-range" if whole else "wrong-type",
                ("years",),
                value=years,
                message="years is no number of school years",
                expected=f"a whole number, 1 to {MAX_YEARS}",
                fix=f"Write it as {_EXAMPLES['years']}.",
            )

    def _names(self, spot: Spot, value: Any) -> tuple[str, ...]:
        """Read a list of names; a name twice is a problem."""
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._wrong_type(spot, value, f"a list of names, such as {_EXAMPLES[str(spot[-1])]}")
            return ()
        names = tuple(one.strip() for one in value)
        twice = next((one for one in names if names.count(one) > 1), None) if names else None
        if not names or twice is not None:
            self._problem(
                "empty-list" if twice is None else "named-twice",
                spot,
                value=twice,
                message="the list is empty" if twice is None else "the name stands there twice",
                expected="each name once",
                fix="Fill it, or delete the line." if twice is None else "Delete one of the two.",
            )
        return names

    def _tables(self, spot: Spot, value: Any) -> list[Mapping[str, Any]]:
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return value
        self._wrong_type(spot, value, f"[[{'.'.join(str(p) for p in spot if isinstance(p, str))}]]")
        return []

    def _flag(self, spot: Spot, value: Any) -> bool:
        if value is not None and not isinstance(value, bool):
            self._wrong_type(spot, value, _EXAMPLES[str(spot[-1])])
        return value is True

    def _text(self, spot: Spot, value: Any) -> None:
        if value is not None and not isinstance(value, str):
            self._wrong_type(spot, value, "text in quotation marks")

    def _known(self, spot: Spot, content: Iterable[str], keys: tuple[str, ...]) -> None:
        for name in content:
            if name in keys:
                continue
            near = closest(name, keys)
            self._problem(
                "unknown-key",
                (*spot, name),
                message="a scenario has no such key"
                if not spot
                else f"a {'wave' if len(spot) == 2 and spot[0] == 'wave' else 'change'} "
                "has no such key",
                expected=near or "one of " + ", ".join(keys),
                fix=f"Did you mean {near!r}?" if near else "Delete the line.",
            )

    def _wrong_type(self, spot: Spot, value: Any, expected: str) -> None:
        self._problem(
            "wrong-type",
            spot,
            value=value,
            message=f"{_dotted(spot)} is of the wrong type",
            expected=expected,
            fix="Correct it.",
        )

    def _problem(
        self, code: str, spot: Spot, *, message: str, expected: str, fix: str, value: Any = None
    ) -> None:
        self.problems.append(
            self.toml.problem(
                code,
                self.lines.at(*spot),
                _dotted(spot) or None,
                value=value,
                message=message,
                expected=expected,
                fix=fix,
            )
        )

    def _place(self, spot: Spot) -> Place:
        return Place(file=self.toml.file, line=self.lines.at(*spot) if spot else None)

    def _own_lines(
        self, spot: Spot, content: Mapping[str, Any], keys: Iterable[str]
    ) -> Mapping[str, int]:
        found = ((key, self.lines.at(*spot, key)) for key in keys if key in content)
        return MappingProxyType({key: line for key, line in found if line is not None})

    def _key_lines(self, spot: Spot, kind: str, keys: Iterable[str]) -> Mapping[str, int]:
        return MappingProxyType(
            {f"{kind}.{key}": line for key in keys if (line := self.lines.at(*spot, key))}
        )


def _dotted(spot: Spot) -> str:
    """Give a path as TOML names it: ``wave.change.set.per_person``."""
    return ".".join(str(part) for part in spot if isinstance(part, str))


def _called(
    table: str,
    where: Mapping[str, tuple[Any, ...]],
    cells: Mapping[str, Mapping[str, Any]],
    *,
    remove: bool,
) -> str:
    """Name a change by what it does: ``devices[kind=chromebook].per_person=1``."""
    rows = ",".join(f"{name}={'|'.join(map(str, values))}" for name, values in where.items())
    parts = [f"{name}={value}" for name, value in cells["set"].items()]
    parts += [f"{name}*={value}" for name, value in cells["multiply"].items()]
    head = f"{table}[{rows}]" if rows else table
    if remove:
        return f"{head} removed"
    return f"{head}.{', '.join(parts)}" if parts else f"{head} added"
