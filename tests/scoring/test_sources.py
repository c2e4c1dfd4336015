"""Every source that computes, worked by hand for three units: just below a threshold, at it, above; what is
missing, rounded, known by the batch, and what is said of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_month import outcome_of
from reckoning import reckoning
from slow_compare import compare

from kpibatch.base.kinds import Kind
from kpibatch.rules.computations import COMPUTATIONS, Parts
from kpibatch.rules.records import Measure, Source, ZeroRule
from kpibatch.rules.round import Holiday
from kpibatch.rules.sources import rounded
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain import explain

UNITS = ("3101", "3102", "3103")
JUNE = "2565-06"


def day(day: int, month: int) -> date:
    return date(2022, month, day)


# What each of three units fills in → the value and the level that follow, worked by hand.
WORKED: Mapping[str, tuple[str, str, tuple[tuple[dict[str, object], float, int], ...]]] = {
    "นับข้อ": ("K1", "done", (
        ({"plan": True, "meeting": False, "report": True}, 2, 3),
        ({"plan": True, "meeting": True, "report": True}, 3, 4),  # a day that is not given is one not done
        ({"plan": True, "meeting": True, "report": True, "opened": day(1, 6)}, 4, 5),
    )),
    "ผลต่าง, ปัดทศนิยม 1": ("K2", "rise", (
        ({"now": 82.449}, 2.4, 2),  # 82.449 − 80 = 2.449, which is not 2.45
        ({"now": 82.5}, 2.5, 3),
        ({"now": 77.95}, 2.5, 3),  # 77.95 − 75.5 = 2.45, half away from zero
    )),
    "อัตราส่วน": ("K3", "load", (
        ({"people": 101, "staff": 10}, 10.1, 4),
        ({"people": 100, "staff": 10}, 10, 5),
        ({"people": 7, "staff": 0}, 0, 5),  # ผ่าน, and lower is better
    )),
    "เฉลี่ย, ปัดทศนิยม 0": ("K4", "mean", (
        ({"a": 79, "b": 79, "c": 80}, 79, 2),
        ({"a": 79, "b": 80, "c": 79.5}, 80, 3),
        ({"a": 80, "b": 81, "c": 82}, 81, 3),
    )),
    "เฉลี่ย 2 สูงสุด": ("K5", "best", (
        ({"a": 89.99, "b": 90, "c": 10}, 89.995, 3),
        ({"a": 90, "b": 69, "c": 90}, 90, 4),
        ({"a": 0, "b": 100, "c": 101}, 100.5, 5),
    )),
    "มากสุด": ("K6", "top", (
        ({"a": 94.994, "b": 85, "c": 85}, 94.99, 3),  # a is rounded to 2 decimals before it counts
        ({"a": 94.995, "b": 85, "c": 85}, 95, 4),
        ({"a": 80, "b": 99, "c": 80}, 99, 4),
    )),
    "น้อยสุด": ("K6", "least", (
        ({"a": 95, "b": 100, "c": 79}, 79, 3),
        ({"a": 95, "b": 100, "c": 80}, 80, 4),
        ({"a": 100, "b": 100, "c": 90.5}, 90.5, 5),
    )),
    "วันทำการ": ("K7", "days", (
        ({"got": day(29, 4), "closed": day(9, 5)}, 5, 4),  # 2, 3, 5, 6 and 9 May: the 4th is a holiday
        ({"got": day(12, 4), "closed": day(20, 4)}, 3, 5),  # 18, 19 and 20 April
        ({"got": day(10, 6), "closed": day(1, 6)}, -6, 5),  # backwards, 3 June being a holiday
    )),
    "มากสุดของวัน": ("KA", "last", (
        ({"opened": day(11, 6), "closed": day(1, 5)}, day(11, 6).toordinal(), 2),
        ({"opened": day(1, 5), "closed": day(10, 6)}, day(10, 6).toordinal(), 3),
        ({"opened": day(9, 6), "closed": day(9, 6)}, day(9, 6).toordinal(), 3),
    )),
    "เดือนที่ 3": ("K9", "news", (({"news": 14}, 14, 4), ({"news": 15}, 15, 5), ({"news": 16}, 16, 5))),
}  # fmt: skip


@pytest.mark.parametrize("source", WORKED)
def test_three_units_worked_by_hand(source: str) -> None:
    kpi, code, units = WORKED[source]
    found = outcome_of(reckoning(), dict(zip(UNITS, (filled for filled, *_ in units), strict=True)), JUNE)
    values = [found.measured.value(unit, code) for unit in UNITS]
    assert values == pytest.approx([value for _, value, _ in units])
    assert found.scores.kpis[kpi].level.tolist() == [level for *_, level in units]


@pytest.mark.parametrize(
    ("month", "levels"), [("2565-04", [4, 5, 5]), ("2565-05", [2, 2, 3]), ("2565-06", [1, 1, 2])]
)
def test_thresholds_by_the_month_of_the_round(month: str, levels: list[int]) -> None:
    filled = {unit: {"news": news} for unit, news in zip(UNITS, (4, 5, 6), strict=True)}
    found = outcome_of(reckoning(), filled, month)
    assert found.scores.kpis["K9"].level.tolist() == levels


def test_a_month_that_is_not_reported_on_has_no_number() -> None:
    this = reckoning().round
    assert [this.number_of(month) for month in ("2565-04", JUNE)] == [1, 3]
    assert isnan(this.number_of("2565-07"))
    assert replace(this, report_months=(4, 6)).number_of(JUNE) == 2


@pytest.mark.parametrize(
    ("code", "lacking"),
    [
        *(
            ("done", {"plan": None}),
            ("rise", {"now": None}),
            ("load", {"staff": None}),
            ("mean", {"b": None}),
        ),
        *(("best", {"c": None}), ("top", {"a": None}), ("least", {"b": None}), ("days", {"closed": None})),
        *(("days", {"got": None}), ("last", {"opened": None})),
    ],
)
def test_a_part_that_is_missing_is_not_zero(code: str, lacking: dict[str, None]) -> None:
    found = outcome_of(reckoning(), {"3101": FULL | lacking}, JUNE)
    assert isnan(found.measured.value("3101", code))
    kpi = reckoning().kpi_of[code]
    assert found.scores.kpis[kpi].missing[0]
    assert not outcome_of(reckoning(), {"3101": FULL}, JUNE).scores.kpis[kpi].missing[0]


FULL: dict[str, object] = {
    **{
        "plan": True,
        "meeting": True,
        "report": True,
        "opened": day(1, 6),
        "now": 90,
        "people": 10,
        "staff": 5,
    },
    **{"a": 90, "b": 90, "c": 90, "got": day(1, 6), "closed": day(2, 6), "news": 3},
}


def test_a_day_that_is_not_given_is_not_missing_where_it_is_counted() -> None:
    """Nor is it asked for: the KPI is final at what is done."""
    filled = FULL | {"opened": None}
    found = outcome_of(reckoning(), {"3101": filled}, JUNE)
    assert found.measured.value("3101", "done") == 3
    assert not found.scores.kpis["K1"].missing[0]
    alone = replace(reckoning(), nodes=tuple(node for node in reckoning().nodes if node.code != "KA"))
    asked = {
        each.measure for each in outcome_of(alone, {"3101": filled}, JUNE).findings if each.code == "missing"
    }
    assert asked == set()


def test_a_ratio_of_nothing_without_a_rule_is_missing() -> None:
    tables = reckoning()
    load = replace(tables.measures["load"], zero_rule=ZeroRule.MISSING)
    found = outcome_of(
        replace(tables, measures={**tables.measures, "load": load}), {"3101": FULL | {"staff": 0}}, JUNE
    )
    assert isnan(found.measured.value("3101", "load"))
    assert [each.measure for each in found.findings if each.code == "zero-denominator"] == ["load"]


def test_working_days_that_run_backwards_are_told_at_the_day() -> None:
    found = outcome_of(
        reckoning(), {"3101": FULL | {"got": day(3, 5), "closed": day(2, 5)}, "3102": FULL}, JUNE
    )
    (told,) = [each for each in found.findings if each.code == "workdays-backwards"]
    assert (told.unit, told.measure, told.severity) == ("3101", "closed", "warning")
    assert told.place.cell
    assert "2 พ.ค. 2565" in told.message("th")
    assert "3 พ.ค. 2565" in told.message("th")


@given(st.dates(date(2020, 1, 1), date(2023, 1, 1)), st.dates(date(2020, 1, 1), date(2023, 1, 1)),
       st.sets(st.dates(date(2020, 1, 1), date(2023, 1, 1)), max_size=30))  # fmt: skip
def test_working_days_are_those_that_numpy_counts(start: date, end: date, free: set[date]) -> None:
    holidays = tuple(each.toordinal() for each in free)
    days = np.array([[float(end.toordinal())]]), np.array([float(start.toordinal())])
    found = COMPUTATIONS[Source.WORKDAYS].value(Parts(*days, holidays=holidays))[0]
    first, last = (np.datetime64(each) + np.timedelta64(1, "D") for each in sorted((start, end)))
    counted = np.busday_count(first, last, holidays=sorted(free))
    assert found == (counted if start <= end else -counted)


@given(st.integers(-(10**8), 10**8), st.integers(0, 9), st.integers(0, 9))
def test_half_away_from_zero_as_a_person_rounds(number: int, written: int, kept: int) -> None:
    """As Excel's ROUND: 2.675 is 2.68 and −2.675 is −2.68, though their floats are a little less."""
    exact = Decimal(number).scaleb(-written)
    measure = Measure("x", "", Kind.NUMBER, Source.FORM, decimals=kept)
    found = rounded(measure, np.array([float(exact), nan]))
    assert Decimal(repr(float(found[0]))) == exact.quantize(Decimal(1).scaleb(-kept), ROUND_HALF_UP)
    assert isnan(found[1])


@pytest.mark.parametrize(("value", "kept", "becomes"), [
    (2.675, 2, 2.68), (-2.675, 2, -2.68), (2.6749, 2, 2.67), (0.5, 0, 1), (-0.5, 0, -1), (1e15, 9, 1e15),
    (2.5, 0, 3), (3.5, 0, 4), (1e299, 9, 1e299),
])  # fmt: skip
def test_what_rounding_makes_of_a_number(value: float, kept: int, becomes: float) -> None:
    measure = Measure("x", "", Kind.NUMBER, Source.FORM, decimals=kept)
    assert rounded(measure, np.array([value])).tolist() == [becomes]


def test_a_value_that_is_filled_in_or_fixed_is_rounded_too() -> None:
    tables = reckoning()
    measures = {**tables.measures, "base": replace(tables.measures["base"], decimals=0)}
    found = outcome_of(replace(tables, measures=measures), {"3103": FULL | {"a": 1.005}}, JUNE)
    assert found.measured.value("3103", "a") == 1.01
    assert found.measured.value("3103", "base") == 76


# --- what is said of it -------------------------------------------------------------------------------------


@cache
def half_done() -> Outcome:
    given = {"plan": True, "meeting": False, "report": True, "now": 82, "people": 90, "staff": 2}
    more = {"a": 66.666, "b": 70, "c": 90, "got": day(12, 4), "closed": day(29, 4), "news": 2}
    return outcome_of(reckoning(), {"3101": given | more}, JUNE)


@pytest.mark.parametrize(
    ("kpi", "lines"),
    [
        ("K1", ["= นับข้อ (ใช่, ไม่ใช่, ใช่, ?)   (ยังไม่ทำ: ประชุม, วันเปิดศูนย์)"]),
        ("K1", ["ข้อที่ทำแล้ว ทำให้เสร็จอีก 1 ข้อ (ให้ถึง 3) จากที่ยังไม่เสร็จ: ประชุม, วันเปิดศูนย์"]),
        (
            "K2",
            ["= 2 จุดร้อยละ   (ปัดเป็นทศนิยม 1 ตำแหน่ง)   = 82 − 80", "ผลปีนี้ ขาดอีก 0.45 จุดร้อยละ (ให้ถึงร้อยละ 82.45)"],
        ),
        ("K3", ["= 90 ÷ 2", "ผู้รับบริการ ลดอีก 10 คน (ให้เหลือ 80)"]),
        ("K4", ["= 76 คะแนน   (ปัดเป็นทศนิยม 0 ตำแหน่ง)   = (66.67 + 70 + 90) ÷ 3"]),
        ("K5", ["= เฉลี่ยสูงสุด 2 (66.67, 70, 90)"]),
        ("K6", ["= มากสุด (66.67, 70, 90)", "= น้อยสุด (66.67, 70, 90)"]),
        (
            "K7",
            ["= วันทำการ (12 เม.ย. 2565 → 29 เม.ย. 2565)", "ใช้เวลา ลดอีก 3 วันทำการ (ให้เหลือ 7)   รอบนี้ทำไม่ทันแล้ว"],
        ),
        ("K8", ["เทียบกับปฏิทิน: เมษายน 2565 56, พฤษภาคม 2565 25, มิถุนายน 2565 0]   รวม"]),
        ("K9", ["[เดือนรายงานนับจากต้นรอบ]", "กรณี เดือนที่ มากกว่า 2"]),
    ],
)
def test_explain_says_how_a_value_came_about_and_what_is_next(kpi: str, lines: list[str]) -> None:
    text = "\n".join(explain(half_done(), "3101", kpi))
    for line in lines:
        assert line in text, text


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_thousands_of_units_are_scored_as_slowly(seed: int) -> None:
    tables = reckoning()
    found, scores, _ = compare(tables, JUNE, date(2022, 6, 30), f"sources {seed}")
    assert not found, f"{len(found)} differences, such as {found[:5]}"
    for leaf in tables.leaves:
        assert len({int(level) for level in scores.kpis[leaf.code].level}) >= 5, leaf.code


def test_a_holiday_more_is_a_working_day_less() -> None:
    tables = reckoning()
    more = replace(tables, holidays=(*tables.holidays, Holiday(day(18, 4).toordinal())))
    filled = {"3101": FULL | {"got": day(12, 4), "closed": day(20, 4)}}
    days = [outcome_of(each, filled, JUNE).measured.value("3101", "days") for each in (tables, more)]
    assert days == [3, 2]
    assert tables.digest != more.digest
