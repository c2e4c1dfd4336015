"""The changes between two level-table workbooks: each with its cells, and nothing for what only looks
otherwise.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tablebook import write
from weighing import BOOK, NODES
from workspace import BURIRAM, NEWEST, SAMPLES, edit_table, open_book

from kpibatch.months.compare.words import rule_text
from kpibatch.rules.paper.changes import ANY, Change, table_changes
from kpibatch.rules.reader import read_levels


def compared(a: Path, b: Path) -> tuple[Change, ...]:
    return table_changes(read_levels(a)[0], a, read_levels(b)[0], b)


def changes(folder: Path, edit: Callable[[Path], object]) -> tuple[Change, ...]:
    """What an edit of the default tables changes."""
    source = SAMPLES / BURIRAM / "level_tables.xlsx"
    shutil.copy(source, folder)
    edit(folder)
    return compared(source, folder / "level_tables.xlsx")


def rows(folder: Path, sheet: str, edit: Callable[[Worksheet], object]) -> None:
    """Edit a sheet as a whole."""
    book = open_book(folder / "level_tables.xlsx")
    edit(book[sheet])
    book.save(folder / "level_tables.xlsx")


@pytest.mark.parametrize("sample", sorted(NEWEST))
def test_a_workbook_does_not_differ_from_itself(sample: str) -> None:
    path = SAMPLES / sample / "level_tables.xlsx"
    assert compared(path, path) == ()


Edit = tuple[str, dict[str, object], str, object, str]  # sheet, key, column, content; what is told
EDITS: list[Edit] = [
    ("กฎตรวจ", {"ซ้าย": "T4.has_default"}, "ความรุนแรง", "ผิด", "T4.has_default ความรุนแรง"),
    ("กฎตรวจ", {"ซ้าย": "ยอดสะสมลดลง"}, "ใช้", "ไม่ใช่", "ยอดสะสมลดลง ใช้"),
    ("รอบประเมิน", {"รายการ": "เจ้าของ"}, "ค่า", "จังหวัด", "เจ้าของ ค่า"),
    ("รอบประเมิน", {"รายการ": "คะแนนต่ำกว่าระดับ 1"}, "ค่า", 1, "คะแนนต่ำกว่าระดับ 1 ค่า"),
    ("ผลประเมิน", {"ผล": "ดี"}, "ตั้งแต่ร้อยละ", 72, "ดี ตั้งแต่ร้อยละ"),
    ("ปฏิทิน", {"เดือน": "2565-06"}, "กำหนดส่ง", "8 ก.ค. 2565", "2565-06 กำหนดส่ง"),
    ("หน่วย", {"รหัส": "3101"}, "ชื่อ", "เมือง", "3101 ชื่อ"),
    ("หน่วย", {"รหัส": "3101"}, "กลุ่ม", "ใหญ่", "3101 กลุ่ม"),
    ("ตัวชี้วัด", {"รหัส": "T1"}, "น้ำหนัก", 20, "T1 น้ำหนัก"),
    ("ตัวชี้วัด", {"รหัส": "T1"}, "ใช้กับ", "ยกเว้น 3101", "T1 ใช้กับ"),
    ("ตัวชี้วัด", {"รหัส": "T2"}, "วิธีให้คะแนน", "ค่าต่อเนื่อง", "T2 วิธีให้คะแนน"),
    ("รายการข้อมูล", {"รหัส": "I6.events"}, "สรุปรายเดือน", "สูงสุด", "I6.events สรุปรายเดือน"),
    ("รายการข้อมูล", {"รหัส": "T1.pct"}, "เมื่อตัวหารเป็นศูนย์", "ผ่าน", "T1.pct เมื่อตัวหารเป็นศูนย์"),
    ("รายการข้อมูล", {"รหัส": "T6.pr_days"}, "สูงสุด", 5, "T6.pr_days สูงสุด"),
    ("ระดับ", {"ตัวชี้วัด": "T1", "รายการข้อมูล": "T1.pct"}, "ระดับ 3", "≥ 91", "T1 T1.pct ระดับ 3"),
    ("ระดับ", {"ตัวชี้วัด": "T5", "เงื่อนไขกรณี": "≤ 4"}, "ระดับ 2", "≥ 5", "T5 staff T5.news ≤ 4 ระดับ 2"),
    ("ค่าตั้งต้น", {"รหัสหน่วย": "3101"}, "T1.allocated", 2_000_000, "3101 T1.allocated"),
]
ANOTHER_CASE: Edit = (
    "ระดับ",
    {"ตัวชี้วัด": "T5", "เงื่อนไขกรณี": "≤ 4"},
    "เงื่อนไขกรณี",
    "≤ 3",
    "T5 staff T5.news เงื่อนไขกรณี",
)


@pytest.mark.slow
@pytest.mark.parametrize("edits", [EDITS, [ANOTHER_CASE]], ids=["one a row", "another case"])
def test_an_edited_cell_is_one_change_with_its_cells(edits: list[Edit], tmp_path: Path) -> None:
    def edit(folder: Path) -> None:
        for sheet, key, column, content, _ in edits:
            edit_table(folder, sheet, key, column, content)

    found = changes(tmp_path, edit)
    told = {(change.sheet, " ".join((*change.key, change.column))): change for change in found}
    assert (len(found), {*told}) == (len(edits), {(sheet, expected) for sheet, *_, expected in edits})
    book = open_book(tmp_path / "level_tables.xlsx")
    for sheet, _, _, content, expected in edits:
        change = told[sheet, expected]
        assert change.after == str(content)
        assert {book[place.sheet][place.cell].value for place in change.places} == {content}


@pytest.mark.slow
def test_a_condition_worded_otherwise_says_that_it_means_the_same(tmp_path: Path) -> None:
    key = {"ตัวชี้วัด": "T1", "รายการข้อมูล": "T1.pct"}
    [change] = changes(tmp_path, lambda folder: edit_table(folder, "ระดับ", key, "ระดับ 3", "ไม่น้อยกว่าร้อยละ ๙๐"))
    assert change.same_meaning
    assert rule_text(change, "th").endswith("≥ 90 → ไม่น้อยกว่าร้อยละ ๙๐   (เขียนต่างกัน ความหมายเดิม)")
    assert rule_text(change, "en").endswith("(worded otherwise, the same meaning)")
    [change] = changes(tmp_path, lambda folder: edit_table(folder, "ระดับ", key, "ระดับ 3", "ไม่น้อยกว่าร้อยละ ๙๑"))
    assert not change.same_meaning
    assert rule_text(change, "th").endswith("   (อ่านว่า ≥ 90 → ≥ 91)")


@pytest.mark.slow
def test_thai_digits_and_other_order_are_no_change(tmp_path: Path) -> None:
    def edit(folder: Path) -> None:
        edit_table(folder, "ตัวชี้วัด", {"รหัส": "T1"}, "น้ำหนัก", "๑๕")
        rows(folder, "หน่วย", lambda sheet: sheet.move_range("A3:J3", rows=sheet.max_row))
        rows(folder, "ระดับ", lambda sheet: sheet.insert_rows(4))

    assert changes(tmp_path, edit) == ()


@pytest.mark.slow
def test_rows_that_came_and_went_are_told_whole(tmp_path: Path) -> None:
    def edit(folder: Path) -> None:
        edit_table(folder, "หน่วย", {"รหัส": "3123"}, "รหัส", "3199")
        rows(folder, "ค่าตั้งต้น", lambda sheet: sheet.delete_rows(2 + 23))

    added, removed, baselines = changes(tmp_path, edit)
    assert (added.sheet, added.key, added.column, added.before) == ("หน่วย", ("3199",), "", "")
    assert added.after.startswith("3199 | เฉลิมพระเกียรติ")
    assert (removed.key, removed.after) == (("3123",), "")
    assert (baselines.sheet, baselines.key, baselines.after) == ("ค่าตั้งต้น", ("3123",), "")
    assert rule_text(added, "th").startswith("เพิ่ม 3199: 3199 | เฉลิมพระเกียรติ")
    assert rule_text(removed, "en").startswith("Removed 3123: 3123 | เฉลิมพระเกียรติ")


@pytest.mark.slow
def test_cases_in_another_order_are_a_change(tmp_path: Path) -> None:
    def swap(sheet: Worksheet) -> None:
        first, second = (row for row in sheet.iter_rows(min_row=16, max_row=17))
        for one, other in zip(first, second, strict=True):
            one.value, other.value = other.value, one.value

    [change] = changes(tmp_path, lambda folder: rows(folder, "ระดับ", swap))
    assert (change.key, change.before, change.after) == (("T5",), "≤ 2, ≤ 4, > 4", "≤ 4, ≤ 2, > 4")


def test_a_first_band_that_only_bounds_the_other_side_reads_as_any_result(tmp_path: Path) -> None:
    [change] = changes(tmp_path, lambda folder: edit_table(folder, "ระดับ", {"ตัวชี้วัด": "T2"}, "ระดับ 1", "≤ 80"))
    assert rule_text(change, "th") == "T2 T2.pct ระดับ 1: > 75 → ≤ 80   (อ่านว่า > 75 → ได้เท่าใดก็ตาม)"


@pytest.mark.slow
def test_a_cell_read_otherwise_because_of_its_row_is_a_change(tmp_path: Path) -> None:
    """The same ``≤ 80`` is a bound of its own in a row that runs downward."""
    source, key = tmp_path / "old", {"ตัวชี้วัด": "T2"}
    for name, others in (
        ("old", ("> 80", "> 85", "> 90", "> 95")),
        ("new", ("≤ 70", "≤ 60", "≤ 50", "≤ 40")),
    ):
        (tmp_path / name).mkdir()
        shutil.copy(SAMPLES / BURIRAM / "level_tables.xlsx", tmp_path / name)
        for level, content in enumerate(("≤ 80", *others), 1):
            edit_table(tmp_path / name, "ระดับ", key, f"ระดับ {level}", content)
    found = compared(source / "level_tables.xlsx", tmp_path / "new" / "level_tables.xlsx")
    assert (found[0].before, found[0].after, found[0].read_before, found[0].read_after) == (
        "≤ 80",
        "≤ 80",
        ANY,
        "≤ 80",
    )
    assert len(found) == 5


def test_rows_of_a_node_for_other_units_are_compared_each_with_its_own(tmp_path: Path) -> None:
    heavier = NODES.replace("40    |            | เฉพาะ", "45    |            | เฉพาะ")
    paths = [
        write(tmp_path / f"{at}.xlsx", BOOK | {"ตัวชี้วัด": sheet}, {})
        for at, sheet in enumerate((NODES, heavier))
    ]
    [change] = compared(*paths)
    assert (change.key, change.column) == (("T1", "เฉพาะ 3103, 3104"), "น้ำหนัก")
    assert (change.before, change.after) == ("40", "45")
