"""A workbook of the operator's that another program holds: one line that names it and says what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from workspace import CHACHOENGSAO, SAMPLES, copy_sample, kpibatch, tree

from kpibatch.base.errors import FileHeld
from kpibatch.forms.office_read import read_office_form
from kpibatch.intake.corrections import read_corrections
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

READERS: dict[str, Callable[[Path, LevelTables], object]] = {
    "level_tables.xlsx": lambda path, tables: read_levels(path),
    "corrections.xlsx": read_corrections,
    "form_template.xlsx": read_office_form,
}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(path: Path, *rest: object) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("kpibatch.books.read.take", take)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("name", READERS)
def test_it_is_named(name: str, tmp_path: Path, buriram: LevelTables) -> None:
    path = tmp_path / name
    path.write_bytes((SAMPLES / CHACHOENGSAO / "level_tables.xlsx").read_bytes())
    with pytest.raises(FileHeld) as caught:
        READERS[name](path, buriram)
    assert str(path) in caught.value.message("th")
    assert "บันทึกเป็น .xlsx" not in caught.value.message("th")


@pytest.mark.usefixtures("held")
def test_a_command_ends_with_2_and_touches_nothing(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, CHACHOENGSAO)
    before = tree(workspace)
    result = kpibatch(workspace, "run")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "level_tables.xlsx" in result.stderr
    assert tree(workspace) == before
