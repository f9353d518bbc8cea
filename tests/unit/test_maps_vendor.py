"""Vendored files are those of VENDOR.toml, whole, licensed, and ask for nothing."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from netplan.maps import vendor

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "netplan" / "maps" / "assets" / "vendor", ROOT / "tests" / "browser" / "vendor"]
#: Addresses that stand in comments, notices and links for people, which nothing fetches.
FETCHES = re.compile(
    r"@import|url\((?!\"data:)|sourceMappingURL|<script|src=[\"']http", re.IGNORECASE
)


def packages(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(
        (folder / "VENDOR.toml").read_text(encoding="utf-8")
    )["package"]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_every_file_is_the_one_that_was_fetched(folder: Path) -> None:
    expected: dict[str, str] = {}
    for package in packages(folder):
        assert package["version"] and package["license"] and len(str(package["sha256"])) == 64
        files = package["files"]
        assert isinstance(files, dict)
        assert package["name"] == "pmtiles" or any("LICENSE" in name for name in files)
        expected |= files
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "VENDOR.toml"
    }
    assert found == expected


def test_the_style_holds_its_images() -> None:
    assert not FETCHES.search(vendor.asset("vendor/leaflet.css"))
    assert vendor.asset("vendor/leaflet.css").count("data:image/png;base64,") == 2


def test_no_file_names_a_registry() -> None:
    hosts = re.compile(r"registry\.|npmjs|unpkg|jsdelivr|cdnjs", re.IGNORECASE)
    for path in [*FOLDERS[0].rglob("*"), *FOLDERS[0].parent.rglob("*.js"), ROOT / "tools"]:
        if path.is_file():
            assert not hosts.search(path.read_text(encoding="utf-8")), path


def test_every_asset_may_stand_inside_a_page() -> None:
    assets = FOLDERS[0].parent
    for path in sorted([*assets.rglob("*.js"), *assets.rglob("*.css")]):
        assert vendor.asset(path.relative_to(assets).as_posix())


def test_the_app_is_all_files_in_order() -> None:
    folder = FOLDERS[0].parent / "app"
    script, at = vendor.app_script(), -1
    for path in sorted(folder.glob("*.js")):
        found = script.find(path.read_text(encoding="utf-8"))
        assert found > at, path.name
        at = found


def test_the_package_ships_every_asset() -> None:
    globs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = {
        path
        for glob in globs["tool"]["setuptools"]["package-data"]["netplan"]
        for path in (ROOT / "netplan").glob(glob)
    }
    maps = ROOT / "netplan" / "maps"
    parts = [*(maps / "assets").rglob("*"), *(maps / "templates").rglob("*")]
    needed = {path for path in parts if path.is_file()}
    assert needed <= shipped
