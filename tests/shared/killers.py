"""One of every file that ever killed a reader, or was taken for another: name → bytes, and the code it is
refused with.
"""

import struct

from hostile_books import (
    biff,
    biff_number,
    cell,
    compound,
    endless_xls,
    ods,
    ods_cell,
    sheet,
    xls,
    xlsb,
    xlsx,
    xlsx_parts,
    zipped,
)
from workspace import BURIRAM, SAMPLES

ONE = sheet(cell("A1", 1))
_SOUND = next((SAMPLES / BURIRAM / "submissions" / "2565-06").glob("3101 *.xlsx"))
CORNER = xlsx(sheet(f'<row r="1">{cell("A1", 1)}</row><row r="1048576">{cell("XFD1048576", 2)}</row>'))
GREEDY = xlsx(ONE, strings='<sst uniqueCount="99999999999999"><si><t>a</t></si></sst>')

KILLERS: dict[str, tuple[bytes, str]] = {
    "stray cell.xlsx": (CORNER, "sheet-too-large"),
    "lying count.xlsx": (GREEDY, "file-malformed"),
    "panic.xlsx": (xlsx(ONE, strings='<sst uniqueCount="9999999999999999999"/>'), "file-malformed"),
    "bomb.xlsx": (xlsx(ONE, xl__bomb_xml=bytes(70_000_000)), "file-swollen"),
    "merged.xlsx": (
        xlsx(sheet(cell("A1", 1), '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
        "sheet-too-large",
    ),
    "endless.xls": (endless_xls(), "file-malformed"),
    "corner.xls": (xls(biff_number(0, 0, 1), biff_number(65_535, 255, 1)), "sheet-too-large"),
    "dimensions.xls": (xls(biff(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 0xFFFF, 0))), "file-malformed"),
    "corner.xlsb": (xlsb([(1_048_575, 16_383, 5, bytes(8))]), "sheet-too-large"),
    "million.ods": (
        ods(
            '<table:table-row table:number-rows-repeated="1048576">'
            f"{ods_cell(1)}{ods_cell(2)}</table:table-row>"
        ),
        "sheet-too-large",
    ),
    "utf16.xlsx": (xlsx(ONE.replace("UTF-8", "UTF-16").encode("utf-16")), "file-malformed"),
    "doctype.xlsx": (
        xlsx(ONE.replace("<worksheet", '<!DOCTYPE a [<!ENTITY b "b">]><worksheet', 1)),
        "file-malformed",
    ),
    "twice.xlsx": (zipped([*xlsx_parts(ONE).items(), ("xl/worksheets/sheet1.xml", ONE)]), "file-malformed"),
    "same address.xlsx": (xlsx(sheet(cell("A1", 1) + cell("A1", 2))), "file-malformed"),
    "password.xlsx": (compound({"EncryptionInfo": b"", "EncryptedPackage": b""}), "file-encrypted"),
    "page.xls": (b"<html><table><tr><td>85</td></tr></table></html>", "file-web-page"),
    "list.xlsx": ("รหัส,ค่า\n3101,85".encode("cp874"), "file-text"),
    "=cmd().xlsx": (b"=cmd|' /C calc'!A0", "file-text"),
    "empty.xlsx": (b"", "file-empty"),
    "scan.xlsx": (b"%PDF-1.7", "file-not-workbook"),
    "letter.xlsx": (zipped([("word/document.xml", "<a/>")]), "file-not-workbook"),
    "sheets.xlsx": (xlsx(*[ONE] * 101), "too-many-sheets"),
    "cut.xlsx": (_SOUND.read_bytes()[:9000], "unreadable-file"),
    "strange.xlsx": (
        xlsx(sheet(cell("A1", "NaN") + cell("B1", "#SPILL!", "e") + cell("C1", "1e999"))),
        "not-a-form",
    ),
}
