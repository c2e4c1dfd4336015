"""The same parts are the same, on whatever system and by whatever zlib they were packed."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from packing import otherwise_packed, packed

from kpibatch.books.packing import LEVEL, contents_digest, normalised, packed_parts
from kpibatch.books.write import Book

PARTS = {"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<r/>"}


def test_system_day_and_order_leave_no_mark() -> None:
    ways = [
        packed(PARTS),
        packed(PARTS, system=0),
        packed(dict(reversed(PARTS.items()))),
        packed(PARTS, method=zipfile.ZIP_STORED),
    ]
    assert len(set(ways)) == 4
    assert len({normalised(raw) for raw in ways}) == len({contents_digest(raw) for raw in ways}) == 1
    with zipfile.ZipFile(io.BytesIO(normalised(ways[0]))) as package:
        assert package.namelist() == ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"]
        assert {(one.create_system, one.date_time) for one in package.infolist()} == {
            (0, (1980, 1, 1, 0, 0, 0))
        }
        assert {name: package.read(name) for name in PARTS} == PARTS


def test_the_package_is_the_one_that_zipfile_makes() -> None:
    parts = [("[Content_Types].xml", b""), ("ก/a.xml", b"<a/>"), ("b", b"ab" * 8_000), ("c", b"ab" * 8_001)]
    for count in range(len(parts) + 1):
        assert packed_parts(parts[:count]) == packed(dict(parts[:count]), system=0, level=LEVEL)


def test_no_system_leaves_a_mark_in_a_workbook_that_is_written(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx", title="ก", day=date(2022, 7, 1)) as book:
        book.sheet("ก").put(0, 0, "อำเภอ")
    raw = (tmp_path / "a.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert next(iter(parts)) == "[Content_Types].xml"
    assert packed(parts, system=0, level=LEVEL) == raw
    assert normalised(otherwise_packed(raw)) == normalised(raw)


def test_how_a_release_of_xlsxwriter_spells_the_looks_is_no_content() -> None:
    """As 3.2.9 and 3.3.1 write the same sheet."""
    rows = b'<sheetData><row r="1" ht="29.25"><c r="A1"><v>4.5</v></c></row></sheetData>'
    one, two = (
        b'<conditionalFormatting sqref="%b"><cfRule/></conditionalFormatting>' % where
        for where in (b"A1", b"B2")
    )
    sheets = [
        b'<worksheet><sheetFormatPr defaultRowHeight="24.0"/>' + rows + one + two + b"</worksheet>",
        b'<worksheet><sheetFormatPr defaultRowHeight="24"/>'
        + rows.replace(b'"29.25"', b'"29"')
        + two
        + one
        + b"</worksheet>",
        b"<worksheet>" + rows.replace(b"4.5", b"4.6") + b"</worksheet>",
        b"<worksheet>" + rows + b"<conditionalFormatting" + b"</worksheet>",
    ]
    digests = [contents_digest(packed(PARTS | {"xl/worksheets/sheet1.xml": sheet})) for sheet in sheets]
    assert digests[0] == digests[1]
    assert len({*digests}) == 3


@pytest.mark.parametrize(
    "other",
    [
        PARTS | {"xl/workbook.xml": b"<workbook />"},
        {name: content for name, content in PARTS.items() if name != "_rels/.rels"},
        PARTS | {"xl/a.xml": b""},
        {name.replace("workbook", "werkbook"): content for name, content in PARTS.items()},
    ],
)
def test_another_part_or_name_is_another_content(other: dict[str, bytes]) -> None:
    assert contents_digest(packed(other)) != contents_digest(packed(PARTS))


def test_what_is_no_honest_package_is_its_bytes() -> None:
    whole = packed(PARTS)
    broken = bytearray(whole)
    broken[45] ^= 0xFF
    twice = packed(PARTS | {"xl/workbook.xm_": b"2"}).replace(b"workbook.xm_", b"workbook.xml")
    many = packed({f"{number}": b"" for number in range(2_001)})
    raws = [b"", b"no package", whole[:-10], bytes(broken), twice, many]
    assert len({contents_digest(raw) for raw in raws}) == len(raws)
    assert contents_digest(many) != contents_digest(otherwise_packed(many))
