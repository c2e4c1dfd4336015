"""The boxes in which Excel draws comments: shapes in a drawing of the old kind (VML), one for each comment.

The drawing is changed as text, for Excel itself writes such drawings that no XML parser takes (``<br>``), and
so all else in it, buttons and pictures among it, keeps its bytes.
"""

import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping

from kpibatch.books.package import Element, Package, elements, tag
from kpibatch.books.packing import Unpatchable

_LINE_PX, _WIDTH_PX = 25, 340
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_SHAPES_A_BLOCK = 1_000
EMPTY = b"""<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel">\
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>"""
_BOX_TYPE = """<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" \
path="m,l,21600r21600,l21600,xe">\
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"""
_BOX = """<v:shape id="_x0000_s{id}" type="#_x0000_t202" \
style="position:absolute;width:{width}pt;height:{height}pt;\
z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>\
<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>\
<v:textbox style="mso-direction-alt:auto">\
<div style="text-align:left"></div></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\
<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""
_SHAPE = re.compile(rb"<v:shape[\s>]")
_ANCHOR = re.compile(rb"(<x:Anchor>)([\d,\s]+)(</x:Anchor>)")
_NUMBER = re.compile(rb"_x0000_s(\d{1,9})\b")
_IDMAP = re.compile(rb"(<o:idmap\b[^<>]*?\bdata=[\"'])([\d,\s]*)([\"'])")


class _Axes:
    """How wide and tall a sheet's columns and rows are, in pixels: enough to place a box by."""

    def __init__(self, sheet: Element) -> None:
        usual = sheet.find(tag("sheetFormatPr"))
        facts = {} if usual is None else usual.attrib
        self._usual = (
            max(1.0, float(facts.get("defaultRowHeight", 15)) * 4 / 3),
            max(1.0, float(facts.get("defaultColWidth", 9.14)) * 7),
        )
        self._widths: dict[int, float] = {}
        columns, table = sheet.find(tag("cols")), sheet.find(tag("sheetData"))
        self._columns = [] if columns is None else [_column(element) for element in elements(columns, "col")]
        rows = [] if table is None else elements(table, "row")
        self._rows = {
            int(element.get("r")) - 1: _row_px(element)
            for element in rows
            if element.get("r") and (element.get("ht") or element.get("hidden"))
        }

    def row(self, row: int) -> float:
        return self._rows.get(row, self._usual[0])

    def column(self, column: int) -> float:
        if column not in self._widths:
            self._widths[column] = next(
                (width for first, last, width in self._columns if first <= column <= last), self._usual[1]
            )
        return self._widths[column]

    def anchor(self, row: int, column: int, height: float) -> list[int]:
        """A box to the right of a cell, a little above it: left, top, right, bottom, each a place and its
        offset.
        """
        left, top = min(column + 1, _LAST_COLUMN - 4), max(0, row - 1)
        return self._box((left, 12.0), (top, 6.0), _WIDTH_PX, height)

    def enlarged(self, anchor: list[int], height: float) -> list[int]:
        """The box of a comment, made as large as one of ours where it is smaller."""
        left, left_px, top, top_px, right, right_px, bottom, bottom_px = anchor
        wide = sum(self.column(column) for column in range(left, min(right, left + 200))) + right_px - left_px
        tall = sum(self.row(row) for row in range(top, min(bottom, top + 500))) + bottom_px - top_px
        return self._box((left, left_px), (top, top_px), max(wide, _WIDTH_PX), max(tall, height))

    def _box(self, left: tuple[int, float], top: tuple[int, float], width: float, height: float) -> list[int]:
        right, bottom = left[0], top[0]
        right_px, bottom_px = left[1] + width, top[1] + height
        while right_px >= self.column(right) and right < _LAST_COLUMN:
            right_px -= self.column(right)
            right += 1
        while bottom_px >= self.row(bottom) and bottom < _LAST_ROW:
            bottom_px -= self.row(bottom)
            bottom += 1
        return [left[0], int(left[1]), top[0], int(top[1]), right, int(right_px), bottom, int(bottom_px)]


def _column(element: Element) -> tuple[int, int, float]:
    hidden = element.get("hidden") in ("1", "true")
    return (
        int(element.get("min")) - 1,
        int(element.get("max")) - 1,
        0.0 if hidden else float(element.get("width", 9.14)) * 7,
    )


def _row_px(element: Element) -> float:
    return 0.0 if element.get("hidden") in ("1", "true") else float(element.get("ht", 15)) * 4 / 3


def _shapes(boxes: bytes) -> Iterator[tuple[int, int]]:
    """Where each shape begins and ends.

    One pass, for a drawing may be made to keep a search busy for ever.
    """
    at = 0
    while match := _SHAPE.search(boxes, at):
        opened = boxes.find(b">", match.end() - 1)
        closed = opened if boxes[opened - 1 : opened] == b"/" else boxes.find(b"</v:shape>", opened)
        if opened < 0 or closed < 0:
            return
        at = boxes.index(b">", closed) + 1
        yield match.start(), at


def without(boxes: bytes, gone: Container[tuple[int, int] | None]) -> bytes:
    """The drawing without the boxes of these cells' comments."""
    return _redrawn(boxes, lambda shape: b"" if _place_of(shape) in gone else shape)


def drawn(
    boxes: bytes, lines: Mapping[tuple[int, int], int], sheet: Element, taken: Collection[int]
) -> bytes:
    """The drawing with a box for each of these comments of so many lines; one that is there already grows to
    hold them.
    """
    axes = _Axes(sheet)
    seen = {_place_of(boxes[begin:end]) for begin, end in _shapes(boxes)}

    def enlarge(shape: bytes) -> bytes:
        at = _place_of(shape)
        return _enlarged(shape, axes, lines[at]) if at and at in lines else shape

    new = [(at, count) for at, count in sorted(lines.items()) if at not in seen]
    boxes = _redrawn(boxes, enlarge)
    return _inserted(boxes, new, axes, max(taken, default=0) + 1) if new else boxes


def _redrawn(boxes: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The drawing with each shape changed."""
    pieces, done = [], 0
    for begin, end in _shapes(boxes):
        pieces += [boxes[done:begin], change(boxes[begin:end])]
        done = end
    return b"".join([*pieces, boxes[done:]])


def _place_of(shape: bytes) -> tuple[int, int] | None:
    """The cell whose comment a shape is; none for buttons and other drawings."""
    numbers = [re.search(rb"<x:%s>\s*(\d+)\s*</x:%s>" % (name, name), shape) for name in (b"Row", b"Column")]
    if b'"Note"' not in shape or None in numbers:
        return None
    row, column = (int(number[1]) for number in numbers if number)
    return row, column


def _enlarged(shape: bytes, axes: _Axes, lines: int) -> bytes:
    match = _ANCHOR.search(shape)
    numbers = [int(number) for number in match[2].split(b",")] if match else []
    if len(numbers) != 8:
        return shape
    anchor = ", ".join(map(str, axes.enlarged(numbers, _LINE_PX * lines + 12)))
    return _ANCHOR.sub(lambda match: match[1] + anchor.encode() + match[3], shape)


def blocks_taken(package: Package) -> set[int]:
    """Shapes are numbered in blocks of 1,024, which no two drawings may share: Excel calls such a workbook
    damaged.
    """
    drawings = [content for name, content in package.parts.items() if name.casefold().endswith(".vml")]
    lists = (match[2].split(b",") for content in drawings for match in _IDMAP.finditer(content))
    reserved = {int(number) for numbers in lists for number in numbers if number.strip().isdigit()}
    return reserved | {int(match[1]) // 1024 for content in drawings for match in _NUMBER.finditer(content)}


def _inserted(boxes: bytes, new: list[tuple[tuple[int, int], int]], axes: _Axes, first: int) -> bytes:
    count = -(-len(new) // _SHAPES_A_BLOCK)
    blocks = ",".join(str(first + number) for number in range(count)).encode()
    boxes = _IDMAP.sub(
        lambda match: match[1] + match[2] + (b"," if match[2].strip() else b"") + blocks + match[3],
        boxes,
        count=1,
    )
    shapes = "".join(_new_shapes(new, axes, first))
    if b'id="_x0000_t202"' not in boxes:
        shapes = _BOX_TYPE + shapes
    head, end, rest = boxes.rpartition(b"</xml>")
    if not end or any(prefix not in boxes for prefix in (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")):
        raise Unpatchable("drawing")
    return head + shapes.encode() + end + rest


def _new_shapes(new: list[tuple[tuple[int, int], int]], axes: _Axes, first: int) -> Iterator[str]:
    for number, ((row, column), lines) in enumerate(new):
        block, inside = divmod(number, _SHAPES_A_BLOCK)
        height = _LINE_PX * lines + 12
        yield _BOX.format(
            id=(first + block) * 1024 + inside + 1,
            width=_WIDTH_PX * 3 // 4,
            height=height * 3 // 4,
            order=number + 1,
            anchor=", ".join(map(str, axes.anchor(row, column, height))),
            row=row,
            column=column,
        )
