"""``levels check --xlsx``: a copy in which every faulty cell is marked; the book itself is as it was."""

from pathlib import Path

import pytest
from libreoffice import recalculate
from made_up_letter import LETTER
from tablebook import write
from workspace import BESIDE, RAYONG, configure, copy_sample, digest, kpibatch, open_book

CELLS = {"ระดับ!G4": "ประมาณ 3", "ตัวชี้วัด!D4": "หกสิบ", "ผลประเมิน!A2": 900}
COPY = "level_tables_findings.xlsx"


def workspace_with(folder: Path, cells: dict[str, object]) -> Path:
    workspace = copy_sample(folder, RAYONG)
    write(workspace / "level_tables.xlsx", {}, cells)
    return workspace


def test_the_faulty_cells_are_marked_in_a_copy(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, CELLS)
    before = digest(workspace / "level_tables.xlsx")
    checked = kpibatch(workspace, "levels", "check", "--xlsx")
    assert checked.exit_code == 2
    assert str(workspace / "output" / COPY) in checked.output
    assert digest(workspace / "level_tables.xlsx") == before
    copy = open_book(workspace / "output" / COPY)
    listed = {row[2:4] for row in copy.worksheets[0].iter_rows(min_row=6, values_only=True)}
    assert listed == {("ผลประเมิน", None), ("ตัวชี้วัด", "D4"), ("ระดับ", "G4")}
    for sheet, cell in (("ตัวชี้วัด", "D4"), ("ระดับ", "G4")):
        assert "kpibatch" in copy[sheet][cell].comment.text
    assert "ตารางระดับ" in copy.worksheets[0]["A1"].value


def test_sound_tables_leave_no_copy(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, {})
    assert kpibatch(workspace, "levels", "check", "--xlsx").exit_code == 0
    assert not (workspace / "output").exists()


def test_a_later_sound_check_takes_the_old_copy_away_and_nothing_else(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, CELLS)
    kpibatch(workspace, "levels", "check", "--xlsx")
    own = workspace / "output" / "level_tables_findings ของเรา.xlsx"
    own.write_bytes(b"")
    book = workspace / "level_tables.xlsx"
    book.write_bytes((copy_sample(tmp_path / "sound", RAYONG) / book.name).read_bytes())
    assert kpibatch(workspace, "levels", "check").exit_code == 0
    assert (workspace / "output" / COPY).exists()
    assert kpibatch(workspace, "levels", "check", "--xlsx").exit_code == 0
    assert {path.name for path in (workspace / "output").iterdir()} - BESIDE == {own.name}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_a_book_that_can_not_be_marked_is_said_to_be_unmarked_with_its_index_beside(
    kind: str, tmp_path: Path
) -> None:
    workspace = workspace_with(tmp_path, CELLS)
    kpibatch(workspace, "levels", "check", "--xlsx")
    [book] = recalculate([workspace / "level_tables.xlsx"], tmp_path / "as", kind)
    (workspace / book.name).write_bytes(book.read_bytes())
    configure(workspace, level_tables=f'"{book.name}"')
    last = kpibatch(workspace, "levels", "check", "--xlsx").output.splitlines()[-1]
    left = {path.name: str(path) for path in (workspace / "output").glob("[!.]*")}
    assert sorted(left) == ["level_tables_findings ข้อค้นพบ.xlsx", f"level_tables_findings.{kind}"]
    assert all(path in last for path in left.values())
    assert "ทำเครื่องหมายในช่องไม่ได้" in last


@pytest.mark.parametrize(
    ("letter", "status", "said"),
    [
        (LETTER, 0, "ตัวเลข 39  มีในช่อง 37  มีในหมายเหตุ 0"),
        (LETTER.replace("ร้อยละ ๗๐", "ร้อยละ ๗๕"), 1, "ตารางเป็น 70 (≥ 70) แต่หนังสือ letter.txt บรรทัด 6 พิมพ์ ๗๕"),
        (LETTER.replace("ร้อยละ ๗๐", "ร้อยละ ๗O"), 0, "“๗O” อ่านได้ไม่แน่"),
        (LETTER.replace("๒ ปีงบ", "๑ ปีงบ"), 1, "หนังสือ letter.txt เป็นของรอบ 1/2565"),
        ("\n", 2, "ไม่มีตัวอักษร"),
    ],
)
def test_a_letter_is_held_against_the_tables(letter: str, status: int, said: str, tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, {})
    path = tmp_path / "letter.txt"
    path.write_text(letter, encoding="utf-8")
    checked = kpibatch(workspace, "levels", "check", "--letter", str(path))
    assert checked.exit_code == status, checked.output
    assert said in checked.output


def test_a_letter_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    checked = kpibatch(
        workspace_with(tmp_path, {}), "levels", "check", "--letter", str(tmp_path / "none.docx")
    )
    assert (checked.exit_code, checked.output.count("none.docx")) == (2, 1)
