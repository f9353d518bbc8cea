"""Strategies with a place: a bus stop, a partner's building, a radio site."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack

from netplan.access.fleet import allowed_stops, bus_classes, week_slots
from netplan.access.ground import Ground, in_range, transit_reach, walkable
from netplan.access.model import Offers
from netplan.access.offers import make_offers, no_offers
from netplan.access.rules import BUS_WIFI, erate_price, funding_day
from netplan.district.model import District


def bus_stop(district: District, ground: Ground) -> Offers:
    """Wi-Fi buses that park at a stop in slots of the week.

    One offer per allowed stop; where buses reach homes by radio (``bus_reach = "home"``) and
    not all kinds of bus reach as far, one per stop and kind of bus. It is open while a bus
    stands there, so the buses, not the stop, set how many it serves and most of its price.
    """
    points, access = len(ground.area), district.access
    stops, slots, classes = allowed_stops(district), week_slots(district), bus_classes(district)
    barred = len(district.table("stops")) - len(stops)
    notes = [f"stops.csv, rows where a bus may not park (allowed): {barred}."] if barred else []
    missing = [
        file
        for file, rows in (("stops.csv", stops), ("buses.csv", classes), ("slots.csv", slots))
        if rows.empty
    ]
    if missing:
        if len(missing) < 3:
            notes.append(f"No bus stop can be planned: {' and '.join(missing)} give none.")
        return no_offers("bus_stop", points, *notes)
    hours, needed = float(slots["hours"].sum()), access.hours_per_week_needed
    if hours < needed:
        text = f"slots.csv gives {hours:g} h a week, {needed:g} h are needed"
        return no_offers("bus_stop", points, *notes, f"No bus stop can serve anyone: {text}.")

    lon, lat = stops["lon"].to_numpy(), stops["lat"].to_numpy()
    ranges = classes["range_m"].to_numpy()
    reaches = {
        range_m: in_range(ground, lon, lat, range_m) if np.isfinite(range_m)
        else walkable(ground, lon, lat)
        for range_m in sorted(set(ranges))
    }  # fmt: skip
    alike = len(reaches) == 1
    kinds = [(-1, classes)] if alike else [(c, classes.iloc[[c]]) for c in range(len(classes))]
    day = funding_day(district.settings.school_year)
    price = erate_price(0.0, district.table("rules"), BUS_WIFI, day, discount_share=None)
    tables, parts = [], []
    for vehicle_class, buses in kinds:
        suffix = "" if alike else f":{buses['bus_ids'].iloc[0][0]}"
        tables.append(
            pd.DataFrame(
                {
                    "offer_id": "bus-stop:" + stops["stop_id"].astype(str) + suffix,
                    "kind": "bus stop",
                    "source_id": stops["stop_id"],
                    "name": _named(stops, "stop_id"),
                    "usd_per_year": stops["usd_per_year"].fillna(0.0),
                    "mobile": True,
                    "vehicle_class": vehicle_class,
                    "lon": lon,
                    "lat": lat,
                    "limited_by": _bus_text(buses, needed),
                    "price_source": f"district; {price.source}",
                }
            )
        )
        parts.append(reaches[buses["range_m"].iloc[0]])
    table = pd.concat(tables, ignore_index=True)
    return make_offers("bus_stop", table, csr_array(hstack(parts, format="csr")), notes)


def partner_hotspot(district: District, ground: Ground) -> Offers:
    """Partners whose doors are open: libraries, businesses, churches, parks, community centers.

    Students walk there. A partner that free transit leads to is `library_by_transit`'s.
    """
    partners = district.table("partners")
    rows = partners[partners["transit"] != "true"].reset_index(drop=True)
    reach = walkable(ground, rows["lon"].to_numpy(), rows["lat"].to_numpy())
    return make_offers("partner_hotspot", _partners(district, rows, "partner-hotspot"), reach)


def library_by_transit(district: District, ground: Ground) -> Offers:
    """Partners that students may ride to for free (``transit``), as St. Lucie's libraries.

    Reached on foot or by transit; one offer either way, so that its seats count once.
    """
    partners, stops = district.table("partners"), district.table("transit")
    rows = partners[partners["transit"] == "true"].reset_index(drop=True)
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    rides = transit_reach(
        ground,
        lon,
        lat,
        stops["lon"].to_numpy(),
        stops["lat"].to_numpy(),
        district.access.transit_reach_m,
    )
    reach = csr_array(walkable(ground, lon, lat) + rides)
    return make_offers("library_by_transit", _partners(district, rows, "library-by-transit"), reach)


def neighborhood_wireless(district: District, ground: Ground) -> Offers:
    """Radio sites that the district would build to reach homes around them.

    Open at all hours, and used by all in the same evening hours: its students share its backhaul
    at one time. Capital is spread evenly over its lifetime, without interest.
    """
    access, sites = district.access, district.table("wireless")
    by_backhaul = (sites["backhaul_mbps"] / access.student_mbps).fillna(np.inf)
    limit = sites["max_students"].fillna(np.inf)
    yearly = sites["usd_per_year"].fillna(0.0)
    capital = sites["usd_capital"].fillna(0.0)
    table = pd.DataFrame(
        {
            "offer_id": "neighborhood-wireless:" + sites["site_id"].astype(str),
            "kind": "neighborhood wireless",
            "source_id": sites["site_id"],
            "name": _named(sites, "site_id"),
            "usd_per_year": (capital / sites["lifetime_years"]).where(capital > 0, 0.0) + yearly,
            "max_students": np.minimum(limit, by_backhaul),
            "lon": sites["lon"],
            "lat": sites["lat"],
            "limited_by": [
                _wireless_text(students, backhaul, mbps, access.student_mbps)
                for students, backhaul, mbps in zip(
                    limit, by_backhaul, sites["backhaul_mbps"], strict=True
                )
            ],
            "price_source": "district",
        }
    )
    reach = in_range(ground, sites["lon"], sites["lat"], sites["range_m"])
    return make_offers("neighborhood_wireless", table, reach)


def _partners(district: District, rows: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Give the offers of partners: seats or backhaul at once, times the turns of a week."""
    access = district.access
    needed, open_h = access.hours_per_week_needed, rows["hours_per_week"]
    by_backhaul = rows["backhaul_mbps"] / access.student_mbps
    at_once = np.minimum(rows["seats"], by_backhaul)
    limited_by = [
        _partner_text(*row, needed, access.student_mbps)
        for row in zip(rows["seats"], rows["backhaul_mbps"], open_h, strict=True)
    ]
    return pd.DataFrame(
        {
            "offer_id": f"{prefix}:" + rows["partner_id"].astype(str),
            "kind": rows["kind"],
            "source_id": rows["partner_id"],
            "name": _named(rows, "partner_id"),
            "usd_per_year": rows["usd_per_year"].fillna(0.0),
            "max_students": (at_once * open_h / needed).where(open_h >= needed, 0.0),
            "existing": rows["existing"] == "true",
            "lon": rows["lon"],
            "lat": rows["lat"],
            "limited_by": limited_by,
            "price_source": "district",
        }
    )


def _partner_text(
    seats: float, mbps: float, open_h: float, needed_h: float, student_mbps: float
) -> str:
    """Say what limits a partner: its hours, its seats or its backhaul."""
    if open_h < needed_h:
        return f"open {open_h:g} h a week, {needed_h:g} h are needed"
    if seats <= mbps / student_mbps:
        at_once = f"{seats:g} seats"
    else:
        at_once = f"{mbps:g} Mbps backhaul / {student_mbps:g} Mbps per student"
    return f"{at_once} x {open_h:g} h / {needed_h:g} h"


def _bus_text(buses: pd.DataFrame, hours_needed: float) -> str:
    """Say what limits a stop: its buses, by the hours that they stand there."""
    least, most = buses["at_once"].min(), buses["at_once"].max()
    count = f"{most:.4g}" if least == most else f"{least:.4g} to {most:.4g}"
    why = sorted(set(buses["limited_by"]))
    told = f" ({why[0]})" if len(why) == 1 else ""
    return f"{count} students at once{told} for each {hours_needed:g} h a week a bus stands there"


def _wireless_text(limit: float, by_backhaul: float, mbps: float, student_mbps: float) -> str:
    if np.isinf(limit) and np.isinf(by_backhaul):
        return "no limit known"
    if limit <= by_backhaul:
        return f"{limit:g} students"
    return f"{mbps:g} Mbps backhaul / {student_mbps:g} Mbps per student"


def _named(rows: pd.DataFrame, key: str) -> pd.Series:
    """Give the name of each row, its id where it has none."""
    return rows["name"].where(rows["name"].fillna("") != "", rows[key])
