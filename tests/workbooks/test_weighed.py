"""A ranking in which who a unit is decides what weighs how much: its formulas give what the program says."""

from pathlib import Path

import pytest
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from recalculated import calculated, differences
from weighing import values, weighing

from kpibatch.scoring.outcome import Outcome

SCORES = "คะแนนรายตัวชี้วัด"


def outcome() -> Outcome:
    given = {
        "3101": values(5, 3, 4, 2, 1),
        "3102": values(1, 3, 4, None, 5),
        "3103": values(4, 5, 1, 2, 2),
        "3104": values(5, 3, 5, 4, 1),
    }
    return outcome_of(weighing(), given)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ranking_of(outcome(), tmp_path_factory.mktemp("weighed") / "ranking.xlsx")


def column_of(sheet: list[tuple[object, ...]], head: str) -> list[object]:
    """What stands below a heading, of the units."""
    at = sheet[3].index(head)
    return [line[at] for line in sheet[6:10]]


def test_each_unit_has_its_weights_in_its_own_line(book: Path) -> None:
    sheet = list(load_workbook(book)[SCORES].iter_rows(values_only=True))
    assert column_of(sheet, "น้ำหนัก T1") == [70, 70, 40, 40]
    assert column_of(sheet, "น้ำหนัก I2") == [75, 75, 50, 0.5]
    assert column_of(sheet, "น้ำหนัก T") == ["=$K$6"] * 4
    assert sheet[5][sheet[3].index("I")] == "ตามหน่วย"
    assert "น้ำหนัก P1" not in sheet[3]


@pytest.mark.slow
def test_every_cached_result_is_what_the_formula_gives(book: Path, tmp_path: Path) -> None:
    count, wrong = differences(book, calculated({"": book}, tmp_path)[""])
    assert wrong == []
    assert count > 100
