"""What the guards refuse and what they let through: each line of the page on hostile workbooks, format by format."""

import math
import os
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hostile_books import (
    BOOLERR,
    HEAD,
    MAIN,
    STRING,
    biff,
    biff_begin,
    biff_formula,
    biff_number,
    cell,
    compound,
    endless_xls,
    ods,
    ods_cell,
    part,
    record,
    relations,
    sheet,
    special,
    with_parts,
    xls,
    xlsb,
    xlsx,
    xlsx_parts,
    zipped,
)
from hypothesis import given
from hypothesis import strategies as st
from workspace import BURIRAM, SAMPLES

from kpibatch.addresses import address
from kpibatch.catalogue import severity_of
from kpibatch.cells import _BLANK, UNCALCULATED, CellError, Grid, read_bytes
from kpibatch.config import IntakeLimits
from kpibatch.guard import inspect, is_regular, take
from kpibatch.guard_cells import walked_cells
from kpibatch.guard_xlsx import plain_cells
from kpibatch.refusal import REFUSALS, Refused, Sheet, Tally, shown
from kpibatch.thai import squash

LIMITS = IntakeLimits()
ONE = sheet(cell("A1", 1))
GOOD = sorted((SAMPLES / BURIRAM / "submissions" / "2565-06").glob("*.xlsx"))


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
    return {address(row, column): value for row, line in rows for column, value in enumerate(line) if value is not None}


# --- 1. the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_only_a_regular_file_is_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.xlsx"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(GOOD[0])
    elif hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        pytest.skip("no pipes here")
    assert not is_regular(path)
    with pytest.raises(Refused) as refused:
        take(path, LIMITS)
    assert refused.value.code == "not-a-file"


def test_a_file_is_read_whole_up_to_the_limit_and_not_beyond(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    assert not is_regular(path)
    path.write_bytes(bytes(1000))
    assert is_regular(path)
    assert take(path, replace(LIMITS, max_file_mb=0.001)) == bytes(1000)
    with pytest.raises(Refused) as refused:
        take(path, replace(LIMITS, max_file_mb=0.0009))
    assert refused.value.code == "file-too-big"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "x.xlsx").open("wb") as file:
        file.truncate(200_000_000_000)
    with pytest.raises(Refused, match="MB"):
        take(tmp_path / "x.xlsx", LIMITS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("3101 เมือง.xlsx", "3101 เมือง.xlsx"),
        ("=cmd().xlsx", "=cmd().xlsx"),
        ("a\nb\x7f.xlsx", "a\\x0ab\\x7f.xlsx"),
        ("\udcff.xlsx", "\\xff.xlsx"),
    ],
)
def test_a_name_is_text_that_every_output_can_hold(name: str, text: str) -> None:
    assert shown(name) == text
    assert shown(name).encode().decode() == text


# --- 2. what it is, whatever its name says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("xlsx", xlsx(ONE)),
        ("xlsb", xlsb([(0, 0, 5, struct.pack("<d", 1))])),
        ("ods", ods(ods_cell(1))),
        ("xls", xls(biff_number(0, 0, 1))),
    ],
)
def test_the_four_formats_are_known_by_their_content(kind: str, raw: bytes) -> None:
    assert inspect(raw, LIMITS).kind == kind
    assert values(raw) == {"A1": 1.0}


@pytest.mark.parametrize(
    ("raw", "expected", "found"),
    [
        (b"", "file-empty", "0 B"),
        (bytes(5000), "file-empty", "5,000 B"),
        ("รหัส,ค่า\n3101,85\n".encode(), "file-text", "รหัส,ค่า"),
        ("รหัส,ค่า\n3101,85\n".encode("cp874"), "file-text", "รหัส,ค่า"),
        ("รหัส\tค่า\n3101\t85\n".encode("utf-16"), "file-text", "รหัส ค่า"),
        (b"<html><body><table><tr><td>85</td></tr></table></body></html>", "file-web-page", "HTML"),
        (b"\xef\xbb\xbf\r\n<!-- x --><TABLE border=1>", "file-web-page", "HTML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "file-web-page", "MHTML"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "file-web-page", "XML"),
        (b"%PDF-1.7\n" + bytes(50), "file-not-workbook", "PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "file-not-workbook", "JPEG"),
        (b"\x01\x02\x00\x03" * 50, "file-not-workbook", "01 02 00 03"),
        (zipped([("readme.txt", "x")]), "file-not-workbook", "zip"),
        (zipped([("word/document.xml", "<w/>")]), "file-not-workbook", "Word"),
        (compound({"WordDocument": b"x"}), "file-not-workbook", "Word"),
        (compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "file-encrypted", ""),
        (xls(globals_=biff(0x2F, b"\1\0\1\0")), "file-encrypted", ""),
        (ods(ods_cell(1), manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"), "file-encrypted", ""),
        (xlsx(ONE)[:300], "unreadable-file", None),
        (b"PK\3\4" + bytes(100), "unreadable-file", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unreadable-file", None),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_own_way_out(raw: bytes, expected: str, found: str | None) -> None:
    refused = refusal(raw)
    assert refused.code == expected
    assert found is None or refused.found == found


def test_a_file_that_is_two_formats_at_once_is_refused() -> None:
    parts = xlsx_parts(ONE) | {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}
    assert code(zipped(parts.items())) == "file-malformed"


# --- 3. the zip -----------------------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_by_what_it_says() -> None:
    limits = replace(LIMITS, max_part_mb=1.0)
    assert code(xlsx(ONE, xl__media_xml=bytes(1_500_000)), limits) == "file-swollen"
    assert code(xlsx(ONE, xl__media_xml=bytes(900_000))) == "file-swollen", "900 KB out of 1 KB"
    noise = os.urandom(600_000)
    assert code(xlsx(ONE, a=noise, b=noise), replace(LIMITS, max_unpacked_mb=1.0)) == "file-swollen"


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_beyond_it() -> None:
    raw = xlsx(sheet(cell("A1", "1" * 3_000_000)))
    with zipfile.ZipFile(BytesIO(raw)) as package:
        real = package.getinfo("xl/worksheets/sheet1.xml")
    lie = raw.replace(struct.pack("<II", real.compress_size, real.file_size), struct.pack("<II", real.compress_size, 2000))
    refused = refusal(lie)
    assert (refused.code, refused.found) == ("file-malformed", "xl/worksheets/sheet1.xml: 2,001 ≠ 2,000")


def test_too_many_parts() -> None:
    parts = [*xlsx_parts(ONE).items(), *((f"x{number}", "") for number in range(1000))]
    assert code(zipped(parts)) == "file-swollen"


@pytest.mark.parametrize(
    "twin", ["xl/worksheets/sheet1.xml", "xl/worksheets/SHEET1.xml", "xl\\worksheets\\sheet1.xml", "/xl/worksheets/sheet1.xml"]
)
def test_a_part_that_is_there_twice(twin: str) -> None:
    assert code(zipped([*xlsx_parts(ONE).items(), (twin, sheet(cell("A1", 99)))])) == "file-malformed"


def test_a_part_outside_the_package() -> None:
    assert code(zipped([*xlsx_parts(ONE).items(), ("../../evil.xml", "<a/>")])) == "file-malformed"


def test_parts_that_overlap() -> None:
    raw = bytearray(xlsx(ONE))
    at = raw.rindex(b"PK\1\2")
    struct.pack_into("<I", raw, at + 20, len(raw))  # the last member claims all bytes there are
    assert code(bytes(raw)) == "file-malformed"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_parts_packed_as_excel_never_packs_them(method: int) -> None:
    assert code(zipped(xlsx_parts(ONE).items(), method)) == "file-malformed"


def test_a_wrong_checksum_is_found_out() -> None:
    raw = bytearray(zipped(xlsx_parts(ONE).items(), zipfile.ZIP_STORED))
    at = raw.index(b"<v>1</v>")
    raw[at + 3] = ord("9")
    with pytest.raises(Exception, match=r"(?i)checksum|format"):
        read_bytes(bytes(raw), LIMITS)


def test_the_reader_sees_the_bytes_the_guard_saw() -> None:
    """Local headers may say what they like: only the list of contents counts, and the copy has no other."""
    raw = xlsx(ONE)
    evil = raw.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml", 1)
    assert evil != raw
    assert values(evil) == {"A1": 1.0}


# --- 4. the XML -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
@pytest.mark.parametrize("prolog", ['<!DOCTYPE a [<!ENTITY b "c">]>', "<!DOCTYPE a>"])
def test_a_doctype_is_refused_wherever_it_is(where: str, prolog: str) -> None:
    raw = xlsx(ONE, strings=f"{HEAD}<sst><si><t>a</t></si></sst>", docProps__core_xml=f"{HEAD}<a/>")
    odd = part(raw, where).decode().replace("?>", f"?>{prolog}", 1)
    refused = refusal(with_parts(raw, {where: odd}))
    assert refused.code == "file-malformed"
    assert "DOCTYPE" in refused.found


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_part_in_utf_16_is_refused_not_read_as_empty(encoding: str) -> None:
    assert refusal(xlsx(ONE.replace("UTF-8", "UTF-16").encode(encoding))).found.endswith("UTF-16")


def test_a_part_in_a_thai_code_page_is_refused() -> None:
    assert code(xlsx(ONE.replace("UTF-8", "TIS-620").encode("cp874"))) == "file-malformed"


@pytest.mark.parametrize("head", ["", "\ufeff" + HEAD, '<?xml version="1.0"?>', HEAD + "<!-- made by hand -->\n"])
def test_utf_8_however_it_begins_is_read(head: str) -> None:
    assert values(xlsx(sheet(cell("A1", 1), head=head))) == {"A1": 1.0}


@pytest.mark.parametrize("count", ["1000000000", "99999999999999", "9999999999999999999"])
def test_shared_strings_that_promise_more_than_there_is_room_for(count: str) -> None:
    strings = f"{HEAD}<sst count='1' uniqueCount = '{count}'><si><t>a</t></si></sst>"
    assert refusal(xlsx(ONE, strings=strings)).found == f"uniqueCount={count}"
    assert code(xlsx(ONE, strings=strings.replace("sst", "x:sst"))) == "file-malformed"


def test_shared_strings_with_an_honest_count() -> None:
    strings = f'{HEAD}<sst uniqueCount="2"><si/><si><t>ข</t></si></sst>'
    assert values(xlsx(sheet(cell("A2", 0, "s") + cell("B2", 1, "s")), strings=strings)) == {"B2": "ข"}


@pytest.mark.parametrize("odd", ["1<!-- x -->2", "1<?x y?>2", "<![CDATA[12]]>", "1&#50;"])
def test_values_that_readers_cut_short_are_refused(odd: str) -> None:
    """calamine reads 1, 1, nothing and 1 where 12 is written."""
    assert code(xlsx(sheet(cell("A1", odd)))) == "file-malformed"


def test_markup_inside_shared_strings_is_refused() -> None:
    assert code(xlsx(ONE, strings=f"{HEAD}<!-- fine here --><sst><si><t>a<![CDATA[b]]></t></si></sst>")) == "file-malformed"


def test_a_cell_with_two_values_is_refused() -> None:
    assert code(xlsx(sheet('<c r="A1"><v>1</v><v>2</v></c>'))) == "file-malformed"
    assert code(xlsx(sheet('<c r="A1" t="inlineStr"><is><t>1</t></is><v>2</v></c>'))) == "file-malformed"


# --- 5. the sheets --------------------------------------------------------------------------------------------------------


def test_a_stray_cell_in_the_last_corner_is_named() -> None:
    refused = refusal(xlsx(sheet(f'<row r="1">{cell("A1", 1)}</row><row r="1048576">{cell("XFD1048576", 2)}</row>'), names=["รายงาน"]))
    assert (refused.code, refused.sheet, refused.cell) == ("sheet-too-large", "รายงาน", "XFD1048576")


def test_a_blank_cell_in_the_last_corner_does_no_harm() -> None:
    assert values(xlsx(sheet(f'<row r="1">{cell("B2", 1)}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'))) == {"B2": 1.0}


@pytest.mark.parametrize("odd", ["XFE1", "A1048577", "a1", "$A$1", "A0", "A01", "AAAA1", "1", "", "A1:B2", "R1C1", "ก1"])
def test_an_address_outside_the_grid(odd: str) -> None:
    assert code(xlsx(sheet(cell(odd, 1)))) == "file-malformed"


@pytest.mark.parametrize(
    "cells", [cell("B2", 1) + cell("B2", 2), cell("B2", 1) + '<c r="B2" s="1"/>', '<c r="B1"><v>1</v></c></row><row r="1"><c/><c/>']
)
def test_an_address_that_is_there_twice(cells: str) -> None:
    refused = refusal(xlsx(sheet(f'<row r="1">{cells}</row>')))
    assert refused.code == "file-malformed"
    assert "×2" in refused.found


def test_cells_without_addresses_follow_one_another() -> None:
    rows = f'<row><c><v>1</v></c>{cell("D1", 2)}<c><v>3</v></c></row><row r="5"><c><v>4</v></c></row><row><c t="e"><v>#N/A</v></c></row>'
    assert values(xlsx(sheet(rows))) == {"A1": 1.0, "D1": 2.0, "E1": 3.0, "A5": 4.0, "A6": CellError("#N/A")}


def test_too_many_filled_cells_in_all() -> None:
    cells = "".join(cell(address(0, column), 1) for column in range(6))
    assert len(values(xlsx(sheet(cells)))) == 6
    assert code(xlsx(sheet(cells), sheet(cells)), replace(LIMITS, max_cells=11)) == "sheet-too-large"
    inspect(xlsx(sheet(cells), sheet(cells)), replace(LIMITS, max_cells=12))


def test_merged_ranges() -> None:
    merges = '<mergeCells count="2"><mergeCell ref="B2:D4"/><mergeCell ref="F6:F7"/></mergeCells>'
    assert grid(xlsx(sheet(cell("B2", 1), merges))).merges == [((1, 1), (3, 3)), ((5, 5), (6, 5))]
    refused = refusal(xlsx(sheet(cell("B2", 1), '<mergeCells><mergeCell ref="C3:XFD1048576"/></mergeCells>')))
    assert (refused.code, refused.cell) == ("sheet-too-large", "C3")
    many = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 10_002))
    assert code(xlsx(sheet(cell("B2", 1), f"<mergeCells>{many}</mergeCells>"))) == "sheet-too-large"
    for odd in ("D4:B2", "x", "A1:", "A1:B"):
        assert code(xlsx(sheet(cell("B2", 1), f'<mergeCells><mergeCell ref="{odd}"/></mergeCells>'))) == "file-malformed"


def test_a_hundred_sheets_and_no_more() -> None:
    assert len(inspect(xlsx(*[ONE] * 100), LIMITS).sheets) == 100
    assert code(xlsx(*[ONE] * 101)) == "too-many-sheets"


def test_two_sheets_of_one_name_or_one_part() -> None:
    assert code(xlsx(ONE, ONE, names=["ก", "ก"])) == "file-malformed"
    assert code(xlsx(ONE, ONE, names=["a", "A"])) == "file-malformed"
    links = relations(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet1.xml"))
    assert code(with_parts(xlsx(ONE, ONE), {"xl/_rels/workbook.xml.rels": links})) == "file-malformed"


def test_a_sheet_without_a_part() -> None:
    assert (
        code(with_parts(xlsx(ONE), {"xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/other.xml"))}))
        == "file-malformed"
    )


def test_strict_ooxml_is_read() -> None:
    strict = {
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
    parts = {}
    for name, content in xlsx_parts(ONE).items():
        for transitional, other in strict.items():
            content = str(content).replace(transitional, other)
        parts[name] = content
    assert values(zipped(parts.items())) == {"A1": 1.0}


@pytest.mark.parametrize(
    ("workbook", "target", "path"),
    [
        ("xl/workbook22.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "../xl/worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "sheets/one.xml", "xl/sheets/one.xml"),
        ("book/main.xml", "data/one.xml", "book/data/one.xml"),
    ],
)
def test_parts_under_other_names_are_found_by_their_links(workbook: str, target: str, path: str) -> None:
    parts = xlsx_parts(ONE)
    content = parts.pop("xl/worksheets/sheet1.xml")
    main = parts.pop("xl/workbook.xml")
    del parts["xl/_rels/workbook.xml.rels"]
    folder, _, name = workbook.rpartition("/")
    parts |= {workbook: main, path: content, f"{folder}/_rels/{name}.rels": relations(("rId1", "worksheet", target))}
    parts["_rels/.rels"] = relations(("rId1", "officeDocument", workbook))
    assert values(zipped(parts.items())) == {"A1": 1.0}


# --- 6. cells whose value does not exist ------------------------------------------------------------------------------------------

ERRORS = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA", "#BLOCKED!"]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("formula", [None, "1/0"])
def test_every_kind_of_error_is_an_error_where_it_stands(error: str, formula: str | None) -> None:
    raw = xlsx(sheet(cell("B2", error, "e", formula) + cell("C2", 5) + cell("D2", "#1 ของจังหวัด", "str")))
    assert values(raw) == {"B2": CellError(error), "C2": 5.0, "D2": "#1 ของจังหวัด"}


@pytest.mark.parametrize("empty", ["<v></v>", "<v/>", ""])
@pytest.mark.parametrize("formula", ["<f>B1+1</f>", "<f/>", '<f t="shared" si="0"/>'])
def test_a_formula_without_a_result_is_an_error(empty: str, formula: str) -> None:
    raw = xlsx(sheet(f'<c r="A1">{formula}{empty}</c>{cell("B1", 3)}'))
    assert values(raw) == {"A1": CellError(UNCALCULATED), "B1": 3.0}


def test_a_formula_with_a_result_is_its_result_and_empty_text_is_blank() -> None:
    raw = xlsx(sheet(cell("A1", 0, "", "B1") + cell("B1", "", "str", 'IF(1,"","x")') + cell("C1", 1, "b", "1=1")))
    assert values(raw) == {"A1": 0.0, "C1": True}


def test_an_error_cell_without_a_word() -> None:
    assert values(xlsx(sheet('<c r="A1" t="e"/>' + cell("B1", 1)))) == {"A1": CellError("#ERROR"), "B1": 1.0}


@pytest.mark.parametrize("number", ["NaN", "INF", "-INF", "1e999", "nan", "inf"])
def test_a_number_that_is_none_is_an_error(number: str) -> None:
    value = values(xlsx(sheet(cell("A1", number) + cell("B1", 2))))["A1"]
    assert isinstance(value, CellError | str)
    assert not isinstance(value, float)


def test_an_empty_cell_with_a_link_is_blank_and_times_are_no_values(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"].hyperlink = "https://example.go.th/"
    book.worksheets[0]["A1"].value = None
    for place, value in (("B1", time(8, 30)), ("C1", timedelta(hours=30)), ("D1", date(2565, 4, 15)), ("E1", 0.85)):
        book.worksheets[0][place] = value
    book.worksheets[0]["E1"].number_format = "0%"
    book.save(tmp_path / "a.xlsx")
    found = values((tmp_path / "a.xlsx").read_bytes())
    assert "A1" not in found
    assert isinstance(found["B1"], CellError)
    assert isinstance(found["C1"], CellError)
    assert (found["D1"], found["E1"]) == (date(2565, 4, 15), 0.85)


def test_a_zero_in_a_cell_formatted_as_a_date_is_no_zero(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 0
    book.worksheets[0]["A1"].number_format = "d/m/yyyy"
    book.save(tmp_path / "a.xlsx")
    assert isinstance(values((tmp_path / "a.xlsx").read_bytes())["A1"], CellError)


def test_what_counts_as_blank_is_what_squash_leaves_nothing_of() -> None:
    assert sorted(_BLANK) == [character for character in map(chr, range(0x110000)) if not squash(character)]


# --- the quick way and the thorough way see the same -----------------------------------------------------------------------------

PLACES = st.tuples(st.integers(0, 30), st.integers(0, 30))


def written(place: tuple[int, int], content: str) -> str:
    name = address(*place)
    return {
        "number": f'<c r="{name}"><v>1.5</v></c>',
        "styled": f'<c r="{name}" s="3"><v>7</v></c>',
        "text": f'<c r="{name}" s="1" t="s"><v>0</v></c>',
        "blank": f'<c r="{name}" s="2"/>',
        "empty": f'<c r="{name}"><v></v></c>',
        "nothing": f'<c r="{name}" s="4" t="n"></c>',
        "calculated": f'<c r="{name}"><f t="shared" si="0"/><v>2</v></c>',
        "words": f'<c r="{name}" t="str"><f>"a"&amp;A1</f><v>a&amp;b</v></c>',
        "inline": f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve"> ก</t></is></c>',
        "error": f'<c r="{name}" t="e"><v>#REF!</v></c>',
        "unfinished": f'<c r="{name}"><f>A1</f><v></v></c>',
        "uncalculated": f'<c r="{name}"><f>A1</f></c>',
        "rich": f'<c r="{name}" t="inlineStr"><is><r><t>ก</t></r></is></c>',
        "prefixed": f'<x:c r="{name}"><x:v>1</x:v></x:c>',
        "backward": f'<c s="1" r="{name}"><v>1</v></c>',
        "comment": f'<c r="{name}"><v>1<!-- --></v></c>',
    }[content]


CONTENTS = ["number", "styled", "text", "blank", "empty", "nothing", "calculated", "words", "inline"]
ODD = ["error", "unfinished", "uncalculated", "rich", "prefixed", "backward", "comment"]


@given(st.lists(st.tuples(PLACES, st.sampled_from(CONTENTS)), max_size=12), st.lists(st.tuples(PLACES, st.sampled_from(ODD)), max_size=1))
def test_what_the_quick_way_passes_has_no_flaw_the_thorough_way_finds(
    plain: list[tuple[tuple[int, int], str]], odd: list[tuple[tuple[int, int], str]]
) -> None:
    cells = [written(*one) for one in plain + odd]
    xml = sheet(f"<row>{''.join(cells)}</row>").replace("<worksheet", '<worksheet xmlns:x="u"').encode()
    count = plain_cells(xml, LIMITS.max_box)
    places = [place for place, _ in plain + odd]
    assert (count is None) == (bool(odd) or len(set(places)) < len(places))
    if count is not None:
        tally = Tally(LIMITS)
        tally.begin("S")
        assert walked_cells("S", xml, tally) == []
        assert tally.cells <= count


@pytest.mark.parametrize(("last", "box"), [("ZZ999", 702 * 999), ("AAA1", 703), ("A1000", 1000), ("P99999", 16 * 99_999), ("XFD1", 16_384)])
def test_the_quick_way_knows_how_far_a_sheet_reaches(last: str, box: int) -> None:
    xml = sheet(cell("A1", 1) + cell(last, 2)).encode()
    assert plain_cells(xml, 2_000_000) == 2
    assert plain_cells(xml, box) == 2
    assert plain_cells(xml, box - 1) is None


# --- .xlsb, .xls, .ods ----------------------------------------------------------------------------------------------------


def double(value: float) -> bytes:
    return struct.pack("<d", value)


def test_xlsb_errors_are_errors() -> None:
    cells = [(0, 0, 5, double(1)), (0, 1, 3, b"\x07"), (2, 3, 11, b"\x17" + bytes(12)), (2, 4, 3, b"\x2b"), (3, 0, 5, double(math.nan))]
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
        (xlsb([(0, 0, 5, double(1))], after=record(176, struct.pack("<IIII", 0, 9999, 0, 999))), "sheet-too-large"),
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


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (endless_xls(), "file-malformed"),
        (xls(biff_number(0, 0, 1), biff_number(65_535, 255, 1)), "sheet-too-large"),
        (xls(biff_number(0, 0, 1), biff_number(65_535, 65_535, 1)), "file-malformed"),
        (xls(biff_number(0, 0, 1), biff_number(0, 0, 2)), "file-malformed"),
        (xls(biff(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 0xFFFF, 0)), biff_number(0, 0, 1)), "file-malformed"),
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
    struct.pack_into("<I", raw, 512 + 4 * 5, 2)  # in the table of allocations: after sector 5 comes 2, the first of the stream
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
    assert code(ods(f"<table:table-row{tall}>{ods_cell(1, attributes=wide)}</table:table-row>")) == "sheet-too-large"
    assert code(ods(f"<table:table-row{tall}>{ods_cell(0, text='#N/A', attributes=wide)}</table:table-row>")) == "sheet-too-large"
    pair = ods_cell(0, text="#N/A", attributes=' table:number-columns-repeated="2"')
    twice = f'<table:table-row table:number-rows-repeated="2">{pair}</table:table-row>'
    assert values(ods(twice)) == dict.fromkeys(["A1", "B1", "A2", "B2"], CellError("#N/A"))
    blank = f"<table:table-row{tall}>{ods_cell(attributes=wide)}</table:table-row>"
    assert values(ods(ods_cell(1) + ods_cell(attributes=wide), blank)) == {"A1": 1.0}
    assert code(ods(blank, ods_cell(1))) == "file-malformed", "below the last row"
    for odd in ("0", "-3", "1e9", "99999999999"):
        assert code(ods(ods_cell(1, attributes=f' table:number-columns-repeated="{odd}"'))) == "file-malformed"


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
        "</table:table-row></table:table>" + TABLE.format("A", ods_cell(1)) + "<table:table><table:table-row>",
    ],
)
def test_ods_that_readers_misread(rows: str) -> None:
    assert code(ods(content=TABLE.format("A", rows))) == "file-malformed"


def test_ods_with_other_prefixes_is_refused_not_read_as_empty() -> None:
    odd = part(ods(ods_cell(1)), "content.xml").replace(b"table:", b"t:").replace(b":t=", b":table=").replace(b"xmlns:table", b"xmlns:t")
    assert code(with_parts(ods(ods_cell(1)), {"content.xml": odd})) == "file-malformed"


# --- good files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*GOOD[:3], SAMPLES / BURIRAM / "level_tables.xlsx"], ids=lambda path: path.name)
def test_a_good_file_has_no_flaws_and_takes_the_quick_way(path: Path) -> None:
    raw = path.read_bytes()
    seen = inspect(raw, LIMITS)
    assert all(isinstance(one, Sheet) and one.flaws == () for one in seen.sheets)
    if path in GOOD:
        assert plain_cells(part(raw, "xl/worksheets/sheet1.xml"), LIMITS.max_box)
    with zipfile.ZipFile(BytesIO(seen.copy)) as package:
        assert package.testzip() is None
        assert package.read("xl/worksheets/sheet1.xml") == part(raw, "xl/worksheets/sheet1.xml")
        assert all(zlib.crc32(package.read(one)) == one.CRC for one in package.infolist())
