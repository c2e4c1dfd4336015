"""Small level-table workbooks written as text, for the tests: a tiny valid set of sheets and what differs
from it.

``levels(ระดับ="…")`` gives the tables of such a workbook, ``faults(cells={"หน่วย!A3": "3101"})`` what the
reader finds in it. Where a test changes one cell it names the cell, so that the place of the finding can be
told.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import Workbook
from plain_book import Cells, is_plain, plain_book

from kpibatch.base.addresses import coordinates
from kpibatch.base.findings import Finding
from kpibatch.books.look import date_format
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.book import _cell, rows_of, top_of, write_level_book
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import GUIDE, Sheet
from kpibatch.rules.schema import SHEETS as SCHEMA

_DAY = date_format("th")

SHEETS = {
    "รอบประเมิน": """
        รายการ            | ค่า
        เจ้าของ            | จังหวัดตัวอย่าง
        ปีงบประมาณ         | 2565
        รอบ               | 2
        เริ่ม               | 1 เม.ย. 2565
        สิ้นสุด              | 30 ก.ย. 2565
        เดือนรายงาน        | 4, 5, 6
        หน่วยประเมิน        | อำเภอ
        คะแนนของระดับ      |
        คะแนนต่ำกว่าระดับ 1  | 0
        อ้างอิง             | หนังสือจังหวัดตัวอย่าง
    """,
    "ผลประเมิน": """
        ตั้งแต่ร้อยละ | ผล
        90         | ดีเด่น
        60         | พอใช้
        0          | ต้องปรับปรุง
    """,
    "ปฏิทิน": """
        เดือน    | กำหนดส่ง
        2565-04 | 5 พ.ค. 2565
        2565-05 | 5 มิ.ย. 2565
        2565-06 | 5 ก.ค. 2565
    """,
    "หน่วย": """
        รหัส  | ชื่อ     | กลุ่ม  | อีเมล             | สำเนา
        3101 | เมือง   | เหนือ | 3101@cdd.example
        3102 | คูเมือง  | เหนือ | 3102@cdd.example
        3103 | กระสัง  | ใต้   | 3103@cdd.example
    """,
    "ตัวชี้วัด": """
        รหัส | อยู่ใต้ | ชื่อ      | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
        T   |      | งานทีม   | 60    |            |      |           |           | ข้อ 1
        I   |      | งานบุคคล | 40    |            |      |           |           | ข้อ 2
        T1  | T    | เบิกจ่าย  | 60    |            |      |           |           | ข้อ 1.1
        I1  | I    | ข่าว     | 40    |            |      |           |           | ข้อ 2.1
    """,
    "รายการข้อมูล": """
        รหัส | รายการ | หน่วยนับ | ชนิด | ที่มา | สรุปรายเดือน | ตัวตั้ง | ตัวหาร | เมื่อตัวหารเป็นศูนย์ | ต่ำสุด | สูงสุด | ไม่เกินรายการ | ต้องมีหลักฐาน
        staff     | อัตรากำลัง | คน     | จำนวน   | ค่าตั้งต้น
        T1.budget | งบ       | บาท    | จำนวนเงิน | ค่าตั้งต้น |    |          |           |        | 0
        T1.spent  | เบิกจ่าย   | บาท    | จำนวนเงิน | กรอก   | ล่าสุด |         |           |        | 0 |  | T1.budget
        T1.pct    | ร้อยละ    | ร้อยละ  | ร้อยละ   | ร้อยละ  |     | T1.spent | T1.budget | ไม่ผ่าน
        T1.docs   | หลักฐาน   |        | ใช่/ไม่ใช่ | กรอก   | ล่าสุด
        I1.news   | ข่าว      | ข่าว    | จำนวน   | กรอก   | ต่ำสุด
        I1.day    | วันรายงาน |        | วันที่     | กรอก   | ล่าสุด
    """,
    "ระดับ": """
        ตัวชี้วัด | กรณีของ | เงื่อนไขกรณี | รายการข้อมูล | ระดับ 1 | ระดับ 2 | ระดับ 3 | ระดับ 4 | ระดับ 5             | หมายเหตุ
        T1    |        |           | T1.pct    | ≥ 60  | ≥ 70  | ≥ 80  | ≥ 90  | ≥ 100
        T1    |        |           | T1.docs   | ใช่    | ใช่    | ใช่    | ใช่    | ใช่
        I1    | staff  | ≤ 2       | I1.news   | ≥ 1   | ≥ 2   | ≥ 3   | ≥ 4   | ≥ 5
        I1    | staff  | > 2       | I1.news   | ≥ 2   | ≥ 4   | ≥ 6   | ≥ 8   | ≥ 10
        I1    |        |           | I1.day    |       |       |       |       | ภายใน 10 ก.ย. 2565
    """,
    "ค่าตั้งต้น": """
        รหัสหน่วย | staff | T1.budget
        3101    | 2     | 1000
        3102    | 4     | 2000
        3103    | 5     | 3000
    """,
}

ONE_KPI = """
    รหัส | อยู่ใต้ | ชื่อ    | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | งานทีม | 100   |            |      |           |           | ข้อ 1
    T1  | T    | ตัวเดียว | 100   |            |      |           |           | ข้อ 1.1
"""
NO_BASELINES = """
    รหัสหน่วย
    3101
"""


def write(
    path: Path,
    sheets: Mapping[str, str],
    cells: Mapping[str, Any],
    spoil: Callable[[Any], None] | None = None,
) -> Path:
    """The workbook of ``SHEETS`` with other ``sheets``, then single ``cells``, then whatever ``spoil`` does
    to it.
    """
    if not cells and not spoil:
        path.write_bytes(_written(**sheets))
        return path
    if not spoil and all(map(is_plain, cells.values())):
        path.write_bytes(plain_book(_changed(_cells(**sheets), cells)))
        return path
    book = _open(_cells(**sheets))
    for place, value in cells.items():
        sheet, address = place.split("!")
        book[sheet][address] = value
    if spoil:
        spoil(book)
    book.save(path)
    return path


@cache
def _written(**sheets: str) -> bytes:
    """The workbook as it is written for people."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "level_tables.xlsx"
        texts = {name: rows_of(text) for name, text in (SHEETS | sheets).items()}
        write_level_book(path, texts, date(2022, 4, 1))
        return path.read_bytes()


@cache
def _cells(**sheets: str) -> dict[str, Cells]:
    """What stands in its cells, bare of what nobody reads and all would wait for: the guide, dropdowns, and
    every look but how numbers are shown.
    """
    texts = {name: rows_of(text) for name, text in (SHEETS | sheets).items()}
    labels = {row[0]: row[1] for row in texts["รายการข้อมูล"][1:]}
    there = (schema for schema in SCHEMA if schema.sheet in texts)
    return {GUIDE: {}, **{schema.sheet: _cells_of(schema, texts[schema.sheet], labels) for schema in there}}


def _cells_of(schema: Sheet, rows: list[list[str]], labels: Mapping[str, str]) -> Cells:
    top, cells = top_of(schema), {}
    for column, heading in enumerate(rows[0]):
        if top and column:
            cells[0, column] = labels.get(heading), "General"
        cells[top, column] = heading, "General"
    columns = [schema.column(heading) for heading in rows[0]]
    for number, row in enumerate(rows[1:], top + 1):
        for index, (column, text) in enumerate(zip(columns, row, strict=True)):
            content, styles = _cell(column, text)
            cells[number, index] = (
                content,
                _DAY if "date" in styles else "@" if "text" in styles else "General",
            )
    return {place: cell for place, cell in cells.items() if cell[0] is not None}


def _changed(sheets: Mapping[str, Cells], cells: Mapping[str, Any]) -> dict[str, Cells]:
    """With other contents, shown as a spreadsheet program shows what is typed."""
    changed = {name: dict(several) for name, several in sheets.items()}
    for place, value in cells.items():
        sheet, address = place.split("!")
        at = coordinates(address)
        _, form = changed[sheet].get(at, (None, "General"))
        is_day = isinstance(value, date) and form != _DAY
        changed[sheet][at] = value, "yyyy\\-mm\\-dd" if is_day else form
    return changed


def _open(sheets: Mapping[str, Cells]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for (row, column), (content, form) in cells.items():
            cell = sheet.cell(row + 1, column + 1, content)
            cell.number_format = form
    return book


def read(
    cells: Mapping[str, Any] | None = None, spoil: Callable[[Any], None] | None = None, **sheets: str
) -> tuple[LevelTables, list[Finding]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "level_tables.xlsx"
        if cells or spoil:
            write(path, sheets, cells or {}, spoil)
        else:
            path.write_bytes(plain_book(_cells(**sheets)))
        return read_levels(path)


def faults(
    cells: Mapping[str, Any] | None = None, spoil: Callable[[Any], None] | None = None, **sheets: str
) -> list[tuple[str, str]]:
    """What the reader finds, as (code, sheet!cell)."""
    return [
        (found.code, f"{found.place.sheet}!{found.place.cell}".rstrip("!"))
        for found in read(cells, spoil, **sheets)[1]
    ]


@cache
def levels(**sheets: str) -> LevelTables:
    """The tables of a workbook without faults."""
    tables, found = read(**sheets)
    assert not found, [(one.code, str(one.place)) for one in found]
    return tables


def one_kpi(measures: str, rules: str, **sheets: str) -> LevelTables:
    """Tables of one KPI, T1, without baselines: lines of รายการข้อมูล and lines of ระดับ, their headings left
    out.
    """
    heads = {name: SHEETS[name].strip().splitlines()[0] for name in ("รายการข้อมูล", "ระดับ")}
    usual = {"ตัวชี้วัด": ONE_KPI, "ค่าตั้งต้น": NO_BASELINES}
    return levels(
        **(usual | sheets), รายการข้อมูล=f"{heads['รายการข้อมูล']}\n{measures}", ระดับ=f"{heads['ระดับ']}\n{rules}"
    )


def checking(*rows: str) -> Callable[[Any], None]:
    """What adds the sheet กฎตรวจ; a row's cells stand between bars."""

    def spoil(book: Any) -> None:
        sheet = book.create_sheet("กฎตรวจ")
        for row in ("ซ้าย | เทียบ | ขวา | ความรุนแรง | ข้อความ | ใช้", *rows):
            sheet.append([cell.strip() or None for cell in row.split("|")])

    return spoil


def percents(sheet: str, **shares: float) -> Callable[[Any], None]:
    """What types shares into cells that show them as percents."""

    def spoil(book: Any) -> None:
        for cell, share in shares.items():
            book[sheet][cell], book[sheet][cell].number_format = share, "0.00%"

    return spoil
