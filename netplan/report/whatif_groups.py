"""Buildings that fare alike, told once: a full circuit is one story, not twenty-three."""

from collections.abc import Sequence
from dataclasses import dataclass

from netplan.report.format import clean, percent
from netplan.report.lookup import Lookup, Row

#: What buildings of one group have in common.
_ALIKE = (
    "was", "now", "school_year", "until", "then", "limited_by", "element", "direction", "why",
)  # fmt: skip
_NAMED = 3
_RANK = {"cut-off": 0, "over": 1, "fits": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Buildings that flip alike.

    ``rows`` are of `ScenarioResult.flips`, the fullest first; the others are what they share.
    """

    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        """The fullest building."""
        return self.rows[0]

    @property
    def names(self) -> str:
        """The buildings in words: all, or the first and how many more."""
        return some_names([row["name"] for row in self.rows])

    def used(self, side: str) -> str:
        """Give how full the limit is, or from what to what; ``side`` is ``base_`` or nothing."""
        measure = "airtime_share" if self.first["limited_by"] == "airtime" else "utilization_share"
        values = [row[f"{side}{measure}"] for row in self.rows]
        known = [value for value in values if value is not None]
        if not known:
            return "–"
        low, high = percent(min(known)), percent(max(known))
        return high if low == high else f"{low[:-2]} to {high}"

    @property
    def is_one_element(self) -> bool:
        """Whether what is used before and after is of one element in every building."""
        return all(one_element(row) for row in self.rows)

    def of(self, side: str, lookup: Lookup) -> str:
        """Name what the use is of; ``side`` is ``before`` or ``after``. Empty where cut off."""
        elements = {(row[f"kind_{side}"], row[f"element_{side}"]) for row in self.rows}
        if len(elements) > 1:
            return "several elements"
        ((kind, element),) = elements
        return "" if element is None else lookup.element(kind, element)


def one_element(row: Row) -> bool:
    """Tell whether a flip's two uses are of one element, or a side has none."""
    before, after = row["element_before"], row["element_after"]
    same = (row["kind_before"], before) == (row["kind_after"], after)
    return same or before is None or after is None


def worst_first(row: Row) -> tuple[int, float, str, str]:
    """Sort flips: cut off, over, fits again; the fullest first."""
    fullest = max(row["utilization_share"] or 0.0, row["airtime_share"] or 0.0)
    return _RANK[row["now"]], -fullest, row["school_id"], row["school_year"] or ""


def flip_groups(flips: Sequence[Row]) -> list[Group]:
    """Put flips that are alike together, the worst group first.

    Parameters
    ----------
    flips
        Rows of `ScenarioResult.flips`.
    """
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in sorted(flips, key=worst_first):
        # access points stand in one building: there the kind of limit is what is alike
        key = tuple(
            None if name == "element" and row["limited_by"] == "airtime" else row[name]
            for name in _ALIKE
        )
        groups.setdefault(key, []).append(row)
    return [Group(rows=tuple(rows)) for rows in groups.values()]


def shift_groups(shifts: Sequence[Row]) -> list[tuple[str, Row]]:
    """Put buildings with one use before and one after together: their names, and a row of them.

    Parameters
    ----------
    shifts
        Rows with school_id, name, before_share and after_share.

    Returns
    -------
    groups
        In the order of the first building of each.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in shifts:
        key = (f"{row['before_share']:.6g}", f"{row['after_share']:.6g}")
        groups.setdefault(key, []).append(row)
    return [
        (some_names([row["name"] for row in rows], named=1), rows[0]) for rows in groups.values()
    ]


def some_names(names: Sequence[str], *, named: int = _NAMED) -> str:
    """Name buildings, and say how many more there are; one more is named instead."""
    shown = [clean(name) for name in names]
    if len(shown) <= named:
        return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
    return f"{', '.join(shown[:named])} and {len(shown) - named:,} more"
