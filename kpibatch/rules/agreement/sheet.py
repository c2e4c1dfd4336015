"""An agreement as a workbook: the same words as the document, a line of a KPI a row.

In: ``Agreement``. Out: an .xlsx of A4 pages; the lines of the lists of one that came back.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.thai import read_number
from kpibatch.books.look import lines_of
from kpibatch.books.read import Grid, as_text
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.rules.agreement.mark import marks_of
from kpibatch.rules.agreement.text import Agreement, Item

_WIDTHS = (10.0, 104.0, 12.0, 15.0)
_LAST = len(_WIDTHS) - 1


def write_sheet(agreement: Agreement, path: Path, day: date) -> None:
    """Write the workbook; it appears whole or not at all."""
    language = agreement.language
    with Book(path, title=agreement.title, language=language, day=day) as book:
        sheet = book.sheet(say("agreement.file", language))
        sheet.widths(*_WIDTHS)
        at = _opening(sheet, agreement)
        head = at
        sheet.put_row(at, 0, agreement.heads, "head")
        sheet.height(at, 2)
        lists = _Lists(sheet, agreement, at + 1)
        lists.write()
        book.mark(marks_of(agreement.agreed, lists.lines, (head + 1, lists.at - 1)))
        at = _closing(sheet, agreement, lists.at + 1)
        sheet.page(top=head, portrait=True, last=(at, _LAST), left=agreement.foot)


def lines_on(grid: Grid, rows: tuple[int, int]) -> list[str]:
    """What stands in the rows of the lists."""
    cells = (grid.at(row, column) for row in range(rows[0], rows[1] + 1) for column in range(len(_WIDTHS)))
    return [as_text(cell) for cell in cells]


def _opening(sheet: Sheet, agreement: Agreement) -> int:
    lines: list[tuple[str, tuple[str, ...]]] = [(agreement.title, ("title", "centre"))]
    lines += [(line, ("bold", "centre")) for line in agreement.subtitle]
    lines += [(line, ("wrap",)) for line in agreement.opening]
    for at, (line, styles) in enumerate(lines):
        sheet.merge(at, 0, _LAST, line, *styles)
        sheet.height(at, 2 if at == 0 else lines_of(line, sum(_WIDTHS)))
    return len(lines) + 1


def _closing(sheet: Sheet, agreement: Agreement, at: int) -> int:
    """What stands below the lists; the last row."""
    for line in agreement.closing:
        sheet.merge(at, 0, _LAST, line, "wrap")
        sheet.height(at, lines_of(line, sum(_WIDTHS)))
        at += 1
    at += 2
    for number, (left, right) in enumerate(zip(*agreement.signatures, strict=True)):
        look = ("bold",) if number == len(agreement.signatures[0]) - 1 else ()
        sheet.merge(at + number, 0, 1, left, "centre", *look)
        sheet.merge(at + number, 2, _LAST, right, "centre", *look)
    return at + len(agreement.signatures[0]) - 1


class _Lists:
    """The lists, written row by row; ``lines`` are what a reader will find in their cells."""

    def __init__(self, sheet: Sheet, agreement: Agreement, at: int) -> None:
        self.sheet, self.agreement, self.at = sheet, agreement, at
        self.lines: list[str] = []

    def write(self) -> None:
        for listing in self.agreement.listings:
            if listing.heading:
                self._put([listing.heading, "", "", ""], "bold", merged=True)
            for item in listing.items:
                self._item(item)
            if listing.weight:
                total = ["", self.agreement.total, listing.weight, listing.share]
                self._put(total, "section")

    def _item(self, item: Item) -> None:
        """The name first, then a line a row."""
        lines = (item.name, *item.lines)
        for number, line in enumerate(lines):
            first, last = number == 0, number == len(lines) - 1
            row = [item.code, line, item.weight, item.share] if first else ["", line, "", ""]
            if item.is_section:
                self._put(row, "section" if first else "cell")
            else:
                self._put(row, *(("bold",) if first else ()), top=first, bottom=last)

    def _put(
        self, row: Sequence[str], *styles: str, top: bool = True, bottom: bool = True, merged: bool = False
    ) -> None:
        self.lines += row
        edges = {"top": int(top), "bottom": int(bottom), "left": 1, "right": 1, "border_color": "#B8C4D0"}
        if merged:
            self.sheet.merge(self.at, 0, _LAST, row[0], *styles)
        else:
            for column, text in enumerate(row):
                look = () if column == 1 else ("centre",)
                self.sheet.put(self.at, column, _content(column, text), "wrap", *styles, *look, **edges)
        needed = [lines_of(text, width) for text, width in zip(row, _WIDTHS, strict=True)]
        self.sheet.height(self.at, 1 if merged else max(needed))
        self.at += 1


def _content(column: int, text: str) -> Content:
    """Weights and shares as numbers, all else as text."""
    number = read_number(text) if column in (2, 3) else None
    return (text or None) if number is None else number
