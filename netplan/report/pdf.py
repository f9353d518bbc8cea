"""A page as a tagged PDF (PDF/UA-1) through WeasyPrint, which is optional."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from netplan.errors import NetplanError

#: Rules about parts of a chart: an inline drawing knows only the style that stands inside it.
_CHART_RULE = re.compile(r"\.chart (?:text|\.[a-z]+)[^{}]*\{[^{}]*\}")
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_VARIABLE = re.compile(r"--([a-z]+):(#[0-9a-f]{3,6})")
#: Paper of the PDF; the page itself prints on whatever paper the browser is told.
_PAPER = "@page{size:letter}"


class PdfError(NetplanError):
    """The PDF cannot be made on this machine; everything else can."""


def pdf_bytes(html: str) -> bytes:
    """Turn a page into a tagged PDF; the same page and fonts give the same bytes.

    Nothing is fetched: a page that names anything outside itself loses it.

    Parameters
    ----------
    html
        The whole page, with its style inside.

    Raises
    ------
    PdfError
        WeasyPrint, or the system libraries that it draws with, are not installed.
    """
    weasyprint = load_weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=(), allow_redirects=False)
    document = weasyprint.HTML(
        string=_drawings_styled(html),
        base_url=None,
        url_fetcher=nothing,
        media_type="print",
    )
    written = document.write_pdf(
        stylesheets=[weasyprint.CSS(string=_PAPER, url_fetcher=nothing)],
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        cache={},
    )
    return bytes(written)


def load_weasyprint() -> Any:
    """Import WeasyPrint, or say what to install.

    Raises
    ------
    PdfError
        It is not there, or the libraries that it draws with are not.
    """
    try:
        import weasyprint
    except ImportError as error:
        raise PdfError(_advice("WeasyPrint is not installed")) from error
    except OSError as error:
        # on Windows and macOS the package installs without Pango
        raise PdfError(_advice("Pango, which WeasyPrint draws with, is not installed")) from error
    return weasyprint


def _advice(what: str) -> str:
    return (
        f"no PDF can be made: {what}. Run `pip install 'school-netplan[pdf]'` and install Pango "
        "(Debian: apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango; "
        "Windows: MSYS2). Or leave --pdf out, open board.html in a browser and choose Print, "
        "Save as PDF: the page is laid out for it."
    )


def _drawings_styled(html: str) -> str:
    """Give every chart the page's own rules for charts, inside its drawing.

    A page's text is escaped, so that ``</desc>`` stands only where a chart has it.
    """
    style = html.partition("<style>")[2].partition("</style>")[0]
    plain = _MEDIA.sub("", style)
    rules = "".join(rule.replace(".chart ", "") for rule in _CHART_RULE.findall(plain))
    for name, value in _VARIABLE.findall(style):
        rules = rules.replace(f"var(--{name})", value)
    # WeasyPrint draws the white edge of a text over the text
    rules = f"text{{font:12px sans-serif}}{rules}.value,.named{{stroke:none}}"
    return html.replace("</desc>", f"</desc><style>{rules}</style>")
