"""Rows set aside and put back: the sheet is the same, but for the rows that were asked for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.books import rows
from kpibatch.books.package import parse, tag
from kpibatch.books.rows import LARGE, put_back, set_aside

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b'</sheetData><pageMargins left="0.7"/></worksheet>'
numbers = st.sets(st.integers(1, 400), max_size=60)


def row(number: int) -> bytes:
    return b'<row r="%d" ht="%d"><c r="A%d"><v>1</v></c></row>\n' % (number, number % 7, number)


def sheet(*present: int) -> bytes:
    return HEAD + b"".join(map(row, present)) + TAIL


@pytest.fixture(autouse=True)
def _every_sheet_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LARGE", 0)


def numbers_of(xml: bytes) -> list[int]:
    return [int(element.get("r")) for element in parse(xml).iter(tag("row"))]


@given(present=numbers, wanted=numbers)
def test_what_is_put_back_stands_where_it_stood(present: set[int], wanted: set[int]) -> None:
    xml = sheet(*sorted(present))
    aside = set_aside(xml, {number - 1 for number in wanted})
    assert aside is not None
    light, pieces = aside
    shown = numbers_of(light)
    assert wanted <= set(shown)
    assert set(shown) <= present | wanted
    whole = put_back(light, pieces)
    assert numbers_of(whole) == sorted(present | wanted)
    assert re.sub(rb'<row r="\d+"/>', b"", whole) == xml


def test_rows_far_from_the_wanted_are_set_aside_and_those_near_it_kept() -> None:
    aside = set_aside(sheet(*range(1, 301)), {99})
    assert aside is not None
    assert numbers_of(aside[0]) == list(range(99, 160))
    assert [piece.count(b"<row ") for piece in aside[1]] == [98, 141]


@pytest.mark.parametrize(
    "xml",
    [
        sheet(2, 1),
        sheet(1, 1),
        sheet(1).replace(b' r="1"', b""),
        sheet(1).replace(b'<row r="1" ht="1"', b'<row ht="1" r="1"'),
        sheet(1).replace(b"<row ", b"<!-- <row r='5'/> --><row "),
        sheet(1).replace(b"<v>1</v>", b"<v><![CDATA[1]]></v>"),
        sheet(1).replace(b"<row ", b"<?rows 0?><row "),
        sheet(1).replace(b"<sheetData>", b"<sheetData >"),
        HEAD[:-1] + b"/></worksheet>",
    ],
    ids=["order", "twice", "no number", "number last", "comment", "CDATA", "instruction", "space", "no rows"],
)
def test_rows_written_in_another_way_stay(xml: bytes) -> None:
    assert set_aside(xml, {0}) is None


def test_a_sheet_is_large_from_a_million_bytes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LARGE", LARGE)
    small = sheet(1).replace(b"<v>1</v>", b"<v>1</v>" + b" " * (LARGE - 1 - len(sheet(1))))
    assert len(small) == LARGE - 1
    assert set_aside(small, set()) is None
    assert set_aside(small.replace(b"<v>", b" <v>"), set()) is not None
