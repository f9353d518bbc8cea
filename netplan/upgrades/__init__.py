"""Upgrades: what could be bought, what each year needs, and the cheapest or the most useful set."""
