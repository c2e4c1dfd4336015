"""Agreements that were signed and kept: what they say against the rules of today, and what is told of a file
that can't say it.
"""

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from tablebook import levels, read

from kpibatch.base.config import Config, IntakeLimits, Workspace
from kpibatch.intake.agreements import signed_agreements
from kpibatch.rules.agreement.sheet import write_sheet
from kpibatch.rules.agreement.text import agreement_of
from kpibatch.rules.agreement.word import write_word
from kpibatch.rules.levels import LevelTables

DAY = date(2022, 4, 1)
TABLES = levels()
WRITERS: Mapping[str, Callable[..., None]] = {".docx": write_word, ".xlsx": write_sheet}
BOTH = pytest.mark.parametrize("suffix", WRITERS)


def keep(
    workspace: Path, *units: str, suffix: str = ".docx", tables: LevelTables = TABLES, name: str = ""
) -> Path:
    """Put the agreements of these units into the folder of a workspace; the last of them."""
    for unit in units:
        agreement = agreement_of(tables, tables.unit[unit], "th")
        path = workspace / "agreements" / f"{name or unit}{suffix}"
        WRITERS[suffix](agreement, path, DAY)
    return path


def told(workspace: Path, tables: LevelTables = TABLES, **limits: Any) -> list[tuple[str, str, str]]:
    """Code, file and what was found, but for units of which nothing is kept."""
    config = Config(workspace, Workspace(), intake=IntakeLimits(**limits))
    found = signed_agreements(config, tables).findings
    return [(each.code, each.place.file, each.found) for each in found if each.code != "agreement-missing"]


def codes(workspace: Path, tables: LevelTables = TABLES) -> list[str]:
    return [code for code, _, _ in told(workspace, tables)]


def test_without_a_folder_nothing_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) == []
    (tmp_path / "agreements").mkdir()
    assert signed_agreements(Config(tmp_path), TABLES).findings == ()


@BOTH
def test_what_still_holds_is_not_told_and_who_is_missing_is(tmp_path: Path, suffix: str) -> None:
    keep(tmp_path, "3101", "3103", suffix=suffix)
    signed = signed_agreements(Config(tmp_path), TABLES)
    assert [each.code for each in signed.findings] == ["agreement-missing"]
    assert not signed.findings[0].grave
    assert "คูเมือง" in signed.findings[0].message("th")
    assert [name for name, _ in signed.files] == [f"agreements/3101{suffix}", f"agreements/3103{suffix}"]


@BOTH
def test_rules_that_differ_from_what_was_signed_are_told_of_each_unit_they_concern(
    tmp_path: Path, suffix: str
) -> None:
    keep(tmp_path, *TABLES.unit, suffix=suffix)
    later = read({"ระดับ!E5": "≥ 3", "ค่าตั้งต้น!C4": 2500})[0]
    config = Config(tmp_path)
    found = signed_agreements(config, later).findings
    assert [(each.code, each.unit, each.severity) for each in found] == [
        ("agreement-differs", "3102", "warning"),
        ("agreement-differs", "3103", "warning"),
    ]
    facts = [dict(each.facts) for each in found]
    assert [(fact["weights"], fact["rules"], fact["values"]) for fact in facts] == [
        ("–", "I1", "T1.budget 2000 → 2500"),
        ("–", "I1", "–"),
    ]


def test_of_several_copies_it_is_enough_that_one_says_what_holds(tmp_path: Path) -> None:
    later = read({"ตัวชี้วัด!D4": 50})[0]
    keep(tmp_path, "3101")
    assert codes(tmp_path, later) == ["agreement-differs"]
    keep(tmp_path, "3101", suffix=".xlsx")
    assert told(tmp_path, later) == [
        ("agreement-differs", "agreements/3101.docx", told(tmp_path, later)[0][2])
    ]
    keep(tmp_path, "3101", tables=later, name="ฉบับแก้ไข/3101")
    assert codes(tmp_path, later) == []


# --- files that people have changed -------------------------------------------------------------------------


def in_document(path: Path, old: str, new: str) -> None:
    """Replace a text in a document, as its writer would with Word."""
    document = docx.Document(str(path))
    tables = [
        paragraph
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
    ]
    runs = [run for paragraph in (*document.paragraphs, *tables) for run in paragraph.runs if old in run.text]
    assert runs
    for run in runs[:1]:
        run.text = run.text.replace(old, new)
    document.save(str(path))


def in_workbook(path: Path, old: object, new: object) -> None:
    """Replace a cell of a workbook; its custom properties stay, as Excel keeps them."""
    book = openpyxl.load_workbook(path)
    [cell, *_] = [cell for row in book.active for cell in row if cell.value == old]
    cell.value = new
    book.save(path)


def test_names_filled_in_and_another_saving_are_no_change(tmp_path: Path) -> None:
    path = keep(tmp_path, "3101")
    in_document(path, "โดย ....", "โดย นายตัวอย่าง ....")
    in_document(path, "ลงชื่อ ....", "ลงชื่อ ตัวอย่าง ....")
    assert codes(tmp_path) == []
    path = keep(tmp_path, "3102", suffix=".xlsx")
    book = openpyxl.load_workbook(path)
    book.active["A4"] = "      โดย นายตัวอย่าง ตำแหน่ง นายอำเภอ"
    book.save(path)
    assert codes(tmp_path) == []


def test_a_list_typed_over_is_told_and_what_was_agreed_still_compared(tmp_path: Path) -> None:
    in_document(keep(tmp_path, "3101"), "ไม่น้อยกว่าร้อยละ 60", "ไม่น้อยกว่าร้อยละ 50")
    in_workbook(keep(tmp_path, "3102", suffix=".xlsx"), 60, 55)
    assert told(tmp_path) == [
        ("agreement-edited", "agreements/3101.docx", "agreements/3101.docx"),
        ("agreement-edited", "agreements/3102.xlsx", "agreements/3102.xlsx"),
    ]
    later = read({"ตัวชี้วัด!D4": 50})[0]
    assert codes(tmp_path, later) == [
        "agreement-edited",
        "agreement-edited",
        "agreement-differs",
        "agreement-differs",
    ]


def test_marks_that_were_changed_say_nothing_but_that(tmp_path: Path) -> None:
    path = keep(tmp_path, "3101")
    document = docx.Document(str(path))
    [part] = [
        part for part in document.part.package.iter_parts() if str(part.partname) == "/docProps/custom.xml"
    ]
    part._blob = part.blob.replace(b"weight | T1 | \xe2\x80\x93 | 60", b"weight | T1 | \xe2\x80\x93 | 50")
    document.save(str(path))
    later = read({"ตัวชี้วัด!D4": 50})[0]
    assert codes(tmp_path, later) == ["agreement-edited"]


# --- files that can't be compared ---------------------------------------------------------------------------


@BOTH
def test_another_round_and_an_unknown_unit_are_told(tmp_path: Path, suffix: str) -> None:
    keep(tmp_path, "3101", suffix=suffix)
    other = read({"รอบประเมิน!B4": 1})[0]
    assert told(tmp_path, other) == [("agreement-other-round", f"agreements/3101{suffix}", "2565/2")]
    fewer = read({"หน่วย!A2": "3199", "ค่าตั้งต้น!A3": "3199"})[0]
    assert told(tmp_path, fewer) == [("agreement-unknown-unit", f"agreements/3101{suffix}", "3101")]


@BOTH
@pytest.mark.parametrize("end", [0, 100, -200])
def test_a_damaged_copy_is_told(tmp_path: Path, suffix: str, end: int) -> None:
    path = keep(tmp_path, "3101", suffix=suffix)
    path.write_bytes(path.read_bytes()[:end])
    assert [each[:2] for each in told(tmp_path)] == [("agreement-unreadable", f"agreements/3101{suffix}")]


def test_a_document_with_a_broken_part_is_told(tmp_path: Path) -> None:
    path = keep(tmp_path, "3101")
    raw = bytearray(path.read_bytes())
    at = raw.index(b"word/document.xml") + 200
    raw[at] ^= 0xFF
    path.write_bytes(raw)
    assert codes(tmp_path) == ["agreement-unreadable"]


def test_a_workbook_called_a_document_and_one_that_is_too_large_are_told(tmp_path: Path) -> None:
    path = keep(tmp_path, "3101", suffix=".xlsx")
    path.rename(path.with_suffix(".docx"))
    assert codes(tmp_path) == ["agreement-unreadable"]
    assert "MB" in told(tmp_path, max_file_mb=0.001)[0][2]


def test_a_file_of_another_making_and_a_scan_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "agreements"
    folder.mkdir()
    docx.Document().save(str(folder / "a.docx"))
    openpyxl.Workbook().save(folder / "b.xlsx")
    (folder / "c.pdf").write_bytes(b"%PDF-1.4")
    for litter in ("~$a.docx", "Thumbs.db", ".DS_Store"):
        (folder / litter).write_bytes(b"")
    assert told(tmp_path) == [
        ("agreement-other-file", "agreements/c.pdf", "c.pdf"),
        ("agreement-foreign", "agreements/a.docx", "agreements/a.docx"),
        ("agreement-foreign", "agreements/b.xlsx", "agreements/b.xlsx"),
    ]


def test_what_is_no_folder_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "agreements").symlink_to(tmp_path / "gone")
    assert [each[:2] for each in told(tmp_path)] == [("agreement-unreadable", "agreements")]


@pytest.mark.children
def test_they_are_read_in_a_child(tmp_path: Path) -> None:
    keep(tmp_path, "3101")
    shutil.copy(keep(tmp_path, "3102", suffix=".xlsx"), tmp_path / "agreements" / "again.xlsx")
    assert codes(tmp_path) == []
    assert codes(tmp_path, read({"ตัวชี้วัด!D4": 50})[0]) == ["agreement-differs"] * 2
