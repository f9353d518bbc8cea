"""Which places are open at each point of the cost curve: the budget slider."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.access.publish import PublishedAccess
from netplan.district.model import District
from netplan.maps.model import Bools, Scene, Slider

BUDGET = "budget"
#: Strategies that have a place, and the table that it stands in.
_TABLES = {
    "bus_stop": "stops",
    "partner_hotspot": "partners",
    "library_by_transit": "partners",
    "neighborhood_wireless": "wireless",
}
_KEYS = {"stops": "stop_id", "partners": "partner_id", "wireless": "site_id"}
#: A table of the folder and the id of its row.
Source = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Open places by step.

    Parameters
    ----------
    opened
        Per step, the places that are open; one step alone where there is no curve.
    start
        The step that is the plan itself.
    slider
        None where there is no curve to move along.
    """

    opened: tuple[frozenset[Source], ...]
    start: int
    slider: Slider | None

    @property
    def ever(self) -> frozenset[Source]:
        """Places that are open at some step."""
        return frozenset().union(*self.opened)

    def present(self, table: str, ids: Iterable[str]) -> Bools:
        """Say which rows are open at each step: shape (steps, rows)."""
        listed = list(ids)
        return np.array(
            [[(table, key) in step for key in listed] for step in self.opened], dtype=np.bool_
        ).reshape(len(self.opened), len(listed))


def budget_of(scene: Scene) -> Budget | None:
    """Give the steps of the budget slider; None without a plan."""
    access = scene.access
    if access is None:
        return None
    plan = frozenset(
        (_TABLES[strategy], str(source))
        for strategy, source in zip(
            access.sites["strategy"], access.sites["source_id"], strict=True
        )
        if strategy in _TABLES
    )
    curve = access.curve.reset_index(drop=True)
    if len(curve) < 2:
        return Budget(opened=(plan,), start=0, slider=None)
    of = _sources(scene.district)
    by_point: list[set[Source]] = [set() for _ in range(len(curve))]
    for point, offer in zip(access.curve_plans["point"], access.curve_plans["id"], strict=True):
        source = _source_of(str(offer), of)
        if source is not None:
            by_point[int(point)].add(source)
    steps = [frozenset(found) for found in by_point]
    labels = [f"${usd:,.0f} a year" for usd in curve["usd_per_year"]]
    notes = [
        _note(students, usd, sites, "at least")
        for students, usd, sites in zip(
            curve["students"], curve["cost_usd_per_year"], curve["sites"], strict=True
        )
    ]
    asked = access.goal.budget_usd_per_year
    usd = access.cost_usd_per_year if asked is None else asked
    start = _start(curve, access, steps, plan)
    if start is None:
        # the plan keeps an order of zones that the curve does not: it is a step of its own
        start = int((curve["usd_per_year"] < usd).sum())
        steps.insert(start, plan)
        labels.insert(start, "")
        notes.insert(start, "")
    # the curve's numbers are rounded so that no two points give a small count away
    labels[start] = f"${usd:,.0f} a year: the plan"
    places = len(access.sites) + len(access.offers)
    notes[start] = _note(access.served_students, access.cost_usd_per_year, places, "about")
    # published budgets are rounded: points that read alike are one step
    amounts = [label.partition(":")[0] for label in labels]
    kept = [
        step
        for step, amount in enumerate(amounts)
        if step == start or (amount != amounts[start] and amounts.index(amount) == step)
    ]
    return Budget(
        opened=tuple(steps[step] for step in kept),
        start=kept.index(start),
        slider=Slider(
            slider_id=BUDGET,
            title="Budget a year",
            steps=tuple(labels[step] for step in kept),
            notes=tuple(notes[step] for step in kept),
            start=kept.index(start),
        ),
    )


def _start(
    curve: pd.DataFrame,
    access: PublishedAccess,
    steps: list[frozenset[Source]],
    plan: frozenset[Source],
) -> int | None:
    """Give the point of the curve that is the plan; None where none is."""
    ids = {*access.sites["id"], *access.offers["id"]}
    for point in np.flatnonzero(curve["asked"].to_numpy(bool)).tolist():
        there = access.curve_plans["id"][access.curve_plans["point"] == point]
        if steps[point] == plan and set(there) == ids:
            return int(point)
    return None


def _note(students: float, usd: float, places: int, how: str) -> str:
    """Say what a step buys; the curve's students are rounded down."""
    if not places:
        return "Nothing is open."
    served = (
        "How many students it serves is withheld: too few to publish."
        if math.isnan(students)
        else f"Serves {how} {students:,.0f} students who are offline at home."
    )
    noun = "place or offer" if places == 1 else "places and offers"
    # costs are rounded up where they would give a small count away
    return f"{served} At most ${usd:,.0f} a year, {places:,} {noun}, those that exist included."


def _sources(district: District) -> Mapping[str, Source]:
    """Give every offer with a place, as its strategy names it."""
    found: dict[str, Source] = {}
    for strategy, table in _TABLES.items():
        for key in district.table(table)[_KEYS[table]].astype(str):
            found[f"{strategy.replace('_', '-')}:{key}"] = (table, key)
    return found


def _source_of(offer: str, of: Mapping[str, Source]) -> Source | None:
    """Find an offer's place; behind a stop's id may stand that of a bus."""
    while offer not in of and ":" in offer:
        offer = offer.rsplit(":", 1)[0]
    return of.get(offer)
