"""A returned submission is the officer's own file, marked: compared part by part with what was sent, and sent
again.
"""

import os
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xlsxwriter
from libreoffice import recalculate
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from ranked_month import month
from rich_book import (
    FORM,
    HIDDEN,
    PLAIN,
    QUOTED,
    edit_part,
    link_to_other_book,
    make_rich_book,
    parts_of,
    picture,
    write_parts,
)

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config, IntakeLimits
from kpibatch.base.errors import KpibatchError
from kpibatch.base.findings import Finding, Place, finding, in_order
from kpibatch.books import rows
from kpibatch.books.guard import capped
from kpibatch.books.guard.capped import Child
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, Value, read_book
from kpibatch.intake.month import Intake, read_month
from kpibatch.intake.submission import read_submission
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome, assess
from kpibatch.workbooks.returned import book
from kpibatch.workbooks.returned.book import mark, marked_copy, returned_files, write_returned
from kpibatch.workbooks.returned.marks import MARKS
from kpibatch.workbooks.returned.names import index_name, safe_name

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
SAMPLE = Path(__file__).parents[2] / "input_samples" / "buriram-2565-2"
JUNE = SAMPLE / "submissions" / "2565-06"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
INDEX, ORIGINAL_FORM = "ข้อค้นพบ", "แบบรายงาน"
UNIT = Unit("3101", "เมืองบุรีรัมย์")


def found(cell: str, sheet: str = FORM, code: str = "missing", text: str = "") -> Finding:
    return finding(
        code,
        Place("rich.xlsx", sheet, cell),
        unit="3101",
        found=text,
        label="รายการ",
        month="มิถุนายน 2565",
        value="1",
    )


RICH = [
    found("B2", code="not-a-number", text="=1+1"),
    found("B2"),
    found("B6"),
    found("C2", code="read-as", text="๒๐"),
    found("C9"),  # inside a merged range
    found("J30", code="read-as", text="๑"),  # a row that is not there
    found("F9", PLAIN),
    found("F20", PLAIN),  # a cell that would show its column's style
    found("A1", HIDDEN),
    found("B2", QUOTED),
    found("", FORM),
    found("A1", "ไม่มีชีตนี้"),
    found("", "", "not-a-form"),
]
MARKED = {
    FORM: {"B2": "error", "B6": "warning", "C2": "note", "A8": "warning", "J30": "note"},
    PLAIN: {"F9": "warning", "F20": "warning"},
    HIDDEN: {"A1": "warning"},
    QUOTED: {"B2": "warning"},
}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return link_to_other_book(make_rich_book(tmp_path_factory.mktemp("rich") / "rich.xlsx"))


@pytest.fixture(scope="module")
def returned(rich: Path) -> Path:
    return give_back(rich, RICH)


@pytest.fixture(scope="module")
def june() -> Outcome:
    return outcome_of(SAMPLE)


def outcome_of(root: Path, tables: LevelTables | None = None) -> Outcome:
    from kpibatch.rules.reader import read_levels

    config = Config(root)
    tables = tables or read_levels(config.level_tables)[0]
    intake = read_month(config, tables, "2565-06", {})
    return assess(intake, tables, config)


def give_back(
    source: Path, findings: Iterable[Finding], name: str = "returned.xlsx", unit: Unit | None = UNIT
) -> Path:
    """The copy, made without the way out, so that what goes wrong is seen."""
    target = source.parent / name
    target.write_bytes(mark(source.read_bytes(), source.name, in_order(findings), unit, "th"))
    return target


def sheet_parts(path: Path) -> dict[str, str]:
    """The part of each sheet."""
    parts = parts_of(path)
    rels = {
        one.get("Id"): one.get("Target", "")
        for one in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    sheets = ElementTree.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return {one.get("name", ""): f"xl/{rels[one.get(key)]}" for one in sheets}


def canonical(root: ElementTree.Element) -> str:
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"))


def unmarked(before: bytes, after: bytes, marked: Iterable[str]) -> ElementTree.Element:
    """The sheet afterwards with the marks undone: styles put back, new cells and the pointer to comments
    taken out.
    """
    old, new = ElementTree.fromstring(before), ElementTree.fromstring(after)
    styles = {cell.get("r"): cell.get("s") for cell in old.iter(f"{MAIN}c")}
    rows = {row.get("r"): row.get("spans") for row in old.iter(f"{MAIN}row")}
    table = new.find(f"{MAIN}sheetData")
    assert table is not None
    for row in list(table):
        for cell in [cell for cell in row if cell.get("r") in marked]:
            if cell.get("r") not in styles:
                assert len(cell) == 0
                row.remove(cell)
            elif styles[cell.get("r")] is None:
                del cell.attrib["s"]
            else:
                cell.set("s", styles[cell.get("r")] or "")
        if row.get("r") not in rows:
            table.remove(row)
        elif rows[row.get("r")]:
            row.set("spans", rows[row.get("r")] or "")
    if old.find(f"{MAIN}legacyDrawing") is None and (pointer := new.find(f"{MAIN}legacyDrawing")) is not None:
        new.remove(pointer)
    for view in old.iter(f"{MAIN}sheetView"):
        view.attrib.pop("tabSelected", None)
    assert canonical(new) == canonical(old)
    return new


# --- nothing else changes -----------------------------------------------------------------------------------


def test_only_the_parts_that_carry_marks_change(rich: Path, returned: Path) -> None:
    before, after = parts_of(rich), parts_of(returned)
    assert [name for name in after if name in before] == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        *(
            "[Content_Types].xml",
            "docProps/app.xml",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
        ),
        *(f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3, 4)),
        *("xl/worksheets/_rels/sheet2.xml.rels", "xl/comments1.xml", "xl/comments2.xml"),
        *(f"xl/drawings/vmlDrawing{number}.vml" for number in (1, 2, 4)),
    }
    assert set(after) - set(before) == {
        *("xl/worksheets/sheet5.xml", "xl/comments3.xml", "xl/comments4.xml", "xl/drawings/vmlDrawing5.vml"),
        "xl/worksheets/_rels/sheet4.xml.rels",
    }


def test_a_sheet_differs_only_at_its_marked_cells(rich: Path, returned: Path) -> None:
    before, after = parts_of(rich), parts_of(returned)
    for sheet, part in sheet_parts(rich).items():
        if "chartsheet" not in part:
            unmarked(before[part], after[part], MARKED.get(sheet, {}))
    assert not re.search(rb"tabSelected", b"".join(after[part] for part in sheet_parts(rich).values()))


def test_the_workbook_around_the_new_sheet_is_set_right(rich: Path, returned: Path) -> None:
    old, new = load_workbook(rich), load_workbook(returned)
    assert new.sheetnames == [INDEX, *old.sheetnames]
    assert new.active.title == INDEX
    assert {sheet.title: sheet.sheet_state for sheet in new} == {INDEX: "visible"} | {
        sheet.title: sheet.sheet_state for sheet in old
    }
    for sheet in old.worksheets:
        copy = new[sheet.title]
        assert (copy.print_title_rows, copy.print_title_cols, copy.print_area) == (
            *(sheet.print_title_rows, sheet.print_title_cols),
            sheet.print_area,
        )
        assert {name: one.value for name, one in copy.defined_names.items()} == {
            name: one.value for name, one in sheet.defined_names.items()
        }
    assert "ของชีต" in new[PLAIN].defined_names
    assert new.defined_names["ทั้งหมด"].value == old.defined_names["ทั้งหมด"].value
    app = parts_of(returned)["docProps/app.xml"].decode()
    assert re.findall(r"<vt:lpstr>([^<]*)</vt:lpstr>", app.split("TitlesOfParts")[1])[:2] == [INDEX, FORM]
    assert re.findall(r"<vt:i4>(\d+)</vt:i4>", app)[0] == "5"


SHEET_ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetProtection",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "ignoredErrors",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "tableParts",
    "extLst",
]
BOOK_ORDER = [
    "fileVersion",
    "workbookPr",
    "bookViews",
    "sheets",
    "externalReferences",
    "definedNames",
    "calcPr",
    "extLst",
]


def test_everything_stands_where_excel_wants_it(returned: Path, tmp_path: Path) -> None:
    """Excel calls a workbook damaged whose elements are out of order, though other readers do not mind."""
    with xlsxwriter.Workbook(tmp_path / "bare.xlsx") as book:
        sheet = book.add_worksheet(FORM)
        sheet.add_table("A1:B3")
        sheet.add_sparkline("C1", {"range": "A1:A3"})
        sheet.set_header("&G", {"image_center": "x.png", "image_data_center": picture()})
    for path in (returned, give_back(tmp_path / "bare.xlsx", [found("B2")])):
        parts = parts_of(path)
        for part, order in [
            ("xl/workbook.xml", BOOK_ORDER),
            *((part, SHEET_ORDER) for part in sheet_parts(path).values() if "chart" not in part),
        ]:
            kinds = [one.tag.removeprefix(MAIN) for one in ElementTree.fromstring(parts[part])]
            assert kinds == sorted(kinds, key=order.index), part
            assert part == "xl/workbook.xml" or len(kinds) >= 3


def test_values_formulas_and_results_stay(rich: Path, returned: Path) -> None:
    for with_results in (True, False):
        old, new = (
            load_workbook(rich, data_only=with_results),
            load_workbook(returned, data_only=with_results),
        )
        for sheet in old.worksheets:
            assert contents(sheet.title, old) == contents(sheet.title, new)
    old_grids, new_grids = read_book(rich), read_book(returned)
    assert list(new_grids) == [INDEX, *old_grids]
    assert {name: filled(grid) for name, grid in new_grids.items() if name != INDEX} == {
        name: filled(grid) for name, grid in old_grids.items()
    }


def filled(grid: Grid) -> dict[tuple[int, int], Value]:
    return {
        (row, column): value
        for row, line in enumerate(grid.rows)
        for column, value in enumerate(line)
        if value is not None
    }


def contents(sheet: str, book: Workbook) -> dict[str, object]:
    cells = [cell for row in book[sheet].iter_rows() for cell in row if cell.value is not None]
    return {cell.coordinate: getattr(cell.value, "text", cell.value) for cell in cells}


@pytest.mark.parametrize(
    ("sheet", "cell"), [(sheet, cell) for sheet, cells in MARKED.items() for cell in cells]
)
def test_a_marked_cell_keeps_its_look_but_for_the_fill(
    rich: Path, returned: Path, sheet: str, cell: str
) -> None:
    new = load_workbook(returned)[sheet][cell]
    assert new.fill.fgColor.rgb == MARKS[MARKED[sheet][cell]]
    old = load_workbook(rich)[sheet][cell]
    if cell == "F20":
        assert new.number_format == "0.00"  # that of column F
    elif cell == "F9":
        assert new.font.italic  # that of row 9
    else:
        assert look(new) == look(old)


def look(cell: Cell) -> str:
    return repr((cell.font, cell.border, cell.number_format, cell.protection, cell.alignment))


def test_no_other_style_changes(rich: Path, returned: Path) -> None:
    old, new = (ElementTree.fromstring(parts_of(path)["xl/styles.xml"]) for path in (rich, returned))
    for kind in ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        before, after = old.find(MAIN + kind), new.find(MAIN + kind)
        assert before is not None
        assert after is not None
        assert [canonical(one) for one in after][: len(before)] == [canonical(one) for one in before]
        assert int(after.get("count", "0")) == len(after)


# --- comments -----------------------------------------------------------------------------------------------


def test_each_marked_cell_says_what_to_do(returned: Path) -> None:
    book = load_workbook(returned)
    for sheet, cells in MARKED.items():
        for cell in cells:
            text = book[sheet][cell].comment.text
            assert say("returned.lead-in", "th") in text
            assert say(f"unit.severity-{cells[cell]}", "th") in text
    both = book[FORM]["B2"].comment.text
    assert both.startswith("หมายเหตุของอำเภอ\n")
    assert both.index(RICH[0].message("th")) < both.index(RICH[1].message("th"))
    assert book[FORM]["A3"].comment.text == "ไม่เกี่ยว"
    assert book[HIDDEN]["A1"].comment.text.startswith("ของเดิม\n")
    assert "TH Sarabun New" in parts_of(returned)["xl/comments4.xml"].decode()


def test_each_comment_has_one_box_and_other_shapes_stay(rich: Path, returned: Path) -> None:
    before, after = parts_of(rich), parts_of(returned)
    drawings = [after[f"xl/drawings/vmlDrawing{number}.vml"].decode() for number in (1, 2, 4, 5)]
    numbers = re.findall(r'id="_x0000_s(\d+)"', "".join(drawings))
    assert len(numbers) == len(set(numbers))
    for sheet, number in ((FORM, 1), (PLAIN, 2), (HIDDEN, 4), (QUOTED, 5)):
        drawing = after[f"xl/drawings/vmlDrawing{number}.vml"].decode()
        ElementTree.fromstring(drawing)
        boxes = re.findall(r"<x:Row>(\d+)</x:Row><x:Column>(\d+)</x:Column>", drawing)
        noted = {
            (cell.row - 1, cell.column - 1)
            for row in load_workbook(returned)[sheet].iter_rows()
            for cell in row
            if cell.comment
        }
        assert sorted(boxes) == sorted((str(row), str(column)) for row, column in noted)
    button = re.search(rb'<v:shape [^>]*o:button="t".*?</v:shape>', before["xl/drawings/vmlDrawing2.vml"])
    assert button
    assert button[0] in after["xl/drawings/vmlDrawing2.vml"]


def test_a_box_is_made_large_enough_for_what_is_added(rich: Path, returned: Path) -> None:
    def anchor(path: Path) -> list[int]:
        drawing = parts_of(path)["xl/drawings/vmlDrawing1.vml"].decode()
        shape = next(
            one for one in drawing.split("</v:shape>") if "<x:Row>1</x:Row><x:Column>1</x:Column>" in one
        )
        return [int(number) for number in re.findall(r"<x:Anchor>([^<]*)<", shape)[0].split(",")]

    old, new = anchor(rich), anchor(returned)
    assert new[:4] == old[:4]
    assert new[4] > old[4]
    assert new[6] > old[6] + 5


def test_a_drawing_that_is_no_xml_is_kept_and_added_to(tmp_path: Path) -> None:
    source = edit_part(
        make_rich_book(tmp_path / "rich.xlsx"), "xl/drawings/vmlDrawing2.vml", "ส่ง</font>", "ส่ง<br>นี่</font>"
    )
    drawing = parts_of(give_back(source, RICH))["xl/drawings/vmlDrawing2.vml"].decode()
    assert "ส่ง<br>นี่</font>" in drawing
    assert drawing.count("<x:Row>") == 2
    assert drawing.endswith("</v:shape></xml>")


def test_a_thread_of_answers_is_left_alone(tmp_path: Path) -> None:
    source = edit_part(
        make_rich_book(tmp_path / "rich.xlsx"),
        "xl/comments2.xml",
        "<author>อำเภอ</author>",
        "<author>tc={1}</author>",
    )
    copy = load_workbook(give_back(source, RICH))[HIDDEN]["A1"]
    assert copy.comment.text == "ของเดิม"
    assert copy.fill.fgColor.rgb == MARKS["warning"]


# --- the index ----------------------------------------------------------------------------------------------


def rows_of_index(path: Path) -> list[list[Cell]]:
    return [list(row) for row in load_workbook(path)[INDEX].iter_rows(min_row=6)]


def test_the_index_lists_every_finding_gravest_first(returned: Path) -> None:
    sheet = load_workbook(returned)[INDEX]
    assert UNIT.name in sheet["A1"].value
    assert [cell.value for cell in sheet[5]] == ["ลำดับ", "ประเภท", "ชีต", "ช่อง", "สิ่งที่พบ", "คำอธิบายและวิธีแก้"]
    shown = [tuple(cell.value or "" for cell in row) for row in rows_of_index(returned)]
    assert shown == [
        (
            number,
            say(f"unit.severity-{one.severity}", "th"),
            one.place.sheet,
            one.place.cell,
            f"“{one.found}”" * bool(one.found),
            one.message("th"),
        )
        for number, one in enumerate(in_order(RICH), 1)
    ]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert all(sheet.row_dimensions[row].height >= 24 for row in range(1, sheet.max_row + 1))


def test_links_lead_to_the_cells_and_only_where_one_can_go(returned: Path) -> None:
    linked = {}
    for row in rows_of_index(returned):
        if row[3].hyperlink:
            assert row[3].hyperlink.ref == row[3].coordinate
            linked[row[2].value, row[3].value] = row[3].hyperlink.location
    assert linked[QUOTED, "B2"] == "'It''s ปี 65'!B2"
    expected = {
        (one.place.sheet, one.place.cell)
        for one in RICH
        if one.place.sheet in (FORM, PLAIN, QUOTED) and one.place.cell
    }
    assert set(linked) == expected
    assert all(target == f"'{sheet}'!{cell}" for (sheet, cell), target in linked.items() if sheet != QUOTED)


def test_the_index_finds_a_name_of_its_own(tmp_path: Path) -> None:
    source = edit_part(
        make_rich_book(tmp_path / "rich.xlsx"), "xl/workbook.xml", f'name="{HIDDEN}"', f'name="{INDEX}"'
    )
    assert load_workbook(give_back(source, RICH)).sheetnames[0] == f"{INDEX}~2"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\x07\x0b\ud800",
        "_x0041_",
        "<&>\"'",
        "2565-06",
        "ก" * 40_000,
        "a\r\nb",
    ],
)
def test_whatever_was_typed_is_shown_as_text(rich: Path, text: str) -> None:
    copy = give_back(rich, [found("B2", code="not-a-number", text=text)], "typed.xlsx")
    cell = rows_of_index(copy)[0][4]
    assert cell.data_type == "s"
    assert cell.value.startswith("“")
    plain = {"\x07\x0b\ud800": "“\ufffd\ufffd\ufffd”", "a\r\nb": "“a\nb”"}.get(
        text, f"“{text}”" if len(text) < 200 else f"“{text[:199]}…”"
    )
    assert read_book(copy)[INDEX].at(5, 4) == plain
    for part in sheet_parts(copy).values():
        ElementTree.fromstring(parts_of(copy)[part])
    assert b"<f>" not in parts_of(copy)["xl/worksheets/sheet5.xml"]


# --- the standard form, and the round after -----------------------------------------------------------------


@pytest.mark.slow
def test_the_sample_forms_come_back_marked(june: Outcome, tmp_path: Path) -> None:
    going = returned_files(june.intake, june.findings, june.tables.unit)
    asked = ["3101", "3102", "3103", "3104", "3108", "3110", "3112", "3115", "3118"]  # by กฎตรวจ
    assert [one.file.split()[0] for one in going] == sorted({*asked, "3109", "3112", "3117", "3120", "3122"})
    for one in going:
        target = tmp_path / one.name
        write_returned(JUNE / one.file, target, one.findings, one.unit, "th", one.beside)
        before, after = parts_of(JUNE / one.file), parts_of(target)
        part = sheet_parts(JUNE / one.file)[ORIGINAL_FORM]
        cells = {found.place.cell for found in one.findings if found.place.cell}
        unmarked(before[part], after[part], cells)
        sheet = load_workbook(target)[ORIGINAL_FORM]
        told = {found.place.cell: found.message("th") for found in one.findings if found.place.cell}
        assert all(sheet[cell].comment.text.endswith(message) for cell, message in told.items())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(one.name for one in going)


def commented(path: Path) -> None:
    """June's form of that name with a comment in a heading, saved by openpyxl."""
    book = load_workbook(JUNE / path.name)
    book[ORIGINAL_FORM]["H5"].comment = Comment("ส่งภายใน 5 ก.ค. 2565", "kpibatch")
    book.save(path)


def test_a_form_saved_by_another_program_comes_back_marked(tmp_path: Path) -> None:
    """openpyxl writes the boxes of comments with prefixes of its own."""
    source = tmp_path / "3117 โนนสุวรรณ.xlsx"
    commented(source)
    assert b"xmlns:v=" not in next(
        content for name, content in parts_of(source).items() if name.endswith(".vml")
    )
    place = Place(source.name, ORIGINAL_FORM, "H30")
    wrong = finding("missing", place, label="ก", month="2565-06")
    back = load_workbook(give_back(source, [wrong]))[ORIGINAL_FORM]
    assert back["H30"].comment.text.endswith(wrong.message("th"))
    assert back["H5"].comment.text == "ส่งภายใน 5 ก.ค. 2565"
    again = load_workbook(
        give_back(
            tmp_path / "returned.xlsx", [replace(wrong, place=replace(place, cell="H31"))], "again.xlsx"
        )
    )
    assert again[ORIGINAL_FORM]["H30"].comment is None
    assert again[ORIGINAL_FORM]["H31"].comment.text.endswith(wrong.message("th"))


@pytest.mark.slow
def test_a_returned_form_is_read_as_the_form_it_was(june: Outcome, tmp_path: Path) -> None:
    for path in sorted(JUNE.glob("31*.xlsx")):
        old = read_submission(path, june.tables, "2565-06", IntakeLimits())
        findings = [*old.findings, *(one for one in june.findings if one.place.file == path.name)]
        findings += [
            finding("not-a-number", Place(path.name, ORIGINAL_FORM, "H9"), found=text, label="x")
            for text in ("2565-06", "T1.spent")
        ]
        target = tmp_path / path.name
        target.write_bytes(mark(path.read_bytes(), path.name, findings, None, "th"))
        new = read_submission(target, june.tables, "2565-06", IntakeLimits())
        assert (new.unit, new.lines, new.texts, new.findings) == (
            old.unit,
            old.lines,
            old.texts,
            old.findings,
        )


def second_round(june: Outcome, tmp_path: Path, *, through_office: bool) -> tuple[Path, Path]:
    """A form with two findings comes back, its officer mends one and sends it again; it comes back with the
    other.
    """
    source = tmp_path / "3117 โนนสุวรรณ.xlsx"
    commented(source)
    place = Place(source.name, ORIGINAL_FORM, "H30")
    mended, still = (
        finding("missing", place, label="ก", month="ม"),
        finding("missing", replace(place, cell="H31"), label="ข", month="ม"),
    )
    heading = finding("missing", replace(place, cell="H5"), label="ค", month="ม")
    first = give_back(source, [mended, still, heading], "first.xlsx")
    if through_office:
        (tmp_path / "office").mkdir()
        [first] = recalculate([first], tmp_path / "office")
    return source, give_back(first, [still], "second.xlsx")


@pytest.mark.slow
@pytest.mark.parametrize("through_office", [False, True])
def test_marks_of_an_earlier_round_are_gone(june: Outcome, tmp_path: Path, through_office: bool) -> None:
    source, second = second_round(june, tmp_path, through_office=through_office)
    old, new = load_workbook(source)[ORIGINAL_FORM], load_workbook(second)
    assert new.sheetnames == [INDEX, ORIGINAL_FORM, "เกณฑ์", "_kpibatch"]
    assert [row[3].value for row in rows_of_index(second)] == ["H31"]
    sheet = new[ORIGINAL_FORM]
    assert sheet["H30"].comment is None
    assert sheet["H5"].comment.text == old["H5"].comment.text
    assert sheet["H31"].comment.text.count("kpibatch") == 1
    assert sheet["H31"].fill.fgColor.rgb == MARKS["warning"]
    assert sheet["H30"].fill.fgColor.rgb == ("00000000" if through_office else old["H30"].fill.fgColor.rgb)
    assert sheet["H5"].fill.fgColor.rgb == ("00000000" if through_office else old["H5"].fill.fgColor.rgb)
    assert new[INDEX].print_title_rows == "$5:$5"
    boxes = b"".join(content for name, content in parts_of(second).items() if name.endswith(".vml"))
    assert len(re.findall(rb"<x:Row>29</x:Row>", boxes)) == 0
    assert len(re.findall(rb"<x:Row>30</x:Row>", boxes)) == 1


@pytest.mark.slow
def test_a_mended_form_sent_again_counts_as_the_form(june: Outcome, tmp_path: Path) -> None:
    """The officer mends the value in the returned file; the month is then clean of it, and the index is no
    obstacle.
    """
    root = tmp_path / "again"
    shutil.copytree(SAMPLE, root)
    one = next(
        one
        for one in returned_files(june.intake, june.findings, june.tables.unit)
        if one.file.startswith("3117")
    )
    target = root / "submissions" / "2565-06" / one.file
    write_returned(JUNE / one.file, target, one.findings, one.unit, "th")
    book = load_workbook(target)
    book[ORIGINAL_FORM][one.findings[0].place.cell] = 7
    book.save(target)
    again = outcome_of(root, june.tables)
    assert not [left for left in again.findings if left.unit == "3117" and left.severity != "note"]
    assert again.measured.value("3117", one.findings[0].measure) != june.measured.value(
        "3117", one.findings[0].measure
    )


def test_the_same_bytes_twice(rich: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_returned(rich, tmp_path / name, [*RICH, *reversed(RICH)], UNIT, "th")
    assert (
        (tmp_path / "a.xlsx").read_bytes()
        == (tmp_path / "b.xlsx").read_bytes()
        == mark(rich.read_bytes(), rich.name, in_order(RICH), UNIT, "th")
    )


# --- LibreOffice --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_libreoffice_opens_and_prints_it(returned: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "LibreOffice (soffice) is not installed"
        )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(returned)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0
    assert "Error" not in done.stderr + done.stdout
    assert (tmp_path / "returned.pdf").stat().st_size > 10_000


@pytest.mark.slow
def test_libreoffice_reads_the_same_values_and_our_comments(
    rich: Path, returned: Path, tmp_path: Path
) -> None:
    old, new = (load_workbook(path, data_only=True) for path in recalculate([rich, returned], tmp_path))
    assert new.sheetnames == [INDEX, *old.sheetnames]
    for sheet in old.worksheets:
        assert contents(sheet.title, old) == contents(sheet.title, new)
    assert RICH[0].message("th") in new[FORM]["B2"].comment.text
    assert new[FORM]["B2"].fill.fgColor.rgb == MARKS["error"]


# --- what can't be marked -----------------------------------------------------------------------------------


def damaged(rich: Path, how: str) -> bytes:
    parts = parts_of(rich)
    path = rich.parent / f"{how}.xlsx"
    if how == "no zip":
        return b"\xd0\xcf\x11\xe0 an .xls"
    if how == "cut short":
        return rich.read_bytes()[:-200]
    if how == "entities":
        sheet = parts["xl/worksheets/sheet1.xml"].replace(
            b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1
        )
        return write_parts(path, parts | {"xl/worksheets/sheet1.xml": sheet}).read_bytes()
    if how == "strict":
        strict = parts["xl/workbook.xml"].replace(
            b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"
        )
        return write_parts(path, parts | {"xl/workbook.xml": strict}).read_bytes()
    if how == "signed":
        return write_parts(path, parts | {"_xmlsignatures/origin.sigs": b""}).read_bytes()
    if how == "no styles":
        return write_parts(
            path, {name: content for name, content in parts.items() if "styles" not in name}
        ).read_bytes()
    if how == "no XML":
        return write_parts(path, parts | {"xl/workbook.xml": b"<workbook"}).read_bytes()
    assert how == "twice the same part"
    with zipfile.ZipFile(write_parts(path, parts), "a") as package:
        package.writestr("xl/workbook.xml", parts["xl/workbook.xml"])
    return path.read_bytes()


@pytest.mark.parametrize(
    "how",
    ["no zip", "cut short", "entities", "strict", "signed", "no styles", "no XML", "twice the same part"],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_cant_be_marked_goes_back_as_it_came(rich: Path, tmp_path: Path, how: str) -> None:
    source, target = tmp_path / "3101 เมือง.xls", tmp_path / "returned" / "3101 เมือง.xls"
    source.write_bytes(damaged(rich, how))
    write_returned(source, target, [*RICH, found("B3", code="not-a-number", text="=1\x00")], UNIT, "th")
    assert target.read_bytes() == source.read_bytes()
    assert sorted(path.name for path in target.parent.iterdir()) == ["3101 เมือง ข้อค้นพบ.xlsx", "3101 เมือง.xls"]
    sheet = load_workbook(target.parent / "3101 เมือง ข้อค้นพบ.xlsx")[INDEX]
    shown = list(sheet.iter_rows(min_row=5, values_only=True))
    assert [row[5] for row in shown] == [
        one.message("th").replace("\x00", "\ufffd")
        for one in in_order([*RICH, found("B3", code="not-a-number", text="=1\x00")])
    ]
    assert sheet["A3"].value == say("returned.beside-report", "th")


def test_an_ods_goes_back_as_it_came(rich: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "a.ods", tmp_path / "returned" / "a.ods"
    write_parts(
        source, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    )
    write_returned(source, target, RICH, None, "en", "other.xlsx")
    assert target.read_bytes() == source.read_bytes()
    assert load_workbook(tmp_path / "returned" / "other.xlsx").sheetnames == ["Findings"]


def test_macros_are_carried_through(tmp_path: Path) -> None:
    source = make_rich_book(tmp_path / "rich.xlsm", macros=True)
    copy = give_back(source, RICH, "returned.xlsm")
    assert parts_of(copy)["xl/vbaProject.bin"] == b"macros" * 100
    assert b"sheet.macroEnabled.main+xml" in parts_of(copy)["[Content_Types].xml"]


def test_a_sheet_whose_rows_are_set_aside_comes_back_the_same(
    rich: Path, returned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LARGE", 0)
    again = mark(returned.read_bytes(), rich.name, in_order(RICH[:3]), UNIT, "th")
    monkeypatch.setattr(rows, "LARGE", 1 << 40)
    assert again == mark(returned.read_bytes(), rich.name, in_order(RICH[:3]), UNIT, "th")
    monkeypatch.undo()
    monkeypatch.setattr(rows, "LARGE", 0)
    assert mark(rich.read_bytes(), rich.name, in_order(RICH), UNIT, "th") == returned.read_bytes()


@pytest.mark.children
@pytest.mark.parametrize("last", [40_000, pytest.param(1_048_576, marks=pytest.mark.slow)])
def test_a_height_for_every_row_of_the_sheet_swells_nothing(
    last: int, rich: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    part = sheet_parts(rich)[FORM]
    before = parts_of(rich)[part]
    first = max(map(int, re.findall(rb'<row r="(\d+)"', before))) + 1
    heights = b"".join(b'<row r="%d" ht="21" customHeight="1"/>' % row for row in range(first, last + 1))
    source = tmp_path / "tall.xlsx"
    write_parts(source, parts_of(rich) | {part: before.replace(b"</sheetData>", heights + b"</sheetData>")})
    told = [found("B2", code="not-a-number", text="x"), found(f"C{last - 5}")]
    with Child(IntakeLimits(memory_mb=350, seconds=120.0), marked_copy) as marked:
        assert write_returned(source, tmp_path / "back.xlsx", told, UNIT, "th", marked=marked) is None
    after = parts_of(tmp_path / "back.xlsx")[part]
    assert after.count(b"<row ") == before.count(b"<row ") + last + 1 - first
    assert re.search(rb'<row r="%d"[^>]*><c r="C%d" s="\d+"/></row>' % (last - 5, last - 5), after)
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [(Refused("file-too-slow", "> 20 s"), "> 20 s"), (KeyError("a bug"), "KeyError")],
    ids=["refused", "bug"],
)
def test_a_copy_that_could_not_be_marked_says_so_and_a_bug_leaves_its_traceback(
    fault: Exception, told: str, rich: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def marked(*_: object) -> bytes:
        raise fault

    target = tmp_path / "back.xlsx"
    index = write_returned(rich, target, RICH, UNIT, "en", "index.xlsx", marked=marked)
    assert target.read_bytes() == rich.read_bytes()
    assert index == tmp_path / "index.xlsx"
    texts = [str(cell) for row in load_workbook(index).active.iter_rows(values_only=True) for cell in row]
    assert finding("copy-unmarked", found=told).message("en") in texts
    assert "back.xlsx" in caplog.text
    assert ("Traceback" in caplog.text) == isinstance(fault, KeyError)


@pytest.mark.slow
@pytest.mark.children
@pytest.mark.skipif(capped.START != "fork", reason="only a forked child inherits the stand-in")
def test_what_kills_the_marking_costs_the_marks_of_one_copy(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = book.mark

    def mark_or_die(raw: bytes, file: str, *others: Any) -> bytes:
        {"abort.xlsx": os.abort, "sleep.xlsx": lambda: time.sleep(60)}.get(file, int)()
        return real(raw, file, *others)

    monkeypatch.setattr(book, "mark", mark_or_die)
    indexes = []
    with Child(IntakeLimits(seconds=2.0), marked_copy) as marked:
        for name in ("a.xlsx", "abort.xlsx", "b.xlsx", "sleep.xlsx", "c.xlsx"):
            (tmp_path / name).write_bytes(rich.read_bytes())
            back = tmp_path / f"back {name}"
            indexes.append(write_returned(tmp_path / name, back, RICH, UNIT, "th", marked=marked))
            assert (back.read_bytes() == rich.read_bytes()) == bool(indexes[-1])
    assert [bool(index) for index in indexes] == [False, True, False, True, False]


def test_rows_and_cells_without_addresses_are_counted(tmp_path: Path) -> None:
    source = make_rich_book(tmp_path / "rich.xlsx")
    part = sheet_parts(source)[FORM]
    bare = re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", parts_of(source)[part])
    first_rows = re.sub(rb"(<row[^>]*>(?:(?!</row>).)*</row>){6}(.*)</sheetData>", lambda rows: rows[0], bare)
    write_parts(source, parts_of(source) | {part: first_rows})
    sheet = load_workbook(give_back(source, [found("B2", code="not-a-number"), found("B4")]))[FORM]
    marks = {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in MARKS.values()
    }
    assert marks == {"B2": MARKS["error"], "B4": MARKS["warning"]}


def test_a_disk_that_refuses_is_the_operators_to_mend(rich: Path, tmp_path: Path) -> None:
    (tmp_path / "taken.xlsx").mkdir()
    with pytest.raises(KpibatchError):
        write_returned(rich, tmp_path / "taken.xlsx", RICH, UNIT, "th")
    with pytest.raises(KpibatchError):
        write_returned(tmp_path / "gone.xlsx", tmp_path / "a.xlsx", RICH, UNIT, "th")


# --- which, and under which names ---------------------------------------------------------------------------


def intake_with(*files: str) -> Intake:
    return replace(month([3, 2]).intake, files=tuple((file, "") for file in files), submissions=())


def test_files_with_an_error_or_a_warning_go_back_with_their_notes() -> None:
    units = month([3, 2]).tables.unit
    note, error = (
        finding(code, Place(file, "s", "A1"), unit="3101", value="1")
        for code, file in (("read-as", "a.xlsx"), ("not-a-form", "b.xlsx"))
    )
    other = finding("read-as", Place("b.xlsx", "s", "A1"), value="1")
    elsewhere = finding("not-submitted", Place("2565-06"), unit="3102", name="x", month="x")
    [one] = returned_files(intake_with("a.xlsx", "b.xlsx", "c.xlsx"), [note, other, error, elsewhere], units)
    assert (one.file, one.name, one.unit) == ("b.xlsx", "b.xlsx", units["3101"])
    assert one.findings == (error, other)


def test_no_two_returned_files_have_one_name() -> None:
    files = ("a.ods", "a.xls", "A.XLS", "a ข้อค้นพบ.xlsx", "ก:.xls", "ก-.xls")
    going = returned_files(intake_with(*files), [finding("not-a-form", Place(file)) for file in files], {})
    names = [name.casefold() for one in going for name in (one.name, one.beside)]
    assert len(set(names)) == len(names) == 12
    assert {one.file: one.name for one in going} == {file: file for file in files} | {
        "a.xls": "a (2).xls",
        "ก:.xls": "ก- (2).xls",
    }


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("3101 เมืองบุรีรัมย์.xlsx", "3101 เมืองบุรีรัมย์.xlsx"),
        ("รายงาน (ฉบับแก้ไข) #2.xlsm", "รายงาน (ฉบับแก้ไข) #2.xlsm"),
        ('a:b*"c"?.xls', "a-b--c--.xls"),
        ("con.xlsx", "_con.xlsx"),
        ("a\u202exslx.xls", "a-xslx.xls"),
        (" .xlsx", "xlsx"),
        ("ก" * 85 + ".xlsx", "ก" * 66 + ".xlsx"),
        ("a\udcff.xlsx", "a-.xlsx"),
    ],
)
def test_a_name_is_changed_only_where_a_file_system_would_not_take_it(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert len(f".{index_name(safe, 'th')}.part".encode()) <= 255
