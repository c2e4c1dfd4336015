"""Inspecting .xls (BIFF 5 and 8): one walk over the records of each sheet.

Formulas always store a result here: one never calculated can't be told from its result, except where a
promised text is missing.
"""

import struct
from collections.abc import Iterator
from typing import TypeAlias

from kpibatch.books.guard.limits import (
    NAMELESS_ERROR,
    UNCALCULATED,
    Flaw,
    Inspected,
    Merge,
    Refused,
    Sheet,
    Tally,
)
from kpibatch.books.guard.ole import Compound

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
_NUMBER, _RK, _LABEL, _LABEL_SST, _RSTRING = 0x203, 0x27E, 0x204, 0xFD, 0xD6
_VALUES = (_NUMBER, _RK, _LABEL, _LABEL_SST, _RSTRING)
_ROWS, _COLUMNS = 65_536, 256
_SMALLEST_STRING = 3
_Record: TypeAlias = tuple[int, bytes]


def inspect_xls(compound: Compound, book: str, tally: Tally) -> Inspected:
    """Inspect every sheet of a legacy workbook whose stream is ``book``."""
    stream = compound.stream(book)
    sheets = []
    for start, name in list(_listed(stream)):
        tally.begin(name)
        try:
            sheets.append(_sheet(name, stream, start, tally))
        except (struct.error, IndexError):
            raise Refused("unreadable-file", "BIFF", name) from None
    return Inspected("xls", compound.raw, tuple(sheets))


def _records(stream: bytes, start: int) -> Iterator[_Record]:
    """The records of the part of the stream that begins there, without those of charts inside it."""
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
            yield kind, stream[start - length : start]
    raise Refused("unreadable-file", "BIFF")


def _listed(stream: bytes) -> Iterator[tuple[int, str]]:
    """Where each sheet begins, and its name; refuses what is encrypted or promises more strings than there is
    room for.
    """
    wide = True
    for kind, content in _records(stream, 0):
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
            name = content[8:] if wide else content[7:]
            yield start, name.decode("utf-16-le" if wide and content[7] & 1 else "cp874", "replace")


def _sheet(name: str, stream: bytes, start: int, tally: Tally) -> Sheet:
    flaws: list[Flaw] = []
    merges: list[Merge] = []
    awaited: tuple[int, int] | None = None  # a formula whose text must follow
    for kind, content in _records(stream, start):
        if kind == _STRING:
            awaited = None
        elif kind == _MERGED:
            merges += _merged(content)
        elif kind == _DIMENSIONS:
            _refuse_beyond(name, content)
        for place in _filled(kind, content):
            if awaited:
                flaws.append((*awaited, UNCALCULATED))
            awaited = (
                place if kind == _FORMULA and content[6] == 0 and content[12:14] == b"\xff\xff" else None
            )
            tally.once(place)
            tally.fill(place)
            if error := _error(kind, content):
                flaws.append((*place, error))
    if awaited:
        flaws.append((*awaited, UNCALCULATED))
    return Sheet(name, tuple(flaws), tally.merge(merges))


def _filled(kind: int, content: bytes) -> list[tuple[int, int]]:
    """The cells a record fills."""
    if kind in _VALUES or kind in (_FORMULA, _BOOLERR):
        row, column = struct.unpack_from("<HH", content)
        return [(row, column)]
    if kind == _MULRK:
        row, first = struct.unpack_from("<HH", content)
        return [(row, column) for column in range(first, first + (len(content) - 6) // 6)]
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
