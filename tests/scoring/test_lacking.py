"""What was needed to score and is not there: above all, a denominator of zero that no rule speaks of."""

import pytest
from scoring_by_hand import measured_from
from tablebook import one_kpi

from kpibatch.base.findings import Finding
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.lacking import zero_denominators
from kpibatch.scoring.next_level import steps_to
from kpibatch.scoring.score import score_all

JUNE, UNIT = "2565-06", "3101"
PARTS = "have | ทำได้ | คน | จำนวน | กรอก | ล่าสุด\nwhole | เป้าหมาย | คน | จำนวน | กรอก | ล่าสุด\n"
ASKED = "T1 | | | share | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100"


def share(zero_rule: str = "", source: str = "ร้อยละ") -> LevelTables:
    computed = f"share | ร้อยละ | ร้อยละ | ร้อยละ | {source} | | have | whole | {zero_rule}"
    return one_kpi(PARTS + computed, ASKED)


def told(tables: LevelTables, *, sent: bool = True, **values: object) -> list[Finding]:
    measured = measured_from(tables, {UNIT: values})
    return zero_denominators(measured, score_all(measured, tables, JUNE), {UNIT} if sent else set(), tables)


@pytest.mark.parametrize("source", ["ร้อยละ", "เพิ่มขึ้น", "ลดลง"])
def test_nought_of_nought_without_a_rule_is_a_warning_at_the_measure_in_the_tables(source: str) -> None:
    tables = share(source=source)
    (found,) = told(tables, have=0, whole=0)
    assert (found.code, found.severity) == ("zero-denominator", "warning")
    assert (found.unit, found.measure) == (UNIT, "share")
    assert found.place == tables.measures["share"].place
    assert found.place.cell


@pytest.mark.parametrize("whole", [0.01, 1])
def test_a_denominator_just_above_nought_is_none(whole: float) -> None:
    assert told(share(), have=0, whole=whole) == []


@pytest.mark.parametrize("rule", ["ผ่าน", "ไม่ผ่าน"])
def test_a_rule_says_what_it_means(rule: str) -> None:
    assert told(share(rule), have=0, whole=0) == []


def test_a_blank_denominator_is_no_nought_and_who_sent_nothing_has_none() -> None:
    assert told(share(), have=0) == []
    assert told(share(), sent=False, have=0, whole=0) == []


def test_the_next_step_says_that_it_is_the_provinces_to_decide() -> None:
    tables = share()
    values = measured_from(tables, {UNIT: {"have": 0, "whole": 0}}).row(tables.position[UNIT])
    (step,) = steps_to(1, "T1", 0, values, tables, JUNE)
    assert (step.how, step.measure.code) == ("no-zero-rule", "share")
