"""The tables of the district folder, column by column.

The one source of truth for names, units, ranges, defaults and references:
reading, messages, docs/columns.md and the writers in ``sources`` and ``synth``
all start here. Ranges are hard (outside is impossible) or a question (outside
is an error that asks whether the number is meant).
"""

from collections.abc import Mapping
from types import MappingProxyType

import pandera.pandas as pa

from netplan.inputs import columns_access as access
from netplan.inputs import columns_areas as areas
from netplan.inputs import columns_money as money
from netplan.inputs import columns_network as network
from netplan.inputs import columns_people as people
from netplan.inputs.columns import (
    BUILDING_KINDS,
    DESTINATIONS,
    DIRECTIONS,
    EVERY,
    GRADES,
    LEVELS,
    MAX_CIRCUIT_MBPS,
    NODE_KINDS,
    PEOPLE,
    PERIOD_KINDS,
    WIFI,
)
from netplan.inputs.fields import TableSpec, by_name, schemas

__all__ = [
    "BUILDING_KINDS",
    "DESTINATIONS",
    "DIRECTIONS",
    "EVERY",
    "GRADES",
    "LEVELS",
    "MAX_CIRCUIT_MBPS",
    "NODE_KINDS",
    "PEOPLE",
    "PERIOD_KINDS",
    "SCHEMAS",
    "TABLES",
    "WIFI",
    "column_names",
]

#: Table name to its specification, in the order of the contract.
TABLES: Mapping[str, TableSpec] = MappingProxyType(
    by_name(
        (
            people.SCHOOLS,
            people.ENROLLMENT,
            people.DEVICES,
            people.APPS,
            people.ACTIVITIES,
            people.BELL,
            network.NODES,
            network.LINKS,
            network.MEASURED,
            areas.STUDENTS,
            areas.AVAILABILITY,
            areas.BLOCKS,
            access.STOPS,
            access.BUSES,
            access.SLOTS,
            access.PARTNERS,
            access.OFFERS,
            access.WIRELESS,
            access.TRANSIT,
            money.COSTS,
            money.FUNDING,
            money.UPGRADES,
        )
    )
)

#: Table name to its pandera schema.
SCHEMAS: Mapping[str, pa.DataFrameSchema] = MappingProxyType(schemas(TABLES))


def column_names(table: str) -> list[str]:
    """Give the columns of one table of the folder, in the contract's order."""
    return list(TABLES[table].columns)
