"""What access-point groups need and what could be bought: a newer generation, or more of them.

A school's load spreads over its access points, so one group's airtime depends on how many there
are in the whole school and, beside that, on its own generation only. More access points are
therefore added to all groups of a school alike, by a factor; the school's cheapest kind of
answer (which generations stay, and the factor that those need) is picked here, after which
every group stands alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from netplan.capacity.evidence import Day
from netplan.network.wifi import airtime
from netplan.upgrades.model import SLACK, Bools, Floats, Need, Option
from netplan.upgrades.options import Row, Shelf
from netplan.upgrades.terms import CATEGORY_TWO, Terms, is_empty, text_of, with_and_without_erate

#: Growth of a school's access points that is looked at: up to twice as many, by tenths
#: (assumption: closer together than that, cells disturb each other).
FACTORS = tuple(round(1.0 + tenth / 10, 1) for tenth in range(11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Airtimes:
    """Airtime of the groups of crowded schools, by kind, factor and year.

    Parameters
    ----------
    groups
        Rows of the table nodes, by id.
    rows
        The catalog's access points: kind 0 is each group as it is, kind k is ``rows[k - 1]``.
    share
        Shape (kinds, factors, groups, years).
    load_mbps
        Shape (groups, years): what a group is asked for in its worst period, as it is.
    period
        Shape (groups, years).
    limit
        Share of airtime that may be asked for, per year: shape (years,).
    cables
        Group to the links that have one cable per access point of it.
    """

    groups: pd.DataFrame
    rows: tuple[Row, ...]
    share: Floats
    load_mbps: Floats
    period: np.ndarray
    limit: Floats
    cables: Mapping[str, tuple[str, ...]]


def crowded(
    days: Sequence[Day], shelf: Shelf, pressure: Mapping[str, float] | None = None
) -> Airtimes | None:
    """Work out the airtime of every group in a school that has one past the limit in some year.

    Parameters
    ----------
    days
        One per school year.
    shelf
        The catalog.
    pressure
        School to the factor by which its airtime is to be taken, at least 1: what an earlier
        round turned out to need.

    Returns
    -------
    airtimes
        None where no group is past its limit.
    """
    limit = np.array([_limit(day) for day in days])
    worst = [airtime(day.district, day.load) for day in days]
    more = pressure or {}
    schools = {
        str(school)
        for table, most in zip(worst, limit, strict=True)
        for school, share in zip(table["school_id"], table["airtime_share"], strict=True)
        if share * more.get(str(school), 1.0) > most * (1.0 + SLACK)
    }
    if not schools:
        return None
    # the groups that stand in every year: what a later wave adds is new as it is
    ids = set.intersection(*(set(table["node_id"]) for table in worst))
    nodes = days[0].district.table("nodes")
    groups = nodes[nodes["node_id"].isin(ids) & nodes["school_id"].isin(schools)]
    groups = groups.sort_values("node_id", ignore_index=True)
    rows = shelf.rows("ap_group")
    factor_of = groups["school_id"].map(lambda school: more.get(str(school), 1.0)).to_numpy()
    share = np.zeros((1 + len(rows), len(FACTORS), len(groups), len(days)))
    load, period = np.zeros((len(groups), len(days))), np.empty((len(groups), len(days)), object)
    for year, day in enumerate(days):
        if year and _only_grows(days[0], day):
            ratio = day.growth_factor / days[0].growth_factor
            share[..., year] = share[..., 0] * ratio
            load[:, year], period[:, year] = load[:, 0] * ratio, period[:, 0]
            continue
        own = day.district.table("nodes").set_index("node_id").loc[list(groups["node_id"])]
        for kind in range(1 + len(rows)):
            frame = _as_kind(own.reset_index(), rows[kind - 1] if kind else None)
            for at, factor in enumerate(FACTORS):
                found = _airtime(day, frame, factor)
                share[kind, at:, :, year] = found["airtime_share"].to_numpy() * factor_of
                if kind == 0 and at == 0:
                    radios = found["count"].to_numpy() * found["radios"].to_numpy()
                    load[:, year] = found["load_mbps"].to_numpy() * radios
                    period[:, year] = found["period"].to_numpy()
                # more access points than hold to the last year are of no interest
                if np.all(share[kind, at, :, year] * _most_growth(days, year) <= limit.min()):
                    break
    return Airtimes(
        groups=groups,
        rows=rows,
        share=share,
        load_mbps=load,
        period=period,
        limit=limit,
        cables=_cables(groups, shelf),
    )


def wifi_options(
    found: Airtimes, terms: Terms
) -> tuple[tuple[Need, ...], tuple[tuple[Option, ...], ...]]:
    """Give every group's need and options, school by school in the cheapest kind of answer.

    Returns
    -------
    needs, options
        One per group that something must be bought for in some year, by id.
    """
    needs: list[Need] = []
    options: list[tuple[Option, ...]] = []
    for school in sorted(set(found.groups["school_id"])):
        rows = np.flatnonzero(found.groups["school_id"] == school)
        answers = [_answer(found, rows, curve, terms) for curve in _curves(found, rows)]
        cost = [(price, at) for at, (price, *_rest) in enumerate(answers)]
        _price, own_needs, own_options = answers[min(cost)[1]]
        needs.extend(own_needs)
        options.extend(own_options)
    order = sorted(range(len(needs)), key=lambda at: needs[at].element)
    return tuple(needs[at] for at in order), tuple(options[at] for at in order)


def _curves(found: Airtimes, rows: np.ndarray) -> list[Floats]:
    """Give the airtime curves (factors, years) of every kind that a school has or could buy."""
    curves: list[Floats] = [found.share[kind, :, rows[0]] for kind in range(1, len(found.share))]
    for row in rows:
        own = found.share[0, :, row]
        if not any(np.allclose(own, known) for known in curves):
            curves.append(own)
    return curves


def _answer(
    found: Airtimes, rows: np.ndarray, curve: Floats, terms: Terms
) -> tuple[float, list[Need], list[tuple[Option, ...]]]:
    """Let a school grow until one kind holds, and replace what does not hold even then."""
    limit = found.limit * (1.0 + SLACK)
    fits = curve <= limit
    # the least factor that holds in a year, the largest there is where none does; never fewer
    least = np.where(fits.any(axis=0), fits.argmax(axis=0), len(FACTORS) - 1)
    least = np.maximum.accumulate(least)
    years = np.arange(len(least))
    price, needs, options = 0.0, [], []
    for row in rows.tolist():
        asked = found.share[:, least, row, years]  # kinds, years
        holds = (asked[0] <= limit) & (least == 0)
        if holds.all():
            continue
        own = [
            option
            for kind in range(len(found.share))
            for at in sorted(set(least.tolist()))
            if kind or at
            for option in _state(
                found, row, kind, at, (asked[kind] <= limit) & (at >= least), terms
            )
            if np.any(option.enough & ~holds)
        ]
        needs.append(_need(found, row, holds))
        options.append(tuple(own))
        late = years >= int(np.flatnonzero(~holds)[0])
        whole = [float(option.usd_once[0]) for option in own if option.enough[late].all()]
        # a school that cannot hold this way at all is the last choice
        price += min(whole, default=1e12)
    return price, needs, options


def _state(
    found: Airtimes, row: int, kind: int, at: int, enough: Bools, terms: Terms
) -> tuple[Option, ...]:
    """Give one group's state: a generation (0: its own) and a factor of access points."""
    group = found.groups.iloc[row]
    count = int(group["count"])
    units = math.ceil(count * FACTORS[at] - SLACK)
    if not found.rows:
        return ()
    # what is added to a group of an older generation is bought as the cheapest there is
    cheapest = min(found.rows, key=lambda one: (float(one["usd_once"]), str(one["option"])))
    bought = found.rows[kind - 1] if kind else cheapest
    new = units if kind else units - count
    if new <= 0:
        return ()
    price = new * float(bought["usd_once"])
    cells: dict[str, Any] = {"count": float(units)}
    if kind:
        cells["wifi"] = str(bought["wifi"])
        for name in ("channel_mhz", "streams"):
            if not is_empty(bought[name]):
                cells[name] = float(bought[name])
    more = f", {new - count} more than now" if kind and new > count else ""
    option = Option(
        option=f"{bought['option']} {'x' if kind else '+'}{new}",
        element=str(group["node_id"]),
        kind="ap_group",
        title=f"{new} {'' if kind else 'more '}x {bought['title']}",
        units=new,
        enough=enough,
        from_mbps=_carried(found, row, 0, 0),
        to_mbps=_carried(found, row, kind, at),
        usd_once=np.full(len(terms.school_years), price),
        usd_per_year=new * float(bought["usd_per_year"]) if not kind else 0.0,
        buy_out_usd=np.zeros(len(terms.school_years)),
        erate=str(bought["erate"]),
        erate_share=np.zeros(len(terms.school_years)),
        c2_usd=price if bought["erate"] == CATEGORY_TWO else 0.0,
        first_year=0,
        table="nodes",
        key=str(group["node_id"]),
        cells=cells,
        status=str(bought["status"]),
        source=str(bought["source"]),
        why=f"{new} at {float(bought['usd_once']):,.0f} USD each{more}",
        also=tuple(
            ("links", link, {"count": float(units)})
            for link in found.cables.get(str(group["node_id"]), ())
            if units > count
        ),
        replaced_access_points=count if kind else 0,
    )
    return with_and_without_erate(option, terms)


def _need(found: Airtimes, row: int, holds: Bools) -> Need:
    group = found.groups.iloc[row]
    years = len(holds)
    has, need = np.full((years, 3), np.inf), np.zeros((years, 3))
    has[:, 2] = _carried(found, row, 0, 0)
    need[:, 2] = found.load_mbps[row] / found.limit
    return Need(
        element=str(group["node_id"]),
        kind="ap_group",
        has_mbps=has,
        need_mbps=need,
        holds=holds,
        period=tuple(text_of(period) for period in found.period[row]),
        cause=("",) * years,
        schools=(str(group["school_id"]),),
    )


def _carried(found: Airtimes, row: int, kind: int, at: int) -> float:
    """Give what a group's cells carry together in Mbps: its load over the airtime it takes."""
    asked = float(found.share[kind, at, row, 0])
    return float(found.load_mbps[row, 0]) / asked if asked else math.inf


def _cables(groups: pd.DataFrame, shelf: Shelf) -> dict[str, tuple[str, ...]]:
    """Give the links of each group that have one cable per access point."""
    count = dict(zip(groups["node_id"], groups["count"], strict=True))
    found: dict[str, list[str]] = {}
    for link_id, link in sorted(shelf.links.items()):
        for end in (link["a"], link["b"]):
            if end in count and link["count"] == count[end]:
                found.setdefault(end, []).append(link_id)
    return {group: tuple(links) for group, links in found.items()}


def _airtime(day: Day, groups: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Give the airtime of some schools' groups as another table of nodes would have it."""
    inputs = day.district.inputs
    nodes = groups.assign(count=groups["count"].fillna(1.0) * factor)
    changed = replace(inputs, tables={**inputs.tables, "nodes": nodes})
    return airtime(replace(day.district, inputs=changed), day.load)


def _as_kind(groups: pd.DataFrame, row: Row | None) -> pd.DataFrame:
    """Give the groups as they are, or all of a catalog row's generation."""
    if row is None:
        return groups
    return groups.assign(
        wifi=str(row["wifi"]), channel_mhz=row["channel_mhz"], streams=row["streams"]
    )


def _only_grows(first: Day, day: Day) -> bool:
    """Whether a later day is the first one times a factor, on the same access points."""
    ratio = day.growth_factor / first.growth_factor
    return (
        day.district.inputs.tables["nodes"] is first.district.inputs.tables["nodes"]
        and day.load.school_ids == first.load.school_ids
        and day.load.periods == first.load.periods
        and np.array_equal(day.load.present_devices, first.load.present_devices)
        and np.allclose(day.load.mean_mbps, first.load.mean_mbps * ratio, rtol=1e-12, atol=0.0)
    )


def _most_growth(days: Sequence[Day], year: int) -> float:
    """Give how much more the last year may ask than one of them, as far as growth goes."""
    return max(day.growth_factor for day in days) / days[year].growth_factor


def _limit(day: Day) -> float:
    settings = day.district.table("settings").set_index("name")["value"]
    return float(settings["airtime_limit_share"])
