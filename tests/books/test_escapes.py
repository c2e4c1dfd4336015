"""``_x0041_`` is how a workbook holds the letter A: a text that looks like it stays what was typed."""

import zipfile
from pathlib import Path

import pytest

from kpibatch.books.look import sheet_name
from kpibatch.books.read import read_book
from kpibatch.books.write import Book, Formula
from kpibatch.forms.whose import stamps_of

TEXTS = ["_x0041_", "อำเภอ_x000D_ _x005F_", "_xl_ _x41_ x0041_", "A_x0e01_ก"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_back_as_it_was_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Book(path, title=text, whose=text) as book:
        sheet = book.sheet("A")
        sheet.put(0, 0, text)
        sheet.put(1, 0, Formula("A1", text))
        sheet.merge(2, 0, 3, text)
        sheet.merge_formula(3, 0, 3, Formula("A1", text))
        sheet.link(4, 0, "'A'!A1", text)
        sheet.note(0, 0, text)
    assert [row[0] for row in read_book(path)["A"].rows] == [text] * 5
    assert stamps_of(path.read_bytes()) == {text}


def test_a_text_within_a_formula_is_no_function(tmp_path: Path) -> None:
    """Whatever XlsxWriter knows of the names of newer functions."""
    path, texts = tmp_path / "book.xlsx", ["SORT(ก)", "FILTER(", "UNIQUE(1)"]
    with Book(path, title="A") as book:
        for row, text in enumerate(texts):
            book.sheet(text[:3]).link(row, 0, "'SOR'!A1", text)
    with zipfile.ZipFile(path) as package:
        written = "".join(package.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2, 3))
    assert [text for text in texts if f",&quot;{text}&quot;)" in written or f',"{text}")' in written] == texts


@pytest.mark.parametrize(
    ("text", "name"), [("_x0041_", "-x0041_"), ("T_x41_", "T_x41_"), ("a_x0041_b_x0042_", "a-x0041_b-x0042_")]
)
def test_a_sheet_s_name_is_never_one(text: str, name: str) -> None:
    """Programs differ in whether they undo it there."""
    assert sheet_name(text, ()) == name
