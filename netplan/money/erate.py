"""E-Rate: a district's discount, its Category Two budget, and what share is paid when.

Matrix and budgets are dated data (catalogs ``discounts`` and ``rules``). What the district does
not say (free and reduced-price lunch of some schools, locales) is never guessed upward: unknown
schools leave the average, towns and unknown locales count as urban, and the result is marked.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.access.rules import funding_day
from netplan.district.model import District
from netplan.inputs.files import DISTRICT_FILE
from netplan.money.model import Budget, Discount
from netplan.money.rules import ASSUMPTION, SOURCED, UNVERIFIED, Held, held

CATEGORY_ONE, CATEGORY_TWO = "category_one", "category_two"
CATEGORIES = (CATEGORY_ONE, CATEGORY_TWO)
NO_CATEGORY = "none"
_RURAL_SHARE = "erate_rural_schools_share"
_PER_STUDENT = "erate_c2_usd_per_student"
_FLOOR = "erate_c2_floor_usd_per_school"
_FLOOR_SCHOOLS = "erate_c2_floor_most_schools"
#: An average of shares may fall short of a bracket by rounding alone.
_ROUNDING = 1e-9


def discount(district: District, category: str, school_year: str | None = None) -> Discount:
    """Give the share that E-Rate pays of what is eligible in a category.

    Parameters
    ----------
    district
        With ``frl_share``, ``enrollment`` and ``locale`` of its schools, or with its discount and
        ``rural`` in district.toml.
    category
        ``category_one`` or ``category_two``.
    school_year
        Whose rules; None: the newest.
    """
    matrix = _matrix(district, category, school_year)
    poverty, counted = _poverty(district)
    rural, rural_words, rural_sure = _rural(district, school_year)
    given = district.inputs.money.erate_discount_share
    if given is not None:
        most = float(matrix[["urban_share", "rural_share"]].to_numpy().max(initial=0.0))
        share = min(given, most)
        capped = f", at most {_percent(most)} in this category" if share < given else ""
        return Discount(
            category=category,
            share=share,
            poverty_share=poverty,
            rural=rural,
            worked=f"{_percent(given)} as the district says{capped}",
            status=SOURCED,
            source=f"{DISTRICT_FILE}, [money] erate_discount_share",
        )
    if poverty is not None:
        matrix = matrix[matrix["poverty_from_share"] <= poverty + _ROUNDING]
    if poverty is None or matrix.empty:
        missing = "no school has a frl_share" if poverty is None else "no row of the matrix holds"
        return Discount(
            category=category,
            share=0.0,
            poverty_share=poverty,
            rural=rural,
            worked=f"unknown, since {missing}: nothing is taken off",
            status=ASSUMPTION,
            source="assumption: nothing, until schools.csv has frl_share or district.toml the "
            "discount",
        )
    # the last bracket whose least share is reached
    row = matrix.iloc[-1]
    share = float(row["rural_share"] if rural else row["urban_share"])
    decides = bool(row["rural_share"] != row["urban_share"])
    status = str(row["status"])
    if status == SOURCED and (not counted.all() or (decides and not rural_sure)):
        status = ASSUMPTION
    return Discount(
        category=category,
        share=share,
        poverty_share=poverty,
        rural=rural,
        worked=f"{_poverty_words(poverty, counted)}, which is at least "
        f"{_percent(float(row['poverty_from_share']))}; {rural_words}: {_percent(share)}",
        status=status,
        source=str(row["source"]),
    )


def share_paid(district: District, category: str, school_year: str | None = None) -> float:
    """Give the share of an eligible cost that E-Rate pays; 0 for the category ``none``."""
    if category == NO_CATEGORY:
        return 0.0
    return discount(district, category, school_year).share


def category_two_budget(district: District, school_year: str | None = None) -> Budget | None:
    """Give the Category Two budget of the cycle that a school year lies in.

    Students times the amount per student for the whole district. The floor per school counts in
    districts of few schools alone; that rule was recalled and not read (5.06), so wherever it
    decides the budget is marked ``unverified``. After the last cycle that is known its amounts
    are taken to go on.

    Parameters
    ----------
    school_year
        None: the newest cycle's first year.

    Returns
    -------
    Budget or None
        None before the first cycle that is known.
    """
    rules = district.table("rules")
    per_student = held(rules, _PER_STUDENT, school_year)
    floor = held(rules, _FLOOR, school_year)
    few = held(rules, _FLOOR_SCHOOLS, school_year)
    if per_student is None or floor is None or few is None:
        return None
    first, years = _cycle(per_student, school_year)
    asked = first if school_year is None else int(school_year[:4])
    enrollment = district.table("schools")["enrollment"].to_numpy(dtype=float)
    students, schools = float(enrollment.sum()), enrollment.size
    by_head = students * per_student.value
    by_floor = schools * floor.value
    by_school = float(np.maximum(enrollment * per_student.value, floor.value).sum())
    floored = schools <= few.value
    usd = max(by_head, by_floor) if floored else by_head
    worked = f"{students:,.0f} students x {per_student.value:,.2f} USD = {by_head:,.0f} USD"
    if floored:
        worked += (
            f", and {schools} schools x {floor.value:,.0f} USD = {by_floor:,.0f} USD: the greater"
        )
    status = per_student.status
    # whoever reads the rule another way (a floor for each school, or none) gets another sum
    if not np.allclose([by_head, by_school], usd):
        status = UNVERIFIED
    source = per_student.source
    if status == UNVERIFIED:
        source += f"; {few.source}"
    return Budget(
        usd=usd,
        first_school_year=_school_year(first),
        last_school_year=_school_year(first + years - 1),
        left_usd=usd * (first + years - asked) / years,
        worked=worked,
        status=status,
        source=source,
    )


def _cycle(rule: Held, school_year: str | None) -> tuple[int, int]:
    """Give the first calendar year and the length of the cycle that a school year lies in."""
    first = rule.first_day.year
    years = 5 if rule.last_day is None else max(rule.last_day.year - first, 1)
    asked = first if school_year is None else int(school_year[:4])
    return first + (asked - first) // years * years, years


def _school_year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def _matrix(district: District, category: str, school_year: str | None) -> pd.DataFrame:
    """Give the brackets of a category that hold in a school year, by their least share."""
    rows = district.table("discounts")
    day = funding_day(school_year).isoformat()
    until = rows["until_date"].fillna("")
    holds = (rows["from_date"] <= day) & ((until == "") | (until >= day))
    rows = rows[holds & (rows["category"] == category)]
    return rows.sort_values("poverty_from_share", kind="stable")


def _poverty(district: District) -> tuple[float | None, npt.NDArray[np.bool_]]:
    """Give the share of students with free or reduced-price lunch, and which schools say it."""
    schools = district.table("schools")
    share = schools["frl_share"].to_numpy(dtype=float)
    students = schools["enrollment"].to_numpy(dtype=float)
    counted = ~np.isnan(share)
    weight = students[counted].sum()
    if weight <= 0:
        return None, counted
    return float(share[counted] @ students[counted] / weight), counted


def _poverty_words(poverty: float, counted: npt.NDArray[np.bool_]) -> str:
    words = f"{_percent(poverty)} of students have free or reduced-price lunch"
    if counted.all():
        return words
    return f"{words} in the {int(counted.sum())} of {counted.size} schools that say it"


def _rural(district: District, school_year: str | None) -> tuple[bool, str, bool]:
    """Say whether the district is rural, in words too, and whether that is certain."""
    given = district.inputs.money.rural
    if given is not None:
        return given, f"{'rural' if given else 'urban'}, as district.toml says", True
    kinds = np.array([_locale(text) for text in district.table("schools")["locale"]])
    rule = held(district.table("rules"), _RURAL_SHARE, school_year)
    most = rule.value if rule is not None else 0.5
    sure = int((kinds == "rural").sum())
    # a town is urban for E-Rate only from 25,000 people on, which no locale code tells
    open_ = int(np.isin(kinds, ("town", "")).sum())
    rural = sure > most * kinds.size
    words = f"{'rural' if rural else 'urban'}, {sure} of {kinds.size} schools have a rural locale"
    certain = rural or sure + open_ <= most * kinds.size
    if not certain:
        words += f" and {open_} a town's or none, which count as urban"
    return rural, words, certain


def _locale(text: object) -> str:
    """Give the kind of an NCES locale, ``41`` or ``Rural: Fringe``; empty where unknown."""
    if not isinstance(text, str):
        return ""
    told = text.strip().casefold()
    digit = {"1": "city", "2": "suburb", "3": "town", "4": "rural"}
    if len(told) >= 2 and told[:2].isdigit():
        return digit.get(told[0], "")
    return next((kind for kind in digit.values() if told.startswith(kind)), "")


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".rstrip("0").rstrip(".") + " %"
