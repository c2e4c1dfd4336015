"""A ranking with every source that computes: its formulas give what the program says, and go on to do so when
a cell is changed.
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from libreoffice import recalculate
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from recalculated import differences, reckoned_elsewhere
from reckoning import reckoning
from workspace import open_book

from kpibatch.base.addresses import address
from kpibatch.rules.formulas.plan import plan_kpi
from kpibatch.rules.round import Holiday
from kpibatch.scoring.outcome import Outcome

JUNE = "2565-06"
GIVEN: dict[str, dict[str, object]] = {
    "3101": {
        **{"plan": True, "meeting": False, "report": True, "now": 82.449, "people": 101, "staff": 10},
        **{"a": 94.995, "b": 85, "c": 79.5, "got": date(2022, 4, 29), "closed": date(2022, 5, 9), "news": 12},
    },
    "3102": {
        **{"plan": True, "meeting": True, "report": True, "opened": date(2022, 6, 10), "now": 82.45},
        **{"people": 7, "staff": 0, "a": 79, "b": 80, "c": 79.5, "news": 2},
        **{"got": date(2022, 6, 10), "closed": date(2022, 6, 1)},
    },
    "3103": {
        "meeting": True,
        "now": 77.95,
        "a": 100,
        "b": 100,
        "got": date(2022, 6, 5),
        "closed": date(2022, 6, 5),
    },
}
FORMULAS = {
    "done": 'IF(OR(C{0}="",D{0}="",E{0}=""),"",(C{0}="ใช่")+(D{0}="ใช่")+(E{0}="ใช่")+ISNUMBER(F{0})+0)',
    "rise": 'IF(COUNT(C{0},D{0})<2,"",ROUND(ROUND(C{0}-D{0},9),1))',
    "load": 'IF(COUNT(C{0},D{0})<2,"",IF(D{0}=0,0,C{0}/D{0}))',
    "mean": 'IF(COUNT(C{0},D{0},E{0})<3,"",ROUND(ROUND(AVERAGE(C{0},D{0},E{0}),9),0))',
    "best": 'IF(COUNT(C{0},D{0},E{0})<3,"",(LARGE(C{0}:E{0},1)+LARGE(C{0}:E{0},2))/2)',
    "top": 'IF(COUNT(C{0},D{0},E{0})<3,"",MAX(C{0},D{0},E{0}))',
    "least": 'IF(COUNT(C{0},D{0},E{0})<3,"",MIN(C{0},D{0},E{0}))',
    "last": 'IF(COUNT(C{0},D{0})<2,"",MAX(C{0},D{0}))',
    "days": 'IF(COUNT(C{0},D{0})<2,"",IF(C{0}>D{0},NETWORKDAYS(D{0}+1,C{0},เกณฑ์!$A$10:$A$15),'
    "IF(C{0}<D{0},-NETWORKDAYS(C{0}+1,D{0},เกณฑ์!$A$10:$A$15),0)))",
}


def outcome() -> Outcome:
    return outcome_of(
        reckoning(), GIVEN, JUNE, came={"3101": datetime(2022, 7, 8), "3102": datetime(2022, 7, 5)}
    )


def cell_of(code: str, row: int) -> tuple[str, str]:
    """The sheet and the address of a unit's value of a measure."""
    tables = reckoning()
    plan = plan_kpi(tables.node[tables.kpi_of[code]], tables.kpi_of[code], tables)
    return plan.sheet, address(plan.first + row, plan.column(code))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ranking_of(outcome(), tmp_path_factory.mktemp("reckoned") / "ranking.xlsx")


def test_the_formula_that_stands_in_the_ranking(book: Path) -> None:
    sheets = load_workbook(book)
    for code, formula in FORMULAS.items():
        sheet, cell = cell_of(code, 0)
        stands = str(sheets[sheet][cell].value).replace("$", "").replace("'", "")
        assert stands == "=" + formula.format(sheets[sheet][cell].row).replace("$", ""), code


@pytest.mark.slow
def test_formulas_give_what_the_program_says_and_follow_a_change(book: Path, tmp_path: Path) -> None:
    """A holiday moved to a working day, an answer and a day changed: as the program with the same values."""
    changed = tmp_path / "changed.xlsx"
    edited = open_book(book)
    holiday = next(cell for cell in edited["เกณฑ์"]["A"] if cell.value == datetime(2022, 5, 14))
    holiday.value = datetime(2022, 5, 5)
    for code, value in (("meeting", "ใช่"), ("opened", datetime(2022, 5, 1)), ("a", 80)):
        sheet, cell = cell_of(code, 0)
        edited[sheet][cell] = value
    edited.save(changed)
    anew, after = recalculate([book, changed], tmp_path / "anew")
    count, wrong = differences(book, anew)
    assert wrong == []
    assert reckoned_elsewhere(book)[1] == []
    assert count > 300
    tables = reckoning()
    days = (*(each for each in tables.holidays if each.name != "เสาร์"), Holiday(date(2022, 5, 5).toordinal()))
    given = {**GIVEN, "3101": {**GIVEN["3101"], "meeting": True, "opened": date(2022, 5, 1), "a": 80}}
    then = outcome_of(replace(tables, holidays=days), given, JUNE, came={"3101": datetime(2022, 7, 8)})
    values = open_book(after, values=True)
    for code in ("done", "days", "mean", "best", "top", "least"):
        sheet, cell = cell_of(code, 0)
        assert values[sheet][cell].value == pytest.approx(then.measured.value("3101", code)), code
    assert then.measured.value("3101", "days") == outcome().measured.value("3101", "days") - 1
