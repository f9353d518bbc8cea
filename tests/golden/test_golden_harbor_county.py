"""The sample district gives the numbers that it gave when somebody last read them all."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

from tests.golden.regenerate import GAP, GOLDEN, current, current_gap

#: More of one difference would only hide the others.
SHOWN = 20


def differences(golden: Any, now: Any, path: str = "") -> Iterator[str]:
    """Yield where two documents differ: structure and text exactly, numbers by a millionth."""
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (golden, now))
    if numbers:
        if not math.isclose(golden, now, rel_tol=1e-6, abs_tol=1e-9):
            yield f"{path}: was {golden}, is {now}"
    elif type(golden) is not type(now):
        yield f"{path}: was {golden!r}, is {now!r}"
    elif isinstance(golden, dict):
        if list(golden) != list(now):
            yield f"{path}: keys were {list(golden)}, are {list(now)}"
        for key in golden.keys() & now.keys():
            yield from differences(golden[key], now[key], f"{path}.{key}")
    elif isinstance(golden, list):
        if len(golden) != len(now):
            yield f"{path}: had {len(golden)} entries, has {len(now)}"
        for place, (one, other) in enumerate(zip(golden, now, strict=False)):
            yield from differences(one, other, f"{path}[{place}]")
    elif golden != now:
        yield f"{path}: was {golden!r}, is {now!r}"


@pytest.mark.parametrize("part", ["check", "gap"])
def test_harbor_county_is_as_it_was(part: str) -> None:
    file, now = (GOLDEN, current) if part == "check" else (GAP, current_gap)
    golden = json.loads(file.read_text(encoding="utf-8"))
    found = sorted(differences(golden, now()))
    told = "\n".join(found[:SHOWN])
    assert not found, (
        f"{len(found)} differences, such as\n{told}\n"
        "If they are meant: python -m tests.golden.regenerate, and say why in the commit."
    )


def test_the_golden_file_is_small_enough_to_read_in_a_review() -> None:
    assert GOLDEN.stat().st_size < 1_500_000


@pytest.mark.parametrize(
    ("golden", "now", "count"),
    [
        ({"a": 1.0}, {"a": 1.0000000001}, 0),
        ({"a": 1.0}, {"a": 1.001}, 1),
        ({"a": 1}, {"a": True}, 1),
        ({"a": 1}, {"b": 1}, 1),
        ({"a": None}, {"a": 0}, 1),
        ({"a": [1, 2]}, {"a": [1]}, 1),
        ({"a": "x"}, {"a": "y"}, 1),
        ({"a": [], "b": 0}, {"b": 0, "a": []}, 1),  # the contract's order of keys
    ],
)
def test_what_counts_as_a_difference(golden: Any, now: Any, count: int) -> None:
    assert len(list(differences(golden, now))) == count
