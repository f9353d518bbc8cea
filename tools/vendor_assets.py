"""Fetch the scripts and styles that pages carry, and write them where netplan reads them.

    python -m tools.vendor_assets

Packages are fetched by name and version with ``npm pack``; what comes must have the SHA-256 that
stands here. Nothing of npm is needed to use netplan: what is written is part of the repository,
each folder with a ``VENDOR.toml`` of names, versions, licenses and SHA-256.
"""

import base64
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "netplan" / "maps" / "assets" / "vendor"
TESTS = ROOT / "tests" / "browser" / "vendor"

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package of npm.

    ``files`` maps what is written to how it is made from the package's files; ``inside`` names
    the packages that its script holds, whose licenses are written too.
    """

    name: str
    version: str
    license: str
    sha256: str
    into: Path
    files: tuple[tuple[str, Callable[[Files], bytes]], ...] = ()
    inside: tuple[str, ...] = ()


def part(path: str, banner: str = "") -> Callable[[Files], bytes]:
    """Take a file as it is, without carriage returns and without the address of a source map.

    A page carries the script without its license file: ``banner`` says whose it is where the
    script does not.
    """

    def take(files: Files) -> bytes:
        text = files[path].decode("utf-8").replace("\r\n", "\n")
        text = re.sub(r"\n?//[#@] sourceMappingURL=\S+\s*$", "\n", text)
        return f"{banner}{text.rstrip()}\n".encode()

    return take


def data_uri(files: Files, path: str) -> str:
    """Give an image as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(files[path]).decode("ascii")


def leaflet_css(files: Files) -> bytes:
    """Give Leaflet's style with its images inside; what only Internet Explorer read is left out."""
    text = part("dist/leaflet.css")(files).decode()
    text = re.sub(r"\.lvml \{[^}]*\}\n?", "", text)
    text = text.replace("background-image: url(images/marker-icon.png);", "")
    text = re.sub(
        r"url\((images/[\w.-]+)\)", lambda m: f'url("{data_uri(files, "dist/" + m[1])}")', text
    )
    if re.search(r"url\((?!\"data:)", text):
        raise SystemExit("leaflet.css still asks for a file")
    return text.encode()


def leaflet_icons(files: Files) -> bytes:
    """Give a script that puts the images of Leaflet's default marker into the page."""
    names = {
        "iconUrl": "marker-icon.png",
        "iconRetinaUrl": "marker-icon-2x.png",
        "shadowUrl": "marker-shadow.png",
    }
    options = ",\n".join(
        f'  {key}: "{data_uri(files, "dist/images/" + name)}"' for key, name in names.items()
    )
    script = f"L.Icon.Default.mergeOptions({{\n{options},\n}});\n"
    return f'L.Icon.Default.imagePath = "";\n{script}'.encode()


_BANNER = (
    "/*! {}, (c) Protomaps LLC, BSD-3-Clause; holds code under MIT, ISC and BSD-3-Clause: "
    "netplan/maps/assets/vendor/*LICENSE*.txt */\n"
)
PACKAGES = (
    Package(
        name="leaflet", version="1.9.4", license="BSD-2-Clause", into=PAGES,
        sha256="84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77",
        files=(("leaflet.js", part("dist/leaflet.js")), ("leaflet.css", leaflet_css),
               ("leaflet-icons.js", leaflet_icons), ("leaflet.LICENSE.txt", part("LICENSE"))),
    ),
    Package(
        name="pmtiles", version="3.2.1", license="BSD-3-Clause", into=PAGES,
        sha256="2457cc52cb8fcbe0adbd83483ab559fe03423892e8d3804ed81d385f81095aaa",
        files=(("pmtiles.js", part("dist/pmtiles.js", _BANNER.format("pmtiles 3.2.1"))),),
        inside=("fflate",),
    ),
    Package(
        name="protomaps-leaflet", version="5.1.0", license="BSD-3-Clause", into=PAGES,
        sha256="0b45b08d0e6f7d39816415dbe6821d0556e7997ec716ed0123305cc1fe5a3fd8",
        files=(("protomaps-leaflet.js",
                part("dist/protomaps-leaflet.js", _BANNER.format("protomaps-leaflet 5.1.0"))),
               ("protomaps-leaflet.LICENSE.txt", part("LICENSE"))),
        inside=("pmtiles", "fflate", "@mapbox/point-geometry", "@mapbox/vector-tile",
                "@protomaps/basemaps", "color2k", "pbf", "potpack", "quickselect", "rbush"),
    ),
    Package(
        name="jquery", version="3.7.1", license="MIT", into=PAGES,
        sha256="68a9f787516da47c680e09c187bcbac4536b6f85d90eb882844e12919e583f53",
        files=(("jquery.slim.js", part("dist/jquery.slim.min.js")),
               ("jquery.LICENSE.txt", part("LICENSE.txt"))),
    ),
    Package(
        name="axe-core", version="4.10.3", license="MPL-2.0", into=TESTS,
        sha256="0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292",
        files=(("axe.min.js", part("axe.min.js")), ("axe.LICENSE.txt", part("LICENSE"))),
    ),
)  # fmt: skip

#: Packages whose code is inside the scripts above: for their licenses only.
INSIDE = (
    ("fflate", "0.8.2", "MIT", "LICENSE",
     "61fd5061e2fc8e5e3e3129f7f2fec7bd78a313e1bf4becbf1cc1cc9998d141dc"),
    ("@mapbox/point-geometry", "1.1.0", "ISC", "LICENSE",
     "9bf202082ba414ef99d82ca466445bfeddff3631922cfa74f9b4ce5caafde038"),
    ("@mapbox/vector-tile", "2.0.4", "BSD-3-Clause", "LICENSE.txt",
     "1211fe2263f9adec48b0936004dd1683929194c309119b04ac84f8da8a0c8582"),
    ("color2k", "2.0.3", "MIT", "LICENSE",
     "3e5c35d7fec8db97ac6cafb19ba5ca9167c3f405705df1838f4c7150dc6a95f2"),
    ("pbf", "4.0.1", "BSD-3-Clause", "LICENSE",
     "f8fbe1dd8eb0da8c2ddf6edb067d225ccb1bbc73ffc789491aea7f776e8164f3"),
    ("potpack", "1.0.2", "ISC", "LICENSE",
     "1795e2abaa858d49a6183a0d520a51d04ea3b7bf413054b63ab0f3deb6af60ff"),
    ("quickselect", "2.0.0", "ISC", "LICENSE",
     "88a39df0c801595c65e5d87591c42ca612680b8478b6a634549cfe6c240e35e2"),
    ("rbush", "3.0.1", "MIT", "LICENSE",
     "6c4d95fc91fb408172f3597a8f9bb19ef5237aeacf3c11bc36e14fbc2c5f83e1"),
)  # fmt: skip


def fetch(name: str, version: str, sha256: str) -> Files:
    """Give the files of a package by path; stop when it is not the one that is expected."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", folder],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        packed = next(Path(folder).glob("*.tgz")).read_bytes()
    found = hashlib.sha256(packed).hexdigest()
    if found != sha256:
        raise SystemExit(f"{name}@{version}: SHA-256 is {found}, expected {sha256}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {
            member.name.removeprefix("package/"): taken.read()
            for member in archive
            if (taken := archive.extractfile(member)) is not None
        }


def entry(package: Package, written: Files) -> str:
    """Give a package's part of VENDOR.toml."""
    lines = [
        "[[package]]",
        f'name = "{package.name}"',
        f'version = "{package.version}"',
        f'license = "{package.license}"',
        f'sha256 = "{package.sha256}"',
        *([f"inside = {list(package.inside)}".replace("'", '"')] if package.inside else []),
        "[package.files]",
        *(f'"{name}" = "{hashlib.sha256(data).hexdigest()}"' for name, data in written.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fetch everything and write it."""
    licenses = [
        f"{name} {version} ({license_name})\n\n{part(path)(fetch(name, version, sha256)).decode()}"
        for name, version, license_name, path, sha256 in INSIDE
    ]
    inside = f"\n{'-' * 80}\n".join(
        ["Code of these packages is inside pmtiles.js and protomaps-leaflet.js. pmtiles and\n"
         "@protomaps/basemaps are of Protomaps LLC, under protomaps-leaflet.LICENSE.txt.\n",
         *licenses]
    )  # fmt: skip
    for into in (PAGES, TESTS):
        into.mkdir(parents=True, exist_ok=True)
        parts = [
            "# Written by tools/vendor_assets.py: packages of npm, and the SHA-256 of each file.\n"
        ]
        for package in (each for each in PACKAGES if each.into == into):
            files = fetch(package.name, package.version, package.sha256)
            written = {name: make(files) for name, make in package.files}
            if package.name == "protomaps-leaflet":
                written["inside.LICENSES.txt"] = inside.encode()
            for name, data in written.items():
                (into / name).write_bytes(data)
                sys.stdout.write(f"{(into / name).relative_to(ROOT)} {len(data):,}\n")
            parts.append(entry(package, written))
        (into / "VENDOR.toml").write_text("\n".join(parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
