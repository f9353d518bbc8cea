"""Every number in use that nobody measured for this district."""

from collections.abc import Mapping
from dataclasses import asdict, replace

import pandas as pd

from netplan.inputs.access_fields import ACCESS_FIELDS, ACCESS_FILE
from netplan.inputs.files import DISTRICT_FILE
from netplan.inputs.model import AccessSettings, Assumption, Inputs, Planning
from netplan.inputs.settings import PLANNING_FIELDS

_TARGET_UNITS = {"user": "Mbps per student and staff", "student": "Mbps per student"}
_APP_NUMBERS = (
    ("down_mbps", "Mbps"),
    ("up_mbps", "Mbps"),
    ("cv", "ratio"),
    ("together", "share"),
    ("cached_share", "share"),
)


def collect_assumptions(
    planning: Planning,
    given: frozenset[str],
    tables: Mapping[str, pd.DataFrame],
    built_in: frozenset[str],
) -> tuple[Assumption, ...]:
    """Collect planning values, catalog numbers in use, and defaults that fill empty cells.

    Parameters
    ----------
    planning, given
        Planning values, and which of them district.toml sets.
    tables
        The finished tables.
    built_in
        Apps that come from the catalog, and names of the tables that do.
    """
    found = _planning(planning, given)
    found += app_assumptions(tables, built_in)
    found += _schedule(tables, built_in)
    found += _settings(tables["settings"]) + _targets(tables["targets"])
    settings = tables["settings"].set_index("name")["value"]
    assumed = f"wifi{float(settings['wifi_assumed_generation']):.0f}"
    found += _wifi(tables["nodes"], tables["wifi_defaults"], assumed)
    if (tables["nodes"]["kind"] == "ap_group").any():
        found += _efficiency(tables["wifi_efficiency"])
    return tuple(found)


def _planning(planning: Planning, given: frozenset[str]) -> list[Assumption]:
    values = {
        "percentile": planning.percentile,
        "utilization_limit": planning.utilization_limit,
        "growth_per_year": planning.growth_per_year,
        "common_mode_cv": planning.common_mode_cv,
        "class_size": planning.class_size,
        "suppress_below": planning.suppress_below,
    }
    return [
        Assumption(
            name=f"planning.{field.name}",
            value=values[field.name],
            unit=field.unit or "",
            source=DISTRICT_FILE if field.name in given else field.default_source,
        )
        for field in PLANNING_FIELDS
    ]


def access_assumptions(access: AccessSettings, given: frozenset[str]) -> tuple[Assumption, ...]:
    """Collect what home access is planned with: every key of access.toml that has a value.

    Parameters
    ----------
    access, given
        access.toml, and which keys it sets.
    """
    values = asdict(access)
    return tuple(
        Assumption(
            name=f"access.{field.name}",
            value=values[field.name],
            unit=field.unit or "",
            source=ACCESS_FILE if field.name in given else field.default_source,
        )
        for field in ACCESS_FIELDS
        if values[field.name] is not None
    )


def app_assumptions(
    tables: Mapping[str, pd.DataFrame], built_in: frozenset[str]
) -> list[Assumption]:
    """Collect the numbers of every application that is used; parameters as above."""
    used = set(tables["activity_shares"]["app"])
    apps = tables["apps"]
    return [
        Assumption(
            name=f"apps.{row['app']}.{column}",
            value=float(row[column]),
            unit=unit,
            source=_source(row["source"], f"apps.{row['app']}" in built_in),
        )
        for row in apps[apps["app"].isin(used)].to_dict("records")
        for column, unit in _APP_NUMBERS
    ]


def _source(source: object, built_in: bool) -> str:
    if isinstance(source, str):
        return source
    return "assumption" if built_in else "apps.csv"


def _schedule(tables: Mapping[str, pd.DataFrame], built_in: frozenset[str]) -> list[Assumption]:
    found = []
    if "bell" in built_in:
        bell = tables["bell"]
        told = "; ".join(
            f"{period} {start}-{end}"
            for period, start, end in zip(bell["period"], bell["start"], bell["end"], strict=True)
        )
        found.append(
            Assumption(
                name="bell", value=told, unit="periods", source="built-in catalog: assumption"
            )
        )
    if "activities" in built_in:
        found.append(
            Assumption(
                name="activities",
                value="the built-in catalog, by the kind of each period",
                unit="share",
                source="built-in catalog: assumption",
            )
        )
    return found


def _settings(settings: pd.DataFrame) -> list[Assumption]:
    return [
        Assumption(
            name=f"settings.{row['name']}",
            value=float(row["value"]),
            unit=str(row["unit"]),
            source=str(row["source"]),
        )
        for row in settings.to_dict("records")
    ]


def _targets(targets: pd.DataFrame) -> list[Assumption]:
    return [
        Assumption(
            name=f"targets.{row['target']}.{row['scope']}.{row['applies_to']}",
            value=float(row["mbps_per_unit"]),
            unit=_TARGET_UNITS[str(row["unit"])],
            source=str(row["source"]),
        )
        for row in targets.to_dict("records")
    ]


def _efficiency(table: pd.DataFrame) -> list[Assumption]:
    return [
        Assumption(
            name=f"wifi_efficiency.{float(row['clients_per_radio']):g}_clients_per_radio",
            value=float(row["efficiency_share"]),
            unit="share",
            source=str(row["source"]),
        )
        for row in table.to_dict("records")
    ]


def _wifi(nodes: pd.DataFrame, defaults: pd.DataFrame, assumed: str) -> list[Assumption]:
    """Name the Wi-Fi values that fill empty cells of access points, ``assumed`` an empty wifi."""
    groups = nodes[nodes["kind"] == "ap_group"]
    found = []
    for row in defaults.to_dict("records"):
        mine = groups[groups["wifi"].fillna(assumed) == row["wifi"]]
        if mine.empty:
            continue
        columns = [name for name in ("channel_mhz", "streams") if mine[name].isna().any()]
        for name in [*columns, "mcs", "radios"]:
            found.append(
                Assumption(
                    name=f"wifi_defaults.{row['wifi']}.{name}",
                    value=float(row[name]),
                    unit="MHz" if name == "channel_mhz" else name,
                    source=str(row["source"]),
                )
            )
    return found


def with_events(inputs: Inputs, events: tuple[str, ...]) -> Inputs:
    """Give the inputs with the numbers of the events in force among their assumptions."""
    table = inputs.tables["events"]
    used = table[table["event"].isin(events)]
    added = tuple(
        Assumption(
            name=f"events.{row['event']}.{row['parameter']}",
            value=str(row["value"]),
            unit=str(row["unit"]),
            source=str(row["source"]),
        )
        for row in used.to_dict("records")
    )
    return replace(inputs, assumptions=inputs.assumptions + added) if added else inputs
