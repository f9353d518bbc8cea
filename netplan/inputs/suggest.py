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
