"""How large a sheet comes out on A4, and whether it does on one page."""

import math
from collections.abc import Iterable, Mapping, Sequence

from kpibatch.books.look import ROW, SIZE, lines_of, tall_of
from kpibatch.books.write import Sheet

_ACROSS, _DOWN = 1040.0, 512.0  # what the margins leave of a page on its side: pixels of the screen, points
_UPRIGHT = 712.0, 756.0  # and of one upright
_NEXT_TO_NOTHING, _STEPS = 0.25, 40
_COLUMN, _EDGE, _PAGE_WIDTH, _ROOM = 7.0, 5.0, 300.0, 6.0


def pixels(widths: Sequence[float]) -> float:
    """How wide columns of those widths are together."""
    return sum(_COLUMN * width + _EDGE for width in widths if width)


def rows_on_a_page(scale: float) -> float:
    """How tall the rows are together that a page holds when it is made smaller like that."""
    return _DOWN / scale


def columns_left(widths: Sequence[float], more: int, scale: float) -> float:
    """How wide so many more columns may be, for the page to be made no smaller than that."""
    return ((_ACROSS / scale - pixels(widths)) / more - _EDGE) / _COLUMN


def head_height(heads: Iterable[tuple[str, float]], size: float = SIZE) -> float:
    """How tall the row of headings is that stand in columns of those widths: two lines at least."""
    lines = (lines_of(head, width, size, bold=True) for head, width in heads)
    return tall_of(max(2, *lines), size) + _ROOM


def heights_of(sheet: Sheet, last: int) -> list[float]:
    """How tall the rows of a sheet are, down to ``last``."""
    return [sheet.heights.get(row, ROW) for row in range(last + 1)]


def scale_of(widths: Sequence[float], tall: float = 0.0) -> float:
    """By how much columns, and rows so tall together, are made smaller to stand on one page."""
    return min(1.0, _ACROSS / pixels(widths), _DOWN / max(tall, 1.0))


def on_pages(sheet: Sheet, widths: Sequence[float], last: int, least: float, *, turns: bool = False) -> int:
    """Print the rows down to ``last`` on as few pages as it takes without making anything smaller than
    ``least``, which columns that are wider than that make it all the same; gives back how many.

    Where the sheet ``turns``, pages stand upright if they are fewer or hold larger letters so.
    """
    tall = max(sum(heights_of(sheet, last)), 1.0)
    pages, scale = _pages_of(widths, tall, least, (_ACROSS, _DOWN))
    if turns:
        fewer, larger = _pages_of(widths, tall, least, _UPRIGHT)
        if larger >= min(least, scale) and (fewer, -larger) < (pages, -scale):
            sheet.raw.set_portrait()
            pages = fewer
    sheet.raw.fit_to_pages(1, pages)
    return pages


def scale_on_one_page(widths: Sequence[float], tall: float) -> float:
    """By how much columns, and rows so tall together, are made smaller to stand on one page, which is turned
    as it holds them best.
    """
    return max(_pages_of(widths, tall, 0.0, page)[1] for page in ((_ACROSS, _DOWN), _UPRIGHT))


def on_one_page(sheet: Sheet, widths: Sequence[float], last: int) -> None:
    """Print the rows down to ``last`` on one page, upright if that holds larger letters."""
    on_pages(sheet, widths, last, 0.0, turns=True)


def _pages_of(
    widths: Sequence[float], tall: float, least: float, page: tuple[float, float]
) -> tuple[int, float]:
    """How many pages of that size rows so tall together take, and by how much they are made smaller."""
    across, down = page
    widest = min(1.0, across / pixels(widths))
    pages = max(1, math.ceil(tall * min(widest, least) / down))
    return pages, min(widest, pages * down / tall)


def pages_across(sheet: Sheet, widths: Sequence[float], repeated: int) -> None:
    """For a sheet too wide to be read on one page: as many pages across as it needs, the first columns on
    each.
    """
    names = sum(widths[:repeated])
    pages = max(1, math.ceil((sum(widths) - names) / (_PAGE_WIDTH - names)))
    sheet.raw.fit_to_pages(pages, 0)
    if pages > 1:
        sheet.raw.repeat_columns(0, repeated - 1)


def height_of(heights: Mapping[int, float], block: tuple[int, int]) -> float:
    """How tall the rows of a block are together, from its first to its last."""
    return sum(heights.get(row, ROW) for row in range(block[0], block[1] + 1))


def page_breaks(
    heights: Mapping[int, float], head: Sequence[int], blocks: Sequence[tuple[int, int]], high: float
) -> list[int]:
    """The rows with which a further page begins, where one holds rows so ``high`` together: a block's first,
    or, of a block that no page holds, one of its own. ``head`` are the rows that stand on every page.
    """
    breaks = list[int]()
    top = sum(heights.get(row, ROW) for row in head)
    used = height_of(heights, (0, blocks[0][0] - 1)) if blocks else 0.0
    for first, last in blocks:
        whole = height_of(heights, (first, last))
        if used + whole > high and used > top and (whole + top <= high or used > high / 2):
            breaks.append(first)
            used = top
        for row in range(first, last + 1):
            if used + heights.get(row, ROW) > high and row > first:
                breaks.append(row)
                used = top
            used += heights.get(row, ROW)
    return breaks


def break_before(sheet: Sheet, blocks: Sequence[int], head: range, last: int, scale: float) -> None:
    """Begin a new page at each block that the page would end in, and in one that is longer than a page.

    ``blocks`` are the rows that blocks begin with, ``head`` those that stand on top of each page.
    """
    high = rows_on_a_page(scale) * 0.96
    spans = [(first, after - 1) for first, after in zip(blocks, (*blocks[1:], last + 1), strict=True)]
    sheet.raw.set_h_pagebreaks(even_breaks(sheet.heights, head, spans, high))


def even_breaks(
    heights: Mapping[int, float], head: Sequence[int], blocks: Sequence[tuple[int, int]], high: float
) -> list[int]:
    """The same breaks; where the last page would hold next to nothing, those of pages as low as the same
    number of them can be, so that none holds a row alone.
    """
    breaks = page_breaks(heights, head, blocks, high)
    if not breaks or height_of(heights, (breaks[-1], blocks[-1][1])) > high * _NEXT_TO_NOTHING:
        return breaks
    first = {block[0] for block in blocks}
    for lower in (high * step / _STEPS for step in range(_STEPS // 2, _STEPS)):
        evener = page_breaks(heights, head, blocks, lower)
        if len(evener) == len(breaks) and len({*evener} - first) <= len({*breaks} - first):
            return evener
    return breaks
