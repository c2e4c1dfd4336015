"""``levels check``: every fault it knows, one slip in a small workbook each, at the cell where it stands;
what only looks like

one is let through. And what the operator sees: all faults at once, exit code 2, no traceback.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tablebook import SHEETS, checking, percents, write
from workspace import BURIRAM, CHACHOENGSAO, NEWEST, RAYONG, ROOT, SAMPLES, copy_sample, edit_table, kpibatch

from kpibatch.base.catalogue import severity_of, texts
from kpibatch.base.findings import Finding
from kpibatch.rules.lint.check import check_levels
from kpibatch.rules.schema import EXPORTS

IN_MID_ROUND = ("lint-rules-later", "lint-since-", "table-since-")  # tried in test_periods.py
OF_POINTS = (  # tried in test_points.py
    *("lint-cap-", "lint-deducts-", "lint-method-", "lint-own-", "lint-proportional", "lint-standard-"),
    "table-deducts-",
    "table-own-",  # tried in test_own_kpis.py, as is lint-own-none
)
CODES = {
    code
    for code in texts("finding")
    if code.startswith(("lint-", "table-")) and not code.startswith((*IN_MID_ROUND, *OF_POINTS))
}


def check(
    cells: Mapping[str, Any] | None = None, spoil: Callable[[Any], None] | None = None, **sheets: str
) -> list[Finding]:
    """Everything that ``levels check`` says about the workbook."""
    with TemporaryDirectory() as folder:
        return check_levels(write(Path(folder) / "level_tables.xlsx", sheets, cells or {}, spoil))[1]


def at(one: Finding) -> str:
    return f"{one.place.sheet}!{one.place.cell}".rstrip("!")


def levels(row: int, *texts: Any) -> dict[str, Any]:
    """The cells of a row of ระดับ, from ระดับ 1 on."""
    return {f"ระดับ!{column}{row}": text for column, text in zip("EFGHI", texts, strict=False)}


def cells_of(sheet: str, row: int, *texts: Any) -> dict[str, Any]:
    """The cells of a row of any sheet, from column A on."""
    return {f"{sheet}!{column}{row}": text for column, text in zip("ABCDEFGHI", texts, strict=False)}


def row_of(code: str, scope: str, weight: float) -> dict[str, Any]:
    """A further row of a node, for other units."""
    return {"ตัวชี้วัด!A6": code, "ตัวชี้วัด!D6": weight, "ตัวชี้วัด!F6": scope}


NO_TARGET = "เมื่อไม่มีกลุ่มเป้าหมาย"
# a fixed measure from which a weight may be taken
WEIGHTS = cells_of("รายการข้อมูล", 9, "I1.w", "น้ำหนัก", None, "จำนวน", "ค่าตั้งต้น") | {
    **{"ค่าตั้งต้น!D1": "น้ำหนัก", "ค่าตั้งต้น!D2": "I1.w"},
    **{f"ค่าตั้งต้น!D{row}": 40 for row in (3, 4, 5)},
}


def beside(weight: float) -> dict[str, Any]:
    """A KPI of that weight beside T1, which takes the rest of 100."""
    added = cells_of("ตัวชี้วัด", 6, "T2", "T", "ใหม่", weight, None, None, None, None, "ข้อ 1.2")
    return {"ตัวชี้วัด!D4": 100 - weight} | added | cells_of("ระดับ", 7, "T2", *ALWAYS)


def share_of(kind: str) -> dict[str, Any]:
    """A measure of that kind, computed as a percent."""
    return cells_of("รายการข้อมูล", 9, "X", "ใหม่", "บาท", kind, "ร้อยละ", None, "T1.spent", "T1.budget", "ไม่ผ่าน")


def heading_only(*sheets: str) -> dict[str, str]:
    return {sheet: SHEETS[sheet].strip().splitlines()[0] for sheet in sheets}


def export(*rows: str) -> dict[str, str]:
    """A sheet แหล่งข้อมูล: its first row states the file, those below it belong to the same."""
    first = "GFMIS | gfmis.xlsx | | หน่วย | "
    lines = [first + rows[0], *(f"GFMIS | | | | {row}" for row in rows[1:])]
    return {"แหล่งข้อมูล": "\n".join([" | ".join(EXPORTS.columns), *lines])}


def rename(sheet: str, name: str) -> Callable[[Any], None]:
    return lambda book: setattr(book[sheet], "title", name)


def merge(sheet: str, cells: str) -> Callable[[Any], None]:
    return lambda book: book[sheet].merge_cells(cells)


def drop_column(sheet: str, first: int, count: int = 1) -> Callable[[Any], None]:
    return lambda book: book[sheet].delete_cols(first, count)


def also(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def counting(level_5: str) -> dict[str, Any]:
    """T1 asks how many of three answers are yes."""
    three = "T1.docs, I1.news, I1.day"
    kinds = {"รายการข้อมูล!D7": "ใช่/ไม่ใช่", "รายการข้อมูล!H5": None, "รายการข้อมูล!I5": None}
    rest = {f"ระดับ!{column}{row}": None for column in "ABCDEFGHI" for row in (4, 5)}
    asked = levels(2, "≥ 0", "≥ 1", "≥ 2", "> 2", level_5)
    return {"รายการข้อมูล!E5": "นับข้อ", "รายการข้อมูล!G5": three} | kinds | rest | asked


HOLIDAYS = {"วันหยุด": "วันที่ | ชื่อ\n31 มี.ค. 2565 | วันหยุด"}
PROCESS = {
    "ปฏิทิน": """
        เดือน    | กำหนดส่ง      | งาน       | ผู้รับผิดชอบ | เตือนก่อน (วัน)
        2565-04 | 5 พ.ค. 2565
        2565-05 | 5 มิ.ย. 2565
        2565-06 | 5 ก.ค. 2565
                | 1 เม.ย. 2565 | ทำข้อตกลง  | อำเภอ     | 7
                | 15 ก.ค. 2565 | ประเมินผล
    """
}
WORKDAYS = {
    **{"ระดับ!D6": "I1.days", "ระดับ!I6": "≤ 10"},
    **{
        f"รายการข้อมูล!{column}9": text
        for column, text in zip("ABCDE", ("I1.days", "ใช้เวลา", "วันทำการ", "จำนวน", "วันทำการ"), strict=True)
    },
    **{"รายการข้อมูล!G9": "I1.day", "รายการข้อมูล!H9": "I1.start"},
    **{
        f"รายการข้อมูล!{column}10": text
        for column, text in zip("ABDE", ("I1.start", "รับเรื่อง", "วันที่", "กรอก"), strict=True)
    },
}


def grouped(**rows: Iterable[int]) -> dict[str, Any]:
    """กลุ่มเงื่อนไข: the rows of ระดับ in each group."""
    names = {f"ระดับ!K{row}": name for name, numbers in rows.items() for row in numbers}
    return {"ระดับ!K1": "กลุ่มเงื่อนไข"} | names


TILES = {"หน่วย!F1": "แถว", "หน่วย!G1": "คอลัมน์"} | {
    f"หน่วย!{column}{row}": place
    for row, tile in enumerate(((1, 1), (1, 2), (2, 2)), 2)
    for column, place in zip("FG", tile, strict=True)
}


def of_units(whose: str, *names: str) -> dict[str, Any]:
    """The cases of I1 by who the unit is."""
    cells = {f"ระดับ!B{row}": whose for row in (4, 5)}
    return cells | {f"ระดับ!C{row}": listed for row, listed in enumerate(names, 4)}


SUMMED = cells_of("รายการข้อมูล", 9, "X", "รวม", "ข่าว", "จำนวน", "ผลรวม", None, "I1.news")
AS_PRINTED = ("< 50", "< 60", "60", "70", "> 70")
ALWAYS = (None, None, "T1.docs", *["ใช่"] * 5)
LINEAR = {"ตัวชี้วัด!G4": "ค่าต่อเนื่อง"} | cells_of("ระดับ", 3, *[None] * 9)


@dataclass(frozen=True)
class Slip:
    """One slip in the clean workbook and where ``levels check`` must see it; ``near`` looks alike and is
    none.

    ``also`` are the codes of what else follows from the slip; any other code is noise.
    """

    code: str
    place: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    spoil: Callable[[Any], None] | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, Any] | None = None
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.code}-{self.place}"


SLIPS = (
    # reading the sheets
    Slip("table-sheet-missing", "ปฏิทิน", spoil=rename("ปฏิทิน", "ปฎิทิน"), also=also("table-unknown-sheet")),
    Slip("table-sheet-missing", "หน่วย", spoil=rename("หน่วย", "อำเภอ"), also=also("table-unknown-sheet")),
    Slip("table-column-missing", "ปฏิทิน!A1", {"ปฏิทิน!B1": None}),
    Slip("table-column-renamed", "ตัวชี้วัด!D1", {"ตัวชี้วัด!D1": "น้ำหนัก (ร้อยละ)"}),
    Slip("table-column-renamed", "ระดับ!I1", {"ระดับ!I1": "ระดับที่ 5"}),
    Slip("table-column-renamed", "รายการข้อมูล!D1", {"รายการข้อมูล!D1": "ชนิดข้อ"}),
    Slip("table-column-missing", "ระดับ!A1", spoil=drop_column("ระดับ", 5)),
    Slip("table-column-missing", "ระดับ", spoil=drop_column("ระดับ", 7), near={"ระดับ!I1": None}),
    Slip("table-no-result", "ระดับ!F2", {"ระดับ!F2": "=E2+10"}),
    Slip("table-no-result", "ค่าตั้งต้น!C4", {"ค่าตั้งต้น!C4": "=1000*2"}),
    Slip("table-cell-error", "หน่วย!B3", {"หน่วย!B3": "#REF!"}),
    Slip("table-value", "รายการข้อมูล!D7", {"รายการข้อมูล!D7": "ตัวเลข"}, near={"รายการข้อมูล!D7": " จำนวน "}),
    Slip("table-value", "ตัวชี้วัด!D4", {"ตัวชี้วัด!D4": "หกสิบ"}, near={"ตัวชี้วัด!D4": "๖๐"}),
    Slip("table-value", "ตัวชี้วัด!F5", {"ตัวชี้วัด!F5": "ทุกอำเภอ"}, near={"ตัวชี้วัด!F5": "ยกเว้น กระสัง และ 3101"}),
    Slip("table-value", "ค่าตั้งต้น!B3", {"ค่าตั้งต้น!B3": "2 หรือ 3"}, near={"ค่าตั้งต้น!B3": "2 คน"}),
    Slip("table-value", "รอบประเมิน!B9", {"รอบประเมิน!B9": "ห้าระดับ"}, near={"รอบประเมิน!B9": "1; 2; 3; 4; ๕"}),
    Slip("table-value", "ปฏิทิน!A2", {"ปฏิทิน!A2": "2022-04"}, near={"ปฏิทิน!A2": "เมษายน ๖๕"}),
    Slip("table-value", "รอบประเมิน!B7", {"รอบประเมิน!B7": "4, 5, 6, 15"}, near={"รอบประเมิน!B7": "4, 5, 6, 12"}),
    Slip("table-value", "รอบประเมิน!B7", {"รอบประเมิน!B7": "4, 5.5, 6"}),
    Slip("table-value", "ผลประเมิน!A3", {"ผลประเมิน!A3": None}),
    Slip("table-value", "ผลประเมิน!B3", {"ผลประเมิน!B3": None}),
    Slip("table-value", "หน่วย!B4", {"หน่วย!B4": None}),
    Slip("table-value", "รายการข้อมูล!M4", {"รายการข้อมูล!M4": "มี"}, near={"รายการข้อมูล!M4": "ใช่"}),
    Slip("table-item-missing", "รอบประเมิน!B3", {"รอบประเมิน!B3": None}),
    Slip("table-item-missing", "รอบประเมิน!A1", sheets=heading_only("รอบประเมิน"), also=also("lint-no-reference")),
    Slip("table-item-missing", "รอบประเมิน!B5", {"รอบประเมิน!B5": "ต้นเดือน"}, near={"รอบประเมิน!B5": "๑ เมษายน ๒๕๖๕"},
        also=also("table-value")),
    Slip("table-unknown-item", "รอบประเมิน!A9", {"รอบประเมิน!A9": "คะแนนระดับ"}, near={"รอบประเมิน!A9": " คะแนนของระดับ"}),
    Slip("table-duplicate", "รอบประเมิน!A12", {"รอบประเมิน!A12": "รอบ", "รอบประเมิน!B12": "1"}),
    Slip("table-duplicate", "ปฏิทิน!A5", cells_of("ปฏิทิน", 5, "๒๕๖๕-๐๖", "6 ก.ค. 2565")),
    Slip("table-duplicate", "ค่าตั้งต้น!A6", cells_of("ค่าตั้งต้น", 6, "3101", 3, 4000)),
    Slip("table-duplicate", "หน่วย!A4", {"หน่วย!A4": "๓๑๐๒"}, near={"หน่วย!A4": "๓๑๐๓"}, also=also("table-unknown")),
    Slip("table-duplicate", "รายการข้อมูล!A8", {"รายการข้อมูล!A8": "I1.news"}, also=also("table-unknown")),
    Slip("table-unknown", "ระดับ!D2", {"ระดับ!D2": "T1.pc"}),
    Slip("table-unknown", "รายการข้อมูล!A5", {"รายการข้อมูล!H5": "T1.bugdet"}),
    Slip("table-unknown", "ตัวชี้วัด!A4", {"ตัวชี้วัด!B4": "X"}),
    Slip("table-unknown", "ตัวชี้วัด!F4", {"ตัวชี้วัด!F4": "เฉพาะ บ้านแพง"}, near={"ตัวชี้วัด!F4": "เฉพาะ เมือง, 3102"}),
    Slip("table-unknown", "ค่าตั้งต้น!A5", {"ค่าตั้งต้น!A5": "3109"}, near={"ค่าตั้งต้น!A5": 3103}),
    Slip("table-unknown", "ค่าตั้งต้น!D2", {"ค่าตั้งต้น!D2": "T1.goal"}),
    Slip("table-not-fixed", "ค่าตั้งต้น!D2", {"ค่าตั้งต้น!D2": "T1.spent"}, near={"ค่าตั้งต้น!D2": None}),
    Slip("table-condition", "ระดับ!F2", {"ระดับ!F2": "เกือบ 70"}, near={"ระดับ!F2": "ไม่น้อยกว่าร้อยละ ๗๐"}),
    Slip("table-condition", "ระดับ!C4", {"ระดับ!C4": "น้อย"}, near={"ระดับ!C4": "ไม่เกิน 2"}),
    Slip("table-condition-kind", "ระดับ!F2", {"ระดับ!F2": "ใช่"}),
    Slip("table-condition-kind", "ระดับ!I6", {"ระดับ!I6": "≥ 10"}, near={"ระดับ!I6": "ก่อน 10 ก.ย. 2565"}),
    Slip("table-half-case", "ระดับ!C4", {"ระดับ!C4": None}, near={"ระดับ!B4": None, "ระดับ!C4": None}),
    Slip("table-half-case", "ระดับ!B7", cells_of("ระดับ", 7, "I1", None, "≤ 2", "T1.pct", "≥ 60")),
    Slip("table-mixed", "ระดับ!G2", levels(2, *AS_PRINTED), near=levels(2, "< 50", "50", "60", "70", "> 70")),
    Slip("table-percent-share", "ระดับ!E2", levels(2, 0.6, 0.7, 0.8, 0.9, 2), near=levels(2, 0.6, 0.7, 0.8, 0.9, 2.1)),
    Slip("table-percent-share", "ระดับ!I2", levels(2, None, None, None, None, 1)),
    Slip("table-percent-beside", "ระดับ!E2", levels(2, 60, 70, 80, 90, 100), spoil=percents("ระดับ", E2=0.6)),
    Slip("table-percent", "ระดับ!E4", {"ระดับ!E4": "1%"}, near={"ระดับ!E4": "1"}),
    Slip("table-number-format", "ระดับ!E4", {"ระดับ!E4": time(0, 30)}),
    Slip("table-number-size", "ระดับ!E4", {"ระดับ!E4": 9e-10}, near={"ระดับ!E4": 1e-9}),
    Slip("table-number-size", "ค่าตั้งต้น!C3", {"ค่าตั้งต้น!C3": 1e308}, near={"ค่าตั้งต้น!C3": 1e15}),
    Slip("table-threshold-date", "ระดับ!E4", {"ระดับ!E4": datetime(2022, 1, 5)}, near={"ระดับ!E4": "1-5"}),
    Slip("table-column-twice", "ระดับ!K1", {"ระดับ!K1": "ระดับ 5", "ระดับ!K2": "≥ 50"}),
    Slip("table-unknown-column", "หน่วย!F1", {"หน่วย!F1": "โทรศัพท์"}, near={"ระดับ!K1": "ระดับ 6"}),
    Slip("table-unknown-sheet", "บันทึก", spoil=lambda book: book.create_sheet("บันทึก")),
    Slip("table-merged", "ระดับ!A2", spoil=merge("ระดับ", "A2:A3"), also=also("table-unknown")),
    Slip("table-circular", "รายการข้อมูล!A5", {"รายการข้อมูล!G5": "T1.pct"}),
    Slip("table-circular", "ตัวชี้วัด!A4", {"ตัวชี้วัด!B4": "T1"}),
    Slip("table-parts-missing", "รายการข้อมูล!A5", {"รายการข้อมูล!H5": None}, also=also("lint-unused")),
    Slip("table-parts-idle", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": None}, also=also("lint-unused")),
    Slip("table-parts-idle", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": "ผลรวม", "รายการข้อมูล!I5": None},
        near={"รายการข้อมูล!E5": "ผลรวม", "รายการข้อมูล!H5": None, "รายการข้อมูล!I5": None}),
    # the province's numbers and central systems' exports
    Slip("lint-export-source", "แหล่งข้อมูล!E2", sheets=export("T1.pct | ก | ส่วนกลาง"), near={"แหล่งข้อมูล!E2": "T1.spent"}),
    Slip("lint-export-counts", "แหล่งข้อมูล!E2", sheets=export("T1.spent | ก |"), near={"แหล่งข้อมูล!G2": "หน่วย"}),
    Slip("lint-export-counts", "แหล่งข้อมูล!E2", sheets=export("T1.spent | ก | จังหวัด"), near={"แหล่งข้อมูล!G2": "ส่วนกลาง"}),
    Slip("lint-export-counts", "แหล่งข้อมูล!E2", {"รายการข้อมูล!E4": "จังหวัด"}, sheets=export("T1.spent | ก | หน่วย"),
        near={"รายการข้อมูล!E4": "จังหวัด", "แหล่งข้อมูล!G2": None}),
    Slip("table-unknown", "รายการข้อมูล!N4", {"รายการข้อมูล!N1": "แหล่ง", "รายการข้อมูล!N4": "GFMIS"},
        near={"รายการข้อมูล!N1": "แหล่ง"}),
    Slip("lint-export-twice", "แหล่งข้อมูล!E3", sheets=export("T1.spent | ก | หน่วย", "I1.news | ก | หน่วย"),
        near={"แหล่งข้อมูล!F3": "ข"}),
    Slip("lint-province-evidence", "รายการข้อมูล!A4", {"รายการข้อมูล!E4": "จังหวัด", "รายการข้อมูล!M4": "ใช่"},
        near={"รายการข้อมูล!E4": "จังหวัด"}),
    Slip("lint-evidence-level", "รายการข้อมูล!A4", {"รายการข้อมูล!M4": "ระดับ 3 - 6"},
        near={"รายการข้อมูล!M4": "ระดับ 3 - 5"}),
    Slip("lint-evidence-source", "รายการข้อมูล!A5", {"รายการข้อมูล!M5": "ทุกระดับ"},
        near={"รายการข้อมูล!M4": "ทุกระดับ"}),
    Slip("table-value", "แหล่งข้อมูล!B2", {"แหล่งข้อมูล!B2": "../อื่น/*.xlsx"}, sheets=export("T1.spent | ก | หน่วย"),
        near={"แหล่งข้อมูล!B2": "ย่อย/*.xlsx"}),
    Slip("table-value", "แหล่งข้อมูล!B2", {"แหล่งข้อมูล!B2": "{ปี}.xlsx"}, sheets=export("T1.spent | ก | หน่วย"),
        near={"แหล่งข้อมูล!B2": "{month}.xlsx"}),
    Slip("table-value", "แหล่งข้อมูล!F2", {"แหล่งข้อมูล!F2": None}, sheets=export("T1.spent | ก | หน่วย")),
    Slip("table-unknown", "แหล่งข้อมูล!E2", sheets=export("T1.spend | ก | หน่วย")),
    Slip("table-duplicate", "แหล่งข้อมูล!E3", sheets=export("T1.spent | ก | หน่วย", "T1.spent | ข | หน่วย")),
    # the round, the ratings, the calendar
    Slip("lint-round", "รอบประเมิน", {"รอบประเมิน!B6": "31 มี.ค. 2565"}, near={"รอบประเมิน!B6": "1 เม.ย. 2565"},
        also=also("lint-day-outside", "lint-due-outside")),
    Slip("lint-round-long", "รอบประเมิน", {"รอบประเมิน!B6": "1 เม.ย. 2568"}, near={"รอบประเมิน!B6": "31 มี.ค. 2568"}),
    Slip("lint-no-months", "รอบประเมิน", {"รอบประเมิน!B7": "1, 2"}, near={"รอบประเมิน!B7": None}, also=also("lint-due-outside")),
    Slip("lint-level-scores", "รอบประเมิน", {"รอบประเมิน!B9": "50, 75, 100"}, near={"รอบประเมิน!B9": "0, 25, 50, 75, 100"}),
    Slip("lint-level-scores", "รอบประเมิน", {"รอบประเมิน!B9": "1, 2, 3, 5, 5"}, near={"รอบประเมิน!B9": "1, 2, 3, 4.5, 5"}),
    Slip("lint-level-scores", "รอบประเมิน", {"รอบประเมิน!B9": "-1, 0, 1, 2, 3"}),
    Slip("lint-level-scores", "รอบประเมิน", {"รอบประเมิน!B9": "1, 2, 3, 4, 4.00009"}, near={"รอบประเมิน!B9": "1, 2, 3, 4, 4.0001"}),
    Slip("lint-below-one", "รอบประเมิน", {"รอบประเมิน!B10": "0.5"}, near={"รอบประเมิน!B10": "๑"}),
    Slip("lint-no-reference", "รอบประเมิน", {"รอบประเมิน!B11": None}),
    Slip("lint-no-reference", "ตัวชี้วัด!A5", {"ตัวชี้วัด!I5": None}, near={"ตัวชี้วัด!I3": None}),
    Slip("lint-rating-order", "ผลประเมิน", {"ผลประเมิน!A3": 95}),
    Slip("lint-rating-order", "ผลประเมิน", {"ผลประเมิน!A3": 90}, near={"ผลประเมิน!A2": 0, "ผลประเมิน!A4": 90}),
    Slip("lint-rating-zero", "ผลประเมิน", {"ผลประเมิน!A4": 10}),
    Slip("lint-rating-range", "ผลประเมิน", {"ผลประเมิน!A2": 900}, near={"ผลประเมิน!A2": 100}),
    Slip("lint-no-due", "ปฏิทิน", {"รอบประเมิน!B7": "4, 5, 6, 7"}),
    Slip("lint-due-outside", "ปฏิทิน", {"ปฏิทิน!A5": "2565-07", "ปฏิทิน!B5": "5 ส.ค. 2565"}),
    Slip("lint-due-early", "ปฏิทิน", {"ปฏิทิน!B2": "31 มี.ค. 2565"}, near={"ปฏิทิน!B2": "1 เม.ย. 2565"}),
    Slip("lint-calendar-order", "ปฏิทิน", {"ปฏิทิน!A2": "2565-05", "ปฏิทิน!A3": "2565-04"}),
    Slip("lint-calendar-order", "ปฏิทิน", {"ปฏิทิน!B2": "5 มิ.ย. 2565"}, near={"ปฏิทิน!B2": "4 มิ.ย. 2565"}),
    # the units
    Slip("lint-no-units", "หน่วย", sheets=heading_only("หน่วย", "ค่าตั้งต้น"), also=also("lint-nobody")),
    Slip("lint-long-name", "หน่วย!A3", {"หน่วย!B3": "ก" * 201}, near={"หน่วย!B3": "ก" * 200}),
    Slip("lint-same-name", "หน่วย!A4", {"หน่วย!B4": "เมือง"}, near={"หน่วย!B4": "เมืองใหม่"}),
    Slip("lint-no-mail", "หน่วย!A4", {"หน่วย!D4": None}),
    Slip("lint-bad-mail", "หน่วย!A4", {"หน่วย!D4": "3103(at)cdd.example"}, near={"หน่วย!D4": "a@cdd.example; b@cdd.example"}),
    Slip("lint-bad-mail", "หน่วย!A4", {"หน่วย!E4": "boss@cdd"}, near={"หน่วย!E4": "boss@cdd.example"}),
    Slip("lint-no-tile", "หน่วย!A4", TILES | {"หน่วย!F4": None, "หน่วย!G4": None}, near=dict.fromkeys(TILES)),
    Slip("lint-same-tile", "หน่วย!A4", TILES | {"หน่วย!F4": 1}, near=TILES),
    Slip("table-value", "หน่วย!G4", TILES | {"หน่วย!G4": None}, also=also("lint-no-tile"), near=TILES),
    Slip("table-value", "หน่วย!F4", TILES | {"หน่วย!F4": 0}, also=also("lint-no-tile"), near=TILES | {"หน่วย!F4": 40}),
    Slip("table-value", "หน่วย!F4", TILES | {"หน่วย!F4": 41}, also=also("lint-no-tile"), near=TILES),
    Slip("table-value", "หน่วย!F4", TILES | {"หน่วย!F4": 1.5}, also=also("lint-no-tile"), near=TILES),
    # the scorecard
    Slip("lint-no-nodes", "ตัวชี้วัด", sheets=heading_only("ตัวชี้วัด", "ระดับ"), also=also("lint-unused")),
    Slip("lint-reserved", "ตัวชี้วัด!A3", {"ตัวชี้วัด!A3": "total", "ตัวชี้วัด!B5": "total"}, near={"ตัวชี้วัด!A3": "Total", "ตัวชี้วัด!B5": "Total"}),
    Slip("lint-no-rules", "ตัวชี้วัด!A6", cells_of("ตัวชี้วัด", 6, "I2", "I", "ใหม่", 40, None, None, None, None, "ข้อ 2.2")),
    Slip("lint-inner-rules", "ตัวชี้วัด!A2", {"ระดับ!A2": "T"}, also=also("lint-same-level", "lint-unused")),
    Slip("lint-nobody", "ตัวชี้วัด!A5", {"ตัวชี้วัด!F5": "ยกเว้น 3101, 3102, 3103"}, near={"ตัวชี้วัด!F5": "ยกเว้น 3101, 3102"}),
    Slip("lint-unit-alone", "ตัวชี้วัด", {"ตัวชี้วัด!F2": "ยกเว้น 3101", "ตัวชี้วัด!F3": "ยกเว้น 3101"}, near={"ตัวชี้วัด!F2": "ยกเว้น 3101"}),
    Slip("lint-no-group", "ตัวชี้วัด!A5", {"ตัวชี้วัด!F5": "กลุ่ม เหนือ, ไต้"}, near={"ตัวชี้วัด!F5": "กลุ่ม เหนือ, ใต้"}),
    Slip("lint-no-position", "ตัวชี้วัด!A5", {"ตัวชี้วัด!F5": "ตำแหน่ง อาวุโส, นักวิชาการ", "หน่วย!F1": "ตำแหน่ง", "หน่วย!F2": "อาวุโส"},
        near={"ตัวชี้วัด!F5": "ตำแหน่ง อาวุโส", "หน่วย!F1": "ตำแหน่ง", "หน่วย!F2": "อาวุโส"}),
    Slip("lint-weight", "ตัวชี้วัด!A4", {"ตัวชี้วัด!D4": 0}, near={"ตัวชี้วัด!D4": 0.5}),
    Slip("lint-root-weights", "ตัวชี้วัด!A2", {"ตัวชี้วัด!D2": 55}, near={"ตัวชี้วัด!D2": 40}),
    Slip("lint-root-weights", "ตัวชี้วัด!A2", {"ตัวชี้วัด!D2": 0.6, "ตัวชี้วัด!D3": 0.4},
        near={"ตัวชี้วัด!D2": 0.6, "ตัวชี้วัด!D3": 0.4, "รอบประเมิน!A12": "ผลรวมน้ำหนัก", "รอบประเมิน!B12": 1}),
    Slip("lint-row-idle", "ตัวชี้วัด!A6", row_of("I1", "กลุ่ม เหนือ", 40), near=row_of("I1", "กลุ่ม เหนือ", 40) | {"ตัวชี้วัด!F5": "กลุ่ม ใต้"}),
    Slip("lint-weights-of", "ตัวชี้วัด!A2", row_of("T", "กลุ่ม ใต้", 59) | {"ตัวชี้วัด!F2": "กลุ่ม เหนือ"},
        near=row_of("T", "กลุ่ม ใต้", 60) | {"ตัวชี้วัด!F2": "กลุ่ม เหนือ"}),
    Slip("lint-weight-base", "ค่าตั้งต้น", {"ตัวชี้วัด!D2": "I1.w", "ตัวชี้วัด!D3": 60} | WEIGHTS | {"ค่าตั้งต้น!D5": None},
        near={"ตัวชี้วัด!D2": "I1.w", "ตัวชี้วัด!D3": 60} | WEIGHTS, also=also("lint-weights-of")),
    Slip("lint-weight-base", "ค่าตั้งต้น!D4", {"ตัวชี้วัด!D2": "I1.w", "ตัวชี้วัด!D3": 60} | WEIGHTS | {"ค่าตั้งต้น!D4": 0}, also=also("lint-weights-of")),
    Slip("lint-no-quotient", "ตัวชี้วัด!A5", {"ตัวชี้วัด!J1": NO_TARGET, "ตัวชี้วัด!J5": "ตัดออก"}, near={"ตัวชี้วัด!J1": NO_TARGET, "ตัวชี้วัด!J4": "ตัดออก"}),
    Slip("table-row-differs", "ตัวชี้วัด!C6", row_of("T", "กลุ่ม ใต้", 60) | {"ตัวชี้วัด!F2": "กลุ่ม เหนือ", "ตัวชี้วัด!C6": "งานอื่น"},
        near=row_of("T", "กลุ่ม ใต้", 60) | {"ตัวชี้วัด!F2": "กลุ่ม เหนือ", "ตัวชี้วัด!C6": "งานทีม"}),
    Slip("table-weight-measure", "ตัวชี้วัด!D2", {"ตัวชี้วัด!D2": "I1.news"}),
    Slip("table-weight-unknown", "ตัวชี้วัด!D2", WEIGHTS | {"ตัวชี้วัด!D2": "I1.v"}, also=also("lint-unused")),
    Slip("lint-root-stated", "รอบประเมิน!B12", cells_of("รอบประเมิน", 12, "ผลรวมน้ำหนัก", 110),
        near={"ตัวชี้วัด!D2": 70} | cells_of("รอบประเมิน", 12, "ผลรวมน้ำหนัก", 110)),
    Slip("lint-weight-vanishes", "ตัวชี้วัด!A6", beside(0.0016), near=beside(0.0017), also=also("lint-same-level")),
    Slip("lint-weights", "ตัวชี้วัด!A2", cells_of("ตัวชี้วัด", 6, "T2", "T", "ใหม่", 50) | cells_of("ระดับ", 7, "T2", *ALWAYS),
        near=cells_of("ตัวชี้วัด", 6, "T2", "T", "ใหม่", 40),
        also=also("lint-no-reference", "lint-same-level")),
    Slip("lint-weights-stated", "ตัวชี้วัด!A2", {"ตัวชี้วัด!E2": 110}, near={"ตัวชี้วัด!E2": 60}),
    # the measures
    Slip("lint-bounds", "รายการข้อมูล!A7", {"รายการข้อมูล!J7": 31, "รายการข้อมูล!K7": 10}, near={"รายการข้อมูล!J7": 10, "รายการข้อมูล!K7": 31}),
    Slip("lint-rollup", "รายการข้อมูล!A8", {"รายการข้อมูล!F8": "รวม"}, near={"รายการข้อมูล!F8": "สูงสุด"}),
    Slip("lint-part-kind", "รายการข้อมูล!A5", {"รายการข้อมูล!G5": "T1.docs"}, also=also("lint-unused", "lint-units")),
    Slip("lint-kind", "รายการข้อมูล!A9", share_of("วันที่"), near=share_of("จำนวน"), also=also("lint-unused")),
    Slip("lint-limit-kind", "รายการข้อมูล!A4", {"รายการข้อมูล!L4": "T1.docs"}, near={"รายการข้อมูล!L4": "staff"}),
    Slip("lint-units", "รายการข้อมูล!A5", {"รายการข้อมูล!C4": "พันบาท"}, near={"รายการข้อมูล!C3": "พันบาท", "รายการข้อมูล!C4": "พันบาท"}),
    Slip("lint-zero-rule", "รายการข้อมูล!A5", {"รายการข้อมูล!E3": "กรอก", "รายการข้อมูล!I5": None}, near={"รายการข้อมูล!I5": None},
        also=also("table-not-fixed")),
    Slip("lint-unused", "รายการข้อมูล!A9", cells_of("รายการข้อมูล", 9, "I1.old", "เดิม", "ข่าว"),
        near=cells_of("รายการข้อมูล", 9, "I1.old", "เดิม", "ข่าว") | {"รายการข้อมูล!L7": "I1.old"}),
    Slip("lint-no-baseline", "ค่าตั้งต้น", {"ค่าตั้งต้น!C4": None}, near={"ค่าตั้งต้น!C4": 0}),
    Slip("lint-no-baselines", "ค่าตั้งต้น", {f"ค่าตั้งต้น!C{row}": None for row in (3, 4, 5)},
        near={f"ค่าตั้งต้น!C{row}": 0 for row in (3, 4, 5)}),
    Slip("lint-no-baseline", "ค่าตั้งต้น", {"ค่าตั้งต้น!C3": None}, near={"ค่าตั้งต้น!C3": 0}),
    Slip("lint-baseline-range", "ค่าตั้งต้น!C4", {"ค่าตั้งต้น!C4": -2000}, near={"ค่าตั้งต้น!C4": 0}),
    Slip("lint-zero-idle", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": "ผลรวม", "รายการข้อมูล!H5": None},
        near={"รายการข้อมูล!E5": "ผลรวม", "รายการข้อมูล!H5": None, "รายการข้อมูล!I5": None}),
    Slip("lint-ratio-zero", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": "อัตราส่วน", "รายการข้อมูล!I5": "ผ่าน"}, near={"รายการข้อมูล!E5": "อัตราส่วน"}, also=also("lint-ratio-percent")),
    Slip("lint-ratio-percent", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": "อัตราส่วน"}, near={"รายการข้อมูล!E5": "อัตราส่วน", "รายการข้อมูล!D5": "จำนวน"}),
    Slip("lint-ratio-percent", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": "อัตราส่วน"},
        near={"รายการข้อมูล!E5": "อัตราส่วน", "รายการข้อมูล!D4": "ร้อยละ"}),
    Slip("lint-growth-plan", "รายการข้อมูล!A5", {"รายการข้อมูล!E5": "เพิ่มขึ้น", "รายการข้อมูล!B3": "งบตามแผน"},
        near={"รายการข้อมูล!E5": "เพิ่มขึ้น", "รายการข้อมูล!B3": "งบปีก่อน"}),
    Slip("lint-rounding", "รายการข้อมูล!A8", {"รายการข้อมูล!N1": "ปัดทศนิยม", "รายการข้อมูล!N8": 0},
        near={"รายการข้อมูล!N1": "ปัดทศนิยม", "รายการข้อมูล!N7": 0}),
    Slip("lint-rounding-finer", "ระดับ!F2", {"รายการข้อมูล!N1": "ปัดทศนิยม", "รายการข้อมูล!N5": 1, "ระดับ!F2": "≥ 70.05"},
        near={"รายการข้อมูล!N1": "ปัดทศนิยม", "รายการข้อมูล!N5": 1, "ระดับ!F2": "≥ 70.5"}),
    Slip("table-how-many", "รายการข้อมูล!H5", {"รายการข้อมูล!E5": "เฉลี่ยสูงสุด", "รายการข้อมูล!H5": 2, "รายการข้อมูล!I5": None},
        near={"รายการข้อมูล!E5": "เฉลี่ยสูงสุด", "รายการข้อมูล!H5": 1, "รายการข้อมูล!I5": None}, also=also("lint-unused")),
    Slip("lint-unreachable", "ระดับ!I2", counting("≥ 4"), near=counting("≥ 3"), also=also("lint-unused", "lint-empty-level")),
    # วันหยุด
    Slip("lint-holidays-other", "วันหยุด", WORKDAYS, near=WORKDAYS | {"รายการข้อมูล!E9": "กรอก", "รายการข้อมูล!G9": None, "รายการข้อมูล!H9": None}),
    Slip("lint-holidays-other", "วันหยุด!A2", WORKDAYS, sheets=HOLIDAYS, near=WORKDAYS | {"วันหยุด!A2": "30 ก.ย. 2565"}),
    Slip("lint-holiday-twice", "วันหยุด!A3", cells_of("วันหยุด", 3, "๓๑ มี.ค. ๒๕๖๕", "ชดเชย"), sheets=HOLIDAYS,
        near=cells_of("วันหยุด", 3, "1 เม.ย. 2565", "ชดเชย")),
    Slip("lint-holiday-weekend", "วันหยุด!A3", cells_of("วันหยุด", 3, "2 เม.ย. 2565", "เสาร์"), sheets=HOLIDAYS,
        near=cells_of("วันหยุด", 3, "1 เม.ย. 2565", "ศุกร์")),
    Slip("lint-step-outside", "ปฏิทิน!B5", cells_of("ปฏิทิน", 5, None, "2 เม.ย. 2566", "อบรม"), sheets=PROCESS,
        near=cells_of("ปฏิทิน", 5, None, "1 เม.ย. 2566", "อบรม")),
    Slip("lint-step-order", "ปฏิทิน!B5", cells_of("ปฏิทิน", 5, None, "16 ก.ค. 2565", "ทำข้อตกลง"), sheets=PROCESS,
        near=cells_of("ปฏิทิน", 5, None, "15 ก.ค. 2565", "ทำข้อตกลง")),
    Slip("lint-step-twice", "ปฏิทิน!B7", cells_of("ปฏิทิน", 7, None, "15 ก.ค. 2565", "ประเมินผล"), sheets=PROCESS,
        near=cells_of("ปฏิทิน", 7, None, "16 ก.ค. 2565", "ประเมินผล")),
    Slip("table-value", "ปฏิทิน!B5", cells_of("ปฏิทิน", 5, None, None, "อบรม"), sheets=PROCESS),
    Slip("table-value", "ปฏิทิน!E5", {"ปฏิทิน!E5": 0.5}, sheets=PROCESS, near={"ปฏิทิน!E5": 90}),
    Slip("table-value", "ปฏิทิน!E5", {"ปฏิทิน!E5": 91}, sheets=PROCESS, near={"ปฏิทิน!E5": 0}),
    # the level tables proper
    Slip("lint-no-conditions", "ระดับ!E3", levels(3, *[None] * 5), near=levels(3, *[None] * 4, "ใช่")),
    Slip("lint-order", "ระดับ!G2", levels(2, "≥ 60", "≥ 70", "≥ 65"), near=levels(2, "≥ 60", "≥ 70", "≥ 70")),
    Slip("lint-order", "ระดับ!G4", levels(4, "≤ 50", "≤ 40", "≤ 45", "≤ 30", "≤ 20"), near=levels(4, "≤ 50", "≤ 40", "≤ 40", "≤ 30", "≤ 20"),
        also=also("lint-direction")),
    Slip("lint-bare-falling", "ระดับ!F2", levels(2, 35, 30, 25, 20, 15), near=levels(2, 15, 20, 25, 30, 35)),
    Slip("lint-overlap", "ระดับ!F2", levels(2, "≤ 80", "80-85", "86-90", "91-95", "> 95"),
        near=levels(2, "≤ 80", "81-85", "86-90", "91-95", "> 95")),
    Slip("lint-overlap", "ระดับ!G2", levels(2, "31-35", "26-30", "21-26", "16-20", "≤ 15"),
        near=levels(2, "31-35", "26-30", "21-25", "16-20", "≤ 15")),
    Slip("lint-gap", "ระดับ!G2", levels(2, "≤ 80", "81-85", "87-90", "91-95", "> 95"),
        near=levels(2, "≤ 80", "80.01-85", "85.01-90", "90.01-95", "> 95")),
    Slip("lint-gap", "ระดับ!F2", levels(2, "50 < x < 60", "60 < x < 70", "70 ≤ x < 80", "80 ≤ x < 90", "≥ 90"),
        near=levels(2, "50 < x < 60", "60 ≤ x < 70", "70 ≤ x < 80", "80 ≤ x < 90", "≥ 90")),
    Slip("lint-overshoot", "ระดับ!E4", levels(4, "เท่ากับ 1"), near=levels(4, "1")),
    Slip("lint-overshoot", "ระดับ!I2", {"ระดับ!I2": "เท่ากับ 100", "รายการข้อมูล!L4": None}, near={"ระดับ!I2": "เท่ากับ 100"}),
    Slip("lint-unreachable", "ระดับ!I2", {"ระดับ!I2": "> 100"}, near={"ระดับ!I2": "> 100", "รายการข้อมูล!L4": None}),
    Slip("lint-unreachable", "ระดับ!I4", levels(4, "≤ 4", "≤ 3", "≤ 2", "≤ 1", "< 0"), near=levels(4, "≤ 4", "≤ 3", "≤ 2", "≤ 1", "≤ 0"),
        also=also("lint-direction")),
    Slip("lint-day-outside", "ระดับ!I6", {"ระดับ!I6": "ภายใน 1 ต.ค. 2565"}, near={"ระดับ!I6": "ภายใน 30 ก.ย. 2565"}),
    Slip("lint-day-explained", "ระดับ!I6", {"ระดับ!I6": "ภายใน 10 ก.ย. 2564", "ระดับ!J6": "ปี 2564 ก่อนรอบ ตามหนังสือ"}),
    Slip("lint-direction", "ระดับ!E4", levels(4, "≤ 5", "≤ 4", "≤ 3", "≤ 2", "≤ 1"),
        near=levels(4, "≤ 5", "≤ 4", "≤ 3", "≤ 2", "≤ 1") | levels(5, *["≤ 1"] * 5)),
    Slip("lint-twice", "ระดับ!E3", {"ระดับ!D3": "T1.pct"} | levels(3, *["≥ 50"] * 5), near={"ระดับ!D5": "I1.news"}, also=also("lint-unused")),
    Slip("lint-contradiction", "ระดับ!E6", {"ระดับ!D6": "I1.news", "ระดับ!E6": "< 1", "ระดับ!I6": None},
        near={"ระดับ!D6": "I1.news", "ระดับ!E6": "≤ 2", "ระดับ!I6": None},
        also=also("lint-unused", "lint-direction")),
    Slip("lint-empty-level", "ระดับ!G4", levels(4, "≥ 1", "≥ 2", None, "≥ 4")),
    Slip("lint-not-given", "ระดับ!G3", levels(3, "ใช่", "ใช่", "–", "ใช่", "ใช่"),
        near=levels(2, "≥ 60", "≥ 70", "–", "≥ 90", "≥ 100") | levels(3, "ใช่", "ใช่", "-", "ใช่", "ใช่")),
    Slip("lint-same-level", "ระดับ!F4", levels(4, "≥ 1", "≥ 1"), near=levels(4, "≥ 1", "> 1")),
    Slip("lint-every-month", "ระดับ!F4", {"รายการข้อมูล!F7": "รวม", "ระดับ!F4": "เดือนละ ๒ ข่าว"}, near={"ระดับ!F4": "เดือนละ ๒ ข่าว"}),
    Slip("lint-every-month", "ระดับ!F4", {"รายการข้อมูล!F7": "ล่าสุด", "ระดับ!F4": "≥ 2 ข่าวทุกเดือน"}, near={"รายการข้อมูล!F7": "ล่าสุด"}),
    Slip("lint-every-month", "ระดับ!E2", {"ระดับ!E2": "เดือนละร้อยละ 60", "รายการข้อมูล!F5": "ต่ำสุด"}),
    Slip("lint-every-month", "ระดับ!E4", levels(4, "≤ 5 ข่าวต่อเดือน", "≤ 4", "≤ 3", "≤ 2", "≤ 1"),
        near=levels(4, "≤ 5 ข่าวต่อเดือน", "≤ 4", "≤ 3", "≤ 2", "≤ 1") | {"รายการข้อมูล!F7": "สูงสุด"}, also=also("lint-direction")),
    Slip("lint-case-dead", "ระดับ!E4", {"ระดับ!C4": "≤ 4", "ระดับ!C5": "≤ 2"}, near={"ระดับ!C4": "≤ 2", "ระดับ!C5": "≤ 4"},
        also=also("lint-case-gap")),
    Slip("lint-case-gap", "ระดับ!E4", {"ระดับ!C5": "> 3"}, near={"ระดับ!C5": "≥ 3"}),
    Slip("lint-case-gap", "ระดับ!E4", {"ระดับ!C5": "3 - 10"}, near={"ระดับ!C5": "3 - 10", "รายการข้อมูล!K2": 10}),
    Slip("lint-case-overlap", "ระดับ!E4", {"ระดับ!C5": "≥ 2"}, near={"ระดับ!C5": "≤ 4"}),
    # cases by who the unit is
    Slip("table-case-name", "ระดับ!C4", of_units("กลุ่ม", "เหนอ", "ใต้"), near=of_units("กลุ่ม", "เหนือ", "ใต้"), also=also("lint-unused")),
    Slip("table-case-name", "ระดับ!C5", of_units("หน่วย", "3101, คูเมือง", "กระสง"), near=of_units("หน่วย", "๓๑๐๑, คูเมือง", "กระสัง"), also=also("lint-unused")),
    Slip("table-case-name", "ระดับ!C4", of_units("ตำแหน่ง", "อาวุโส", "ชำนาญการ"),
        near=of_units("ตำแหน่ง", "อาวุโส", "ชำนาญการ") | {"หน่วย!F1": "ตำแหน่ง", "หน่วย!F2": "อาวุโส", "หน่วย!F3": "ชำนาญการ", "หน่วย!F4": "อาวุโส"}, also=also("lint-unused")),
    Slip("lint-case-nobody", "ระดับ!E5", of_units("กลุ่ม", "เหนือ, ใต้", "ใต้"), near=of_units("กลุ่ม", "เหนือ", "ใต้"), also=also("lint-unused")),
    Slip("lint-case-nobody", "ระดับ!E5", of_units("กลุ่ม", "เหนือ", "ใต้") | {"ตัวชี้วัด!F5": "กลุ่ม เหนือ"},
        near=of_units("กลุ่ม", "เหนือ", "ใต้") | {"ตัวชี้วัด!F5": "กลุ่ม เหนือ, ใต้"}, also=also("lint-unused")),
    Slip("lint-case-left", "ระดับ!E4", of_units("หน่วย", "3101", "3102"), near=of_units("หน่วย", "3101", "3102") | {"ตัวชี้วัด!F5": "ยกเว้น 3103"}, also=also("lint-unused")),
    Slip("lint-case-left", "ระดับ!E4", of_units("กลุ่ม", "เหนือ", "เหนือ"), near=of_units("กลุ่ม", "เหนือ", "ใต้"), also=also("lint-unused", "lint-twice")),
    # alternatives, bands of which both sides count, thresholds that name a measure
    Slip("lint-group-alone", "ระดับ!E2", grouped(ก=(2,)), near=grouped(ก=(2, 3))),
    Slip("lint-group-alone", "ระดับ!E4", grouped(ก=(4, 5)), near=grouped(ก=(4, 5)) | {"ระดับ!C5": "≤ 2"}),
    Slip("lint-group-kpis", "ระดับ!E4", grouped(ก=(2, 3, 4)), near=grouped(ก=(2, 3)), also=also("lint-group-alone")),
    Slip("lint-contradiction", "ระดับ!E7", cells_of("ระดับ", 7, "T1", None, None, "T1.pct", "< 60") | grouped(ก=(3, 7)),
        near=cells_of("ระดับ", 7, "T1", None, None, "T1.pct", "≤ 60") | grouped(ก=(3, 7)), also=also("lint-direction")),
    Slip("lint-apart", "ระดับ!F2", levels(2, "40 - 60 เท่านั้น", "61 - 70 เท่านั้น"), near=levels(2, "40 - 100 เท่านั้น", "61 ≤ x ≤ 100 เท่านั้น"),
        also=also("lint-overshoot-band")),
    Slip("lint-apart", "ระดับ!I2", levels(2, "60 ≤ x < 100 เท่านั้น"), near=levels(2, "60 - 100 เท่านั้น"), also=also("lint-overshoot-band")),
    Slip("lint-overshoot-band", "ระดับ!E2", levels(2, "60 - 99 เท่านั้น", 70, 80, 90, 95), near=levels(2, "60 - 100 เท่านั้น", 70, 80, 90, 95)),
    Slip("lint-order", "ระดับ!F4", levels(4, "≥ staff + 1", "≥ staff", "≥ staff + 2", "≥ staff + 3", "≥ staff + 4"),
        near=levels(4, "≥ staff", "≥ staff + 1", "≥ staff × 2", "≥ staff × 2 + 1", "≥ staff * 3")),
    Slip("lint-threshold-circular", "ระดับ!E4", SUMMED | levels(4, "≥ X", "≥ X + 1", "≥ X + 2", "≥ X + 3", "≥ X + 4"),
        near=levels(4, "≥ staff", "≥ staff + 1", "≥ staff + 2", "≥ staff + 3", "≥ staff + 4")),
    Slip("lint-threshold-nought", "ระดับ!E4", levels(4, "≥ staff − 2", "≥ staff", "≥ staff + 1", "≥ staff + 2", "≥ staff + 3"),
        near=levels(4, "≥ staff - 1", "≥ staff", "≥ staff + 1", "≥ staff + 2", "≥ staff + 3")),
    Slip("lint-threshold-nought", "ระดับ!E4", {"ค่าตั้งต้น!B3": 0} | levels(4, "≥ staff", "> staff", "≥ 1 × staff + 1", "> staff + 1", "≥ staff + 3")),
    Slip("table-threshold-kind", "ระดับ!E4", {"ระดับ!E4": "≥ T1.budget"}, near={"ระดับ!E4": "≥ staff"}),
    Slip("table-threshold-kind", "ระดับ!I6", {"ระดับ!I6": "≤ I1.day"}, near={"ระดับ!I6": "ภายใน 10 ก.ย. 2565"}),
    Slip("table-unknown", "ระดับ!E4", {"ระดับ!E4": "ไม่น้อยกว่า staf"}, near={"ระดับ!E4": "ไม่น้อยกว่าstaff"}),
    Slip("table-condition", "ระดับ!E4", {"ระดับ!E4": "เท่ากับ staff"}, near={"ระดับ!E4": "> staff"}),
    Slip("table-condition", "ระดับ!E4", {"ระดับ!E4": "≥ staff + 5%"}, near={"ระดับ!E4": "≥ staff + 5 ข่าว"}),
    Slip("table-condition", "ระดับ!E4", {"ระดับ!E4": "≥ staff × 0"}, near={"ระดับ!E4": "≥ 0.5 × staff"}),
    Slip("table-condition", "ระดับ!C4", {"ระดับ!C4": "≤ I1.news"}),
    # กฎตรวจ
    Slip("table-check-name", "กฎตรวจ!A2", spoil=checking("ยอดสะสมที่ลด")),
    Slip("table-unknown", "กฎตรวจ!A2", spoil=checking("T1.spend | ≤ | 5")),
    Slip("table-unknown", "กฎตรวจ!C2", spoil=checking("T1.spent | ≤ | 2 × T1.budged")),
    Slip("table-value", "กฎตรวจ!A2", spoil=checking(" | ≤ | 5")),
    Slip("table-value", "กฎตรวจ!B2", spoil=checking("T1.spent | ประมาณ | 5")),
    Slip("table-value", "กฎตรวจ!D2", spoil=checking("T1.spent | ≤ | 5 | ร้ายแรง")),
    Slip("table-value", "กฎตรวจ!F2", spoil=checking("T1.spent | ≤ | 5 | ผิด | | เปิด")),
    Slip("table-duplicate", "กฎตรวจ!A3", spoil=checking("T1.spent | ≤ | 5", "T1.spent | <= | ๕")),
    Slip("table-duplicate", "กฎตรวจ!A3", spoil=checking("ตัวหารลดลง", "ตัวหารลดลง | | | | | ไม่ใช่")),
    Slip("table-check-right", "กฎตรวจ!C2", spoil=checking("T1.spent | ≤ | งบประมาณ")),
    Slip("table-check-right", "กฎตรวจ!C2", spoil=checking("T1.spent | ≤ | ")),
    Slip("table-check-kind", "กฎตรวจ!C2", spoil=checking("I1.day | ≤ | T1.spent")),
    Slip("table-check-kind", "กฎตรวจ!C2", spoil=checking("T1.docs | ≥ | T1.spent")),
    Slip("table-check-kind", "กฎตรวจ!C2", spoil=checking("I1.news | ≥ | มี T1.spent")),
    Slip("table-check-kind", "กฎตรวจ!C2", spoil=checking("I1.day | ≥ | 2 × เดือนก่อน")),
    Slip("table-check-itself", "กฎตรวจ!C2", spoil=checking("T1.spent | ≥ | T1.spent")),
    Slip("table-check-nothing", "กฎตรวจ!A2", spoil=checking("staff | ≤ | T1.budget")),
    Slip("table-check-source", "กฎตรวจ!A2", {"รายการข้อมูล!E7": "ส่งทันกำหนด"}, checking("I1.news | ≥ | 5")),
    Slip("table-check-idle", "กฎตรวจ!B2", spoil=checking("ยอดสะสมลดลง | ≥ | 5")),
    Slip("table-check-idle", "กฎตรวจ!C2", spoil=checking("ใช่กลายเป็นไม่ใช่ | | 5")),
    Slip("table-check-limit", "กฎตรวจ!C2", spoil=checking("หลายเท่าของเดือนก่อน | | 1")),
    Slip("lint-still-example", "หน่วย!A3", {"หน่วย!D3": "3102@init.example"}),
    Slip("lint-check-units", "กฎตรวจ!A2", spoil=checking("T1.spent | ≤ | I1.news")),
    Slip("lint-check-twice", "กฎตรวจ!A2", spoil=checking("T1.spent | ≤ | T1.budget")),
    Slip("lint-linear-rows", "ตัวชี้วัด!A4", {"ตัวชี้วัด!G4": "ค่าต่อเนื่อง"}, near=LINEAR),
    Slip("lint-linear-edges", "ระดับ!E2", LINEAR | levels(2, *(f"{low} - 100 เท่านั้น" for low in (50, 60, 70, 80, 90))),
        near=LINEAR, also=also("lint-unused")),
    Slip("lint-linear-edges", "ระดับ!E2", LINEAR | levels(2, 60, 70, 70), near=LINEAR, also=also("lint-unused", "lint-same-level")),
)  # fmt: skip


RARELY_MEANT = {
    *("lint-any-result", "lint-other-way", "lint-one-strict", "lint-first-blank", "lint-alone-downward"),
    *("lint-yes-and-no", "lint-asks-no", "lint-growth-word", "lint-growth-name", "lint-beyond-bases"),
    *("lint-case-measure", "lint-case-hole", "lint-limit-unit", "lint-limit-far", "lint-swapped"),
    *("lint-same-label", "lint-on-time-kind", "lint-zero-base", "lint-round-part", "lint-fiscal-year"),
    *("lint-rating-word", "lint-same-mail", "lint-code-elsewhere", "lint-sole-child", "table-heading-blank"),
    *("table-formula", "table-hidden-rows", "table-hidden-columns", "table-hidden-sheet"),
}  # told beside many a slip; tried in test_slips.py


def test_every_code_of_the_level_tables_has_its_slip() -> None:
    of_the_tree = {code for code in CODES if "-tree-" in code}  # test_cascade.py
    assert {slip.code for slip in SLIPS} == CODES - RARELY_MEANT - of_the_tree
    tried = Path(__file__).with_name("test_slips.py").read_text(encoding="utf-8")
    assert [code for code in sorted(RARELY_MEANT) if f'"{code}"' not in tried] == []


def test_the_clean_book_has_no_fault() -> None:
    assert check() == []


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_is_seen_where_it_stands(slip: Slip) -> None:
    found = check(slip.cells, slip.spoil, **slip.sheets)
    assert (slip.code, slip.place) in {(one.code, at(one)) for one in found}
    assert {one.code for one in found} - RARELY_MEANT == {slip.code} | slip.also
    for one in found:
        assert one.message("th") != one.message("en")


@pytest.mark.slow
@pytest.mark.parametrize("slip", [slip for slip in SLIPS if slip.near is not None], ids=str)
def test_what_only_looks_like_the_slip_is_let_through(slip: Slip) -> None:
    assert slip.near is not None
    there = slip.sheets if any(cell.partition("!")[0] in slip.sheets for cell in slip.near) else {}
    assert slip.code not in {one.code for one in check(slip.near, **there)}


def test_a_renamed_level_column_is_an_error_for_the_levels_after_it_would_move_down() -> None:
    assert [one.code for one in check({"ระดับ!G1": "ระดับที่ 3"}) if one.severity == "error"]


@pytest.mark.parametrize(
    "cells",
    [{"ตัวชี้วัด!A4": "T๑", "ระดับ!A2": "T๑"}, {"รายการข้อมูล!A7": "I๑.news"}, {"ตัวชี้วัด!F4": "ยกเว้น ๓๑๐๒"}],
    ids=["KPI", "measure", "unit"],
)
def test_codes_may_be_typed_in_thai_digits(cells: dict[str, str]) -> None:
    assert check(cells) == []


def test_faults_come_in_the_order_of_the_sheets_their_rows_and_columns() -> None:
    cells = {"ระดับ!G4": "ประมาณ 3", "ระดับ!E4": "ราว 1", "ระดับ!F10": None, "ตัวชี้วัด!D4": "หกสิบ", "หน่วย!D4": None}
    found = [at(one) for one in check(cells)]
    assert found == ["หน่วย!A4", "ตัวชี้วัด!D4", "ระดับ!E4", "ระดับ!G4"]


def test_a_renamed_heading_hides_no_fault_of_another_column_or_sheet() -> None:
    cells = {
        "ตัวชี้วัด!D1": "น้ำหนกั",
        "ตัวชี้วัด!G4": "เส้นตรง",
        "ระดับ!G4": "ประมาณ 3",
        "ผลประเมิน!A2": 900,
        "ระดับ!H2": "≥ 75",
    }
    assert {(one.code, at(one)) for one in check(cells)} == {
        ("lint-rating-range", "ผลประเมิน"),
        ("table-column-renamed", "ตัวชี้วัด!D1"),
        ("table-value", "ตัวชี้วัด!G4"),
        ("lint-order", "ระดับ!H2"),
        ("table-condition", "ระดับ!G4"),
    }


@pytest.mark.parametrize(
    "cells",
    [
        {"รายการข้อมูล!D8": "วันเดือนปี"},
        {"รายการข้อมูล!E3": "ตั้งต้น"},
        {"รายการข้อมูล!A1": "รหสั"},
        {"ตัวชี้วัด!A1": "รหสั"},
        {"หน่วย!A1": "รหสั"},
        {"ระดับ!D1": "รายการข้อมลู"},
    ],
    ids=["kind", "source", "measures", "KPIs", "units", "levels"],
)
def test_one_slip_is_one_line(cells: dict[str, str]) -> None:
    assert [at(one) for one in check(cells)] == list(cells)


# --- what the operator sees ---------------------------------------------------------------------------------


def refused(workspace: Path) -> tuple[str, str]:
    """What ``levels check`` lists and the one line of ``run``: both refuse with exit code 2, and nothing is
    written.
    """
    checked, ran = kpibatch(workspace, "levels", "check"), kpibatch(workspace, "run")
    for result in (checked, ran):
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith("kpibatch: ")
    assert not (workspace / "output").exists()
    return checked.output, ran.stderr


def workspace_with(
    folder: Path, cells: Mapping[str, Any], spoil: Callable[[Any], None] | None = None
) -> Path:
    workspace = copy_sample(folder, RAYONG)
    write(workspace / "level_tables.xlsx", {}, cells, spoil)
    return workspace


REFUSED = {
    "a sheet renamed": ({}, rename("หน่วย", "อำเภอ"), "หน่วย", "ไม่มีชีต “หน่วย”"),
    "a column missing": ({}, drop_column("ระดับ", 5), "ระดับ!A1", "ไม่มีคอลัมน์ “ระดับ 1”"),
    "cells merged": ({}, merge("ระดับ", "A2:A3"), "ระดับ!A2", "A2:A3 ผสานกันอยู่"),
    "a formula without a result": ({"ระดับ!F2": "=E2+10"}, None, "ระดับ!F2", "สูตรยังไม่ได้คำนวณ"),
    "a threshold turned into a day": (
        {"ระดับ!E4": datetime(2022, 1, 5)},
        None,
        "ระดับ!E4",
        "Excel เปลี่ยนเกณฑ์เป็นวันที่ (5 ม.ค. 2565)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_tables_are_refused_and_the_cause_named_first(name: str, tmp_path: Path) -> None:
    cells, spoil, place, words = REFUSED[name]
    listed, line = refused(workspace_with(tmp_path, cells, spoil))
    assert [text for text in listed.splitlines() if f" {place}  " in text and words in text]
    assert f"level_tables.xlsx {place}: " in line
    assert words in line


def test_no_workbook_at_all_is_one_line(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, {})
    (workspace / "level_tables.xlsx").write_text("ระดับ,1,2,3", encoding="utf-8")
    assert kpibatch(workspace, "levels", "check").stderr == refused(workspace)[1]
    (workspace / "level_tables.xlsx").unlink()
    assert kpibatch(workspace, "levels", "check").stderr == refused(workspace)[1]


@pytest.mark.slow
def test_chachoengsao_i7_as_printed_is_refused_with_a_reading_that_holds(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, CHACHOENGSAO)
    type_row(workspace, "I7.pct", AS_PRINTED)
    listed, line = refused(workspace)
    for text in (listed, line):
        assert "≥ 0 | ≥ 50 | ≥ 60 | ≥ 70 | > 70" in text
        assert "สวนทางกับระดับอื่นในแถวเดียวกัน จึงซ้อนทับกัน" in text
    type_row(workspace, "I7.pct", ("≥ 0", "≥ 50", "≥ 60", "≥ 70", "> 70"))
    assert kpibatch(workspace, "levels", "check").exit_code == 0


def type_row(workspace: Path, measure: str, texts: tuple[str, ...]) -> None:
    for level, text in enumerate(texts, 1):
        edit_table(workspace, "ระดับ", {"รายการข้อมูล": measure}, f"ระดับ {level}", text)


TEN = {
    "lint-below-one": {"รอบประเมิน!B10": "0.5"},
    "lint-rating-range": {"ผลประเมิน!A2": 900},
    "lint-due-early": {"ปฏิทิน!B2": "5 มี.ค. 2565"},
    "lint-bad-mail": {"หน่วย!D4": "3103(at)cdd.example"},
    "lint-no-group": {"ตัวชี้วัด!F5": "กลุ่ม เหนือ, ไต้"},
    "lint-weights-stated": {"ตัวชี้วัด!E2": 110},
    "table-value": {"รายการข้อมูล!D7": "ตัวเลข"},
    "lint-order": levels(4, "≥ 1", "≥ 2", "≥ 1.5"),
    "lint-day-outside": {"ระดับ!I6": "ภายใน 10 ก.ย. 2564"},
    "lint-no-baseline": {"ค่าตั้งต้น!C4": None},
}


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    cells = {cell: content for slip in TEN.values() for cell, content in slip.items()}
    listed, line = refused(workspace_with(tmp_path, cells))
    *faults, counts = listed.splitlines()
    assert sorted(text.rpartition("[")[2].rstrip("]") for text in faults) == sorted(TEN)
    errors = sum(severity_of(code) == "error" for code in TEN)
    assert f"ผิด {errors}  เตือน {10 - errors}  หมายเหตุ 0" in counts
    assert f"มีข้อผิด {errors} แห่ง" in line


def test_warnings_alone_do_not_stop_the_check(tmp_path: Path) -> None:
    assert kpibatch(workspace_with(tmp_path, {"หน่วย!D4": None}), "levels", "check").exit_code == 1


@pytest.mark.parametrize("name", NEWEST)
def test_the_samples_hold_no_error(name: str) -> None:
    result = kpibatch(ROOT if name == BURIRAM else SAMPLES / name, "levels", "check")
    assert result.exit_code in (0, 1)
    assert "ผิด 0 " in result.output or "ไม่มีข้อผิด" in result.output
