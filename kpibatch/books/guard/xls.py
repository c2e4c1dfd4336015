"""Inspecting .xls (BIFF 5 and 8): one walk over the records of each sheet.

Formulas always store a result here: one never calculated can't be told from its result, except where a
promised text is missing.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from kpibatch.books.guard.limits import (
    LINKS,
    MACROS,
    NAMELESS_ERROR,
    UNCALCULATED,
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
from kpibatch.books.guard.looks import Look, looks_of
from kpibatch.books.guard.ole import Compound, packed

ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST, _DIMENSIONS = 0x809, 0x0A, 0x2F, 0x85, 0xFC, 0x200
_FORMULA, _STRING, _BOOLERR, _MULRK, _MERGED = 0x06, 0x207, 0x205, 0xBD, 0xE5
_FORMAT, _XF, _DATE_MODE = 0x41E, 0xE0, 0x22
_NUMBER, _RK, _LABEL, _LABEL_SST, _RSTRING = 0x203, 0x27E, 0x204, 0xFD, 0xD6
_VALUES = (_NUMBER, _RK, _LABEL, _LABEL_SST, _RSTRING)
_ROWS, _COLUMNS = 65_536, 256
_ROW, _COLUMN, _OTHER_BOOK = 0x208, 0x7D, 0x1AE
_MACROS = "_VBA_PROJECT_CUR"
_ZERO_HEIGHT = 0x20
_MACRO_SHEET, _CHART, _IGNORED = (
    1,
    2,
    0x5C,
)  # kinds of a sheet; a record that readers pass over, the name of who wrote it
_SMALLEST_STRING = 3
_Record: TypeAlias = tuple[int, bytes, int]


@dataclass
class _Book:
    """What stands before the sheets: where each begins, its name, whether hidden; the formats and who uses
    them; where sheets are listed that are a chart, whose numbers are no cells; what the book carries besides.
    """

    sheets: list[tuple[int, str, bool]] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    used: list[int] = field(default_factory=list)
    charts: list[int] = field(default_factory=list)
    carries: dict[str, None] = field(default_factory=dict)
    from_1904: bool = False


def inspect_xls(compound: Compound, book: str, tally: Tally) -> Inspected:
    """Inspect every sheet of a legacy workbook whose stream is ``book``."""
    stream = bytearray(compound.stream(book))
    found = _book(stream)
    for at in found.charts:
        struct.pack_into("<H", stream, at, _IGNORED)
    looks, sheets = looks_of(found.used, found.codes), []
    for start, name, unseen in found.sheets:
        tally.begin(name)
        try:
            sheet = _sheet(name, stream, start, tally, looks)
        except (struct.error, IndexError):
            raise Refused("unreadable-file", "BIFF", name) from None
        sheets.append(replace(sheet, hidden=replace(sheet.hidden, sheet=unseen)))
    if _MACROS in compound:
        found.carries[MACROS] = None
    return Inspected(
        "xls", packed("Workbook", bytes(stream)), tuple(sheets), found.from_1904, tuple(found.carries)
    )


def _records(stream: bytes | bytearray, start: int) -> Iterator[_Record]:
    """The records of the part of the stream that begins there, without those of charts inside it: kind,
    content and where it begins.
    """
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        start += 4 + length
        if start > len(stream):
            break
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, bytes(stream[start - length : start]), start - length - 4
    raise Refused("unreadable-file", "BIFF")


def _book(stream: bytes | bytearray) -> _Book:
    """What stands before the sheets; refuses what is encrypted or promises more strings than there is room
    for.
    """
    book, wide = _Book(), True
    for kind, content, at in _records(stream, 0):
        if kind == _BOF:
            wide = content[:2] == b"\0\6"
        elif kind == _FILEPASS:
            raise Refused("file-encrypted")
        elif kind == _SST and (
            len(content) < 8 or struct.unpack_from("<I", content, 4)[0] * _SMALLEST_STRING > len(stream)
        ):
            raise Refused("file-malformed", "SST")
        elif kind == _BOUNDSHEET:
            if len(content) < 8 or (start := struct.unpack_from("<I", content)[0]) >= len(stream):
                raise Refused("file-malformed", "BOUNDSHEET")
            if content[5] == _CHART:
                book.charts.append(at)
                continue
            name = content[8:] if wide else content[7:]
            text = name.decode("utf-16-le" if wide and content[7] & 1 else "cp874", "replace")
            book.sheets.append((start, text, content[4] & 3 != 0))
            if content[5] == _MACRO_SHEET:
                book.carries[MACROS] = None
        elif kind == _FORMAT and len(content) > 5:
            book.codes[struct.unpack_from("<H", content)[0]] = _code(content, wide)
        elif kind == _XF and len(content) >= 4:
            book.used.append(struct.unpack_from("<H", content, 2)[0])
        elif kind == _OTHER_BOOK and content[2:4] not in (b"\1\4", b"\1\x3a"):
            book.carries[LINKS] = None
        elif kind == _DATE_MODE:
            book.from_1904 = content[:1] == b"\1"
    return book


def _code(content: bytes, wide: bool) -> str:
    """The code of a format; before BIFF 8 its length takes one byte, and nothing says how it is written."""
    if not wide:
        return content[3:].decode("cp874", "replace")
    return content[5:].decode("utf-16-le" if content[4] & 1 else "latin-1", "replace")


def _sheet(
    name: str, stream: bytes | bytearray, start: int, tally: Tally, looks: Mapping[int, Look]
) -> Sheet:
    flaws: list[Flaw] = []
    merges: list[Merge] = []
    seen: list[Looking] = []
    rows: list[Span] = []
    columns: list[Span] = []
    computed: list[Position] = []
    awaited: tuple[int, int] | None = None  # a formula whose text must follow
    for kind, content, _ in _records(stream, start):
        if kind == _STRING:
            awaited = None
        elif kind == _MERGED:
            merges += _merged(content)
        elif kind == _DIMENSIONS:
            _refuse_beyond(name, content)
        elif kind == _ROW and content[12] & _ZERO_HEIGHT:
            rows.append(struct.unpack_from("<H", content) * 2)
        elif kind == _COLUMN and content[8] & 1:
            columns.append(struct.unpack_from("<HH", content))
        for place, style in _filled(kind, content):
            if awaited:
                flaws.append((*awaited, UNCALCULATED))
            awaited = (
                place if kind == _FORMULA and content[6] == 0 and content[12:14] == b"\xff\xff" else None
            )
            tally.once(place)
            tally.fill(place)
            if error := _error(kind, content):
                flaws.append((*place, error))
                continue
            if style in looks and _is_number(kind, content):
                seen.append((*place, looks[style]))
            if kind == _FORMULA:
                computed.append(place)
    if awaited:
        flaws.append((*awaited, UNCALCULATED))
    hidden = Hidden(tuple(rows), tuple(columns))
    return Sheet(name, tuple(flaws), tally.merge(merges), tuple(seen), hidden, tuple(computed))


def _is_number(kind: int, content: bytes) -> bool:
    """Whether a record fills its cells with numbers; a formula's other results are marked as such."""
    return kind in (_NUMBER, _RK, _MULRK) or (kind == _FORMULA and content[12:14] != b"\xff\xff")


def _filled(kind: int, content: bytes) -> list[tuple[tuple[int, int], int]]:
    """The cells a record fills, each with the number of its style."""
    if kind in _VALUES or kind in (_FORMULA, _BOOLERR):
        row, column, style = struct.unpack_from("<HHH", content)
        return [((row, column), style)]
    if kind == _MULRK:
        row, first = struct.unpack_from("<HH", content)
        return [
            ((row, first + index), struct.unpack_from("<H", content, 4 + 6 * index)[0])
            for index in range((len(content) - 6) // 6)
        ]
    return []


def _error(kind: int, content: bytes) -> str:
    if kind == _BOOLERR and content[7:8] == b"\1":
        return ERRORS.get(content[6], NAMELESS_ERROR)
    if kind == _FORMULA and content[6] == 2 and content[12:14] == b"\xff\xff":
        return ERRORS.get(content[8], NAMELESS_ERROR)
    return ""


def _merged(content: bytes) -> Iterator[Merge]:
    for index in range(struct.unpack_from("<H", content)[0]):
        top, bottom, left, right = struct.unpack_from("<HHHH", content, 2 + index * 8)
        if top > bottom or left > right:
            raise Refused("file-malformed", "MERGECELLS")
        yield (top, left), (bottom, right)


def _refuse_beyond(name: str, content: bytes) -> None:
    """The reader sets memory aside for the area that is stated."""
    wide = len(content) >= 14
    top, bottom, left, right = struct.unpack_from("<IIHH" if wide else "<HHHH", content)
    if not (top <= bottom <= _ROWS and left <= right <= _COLUMNS):
        raise Refused("file-malformed", "DIMENSIONS", name)
