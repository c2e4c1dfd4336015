"""The rows of a large sheet that nobody asks for, set aside as they are while its package is changed: a
million of them as elements would take gigabytes.

In: the XML of a sheet, and the rows that are wanted. Out: the same XML with the others' places kept, and
what belongs there. A sheet whose rows are not written the usual way is left whole.
"""

import re
from collections.abc import Collection, Iterable, Sequence

LARGE = 1_000_000  # bytes of XML; a form has a tenth of it
_BELOW = 60  # rows kept below a wanted one, for a comment's box stands over them
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
_ROW = re.compile(rb'<row(?:\s+r="(\d{1,7})")?(?=[\s/>])')
_PLACE = re.compile(rb"<\?rows (\d+)\?>")


def set_aside(xml: bytes, wanted: Collection[int]) -> tuple[bytes, Sequence[bytes]] | None:
    """The sheet without the rows that are not wanted (zero-based), an empty one for each wanted that is not
    there, and what was taken out; none where the sheet is small or its rows are not simply in order.
    """
    begin, end = xml.find(_OPEN) + len(_OPEN), xml.rfind(_CLOSE)
    unusual = b"<!" in xml or xml.find(b"<?", 2) >= 0 or xml.count(_OPEN) != 1
    if len(xml) < LARGE or unusual or end < begin:
        return None
    near = {row + step for row in wanted for step in range(-1, _BELOW)}
    missing = sorted(wanted, reverse=True)
    kept, pieces = [xml[:begin]], []
    done, keeps, last = begin, True, -1

    def cut(at: int) -> None:
        nonlocal done
        if at > done:
            if not keeps:
                pieces.append(xml[done:at])
            kept.append(xml[done:at] if keeps else b"<?rows %d?>" % (len(pieces) - 1))
        done = at

    for match in _ROW.finditer(xml, begin, end):
        row = int(match[1] or 0) - 1
        if row <= last:
            return None
        if (missing and missing[-1] <= row) or (row in near) != keeps:
            cut(match.start())
            kept += _empty(missing, row)
        keeps, last = row in near, row
    cut(end)
    return b"".join((*kept, *_empty(missing, 1 << 32), xml[end:])), pieces


def _empty(missing: list[int], row: int) -> Iterable[bytes]:
    """Rows for those wanted before this one, and none for this one itself."""
    while missing and missing[-1] < row:
        yield b'<row r="%d"/>' % (missing.pop() + 1)
    if missing and missing[-1] == row:
        missing.pop()


def put_back(xml: bytes, pieces: Sequence[bytes]) -> bytes:
    """The sheet with the rows that were set aside in their places."""
    return _PLACE.sub(lambda place: pieces[int(place[1])], xml)
