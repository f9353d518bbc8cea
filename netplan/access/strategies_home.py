"""Strategies that bring the connection home: a lent hotspot, a subsidized plan."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netplan.access.ground import Ground, in_areas
from netplan.access.model import Offers
from netplan.access.offers import make_offers
from netplan.access.rules import (
    HOTSPOT,
    LIFELINE,
    MONTHS_PER_YEAR,
    erate_price,
    funding_day,
    hotspot_cap_usd_per_year,
    in_force,
    lifeline_usd_per_year,
    plans_in_force,
    same_provider,
)
from netplan.district.model import District

EVERYWHERE = "*"


def hotspot_lending(district: District, ground: Ground) -> Offers:
    """Cellular hotspots that the district lends, one for each student served.

    It needs cellular coverage, which no table of the folder measures: ``geoids`` of the offer
    is where the district says there is some.
    """
    rows = _rows(district, "lending")
    rules, day = district.table("rules"), funding_day(district.settings.school_year)
    cap = hotspot_cap_usd_per_year(rules, day)
    prices = [
        erate_price(usd, rules, HOTSPOT, day, discount_share=None, cap_usd_per_year=cap)
        for usd in rows["usd_per_student_per_year"]
    ]
    areas = [_areas_of(geoids) for geoids in rows["geoids"]]
    coverage = [
        "cellular coverage is taken to be everywhere (geoids * in offers.csv)"
        if chosen is None
        else "cellular coverage in the areas of offers.csv"
        for chosen in areas
    ]
    table = pd.DataFrame(
        {
            "offer_id": "hotspot-lending:" + rows["offer_id"].astype(str),
            "kind": "hotspot lending",
            "source_id": rows["offer_id"],
            "name": _names(rows, "Lent hotspots"),
            "usd_per_student_per_year": [price.usd_per_year for price in prices],
            "max_students": rows["max_students"].fillna(np.inf),
            "limited_by": [
                f"{_limit_text(students)}; {where}"
                for students, where in zip(rows["max_students"], coverage, strict=True)
            ],
            "price_source": [f"district; {price.source}" for price in prices],
        }
    )
    return make_offers("hotspot_lending", table, in_areas(ground, areas))


def subsidized_plan(district: District, ground: Ground) -> Offers:
    """Home plans that the district pays for, where a provider serves the area.

    Those of offers.csv, and the built-in low-cost plans of providers that availability.csv names
    and offers.csv does not. Lifeline pays for ``lifeline_share`` of the households.
    """
    given, known = _given_plans(district, ground), _known_plans(district, ground)
    tables = [table for table, _, _ in (given, known)]
    sets = [*given[1], *known[1]]
    return make_offers(
        "subsidized_plan",
        pd.concat(tables, ignore_index=True),
        in_areas(ground, sets),
        [*given[2], *known[2]],
    )


_Plans = tuple[pd.DataFrame, list[frozenset[str] | None], list[str]]


def _given_plans(district: District, ground: Ground) -> _Plans:
    """Give the plans of offers.csv, the areas of each (None: all), and notes."""
    rows = _rows(district, "subsidy")
    support, words = _lifeline(district)
    sets: list[frozenset[str] | None] = []
    notes: list[str] = []
    for offer_id, provider, geoids, mbps in zip(
        rows["offer_id"], rows["provider"], rows["geoids"], rows["min_down_mbps"], strict=True
    ):
        areas, told = _served(district, ground, provider, mbps)
        sets.append(_both(_areas_of(geoids), areas))
        notes += [f"{offer_id} of offers.csv: {text}" for text in told]
    table = pd.DataFrame(
        {
            "offer_id": "subsidized-plan:" + rows["offer_id"].astype(str),
            "kind": "subsidized plan",
            "source_id": rows["offer_id"],
            "name": _names(rows, "Subsidized plan"),
            "usd_per_student_per_year": (rows["usd_per_student_per_year"] - support).clip(lower=0),
            "max_students": rows["max_students"].fillna(np.inf),
            "limited_by": rows["max_students"].map(_limit_text),
            "price_source": f"district{words}",
        }
    )
    return table, sets, notes


def _known_plans(district: District, ground: Ground) -> _Plans:
    """Give the built-in plans of providers that serve here and that offers.csv leaves out.

    Against ``below_speed`` only plans known to have the speeds asked for are of use.
    """
    access, availability = district.access, district.table("availability")
    plans = plans_in_force(
        district.table("low_cost_plans"), funding_day(district.settings.school_year)
    )
    named = sorted({*availability["providers"].fillna("")} - {""})
    mentioned = sorted({*_rows(district, "subsidy")["provider"]} - {""})
    use = pd.Series(
        [
            _any_same(provider, named) and not _any_same(provider, mentioned)
            for provider in plans["provider"]
        ],
        index=plans.index,
        dtype=np.bool_,
    )
    if access.definition == "below_speed":
        use &= plans["down_mbps"] >= access.speed_down_mbps
        use &= plans["up_mbps"] >= access.speed_up_mbps
    rows = plans[use].reset_index(drop=True)
    support, words = _lifeline(district)
    price = rows["usd_per_month"] * MONTHS_PER_YEAR / access.students_per_household
    table = pd.DataFrame(
        {
            "offer_id": "subsidized-plan:" + rows["plan"].astype(str),
            "kind": "subsidized plan",
            "source_id": rows["plan"],
            "name": rows["provider"] + " (" + rows["plan"].astype(str) + ")",
            "usd_per_student_per_year": (price - support).clip(lower=0),
            "max_students": np.inf,
            "limited_by": "no limit",
            "price_source": rows["source"].astype(str) + words,
        }
    )
    sets = [_served(district, ground, provider, np.nan)[0] for provider in rows["provider"]]
    return table, sets, []


def _served(
    district: District, ground: Ground, provider: str, min_down_mbps: float
) -> tuple[frozenset[str] | None, list[str]]:
    """Give the areas that a plan can be had in as availability.csv tells (None: all), and notes.

    An area where nothing is known is kept, but not where the provider is named in other areas:
    who names its areas serves those.
    """
    availability = district.table("availability")
    mine = availability[availability["geoid"].isin(ground.geoids)]
    areas, notes = set(ground.geoids), []
    slow = set(mine.loc[mine["max_down_mbps"] < min_down_mbps, "geoid"])
    if slow:
        notes.append(
            f"areas with less than {min_down_mbps:g} Mbps on offer, left out: {len(slow)}."
        )
    names = mine["providers"].fillna("")
    naming = {text for text in set(names) - {""} if same_provider(provider, text)}
    served = set(mine.loc[names.isin(naming), "geoid"])
    if provider and not served and (names != "").any():
        notes.append(f"availability.csv names no {provider}: taken to serve all of its areas.")
    areas = (served or areas) - slow
    return (None if len(areas) == len(ground.geoids) else frozenset(areas)), notes


def _lifeline(district: District) -> tuple[float, str]:
    """Give Lifeline's part of one student's yearly price, and the words that tell of it."""
    access, rules = district.access, district.table("rules")
    day = funding_day(district.settings.school_year)
    rule = in_force(rules, LIFELINE, day)
    if rule is None or access.lifeline_share == 0:
        return 0.0, ""
    usd = access.lifeline_share * lifeline_usd_per_year(rules, day) / access.students_per_household
    return usd, f"; less Lifeline for {access.lifeline_share:.0%} of households ({rule.source})"


def _rows(district: District, kind: str) -> pd.DataFrame:
    """Give the rows of offers.csv of one kind, empty texts filled in."""
    offers = district.table("offers").sort_values("offer_id", kind="stable")
    rows = offers[offers["kind"] == kind].reset_index(drop=True)
    return rows.assign(
        provider=rows["provider"].fillna(""), geoids=rows["geoids"].fillna(EVERYWHERE)
    )


def _areas_of(geoids: str) -> frozenset[str] | None:
    """Read a ``geoids`` cell: None is everywhere."""
    parts = frozenset(part.strip() for part in geoids.split(";")) - {""}
    return None if EVERYWHERE in parts or not parts else parts


def _both(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    """Give the areas in both sets; None is everywhere."""
    if left is None or right is None:
        return right if left is None else left
    return left & right


def _any_same(provider: str, names: Sequence[str]) -> bool:
    return any(same_provider(provider, name) for name in names)


def _names(rows: pd.DataFrame, usual: str) -> pd.Series:
    """Name each offer by its provider and id."""
    provider = rows["provider"].where(rows["provider"] != "", usual)
    return provider + " (" + rows["offer_id"].astype(str) + ")"


def _limit_text(max_students: float) -> str:
    return "no limit" if pd.isna(max_students) else f"{max_students:g} students"
