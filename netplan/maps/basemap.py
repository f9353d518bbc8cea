"""What may lie under a page's layers: online tiles, or a PMTiles extract inside the page.

Neither is there unless it is asked for: a page asks for nothing outside its folder.
"""

import base64
import html
from dataclasses import dataclass

from netplan.errors import InputError, Problem
from netplan.maps import text

#: A page with more than this inside opens slowly everywhere (assumption).
MOST_BYTES = 30_000_000
_MAGIC = b"PMTiles\x03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Online tiles, which whoever opens the page fetches from their host.

    Parameters
    ----------
    url
        ``https://{s}.tiles.example.org/{z}/{x}/{y}.png``.
    attribution
        Who made them, in words; by default the host's name.
    most_zoom
        The closest zoom that the host has.

    Raises
    ------
    ValueError
        The address is none of tiles.
    """

    url: str
    attribution: str = ""
    most_zoom: int = 19

    def __post_init__(self) -> None:
        """Refuse what is no address of tiles: it goes into a script and a security policy."""
        text.tiles_host(self.url)

    @property
    def host(self) -> str:
        """Give the host that the page's security policy allows images from."""
        return text.tiles_host(self.url)

    @property
    def attribution_html(self) -> str:
        """Give the attribution as Leaflet wants it, which reads it as HTML."""
        return html.escape(text.shown(self.attribution or self.host.removeprefix("https://")))


def pmtiles_island(data: bytes, *, file: str) -> str:
    """Give a PMTiles extract as text for the page.

    Parameters
    ----------
    data
        The file's bytes.
    file
        Its path inside the district folder, for messages.

    Raises
    ------
    InputError
        It is not PMTiles of version 3, or too large to stand inside a page.
    """
    if not data.startswith(_MAGIC):
        raise InputError(
            [
                Problem(
                    code="not-pmtiles",
                    file=file,
                    message="this is not a PMTiles file of version 3",
                    expected="vector tiles in one file, as `pmtiles extract` writes them",
                    fix="extract the district again, or take the file out of the folder",
                )
            ]
        )
    if len(data) > MOST_BYTES:
        raise InputError(
            [
                Problem(
                    code="basemap-too-large",
                    file=file,
                    value=f"{len(data) / 1e6:.0f} MB",
                    message="the basemap is too large to stand inside a page",
                    expected=f"at most {MOST_BYTES / 1e6:.0f} MB",
                    fix="extract a smaller area or fewer zooms: `pmtiles extract --maxzoom=13`",
                )
            ]
        )
    return base64.b64encode(data).decode("ascii")
