"""The text of a .pdf, page by page.

A page's own lines; where lines are ruled on it, what stands in a table is a line a row, its cells apart by
tabs, as in a .docx. A cell's lines are one text again, but for those that begin a level, an item or a KPI.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kpibatch.base.errors import LetterFault
from kpibatch.books.guard.limits import Refused
from kpibatch.books.printed.pdf import pdfium

_MOST_PAGES = 1000
_THIN, _SHORT = 3.0, 8.0  # points: how thick a ruled line is at most, how long at least
_NEAR = 2.0  # points within which two lines are one
_SAME_LINE = 4.0  # points by which letters of one line may stand higher or lower
_DEEP = 5  # forms within forms
_BEGINS = re.compile(r"ระดับ(?:ที่|คะแนน)?\s*[0-9๐-๙]|(?:[0-9๐-๙]{1,2}[.)]|[-–•·])\s*[ก-๙]|ตัวชี้วัดที่|กรณี")
_THAI = re.compile("[ก-๎]")
_GAP = re.compile("\\s+(?=[ะ-\u0e3a\u0e45\u0e47-\u0e4e])")  # vowels and marks that follow a consonant


@dataclass(frozen=True)
class Glyph:
    """A letter where it stands."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Ruling:
    """A line that is ruled: at which x it stands and between which y it runs, or the other way round."""

    at: float
    low: float
    high: float

    def beside(self, value: float) -> bool:
        return self.low - _NEAR <= value <= self.high + _NEAR


def read_pdf(raw: bytes) -> tuple[list[str], tuple[int, ...]]:
    """The lines of every page, and the numbers of the pages that have none. Raises ``LetterFault`` where the
    library is not installed, ``Refused`` where it is no document that can be opened, or has too many pages.
    """
    pypdfium2 = pdfium()
    if pypdfium2 is None:
        raise LetterFault("letter-no-library")
    try:
        document = pypdfium2.PdfDocument(raw)
        if len(document) > _MOST_PAGES:
            raise Refused("file-swollen", f"{len(document):,} > {_MOST_PAGES:,}")
        pages = [_lines_of(page, pypdfium2.raw) for page in document]
    except pypdfium2.PdfiumError:
        raise Refused("unreadable-file", "PDF") from None
    blank = tuple(number for number, lines in enumerate(pages, 1) if not any(map(str.strip, lines)))
    return [line for lines in pages for line in lines], blank


def _lines_of(page: Any, raw: Any) -> list[str]:
    textpage, (upright, level) = page.get_textpage(), _rulings(page, raw)
    if len(upright) < 3 or len(level) < 2:  # less is a frame, or a line to sign on
        return list(textpage.get_text_range().splitlines())
    return lines_in(list(_glyphs(textpage, raw)), upright, level)


def _rulings(page: Any, raw: Any) -> tuple[list[Ruling], list[Ruling]]:
    """The upright and the level lines ruled on a page."""
    upright, level = list[Ruling](), list[Ruling]()
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=_DEEP):
        left, bottom, right, top = each.get_bounds()
        if right - left <= _THIN and top - bottom >= _SHORT:
            upright.append(Ruling((left + right) / 2, bottom, top))
        elif top - bottom <= _THIN and right - left >= _SHORT:
            level.append(Ruling((bottom + top) / 2, left, right))
        elif right - left >= _SHORT and top - bottom >= _SHORT:  # a box has four
            upright += [Ruling(left, bottom, top), Ruling(right, bottom, top)]
            level += [Ruling(bottom, left, right), Ruling(top, left, right)]
    return upright, level


def _glyphs(textpage: Any, raw: Any) -> Iterator[Glyph]:
    from ctypes import byref, c_double

    x, y = c_double(), c_double()
    for at in range(textpage.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(textpage, at))
        raw.FPDFText_GetCharOrigin(textpage, at, byref(x), byref(y))
        yield Glyph(letter, x.value, y.value)


# --- where letters and lines stand → lines of text ----------------------------------------------------------


def lines_in(glyphs: Sequence[Glyph], upright: Sequence[Ruling], level: Sequence[Ruling]) -> list[str]:
    """The lines of a page, from top to bottom; a table's row is one, at its upper edge.

    >>> def word(text, x, y): return [Glyph(letter, x + at, y) for at, letter in enumerate(text)]
    >>> upright, level = [Ruling(x, 0, 40) for x in (0, 50, 100)], [Ruling(y, 0, 100) for y in (0, 20, 40)]
    >>> lines_in([*word("KPI", 5, 30), *word("20", 60, 30), *word("A", 5, 10)], upright, level)
    ['KPI\\t20', 'A\\t']
    """
    rows: dict[float, dict[int, list[Glyph]]] = {}
    widths: dict[float, int] = {}
    outside: dict[float, list[Glyph]] = {}
    for glyph in glyphs:
        if glyph.text in "\r\n":
            continue
        walls = _merged(each.at for each in upright if each.beside(glyph.y))
        column = sum(wall <= glyph.x + _NEAR for wall in walls) - 1
        tops = [each.at for each in level if each.beside(glyph.x) and each.at >= glyph.y]
        if not 0 <= column < len(walls) - 1 or not tops:
            outside.setdefault(_known(glyph.y, outside, _SAME_LINE), []).append(glyph)
            continue
        top = _known(min(tops), rows, _NEAR)
        widths[top] = max(widths.get(top, 0), len(walls) - 1)
        rows.setdefault(top, {}).setdefault(column, []).append(glyph)
    lines = {top: "\t".join(_cell(row.get(at, [])) for at in range(widths[top])) for top, row in rows.items()}
    lines |= {y: _joined(line) for y, line in outside.items()}
    return [lines[y] for y in sorted(lines, reverse=True)]


def _merged(places: Iterable[float]) -> list[float]:
    """Places from left to right, each once; the two sides of a thick line are one."""
    merged: list[float] = []
    for place in sorted(places):
        if not merged or place - merged[-1] > _NEAR:
            merged.append(place)
    return merged


def _known(place: float, places: Iterable[float], near: float) -> float:
    """The place that is there already, where one is near enough."""
    return next((each for each in places if abs(each - place) <= near), place)


def _joined(glyphs: Iterable[Glyph]) -> str:
    """The letters of a line; a space before what no Thai word begins with is none.

    >>> _joined(Glyph(letter, at, 0) for at, letter in enumerate("จ ำนวน ๓ "))
    'จำนวน ๓'
    """
    return _GAP.sub("", "".join(glyph.text for glyph in glyphs)).strip()


def _cell(glyphs: Sequence[Glyph]) -> str:
    """A cell's text: its lines are joined again, without a space between Thai letters.

    >>> def word(text, y): return [Glyph(letter, at, y) for at, letter in enumerate(text)]
    >>> _cell([*word("ไม่น้อย", 30), *word("กว่า 80", 20), *word("ระดับ 2", 10)])
    'ไม่น้อยกว่า 80\\nระดับ 2'
    """
    lines: dict[float, list[Glyph]] = {}
    for glyph in glyphs:
        lines.setdefault(_known(glyph.y, lines, _SAME_LINE), []).append(glyph)
    text = ""
    for y in sorted(lines, reverse=True):
        line = _joined(lines[y])
        if not text or not line:
            text += line
        elif _BEGINS.match(line):
            text += f"\n{line}"
        else:
            text += line if _THAI.match(text[-1]) and _THAI.match(line) else f" {line}"
    return text
