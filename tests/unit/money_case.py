"""An Ownership made by hand, with numbers that a reader can add up, and a report around it.

Three school years, 1,000 students (USD):

====================  =======  =======  =======  =====================================
item                  2026-27  2027-28  2028-29  how
====================  =======  =======  =======  =====================================
chromebook             60,000   15,000   15,000  200, 50 and 50 devices x 300
case                    5,000    5,000    5,000  200 devices x 25
circuits               12,000   12,000   12,000  E-Rate pays 80 % = 9,600
internet               24,000   24,000   24,000  E-Rate pays 80 % = 19,200
training                6,000    6,000    6,000
total                 107,000   62,000   62,000  231,000 in all
E-Rate                 28,800   28,800   28,800   86,400 in all
net                    78,200   33,200   33,200  144,600 in all, 48.20 a student and year
operating (lasting)    30,000   30,000   30,000  of 30,000 a year
grant (one-time)       40,000    3,200        0  of 40,000 a year for two years
nobody yet              8,200        0    3,200
====================  =======  =======  =======  =====================================
"""

from dataclasses import replace

import pandas as pd

from netplan.capacity.model import Finding
from netplan.inputs.columns_money import COST_CENTERS
from netplan.money.model import Discount, Ownership
from netplan.report.model import Report
from netplan.report.money import CostReport
from tests.browser.sample import HOSTILE, sample_report

YEARS = ("2026-27", "2027-28", "2028-29")
DEVICES = ((200.0, 200.0, 0.0, 0.0), (200.0, 0.0, 30.0, 20.0), (200.0, 0.0, 30.0, 20.0))
_ITEMS = (
    # item, title, center, per, quantities, price, low, high, E-Rate share, status, source
    ("chromebook", "Chromebook", "devices", "new_device", (200.0, 50.0, 50.0), 300.0, 250.0, 400.0,
     0.0, "sourced", "8.01 EdWeek, 2023"),
    ("case", "Insurance", "insurance", "device", (200.0,) * 3, 25.0, None, None,
     0.0, "sourced", "8.07 a blog of a case vendor, 2018"),
    ("circuits", "Circuits of the WAN", "wan_lan", "district", (1.0,) * 3, 12_000.0, None, None,
     0.8, "sourced", "links.csv"),
    ("internet", "Internet access", "internet", "district", (1.0,) * 3, 24_000.0, None, None,
     0.8, "unverified", "links.csv"),
    ("training", "Training", "professional_development", "district", (1.0,) * 3, 6_000.0,
     3_000.0, 12_000.0, 0.0, "assumption", "assumption"),
)  # fmt: skip


def lines(*, hostile: bool = False) -> pd.DataFrame:
    """Give one row per item and school year."""
    rows = []
    for place, (
        item,
        title,
        center,
        per,
        amounts,
        usd,
        low,
        high,
        share,
        status,
        source,
    ) in enumerate(_ITEMS):
        for year, amount in zip(YEARS, amounts, strict=True):
            rows.append(
                {
                    "item": item,
                    "title": HOSTILE[place] if hostile else title,
                    "cost_center": center,
                    "school_year": year,
                    "quantity": amount,
                    "per": per,
                    "usd": amount * usd,
                    "low_usd": amount * (usd if low is None else low),
                    "high_usd": amount * (usd if high is None else high),
                    "erate_usd": amount * usd * share,
                    "net_usd": amount * usd * (1 - share),
                    "status": status,
                    "source": HOSTILE[place] if hostile else source,
                    "worked": HOSTILE[place] if hostile else f"{amount:,.0f} x {usd:,.2f} USD",
                }
            )
    return pd.DataFrame(rows)


_SUMS = ["usd", "low_usd", "high_usd", "erate_usd", "net_usd"]


def ownership(*, hostile: bool = False) -> Ownership:
    """Give the case of the table above."""
    found = lines(hostile=hostile)
    index = pd.MultiIndex.from_product([COST_CENTERS, YEARS], names=["cost_center", "school_year"])
    centers = found.groupby(["cost_center", "school_year"])[_SUMS].sum()
    fleet = pd.DataFrame(
        [("chromebook", year, *amounts) for year, amounts in zip(YEARS, DEVICES, strict=True)],
        columns=[
            *("kind", "school_year", "devices", "new_devices", "renewed_devices", "lost_devices")
        ],
    )
    name = HOSTILE[0] if hostile else "Operating budget"
    funding = pd.DataFrame(
        [
            ("operating", name, "sustainable", YEARS[0], 30_000.0, 30_000.0),
            ("operating", name, "sustainable", YEARS[1], 30_000.0, 30_000.0),
            ("operating", name, "sustainable", YEARS[2], 30_000.0, 30_000.0),
            ("grant", "State grant", "one_time", YEARS[0], 40_000.0, 40_000.0),
            ("grant", "State grant", "one_time", YEARS[1], 40_000.0, 3_200.0),
            ("grant", "State grant", "one_time", YEARS[2], 0.0, 0.0),
        ],
        columns=["source_id", "name", "kind", "school_year", "available_usd", "used_usd"],
    )
    unfunded = pd.DataFrame(
        [
            (YEARS[0], 78_200.0, 70_000.0, 30_000.0, 40_000.0, 8_200.0),
            (YEARS[1], 33_200.0, 33_200.0, 30_000.0, 3_200.0, 0.0),
            (YEARS[2], 33_200.0, 30_000.0, 30_000.0, 0.0, 3_200.0),
        ],
        columns=[
            *("school_year", "net_usd", "funded_usd", "sustainable_usd", "one_time_usd"),
            "unfunded_usd",
        ],
    )
    return Ownership(
        school_years=YEARS,
        lines=found,
        centers=centers.reindex(index, fill_value=0.0).reset_index(),
        fleet=fleet,
        funding=funding,
        unfunded=unfunded,
        discounts=(
            Discount(
                category="category_one",
                share=0.8,
                poverty_share=0.56,
                rural=False,
                worked="560 of 1,000 students = 56 %: 50 to 74 %, urban: 80 %",
                status="sourced",
                source="5.01 E-Rate discount matrix",
            ),
            Discount(
                category="category_two",
                share=0.8,
                poverty_share=0.56,
                rural=False,
                worked="as category one",
                status="unverified",
                source="5.02 E-Rate discount matrix",
            ),
        ),
        discount_rate_per_year=0.03,
        net_present_usd=78_200 + 33_200 / 1.03 + 33_200 / 1.03**2,
        net_usd=144_600.0,
        usd=231_000.0,
        usd_per_student_per_year=48.2,
        students=1_000.0,
        findings=(
            Finding(
                id="funding-cliff:district:harbor:2028-29",
                code="funding-cliff",
                severity="warning",
                subject_kind="district",
                subject="harbor",
                schools=(),
                message="One-time money ends after 2027-28: 3,200 USD of cost in 2028-29 goes on "
                "with nobody to pay for it",
                value=3_200.0,
                limit=0.0,
                unit="USD",
                fix="Find lasting money for devices before 2028-29.",
                source="funding.csv",
            ),
        ),
    )


def cost_report(*, hostile: bool = False) -> CostReport:
    """Give the case as a report on the sample district."""
    return CostReport(
        district=sample_report(hostile=hostile, schools=3).district,
        ownership=ownership(hostile=hostile),
        scenarios=("one-to-one",),
        titles=(HOSTILE[1] if hostile else "A Chromebook each",),
    )


def report_with_money(*, hostile: bool = False) -> Report:
    """Give a whole report with the case in it."""
    money = cost_report(hostile=hostile)
    return replace(sample_report(hostile=hostile, schools=3), money=money)
