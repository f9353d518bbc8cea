"""File names for schools: safe on every system, unique, and stable from the id alone."""

import hashlib
import re

#: Names that Windows keeps for devices, whatever their extension.
_RESERVED = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in range(10)]
)
_PLAIN = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,39}")


def page_name(school_id: str) -> str:
    """Give the file name of a school's page.

    An id of capital letters, digits, ``-`` and ``_`` is kept. Any other gets its harmless
    letters plus ten digits of its SHA-256 after a dot, so that ``s1`` and ``S1`` differ on a
    disk that does not tell small letters from capitals, and so that neither ``../x`` nor
    ``CON`` means anything to a file system.

    Parameters
    ----------
    school_id
        Any text.

    Returns
    -------
    name
        ASCII letters, digits, ``-``, ``_`` and ``.``; at most 56 characters.
    """
    if _PLAIN.fullmatch(school_id) and school_id not in _RESERVED:
        return f"{school_id}.html"
    digest = hashlib.sha256(school_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    slug = re.sub(r"[^A-Za-z0-9]+", "-", school_id).strip("-")[:30]
    return f"id-{slug}.{digest}.html" if slug else f"id.{digest}.html"
