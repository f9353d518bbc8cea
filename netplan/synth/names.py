"""Invented school names. Any likeness to a real school is chance."""

from netplan.synth.draws import Draws

FIRST = (
    *("Harbor", "Pelican", "Mangrove", "Cypress", "Heron", "Osprey", "Palmetto", "Seagrape"),
    *("Coquina", "Lantern", "Compass", "Anchor", "Beacon", "Driftwood", "Sandpiper", "Egret"),
    *("Magnolia", "Juniper", "Tamarind", "Citrus", "Orange", "Live-Oak", "Longleaf"),
    *("Sawgrass", "Marsh", "Lagoon", "Tidewater", "Windward", "Leeward", "Starfish", "Conch"),
    *("Turtle", "Manatee", "Dolphin", "Kingfisher", "Ibis", "Plover", "Gull", "Skimmer"),
    *("Cardinal", "Bluebird", "Meadow", "Prairie", "Clover", "Fern", "Willow", "Hickory"),
    *("Sycamore", "Cedar", "Gumbo-Limbo", "Banyan", "Hibiscus", "Jasmine", "Periwinkle"),
    *("Moonflower", "Sunrise", "Daybreak", "Northwind", "Trade-Wind", "Signal", "Keystone"),
    *("Copper", "Silver", "Amber"),
)
SECOND = (
    *("Point", "Creek", "Ridge", "Landing", "Grove", "Hammock", "Shores", "Bend", "Crossing"),
    *("Run", "Hollow", "Bluff", "Cove", "Inlet", "Island", "Key", "Lakes", "Meadows", "Oaks"),
    *("Park", "Pines", "Pointe", "Reach", "River", "Road", "Sound", "Springs", "Station"),
    *("Trace", "Trail", "Vale", "View", "Village", "Walk", "Woods", "Heights"),
)
SUFFIX = {
    "elementary": "Elementary",
    "middle": "Middle",
    "high": "High",
    "k12": "School",
    "other": "Center",
}


def place_names(draws: Draws, count: int) -> list[str]:
    """Draw ``count`` different two-word place names (at most 2,300 or so)."""
    pairs = [f"{first.replace('-', ' ')} {second}" for first in FIRST for second in SECOND]
    return draws.shuffled(pairs)[:count]
