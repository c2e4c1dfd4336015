"""Text files: their letters, whatever program saved them, and a CSV as a grid like a workbook's sheet."""

import csv
import io

from kpibatch.base.config import IntakeLimits
from kpibatch.base.thai import is_blank, squash
from kpibatch.books.guard.limits import Refused, Tally
from kpibatch.books.read import Grid, Value

_DELIMITERS = ",;\t|"
_LOOKED_AT = 20  # lines from which the delimiter is told


def decoded(raw: bytes) -> str:
    """Text of any kind that Excel and central systems save: UTF-16, UTF-8 with or without its mark, Thai
    Windows' code page.

    Raises ``ValueError`` where it is none of them.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp874")


def read_text(raw: bytes, limits: IntakeLimits, name: str = "CSV") -> dict[str, Grid]:
    """A CSV as the one sheet of a workbook, every value a text. Raises ``Refused`` where it is none."""
    try:
        text = decoded(raw)
        lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]
        if lines and lines[0].lower().startswith("sep="):  # Excel's own word on the delimiter
            text = text.partition("\n")[2]
        delimiter = max(_DELIMITERS, key=lambda each: sum(line.count(each) for line in lines))
        tally = Tally(limits)
        tally.begin(name)
        rows: list[list[Value]] = []
        for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            cells: list[Value] = [None if is_blank(cell) else squash(cell) for cell in line]
            if cells:
                tally.fill((number, len(cells) - 1), len(cells))
            rows.append(cells)
    except (ValueError, csv.Error) as reason:
        raise Refused("file-malformed", reason) from None
    return {name: Grid(name, rows)}
