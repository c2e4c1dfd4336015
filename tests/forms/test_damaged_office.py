"""Damaged forms of an office's own: each is read and filled in, or is one line for the operator; never is
there an exception that is not.
"""

import random
from pathlib import Path

import pytest
from damaged import damaged
from rich_book import parts_of, write_parts
from workspace import CHACHOENGSAO, SAMPLES, TEMPLATE

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FormError
from kpibatch.books.guard import capped
from kpibatch.forms.office_read import read_office_form
from kpibatch.forms.office_write import office_forms
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

LIMITS = IntakeLimits(seconds=60.0)
SOURCE = SAMPLES / CHACHOENGSAO / TEMPLATE


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return read_levels(SAMPLES / CHACHOENGSAO / "level_tables.xlsx")[0]


@pytest.mark.parametrize(
    "numbers", [range(4), pytest.param(range(4, 60), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_a_damaged_form_is_filled_in_or_told_in_one_line(
    numbers: range, tables: LevelTables, tmp_path: Path
) -> None:
    path, ends, told = tmp_path / "form.xlsx", [], []
    for number in numbers:
        write_parts(path, damaged(random.Random(number), dict(parts_of(SOURCE))))
        (tmp_path / "out.xlsx").unlink(missing_ok=True)
        try:
            form = read_office_form(path, tables, "en", LIMITS)
            with office_forms(form, tables, LIMITS) as write:
                write(tables.units[0], tmp_path / "out.xlsx")
            ends.append((tmp_path / "out.xlsx").exists())
        except FormError as fault:
            told.append(fault.message("en"))
            ends.append(False)
    assert {*ends} == {True, False}, "both ends occur"
    assert [text for text in told if "form.xlsx" not in text or "\n" in text] == []


@pytest.mark.slow
@pytest.mark.children
@pytest.mark.skipif(capped.START != "fork", reason="only a forked child inherits the stand-in")
def test_a_form_that_can_not_be_filled_in_in_time_is_told(
    tables: LevelTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = read_office_form(SOURCE, tables)
    monkeypatch.setattr("kpibatch.forms.office_write.open_package", lambda _: bytes(3_000_000_000))
    with office_forms(form, tables, LIMITS) as write, pytest.raises(FormError, match="> 1,000 MB"):
        write(tables.units[0], tmp_path / "out.xlsx")
