"""Draws the form that the office of a sample province has used for years, with the placeholders typed into
its input cells.

    python input_samples/make_template.py [NAME …]

Merged headings, two sheets, formulas, a logo, dropdowns, a signature block: what ``kpibatch forms`` has to
keep as it is. The same bytes come out every time.
"""

import struct
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_month
from kpibatch.forms.layout import TEXT_COLUMNS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Measure

HERE = Path(__file__).parent
NAME = "form_template.xlsx"
FONT, LAST = "TH SarabunPSK", 9
NAVY, SAND, LINE = "#2F4F4F", "#F3EBDD", "#8C8C8C"
WIDTHS = (5, 32, 38, 12, 18, 18, 12, 30, 26, 26)


@dataclass(frozen=True)
class Page:
    """One sheet: its name, its section, and its KPIs with their measures, in order."""

    name: str
    section: str
    kpis: Mapping[str, tuple[str, ...]]
    monthly: str = ""


PAGES: Mapping[str, tuple[Page, ...]] = {
    "chachoengsao-2561-1": (
        Page(
            "งานทีม",
            "ส่วนที่ 1  เป้าหมายผลสำเร็จของงานทีม (น้ำหนักร้อยละ 50)",
            {"T1": ("T1.spent",), "T2": ("T2.done",)},
        ),
        Page(
            "งานรายบุคคล",
            "ส่วนที่ 2  เป้าหมายผลสำเร็จของงานรายบุคคล (น้ำหนักร้อยละ 50)",
            {
                "I3": ("I3.sales_now",),
                "I4": ("I4.producers_now",),
                "I5": ("I5.target_groups", "I5.analysed", "I5.meeting", "I5.plan", "I5.indicators_passed"),
                "I6": ("I6.promoted",),
                "I7": ("I7.disbursed",),
                "I8": ("I8.database", "I8.committee", "I8.meeting", "I8.plan", "I8.plan_done", "I8.report"),
                "I9": ("I9.order", "I9.plan", "I9.collected_hh"),
                "I10": (
                    "I10.data_ready",
                    "I10.presented",
                    "I10.cooperation",
                    "I10.best_practice",
                    "I10.field_visit",
                ),
            },
            monthly="I9.progress_monthly",
        ),
    )
}


class Drawing:
    """The workbook being drawn, with its few formats."""

    def __init__(self, path: Path, tables: LevelTables) -> None:
        self.book = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        )
        self.book.set_properties(
            {"title": "แบบรายงานผลการปฏิบัติราชการ", "author": "งานแผน", "created": datetime(2017, 10, 2)}
        )
        self.book.set_custom_property("ชั้นเอกสาร", "ใช้ภายใน")
        self.tables = tables
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **looks: Any) -> Any:
        key = tuple(sorted(looks.items()))
        if key not in self._formats:
            usual = {"font_name": FONT, "font_size": 16, "valign": "vcenter"}
            self._formats[key] = self.book.add_format(usual | looks)
        return self._formats[key]

    def cell(self, **looks: Any) -> Any:
        return self.style(border=1, border_color=LINE, **looks)

    @property
    def head(self) -> Any:
        return self.cell(bold=True, align="center", text_wrap=True, bg_color=SAND)


def logo(size: int = 44) -> bytes:
    """A seal: a ring, and in it a rice field under the sun."""
    rows = b"".join(b"\x00" + b"".join(bytes(_pixel(x, y, size)) for x in range(size)) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _pixel(x: int, y: int, size: int) -> tuple[int, int, int, int]:
    middle = (size - 1) / 2
    away = ((x - middle) ** 2 + (y - middle) ** 2) ** 0.5 / middle
    if away > 1:
        return 255, 255, 255, 0
    if away > 0.84:
        return 47, 79, 79, 255
    if y > size * 0.58:
        return (96, 140, 72, 255) if (x + y) % 6 else (150, 180, 90, 255)
    return (
        (222, 160, 40, 255)
        if (x - middle) ** 2 + (y - size * 0.36) ** 2 < (size * 0.14) ** 2
        else (243, 235, 221, 255)
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def write_template(path: Path, tables: LevelTables, pages: Sequence[Page]) -> None:
    """The whole form."""
    drawing = Drawing(path, tables)
    for page in pages:
        sheet = drawing.book.add_worksheet(page.name)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width, drawing.style())
        _heading(drawing, sheet, page)
        row = _items(drawing, sheet, page)
        if page.monthly:
            row = _months(drawing, sheet, tables.measures[page.monthly], row + 1)
        _signatures(drawing, sheet, row + 1)
        _print_settings(sheet, row + 5)
    drawing.book.close()


def _heading(drawing: Drawing, sheet: Any, page: Page) -> None:
    tables = drawing.tables
    title, small = drawing.style(bold=True, font_size=20, align="center"), drawing.style(align="center")
    sheet.merge_range(0, 0, 0, LAST, "แบบรายงานผลการปฏิบัติราชการตามบันทึกข้อตกลง", title)
    half = f"รอบการประเมินที่ {tables.round.number} ปีงบประมาณ พ.ศ. {tables.round.fiscal_year}"
    sheet.merge_range(1, 0, 1, LAST, f"{tables.round.owner}  {half}", small)
    sheet.merge_range(2, 0, 2, 2, "สำนักงานพัฒนาชุมชนอำเภอ", drawing.style(bold=True, align="right"))
    sheet.merge_range(2, 3, 2, 5, "{{unit}}", drawing.style(bold=True, bottom=4))
    sheet.merge_range(
        2,
        6,
        2,
        LAST,
        "ประจำเดือน ........................................ พ.ศ. ................",
        drawing.style(align="right"),
    )
    sheet.insert_image(
        0, 0, "logo.png", {"image_data": BytesIO(logo()), "x_offset": 6, "y_offset": 4, "object_position": 1}
    )
    for column, text in enumerate(("ที่", "ตัวชี้วัด", "รายการ", "หน่วยนับ")):
        sheet.merge_range(4, column, 5, column, text, drawing.head)
    sheet.merge_range(4, 4, 4, 6, "ผลการดำเนินงาน", drawing.head)
    sheet.merge_range(4, 7, 4, LAST, "คำชี้แจง", drawing.head)
    for column, text in enumerate(
        ("เป้าหมาย/ปีฐาน", "ทำได้ถึงเดือนนี้", "ร้อยละ", "หลักฐานอ้างอิง", "ปัญหา/อุปสรรค", "หมายเหตุ"), 4
    ):
        sheet.write_string(5, column, text, drawing.head)
    sheet.merge_range(
        6, 0, 6, LAST, page.section, drawing.cell(bold=True, font_color="#FFFFFF", bg_color=NAVY)
    )
    for row, height in ((0, 32), (1, 25), (2, 27), (4, 26), (5, 30), (6, 28)):
        sheet.set_row(row, height)


def _items(drawing: Drawing, sheet: Any, page: Page) -> int:
    row = 7
    for number, (kpi, codes) in enumerate(page.kpis.items(), 1):
        _down(sheet, row, len(codes), 0, str(number), drawing.cell(align="center", valign="top"))
        _down(
            sheet,
            row,
            len(codes),
            1,
            drawing.tables.node[kpi].name,
            drawing.cell(text_wrap=True, valign="top", indent=1),
        )
        for code in codes:
            _item(drawing, sheet, drawing.tables.measures[code], row)
            row += 1
    return row


def _down(sheet: Any, row: int, count: int, column: int, text: str, style: Any) -> None:
    """One text beside all rows of a KPI."""
    if count == 1:
        sheet.write_string(row, column, text, style)
    else:
        sheet.merge_range(row, column, row + count - 1, column, text, style)


def _item(drawing: Drawing, sheet: Any, measure: Measure, row: int) -> None:
    asked = drawing.cell(
        num_format=_format(measure),
        bg_color="#FFFFF0",
        align="center" if measure.kind is Kind.YES_NO else "right",
    )
    centre = drawing.cell(align="center")
    sheet.set_row(row, 56)
    sheet.write_string(row, 2, measure.label, drawing.cell(text_wrap=True, indent=1))
    sheet.write_string(row, 3, measure.counting_unit or "ใช่/ไม่ใช่", centre)
    held_against = next(
        (m for m in drawing.tables.measures.values() if measure.code in m.numerator and m.denominator), None
    )
    if held_against:
        sheet.write_string(
            row, 4, f"{{{{{held_against.denominator}}}}}", drawing.cell(num_format=_format(measure))
        )
        done, base = f"F{row + 1}", f"E{row + 1}"
        part = done if held_against.source.value == "ร้อยละ" else f"({done}-{base})"
        formula = f'=IF(OR({done}="",{base}=0),"",{part}/{base}*100)'
        sheet.write_formula(row, 6, formula, drawing.cell(num_format="0.00", align="center"), "")
    else:
        sheet.write_string(row, 4, "-", centre)
        sheet.write_string(row, 6, "-", centre)
    sheet.write_string(row, 5, f"{{{{{measure.code}}}}}", asked)
    sheet.data_validation(row, 5, row, 5, _check(measure))
    for column, text in enumerate(TEXT_COLUMNS, 7):
        sheet.write_string(
            row,
            column,
            f"{{{{{measure.code}:{text}}}}}",
            drawing.cell(text_wrap=True, valign="top", bg_color="#FFFFF0"),
        )


def _format(measure: Measure) -> str:
    return {Kind.AMOUNT: "#,##0.00", Kind.NUMBER: "#,##0", Kind.YES_NO: "@"}[measure.kind]


def _check(measure: Measure) -> dict[str, Any]:
    if measure.kind is Kind.YES_NO:
        return {
            "validate": "list",
            "source": ["ใช่", "ไม่ใช่"],
            "error_title": "กรอกไม่ถูกต้อง",
            "error_message": "เลือก ใช่ หรือ ไม่ใช่",
        }
    error = {"error_title": "กรอกไม่ถูกต้อง", "error_message": "กรอกตัวเลขตั้งแต่ 0 ขึ้นไป"}
    return {
        "validate": "decimal",
        "criteria": ">=",
        "value": 0,
        "input_title": "กรอกตัวเลข",
        "input_message": measure.label[:200],
        **error,
    }


def _months(drawing: Drawing, sheet: Any, measure: Measure, row: int) -> int:
    """A table of its own for what is reported month by month."""
    months = drawing.tables.round.months
    kpi = drawing.tables.node[drawing.tables.kpi_of[measure.code]].name
    sheet.merge_range(
        row,
        0,
        row,
        LAST,
        f"รายงานรายเดือน  {kpi}",
        drawing.cell(bold=True, font_color="#FFFFFF", bg_color=NAVY),
    )
    sheet.merge_range(row + 1, 0, row + 1, 2, "รายการ", drawing.head)
    sheet.merge_range(row + 2, 0, row + 2, 2, measure.label, drawing.cell(text_wrap=True))
    for column, month in enumerate(months, 3):
        sheet.write_string(row + 1, column, show_month(month, short=True), drawing.head)
        sheet.write_string(
            row + 2,
            column,
            f"{{{{{measure.code}@{month}}}}}",
            drawing.cell(align="center", bg_color="#FFFFF0"),
        )
    sheet.write_string(row + 1, LAST, "หมายเหตุ", drawing.head)
    sheet.write_string(
        row + 2,
        LAST,
        f"{{{{{measure.code}:{TEXT_COLUMNS[2]}}}}}",
        drawing.cell(text_wrap=True, bg_color="#FFFFF0"),
    )
    sheet.data_validation(row + 2, 3, row + 2, 2 + len(months), _check(measure))
    for below, height in enumerate((26, 25, 30)):
        sheet.set_row(row + below, height)
    return row + 3


def _signatures(drawing: Drawing, sheet: Any, row: int) -> None:
    centre = drawing.style(align="center")
    lines: Sequence[tuple[str, str]] = (
        (
            "ลงชื่อ ................................................ ผู้รายงาน",
            "ลงชื่อ ................................................ ผู้รับรอง",
        ),
        (
            "(................................................)",
            "(................................................)",
        ),
        ("นักวิชาการพัฒนาชุมชนผู้รับผิดชอบ", "พัฒนาการอำเภอ"),
    )
    for below, (left, right) in enumerate(lines):
        sheet.merge_range(row + below, 1, row + below, 2, left, centre)
        sheet.merge_range(row + below, 5, row + below, 7, right, centre)
        sheet.set_row(row + below, 27)
    note = "กรอกเฉพาะช่องสีอ่อน\nช่องว่าง = ยังไม่มีผล"
    look = {
        "width": 200,
        "height": 74,
        "x_offset": 8,
        "y_offset": 4,
        "font": {"name": FONT, "size": 14},
        "object_position": 1,
    }
    sheet.insert_textbox(row, 8, note, look)


def _print_settings(sheet: Any, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(4, 5)
    sheet.print_area(0, 0, last, LAST)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer(f'&L&"{FONT}"&12พิมพ์เมื่อ &D&R&"{FONT}"&12หน้า &P/&N')
    sheet.freeze_panes(6, 3)


def make(name: str, tables: LevelTables, folder: Path) -> Path:
    """Write the template of one workspace into its folder."""
    write_template(folder / NAME, tables, PAGES[name])
    return folder / NAME


if __name__ == "__main__":
    for workspace in sys.argv[1:] or PAGES:
        print(make(workspace, read_levels(HERE / workspace / "level_tables.xlsx")[0], HERE / workspace))
