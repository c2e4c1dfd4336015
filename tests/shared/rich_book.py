"""A workbook with a bit of everything that openpyxl would lose or change: what a returned copy must keep.

Written with XlsxWriter; what that can't make (a link to another workbook, rows and cells left out, a text
box's unclosed ``<br>``) is put into the package by hand, as Excel writes it.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

FORM, PLAIN, HIDDEN, CHARTS, QUOTED = "รายงาน", "ว่าง", "ซ่อน", "กราฟ", "It's ปี 65"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINK = f"""{_XML}
<externalLink xmlns="{_MAIN}"><externalBook xmlns:r="{_OFFICE}" r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames>
<sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>7</v></cell></row></sheetData></sheetDataSet>
</externalBook></externalLink>"""
_LINK_RELATION = f"""{_XML}
<Relationships xmlns="{_PACKAGE}">
<Relationship Id="rId1" Type="{_OFFICE}/externalLinkPath" Target="other.xlsx" TargetMode="External"/></Relationships>"""


def picture() -> io.BytesIO:
    """A red square as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = b"".join(b"\0" + b"\xff\0\0" * 20 for _ in range(20))
    head = struct.pack(">IIBBBBB", 20, 20, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def make_rich_book(path: Path, *, macros: bool = False) -> Path:
    """Sheets: a protected form with comments, a plain one with a button, a chart sheet, a hidden one, one
    with a quote in its name.
    """
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_calc_mode("manual")
        form, plain, hidden = (book.add_worksheet(name) for name in (FORM, PLAIN, HIDDEN))
        chart_sheet, quoted = book.add_chartsheet(CHARTS), book.add_worksheet(QUOTED)
        _fill_form(book, form)
        plain.write("A1", 1)
        plain.insert_button("D2", {"caption": "ส่ง", "macro": "send"})
        plain.set_header("&L&G", {"image_left": "logo.png", "image_data_left": picture()})
        plain.set_column("F:F", 20, book.add_format({"bg_color": "#00FF00", "num_format": "0.00"}))
        plain.set_row(8, 30, book.add_format({"italic": True}))
        hidden.write("A1", "ลับ")
        hidden.write_comment("A1", "ของเดิม", {"author": "อำเภอ"})
        hidden.hide()
        quoted.write("A1", "ปี")
        quoted.print_area("A1:C5")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": f"={FORM}!$B$2:$B$5"})
        chart_sheet.set_chart(chart)
        book.define_name("ทั้งหมด", f"={FORM}!$B$2:$B$5")
        book.define_name(f"{PLAIN}!ของชีต", f"={FORM}!$B$2")
        if macros:
            book.add_vba_project(io.BytesIO(b"macros" * 100), is_stream=True)
        plain.activate()
    return path


def _fill_form(book: xlsxwriter.Workbook, form: xlsxwriter.worksheet.Worksheet) -> None:
    entry = book.add_format(
        {
            "bg_color": "#FFF8DC",
            "locked": False,
            "num_format": '#,##0.00" บาท"',
            "border": 2,
            "font_name": "TH Sarabun New",
        }
    )
    pattern = book.add_format({"pattern": 4, "fg_color": "#123456", "bg_color": "#ABCDEF"})
    form.set_column("A:A", 30)
    form.set_column("D:D", 12, None, {"hidden": True})
    form.write("A1", "หัว", pattern)
    for row in range(1, 5):
        form.write(row, 0, f"รายการ {row}")
        form.write(row, 1, row * 10, entry)
    form.write_formula("B6", "=SUM(B2:B5)", entry, 100)
    form.write_array_formula("C2:C5", "{=B2:B5*2}", None, 20)
    form.merge_range("A8:C9", "ผสาน", entry)
    form.write_rich_string("A11", "ตัว", book.add_format({"bold": True}), "หนา", " ธรรมดา")
    form.write_url("A12", "https://example.org/", string="ลิงก์")
    form.data_validation(
        "B2:B5", {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "ห้ามติดลบ"}
    )
    form.data_validation("C8", {"validate": "list", "source": ["ใช่", "ไม่ใช่"]})
    form.conditional_format("B2:B5", {"type": "data_bar", "data_bar_2010": True})
    form.conditional_format(
        "B2:B5", {"type": "cell", "criteria": ">", "value": 30, "format": book.add_format({"bold": True})}
    )
    form.add_sparkline("E2", {"range": f"{FORM}!B2:B5"})
    form.add_table("G1:H3", {"columns": [{"header": "ก"}, {"header": "ข"}]})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": f"={FORM}!$B$2:$B$5"})
    form.insert_chart("G6", chart)
    form.insert_image("E10", "red.png", {"image_data": picture()})
    form.write_comment("B2", "หมายเหตุของอำเภอ", {"author": "อำเภอ", "x_scale": 0.5})
    form.write_comment("A3", "ไม่เกี่ยว", {"author": "จังหวัด", "visible": True})
    form.protect("secret", {"sort": True})
    form.repeat_rows(0)
    form.repeat_columns("A:A")
    form.print_area("A1:H20")
    form.set_landscape()
    form.set_h_pagebreaks([10])
    form.freeze_panes(1, 1)
    form.ignore_errors({"number_stored_as_text": "A1:A5"})


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def write_parts(path: Path, parts: Mapping[str, bytes]) -> Path:
    """A package of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def edit_part(path: Path, part: str, old: str, new: str) -> Path:
    """Change a text that stands once in a part."""
    parts = parts_of(path)
    assert parts[part].count(old.encode()) == 1, (part, old)
    return write_parts(path, parts | {part: parts[part].replace(old.encode(), new.encode())})


def link_to_other_book(path: Path) -> Path:
    """Add a link to another workbook, with the value that was read from it last."""
    override = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    edit_part(
        path,
        "xl/workbook.xml",
        "<definedNames>",
        '<externalReferences><externalReference r:id="rId99"/></externalReferences><definedNames>',
    )
    target = f'<Relationship Id="rId99" Type="{_OFFICE}/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'
    edit_part(path, "xl/_rels/workbook.xml.rels", "</Relationships>", target)
    part = f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{override}"/></Types>'
    edit_part(path, "[Content_Types].xml", "</Types>", part)
    new = {
        "xl/externalLinks/externalLink1.xml": _LINK.encode(),
        "xl/externalLinks/_rels/externalLink1.xml.rels": _LINK_RELATION.encode(),
    }
    return write_parts(path, parts_of(path) | new)
