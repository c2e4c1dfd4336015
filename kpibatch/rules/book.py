"""Writes a level-table workbook that a person would like to fill in: headings, dropdowns, widths, คู่มือ.

In: one text table per sheet (cells between bars, the header first). Out: the workbook of the design.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import read_date
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.rules.records import Method, Rollup, Source, ZeroRule
from kpibatch.rules.schema import REQUIRED

GUIDE = "คู่มือ"
SPARE_ROWS = 200
_WIDTHS = {
    **{
        "รายการ": 44,
        "ค่า": 52,
        "ตั้งแต่ร้อยละ": 16,
        "ผล": 24,
        "เดือน": 14,
        "กำหนดส่ง": 18,
        "รหัส": 22,
        "ชื่อ": 58,
        "กลุ่ม": 22,
        "อีเมล": 34,
    },
    **{
        "สำเนา": 30,
        "อยู่ใต้": 10,
        "น้ำหนัก": 11,
        "ผลรวมน้ำหนัก": 13,
        "ใช้กับ": 34,
        "วิธีให้คะแนน": 15,
        "ผู้รับผิดชอบ": 30,
        "อ้างอิง": 56,
    },
    **{
        "หน่วยนับ": 14,
        "ชนิด": 13,
        "ที่มา": 14,
        "สรุปรายเดือน": 13,
        "ตัวตั้ง": 22,
        "ตัวหาร": 22,
        "เมื่อตัวหารเป็นศูนย์": 14,
        "ต่ำสุด": 9,
        "สูงสุด": 9,
    },
    **{
        "ไม่เกินรายการ": 22,
        "ต้องมีหลักฐาน": 13,
        "ตัวชี้วัด": 11,
        "กรณีของ": 16,
        "เงื่อนไขกรณี": 14,
        "รายการข้อมูล": 26,
        "หมายเหตุ": 60,
    },
    "รหัสหน่วย": 13,
}
_LEVEL_WIDTH, _BASE_WIDTH = 22, 16
_NUMBERS = {"ตั้งแต่ร้อยละ", "น้ำหนัก", "ผลรวมน้ำหนัก", "ต่ำสุด", "สูงสุด"}
_DATES = {"กำหนดส่ง"}
_WRAPPED = {"ชื่อ", "อ้างอิง", "หมายเหตุ", "ใช้กับ", "ผู้รับผิดชอบ", "รายการ"}
_CHOICES = {
    ("รายการข้อมูล", "ชนิด"): [kind.value for kind in Kind],
    ("รายการข้อมูล", "ที่มา"): [source.value for source in Source],
    ("รายการข้อมูล", "สรุปรายเดือน"): [rollup.value for rollup in Rollup],
    ("รายการข้อมูล", "เมื่อตัวหารเป็นศูนย์"): [rule.value for rule in ZeroRule if rule.value],
    ("รายการข้อมูล", "ต้องมีหลักฐาน"): ["ใช่"],
    ("ตัวชี้วัด", "วิธีให้คะแนน"): [method.value for method in Method],
}
_LISTS = {
    ("ระดับ", "ตัวชี้วัด"): "='ตัวชี้วัด'!$A$2:$A$500",
    ("ระดับ", "รายการข้อมูล"): "='รายการข้อมูล'!$A$2:$A$2000",
    ("ระดับ", "กรณีของ"): "='รายการข้อมูล'!$A$2:$A$2000",
    ("รายการข้อมูล", "ตัวหาร"): "='รายการข้อมูล'!$A$2:$A$2000",
    ("รายการข้อมูล", "ไม่เกินรายการ"): "='รายการข้อมูล'!$A$2:$A$2000",
    ("ตัวชี้วัด", "อยู่ใต้"): "='ตัวชี้วัด'!$A$2:$A$500",
}
_FROZEN = {"รายการข้อมูล": 2, "ระดับ": 4, "ตัวชี้วัด": 3, "ค่าตั้งต้น": 1, "หน่วย": 2}


def table(text: str) -> list[list[str]]:
    """The cells of a text table, header first; short lines are filled up with blanks."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    return [line + [""] * (len(lines[0]) - len(line)) for line in lines]


def write_level_book(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]], day: date) -> None:
    """Write the workbook; ``sheets`` holds each sheet's rows of text, the header first."""
    with Book(path, title="ตารางระดับ", day=day) as book:
        _write_guide(book)
        labels = {row[0]: row[1] for row in sheets.get("รายการข้อมูล", [])[1:]}
        for name in REQUIRED:
            _write_table(book.sheet(name), sheets[name], labels)
        book.sheets["ตัวชี้วัด"].raw.activate()


def _write_table(sheet: Sheet, rows: Sequence[Sequence[str]], labels: Mapping[str, str]) -> None:
    header = rows[0]
    base = sheet.name == "ค่าตั้งต้น"
    top = 1 if base else 0
    widths = [_WIDTHS.get(name, _BASE_WIDTH if base else _LEVEL_WIDTH) for name in header]
    sheet.widths(*widths)
    if base:
        sheet.put_row(0, 0, ["", *(labels.get(code, "") for code in header[1:])], "quiet", "wrap", "centre")
        sheet.height(0, 4)
    sheet.put_row(top, 0, list(header), "head")
    sheet.height(top, 2)
    for number, row in enumerate(rows[1:], top + 1):
        _write_row(sheet, number, header, row, base)
        wrapped = [
            lines_of(text, width)
            for name, text, width in zip(header, row, widths, strict=True)
            if name in _WRAPPED
        ]
        sheet.height(number, max(wrapped, default=1))
    _choices(sheet, header, top + 1, top + len(rows) + SPARE_ROWS)
    sheet.raw.freeze_panes(top + 1, _FROZEN.get(sheet.name, 1))
    if len(rows) > 1 and sheet.name != "รอบประเมิน":
        sheet.raw.autofilter(top, 0, top + len(rows) - 1, len(header) - 1)
    sheet.page(top=top)


def _write_row(sheet: Sheet, number: int, header: Sequence[str], row: Sequence[str], base: bool) -> None:
    for column, (name, text) in enumerate(zip(header, row, strict=True)):
        content: Content = text or None
        day = read_date(text) if name in _DATES or (sheet.name == "รอบประเมิน" and name == "ค่า") else None
        styles = ["cell", "wrap", "text"] if name in _WRAPPED else ["cell", "text"]
        if day:
            content, styles = day, ["cell", "date"]
        elif text and (name in _NUMBERS or (base and column > 0)):
            content, styles = float(text), ["cell", "number"]
        elif name.startswith("ระดับ ") or name == "เงื่อนไขกรณี":
            styles.append("centre")
        sheet.put(number, column, content, *styles, valign="vcenter")


def _choices(sheet: Sheet, header: Sequence[str], first: int, last: int) -> None:
    for column, name in enumerate(header):
        source = _CHOICES.get((sheet.name, name)) or _LISTS.get((sheet.name, name))
        if source:
            sheet.validate(
                (first, column),
                (last, column),
                {"validate": "list", "source": source, "error_type": "warning"},
            )


def _write_guide(book: Book) -> None:
    guide = tomllib.loads(files("kpibatch.rules").joinpath("guide.toml").read_text(encoding="utf-8"))
    sheet = book.sheet(GUIDE)
    sheet.widths(30, 62, 58)
    sheet.put(0, 0, guide["title"], "title")
    sheet.height(0, 2)
    sheet.put(1, 0, guide["subtitle"], "subtitle")
    row = 3
    for part in guide["part"]:
        sheet.merge(row, 0, 2, part["title"], "section")
        for line in part["lines"]:
            row += 1
            sheet.put_row(row, 0, line, "cell", "wrap")
            sheet.height(
                row, max(lines_of(text, width) for text, width in zip(line, (30, 62, 58), strict=True))
            )
        row += 2
    sheet.page(top=0)
