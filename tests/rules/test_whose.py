"""Cases by who the unit is: group, position, unit."""

import pytest
from scoring_by_hand import measured_from
from tablebook import SHEETS, levels, read

from kpibatch.base.kinds import Kind
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import case_in_words
from kpibatch.rules.records import Source
from kpibatch.scoring.score import score_all

JUNE = "2565-06"
UNITS = """
    รหัส  | ชื่อ     | กลุ่ม  | อีเมล             | สำเนา | ตำแหน่ง
    3101 | เมือง   | เหนือ | 3101@cdd.example |     | อาวุโส
    3102 | คูเมือง  | เหนือ | 3102@cdd.example |     | ชำนาญการ
    3103 | กระสัง  | ใต้   | 3103@cdd.example |     | ชำนาญการ
"""


def by(whose: str, first: str, second: str) -> LevelTables:
    """I1 asks twice as many news of the second case."""
    head = SHEETS["ระดับ"].strip().splitlines()[0]
    rules = f"""
    T1 |         |          | T1.docs | ใช่ | ใช่ | ใช่ | ใช่ | ใช่
    I1 | {whose} | {first}  | I1.news | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    I1 | {whose} | {second} | I1.news | ≥ 2 | ≥ 4 | ≥ 6 | ≥ 8 | ≥ 10
    """
    return levels(หน่วย=UNITS, ระดับ=head + rules)


@pytest.mark.parametrize(
    ("whose", "first", "second", "expected"),
    [
        ("กลุ่ม", "เหนือ", "ใต้", [4, 4, 2]),
        ("ตำแหน่ง", "ชำนาญการ", "อาวุโส", [2, 4, 4]),
        ("หน่วย", "๓๑๐๒", "เมือง และ 3103", [2, 4, 2]),
        ("หน่วย", "เมือง", "คูเมือง, กระสัง, เมือง", [4, 2, 2]),
    ],
)
def test_a_unit_takes_the_case_of_its_group_position_or_itself(
    whose: str, first: str, second: str, expected: list[int]
) -> None:
    tables = by(whose, first, second)
    values = {"I1.news": 4, "T1.docs": True}
    scores = score_all(measured_from(tables, dict.fromkeys(tables.unit, values)), tables, JUNE)
    assert scores.kpis["I1"].level.tolist() == expected
    assert not scores.kpis["I1"].missing.any()


def test_such_a_case_is_on_a_measure_that_stands_in_no_cell_and_is_asked_of_nobody() -> None:
    tables = by("กลุ่ม", "เหนือ", "ใต้")
    case = tables.cases_of("I1")[0]
    measure = tables.measures[case.measure]
    assert (measure.code, measure.kind, measure.source) == ("กลุ่ม เหนือ", Kind.YES_NO, Source.WHO)
    assert measure.members == {"3101", "3102"}
    assert measure not in (*tables.form_measures, *tables.monthly_measures)
    assert [case_in_words(tables, case, language) for language in ("th", "en")] == [
        "กรณี กลุ่ม เหนือ",
        "if กลุ่ม เหนือ",
    ]


def test_the_same_names_in_another_order_are_the_same_case() -> None:
    tables = by("หน่วย", "3101, กระสัง", "กระสัง, เมือง")
    assert [(case.text, case.measure) for case in tables.cases_of("I1")] == [
        ("เมือง, กระสัง", "หน่วย เมือง, กระสัง")
    ]


def test_a_measure_of_that_code_is_itself() -> None:
    """As it was before cases could go by who the unit is."""
    tables, found = read({"รายการข้อมูล!A2": "กลุ่ม", "ค่าตั้งต้น!B2": "กลุ่ม", "ระดับ!B4": "กลุ่ม", "ระดับ!B5": "กลุ่ม"})
    assert not found
    assert [case.condition.text() for case in tables.cases_of("I1")] == ["≤ 2", "> 2"]


def test_no_word_of_the_sheet_makes_such_a_measure() -> None:
    assert read({"รายการข้อมูล!E7": None})[0].measures["I1.news"].source is Source.FORM
