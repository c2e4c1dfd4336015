"""What is not there is told apart in ``status``, ``explain`` and the unit's summary, by one rule: nothing
sent, sent and refused, left blank, not yet due.
"""

import csv
from pathlib import Path

import pytest
from workspace import change, copy_sample, keep_units, kpibatch, submission, texts_of

from kpibatch.base.config import read_config
from kpibatch.months.assess import assess_month
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain import explain
from kpibatch.workbooks.unit.book import Units, write_unit_book

MAY, JUNE, MONTHS = "2565-05", "2565-06", ("2565-04", "2565-05", "2565-06")
BLANK, REFUSED, CARRIED, PARTLY, UNREAD, UNSENT = "3101", "3102", "3103", "3105", "3104", "3119"
LEFT_BLANK, NOT_ACCEPTED, NO_REPORT = "ส่งแล้วแต่ช่องว่าง", "ส่งแล้วแต่อ่านค่าไม่ได้หรือไม่รับ", "ไม่มีแบบรายงานที่นับได้"
CASES = [
    (BLANK, "T7", "T7.submitted", LEFT_BLANK),
    (REFUSED, "T1", "T1.spent", NOT_ACCEPTED),
    (CARRIED, "T1", "T1.spent", "จึงใช้ค่าที่ยกมาจากเดือนพฤษภาคม 2565"),
    (CARRIED, "T1", "T1.spent", LEFT_BLANK),
    (PARTLY, "T5", "T5.news", LEFT_BLANK),
    (UNREAD, "T1", "T1.spent", NOT_ACCEPTED),
    (UNSENT, "T1", "T1.spent", NO_REPORT),
    (BLANK, "T3", "T3.evidence_date", "ยังไม่ถึงกำหนด"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    units = (BLANK, REFUSED, CARRIED, PARTLY, UNREAD, UNSENT)
    copy = keep_units(copy_sample(tmp_path_factory.mktemp("status")), *units)
    change(submission(copy, BLANK, JUNE), {("T7.submitted", month): None for month in MONTHS})
    change(submission(copy, REFUSED, JUNE), {("T1.spent", JUNE): "มากพอสมควร"})
    change(submission(copy, CARRIED, JUNE), {("T1.spent", JUNE): None})
    for month in (MAY, JUNE):
        change(submission(copy, PARTLY, month), {("T5.news", MAY): None})
    submission(copy, UNREAD, JUNE).write_text("ไม่ใช่สมุดงาน", encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def outcome(workspace: Path) -> Outcome:
    return assess_month(read_config(workspace), JUNE)


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "kpi", "measure", "why"), CASES)
def test_explain_and_the_summary_say_the_same(
    unit: str, kpi: str, measure: str, why: str, outcome: Outcome, tmp_path: Path
) -> None:
    [line] = [line for line in explain(outcome, unit, kpi) if line.startswith(f"  {measure}  ")]
    assert why in line
    write_unit_book(Units.of(outcome), outcome.tables.unit[unit], tmp_path / "unit.xlsx")
    told = outcome.lack_in_words(unit, measure)
    assert why in told
    texts = [(sheet, text) for sheet, _, text in texts_of(tmp_path / "unit.xlsx")]
    assert any(sheet == "รายละเอียด" and text.endswith(told) for sheet, text in texts)
    if unit in outcome.sent:
        label, begins = outcome.tables.measures[measure].label, ("ชั่วคราว เพราะ", "ยังไม่ถึงกำหนด จึง")
        [told] = [text for _, text in texts if text.startswith(begins) and f"{label} ({kpi})" in text]
        assert why in told


@pytest.mark.slow
def test_the_list_counts_what_was_left_blank_and_what_is_not_due(workspace: Path) -> None:
    listed = kpibatch(workspace, "status", "--format", "csv").output.lstrip("\ufeff")
    rows = {row["unit"]: row for row in csv.DictReader(listed.splitlines())}
    assert list(rows[BLANK])[-2:] == ["blank", "not_due"]
    blank = {unit: row["blank"] for unit, row in rows.items()}
    assert blank == {BLANK: "1", REFUSED: "0", CARRIED: "1", PARTLY: "1", UNREAD: "0", UNSENT: "0"}
    assert (rows[UNREAD]["not_due"], rows[UNSENT]["not_due"]) == ("0", "0")
    assert int(rows[BLANK]["not_due"]) > 0
    shown = kpibatch(workspace, "status").output
    assert "เว้นว่าง" in shown
    assert "ยังไม่ถึงกำหนด" in shown
