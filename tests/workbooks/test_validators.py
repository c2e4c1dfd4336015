"""Every workbook passes a validator, and every ranking a second reckoner, that are not ours.

``openxml-audit`` holds a package against the schemas and rules that Excel opens it by.
"""

from pathlib import Path

import pytest
from openpyxl import Workbook
from openxml_audit import FileFormat, OpenXmlValidator
from recalculated import reckoned_elsewhere
from workspace import NEWEST, SAMPLES, copy_few, few_output, kpibatch

_SOME = 2


def faults(book: Path, version: FileFormat = FileFormat.OFFICE_2010) -> list[str]:
    """What the validator has against a workbook, by the oldest Excel that must open it."""
    result = OpenXmlValidator(file_format=version).validate(book)
    return [f"{book.name}: {error.part_uri}: {error.description}" for error in result.errors]


def some(folder: Path) -> list[Path]:
    books = sorted(path for path in folder.iterdir() if path.suffix in (".xlsx", ".xlsm"))
    return [*books[: _SOME - 1], *books[-1:]]


@pytest.mark.slow
@pytest.mark.parametrize("name", NEWEST)
def test_a_months_workbooks_are_valid(name: str) -> None:
    output = few_output(name)
    books = [output / "ranking.xlsx", *some(output / "units"), *some(output / "returned")]
    assert [fault for book in books for fault in faults(book)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NEWEST)
def test_forms_tables_and_annex_are_valid(name: str, tmp_path: Path) -> None:
    workspace = copy_few(tmp_path, name)
    for words in (("forms",), ("levels", "show", "--xlsx")):
        assert kpibatch(workspace, *words).exit_code in (0, 1)
    output = workspace / "output"
    tables = SAMPLES / name / "level_tables.xlsx"
    books = [tables, output / "level_tables_annex.xlsx", *some(output / "forms")]
    assert [fault for book in books for fault in faults(book)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NEWEST)
def test_every_formula_of_a_ranking_comes_to_the_same_in_another_program(name: str) -> None:
    count, wrong = reckoned_elsewhere(few_output(name) / "ranking.xlsx")
    assert count > 300
    assert wrong == []


def test_a_wrong_result_is_noticed(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append([1, 2, "=A1+B1"])
    book.save(tmp_path / "no result.xlsx")
    assert reckoned_elsewhere(tmp_path / "no result.xlsx") == (1, ["Sheet!C1: None, IronCalc 3.0"])


@pytest.mark.slow
def test_a_broken_package_is_noticed(tmp_path: Path) -> None:
    book = Workbook()
    book.active.merge_cells("A1:B2")
    book.active.merge_cells("B2:C3")
    book.save(tmp_path / "overlap.xlsx")
    assert faults(tmp_path / "overlap.xlsx") != []
