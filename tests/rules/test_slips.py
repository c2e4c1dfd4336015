"""What can be read and is rarely meant is told, each beside a near miss that is sound."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hostile_books import part, with_parts
from openpyxl.worksheet.dimensions import ColumnDimension, RowDimension
from tablebook import SHEETS, read, write

from kpibatch.base.findings import Finding
from kpibatch.rules.lint.check import lint
from kpibatch.rules.reader import read_levels

RULES = SHEETS["ระดับ"]
MEASURES = SHEETS["รายการข้อมูล"]
NODES = SHEETS["ตัวชี้วัด"]
PCT = "T1    |        |           | T1.pct    | ≥ 60  | ≥ 70  | ≥ 80  | ≥ 90  | ≥ 100"
NEWS = "I1    | staff  | ≤ 2       | I1.news   | ≥ 1   | ≥ 2   | ≥ 3   | ≥ 4   | ≥ 5"


def told(cells: dict[str, object] | None = None, **sheets: str) -> set[tuple[str, str]]:
    """What is found that the sound tables lack, but for notes: code and cell."""
    tables, found = read(cells, **sheets)
    if not any(fault.severity == "error" for fault in found):
        found = [*found, *lint(tables)]
    return {(fault.code, fault.place.cell) for fault in found if fault.code not in USUAL}


USUAL = {fault.code for fault in lint(read()[0])}


def rules(old: str, new: str) -> dict[str, str]:
    assert old in RULES
    return {"ระดับ": RULES.replace(old, new)}


def row(*levels: str, remark: str = "") -> dict[str, str]:
    """The row of T1.pct with other levels."""
    return rules(PCT, "T1 | | | T1.pct | " + " | ".join((*levels, remark)))


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("< 60", "lint-other-way"),
        ("น้อยกว่าร้อยละ 60", "lint-other-way"),
        ("ไม่เกินร้อยละ 60", "lint-other-way"),
        ("≥ 0", ""),
        ("≥ 60", ""),
    ],
)
def test_a_first_level_that_points_the_other_way(first: str, code: str) -> None:
    assert told(**row(first, "≥ 70", "≥ 80", "≥ 90", "≥ 100")) == ({(code, "E2")} if code else set())


def test_before_a_band_it_means_any_result_and_is_noted() -> None:
    assert told(**row("≤ 60", "61 - 70", "71 - 80", "81 - 90", "> 90")) == {("lint-any-result", "E2")}


def test_a_falling_row_that_begins_upward() -> None:
    assert told(**row("≥ 35", "≤ 30", "≤ 25", "≤ 20", "≤ 15")) == {("lint-other-way", "E2")}
    assert ("lint-other-way", "E2") not in told(**row("≤ 35", "≤ 30", "≤ 25", "≤ 20", "≤ 15"))


def test_one_cell_more_than_among_such_that_say_at_least() -> None:
    assert told(**row("≥ 60", "≥ 70", "> 80", "≥ 90", "≥ 100")) == {("lint-one-strict", "G2")}
    assert told(**row("≥ 60", "≥ 70", "> 80", "≥ 90", "≥ 100", remark="เกิน 80 ตามหนังสือ")) == set()
    assert told(**row("≥ 60", "≥ 70", "≥ 80", "≥ 90", "> 90")) == set()
    assert told(**row("> 60", "> 70", "> 80", "> 90", "> 95")) == set()


def test_a_row_of_even_steps_whose_first_cell_is_blank() -> None:
    assert told(**row("", "≥ 70", "≥ 80", "≥ 90", "≥ 100")) == {("lint-first-blank", "E2")}
    assert told(**row("", "≥ 70", "≥ 80", "≥ 90", "≥ 100", remark="หนังสือไม่ถามระดับ 1")) == set()
    assert told(**row("", "≥ 70", "≥ 80", "≥ 85", "≥ 100")) == set()
    assert told(**row("", "≥ 25", "≥ 50", "≥ 75", "≥ 100")) == set()


def test_a_row_that_asks_yes_and_no() -> None:
    cell = "T1.docs   | ใช่    | ใช่    | ใช่    | ใช่    | ใช่"
    assert told(**rules(cell, "T1.docs | ใช่ | ใช่ | ไม่ใช่ | ใช่ | ใช่")) == {("lint-yes-and-no", "G3")}
    noes = "T1.docs | ไม่ใช่ | ไม่ใช่ | ไม่ใช่ | ไม่ใช่ | ไม่ใช่"
    assert told(**rules(cell, noes)) == {("lint-asks-no", "E3")}
    assert told(**rules(cell, f"{noes} | ต้องไม่มีข้อทักท้วง")) == set()


def test_one_cell_alone_that_says_at_most() -> None:
    more = f"{MEASURES}\n        T1.late | วันที่ใช้ | วัน | จำนวน | กรอก | ล่าสุด"
    few = more.replace("วันที่ใช้", "งานค้าง")
    alone = f"{RULES}\n        T1 | | | T1.late | | | ≤ 3 | |"
    assert ("lint-alone-downward", "G7") in told(ระดับ=alone, รายการข้อมูล=more)
    for near in ({"รายการข้อมูล": few}, {"รายการข้อมูล": more, "ระดับ": alone.replace("≤", "≥")}):
        assert "lint-alone-downward" not in {code for code, _ in told(**{"ระดับ": alone} | near)}


@pytest.mark.parametrize(
    ("day", "remark", "code"),
    [
        ("ภายใน 10 ก.ย. 2564", "", "lint-day-outside"),
        ("ภายใน 10 ก.ย. 2564", "นับวันสุดท้ายด้วย", "lint-day-outside"),
        ("ภายใน 10 ก.ย. 2564", "ปี 2564 ตามหนังสือ", "lint-day-explained"),
        ("ภายใน 31 มี.ค. 2565", "นับวันสุดท้ายด้วย", "lint-day-outside"),
        ("ภายใน 1 เม.ย. 2565", "", ""),
        ("ภายใน 30 ก.ย. 2565", "", ""),
        ("ภายใน 1 ต.ค. 2565", "", "lint-day-outside"),
    ],
)
def test_a_deadline_outside_the_round_until_the_remark_names_its_year(
    day: str, remark: str, code: str
) -> None:
    found = told(**rules("ภายใน 10 ก.ย. 2565", f"{day} | {remark}"))
    assert found == ({(code, "I6")} if code else set())


def test_growth_and_reduction_fit_the_words() -> None:
    def growth(source: str, label: str, first: str) -> set[tuple[str, str]]:
        of = f"        T1.up | {label} | ร้อยละ | ร้อยละ | {source} | | T1.spent | T1.budget | ไม่ผ่าน"
        asked = f"        T1 | | | T1.up | {first} | | | |"
        return {code for code, _ in told(ระดับ=f"{RULES}\n{asked}", รายการข้อมูล=f"{MEASURES}\n{of}")}

    assert growth("เพิ่มขึ้น", "รายได้", "ลดลงร้อยละ 5") == {"lint-growth-word"}
    assert growth("ลดลง", "รายได้", "เพิ่มขึ้นร้อยละ 5") == {"lint-growth-word"}
    assert growth("เพิ่มขึ้น", "หนี้ที่ลดลง", "≥ 5") == {"lint-growth-name"}
    assert growth("ลดลง", "หนี้ที่ลดลง", "ลดลงร้อยละ 5") == set()


def test_a_count_beyond_every_base() -> None:
    spent = "T1.spent | ≥ 500 | ≥ 1000 | ≥ 2000 | ≥ 2500 | ≥ {}"
    assert told(ระดับ=f"{RULES}\n        T1 | | | {spent.format(3001)}") == {("lint-beyond-bases", "I7")}
    assert told(ระดับ=f"{RULES}\n        T1 | | | {spent.format(3000)}") == set()


def test_cases_that_hang_on_another_measure_than_their_neighbours() -> None:
    odd = NEWS.replace("staff ", "T1.spent")
    assert "lint-case-measure" in {code for code, _ in told(**rules(NEWS, odd))}
    assert told() == set()


@pytest.mark.parametrize(("case", "hole"), [("= 2", True), ("1 - 2", True), ("≤ 2", False)])
def test_a_case_with_a_hole_below_it(case: str, hole: bool) -> None:
    three = RULES.replace(NEWS, NEWS.replace("≤ 2", case)).replace("> 2 ", "≤ 4")
    three += "\n        I1 | staff | > 4 | I1.news | ≥ 3 | ≥ 6 | ≥ 9 | ≥ 12 | ≥ 15"
    assert ("lint-case-hole" in {code for code, _ in told(ระดับ=three)}) == hole


# --- measures, nodes, units, the round --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("T1.budget\n", "staff\n", "lint-limit-unit"),
        ("T1.budget | ไม่ผ่าน", "T1.budget | ไม่ผ่าน | | | ", ""),
        ("T1.spent | T1.budget | ไม่ผ่าน", "T1.budget | T1.spent | ไม่ผ่าน", "lint-swapped"),
        ("| หลักฐาน   |", "| เบิกจ่าย   |", "lint-same-label"),
    ],
)
def test_a_measure_whose_parts_do_not_fit(old: str, new: str, code: str) -> None:
    assert old in MEASURES
    found = {each for each, _ in told(รายการข้อมูล=MEASURES.replace(old, new, 1))}
    assert (code in found) if code else not found


def test_a_limit_of_another_kpi() -> None:
    other = f"{MEASURES}\n        I1.all | ทั้งหมด | บาท | จำนวน | กรอก | ล่าสุด"
    asked = f"{RULES}\n        I1 | | | I1.all | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5"
    far = other.replace("| 0 |  | T1.budget", "| 0 |  | I1.all").replace("บาท | จำนวน |", "บาท | จำนวนเงิน |")
    assert told(ระดับ=asked, รายการข้อมูล=far) == {("lint-limit-far", "A4")}


def test_what_is_timely_is_a_percent() -> None:
    day = "I1.day    | วันรายงาน |        | วันที่     | กรอก   | ล่าสุด"
    timely = "I1.day | ทันกำหนด | ครั้ง | จำนวน | ส่งทันกำหนด |"
    asked = RULES.replace("ภายใน 10 ก.ย. 2565", "≥ 90")
    found = told(ระดับ=asked, รายการข้อมูล=MEASURES.replace(day, timely))
    assert "lint-on-time-kind" in {code for code, _ in found}
    percent = timely.replace("ครั้ง | จำนวน", "ร้อยละ | ร้อยละ")
    assert told(ระดับ=asked, รายการข้อมูล=MEASURES.replace(day, percent)) == set()


def test_a_fixed_divisor_of_zero() -> None:
    assert told({"ค่าตั้งต้น!C3": 0}) == {("lint-zero-base", "C3")}
    assert told({"ค่าตั้งต้น!C3": 1}) == set()


def test_a_node_alone_under_another_weighs_all_of_it() -> None:
    assert told({"ตัวชี้วัด!D4": 61}) == {("lint-sole-child", "A4")}
    assert told({"ตัวชี้วัด!D4": 100}) == set()


def test_a_code_that_begins_like_another_stands_under_it() -> None:
    nodes = NODES.replace("T1  | T ", "I.1 | T ")
    assert told(ตัวชี้วัด=nodes, ระดับ=RULES.replace("T1    |", "I.1   |")) == {("lint-code-elsewhere", "A4")}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"รอบประเมิน!B3": "2564"}, "lint-fiscal-year"),
        ({"รอบประเมิน!B3": "2565"}, ""),
        ({"ผลประเมิน!B3": "ดีเด่น"}, "lint-rating-word"),
        ({"หน่วย!D3": "3101@cdd.example"}, "lint-same-mail"),
        ({"หน่วย!D3": "3101@CDD.example"}, "lint-same-mail"),
    ],
)
def test_the_round_the_ratings_and_the_units(cells: dict[str, object], code: str) -> None:
    found = {each for each, _ in told(cells)}
    assert found == ({code} if code else set())


def test_a_round_that_begins_or_ends_within_a_month() -> None:
    usual = SHEETS["รอบประเมิน"]
    assert told(รอบประเมิน=usual.replace("1 เม.ย. 2565", "2 เม.ย. 2565")) == {("lint-round-part", "")}
    assert told(รอบประเมิน=usual.replace("30 ก.ย. 2565", "29 ก.ย. 2565")) == {("lint-round-part", "")}


def test_values_under_no_heading(tmp_path: Path) -> None:
    assert ("table-heading-blank", "I2") in told({"ระดับ!I1": None})
    assert told({"หน่วย!F3": "โทร"}) == {("table-heading-blank", "F3")}


# --- what nobody sees in the cells --------------------------------------------------------------------------


def computed(*cells: str) -> list[Finding]:
    """What the reader finds where numbers in cells of ระดับ are the results of formulas."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "level_tables.xlsx", {}, {f"ระดับ!{cell}": 100 for cell in cells})
        raw, wanted = path.read_bytes(), "|".join(cells).encode()
        sheets = (name for name in zipfile.ZipFile(path).namelist() if "worksheets/" in name and cells)
        for name in sheets:
            xml = re.sub(rb'(<c r="(?:%s)"[^>]*>)(<v>100<)' % wanted, rb"\1<f>50+50</f>\2", part(raw, name))
            raw = with_parts(raw, {name: xml})
        path.write_bytes(raw)
        return [fault for fault in read_levels(path)[1] if fault.code == "table-formula"]


def test_a_formula_is_noted_once_a_column_with_its_result() -> None:
    assert computed() == []
    (one,) = computed("I2")
    assert (one.severity, one.place.sheet, one.place.cell, one.found) == ("note", "ระดับ", "I2", "100")
    several = computed("I2", "I4", "H2")
    assert [(each.place.cell, dict(each.facts)["cells"]) for each in several] == [
        ("H2", "H2"),
        ("I2", "I2, I4"),
    ]


def unseen(hide: Callable[[Any], None]) -> list[tuple[str, str, str, str]]:
    return [
        (each.code, f"{each.place.sheet}!{each.place.cell}", each.found, each.severity)
        for each in read(spoil=hide)[1]
    ]


def test_a_hidden_row_of_units_is_noted() -> None:
    def hide(*rows: int) -> Callable[[Any], None]:
        def spoil(book: Any) -> None:
            sheet = book["หน่วย"]
            for row in rows:
                sheet.row_dimensions[row] = RowDimension(sheet, row, hidden=True)

        return spoil

    assert unseen(hide(3)) == [("table-hidden-rows", "หน่วย!A3", "3102", "note")]
    assert unseen(hide(2, 4)) == [("table-hidden-rows", "หน่วย!A2", "3101, 3103", "note")]
    assert unseen(hide(5)) == []  # a blank one
    assert unseen(hide(1)) == []  # the headings


def test_hidden_columns_and_sheets_are_noted() -> None:
    def column(letter: str) -> Callable[[Any], None]:
        def spoil(book: Any) -> None:
            sheet = book["หน่วย"]
            sheet.column_dimensions[letter] = ColumnDimension(sheet, letter, hidden=True)

        return spoil

    assert unseen(column("D")) == [("table-hidden-columns", "หน่วย!D1", "อีเมล", "note")]
    assert unseen(column("E")) == []  # nothing stands in it
    assert unseen(column("K")) == []
    hidden = unseen(lambda book: setattr(book["หน่วย"], "sheet_state", "hidden"))
    assert hidden == [("table-hidden-sheet", "หน่วย!", "หน่วย", "note")]
