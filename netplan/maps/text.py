"""The one door for other people's text, and checks of what else enters a page.

A name may hold markup, script, template braces or characters that turn the text around them.
Nothing is taken out of it here for what it could do in HTML: a page never reads text as HTML,
script or template. What would act on a plain text is shown by number instead.
"""

import re
import unicodedata

#: Characters of a name or cell that a page shows, and of a sentence.
NAME_CHARACTERS = 300
PROSE_CHARACTERS = 4_000

_BLANKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
# Controls, what is not seen (direction marks, blanks of no width, tags), halves of characters.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
# Emoji and many scripts are written with the two joiners.
_JOINERS = frozenset("\u200c\u200d")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_TILES = re.compile(
    r"https://(?:\{s\}\.)?((?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{1,5})?)/[\w./{}?=&%~-]*", re.IGNORECASE
)


def clean(text: str) -> str:
    """Show control, direction and other unseen characters instead of letting them act.

    Line breaks and tabs become a space; others appear by number, such as ``<U+202E>``.
    """
    if text.isprintable():
        return text
    return "".join(map(_seen, _BLANKS.sub(" ", text)))


def _seen(character: str) -> str:
    hidden = unicodedata.category(character) in _HIDDEN and character not in _JOINERS
    return f"<U+{ord(character):04X}>" if hidden else character


def shown(text: str, longest: int = NAME_CHARACTERS) -> str:
    """Give text as a page shows it: cleaned, and cut with an ellipsis where it is too long."""
    text = clean(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def prose(text: str) -> str:
    """Give a sentence or note as a page shows it."""
    return shown(text, PROSE_CHARACTERS)


def color(value: str) -> str:
    """Give a color as it is.

    Raises
    ------
    ValueError
        It is not ``#rrggbb`` in small letters.
    """
    if not _COLOR.fullmatch(value):
        raise ValueError(f"not a color like #1b1f24: {value[:80]!r}")
    return value


def identifier(value: str) -> str:
    """Give an id of netplan's own (a layer's, a slider's) as it is.

    Raises
    ------
    ValueError
        It is not made of small letters, digits, hyphens and underscores.
    """
    if not _IDENTIFIER.fullmatch(value):
        raise ValueError(f"not an id like bus-stops: {value[:80]!r}")
    return value


def address(value: str) -> str:
    """Give the address of a file beside the page as it is; empty text stays empty.

    Raises
    ------
    ValueError
        It leads to another host, names a scheme (``javascript:``) or holds what no address holds.
    """
    path = re.split("[?#/]", value, maxsplit=1)[0]
    if ":" in path or value.startswith(("/", "\\")) or not value.isprintable() or "\\" in value:
        raise ValueError(f"not the address of a file beside the page: {value[:80]!r}")
    return value


def tiles_host(template: str) -> str:
    """Give the source that a security policy must allow for online tiles.

    Parameters
    ----------
    template
        Such as ``https://{s}.tiles.example.org/{z}/{x}/{y}.png``.

    Raises
    ------
    ValueError
        It is not an https address with ``{z}``, ``{x}`` and ``{y}`` behind the host.
    """
    match = _TILES.fullmatch(template)
    if match is None or not all(part in template for part in ("{z}", "{x}", "{y}")):
        raise ValueError(
            "not an address of tiles like https://tiles.example.org/{z}/{x}/{y}.png: "
            f"{clean(template)[:120]!r}"
        )
    return f"https://*.{match[1]}" if "{s}." in template else f"https://{match[1]}"
