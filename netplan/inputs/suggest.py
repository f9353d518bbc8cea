"""The nearest known name to one that is not known."""

import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import islice

#: Above this many names only those that begin alike are compared.
_MANY = 2_000
#: Distinct unknown names per column that get a full comparison.
_PATIENCE = 40


def folded(name: str) -> str:
    """Give a name without what people get wrong: case, accents, punctuation, leading zeros."""
    text = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(character for character in text if character.isalnum())
    return kept.lstrip("0") or kept


#: Letters that look like digits.
_LOOK_ALIKE = str.maketrans("oil", "011")
_LONGEST_ID = 100


def near_miss(name: str, names: Iterable[str]) -> str | None:
    """Give the id that another one surely means: it looks alike, or only it is one edit away.

    Ids such as S001 and S002 are one edit apart and mean different schools, so
    two candidates are none.
    """
    known = sorted(set(names))
    same = [one for one in known if looks_like(one, name)]
    if same:
        return same[0] if len(same) == 1 else None
    if len(name) > _LONGEST_ID:
        return None
    near = [one for one in known if abs(len(one) - len(name)) <= 1 and _one_edit(one, name)]
    return near[0] if len(near) == 1 else None


def looks_like(a: str, b: str) -> bool:
    """Say whether two ids differ in case, punctuation, or letters that look alike alone."""
    return _look(a) == _look(b)


def _look(name: str) -> str:
    return folded(name).translate(_LOOK_ALIKE).lstrip("0")


def _one_edit(a: str, b: str) -> bool:
    """Say whether one letter changed, added, dropped, or two neighbors swapped turns a into b."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    swapped = a[1:2] + a[:1] + a[2:] == b and len(a) > 1
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped


def closest(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Give the name most like another, or None when none is much like it."""
    return Suggester(names, cutoff=cutoff).closest(name)


class Suggester:
    """Finds nearest names among many, remembering what it has compared.

    Parameters
    ----------
    names
        The known names.
    cutoff
        Least similarity, 0 to 1, as ``difflib`` counts it.
    """

    def __init__(self, names: Iterable[str], *, cutoff: float = 0.6) -> None:
        self._names = sorted(set(names))
        self._cutoff = cutoff
        self._found: dict[str, str | None] = {}
        self._by_fold: dict[str, str] = {}
        for name in reversed(self._names):
            self._by_fold[folded(name)] = name

    def closest(self, name: str) -> str | None:
        """Give the name most like another, or None when none is much like it."""
        if name not in self._found:
            self._found[name] = self._by_fold.get(folded(name)) or self._compare(name)
        return self._found[name]

    def hint(self, name: str, *, otherwise: str) -> str:
        """Give what to do about an unknown name: take the nearest, or do something else."""
        near = self.closest(name)
        return f"Did you mean {near!r}?" if near is not None else otherwise

    def _compare(self, name: str) -> str | None:
        if len(name) > 100 or len(self._found) > _PATIENCE:
            return None
        candidates: Collection[str] = self._names
        if len(self._names) > _MANY:
            candidates = self._alike(name, 3) or self._alike(name, 1)
        matches = get_close_matches(name, candidates, n=1, cutoff=self._cutoff)
        return matches[0] if matches else None

    def _alike(self, name: str, letters: int) -> list[str]:
        """Give names of like length that begin alike, the first of them only."""
        start = name[:letters].casefold()
        alike = (
            known
            for known in self._names
            if known[:letters].casefold() == start and abs(len(known) - len(name)) <= 2
        )
        return list(islice(alike, _MANY))
