"""Which source of money pays for which cost center, year by year, and where one-time money ends.

Each year is a flow from sources through the cost centers that they may pay for. First all that
sustainable money can pay is paid, then one-time money pays as much of the rest as it can. Paying
more along an augmenting path never takes anything from a source that pays already, so both sums
are the largest there are: as much is paid as can be, and as little as can be from one-time money.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from netplan.inputs.columns_money import COST_CENTERS

SUSTAINABLE, ONE_TIME = "sustainable", "one_time"
_EVERY = "*"
#: Less than this is rounding of sums of dollars, and pays for nothing.
_NOTHING_USD = 1e-6
FUNDING_COLUMNS = ("source_id", "name", "kind", "school_year", "available_usd", "used_usd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A row of funding.csv: who gives how much a year, from when to when, for what."""

    source_id: str
    name: str
    kind: str
    first_school_year: str
    last_school_year: str | None
    usd_per_year: float
    pays_for: frozenset[str]

    def available_usd(self, school_year: str) -> float:
        """Give what it has for a school year."""
        ended = self.last_school_year is not None and school_year > self.last_school_year
        return 0.0 if ended or school_year < self.first_school_year else self.usd_per_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Cliff:
    """One-time money that has ended while the cost that it paid goes on with nobody to pay it.

    Parameters
    ----------
    school_year
        The first year in which a cost is left that it would pay.
    usd
        How much more of that year's cost would be paid if it had gone on: exact, whichever way
        the money is shared out.
    all_usd
        The same for all planned years from then on.
    last_school_year
        Its last year.
    source_ids, names
        What ended.
    centers
        Cost centers that it would pay for.
    """

    school_year: str
    usd: float
    all_usd: float
    last_school_year: str
    source_ids: tuple[str, ...]
    names: tuple[str, ...]
    centers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Costs against sources: the tables of `netplan.money.model.Ownership`, and the cliffs."""

    funding: pd.DataFrame
    unfunded: pd.DataFrame
    cliffs: tuple[Cliff, ...]


def sources(funding: pd.DataFrame) -> tuple[Source, ...]:
    """Read the table ``funding``, by id."""
    found = [
        Source(
            source_id=str(row["source_id"]),
            name=str(row["name"]),
            kind=str(row["kind"]),
            first_school_year=str(row["first_school_year"]),
            last_school_year=(
                row["last_school_year"] if isinstance(row["last_school_year"], str) else None
            ),
            usd_per_year=float(row["usd_per_year"]),
            pays_for=centers_of(str(row["pays_for"])),
        )
        for row in funding.to_dict("records")
    ]
    return tuple(sorted(found, key=lambda source: source.source_id))


def centers_of(pays_for: str) -> frozenset[str]:
    """Give the cost centers that a cell of ``pays_for`` names."""
    if pays_for.strip() == _EVERY:
        return frozenset(COST_CENTERS)
    return frozenset(part.strip() for part in pays_for.split(";") if part.strip())


def match(
    given: Sequence[Sequence[Source]], net: pd.DataFrame, school_years: Sequence[str]
) -> Match:
    """Share each year's money out.

    Parameters
    ----------
    given
        Sources as each year's district has them, so that a scenario may change them.
    net
        Net cost in USD: a row per cost center, a column per school year.
    school_years
        In order.
    """
    flows = [
        pay(of_year, _by_center(net[year]), year)
        for of_year, year in zip(given, school_years, strict=True)
    ]
    funding, unfunded = [], []
    for of_year, flow, year in zip(given, flows, school_years, strict=True):
        used = {source.source_id: 0.0 for source in of_year}
        for (name, _), usd in flow.items():
            used[name] += usd
        funding += [
            (s.source_id, s.name, s.kind, year, s.available_usd(year), used[s.source_id])
            for s in of_year
        ]
        by_kind = {
            kind: sum(used[s.source_id] for s in of_year if s.kind == kind)
            for kind in (SUSTAINABLE, ONE_TIME)
        }
        total = float(net[year].sum())
        funded = by_kind[SUSTAINABLE] + by_kind[ONE_TIME]
        unfunded.append(
            (year, total, funded, by_kind[SUSTAINABLE], by_kind[ONE_TIME], max(0.0, total - funded))
        )
    return Match(
        funding=pd.DataFrame(funding, columns=list(FUNDING_COLUMNS)),
        unfunded=pd.DataFrame(
            unfunded,
            columns=[
                *("school_year", "net_usd", "funded_usd", "sustainable_usd", "one_time_usd"),
                "unfunded_usd",
            ],
        ),
        cliffs=_cliffs(given, flows, net, school_years),
    )


def _by_center(net: "pd.Series[float]") -> dict[str, float]:
    return {str(center): float(usd) for center, usd in net.items()}


def pay(
    given: Sequence[Source], net: Mapping[str, float], school_year: str
) -> dict[tuple[str, str], float]:
    """Give what each source pays for each cost center in one year; zeros are left out."""
    flow: dict[tuple[str, str], float] = {}
    for kind in (SUSTAINABLE, ONE_TIME):
        for source in given:
            if source.kind == kind:
                flow = _augment(flow, source, given, net, school_year)
    return flow


def _augment(
    flow: Mapping[tuple[str, str], float],
    source: Source,
    given: Sequence[Source],
    net: Mapping[str, float],
    school_year: str,
) -> dict[tuple[str, str], float]:
    """Pay as much as can be from one more source; others may pay for other centers instead."""
    now = dict(flow)
    left = source.available_usd(school_year)
    by_id = {one.source_id: one for one in given}
    while left > _NOTHING_USD:
        path = _path(now, source, by_id, net)
        if path is None:
            break
        open_usd = net[path[-1][1]] - sum(usd for (_, c), usd in now.items() if c == path[-1][1])
        # along the way each source but the first gives up the center before for the one after
        moved = [(path[step + 1][0], path[step][1]) for step in range(len(path) - 1)]
        step_usd = min([left, open_usd, *(now[pair] for pair in moved)])
        for pair in path:
            now[pair] = now.get(pair, 0.0) + step_usd
        for pair in moved:
            now[pair] -= step_usd
        left -= step_usd
    return {pair: usd for pair, usd in now.items() if usd > 0}


def _path(
    flow: Mapping[tuple[str, str], float],
    source: Source,
    by_id: Mapping[str, Source],
    net: Mapping[str, float],
) -> tuple[tuple[str, str], ...] | None:
    """Find the shortest way from a source to a cost center that is not fully paid.

    Returns
    -------
    path
        (source, center) by (source, center): the first pays for the first center, whose payer,
        the second source, pays for the second center instead, and so on.
    """
    paid = dict.fromkeys(net, 0.0)
    for (_, center), usd in flow.items():
        paid[center] += usd
    seen: set[str] = set()
    order = list(net)
    waiting: deque[tuple[str, tuple[tuple[str, str], ...]]] = deque([(source.source_id, ())])
    while waiting:
        payer, way = waiting.popleft()
        for center in sorted(by_id[payer].pays_for & net.keys() - seen, key=order.index):
            seen.add(center)
            longer = (*way, (payer, center))
            if net[center] - paid[center] > _NOTHING_USD:
                return longer
            waiting.extend(
                (other, longer)
                for (other, paid_for), usd in sorted(flow.items())
                if paid_for == center and other != payer and usd > _NOTHING_USD
            )
    return None


def _cliffs(
    given: Sequence[Sequence[Source]],
    flows: Sequence[Mapping[tuple[str, str], float]],
    net: pd.DataFrame,
    school_years: Sequence[str],
) -> tuple[Cliff, ...]:
    """Find what one-time money leaves behind, a cliff for all sources that end in one year."""
    ending: dict[str, dict[str, Source]] = {}
    for of_year, flow in zip(given, flows, strict=True):
        paying = {name for name, _ in flow}
        for source in of_year:
            last = source.last_school_year
            if source.kind == ONE_TIME and last is not None and source.source_id in paying:
                ending.setdefault(last, {})[source.source_id] = source
    found = []
    for last, ended in sorted(ending.items()):
        lacking = []
        for of_year, flow, year in zip(given, flows, school_years, strict=True):
            if year > last:
                usd, centers = _lacking(tuple(ended.values()), of_year, flow, net[year], year)
                lacking.append((year, usd, centers))
        falls = [(year, usd, centers) for year, usd, centers in lacking if usd > _NOTHING_USD]
        if falls:
            year, usd, centers = falls[0]
            found.append(
                Cliff(
                    school_year=year,
                    usd=usd,
                    all_usd=sum(usd for _, usd, _ in falls),
                    last_school_year=last,
                    source_ids=tuple(sorted(ended)),
                    names=tuple(source.name for _, source in sorted(ended.items())),
                    centers=centers,
                )
            )
    return tuple(found)


def _lacking(
    ended: Sequence[Source],
    given: Sequence[Source],
    flow: Mapping[tuple[str, str], float],
    net: "pd.Series[float]",
    school_year: str,
) -> tuple[float, tuple[str, ...]]:
    """Give what sources would pay in a year if they had not ended, and for which centers."""
    renewed = [replace(source, last_school_year=None) for source in ended]
    gone = {source.source_id for source in ended}
    others = [source for source in given if source.source_id not in gone]
    more = dict(flow)
    for source in renewed:
        more = _augment(more, source, [*others, *renewed], _by_center(net), school_year)
    centers = {center for name, center in more if name in gone}
    named = tuple(center for center in COST_CENTERS if center in centers)
    return sum(more.values()) - sum(flow.values()), named
