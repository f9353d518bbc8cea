"""Schools by the ids and names under which other lists mention them."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

from netplan.sources.schools import School
from netplan.sources.sheets import normal

# Words that one list writes out and another leaves away or shortens.
_SHORT = {
    "elem": "elementary", "el": "elementary", "es": "elementary", "ms": "middle", "hs": "high",
    "mid": "middle", "sr": "senior", "jr": "junior", "st": "saint", "mt": "mount", "ctr": "center",
    "acad": "academy", "sch": "school",
}  # fmt: skip


def name_key(name: str) -> str:
    """Give a name as names are compared: lower case, short forms written out, no `school`."""
    words = [_SHORT.get(word, word) for word in normal(name).split("_")]
    kept = [word for word in words if word not in ("school", "the")]
    return " ".join(kept or words)


class Directory:
    """Finds the school that a cell of another list means.

    Parameters
    ----------
    schools
        The schools of the folder.
    """

    def __init__(self, schools: Sequence[School]) -> None:
        self._names = {school.school_id: school.name for school in schools}
        self._by_id = {key: school.school_id for school in reversed(schools) for key in school.keys}
        self._by_name = _unique((normal(s.name), s.school_id) for s in schools)
        self._by_key = _unique((name_key(s.name), s.school_id) for s in schools)

    def find(self, text: str) -> str | None:
        """Give the id of the school that a cell names, by id first, then by name."""
        found = self._by_id.get(text) or self._by_id.get(text.lstrip("0"))
        return found or self._by_name.get(normal(text)) or self._by_key.get(name_key(text))

    def hint(self, text: str) -> str:
        """Say what to do about a cell that names no school: the closest one, and its id."""
        near = difflib.get_close_matches(name_key(text), self._by_key, n=1, cutoff=0.6)
        school_id = self._by_key[near[0]] if near else None
        if school_id is None:
            ids = difflib.get_close_matches(text, self._names, n=1, cutoff=0.7)
            school_id = ids[0] if ids else None
        if school_id is None:
            return "Write the school's id or its name as in the school list."
        name = self._names[school_id]
        return f"The closest is {name[:60]!r}, id {school_id}: write that if it is meant."


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give the pairs whose first part only one school has."""
    listed = list(pairs)
    counts = Counter(key for key, _ in listed)
    return {key: school_id for key, school_id in listed if key and counts[key] == 1}
