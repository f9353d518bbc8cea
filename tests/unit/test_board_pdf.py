"""The PDF: tagged, titled, in English, nothing in it runs or fetches, plain words where it cannot
be made."""

import io
import sys
from collections.abc import Iterator

import pytest

from netplan.report.board import board_html
from netplan.report.pdf import PdfError, load_weasyprint, pdf_bytes
from tests.browser.sample import HOSTILE, sample_report

pypdf = pytest.importorskip("pypdf")
try:
    load_weasyprint()
except PdfError as missing:  # Windows, or no Pango
    pytest.skip(str(missing), allow_module_level=True)


@pytest.fixture(scope="module")
def page() -> str:
    return board_html(sample_report(schools=12, hostile=True))


@pytest.fixture(scope="module")
def made(page: str) -> bytes:
    return pdf_bytes(page)


def _objects(reader: "pypdf.PdfReader") -> Iterator[object]:
    for number in range(1, len(reader.xref[0]) + 1):
        yield reader.get_object(number)


def _text(page: "pypdf.PageObject") -> str:
    """Give a page's text on one line; pypdf leaves the high byte of some fonts' letters there."""
    return " ".join(page.extract_text().replace("\x00", "").split())


def test_it_is_tagged_titled_and_says_its_language(made: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert reader.metadata.title.endswith("report to the board, 2026-27")
    assert reader.metadata.author is None
    titles = [each["/Title"] for each in reader.outline if isinstance(each, dict)]
    assert titles[0].startswith("Harbor County Schools")


def test_the_summary_is_its_first_page(made: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made))
    first = _text(reader.pages[0])
    for words in ("What is wrong", "What it costs", "How sure we are", "asked to decide"):
        assert words in first
    assert f"1 / {len(reader.pages)}" in first
    assert "Contents" in _text(reader.pages[1])
    assert tuple(map(float, reader.pages[0].mediabox[2:])) == (612.0, 792.0)


def test_hostile_text_is_text(made: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made))
    text = " ".join(map(_text, reader.pages))
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[8]):
        assert name in text
    for each in _objects(reader):
        if isinstance(each, dict):
            assert not {"/JS", "/JavaScript", "/URI", "/Launch", "/OpenAction", "/AA"} & set(each)
            assert each.get("/Type") != "/EmbeddedFile"


def test_the_same_page_gives_the_same_bytes(page: str, made: bytes) -> None:
    assert pdf_bytes(page) == made


def test_nothing_is_fetched(page: str) -> None:
    asking = page.replace(
        "</h1>",
        '</h1><img alt="a" src="http://192.0.2.1/a.png"><img alt="b" src="file:///etc/passwd">'
        '<link rel="stylesheet" href="http://192.0.2.1/b.css">',
        1,
    )
    # sockets are blocked in the tests: an attempt would raise
    assert pdf_bytes(asking).startswith(b"%PDF-1.7")


def test_without_weasyprint_the_user_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(PdfError, match=r"pip install 'school-netplan\[pdf\]'") as raised:
        pdf_bytes("<html></html>")
    assert "Print" in str(raised.value)
    assert raised.value.exit_code == 2
