"""docs/columns.md is what the schemas say."""

from pathlib import Path

import pytest

from netplan.inputs.reference import DOCUMENT, main, reference
from netplan.inputs.schemas import TABLES


def test_the_column_reference_is_fresh() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == reference(), (
        "run `python -m netplan.inputs.reference --write`"
    )
    assert main(["--check"]) == 0


def test_a_stale_reference_is_called_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "columns.md"
    stale.write_text("old")
    assert main(["--check", "--file", str(stale)]) == 1
    assert "stale" in capsys.readouterr().err
    assert main(["--write", "--file", str(stale)]) == 0
    assert main(["--check", "--file", str(stale)]) == 0


def test_without_an_option_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == reference()


def test_every_column_is_in_it_with_its_meaning() -> None:
    text = reference()
    for spec in TABLES.values():
        assert f"## {spec.file}" in text
        for field in spec.fields:
            assert f"`{field.name}`" in text
            assert field.description.endswith(".")
            assert field.description in text
