"""Workbooks written byte by byte, as no program should: small parts of the four formats, put together as a
test wants them.

Each maker returns the bytes of a file; with nothing but cells it is a sound one. At the end, how the guards
take them.
"""

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

import pytest

from kpibatch.base.addresses import address
from kpibatch.base.catalogue import severity_of
from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard.inspect import inspect
from kpibatch.books.guard.limits import REFUSALS, Refused
from kpibatch.books.read import Grid, read_bytes

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zipped(parts: Iterable[tuple[str, bytes | str]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of parts; a name may come twice."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, content in parts:
            data = content.encode() if isinstance(content, str) else content
            if name in package.NameToInfo:
                del package.NameToInfo[name]  # or zipfile warns
            package.writestr(name, data)
    return target.getvalue()


# --- .xlsx --------------------------------------------------------------------------------------------------


def sheet(cells: str, after: str = "", head: str = HEAD, main: str = MAIN) -> str:
    """A sheet's part; ``cells`` are rows as XML, or cells, which then stand in one row."""
    rows = cells if cells.startswith("<row") or not cells else f"<row>{cells}</row>"
    return f'{head}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def cell(address: str, value: object, kind: str = "", formula: str | None = None) -> str:
    """A cell with its address, type, formula and value."""
    kind = f' t="{kind}"' if kind else ""
    formula = "" if formula is None else f"<f>{formula}</f>"
    return f'<c r="{address}"{kind}>{formula}<v>{value}</v></c>'


def relations(*links: tuple[str, str, str]) -> str:
    """A part of relationships: id, type's last word, target."""
    listed = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in links
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def xlsx_parts(*sheets: str | bytes, names: Sequence[str] = (), strings: str = "") -> dict[str, bytes | str]:
    """The parts of a workbook with these sheets."""
    names = names or [f"S{number}" for number in range(1, len(sheets) + 1)]
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    links = [
        (f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)
    ]
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        **{f"xl/worksheets/sheet{number}.xml": content for number, content in enumerate(sheets, 1)},
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
        links.append(("rId0", "sharedStrings", "sharedStrings.xml"))
    return parts | {"xl/_rels/workbook.xml.rels": relations(*links)}


def xlsx(*sheets: str | bytes, names: Sequence[str] = (), strings: str = "", **parts: bytes | str) -> bytes:
    """A workbook; ``parts`` named as Python allows: ``xl__workbook_xml`` for ``xl/workbook.xml``."""
    more = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    return zipped((xlsx_parts(*sheets, names=names, strings=strings) | more).items())


def with_parts(raw: bytes, changes: Mapping[str, bytes | str]) -> bytes:
    """A zipped workbook with some parts replaced or added."""
    with zipfile.ZipFile(BytesIO(raw)) as package:
        parts: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    return zipped((parts | dict(changes)).items())


def part(raw: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(raw)) as package:
        return package.read(name)


# --- .xlsb --------------------------------------------------------------------------------------------------


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of .xlsb: type and length with seven bits a byte."""
    head, length = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7]), len(content)
    while length > 127:
        head, length = head + bytes([length & 127 | 128]), length >> 7
    return head + bytes([length]) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(
    cells: Iterable[tuple[int, int, int, bytes]],
    name: str = "S1",
    after: bytes = b"",
    strings: bytes = b"",
    styles: bytes = b"",
) -> bytes:
    """A workbook of one sheet; cells are row, column, record type and content. With ``styles`` the columns
    have them in their order.
    """
    rows, last = b"", -1
    for row, column, kind, content in cells:
        if row != last:
            rows, last = rows + record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0)), row
        rows += record(kind, struct.pack("<II", column, column if styles else 0) + content)
    book = (
        record(131)
        + record(143)
        + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(name))
        + record(144)
        + record(132)
    )
    head = record(129) + record(148, struct.pack("<IIII", 0, 9, 0, 9)) + record(145)
    links = [
        ("rId1", "worksheet", "worksheets/sheet1.bin"),
        *([("rId2", "sharedStrings", "sharedStrings.bin")] if strings else []),
        *([("rId3", "styles", "styles.bin")] if styles else []),
    ]
    parts: dict[str, bytes | str] = {
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": relations(*links),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": head + rows + record(146) + after + record(130),
    }
    more = {"xl/sharedStrings.bin": strings, "xl/styles.bin": styles}
    return zipped((parts | {name: content for name, content in more.items() if content}).items())


# --- .ods ---------------------------------------------------------------------------------------------------


def ods_cell(value: object = None, kind: str = "float", text: str | None = None, attributes: str = "") -> str:
    """A cell of .ods; blank without a value."""
    name = "string-value" if kind == "string" else "value"
    typed = f' office:value-type="{kind}" office:{name}="{value}"' if value is not None else ""
    shown = (
        f"<text:p>{text if text is not None else value}</text:p>"
        if value is not None or text is not None
        else ""
    )
    return f"<table:table-cell{typed}{attributes}>{shown}</table:table-cell>"


def ods(*rows: str, name: str = "S1", content: str = "", manifest: str = "") -> bytes:
    """A workbook of one sheet; a row is its cells, or a whole element."""
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"'
        for key in ("office", "table", "text")
    )
    listed = "".join(
        row if row.startswith("<table:table-row") else f"<table:table-row>{row}</table:table-row>"
        for row in rows
    )
    body = content or f'<table:table table:name="{name}">{listed}</table:table>'
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    whole = f"{HEAD}<office:document-content {spaces} {calc}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    entries = manifest or '<manifest:file-entry manifest:full-path="/"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{whole}</office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}'
            "</manifest:manifest>",
        }.items()
    )


# --- .xls ---------------------------------------------------------------------------------------------------

BOF, EOF, NUMBER, FORMULA, BOOLERR, STRING = 0x809, 0x0A, 0x203, 0x06, 0x205, 0x207
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def biff(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def biff_begin(kind: int) -> bytes:
    """The beginning of a substream: 5 the workbook, 16 a sheet, 32 a chart."""
    return biff(BOF, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))


def biff_number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return biff(NUMBER, struct.pack("<HHHd", row, column, style, value))


def biff_formula(row: int, column: int, result: bytes) -> bytes:
    """A formula; ``result`` is 8 bytes: a number, or a kind, 0, a value and 0xFFFF at its end."""
    return biff(FORMULA, struct.pack("<HHH", row, column, 0) + result + bytes(8))


def special(kind: int, value: int = 0) -> bytes:
    """A formula's result that is no number: 0 text, 1 yes/no, 2 error, 3 empty text."""
    return bytes([kind, 0, value, 0, 0, 0, 0xFF, 0xFF])


def xls(*records: bytes, globals_: bytes = b"", sheets: int = 1) -> bytes:
    """A workbook whose sheets all hold these records."""
    body = biff_begin(16) + b"".join(records) + biff(EOF)
    head, entry = biff_begin(5) + globals_, 4 + 8 + 2
    first = len(head) + sheets * entry + 4
    listed = [
        biff(0x85, struct.pack("<IBBBB", first + n * len(body), 0, 0, 2, 0) + f"{n + 1:02x}".encode())
        for n in range(sheets)
    ]
    return compound({"Workbook": head + b"".join(listed) + biff(EOF) + sheets * body})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with these streams, each at least 4,096 bytes long."""
    contents = [
        content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0") for content in streams.values()
    ]
    follows, entries = [TABLE, END], [_entry("Root Entry", 5, END, 0, 1)]
    for name, content in zip(streams, contents, strict=True):
        entries.append(_entry(name, 2, len(follows), len(content)))
        follows += [*range(len(follows) + 1, len(follows) + len(content) // 512), END]
    assert len(follows) <= 128
    assert len(entries) <= 4
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack(
        "<109I", 0, *[FREE] * 108
    )
    table = struct.pack("<128I", *follows, *[FREE] * (128 - len(follows)))
    return head + table + b"".join(entries).ljust(512, b"\0") + b"".join(contents)


def _entry(name: str, kind: int, start: int, length: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<III", start, length, 0)


def endless_xls() -> bytes:
    """1,024 bytes whose only sector of allocations says that it follows itself."""
    head = compound({"Workbook": b""})[:512]
    return head[:48] + struct.pack("<I", 0) + head[52:] + struct.pack("<128I", *[0] * 128)


# --- reading them -------------------------------------------------------------------------------------------

LIMITS = IntakeLimits()


def refusal(raw: bytes, limits: IntakeLimits = LIMITS) -> Refused:
    """Why a file is not read."""
    with pytest.raises(Refused) as refused:
        inspect(raw, limits)
    assert severity_of(refused.value.code) == "error"
    assert refused.value.code in REFUSALS
    return refused.value


def code(raw: bytes, limits: IntakeLimits = LIMITS) -> str:
    return refusal(raw, limits).code


def grid(raw: bytes) -> Grid:
    """The only sheet of a workbook, read through the guards."""
    (one,) = read_bytes(raw, LIMITS).values()
    return one


def values(raw: bytes) -> dict[str, object]:
    """What stands in the only sheet, by address."""
    rows = enumerate(grid(raw).rows)
    return {
        address(row, column): value
        for row, line in rows
        for column, value in enumerate(line)
        if value is not None
    }
