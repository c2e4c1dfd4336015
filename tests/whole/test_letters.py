"""What the sample workbooks keep of their letters besides thresholds: weights, evidence, days; and where a
letter is silent or contradicts itself, that the row says so.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest
from workspace import BURIRAM, CHACHOENGSAO, CHIEFS, NAKHON_PHANOM, NEWEST, RAYONG, SAMPLES

from kpibatch.books.read import as_text, read_book
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

# As printed; of the two weights of I11 in Buriram's letter the one in the KPI's own row.
WEIGHTS: Mapping[str, Mapping[str, str]] = {
    BURIRAM: {"T": "15 15 10 15 10 15 10 10", "I": "15 5 5 5 5 15 15 5 5 5 5 15"},
    CHACHOENGSAO: {"T": "50 50", "I": "20 15 15 10 10 10 10 10"},
    CHIEFS: {"K": "20 20 15 15 10 10 10"},
}

EVIDENCE = {
    BURIRAM: {
        *("T1.loan_docs", "T3.evidence_date", "T6.logbook_monthly", "I9.analysis_monthly"),
        *("I11.evidence_monthly", "I12.plan", "I12.report"),
    },
    CHACHOENGSAO: {"I8.report", "I9.order"},
    CHIEFS: {"K4.plan", "K7.reported"},
    NAKHON_PHANOM: {"T3.2.report"},
    RAYONG: {"D2.1.satisfaction"},
}

# Where a letter is read in a way that its print alone does not give: the row of ระดับ by its measure, and
# words or figures that its หมายเหตุ must hold.
TOLD = {
    (BURIRAM, "I11.mechanism"): (" 5 ", " 15 ", "100"),
    (BURIRAM, "I11.uses_pct"): ("10,033", "ครั้ง", "ครัวเรือน"),
    (BURIRAM, "T4.recovery_pct"): ("ผิดนัด", "เสียหาย", "คำถามเดียว", "ไม่ถามคำถามที่สอง"),
    (BURIRAM, "T6.intensive_care"): ("ครบทุกครัวเรือน", "T6.logbook_result_date"),
    (BURIRAM, "T6.logbook_result_date"): ("ครบทุกครัวเรือน",),
    (BURIRAM, "T7.pct"): ("ตัวเลขของจังหวัด",),
    (BURIRAM, "I6.online_growth"): ("ปีฐาน", "30 ก.ย. 2564", "30 ก.ย. 2565"),
    (BURIRAM, "I6.fabric_growth"): ("ปีฐาน", "1 มิ.ย. 2563", "30 ก.ย. 2564"),
    (BURIRAM, "I6.otop_growth"): ("ปีฐาน", "1 ต.ค. 2563", "30 ก.ย. 2564"),
    (BURIRAM, "I9.resolved_pct"): ("ตัวเลขของจังหวัด",),
    (BURIRAM, "I10.company_plan"): ("ระดับจังหวัด", "รายอำเภอ"),
    (BURIRAM, "I10.company_pct"): ("ของจังหวัด", "รายอำเภอ"),
    (BURIRAM, "I12.groups"): ("1 กลุ่ม", "ระดับบุคคล"),
    (CHIEFS, "K4.plan"): ("ดำเนินการ",),
    (CHIEFS, "K6.growth"): ("ปีฐาน", "1 ต.ค. 2563"),
    (CHACHOENGSAO, "I4.growth"): ("ปีฐาน", "2560"),
    (CHACHOENGSAO, "I7.pct"): ("<50", ">70"),
    (RAYONG, "D1.1.steps"): ("ตัวอย่าง", "แต่ละแห่ง", "ระดับ 3"),
    (RAYONG, "D1.2.steps"): ("ตัวอย่าง", "แต่ละแห่ง", "ระดับ 3"),
}

# The same for what is no row of ระดับ: the sheet, its row by the first cell, words that its note must hold.
NOTED = {
    **{(sample, "ผลประเมิน", "90"): "ไม่มีช่วงผลประเมิน" for sample in NEWEST},
    (BURIRAM, "ปฏิทิน", "2565-04"): "ไม่กำหนดวันส่ง",
    (CHACHOENGSAO, "ปฏิทิน", "2560-10"): "ไม่กำหนดวันส่ง",
    (CHIEFS, "ปฏิทิน", "2564-10"): "ไม่กำหนดวันส่ง",
    (NAKHON_PHANOM, "ปฏิทิน", "2564-04"): "ไม่กำหนดวันส่ง",
    (RAYONG, "ปฏิทิน", "2554-03"): "ไม่กำหนดวันส่ง",
    (BURIRAM, "รอบประเมิน", "อ้างอิง"): "หลักฐานของทุกขั้นตอน",
    (CHACHOENGSAO, "รอบประเมิน", "อ้างอิง"): "หลักฐานของทุกตัวชี้วัด",
    (CHACHOENGSAO, "ปฏิทิน", "2561-01"): "25 ม.ค. 2561",
    (CHACHOENGSAO, "ปฏิทิน", "2561-03"): "ตามหนังสือ",
    (RAYONG, "รอบประเมิน", "เดือนรายงาน"): "6, 9 และ 12 เดือน",
    (RAYONG, "รอบประเมิน", "หน่วยประเมิน"): "ระดับบุคคล",
}


@cache
def tables_of(sample: str) -> LevelTables:
    return read_levels(SAMPLES / sample / "level_tables.xlsx")[0]


@pytest.mark.parametrize(("sample", "section"), [(name, each) for name in WEIGHTS for each in WEIGHTS[name]])
def test_the_printed_weights_stand_in_the_scorecard_and_sum_to_100(sample: str, section: str) -> None:
    tables = tables_of(sample)
    weights = [node.weight for node in tables.children(section)]
    assert weights == [float(text) for text in WEIGHTS[sample][section].split()]
    assert sum(weights) == 100
    assert tables.node[section].child_sum is None


@pytest.mark.parametrize("sample", NEWEST)
def test_evidence_is_asked_where_the_letter_asks_for_it(sample: str) -> None:
    asked = {measure.code for measure in tables_of(sample).measures.values() if measure.needs_evidence}
    assert asked == EVIDENCE[sample]


@pytest.mark.parametrize(("sample", "measure"), TOLD)
def test_a_row_says_how_its_letter_was_read(sample: str, measure: str) -> None:
    [remark] = [rule.remark for rule in tables_of(sample).rules if rule.measure == measure]
    assert {word: word in remark for word in TOLD[sample, measure]} == dict.fromkeys(
        TOLD[sample, measure], True
    )


@pytest.mark.parametrize(("sample", "sheet", "row"), NOTED)
def test_what_stands_in_no_letter_or_in_no_row_of_the_levels_is_told_beside_it(
    sample: str, sheet: str, row: str
) -> None:
    header, *rows = read_book(SAMPLES / sample / "level_tables.xlsx")[sheet].rows
    [cells] = [cells for cells in rows if as_text(cells[0]) == row]
    note = str(cells[header.index("หมายเหตุ")])
    assert NOTED[sample, sheet, row] in note


def test_march_is_due_on_the_day_chachoengsaos_letter_sets_and_sent_by_then() -> None:
    tables, month = tables_of(CHACHOENGSAO), NEWEST[CHACHOENGSAO]
    assert tables.calendar[month] == date(2018, 3, 15) < tables.round.end
    received = (SAMPLES / CHACHOENGSAO / "submissions" / month / "received.csv").read_text("utf-8-sig")
    days = [line.split(",")[1] for line in received.splitlines()[1:]]
    assert len(days) == len(tables.units)
    assert "2018-03-01" < min(days) <= max(days) < "2018-03-15"


def test_rayong_reports_after_6_9_and_12_months() -> None:
    sent = sorted(folder.name for folder in (SAMPLES / RAYONG / "submissions").iterdir())
    assert sent == list(tables_of(RAYONG).round.months) == ["2554-03", "2554-06", "2554-09"]


@pytest.mark.parametrize(("kpi", "step"), [("D1.1", 2), ("D1.2", 1)])
def test_level_3_is_the_target_of_each_department_of_rayong_itself(kpi: str, step: int) -> None:
    tables, target = tables_of(RAYONG), f"{kpi}.target"
    [rule] = tables.rules_of(kpi)
    departments = tables.units[tables.tree.kinds[0].rows]
    targets = {tables.baselines[unit.code, target].value for unit in departments}
    assert len(targets) > 3
    assert {tables.baselines[unit.code, f"{kpi}.step"].value for unit in departments} == {step}
    assert [edge and edge.threshold for edge in rule.edges] == [-2, -1, 0, 1, 2]
    assert {unit.code for unit in departments} == set(tables.node[kpi].titles)


def test_a_strategy_is_no_responsible_group() -> None:
    for leaf in tables_of(CHIEFS).leaves:
        assert not leaf.responsible
        assert leaf.template.strategy
        assert "ยุทธศาสตร์" not in leaf.reference
