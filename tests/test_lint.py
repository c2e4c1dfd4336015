"""``levels check``: every fault it knows, one slip in a small workbook each, at the cell where it stands; what only looks like
one is let through. And what the operator sees: all faults at once, exit code 2, no traceback.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tablebook import SHEETS, read, write
from workspace import BURIRAM, CHACHOENGSAO, NEWEST, SAMPLES, copy_sample, edit_table, kpibatch

from kpibatch.catalogue import entries, severity_of
from kpibatch.findings import Finding, in_order
from kpibatch.lint import lint

CODES = {code for code in entries()["finding"] if code.startswith(("lint-", "table-"))}
DEAD_CASES = {"ระดับ!B4": None, "ระดับ!C4": None}


def check(cells: Mapping[str, Any] | None = None, spoil: Callable[[Any], None] | None = None, **sheets: str) -> list[Finding]:
    """Everything that ``levels check`` says about the workbook, gravest first."""
    tables, found = read(cells, spoil, **sheets)
    return in_order([*found, *lint(tables)])


def at(one: Finding) -> str:
    return f"{one.place.sheet}!{one.place.cell}".rstrip("!")


def levels(row: int, *texts: Any) -> dict[str, Any]:
    """The cells of one row of ระดับ, from ระดับ 1 on."""
    return {f"ระดับ!{column}{row}": text for column, text in zip("EFGHI", texts, strict=False)}


def row(sheet: str, number: int, *texts: Any) -> dict[str, Any]:
    return {f"{sheet}!{chr(ord('A') + column)}{number}": text for column, text in enumerate(texts) if text is not None}


def without(sheet: str, *starts: str) -> dict[str, str]:
    """A sheet of the clean book without the lines that start so."""
    lines = [line for line in SHEETS[sheet].splitlines() if not line.strip().startswith(starts)]
    return {sheet: "\n".join(lines)}


def only_heading(sheet: str) -> dict[str, str]:
    return {sheet: SHEETS[sheet].strip().splitlines()[0]}


def rename(sheet: str, name: str) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        book[sheet].title = name

    return spoil


def merge(sheet: str, cells: str) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        book[sheet].merge_cells(cells)

    return spoil


def drop_column(sheet: str, number: int) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        book[sheet].delete_cols(number)

    return spoil


@dataclass(frozen=True)
class Slip:
    """One slip in the clean workbook and where ``levels check`` must see it; ``near`` looks alike and is none.

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
        return f"{self.code} {self.place}"


def also(*codes: str) -> frozenset[str]:
    return frozenset(codes)


SLIPS = (
    # reading the sheets
    Slip("table-sheet-missing", "ปฏิทิน", spoil=rename("ปฏิทิน", "ปฎิทิน"), also=also("table-unknown-sheet", "lint-no-due")),
    Slip("table-column-missing", "ปฏิทิน!A1", {"ปฏิทิน!B1": None}, also=also("lint-no-due")),
    Slip("table-column-missing", "ระดับ!A1", spoil=drop_column("ระดับ", 5)),
    Slip("table-column-missing", "ระดับ!A1", spoil=drop_column("ระดับ", 7)),
    Slip("table-no-result", "ระดับ!F2", {"ระดับ!F2": "=E2+10"}),
    Slip("table-no-result", "ค่าตั้งต้น!C4", {"ค่าตั้งต้น!C4": "=1000*2"}, also=also("lint-no-baseline")),
    Slip("table-cell-error", "หน่วย!B3", {"หน่วย!B3": "#REF!"}),
    Slip("table-value", "รายการข้อมูล!D7", {"รายการข้อมูล!D7": "ตัวเลข"}, near={"รายการข้อมูล!D7": " จำนวน "}),
    Slip("table-value", "ตัวชี้วัด!D4", {"ตัวชี้วัด!D4": "หกสิบ"}, also=also("lint-weight"), near={"ตัวชี้วัด!D4": "๖๐"}),
    Slip("table-value", "ตัวชี้วัด!F5", {"ตัวชี้วัด!F5": "ทุกอำเภอ"}, near={"ตัวชี้วัด!F5": "ยกเว้น กระสัง และ 3101"}),
    Slip("table-value", "ค่าตั้งต้น!B3", {"ค่าตั้งต้น!B3": "2 หรือ 3"}, also=also("lint-no-baseline"), near={"ค่าตั้งต้น!B3": "2 คน"}),
    Slip("table-value", "รอบประเมิน!B9", {"รอบประเมิน!B9": "ห้าระดับ"}, near={"รอบประเมิน!B9": "1; 2; 3; 4; ๕"}),
    Slip("table-item-missing", "รอบประเมิน!A2", {"รอบประเมิน!A5": "เริ่มต้น"}, also=also("lint-no-due")),
    Slip("table-duplicate", "หน่วย!A4", {"หน่วย!A4": "๓๑๐๒"}, also=also("table-unknown"), near={"หน่วย!A4": "๓๑๐๓"}),
    Slip("table-duplicate", "ค่าตั้งต้น!A6", row("ค่าตั้งต้น", 6, "3101", 3, 4000)),
    Slip("table-duplicate", "ปฏิทิน!A5", row("ปฏิทิน", 5, "2565-06", "6 ก.ค. 2565")),
    Slip("table-duplicate", "รอบประเมิน!A12", row("รอบประเมิน", 12, "เริ่ม", "1 พ.ค. 2565")),
    Slip("table-unknown", "ระดับ!D2", {"ระดับ!D2": "T1.pc"}, also=also("lint-unused")),
    Slip("table-unknown", "รายการข้อมูล!A5", {"รายการข้อมูล!H5": "T1.bugdet"}, also=also("table-parts-missing")),
    Slip("table-unknown", "ตัวชี้วัด!A4", {"ตัวชี้วัด!B4": "X"}, also=also("lint-no-rules", "lint-weights")),
    Slip("table-unknown", "ตัวชี้วัด!F4", {"ตัวชี้วัด!F4": "เฉพาะ บ้านแพง"}),
    Slip("table-unknown", "ค่าตั้งต้น!A5", {"ค่าตั้งต้น!A5": "3109"}, also=also("lint-no-baseline")),
    Slip("table-unknown", "ค่าตั้งต้น!D2", row("ค่าตั้งต้น", 2, None, None, None, "T1.goal")),
    Slip("table-unknown", "รอบประเมิน!A9", {"รอบประเมิน!A9": "คะแนนระดับ", "รอบประเมิน!B9": "1, 2, 3, 4, 6"}),
    Slip("table-condition", "ระดับ!F2", {"ระดับ!F2": "เกือบ 70"}, near={"ระดับ!F2": "ไม่น้อยกว่าร้อยละ ๗๐"}),
    Slip("table-condition", "ระดับ!C4", {"ระดับ!C4": "น้อย"}, also=also("lint-case-gap"), near={"ระดับ!C4": "ไม่เกิน 2"}),
    Slip("table-condition-kind", "ระดับ!F2", {"ระดับ!F2": "ใช่"}),
    Slip("table-condition-kind", "ระดับ!I6", {"ระดับ!I6": "≥ 10"}, near={"ระดับ!I6": "ก่อน 10 ก.ย. 2565"}),
    Slip("table-mixed", "ระดับ!F2", levels(2, "< 50", "< 60", "60", "70", "> 70"), near=levels(2, "< 50", "50", "60", "70", "> 70")),
    Slip("table-threshold-date", "ระดับ!E4", {"ระดับ!E4": datetime(2022, 5, 1)}, near={"ระดับ!E4": "1 - 1.5"}),
    Slip("table-column-twice", "ระดับ!K1", {"ระดับ!K1": "ระดับ 5", "ระดับ!K2": "≥ 50"}, near={"ระดับ!K2": None}),
    Slip("table-unknown-column", "หน่วย!F1", {"หน่วย!F1": "โทรศัพท์"}),
    Slip("table-unknown-sheet", "บันทึก", spoil=lambda book: book.create_sheet("บันทึก")),
    Slip("table-merged", "ระดับ!A2", spoil=merge("ระดับ", "A2:A3"), also=also("table-unknown")),
    Slip("table-circular", "รายการข้อมูล!A5", {"รายการข้อมูล!G5": "T1.pct"}),
    Slip("table-circular", "ตัวชี้วัด!A4", {"ตัวชี้วัด!B4": "T1"}, also=also("lint-no-rules", "lint-weights")),
    Slip("table-parts-missing", "รายการข้อมูล!A5", {"รายการข้อมูล!H5": None}),
    # the round, the ratings, the calendar
    Slip("lint-round", "รอบประเมิน", {"รอบประเมิน!B6": "31 มี.ค. 2565"}),
    Slip("lint-no-months", "รอบประเมิน", {"รอบประเมิน!B7": "1, 2"}, also=also("lint-due-outside")),
    Slip("lint-level-scores", "รอบประเมิน", {"รอบประเมิน!B9": "50, 75, 100"}, near={"รอบประเมิน!B9": "0, 25, 50, 75, 100"}),
    Slip("lint-level-scores", "รอบประเมิน", {"รอบประเมิน!B9": "1, 2, 3, 5, 5"}, near={"รอบประเมิน!B9": "1, 2, 3, 4.5, 5"}),
    Slip("lint-below-one", "รอบประเมิน", {"รอบประเมิน!B10": "0.5"}, near={"รอบประเมิน!B10": "๑"}),
    Slip("lint-few-levels", "ระดับ", spoil=lambda book: [book["ระดับ"].delete_cols(6, 4)], also=also("table-column-missing")),
    Slip("lint-no-reference", "รอบประเมิน", {"รอบประเมิน!B11": None}),
    Slip("lint-no-reference", "ตัวชี้วัด!A5", {"ตัวชี้วัด!I5": None}, near={"ตัวชี้วัด!I3": None}),
    Slip("lint-rating-order", "ผลประเมิน", {"ผลประเมิน!A3": 95}),
    Slip("lint-rating-order", "ผลประเมิน", {"ผลประเมิน!A3": 90}, near={"ผลประเมิน!A2": 0, "ผลประเมิน!A4": 90}),
    Slip("lint-rating-zero", "ผลประเมิน", {"ผลประเมิน!A4": 10}),
    Slip("lint-rating-range", "ผลประเมิน", {"ผลประเมิน!A2": 900}, near={"ผลประเมิน!A2": 100}),
    Slip("lint-no-due", "ปฏิทิน", {"รอบประเมิน!B7": "4, 5, 6, 7"}),
    Slip("lint-due-outside", "ปฏิทิน", row("ปฏิทิน", 5, "2565-07", "5 ส.ค. 2565"), near={"รอบประเมิน!B7": "4, 5, 6"}),
    Slip("lint-due-early", "ปฏิทิน", {"ปฏิทิน!B2": "5 มี.ค. 2565"}, near={"ปฏิทิน!B2": "25 เม.ย. 2565"}),
    Slip("lint-calendar-order", "ปฏิทิน", {"ปฏิทิน!A2": "2565-05", "ปฏิทิน!A3": "2565-04"}),
    # the units
    Slip("lint-no-units", "หน่วย", sheets=only_heading("หน่วย") | only_heading("ค่าตั้งต้น"), also=also("lint-nobody")),
    Slip("lint-same-name", "หน่วย!A4", {"หน่วย!B4": "เมือง"}, near={"หน่วย!B4": "เมืองใหม่"}),
    Slip("lint-no-mail", "หน่วย!A4", {"หน่วย!D4": None}),
    Slip("lint-bad-mail", "หน่วย!A4", {"หน่วย!D4": "3103(at)cdd.example"}, near={"หน่วย!D4": "a@cdd.example; b@cdd.example"}),
    Slip("lint-bad-mail", "หน่วย!A4", {"หน่วย!E4": "boss@cdd"}, near={"หน่วย!E4": "boss@cdd.example"}),
    # the scorecard
    Slip("lint-no-nodes", "ตัวชี้วัด", sheets=only_heading("ตัวชี้วัด") | only_heading("ระดับ"), also=also("lint-unused")),
    Slip("lint-reserved", "ตัวชี้วัด!A3", {"ตัวชี้วัด!A3": "total", "ตัวชี้วัด!B5": "total"}),
    Slip("lint-no-rules", "ตัวชี้วัด!A6", row("ตัวชี้วัด", 6, "I2", "I", "ใหม่", 40, None, None, None, None, "ข้อ 2.2")),
    Slip("lint-inner-rules", "ตัวชี้วัด!A2", {"ระดับ!A2": "T"}, near={"ระดับ!A3": "T1"}),
    Slip("lint-nobody", "ตัวชี้วัด!A5", {"ตัวชี้วัด!F5": "ยกเว้น 3101, 3102, 3103"}, near={"ตัวชี้วัด!F5": "ยกเว้น 3101, 3102"}),
    Slip("lint-no-group", "ตัวชี้วัด!A5", {"ตัวชี้วัด!F5": "กลุ่ม เหนือ, ไต้"}, near={"ตัวชี้วัด!F5": "กลุ่ม เหนือ, ใต้"}),
    Slip("lint-weight", "ตัวชี้วัด!A4", {"ตัวชี้วัด!D4": 0}),
    Slip("lint-weights", "ตัวชี้วัด", {"ตัวชี้วัด!D2": 55}, near={"ตัวชี้วัด!D2": 40}),
    Slip("lint-weights", "ตัวชี้วัด!A2", without("ตัวชี้วัด", "I") and row("ตัวชี้วัด", 6, "T2", "T", "ใหม่", 50, None, None, None, None, "x")),
    Slip("lint-weights-stated", "ตัวชี้วัด!A2", {"ตัวชี้วัด!E2": 110}, near={"ตัวชี้วัด!E2": 60}),
    # the measures
    Slip("lint-bounds", "รายการข้อมูล!A7", {"รายการข้อมูล!J7": 31, "รายการข้อมูล!K7": 0}, near={"รายการข้อมูล!J7": 0, "รายการข้อมูล!K7": 31}),
    Slip("lint-part-kind", "รายการข้อมูล!A5", {"รายการข้อมูล!G5": "T1.docs"}),
    Slip("lint-units", "รายการข้อมูล!A5", {"รายการข้อมูล!C4": "พันบาท"}, near={"รายการข้อมูล!C3": "พันบาท", "รายการข้อมูล!C4": "พันบาท"}),
    Slip("lint-zero-rule", "รายการข้อมูล!A5", {"รายการข้อมูล!E3": "กรอก", "รายการข้อมูล!I5": None}, near={"รายการข้อมูล!I5": None}),
    Slip("lint-unused", "รายการข้อมูล!A9", row("รายการข้อมูล", 9, "I1.old", "เลิกใช้", "ครั้ง", "จำนวน", "กรอก"), near={"รายการข้อมูล!L7": "staff"}),
    Slip("lint-no-baseline", "ค่าตั้งต้น", {"ค่าตั้งต้น!C4": None}, near={"ค่าตั้งต้น!C4": 0}),
    # the level tables proper
    Slip("lint-order", "ระดับ!G2", levels(2, "≥ 60", "≥ 70", "≥ 65"), near=levels(2, "≥ 60", "≥ 70", "≥ 70")),
    Slip("lint-order", "ระดับ!G4", levels(4, "≤ 50", "≤ 40", "≤ 45", "≤ 30", "≤ 20"), near=levels(4, "≤ 50", "≤ 40", "≤ 40", "≤ 30", "≤ 20")),
    Slip("lint-bare-falling", "ระดับ!F2", levels(2, 35, 30, 25, 20, 15), near=levels(2, 15, 20, 25, 30, 35)),
    Slip("lint-overlap", "ระดับ!F2", levels(2, "≤ 80", "80-85", "86-90", "91-95", "> 95"), near=levels(2, "≤ 80", "81-85", "86-90", "91-95", "> 95")),
    Slip("lint-gap", "ระดับ!G2", levels(2, "≤ 80", "81-85", "87-90", "91-95", "> 95")),
    Slip("lint-gap", "ระดับ!F2", levels(2, "≤ 80", "80.1 - 85", "85.01 - 90", "90.01 - 95", "> 95")),
    Slip("lint-gap", "ระดับ!F2", levels(2, "50 < x < 60", "60 < x < 70", "≥ 70", "≥ 90", "≥ 100")),
    Slip("lint-overshoot", "ระดับ!E4", levels(4, "= 1"), near=levels(4, 1)),
    Slip("lint-unreachable", "ระดับ!I2", levels(2, "≥ 60", "≥ 70", "≥ 80", "≥ 90", "≥ 101")),
    Slip("lint-unreachable", "ระดับ!I2", levels(2, "≥ 60", "≥ 70", "≥ 80", "≥ 90", "> 100"), near={"รายการข้อมูล!L4": None} | levels(2, *["≥ 60"] * 4, "> 100")),
    Slip("lint-unreachable", "ระดับ!I4", levels(4, "≤ 4", "≤ 3", "≤ 2", "≤ 1", "< 0"), near=levels(4, "≤ 4", "≤ 3", "≤ 2", "≤ 1", "≤ 0")),
    Slip("lint-day-outside", "ระดับ!I6", {"ระดับ!I6": "ภายใน 10 ก.ย. 2564"}, near={"ระดับ!I6": "ภายใน 30 ก.ย. 2565"}),
    Slip("lint-day-explained", "ระดับ!I6", {"ระดับ!I6": "ภายใน 10 ก.ย. 2564", "ระดับ!J6": "ก่อนรอบ ตามหนังสือ"}),
    Slip("lint-direction", "ระดับ!E4", levels(4, "≤ 5", "≤ 4", "≤ 3", "≤ 2", "≤ 1")),
    Slip("lint-twice", "ระดับ!E3", {"ระดับ!D3": "T1.pct"} | levels(3, *["≥ 50"] * 5), also=also("lint-unused")),
    Slip("lint-contradiction", "ระดับ!E6", {"ระดับ!D6": "I1.news", "ระดับ!E6": "< 1", "ระดับ!I6": None}),
    Slip("lint-empty-level", "ระดับ!G4", levels(4, "≥ 1", "≥ 2", "", "≥ 4")),
    Slip("lint-same-level", "ระดับ!F4", levels(4, "≥ 1", "≥ 1"), near=levels(4, "≥ 1", "> 1")),
    Slip("lint-case-dead", "ระดับ!E4", {"ระดับ!C4": "≤ 4", "ระดับ!C5": "≤ 2"}, near={"ระดับ!C4": "≤ 2", "ระดับ!C5": "> 2"}),
    Slip("lint-case-gap", "ระดับ!E4", {"ระดับ!C5": "> 3"}, near={"ระดับ!C5": "≥ 3"}),
    Slip("lint-case-overlap", "ระดับ!E4", {"ระดับ!C5": "≥ 2"}, near={"ระดับ!C4": "≤ 4"}),
    Slip("lint-linear-rows", "ตัวชี้วัด!A4", {"ตัวชี้วัด!G4": "ค่าต่อเนื่อง"}),
    Slip("lint-linear-edges", "ระดับ!E2", {"ตัวชี้วัด!G4": "ค่าต่อเนื่อง", "ระดับ!D3": None}),
)  # fmt: skip


if __name__ == "__main__":
    for slip in SLIPS:
        try:
            found = check(slip.cells, slip.spoil, **slip.sheets)
        except Exception as e:
            print("CRASH", slip, repr(e)); continue
        got = {(f.code, at(f)) for f in found}
        ok = (slip.code, slip.place) in got
        noise = {c for c, _ in got} - {slip.code} - slip.also
        lacks = slip.also - {c for c, _ in got}
        near = ""
        if slip.near is not None:
            near = [(f.code, at(f)) for f in check(slip.near)]
        if not ok or noise or lacks or near:
            print(slip, "OK" if ok else "MISSING", "noise", noise, "lacks", lacks, "near", near, "" if ok else got)
    print(CODES - {s.code for s in SLIPS}, {s.code for s in SLIPS} - CODES)
