"""Corrections: read row by row, applied in every run and shown wherever the value appears, checked like any
value, never written back.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from correcting import PAPERS, correct
from hypothesis import given
from hypothesis import strategies as st
from workspace import (
    CHACHOENGSAO,
    address_of,
    codes,
    configure,
    copy_sample,
    edit_table,
    findings,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
    submission,
    tree,
)
from workspace import listings as run
from workspace import run as run_whole

from kpibatch.base.errors import CorrectionsFault, KpibatchError
from kpibatch.base.findings import Place
from kpibatch.intake.corrections import CLAIM, HEADS, read_corrections, with_corrections
from kpibatch.intake.corrections_book import write_corrections
from kpibatch.intake.frame import COLUMNS, DTYPES, EMPTY, OK, Line
from kpibatch.rules.levels import LevelTables

JUNE, APRIL = "2565-06", "2565-04"
UNIT, MEASURE, FILE = "3102", "T5.news", "3102 คูเมือง.xlsx"
ENGLISH = ("unit", "measure", "month", "value", "reason", "document number", "approved by", "date")


def value_of(output: Path, unit: str, measure: str) -> dict[str, str]:
    return next(
        row for row in read_rows(output / "measures.csv") if (row["unit"], row["measure"]) == (unit, measure)
    )


def few(folder: Path) -> Path:
    return keep_units(copy_sample(folder), UNIT, "3101", "3117", "3119")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return few(tmp_path)


def test_a_link_that_leads_nowhere_is_not_taken_for_no_corrections(
    tmp_path: Path, buriram: LevelTables
) -> None:
    path = tmp_path / "corrections.xlsx"
    assert read_corrections(path, buriram).usable == ()
    path.symlink_to(tmp_path / "nowhere.xlsx")
    with pytest.raises(CorrectionsFault) as caught:
        read_corrections(path, buriram)
    assert str(path) in caught.value.message("th")


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "month", [APRIL, "เม.ย. 2565", "เมษายน 65", "๔/๒๕๖๕", date(2022, 4, 30), date(2565, 4, 1)]
)
@pytest.mark.parametrize("unit", ["3102", "๓๑๐๒", "คูเมือง"])
def test_a_row_is_read_as_people_write_it(
    unit: str, month: Any, tmp_path: Path, buriram: LevelTables
) -> None:
    one = read_corrections(correct(tmp_path, (unit, MEASURE, month, "๑๒ ข่าว")), buriram).usable[0]
    assert (one.unit, one.measure, one.month, one.value) == (UNIT, MEASURE, APRIL, 12)
    assert (one.reason, one.document, one.approver, one.day) == PAPERS
    assert str(one.place) == "corrections.xlsx Sheet!D2"


@pytest.mark.parametrize(
    "heads", [ENGLISH, ("Unit", "MEASURE", *ENGLISH[2:5], "document_number", "approved_by", "Date")]
)
def test_english_headings_and_a_title_above(
    heads: tuple[str, ...], tmp_path: Path, buriram: LevelTables
) -> None:
    path = correct(tmp_path, (UNIT, MEASURE, APRIL, 12), heads=heads, above=3)
    assert [one.key for one in read_corrections(path, buriram).usable] == [(UNIT, MEASURE, APRIL)]


def test_no_workbook_is_no_correction(tmp_path: Path, buriram: LevelTables) -> None:
    assert read_corrections(tmp_path / "corrections.xlsx", buriram).usable == ()


BAD_ROWS: dict[str, tuple[tuple[Any, ...], str, str]] = {
    "no such unit": (("3999", MEASURE, APRIL, 1), "correction-unknown", "A2"),
    "no such measure": ((UNIT, "T5.newz", APRIL, 1), "correction-unknown", "B2"),
    "a fixed value": ((UNIT, "staff", APRIL, 1), "correction-not-filled-in", "B2"),
    "a computed value": ((UNIT, "T1.pct", APRIL, 1), "correction-not-filled-in", "B2"),
    "a month outside the round": ((UNIT, MEASURE, "2565-01", 1), "correction-month", "C2"),
    "no month": ((UNIT, MEASURE, "เร็ว ๆ นี้", 1), "correction-month", "C2"),
    "no number": ((UNIT, MEASURE, APRIL, "สิบสอง"), "table-value", "D2"),
    "too large a number": ((UNIT, MEASURE, APRIL, 1e308), "table-number-size", "D2"),
    "too small a number": ((UNIT, MEASURE, APRIL, "0.0000000009"), "table-number-size", "D2"),
    "no value": ((UNIT, MEASURE, APRIL, None), "correction-blank", "D2"),
    "no reason": ((UNIT, MEASURE, APRIL, 1, "", *PAPERS[1:]), "correction-blank", "E2"),
    "no document": ((UNIT, MEASURE, APRIL, 1, PAPERS[0], None, *PAPERS[2:]), "correction-blank", "F2"),
    "nobody approved": ((UNIT, MEASURE, APRIL, 1, *PAPERS[:2], " ", PAPERS[3]), "correction-blank", "G2"),
    "no date": ((UNIT, MEASURE, APRIL, 1, *PAPERS[:3], None), "correction-blank", "H2"),
    "a date that is none": ((UNIT, MEASURE, APRIL, 1, *PAPERS[:3], "เมื่อวาน"), "table-value", "H2"),
    "a date of the year 9999": (
        (UNIT, MEASURE, APRIL, 1, *PAPERS[:3], date(9999, 12, 31)),
        "table-value",
        "H2",
    ),
    "an error cell": ((UNIT, MEASURE, APRIL, "=1/0"), "table-no-result", "D2"),
}


def test_a_name_that_several_units_have_is_none_of_theirs(tmp_path: Path, buriram: LevelTables) -> None:
    alike = replace(buriram, units=tuple(replace(unit, name="คูเมือง") for unit in buriram.units))
    read = read_corrections(correct(tmp_path, ("คูเมือง", MEASURE, APRIL, 1)), alike)
    assert (read.usable, [(one.code, one.place.cell) for one in read.findings]) == (
        (),
        [("unit-several", "A2")],
    )


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_row_that_cant_be_used_is_told_with_its_cell_and_changes_nothing(
    name: str, tmp_path: Path, buriram: LevelTables
) -> None:
    row, code, cell = BAD_ROWS[name]
    read = read_corrections(correct(tmp_path, row, (UNIT, MEASURE, "2565-05", 3)), buriram)
    assert [one.month for one in read.usable] == ["2565-05"], "the row below is good"
    assert (code, cell) in [(one.code, one.place.cell) for one in read.findings]
    assert all(one.severity == "error" and len(one.message("th")) > 20 for one in read.findings)


def test_of_two_rows_for_one_value_the_first_counts(tmp_path: Path, buriram: LevelTables) -> None:
    read = read_corrections(correct(tmp_path, (UNIT, MEASURE, APRIL, 1), (UNIT, MEASURE, APRIL, 2)), buriram)
    assert [one.value for one in read.usable] == [1]
    assert [(one.code, one.place.cell) for one in read.findings] == [("correction-twice", "D3")]


def test_a_workbook_that_is_none_stops_the_run(workspace: Path) -> None:
    (workspace / "corrections.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    result = kpibatch(workspace, "run")
    assert result.exit_code == 2
    assert "corrections.xlsx" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_column_stops_the_run(tmp_path: Path, buriram: LevelTables) -> None:
    with pytest.raises(KpibatchError) as told:
        read_corrections(
            correct(tmp_path, (UNIT, MEASURE, APRIL, 1), heads=(*HEADS[:-1], "หมายเหตุ")), buriram
        )
    assert told.value.name == "corrections-columns"


# --- in force -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month with corrections of the report month and of an earlier one; two units."""
    workspace = few(tmp_path_factory.mktemp("corrected"))
    correct(workspace, (UNIT, MEASURE, APRIL, 7), ("3101", "T2.done", JUNE, 5))
    return run_whole(workspace)


@pytest.mark.slow
def test_the_value_is_the_corrected_one_and_says_where_it_stands(corrected: Path) -> None:
    row = value_of(corrected, UNIT, MEASURE)
    assert (row["value"], row["file"], row["cell"]) == ("7", "corrections.xlsx", "D2")
    assert value_of(corrected, "3101", "T2.done")["value"] == "5"
    level = next(
        r["level"] for r in read_rows(corrected / "scores.csv") if (r["unit"], r["node"]) == (UNIT, "T5")
    )
    assert level == "3", "at least 6 but not 8 a month, with a staff of three"


@pytest.mark.slow
def test_every_place_that_shows_the_value_says_so(corrected: Path) -> None:
    workspace = corrected.parent.parent
    found = findings(corrected, unit=UNIT, measure=MEASURE)
    assert codes(found) == ["corrected"]
    cell = address_of(submission(workspace, UNIT, JUNE), MEASURE, APRIL)
    assert (found[0]["file"], found[0]["cell"]) == (FILE, cell)
    for fact in (*PAPERS[:3], "6 ก.ค. 2565", "corrections.xlsx"):
        assert fact in found[0]["message"]
    comments = [
        cell.comment.text
        for line in open_book(corrected / "ranking.xlsx")["T5"].iter_rows()
        for cell in line
        if cell.comment
    ]
    assert [text.rstrip() for text in comments] == [found[0]["message"]]
    page = [
        str(c.value)
        for s in open_book(corrected / "units" / FILE)
        for line in s.iter_rows()
        for c in line
        if c.value
    ]
    assert any("จังหวัดแก้ไขค่าที่ส่งมา 1 ค่า" in text for text in page)
    assert any(PAPERS[1] in text for text in page)
    told = kpibatch(workspace, "explain", UNIT, "T5").output
    assert PAPERS[1] in told
    assert "corrections.xlsx" in told


@pytest.mark.slow
def test_the_submission_itself_and_what_it_said_stay_as_they_were(corrected: Path, tmp_path: Path) -> None:
    workspace = corrected.parent.parent
    before, after = (
        {name: each for name, each in tree(folder / "submissions").items() if name.endswith(".xlsx")}
        for folder in (few(tmp_path), workspace)
    )
    assert before
    assert after == before
    sent = {(row["unit"], row["measure"]): row["value"] for row in read_rows(corrected / "values.csv")}
    assert sent["3101", "T2.done"] != "5"


@pytest.mark.slow
def test_other_units_are_as_without_corrections(corrected: Path, tmp_path: Path) -> None:
    plain = run(few(tmp_path))
    changed = {
        row["unit"]
        for row, other in zip(
            read_rows(corrected / "measures.csv"), read_rows(plain / "measures.csv"), strict=True
        )
        if row["value"] != other["value"]
    }
    assert changed == {UNIT, "3101"}


@pytest.mark.slow
def test_a_corrected_value_is_checked_like_any_other(workspace: Path) -> None:
    correct(workspace, (UNIT, MEASURE, JUNE, -5))
    output = run(workspace, expect=1)
    found = findings(output, severity="error", unit=UNIT)
    assert [(row["code"], row["file"], row["cell"]) for row in found] == [
        ("negative", "corrections.xlsx", "D2")
    ]
    assert value_of(output, UNIT, MEASURE)["value"] == ""


@pytest.mark.slow
def test_a_correction_mends_what_could_not_be_read(workspace: Path) -> None:
    """3117 typed 9 days a week; the province asked, and it was 6."""
    correct(workspace, ("3117", "T6.pr_days", JUNE, 6))
    output = run(workspace)
    assert "out-of-range" not in codes(findings(output, unit="3117"))
    assert value_of(output, "3117", "T6.pr_days")["value"] == "6"


@pytest.mark.slow
def test_a_correction_for_a_later_month_waits(workspace: Path) -> None:
    correct(workspace, (UNIT, MEASURE, JUNE, 7))
    assert "corrected" not in codes(findings(run(workspace, "2565-05"), unit=UNIT))


@pytest.mark.slow
def test_a_correction_for_a_unit_that_sent_nothing_is_told(workspace: Path) -> None:
    correct(workspace, ("3119", MEASURE, JUNE, 7))
    output = run(workspace)
    assert "correction-idle" in codes(findings(output, unit="3119"))
    assert {row["status"] for row in read_rows(output / "scores.csv") if row["unit"] == "3119"} == {
        "not_submitted"
    }


@pytest.mark.slow
def test_bad_rows_do_not_stop_the_month(workspace: Path) -> None:
    correct(workspace, ("3999", MEASURE, JUNE, 7), (UNIT, MEASURE, JUNE, 3))
    output = run(workspace, expect=1)
    assert "correction-unknown" in codes(findings(output, severity="error"))
    assert value_of(output, UNIT, MEASURE)["value"] == "3"


@pytest.mark.slow
def test_a_form_of_the_offices_own_is_corrected_the_same_way(tmp_path: Path) -> None:
    workspace = keep_units(copy_sample(tmp_path, CHACHOENGSAO), "2401", "2402")
    correct(workspace, ("2402", "T2.done", "2561-03", 1))
    assert value_of(run(workspace), "2402", "T2.done")["value"] == "1"


@pytest.mark.slow
def test_an_english_workspace_tells_it_in_english(workspace: Path) -> None:
    configure(workspace, language='"en"')
    correct(workspace, (UNIT, MEASURE, APRIL, 7))
    message = findings(run(workspace), unit=UNIT, measure=MEASURE)[0]["message"]
    assert "the province corrected it to 7" in message
    assert "6 Jul 2022" in message


@pytest.mark.slow
def test_a_measure_that_the_tables_no_longer_have_is_told(workspace: Path) -> None:
    correct(workspace, (UNIT, "T2.done", JUNE, 5))
    edit_table(workspace, "รายการข้อมูล", {"รหัส": "T2.done"}, "ที่มา", "ค่าตั้งต้น")
    assert kpibatch(workspace, "run").exit_code in (1, 2)


@pytest.mark.slow
@given(value=st.integers(0, 60))
def test_whatever_is_corrected_is_what_counts(
    value: int, buriram: LevelTables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = correct(tmp_path_factory.mktemp("one"), (UNIT, MEASURE, APRIL, value))
    assert read_corrections(path, buriram).by_key == {(UNIT, MEASURE, APRIL): value}


# --- the workbook to fill in --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_workbook_to_fill_in_is_written_where_there_is_none(workspace: Path) -> None:
    result = kpibatch(workspace, "corrections")
    assert result.exit_code == 0
    path = workspace / "corrections.xlsx"
    assert "corrections.xlsx" in result.output
    book = open_book(path)
    assert [cell.value for cell in book["แก้ไข"][3]] == [*HEADS, CLAIM]
    choices = {str(one.sqref): one.formula1 for one in book["แก้ไข"].data_validations.dataValidation}
    assert choices["A4:A203"] == "'รหัส'!$A$2:$A$5"
    assert [cell.value for cell in book["รหัส"]["A"]][1:4] == ["3101", "3102", "3117"]
    assert "T1.pct" not in [cell.value for cell in book["รหัส"]["C"]]
    listed = kpibatch(workspace, "corrections")
    assert listed.exit_code == 0
    assert "ใช้ได้ 0 รายการ รอพิจารณาหรือไม่อนุมัติ 0 รายการ มีปัญหา 0 ข้อ" in listed.output


@pytest.mark.slow
def test_what_is_typed_into_it_is_read(workspace: Path) -> None:
    kpibatch(workspace, "corrections")
    path = workspace / "corrections.xlsx"
    book = open_book(path)
    for row, line in ((4, (UNIT, MEASURE, APRIL, 7, *PAPERS)), (6, ("3999", MEASURE, APRIL, 7, *PAPERS))):
        for column, content in enumerate(line, 1):
            book["แก้ไข"].cell(row, column).value = content
    book.save(path)
    result = kpibatch(workspace, "corrections")
    assert result.exit_code == 1
    assert "3102 คูเมือง  T5.news" in result.output
    assert "= 7 " in result.output
    assert "แก้ไข!A6" in result.output
    assert value_of(run(workspace), UNIT, MEASURE)["value"] == "7"


# --- applied ------------------------------------------------------------------------------------------------


def sent(month: str, value: float, found: str) -> pd.DataFrame:
    """The frame of one unit that sent this one value."""
    state = OK if found else EMPTY
    line = Line(UNIT, MEASURE, month, value, state, found, FILE, "แบบรายงาน", "F26")
    return pd.DataFrame([line], columns=list(COLUMNS)).astype(DTYPES)


@pytest.mark.parametrize(("value", "found", "shown"), [(9.0, "๙", "๙"), (float("nan"), "", "–")])
def test_the_finding_tells_what_the_unit_had_sent_and_where(
    value: float, found: str, shown: str, tmp_path: Path, buriram: LevelTables
) -> None:
    rows = read_corrections(correct(tmp_path, (UNIT, MEASURE, APRIL, 12)), buriram).usable
    frame, (finding,) = with_corrections(sent(APRIL, value, found), rows, buriram, JUNE)
    assert (finding.found, dict(finding.facts)["sent"]) == (found, shown)
    assert finding.place == Place(FILE, "แบบรายงาน", "F26")
    assert shown in finding.message("en")
    line = Line(*frame.iloc[0])
    assert (line.value, line.state, line.found) == (12, OK, "12")
    assert (line.file, line.sheet, line.cell) == ("corrections.xlsx", "Sheet", "D2")


@pytest.mark.parametrize(("report_month", "applied"), [(APRIL, False), ("2565-05", True), (JUNE, True)])
def test_a_correction_counts_from_its_own_month_on(
    report_month: str, applied: bool, tmp_path: Path, buriram: LevelTables
) -> None:
    rows = read_corrections(correct(tmp_path, (UNIT, MEASURE, "2565-05", 12)), buriram).usable
    frame, findings = with_corrections(sent("2565-05", 9, "9"), rows, buriram, report_month)
    assert (frame["value"][0] == 12) == applied
    assert len(findings) == applied


def test_english_corrections_are_read_back(tmp_path: Path, buriram: LevelTables) -> None:
    row = (UNIT, MEASURE, "Apr 2022", 4.0, "misread", "No. 1", "Head", date(2022, 7, 8))
    write_corrections(tmp_path / "corrections.xlsx", buriram, [row], "en")
    sheet = open_book(tmp_path / "corrections.xlsx")["Corrections"]
    assert [cell.value for cell in sheet[3]][:4] == ["Unit", "Measure", "Month", "Value"]
    (read,) = read_corrections(tmp_path / "corrections.xlsx", buriram).usable
    assert (read.unit, read.month, read.value) == (UNIT, APRIL, 4.0)
