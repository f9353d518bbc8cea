"""One school day of a district on its network: load, routes and utilization."""

from collections.abc import Iterable

from netplan.capacity.evidence import Day
from netplan.district.model import District
from netplan.inputs.model import Inputs
from netplan.load.calibration import Calibration, calibrate
from netplan.load.events import overlay
from netplan.load.growth import grown, growth_factor
from netplan.load.moments import situation_load
from netplan.load.situation import usual_day
from netplan.network.crossing import crossings
from netplan.network.failures import outages
from netplan.network.graph import build
from netplan.network.model import Network, Routes
from netplan.network.routing import route
from netplan.network.utilization import quantile, utilize

#: Tables that a network and its routes are made of.
_NETWORK_TABLES = ("nodes", "links", "schools")


def day_of(district: District, *, events: Iterable[str] = (), like: Day | None = None) -> Day:
    """Take a district through load and network; see `netplan.pipeline.day`."""
    changed = district.inputs.changed
    failed = changed.failed if changed is not None else ()
    years = changed.years_ahead if changed is not None else 0
    asked = set(events) | set(changed.events if changed is not None else ())
    network, routes = _routed(district, failed, like)
    # what was measured was a usual day: events come on top of the calibrated load
    usual = usual_day(district)
    situation = overlay(usual, district, asked)
    calibration = _calibration(district, like).for_schools(usual.school_ids)
    factor = growth_factor(district.planning.growth_per_year, years)
    load = calibration.scaled(situation_load(situation))
    load = grown(load, factor)
    return Day(
        district=district,
        situation=situation,
        load=load,
        network=network,
        routes=routes,
        utilization=utilize(network, routes, load, district.planning),
        calibration=calibration,
        growth_factor=factor,
    )


def _routed(
    district: District, failed: tuple[str, ...], like: Day | None
) -> tuple[Network, Routes]:
    """Give the network and its routes, or those of another day where nothing in them differs."""
    lent = like is not None and _same(district.inputs, like.district.inputs, _NETWORK_TABLES)
    network = like.network if like is not None and lent else build(district)
    if like is not None and lent and failed == _failed(like.district.inputs):
        return network, like.routes
    return network, route(network, failed=outages(network, failed) if failed else None)


def _failed(inputs: Inputs) -> tuple[str, ...]:
    return inputs.changed.failed if inputs.changed is not None else ()


def _same(inputs: Inputs, other: Inputs, tables: Iterable[str]) -> bool:
    return all(inputs.tables[name] is other.tables[name] for name in tables)


def _calibration(district: District, like: Day | None) -> Calibration:
    """Calibrate the district as it is: its usual day on its network against what was measured."""
    inputs = district.inputs
    measured = inputs.tables["measured"]
    if like is not None:
        other = like.district.inputs
        # the ratio of a school that was not measured is worked out from those that were
        alike = [_schools(_base(inputs)), _schools(inputs)]
        if (
            _base(inputs) is _base(other)
            and other.tables["measured"] is measured
            and _schools(other) in alike
        ):
            return like.calibration
    base = District(inputs=_base(inputs))
    network = build(base)
    measured = measured[measured["link_id"].isin(network.link_ids)]
    settings = base.table("settings").set_index("name")["value"]
    return calibrate(
        situation_load(usual_day(base)),
        measured,
        crossings(network, route(network), list(measured["link_id"]), list(measured["direction"])),
        z=quantile(base.planning),
        common_mode_cv=base.planning.common_mode_cv,
        prior_weeks=float(settings["calibration_prior_weeks"]),
        ratio_limit=float(settings["calibration_ratio_limit"]),
    )


def _base(inputs: Inputs) -> Inputs:
    return inputs.changed.base if inputs.changed is not None else inputs


def _schools(inputs: Inputs) -> list[str]:
    return list(inputs.tables["schools"]["school_id"])
