"""How the form prints on A4: on how many pages side by side, and where a page ends so that no KPI is cut in
two.

The sheet is fitted to so many pages across; how small that makes it is reckoned as Excel does, for by it the
rows of a page are counted. A program whose columns are wider makes it smaller still, and finds room enough.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpibatch.books.paper import height_of, page_breaks

# A4 landscape without its margins (inches), in points of a row and pixels of a column; a font that stands in
# for ours, and its columns, may be a little larger.
_HIGH, _WIDE = (8.27 - 1.1) * 72 * 0.96, (11.69 - 0.8) * 96 * 0.96
_ACROSS, _SMALLEST = (
    0.42,
    0.4,
)  # of its size: smaller, two pages stand side by side; no smaller for a tall KPI
_BLANK = 64.0  # pixels of a column that holds nothing


@dataclass(frozen=True)
class Print:
    """``across`` is how many pages stand side by side, ``down`` the rows with which a further page begins;
    ``blank`` is how many columns that hold nothing are printed as well, so that all is small enough for the
    tallest KPI to stand on one page.
    """

    across: int
    down: tuple[int, ...]
    blank: int = 0


def print_of(
    widths: Sequence[float],
    repeated: int,
    heights: Mapping[int, float],
    head: Sequence[int],
    blocks: Sequence[tuple[int, int]],
) -> Print:
    """``widths`` of the columns that are seen, of which the first ``repeated`` stand on every page, too;
    ``heights`` of the rows, ``head`` those on every page; ``blocks`` the first and last row of each KPI.
    """
    wide = [width * 7 + 5 for width in widths]
    scale, across = min(_WIDE / sum(wide), 1.0), 1
    if scale < _ACROSS:
        scale, across = min(_WIDE / ((sum(wide) + sum(wide[:repeated])) / 2 + max(wide)), 1.0), 2
    tallest = max((height_of(heights, block) for block in blocks), default=0.0)
    wanted = _HIGH / (tallest + sum(heights[row] for row in head))
    blank = 0
    if _SMALLEST <= wanted < scale:
        blank = math.ceil(across * (_WIDE / wanted - _WIDE / scale) / _BLANK)
        scale = wanted
    return Print(across, tuple(page_breaks(heights, head, blocks, _HIGH / scale + 0.01)), blank)
