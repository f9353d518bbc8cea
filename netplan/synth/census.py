"""Sample a county as the American Community Survey does: acs.csv, with its errors and its gaps.

For each block group so many households (or children) are drawn one by one from the truth, so
that estimates scatter as in the survey and their margins, taken from the same draws, are small
where the estimate is small. Published margins are those of 90 % (FACTS 6.21).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from netplan.synth.areas import COUNTY_FIPS
from netplan.synth.truth import AGE_BANDS, HOUSEHOLD_KINDS, Truth

Z90 = 1.645
#: Margin of a zero estimate, the same in every block group: 13 in Baltimore County, ACS
#: 2017-2021. For larger areas an assumption.
ZERO_MARGIN = {"block_group": 13, "tract": 17, "county": 29}
#: Scatter of an area's total over one divided by the root of its sample; an assumption (the
#: margin of a block group's households is then about a fifth of them, as in Baltimore County).
TOTAL_CV, PEOPLE_CV = 0.7, 0.9
#: Standard error of a median over the income and one divided by the root of the sample.
MEDIAN_CV = 0.8
#: Medians above are published as one more than it.
TOP_INCOME_USD = 250_000
TOO_FEW, NO_MARGIN, CONTROLLED = -666_666_666, -222_222_222, -555_555_555
#: Below this sample there is no median.
SMALLEST_SAMPLE = 8
#: Medians left out, and margins of medians left out, where the sample is large enough.
NO_MEDIAN_SHARE, NO_MEDIAN_MARGIN_SHARE = 0.03, 0.03
#: Share of block groups whose internet margins are empty, and least count of block groups.
EMPTY_MARGINS_SHARE, EMPTY_MARGINS_FROM = 0.02, 16
#: Of children without a subscription, the share who have a computer.
COMPUTER_SHARE = 0.55

#: Column (without E or M) to the kinds of household that it counts (FACTS 6.10, 6.11).
INTERNET: Mapping[str, tuple[str, ...]] = {
    "B28002_001": HOUSEHOLD_KINDS,
    "B28002_004": ("cellular", "other_broadband", "fixed"),
    "B28002_006": ("cellular",),
    "B28002_007": ("fixed",),
    "B28002_013": ("none",),
}
#: Column to the ages that it counts (FACTS 6.15).
CHILDREN: Mapping[str, tuple[str, ...]] = {
    "B09001_001": AGE_BANDS,
    **{f"B09001_{5 + k:03d}": (band,) for k, band in enumerate(AGE_BANDS[2:])},
}
#: Column to the kinds of child that it counts, at tract and county level (FACTS 6.12).
ONLINE_KINDS = ("computer_offline", "no_computer", "online")
CHILDREN_ONLINE: Mapping[str, tuple[str, ...]] = {
    "B28005_002": ONLINE_KINDS,
    "B28005_006": ("computer_offline",),
    "B28005_007": ("no_computer",),
}
VARIABLES = (*INTERNET, "B19013_001", "B01003_001", *CHILDREN, *CHILDREN_ONLINE)
#: Columns of the frame, in order.
COLUMNS = ("geoid", *(f"{variable}{kind}" for variable in VARIABLES for kind in "EM"))


def sample(truth: Truth, seed: int) -> pd.DataFrame:
    """Draw one sample of a county.

    Parameters
    ----------
    truth
        The county.
    seed
        Of the sample; the county stays as it is.

    Returns
    -------
    acs
        Columns as in `COLUMNS`, estimates and margins as published: whole numbers, sentinels
        (-666666666, ...) left in, NaN where the cell is empty. Rows: the county, its tracts,
        its block groups. Counts of tracts and county are the sums of their block groups.
    """
    draw = _Sampler(truth, seed)
    columns: dict[str, np.ndarray] = {}
    columns |= draw.counted(INTERNET, HOUSEHOLD_KINDS, "households", TOTAL_CV)
    columns |= draw.medians()
    columns |= draw.population()
    columns |= draw.counted(CHILDREN, AGE_BANDS, "children", PEOPLE_CV)
    columns |= draw.children_online(columns["B09001_001E"])
    draw.leave_out(columns)
    frame = pd.DataFrame({"geoid": draw.geoids, **columns})
    return frame[list(COLUMNS)]


class _Sampler:
    """One sample on its way; made and dropped by `sample`.

    Every array has a row for the county, then the tracts, then the block groups.
    """

    def __init__(self, truth: Truth, seed: int) -> None:
        sequence = np.random.SeedSequence([truth.seed, len(truth.schools), seed, *b"acs"])
        self.generator = np.random.Generator(np.random.PCG64(sequence))
        self.areas = truth.areas
        names, self.tract = np.unique(truth.areas["tract"].to_numpy(dtype=str), return_inverse=True)
        self.geoids = [COUNTY_FIPS, *names.tolist(), *truth.areas["geoid"]]
        self.level = np.array(
            ["county"] + ["tract"] * len(names) + ["block_group"] * len(truth.areas)
        )
        self.zero_margin = np.array([ZERO_MARGIN[level] for level in self.level], dtype=float)

    def truth(self, column: str) -> np.ndarray:
        """Give a column of the truth."""
        return self.areas[column].to_numpy(dtype=float)

    def bells(self, count: int) -> np.ndarray:
        """Draw nearly standard normal numbers: twelve uniform draws, summed."""
        total = np.full(count, -6.0)
        for _ in range(12):
            total += self.generator.random(count)
        return total

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Put the sums for the county and the tracts before the block groups' values.

        The values are whole numbers, so that the order of adding does not matter.
        """
        tracts = np.bincount(self.tract, weights=values)
        return np.concatenate([[values.sum()], tracts, values])

    def drawn(self, kinds: np.ndarray, sampled: np.ndarray) -> np.ndarray:
        """Draw units one by one from areas; give how many of each kind (areas x kinds).

        ``kinds`` holds the true counts, ``sampled`` how many units are drawn in each area.
        """
        total = kinds.sum(axis=1)
        bounds = np.cumsum(kinds, axis=1)[:, :-1]
        area = np.repeat(np.arange(len(kinds)), sampled)
        at = self.generator.random(len(area)) * total[area]
        kind = (at[:, None] >= bounds[area]).sum(axis=1)
        count = np.bincount(area * kinds.shape[1] + kind, minlength=kinds.size)
        return count.reshape(kinds.shape)

    def counted(
        self, table: Mapping[str, tuple[str, ...]], kinds: tuple[str, ...], what: str, cv: float
    ) -> dict[str, np.ndarray]:
        """Draw a table of counts: households, or children, by kind."""
        true = np.column_stack([self.truth(f"{what}_{kind}") for kind in kinds])
        sampled = self.truth(f"sampled_{what}").astype(int)
        per_root = np.divide(cv, np.sqrt(sampled), out=np.zeros(len(true)), where=sampled > 0)
        total = true.sum(axis=1) * np.maximum(0.2, 1.0 + per_root * self.bells(len(true)))
        drawn = self.drawn(true, sampled)
        weight = np.divide(total, sampled, out=np.zeros(len(true)), where=sampled > 0)
        estimate = np.floor(drawn * weight[:, None] + 0.5)
        # Of a sum of block groups, the scatter of totals is that of their sum.
        spread = self.summed(np.rint((total * per_root) ** 2))
        size = self.summed(sampled.astype(float))
        columns = {}
        everything = self.summed(estimate.sum(axis=1))
        for name, parts in table.items():
            rows = [kinds.index(part) for part in parts]
            count = self.summed(estimate[:, rows].sum(axis=1))
            columns[f"{name}E"] = count
            columns[f"{name}M"] = self.margin(count, everything, size, spread)
        return columns

    def margin(
        self, count: np.ndarray, total: np.ndarray, size: np.ndarray, spread: np.ndarray
    ) -> np.ndarray:
        """Estimate margins from the sample itself.

        The variance of a count is that of its share in ``size`` units, times the total squared,
        plus the share squared times the total's variance (``spread``). A zero estimate has the
        margin of its level.
        """
        share = np.divide(count, total, out=np.zeros(len(count)), where=total > 0)
        inside = np.divide(
            total * total * share * (1.0 - share), size, out=np.zeros(len(count)), where=size > 0
        )
        found = np.floor(Z90 * np.sqrt(inside + share * share * spread) + 0.5)
        return np.where(count > 0, np.maximum(found, 2.0), self.zero_margin)

    def population(self) -> dict[str, np.ndarray]:
        """Draw total population; the county's is controlled to the official estimate."""
        true, sampled = self.truth("population"), self.truth("sampled_households")
        per_root = np.divide(TOTAL_CV, np.sqrt(sampled), out=np.zeros(len(true)), where=sampled > 0)
        count = np.floor(true * np.maximum(0.2, 1.0 + per_root * self.bells(len(true))) + 0.5)
        margin = np.floor(Z90 * np.sqrt(self.summed(np.rint((count * per_root) ** 2))) + 0.5)
        total = self.summed(count)
        margin = np.where(total > 0, margin, self.zero_margin)
        margin[self.level == "county"] = CONTROLLED
        return {"B01003_001E": total, "B01003_001M": margin}

    def medians(self) -> dict[str, np.ndarray]:
        """Draw median incomes, with the sentinels of the published table."""
        households = self.truth("households")
        weighted = self.summed(self.truth("income_usd") * households)
        count, size = self.summed(households), self.summed(self.truth("sampled_households"))
        mean = np.divide(weighted, count, out=np.zeros(len(count)), where=count > 0)
        per_root = np.divide(MEDIAN_CV, np.sqrt(size), out=np.zeros(len(size)), where=size > 0)
        estimate = np.floor(mean * np.maximum(0.2, 1.0 + per_root * self.bells(len(size))) + 0.5)
        margin = np.floor(Z90 * estimate * per_root + 0.5)
        chance = self.generator.random(len(size))
        small = self.level == "block_group"
        gone = (size < SMALLEST_SAMPLE) | (small & (chance < NO_MEDIAN_SHARE))
        no_margin = gone | (small & (chance > 1.0 - NO_MEDIAN_MARGIN_SHARE))
        top = estimate > TOP_INCOME_USD
        estimate = np.where(top, TOP_INCOME_USD + 1, estimate)
        return {
            "B19013_001E": np.where(gone, TOO_FEW, estimate),
            "B19013_001M": np.where(no_margin | top, NO_MARGIN, margin),
        }

    def children_online(self, children: np.ndarray) -> dict[str, np.ndarray]:
        """Draw children by access for tracts, and sum them for the county (no block groups)."""
        tracts = self.level == "tract"

        def by_tract(column: str) -> np.ndarray:
            return np.bincount(self.tract, weights=self.truth(column))

        offline, everyone = by_tract("children_none"), by_tract("children")
        computer = np.floor(offline * COMPUTER_SHARE)
        true = np.column_stack([computer, offline - computer, everyone - offline])
        sampled = by_tract("sampled_children")
        drawn = self.drawn(true, sampled.astype(int))
        weight = np.divide(children[tracts], sampled, out=np.zeros(len(true)), where=sampled > 0)
        estimate = np.floor(drawn * weight[:, None] + 0.5)
        spread = np.divide(
            PEOPLE_CV * PEOPLE_CV * children[tracts] ** 2,
            sampled,
            out=np.zeros(len(true)),
            where=sampled > 0,
        )

        def up(values: np.ndarray) -> np.ndarray:
            """Put the county before the tracts, and nothing for the block groups."""
            empty = np.full(len(self.areas), np.nan)
            return np.concatenate([[values.sum()], values, empty])

        columns = {}
        everything = up(estimate.sum(axis=1))
        for name, parts in CHILDREN_ONLINE.items():
            rows = [ONLINE_KINDS.index(part) for part in parts]
            count = up(estimate[:, rows].sum(axis=1))
            margin = self.margin(count, everything, up(sampled), up(np.rint(spread)))
            columns[f"{name}E"] = count
            columns[f"{name}M"] = np.where(np.isnan(count), np.nan, margin)
        return columns

    def leave_out(self, columns: dict[str, np.ndarray]) -> None:
        """Empty the internet margins of a few block groups, at least one where there are many."""
        small = np.flatnonzero(self.level == "block_group")
        chance = self.generator.random(len(small))
        if len(small) < EMPTY_MARGINS_FROM:
            return
        gone = chance < EMPTY_MARGINS_SHARE
        gone[np.argmin(chance)] = True
        for name in INTERNET:
            columns[f"{name}M"][small[gone]] = np.nan
