"""Assumptions of a district that scenarios have changed, with who says so."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType

import pandas as pd

from netplan.inputs.assumptions import app_assumptions
from netplan.inputs.model import Assumption
from netplan.whatif.draft import Draft

_APPS = "apps."
#: Table whose numbers are listed, to the name of an assumption by the row's key and the column.
_LISTED: Mapping[str, Callable[[tuple[str, ...], str], str]] = MappingProxyType(
    {
        "apps": lambda key, column: f"{_APPS}{key[0]}.{column}",
        "settings": lambda key, _: f"settings.{key[0]}",
        "targets": lambda key, _: f"targets.{'.'.join(key)}",
    }
)
_COLUMNS: Mapping[str, str] = MappingProxyType({"settings": "value", "targets": "mbps_per_unit"})


def changed_assumptions(
    assumptions: tuple[Assumption, ...],
    draft: Draft,
    tables: Mapping[str, pd.DataFrame],
    before: Mapping[str, pd.DataFrame],
) -> tuple[Assumption, ...]:
    """Give the assumptions with what scenarios set, each with the scenario's file as source.

    Parameters
    ----------
    assumptions
        Those before.
    draft
        With every change laid on.
    tables, before
        Finished, now and before: applications that are used now, and no others, are listed.
    """
    told = {**_of_sections(draft), **_of_tables(draft, tables)}
    found = list(assumptions)
    if any(tables[name] is not before[name] for name in ("apps", "activity_shares")):
        found = _with_apps(found, tables)
    return tuple(
        replace(one, value=told[one.name][0], source=told[one.name][1]) if one.name in told else one
        for one in found
    )


def _with_apps(found: list[Assumption], tables: Mapping[str, pd.DataFrame]) -> list[Assumption]:
    """List the applications that are used now, where those that were used stood."""
    places = [place for place, one in enumerate(found) if one.name.startswith(_APPS)]
    known = {one.name: one for one in found}
    apps = [known.get(one.name, one) for one in app_assumptions(tables, frozenset())]
    first = places[0] if places else len(found)
    others = [one for one in found if not one.name.startswith(_APPS)]
    return [*others[:first], *apps, *others[first:]]


def _of_sections(draft: Draft) -> dict[str, tuple[float | int | str, str]]:
    """Give values and sources of settings that were changed, by name of the assumption."""
    sections = {
        name: asdict(record)
        for name, record in (
            ("planning", draft.planning),
            ("access", draft.access),
            ("money", draft.money),
        )
    }
    return {
        f"{section}.{name}": (sections[section][name], change.place.file)
        for (section, name), change in draft.told.items()
        if section in sections
    }


def _of_tables(
    draft: Draft, tables: Mapping[str, pd.DataFrame]
) -> dict[str, tuple[float | int | str, str]]:
    """Give the same for numbers of tables."""
    found: dict[str, tuple[float | int | str, str]] = {}
    for edit in draft.edits:
        if edit.table not in _LISTED:
            continue
        frame = tables[edit.table].merge(edit.keys, on=list(edit.keys.columns))
        keys = frame[list(edit.keys.columns)].astype(str)
        only = _COLUMNS.get(edit.table)
        for column in (*edit.change.set, *edit.change.multiply):
            if only is not None and column != only:
                continue
            for key, value in zip(
                keys.itertuples(index=False, name=None), frame[column], strict=True
            ):
                found[_LISTED[edit.table](key, column)] = (value, edit.change.place.file)
    return found
