"""Write the golden files again: ``python -m tests.golden.regenerate`` (then read the difference).

The comparison files are the document of ``netplan check`` without the version of netplan and
without the failures that cut off and overload nothing, and that of ``netplan gap`` from its
definition on.
"""

import json
from pathlib import Path
from typing import Any

import netplan
from netplan.report.document import dumps
from tests.golden.maps import MAPS, current_maps

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
GOLDEN = Path(__file__).with_name("harbor-county.check.json")


GAP = Path(__file__).with_name("harbor-county.gap.json")


def harmless(failure: dict[str, Any]) -> bool:
    """Say whether a failure cuts off and overloads nothing."""
    return not (failure["cut_off"] or failure["partly_cut_off"] or failure["overloaded"])


def current() -> dict[str, Any]:
    """Give what the golden file would hold now."""
    document = json.loads(netplan.check(netplan.load(HARBOR)).to_json())
    del document["netplan"]
    document["failures"] = [row for row in document["failures"] if not harmless(row)]
    return dict(document)


def current_gap() -> dict[str, Any]:
    """Give what the golden file of the gap would hold now."""
    document = json.loads(netplan.gap(netplan.load(HARBOR)).to_json())
    names = list(document)
    return {name: document[name] for name in names[names.index("definition") :]}


def main() -> None:
    """Write the golden files."""
    MAPS.write_text(dumps(current_maps()), encoding="utf-8", newline="\n")
    GAP.write_text(dumps(current_gap()), encoding="utf-8", newline="\n")
    GOLDEN.write_text(dumps(current()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
