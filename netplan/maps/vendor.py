"""Scripts and styles that pages carry: netplan's own, and those of others (VENDOR.toml)."""

import re
from functools import cache
from importlib.resources import files

_ASSETS = files("netplan.maps") / "assets"
# What would end an element early, whatever stands around it.
_ENDS = re.compile(r"</(?:script|style)|<!--", re.IGNORECASE)


@cache
def asset(name: str) -> str:
    """Give an asset's text by its path below ``assets``, such as ``vendor/leaflet.js``.

    Raises
    ------
    ValueError
        It could not stand inside an element of a page as it is.
    """
    return inline(name, (_ASSETS / name).read_text(encoding="utf-8"))


def inline(name: str, script: str) -> str:
    """Give a script or style that can stand inside its element; its bytes are its hash's bytes.

    Raises
    ------
    ValueError
        It holds what would end the element, or characters that a browser replaces.
    """
    text = script.replace("\r\n", "\n")
    if "\r" in text or "\0" in text or _ENDS.search(text):
        raise ValueError(f"{name}: cannot stand inside a page")
    return text


@cache
def app_script() -> str:
    """Give the page's own script: the files of ``assets/app`` in order of their names."""
    names = sorted(each.name for each in (_ASSETS / "app").iterdir() if each.name.endswith(".js"))
    return "\n".join(asset(f"app/{name}") for name in names)
