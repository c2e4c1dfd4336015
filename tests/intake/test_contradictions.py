"""A file that says two units of itself counts for neither, and both are told."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from mailing import PROVINCE_ADDRESS, codes, planned, sample_workspace
from recalculated import calculated, differences
from small_workspace import MONTH, UNITS, small_workspace
from tablebook import levels
from workspace import FORM, configure, findings, kpibatch, open_book, read_rows, run, submission, texts_of

from kpibatch.base.config import IntakeLimits
from kpibatch.forms.standard import write_form
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.rules.levels import LevelTables

JUNE = "2565-06"


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


def read(path: Path, tables: LevelTables) -> Contents:
    return read_submission(path, tables, JUNE, IntakeLimits())


def form_of(folder: Path, tables: LevelTables, unit: str, name: str) -> Path:
    write_form(tables, tables.unit[unit], folder / name, {("I1.news", JUNE): 3.0})
    return folder / name


def retyped(path: Path, cells: dict[tuple[str, str], str]) -> None:
    book = open_book(path)
    for (sheet, cell), text in cells.items():
        book[sheet][cell] = text
    book.save(path)


def said(contents: Contents) -> list[tuple[str, str, str]]:
    assert contents.unit == ""
    assert contents.lines == []
    return sorted((one.code, one.unit, one.place.cell) for one in contents.findings)


def test_the_name_of_another_unit_s_file(tables: LevelTables, tmp_path: Path) -> None:
    path = form_of(tmp_path, tables, "3102", "3101 เมือง.xlsx")
    contents = read(path, tables)
    assert said(contents) == [("form-other-name", "3101", ""), ("form-other-name", "3102", "")]
    for one in contents.findings:
        assert {"3101", "3102"} <= set(one.message("th").split())
        assert one.severity == "error"


@pytest.mark.parametrize(
    ("sheet", "cell", "text", "at"),
    [
        (FORM, "B2", "อำเภอเมือง  (3101)   จังหวัดตัวอย่าง", "B2"),
        (FORM, "B2", "อำเภอเมือง", "B2"),
        (FORM, "B1", "แบบรายงาน (3101)", "B1"),
        ("_kpibatch", "B1", "3101", "B2"),
    ],
)
def test_the_heading_and_the_hidden_sheet_that_differ(
    sheet: str, cell: str, text: str, at: str, tables: LevelTables, tmp_path: Path
) -> None:
    path = form_of(tmp_path, tables, "3102", "รายงาน.xlsx")
    retyped(path, {(sheet, cell): text})
    assert said(read(path, tables)) == [("form-other-unit", "3101", at), ("form-other-unit", "3102", at)]


def test_two_hidden_sheets_that_differ(tables: LevelTables, tmp_path: Path) -> None:
    path = form_of(tmp_path, tables, "3102", "รายงาน.xlsx")
    book = open_book(path)
    book.copy_worksheet(book["_kpibatch"]).title = "_kpibatch (2)"
    book["_kpibatch (2)"]["B1"] = "3101"
    book.save(path)
    assert said(read(path, tables)) == [("form-other-unit", "3101", ""), ("form-other-unit", "3102", "")]


@pytest.mark.parametrize("name", ["3102 คูเมือง.xlsx", "คูเมือง มิ.ย. 65.xlsx", "แบบรายงาน.xlsx", "3102.xlsx"])
def test_what_agrees_or_says_nothing_is_read(name: str, tables: LevelTables, tmp_path: Path) -> None:
    contents = read(form_of(tmp_path, tables, "3102", name), tables)
    assert contents.unit == "3102"
    assert not any(one.code.startswith("form-other") for one in contents.findings)


# --- a whole month ------------------------------------------------------------------------------------------


def swapped(workspace: Path) -> None:
    """The second unit's form under the first one's name; the first one's own form is gone."""
    path = submission(workspace, UNITS[0], MONTH)
    submission(workspace, UNITS[1], MONTH).replace(path)


def no_workbook(workspace: Path) -> None:
    submission(workspace, UNITS[0], MONTH).write_text("ไม่ใช่สมุดงาน", encoding="utf-8")
    submission(workspace, UNITS[1], MONTH).unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "sent"), [(swapped, ["unreadable", "unreadable"]), (no_workbook, ["unreadable", "no"])]
)
def test_who_sent_what_can_not_be_read_is_not_said_to_have_sent_nothing(
    spoil: Callable[[Path], None], sent: list[str], tmp_path: Path
) -> None:
    workspace = small_workspace(tmp_path)
    spoil(workspace)
    output = run(workspace, MONTH, expect=1)
    table = kpibatch(workspace, "status", MONTH, "--format", "csv").output.splitlines()
    assert [line.split(",")[3] for line in table[1:]] == sent
    assert "ส่งแล้ว อ่านไม่ได้" in kpibatch(workspace, "status", MONTH).output
    totals = [row["status"] for row in read_rows(output / "scores.csv") if row["node"] == "total"]
    assert totals == ["not_submitted", "not_submitted"]
    shown = [text for sheet, _, text in texts_of(output / "ranking.xlsx") if sheet == "อันดับ"]
    assert shown.count("ส่งแล้ว อ่านไม่ได้") == sent.count("unreadable")
    summary = next((output / "units").glob(f"{UNITS[0]} *"))
    assert "ส่งแล้ว อ่านไม่ได้" in [text for _, _, text in texts_of(summary)]
    told = {row["unit"] for row in findings(output) if row["code"] == "sent-unread"}
    assert told == {unit for unit, word in zip(UNITS, sent, strict=True) if word == "unreadable"}


@pytest.mark.slow
def test_no_mail_carries_a_file_named_after_another_unit(tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path, "rayong-2554")
    path = submission(workspace, UNITS[0], MONTH)
    submission(workspace, UNITS[1], MONTH).replace(path)
    run(workspace, MONTH, expect=1)
    for plan in (planned(workspace), planned(workspace, remind=True)):
        carried = [(one.unit, file.name) for one in plan.messages for file in one.attachments]
        assert [pair for pair in carried if path.name in pair[1]] == []
    reminded = {one.unit: one.plain for one in planned(workspace, remind=True).messages}
    assert all("ส่งแล้ว อ่านไม่ได้" in reminded[unit] for unit in UNITS)


@pytest.mark.slow
def test_the_live_ranking_counts_no_unit_whose_file_can_not_be_read(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    submission(workspace, UNITS[0], MONTH).write_text("ไม่ใช่สมุดงาน", encoding="utf-8")
    path = run(workspace, MONTH, expect=1) / "ranking.xlsx"
    count, wrong = differences(path, calculated({"unread": path}, tmp_path)["unread"])
    assert count > 100
    assert wrong == []


@pytest.mark.slow
def test_a_copy_whose_name_begins_with_another_unit_s_code_is_left_out(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    configure(workspace, province=f'["{PROVINCE_ADDRESS}"]')
    path = submission(workspace, UNITS[1], MONTH)
    with zipfile.ZipFile(path.with_name(f"{UNITS[0]} รวม.zip"), "w") as archive:
        archive.write(path, path.name)
    path.unlink()
    output = run(workspace, MONTH, expect=1)
    assert any(
        one.name.startswith(f"{UNITS[0]} รวม.zip-{UNITS[1]}") for one in (output / "returned").iterdir()
    )
    plan = planned(workspace)
    assert ("mail-other-name", UNITS[1]) in codes(plan)
    (own,) = (one for one in plan.messages if one.unit == UNITS[1])
    assert [file.name for file in own.attachments if UNITS[0] in file.name] == []
