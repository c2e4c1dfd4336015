"""A form of the office's own: copied with everything it has, found again by its labels, refused where nobody
can be sure.

The sample ``chachoengsao-2561-1`` uses one; small ones are drawn here cell by cell.
"""

import io
import json
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copy, rmtree
from typing import Any
from xml.etree import ElementTree

import pytest
from libreoffice import recalculate
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from rich_book import parts_of
from tablebook import levels, one_kpi
from workspace import (
    CHACHOENGSAO,
    SAMPLES,
    TEMPLATE,
    codes,
    configure,
    copy_sample,
    copy_standard,
    digest,
    findings,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
    submission,
    tree,
)
from workspace import listings as run

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FaultyFormTemplate, KpibatchError, UnreadableFormTemplate
from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import Kind
from kpibatch.books.read import read_book
from kpibatch.books.write import Content
from kpibatch.forms.layout import TEXT_COLUMNS
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_read import read_office_form
from kpibatch.forms.office_write import write_office_form
from kpibatch.forms.whose import stamps_of
from kpibatch.intake.frame import OK
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Measure

MONTH, BEFORE, UNIT = "2561-03", "2561-02", "2402"
TEAM, OWN = "งานทีม", "งานรายบุคคล"
MONTHLY = "I9.progress_monthly"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Entries = dict[tuple[str, str], Content]


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return read_levels(SAMPLES / CHACHOENGSAO / "level_tables.xlsx")[0]


@pytest.fixture(scope="module")
def office_form(tables: LevelTables) -> OfficeForm:
    return read_office_form(SAMPLES / CHACHOENGSAO / TEMPLATE, tables)


@pytest.fixture(scope="module")
def entries(tables: LevelTables, office_form: OfficeForm) -> Entries:
    """Something of its own for every cell."""
    filled: Entries = {}
    for number, measure in enumerate(tables.form_measures):
        months = tables.round.months if measure.code not in office_form.month_less else (MONTH,)
        filled |= {(measure.code, month): answer(measure, number + at) for at, month in enumerate(months)}
        filled |= {(measure.code, text): f"{text} <{number}> & อื่น ๆ" for text in TEXT_COLUMNS}
    return filled


def answer(measure: Measure, number: int) -> Content:
    if measure.kind is Kind.YES_NO:
        return "ใช่" if number % 2 else "ไม่ใช่"
    return number + 0.25 if measure.kind is Kind.AMOUNT else float(number % 4)


@pytest.fixture
def form(office_form: OfficeForm, tables: LevelTables, entries: Entries, tmp_path: Path) -> Path:
    path = tmp_path / "2402 บางคล้า.xlsx"
    write_office_form(office_form, tables.unit[UNIT], path, tables, entries, MONTH)
    return path


def read(path: Path, tables: LevelTables, office_form: OfficeForm) -> Contents:
    return read_submission(path, tables, MONTH, IntakeLimits(), pickle.loads(pickle.dumps(office_form)))


def values(contents: Contents) -> dict[tuple[str, str], float]:
    return {(line[1], line[2]): line[3] for line in contents.lines if line[4] == OK}


def expected(entries: Entries) -> dict[tuple[str, str], float]:
    numbers = {"ใช่": 1.0, "ไม่ใช่": 0.0}
    return {
        key: numbers.get(str(content), content)
        for key, content in entries.items()
        if key[1] not in TEXT_COLUMNS
    }  # type: ignore[misc]


def refused(contents: Contents) -> list[tuple[str, str]]:
    """Code and what is named, where the file is refused and nothing of it counts."""
    assert (contents.unit, contents.lines) == ("", [])
    return [(one.code, one.found) for one in contents.findings]


# --- filled in and read back --------------------------------------------------------------------------------


def test_every_cell_is_read_back(
    form: Path, tables: LevelTables, office_form: OfficeForm, entries: Entries
) -> None:
    contents = read(form, tables, office_form)
    assert contents.findings == []
    assert contents.unit == UNIT
    assert values(contents) == expected(entries)
    given = {
        code: tuple(entries[code, text] for text in TEXT_COLUMNS)
        for _, code in contents.texts
        if code != MONTHLY
    }
    assert {code: texts for (_, code), texts in contents.texts.items() if code != MONTHLY} == given
    assert contents.texts[UNIT, MONTHLY] == ("", "", entries[MONTHLY, "หมายเหตุ"])
    where = {line[1]: (line[7], line[8]) for line in contents.lines if line[2] == MONTH}
    assert (where["T2.done"], where[MONTHLY]) == ((TEAM, "F9"), (OWN, "I34"))


def insert(sheet: Worksheet, *, row: int = 0, column: int = 0, count: int = 1) -> None:
    """Insert rows or columns as Excel does: merged ranges move or grow, which openpyxl leaves out."""
    if row:
        sheet.insert_rows(row, count)
    else:
        sheet.insert_cols(column, count)
    for merged in list(sheet.merged_cells.ranges):
        at, first, last = (
            (row, merged.min_row, merged.max_row) if row else (column, merged.min_col, merged.max_col)
        )
        move = {"row_shift" if row else "col_shift": count}
        if first >= at:
            merged.shift(**move)
        elif last >= at:
            merged.expand(**{"down" if row else "right": count})


def rows_above(book: Workbook) -> None:
    insert(book[TEAM], row=1, count=3)
    book[TEAM]["F1"] = "ด่วนที่สุด"
    insert(book[OWN], row=5)


def rows_within(book: Workbook) -> None:
    insert(book[OWN], row=12, count=2)
    book[OWN]["C12"], book[OWN]["F12"] = "แถวที่อำเภอแทรกเอง", 99
    insert(book[TEAM], row=9)


def columns_left(book: Workbook) -> None:
    insert(book[TEAM], column=1, count=2)
    insert(book[OWN], column=4)
    book[OWN]["D9"] = "ช่องที่อำเภอแทรกเอง"


def column_within(book: Workbook) -> None:
    insert(book[TEAM], column=6)
    book[TEAM]["F8"] = 12345
    insert(book[OWN], column=9)


def sheets_renamed(book: Workbook) -> None:
    book[TEAM].title, book[OWN].title = "ทีม (มี.ค.)", "รายบุคคล"


def sheets_reordered(book: Workbook) -> None:
    book.move_sheet(OWN, -1)
    book.create_sheet("บันทึก", 0)["A1"] = "ตัวชี้วัด"


def a_copy_of_a_sheet(book: Workbook) -> None:
    book.copy_worksheet(book[TEAM])


def a_blank_copy_of_a_sheet(book: Workbook) -> None:
    copied = book.copy_worksheet(book[TEAM])
    for cell in ("F8", "F9", "H8", "H9", "I8", "I9", "J8", "J9"):
        copied[cell] = None


def titles_filled_in(book: Workbook) -> None:
    for sheet in (book[TEAM], book[OWN]):
        sheet["A1"] = "แบบรายงานผลการปฏิบัติราชการ เดือนมีนาคม"
        sheet["G3"] = "ประจำเดือน มีนาคม พ.ศ. 2561"
        sheet["A7"] = "ส่วนของทีม"
        insert(sheet, row=4)


def labels_typed_anew(book: Workbook) -> None:
    book[OWN]["C14"] = " ตัวชี้วัดที่กลุ่มเป้าหมายผ่าน  (จาก ๓)"
    book[TEAM]["F6"] = "ทำได้\nถึงเดือนนี้"


def a_label_as_an_answer(book: Workbook) -> None:
    book[OWN]["C40"] = "หมายเหตุ"
    book[OWN]["A50"] = "ใช่/ไม่ใช่"


def all_at_once(book: Workbook) -> None:
    for change in (rows_above, rows_within, columns_left, sheets_renamed_and_moved):
        change(book)


def sheets_renamed_and_moved(book: Workbook) -> None:
    book.move_sheet(OWN, -1)
    sheets_renamed(book)


HARMLESS = (
    *(
        rows_above,
        rows_within,
        columns_left,
        column_within,
        sheets_renamed,
        sheets_reordered,
        a_copy_of_a_sheet,
    ),
    *(a_blank_copy_of_a_sheet, titles_filled_in, a_label_as_an_answer, all_at_once),
)


@pytest.mark.slow
@pytest.mark.parametrize("change", HARMLESS)
def test_what_only_moved_is_found_again(
    change: Callable[[Workbook], None],
    form: Path,
    tables: LevelTables,
    office_form: OfficeForm,
    entries: Entries,
) -> None:
    book = open_book(form)
    change(book)
    book.save(form)
    contents = read(form, tables, office_form)
    assert contents.findings == []
    assert (contents.unit, values(contents)) == (UNIT, expected(entries))


def test_a_label_typed_with_other_digits_and_spaces_is_the_same_label(
    form: Path, tables: LevelTables, office_form: OfficeForm, entries: Entries
) -> None:
    book = open_book(form)
    labels_typed_anew(book)
    book[TEAM]["F6"] = "ทำได้ถึงเดือนนี้"
    book.save(form)
    assert values(read(form, tables, office_form)) == expected(entries)


def test_an_answer_that_reads_like_a_label_leaves_its_neighbours_where_they_are(
    form: Path, tables: LevelTables, office_form: OfficeForm, entries: Entries
) -> None:
    book = open_book(form)
    book[TEAM]["H8"] = "เบิกจ่ายสะสม"
    book.save(form)
    contents = read(form, tables, office_form)
    assert values(contents) == expected(entries)
    assert contents.texts[UNIT, "T1.spent"][0] == "เบิกจ่ายสะสม"
    assert contents.texts[UNIT, "T1.spent"][2] == entries["T1.spent", "หมายเหตุ"]


# --- refused ------------------------------------------------------------------------------------------------


def label_edited(book: Workbook) -> None:
    book[TEAM]["C9"] = "กิจกรรมที่ทำแล้ว"


def heading_edited(book: Workbook) -> None:
    book[OWN]["F6"] = "ผลงาน"


def row_deleted(book: Workbook) -> None:
    book[TEAM].delete_rows(9)


def row_copied(book: Workbook) -> None:
    sheet = book[TEAM]
    insert(sheet, row=9)
    for column in range(1, 11):
        sheet.cell(9, column).value = sheet.cell(10, column).value


def sheet_copied_and_changed(book: Workbook) -> None:
    book.copy_worksheet(book[TEAM])["F8"] = 1


def sheet_deleted(book: Workbook) -> None:
    del book[TEAM]


def answers_merged(book: Workbook) -> None:
    book[TEAM].merge_cells("F8:F9")


def labels_swapped(book: Workbook) -> None:
    sheet = book[TEAM]
    sheet["D8"], sheet["D9"] = sheet["D9"].value, sheet["D8"].value


REFUSED: Mapping[Callable[[Workbook], None], list[tuple[str, str, str]]] = {
    label_edited: [("form-moved", "กิจกรรมที่บรรลุเป้าหมาย", f"{TEAM}!C9")],
    heading_edited: [("form-moved", "ทำได้ถึงเดือนนี้", f"{OWN}!F6")],
    sheet_copied_and_changed: [
        (
            "form-twice",
            "ร้อยละของการเบิกจ่ายเงินงบประมาณ / เบิกจ่ายสะสม / บาท / ผลการดำเนินงาน / ทำได้ถึงเดือนนี้",
            f"{TEAM}!F8",
        )
    ],
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_nobody_can_be_sure_of_is_refused_by_name(
    change: Callable[[Workbook], None], form: Path, tables: LevelTables, office_form: OfficeForm
) -> None:
    book = open_book(form)
    change(book)
    book.save(form)
    contents = read(form, tables, office_form)
    assert refused(contents) == [(code, label) for code, label, _ in REFUSED[change]]
    assert [dict(one.facts)["was"] for one in contents.findings] == [was for _, _, was in REFUSED[change]]
    assert {one.unit for one in contents.findings} == {UNIT}
    for one, (_, label, was) in zip(contents.findings, REFUSED[change], strict=True):
        assert {label, was} <= {
            part for part in (label, was) if part in one.message("th") and part in one.message("en")
        }


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        (row_deleted, "form-moved", "กิจกรรมที่บรรลุเป้าหมาย"),
        (row_copied, "form-twice", "กิจกรรมที่บรรลุเป้าหมาย"),
        (sheet_deleted, "form-moved", "เบิกจ่ายสะสม"),
        (answers_merged, "form-twice", "เบิกจ่ายสะสม"),
        (labels_swapped, "form-moved", "เบิกจ่ายสะสม"),
    ],
)
def test_what_was_taken_away_or_doubled_is_refused(
    change: Callable[[Workbook], None],
    code: str,
    named: str,
    form: Path,
    tables: LevelTables,
    office_form: OfficeForm,
) -> None:
    book = open_book(form)
    change(book)
    book.save(form)
    found = refused(read(form, tables, office_form))
    assert {one for one, _ in found} == {code}
    assert any(named in label for _, label in found)


# --- whose it is --------------------------------------------------------------------------------------------


def without_marks(path: Path, **cells: Any) -> None:
    """As if saved by a program that drops custom properties."""
    book = open_book(path)
    for name in [one.name for one in book.custom_doc_props.props]:
        del book.custom_doc_props[name]
    for place, content in cells.items():
        for sheet in (book[TEAM], book[OWN]):
            sheet[place] = content
    book.save(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed", ["บางคล้า", "อำเภอบางคล้า", "อ.บางคล้า", "2402", "๒๔๐๒", " 2402  บางคล้า ", 2402]
)
def test_a_form_without_its_mark_is_known_by_name_or_code(
    typed: Any, form: Path, tables: LevelTables, office_form: OfficeForm, entries: Entries
) -> None:
    without_marks(form, D3=typed)
    contents = read(form, tables, office_form)
    assert [(one.code, one.unit) for one in contents.findings] == [("form-unmarked", UNIT)]
    assert values(contents) == expected(entries)


@pytest.mark.parametrize("typed", [None, "พัฒนาการอำเภอ", "บางคล้า, แปลงยาว"])
def test_a_form_that_names_nobody_is_refused(
    typed: Any, form: Path, tables: LevelTables, office_form: OfficeForm
) -> None:
    without_marks(form, D3=typed)
    contents = read(form, tables, office_form)
    assert [one.code for one in contents.findings] == ["form-whose"]
    assert contents.unit == ""


def test_a_form_of_another_unit_is_refused(form: Path, tables: LevelTables, office_form: OfficeForm) -> None:
    book = open_book(form)
    book[OWN]["D3"] = "แปลงยาว"
    book.save(form)
    contents = read(form, tables, office_form)
    assert refused(contents) == [("form-other-unit", "แปลงยาว")] * 2
    assert len({one.unit for one in contents.findings}) == 2
    assert (contents.findings[0].place.sheet, contents.findings[0].place.cell) == (OWN, "D3")


@pytest.mark.parametrize(
    ("property_", "said", "code"),
    [("kpibatch_round", "2560/2", "wrong-round"), ("kpibatch_unit", "9999", "unknown-unit")],
)
def test_a_form_of_another_round_is_refused(
    property_: str, said: str, code: str, form: Path, tables: LevelTables, office_form: OfficeForm
) -> None:
    book = open_book(form)
    book.custom_doc_props[property_].value = said
    book.save(form)
    assert refused(read(form, tables, office_form)) == [(code, said)]


def test_another_workbook_is_no_form(tmp_path: Path, tables: LevelTables, office_form: OfficeForm) -> None:
    book = Workbook()
    book.worksheets[0].append(["อำเภอ", "ผลงาน"])
    book.save(tmp_path / "2402.xlsx")
    contents = read(tmp_path / "2402.xlsx", tables, office_form)
    assert [(one.code, one.unit) for one in contents.findings] == [("not-a-form", UNIT)]


# --- what the form keeps ------------------------------------------------------------------------------------


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_only_what_must_differ_differs(
    form: Path, office_form: OfficeForm, tables: LevelTables, tmp_path: Path
) -> None:
    before, after = parts(office_form.path), parts(form)
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "docProps/custom.xml"}
    again = tmp_path / "again.xlsx"
    write_office_form(office_form, tables.unit[UNIT], again, tables)
    write_office_form(office_form, tables.unit[UNIT], form, tables)
    assert digest(again) == digest(form)


def test_a_sheet_differs_in_its_placeholders_alone(form: Path, office_form: OfficeForm) -> None:
    for number, sheet in enumerate((TEAM, OWN), 1):
        asked = {one.where.split("!")[1] for one in office_form.placeholders if one.spot.sheet == sheet}
        trees = [
            ElementTree.fromstring(parts(path)[f"xl/worksheets/sheet{number}.xml"])
            for path in (office_form.path, form)
        ]
        styles = [
            {cell.get("r"): cell.get("s") for cell in tree.iter(f"{MAIN}c") if cell.get("r") in asked}
            for tree in trees
        ]
        assert styles[0] == styles[1]
        assert set(styles[0]) == asked
        for root in trees:
            for cell in root.iter(f"{MAIN}c"):
                if cell.get("r") in asked:
                    cell.clear()
        assert ElementTree.canonicalize(ElementTree.tostring(trees[0])) == ElementTree.canonicalize(
            ElementTree.tostring(trees[1])
        )
        kinds = {element.tag.removeprefix(MAIN) for element in trees[1]}
        assert {
            "mergeCells",
            "dataValidations",
            "printOptions",
            "pageSetup",
            "headerFooter",
            "drawing",
        } - kinds <= {"printOptions"}


def test_a_blank_form_shows_the_unit_and_its_fixed_values_only(
    tables: LevelTables, office_form: OfficeForm, tmp_path: Path
) -> None:
    path = tmp_path / "blank.xlsx"
    write_office_form(office_form, tables.unit[UNIT], path, tables)
    book = open_book(path)
    assert not [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if "{{" in str(cell.value)
    ]
    assert (book[TEAM]["D3"].value, book[OWN]["D3"].value) == ("บางคล้า", "บางคล้า")
    assert book[TEAM]["E8"].value == tables.baselines[UNIT, "T1.allocated"].value
    assert [book[TEAM][cell].value for cell in ("F8", "H8", "I8", "J8")] == [None] * 4
    properties = {one.name: one.value for one in book.custom_doc_props.props}
    assert properties == {
        "ชั้นเอกสาร": "ใช้ภายใน",
        "kpibatch_unit": UNIT,
        "kpibatch_round": "2561/1",
        "kpibatch_digest": tables.form_digest,
    }


def test_a_package_without_custom_properties_gets_them(
    tables: LevelTables, office_form: OfficeForm, tmp_path: Path
) -> None:
    plain, path = tmp_path / "plain.xlsx", tmp_path / "form.xlsx"
    copy(office_form.path, plain)
    without_marks(plain)
    assert "docProps/custom.xml" not in parts(plain)
    write_office_form(read_office_form(plain, tables), tables.unit[UNIT], path, tables)
    assert {one.name for one in open_book(path).custom_doc_props.props} == {
        "kpibatch_unit",
        "kpibatch_round",
        "kpibatch_digest",
    }
    assert b"fullCalcOnLoad" in parts(path)["xl/workbook.xml"]
    # A form that came back may serve as the office form of the next round.
    write_office_form(read_office_form(plain, tables), tables.unit["2401"], path, tables)
    assert open_book(path).custom_doc_props["kpibatch_unit"].value == "2401"


@pytest.mark.slow
def test_libreoffice_opens_it_calculates_it_and_saves_it(
    form: Path, tables: LevelTables, office_form: OfficeForm, entries: Entries
) -> None:
    (saved,) = recalculate([form], form.parent / "office")
    sheet = open_book(saved, values=True)[TEAM]
    spent, allocated = entries["T1.spent", MONTH], tables.baselines[UNIT, "T1.allocated"].value
    assert sheet["G8"].value == pytest.approx(100 * float(spent) / allocated)  # type: ignore[arg-type]
    assert any(name.startswith("xl/media/") for name in parts(saved))
    contents = read(saved, tables, office_form)
    assert contents.findings == []
    assert values(contents) == expected(entries)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_saved_as_another_kind_of_file_it_still_reads(
    suffix: str, form: Path, tables: LevelTables, office_form: OfficeForm, entries: Entries
) -> None:
    (saved,) = recalculate([form], form.parent / "office", suffix)
    contents = read(saved, tables, office_form)
    assert [(one.code, one.unit) for one in contents.findings] == [("form-unmarked", UNIT)]
    assert values(contents) == expected(entries)


# --- small templates ----------------------------------------------------------------------------------------


def small(folder: Path, sheets: Mapping[str, Mapping[str, Any]], merged: tuple[str, ...] = ()) -> Path:
    """A workbook of these cells, sheet by sheet."""
    book = Workbook()
    del book["Sheet"]
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for place, content in cells.items():
            sheet[place] = content
        for span in merged:
            sheet.merge_cells(span)
        sheet["B5"].number_format = "d mmm yyyy"
    path = folder / "form.xlsx"
    book.save(path)
    return path


SOUND = {
    "A1": "หน่วย",
    "B1": "{{unit}}",
    "A3": "เบิกจ่าย",
    "B3": " {{ T1.spent }} ",
    "A4": "หลักฐาน",
    "B4": "{{T1.docs}}",
    "A5": "วันรายงาน",
    "B5": "{{I1.day}}",
    "B7": "เม.ย. 65",
    "C7": "พ.ค. 65",
    "D7": "มิ.ย. 65",
    "A8": "ข่าว",
    "B8": "{{I1.news@2565-04}}",
    "C8": "{{I1.news@๒๕๖๕-๐๕}}",
    "D8": "{{I1.news@2565-06}}",
}
FAULTS: Mapping[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "none": ({}, []),
    "an unknown measure": ({"B3": "{{T1.spnt}}"}, [("template-measure", "B3")]),
    "an unknown month": ({"D8": "{{I1.news@2565-07}}"}, [("template-month", "D8")]),
    "an unknown text": ({"C3": "{{T1.spent:ข้อคิดเห็น}}"}, [("template-text", "C3")]),
    "a computed measure": ({"C3": "{{T1.pct}}"}, [("template-not-asked", "C3")]),
    "a fixed value of a month": ({"C3": "{{T1.budget@2565-04}}"}, [("template-not-asked", "C3")]),
    "other text in the cell": (
        {"A1": None, "B1": "อำเภอ {{unit}}"},
        [("template-not-alone", "B1"), ("template-no-unit", "")],
    ),
    "half a placeholder": ({"B3": "{{T1.spent"}, [("template-not-alone", "B3")]),
    "no unit": ({"B1": None}, [("template-no-unit", "")]),
    "twice": ({"A9": "อีกครั้ง", "B9": "{{T1.docs}}"}, [("template-twice", "B9")]),
    "with and without a month": ({"A9": "ข่าวเดือนนี้", "B9": "{{I1.news}}"}, [("template-mixed", "B9")]),
    "no label": ({"A3": None}, [("template-no-labels", "B3")]),
    "a number for a label": ({"A3": 3}, [("template-no-labels", "B3")]),
    "two without a heading": (
        {"B7": None, "C7": None},
        [("template-same-labels", "B8"), ("template-same-labels", "C8")],
    ),
    "two of the same row label": (
        {"A4": "เบิกจ่าย"},
        [("template-same-labels", "B3"), ("template-same-labels", "B4")],
    ),
    "a row without an input that reads the same": ({"A2": "เบิกจ่าย"}, [("template-same-labels", "B3")]),
}


@pytest.mark.parametrize("slip", FAULTS)
def test_a_template_that_could_not_be_read_back_is_refused(
    slip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Finding, "message", lambda self, language: self.code)
    changes, faults = FAULTS[slip]
    path = small(
        tmp_path,
        {"แบบ": {place: content for place, content in (SOUND | changes).items() if content is not None}},
    )
    if not faults:
        assert read_office_form(path, levels()).findings == ()
        return
    with pytest.raises(KpibatchError) as error:
        read_office_form(path, levels())
    named = [f"form.xlsx แบบ!{cell}: {code}" if cell else f"form.xlsx: {code}" for code, cell in faults]
    assert (error.value.name, error.value.facts["count"]) == ("faulty-form-template", len(faults))
    assert sorted(str(error.value.facts["first"]).split(" | ")) == sorted(named)


def with_chart(sheet: Worksheet) -> None:
    chart = BarChart()
    chart.title = "{{unit}}"
    chart.add_data(Reference(sheet, min_col=2, min_row=3, max_row=5))
    sheet.add_chart(chart, "G3")


def with_message(sheet: Worksheet) -> None:
    rule = DataValidation(type="whole", prompt="{{unit}}")
    rule.add("B3")
    sheet.add_data_validation(rule)


ELSEWHERE: Mapping[str, tuple[Callable[[Worksheet], object], str]] = {
    "a header": (lambda sheet: setattr(sheet.oddHeader.left, "text", "{{unit}}"), "แบบ"),
    "a footer": (lambda sheet: setattr(sheet.evenFooter.right, "text", "หน้า {{unit}}"), "แบบ"),
    "a formula": (lambda sheet: setattr(sheet["E3"], "value", '="อำเภอ "&"{{unit}}"'), "แบบ!E3"),
    "a sheet's name": (lambda sheet: sheet.parent.create_sheet("{{unit}}"), "{{unit}}"),
    "a comment": (lambda sheet: setattr(sheet["A1"], "comment", Comment("{{unit}}", "")), "แบบ"),
    "a message": (with_message, "แบบ"),
    "a chart": (with_chart, "แบบ"),
}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_placeholder_where_nothing_is_filled_in_is_told(where: str, tmp_path: Path) -> None:
    put, place = ELSEWHERE[where]
    path = small(tmp_path, {"แบบ": SOUND | {"E4": "=SUM({1,2;3,4})"}})
    assert read_office_form(path, levels())
    book = open_book(path)
    put(book["แบบ"])
    book.save(path)
    with pytest.raises(FaultyFormTemplate) as error:
        read_office_form(path, levels())
    told = finding("template-elsewhere", found="{{unit}}").message("th")
    assert (error.value.facts["count"], error.value.facts["first"]) == (1, f"form.xlsx {place}: {told}")


def test_a_strict_template_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = small(tmp_path, {"แบบ": SOUND})
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, part in parts.items():
            for old, strict in STRICT.items():
                part = part.replace(old.encode(), strict.encode())
            package.writestr(name, part)
    with pytest.raises(UnreadableFormTemplate) as error:
        read_office_form(path, levels())
    assert all(".xlsx)" in error.value.message(language) for language in ("th", "en"))


STRICT = {
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
}


def test_a_unit_called_as_an_escape_keeps_its_name_and_its_form(tmp_path: Path) -> None:
    name, code = "อำเภอ _x0041_", "_x0042_"
    tables = levels()
    own = replace(tables.units[0], name=name, code=code)
    tables = replace(tables, units=(own, *tables.units[1:]))
    office_form = read_office_form(small(tmp_path, {"แบบ": SOUND}), tables)
    path = tmp_path / "own.xlsx"
    filled_in: Entries = {("T1.spent", "2565-05"): 5.0}
    write_office_form(office_form, own, path, tables, filled_in, "2565-05")
    assert read_book(path)["แบบ"].at(0, 1) == name
    assert stamps_of(path.read_bytes()) == {code}
    contents = read_submission(path, tables, "2565-05", IntakeLimits(), office_form)
    assert (contents.unit, values(contents)) == (code, {("T1.spent", "2565-05"): 5.0})


def test_a_file_that_can_be_no_template_is_one_line(
    tmp_path: Path, tables: LevelTables, office_form: OfficeForm
) -> None:
    (tmp_path / "a.xlsx").write_text("{{unit}}")
    copy(office_form.path, tmp_path / "a.xls")
    for name, error in (
        ("a.xlsx", "unreadable-form-template"),
        ("a.xls", "unreadable-form-template"),
        ("b.xlsx", "no-form-template"),
    ):
        with pytest.raises(KpibatchError) as raised:
            read_office_form(tmp_path / name, tables)
        assert raised.value.name == error
        assert "\n" not in raised.value.message("th")


def filled(tmp_path: Path, cells: Mapping[str, Any] = SOUND) -> tuple[OfficeForm, Path, Entries]:
    tables = levels()
    office_form = read_office_form(small(tmp_path, {"แบบ": cells}), tables)
    given: Entries = {
        ("T1.spent", "2565-05"): 900.5,
        ("T1.docs", "2565-05"): "ใช่",
        ("I1.day", "2565-05"): date(2022, 5, 20),
    }
    given |= {("I1.news", "2565-04"): 4.0, ("I1.news", "2565-05"): 5.0}
    path = tmp_path / "3101.xlsx"
    write_office_form(office_form, tables.unit["3101"], path, tables, given, "2565-05")
    return office_form, path, given


def small_contents(path: Path, office_form: OfficeForm) -> Contents:
    return read_submission(path, levels(), "2565-05", IntakeLimits(), office_form)


def test_a_list_of_labels_and_values_reads_back(tmp_path: Path) -> None:
    office_form, path, _ = filled(tmp_path)
    contents = small_contents(path, office_form)
    assert contents.findings == []
    day = float(date(2022, 5, 20).toordinal())
    found = {("T1.spent", "2565-05"): 900.5, ("T1.docs", "2565-05"): 1.0, ("I1.day", "2565-05"): day}
    assert values(contents) == found | {("I1.news", "2565-04"): 4.0, ("I1.news", "2565-05"): 5.0}


def beside(sheet: Worksheet) -> None:
    """A column between label and value: blank, but then the value stands where nothing stood before."""
    sheet.insert_cols(2)


def beside_and_typed(sheet: Worksheet) -> None:
    """The same with the number typed into the new column, and the true cell left blank."""
    sheet.insert_cols(2)
    sheet["B3"], sheet["C3"] = 1200, None


def beside_without_a_name(sheet: Worksheet) -> None:
    """The same where only the headings of another table tell that a column is new."""
    beside_and_typed(sheet)
    sheet["C1"] = None


def scratch(sheet: Worksheet) -> None:
    sheet["C3"] = 1200


def scratch_far_off(sheet: Worksheet) -> None:
    sheet["F20"] = 1200


def above(sheet: Worksheet) -> None:
    sheet.insert_rows(2, 4)


@pytest.mark.parametrize(
    ("change", "sure"),
    [
        (beside, False),
        (beside_and_typed, False),
        (beside_without_a_name, False),
        (scratch, False),
        (scratch_far_off, True),
        (above, True),
    ],
)
def test_a_value_with_nothing_but_a_label_to_its_left(
    change: Callable[[Worksheet], None], sure: bool, tmp_path: Path
) -> None:
    office_form, path, _ = filled(tmp_path)
    book = open_book(path)
    change(book["แบบ"])
    book.save(path)
    contents = small_contents(path, office_form)
    told = {one.code for one in contents.findings}
    assert not told if sure else told & {"form-twice", "form-moved"}
    assert sure or any(
        one.measure == "T1.spent" or "B3" in dict(one.facts)["cells"] for one in contents.findings
    )
    assert ("T1.spent", "2565-05") in values(contents) or not sure


@pytest.mark.parametrize(("column", "typed", "sure"), [(3, "D3", False), (2, "E3", True), (6, "D3", True)])
def test_a_column_put_under_a_heading_over_several(
    column: int, typed: str, sure: bool, tmp_path: Path
) -> None:
    """The cell is the third of three under one heading: with one more of them, the third is another cell."""
    cells = SOUND | {"B2": "ผลงาน", "B3": None, "D3": "{{T1.spent}}"}
    cells = {place: content for place, content in cells.items() if content is not None}
    tables = levels()
    office_form = read_office_form(small(tmp_path, {"แบบ": cells}, ("B2:D2",)), tables)
    path = tmp_path / "3101.xlsx"
    write_office_form(office_form, tables.unit["3101"], path, tables)
    book = open_book(path)
    insert(book["แบบ"], column=column)
    book["แบบ"][typed] = 5
    book.save(path)
    contents = small_contents(path, office_form)
    if sure:
        assert values(contents) == {("T1.spent", "2565-05"): 5.0}
    else:
        assert refused(contents) == [("form-moved", "เบิกจ่าย / ผลงาน")]


@pytest.mark.parametrize("typed", ["B4", "B5"])
def test_a_row_put_under_a_heading_without_a_label_to_its_left(typed: str, tmp_path: Path) -> None:
    """Only what stands to its right tells that the row is another one."""
    sheet = {"B3": "ผลงาน", "B4": "{{T1.spent}}", "C4": "บาท"}
    cells = {place: text for place, text in SOUND.items() if place not in ("A3", "B3", "A4", "B4")}
    tables = levels()
    office_form = read_office_form(small(tmp_path, {"แบบ": cells, "เงิน": sheet}), tables)
    path = tmp_path / "3101.xlsx"
    write_office_form(office_form, tables.unit["3101"], path, tables)
    book = open_book(path)
    book["เงิน"].insert_rows(4)
    book["เงิน"][typed] = 7
    book.save(path)
    contents = small_contents(path, office_form)
    assert values(contents) == {}
    assert {one.code for one in contents.findings} in ({"form-moved"}, {"form-twice"})


MONTHLY_SHEETS = {
    name: {"A1": "หน่วย", "A3": "ข่าว", "B3": f"{{{{I1.news@{month}}}}}"}
    | ({"B1": "{{unit}}"} if month == "2565-04" else {})
    for name, month in (("เมษายน", "2565-04"), ("พฤษภาคม", "2565-05"), ("มิถุนายน", "2565-06"))
}


@pytest.mark.parametrize(
    ("renamed", "sure"), [((), True), (("เมษายน",), True), (("เมษายน", "พฤษภาคม"), False)]
)
def test_sheets_that_differ_in_name_only_are_told_apart_by_it(
    renamed: tuple[str, ...], sure: bool, tmp_path: Path
) -> None:
    tables = levels()
    office_form = read_office_form(small(tmp_path, MONTHLY_SHEETS), tables)
    assert {one.measure for one in office_form.findings} == {"T1.spent", "T1.docs", "I1.day"}
    path = tmp_path / "3101.xlsx"
    write_office_form(
        office_form,
        tables.unit["3101"],
        path,
        tables,
        {("I1.news", "2565-04"): 4.0, ("I1.news", "2565-05"): 5.0},
    )
    book = open_book(path)
    for name in renamed:
        book[name].title = f"{name} (แก้ไข)"
    book.save(path)
    contents = small_contents(path, office_form)
    assert codes_of(contents) == ([] if sure else ["form-twice", "form-twice"])
    assert values(contents) == ({("I1.news", "2565-04"): 4.0, ("I1.news", "2565-05"): 5.0} if sure else {})


def codes_of(contents: Contents) -> list[str]:
    return [one.code for one in contents.findings]


def test_a_merged_cell_and_a_heading_over_two_columns(tmp_path: Path) -> None:
    cells = SOUND | {"B2": "ผลงาน", "E3": "=B3/2", "A10": "ยอดรวม", "B10": 7}
    tables = levels()
    office_form = read_office_form(small(tmp_path, {"แบบ": cells}, ("B2:D2", "B3:C3", "B5:D5")), tables)
    path = tmp_path / "3101.xlsx"
    write_office_form(
        office_form, tables.unit["3101"], path, tables, {("T1.spent", "2565-05"): 5.0}, "2565-05"
    )
    book = open_book(path)
    insert(book["แบบ"], row=3)
    insert(book["แบบ"], column=1)
    book.save(path)
    contents = small_contents(path, office_form)
    assert values(contents) == {("T1.spent", "2565-05"): 5.0}
    assert next(line[8] for line in contents.lines if line[1] == "T1.spent" and line[4] == OK) == "C4"


# --- the commands -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the same answers given on standard forms."""
    workspace = copy_standard(tmp_path_factory.mktemp("standard"), CHACHOENGSAO)
    run(workspace, BEFORE, expect=0)
    return run(workspace, MONTH, expect=0).parent


@pytest.mark.slow
def test_forms_are_copies_of_the_template(tmp_path: Path, tables: LevelTables) -> None:
    workspace = copy_sample(tmp_path, CHACHOENGSAO)
    assert kpibatch(workspace, "forms").exit_code == 0
    forms = workspace / "output" / "forms"
    assert sorted(path.name for path in forms.iterdir()) == sorted(
        f"{unit.code} {unit.name}.xlsx" for unit in tables.units
    )
    for unit in tables.units:
        book = open_book(forms / f"{unit.code} {unit.name}.xlsx")
        assert (book.sheetnames, book[TEAM]["D3"].value) == ([TEAM, OWN], unit.name)
        assert book.custom_doc_props["kpibatch_unit"].value == unit.code
    before = tree(forms)
    assert kpibatch(workspace, "forms").exit_code == 0
    assert tree(forms) == before


@pytest.mark.slow
def test_a_template_with_macros_keeps_its_suffix(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    (workspace / TEMPLATE).rename(workspace / "form_template.xlsm")
    configure(workspace, form_template='"form_template.xlsm"')
    assert kpibatch(workspace, "forms").exit_code == 0
    assert {path.suffix for path in (workspace / "output" / "forms").iterdir()} == {".xlsm"}


@pytest.mark.slow
@pytest.mark.parametrize("month", [BEFORE, MONTH])
def test_the_same_answers_give_the_same_scores_as_on_standard_forms(
    month: str, standard: Path, tmp_path: Path
) -> None:
    output = run(copy_sample(tmp_path, CHACHOENGSAO), month, expect=0)
    assert (output / "scores.csv").read_bytes() == (standard / month / "scores.csv").read_bytes()
    known = {(row["code"], row["unit"], row["measure"], row["found"]) for row in findings(standard / month)}
    assert {(row["code"], row["unit"], row["measure"], row["found"]) for row in findings(output)} == known


def set_cells(path: Path, cells: Mapping[str, Any]) -> None:
    book = open_book(path)
    for place, content in cells.items():
        sheet, cell = place.split("!")
        book[sheet][cell] = content
    book.save(path)


def few(folder: Path) -> Path:
    """The sample with a few of its units, where they say as much as all."""
    return keep_units(copy_sample(folder, CHACHOENGSAO), "2401", UNIT, "2403")


def value(output: Path, measure: str) -> tuple[str, str]:
    row = next(
        row for row in read_rows(output / "measures.csv") if (row["unit"], row["measure"]) == (UNIT, measure)
    )
    return row["value"], row["file"]


@pytest.mark.slow
def test_a_blank_falls_back_on_the_month_before_as_on_a_standard_form(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    before = value(run(workspace, BEFORE), "T2.done")[0]
    set_cells(submission(workspace, UNIT, MONTH), {f"{TEAM}!F9": None})
    output = run(workspace, MONTH, expect=1)
    assert value(output, "T2.done") == (before, "2561-02/2402 บางคล้า.xlsx")
    assert codes(findings(output, unit=UNIT)) == ["missing"]
    inputs = json.loads((output / "run.json").read_text(encoding="utf-8"))["inputs"]
    sent = submission(workspace, UNIT, BEFORE)
    assert {"file": f"{BEFORE}/{sent.name}", "sha256": digest(sent)} in inputs
    sent.unlink()  # what was published stays
    assert value(run(workspace, MONTH, expect=1), "T2.done") == (before, "2561-02/2402 บางคล้า.xlsx")
    rmtree(workspace / "output" / BEFORE)
    assert value(run(workspace, MONTH, expect=1), "T2.done") == ("", "")


@pytest.mark.slow
def test_what_is_wrong_in_an_earlier_month_is_told_with_its_folder(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    set_cells(submission(workspace, UNIT, BEFORE), {f"{TEAM}!F9": "ยี่สิบ", f"{OWN}!H34": "ก็ได้"})
    found = findings(run(workspace, MONTH, expect=1), unit=UNIT)
    assert [(row["code"], row["file"], row["sheet"], row["cell"]) for row in found] == [
        ("not-a-number", "2561-02/2402 บางคล้า.xlsx", TEAM, "F9"),
        ("late-mended", "2402 บางคล้า.xlsx", OWN, "H34"),
    ]


@pytest.mark.slow
def test_the_form_of_the_month_before_sent_again_is_a_warning(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    copy(submission(workspace, UNIT, BEFORE), submission(workspace, UNIT, MONTH))
    found = findings(run(workspace, MONTH, expect=1), unit=UNIT)
    assert ("form-sent-again", "2561-02/2402 บางคล้า.xlsx") in [(row["code"], row["found"]) for row in found]


@pytest.mark.slow
def test_a_month_that_the_newest_form_has_a_cell_for_is_taken_from_there(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    for month, cells in (
        (BEFORE, {"H34": "ใช่"}),
        (MONTH, dict.fromkeys(("D34", "E34", "F34", "G34", "I34"), "ใช่") | {"H34": None}),
    ):
        set_cells(
            submission(workspace, UNIT, month),
            {f"{OWN}!{place}": content for place, content in cells.items()},
        )
    configure(workspace, late_values='"accept"')  # else what was sent first would stand
    assert value(run(workspace, MONTH), MONTHLY)[0] == ""
    set_cells(submission(workspace, UNIT, MONTH), {f"{OWN}!H34": "ใช่"})
    assert value(run(workspace, MONTH), MONTHLY)[0] == "1"


@pytest.mark.slow
def test_a_refused_file_is_named_and_stops_no_other(standard: Path, tmp_path: Path) -> None:
    workspace = few(tmp_path)
    path = submission(workspace, UNIT, MONTH)
    set_cells(path, {f"{TEAM}!C9": "กิจกรรม"})
    output = run(workspace, MONTH, expect=1)
    (moved,) = findings(output, severity="error")
    assert (moved["code"], moved["unit"], moved["file"], moved["sheet"], moved["cell"]) == (
        "form-moved",
        UNIT,
        path.name,
        TEAM,
        "C9",
    )
    assert "กิจกรรมที่บรรลุเป้าหมาย" in moved["message"]
    status = {
        row["unit"]: row["status"] for row in read_rows(output / "scores.csv") if row["node"] == "total"
    }
    assert [unit for unit, said in status.items() if said != "ok"] == [UNIT]


@pytest.mark.slow
def test_a_standard_form_is_taken_too(standard: Path, tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, CHACHOENGSAO)
    sent = copy_standard(tmp_path / "other", CHACHOENGSAO)
    copy(submission(sent, UNIT, MONTH), submission(workspace, UNIT, MONTH))
    output = run(workspace, MONTH, expect=0)
    assert (output / "scores.csv").read_bytes() == (standard / MONTH / "scores.csv").read_bytes()


@pytest.mark.slow
def test_what_the_template_does_not_ask_is_told_to_the_province_alone(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    set_cells(workspace / TEMPLATE, {f"{OWN}!F30": None})
    output = run(workspace, MONTH, expect=1)
    lacking = [row for row in findings(output) if row["code"] == "template-lacks"]
    assert [(row["unit"], row["file"], row["measure"]) for row in lacking] == [
        ("", TEMPLATE, "I10.field_visit")
    ]
    assert "row-missing" not in codes(findings(output))


def test_a_faulty_template_stops_the_batch_with_one_line(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    set_cells(workspace / TEMPLATE, {f"{TEAM}!F8": "{{T1.spend}}"})
    for command in ("forms", "run"):
        result = kpibatch(workspace, command)
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert f"{TEMPLATE} {TEAM}!F8" in result.stderr
        assert "T1.spent" in result.stderr
    assert not (workspace / "output" / "forms").exists()


def test_the_sample_template_is_what_its_script_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: LevelTables
) -> None:
    monkeypatch.syspath_prepend(str(SAMPLES))
    import make_template

    drawn = make_template.make(CHACHOENGSAO, tables, tmp_path)  # packed as its system packs
    assert parts_of(drawn) == parts_of(SAMPLES / CHACHOENGSAO / TEMPLATE)
    assert make_template.logo().startswith(b"\x89PNG")
    assert io.BytesIO(make_template.logo()).getbuffer().nbytes < 2000


@pytest.mark.parametrize(
    ("format_code", "stored"),
    [("0.00%", 0.5714), ("0.00", 57.14), ("General", 57.14), ("d mmm yyyy", "57.14")],
)
def test_a_number_filled_in_is_seen_whatever_its_cell_s_format(
    format_code: str, stored: object, tmp_path: Path
) -> None:
    thresholds = " | ".join(f"≥ {percent}" for percent in (50, 60, 70, 80, 90))
    tables = one_kpi("x | ร้อยละ | ร้อยละ | ร้อยละ | กรอก | ล่าสุด", f"T1 | | | x | {thresholds}")
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (["หน่วย", "{{unit}}"], ["รายการ", "เมษายน 2565"], ["ร้อยละ", "{{x@2565-04}}"]):
        sheet.append(row)
    sheet["B3"].number_format = format_code
    book.save(tmp_path / TEMPLATE)
    office, unit, path = (
        read_office_form(tmp_path / TEMPLATE, tables),
        tables.units[0],
        tmp_path / "form.xlsx",
    )
    write_office_form(office, unit, path, tables, {("x", "2565-04"): 57.14})
    cell = open_book(path).worksheets[0]["B3"]
    assert (cell.value, cell.number_format) == (stored, format_code)
    contents = read_submission(path, tables, "2565-04", IntakeLimits(), office)
    assert values(contents) == {("x", "2565-04"): 57.14}
