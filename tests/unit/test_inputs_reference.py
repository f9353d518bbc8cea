"""The example row of each table is one that netplan takes."""

import pytest

from netplan.inputs.reader import read_sheet
from netplan.inputs.reference import reference
from netplan.inputs.schemas import TABLES
from netplan.inputs.tables import type_sheet


@pytest.mark.parametrize("name", TABLES)
def test_the_example_of_a_table_is_sound(name: str) -> None:
    spec = TABLES[name]
    text = f"{','.join(spec.columns)}\n{spec.example}\n"
    sheet, problems = read_sheet(text.encode(), spec)
    assert sheet is not None
    table, found = type_sheet(sheet, spec)
    assert problems + found == []
    required = [field.name for field in spec.fields if field.required]
    assert table.frame[required].notna().all(axis=None)
    assert f"```csv\n{text}```" in reference()


def test_what_asks_means_is_said_once() -> None:
    text = reference()
    assert text.count("is down_mbps really 1,000,000 Mbps?") == 1
