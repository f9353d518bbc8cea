"""Network and home-access capacity planning for school districts.

The public calls; each command of ``netplan`` is a thin wrapper over the one of its name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from netplan._version import __version__

# Packages that share their name with a public call are bound first, so that importing one
# of their modules later does not hide the call (docs/decisions/0002-names.md).
for _package in ("access", "gap", "load", "report", "synth"):
    import_module(f"netplan.{_package}")

from netplan.errors import (  # noqa: E402
    InfeasibleError,
    InputError,
    NetplanError,
    Problem,
    ScenarioError,
    SolverError,
    SourceError,
)
from netplan.folders import init, synth, validate  # noqa: E402
from netplan.pipeline import (  # noqa: E402
    access,
    check,
    gap,
    home,
    load,
    map,
    plan,
    report,
)

if TYPE_CHECKING:
    from netplan.access.cover import cover

__all__ = [
    "InfeasibleError",
    "InputError",
    "NetplanError",
    "Problem",
    "ScenarioError",
    "SolverError",
    "SourceError",
    "__version__",
    "access",
    "check",
    "cover",
    "gap",
    "home",
    "init",
    "load",
    "map",
    "plan",
    "report",
    "synth",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Load `cover` where it is asked for: its module loads pandas, which `--help` does without."""
    if name == "cover":
        return import_module("netplan.access.cover").cover
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
