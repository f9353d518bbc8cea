"""Write the golden files again: ``python -m tests.golden.regenerate`` (then read the difference).

The comparison file is the document of ``netplan check`` without the version of netplan and without
the failures that cut off and overload nothing.
"""

import json
from pathlib import Path
from typing import Any

import netplan
from netplan.report.document import dumps

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
GOLDEN = Path(__file__).with_name("harbor-county.check.json")


def harmless(failure: dict[str, Any]) -> bool:
    """Say whether a failure cuts off and overloads nothing."""
    return not (failure["cut_off"] or failure["partly_cut_off"] or failure["overloaded"])


def current() -> dict[str, Any]:
    """Give what the golden file would hold now."""
    document = json.loads(netplan.check(netplan.load(HARBOR)).to_json())
    del document["netplan"]
    document["failures"] = [row for row in document["failures"] if not harmless(row)]
    return dict(document)


def main() -> None:
    """Write the golden file."""
    GOLDEN.write_text(dumps(current()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
