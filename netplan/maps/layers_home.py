"""Layers of bus stops: those of the plan, their reach, and places that no bus uses."""

import numpy as np

from netplan.access.fleet import allowed_stops, bus_classes
from netplan.maps.layers_budget import budget_of
from netplan.maps.layers_open import (
    GROUP,
    budget_steps,
    ever_open,
    open_columns,
    open_rows,
    told,
    visible,
)
from netplan.maps.layers_table import (
    constant,
    filled,
    placed_rows,
    points,
    rows_of,
    texts,
)
from netplan.maps.model import (
    ColorClass,
    Column,
    Floats,
    Layer,
    Legend,
    MarkClass,
    Scene,
    Shapes,
    WidthClass,
)

_DAYS = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True))
_SMALL = (WidthClass(label="any", pixels=6.0),)


def stop_reach(scene: Scene) -> tuple[Shapes, Layer] | None:
    """How far the open bus stops and partners reach: circles on the ground."""
    budget = budget_of(scene)
    if budget is None:
        return None
    access, district = scene.district.access, scene.district
    along_streets = district.inputs.streets is not None
    walk_m = access.walk_limit_m / (1.0 if along_streets else access.detour_factor)
    by_radio = access.bus_reach == "home"
    stops = ever_open(budget, "stops", district.table("stops"), "stop_id")
    partners = district.table("partners")
    partners = ever_open(budget, "partners", partners[partners["transit"] != "true"], "partner_id")
    if stops.empty and partners.empty:
        return None
    radius = np.concatenate(
        [
            _radio_m(scene, texts(stops["stop_id"])) if by_radio else np.full(len(stops), walk_m),
            np.full(len(partners), walk_m),
        ]
    )
    bus = "reach of a bus's radio in homes" if by_radio else "walk to a bus stop"
    ids = (*texts(stops["stop_id"]), *texts(partners["partner_id"]))
    geometry = points([*stops["lon"], *partners["lon"]], [*stops["lat"], *partners["lat"]])
    present = np.hstack(
        [
            budget.present("stops", texts(stops["stop_id"])),
            budget.present("partners", texts(partners["partner_id"])),
        ]
    )
    how = (
        f"Students walk at most {access.walk_limit_m:,.0f} m along streets; what they reach is "
        "less than the circle."
        if along_streets
        else f"Students walk at most {access.walk_limit_m:,.0f} m, straight line times "
        f"{access.detour_factor:g}: the circle's radius is {walk_m:,.0f} m."
    )
    color = np.repeat([0, 1], [len(stops), len(partners)]).astype(np.int64)
    layer = Layer(
        layer_id="reach",
        title="Reach of open places",
        group=GROUP,
        about="Ground within reach of open bus stops and partners, as the plan counts it.",
        shapes_id="reach",
        keys=ids,
        names=ids,
        legend=Legend(
            title="Within reach",
            colors=(
                ColorClass(label=bus, color="#b35806"),
                ColorClass(label="walk to a partner", color="#542788"),
            ),
            note=how,
        ),
        color=visible(color, present, budget, geometry),
        radius_m=radius,
        rows=((),) * len(ids),
        steps=budget_steps(budget, present=present),
        interactive=False,
    )
    return Shapes(shapes_id="reach", kind="point", geometry=geometry), layer


def bus_stops(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Bus stops of the plan with their week's timetable."""
    budget = budget_of(scene)
    if budget is None or scene.access is None:
        return None
    stops = ever_open(budget, "stops", scene.district.table("stops"), "stop_id")
    if stops.empty:
        return None
    ids, names, geometry = placed_rows(stops, "stop_id")
    present = budget.present("stops", ids)
    color = constant(len(ids))
    state = told((~present).astype(np.int64), ("open{}", "not open{}"), budget)
    timetable = _timetable(scene, ids)
    layer = Layer(
        layer_id="bus-stops",
        title="Bus stops of the plan",
        group=GROUP,
        about="Where Wi-Fi buses stand in the plan, with their week. Stops that only another "
        "budget opens appear when the slider is moved.",
        shapes_id="bus-stops",
        keys=ids,
        names=names,
        legend=Legend(
            title="Bus stop",
            colors=(ColorClass(label="a Wi-Fi bus stands here", color="#b35806"),),
            marks=(MarkClass(label="bus stop", marker="circle"),),
        ),
        color=visible(color, present, budget, geometry),
        mark=constant(len(ids)),
        columns=open_columns(budget),
        rows=open_rows(scene, "bus_stop", ids, state[budget.start]),
        lists={"Timetable": timetable},
        steps=budget_steps(budget, present=present, state=state),
    )
    return Shapes(shapes_id="bus-stops", kind="point", geometry=geometry), layer


def candidate_stops(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Places where a bus may stand and the plan has none."""
    budget = budget_of(scene)
    stops = allowed_stops(scene.district)
    if budget is None or stops.empty:
        return None
    ids, names, geometry = placed_rows(stops, "stop_id")
    free = ~budget.present("stops", ids)
    color = constant(len(ids))
    layer = Layer(
        layer_id="candidate-stops",
        title="Candidate stops not used",
        group=GROUP,
        about="Places of stops.csv where a bus may park and the plan has none.",
        shapes_id="candidate-stops",
        keys=ids,
        names=names,
        legend=Legend(
            title="Candidate stop",
            colors=(ColorClass(label="not used", color="#8a929b"),),
            marks=(MarkClass(label="candidate", marker="circle"),),
            widths=_SMALL,
        ),
        color=visible(color, free, budget, geometry),
        mark=constant(len(ids)),
        width=constant(len(ids)),
        columns=(Column(key="notes", title="Notes"),),
        rows=rows_of({"notes": filled(stops["notes"])}),
        steps=budget_steps(budget, present=free),
        shown=False,
    )
    return Shapes(shapes_id="candidate-stops", kind="point", geometry=geometry), layer


def _timetable(scene: Scene, ids: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Give each stop's week, such as ``Mon 16:20 to 18:05, bus BUS01``."""
    lines: dict[str, list[tuple[int, str, str]]] = {}
    if scene.access is not None:
        table = scene.access.timetable
        for stop, day, start, end, bus in zip(
            *(table[name] for name in ("stop_id", "weekday", "start", "end", "bus_id")), strict=True
        ):
            line = f"{str(day).capitalize()} {start} to {end}, bus {bus}"
            lines.setdefault(str(stop), []).append((_DAYS[str(day)], str(start), line))
    return tuple(tuple(line for _, _, line in sorted(lines.get(key, []))) for key in ids)


def _radio_m(scene: Scene, ids: tuple[str, ...]) -> Floats:
    """Give how far the radio of a stop's buses reaches, the farthest of them."""
    classes = bus_classes(scene.district)
    range_of = {
        bus: float(reach)
        for buses, reach in zip(classes["bus_ids"], classes["range_m"], strict=True)
        for bus in buses
    }
    anyone = max(range_of.values(), default=0.0)
    at: dict[str, float] = {}
    if scene.access is not None:
        table = scene.access.timetable
        for stop, bus in zip(
            table["stop_id"].astype(str), table["bus_id"].astype(str), strict=True
        ):
            at[stop] = max(at.get(stop, 0.0), range_of.get(bus, 0.0))
    return np.array([at.get(key, anyone) for key in ids], dtype=np.float64)
