"""``levels check --xlsx``: a copy in which every faulty cell is marked; the book itself is as it was."""

from pathlib import Path

from tablebook import write
from workspace import RAYONG, copy_sample, digest, kpibatch, open_book

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
