"""The guards of .xlsb, .xls and .ods: what would hurt a reader is refused, an error cell is an error."""

import math
import struct
from pathlib import Path

import pytest
import xlsxwriter
from hostile_books import (
    BOOLERR,
    LIMITS,
    STRING,
    biff,
    biff_begin,
    biff_formula,
    biff_number,
    cell,
    code,
    compound,
    endless_xls,
    grid,
    ods,
    ods_cell,
    part,
    record,
    sheet,
    special,
    values,
    with_parts,
    xls,
    xlsb,
    xlsx,
)
from libreoffice import recalculate

from kpibatch.books.guard.inspect import inspect
from kpibatch.books.guard.limits import LINKS, MACROS, UNCALCULATED, Hidden
from kpibatch.books.guard.ole import Compound, packed
from kpibatch.books.read import CellError, read_book

# --- .xlsb, .xls, .ods --------------------------------------------------------------------------------------


def double(value: float) -> bytes:
    return struct.pack("<d", value)


def test_xlsb_errors_are_errors() -> None:
    cells = [
        (0, 0, 5, double(1)),
        (0, 1, 3, b"\x07"),
        (2, 3, 11, b"\x17" + bytes(12)),
        (2, 4, 3, b"\x2b"),
        (3, 0, 5, double(math.nan)),
    ]
    assert values(xlsb(cells)) == {
        "A1": 1.0,
        "B1": CellError("#DIV/0!"),
        "D3": CellError("#REF!"),
        "E3": CellError("#GETTING_DATA"),
        "A4": CellError("nan"),
    }


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (xlsb([(0, 0, 5, double(1)), (1_048_575, 16_383, 5, double(1))]), "sheet-too-large"),
        (xlsb([(1_048_576, 0, 5, double(1))]), "file-malformed"),
        (xlsb([(0, 0, 5, double(1)), (0, 0, 5, double(2))]), "file-malformed"),
        (xlsb([(0, 0, 16, double(1))]), "file-malformed"),
        (xlsb([(0, 0, 5, double(1))], strings=record(159, struct.pack("<II", 1, 2**31))), "file-malformed"),
        (
            xlsb([(0, 0, 5, double(1))], after=record(176, struct.pack("<IIII", 0, 9999, 0, 999))),
            "sheet-too-large",
        ),
        (xlsb([(0, 0, 5, double(1))], after=b"\x94\x01\xff"), "unreadable-file"),
    ],
)
def test_xlsb_that_would_hurt(raw: bytes, expected: str) -> None:
    assert code(raw) == expected


def test_xls_errors_are_errors() -> None:
    raw = xls(
        biff_number(0, 0, 1),
        biff(BOOLERR, struct.pack("<HHHBB", 0, 1, 0, 0x07, 1)),
        biff(BOOLERR, struct.pack("<HHHBB", 0, 2, 0, 1, 0)),
        biff_formula(1, 0, special(2, 0x2A)),
        biff_formula(1, 1, double(6)),
        biff_formula(1, 2, special(0)),
        biff(STRING, struct.pack("<HB", 2, 0) + b"ab"),
        biff_formula(1, 3, special(0)),
        biff_formula(1, 4, special(3)),
        biff(0xBD, struct.pack("<HHHIHIH", 2, 0, 0, (5 << 2) | 2, 0, (6 << 2) | 2, 1)),
        globals_=biff(0xE0, bytes(20)),
    )
    assert values(raw) == {
        "A1": 1.0,
        "B1": CellError("#DIV/0!"),
        "C1": True,
        "A2": CellError("#N/A"),
        "B2": 6.0,
        "C2": "ab",
        "D2": CellError(UNCALCULATED),
        "A3": 5.0,
        "B3": 6.0,
    }


def test_numbers_of_a_chart_are_no_cells_of_its_sheet() -> None:
    chart = biff_begin(32) + biff_number(0, 0, 999) + biff(0x0A)
    assert values(xls(biff_number(0, 0, 5), chart, biff_number(1, 1, 6))) == {"A1": 5.0, "B2": 6.0}


def test_a_sheet_that_is_a_chart_has_no_cells() -> None:
    """Its numbers stand at the same addresses series by series."""
    raw = xls(biff_number(0, 0, 5), sheets=2)
    stream = bytearray(Compound(raw).stream("Workbook"))
    second = stream.rindex(struct.pack("<HH", 0x85, 10)) + 4
    stream[second + 5] = 2
    body = struct.unpack_from("<I", stream, second)[0]
    stream[body:] = biff_begin(32) + biff_number(0, 0, 1) + biff_number(0, 0, 2) + biff(0x0A)
    assert values(compound({"Workbook": bytes(stream)})) == {"A1": 5.0}


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "workbook", "Book", "BOOK"])
def test_the_stream_of_a_workbook_is_found_however_it_is_spelled(name: str) -> None:
    stream = Compound(xls(biff_number(0, 0, 5))).stream("Workbook")
    assert values(compound({name: stream})) == {"A1": 5.0}


@pytest.mark.parametrize("sectors", [1, 2, 1022, 1023, 2045, 2046])  # where another table is needed
def test_a_container_is_packed_and_read_again(sectors: int) -> None:
    content = bytes(range(256)) * 16 * sectors
    assert Compound(packed("Workbook", content)).stream("Workbook") == content


@pytest.mark.slow
def test_a_chart_as_libreoffice_writes_it_into_an_xls(tmp_path: Path) -> None:
    source = tmp_path / "chart.xlsx"
    with xlsxwriter.Workbook(source) as book:
        sheet, chart = book.add_worksheet("S1"), book.add_chart({"type": "column"})
        for row in range(6):
            sheet.write_row(row, 0, (row, 10 * row))
        chart.add_series({"values": "=S1!$B$1:$B$6"})
        sheet.insert_chart("D2", chart)
        alone = book.add_chart({"type": "line"})
        for column in "AB":
            alone.add_series({"values": f"=S1!${column}$1:${column}$6"})
        book.add_chartsheet("C").set_chart(alone)
    (old,) = recalculate([source], tmp_path / "out", "xls")
    assert read_book(old)["S1"].rows == [[float(row), 10.0 * row] for row in range(6)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (endless_xls(), "file-malformed"),
        (xls(biff_number(0, 0, 1), biff_number(65_535, 255, 1)), "sheet-too-large"),
        (xls(biff_number(0, 0, 1), biff_number(65_535, 65_535, 1)), "file-malformed"),
        (xls(biff_number(0, 0, 1), biff_number(0, 0, 2)), "file-malformed"),
        (
            xls(biff(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 0xFFFF, 0)), biff_number(0, 0, 1)),
            "file-malformed",
        ),
        (xls(biff(0x200, struct.pack("<HHHHH", 5, 4, 0, 1, 0)), biff_number(0, 0, 1)), "file-malformed"),
        (xls(biff_number(0, 0, 1), globals_=biff(0xFC, struct.pack("<II", 1, 2**31 - 1))), "file-malformed"),
        (xls(biff(0xE5, struct.pack("<HHHHH", 1, 0, 65_535, 0, 255))), "sheet-too-large"),
        (xls(biff(0x203, b"\0")), "unreadable-file"),
        (xls(biff_number(0, 0, 1), sheets=101), "too-many-sheets"),
        (xls(biff_number(0, 0, 1))[:2000], "unreadable-file"),
    ],
)
def test_xls_that_would_hurt(raw: bytes, expected: str) -> None:
    assert code(raw) == expected


def test_a_chain_of_sectors_that_bites_its_tail() -> None:
    raw = bytearray(xls(biff_number(0, 0, 1)))
    struct.pack_into(
        "<I", raw, 512 + 4 * 5, 2
    )  # in the table of allocations: after sector 5 comes 2, the first of the stream
    assert code(bytes(raw)) == "file-malformed"


def test_ods_errors_are_errors_even_under_a_value_of_zero() -> None:
    raw = ods(
        ods_cell(1)
        + ods_cell("", "string", "#DIV/0!", ' calcext:value-type="error"')
        + ods_cell(0, text="#DIV/0!", attributes=' table:formula="of:=1/0"'),
        ods_cell("", "string", "Err:502", ' table:formula="of:=SQRT(-1)"')
        + ods_cell(attributes=' table:formula="of:=A1"')
        + ods_cell(None, text="#REF!"),
        '<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>' + ods_cell(7),
    )
    found = values(raw)
    assert found.pop("C2", "#REF!") == "#REF!", "typed text"
    assert found == {
        "A1": 1.0,
        "B1": CellError("#DIV/0!"),
        "C1": CellError("#DIV/0!"),
        "A2": CellError("Err:502"),
        "B2": CellError(UNCALCULATED),
        "B3": 7.0,
    }


def test_ods_repeats() -> None:
    wide, tall = ' table:number-columns-repeated="16384"', ' table:number-rows-repeated="1048576"'
    assert (
        code(ods(f"<table:table-row{tall}>{ods_cell(1, attributes=wide)}</table:table-row>"))
        == "sheet-too-large"
    )
    assert (
        code(ods(f"<table:table-row{tall}>{ods_cell(0, text='#N/A', attributes=wide)}</table:table-row>"))
        == "sheet-too-large"
    )
    pair = ods_cell(0, text="#N/A", attributes=' table:number-columns-repeated="2"')
    twice = f'<table:table-row table:number-rows-repeated="2">{pair}</table:table-row>'
    assert values(ods(twice)) == dict.fromkeys(["A1", "B1", "A2", "B2"], CellError("#N/A"))
    blank = f"<table:table-row{tall}>{ods_cell(attributes=wide)}</table:table-row>"
    assert values(ods(ods_cell(1) + ods_cell(attributes=wide), blank)) == {"A1": 1.0}
    assert code(ods(blank, ods_cell(1))) == "file-malformed", "below the last row"
    for odd in ("0", "-3", "1e9", "99999999999"):
        assert (
            code(ods(ods_cell(1, attributes=f' table:number-columns-repeated="{odd}"'))) == "file-malformed"
        )


def test_ods_merges_and_notes() -> None:
    spanned = ' table:number-columns-spanned="3" table:number-rows-spanned="2"'
    note = "<office:annotation><text:p>#REF!</text:p></office:annotation>"
    raw = ods(ods_cell() + ods_cell(1, attributes=spanned), f"<table:table-cell>{note}</table:table-cell>")
    assert grid(raw).merges == [((0, 1), (1, 3))]
    assert values(raw) == {"B1": 1.0}


TABLE = '<table:table table:name="{}"><table:table-row>{}</table:table-row></table:table>'


@pytest.mark.parametrize(
    "rows",
    [
        "<table:table-cell>" + TABLE.format("B", "") + "</table:table-cell>",
        ods_cell(0, text="1<!-- -->2"),
        ods_cell(0, text="<![CDATA[12]]>"),
        "</table:table-row></table:table>"
        + TABLE.format("A", ods_cell(1))
        + "<table:table><table:table-row>",
    ],
)
def test_ods_that_readers_misread(rows: str) -> None:
    assert code(ods(content=TABLE.format("A", rows))) == "file-malformed"


def test_ods_with_other_prefixes_is_refused_not_read_as_empty() -> None:
    odd = (
        part(ods(ods_cell(1)), "content.xml")
        .replace(b"table:", b"t:")
        .replace(b":t=", b":table=")
        .replace(b"xmlns:table", b"xmlns:t")
    )
    assert code(with_parts(ods(ods_cell(1)), {"content.xml": odd})) == "file-malformed"


def test_what_is_hidden_is_seen_in_every_format() -> None:
    row = biff(0x208, struct.pack("<HHHHHHHH", 4, 0, 1, 255, 0, 0, 0x20, 0))
    old = xls(biff(0x7D, struct.pack("<HHHHHH", 2, 3, 0, 0, 1, 0)), row, biff_number(0, 0, 1))
    binary = bytearray(12)
    binary[11] = 0x10
    column = record(60, struct.pack("<IIIIH", 2, 3, 0, 0, 1))
    new = xlsb([(0, 0, 5, double(1))], after=column + record(0, struct.pack("<I", 4) + bytes(binary[4:])))
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    )
    rows = (
        f'<table:table-row table:number-rows-repeated="4">{ods_cell(1)}</table:table-row>'
        f'<table:table-row table:visibility="filter">{ods_cell(1)}</table:table-row>'
    )
    free = ods(content=f'<table:table table:name="S1">{columns}{rows}</table:table>')
    plain = xlsx(
        sheet('<row r="5" hidden="1"><c r="A5"><v>1</v></c></row>').replace(
            "<sheetData>", '<cols><col min="3" max="4" width="9" hidden="true"/></cols><sheetData>'
        )
    )
    for raw in (old, new, free, plain):
        assert grid(raw).hidden == Hidden(((4, 4),), ((2, 3),))


def test_where_a_formula_has_a_result_is_seen_in_every_format() -> None:
    old = xls(biff_number(0, 0, 1), biff_formula(1, 0, double(2)))
    new = xlsb([(0, 0, 5, double(1)), (1, 0, 9, double(2) + bytes(10))])
    free = ods(ods_cell(1), ods_cell(2, attributes=' table:formula="of:=1+1"'))
    plain = xlsx(sheet(f'<row r="1">{cell("A1", 1)}</row><row r="2">{cell("A2", 2, formula="1+1")}</row>'))
    for raw in (old, new, free, plain):
        assert grid(raw).formulas == ((1, 0),)
    assert grid(xlsx(sheet(cell("A1", 1)))).formulas == ()
    assert grid(xlsx(sheet(cell("A1", "", formula="1+1")))).formulas == ()  # never calculated


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_seen(state: str) -> None:
    raw = xlsx(sheet(""))
    book = part(raw, "xl/workbook.xml").decode().replace("<sheet ", f'<sheet state="{state}" ')
    assert grid(with_parts(raw, {"xl/workbook.xml": book})).hidden == Hidden(sheet=True)


def test_links_and_macros_of_an_xls_are_seen() -> None:
    def carries(*records: bytes, **streams: bytes) -> tuple[str, ...]:
        stream = Compound(xls(biff_number(0, 0, 1), globals_=b"".join(records))).stream("Workbook")
        return inspect(compound({"Workbook": stream, **streams}), LIMITS).carries

    own, other = biff(0x1AE, b"\1\0\1\4"), biff(0x1AE, b"\1\0\x05\0\0other")
    assert carries(own) == ()
    assert carries(own, other) == (LINKS,)
    assert carries(_VBA_PROJECT_CUR=b"") == (MACROS,)
