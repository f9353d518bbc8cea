"""Cells of the folder that ``netplan init`` guessed: how many, and which of each row."""

from collections.abc import Iterable

from netplan.district.model import District
from netplan.maps.layers_table import texts


def guessed(told: str) -> tuple[str, ...]:
    """Give the columns that a ``guess`` cell names: ``down_mbps: rule; wifi, streams: other``."""
    return tuple(
        name.strip()
        for part in told.split(";")
        for names, colon, _ in [part.partition(":")]
        if colon
        for name in names.split(",")
        if name.strip()
    )


def guess_words(told: Iterable[object]) -> list[str]:
    """Say of each row what of it is a guess; empty where nothing is."""
    return [
        f"guess of netplan init: {', '.join(found)}" if (found := guessed(each)) else ""
        for each in texts(told)
    ]


def guess_sentence(district: District) -> tuple[str, ...]:
    """Say how many cells of a folder are guesses; nothing where none is."""
    tables = district.inputs.tables
    count = sum(
        len(guessed(told))
        for table in tables.values()
        if "guess" in table.columns
        for told in texts(table["guess"])
    )
    if not count:
        return ()
    cells = (
        "1 cell of the input is a guess"
        if count == 1
        else f"{count:,} cells of the input are guesses"
    )
    return (
        f"{cells} of netplan init, named in the column “guess” of its files: what rests on them "
        "is a guess too.",
    )
