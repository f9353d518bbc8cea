"""The built-in catalogs: every row has a source, names fit together, rates follow the formula."""

import re
from pathlib import Path

import pandas as pd
import pytest

import netplan.inputs
from netplan.load.events import EVENTS, MECHANISMS

CATALOG = Path(netplan.inputs.__path__[0]) / "catalog"
FILES = sorted(path.name for path in CATALOG.glob("*.csv"))
_FACT = re.compile(r"(?:^|[ ;(])\d+\.\d\d |^3a ")


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(CATALOG / f"{name}.csv", encoding="utf-8")


def test_the_catalogs_are_there() -> None:
    assert {
        "apps.csv", "activities.csv", "bell.csv", "events.csv", "settings.csv", "targets.csv",
        "wifi_defaults.csv", "wifi_efficiency.csv", "wifi_phy.csv",
    } <= set(FILES)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_a_fact_or_is_an_assumption(name: str) -> None:
    sources = pd.read_csv(CATALOG / name, dtype=str)["source"]
    for source in sources:
        assert source.startswith("assumption: ") or _FACT.search(source), source


@pytest.mark.parametrize("name", FILES)
def test_no_cell_opens_a_formula(name: str) -> None:
    cells = pd.read_csv(CATALOG / name, dtype=str).fillna("").to_numpy().ravel()
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]


@pytest.mark.parametrize("name", FILES)
def test_unverified_facts_are_never_cited(name: str) -> None:
    unverified = ("1.05", "1.10", "1.25", "2.05", "2.07", "2.16", "2.17", "2.20", "2.23", "3.16")
    for source in pd.read_csv(CATALOG / name, dtype=str)["source"]:
        if not source.startswith("assumption: "):
            assert not any(
                re.search(rf"(?<![\d.]){re.escape(fact)}(?!\d)", source) for fact in unverified
            )


def test_apps() -> None:
    apps = _table("apps")
    assert apps["app"].is_unique
    assert apps["destination"].isin(["internet", "datacenter"]).all()
    assert apps["together"].between(0, 1).all()
    assert apps["cached_share"].between(0, 1).all()
    assert (apps[["down_mbps", "up_mbps", "cv"]] >= 0).all(axis=None)
    guessed = apps["source"].str.contains("together: assumption") | apps["source"].str.startswith(
        "assumption"
    )
    sure = apps[~guessed & ~apps["source"].str.contains("together and destination: assumption")]
    assert sure.empty


def test_activities_name_known_apps_and_leave_an_idle_share() -> None:
    activities = _table("activities")
    assert activities["app"].isin(_table("apps")["app"]).all()
    total = activities.groupby(["level", "kind", "group"])["share"].sum()
    assert (total <= 0.6).all()
    kinds = set(_table("bell")["kind"])
    for group in ("students", "staff", "guests"):
        everywhere = activities[(activities["level"] == "*") & (activities["group"] == group)]
        assert set(everywhere["kind"]) == kinds


def test_a_named_level_repeats_every_group() -> None:
    """A named level replaces all rows of `*`, so it must not drop staff or guests."""
    activities = _table("activities")
    groups = activities.groupby(["level", "kind"])["group"].agg(frozenset)
    assert set(groups) == {frozenset({"students", "staff", "guests"})}


def test_bell_is_a_day_in_order() -> None:
    bell = _table("bell")
    assert (bell["start"].iloc[1:].to_numpy() >= bell["end"].iloc[:-1].to_numpy()).all()
    assert (bell["start"] < bell["end"]).all()
    assert " ".join(bell["period"]) == "before P1 P2 P3 P4 lunch P5 P6 P7 after"


#: Bits per subcarrier and coding rate of each MCS.
_MCS = [
    (1, 1 / 2), (2, 1 / 2), (2, 3 / 4), (4, 1 / 2), (4, 3 / 4), (6, 2 / 3), (6, 3 / 4), (6, 5 / 6),
    (8, 3 / 4), (8, 5 / 6), (10, 3 / 4), (10, 5 / 6), (12, 3 / 4), (12, 5 / 6),
]  # fmt: skip
_OLD = {20: 52, 40: 108, 80: 234, 160: 468}
_NEW = {20: 234, 40: 468, 80: 980, 160: 1960, 320: 3920}


def test_phy_rates_follow_the_formula() -> None:
    """rate = data subcarriers x bits x coding / (symbol + guard interval), facts 3a."""
    for row in _table("wifi_phy").itertuples():
        old = row.wifi in ("wifi4", "wifi5")
        subcarriers = (_OLD if old else _NEW)[row.channel_mhz]
        symbol_us = 3.2 + 0.4 if old else 12.8 + 0.8
        bits, coding = _MCS[row.mcs]
        rate = subcarriers * bits * coding / symbol_us
        assert row.mbps_per_stream == pytest.approx(rate, abs=0.0501), row


def test_phy_rows_are_complete() -> None:
    phy = _table("wifi_phy")
    count = phy.groupby(["wifi", "channel_mhz"])["mcs"].agg(["size", "max"])
    for (wifi, width), (size, top) in zip(count.index, count.to_numpy(), strict=True):
        expected = {"wifi4": 7, "wifi5": 8 if width == 20 else 9, "wifi7": 13}.get(wifi, 11)
        assert (size, top) == (expected + 1, expected)
    widths = phy.groupby("wifi")["channel_mhz"].agg(lambda column: sorted(set(column)))
    assert widths["wifi4"] == [20, 40]
    assert widths["wifi6e"] == [20, 40, 80, 160]
    assert widths["wifi7"] == [20, 40, 80, 160, 320]


def test_wifi_defaults_have_a_rate() -> None:
    merged = _table("wifi_defaults").merge(
        _table("wifi_phy"), on=["wifi", "channel_mhz", "mcs"], how="left"
    )
    assert merged["mbps_per_stream"].notna().all()
    assert (merged["streams"] <= 2).all()


def test_targets() -> None:
    targets = _table("targets")
    assert not targets.duplicated(["target", "scope", "applies_to"]).any()
    for (_, scope), rows in targets.groupby(["target", "scope"]):
        assert set(rows["applies_to"]) in ({"all"}, {"small", "medium", "large"})
        assert scope in ("district", "building")
    values = targets.set_index(["target", "scope", "applies_to"])["mbps_per_unit"]
    assert values["fcc", "district", "all"] == 1.0
    assert values["setda_3", "district", "large"] == 1.4
    assert values["esh_0.7", "district", "medium"] == 0.7
    assert values["fcc_wan", "building", "all"] == 10.0
    # an assumption of somebody else's number, or of how it applies here, is one
    told = targets["source"].str.contains("assumption")
    assert (told == (targets["status"] == "assumption")).all()


def test_settings() -> None:
    settings = _table("settings").set_index("name")["value"]
    assert settings["clients_per_radio_guide"] == 25
    assert settings["clients_per_radio_limit"] == 30
    assert 0 < settings["airtime_limit_share"] <= 1


def test_events_are_the_tuple_and_name_known_apps_and_mechanisms() -> None:
    events = pd.read_csv(CATALOG / "events.csv", dtype=str)
    assert set(events["event"]) == set(EVENTS)
    assert not events.duplicated(["event", "parameter"]).any()
    assert set(events["what"]) == {name for name, _ in MECHANISMS}
    assert (events.groupby("event")[["title", "what"]].nunique() == 1).all(axis=None)
    apps = events[events["parameter"] == "app"]
    assert apps["value"].isin(_table("apps")["app"]).all()
