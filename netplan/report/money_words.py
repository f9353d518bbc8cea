"""The money of a district in sentences: what it costs, who pays, when that ends, how sure it is."""

import math

from netplan.capacity.model import Finding
from netplan.money.model import Ownership
from netplan.report.format import clean, count, listed, percent, plural, tidy
from netplan.report.frames import records
from netplan.report.money import CostReport

#: Cost centers of the planning framework in words.
CENTER_WORDS = {
    "devices": "Devices",
    "insurance": "Insurance",
    "infrastructure": "Infrastructure",
    "maintenance": "Maintenance",
    "storage": "Storage",
    "wan_lan": "WAN and LAN",
    "internet": "Internet connection",
    "upgrades": "Upgrades",
    "people": "People",
    "digital_resources": "Digital resources",
    "communication": "Communication",
    "professional_development": "Professional development",
}
KIND_WORDS = {"sustainable": "lasting", "one_time": "one-time"}
#: How a price is known, in words, and the mark that stands beside what is not.
STATUS_WORDS = {"sourced": "sourced", "assumption": "assumption", "unverified": "not verified"}
_CLIFF = "funding-cliff"
#: Less than half a dollar is a matter of rounding.
CENT = 0.5


def dollars(value: float) -> str:
    """Give dollars as a sentence says them: whole, or in millions with two decimals."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.2f} million USD"
    return f"{count(value)} USD"


def short_usd(value: float) -> str:
    """Give thousands and millions of dollars in few letters, such as ``1.35M``."""
    if abs(value) < 999.5:
        return f"{value:.3g}" if value else "0"
    if abs(value) < 999_500:
        return f"{value / 1e3:.3g}k"
    return f"{value / 1e6:.3g}M" if abs(value) < 999.5e6 else f"{value / 1e6:,.0f}M"


def span(years: tuple[str, ...]) -> str:
    """Name the school years of a plan, such as ``3 school years (2026-27 to 2028-29)``."""
    if len(years) == 1:
        return f"the school year {years[0]}"
    return f"{plural(len(years), 'school year')} ({years[0]} to {years[-1]})"


def money_headline(report: CostReport) -> list[str]:
    """Give the answer: total, per student, who pays, the cliff; the most important first."""
    owned = report.ownership
    sentences = [f"{_total(owned)}: {_who_pays(owned)}."]
    sentences += [tidy(clean(finding.message)) for finding in cliffs(report)]
    if owned.usd - owned.net_usd > CENT:
        sentences.append(
            f"Before E-Rate it is {dollars(owned.usd)}; E-Rate is counted on for "
            f"{dollars(owned.usd - owned.net_usd)} of that."
        )
    elif owned.usd > CENT:
        sentences.append("Nothing is taken off for E-Rate")
    sentences.append(_largest(owned))
    sentences += _sure(owned)
    sentences += [f"{clean(each)} is in it." for each in report.extra]
    return [_sentence(each) for each in sentences]


def cliffs(report: CostReport) -> tuple[Finding, ...]:
    """Give the findings of one-time money that ends while its cost goes on."""
    return tuple(finding for finding in report.findings if finding.code == _CLIFF)


def sums(owned: Ownership) -> dict[str, float]:
    """Add up over the years: net_usd, sustainable_usd, one_time_usd, unfunded_usd."""
    names = ("net_usd", "sustainable_usd", "one_time_usd", "unfunded_usd")
    return {name: float(owned.unfunded[name].sum()) for name in names}


def _total(owned: Ownership) -> str:
    each = owned.usd_per_student_per_year
    student = "" if each is None else f", {per_student(each)} for each student and year"
    verb = "costs" if len(owned.school_years) == 1 else "cost"
    words = span(owned.school_years)
    cost = f"{dollars(owned.net_usd)}{after_erate(owned)}"
    return f"{words[:1].upper()}{words[1:]} {verb} {cost}{student}"


def after_erate(owned: Ownership) -> str:
    """Say that a sum is what E-Rate leaves to pay; nothing where it pays nothing."""
    return " after E-Rate" if owned.usd - owned.net_usd > CENT else ""


def per_student(usd: float) -> str:
    """Give dollars for each student and year, with cents where they are few."""
    return f"{usd:,.2f} USD" if usd < 100 else f"{count(usd)} USD"


def _who_pays(owned: Ownership) -> str:
    total = sums(owned)
    if total["net_usd"] <= CENT:
        return "E-Rate pays all of it" if owned.usd > CENT else "nothing is to be paid"
    parts = [
        words.format(dollars(total[name]))
        for name, words in (
            ("sustainable_usd", "money that lasts pays {}"),
            ("one_time_usd", "one-time money pays {}"),
            ("unfunded_usd", "for {} there is no source yet"),
        )
        if total[name] > CENT
    ]
    if len(parts) == 1 and total["unfunded_usd"] > CENT:
        return "no source of money is named for any of it"
    return listed(parts)


def _largest(owned: Ownership) -> str:
    """Name the cost centers that take the most."""
    by_center = owned.centers.groupby("cost_center", sort=False)["usd"].sum()
    most = by_center.sort_values(ascending=False, kind="stable").head(3)
    if owned.usd <= CENT:
        return "No cost is known"
    named = [
        f"{CENTER_WORDS.get(str(center), str(center)).lower()} ({percent(usd / owned.usd)})"
        for center, usd in most.items()
        if usd > CENT
    ]
    return f"Most of it is for {listed(_proper(named))}"


def _proper(names: list[str]) -> list[str]:
    return [name.replace("wan and lan", "WAN and LAN") for name in names]


def _sure(owned: Ownership) -> list[str]:
    """Say how far the prices may be off, and how much of the sum is no more than assumed."""
    low, high = (float(owned.centers[name].sum()) for name in ("low_usd", "high_usd"))
    sentences = []
    if high - low > CENT and math.isfinite(high - low):
        sentences.append(
            f"With every price at its low or at its high end it would be {dollars(low)} to "
            f"{dollars(high)} before E-Rate"
        )
    unsure = assumed_usd(owned)
    if unsure > CENT and owned.usd > CENT:
        sentences.append(
            f"{percent(unsure / owned.usd)} of the cost rests on prices that are assumed or not "
            "verified: replace them with your own quotes in costs.csv"
        )
    return sentences


def assumed_usd(owned: Ownership) -> float:
    """Give the cost before E-Rate whose price nobody vouches for."""
    return float(owned.lines.loc[owned.lines["status"] != "sourced", "usd"].sum())


def share_sentence(owned: Ownership) -> str:
    """Say which cost centers rise with the others; empty where none is a share of them."""
    shares = owned.lines.loc[owned.lines["per"] == "technology_usd", "cost_center"]
    names = [CENTER_WORDS.get(str(center), clean(str(center))) for center in sorted(set(shares))]
    if not names:
        return ""
    is_, it = ("is a share", "it") if len(names) == 1 else ("are shares", "them")
    return (
        f"{listed(names)} {is_} of technology costs: upgrades, and whatever else is bought, "
        f"raise {it} too."
    )


def funding_of(owned: Ownership) -> list[dict[str, object]]:
    """Give each source of money once, in its order: source_id, name, kind."""
    seen = {
        row["source_id"]: {key: row[key] for key in ("source_id", "name", "kind")}
        for row in records(owned.funding)
    }
    return list(seen.values())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
