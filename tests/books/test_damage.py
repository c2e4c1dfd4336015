"""A bit changed on the way never changes a number or a text in silence: the file is refused, or it reads the
same.
"""

import random
import struct
import zipfile
from functools import cache
from io import BytesIO

import pytest
import xlsxwriter
from hostile_books import LIMITS, ods, ods_cell, record, wide, xlsb, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace import BURIRAM, SAMPLES

from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook, read_bytes

FORM = next((SAMPLES / BURIRAM / "submissions" / "2565-06").glob("3101 *.xlsx"))


def read(raw: bytes) -> dict[str, Grid] | None:
    try:
        return read_bytes(raw, LIMITS)
    except (Refused, UnreadableBook):
        return None


@cache
def books() -> dict[str, bytes]:
    """A book of each zipped format, with numbers, texts, percents and days, packed and unpacked; a form."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("ข้อมูล")
        sheet.write_row(0, 0, ("ค่าใช้จ่าย", 1250.5, "x", True))
        sheet.write(1, 0, 0.85, book.add_format({"num_format": "0%"}))
        sheet.write(1, 1, 44_800, book.add_format({"num_format": "d/m/yyyy"}))
    strings = record(159, struct.pack("<II", 1, 1)) + record(19, b"\0" + wide("text")) + record(160)
    cells = [(0, 0, 5, b"\0" * 6 + b"\xf0\x3f"), (0, 1, 7, bytes(4)), (2, 3, 6, wide("ค่า"))]
    whole = {
        "xlsx": target.getvalue(),
        "xlsb": xlsb(cells, strings=strings),
        "ods": ods(f"{ods_cell(85)}{ods_cell('x', 'string')}", ods_cell(0.5, "percentage", "50%")),
    }
    loose = {f"{name}, not packed": unpacked(raw) for name, raw in whole.items()}
    return whole | loose | {"form": FORM.read_bytes()}


def unpacked(raw: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(raw)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    return zipped(parts, zipfile.ZIP_STORED)


def flipped(raw: bytes, bit: int) -> bytes:
    data = bytearray(raw)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


@cache
def as_sent(name: str) -> dict[str, Grid] | None:
    return read(books()[name])


def held(name: str, bit: int) -> None:
    raw = books()[name]
    assert read(flipped(raw, bit % (8 * len(raw)))) in (None, as_sent(name)), (name, bit)


@given(name=st.sampled_from(sorted(books())), bit=st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_a_flipped_bit_is_refused_or_reads_the_same(name: str, bit: int) -> None:
    held(name, bit)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(books()))
def test_no_bit_of_a_book_is_trusted(name: str) -> None:
    chance = random.Random(name)
    size = 8 * len(books()[name])
    for bit in chance.sample(range(size), min(size, 2_000)):
        held(name, bit)


def test_the_books_are_read() -> None:
    assert all(as_sent(name) for name in books())
