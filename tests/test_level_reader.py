"""The level-table workbook as it is read: the samples whole, and every fault once, at its sheet and cell."""

import hashlib
from datetime import date

import openpyxl
import pytest
from conftest import SAMPLES
from tablebook import SHEETS, faults, levels, read, write

from kpibatch.catalogue import entries
from kpibatch.cells import UNCALCULATED
from kpibatch.errors import KpibatchError
from kpibatch.level_reader import read_levels
from kpibatch.levels import Method, Rollup, Source, ZeroRule
from kpibatch.values import Kind


def but(sheet: str, old: str, new: str) -> dict[str, str]:
    """A sheet of the tiny workbook with one piece of text changed."""
    assert old in SHEETS[sheet]
    return {sheet: SHEETS[sheet].replace(old, new)}


# How many units, nodes and measures each sample has, and the SHA-256 (its beginning) of their codes, one a line.
CODES = {
    "buriram-2565-2": [(23, "705ac0f643b4"), (22, "55ac2c3457bf"), (162, "24ebe1666c92")],
    "chachoengsao-2561-1": [(11, "886e5510be8e"), (12, "3d0e5f1cb36e"), (42, "6ee395a3172d")],
    "nakhonphanom-2564-2": [(12, "c7cb81385b5a"), (19, "d7385adc278c"), (48, "4adece4d7979")],
    "provincial-chiefs-2565-1": [(76, "60231a5713e7"), (8, "af187f4b2957"), (33, "9f195b3b64de")],
    "rayong-2554": [(12, "99f90ea80a6e"), (10, "1ed377b3c4cb"), (16, "97aa7ab01ab6")],
}


@pytest.mark.parametrize("sample", CODES)
def test_the_samples_hold_exactly_the_codes_of_their_letters(sample):
    tables, found = read_levels(SAMPLES / sample / "level_tables.xlsx")
    assert found == []
    codes = [[unit.code for unit in tables.units], [node.code for node in tables.nodes], list(tables.measures)]
    assert [(len(each), hashlib.sha256("\n".join(each).encode()).hexdigest()[:12]) for each in codes] == CODES[sample]
    assert tables.level_count == 5
    assert {rule.kpi for rule in tables.rules} == {leaf.code for leaf in tables.leaves}


def test_buriram_states_the_sum_of_110_that_its_letter_prints(buriram):
    assert buriram.node["I"].child_sum == sum(node.weight for node in buriram.children("I")) == 110
    assert buriram.node["T"].child_sum is None
    assert sum(node.weight for node in buriram.children("T")) == 100


def test_a_clean_book_gives_no_finding_and_all_it_says():
    tables, found = read()
    assert found == []
    assert (tables.round.key, tables.round.start, tables.round.end) == ("2565/2", date(2022, 4, 1), date(2022, 9, 30))
    assert tables.round.months == ("2565-04", "2565-05", "2565-06")
    assert (tables.round.unit_noun, tables.round.below_one, tables.scores, tables.top_score) == ("อำเภอ", 0, (1, 2, 3, 4, 5), 5)
    assert tables.rating == ((90, "ดีเด่น"), (60, "พอใช้"), (0, "ต้องปรับปรุง"))
    assert tables.calendar["2565-06"] == date(2022, 7, 5)
    assert [(unit.code, unit.name, unit.group, unit.email) for unit in tables.units][2] == ("3103", "กระสัง", "ใต้", "3103@cdd.example")
    assert [leaf.code for leaf in tables.leaves] == ["T1", "I1"]
    assert [node.code for node in tables.breadth_first()] == ["T", "I", "T1", "I1"]
    assert tables.baselines["3102", "T1.budget"].value == 2000
    assert tables.baselines["3102", "T1.budget"].place.cell == "C4"


def test_a_measure_as_read():
    spent, pct, news, day = (levels().measures[code] for code in ("T1.spent", "T1.pct", "I1.news", "I1.day"))
    assert (spent.kind, spent.source, spent.rollup, spent.minimum, spent.maximum) == (Kind.AMOUNT, Source.FORM, Rollup.LAST, 0, None)
    assert (spent.limit, spent.counting_unit, spent.needs_evidence) == ("T1.budget", "บาท", False)
    assert (pct.source, pct.ingredients, pct.zero_rule) == (Source.PERCENT, ("T1.spent", "T1.budget"), ZeroRule.FAIL)
    assert (news.rollup, day.kind) == (Rollup.MIN, Kind.DATE)


def test_rules_and_cases_as_read():
    tables = levels()
    assert [rule.typed for rule in tables.rules_of("T1")][1] == ("ใช่",) * 5
    assert [case.condition.text() for case in tables.cases_of("I1")] == ["≤ 2", "> 2"]
    assert [rule.case.measure if rule.case else "" for rule in tables.rules_of("I1")] == ["staff", "staff", ""]
    assert [measure.code for measure in tables.measures_of("I1")] == ["staff", "I1.news", "I1.day"]
    assert [measure.code for measure in tables.measures_of("T1")] == ["T1.spent", "T1.budget", "T1.pct", "T1.docs"]


@pytest.mark.parametrize(
    ("words", "only", "never", "groups"),
    [
        ("เฉพาะ 3101, 3103", {"3101", "3103"}, set(), set()),
        ("เฉพาะ เมือง และ กระสัง", {"3101", "3103"}, set(), set()),
        ("ยกเว้น คูเมือง", set(), {"3102"}, set()),
        ("กลุ่ม เหนือ, ใต้", set(), set(), {"เหนือ", "ใต้"}),
    ],
)
def test_whom_a_node_is_meant_for(words, only, never, groups):
    node = read({"ตัวชี้วัด!F4": words})[0].node["T1"]
    assert (node.only, node.never, node.groups) == (only, never, groups)


def test_fewer_levels_with_scores_of_their_own():
    three = """
        ตัวชี้วัด | กรณีของ | เงื่อนไขกรณี | รายการข้อมูล | ระดับ 1 | ระดับ 2 | ระดับ 3 | หมายเหตุ
        T1    |        |           | T1.pct    | ≥ 60  | ≥ 80  | ≥ 100
        I1    |        |           | I1.news   | ≥ 1   | ≥ 2   | ≥ 3
    """
    tables = levels(ระดับ=three, **but("รอบประเมิน", "คะแนนของระดับ      |", "คะแนนของระดับ      | 50, 75, ๑๐๐"))
    assert (tables.level_count, tables.scores, tables.top_score) == (3, (50, 75, 100), 100)


def test_thai_digits_in_codes_are_the_same_codes():
    tables, found = read({"หน่วย!A2": "๓๑๐๑", "ตัวชี้วัด!A4": "T๑", "รายการข้อมูล!A4": "T๑.spent", "ปฏิทิน!A2": "๒๕๖๕-๐๔"})
    assert found == []
    assert (tables.units[0].code, tables.nodes[2].code, tables.calendar["2565-04"]) == ("3101", "T1", date(2022, 5, 5))
    assert [measure.code for measure in tables.measures.values()] == list(tables.measures)


# What is typed into one cell of the clean book, the code it must give, and where, if not in that very cell.
FAULTS = [
    ("หน่วย!A3", "3101", "table-duplicate", "หน่วย!A3 ค่าตั้งต้น!A4"),  # 3102 is no unit any more
    ("หน่วย!A3", None, "table-value", "หน่วย!A3 ค่าตั้งต้น!A4"),
    ("รายการข้อมูล!A8", "I1.news", "table-duplicate", "รายการข้อมูล!A8 ระดับ!D6"),
    ("ตัวชี้วัด!A3", "T", "table-duplicate", "ตัวชี้วัด!A3 ตัวชี้วัด!A5"),
    ("รอบประเมิน!B5", "ต้นปี", "table-value", "รอบประเมิน!B5 รอบประเมิน!A2"),
    ("รอบประเมิน!A5", "วันแรก", "table-item-missing", "รอบประเมิน!A2"),
    ("รอบประเมิน!B9", "ห้าสิบ", "table-value", ""),
    ("ผลประเมิน!A2", "เก้าสิบ", "table-value", ""),
    ("ปฏิทิน!A2", "เม.ย. 65", "table-value", ""),
    ("ปฏิทิน!B2", "ต้นเดือน", "table-value", ""),
    ("ตัวชี้วัด!D4", "มาก", "table-value", ""),
    ("ตัวชี้วัด!E4", "ร้อย", "table-value", ""),
    ("ตัวชี้วัด!F4", "บางอำเภอ", "table-value", ""),
    ("ตัวชี้วัด!F4", "เฉพาะ", "table-value", ""),
    ("ตัวชี้วัด!F4", "เฉพาะ 3101, สตึก", "table-unknown", ""),
    ("ตัวชี้วัด!G4", "เส้นตรง", "table-value", ""),
    ("ตัวชี้วัด!B4", "X", "table-unknown", "ตัวชี้วัด!A4"),
    ("ตัวชี้วัด!B2", "T1", "table-circular", "ตัวชี้วัด!A2 ตัวชี้วัด!A4"),
    ("รายการข้อมูล!D4", "เงิน", "table-value", ""),
    ("รายการข้อมูล!E4", "พิมพ์", "table-value", ""),
    ("รายการข้อมูล!F4", "last", "table-value", ""),
    ("รายการข้อมูล!I5", "ข้าม", "table-value", ""),
    ("รายการข้อมูล!J4", "ศูนย์", "table-value", ""),
    ("รายการข้อมูล!K8", "วันนี้", "table-value", ""),
    ("รายการข้อมูล!G5", "T1.spend", "table-unknown", "รายการข้อมูล!A5"),
    ("รายการข้อมูล!H5", "T1.bugdet", "table-unknown", "รายการข้อมูล!A5"),
    ("รายการข้อมูล!L4", "T1.bugdet", "table-unknown", "รายการข้อมูล!A4"),
    ("รายการข้อมูล!H5", None, "table-parts-missing", "รายการข้อมูล!A5"),
    ("รายการข้อมูล!G5", "T1.pct", "table-circular", "รายการข้อมูล!A5"),
    ("ระดับ!A2", "T9", "table-unknown", ""),
    ("ระดับ!D2", "T1.pc", "table-unknown", ""),
    ("ระดับ!B4", "คน", "table-unknown", ""),
    ("ระดับ!E2", "≥ หกสิบ", "table-condition", ""),
    ("ระดับ!C4", "เล็ก", "table-condition", ""),
    ("ระดับ!E2", "ใช่", "table-condition-kind", ""),
    ("ระดับ!I6", "≥ 80", "table-condition-kind", ""),
    ("ระดับ!C4", "ใช่", "table-condition-kind", ""),
    ("ระดับ!G2", "≤ 80", "table-mixed", "ระดับ!F2"),
    ("ระดับ!E2", date(2026, 1, 5), "table-threshold-date", ""),
    ("ระดับ!E2", "#REF!", "table-cell-error", ""),
    ("หน่วย!B2", "#N/A", "table-cell-error", ""),
    ("ระดับ!E2", "=1+1", "table-no-result", ""),
    ("ค่าตั้งต้น!A3", "9999", "table-unknown", ""),
    ("ค่าตั้งต้น!B2", "stuff", "table-unknown", "ค่าตั้งต้น!B3"),
    ("ค่าตั้งต้น!B3", "สอง", "table-value", ""),
    ("หน่วย!D1", "อีเมล์", "table-column-missing", "หน่วย!A1"),
    ("หน่วย!G1", "ชื่อ", "table-column-twice", ""),
    ("หน่วย!G1", "โทรศัพท์", "table-unknown-column", ""),
]


@pytest.mark.parametrize(("cell", "typed", "code", "places"), FAULTS, ids=[f"{cell} {typed}" for cell, typed, *_ in FAULTS])
def test_a_fault_is_found_where_it_stands(cell, typed, code, places):
    found = faults({cell: typed})
    assert (code, (places or cell).split()[0]) in found
    assert {place for _, place in found if place.split("!")[0] in cell or places} <= {cell, *places.split()} | also(cell)


def also(cell: str) -> set[str]:
    return set()


SPOILED = {
    "table-sheet-missing": lambda book: book.remove(book["ปฏิทิน"]),
    "table-unknown-sheet": lambda book: book.create_sheet("ปฏิทิน 2"),
    "table-merged": lambda book: book["ระดับ"].merge_cells("A2:A3"),
}


@pytest.mark.parametrize(("code", "place"), [("table-sheet-missing", "ปฏิทิน"), ("table-unknown-sheet", "ปฏิทิน 2"), ("table-merged", "ระดับ!A2")])
def test_faults_of_whole_sheets(code, place):
    assert (code, place) in faults(spoil=SPOILED[code])
