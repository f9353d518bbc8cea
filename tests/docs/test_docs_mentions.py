"""Commands, findings, events, targets and fields are in the docs; every link leads somewhere."""

import json
import re
from pathlib import Path

import click
import pytest

import netplan
from netplan.access.findings import FINDINGS as HOME_FINDINGS
from netplan.access.strategies import STRATEGIES
from netplan.capacity.explain import DERIVATIONS
from netplan.capacity.findings import FINDINGS
from netplan.cli.main import COMMANDS
from netplan.inputs.catalogs import load_catalogs
from netplan.load.events import EVENTS
from netplan.money.findings import FINDINGS as MONEY_FINDINGS

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]
    if path.is_file()
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def text_of(name: str) -> str:
    """Give a page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def anchor(heading: str) -> str:
    """Give the anchor that GitHub makes of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", ""))
    return kept.replace(" ", "-")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_and_shared_option_is_in_the_readme(command: click.Command) -> None:
    assert f"`netplan {command.name} DIR" in README
    required = [p.opts[0] for p in command.params if p.required and p.opts[0].startswith("--")]
    line = next(line for line in README.splitlines() if f"| `netplan {command.name} DIR" in line)
    for option in required:
        assert option in line
    for option in ("--json", "--event", "--fail-on"):
        assert option in README


def test_the_exit_codes_are_in_the_readme() -> None:
    for piece in ("0 done", "1 `--fail-on`", "2 bad input", "3 no feasible plan", "4 an outside"):
        assert piece in README


def test_every_command_line_in_the_docs_exists() -> None:
    known = {str(command.name): command for command in COMMANDS}
    for page in PAGES:
        for block in re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.splitlines():
                if not line.startswith("netplan "):
                    continue
                _, name, *words = line.split()
                assert name in known, f"{page.name}: {line}"
                options = {opt for p in known[name].params for opt in p.opts}
                for word in words:
                    if word.startswith("--"):
                        assert word.split("=")[0] in options, f"{page.name}: {line}"


def test_the_readme_s_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told: set[str] = set()
    for page in PAGES:
        told |= set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.M))
    assert {"demo", "test"} <= told <= targets
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert told <= set(phony.group(1).split())


def test_the_files_that_the_readme_installs_from_exist() -> None:
    for name in re.findall(r"requirements[\\/](\w+\.txt)", README):
        assert (ROOT / "requirements" / name).is_file(), name
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("make test")


def test_every_finding_is_in_the_docs_with_a_limit() -> None:
    rows = re.findall(r"^\| ([a-z][a-z-]*) \| (.+?) \| (.+?) \|$", text_of("findings.md"), re.M)
    described = {code: (says, limit) for code, says, limit in rows if code != "code"}
    kinds = (*FINDINGS, *HOME_FINDINGS, *MONEY_FINDINGS)
    assert list(described) == [function.__name__.replace("_", "-") for function in kinds]
    for code, (says, limit) in described.items():
        assert len(says) > 10, code
        assert limit.strip(), code


def test_every_event_is_in_the_docs_and_in_the_catalog() -> None:
    catalog = set(load_catalogs()["events"]["event"])
    assert catalog == set(EVENTS)
    told = {
        name.strip()
        for cell in re.findall(r"^\| ([a-z0-9_, ]+) \|", text_of("events.md"), re.MULTILINE)
        for name in cell.split(",")
    }
    assert told - {"event"} == catalog


def test_every_target_of_the_catalog_says_what_it_is() -> None:
    targets = load_catalogs()["targets"]
    documented = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(targets["status"]) == {"sourced", "assumption"}
    for row in targets.itertuples():
        assert row.title
        assert row.source
        assert (row.status == "assumption") == ("assumption" in str(row.source))
        assert f"`{row.target}`" in documented, row.target


def test_every_catalog_row_has_a_source() -> None:
    for name, table in load_catalogs().items():
        assert "source" in table.columns, name
        assert table["source"].str.len().min() > 0, name


def test_every_field_of_the_json_is_described() -> None:
    told = text_of("json.md")
    words = set(re.findall(r"`\.?([a-z_.]+)`", told))
    report = netplan.check(netplan.load(HARBOR))
    document = json.loads(report.to_json())
    missing = set(document) - words
    for key in (
        "problems", "findings", "buildings", "links", "failures", "nodes", "periods",
        "district_targets", "disparity", "wifi_groups", "calibration",
    ):  # fmt: skip
        for row in document[key][:1]:
            missing |= {f"{key}.{field}" for field in row if field not in words}
    building = document["buildings"][0]
    for group in ("bottleneck", "wifi"):
        inner = words | {word.removeprefix("bottleneck.") for word in words}
        missing |= {f"{group}.{field}" for field in building[group] if field not in inner}
    missing |= {f for target in building["targets"].values() for f in target if f not in words}
    # the modelled, measured and calibrated load of a link are told in words
    assert {name for name in missing if not name.startswith("calibration.")} == set()


def test_every_field_of_the_after_school_documents_is_described() -> None:
    words = set(re.findall(r"`\.?([a-z_.]+)`", text_of("json.md")))
    report = netplan.access(netplan.load(HARBOR), time_limit_s=10)
    document = json.loads(report.to_json())
    missing = (set(document) | set(document["gap"]) | set(document["robustness"])) - words
    for part, keys in (
        (document, ("sites", "offers", "zones", "curve", "curve_plans", "limits")),
        (document["gap"], ("areas", "groups", "benchmarks")),
    ):
        for key in keys:
            assert part[key], key
            missing |= {f"{key}.{field}" for field in part[key][0] if field not in words}
    missing |= set(report.timetable.columns) - words
    assert missing == set()


def test_every_strategy_is_in_the_docs() -> None:
    told = text_of("strategies.md")
    for strategy in STRATEGIES:
        assert f"`{strategy.__name__}`" in told, strategy


def test_every_derived_number_is_a_field_of_the_json() -> None:
    told = text_of("json.md")
    report = netplan.check(netplan.load(HARBOR))
    school = report.buildings["school_id"].iloc[0]
    numbers = [derivation.number for derivation in report.capacity.derivations[school]]
    assert len(numbers) == len(DERIVATIONS)
    for number in numbers:
        assert f"`{number}`" in told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, part = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{page.name}: {target}"
        assert path.is_relative_to(ROOT), f"{page.name}: {target}"
        if part:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {anchor(heading) for heading in headings}, f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_pages_name_exist(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for name in re.findall(
        r"`((?:netplan|tests|docs|benchmarks|data|requirements)/[\w./-]+)`", text
    ):
        known = (ROOT / name).exists() or list(ROOT.glob(name + "*"))
        assert known, f"{page.name}: {name}"
