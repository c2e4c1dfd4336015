"""The same workbooks and sheets, with the private steps of XlsxWriter that take most of its time done in
fewer: storing a cell, writing rows and texts, making formats like earlier ones, packing once.

Only for the releases that were tried, on whose private names it stands; ``tests/books/test_engine.py`` holds
its bytes against those of ``as_it_is.py``.
"""

import re
import zlib
from collections import namedtuple
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import chain
from types import MappingProxyType
from typing import Any

from kpibatch.base.addresses import address, letters_of
from kpibatch.books.engine.as_it_is import (
    VERSION,
    Format,
    Packager,
    SharedStrings,
    WorkBook,
    WorkSheet,
    Worksheet,
)
from kpibatch.books.engine.formats import QuickFormat, model, pairs

TRIED = VERSION.startswith("3.3.")

# By these names XlsxWriter tells kinds of cells apart.
Blank = namedtuple("Blank", "format")
Number = namedtuple("Number", "number, format")
String = namedtuple("String", "string, format")
Formula = namedtuple("Formula", "formula, format, value")

_KINDS = frozenset((Blank, Number, String, Formula))
_MARK = "\0"  # stands in no text that a workbook may hold
_made: Callable[..., Any] = tuple.__new__  # the tuples' own way asks Python twice
_FAULTS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_LONG = 16_000  # letters; of longer texts XlsxWriter counts the UTF-16 units
# What is written otherwise than it is: markup, controls, escapes, spaces at an end.
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\s|\s\Z")


class QuickSheet(WorkSheet):
    """A sheet of which cells are stored without being looked through, and written row by row."""

    fh: Any
    table: Any
    _finished: "tuple[bytes, list[Any]] | None" = None

    def finish(self) -> None:
        """The cells become the text of their rows, which takes a quarter of the room. Formats get their
        numbers at the end, in the order of the sheets: in the text stands a mark for each.
        """
        if self._finished or self.dim_rowmin is None or any(row.row_format for row in self.row_info.values()):
            return
        file, self.fh, marked = self.fh, StringIO(), list[Any]()
        self._write_rows(marked)
        self._finished = zlib.compress(self.fh.getvalue().encode(), 1), marked
        self.fh, self.table = file, MappingProxyType({})  # whoever writes here now is refused

    def drop(self) -> None:
        """Forget the cells, which stand in their part."""
        self.fh, self.table, self._finished = None, MappingProxyType({}), None

    def _get_range_data(self, *cells: int) -> Any:
        if self._finished:
            raise ValueError(f"a chart of what is finished: {self.name, *cells}")
        return super()._get_range_data(*cells)

    def _check_dimensions(self, row: int, col: int, *ignored: bool, **named: bool) -> int:
        top, left = self.dim_rowmin, self.dim_colmin
        known = top is not None and left is not None
        if known and top <= row <= self.dim_rowmax and left <= col <= self.dim_colmax:
            return 0
        return int(super()._check_dimensions(row, col, *ignored, **named))

    def _store(self, row: int, column: int, cell: tuple[object, ...]) -> None:
        if self._check_dimensions(row, column):
            self.checked(-1, row, column)
        self.table[row][column] = cell

    def _write_blank(self, row: int, col: int, _: object, cell_format: Format | None = None) -> int:
        if cell_format is not None:
            self._store(row, col, _made(Blank, (cell_format,)))
        return 0

    def _write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> int:
        if len(string) > _LONG:
            return int(super()._write_string(row, col, string, cell_format))
        index = self.str_table._get_shared_string_index(string)
        self._store(row, col, _made(String, (index, cell_format)))
        return 0

    def put_blank(self, row: int, column: int, form: Format) -> None:
        self._store(row, column, _made(Blank, (form,)))

    def put_text(self, row: int, column: int, text: str, form: Format) -> None:
        if self._write_string(row, column, text, form):
            self.checked(-2, row, column)

    def put_number(self, row: int, column: int, number: float, form: Format) -> None:
        if number - number == 0:
            self._store(row, column, _made(Number, (number, form)))
        else:  # infinite
            super().put_number(row, column, number, form)

    def put_formula(self, row: int, column: int, formula: str, form: Format, result: object) -> None:
        if not formula or formula[0] == "{":
            super().put_formula(row, column, formula, form, result)
        else:
            self._store(row, column, _made(Formula, (formula, form, result)))

    def add_sparkline(self, row: int, col: int, options: dict[str, Any] | None = None) -> int:
        look = dict(options or {})
        cells = look.pop("range", "")
        if "!" not in cells or "$" in cells or "location" in look:
            return int(super().add_sparkline(row, col, options))
        self.checked(self._check_dimensions(row, col, True, True), row, col)
        place = {"locations": [address(row, col)], "ranges": [cells.lstrip("=")]}
        self.sparklines.append(_sparkline(*chain.from_iterable(look.items())) | place)
        return 0

    def _calculate_spans(self) -> None:
        """The first and last column of every block of sixteen rows."""
        ends: dict[int, tuple[int, int]] = {}
        for row in sorted({*self.table, *self.comments}):
            if columns := [*self.table.get(row, ()), *self.comments.get(row, ())]:
                first, last = ends.get(row // 16, (columns[0], columns[0]))
                ends[row // 16] = min(first, *columns), max(last, *columns)
        self.row_spans = {block: f"{first + 1}:{last + 1}" for block, (first, last) in ends.items()}

    def _write_rows(self, marked: list[Any] | None = None) -> None:
        if self._finished:
            self._write_finished(*self._finished)
            return
        self._calculate_spans()
        heads: dict[object, str] = {}
        letters = [letters_of(column) for column in range(self.dim_colmax + 1)]
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, info = self.table.get(row), self.row_info.get(row)
            span = self.row_spans.get(row // 16)
            if cells:
                head = self._head(heads, span, info)
                self.fh.write(f'<row r="{row + 1}"{head}')
                self._write_cells(row, cells, letters, marked)
                self.fh.write("</row>")
            elif info is not None or row in self.comments:
                self._write_empty_row(row, span, info)

    def _head(self, heads: dict[object, str], span: str | None, info: Any) -> str:
        """What XlsxWriter writes into a row's tag after its number; the same for rows of one look."""
        look = (span, *vars(info).values()) if info else span
        if look not in heads:
            file, self.fh = self.fh, StringIO()
            self._write_row(0, span, info)
            heads[look], self.fh = self.fh.getvalue().removeprefix('<row r="1"'), file
        return heads[look]

    def _write_finished(self, text: bytes, marked: list[Any]) -> None:
        """The rows with what marks stand for: the numbers of formats, and cells as XlsxWriter writes them."""
        first, *others = zlib.decompress(text).decode().split(_MARK)
        write = self.fh.write
        write(first)
        for mark, part in zip(marked, others, strict=True):
            if mark.__class__ is tuple:
                self._write_cell(*mark)
            else:
                write(str(mark._get_xf_index()))
            write(part)

    def _write_cells(
        self, row: int, cells: dict[int, Any], letters: list[str], marked: list[Any] | None
    ) -> None:
        write, number = self.fh.write, row + 1
        for column in sorted(cells):
            cell = cells[column]
            kind, form = cell.__class__, cell.format
            if form is None or kind not in _KINDS:
                if marked is None:
                    self._write_cell(row, column, cell)
                else:
                    marked.append((row, column, cell))
                    write(_MARK)
                continue
            if marked is None:
                index = form._index
                if index is None:
                    index = form._get_xf_index()
            else:
                index = _MARK
                marked.append(form)
            at = f'<c r="{letters[column]}{number}" s="{index}"'
            if kind is String:
                write(f'{at} t="s"><v>{cell.string}</v></c>')
            elif kind is Number:
                write(f"{at}><v>{cell.number:.16G}</v></c>")
            elif kind is Blank:
                write(f"{at}/>")
            else:
                kind_of, value = _result(cell.value)
                write(f"{at}{kind_of}><f>{_escaped(cell.formula)}</f><v>{value}</v></c>")


@lru_cache(maxsize=100, typed=True)
def _sparkline(*look: Any) -> dict[str, Any]:
    """A line as XlsxWriter keeps it, to be placed; it makes three hundred colours for one."""
    sheet = Worksheet()
    sheet.name = ""
    sheet.add_sparkline(0, 0, {"range": "A1", **pairs(look)})
    return dict(sheet.sparklines[0])


def _result(value: Any) -> tuple[str, object]:
    """The type of a formula's result, and the result as it is written."""
    if isinstance(value, bool):
        return ' t="b"', int(value)
    if isinstance(value, str) and value:
        return ' t="e"' if value in _FAULTS else ' t="str"', _escaped(value)
    return "", value


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class QuickStrings(SharedStrings):  # type: ignore[misc]
    """The texts of a workbook; most have nothing in them that is written otherwise."""

    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_array:
            if _SPECIAL.search(text):
                self._write_si(text)
            else:
                self.fh.write(f"<si><t>{text}</t></si>")


class QuickPackager(Packager):  # type: ignore[misc]
    """Keeps the parts as they are: a package that is packed otherwise anyway need not be packed first."""

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            strings = QuickStrings()
            strings.string_table = self.workbook.str_table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()

    def _write_worksheet_files(self) -> None:
        """Each sheet's cells go as soon as they are written."""
        for number, sheet in enumerate(self.workbook.worksheets(), 1):
            name = f"xl/worksheets/sheet{number}.xml"
            part = self._filename(name)
            sheet._set_xml_writer(part)
            sheet._assemble_xml_file()
            self.filenames[-1] = BytesIO(part.getvalue().encode()), name, True
            sheet.drop()

    def _create_package(self) -> list[tuple[Any, str, bool]]:
        self.workbook.made = super()._create_package()
        return []


class QuickBook(WorkBook):
    """A workbook whose formats are copies and whose parts are packed by us alone."""

    made: list[tuple[Any, str, bool]]

    def __init__(self) -> None:
        super().__init__()
        self.worksheet_class = QuickSheet

    def add_format(self, properties: dict[str, Any] | None = None) -> Format:
        wanted = self.default_format_properties | (properties or {})
        form = QuickFormat.__new__(QuickFormat)
        form.__dict__.update(model(*chain.from_iterable(wanted.items())).__dict__)
        form.xf_format_indices, form.dxf_format_indices = self.xf_format_indices, self.dxf_format_indices
        self.formats.append(form)
        return form

    def _get_packager(self) -> Packager:
        return QuickPackager()

    def parts(self) -> dict[str, bytes]:
        self.close()
        return {
            name: file.getvalue() if binary else file.getvalue().encode() for file, name, binary in self.made
        }
