"""Layers of partners, libraries by transit and wireless sites: there, opened or not."""

import numpy as np

from netplan.maps.layers_budget import budget_of
from netplan.maps.layers_open import GROUP, budget_steps, open_columns, open_rows, told
from netplan.maps.layers_table import drawn, placed_rows, rows_of, texts
from netplan.maps.model import ColorClass, Column, Layer, Legend, MarkClass, Scene, Shapes

#: States of a place, by the class of its color.
_EXISTING, _OPENED, _CLOSED = 0, 1, 2
_STATES = (
    ColorClass(label="there already, and kept", color="#2f5aa8"),
    ColorClass(label="opened", color="#e08214"),
    ColorClass(label="not opened", color="#ffffff"),
)
_PARTNER_KINDS = ("library", "business", "church", "park", "community")
_PARTNER_MARKS = (
    MarkClass(label="library", marker="square"),
    MarkClass(label="business", marker="diamond"),
    MarkClass(label="church", marker="triangle"),
    MarkClass(label="park", marker="circle"),
    MarkClass(label="community place", marker="cross"),
)
_PLACE_COLUMNS = (
    Column(key="kind", title="Kind"),
    Column(key="seats", title="Seats", unit="seats", decimals=0, popup=False),
    Column(key="hours_per_week", title="Open", unit="hours a week", decimals=0),
)


def partners(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Libraries, businesses, churches, parks: there already, opened or not opened."""
    return _partners(
        scene,
        by_transit=False,
        layer_id="partners",
        title="Partners",
        about="Places of partners.csv that students walk to.",
    )


def libraries_by_transit(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Places that students may ride to free of charge."""
    return _partners(
        scene,
        by_transit=True,
        layer_id="libraries-by-transit",
        title="Libraries by transit",
        about="Places of partners.csv that students may ride to free of charge (transit): "
        "within transit_reach_m of access.toml, or of a stop of transit.csv.",
    )


def wireless_sites(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Sites of a neighborhood network, with their range on the ground."""
    budget, sites = budget_of(scene), scene.district.table("wireless")
    if budget is None or sites.empty:
        return None
    ids, names, geometry = placed_rows(sites, "site_id")
    color = np.where(budget.present("wireless", ids), 0, 1).astype(np.int64)
    state = told(color, ("built{}", "not built{}"), budget)
    layer = Layer(
        layer_id="wireless",
        title="Neighborhood wireless",
        group=GROUP,
        about="Radio sites of wireless.csv with their range there.",
        shapes_id="wireless",
        keys=ids,
        names=names,
        legend=Legend(
            title="Radio site and its range",
            colors=(
                ColorClass(label="built", color="#1b7837"),
                ColorClass(label="not built", color="#8a929b", fill="none"),
            ),
        ),
        color=drawn(color[budget.start], geometry),
        radius_m=sites["range_m"].to_numpy(dtype=np.float64),
        columns=open_columns(budget),
        rows=open_rows(scene, "neighborhood_wireless", ids, state[budget.start]),
        steps=budget_steps(budget, color=color, state=state),
    )
    return Shapes(shapes_id="wireless", kind="point", geometry=geometry), layer


def _partners(
    scene: Scene, *, by_transit: bool, layer_id: str, title: str, about: str
) -> tuple[Shapes, Layer] | None:
    budget, table = budget_of(scene), scene.district.table("partners")
    table = table[(table["transit"] == "true") == by_transit].reset_index(drop=True)
    if table.empty:
        return None
    ids, names, geometry = placed_rows(table, "partner_id")
    existing = (table["existing"] == "true").to_numpy(bool)
    opened = (
        budget.present("partners", ids) if budget is not None else np.zeros((1, len(ids)), bool)
    )
    color = np.where(existing, _EXISTING, np.where(opened, _OPENED, _CLOSED)).astype(np.int64)
    start = budget.start if budget is not None else 0
    state = told(color, ("there already, and kept", "opened{}", "not opened{}"), budget)
    layer = Layer(
        layer_id=layer_id,
        title=title,
        group=GROUP,
        about=about,
        shapes_id=layer_id,
        keys=ids,
        names=names,
        legend=Legend(
            title="State", colors=_STATES, mark_title="Kind of place", marks=_PARTNER_MARKS
        ),
        color=drawn(color[start], geometry),
        mark=table["kind"].map(_PARTNER_KINDS.index).to_numpy(dtype=np.int64),
        columns=(*open_columns(budget), *_PLACE_COLUMNS),
        rows=tuple(
            (*row, *more)
            for row, more in zip(
                open_rows(
                    scene,
                    "library_by_transit" if by_transit else "partner_hotspot",
                    ids,
                    state[start],
                ),
                rows_of({column.key: table[column.key] for column in _PLACE_COLUMNS}),
                strict=True,
            )
        ),
        facets={"Kind of place": texts(table["kind"])},
        steps=budget_steps(budget, color=color, state=state),
    )
    return Shapes(shapes_id=layer_id, kind="point", geometry=geometry), layer
