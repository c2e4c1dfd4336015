"""What was needed to score and is not there, and why; a denominator of zero that no rule speaks of."""

import numpy as np
import pandas as pd
import pytest
from scoring_by_hand import measured_from
from tablebook import one_kpi

from kpibatch.base.findings import Finding
from kpibatch.intake.frame import COLUMNS
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.lacking import Lack, carried_over, lacks, zero_denominators
from kpibatch.scoring.measures import measure_all
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


def test_of_a_kind_that_is_looked_at_alone_nothing_of_another_is_carried_over() -> None:
    """What units of other kinds reported stands in the same frame; the values are of one kind."""
    tables = one_kpi(f"x | รายการ | ครั้ง | {KINDS['last']}", "T1 | | | x | | | | | ≥ 1")
    rows = [(unit, "x", APRIL, 1.0, OK, "", "f", "s", "A1") for unit in (UNIT, "9999")]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    measured = measure_all(frame[frame["unit"] == UNIT], tables, {})
    assert carried_over(frame, measured, tables, JUNE) == {(UNIT, "x"): APRIL}


# --- why it is not there ------------------------------------------------------------------------------------

APRIL, MAY = "2565-04", "2565-05"
OK, BLANK, REFUSED, NO_CELL = "ok", "blank", "bad", "no cell"
KINDS = {"last": "จำนวน | กรอก | ล่าสุด", "sum": "จำนวน | กรอก | รวม", "day": "วันที่ | กรอก | ล่าสุด"}


def why(kind: str, *states: str, day: str = "10 พ.ค. 2565") -> tuple[Lack | None, str]:
    """Why a measure with these states in April, May and June is not whole, and the month it is taken from."""
    rule = f"T1 | | | x | | | | | {f'ภายใน {day}' if kind == 'day' else '≥ 1'}"
    tables = one_kpi(f"x | รายการ | ครั้ง | {KINDS[kind]}", rule)
    rows = [
        (UNIT, "x", month, 1.0 if state == OK else np.nan, BLANK if state == NO_CELL else state, "", "f")
        + (("", "") if state == NO_CELL else ("s", "A1"))
        for month, state in zip((APRIL, MAY, JUNE), states, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    measured = measure_all(frame, tables, {})
    ahead = score_all(measured, tables, JUNE).not_yet
    key = (UNIT, "x")
    found = lacks(frame, measured, ahead, tables, JUNE, {UNIT}, set())
    carried = carried_over(frame, measured, tables, JUNE)
    another = pd.concat([frame, frame.assign(unit="P1")])  # of another kind, apart from these
    assert carried_over(another, measured, tables, JUNE) == carried
    return found.get(key), carried.get(key, "")


@pytest.mark.parametrize(
    ("kind", "states", "lack", "carried"),
    [
        ("last", (OK, OK, OK), None, ""),
        ("last", (BLANK, REFUSED, OK), None, ""),
        ("last", (OK, OK, REFUSED), Lack.REFUSED, ""),
        ("last", (OK, OK, BLANK), Lack.BLANK, MAY),
        ("last", (OK, BLANK, BLANK), Lack.BLANK, APRIL),
        ("last", (BLANK, BLANK, BLANK), Lack.BLANK, ""),
        ("last", (OK, OK, NO_CELL), Lack.NOT_SENT, MAY),
        ("sum", (OK, OK, OK), None, ""),
        ("sum", (OK, NO_CELL, OK), Lack.NOT_SENT, ""),
        ("sum", (OK, BLANK, OK), Lack.BLANK, ""),
        ("sum", (REFUSED, BLANK, OK), Lack.REFUSED, ""),
        ("day", (OK, BLANK, BLANK), None, APRIL),
        ("day", (BLANK, BLANK, BLANK), Lack.BLANK, ""),
        ("day", (BLANK, REFUSED, BLANK), Lack.REFUSED, ""),
    ],
)
def test_the_reason_is_that_of_the_months_that_count(
    kind: str, states: tuple[str, ...], lack: Lack | None, carried: str
) -> None:
    assert why(kind, *states) == (lack, carried)


@pytest.mark.parametrize(
    ("day", "lack"),
    [("30 มิ.ย. 2565", Lack.BLANK), ("1 ก.ค. 2565", Lack.NOT_DUE), ("2 ก.ค. 2565", Lack.NOT_DUE)],
)
def test_a_blank_day_is_not_due_while_its_deadline_lies_ahead(day: str, lack: Lack) -> None:
    assert why("day", BLANK, BLANK, BLANK, day=day) == (lack, "")
    assert why("day", BLANK, BLANK, REFUSED, day=day) == (Lack.REFUSED, "")


@pytest.mark.parametrize(
    ("sent", "unread", "lack"),
    [({UNIT}, set(), Lack.BLANK), (set(), {UNIT}, Lack.REFUSED), (set(), set(), Lack.NOT_SENT)],
)
def test_who_sent_nothing_is_told_from_who_sent_what_does_not_count(
    sent: set[str], unread: set[str], lack: Lack
) -> None:
    tables = one_kpi("x | รายการ | ครั้ง | จำนวน | กรอก | ล่าสุด", "T1 | | | x | | | | | ≥ 1")
    frame = pd.DataFrame([(UNIT, "x", JUNE, np.nan, BLANK, "", "f", "s", "A1")], columns=COLUMNS)
    measured = measure_all(frame, tables, {})
    ahead = score_all(measured, tables, JUNE).not_yet
    assert lacks(frame, measured, ahead, tables, JUNE, sent, unread)[UNIT, "x"] is lack
