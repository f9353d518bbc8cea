"""The layout holds: imports point one way, heavy libraries have one door, a light start."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "netplan"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: A stage imports only itself, what anyone may, and what stands before it.
ORDER = (
    "sources", "inputs", "whatif", "district", "load", "network", "capacity",
    "gap", "access", "money", "upgrades", "maps", "report", "synth", "folders", "pipeline",
    "studies", "cli",
)  # fmt: skip
ANYONE = {"errors", "geo", "optimize", "_version"}
#: Writers of district folders know its schemas and nothing of what is computed from them.
WRITERS = {"sources": {"inputs"}, "synth": {"inputs", "sources"}}

DOORS = {
    "folium": {"maps"},
    "highspy": {"optimize"},
    "osmium": {"geo"},
    "pyproj": {"geo"},
    "numba": {"network", "optimize"},
    "requests": {"sources"},
    "urllib": {"sources", "report"},
    "socket": {"sources"},
    "http": {"sources"},
    "rich": {"report", "cli"},
    "click": {"cli"},
    "pandera": {"inputs"},
    "jinja2": {"report", "maps"},
    "joblib": {"studies"},
    "dask": {"studies"},
    "distributed": {"studies"},
    "pyarrow": {"studies"},
}


def stage_of(path: Path) -> str:
    """Give the stage (package or top module) that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    stage = stage_of(path)
    for module in imported(path):
        parts = module.split(".")
        if parts[0] != "netplan" or stage in {"__init__", "__main__"}:
            continue
        other = parts[1] if len(parts) > 1 else "__init__"
        if other in ANYONE or other == stage:
            continue
        if stage == "cli" or (stage == "report" and other == "__init__"):
            continue
        if stage in WRITERS:
            assert other in WRITERS[stage], f"{stage} imports {module}"
            continue
        assert ORDER.index(other) < ORDER.index(stage), f"{stage} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_have_one_door(path: Path) -> None:
    for module in imported(path):
        allowed = DOORS.get(module.split(".")[0])
        assert allowed is None or stage_of(path) in allowed, f"{path} imports {module}"


def test_command_line_starts_without_pandas() -> None:
    code = (
        "import sys, netplan.cli.main; heavy = {'pandas', 'numpy', 'scipy', 'numba', 'networkx'}; "
        "print(sorted((heavy | {'rich', 'pandera'}) & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_public_calls_survive_the_import_of_every_module() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if path.stem != "__main__"
    ]
    code = (
        "import importlib, netplan\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert callable(netplan.load) and callable(netplan.synth), 'hidden by a package'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_catch_all_and_no_literal_getattr(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            names = (
                {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
                if node.type
                else set()
            )
            assert node.type is not None and not names & {"Exception", "BaseException"}, node.lineno
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"getattr", "setattr", "hasattr"}
            and len(node.args) > 1
        ):
            assert not isinstance(node.args[1], ast.Constant), f"{path}:{node.lineno}"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500, f"{path} is too long to read"


def test_package_inits_hold_a_docstring_only() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        if path.parent == PACKAGE:
            continue
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1 and isinstance(body[0], ast.Expr), path
