"""``levels agreement``, the files signed and kept, and what `levels check`, `run`, `close` and `verify` make
of them.
"""

import csv
import shutil
from pathlib import Path

import pytest
from small_workspace import MONTH, OTHER_RULE, UNITS, small_workspace
from workspace import edit_table, kpibatch, open_book, tree

FIRST = UNITS[0]


def found(workspace: Path) -> list[dict[str, str]]:
    with (workspace / "output" / MONTH / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["code"].startswith("agreement-")]


@pytest.mark.slow
def test_what_was_signed_is_held_against_the_rules_until_the_month_is_sealed(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    assert kpibatch(workspace, "levels", "agreement").exit_code == 0
    written = workspace / "output" / "agreements"
    assert {path.suffix for path in written.iterdir()} == {".docx", ".xlsx"}
    assert len(list(written.iterdir())) == 2 * len(UNITS)
    before = tree(written)
    assert kpibatch(workspace, "levels", "agreement").exit_code == 0
    assert tree(written) == before

    shutil.copytree(written, workspace / "agreements")
    assert kpibatch(workspace, "levels", "check").exit_code == 0
    edit_table(workspace, "ระดับ", OTHER_RULE, "ระดับ 5", "≥ 99")
    checked = kpibatch(workspace, "levels", "check")
    assert checked.exit_code == 1
    assert checked.output.count("D2.1") >= len(UNITS)

    assert kpibatch(workspace, "run", MONTH).exit_code == 1
    assert [(row["code"], row["unit"], row["severity"]) for row in found(workspace)] == [
        ("agreement-differs", unit, "warning") for unit in UNITS
    ]
    summary = open_book(next((workspace / "output" / MONTH / "units").glob(f"{FIRST}*.xlsx")))
    texts = [
        str(cell) for sheet in summary for row in sheet.iter_rows(values_only=True) for cell in row if cell
    ]
    assert not any("บันทึกข้อตกลง" in text for text in texts)
    assert any(
        "agreements/" in line
        for line in (workspace / "output" / MONTH / "run.json").read_text("utf-8").splitlines()
    )

    closed = kpibatch(workspace, "close", MONTH)
    assert closed.exit_code == 0, closed.output
    shutil.rmtree(workspace / "agreements")
    assert kpibatch(workspace, "verify", str(workspace / "output" / "closed" / f"{MONTH}.zip")).exit_code == 0


def test_one_unit_s_alone_leaves_the_others_and_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    written = workspace / "output" / "agreements"
    assert kpibatch(workspace, "levels", "agreement", "--unit", FIRST).exit_code == 0
    assert [path.name[: len(FIRST)] for path in written.iterdir()] == [FIRST, FIRST]
    assert kpibatch(workspace, "levels", "agreement", "--unit", UNITS[1]).exit_code == 0
    assert len(list(written.iterdir())) == 4
    assert kpibatch(workspace, "levels", "agreement", "--unit", "9999").exit_code == 2
    (written / "notes.txt").write_text("mine", encoding="utf-8")
    assert kpibatch(workspace, "levels", "agreement").exit_code == 2
    assert (written / "notes.txt").read_text(encoding="utf-8") == "mine"
