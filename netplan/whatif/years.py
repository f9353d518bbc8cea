"""School years such as 2027-28: reading, counting and listing them."""

from netplan.inputs.cells import is_school_year


def first_year(school_year: str) -> int:
    """Give the calendar year in which a school year begins.

    Raises
    ------
    ValueError
        It is no school year.
    """
    if not is_school_year(school_year):
        raise ValueError(f"no school year: {school_year!r}")
    return int(school_year[:4])


def years_between(start: str, end: str) -> int:
    """Give how many school years ``end`` lies after ``start``; negative where it lies before."""
    return first_year(end) - first_year(start)


def years_after(school_year: str, count: int) -> str:
    """Give the school year ``count`` years later."""
    first = first_year(school_year) + count
    return f"{first:04d}-{(first + 1) % 100:02d}"


def years_from(start: str, count: int) -> tuple[str, ...]:
    """Give ``count`` school years from ``start`` on."""
    return tuple(years_after(start, ahead) for ahead in range(count))
