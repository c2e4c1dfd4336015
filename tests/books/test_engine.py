"""XlsxWriter's private steps done in fewer give the bytes that XlsxWriter gives."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from workspace import BURIRAM, RAYONG, few_output
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.worksheet import Worksheet

from kpibatch.books import write
from kpibatch.books.engine.as_it_is import WorkBook
from kpibatch.books.engine.fewer_steps import TRIED, QuickBook
from kpibatch.books.write import Book, Content, Formula, Sheet

TEXTS = [
    "ก",
    "",
    " a",
    "a ",
    "a\nb",
    "<b> & \"c\" 'd'",
    "_x0041_",
    "a\tb",
    "<r>a</r>",
    "ก" * 20_000,
    "😀" * 12_000,
]
NUMBERS = [0, -1, 1.5, 1 / 3, 1e300, 123456789012345678, True, 2.0]
RESULTS = ["", "a", "<&>", "#N/A", "#n/a", 0, 1.25, True, False, 1 / 3]


def packed(
    fill: Callable[[Book], object], path: Path, *, quick: bool, monkeypatch: pytest.MonkeyPatch
) -> bytes:
    monkeypatch.setattr(write, "TRIED", quick)
    with Book(path, title="ก", whose="1") as book:
        assert isinstance(book._book, QuickBook) == quick
        fill(book)
    return path.read_bytes()


def cells(sheet: Sheet) -> None:
    for row, text in enumerate(TEXTS):
        sheet.put(row, 0, text, "cell")
        sheet.put(row, 2, text, "cell", bold=True, font_size=20)
    for row, number in enumerate(NUMBERS):
        sheet.put(row, 3, number, "percent", indent=1)
    for row, result in enumerate(RESULTS):
        sheet.put(row, 5, Formula(f'IF(A1<>"&",{row},">")', result), "cell")
    sheet.put_row(20, 1, [None, float("nan"), date(2022, 6, 30)], "date")
    sheet.put(40, 7, 1.0, "cell", italic=True, bold=True)
    sheet.put(40, 8, 1.0, "cell", bold=True, italic=True)
    sheet.put(15, 0, "first of a block", "bold")
    line: list[Content] = ["new", "ก", "a\nb", "a ", "", 1.5, -0.0, 2, True, None, float("nan")]
    line += [date(2022, 6, 30), Formula("1+1", "ก"), "ก" * 20_000, "last in the list"]
    bold, plain = sheet.book.style("bold"), sheet.book.style("cell")
    sheet.line(42, [*range(len(line), 1, -1), 0], line, [bold, plain] * 7 + [bold])
    sheet.line(43, [], [], [])


def shapes(sheet: Sheet) -> None:
    sheet.merge(2, 1, 4, "merged", "head")
    sheet.merge_formula(3, 1, 4, Formula("1+1", 2), "cell")
    sheet.block(5, 7, 1, 2, "block", "wrap")
    sheet.note(9, 3, "a note where no cell stands")
    sheet.link(10, 1, "'A'!A1", "a link", "link")
    sheet.merge(7, 5, 7, "", "head")
    sheet.merge(8, 7, 5, "from the right", "head")
    for row, hidden in ((2, False), (5, True), (50, False), (60, True)):
        sheet.tall(row, 33.3, hidden=hidden)
    sheet.tall(51, 0.0)
    sheet.raw.set_row(12, 20, sheet.book.style("head"))
    sheet.raw.write_string(12, 3, "in a row's format")
    sheet.raw.write_boolean(13, 3, True)
    sheet.raw.write_array_formula(14, 3, 14, 3, "{=SUM(A1:A2)}", None, 3)
    sheet.raw.write_rich_string(15, 3, sheet.book.style("bold"), "a", sheet.book.style("quiet"), "b")
    sheet.widths(10, 20, 30)
    sheet.show_exact((2, 3), (9, 3), "percent")
    sheet.colour(
        (2, 3), (9, 3), {"type": "cell", "criteria": ">", "value": 1, "format": sheet.book.style("good")}
    )
    sheet.raw.add_sparkline(2, 9, {"range": "A!A1:C1", "markers": True})
    sheet.raw.add_sparkline(
        3, 9, {"range": "'A'!A2:C2", "markers": True, "series_color": "#2A7F86", "max": 1}
    )
    sheet.raw.add_sparkline(4, 9, {"range": "=A!$A$2:$C$2", "markers": True})
    sheet.page(top=0)
    sheet.lock()


def with_a_chart(book: Book) -> None:
    sheet, chart = book.sheet("A"), book.chart("bar")
    cells(sheet)
    shapes(book.sheet("B"))
    book.sheet("empty")
    chart.add_series({"categories": ["A", 0, 0, 4, 0], "values": ["A", 0, 3, 4, 3], "name": ["A", 0, 5]})
    book.sheets["B"].raw.insert_chart(20, 1, chart, {"description": "c"})
    book.mark({"a": "b"})
    book.define("x", "='A'!$A$1")


def test_these_releases_were_tried() -> None:
    assert TRIED, "try the new release: set TRIED, and look whether the other tests here still hold"


def test_all_that_a_sheet_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = [
        packed(with_a_chart, tmp_path / f"{quick}.xlsx", quick=quick, monkeypatch=monkeypatch)
        for quick in (True, False)
    ]
    with zipfile.ZipFile(tmp_path / "True.xlsx") as quick, zipfile.ZipFile(tmp_path / "False.xlsx") as plain:
        assert quick.namelist() == plain.namelist()
        for name in plain.namelist():
            assert quick.read(name) == plain.read(name), name
    assert ways[0] == ways[1]


def finished_early(book: Book) -> None:
    """Sheets of which one is finished before another that stands before it is begun, and one too late."""
    first, second, third = book.sheet("A"), book.sheet("B"), book.sheet("C")
    shapes(second)
    cells(third)
    third.put(50, 1, "only here", "bold", font_size=33)
    for sheet in (second, third, book.sheet("empty")):
        sheet.finish()
    cells(first)
    book.sheet("D").put(0, 0, Formula("'C'!A1", "ก"), "cell")


def test_a_sheet_finished_early_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    early, late = (tmp_path / f"{name}.xlsx" for name in ("early", "late"))
    packed(finished_early, early, quick=True, monkeypatch=monkeypatch)
    packed(finished_early, late, quick=False, monkeypatch=monkeypatch)
    with zipfile.ZipFile(early) as quick, zipfile.ZipFile(late) as plain:
        for name in plain.namelist():
            assert quick.read(name) == plain.read(name), name
    assert early.read_bytes() == late.read_bytes()


def test_what_is_finished_is_neither_written_nor_drawn(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx", title="ก") as book:
        sheet = book.sheet("A")
        sheet.put(0, 0, 1.0)
        sheet.finish()
        with pytest.raises(KeyError):
            sheet.put(0, 0, 2.0)
        with pytest.raises(ValueError, match="a chart of what is finished"):
            sheet.raw._get_range_data(0, 0, 0, 0)


def test_formats_of_two_workbooks_know_nothing_of_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(book: Book) -> None:
        book.sheet("A").put(0, 0, "x", "cell", "wrap", bold=True)
        cells(book.sheets["A"])

    for fill in (other, cells_alone, other):
        ways = [
            packed(fill, tmp_path / "a.xlsx", quick=quick, monkeypatch=monkeypatch) for quick in (True, False)
        ]
        assert ways[0] == ways[1]


def cells_alone(book: Book) -> None:
    cells(book.sheet("A"))


@pytest.mark.parametrize("made", [WorkBook, QuickBook])
@pytest.mark.parametrize(
    ("row", "column", "content"),
    [
        (-1, 0, "a"),
        (0, -1, 1.0),
        (1_048_576, 0, None),
        (0, 16_384, Formula("1", 1)),
        (0, 0, "😀" * 17_000),
        (2_000_000, 0, date(2022, 1, 1)),
    ],
)
def test_what_can_t_be_held_is_refused(
    made: type[WorkBook],
    row: int,
    column: int,
    content: write.Content,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(write, "TRIED", made is QuickBook)
    book = Book(tmp_path / "a.xlsx", title="a")
    with pytest.raises(ValueError, match="refused"):
        book.sheet("A").put(row, column, content)
    with pytest.raises(ValueError, match="refused"):
        book.sheet("B").line(row, [column, 1], [content, "a"], [book.style()] * 2)


@pytest.mark.parametrize("made", [WorkBook, QuickBook])
def test_no_row_and_no_merged_cells_are_beyond_the_edges(
    made: type[WorkBook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "TRIED", made is QuickBook)
    sheet = Book(tmp_path / "a.xlsx", title="a").sheet("A")
    with pytest.raises(ValueError, match="refused"):
        sheet.tall(1_048_576, 20)
    with pytest.raises(ValueError, match="refused"):
        sheet.merge(0, 16_380, 16_384, "a")
    sheet.merge(0, 1, 4, "a")
    with pytest.raises(OverlappingRange):
        sheet.merge(0, 4, 6, "b")


@pytest.mark.parametrize("made", [WorkBook, QuickBook])
def test_an_infinite_number_is_refused(
    made: type[WorkBook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "TRIED", made is QuickBook)
    with pytest.raises(TypeError, match="NAN/INF"):
        Book(tmp_path / "a.xlsx", title="a").sheet("A").put(0, 0, float("inf"))


@pytest.mark.slow
@pytest.mark.parametrize("name", [BURIRAM, RAYONG])
def test_xlsxwriter_would_prepare_nothing_in_our_formulas(name: str) -> None:
    formulas, sheet = set[str](), Worksheet()
    with zipfile.ZipFile(few_output(name) / "ranking.xlsx") as package:
        for part in package.namelist():
            if part.startswith("xl/worksheets/sheet"):
                formulas |= {
                    unescape(text) for text in re.findall("<f>([^<]*)</f>", package.read(part).decode())
                }
    assert len(formulas) > 300
    assert [text for text in formulas if sheet._prepare_formula(f"={text}") != text] == []
