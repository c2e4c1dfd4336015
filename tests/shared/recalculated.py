"""A workbook's cached results against what comes out anew."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import ironcalc
from libreoffice import recalculate
from made_once import made_once
from openpyxl import Workbook
from workspace import NEWEST, open_book, sample_output

from kpibatch.base.addresses import excel_day


@cache
def sample_rankings() -> dict[str, Path]:
    """Each sample's ranking, calculated anew, once for all tests."""
    books = {name: sample_output(name) / "ranking.xlsx" for name in NEWEST}
    folder = made_once("rankings calculated anew", lambda home: calculated(books, home))
    return {name: folder / "anew" / f"{at}.xlsx" for at, name in enumerate(books)}


def calculated(books: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Workbooks, which may have the same name, calculated anew below a folder."""
    copies = [Path(shutil.copy(book, folder / f"{at}.xlsx")) for at, book in enumerate(books.values())]
    return dict(zip(books, recalculate(copies, folder / "anew"), strict=True))


def values_of(book: Workbook) -> dict[tuple[str, str], Any]:
    """(sheet, address) → value; an empty text is no value."""
    return {
        (s.title, c.coordinate): c.value
        for s in book
        for row in s.iter_rows()
        for c in row
        if c.value not in (None, "")
    }


def differences(path: Path, anew: Path) -> tuple[int, list[str]]:
    """How many formulas a workbook has, and those whose result in it is not what comes out anew, or is an
    error.
    """
    formulas = [
        (s.title, c.coordinate)
        for s in open_book(path)
        for row in s.iter_rows()
        for c in row
        if c.data_type == "f"
    ]
    said, found = values_of(open_book(path, values=True)), values_of(open_book(anew, values=True))
    wrong = []
    for place in formulas:
        cached, true = said.get(place), found.get(place)
        numbers = isinstance(cached, int | float) and isinstance(true, int | float)
        same = abs(cached - true) <= 1e-9 if numbers else cached == true
        if not same or str(true).startswith(("#", "Err:")):
            wrong.append(f"{'!'.join(place)}: {cached!r}, anew {true!r}")
    return len(formulas), wrong


def reckoned_elsewhere(book: Path) -> tuple[int, list[str]]:
    """How many formulas a workbook has, and those whose cached result IronCalc, which is neither Excel nor
    LibreOffice, does not come to.
    """
    model = ironcalc.load_from_xlsx(str(book), "en", "UTC", "en")
    model.evaluate()
    count, wrong = 0, []
    cached = open_book(book, values=True)
    for number, sheet in enumerate(open_book(book).worksheets):
        said = cached.worksheets[number]
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            count += 1
            ours, theirs = said[cell.coordinate].value, model.get_cell_value(number, cell.row, cell.column)
            if not _same("" if ours is None else ours, "" if theirs is None else theirs):
                wrong.append(f"{sheet.title}!{cell.coordinate}: {ours!r}, IronCalc {theirs!r}")
    return count, wrong


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, datetime):
        ours = excel_day(ours.toordinal())
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9
    return ours == theirs
