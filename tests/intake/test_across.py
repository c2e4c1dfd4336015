"""กฎตรวจ over the long frame: each check just below its limit, at it and just above; what stands in a row of
the office's own; what is asked, answered, and lost.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tablebook import one_kpi
from workspace import change, copy_sample, edit_table, findings, keep_units, scores_of, submission
from workspace import listings as run

from kpibatch.base.findings import Finding
from kpibatch.intake.checks.across import check_across
from kpibatch.intake.checks.subjects import bases, kept_promises, running_totals, size_of
from kpibatch.intake.frame import BAD, COLUMNS, DTYPES, EMPTY, OK, Line
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables

APRIL, MAY, JUNE = MONTHS = ("2565-04", "2565-05", "2565-06")
UNITS = ("3101", "3102", "3103", "3104", "3105", "3106")
MEASURES = """
    staff | อัตรากำลัง    | คน       | จำนวน    | ค่าตั้งต้น
    plan  | กิจกรรมตามแผน | กิจกรรม   | จำนวน    | ค่าตั้งต้น
    done  | กิจกรรมที่ทำ   | กิจกรรม   | จำนวน    | กรอก   | ล่าสุด
    pct   | ร้อยละที่ทำ    | ร้อยละ    | ร้อยละ   | ร้อยละ  |       | done | plan | ไม่ผ่าน
    paid  | เบิกจ่ายสะสม   | บาท      | จำนวนเงิน | กรอก   | ล่าสุด
    rest  | คงเหลือ       | กิจกรรม   | จำนวน    | กรอก   | ล่าสุด
    rpct  | ร้อยละคงเหลือ  | ร้อยละ    | ร้อยละ   | ร้อยละ  |       | rest | plan | ไม่ผ่าน
    asked | เรื่องที่ขอ     | เรื่อง     | จำนวน    | กรอก   | ล่าสุด
    sent  | เรื่องที่ส่ง     | เรื่อง     | จำนวน    | กรอก   | ล่าสุด  |      |      |         | | | asked
    spct  | ร้อยละที่ส่ง    | ร้อยละ    | ร้อยละ   | ร้อยละ  |       | sent | asked | ผ่าน
    sold  | ยอดขาย       | บาท      | จำนวนเงิน | กรอก   | ล่าสุด
    news  | ข่าวในเดือน    | ข่าว      | จำนวน    | กรอก   | รวม
    good  | ทำแผนแล้ว     |          | ใช่/ไม่ใช่ | กรอก   | ล่าสุด
    bad   | มีหนี้ผิดนัด     |          | ใช่/ไม่ใช่ | กรอก   | ล่าสุด
    each  | รายงานทุกเดือน |          | ใช่/ไม่ใช่ | กรอก   | ต่ำสุด
    day   | วันที่ส่ง       |          | วันที่     | กรอก   | ล่าสุด
"""
RULES = """
    T1 | staff | ≤ 2 | news | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 | staff | > 2 | news | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5 | ≥ 6
    T1 |       |     | pct  | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100
    T1 |       |     | rpct | ≤ 60 | ≤ 50 | ≤ 40 | ≤ 30 | ≤ 20
    T1 |       |     | spct | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100
    T1 |       |     | paid | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 |       |     | sold | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 |       |     | good | ใช่ | ใช่ | ใช่ | ใช่ | ใช่
    T1 |       |     | bad  | ไม่ใช่ | ไม่ใช่ | ไม่ใช่ | ไม่ใช่ | ไม่ใช่
    T1 |       |     | each | ใช่ | ใช่ | ใช่ | ใช่ | ใช่
    T1 |       |     | day  |  |  |  |  | ภายใน 10 ก.ย. 2565
"""
HEAD = "ซ้าย | เทียบ | ขวา | ความรุนแรง | ข้อความ | ใช้"
NO = math.nan


def tables_with(*rows: str) -> LevelTables:
    """The tables with these rows of กฎตรวจ; without any, a book that has no such sheet."""
    units = "\n".join(f"{unit} | หน่วย {unit} | ก | {unit}@cdd.example" for unit in UNITS)
    fixed = "\n".join(f"{unit} | {number} | {100 * number}" for number, unit in enumerate(UNITS, 1))
    checks = {"กฎตรวจ": "\n".join((HEAD, *rows))} if rows else {}
    return one_kpi(
        MEASURES.strip(),
        RULES.strip(),
        **{"หน่วย": f"รหัส | ชื่อ | กลุ่ม | อีเมล | สำเนา\n{units}", "ค่าตั้งต้น": f"รหัสหน่วย | staff | plan\n{fixed}"},
        **checks,
    )


def across(
    tables: LevelTables,
    values: Mapping[tuple[str, str], tuple[float, ...]],
    remarks: Mapping[tuple[str, str], str] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame and the findings of units' monthly values, April first."""
    lines = [
        Line(
            unit,
            measure,
            month,
            value,
            EMPTY if math.isnan(value) else OK,
            f"{value:g}",
            unit,
            "S",
            f"{at}{number}",
        )
        for number, ((unit, measure), months) in enumerate(values.items(), 1)
        for at, month, value in zip("ABC", MONTHS, months, strict=False)
    ]
    texts = {key: ("", "", remark) for key, remark in (remarks or {}).items()}
    intake = Intake(JUNE, (), pd.DataFrame(lines, columns=list(COLUMNS)).astype(DTYPES), texts, (), ())
    return check_across(intake, tables)


def asked(tables: LevelTables, measure: str, *months: float) -> list[tuple[str, str]]:
    """The findings of one unit's measure: code and cell."""
    return [(one.code, one.place.cell) for one in across(tables, {("3101", measure): months})[1]]


PLAIN = tables_with()


# --- which measures -----------------------------------------------------------------------------------------


def codes(measures: Any) -> list[str]:
    return [measure.code for measure in measures]


def test_which_measures_a_built_in_check_looks_at() -> None:
    assert codes(running_totals(PLAIN)) == ["done", "paid"]  # of a fixed whole; called สะสม
    assert codes(bases(PLAIN)) == ["asked"]
    assert codes(kept_promises(PLAIN)) == ["good"]
    sizes = {code: size_of(PLAIN, PLAIN.measures[code]) for code in ("done", "sent", "news", "sold")}
    assert sizes == {"done": "plan", "sent": "asked", "news": "staff", "sold": "staff"}


# --- the built-in checks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "months", "found"),
    [
        # a running total that falls
        ("done", (50, 50, 50), []),
        ("done", (50, 49.99, 50), [("check-falls", "B1")]),
        ("paid", (500, 499.99), [("check-falls", "B1")]),
        ("paid", (500, NO, 499), [("check-falls", "C1")]),
        ("rest", (50, 40, 30), []),  # less is better
        ("sold", (500, 400, 300), []),  # nothing says that it runs on
        ("news", (50, 40, 30), []),  # a month's own
        # a denominator that shrinks
        ("asked", (20, 20, 21), []),
        ("asked", (20, 19, 20), [("check-base-falls", "B1")]),
        # yes that turns to no
        ("good", (0, 1, 1), []),
        ("good", (1, 0, 0), [("check-no-longer", "B1")]),
        ("good", (1, NO, 0), [("check-no-longer", "C1")]),
        ("bad", (1, 0, 0), []),  # the tables want a no
        ("each", (1, 0, 1), []),  # every month has its own
        # ten times the months before
        ("sold", (1000, 7999.99), []),
        ("sold", (1000, 8000), [("check-many-times", "B1")]),  # some of it may be gone since
        ("sold", (1000, 800, 7200), []),  # of the highest before
        ("sold", (12, 99.9), []),  # small numbers may well do that
        ("sold", (10, 100), [("check-many-times", "B1")]),
        ("sold", (0, 5000), []),  # nothing is no measure of anything
        ("sold", (1000, 1_000_000, 1100), [("check-many-times", "B1")]),  # and back again is no fall
        ("sold", (1000, 125.01), []),
        ("sold", (1000, 125), [("check-a-fraction", "B1")]),
        ("sold", (99.9, 9), []),
        ("sold", (1000, 0), []),
        ("paid", (1000, 10000, 1100), [("check-many-times", "B1")]),  # the slip, and not the month after it
        ("paid", (1000, 100, 1100), [("check-a-fraction", "B1")]),  # asked about once
        ("day", (738000, 738010, 738020), []),
    ],
)
def test_what_a_built_in_check_asks_about(
    measure: str, months: tuple[float, ...], found: list[tuple[str, str]]
) -> None:
    assert asked(PLAIN, measure, *months) == found


@pytest.mark.parametrize(
    ("row", "measure", "below", "at"),
    [
        ("หลายเท่าของเดือนก่อน | | 20", "sold", (1000, 15999), (1000, 16000)),
        ("ยอดสะสมลดลง | | 10", "done", (100, 90), (100, 89.99)),
        ("ตัวหารลดลง | | ๕", "asked", (100, 95), (100, 94.99)),
    ],
)
def test_the_limit_of_a_built_in_check_stands_in_its_row(
    row: str, measure: str, below: tuple[float, ...], at: tuple[float, ...]
) -> None:
    tables = tables_with(row)
    assert asked(tables, measure, *below) == []
    assert len(asked(tables, measure, *at)) == 1


@pytest.mark.parametrize(
    ("name", "measure", "months"),
    [
        ("หลายเท่าของเดือนก่อน", "sold", (1000, 10000)),
        ("ยอดสะสมลดลง", "done", (50, 49)),
        ("ตัวหารลดลง", "asked", (20, 19)),
        ("ใช่กลายเป็นไม่ใช่", "good", (1, 0)),
    ],
)
def test_a_built_in_check_is_on_until_its_row_says_no(
    name: str, measure: str, months: tuple[float, ...]
) -> None:
    assert len(asked(PLAIN, measure, *months)) == 1
    assert len(asked(tables_with(f"{name} | | | | | ใช่"), measure, *months)) == 1
    assert asked(tables_with(f"{name} | | | | | ไม่ใช่"), measure, *months) == []


def peers(last: float, count: int = 6) -> list[str]:
    """What is asked where all but the last unit have sold about 100 per head of staff."""
    values = {(unit, "sold"): (100.0 * number,) for number, unit in enumerate(UNITS[: count - 1], 1)}
    return [one.unit for one in across(PLAIN, values | {(UNITS[count - 1], "sold"): (last,)})[1]]


def test_far_from_the_other_units_for_its_size() -> None:
    """They agree closely, so that a tenth of what is usual is how far one may well be off: 60 of 600."""
    assert peers(600 + 8 * 60 - 0.01) == []
    assert peers(600 + 8 * 60) == ["3106"]
    assert peers(600 - 8 * 60 + 0.01) == []
    assert peers(600 - 8 * 60) == ["3106"]


def test_of_four_units_nothing_is_usual() -> None:
    assert peers(99_999, count=5) == ["3105"]
    assert peers(99_999, count=4) == []


def test_small_counts_scatter_by_chance() -> None:
    values = {(unit, "rest"): (4.0 * number,) for number, unit in enumerate(UNITS, 1)}
    usual = 4.0  # of 100 of its plan: the square root of it is 2
    for more, found in ((8 * 2 - 0.01, []), (8 * 2, ["3101"])):
        assert [one.unit for one in across(PLAIN, values | {("3101", "rest"): (usual + more,)})[1]] == found


def test_the_message_tells_what_is_usual_for_the_size() -> None:
    values = {(unit, "sold"): (100.0 * number,) for number, unit in enumerate(UNITS, 1)}
    [found] = across(PLAIN, values | {("3106", "sold"): (99_999.0,)})[1]
    assert (found.code, found.severity) == ("check-peers", "warning")
    assert "600" in found.message("th")
    assert "อัตรากำลัง = 6 คน" in found.message("th")


def block(*values: float) -> dict[str, tuple[float, ...]]:
    """One month of a form's numbers."""
    return {
        code: (value,)
        for code, value in zip(("done", "paid", "rest", "asked", "sold", "news"), values, strict=False)
    }


def of_units(**blocks: Mapping[str, tuple[float, ...]]) -> dict[tuple[str, str], tuple[float, ...]]:
    return {
        (unit.strip("u"), code): months
        for unit, several in blocks.items()
        for code, months in several.items()
    }


SAME = (31.0, 7213.5, 44.0, 13.0, 8651.25, 10.0)


def copies(mine: Mapping[str, tuple[float, ...]], *rows: str) -> list[Finding]:
    tables = tables_with(*(rows or ("ห่างจากหน่วยอื่น | | | | | ไม่ใช่",)))
    return across(tables, of_units(u3101=block(*SAME), u3102=mine))[1]


@pytest.mark.parametrize(
    ("mine", "asks"),
    [
        (block(*SAME), True),
        (block(*SAME[:4], 1.0, 10.0), True),  # five are alike
        (block(*SAME[:4], 1.0, 11.0), False),  # four
        (block(*SAME[:4], 1.0, 9.99), False),
        (block(*SAME[:5]), True),
        ({code: (NO, *months) for code, months in block(*SAME).items()}, False),  # of another month
    ],
)
def test_the_same_values_in_two_units_forms(mine: Mapping[str, tuple[float, ...]], asks: bool) -> None:
    found = [(one.code, one.unit, one.severity) for one in copies(mine)]
    both = [("check-copied", "3101", "warning"), ("check-copied", "3102", "warning")]
    assert found == ([*both, ("check-copied-pair", "", "note")] if asks else [])


def test_small_numbers_are_alike_by_chance() -> None:
    small = block(9, 8, 7, 6, 5, 4)
    assert across(PLAIN, of_units(u3101=small, u3102=small))[1] == []


def test_what_more_units_than_three_share_is_a_common_number() -> None:
    three = of_units(u3101=block(*SAME), u3102=block(*SAME), u3103=block(*SAME))
    assert len([one for one in across(PLAIN, three)[1] if one.code == "check-copied-pair"]) == 3
    four = three | of_units(u3104=block(*SAME))
    assert [one for one in across(PLAIN, four)[1] if one.code.startswith("check-copied")] == []


def test_neither_unit_is_told_of_the_other() -> None:
    *own, pair = copies(block(*SAME))
    for one, other in zip(own, ("3102", "3101"), strict=True):
        for language in ("th", "en"):
            assert other not in one.message(language)
            assert f"{other}" not in str(one.facts)
    assert {"หน่วย 3101", "หน่วย 3102"} <= {value for _, value in pair.facts}


def test_how_many_must_be_alike_stands_in_the_row() -> None:
    assert copies(block(*SAME), "ค่าชุดเดียวกับหน่วยอื่น | | 7") == []
    assert copies(block(*SAME), "ค่าชุดเดียวกับหน่วยอื่น | | | | | ไม่ใช่") == []


# --- the office's own rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "values", "found"),
    [
        ("sold | ≤ | 500", {"sold": (500,)}, []),
        ("sold | ≤ | 500", {"sold": (500.01,)}, ["A1"]),
        ("sold | >= | 500", {"sold": (499.99,)}, ["A1"]),
        ("sold | < | ๕๐๐", {"sold": (500,)}, ["A1"]),
        ("sold | > | 500", {"sold": (500,)}, ["A1"]),
        ("sold | = | 500", {"sold": (500.01,)}, ["A1"]),
        ("sold | <> | 500", {"sold": (500,)}, ["A1"]),
        ("sold | ≤ | 500", {"sold": (500 + 1e-10,)}, []),
        ("sold | ≤ | 500", {"sold": (NO,)}, []),
        ("sold | ≤ | paid", {"sold": (500,), "paid": (500,)}, []),
        ("sold | ≤ | paid", {"sold": (501,), "paid": (500,)}, ["A1"]),
        ("sold | ≤ | paid", {"sold": (501,), "paid": (NO,)}, []),
        ("sold | ≤ | paid", {"sold": (501,)}, []),
        ("sold | ≤ | 1.5 × paid", {"sold": (750,), "paid": (500,)}, []),
        ("sold | ≤ | 1.5 x paid", {"sold": (751,), "paid": (500,)}, ["A1"]),
        ("done | ≤ | plan", {"done": (101,)}, ["A1"]),  # 100 of 3101's plan
        ("pct | ≤ | 90", {"done": (91,)}, ["A1"]),  # told at what it is computed from
        ("plan | ≥ | done", {"done": (101,)}, ["A1"]),  # and where ซ้าย is fixed, at ขวา
        ("bad | ≥ | มี plan", {"bad": (0,)}, ["A1"]),
        ("bad | ≥ | มี plan", {"bad": (1,)}, []),
        ("bad | = | มี sold", {"bad": (1,), "sold": (0,)}, ["A1"]),
        ("bad | = | มี sold", {"bad": (1,), "sold": (0.01,)}, []),
        ("bad | = | ใช่", {"bad": (0,)}, ["A1"]),
        ("day | ≤ | 10 ก.ย. 2565", {"day": (738408,)}, []),
        ("day | ≤ | 10 ก.ย. 2565", {"day": (738409,)}, ["A1"]),
        ("sold | ≥ | เดือนก่อน", {"sold": (500, 500, 499)}, ["C1"]),
        ("sold | ≤ | 2 × เดือนก่อน", {"sold": (100, 200, 401)}, ["C1"]),
        ("sold | ≤ | 2 × เดือนก่อน", {"sold": (100, NO, 201)}, ["C1"]),
        ("sold | ≤ | 500 | เตือน | | ไม่ใช่", {"sold": (501,)}, []),
        # where the newest value counts it alone is asked about, else each month's
        ("sold | ≤ | 500", {"sold": (501, 502, 503)}, ["C1"]),
        ("sold | ≤ | 500", {"sold": (501, 502, NO)}, ["B1"]),
        ("sold | ≤ | 500", {"sold": (501, 502, 400)}, []),
        ("news | ≤ | 500", {"news": (501, 400, 503)}, ["A1", "C1"]),
    ],
)  # fmt: skip
def test_what_a_row_of_the_offices_own_asks_about(
    row: str, values: Mapping[str, tuple[float, ...]], found: list[str]
) -> None:
    _, told = across(tables_with(row), {("3101", code): months for code, months in values.items()})
    assert [(one.code, one.severity, one.place.cell) for one in told] == [
        ("check-rule", "warning", cell) for cell in found
    ]


def test_a_row_about_the_month_before_takes_the_measure_from_the_built_in_checks() -> None:
    assert asked(PLAIN, "done", 50, 40) == [("check-falls", "B1")]
    assert asked(tables_with("done | ≥ | เดือนก่อน"), "done", 50, 40) == [("check-rule", "B1")]
    assert asked(tables_with("done | ≥ | เดือนก่อน | | | ไม่ใช่"), "done", 50, 40) == []
    assert asked(tables_with("done | ≤ | เดือนก่อน"), "done", 50, 40) == [("check-falls", "B1")]


def test_the_offices_words_and_the_row_stand_in_the_message() -> None:
    tables = tables_with("bad | ≥ | มี plan | หมายเหตุ | ปีฐานมีหนี้ | ใช่")
    [found] = across(tables, {("3101", "bad"): (0.0,)})[1]
    assert found.severity == "note"
    for text in ("bad ≥ มี plan", "เทียบกับ กิจกรรมตามแผน = 100 กิจกรรม", "ปีฐานมีหนี้"):
        assert text in found.message("th")


# --- asked, answered, lost ----------------------------------------------------------------------------------


def test_what_is_asked_keeps_its_value() -> None:
    frame, told = across(PLAIN, {("3101", "done"): (50.0, 40.0)})
    assert [one.severity for one in told] == ["warning"]
    assert list(frame["value"]) == [50, 40]
    assert list(frame["state"]) == [OK, OK]


@pytest.mark.parametrize("row", ["done | ≥ | เดือนก่อน | ผิด", "ยอดสะสมลดลง | | | ผิด"])
def test_what_the_office_calls_wrong_is_missing(row: str) -> None:
    frame, [found] = across(tables_with(row), {("3101", "done"): (50.0, 40.0, 60.0)})
    assert found.severity == "error"
    assert "ไม่นำมาคิดคะแนน" in found.message("th")
    assert list(frame["value"].fillna(-1)) == [50, -1, 60]
    assert list(frame["state"]) == [OK, BAD, OK]


def test_a_wrong_value_of_every_month_is_missing_whichever_counts() -> None:
    frame, told = across(tables_with("sold | ≤ | 500 | ผิด"), {("3101", "sold"): (501.0, 400.0, 502.0)})
    assert [one.place.cell for one in told] == ["A1", "C1"]
    assert list(frame["value"].fillna(-1)) == [-1, 400, -1]


def test_copied_values_that_the_office_calls_wrong_are_missing_in_both_forms() -> None:
    tables = tables_with("ค่าชุดเดียวกับหน่วยอื่น | | | ผิด", "ห่างจากหน่วยอื่น | | | | | ไม่ใช่")
    frame, told = across(tables, of_units(u3101=block(*SAME), u3102=block(*SAME), u3103=block(5.0)))
    assert [one.severity for one in told] == ["error", "error", "note"]
    assert list(frame.loc[frame["state"] == OK, "unit"]) == ["3103"]


def test_the_units_answer_stands_beside_what_is_asked_and_it_stays_a_warning() -> None:
    values = {("3101", "done"): (50.0, 40.0)}
    [bare] = across(PLAIN, values)[1]
    assert "หมายเหตุ" in bare.message("th")
    [answered] = across(PLAIN, values, {("3101", "done"): "นับซ้ำ\nเดือนก่อน"})[1]
    assert answered.message("th").endswith("หน่วยตอบว่า “นับซ้ำ เดือนก่อน”")
    assert answered.severity == "warning"
    [long] = across(PLAIN, values, {("3101", "done"): "ก" * 5000})[1]
    assert len(long.message("th")) < 600


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324])
def test_extremes_stop_no_check(value: float) -> None:
    sold = {(unit, "sold"): (value, value / 2, value) for unit in UNITS}
    assert across(PLAIN, sold | {("3101", "sold"): (1.0, value, 3.0)})[0]["value"].notna().all()


def test_a_month_without_any_value_is_none_to_check() -> None:
    frame, told = across(PLAIN, {})
    assert (len(frame), told) == (0, [])


@pytest.mark.slow
def test_a_month_asks_with_the_units_answer_and_changes_no_score_until_the_office_says_so(
    tmp_path: Path,
) -> None:
    workspace = keep_units(copy_sample(tmp_path), "3102", "3105")
    change(submission(workspace, "3102", JUNE), {("T4.has_default", "หมายเหตุ"): "ชำระครบเมื่อ มี.ค. 2565"})
    asking = run(workspace)
    [found] = findings(asking, measure="T4.has_default")
    assert (found["code"], found["severity"], found["unit"]) == ("check-rule", "warning", "3102")
    assert found["message"].endswith("หน่วยตอบว่า “ชำระครบเมื่อ มี.ค. 2565”")
    before = scores_of(asking)
    assert before["3102", "T4"][0] > "0"
    edit_table(workspace, "กฎตรวจ", {"ซ้าย": "T4.has_default"}, "ความรุนแรง", "ผิด")
    deciding = run(workspace)
    assert {row["severity"] for row in findings(deciding, measure="T4.has_default", unit="3102")} >= {"error"}
    after = scores_of(deciding)
    assert after["3102", "T4"] == ("0", "provisional")
    own = {("3102", node) for node in ("T4", "T", "total")}
    assert {key: row for key, row in after.items() if key not in own} == {
        key: row for key, row in before.items() if key not in own
    }


# --- the tables' fingerprint --------------------------------------------------------------------------------


def test_only_a_row_by_which_a_value_may_be_lost_is_part_of_the_fingerprint() -> None:
    asking = tables_with("done | ≥ | เดือนก่อน | เตือน", "ตัวหารลดลง | | | | | ไม่ใช่")
    assert asking.digest == PLAIN.digest
    wrong = tables_with("done | ≥ | เดือนก่อน | ผิด")
    assert wrong.digest != PLAIN.digest
    assert tables_with("done | ≥ | เดือนก่อน | ผิด | อื่น").digest == wrong.digest  # in other words
    assert tables_with("done | > | เดือนก่อน | ผิด").digest != wrong.digest
    assert tables_with("done | ≥ | เดือนก่อน | ผิด | | ไม่ใช่").digest == PLAIN.digest
    assert tables_with("ยอดสะสมลดลง | | | ผิด").digest != PLAIN.digest
