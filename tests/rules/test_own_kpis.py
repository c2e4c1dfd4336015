"""ตัวชี้วัดของหน่วย: what each unit's own KPIs are called, weigh and aim at; level 3 is the target, the others
so many steps from it.
"""

from pathlib import Path

import pytest
from scoring_by_hand import measured_from
from tablebook import SHEETS, faults, levels
from workspace import texts_of

from kpibatch.forms.standard import write_form
from kpibatch.rules.agreement.agreed import own_tables
from kpibatch.rules.agreement.text import agreement_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import lint
from kpibatch.rules.paper.words import applies_in_words, levels_in_words, sources_in_words
from kpibatch.scoring.score import Scores, score_all

UNITS = """
    รหัส  | ชื่อ     | กลุ่ม | อีเมล | สำเนา | สังกัด | ประเภท
    31   | เมือง   |     |     |     |      | อำเภอ
    311  | คนที่หนึ่ง |     |     |     | 31   | บุคคล
    312  | คนที่สอง  |     |     |     | 31   | บุคคล
"""
NODES = """
    รหัส | อยู่ใต้ | ชื่อ         | น้ำหนัก    | ผลรวมน้ำหนัก | ใช้กับ         | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T1  |     | เบิกจ่าย       | 100      |          | ประเภท อำเภอ |          |          | ข้อ 1
    B   |     | งานของตน     | 100      |          | ประเภท บุคคล |          |          | ข้อ 2
    B1  | B   | งานที่หนึ่ง      | B1.weight |         |             |          |          | ข้อ 2.1
    B2  | B   | งานที่สอง       | B2.weight |         |             |          |          | ข้อ 2.2
"""
SLOT = """
    {0}.weight | น้ำหนัก       | ร้อยละ | จำนวน | ค่าตั้งต้น
    {0}.target | เป้าหมาย     |      | จำนวน | ค่าตั้งต้น
    {0}.step   | ขั้น          |      | จำนวน | ค่าตั้งต้น |  |  |  |  | -1000
    {0}.done   | ผลงาน       |      | จำนวน | กรอก | ล่าสุด
    {0}.off    | ผลต่าง        |     | จำนวน | ผลต่าง |  | {0}.done | {0}.target
    {0}.steps  | ห่างกี่ขั้น     |      | จำนวน | อัตราส่วน | | {0}.off | {0}.step
"""
MEASURES = "\n".join(
    [
        SHEETS["รายการข้อมูล"].strip().splitlines()[0],
        "T1.pct | ร้อยละ | ร้อยละ | ร้อยละ | กรอก | ล่าสุด",
        SLOT.format("B1"),
        SLOT.format("B2"),
    ]
)
RULES = (
    SHEETS["ระดับ"].strip().splitlines()[0]
    + """
    T1 | | | T1.pct   | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100
    B1 | | | B1.steps | ≥ -2 | ≥ -1 | ≥ 0  | ≥ 1  | ≥ 2
    B2 | | | B2.steps | ≥ -2 | ≥ -1 | ≥ 0  | ≥ 1  | ≥ 2
"""
)
OWN = """
    รหัสหน่วย | ตัวชี้วัด | ชื่อ          | งาน     | น้ำหนัก | ค่าเป้าหมาย | ขั้น
    311     | B1     | หนังสือเวียน    | งานประจำ | 70    | 10       | 2
    311     | B2     | วันค้างส่ง      | ถ่ายทอด  | 30    | 5        | -1
    312     | B1     | เวทีประชาคม    |         | 100   | 4        | 1
"""
BOOK = {
    "หน่วย": UNITS,
    "ตัวชี้วัด": NODES,
    "รายการข้อมูล": MEASURES,
    "ระดับ": RULES,
    "ค่าตั้งต้น": "รหัสหน่วย\n31",
    "ตัวชี้วัดของหน่วย": OWN,
}


def scored(tables: LevelTables, given: dict[str, dict[str, object]]) -> Scores:
    """Units scored by values given by hand, and by what is fixed for them."""
    fixed = {
        unit: {code: base.value for (whose, code), base in tables.baselines.items() if whose == unit}
        for unit in given
    }
    values = {unit: fixed[unit] | own for unit, own in given.items()}
    return score_all(measured_from(tables, values), tables, "2565-06")


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels(**BOOK)


@pytest.mark.parametrize(
    ("done", "level"),
    [(5.99, 0), (6, 1), (7.99, 1), (8, 2), (9.99, 2), (10, 3), (11.99, 3), (12, 4), (13.99, 4), (14, 5)],
)
def test_level_3_is_the_units_own_target_and_the_others_stand_a_step_apart(
    done: float, level: int, tables: LevelTables
) -> None:
    scores = scored(tables, {"311": {"B1.done": done, "B2.done": 5}})
    assert scores.kpis["B1"].level[tables.position["311"]] == level


@pytest.mark.parametrize(("done", "level"), [(8, 0), (7, 1), (6, 2), (5, 3), (4, 4), (3, 5), (0, 5)])
def test_with_a_negative_step_less_is_better(done: float, level: int, tables: LevelTables) -> None:
    scores = scored(tables, {"311": {"B1.done": 10, "B2.done": done}})
    assert scores.kpis["B2"].level[tables.position["311"]] == level


def test_each_weighs_its_own_kpis_and_a_place_that_nobody_fills_leaves_its_weight(
    tables: LevelTables,
) -> None:
    values = {"311": {"B1.done": 14, "B2.done": 6}, "312": {"B1.done": 3}}
    scores = scored(tables, values).scores
    assert scores.loc["311", "B"] == pytest.approx((5 * 70 + 2 * 30) / 100)
    assert scores.loc["312", "B"] == 2
    assert scores.loc["312", "B2"] != scores.loc["312", "B2"]  # not asked of it


def test_a_place_is_called_by_its_unit_as_the_unit_calls_it(tables: LevelTables) -> None:
    assert tables.node["B1"].name_for("311") == "หนังสือเวียน [งานประจำ]"
    assert tables.node["B1"].name_for("312") == "เวทีประชาคม"
    assert tables.node["B1"].name_for("31") == "งานที่หนึ่ง"
    assert applies_in_words(tables, tables.node["B1"], "th") == ""  # not the names of all who have one
    agreement = agreement_of(tables, tables.unit["311"], "th")
    assert agreement
    names = str(agreement)
    assert "หนังสือเวียน [งานประจำ]" in names
    assert "เวทีประชาคม" not in names


@pytest.mark.parametrize(
    ("node", "unit", "levels_said"),
    [
        ("B1", "311", ["ไม่น้อยกว่า 6", "ไม่น้อยกว่า 8", "ไม่น้อยกว่า 10", "ไม่น้อยกว่า 12", "ไม่น้อยกว่า 14"]),
        ("B2", "311", ["ไม่เกิน 7", "ไม่เกิน 6", "ไม่เกิน 5", "ไม่เกิน 4", "ไม่เกิน 3"]),  # a step of −1
        ("B1", "312", ["ไม่น้อยกว่า 2", "ไม่น้อยกว่า 3", "ไม่น้อยกว่า 4", "ไม่น้อยกว่า 5", "ไม่น้อยกว่า 6"]),
    ],
)
def test_a_unit_reads_what_its_own_result_must_be(
    node: str, unit: str, levels_said: list[str], tables: LevelTables
) -> None:
    [own] = own_tables(tables, tables.unit[unit])
    told = [items for _, items in levels_in_words(own, node, "th")]
    assert told == [[f"ผลงาน {said}"] for said in levels_said]
    assert sources_in_words(own, node, "th") == []
    assert "ห่างกี่ขั้น ไม่น้อยกว่า -2" in levels_in_words(tables, node, "th")[0][1]  # the rule for all
    assert len(sources_in_words(tables, node, "th")) == 2


@pytest.mark.parametrize(
    ("done", "lacking"),
    [
        (9, ["ผลงาน อีก 1 (ให้ถึง 10)"]),
        (9.5, ["ผลงาน อีก 0.50 (ให้ถึง 10)"]),
        (5, ["ผลงาน อีก 1 (ให้ถึง 6)"]),
        (14, []),
    ],
)
def test_a_form_says_what_is_missing_in_terms_of_the_result(
    done: float, lacking: list[str], tables: LevelTables, tmp_path: Path
) -> None:
    assert of_result(tables, {"B1.done": done, "B2.done": 0}, tmp_path) == lacking


@pytest.mark.parametrize(("done", "lacking"), [(7, "ให้เหลือ 6"), (3, ""), (8, "ให้เหลือ 7")])
def test_so_it_does_where_less_is_better(
    done: float, lacking: str, tables: LevelTables, tmp_path: Path
) -> None:
    told = of_result(tables, {"B1.done": 14, "B2.done": done}, tmp_path)
    assert len(told) == bool(lacking)
    assert all("ผลงาน" in each and lacking in each for each in told)


def of_result(tables: LevelTables, values: dict[str, float], folder: Path) -> list[str]:
    """What a form of the first month filled in says of results that lack something."""
    month = tables.round.months[0]
    entries = {(code, month): float(value) for code, value in values.items()}
    day = tables.round.start
    write_form(tables, tables.unit["311"], folder / "form.xlsx", entries, scored_from=day)
    texts = [text for sheet, _, text in texts_of(folder / "form.xlsx") if sheet == "แบบรายงาน"]
    return [text for text in texts if text.startswith("ผลงาน ") and "ให้" in text]


@pytest.mark.parametrize(
    ("code", "cell", "content"),
    [
        ("table-unknown", "A2", "999"),
        ("table-unknown", "B2", "B9"),
        ("table-duplicate", "B3", "B1"),
        ("table-value", "C2", None),
        ("table-value", "D2", "งานอื่น"),
        ("table-value", "F2", None),
        ("table-value", "G2", 0),
        ("table-value", "F2", -1),
        ("table-own-measure", "E2", "70 ของ T1"),
    ],
)
def test_a_slip_is_told_where_it_stands(code: str, cell: str, content: object) -> None:
    if code == "table-own-measure":
        book, cells = BOOK | {"ตัวชี้วัดของหน่วย": OWN.replace("B2 ", "T1 ")}, {}
        place = "E3"
    else:
        book, cells, place = BOOK, {f"ตัวชี้วัดของหน่วย!{cell}": content}, cell
    assert (code, f"ตัวชี้วัดของหน่วย!{place}") in faults(cells, **book)


BELOW_ITS_UNIT = BOOK | {
    "ตัวชี้วัด": "\n".join(line for line in NODES.splitlines() if " T1 " not in line).replace("ประเภท บุคคล", " "),
    "รายการข้อมูล": "\n".join(line for line in MEASURES.splitlines() if not line.startswith("T1")),
    "ระดับ": "\n".join(line for line in RULES.splitlines() if " T1 " not in line),
}


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("31 | B1 | หนังสือเวียน | | 100 | 10 | 5", []),  # as many as the one person below who has the same
        ("31 | B1 | หนังสือเวียน | | 100 | 11 | 5", ["F5"]),
        ("31 | B1 | หนังสือเวียน | ถ่ายทอด | 100 | 9 | 5", ["F5"]),
        ("31 | B1 | งานอื่น | | 100 | 11 | 5", []),  # another KPI in the same place
    ],
)
def test_the_target_of_the_same_kpi_sums_to_that_of_the_unit_above(row: str, cells: list[str]) -> None:
    found = lint(levels(**BELOW_ITS_UNIT | {"ตัวชี้วัดของหน่วย": f"{OWN.rstrip()}\n    {row}"}))
    assert [each.place.cell for each in found if each.code == "lint-tree-target-sum"] == cells


def test_what_is_fixed_in_two_sheets_is_a_fault() -> None:
    found = faults(**(BOOK | {"ค่าตั้งต้น": "รหัสหน่วย | B1.target\n311 | 12"}))
    assert ("table-own-twice", "ตัวชี้วัดของหน่วย!B2") in found


def test_whoever_has_none_of_its_own_where_it_should_is_told() -> None:
    nobody = levels(
        **(BOOK | {"ตัวชี้วัดของหน่วย": OWN.replace("312     | B1", "311     | B9")[: OWN.index("312")]})
    )
    told = [each for each in lint(nobody) if each.code == "lint-own-none"]
    assert [each.unit for each in told] == ["312"]
    assert not [each for each in lint(levels(**BOOK)) if each.code == "lint-own-none"]
