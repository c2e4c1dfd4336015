"""Every workbook the program writes is a sound package, and LibreOffice opens every ranking."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook
from package_check import TYPES, faults
from recalculated import sample_rankings
from workspace import CHACHOENGSAO, NEWEST, copy_few, few_output, kpibatch, open_book

SAMPLES = list(NEWEST)
_SOME = 3


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each sample with its forms and the annex written."""
    made = {name: copy_few(tmp_path_factory.mktemp("packages"), name) for name in SAMPLES}
    for workspace in made.values():
        spoil_an_answer(workspace)
        for words in (("forms",), ("levels", "show", "--xlsx"), ("check",)):
            result = kpibatch(workspace, *words)
            assert result.exit_code in (0, 1), result.output
    return made


def spoil_an_answer(workspace: Path) -> None:
    """Make the first unit's newest submission one that goes back: every number in it becomes a word."""
    path = min((workspace / "submissions" / NEWEST[workspace.name]).glob("*.xlsx"))
    book = open_book(path)
    for cell in (
        cell for row in book.worksheets[0].iter_rows() for cell in row if isinstance(cell.value, int | float)
    ):
        cell.value = "ประมาณ"
    book.save(path)


def some(folder: Path) -> list[Path]:
    books = sorted(path for path in folder.iterdir() if path.suffix in (".xlsx", ".xlsm"))
    return [*books[:_SOME], *books[-1:]]


def wrong(books: list[Path], *, titled: bool) -> list[str]:
    assert books
    return [f"{book.name}: {fault}" for book in books for fault in faults(book, titled=titled)]


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_the_rankings_package_is_sound(name: str) -> None:
    assert wrong([few_output(name) / "ranking.xlsx"], titled=True) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_the_units_summaries_are_sound(name: str) -> None:
    assert wrong(some(few_output(name) / "units"), titled=True) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_what_goes_back_is_sound(name: str, workspaces: dict[str, Path]) -> None:
    folders = (few_output(name) / "returned", workspaces[name] / "output" / NEWEST[name] / "returned")
    assert wrong([book for folder in folders for book in some(folder)], titled=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_forms_and_annex_are_sound(name: str, workspaces: dict[str, Path]) -> None:
    output = workspaces[name] / "output"
    assert (
        wrong(some(output / "forms"), titled=name != CHACHOENGSAO) == []
    )  # the office's own form has what title it has
    assert wrong([output / "level_tables_annex.xlsx"], titled=True) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_level_tables_are_sound(name: str, workspaces: dict[str, Path]) -> None:
    assert wrong([workspaces[name] / "level_tables.xlsx"], titled=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_libreoffice_opens_every_ranking(name: str) -> None:
    book, anew = few_output(name) / "ranking.xlsx", sample_rankings()[name]
    assert names_of(anew) == names_of(book)


def names_of(book: Path) -> list[str]:
    opened = load_workbook(book, read_only=True)
    try:
        return list(opened.sheetnames)
    finally:
        opened.close()


# --- the check itself notices each fault --------------------------------------------------------------------

Parts = dict[str, bytes]
SHEET, BOOK, STRINGS, RELATIONS = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/_rels/workbook.xml.rels",
)


def swap(part: str, old: str, new: str) -> Callable[[Parts], None]:
    def spoil(parts: Parts) -> None:
        text = parts[part].decode()
        parts[part] = re.sub(old, new, text, count=1).encode()
        assert parts[part].decode() != text, old

    return spoil


def drop(part: str) -> Callable[[Parts], object]:
    return lambda parts: parts.pop(part)


def put(part: str, raw: bytes) -> Callable[[Parts], None]:
    return lambda parts: parts.update({part: raw})


SPOILT: dict[str, tuple[Callable[[Parts], object], str]] = {
    "a part that is missing": (drop("xl/theme/theme1.xml"), "missing"),
    "an orphan": (put("xl/left.xml", b"<a/>"), "orphan"),
    "no content type": (put("xl/left.bin", b"?"), "no content type"),
    "a part named twice": (swap(TYPES, r"(<Override [^>]*theme[^>]*>)", r"\1\1"), "twice"),
    "broken XML": (swap(SHEET, "</sheetData>", ""), "not well formed"),
    "a target that is not relative to its part": (
        swap(RELATIONS, 'Target="worksheets/', 'Target="xl/worksheets/'),
        "missing",
    ),
    "a relationship that is missing": (swap(RELATIONS, 'Id="rId1"', 'Id="rId99"'), "uses relationship rId1"),
    "a long sheet name": (swap(BOOK, 'name="Second"', f'name="{"ก" * 32}"'), "32 characters"),
    "a forbidden sheet name": (swap(BOOK, 'name="Second"', 'name="a/b"'), "not allowed"),
    "a sheet name used twice": (swap(BOOK, 'name="Second"', 'name="first sheet"'), "used twice"),
    "a formula to no sheet": (swap(SHEET, "Second!A1", "Third!A1"), "no sheet 'Third'"),
    "a formula to no quoted sheet": (swap(SHEET, "Second!A1", "'It''s'!A1"), 'no sheet "It\'s"'),
    "a link to no sheet": (swap(SHEET, r"#'First sheet'!A1", "#'Fourth'!A1"), "no sheet 'Fourth'"),
    "a lost reference": (swap(SHEET, "Second!A1", "#REF!+1"), "#REF!"),
    "an open parenthesis": (swap(SHEET, "Second!A1", "SUM(Second!A1"), "1 left open"),
    "a deep formula": (swap(SHEET, "Second!A1", "(" * 65 + "1" + ")" * 65), "65 levels"),
    "a long text in a formula": (swap(SHEET, "Second!A1", f'Second!A1&amp;"{"ก" * 256}"'), "a text of 256"),
    "a name to no sheet": (swap(BOOK, r"'First sheet'!\$A\$1", "'Gone'!$A$1"), "no sheet 'Gone'"),
    "a chart of no sheet": (swap("xl/charts/chart1.xml", "'First sheet'!", "'Gone'!"), "no sheet 'Gone'"),
    "a wrong count of texts": (swap(STRINGS, ' count="[0-9]+"', ' count="1"'), "count is 1"),
    "a wrong count of different texts": (
        swap(STRINGS, 'uniqueCount="[0-9]+"', 'uniqueCount="7"'),
        "uniqueCount is 7",
    ),
    "a text that is missing": (swap(SHEET, 't="s"><v>0', 't="s"><v>9'), "shared string 9"),
    "a format that is missing": (swap(SHEET, 's="1"', 's="99"'), "format 99"),
    "no number": (swap(SHEET, "<v>5</v>", "<v>nan</v>"), "no number"),
    "overlapping merges": (swap(SHEET, 'ref="A6:B6"', 'ref="A5:B6"'), "overlap"),
    "cells out of order": (swap(SHEET, '(<c r="A1".*?</c>)(<c r="B1".*?</c>)', r"\2\1"), "out of order"),
    "no title": (swap("docProps/core.xml", "<dc:title>.*?</dc:title>", ""), "no title"),
    "a chart without alternative text": (
        swap("xl/drawings/drawing1.xml", 'descr="[^"]*"', ""),
        "alternative text",
    ),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": "ok"})
        first, second = book.add_worksheet("First sheet"), book.add_worksheet("Second")
        first.write_row("A1", ["text", 5], book.add_format({"bold": True}))
        first.write_formula("A2", "=Second!A1&\"it's 'no sheet'!A1\"")
        first.write_formula("A3", '=HYPERLINK("#\'First sheet\'!A1","go")')
        first.merge_range("A5:B5", "merged")
        first.merge_range("A6:B6", "merged")
        second.write("A1", 1)
        book.define_name("place", "='First sheet'!$A$1")
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": ["First sheet", 0, 1, 0, 1]})
        first.insert_chart("D1", chart, {"description": "a chart"})
    return path


def test_a_sound_package_has_no_faults(sound: Path) -> None:
    assert faults(sound, titled=True) == []


@pytest.mark.parametrize("fault", SPOILT)
def test_a_fault_is_noticed(fault: str, sound: Path, tmp_path: Path) -> None:
    spoil, words = SPOILT[fault]
    with zipfile.ZipFile(sound) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    spoil(parts)
    with zipfile.ZipFile(tmp_path / "spoilt.xlsx", "w") as package:
        for name, raw in parts.items():
            package.writestr(name, raw)
    assert words in "\n".join(faults(tmp_path / "spoilt.xlsx", titled=True))
