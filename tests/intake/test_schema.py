"""The schema says the rules: what each measure may hold, for values laid out in the test itself."""

import math
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from kpibatch.base.config import Config, IntakeLimits
from kpibatch.base.kinds import Kind
from kpibatch.intake.checks.validate import Surroundings, rules_of, schema_by, validate
from kpibatch.intake.frame import BAD, COLUMNS, DTYPES, EMPTY, OK, Line
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables

APRIL, JUNE, UNIT, PERCENT = "2565-04", "2565-06", "3101", "T5.news"


def line(measure: str, value: float, month: str = JUNE, unit: str = UNIT) -> Line:
    state = EMPTY if math.isnan(value) else OK
    return Line(unit, measure, month, value, state, f"{value:g}", f"{unit}.xlsx", "แบบรายงาน", "F7")


def intake_of(*lines: Line) -> Intake:
    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype(DTYPES)
    return Intake(JUNE, (), frame, {}, (), (), {"": datetime(2022, 7, 1)})


def with_measure(tables: LevelTables, code: str, **changes: Any) -> LevelTables:
    return replace(tables, measures={**tables.measures, code: replace(tables.measures[code], **changes)})


@pytest.fixture
def config(tmp_path: Any) -> Config:
    return Config(root=tmp_path, intake=IntakeLimits())


@pytest.mark.parametrize("maximum", [100.0, 2.001, None])
@pytest.mark.parametrize(
    ("value", "doubted"),
    [(0.0, False), (1e-9, True), (0.85, True), (1.05, True), (2.0, True), (2 + 1e-9, False), (85.0, False)],
)
def test_a_percent_of_two_or_less_may_be_meant_as_a_fraction(
    value: float, doubted: bool, maximum: float | None, buriram: LevelTables, config: Config
) -> None:
    tables = with_measure(buriram, PERCENT, kind=Kind.PERCENT, maximum=maximum)
    frame, findings = validate(intake_of(line(PERCENT, value)), tables, config)
    assert ("percent-as-fraction" in {one.code for one in findings}) == doubted
    assert (frame["value"][0] == value) == (maximum is None or value <= maximum), "a doubtful value is used"


@pytest.mark.parametrize("changes", [{"kind": Kind.PERCENT, "maximum": 1.0}, {"kind": Kind.NUMBER}])
def test_where_one_is_all_there_can_be_it_is_no_fraction(
    changes: dict[str, Any], buriram: LevelTables, config: Config
) -> None:
    tables = with_measure(buriram, PERCENT, **changes)
    assert validate(intake_of(line(PERCENT, 1.0)), tables, config)[1] == []


def test_a_percent_written_as_one_is_not_asked_about(buriram: LevelTables, config: Config) -> None:
    tables = with_measure(buriram, PERCENT, kind=Kind.PERCENT, maximum=100.0)
    written = line(PERCENT, 0.85)._replace(found="0.85%")
    assert validate(intake_of(written), tables, config)[1] == []


@pytest.mark.parametrize("value", [0.5, 12.5, 12 + 1e-8])
@pytest.mark.parametrize(
    ("unit", "asked"), [("ครัวเรือน", True), ("", True), ("ไร่", False), ("ครั้งต่อเดือน", False), ("ร้อยละ", False)]
)
def test_half_a_household_is_asked_about_and_half_a_rai_is_not(
    value: float, unit: str, asked: bool, buriram: LevelTables, config: Config
) -> None:
    tables = with_measure(buriram, PERCENT, kind=Kind.NUMBER, counting_unit=unit)
    frame, findings = validate(intake_of(line(PERCENT, value), line(PERCENT, 12.0, APRIL)), tables, config)
    assert [one.code for one in findings] == ["part-of-one"] * asked
    assert list(frame["value"]) == [value, 12.0], "a doubtful value is used"


DAY = "T3.evidence_date"


@pytest.mark.parametrize(
    ("month", "day", "counts"),
    [
        (APRIL, date(2022, 4, 30), True),
        (APRIL, date(2022, 5, 1), False),
        (JUNE, date(2022, 6, 30), True),
        (JUNE, date(2022, 7, 1), False),
        (JUNE, date(2022, 9, 10), False),
    ],
)
def test_a_day_counts_only_once_it_has_come(
    month: str, day: date, counts: bool, buriram: LevelTables, config: Config
) -> None:
    """Also where the report is due some days after the month's end."""
    frame, findings = validate(intake_of(line(DAY, day.toordinal(), month)), buriram, config)
    assert [(one.code, one.severity) for one in findings if one.code != "no-evidence"] == (
        [] if counts else [("date-ahead", "error")]
    )
    assert frame["state"][0] == (OK if counts else BAD)
    assert math.isnan(frame["value"][0]) != counts


@pytest.mark.parametrize("later", [date(2022, 4, 9), date(2022, 4, 10), date(2022, 4, 11)])
def test_a_day_in_the_place_of_another_is_told_with_both(
    later: date, buriram: LevelTables, config: Config
) -> None:
    first = date(2022, 4, 10)
    lines = [
        line(DAY, later.toordinal(), JUNE),
        line(DAY, math.nan, "2565-05"),
        line(DAY, first.toordinal(), APRIL),
        line(DAY, date(2022, 4, 1).toordinal(), JUNE, "3102"),
    ]
    findings = validate(intake_of(*lines), buriram, config)[1]
    told = [one for one in findings if one.code == "date-replaced"]
    assert [one.unit for one in told] == [UNIT] * (later != first)
    for one in told:
        assert f"{later.toordinal():,}" in one.message("th")  # as the line above says it was typed
        assert "10 เม.ย. 2565" in one.message("th")


def test_a_replacement_that_has_not_come_replaces_nothing(buriram: LevelTables, config: Config) -> None:
    days = [line(DAY, date(2022, 4, 10).toordinal(), APRIL), line(DAY, date(2022, 7, 1).toordinal())]
    frame, findings = validate(intake_of(*days), buriram, config)
    assert "date-replaced" not in {one.code for one in findings}
    assert list(frame["state"]) == [OK, BAD]


def test_findings_come_by_check_and_then_as_the_values_stand(buriram: LevelTables, config: Config) -> None:
    tables = with_measure(buriram, "T2.done", minimum=3.0)
    lines = [
        line("T2.done", 2),
        line("T5.news", -1),
        line("T2.done", -1, APRIL),
        line("T5.news", -1, JUNE, "3102"),
        line("T5.news", math.nan, APRIL, "3102"),
    ]
    frame, findings = validate(intake_of(*lines), tables, config)
    said = [(one.code, one.unit, one.measure) for one in findings]
    assert said == [
        ("negative", UNIT, "T5.news"),
        ("negative", UNIT, "T2.done"),
        ("negative", "3102", "T5.news"),
        ("out-of-range", UNIT, "T2.done"),
    ]
    assert list(frame["state"]) == [BAD, BAD, BAD, BAD, EMPTY]
    assert frame["value"].isna().all()


def test_the_schema_is_read_as_the_rules(buriram: LevelTables, config: Config) -> None:
    nothing = pd.Series(dtype=float)
    others = {measure.limit: nothing for measure in buriram.monthly_measures if measure.limit}
    others |= dict.fromkeys(buriram.measures, nothing)
    around = Surroundings(pd.Series(dtype=str), others, nothing, nothing.astype(bool), {})
    columns = schema_by(rules_of(buriram, config, around)).columns
    assert list(columns) == [measure.code for measure in buriram.monthly_measures]
    rules = {code: {check.name: check.error for check in column.checks} for code, column in columns.items()}
    assert rules["T1.spent"] == {"negative": "≥ 0", "above-limit": "≤ T1.allocated"}
    assert rules["T6.pr_days"] == {"negative": "≥ 0", "out-of-range": "0 – 7"}
    assert rules["T1.loan_docs"] == {"no-evidence": "with หลักฐาน"}
    assert rules["I6.otop_now"]["below-base"] == "≥ I6.otop_base"
    assert rules["T6.logbook_problem_date"] == {
        "date-senseless": "2020-04-01 … 2023-09-28",
        "date-ahead": "≤ the last day of the month",
    }
