"""How much room a text takes, and how sheets come out on A4."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from kpibatch.books.look import fitting, lines_of, tall_of
from kpibatch.books.paper import (
    break_before,
    columns_left,
    even_breaks,
    head_height,
    on_one_page,
    on_pages,
    scale_of,
    scale_on_one_page,
)
from kpibatch.books.write import Book

LANDSCAPE, PORTRAIT = "landscape", "portrait"


@pytest.mark.parametrize(
    ("letters", "width", "size", "bold", "lines"),
    [
        (0, 20, 16, False, 1),
        (12, 20, 16, False, 1),
        (13, 20, 16, False, 2),
        (22, 20, 16, False, 2),  # a line that is not the last loses half a word
        (23, 20, 16, False, 3),
        (15, 20, 13, False, 2),
        (14, 20, 13, False, 1),
        (11, 20, 16, True, 1),
        (12, 20, 16, True, 2),
        (5, 1, 16, False, 6),
    ],
)
def test_how_many_lines_a_text_takes(letters: int, width: float, size: float, bold: bool, lines: int) -> None:
    assert lines_of("ก" * letters, width, size, bold=bold) == lines


def test_vowels_above_take_no_room_and_each_line_counts() -> None:
    assert lines_of("กี่" * 12, 20) == 1
    assert lines_of("ก\n\nก", 20) == 3
    assert [tall_of(lines) for lines in (1, 2, 3)] == [24, 52, 80]
    assert tall_of(2, 12) == 39
    assert fitting("ก" * 8) == 10


def printed(folder: Path, widths: tuple[float, ...], heights: list[float], least: float | None) -> object:
    """How a sheet with such columns and rows stands on paper."""
    with Book(folder / "book.xlsx", title="") as book:
        sheet = book.sheet("a")
        sheet.widths(*widths)
        for row, height in enumerate(heights):
            sheet.tall(row, height)
        sheet.page(top=0)
        if least is None:
            on_one_page(sheet, widths, len(heights) - 1)
        else:
            on_pages(sheet, widths, len(heights) - 1, least, turns=True)
    setup = load_workbook(folder / "book.xlsx")["a"].page_setup
    return setup.orientation, setup.fitToHeight or 1


@pytest.mark.parametrize(
    ("width", "tall", "least", "stands"),
    [
        (140.0, 500.0, None, (LANDSCAPE, 1)),
        (140.0, 1500.0, None, (PORTRAIT, 1)),
        (70.0, 700.0, None, (PORTRAIT, 1)),
        (280.0, 700.0, None, (LANDSCAPE, 1)),
        (140.0, 3000.0, 0.5, (PORTRAIT, 2)),  # three on their side
        (300.0, 3000.0, 0.5, (LANDSCAPE, 3)),  # upright its letters would be too small
    ],
)
def test_a_page_is_turned_as_it_holds_the_sheet_best(
    width: float, tall: float, least: float | None, stands: object, tmp_path: Path
) -> None:
    assert printed(tmp_path, (width,), [tall / 10] * 10, least) == stands


def test_the_scale_on_one_page_is_that_of_the_better_way() -> None:
    assert scale_on_one_page([145.0], 500.0) == pytest.approx(1.0)
    assert scale_on_one_page([145.0], 1512.0) == pytest.approx(0.5)
    assert scale_of([145.0, columns_left([145.0], 1, 0.5)]) == pytest.approx(0.5)


def test_headings_are_two_lines_high_at_least_and_as_high_as_the_longest() -> None:
    assert head_height([("ก", 10.0)]) == head_height([("ก" * 7, 10.0)]) == 58
    assert head_height([("ก", 10.0), ("ก" * 20, 10.0)]) > 100


@pytest.mark.parametrize(("rows", "breaks"), [(8, []), (9, [9])])
def test_a_block_that_would_be_cut_begins_a_page(rows: int, breaks: list[int], tmp_path: Path) -> None:
    with Book(tmp_path / "book.xlsx", title="") as book:
        sheet = book.sheet("a")
        for row in range(20):
            sheet.tall(row, 27.0)
        break_before(sheet, [1, 1 + rows], range(1), 2 * rows, 1.0)
    book_read = load_workbook(tmp_path / "book.xlsx")["a"]
    assert [each.id for each in book_read.row_breaks.brk] == ([1 + rows] if breaks else [])


@pytest.mark.parametrize(
    ("blocks", "breaks"),
    [
        (20, [11]),  # ten rows of 24 points a page below the head: two full pages
        (21, [8, 15]),  # instead of a third page with one row
        (22, [9, 17]),
        (23, [11, 21]),  # three rows are more than next to nothing
        (10, []),
        (11, [7]),
    ],
)
def test_no_page_holds_next_to_nothing(blocks: int, breaks: list[int]) -> None:
    heights = dict.fromkeys(range(blocks + 1), 24.0)
    spans = [(row, row) for row in range(1, blocks + 1)]
    assert even_breaks(heights, range(1), spans, 24.0 * 11) == breaks


def test_a_block_is_not_torn_for_the_sake_of_the_last_page() -> None:
    heights = dict.fromkeys(range(22), 24.0)
    assert even_breaks(heights, range(1), [(1, 10), (11, 20), (21, 21)], 24.0 * 11) == [11, 21]
