"""How each number of a building came about: formula, numbers put in, inputs, sources."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from netplan.capacity.assessment import Assessment, figure
from netplan.capacity.explain_load import load_derivation, planning_source
from netplan.capacity.model import Derivation, Term
from netplan.capacity.rows import records
from netplan.capacity.way import guess_note, way

_Row = Mapping[str, Any]
_WAYS = {"down": "down", "up": "up", "both": "down and up together"}


class Derivations(Mapping[str, tuple[Derivation, ...]]):
    """School id to the derivations of its numbers, each worked out when it is asked for.

    A page per building wants all of them; a check of 2,000 schools wants none.
    """

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._rows: dict[str, _Row] = {
            row["school_id"]: row for row in records(assessment.buildings)
        }

    def __getitem__(self, school_id: str) -> tuple[Derivation, ...]:
        """Work out one school's derivations."""
        row = self._rows[school_id]
        return tuple(derive(self._assessment, row) for derive in DERIVATIONS)

    def __iter__(self) -> Iterator[str]:
        """Go through the schools, the worst first."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Count the schools."""
        return len(self._rows)


def _load_down(assessment: Assessment, row: _Row) -> Derivation:
    return load_derivation(assessment, row, "down")


def _load_up(assessment: Assessment, row: _Row) -> Derivation:
    return load_derivation(assessment, row, "up")


def _bottleneck(assessment: Assessment, row: _Row) -> Derivation:
    if not row["bottleneck_element"]:
        return Derivation(
            number="bottleneck",
            title="Bottleneck",
            value=None,
            unit="share of capacity",
            formula="u = L / C",
            worked="nothing on the way states a capacity",
            note="Fill down_mbps in links.csv and throughput_mbps in nodes.csv.",
        )
    kind, element = row["bottleneck_kind"], row["bottleneck_element"]
    file = (
        "links.csv: down_mbps, up_mbps x count"
        if kind == "link"
        else "nodes.csv: throughput_mbps x count"
    )
    evidence = assessment.evidence
    schools = assessment.schools_on(_element_row(assessment, str(kind), str(element)))
    return Derivation(
        number="bottleneck",
        title=f"Bottleneck: {assessment.called(str(kind), str(element))}, "
        f"{_WAYS[row['bottleneck_direction']]}, in period "
        f"{row['bottleneck_period']}",
        value=float(row["bottleneck_utilization_share"]),
        unit="share of capacity",
        plain=(
            f"Of all that this building's traffic passes, {element} is the fullest: in busy "
            f"moments of period {row['bottleneck_period']} it is asked for "
            f"{figure(row['bottleneck_load_mbps'])} of its "
            f"{figure(row['bottleneck_capacity_mbps'])} Mbps by "
            + ("this school alone." if len(schools) == 1 else f"{len(schools)} schools together.")
        ),
        formula="u = L / C, the largest over every link, node, direction and period on the "
        "building's way",
        worked=(
            f"{figure(row['bottleneck_load_mbps'])} / {figure(row['bottleneck_capacity_mbps'])} = "
            f"{row['bottleneck_utilization_share']:.1%}"
        ),
        terms=(
            Term(
                symbol="L",
                meaning=f"planning load on {element}, of every school that uses it "
                f"({len(schools)})",
                value=float(row["bottleneck_load_mbps"]),
                unit="Mbps",
                source="means and variances of the schools added over the routes (least cost, "
                "equal-cost ways split equally)",
            ),
            Term(
                symbol="C",
                meaning="capacity",
                value=float(row["bottleneck_capacity_mbps"]),
                unit="Mbps",
                source=file + guess_note(evidence.district, str(kind), str(element)),
            ),
        ),
        uncertainty="The load is a percentile, so its spread is in it; the capacity is taken as "
        "stated in the table.",
        parts=way(evidence, evidence.load.school_ids.index(row["school_id"])),
        note="The parts are every link and node with a capacity on this building's way.",
    )


def _element_row(assessment: Assessment, kind: str, element: str) -> int:
    network = assessment.evidence.network
    if kind == "link":
        return network.link_ids.index(element)
    return len(network.link_ids) + network.node_ids.index(element)


def _headroom(assessment: Assessment, row: _Row) -> Derivation:
    devices = row["headroom_devices"]
    known = not pd.isna(devices)
    return Derivation(
        number="headroom_devices",
        title="Headroom: more devices of the present mix, if only this school grows",
        value=int(devices) if known else None,
        unit="devices",
        plain=(
            "Each school is taken alone: rooms of schools that share a circuit cannot be added "
            "up. Wi-Fi is not in it; see airtime below."
        ),
        formula="largest x with M + m x + z sqrt(V + v x + kappa^2 (M + m x)^2) <= limit x C on "
        "every element of the way",
        worked=(
            f"{int(devices):,} devices; {row['headroom_element']} is the first to reach "
            f"{assessment.limit:.0%}"
            if known
            else "no devices, or no element with a limit on the way"
        ),
        terms=(
            Term(
                symbol="limit",
                meaning="share of capacity allowed",
                value=assessment.limit,
                unit="share",
                source="district.toml utilization_limit",
            ),
            Term(
                symbol="m, v",
                meaning="mean and variance that one device of the present mix adds there",
                value="by element",
                unit="Mbps, Mbps^2",
                source="this building's load / its devices",
            ),
            Term(
                symbol="headroom_mbps",
                meaning="what the bottleneck can still take below the limit",
                value=float(row["headroom_mbps"]),
                unit="Mbps",
                source="limit x C - L of the bottleneck",
            ),
            Term(
                symbol="devices",
                meaning="expected devices today",
                value=float(row["devices"]),
                unit="devices",
                source="devices.csv per_person x people",
            ),
        ),
        uncertainty="Moves with the load: at the same mix, ten percent more load takes a tenth of "
        "the devices off.",
        note="Negative: so many devices too many. It cannot be lower than minus the devices the "
        "school has: then others fill the element.",
    )


def _exhausted(assessment: Assessment, row: _Row) -> Derivation:
    planning = assessment.evidence.district.planning
    year = row["exhausted_school_year"]
    return Derivation(
        number="exhausted_school_year",
        title="School year in which the limit is passed",
        value=year,
        unit="school year",
        plain=(
            f"If every load grows by {planning.growth_per_year:.0%} a year, the bottleneck goes "
            f"over {assessment.limit:.0%} " + (f"in {year}." if year else "not within 50 years.")
        ),
        formula="first year y with u (1 + g)^y > limit",
        worked=(
            f"{row['bottleneck_utilization_share']:.1%} x {1 + planning.growth_per_year:g}^y > "
            f"{assessment.limit:.0%}: {year}"
            if year
            else "not within 50 years"
        ),
        terms=(
            Term(
                symbol="g",
                meaning="growth of the load per year",
                value=planning.growth_per_year,
                unit="share per year",
                source=planning_source(assessment, "growth_per_year"),
            ),
        ),
        uncertainty="EducationSuperHighway planned for 50 to 100 % a year around 2017, CoSN for "
        "60 % in "
        "2015; growth since is lower, and nothing published was read. The year moves with it.",
    )


def _fair_share(_assessment: Assessment, row: _Row) -> Derivation:
    limited = row["fair_share_limited_by"]
    share = float(row["fair_share_mbps_per_device"])
    if not np.isfinite(share):
        return Derivation(
            number="fair_share_mbps_per_device",
            title="Fair share per present device in the busy period",
            value=None,
            unit="Mbps per device",
            formula="",
            worked="no devices are present",
            note="Add rows to devices.csv.",
        )
    return Derivation(
        number="fair_share_mbps_per_device",
        title="Fair share per present device in the busy period",
        value=share,
        unit="Mbps per device",
        plain=(
            f"In the busy period every present device gets {figure(share)} Mbps of the "
            f"{figure(row['demand_mbps_per_device'])} Mbps it asks for"
            + (f"; {limited} holds it down." if limited else ": nothing holds it down.")
        ),
        formula="max-min fairness by progressive filling: every device's rate rises alike until "
        "its school's load is met or an element on its way is full",
        worked=(
            f"{figure(share)} of {figure(row['demand_mbps_per_device'])} Mbps asked for; "
            + (f"held down by {limited}" if limited else "the load is met")
        ),
        terms=(
            Term(
                symbol="demand",
                meaning=f"planning load down in period {row['busy_period']} / devices present then",
                value=float(row["demand_mbps_per_device"]),
                unit="Mbps per device",
                source="the load down above; devices.csv per_person x people x present_share",
            ),
            Term(
                symbol="capacity",
                meaning="what every link and node on the way can carry, shared with all schools "
                "on it",
                value="by element",
                unit="Mbps",
                source="links.csv down_mbps, up_mbps x count; nodes.csv throughput_mbps x count",
            ),
        ),
        uncertainty="Assumes that every device is treated alike where a link is full; TCP without "
        "fair queueing spreads wider.",
    )


def _min_cut(_assessment: Assessment, row: _Row) -> Derivation:
    return Derivation(
        number="min_cut_mbps",
        title="The most that the network could bring here",
        value=float(row["min_cut_mbps"]) if np.isfinite(row["min_cut_mbps"]) else None,
        unit="Mbps down",
        plain="What could reach the building if all other schools were silent and every backup "
        "helped.",
        formula="max flow = min cut from the internet to the MDF, over all links (backups too) "
        "and node throughputs, with all other schools silent",
        worked=f"{figure(row['min_cut_mbps'])} Mbps; ways that share no link: "
        f"{row['disjoint_paths']}",
        terms=(
            Term(
                symbol="capacity",
                meaning="down, of every link and node between the internet and the MDF",
                value="by element",
                unit="Mbps",
                source="links.csv down_mbps x count, backups too; nodes.csv throughput_mbps x "
                "count",
            ),
        ),
        uncertainty="None beyond the capacities in the tables.",
    )


def _wifi(assessment: Assessment, row: _Row) -> Derivation:
    groups = assessment.evidence.airtime
    own = groups[groups["school_id"] == row["school_id"]]
    if not len(own):
        return Derivation(
            number="wifi",
            title="Wi-Fi",
            value=None,
            unit="share of airtime",
            formula="",
            worked="no access-point groups in nodes.csv",
            note="Add nodes of kind ap_group.",
        )
    worst = own[own["node_id"] == row["wifi_node"]].iloc[0]
    return Derivation(
        number="wifi",
        title=f"Wi-Fi: airtime asked of the fullest access points, {worst['node_id']}",
        value=float(worst["airtime_share"]),
        unit="share of airtime",
        plain=(
            f"On average the devices there ask for {worst['airtime_share']:.0%} of the time on the "
            f"air in period {worst['period']}, in busy moments for "
            f"{worst['planning_airtime_share']:.0%}; the limit for the average is "
            f"{assessment.evidence.setting('airtime_limit_share'):.0%}."
        ),
        formula="a = load per radio / (efficiency x PHY rate)",
        worked=(
            f"{worst['airtime_share']:.1%} of a cell of {figure(worst['cell_mbps'])} Mbps "
            f"({worst['efficiency_share']:.0%} of {figure(worst['phy_mbps'])}), "
            f"{worst['clients_per_radio']:.3g} clients per radio, in period {worst['period']}"
        ),
        terms=(
            Term(
                symbol="load per radio",
                meaning="mean, down and up together, of the devices on one radio",
                value=float(worst["load_mbps"] / (worst["count"] * worst["radios"])),
                unit="Mbps",
                source="this school's load spread over its access points by count",
            ),
            Term(
                symbol="PHY",
                meaning="rate on the air of a client",
                value=float(worst["phy_mbps"]),
                unit="Mbps",
                source="catalog wifi_phy by standard, channel and streams: the rate formula of "
                "IEEE 802.11",
            ),
            Term(
                symbol="efficiency",
                meaning="share of it left after contention",
                value=float(worst["efficiency_share"]),
                unit="share",
                source="catalog wifi_efficiency: Meraki (half or less of the rate), Linksys (0.35)",
            ),
        ),
        uncertainty="Published efficiencies run from 0.32 (WatchGuard, 30 tablets) to 0.5 "
        "(Meraki): "
        "the airtime could be a third lower or a tenth to a half higher.",
        note="The Wi-Fi standard is a default: nodes.csv does not state it."
        if worst["assumed"]
        else "",
    )


DERIVATIONS: tuple[Callable[[Assessment, _Row], Derivation], ...] = (
    _load_down,
    _load_up,
    _bottleneck,
    _headroom,
    _exhausted,
    _fair_share,
    _min_cut,
    _wifi,
)
