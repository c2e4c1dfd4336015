"""Writing workbooks.

Every write is checked, formats are made once, text stays text, and a file appears whole or not at all.
Coordinates are zero-based; a ``Formula`` carries the result that Excel will compute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from kpibatch.base.addresses import ref
from kpibatch.base.catalogue import say
from kpibatch.base.files import saved
from kpibatch.base.kinds import PRECISE
from kpibatch.books.engine.as_it_is import Format as Format
from kpibatch.books.engine.as_it_is import WorkBook, WorkSheet
from kpibatch.books.engine.fewer_steps import TRIED, QuickBook
from kpibatch.books.look import (
    DEEPER,
    FONT,
    ROW,
    STYLES,
    WHOSE,
    clean,
    date_format,
    escaped,
    lines_of,
    sheet_name,
    tall_of,
)

_LINK_TEXT = 250


@dataclass(frozen=True)
class Formula:
    """A formula without its leading ``=``, and its result as Excel will compute it."""

    text: str
    result: float | str | bool


Content: TypeAlias = str | float | int | date | Formula | None


class Book:
    """One workbook being written; used as a context manager, it is on disk, whole, after the block.

    ``whose`` is the code of the one unit that may see it, or ``PROVINCE``; it stays with the file as a custom
    property.
    """

    def __init__(
        self, path: Path, *, title: str, language: str = "th", day: date = date(2020, 1, 1), whose: str = ""
    ) -> None:
        self.path, self.language = path, language
        self._book = QuickBook() if TRIED else WorkBook()
        self._formats: dict[tuple[object, ...], Format] = {}
        self.sheets: dict[str, Sheet] = {}
        self._book.set_properties(
            {"title": title, "author": "kpibatch", "created": datetime.combine(day, time())}
        )
        if whose:
            self._book.set_custom_property(WHOSE, whose)
        self._book.set_calc_mode("auto")
        self._book.set_size(2400, 1400)

    def __enter__(self) -> "Book":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            packed = self._book.packed()
            saved(self.path, lambda part: part.write_bytes(packed))

    def style(self, *names: str, **extra: Any) -> Format:
        """The format that the named styles make together, later ones and ``extra`` winning."""
        asked = (names, *extra.items()) if extra else names
        form = self._formats.get(asked)
        if form is None:
            key = (names, *sorted(extra.items()))
            if key not in self._formats:
                properties: dict[str, Any] = {}
                for name in ("base", *names):
                    properties.update(self._date_format() if name == "date" else STYLES[name])
                self._formats[key] = self._book.add_format(properties | extra)
            form = self._formats[asked] = self._formats[key]
        return form

    def number_format(self, form: str) -> Format:
        """A format that changes nothing but how a number is written."""
        key = ("", form)
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"num_format": form})
        return self._formats[key]

    def _date_format(self) -> dict[str, Any]:
        return {"num_format": date_format(self.language), "align": "center"}

    def sheet(self, name: str) -> "Sheet":
        """A new sheet at the end, under the name nearest to the one asked for."""
        valid = sheet_name(name, self.sheets)
        self.sheets[valid] = Sheet(self, valid, self._book.add_worksheet(valid))
        return self.sheets[valid]

    def mark(self, marks: Mapping[str, str]) -> None:
        """Further custom properties, which stay with the file when it is saved again."""
        for name, value in marks.items():
            _check(self._book.set_custom_property(name, escaped(value), "text"), name)

    def define(self, name: str, reference: str) -> None:
        """A defined name for a range (``='อันดับ'!$A$1``)."""
        _check(self._book.define_name(name, reference), name)

    def chart(self, kind: str, subtype: str = "") -> Any:
        """A chart to be filled and placed."""
        return self._book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})


class Sheet:
    """One worksheet; ``raw`` is XlsxWriter's own, for what is written once and can't fail silently."""

    def __init__(self, book: Book, name: str, raw: WorkSheet) -> None:
        self.book, self.name, self.raw = book, name, raw
        self.heights: dict[int, float] = {}
        raw.set_default_row(ROW)
        raw.hide_gridlines(2)

    def put(self, row: int, column: int, content: Content, *styles: str, **extra: Any) -> None:
        """Write one cell; raises where the value or place can't be held."""
        self.cell(row, column, content, self.book.style(*styles, **extra))

    def cell(self, row: int, column: int, content: Content, form: Format) -> None:
        """The same in a format that was made before (``Book.style``)."""
        if content is None or content != content:
            self.raw.put_blank(row, column, form)
        elif isinstance(content, str):
            self.raw.put_text(row, column, clean(content), form)
        elif isinstance(content, Formula):
            result = content.result  # XlsxWriter escapes the texts of cells, and no result
            shown = escaped(clean(result)) if isinstance(result, str) else result
            self.raw.put_formula(row, column, content.text, form, shown)
        elif isinstance(content, date):
            self.raw.put_day(row, column, content, form)
        else:
            self.raw.put_number(row, column, content, form)

    def put_all(self, cells: Iterable[tuple[int, int, Content]], *styles: str, **extra: Any) -> None:
        """Many cells that look the same."""
        form = self.book.style(*styles, **extra)
        for row, column, content in cells:
            self.cell(row, column, content, form)

    def put_row(self, row: int, column: int, contents: Sequence[Content], *styles: str, **extra: Any) -> None:
        columns = range(column, column + len(contents))
        self.line(row, columns, contents, [self.book.style(*styles, **extra)] * len(contents))

    def line(
        self, row: int, columns: Sequence[int], contents: Sequence[Content], forms: Sequence[Format]
    ) -> None:
        """Cells of a row, each in a format that was made before; texts are listed in this order."""
        self.raw.put_line(row, columns, contents, forms, self.cell)

    def merge(self, row: int, first: int, last: int, content: str, *styles: str, **extra: Any) -> None:
        """One text across several columns of a row."""
        if first == last:
            self.put(row, first, content, *styles, **extra)
        else:
            self.raw.put_merged(row, first, last, clean(content), self.book.style(*styles, **extra))

    def merge_formula(
        self, row: int, first: int, last: int, formula: Formula, *styles: str, **extra: Any
    ) -> None:
        """One formula across several columns of a row."""
        self.merge(row, first, last, "", *styles, **extra)
        self.put(row, first, formula, *styles, **extra)

    def block(
        self, top: int, bottom: int, first: int, last: int, content: Content, *styles: str, **extra: Any
    ) -> None:
        """One content across several rows and columns."""
        if (top, first) != (bottom, last):
            form = self.book.style(*styles, **extra)
            _check(self.raw.merge_range(top, first, bottom, last, "", form), self.name)
        self.put(top, first, content, *styles, **extra)

    def link(self, row: int, column: int, target: str, text: str, *styles: str) -> None:
        """A link to a place in this workbook (``'T1'!A1``), in the colours of its styles; a formula's text
        ends at 255 letters, and how programs read ``_x0041_`` in one differs: there is no link then.
        """
        self._link(row, column, f"#{target}", text, *styles)

    def link_file(self, row: int, column: int, way: str, text: str, *styles: str) -> None:
        """The same to a file, by the way to it from this workbook's folder."""
        self._link(row, column, way, text, *styles)

    def _link(self, row: int, column: int, target: str, text: str, *styles: str) -> None:
        if max(len(text), len(target)) > _LINK_TEXT or escaped(text) != text:
            self.put(row, column, text, *styles)
            return
        whither, shown = target.replace('"', '""'), text.replace('"', '""')
        self.put(row, column, Formula(f'HYPERLINK("{whither}","{shown}")', text), *styles)

    def note(self, row: int, column: int, text: str) -> None:
        """A comment on a cell, wide enough to be read."""
        lines = lines_of(text, 46, 14)
        options = {
            "font_name": FONT,
            "font_size": 14,
            "width": 330,
            "height": 26 * lines + 12,
            "author": "kpibatch",
        }
        _check(self.raw.write_comment(row, column, clean(text), options), self.name)

    def widths(self, *widths: float) -> None:
        for column, width in enumerate(widths):
            self.raw.set_column(column, column, width, self.book.style())

    def column(self, column: int, width: float, *styles: str) -> None:
        """A column's width, and how what will be typed in it looks."""
        self.raw.set_column(column, column, width, self.book.style(*styles))

    def height(self, row: int, lines: int, *, hidden: bool = False) -> None:
        """So many lines of text."""
        self.tall(row, tall_of(lines), hidden=hidden)

    def tall(self, row: int, points: float, *, hidden: bool = False) -> None:
        """A row's height; ``heights`` holds what is seen of it."""
        self.raw.put_tall(row, points, hidden=hidden)
        self.heights[row] = 0.0 if hidden else points

    def page(
        self,
        *,
        top: int,
        bottom: int | None = None,
        portrait: bool = False,
        last: tuple[int, int] | None = None,
        left: str = "",
    ) -> None:
        """A4, one page wide, the heading rows ``top``–``bottom`` repeated, page numbers below and on their
        left the sheet's name or ``left``; ``last`` ends what is printed.
        """
        raw = self.raw
        if portrait:
            raw.set_portrait()
        else:
            raw.set_landscape()
        raw.set_paper(9)
        raw.fit_to_pages(1, 0)
        raw.set_margins(0.4, 0.4, 0.5, 0.6)
        raw.repeat_rows(top, top if bottom is None else bottom)
        page = say("word.page-of", self.book.language)
        says = left and " " + left.replace("&", "&&")  # a digit would be read as one of the size
        raw.set_footer(f'&L&"{FONT}"&12{says or "&A"}&R&"{FONT}"&12{page}')
        if last:
            raw.print_area(0, 0, *last)

    def lock(self) -> None:
        """Protect all but the unlocked cells, without a password; sorting out columns and filters stays
        free.
        """
        allowed = (
            "format_columns",
            "format_rows",
            "autofilter",
            "sort",
            "select_locked_cells",
            "select_unlocked_cells",
        )
        self.raw.protect("", dict.fromkeys(allowed, True))

    def finish(self) -> None:
        """Nothing more is written here, nor does a chart show anything of it: a large sheet need not be held
        cell by cell until the last is written.
        """
        self.raw.finish()

    def validate(self, first: tuple[int, int], last: tuple[int, int], options: Mapping[str, Any]) -> None:
        """A data validation over a range; messages longer than Excel takes are refused, not lost."""
        _check(self.raw.data_validation(*first, *last, dict(options)), self.name)

    def show_exact(self, first: tuple[int, int], last: tuple[int, int], style: str) -> None:
        """Numbers of that style get more decimals where they would else pass for rounder ones and contradict
        a threshold beside them: live, for a number may be changed.
        """
        here = ref(*first)
        for digits, form in DEEPER.get(style, ()):
            rounder = f",ROUND({here},{digits})=ROUND({here},{digits - 1})" if digits else ""
            told = f"=AND(ISNUMBER({here}),ROUND({here},{digits})<>ROUND({here},{PRECISE}){rounder})"
            rule = {"type": "formula", "criteria": told, "format": self.book.number_format(form)}
            self.colour(first, last, rule | {"stop_if_true": bool(digits)})

    def colour(self, first: tuple[int, int], last: tuple[int, int], options: Mapping[str, Any]) -> None:
        """A conditional format over a range."""
        _check(self.raw.conditional_format(*first, *last, dict(options)), self.name)


def _check(returned: Any, *where: object) -> None:
    if isinstance(returned, int) and returned < 0:
        raise ValueError(f"XlsxWriter refused a write at {where}: {returned}")
