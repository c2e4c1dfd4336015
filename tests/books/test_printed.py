"""Pages as LibreOffice prints them: how it is found, started and ended; pictures of few colours."""

import shutil
import stat
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from libreoffice import the_office

from kpibatch.books.package import open_package, tag
from kpibatch.books.printed import office as printed
from kpibatch.books.printed import pdf
from kpibatch.books.printed.office import Unprinted, as_pdf, first_sheets, office, thai_is_missing
from kpibatch.books.printed.pdf import pages_in, pictures
from kpibatch.books.printed.png import png_of
from kpibatch.books.write import Book

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for LibreOffice")


def program(folder: Path, script: str, name: str = "soffice") -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def a_book(path: Path, sheets: int) -> bytes:
    with Book(path, title="แผ่น") as book:
        for number in range(1, sheets + 1):
            sheet = book.sheet(f"แผ่น {number}")
            sheet.put(0, 0, f"หน้า {number}")
            if number != 2:
                sheet.page(top=0, last=(0, 0))
    return path.read_bytes()


def unpacked(png: bytes) -> np.ndarray:
    """The pixels of a picture of ours."""
    parts, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        parts[kind], at = content, at + 12 + length
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()
    numbers = np.stack([rows[:, 1:] >> 4, rows[:, 1:] & 15], axis=2).reshape(height, -1)[:, :width]
    return np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)[numbers]


@pytest.mark.parametrize("width", [1, 2, 7])
def test_a_picture_of_sixteen_colours_or_fewer_keeps_each_nearly(width: int) -> None:
    pixels = np.array([[(16 * ((x + y) % 16), 0, 255) for x in range(width)] for y in range(20)], np.uint8)
    drawn = unpacked(png_of(pixels)).astype(int)
    assert np.abs(drawn - pixels).max() < 8
    assert (drawn[pixels == 255] == 255).all()


def test_of_more_colours_the_rare_ones_become_their_neighbours() -> None:
    pixels = np.full((10, 100, 3), 255, np.uint8)
    pixels[0, :17] = [(0, 8 * each, 0) for each in range(17)]
    drawn = unpacked(png_of(pixels))
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) == 16
    assert (drawn[1:] == 255).all()
    assert np.abs(drawn.astype(int) - pixels).max() < 32


def test_only_the_first_sheets_are_seen_and_print(tmp_path: Path) -> None:
    book = open_package(first_sheets(a_book(tmp_path / "a.xlsx", 4), 2)).read("xl/workbook.xml")
    assert [sheet.get("state") for sheet in book.iter(tag("sheet"))] == [None, None, "hidden", "hidden"]
    areas = {
        int(name.get("localSheetId")): name.text
        for name in book.iter(tag("definedName"))
        if name.get("name") == "_xlnm.Print_Area"
    }
    assert areas[2] == "'แผ่น 3'!$XFD$1048576"
    assert areas[3] == "'แผ่น 4'!$XFD$1048576"
    assert "XFD" not in areas[0]
    assert 1 not in areas


@pytest.mark.slow
def test_libreoffice_prints_these_sheets_alone(tmp_path: Path) -> None:
    found = the_office()
    raw = a_book(tmp_path / "a.xlsx", 4)
    assert pages_in(as_pdf(found, first_sheets(raw, 2), ".xlsx")) == 2
    whole = as_pdf(found, raw, ".xlsx")
    assert pages_in(whole) == 4
    sizes = [struct.unpack(">II", png[16:24]) for png in pictures(whole, 200_000)]
    assert [width for width, _ in sizes] == [720] * 4
    small = [struct.unpack(">II", png[16:24])[0] for png in pictures(whole, 10)]
    assert small == [360] * 4, "what is too large for its bytes becomes narrower, and is made all the same"


def test_libreoffice_is_found_by_path_or_where_it_usually_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(printed, "_PLACES", ())
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    for variable in ("ProgramW6432", "ProgramFiles(x86)"):
        monkeypatch.delenv(variable, raising=False)
    assert office() is None
    there = tmp_path / "LibreOffice" / "program" / "soffice.com"
    there.parent.mkdir(parents=True)
    there.touch()
    assert office() == str(there)
    monkeypatch.setattr(shutil, "which", lambda name: "/x/libreoffice" if name == "libreoffice" else None)
    assert office() == "/x/libreoffice"


@POSIX
def test_what_libreoffice_says_is_told_where_there_is_no_pdf(tmp_path: Path) -> None:
    with pytest.raises(Unprinted, match=r"^source file could not be loaded$"):
        as_pdf(program(tmp_path, "echo one; echo source file could not be loaded"), b"", ".xlsx")
    with pytest.raises(Unprinted, match="No such file"):
        as_pdf(str(tmp_path / "gone"), b"", ".xlsx")


@POSIX
@pytest.mark.slow
def test_libreoffice_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    hanging = program(tmp_path, f"(sleep 2; touch {alive}) & wait")
    with pytest.raises(Unprinted, match=r"> 0\.2 s"):
        as_pdf(hanging, b"", ".xlsx", seconds=0.2)
    time.sleep(2.2)
    assert not alive.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig")
def test_a_system_without_a_thai_font_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for script, missing in (("exit 0", True), ("echo Laksaman", False), ("exit 1", False)):
        monkeypatch.setattr(shutil, "which", lambda name, asked=script: program(tmp_path, asked, name))
        assert thai_is_missing() is missing, script
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not thai_is_missing()


def test_without_the_library_there_are_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "pdfium", lambda: None)
    assert list(pictures(b"", 1)) == []
    assert pages_in(b"") == 0
