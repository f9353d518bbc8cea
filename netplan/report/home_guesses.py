"""Guessed cells of the after-school tables, and the words of a plan that rest on them."""

from collections import Counter, defaultdict

from netplan.district.model import District
from netplan.report.format import Cell, cited, clean, plural, tidy
from netplan.report.guesses import Guesses, order_of, read_guesses
from netplan.report.layout import Table, mixed_table
from netplan.sources.rules import RULE

#: Tables of the after-school half that may have a ``guess`` column, and their rows' names.
_KEYS = {
    "students": ("geoid",),
    "stops": ("stop_id",),
    "buses": ("bus_id",),
    "slots": ("slot_id",),
    "partners": ("partner_id",),
    "offers": ("offer_id",),
    "wireless": ("site_id",),
    "transit": ("transit_stop_id",),
}
#: Strategy to the table that its offers come from.
_TABLES = {
    "bus_stop": "stops",
    "partner_hotspot": "partners",
    "library_by_transit": "partners",
    "hotspot_lending": "offers",
    "subsidized_plan": "offers",
    "neighborhood_wireless": "wireless",
}
_ROOM = frozenset(
    {"seats", "backhaul_mbps", "hours_per_week", "max_students", "max_clients", "start", "end"}
)
_COST = frozenset(
    {
        *("usd_per_year", "usd_per_hour", "usd_per_student_per_year"),
        *("usd_capital", "lifetime_years", "depot_lat", "depot_lon"),
    }
)


def find_home_guesses(district: District) -> Guesses:
    """Read the ``guess`` columns of the after-school tables: ``seats: rule; start, end: rule``."""
    return read_guesses(district.inputs.tables, _KEYS)


def room_guessed(strategy: str, source_id: str, guesses: Guesses) -> bool:
    """Say whether how many an offer has room for rests on a guess."""
    return _rests(strategy, source_id, guesses) & _ROOM != frozenset()


def cost_guessed(strategy: str, source_id: str, guesses: Guesses) -> bool:
    """Say whether what an offer costs rests on a guess."""
    return _rests(strategy, source_id, guesses) & _COST != frozenset()


def parking_guessed(strategy: str, source_id: str, guesses: Guesses) -> bool:
    """Say whether nobody stated that a bus may stand at a stop."""
    return strategy == "bus_stop" and "allowed" in guesses.columns.get(
        ("stops", source_id), frozenset()
    )


def slot_guessed(slot_id: str, guesses: Guesses) -> bool:
    """Say whether the time of a slot is a guess."""
    return bool(guesses.columns.get(("slots", slot_id)))


def _rests(strategy: str, source_id: str, guesses: Guesses) -> frozenset[str]:
    mine = guesses.columns.get((_TABLES.get(strategy, ""), source_id), frozenset())
    if strategy != "bus_stop":
        return mine
    # which bus stands there is the plan's to choose, so every bus counts
    fleet = [names for (table, _), names in guesses.columns.items() if table in ("buses", "slots")]
    return mine.union(*fleet)


def home_guess_sentence(guesses: Guesses) -> str:
    """Count the guesses, and say what they are of; empty where there are none."""
    if not guesses.cells:
        return ""
    amounts = Counter(guess.table for guess in guesses.cells)
    where = ", ".join(f"{amount:,} in {table}.csv" for table, amount in sorted(amounts.items()))
    return (
        f"{plural(len(guesses.cells), 'cell')} behind this page "
        f"{'is a guess' if len(guesses.cells) == 1 else 'are guesses'} by rule: {where}. Numbers "
        "that rest on one are marked; the rules stand below, in the order in which to correct them."
    )


def home_guess_table(guesses: Guesses) -> Table:
    """Count the guesses by rule and column, what moves results most first."""
    amounts = Counter((guess.rule, guess.table) for guess in guesses.cells)
    columns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for guess in guesses.cells:
        columns[guess.rule, guess.table].add(guess.column)
    ordered = sorted(amounts, key=lambda key: (order_of(key[0]), key))
    return mixed_table(
        "guesses",
        "Guesses by rule, in the order in which to correct them",
        ("cell", "cells", "what", "rule", "source"),
        [
            {
                "cell": clean(f"{table}.csv: {', '.join(sorted(columns[rule, table]))}"),
                "cells": amounts[rule, table],
                "what": Cell(text=tidy(RULE[rule].text) if rule in RULE else ""),
                "rule": clean(rule),
                "source": cited(RULE[rule].source) if rule in RULE else "",
            }
            for rule, table in ordered
        ],
    )
