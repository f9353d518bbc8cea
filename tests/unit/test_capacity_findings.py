"""Every finding, planted in a district of three schools that has none of its own.

::

    inet --circuit1-- fw1 --fw1-core1-- core1 --+-- a-E1, a-M1, a-H1 -- mdf of each school
      |                                         .
      +--circuit2---- fw2 --fw2-core2-- core2 --+-- b-E1, b-M1, b-H1 -- the same mdfs

    all links 100,000 Mbps, firewalls 400,000 Mbps; at every school
    mdf - idf1 - ap1 and mdf - idf2 - ap2;
    who is there and what they do: as in ``folders.py``, so E1, M1 and H1 ask for 218.42, 397.72 and
    743.43 Mbps down (class2), half of it by each way.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import netplan
from netplan.access.findings import FINDINGS as HOME_FINDINGS
from netplan.capacity.explain import DERIVATIONS
from netplan.capacity.findings import FINDINGS
from netplan.capacity.model import Finding
from netplan.report.model import Report
from netplan.studies.apply import apply
from netplan.whatif.read import parse_scenario
from tests.unit.folders import ACTIVITIES, DEVICES, SCHOOLS, edited, write_district

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
SCHOOL_IDS = ("E1", "M1", "H1")
#: Access points in each of a school's two wings.
POINTS = {"E1": 5, "M1": 10, "H1": 20}
Files = Mapping[str, str]


def _nodes() -> str:
    lines = [
        "node_id,kind,school_id,throughput_mbps,count,wifi,channel_mhz,streams",
        "inet,internet,,,1,,,",
    ]
    for side in (1, 2):
        lines += [f"fw{side},firewall,,400000,1,,,", f"core{side},router,,,1,,,"]
    for school in SCHOOL_IDS:
        lines.append(f"{school}-mdf,mdf,{school},,1,,,")
        for wing in (1, 2):
            lines.append(f"{school}-idf{wing},idf,{school},,1,,,")
            lines.append(f"{school}-ap{wing},ap_group,{school},,{POINTS[school]},wifi6,40,2")
    return "\n".join(lines) + "\n"


def _links() -> str:
    lines = ["link_id,a,b,down_mbps,up_mbps,role,cost,contract_end,monthly_usd"]

    def add(name: str, a: str, b: str) -> None:
        lines.append(f"{name},{a},{b},100000,100000,primary,1,,")

    for side in (1, 2):
        add(f"circuit{side}", "inet", f"fw{side}")
        add(f"fw{side}-core{side}", f"fw{side}", f"core{side}")
        for school in SCHOOL_IDS:
            add(f"{'ab'[side - 1]}-{school}", f"core{side}", f"{school}-mdf")
    for school in SCHOOL_IDS:
        for wing in (1, 2):
            add(f"{school}-riser{wing}", f"{school}-mdf", f"{school}-idf{wing}")
            add(f"{school}-edge{wing}", f"{school}-idf{wing}", f"{school}-ap{wing}")
    return "\n".join(lines) + "\n"


NODES, LINKS = _nodes(), _links()
CLEAN: Files = {"nodes": NODES, "links": LINKS}


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    """Replace pieces of a text, each of which stands in it once."""
    for old, new in pairs:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def lines(*pairs: tuple[str, str]) -> Files:
    """Give the clean district with links changed."""
    return {**CLEAN, "links": swapped(LINKS, *pairs)}


def boxes(*pairs: tuple[str, str]) -> Files:
    """Give the clean district with nodes changed."""
    return {**CLEAN, "nodes": swapped(NODES, *pairs)}


def at(link: str, mbps: int, text: str = "100000,100000") -> tuple[str, str]:
    """Give the change of one link's capacity, for `lines`."""
    row = next(row for row in LINKS.splitlines() if row.startswith(link + ","))
    return row, row.replace(text, f"{mbps},{mbps}")


def alone(school: str, mbps: int = 100000) -> list[tuple[str, str]]:
    """Give the changes that leave a school's way a, of so many Mbps, as its only one."""
    row = next(row for row in LINKS.splitlines() if row.startswith(f"b-{school},"))
    # a hair dearer, so that traffic takes way a while it stands
    return [at(f"a-{school}", mbps), (row, row.replace("primary,1,", "primary,2,"))]


def more_schools(frl: tuple[float, ...], mbps: tuple[int, ...]) -> Files:
    """Give a district of single-node schools that differ in poverty and in their line."""
    schools = ["school_id,name,lat,lon,level,enrollment,staff,frl_share"]
    nodes = ["node_id,kind,school_id", "inet,internet,", "core,router,"]
    links = ["link_id,a,b,down_mbps", "circuit,inet,core,90000"]
    for number, (share, capacity) in enumerate(zip(frl, mbps, strict=True)):
        school = f"S{number}"
        schools.append(f"{school},School {number},27.{number},-80.{number},middle,100,10,{share}")
        nodes.append(f"{school}-mdf,mdf,{school}")
        links.append(f"wan-{school},core,{school}-mdf,{capacity}")
    tables = {"schools": schools, "nodes": nodes, "links": links}
    return {name: "\n".join(text) + "\n" for name, text in tables.items()}


@dataclass(frozen=True, kw_only=True)
class Plant:
    """One planted problem and the finding that must come of it."""

    files: Files
    id: str
    severity: str
    schools: tuple[str, ...]
    value: float
    limit: float | None
    unit: str
    says: tuple[str, ...] = field(default=())
    fix: str = ""
    down: tuple[str, ...] = ()


EVERYONE = ("E1", "H1", "M1")
PLANTS: Mapping[str, Plant] = {
    # both ways to the elementary school
    "cut-off-by-scenario": Plant(
        files=CLEAN,
        down=("a-E1", "b-E1"),
        id="cut-off-by-scenario:district:Three School District",
        severity="critical",
        schools=("E1",),
        value=1,
        limit=0,
        unit="schools",
        says=("While a-E1, b-E1 are down, 1 of 3 schools have no internet",),
        fix="second way",
    ),
    # half of its access points
    "partly-cut-off-by-scenario": Plant(
        files=CLEAN,
        down=("E1-idf1",),
        id="partly-cut-off-by-scenario:district:Three School District",
        severity="critical",
        schools=("E1",),
        value=1,
        limit=0,
        unit="schools",
        says=("While E1-idf1 is down, 1 of 3 schools have internet in a part",),
        fix="second way",
    ),
    # 218.42 Mbps on way a alone
    "link-over-limit": Plant(
        files=lines(*alone("E1", 250)),
        id="link-over-limit:link:a-E1:down",
        severity="warning",
        schools=("E1",),
        value=0.873667,
        limit=0.8,
        unit="share of capacity",
        says=("218.4 Mbps down", "95th percentile", "class2", "87% of its 250 Mbps",
              "80%", "1 school"),
        fix="273 Mbps",  # 218.4169 / 0.8
    ),
    # half of everyone passes each firewall: M = 585.2 and, with V = 15340.4 / 4, L = 725.35
    "node-over-limit": Plant(
        files=boxes(("fw1,firewall,,400000", "fw1,firewall,,700")),
        id="node-over-limit:node:fw1",
        severity="critical",
        schools=EVERYONE,
        value=725.348 / 700,
        limit=0.8,
        unit="share of throughput",
        says=("firewall fw1", "725.3 Mbps (down and up together)", "104% of its 700 Mbps", "80%"),
        fix="906.7 Mbps",
    ),
    # one access point a wing: 110 clients, 83.6 Mbps on 0.35 x 270 = 94.5 Mbps of Wi-Fi 5 (MCS 6)
    "wifi-airtime-over": Plant(
        files=boxes(
            ("E1-ap1,ap_group,E1,,5,wifi6", "E1-ap1,ap_group,E1,,1,wifi5"),
            ("E1-ap2,ap_group,E1,,5,wifi6", "E1-ap2,ap_group,E1,,1,wifi6"),
        ),
        id="wifi-airtime-over:node:E1-ap1",
        severity="warning",
        schools=("E1",),
        value=83.6 / 94.5,
        limit=0.8,
        unit="share of airtime",
        says=("E1-ap1", "88% of their airtime", "110 clients", "94.5 Mbps", "80%"),
        fix="access points",
    ),
    # one access point a wing: 110 clients on 0.35 x 309.8 = 108.4 Mbps of Wi-Fi 6 (MCS 6), mean
    # 83.6; both ways: v 1.2429 and rho 0.318 on the internet, 0.09 and 0 to the data center, so
    # V = 100 x 1.2429 x 8.636 + 10 x 1.2429 + 110 x 0.09 = 1,095.7 and the planning load 139.76
    "wifi-airtime-peaks": Plant(
        files=boxes(
            ("E1-ap1,ap_group,E1,,5,wifi6", "E1-ap1,ap_group,E1,,1,wifi6"),
            ("E1-ap2,ap_group,E1,,5,wifi6", "E1-ap2,ap_group,E1,,1,wifi6"),
        ),
        id="wifi-airtime-peaks:school:E1",
        severity="info",
        schools=("E1",),
        value=139.76 / 108.43,
        limit=1,
        unit="share of airtime",
        says=("2 access-point groups", "E1-ap1", "77%", "129%", "95th percentile"),
        fix="access points",
    ),
    "single-point-of-failure": Plant(
        files=lines(
            ("core2,E1-mdf,100000,100000,primary", "core1,E1-mdf,100000,100000,primary"),
            ("core2,M1-mdf,100000,100000,primary", "core1,M1-mdf,100000,100000,primary"),
        ),
        id="single-point-of-failure:node:core1",
        severity="warning",
        schools=("E1", "M1"),
        value=2,
        limit=1,
        unit="schools cut off",
        says=("If router core1 fails, 2 of 3 schools lose the internet"),
        fix="second way",
    ),
    # 371.72 of 500 on each way; 743.43 when the other is gone
    "failure-overload": Plant(
        files=lines(at("a-H1", 500), at("b-H1", 500)),
        id="failure-overload:node:core1",
        severity="warning",
        schools=(),
        value=743.4348 / 500,
        limit=0.8,
        unit="share of capacity",
        says=("a-H1", "b-H1", "149% of its 500 Mbps"),
        fix="929.3 Mbps",
    ),
    "firewall-below-circuit": Plant(
        files=boxes(("fw2,firewall,,400000", "fw2,filter,,150000")),
        id="firewall-below-circuit:node:fw2",
        severity="warning",
        schools=(),
        value=150_000,
        limit=200_000,
        unit="Mbps",
        says=("filter fw2", "150,000 Mbps", "200,000 Mbps"),
        fix="circuit",
    ),
    # 220 devices on six access points: 36.7 each
    "wifi-crowded": Plant(
        files=boxes(
            ("E1-ap1,ap_group,E1,,5", "E1-ap1,ap_group,E1,,3"),
            ("E1-ap2,ap_group,E1,,5", "E1-ap2,ap_group,E1,,3"),
        ),
        id="wifi-crowded:school:E1",
        severity="warning",
        schools=("E1",),
        value=220 / 6,
        limit=30,
        unit="clients per radio",
        says=("E1", "more than 30 clients per radio", "36.7", "E1-ap1"),
        fix="access points",
    ),
    "access-points-old": Plant(
        files=boxes(("M1-ap2,ap_group,M1,,10,wifi6", "M1-ap2,ap_group,M1,,10,wifi4")),
        id="access-points-old:school:M1",
        severity="info",
        schools=("M1",),
        value=10,
        limit=0,
        unit="access points",
        says=("10 access points", "Wi-Fi 4", "M1-ap2"),
        fix="replacement",
    ),
    "wifi-unknown": Plant(
        files=boxes(("H1-ap2,ap_group,H1,,20,wifi6,40,2", "H1-ap2,ap_group,H1,,20,,,")),
        id="wifi-unknown:district:Three School District",
        severity="info",
        schools=("H1",),
        value=1,
        limit=0,
        unit="access-point groups",
        says=("1 of 6 access-point groups", "nodes.csv"),
        fix="wifi",
    ),
    "single-way": Plant(
        files=lines(("b-H1,core2,H1-mdf", "b-H1,core2,E1-mdf")),
        id="single-way:district:Three School District",
        severity="info",
        schools=("H1",),
        value=1,
        limit=0,
        unit="schools",
        says=("1 of 3 schools",),
        fix="backup link",
    ),
    # 218.42 of 400 is 0.546; x 1.25 = 0.683, x 1.25^2 = 0.853
    "runs-out-soon": Plant(
        files=lines(*alone("E1", 400)),
        id="runs-out-soon:link:a-E1",
        severity="info",
        schools=("E1",),
        value=0.546042,
        limit=0.8,
        unit="share of capacity",
        says=("a-E1", "55%", "80%", "2028-29", "25% growth", "1 school"),
        fix="budget",
    ),
    # SETDA's 2 Mbps for each of 1,540 users are 3,080; 1,000 + 1,200 Mbps are bought
    "target-missed": Plant(
        files=lines(at("circuit1", 1000), at("circuit2", 1200)),
        id="target-missed:district:Three School District:setda_3",
        severity="warning",
        schools=(),
        value=2200,
        limit=3080,
        unit="Mbps",
        says=("3,080 Mbps", "2 Mbps per user", "2,200 Mbps"),
        fix="880 Mbps",
    ),
    # five quintiles of one school each; the poorest has 10 Mbps for 100 students, the best 100
    "disparity-wide": Plant(
        files=more_schools((0.1, 0.2, 0.3, 0.4, 0.9), (10_000, 9000, 8000, 7000, 1000)),
        id="disparity-wide:district:Three School District:poverty-quintile",
        severity="info",
        schools=(),
        value=0.1,
        limit=0.5,
        unit="ratio of medians",
        says=("poverty quintile", "5 (most poverty)", "10 Mbps per student", "10%",
              "1 (least poverty)"),
        fix="lowest group",
    ),
    "contract-ending": Plant(
        files=lines(
            ("inet,fw1,100000,100000,primary,1,,", "inet,fw1,100000,100000,primary,1,2027-06,1250")
        ),
        id="contract-ending:link:circuit1",
        severity="info",
        schools=(),
        value=12,
        limit=12,
        unit="months of the school year under contract",
        says=("circuit1", "2027-06", "1,250 USD a month", "2026-27"),
        fix="renewed",
    ),
    # 109.21 Mbps by way a, 20 measured
    "measured-differs": Plant(
        files={**CLEAN, "measured": "link_id,direction,p95_mbps,weeks\na-E1,down,20,4\n"},
        id="measured-differs:link:a-E1:down",
        severity="info",
        schools=(),
        value=20 / 109.2084,
        limit=0.5,
        unit="measured / modelled",
        says=("a-E1 down", "20 Mbps measured", "109.2 Mbps modelled", "0.18"),
        fix="devices.csv",
    ),
    "enrollment-mismatch": Plant(
        files={
            **CLEAN,
            "enrollment": "school_id,grade,students\nE1,3,100\nE1,4,90\nM1,7,400\nH1,9,800\n",
        },
        id="enrollment-mismatch:school:E1",
        severity="info",
        schools=("E1",),
        value=190,
        limit=200,
        unit="students",
        says=("E1", "190 students", "200"),
        fix="out of date",
    ),
    "same-point": Plant(
        files={**CLEAN, "schools": edited("schools", "27.42,-80.38", "27.40,-80.40")},
        id="same-point:school:E1",
        severity="info",
        schools=("E1", "M1"),
        value=2,
        limit=1,
        unit="schools",
        says=("E1, M1", "27.40000, -80.40000"),
        fix="schools.csv",
    ),
    # a data center behind core1 alone; schools keep the internet through core2
    "datacenter-cut-off": Plant(
        files={
            "nodes": NODES + "dc,datacenter,,,1,,,\n",
            "links": LINKS + "dc-link,core1,dc,100000,100000,primary,1,,\n",
        },
        id="datacenter-cut-off:node:core1",
        severity="warning",
        schools=("E1", "H1", "M1"),
        value=3,
        limit=1,
        unit="schools cut off",
        says=("any one of router core1, data center dc, link dc-link fails", "3 schools keep"),
        fix="second way",
    ),
    # 100 Mbps for E1's 218.42, and nobody knows whether it is 100
    "capacity-guessed": Plant(
        files={
            **CLEAN,
            "links": "\n".join(
                f"{row},{'guess' if row.startswith('link_id') else ''}"
                + ("down_mbps: wan-commonest" if row.startswith("a-E1,") else "")
                for row in swapped(LINKS, *alone("E1", 100)).splitlines()
            )
            + "\n",
        },
        id="capacity-guessed:link:a-E1",
        severity="warning",
        schools=("E1",),
        value=100,
        limit=None,
        unit="Mbps",
        says=("100 Mbps of link a-E1 are a guess", "wan-commonest"),
        fix="Look it up",
    ),
    "staff-unknown": Plant(
        files={
            **CLEAN,
            "schools": SCHOOLS.replace("elementary,200,20", "elementary,200,"),
            "devices": DEVICES.replace("*,staff", "H1,staff"),
        },
        id="staff-unknown:district:Three School District",
        severity="info",
        schools=("E1",),
        value=1,
        limit=0,
        unit="schools",
        says=("1 of 3 schools", "staff"),
        fix="schools.csv",
    ),
    "idle-devices": Plant(
        files={
            **CLEAN,
            "activities": re.sub(r"(?m)^\*,", "high,", ACTIVITIES),
        },
        id="idle-devices:district:Three School District",
        severity="warning",
        schools=("E1", "M1"),
        value=2,
        limit=0,
        unit="schools",
        says=("2 schools", "elementary, middle"),
        fix="activities.csv",
    ),
    "no-devices": Plant(
        files={**CLEAN, "devices": DEVICES.replace("*,", "H1,")},
        id="no-devices:district:Three School District",
        severity="warning",
        schools=("E1", "M1"),
        value=2,
        limit=0,
        unit="schools",
        says=("2 schools", "devices.csv"),
        fix="devices.csv",
    ),
}  # fmt: skip


def code_of(function: Callable[..., object]) -> str:
    """Give a finding's code: the name of its function with hyphens."""
    return function.__name__.replace("_", "-")


def run(folder: Path, files: Files, down: tuple[str, ...] = ()) -> Report:
    """Write a district and check it, with what a scenario takes down."""
    district = netplan.load(write_district(folder, **files))
    if down:
        text = f"fail = {list(down)}".encode()
        district = apply(district, parse_scenario(text, file="down.toml", name="down"))
    return netplan.check(district)


def the(report: Report, code: str) -> list[Finding]:
    """Give the findings of one code."""
    return [finding for finding in report.findings if finding.code == code]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report of the district without problems."""
    return run(tmp_path_factory.mktemp("clean"), CLEAN)


def test_a_clean_district_has_no_finding_at_all(clean: Report) -> None:
    assert [finding.id for finding in clean.findings] == []
    assert set(clean.buildings["status"]) == {"fits"}
    for kind in ("over", "spof", "target"):
        assert not clean.found(kind)


@pytest.mark.parametrize("code", [code_of(function) for function in FINDINGS])
def test_planted(code: str, tmp_path: Path) -> None:
    plant = PLANTS[code]
    report = run(tmp_path / "district", plant.files, plant.down)
    (finding,) = [finding for finding in report.findings if finding.id == plant.id]
    assert finding.code == code
    assert finding.severity == plant.severity
    assert finding.schools == plant.schools
    assert finding.value == pytest.approx(plant.value, rel=1e-4)
    assert finding.limit == (
        plant.limit if plant.limit is None else pytest.approx(plant.limit, rel=1e-9)
    )
    assert finding.unit == plant.unit
    for piece in plant.says:
        assert piece in finding.message, finding.message
    assert plant.fix in finding.fix, finding.fix
    assert finding.fix
    assert finding.source
    assert finding.subject_kind in {"school", "link", "node", "risk_group", "district"}
    assert finding.id.startswith(f"{code}:{finding.subject_kind}:{finding.subject}")
    # a sentence that ends, with a number in it
    assert finding.message.endswith(".")
    assert re.search(r"\d", finding.message)
    assert set(finding.to_dict()) == {
        "id", "code", "severity", "subject_kind", "subject", "schools", "message", "value",
        "limit", "unit", "fix", "source",
    }  # fmt: skip


def test_every_finding_is_described_and_planted() -> None:
    codes = [code_of(function) for function in FINDINGS]
    assert len(set(codes)) == len(codes)
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| ([a-z][a-z-]*) \|", text, re.MULTILINE)
    assert described[0] == "code"
    after_school = {code_of(function) for function in HOME_FINDINGS}
    # those of money are planted in test_money_*: here only that each that is made is described
    source = (ROOT / "netplan" / "money" / "findings.py").read_text(encoding="utf-8")
    money = set(re.findall(r'^ +"([a-z]+(?:-[a-z]+)+)",$', source, re.MULTILINE))
    assert set(described) - {"code"} == set(codes) | after_school | money
    assert set(PLANTS) == set(codes)
    for function in FINDINGS:
        assert function.__doc__ is not None
        assert function.__doc__.startswith("Yield")


def test_ids_are_unique_and_the_most_severe_come_first() -> None:
    report = netplan.check(netplan.load(HARBOR))
    ids = [finding.id for finding in report.findings]
    assert len(set(ids)) == len(ids)
    order = ["critical", "warning", "info"]
    places = [order.index(finding.severity) for finding in report.findings]
    assert places == sorted(places)


# --- what a limit means ---


def test_over_100_percent_is_critical(tmp_path: Path) -> None:
    report = run(tmp_path / "d", lines(*alone("E1", 200)))
    (finding,) = the(report, "link-over-limit")
    assert (finding.severity, finding.value) == ("critical", pytest.approx(1.0920843))


@pytest.mark.parametrize(("capacity", "over"), [("273.0211", False), ("273.0210", True)])
def test_the_limit_itself_is_not_over(tmp_path: Path, capacity: str, over: bool) -> None:
    # 218.416853 / 0.8 = 273.021066
    files = lines(*alone("E1", 250))
    files = {**files, "links": files["links"].replace("250,250", f"{capacity},{capacity}")}
    report = run(tmp_path / "d", files)
    row = report.buildings.set_index("school_id").loc["E1"]
    assert row["bottleneck_utilization_share"] == pytest.approx(0.8, rel=1e-5)
    assert bool(the(report, "link-over-limit")) is over
    assert row["status"] == ("over" if over else "at-risk")
    assert row["headroom_devices"] == (-1 if over else 0)


def test_the_worst_of_a_kind_comes_first(tmp_path: Path) -> None:
    # 2,200 Mbps: of 3,080 for SETDA 71 %, of 4,620 for the long-term benchmark 48 %
    report = run(tmp_path / "d", PLANTS["target-missed"].files)
    missed = [finding for finding in the(report, "target-missed") if not finding.schools]
    assert [finding.id.rsplit(":", 1)[1] for finding in missed] == ["setda_3", "fcc_long"]
    report = run(tmp_path / "e", lines(at("circuit1", 100), at("circuit2", 100)))
    shares = [
        finding.value / finding.limit
        for finding in the(report, "target-missed")
        if finding.severity == "warning" and finding.value and finding.limit
    ]
    assert len(shares) > 2
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("end", "found"), [("2026-05", True), ("2027-06", True), ("2027-07", False)]
)
def test_contracts_by_the_end_of_the_school_year(tmp_path: Path, end: str, found: bool) -> None:
    files = lines(
        ("inet,fw1,100000,100000,primary,1,,", f"inet,fw1,100000,100000,primary,1,{end},")
    )
    report = run(tmp_path / "d", files)
    findings = the(report, "contract-ending")
    assert bool(findings) is found
    if found:
        assert ("ended" if end < "2026-07" else "ends") in findings[0].message
        assert "nan" not in findings[0].message


def test_contracts_without_a_school_year_are_left_alone(tmp_path: Path) -> None:
    files = {
        **PLANTS["contract-ending"].files,
        "district": edited("district", 'school_year = "2026-27"\n', ""),
    }
    report = run(tmp_path / "d", files)
    assert the(report, "contract-ending") == []
    assert set(report.buildings["exhausted_school_year"].dropna().str[0]) <= {"+"}


def test_measured_twice_as_much_is_found_too(tmp_path: Path) -> None:
    measured = "link_id,direction,p95_mbps,weeks\na-E1,down,219,4\nb-E1,down,218,4\n"
    report = run(tmp_path / "d", {**CLEAN, "measured": measured})
    (finding,) = the(report, "measured-differs")
    assert finding.id == "measured-differs:link:a-E1:down"
    assert finding.value == pytest.approx(219 / 109.2084, rel=1e-4)
    assert finding.limit == 2


def test_the_only_school_cut_off_is_a_single_point_of_failure(tmp_path: Path) -> None:
    files = more_schools((0.5,), (1000,))
    report = run(tmp_path / "d", files)
    (finding,) = the(report, "single-point-of-failure")
    assert finding.schools == ("S0",)
    assert finding.value == 1


def test_the_internet_itself_is_no_finding(clean: Report) -> None:
    (row,) = clean.failures[clean.failures["failed"] == "inet"].to_dict("records")
    assert row["cut_off"] == EVERYONE
    assert the(clean, "single-point-of-failure") == []


def test_equal_schools_and_few_schools_show_no_disparity(tmp_path: Path) -> None:
    shares = (0.1, 0.2, 0.3, 0.4, 0.9)
    same = run(tmp_path / "same", more_schools(shares, (1000,) * 5))
    assert the(same, "disparity-wide") == []
    assert set(same.capacity.disparity["worst_to_best"]) == {1.0}
    few = run(tmp_path / "few", more_schools(shares[:4], (1000, 2000, 3000, 9000)))
    assert the(few, "disparity-wide") == []
    assert few.capacity.disparity.empty


def test_a_link_over_limit_before_and_after_is_not_a_failure_overload(tmp_path: Path) -> None:
    report = run(tmp_path / "d", lines(at("a-H1", 300), at("b-H1", 300)))
    assert {finding.subject for finding in the(report, "link-over-limit")} == {"a-H1", "b-H1"}
    assert the(report, "failure-overload") == []


def test_a_target_of_the_buildings_names_the_widest_gap(tmp_path: Path) -> None:
    report = run(tmp_path / "d", lines(*alone("H1", 1000), *alone("E1", 1000)))
    # both ways count in what can reach a building, so nothing is missed
    assert the(report, "target-missed") == []
    one = lines(("b-H1,core2,H1-mdf", "b-H1,core2,E1-mdf"), at("a-H1", 1000))
    report = run(tmp_path / "one", one)
    found = {finding.id.rsplit(":", 1)[1]: finding for finding in the(report, "target-missed")}
    assert set(found) == {"buildings-esh_wan", "buildings-fcc_wan", "buildings-setda_wan"}
    finding = found["buildings-setda_wan"]
    assert (finding.schools, finding.value, finding.unit) == (("H1",), 1.0, "buildings")
    assert "1,000 of 8,800 Mbps" in finding.message
    assert report.found("target")
    assert report.found("target", ("esh_wan",))
    assert not report.found("target", ("fcc",))


# --- how do you know ---


def test_every_number_of_harbor_county_is_derived() -> None:
    report = netplan.check(netplan.load(HARBOR))
    table = report.buildings.set_index("school_id")
    assert set(report.capacity.derivations) == set(table.index)
    columns = {"bottleneck": "bottleneck_utilization_share", "wifi": "airtime_share"}
    for school, derivations in report.capacity.derivations.items():
        numbers = [derivation.number for derivation in derivations]
        assert len(set(numbers)) == len(numbers) == len(DERIVATIONS)
        for derivation in derivations:
            value = table.loc[school, columns.get(derivation.number, derivation.number)]
            assert derivation.value == value, (school, derivation.number)
            assert derivation.title
            assert derivation.unit
            assert derivation.formula
            assert derivation.worked
            assert derivation.uncertainty
            assert derivation.terms, derivation.number
            for term in derivation.terms:
                assert term.symbol, derivation.number
                assert term.meaning
                assert term.source, (derivation.number, term.symbol)
                assert term.value == term.value, (derivation.number, term.symbol)  # not NaN
            assert "nan" not in derivation.worked.lower()


def test_the_parts_of_a_load_times_its_factor_are_its_mean() -> None:
    report = netplan.check(netplan.load(HARBOR))
    assert report.capacity.calibration["used"].any()
    for school in report.buildings["school_id"].head(5):
        for derivation in report.capacity.derivations[school][:2]:
            term = {each.symbol: each for each in derivation.terms}
            direction = derivation.number.split("_")[1]
            modelled = sum(float(part[f"mean_{direction}_mbps"]) for part in derivation.parts)
            assert float(term["factor"].value) != 1.0
            assert "measured.csv" in term["factor"].source
            assert modelled * float(term["factor"].value) == pytest.approx(term["M"].value)
            assert all(set(part) == set(derivation.parts[0]) for part in derivation.parts)
