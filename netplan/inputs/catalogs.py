"""The built-in catalogs, read from the package."""

from functools import cache
from importlib.resources import files

import pandas as pd

from netplan.inputs.catalog_schemas import CATALOGS
from netplan.inputs.reader import read_sheet
from netplan.inputs.tables import type_sheet, with_defaults

CATALOG_FOLDER = "catalog"


class BrokenCatalogError(Exception):
    """A built-in catalog that does not fit its schema: a bug of netplan."""


def load_catalogs() -> dict[str, pd.DataFrame]:
    """Give every built-in catalog by its name; what a caller does to one stays its own."""
    return {name: load_catalog(name) for name in CATALOGS}


def load_catalog(name: str) -> pd.DataFrame:
    """Read one built-in catalog, with every column of its schema, defaults filled in.

    Parameters
    ----------
    name
        A key of ``CATALOGS``, such as ``targets``.

    Raises
    ------
    BrokenCatalogError
        The file does not fit its schema.
    """
    return _read(name, CATALOG_FOLDER).copy(deep=False)


@cache
def _read(name: str, folder: str) -> pd.DataFrame:
    """Read and check a catalog once: the package does not change, and frames copy on write."""
    spec = CATALOGS[name]
    data = files("netplan.inputs").joinpath(folder, spec.file).read_bytes()
    sheet, problems = read_sheet(data, spec)
    if sheet is not None:
        table, found = type_sheet(sheet, spec)
        problems = [problem for problem in problems + found if problem.severity == "error"]
        if not problems:
            return with_defaults(table)
    raise BrokenCatalogError("\n".join(str(problem) for problem in problems))
