"""A sheet whose cells are stored without being looked through, and written row by row."""

import zlib
from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache
from io import StringIO
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any

from kpibatch.base.addresses import address, letters_of
from kpibatch.books.engine.as_it_is import Format, Put, RowInfo, WorkSheet, Worksheet
from kpibatch.books.engine.formats import pairs

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

    def put_line(
        self, row: int, columns: Sequence[int], contents: Sequence[Any], forms: Sequence[Format], put: Put
    ) -> None:
        if not columns:
            return
        first, last, strings = min(columns), max(columns), self.str_table
        if self._check_dimensions(row, first) or self._check_dimensions(row, last):
            self.checked(-1, row, first, last)
        cells, known = self.table[row], strings.string_table
        for column, content, form in zip(columns, contents, forms, strict=True):
            kind = content.__class__
            if kind is str and content in known:
                strings.count += 1
                cells[column] = _made(String, (known[content], form))
            elif kind is str and len(content) <= _LONG and content.isprintable():
                cells[column] = _made(String, (strings._get_shared_string_index(content), form))
            elif kind is float and content - content == 0:
                cells[column] = _made(Number, (content, form))
            elif content is None:
                cells[column] = _made(Blank, (form,))
            else:
                put(row, column, content, form)

    def put_merged(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        columns, merged = range(first, last + 1), self.merged_cells
        if first >= last or self.table_cells or any((row, column) in merged for column in columns):
            super().put_merged(row, first, last, text, form)
            return
        if self._check_dimensions(row, first) or self._check_dimensions(row, last):
            self.checked(-1, row, last)
        merged.update(dict.fromkeys(zip(repeat(row), columns), f"{address(row, first)}:{address(row, last)}"))
        self.merge.append([row, first, row, last])
        self.table[row].update(dict.fromkeys(columns, _made(Blank, (form,))))
        if text:
            self.put_text(row, first, text, form)

    def put_tall(self, row: int, points: float, *, hidden: bool) -> None:
        if self._check_dimensions(row, self.dim_colmin or 0):
            self.checked(-1, row)
        height, hidden = _pixels(points) or self.default_row_height, hidden or not _pixels(points)
        self.row_info[row], self.row_sizes[row] = _row(height, hidden), [height, hidden]

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
            columns = self.table.get(row, ())
            if row in self.comments:
                columns = [*columns, *self.comments[row]]
            if columns:
                least, most = min(columns), max(columns)
                first, last = ends.get(row // 16, (least, most))
                ends[row // 16] = min(first, least), max(last, most)
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
                self.fh.write(f'<row r="{row + 1}"{self._head(heads, span, info)}')
                self._write_cells(row, cells, letters, marked)
                self.fh.write("</row>")
            elif info is not None or row in self.comments:
                self._write_empty_row(row, span, info)

    def _head(self, heads: dict[object, str], span: str | None, info: Any) -> str:
        """What XlsxWriter writes into a row's tag after its number; the same for rows of one look."""
        look = span, id(info)
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
            if kind is String:
                write(f'<c r="{letters[column]}{number}" s="{index}" t="s"><v>{cell.string}</v></c>')
            elif kind is Blank:
                write(f'<c r="{letters[column]}{number}" s="{index}"/>')
            elif kind is Number:
                write(f'<c r="{letters[column]}{number}" s="{index}"><v>{cell.number:.16G}</v></c>')
            else:
                kind_of, value = _result(cell.value)
                at = f'<c r="{letters[column]}{number}" s="{index}"'
                write(f"{at}{kind_of}><f>{_escaped(cell.formula)}</f><v>{value}</v></c>")


def _pixels(points: float) -> int:
    """How tall a row is, as XlsxWriter rounds it."""
    return int(points * 4.0 / 3.0 + 0.5)


@lru_cache(maxsize=1_000, typed=True)
def _row(height: int, hidden: bool) -> RowInfo:
    return RowInfo(height=height, hidden=hidden)


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
