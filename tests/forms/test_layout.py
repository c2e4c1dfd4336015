"""Where things stand in a standard form that came back: of today's layout and of the one before, in either
language.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from mid_round import CHANGED
from openpyxl import Workbook
from tablebook import levels, one_kpi
from workspace import FORM, cell_of, open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.books.write import Content
from kpibatch.forms.layout import TEXT_COLUMNS, heading, identity_for, sheet_name
from kpibatch.forms.standard import write_form
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.rules.levels import LevelTables

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"
MINE = "3101 เมือง.xlsx"
TABLES = levels()
DAY = date(2022, 5, 9)
Entries = Mapping[tuple[str, str], Content]


def sent(
    folder: Path,
    entries: Entries,
    spoil: Callable[[Workbook], object] | None = None,
    *,
    language: str = "th",
    month: str = JUNE,
    tables: LevelTables = TABLES,
) -> Contents:
    path = folder / MINE
    write_form(tables, tables.unit["3101"], path, entries, language=language)
    if spoil:
        book = open_book(path)
        spoil(book)
        book.save(path)
    return read_submission(path, tables.for_month(month), month, IntakeLimits())


def values(contents: Contents) -> dict[tuple[str, str], float]:
    return {(line.measure, line.month): line.value for line in contents.lines if line.state == "ok"}


def codes(contents: Contents) -> list[str]:
    return [one.code for one in contents.findings]


# --- a day that is done once --------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [MAY, JUNE])
def test_the_one_cell_of_a_day_is_that_of_the_month_reported_on(month: str, tmp_path: Path) -> None:
    contents = sent(tmp_path, {("I1.news", month): 3.0, ("I1.day", APRIL): DAY}, month=month)
    assert values(contents) == {("I1.news", month): 3.0, ("I1.day", month): DAY.toordinal()}
    assert codes(contents) == []


def test_a_day_that_is_not_asked_any_more_says_nothing(tmp_path: Path) -> None:
    tables = levels(**CHANGED)
    entries: Entries = {("I1.news", JUNE): 3.0, ("I1.day", MAY): DAY}
    contents = sent(tmp_path, entries, tables=tables)
    assert values(contents) == {("I1.news", JUNE): 3.0}
    assert "month-unasked" not in codes(contents)


def test_a_day_sent_before_is_no_report_of_the_month(tmp_path: Path) -> None:
    contents = sent(tmp_path, {("I1.news", MAY): 3.0, ("I1.day", MAY): DAY})
    assert (contents.unit, codes(contents)[-1]) == ("", "month-empty")


def test_where_days_alone_are_asked_one_is_a_report(tmp_path: Path) -> None:
    measures = "day | วันปิด | | วันที่ | กรอก | ล่าสุด"
    tables = one_kpi(measures, "T1 | | | day | ภายใน 30 มิ.ย. 2565 | | | | ภายใน 10 มิ.ย. 2565")
    contents = sent(tmp_path, {("day", MAY): DAY}, tables=tables)
    assert (contents.unit, values(contents)) == ("3101", {("day", JUNE): DAY.toordinal()})


def test_a_day_in_another_month_s_cell_of_its_row_is_named(tmp_path: Path) -> None:
    """The merged cell taken apart, the day typed under its month."""

    def apart(book: Workbook) -> None:
        sheet = book[FORM]
        cell = cell_of(book, "I1.day", JUNE)
        sheet.unmerge_cells(f"H{cell.row}:J{cell.row}")
        sheet.cell(cell.row, 10, "9 มิ.ย. 2565")

    contents = sent(tmp_path, {("I1.news", JUNE): 3.0}, apart)
    assert [one.measure for one in contents.findings if one.code == "form-beside"] == ["I1.day"]
    assert ("I1.day", JUNE) not in values(contents)


def test_who_reports_is_nobody_s_name(tmp_path: Path) -> None:
    """A person may be called as a unit is."""

    def signed(book: Workbook) -> None:
        book[FORM]["D5"] = "กระสัง ใจดี นักวิชาการ 0812345678"

    assert codes(sent(tmp_path, {("I1.news", JUNE): 3.0}, signed)) == []


# --- the layout before --------------------------------------------------------------------------------------


def older_form(tables: LevelTables, path: Path, entries: Entries) -> None:
    """A form as it was written before a day had one cell: a cell a month for everything, no row of due days,
    none of the columns between the counting unit and the fixed value.
    """
    book, unit = Workbook(), tables.unit["3101"]
    sheet = book.active
    assert sheet is not None
    sheet.title = FORM
    months = tables.round.months
    sheet.append([None, "แบบรายงานผลการดำเนินงานตามตัวชี้วัด รอบที่ 2/2565"])
    sheet.append([None, "อำเภอเมือง  (3101)   จังหวัดตัวอย่าง"])
    sheet.append([None, "กรอกเฉพาะช่องสีเหลือง"])
    sheet.append([None, None, None, None, None, *months])
    heads = ["รหัส", "ที่", "รายการข้อมูล", "หน่วยนับ", "ค่าตั้งต้น"]
    sheet.append([*heads, "เม.ย. 65", "พ.ค. 65", "มิ.ย. 65", *TEXT_COLUMNS])
    for kpi, codes_of in (("T1  เบิกจ่าย", ("T1.spent", "T1.docs")), ("I1  ข่าว", ("I1.news", "I1.day"))):
        sheet.append([None, kpi])
        for code in codes_of:
            measure = tables.measures[code]
            beside = [entries.get((code, key)) for key in (*months, *TEXT_COLUMNS)]
            sheet.append([code, 1, measure.label, measure.counting_unit or None, None, *beside])
    identity = identity_for(tables, unit)
    hidden = book.create_sheet("_kpibatch")
    for name in ("unit", "round", "digest", "form"):
        hidden.append([name, getattr(identity, name)])
    hidden.sheet_state = "hidden"
    book.save(path)


def test_a_form_of_the_layout_before_is_read_month_by_month(tmp_path: Path) -> None:
    entries: Entries = {
        ("T1.spent", MAY): 500.0,
        ("T1.spent", JUNE): 600.0,
        ("T1.docs", JUNE): "ใช่",
        ("I1.day", APRIL): datetime(2022, 4, 8),
        ("I1.day", MAY): datetime(2565, 5, 9),
        ("T1.docs", "หลักฐาน"): "ทะเบียนคุม",
    }
    older_form(TABLES, tmp_path / MINE, entries)
    contents = read_submission(tmp_path / MINE, TABLES, JUNE, IntakeLimits())
    assert values(contents) == {
        ("T1.spent", MAY): 500.0,
        ("T1.spent", JUNE): 600.0,
        ("T1.docs", JUNE): 1.0,
        ("I1.day", APRIL): date(2022, 4, 8).toordinal(),
        ("I1.day", MAY): DAY.toordinal(),
    }
    assert codes(contents) == ["read-as"]
    assert contents.texts["3101", "T1.docs"] == ("ทะเบียนคุม", "", "")


def test_a_day_in_a_form_of_the_layout_before_is_a_report_of_its_month(tmp_path: Path) -> None:
    older_form(TABLES, tmp_path / MINE, {("I1.day", JUNE): datetime(2022, 6, 8)})
    contents = read_submission(tmp_path / MINE, TABLES, JUNE, IntakeLimits())
    assert (contents.unit, values(contents)) == ("3101", {("I1.day", JUNE): date(2022, 6, 8).toordinal()})


# --- in English ---------------------------------------------------------------------------------------------


def test_an_english_form_is_read_without_a_remark(tmp_path: Path) -> None:
    entries: Entries = {("T1.spent", JUNE): 600.0, ("T1.docs", JUNE): "yes", ("I1.day", JUNE): DAY}
    contents = sent(tmp_path, entries | {("T1.docs", TEXT_COLUMNS[0]): "ledger"}, language="en")
    assert values(contents) == {
        ("T1.spent", JUNE): 600.0,
        ("T1.docs", JUNE): 1.0,
        ("I1.day", JUNE): DAY.toordinal(),
    }
    assert codes(contents) == []
    assert contents.texts["3101", "T1.docs"] == ("ledger", "", "")


def test_an_english_month_that_was_retyped_is_refused(tmp_path: Path) -> None:
    def retyped(book: Workbook) -> None:
        assert book["Report"]["J6"].value == "Jun 2022"
        book["Report"]["J6"] = "May 2022"

    contents = sent(tmp_path, {("I1.news", JUNE): 3.0}, retyped, language="en")
    assert "form-other-month" in codes(contents)


def test_nothing_of_an_english_form_is_thai_but_the_letters_own_words(tmp_path: Path) -> None:
    write_form(TABLES, TABLES.unit["3101"], tmp_path / MINE, language="en", scored_from=TABLES.round.start)
    book = open_book(tmp_path / MINE)
    measures, nodes = TABLES.measures.values(), TABLES.nodes
    own = {name for each in measures for name in (each.label, each.counting_unit)} | {n.name for n in nodes}
    own |= {unit.name for unit in TABLES.units} | {TABLES.round.owner, TABLES.round.unit_noun}
    for name in ("Report", "Levels"):
        for cell in (cell for row in book[name] for cell in row if isinstance(cell.value, str)):
            if cell.data_type == "f":
                continue
            left = cell.value
            for word in sorted(own, key=len, reverse=True):
                left = left.replace(word, "") if word else left
            assert not any("ก" <= letter <= "๙" for letter in left), (cell.coordinate, cell.value)
            assert "256" not in left or "2565-0" in left, "one era"
    for rule in book["Report"].data_validations.dataValidation:
        said = f"{rule.prompt}{rule.error}{rule.errorTitle}"
        assert not any("ก" <= letter <= "๙" for letter in said.replace("บาท", "").replace("ข่าว", "")), said


def test_headings_and_sheets_are_named_in_both_languages() -> None:
    assert [heading(name, "th") for name in TEXT_COLUMNS] == [*TEXT_COLUMNS]
    assert [heading(name, "en") for name in TEXT_COLUMNS] == ["Evidence", "Problems", "Remarks"]
    assert (sheet_name("th"), sheet_name("en")) == (FORM, "Report")
