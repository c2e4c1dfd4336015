"""คู่มือ, the first sheet of every level-table workbook: what it says, and pictures of rows that are filled
in, drawn as cells.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kpibatch.base.addresses import address
from kpibatch.books.look import lines_of
from kpibatch.books.paper import break_before, head_height, scale_of
from kpibatch.books.write import Book, Sheet
from kpibatch.rules.schema import GUIDE, UNITS

_WIDTHS = (30, 62, 58)
_STEP, _STEPS = 10, 15  # with pictures: one grid for them and for the text, as wide together
_TEXT_STEPS = (3, 6, 6)
_SURE = 0.9  # of the width: columns come out wider where another font stands in
_PAPER = "#F3F4F6"  # of what a spreadsheet itself shows around its cells


@dataclass(frozen=True)
class Picture:
    """Rows of a sheet as they are filled in: each column with its letter (from 0) and how many steps of the
    grid it takes; each row with its number as the spreadsheet counts.
    """

    title: str
    letters: Sequence[int]
    heads: Sequence[str]
    steps: Sequence[int]
    rows: Sequence[tuple[int, Sequence[str]]]
    caption: str
    head_row: int = 1


def write_guide(
    book: Book, sheets: Mapping[str, Sequence[Sequence[str]]], pictures: Sequence[Picture] | None = None
) -> None:
    """Write คู่มือ; what it says of a sheet or column that may be left out stands there only with it."""
    guide, sheet = _guide(), book.sheet(GUIDE)
    sheet.widths(*((_STEP,) * _STEPS if pictures else _WIDTHS))
    sheet.put(0, 0, guide["title"], "title")
    sheet.height(0, 2)
    sheet.put(1, 0, guide["subtitle"], "subtitle")
    row, there = 3, {*sheets, *(heading for rows in sheets.values() for heading in rows[0])}
    blocks: list[int] = []
    for part in (each for each in guide["part"] if there.intersection(each.get("only_with", [UNITS.sheet]))):
        blocks.append(row)
        row = _write_part(sheet, row, part, in_steps=bool(pictures))
        if part is guide["part"][0] and pictures:
            row = _draw(sheet, row, guide["pictures"], pictures, blocks)
    sheet.page(top=0)
    if pictures:
        scale = _SURE * scale_of((_STEP,) * _STEPS)
        break_before(sheet, blocks, range(1), row - 2, scale)
        sheet.raw.set_print_scale(int(100 * scale))  # Excel heeds no breaks where pages are fitted


@cache
def _guide() -> dict[str, Any]:
    return tomllib.loads(files("kpibatch.rules").joinpath("guide.toml").read_text(encoding="utf-8"))


def _write_part(sheet: Sheet, row: int, part: Mapping[str, Any], *, in_steps: bool) -> int:
    """One part from a row on; the row behind it."""
    sheet.merge(row, 0, _STEPS - 1 if in_steps else 2, part["title"], "section")
    for line in part["lines"]:
        row += 1
        if in_steps:
            _across(sheet, row, 0, line, _TEXT_STEPS, "cell", "wrap")
        else:
            sheet.put_row(row, 0, line, "cell", "wrap")
        widths = [_STEP * steps for steps in _TEXT_STEPS] if in_steps else _WIDTHS
        sheet.height(row, max(map(lines_of, line, widths)))
    return row + 2


def _across(
    sheet: Sheet, row: int, first: int, texts: Sequence[str], steps: Sequence[int], *styles: str, **extra: Any
) -> None:
    """Texts beside each other, each across so many steps of the grid."""
    for text, wide in zip(texts, steps, strict=True):
        sheet.merge(row, first, first + wide - 1, text, *styles, **extra)
        first += wide


def _draw(
    sheet: Sheet, row: int, says: Mapping[str, str], pictures: Sequence[Picture], blocks: list[int]
) -> int:
    """The pictures from a row on; the row behind them."""
    blocks.append(row)
    sheet.merge(row, 0, _STEPS - 1, says["title"], "section")
    sheet.merge(row + 1, 0, _STEPS - 1, says["says"], "cell", "wrap")
    sheet.height(row + 1, lines_of(says["says"], _STEP * _STEPS))
    row += 3
    for picture in pictures:
        blocks += [row] * (picture is not pictures[0])
        row = _draw_one(sheet, row, picture) + 1
    return row


def _draw_one(sheet: Sheet, row: int, picture: Picture) -> int:
    frame: dict[str, Any] = {"bg_color": _PAPER, "align": "center"}
    sheet.merge(row, 0, _STEPS - 1, picture.title, "bold", font_color="#1F3A5F")
    letters = [address(0, index).rstrip("1") for index in picture.letters]
    sheet.put(row + 1, 0, "", "cell", "quiet", **frame)
    _across(sheet, row + 1, 1, letters, picture.steps, "cell", "quiet", **frame)
    sheet.put(row + 2, 0, str(picture.head_row), "cell", "quiet", **frame)
    _across(sheet, row + 2, 1, picture.heads, picture.steps, "head")
    widths = [_STEP * wide for wide in picture.steps]
    sheet.tall(row + 2, head_height(zip(picture.heads, widths, strict=True)))
    row += 2
    for number, texts in picture.rows:
        row += 1
        sheet.put(row, 0, str(number), "cell", "quiet", **frame)
        _across(sheet, row, 1, texts, picture.steps, "cell", "input", "text", "wrap", valign="vcenter")
        sheet.height(row, max(map(lines_of, texts, widths)))
    sheet.merge(row + 1, 0, _STEPS - 1, picture.caption, "quiet", "wrap")
    sheet.height(row + 1, lines_of(picture.caption, _STEP * _STEPS))
    return row + 2
