"""Pages: hostile text stays text, numbers have units, and every answer unfolds."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from netplan.report.folder import write_plan
from netplan.report.pages import environment
from tests.browser.sample import HOSTILE, sample_report

_VOID = {"meta", "input", "br", "line", "path", "rect", "circle", "img", "link", "hr"}


class _Page(HTMLParser):
    """Collect tags, attributes and text; fail on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hostile") / "out"
    write_plan(sample_report(hostile=True), out)
    return out


def _pages(out: Path) -> dict[str, _Page]:
    """Give the pages of index and buildings; maps have tests of their own (tests/browser)."""
    found = [path for path in out.rglob("*.html") if path.parent.name != "maps"]
    return {path.name: _Page(path.read_text(encoding="utf-8")) for path in found}


def test_hostile_text_stays_text(hostile: Path) -> None:
    pages = _pages(hostile)
    assert len(pages) == 25
    for page in pages.values():
        assert not page.open
        assert not [tag for tag, _ in page.tags if tag in {"img", "iframe", "object", "link", "b "}]
        assert sum(tag == "script" for tag, _ in page.tags) == 1
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on")], tag
            target = attributes.get("href")
            assert target is None or re.fullmatch(
                r"(#[\w-]+|(\.\./)?(index\.html|[\w-]+\.(csv|json|gpkg))|(buildings/)?[\w.-]+\.html"
                r"|(\.\./)?maps/[\w-]+\.html(#[\w=&/.:%~-]+)?)",
                target,
            )
    index = "".join(pages["index.html"].text)
    assert HOSTILE[0] in index
    assert "{{7*7}}" in index
    assert '"><img src=x onerror=alert(1)>' in index
    assert "[bold red]Markup[/bold red]" in index
    assert "<U+202E>" in index
    for path in hostile.rglob("*.html"):
        raw = path.read_text(encoding="utf-8")
        assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", raw), path.name


def test_the_policy_lets_nothing_in(hostile: Path) -> None:
    for page in _pages(hostile).values():
        policies = [
            attributes["content"]
            for tag, attributes in page.tags
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert policies[0] is not None
        assert policies[0].startswith("default-src 'none'; style-src 'sha")
        assert "script-src 'sha" in policies[0]
        assert "unsafe" not in policies[0]
        assert not [tag for tag, attributes in page.tags if "style" in attributes]


def test_links_between_pages_lead_somewhere(hostile: Path) -> None:
    for path in hostile.rglob("*.html"):
        page = _Page(path.read_text(encoding="utf-8"))
        ids = {attributes.get("id") for _, attributes in page.tags}
        for _, attributes in page.tags:
            target = attributes.get("href")
            if target is None:
                continue
            if target.startswith("#"):
                assert target[1:] in ids
            else:
                assert (path.parent / target.split("#")[0]).is_file(), (path.name, target)


def test_ids_are_unique(hostile: Path) -> None:
    for page in _pages(hostile).values():
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_the_headline_says_who_and_why(tmp_path: Path) -> None:
    write_plan(sample_report(), tmp_path)
    text = "".join(_Page((tmp_path / "index.html").read_text(encoding="utf-8")).text)
    assert "13 of 24 buildings go over the 80\N{NO-BREAK SPACE}% limit in the busy hour" in text
    assert "13 links and the firewall are the cause" in text
    assert "all 24 schools lose the internet" in text
    assert "52 single failures tried, one at a time: 27 cut off a school" in text


def test_a_building_answers_how_do_you_know(tmp_path: Path) -> None:
    write_plan(sample_report(), tmp_path)
    raw = (tmp_path / "buildings" / "S002.html").read_text(encoding="utf-8")
    text = "".join(_Page(raw).text)
    assert "Over: link WAN-S002, the fullest on its way, carries 1,555 Mbps down" in text
    assert "M + z sqrt(V + (kappa M)^2)" in text
    assert "twice as much video adds 31\N{NO-BREAK SPACE}%" in text
    assert "district.toml" in text
    assert 'title="1244.0 Mbps"' in raw
    assert "Maple School 2" in text
    assert 'rel="prev"' in raw
    assert "<title" in raw
    assert "80\N{NO-BREAK SPACE}% limit" in text


def _text(path: Path) -> str:
    return " ".join("".join(_Page(path.read_text(encoding="utf-8")).text).split())


def test_guesses_are_told_counted_and_marked(tmp_path: Path) -> None:
    write_plan(sample_report(guessed=True), tmp_path)
    text = _text(tmp_path / "index.html")
    assert "10,000 Mbps of CIRCUIT is a guess (rule internet-not-listed), as are 72 other" in text
    assert "73 cells of the input were filled by a rule" in text
    assert "access points AP-S001-1nodes.csv, count" in text
    building = (tmp_path / "buildings" / "S002.html").read_text(encoding="utf-8")
    assert '<bdi>AP-S002-1</bdi> <span class="mark">guess</span>' in building
    assert '10,000 <span class="mark">guess</span>' in building
    words = _text(tmp_path / "buildings" / "S002.html")
    assert "3 cells of this building's rows are guesses by rule: 3 in nodes.csv" in words


def test_nothing_is_said_of_guesses_where_there_are_none(tmp_path: Path) -> None:
    write_plan(sample_report(), tmp_path)
    assert "is a guess" not in _text(tmp_path / "index.html")
    assert 'id="guesses"' not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_an_event_is_boxed_and_held_against_the_usual_day(tmp_path: Path) -> None:
    write_plan(sample_report(event=True), tmp_path)
    for page in ("index.html", "buildings/S002.html"):
        text = _text(tmp_path / page)
        assert "Not a usual day: MAP Growth day." in text
        assert "This day is better than the usual day" in text
        assert "because tested devices stop watching video" in text
        assert "NWEA" in text
        assert "1.45 NWEA" not in text
        assert "Remote day" not in text
    assert "asks for 1,555 Mbps down instead of 2,330 Mbps" in text


def test_the_words_fit_the_numbers(tmp_path: Path) -> None:
    write_plan(sample_report(), tmp_path)
    text = _text(tmp_path / "index.html")
    assert "97 % of its 5,000 Mbps, over 80 %" in text  # the message has 97% and 80%
    assert "Overin the busiest period the planning load takes more than 80" in text
    assert "with one more year's growth of 25" in text
    assert "The 5 under “What to do first” are not repeated here." in text
    assert "By poverty quintile, group 5 (most poverty) has the least" in text
    assert text.count("Worst to best") == 0


def test_all_rows_of_the_links_are_in_the_page(tmp_path: Path) -> None:
    write_plan(sample_report(), tmp_path)
    raw = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'id="t-links" class="sticky" data-fold="25"' in raw
    assert raw.count("<bdi>link IN-S0") == 48


def test_hostile_guesses_and_events_stay_text(tmp_path: Path) -> None:
    write_plan(sample_report(hostile=True, guessed=True, event=True), tmp_path)
    for page in _pages(tmp_path).values():
        assert not page.open
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on")], tag


def test_a_district_without_results_of_some_kind_still_has_pages(tmp_path: Path) -> None:
    report = sample_report(schools=1)
    for name in (
        "targets",
        "district_targets",
        "failures",
        "wifi",
        "disparity",
        "nodes",
        "periods",
    ):
        frame = getattr(report.capacity, name)
        object.__setattr__(report.capacity, name, frame.iloc[:0])
    object.__setattr__(report.capacity, "findings", ())
    write_plan(report, tmp_path)
    assert "Nothing was found" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_templates_refuse_what_is_missing() -> None:
    template = environment().from_string("{{ nothing }}")
    with pytest.raises(Exception, match="undefined"):
        template.render()
    with pytest.raises(TypeError, match="None"):
        environment().from_string("{{ x }}").render(x=None)
