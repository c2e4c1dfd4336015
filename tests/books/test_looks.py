"""A number is read as its cell shows it, in every kind of workbook."""

import struct
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hostile_books import (
    biff,
    biff_number,
    cell,
    code,
    ods,
    ods_cell,
    record,
    relations,
    sheet,
    values,
    wide,
    with_parts,
    xls,
    xlsb,
    xlsx,
)
from hypothesis import given
from hypothesis import strategies as st
from libreoffice import recalculate

from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard.inspect import inspect
from kpibatch.books.guard.looks import Look, look_of, looks_of
from kpibatch.books.read import as_text
from kpibatch.books.shown import AS_DAY, AS_TIME, MIXED, Percent, Unclear, as_shown, seen_day

JUNE_10 = 44722  # 10 June 2022
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("codes", "look"),
    [
        (("0%", "0.00%", "#,##0.0%", "0%;[Red]-0%", "0.0%;-0.0%;0", "0%;;", "t0%", "0 %"), "percent"),
        (("0%;0", "[<=1]0%;0", "[<=1]0%;General", "0%;General", "0;-0%"), "mixed"),
        (("d/m/yyyy", "ว/ด/ปปปป", "bbbb", "d mmm bb", "[$-D07041E]d/m/bbbb", "mmm", "ด/ปป"), "day"),
        (("[$-107041E]d mmm yyyy;@", "ว ดดดด ปปปป", 'd "ด" mmmm', "e", "yyyy\\-mm\\-dd h:mm"), "day"),
        (("h:mm", "ช:นน", "นน:ทท.0", "mm:ss.0", "h:mm AM/PM", "[$-F400]h:mm:ss\\ AM/PM", 'h"ชม."'), "time"),
        (("[h]:mm", "[ช]:นน:ทท", "[mm]:ss", "[s]"), "span"),
        (("General", "0", "#,##0.00", "0.00E+00", "@", "# ?/?", "[$-41E]0", "[$฿-41E]#,##0.00", ""), None),
        (('0"%"', "0\\%", "0_%", "0*%", '0 "d"', "#,##0 คน", "#,##0 วัน", '"วัน" 0', "[Red]0;-0"), None),
        (('_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', '"▲"0;"▼"0', '0 "เดือน"'), None),
    ],
)  # fmt: skip
def test_what_a_format_shows(codes, look):
    assert {each: look_of(each) for each in codes} == dict.fromkeys(codes, Look(look) if look else None)


def test_built_in_formats_and_those_stated_instead():
    days = {*range(14, 18), 22, *range(27, 37), *range(50, 59), *range(71, 75), 77, 81}
    looks = looks_of(range(200), {})
    assert {number for number, look in looks.items() if look is Look.PERCENT} == {9, 10, 67, 68}
    assert {number for number, look in looks.items() if look is Look.DAY} == days
    assert {number for number, look in looks.items() if look is Look.TIME} == {
        18,
        19,
        20,
        21,
        45,
        47,
        75,
        76,
        78,
        80,
    }
    assert {number for number, look in looks.items() if look is Look.SPAN} == {46, 79}
    assert looks_of([9, 71, 164], {9: "0", 164: "0%"}) == {1: Look.DAY, 2: Look.PERCENT}


@given(st.decimals(-10_000, 10_000, places=6))
def test_a_percent_is_the_number_before_the_sign(number):
    assert Percent.stored(float(number / 100)) == float(number)
    assert as_text(Percent(float(number))).removesuffix("%") == as_text(Percent(float(number)))[:-1]


@pytest.mark.parametrize(
    ("share", "text"), [(1.05, "105%"), (0.57, "57%"), (0.07, "7%"), (0, "0%"), (1 / 3, "33.333333333%")]
)
def test_a_percent_as_text(share, text):
    assert as_text(Percent.stored(share)) == str(Percent.stored(share)) == text


@pytest.mark.parametrize(
    ("value", "look", "from_1904", "seen"),
    [
        (JUNE_10, Look.DAY, False, date(2022, 6, 10)),
        (JUNE_10 + 0.9, Look.DAY, False, date(2022, 6, 10)),
        (JUNE_10 - 1462, Look.DAY, True, date(2022, 6, 10)),
        (1, Look.DAY, False, date(1900, 1, 1)),
        (59, Look.DAY, False, date(1900, 2, 28)),
        (61, Look.DAY, False, date(1900, 3, 1)),
        (85, Look.DAY, False, date(1900, 3, 25)),
        (0, Look.DAY, True, date(1904, 1, 1)),
        (0.5, Look.DAY, False, Unclear("0.5", AS_DAY)),
        (-3, Look.DAY, False, Unclear("-3", AS_DAY)),
        (3e6, Look.DAY, False, Unclear("3000000", AS_DAY)),
        (85.5, Look.TIME, False, Unclear("12:00", AS_TIME)),
        (85, Look.SPAN, False, Unclear("2040:00", AS_TIME)),
        (date(1900, 3, 25), Look.TIME, False, Unclear("0:00", AS_TIME)),
        (datetime(1900, 3, 25, 12, 30), Look.TIME, False, Unclear("12:30", AS_TIME)),
        (time(8, 30), Look.TIME, False, Unclear("8:30", AS_TIME)),
        (timedelta(hours=30), Look.SPAN, False, Unclear("30:00", AS_TIME)),
        ("PT30H05M01.5S", Look.SPAN, False, Unclear("30:05:01", AS_TIME)),
        (0.000011574, Look.TIME, False, Unclear("0:00:01", AS_TIME)),
        (1.05, Look.MIXED, False, Unclear("1.05", MIXED)),
    ],
)  # fmt: skip
def test_what_is_seen(value, look, from_1904, seen):
    assert as_shown(value, look, from_1904) == seen


def test_a_day_as_a_cell_shows_it():
    assert seen_day(date(2565, 6, 1)) == "1/6/2565"


# --- every kind of workbook ---------------------------------------------------------------------------------

SEEN = {
    "A1": Percent(105),
    "B1": date(2022, 6, 10),
    "C1": Unclear("12:00", AS_TIME),
    "D1": 85.0,
    "E1": Percent(57),
}
NUMBERS = (1.05, JUNE_10, 85.5, 85, 0.57)
FORMATS = (9, 71, 20, 0, 164)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    '<cellStyleXfs count="1"><xf numFmtId="9"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0"/>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    + '</cellXfs><dxfs><dxf><numFmt numFmtId="20" formatCode="0"/></dxf></dxfs></styleSheet>'
)


def styled_xlsx(cells: str, styles: str = STYLES, workbook: str = "") -> bytes:
    raw = xlsx(sheet(cells), xl__styles_xml=styles)
    links = (("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId9", "styles", "styles.xml"))
    sheets = '<sheets><sheet name="S1" sheetId="1" r:id="rId1"/></sheets>'
    main = f'<workbook xmlns="{MAIN}" xmlns:r="r">{workbook}{sheets}</workbook>'
    return with_parts(raw, {"xl/_rels/workbook.xml.rels": relations(*links), "xl/workbook.xml": main})


def typed(number: float, column: int, more: str = "", value: str = "v") -> str:
    return f'<c r="{"ABCDE"[column]}1" s="{column + 1}"{more}><{value}>{number}</{value}></c>'


@pytest.mark.parametrize("more", ["", ' t="n"', ' cm="1"', "  "], ids=["plain", "t=n", "walked", "spaced"])
def test_xlsx(more):
    assert (
        values(styled_xlsx("".join(typed(number, column, more) for column, number in enumerate(NUMBERS))))
        == SEEN
    )


def test_xlsx_texts_answers_and_blanks_have_no_look():
    cells = (
        '<c r="A1" s="1" t="inlineStr"><is><t>1.05</t></is></c><c r="B1" s="1" t="b"><v>1</v></c>'
        '<c r="C1" s="1"/><c r="D1" s="1"></c><c r="E1" s="1"><f>1+1</f><v>2</v></c>'
    )
    assert values(styled_xlsx(cells)) == {"A1": "1.05", "B1": True, "E1": Percent(200)}
    assert values(styled_xlsx(cells.replace("<c ", "<c  "))) == {"A1": "1.05", "B1": True, "E1": Percent(200)}


@pytest.mark.parametrize("style", ["", ' s="0"', ' s="00"'])
def test_xlsx_a_cell_without_a_style_has_the_first(style):
    first = STYLES.replace('<cellXfs count="6"><xf numFmtId="0"/>', '<cellXfs count="6"><xf numFmtId="10"/>')
    assert values(styled_xlsx(f'<c r="A1"{style}><v>1.05</v></c>', first)) == {"A1": Percent(105)}


def test_xlsx_a_style_written_oddly_is_the_same_style():
    assert values(styled_xlsx('<c r="A1" s="01"><v>1.05</v></c>')) == {"A1": Percent(105)}
    assert values(styled_xlsx('<row r="1" customFormat="1" s="1"><c r="A1" s="4"><v>1</v></c></row>')) == {
        "A1": 1.0
    }


def test_xlsx_days_from_1904():
    cells = typed(JUNE_10 - 1462, 1)
    assert values(styled_xlsx(cells, workbook='<workbookPr date1904="1"/>')) == {"B1": date(2022, 6, 10)}
    assert values(styled_xlsx(cells, workbook='<workbookPr date1904="0"/>')) == {"B1": date(2018, 6, 9)}


@pytest.mark.parametrize("text", ["2022-06-10T00:00:00Z", "2022-06-10T23:59:59.5+07:00", "2022-06-10Z"])
def test_xlsx_a_strict_day_with_a_zone_is_that_day(text):
    assert values(styled_xlsx(f'<c r="A1" t="d"><v>{text}</v></c>')) == {"A1": date(2022, 6, 10)}


@pytest.mark.parametrize("text", ["2022-13-10T00:00:00Z", "10-6-2022", "ห้อง 5", "A-5Z"])
def test_xlsx_any_other_text_stays_text(text):
    assert values(xlsx(sheet(cell("A1", text, "str")))) == {"A1": text}


def test_xlsx_styles_that_are_no_xml_are_refused():
    assert code(styled_xlsx(typed(1, 0), STYLES[:-9])) == "unreadable-file"


def biff_styles() -> bytes:
    text = "0.0%"
    stated = biff(0x41E, struct.pack("<HHB", 164, len(text), 0) + text.encode())
    return stated + b"".join(biff(0xE0, struct.pack("<HH", 0, number) + bytes(16)) for number in FORMATS)


def test_xls():
    cells = [biff_number(0, column, number, column) for column, number in enumerate(NUMBERS)]
    assert values(xls(*cells, globals_=biff_styles())) == SEEN
    several = struct.pack("<HHHiHiH", 0, 0, 0, 105 << 2 | 3, 3, 85 << 2 | 2, 1)
    assert values(xls(biff(0xBD, several), globals_=biff_styles())) == {"A1": Percent(105), "B1": 85.0}


def test_xls_days_from_1904():
    early = biff(0x22, b"\1\0") + biff_styles()
    assert values(xls(biff_number(0, 1, JUNE_10 - 1462, 1), globals_=early)) == {"B1": date(2022, 6, 10)}


def test_xlsb():
    styles = (
        record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + wide("0.0%")) + record(616)
        + record(626, struct.pack("<I", 1))
        + record(47, struct.pack("<HH", 0xFFFF, 10) + bytes(12)) + record(627)
        + record(617, struct.pack("<I", len(FORMATS)))
        + b"".join(record(47, struct.pack("<HH", 0, number) + bytes(12)) for number in FORMATS)
        + record(618)
    )  # fmt: skip
    cells = [(0, column, 5, struct.pack("<d", number)) for column, number in enumerate(NUMBERS)]
    assert values(xlsb(cells, styles=styles)) == SEEN


def test_ods():
    rows = (
        ods_cell("1.05", "percentage", "105%")
        + ods_cell("0.57", "percentage", "57%", ' table:number-columns-repeated="2"'),
        f'<table:table-row table:number-rows-repeated="2">{ods_cell("85")}{ods_cell("0.5", "percentage")}'
        "</table:table-row>",
    )  # fmt: skip
    assert values(ods(*rows)) == {
        "A1": Percent(105), "B1": Percent(57), "C1": Percent(57),
        "A2": 85.0, "B2": Percent(50), "A3": 85.0, "B3": Percent(50),
    }  # fmt: skip


def test_the_guard_lists_nothing_where_nothing_is_shown_otherwise():
    (plain,) = inspect(styled_xlsx(typed(85, 3)), IntakeLimits()).sheets
    assert plain.looks == ()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_as_libreoffice_writes_it(kind: str, tmp_path: Path):
    book = openpyxl.Workbook()
    for column, (number, shown) in enumerate(
        (
            (1.05, "0%"),
            (JUNE_10, "d/m/yyyy"),
            (85.25, "[h]:mm"),
            (85, "0.00"),
            (0.57, "0.0%"),
            (0.9, '0.0"%"'),
        ),
        1,
    ):
        book.worksheets[0].cell(1, column, number).number_format = shown
    book.save(tmp_path / "a.xlsx")
    (written,) = recalculate([tmp_path / "a.xlsx"], tmp_path / "out", kind)
    assert values(written.read_bytes()) == SEEN | {"C1": Unclear("2046:00", AS_TIME), "F1": 0.9}
