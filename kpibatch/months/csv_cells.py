"""A text as a cell of a CSV that Excel may open, and back; rows as such a CSV."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

_TELLING = frozenset("'=+-@\t\r")


def harmless(cell: str) -> str:
    """The text; with a leading apostrophe where Excel would take it for a formula, or where that of the text
    itself would be taken for such a one.
    """
    if cell[:1] not in _TELLING:  # nearly all of them
        return cell
    if cell[0] == "'":
        return "'" + cell if harmless(cell[1:]) == cell else cell
    try:
        return cell if math.isfinite(float(cell)) else "'" + cell
    except ValueError:
        return "'" + cell


def as_meant(cell: str) -> str:
    """The text that ``harmless`` wrote, without its apostrophe.

    >>> as_meant(harmless("=1+1")), as_meant(harmless("-5")), as_meant("'quoted'")
    ('=1+1', '-5', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as Excel likes it; text that Excel would take for a formula gets a leading apostrophe."""
    written = io.BytesIO(b"\xef\xbb\xbf")
    written.seek(0, io.SEEK_END)
    text = io.TextIOWrapper(written, "utf-8", "replace", newline="")  # letters alone take four times the room
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) if cell[:1] in _TELLING else cell for cell in row] for row in rows)
    text.flush()
    return written.getvalue()
