"""Mean and variance of the load of every school, period, flow and direction."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from netplan.district.model import District
from netplan.load.events import overlay
from netplan.load.model import DIRECTIONS, FLOWS, Floats, Load
from netplan.load.situation import Situation, usual_day

INTERNET, DATACENTER, CACHE, TUNNEL = range(len(FLOWS))


def school_load(district: District, events: Iterable[str] = ()) -> Load:
    """Give the load of every school in every period.

    Per present device of one group and kind, with ``p_a`` the share of devices in activity
    ``a``, ``m_a`` its rate, ``b`` the background rate and ``p_0 = 1 - sum p_a``::

        mu = sum p_a m_a + p_0 b          v = sum p_a m_a^2 (1 + cv_a^2) + p_0 b^2 - mu^2

    Per group and kind of ``n = people x per_person x present_share`` devices::

        M = n mu         V = n v (1 + (c - 1) rho)        rho = sum p_a m_a rho_a / sum p_a m_a

    with ``c`` the class size for students, 1 for staff and guests (design effect of cluster
    sampling). All of it separately per flow, with a rate of zero for what belongs to another
    flow, and per direction; ``both`` has ``m_a = down + up``. Sources: model section 1.

    Parameters
    ----------
    district
        Its tables schools, populations, activity_shares, apps, bell and (for events) events.
    events
        Names of overlays, in any order; see ``netplan.load.events``.

    Raises
    ------
    InputError
        An event has no such name, or nothing in the district to act on.
    """
    return situation_load(overlay(usual_day(district), district, events))


def situation_load(situation: Situation) -> Load:
    """Give the moments of a Situation."""
    people = situation.populations
    mixes, mix_of = _mixes(people)
    mean, var = device_moments(situation, mixes)
    owned = (people["people"] * people["per_person"]).to_numpy(dtype=np.float64)
    present = owned * people["present_share"].to_numpy(dtype=np.float64)
    school = people["school"].to_numpy(dtype=np.int64)
    shape = (len(situation.school_ids), len(mixes))
    count = csr_array((present, (school, mix_of)), shape=shape)
    count.sum_duplicates()
    full = (shape[0], *mean.shape[1:])
    flat = (len(mixes), int(np.prod(full[1:])))
    counted = people["counted"].to_numpy(dtype=np.bool_)
    devices = np.bincount(school[counted], weights=owned[counted], minlength=shape[0])
    here = np.bincount(school[counted], weights=present[counted], minlength=shape[0])
    return Load(
        school_ids=situation.school_ids,
        periods=situation.periods,
        mean_mbps=np.asarray(count @ mean.reshape(flat)).reshape(full),
        var_mbps2=np.asarray(count @ var.reshape(flat)).reshape(full),
        devices=devices.astype(np.float64),
        present_devices=np.repeat(here.astype(np.float64)[:, None], full[1], axis=1),
    )


def device_moments(situation: Situation, mixes: pd.DataFrame) -> tuple[Floats, Floats]:
    """Give the mean of one device and its variance times the design effect.

    Parameters
    ----------
    situation
        Profiles and apps.
    mixes
        Columns profile, background_down_mbps, background_up_mbps; one row per distinct mix.

    Returns
    -------
    mean, variance
        Shape (mixes, periods, flows, directions), Mbps and Mbps squared.
    """
    away = situation.profiles["off_campus"].to_numpy(dtype=np.bool_)
    first, second, together = (np.zeros((*situation.on.shape, 4, 3)) for _ in range(3))
    spread = 1.0 + situation.apps["cv"].to_numpy(dtype=np.float64) ** 2
    start = situation.apps["together"].to_numpy(dtype=np.float64)
    for here, rate in ((~away, app_rates(situation.apps)), (away, tunnel_rates(situation.apps))):
        share = situation.share[here]
        first[here] = np.einsum("pta,afd->ptfd", share, rate)
        second[here] = np.einsum("pta,a,afd->ptfd", share, spread, rate**2)
        together[here] = np.einsum("pta,a,afd->ptfd", share, start, rate)
    rho = np.divide(together, first, out=np.zeros_like(first), where=first > 0)
    cluster = situation.profiles["cluster"].to_numpy(dtype=np.bool_)
    size = np.where(cluster, max(situation.class_size, 1.0), 1.0)
    effect = 1.0 + (size[:, None, None, None] - 1.0) * rho

    profile = mixes["profile"].to_numpy(dtype=np.int64)
    idle = (np.clip(1.0 - situation.share.sum(axis=2), 0.0, 1.0) * situation.on)[profile]
    back = background_rates(mixes, away[profile])[:, None]
    mean = first[profile] + idle[:, :, None, None] * back
    var = second[profile] + idle[:, :, None, None] * back**2 - mean**2
    return mean, np.maximum(var, 0.0) * effect[profile]


def app_rates(apps: pd.DataFrame) -> Floats:
    """Give the rate of one device in each app, per flow, inside the building.

    Returns
    -------
    rates
        Shape (apps, flows, directions), Mbps: (1 - cached_share) of the rate to the app's own
        destination, cached_share of it from the building's cache.
    """
    down, up, cached, internet = _columns(apps)
    out = np.zeros((len(apps), len(FLOWS), len(DIRECTIONS)))
    rate = np.stack([down, up, down + up], axis=1)
    out[:, INTERNET] = rate * ((1.0 - cached) * internet)[:, None]
    out[:, DATACENTER] = rate * ((1.0 - cached) * (1.0 - internet))[:, None]
    out[:, CACHE] = rate * cached[:, None]
    return out


def tunnel_rates(apps: pd.DataFrame) -> Floats:
    """Give the rate of one off-campus device in each app on the district's internet circuit.

    A tunneled device's download comes in from the internet and goes out again to the device, its
    upload comes in from the device and goes out again: ``down = up = d + u``. What it exchanges
    with the data center crosses the circuit once. No building's cache helps.

    Returns
    -------
    rates
        Shape (apps, flows, directions), Mbps; only the tunnel flow is not zero.
    """
    down, up, _, internet = _columns(apps)
    out = np.zeros((len(apps), len(FLOWS), len(DIRECTIONS)))
    into, outof = up + down * internet, down + up * internet
    out[:, TUNNEL] = np.stack([into, outof, into + outof], axis=1)
    return out


def background_rates(mixes: pd.DataFrame, off_campus: np.ndarray) -> Floats:
    """Give the rate of an idle device, all of it to the internet (or through the tunnel).

    Returns
    -------
    rates
        Shape (mixes, flows, directions), Mbps.
    """
    down = mixes["background_down_mbps"].to_numpy(dtype=np.float64)
    up = mixes["background_up_mbps"].to_numpy(dtype=np.float64)
    out = np.zeros((len(mixes), len(FLOWS), len(DIRECTIONS)))
    total = down + up
    here = np.stack([down, up, total], axis=1)
    out[:, INTERNET] = np.where(off_campus[:, None], 0.0, here)
    tunneled = np.stack([total, total, 2.0 * total], axis=1)
    out[:, TUNNEL] = np.where(off_campus[:, None], tunneled, 0.0)
    return out


def _mixes(populations: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Give the distinct mixes of profile and background, and each population's row in them."""
    key = ["profile", "background_down_mbps", "background_up_mbps"]
    number = populations.groupby(key, sort=True).ngroup().to_numpy(dtype=np.int64)
    mixes = populations[key].assign(number=number).drop_duplicates("number").sort_values("number")
    return mixes[key].reset_index(drop=True), number


def _columns(apps: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    """Give down, up, cached_share and 1 where the destination is the internet; shape (apps,)."""
    internet = np.where(apps["destination"] == "internet", 1.0, 0.0)
    down, up, cached = (
        np.asarray(apps[name], dtype=np.float64)
        for name in ("down_mbps", "up_mbps", "cached_share")
    )
    return down, up, cached, internet
