"""How far Wi-Fi from a parked bus or a mast reaches, outdoors and inside a home."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netplan.errors import InputError, Problem
from netplan.inputs.model import AccessSettings

#: Free-space loss at 1 m is 20 log10(f in MHz) - 27.55 dB: 40.2 dB at 2437 MHz (3.33).
_FREE_SPACE_DB = 27.55


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioRange:
    """A radio range with where it comes from.

    Parameters
    ----------
    outdoor_m
        To a device in the open.
    home_m
        To a device in a home: what reach is computed with.
    how
        One sentence for the report.
    source
        Citation, or the assumptions it rests on.
    """

    outdoor_m: float
    home_m: float
    how: str
    source: str


def link_range_m(access: AccessSettings, *, wall_loss_db: float) -> float:
    """Give the distance at which the weaker direction, device to bus, still gets through.

    The log-distance model (3.32) with free-space loss in the first meter (3.33)::

        client_dbm + antenna_dbi - fade_margin_db - wall_loss_db - PL(d) >= sensitivity_dbm
        PL(d) = 20 log10(f_mhz) - 27.55 + 10 n log10(d / 1 m)

    The uplink limits: a school laptop sends with some 15 dBm, a bus router with 20 and more
    (3.31), while both hear alike.
    """
    loss_db = (
        access.radio_client_dbm
        + access.radio_antenna_dbi
        - access.radio_fade_margin_db
        - wall_loss_db
        - access.radio_sensitivity_dbm
    )
    first_meter_db = 20.0 * math.log10(access.radio_frequency_mhz) - _FREE_SPACE_DB
    return float(10.0 ** ((loss_db - first_meter_db) / (10.0 * access.radio_exponent)))


def home_range_m(access: AccessSettings, radio_ranges: pd.DataFrame) -> RadioRange:
    """Give the range that ``access.radio_range`` asks for.

    Parameters
    ----------
    access
        ``radio_range`` is ``model`` or a name in ``radio_ranges``; the model also reads
        the other ``radio_*`` keys.
    radio_ranges
        The catalog of published ranges: radio_range, outdoor_m, home_m, status, source.

    Raises
    ------
    InputError
        The catalog has no such name.
    """
    if access.radio_range == "model":
        return RadioRange(
            outdoor_m=link_range_m(access, wall_loss_db=0.0),
            home_m=link_range_m(access, wall_loss_db=access.radio_wall_loss_db),
            how=(
                f"log-distance model at {access.radio_frequency_mhz:g} MHz, exponent "
                f"{access.radio_exponent:g}, limited by the device's {access.radio_client_dbm:g} "
                f"dBm, {access.radio_wall_loss_db:g} dB for a wall"
            ),
            source="3.32, 3.33; its inputs are assumptions (3.31, 3.34, 3.35, 3.36)",
        )
    row = radio_ranges[radio_ranges["radio_range"] == access.radio_range]
    if row.empty:
        names = ", ".join(["model", *sorted(map(str, radio_ranges["radio_range"]))])
        raise InputError(
            [
                Problem(
                    code="unknown-choice",
                    file="access.toml",
                    column="radio_range",
                    value=access.radio_range[:80],
                    message="unknown radio range",
                    expected=f"one of {names}",
                    fix="Use one of these names",
                )
            ]
        )
    first = row.iloc[0]
    return RadioRange(
        outdoor_m=float(first["outdoor_m"]),
        home_m=float(first["home_m"]),
        how=f"published range {access.radio_range} ({first['status']})",
        source=str(first["source"]),
    )


def bus_ranges_m(buses: pd.DataFrame, home: RadioRange) -> NDArray[np.float64]:
    """Give each bus's range to a home: its own ``radio_range_m``, else that of ``home``.

    Returns
    -------
    range_m
        Shape (buses,), m, in the order of the table.
    """
    return buses["radio_range_m"].fillna(home.home_m).to_numpy(np.float64)
