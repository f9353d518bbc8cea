"""Network and home-access capacity planning for school districts.

The public calls; each command of ``netplan`` is a thin wrapper over the one of its name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from netplan._version import __version__

# Packages that share their name with a public call are bound first, so that importing one
# of their modules later does not hide the call (docs/decisions/0002-names.md).
for _package in ("access", "gap", "load", "report", "synth", "whatif"):
    import_module(f"netplan.{_package}")
# the call of this name is found below
del whatif  # noqa: F821  (bound by the import of the package)

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
    from netplan.studies.apply import apply
    from netplan.studies.compare import compare
    from netplan.studies.cost import cost
    from netplan.studies.sweep import sweep
    from netplan.studies.upgrade import upgrade
    from netplan.studies.whatif import whatif

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
    "apply",
    "check",
    "compare",
    "cost",
    "cover",
    "gap",
    "home",
    "init",
    "load",
    "map",
    "plan",
    "report",
    "sweep",
    "synth",
    "upgrade",
    "validate",
    "whatif",
]

#: Calls whose modules load pandas, which `--help` does without: found where they are asked for.
_LATE = {"cover": "netplan.access.cover"} | {
    name: f"netplan.studies.{name}"
    for name in ("apply", "compare", "cost", "sweep", "upgrade", "whatif")
}


def __getattr__(name: str) -> Any:
    """Load a call where it is asked for."""
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
