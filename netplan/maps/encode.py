"""The data of a map page as JSON text that is safe inside a script element (docs/map-data.md)."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from netplan.maps import geometry, text
from netplan.maps.model import Bools, Cell, Ints, Layer, Legend, MapPage, Slider, Steps

FORMAT = "netplan-map-1"
_MARKERS = ("circle", "square", "diamond", "triangle", "cross")
_FILLS = ("solid", "hatch", "none")
_SIDES = ("both", "before", "after")
# Characters that could end a script element or a line of script; in JSON they stand in text only.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Island:
    """A page's data: the JSON text, the view it opens with, and remarks for its footer.

    ``bounds`` are west, south, east and north in degrees.
    """

    text: str
    bounds: geometry.Bounds
    notes: tuple[str, ...]


def encode_page(page: MapPage, *, run: str, tolerance_m: float | None = None) -> str:
    """Give the page's data as JSON: the same page gives the same bytes.

    Parameters
    ----------
    page
        What is shown.
    run
        The run's id.
    tolerance_m
        Detail in meters that borders and lines keep; by default what the page's extent needs.

    Raises
    ------
    ValueError
        The page contradicts itself: lengths that differ, a class that its legend lacks, an id
        twice, a color or an address that is none, a number without end.
    """
    return island(page, run=run, tolerance_m=tolerance_m).text


def island(page: MapPage, *, run: str, tolerance_m: float | None = None) -> Island:
    """Give the page's data as `encode_page` does, with its view and remarks."""
    _once("shapes", [shapes.shapes_id for shapes in page.shapes])
    _once("layer", [layer.layer_id for layer in page.layers])
    _once("slider", [slider.slider_id for slider in page.sliders])
    bounds = geometry.view(page.layers, page.shapes)
    keep_m = geometry.tolerance(bounds) if tolerance_m is None else tolerance_m
    shapes, present, notes = {}, {}, []
    for each in page.shapes:
        shapes_id = text.identifier(each.shapes_id)
        present[shapes_id] = geometry.drawn(each)
        shapes[shapes_id], matched = geometry.encoded(each, present[shapes_id], tolerance_m=keep_m)
        if not matched:
            title = next((x.title for x in page.layers if x.shapes_id == shapes_id), shapes_id)
            notes.append(
                f"“{text.shown(title)}”: in the source, areas overlap or borders of neighbors "
                "differ; they are drawn so."
            )
    west, south, east, north = (round(float(edge), 5) for edge in bounds)
    data = {
        "format": FORMAT,
        "page": text.identifier(page.page_id),
        "title": text.shown(page.title),
        "intro": _prose(page.intro),
        "footer": _prose(page.footer),
        "notes": _prose([*page.notes, *notes]),
        "run": text.shown(run),
        "compare": _texts(page.compare) or None,
        "bounds": [[south, west], [north, east]],
        "links": [[text.address(href), text.shown(words)] for href, words in page.links],
        "downloads": [[text.address(href), text.shown(words)] for href, words in page.downloads],
        "sliders": [_slider(slider) for slider in page.sliders],
        "shapes": shapes,
        "layers": [
            _layer(layer, present[layer.shapes_id], page)
            for layer in page.layers
            if _known(layer, present)
        ],
    }
    written = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Island(text=written.translate(_ESCAPES), bounds=bounds, notes=tuple(notes))


def _slider(slider: Slider) -> dict[str, Any]:
    name = text.identifier(slider.slider_id)
    if not 0 <= slider.start < len(slider.steps):
        raise ValueError(f"slider {name}: starts at {slider.start} of {len(slider.steps)} steps")
    if slider.notes and len(slider.notes) != len(slider.steps):
        raise ValueError(f"slider {name}: {len(slider.notes)} notes, {len(slider.steps)} steps")
    return {
        "id": name,
        "title": text.shown(slider.title),
        "steps": _texts(slider.steps),
        "notes": _prose(slider.notes),
        "start": slider.start,
    }


def _known(layer: Layer, present: Mapping[str, Bools]) -> bool:
    if layer.shapes_id not in present:
        raise ValueError(f"layer {layer.layer_id}: no shapes {layer.shapes_id!r} on the page")
    return True


def _layer(layer: Layer, present: Bools, page: MapPage) -> dict[str, Any]:
    rows, name, legend = len(present), layer.layer_id, layer.legend
    counts = {
        "keys": layer.keys, "names": layer.names, "color": layer.color, "mark": layer.mark,
        "width": layer.width, "dashed": layer.dashed, "radius_m": layer.radius_m,
        "rows": layer.rows if layer.columns else None, "hrefs": layer.hrefs or None,
        **layer.lists, **layer.facets,
    }  # fmt: skip
    for part, values in counts.items():
        if values is not None and len(values) != rows:
            raise ValueError(f"layer {name}: {len(values)} {part!r} for {rows} shapes")
    _once(f"column of layer {name}", [column.key for column in layer.columns])
    color = np.where(present, layer.color, -1)
    return {
        "id": text.identifier(name),
        "title": text.shown(layer.title),
        "group": text.shown(layer.group),
        "about": text.prose(layer.about),
        "shapes": layer.shapes_id,
        "shown": layer.shown,
        "exclusive": text.shown(layer.exclusive),
        "side": _one_of(layer.side, _SIDES),
        "interactive": layer.interactive,
        "legend": _legend(legend),
        "keys": _texts(layer.keys),
        "names": _texts(layer.names),
        "hrefs": [text.address(href) for href in layer.hrefs],
        "color": _classes(color, len(legend.colors), f"layer {name}: color"),
        "mark": _classes(layer.mark, len(legend.marks), f"layer {name}: mark"),
        "width": _classes(layer.width, len(legend.widths), f"layer {name}: width"),
        "dashed": None if layer.dashed is None else layer.dashed.astype(int).tolist(),
        "radius_m": None if layer.radius_m is None else _numbers(layer.radius_m.tolist()),
        "columns": [
            {
                **asdict(column),
                "key": text.shown(column.key),
                "title": text.shown(column.title),
                "unit": text.shown(column.unit),
                "negative": text.shown(column.negative),
            }
            for column in layer.columns
        ],
        "cells": [_cells(values) for values in zip(*layer.rows, strict=True)]
        if rows
        else [[] for _ in layer.columns],
        "lists": {
            text.shown(heading): [_texts(lines) for lines in of_row]
            for heading, of_row in layer.lists.items()
        },
        "facets": {text.shown(facet): _facet(of_row) for facet, of_row in layer.facets.items()},
        "steps": {steps.slider_id: _steps(steps, layer, page, present) for steps in layer.steps},
    }


def _legend(legend: Legend) -> dict[str, Any]:
    return {
        "title": text.shown(legend.title),
        "unit": text.shown(legend.unit),
        "colors": [
            {
                "label": text.shown(each.label),
                "color": text.color(each.color),
                "fill": _one_of(each.fill, _FILLS),
            }
            for each in legend.colors
        ],
        "mark_title": text.shown(legend.mark_title),
        "marks": [
            {"label": text.shown(each.label), "marker": _one_of(each.marker, _MARKERS)}
            for each in legend.marks
        ],
        "width_title": text.shown(legend.width_title),
        "widths": [
            {"label": text.shown(each.label), "pixels": _number(each.pixels)}
            for each in legend.widths
        ],
        "dash_label": text.shown(legend.dash_label),
        "note": text.prose(legend.note),
    }


def _steps(steps: Steps, layer: Layer, page: MapPage, present: Bools) -> dict[str, Any]:
    name = f"layer {layer.layer_id}, slider {steps.slider_id}"
    slider = next((x for x in page.sliders if x.slider_id == steps.slider_id), None)
    if slider is None:
        raise ValueError(f"{name}: no such slider on the page")
    shape = (len(slider.steps), len(present))
    unknown = sorted(set(steps.values) - {column.key for column in layer.columns})
    if unknown:
        raise ValueError(f"{name}: values of columns that the layer lacks: {unknown}")
    for part, values in (
        ("color", steps.color), ("width", steps.width), ("present", steps.present),
        *steps.values.items(),
    ):  # fmt: skip
        if values is not None and values.shape != shape:
            raise ValueError(f"{name}: {part} has shape {values.shape}, not {shape}")
    color = None if steps.color is None else np.where(present, steps.color, -1)
    return {
        "color": _classes(color, len(layer.legend.colors), f"{name}: color"),
        "width": _classes(steps.width, len(layer.legend.widths), f"{name}: width"),
        "present": None if steps.present is None else steps.present.astype(int).tolist(),
        "values": {
            text.shown(key): [_cells(row) for row in values.tolist()]
            for key, values in steps.values.items()
        },
    }


def _classes(values: Ints | None, classes: int, name: str) -> Any:
    if values is None:
        return None
    if values.size and not (values.min() >= -1 and values.max() < classes):
        raise ValueError(f"{name}: {values.min()} to {values.max()}, but {classes} classes")
    return values.tolist()


def _facet(of_row: Sequence[str]) -> dict[str, Any]:
    texts = _texts(of_row)
    rank = {value: place for place, value in enumerate(sorted(set(texts)))}
    return {"values": list(rank), "rows": [rank[each] for each in texts]}


def _cells(values: Iterable[Cell]) -> list[Cell]:
    return [text.shown(x) if isinstance(x, str) else _number(x) for x in values]


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float | None) -> float | None:
    """Give nine significant digits, whole numbers without a point; NaN is unknown."""
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        raise ValueError("a number without end: say None, and what it means in a note")
    rounded = float(f"{value:.9g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _texts(values: Iterable[str]) -> list[str]:
    return [text.shown(value) for value in values]


def _prose(values: Iterable[str]) -> list[str]:
    return [text.prose(value) for value in values]


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value[:80]!r} is none of {', '.join(known)}")
    return value


def _once(what: str, ids: Sequence[str]) -> None:
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ValueError(f"{what} more than once: {', '.join(twice)}")
