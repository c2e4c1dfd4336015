"""What the guards refuse before a sheet is looked at: the file, what it is, its zip, its XML.

And that good files pass.
"""

import os
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from hostile_books import (
    HEAD,
    LIMITS,
    MAIN,
    OFFICE,
    biff,
    biff_number,
    cell,
    code,
    compound,
    ods,
    ods_cell,
    part,
    refusal,
    sheet,
    values,
    with_parts,
    xls,
    xlsb,
    xlsx,
    xlsx_parts,
    zipped,
)
from workspace import BURIRAM, SAMPLES

from kpibatch.base.files import harmless
from kpibatch.books.guard.inspect import inspect, is_regular, take
from kpibatch.books.guard.limits import Refused, Sheet
from kpibatch.books.guard.xlsx import plain_cells
from kpibatch.books.read import read_bytes

ONE = sheet(cell("A1", 1))
SHEET_PART = "xl/worksheets/sheet1.xml"
ONE_PARTS = {name: str(content) for name, content in xlsx_parts(ONE).items()}
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
GOOD = sorted((SAMPLES / BURIRAM / "submissions" / "2565-06").glob("*.xlsx"))


# --- 1. the file --------------------------------------------------------------------------------------------


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
        ("a\nb\x7f.xlsx", "a%0Ab%7F.xlsx"),
        ("\udcff.xlsx", "%FF.xlsx"),
    ],
)
def test_a_name_is_text_that_every_output_can_hold(name: str, text: str) -> None:
    assert harmless(name) == text
    assert harmless(name).encode().decode() == text


# --- 2. what it is, whatever its name says ------------------------------------------------------------------


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
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "file-web-page",
            "XML",
        ),
        (b"%PDF-1.7\n" + bytes(50), "file-not-workbook", "PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "file-not-workbook", "JPEG"),
        (b"\x01\x02\x00\x03" * 50, "file-not-workbook", "01 02 00 03"),
        (zipped([("readme.txt", "x")]), "file-not-workbook", "zip"),
        (zipped([("word/document.xml", "<w/>")]), "file-not-workbook", "Word"),
        (compound({"WordDocument": b"x"}), "file-not-workbook", "Word"),
        (compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "file-encrypted", ""),
        (xls(globals_=biff(0x2F, b"\1\0\1\0")), "file-encrypted", ""),
        (
            ods(
                ods_cell(1), manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
            ),
            "file-encrypted",
            "",
        ),
        (xlsx(ONE)[:300], "unreadable-file", None),
        (b"PK\3\4" + bytes(100), "unreadable-file", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unreadable-file", None),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_own_way_out(
    raw: bytes, expected: str, found: str | None
) -> None:
    refused = refusal(raw)
    assert refused.code == expected
    assert found is None or refused.found == found


def test_a_file_that_is_two_formats_at_once_is_refused() -> None:
    parts = xlsx_parts(ONE) | {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": "<a/>",
    }
    assert code(zipped(parts.items())) == "file-malformed"


# --- 3. the zip ---------------------------------------------------------------------------------------------


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
    lie = raw.replace(
        struct.pack("<II", real.compress_size, real.file_size), struct.pack("<II", real.compress_size, 2000)
    )
    refused = refusal(lie)
    assert (refused.code, refused.found) == ("file-malformed", "xl/worksheets/sheet1.xml: 2,001 ≠ 2,000")


def test_too_many_parts() -> None:
    parts = [*xlsx_parts(ONE).items(), *((f"x{number}", "") for number in range(1000))]
    assert code(zipped(parts)) == "file-swollen"


@pytest.mark.parametrize(
    "twin",
    [
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/SHEET1.xml",
        "xl\\worksheets\\sheet1.xml",
        "/xl/worksheets/sheet1.xml",
    ],
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


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(
    "part", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET_PART, "docProps/core.xml"]
)
def test_a_part_that_is_not_as_its_checksum_says_is_named(part: str, method: int) -> None:
    raw = bytearray(zipped((xlsx_parts(ONE) | {"docProps/core.xml": f"{HEAD}<a/>"}).items(), method))
    with zipfile.ZipFile(BytesIO(raw)) as package:
        head = package.getinfo(part).header_offset
    for at in (head + 14, raw.rindex(part.encode()) - 46 + 16):  # both checksums alike
        raw[at] ^= 1
    refused = refusal(bytes(raw))
    assert (refused.code, refused.found) == ("file-damaged", part)


def test_a_digit_changed_on_the_way_is_found_out() -> None:
    raw = zipped(xlsx_parts(ONE).items(), zipfile.ZIP_STORED).replace(b"<v>1</v>", b"<v>9</v>")
    assert refusal(raw).found == SHEET_PART


@pytest.mark.parametrize(
    "at", [6, 8, 14, 18, 22, 30], ids=["flags", "method", "crc", "packed", "size", "name"]
)
def test_a_part_whose_two_headers_differ_is_refused(at: int) -> None:
    raw = bytearray(xlsx(ONE))
    raw[raw.index(SHEET_PART.encode()) - 30 + at] ^= 1
    refused = refusal(bytes(raw))
    assert (refused.code, refused.found) == ("file-damaged", SHEET_PART)


def test_sizes_behind_a_part_as_libreoffice_writes_them_are_no_damage() -> None:
    target = BytesIO()
    with zipfile.ZipFile(Stream(target), "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in xlsx_parts(ONE).items():
            package.writestr(name, content)
    raw = target.getvalue()
    assert b"PK\7\10" in raw, "sizes behind"
    assert values(raw) == {"A1": 1.0}


class Stream(RawIOBase):
    """What can't be gone back in."""

    def __init__(self, target: BytesIO) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._target.write(data)


@pytest.mark.parametrize("main", ["book/main.xml", "workbook.xml", "excel/parts/wb.xml"])
def test_a_package_may_keep_its_parts_anywhere(main: str) -> None:
    folder, _, last = main.rpartition("/")
    folder = f"{folder}/" if folder else ""
    parts = {
        name.replace("xl/_rels/workbook", f"xl/_rels/{last[:-4]}")
        .replace("xl/workbook.xml", main)
        .replace("xl/", folder): content.replace("xl/workbook.xml", main)
        for name, content in ONE_PARTS.items()
    }
    assert main in parts
    assert values(zipped(parts.items())) == {"A1": 1.0}


def test_a_strict_workbook_reads_the_same() -> None:
    """Source: ISO/IEC 29500 Strict, whose namespaces are others and whose days are written out."""
    strict = {
        name: content.replace(MAIN, STRICT_MAIN).replace(OFFICE, STRICT_OFFICE)
        for name, content in ONE_PARTS.items()
    }
    assert strict != ONE_PARTS
    assert values(zipped(strict.items())) == {"A1": 1.0}
    day = sheet(cell("A1", "2022-06-15", "d"), main=STRICT_MAIN)
    assert values(zipped((strict | {SHEET_PART: day}).items())) == {"A1": date(2022, 6, 15)}


@pytest.mark.slow
def test_a_strict_form_reads_the_same() -> None:
    with zipfile.ZipFile(GOOD[0]) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for old, new in ((MAIN, STRICT_MAIN), (OFFICE, STRICT_OFFICE)):
        parts = {name: content.replace(old.encode(), new.encode()) for name, content in parts.items()}
    assert read_bytes(zipped(parts.items()), LIMITS) == read_bytes(GOOD[0].read_bytes(), LIMITS)


# --- 4. the XML ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"]
)
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


@pytest.mark.parametrize(
    "head", ["", "\ufeff" + HEAD, '<?xml version="1.0"?>', HEAD + "<!-- made by hand -->\n"]
)
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
    assert (
        code(xlsx(ONE, strings=f"{HEAD}<!-- fine here --><sst><si><t>a<![CDATA[b]]></t></si></sst>"))
        == "file-malformed"
    )


def test_a_cell_with_two_values_is_refused() -> None:
    assert code(xlsx(sheet('<c r="A1"><v>1</v><v>2</v></c>'))) == "file-malformed"
    assert code(xlsx(sheet('<c r="A1" t="inlineStr"><is><t>1</t></is><v>2</v></c>'))) == "file-malformed"


# --- good files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*GOOD[:3], SAMPLES / BURIRAM / "level_tables.xlsx"], ids=lambda path: path.name
)
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
