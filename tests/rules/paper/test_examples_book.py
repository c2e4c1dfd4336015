"""Proposed cases as a sheet: copied into the level tables they are read as they were proposed."""

from pathlib import Path

import pytest
from mutating import reading
from tablebook import levels, write

from kpibatch.books.read import read_book
from kpibatch.rules.paper.examples_book import write_examples
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import EXAMPLES
from kpibatch.scoring.examples.propose import propose


@pytest.mark.parametrize("language", ["th", "en"])
def test_proposed_cases_are_read_as_they_were_proposed(language: str, tmp_path: Path) -> None:
    tables = levels()
    proposed = propose(tables, language)
    write_examples(tables, proposed, tmp_path / "examples.xlsx", language, tables.round.start)
    write(tmp_path / "tables.xlsx", {}, {})
    sheets = read_book(tmp_path / "examples.xlsx")
    assert list(sheets)[1:] == [EXAMPLES.sheet]
    with reading({**read_book(tmp_path / "tables.xlsx"), EXAMPLES.sheet: sheets[EXAMPLES.sheet]}):
        copied, found = read_levels(tmp_path / "tables.xlsx")
    assert [each for each in found if each.grave] == []
    assert len(proposed) > 20
    assert [(each.kpi, each.values, each.level, each.score, each.why) for each in copied.examples] == [
        (each.kpi, each.values, each.level, each.score, each.why) for each in proposed
    ]
