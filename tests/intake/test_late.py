"""Late changes: what a submission says otherwise of an earlier month than was sent then, whoever published
what meanwhile.
"""

from pathlib import Path

import pytest
from correcting import correct
from openpyxl import load_workbook
from workspace import (
    CHACHOENGSAO,
    address_of,
    change,
    codes,
    copy_sample,
    findings,
    keep_units,
    kpibatch,
    read_rows,
    submission,
)
from workspace import listings as run
from workspace import run as run_whole

UNIT, MEASURE = "3104", "T5.news"
APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return keep_units(copy_sample(tmp_path), UNIT, "3101", "3105")


def late(output: Path) -> list[tuple[str, str, str, str]]:
    return [
        (row["code"], row["unit"], row["cell"], row["found"])
        for row in findings(output)
        if row["code"].startswith("late-")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("published", [True, False])
def test_a_changed_value_is_a_finding_with_both_values_and_both_files(
    published: bool, workspace: Path
) -> None:
    path = submission(workspace, UNIT, JUNE)
    if published:
        run(workspace, APRIL)
    change(path, {(MEASURE, APRIL): 9})
    output = run(workspace)
    cell = address_of(path, MEASURE, APRIL)
    assert late(output) == [("late-change", UNIT, cell, "9")]
    message = next(row["message"] for row in findings(output, unit=UNIT) if row["code"] == "late-change")
    for told in ("“9”", "“12”", f"{APRIL}/{path.name}", "เมษายน 2565"):
        assert told in message


@pytest.mark.slow
def test_the_clean_sample_has_none(workspace: Path) -> None:
    for month in (APRIL, MAY):
        run(workspace, month)
    assert late(run(workspace)) == []


@pytest.mark.slow
def test_the_returned_workbook_and_the_status_show_it(workspace: Path) -> None:
    path = submission(workspace, UNIT, JUNE)
    change(path, {(MEASURE, APRIL): 9})
    output = run_whole(workspace)
    back = load_workbook(output / "returned" / path.name)
    comment = back["แบบรายงาน"][address_of(path, MEASURE, APRIL)].comment
    assert comment is not None
    assert "“12”" in comment.text
    rows = {
        row["unit"]: row["late_changes"]
        for row in csv_of(kpibatch(workspace, "status", "--format", "csv").output)
    }
    assert (rows[UNIT], rows["3101"]) == ("1", "0")
    assert "แก้ย้อนหลัง 1 ค่า" in kpibatch(workspace, "status").output


def csv_of(text: str) -> list[dict[str, str]]:
    head, *lines = text.lstrip("\ufeff").splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


@pytest.mark.slow
def test_a_value_taken_away_is_one_too(workspace: Path) -> None:
    path = submission(workspace, UNIT, JUNE)
    change(path, {(MEASURE, MAY): None})
    assert late(run(workspace)) == [("late-change", UNIT, address_of(path, MEASURE, MAY), "")]


@pytest.mark.slow
def test_a_value_given_later_is_a_note(workspace: Path) -> None:
    for month in (APRIL, MAY):
        change(submission(workspace, UNIT, month), {(MEASURE, APRIL): None})
    output = run(workspace)
    assert [(code, unit, found) for code, unit, _, found in late(output)] == [("late-given", UNIT, "12")]
    assert next(row["severity"] for row in findings(output) if row["code"] == "late-given") == "note"


@pytest.mark.slow
def test_the_same_number_written_otherwise_is_none(workspace: Path) -> None:
    change(submission(workspace, UNIT, JUNE), {(MEASURE, APRIL): "๑๒ ข่าว"})
    assert late(run(workspace)) == []


@pytest.mark.slow
def test_nothing_sent_then_is_nothing_changed(workspace: Path) -> None:
    for month in (APRIL, MAY):
        submission(workspace, UNIT, month).unlink()
    change(submission(workspace, UNIT, JUNE), {(MEASURE, APRIL): 9})
    assert late(run(workspace)) == []


@pytest.mark.slow
def test_what_was_first_given_later_stays_as_well(workspace: Path) -> None:
    """April was sent blank, May's form gave 12, June's says 9: 12 counts."""
    change(submission(workspace, UNIT, APRIL), {(MEASURE, APRIL): None})
    change(submission(workspace, UNIT, JUNE), {(MEASURE, APRIL): 9})
    output = run(workspace)
    (change_told,) = [row for row in findings(output, unit=UNIT) if row["code"] == "late-change"]
    assert f"{MAY}/" in change_told["message"]
    assert "“12”" in change_told["message"]


@pytest.mark.slow
def test_what_an_approved_correction_set_may_be_taken_over(workspace: Path) -> None:
    correct(workspace, (UNIT, MEASURE, APRIL, 9), ("3105", MEASURE, APRIL, 9))
    change(submission(workspace, UNIT, JUNE), {(MEASURE, APRIL): 9})
    change(submission(workspace, "3105", JUNE), {(MEASURE, APRIL): 8})
    assert [unit for _, unit, _, _ in late(run(workspace))] == ["3105"]


@pytest.mark.slow
def test_a_file_exchanged_after_its_month_was_published_hides_nothing(workspace: Path) -> None:
    """What counts as sent is what was published, not what lies in the folder now."""
    run(workspace, APRIL)
    for month in (APRIL, JUNE):
        change(submission(workspace, UNIT, month), {(MEASURE, APRIL): 9})
    assert [(code, unit) for code, unit, _, _ in late(run(workspace))] == [("late-change", UNIT)]


@pytest.mark.slow
def test_a_form_with_one_cell_a_measure(tmp_path: Path) -> None:
    """An earlier month's value stands in that month's file; exchanged after publishing, it is seen."""
    workspace = keep_units(copy_sample(tmp_path, CHACHOENGSAO), "2401", "2402")
    path = submission(workspace, "2402", "2561-02")
    run(workspace, "2561-02")
    before = next(
        row
        for row in read_rows(workspace / "output/2561-02/values.csv")
        if (row["unit"], row["measure"]) == ("2402", "T2.done")
    )
    book = load_workbook(path)
    book[before["sheet"]][before["cell"]] = float(before["value"]) + 1
    book.save(path)
    output = run(workspace, "2561-03")
    found = [row for row in findings(output, unit="2402") if row["code"] == "late-change"]
    assert [row["measure"] for row in found] == ["T2.done"]
    assert found[0]["file"] == f"2561-02/{path.name}"


@pytest.mark.slow
def test_movement_is_counted_from_what_was_published(workspace: Path) -> None:
    """Exchanging a file afterwards does not rewrite the month it was sent for."""
    then = {
        row["unit"]: row["rank"]
        for row in read_rows(run(workspace, MAY) / "scores.csv")
        if row["node"] == "total"
    }
    for measure in ("T1.spent", "T2.done"):
        change(submission(workspace, "3101", MAY), {(measure, MAY): 0})
    run_whole(workspace)
    trend = load_workbook(workspace / "output" / JUNE / "ranking.xlsx", data_only=True)["แนวโน้ม"]
    heads = [cell.value for cell in trend[5]]
    row = next(line for line in trend.iter_rows(min_row=6) if line[0].value == "3101")
    shown = [cell.value for cell, head in zip(row, heads, strict=True) if head == "พ.ค. 65"]
    assert str(shown[1]) == then["3101"]
    assert codes(findings(workspace / "output" / JUNE, unit="3101")) == [
        "check-rule"
    ]  # of T4, as the sample has it
