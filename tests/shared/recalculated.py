"""A workbook's cached results against what comes out anew."""

import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import ironcalc
from libreoffice import recalculate
from made_once import made_once
from raw_cells import raw_cells
from workspace import NEWEST, few_output

from kpibatch.base.addresses import coordinates


@cache
def sample_rankings() -> dict[str, Path]:
    """Each sample's ranking, of a few units where it has many, calculated anew, once for all tests."""
    books = {name: few_output(name) / "ranking.xlsx" for name in NEWEST}
    folder = made_once("rankings calculated anew", lambda home: calculated(books, home))
    return {name: folder / "anew" / f"{at}.xlsx" for at, name in enumerate(books)}


def calculated(books: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Workbooks, which may have the same name, calculated anew below a folder."""
    copies = [Path(shutil.copy(book, folder / f"{at}.xlsx")) for at, book in enumerate(books.values())]
    return dict(zip(books, recalculate(copies, folder / "anew"), strict=True))


def differences(path: Path, anew: Path) -> tuple[int, list[str]]:
    """How many formulas a workbook has, and those whose result in it is not what comes out anew, or is an
    error.
    """
    ours = raw_cells(path)
    said, found, formulas = ours.values, raw_cells(anew).values, ours.formulas
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
    cells, wrong = raw_cells(book), []
    sheets = {sheet["name"]: number for number, sheet in enumerate(model.get_worksheets_properties())}
    for place in cells.formulas:
        sheet, address = place
        row, column = coordinates(address)
        ours = cells.values.get(place)
        theirs = model.get_cell_value(sheets[sheet], row + 1, column + 1)
        if not _same("" if ours is None else ours, "" if theirs is None else theirs):
            wrong.append(f"{sheet}!{address}: {ours!r}, IronCalc {theirs!r}")
    return len(cells.formulas), wrong


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9
    # What lies no step from a target below which it should stay is −0, which IronCalc alone writes so.
    return ours == (re.sub(r"-0(?![\d.])", "0", theirs) if isinstance(theirs, str) else theirs)
