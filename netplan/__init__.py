"""Network and home-access capacity planning for school districts.

The public calls; each command of ``netplan`` is a thin wrapper over the one of its name.
"""

from importlib import import_module

from netplan._version import __version__

# Packages that share their name with a public call are bound first, so that importing one
# of their modules later does not hide the call (docs/decisions/0002-names.md).
for _package in ("access", "gap", "load", "synth"):
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
from netplan.pipeline import (  # noqa: E402
    access,
    check,
    gap,
    init,
    load,
    plan,
    synth,
    validate,
)

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
    "gap",
    "init",
    "load",
    "plan",
    "synth",
    "validate",
]
