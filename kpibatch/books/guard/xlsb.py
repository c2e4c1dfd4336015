"""Inspecting .xlsb: the parts of .xlsx, but binary; one walk over the records of each sheet.

Formulas always store a result here, so one that was never calculated can't be told from its result.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpibatch.books.guard.limits import (
    NAMELESS_ERROR,
    Flaw,
    Hidden,
    Inspected,
    Looking,
    Merge,
    Position,
    Refused,
    Sheet,
    Span,
    Tally,
)
from kpibatch.books.guard.linked import Copy, Linked
from kpibatch.books.guard.looks import Look, looks_of
from kpibatch.books.guard.package import Zipped
from kpibatch.books.guard.xls import ERRORS

_ROW, _BUNDLE_SHEET, _MERGE, _STRINGS = 0, 156, 176, 159
_COLUMN, _ZERO_HEIGHT = 60, 0x10
_FILLED = range(2, 12)
_ERRORS = (3, 11)
_NUMBERS = (2, 5, 9)
_COMPUTED = range(8, 11)
_FORMAT, _XF, _BEGIN_CELL_XFS, _END_CELL_XFS, _WORKBOOK_PROPERTIES = 44, 47, 617, 618, 153
_SHORT = range(12, 19)  # cells without a column: Excel does not write them, the reader does not know them
_SMALLEST_STRING = 5


def inspect_xlsb(zipped: Zipped, workbook: str, tally: Tally) -> Inspected:
    """Inspect every sheet of a binary workbook whose main part is ``workbook``."""
    linked = Linked(zipped, workbook)
    styles = linked.other("styles")
    looks = _looks(zipped.part(styles)) if styles else {}
    copy = Copy(zipped, "bin")
    copy.add("xl/workbook.bin", workbook)
    sheets = []
    for name, link, unseen in _listed(zipped.part(workbook)):
        tally.begin(name)
        kind, part = linked.sheet(name, link)
        try:
            content = zipped.part(part)
            sheet = _sheet(name, content, tally, looks) if kind == "worksheets" else Sheet(name)
        except (struct.error, IndexError):
            raise Refused("unreadable-file", "BIFF12", name) from None
        sheets.append(replace(sheet, hidden=replace(sheet.hidden, sheet=unseen)))
        copy.add_sheet(link, kind, part)
    strings = linked.other("sharedStrings")
    if strings:
        _refuse_unsound(zipped.part(strings))
    for kind in ("sharedStrings", "styles"):
        copy.add_linked(kind, linked.other(kind))
    zipped.refuse_doctypes()
    from_1904 = _from_1904(zipped.part(workbook))
    return Inspected("xlsb", copy.packed(), tuple(sheets), from_1904, linked.carries)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each record; both numbers in front have seven bits a byte."""
    at, size = 0, len(content)
    try:
        while at < size:
            kind = content[at]
            at += 1
            if kind & 0x80:
                kind = kind & 0x7F | (content[at] & 0x7F) << 7
                at += 1
            length = 0
            for shift in (0, 7, 14, 21):
                byte = content[at]
                at += 1
                length |= (byte & 0x7F) << shift
                if not byte & 0x80:
                    break
            at += length
            if at > size:
                break
            yield kind, content[at - length : at]
    except IndexError:
        raise Refused("unreadable-file", "BIFF12") from None
    if at != size:
        raise Refused("unreadable-file", "BIFF12")


def _listed(workbook: bytes) -> Iterator[tuple[str, str, bool]]:
    """The name of each sheet, its link, and whether it is hidden."""
    for kind, content in _records(workbook):
        if kind == _BUNDLE_SHEET:
            link, after = _wide_text(content, 8)
            yield _wide_text(content, after)[0], link, content[0] != 0


def _from_1904(workbook: bytes) -> bool:
    properties = (content for kind, content in _records(workbook) if kind == _WORKBOOK_PROPERTIES)
    return any(content[:1] and content[0] & 1 for content in properties)


def _looks(styles: bytes) -> dict[int, Look]:
    """The styles of cells, by their numbers, that show something else than the number."""
    codes: dict[int, str] = {}
    used: list[int] = []
    of_cells = False
    for kind, content in _records(styles):
        if kind in (_BEGIN_CELL_XFS, _END_CELL_XFS):
            of_cells = kind == _BEGIN_CELL_XFS
        elif kind == _FORMAT and len(content) >= 6:
            codes[struct.unpack_from("<H", content)[0]] = _wide_text(content, 2)[0]
        elif kind == _XF and of_cells and len(content) >= 4:
            used.append(struct.unpack_from("<H", content, 2)[0])
    return looks_of(used, codes)


def _wide_text(content: bytes, at: int) -> tuple[str, int]:
    if len(content) < at + 4:
        raise Refused("unreadable-file", "BIFF12")
    end = at + 4 + 2 * struct.unpack_from("<I", content, at)[0]
    return content[at + 4 : end].decode("utf-16-le", "replace"), end


def _refuse_unsound(strings: bytes) -> None:
    for kind, content in _records(strings):
        if kind == _STRINGS and (
            len(content) < 8 or struct.unpack_from("<I", content, 4)[0] * _SMALLEST_STRING > len(strings)
        ):
            raise Refused("file-malformed", "uniqueCount")
        break


def _sheet(name: str, content: bytes, tally: Tally, looks: Mapping[int, Look]) -> Sheet:
    flaws: list[Flaw] = []
    seen: list[Looking] = []
    merges: list[Merge] = []
    rows: list[Span] = []
    columns: list[Span] = []
    computed: list[Position] = []
    row = 0
    for kind, record in _records(content):
        if kind == _ROW:
            row = struct.unpack_from("<I", record)[0]
            if record[11] & _ZERO_HEIGHT:
                rows.append((row, row))
        elif kind == _COLUMN and record[16] & 1:
            columns.append(struct.unpack_from("<II", record))
        elif kind in _FILLED:
            place = row, struct.unpack_from("<I", record)[0]
            tally.once(place)
            tally.fill(place)
            style = struct.unpack_from("<I", record, 4)[0] & 0xFFFFFF
            if kind in _ERRORS:
                flaws.append((*place, ERRORS.get(record[8], NAMELESS_ERROR)))
                continue
            if kind in _NUMBERS and style in looks:
                seen.append((*place, looks[style]))
            if kind in _COMPUTED:
                computed.append(place)
        elif kind in _SHORT:
            raise Refused("file-malformed", f"BIFF12 {kind}", name)
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<IIII", record)
            merges.append(((top, left), (bottom, right)))
    hidden = Hidden(tuple(rows), tuple(columns))
    return Sheet(name, tuple(flaws), tally.merge(merges), tuple(seen), hidden, tuple(computed))
