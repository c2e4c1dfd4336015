"""The level-table workbook as it is read: the samples whole, and every fault once, at its sheet and cell."""

import hashlib
from datetime import date, time

import openpyxl
import pytest
from tablebook import SHEETS, checking, faults, levels, percents, read, write
from workspace import SAMPLES

from kpibatch.base.catalogue import texts
from kpibatch.base.errors import KpibatchError
from kpibatch.base.kinds import Kind
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Rollup, Source, ZeroRule


def but(sheet: str, old: str, new: str) -> dict[str, str]:
    """A sheet of the tiny workbook with one piece of text changed."""
    assert old in SHEETS[sheet]
    return {sheet: SHEETS[sheet].replace(old, new)}


# How many units, nodes and measures each sample has, and the SHA-256 (its beginning) of their codes, one a
# line.
CODES = {
    "buriram-2565-2": [(29, "cb712e43d7f7"), (29, "ab39026bcecd"), (180, "70fef044c3ce")],
    "chachoengsao-2561-1": [(11, "886e5510be8e"), (12, "3d0e5f1cb36e"), (42, "6ee395a3172d")],
    "nakhonphanom-2564-2": [(16, "3576de0e0777"), (22, "5ca387f44def"), (60, "85768886803b")],
    "provincial-chiefs-2565-1": [(76, "60231a5713e7"), (8, "af187f4b2957"), (33, "9f195b3b64de")],
    "rayong-2554": [(18, "d3c487c00942"), (16, "40cc0a40f0e7"), (49, "60aeed216ffc")],
}


@pytest.mark.parametrize("sample", CODES)
def test_the_samples_hold_exactly_the_codes_of_their_letters(sample):
    tables, found = read_levels(SAMPLES / sample / "level_tables.xlsx")
    assert found == []
    codes = [
        [unit.code for unit in tables.units],
        [node.code for node in tables.nodes],
        list(tables.measures),
    ]
    assert [
        (len(each), hashlib.sha256("\n".join(each).encode()).hexdigest()[:12]) for each in codes
    ] == CODES[sample]
    assert tables.level_count == 5
    assert {rule.kpi for rule in tables.rules} == {leaf.code for leaf in tables.leaves}


def test_both_sections_of_buriram_weigh_100_with_the_5_that_is_printed_in_the_row_of_i11(buriram):
    for section in "TI":
        assert buriram.node[section].child_sum is None
        assert sum(node.weight for node in buriram.children(section)) == 100
    assert buriram.node["I11"].weight == 5
    assert all(number in buriram.rules_of("I11")[0].remark for number in (" 5 ", " 15 "))


def test_a_clean_book_gives_no_finding_and_all_it_says():
    tables, found = read()
    assert found == []
    assert (tables.round.key, tables.round.start, tables.round.end) == (
        "2565/2",
        date(2022, 4, 1),
        date(2022, 9, 30),
    )
    assert tables.round.months == ("2565-04", "2565-05", "2565-06")
    assert (tables.round.unit_noun, tables.round.below_one, tables.scores, tables.top_score) == (
        "อำเภอ",
        0,
        (1, 2, 3, 4, 5),
        5,
    )
    assert tables.rating == ((90, "ดีเด่น"), (60, "พอใช้"), (0, "ต้องปรับปรุง"))
    assert tables.calendar["2565-06"] == date(2022, 7, 5)
    assert [(unit.code, unit.name, unit.group, unit.email) for unit in tables.units][2] == (
        "3103",
        "กระสัง",
        "ใต้",
        "3103@cdd.example",
    )
    assert [leaf.code for leaf in tables.leaves] == ["T1", "I1"]
    assert [node.code for node in tables.breadth_first()] == ["T", "I", "T1", "I1"]
    assert tables.baselines["3102", "T1.budget"].value == 2000
    assert tables.baselines["3102", "T1.budget"].place.cell == "C4"


def test_a_measure_as_read():
    spent, pct, news, day = (levels().measures[code] for code in ("T1.spent", "T1.pct", "I1.news", "I1.day"))
    assert (spent.kind, spent.source, spent.rollup, spent.minimum, spent.maximum) == (
        Kind.AMOUNT,
        Source.FORM,
        Rollup.LAST,
        0,
        None,
    )
    assert (spent.limit, spent.counting_unit, spent.needs_evidence) == ("T1.budget", "บาท", False)
    assert (pct.source, pct.ingredients, pct.zero_rule) == (
        Source.PERCENT,
        ("T1.spent", "T1.budget"),
        ZeroRule.FAIL,
    )
    assert (news.rollup, day.kind) == (Rollup.MIN, Kind.DATE)


def test_rules_and_cases_as_read():
    tables = levels()
    assert [rule.typed for rule in tables.rules_of("T1")][1] == ("ใช่",) * 5
    assert [case.condition.text() for case in tables.cases_of("I1")] == ["≤ 2", "> 2"]
    assert [rule.case.measure if rule.case else "" for rule in tables.rules_of("I1")] == [
        "staff",
        "staff",
        "",
    ]
    assert [measure.code for measure in tables.measures_of("I1")] == ["staff", "I1.news", "I1.day"]
    assert [measure.code for measure in tables.measures_of("T1")] == [
        "T1.spent",
        "T1.budget",
        "T1.pct",
        "T1.docs",
    ]


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


POSITIONS = {"หน่วย!F1": "ตำแหน่ง", "หน่วย!F2": "นักวิชาการ", "หน่วย!F3": "อาวุโส", "หน่วย!F4": "นัก วิชาการ"}


def test_a_node_may_be_meant_for_a_position():
    tables = read({"ตัวชี้วัด!F4": "ตำแหน่ง อาวุโส, นักวิชาการ"} | POSITIONS)[0]
    assert [unit.position for unit in tables.units] == ["นักวิชาการ", "อาวุโส", "นัก วิชาการ"]
    assert tables.node["T1"].positions == {"อาวุโส", "นักวิชาการ"}
    assert [tables.node["T1"].applies_to(unit) for unit in tables.units] == [True, True, False]
    assert all(tables.node["I1"].applies_to(unit) for unit in tables.units)


def test_a_column_of_positions_without_any_changes_no_digest():
    plain, blank = read()[0], read({"หน่วย!F1": "ตำแหน่ง"})[0]
    assert plain.digest == blank.digest != read(POSITIONS)[0].digest


def test_places_on_the_tile_map_change_no_digest():
    places = {"หน่วย!F1": "แถว", "หน่วย!G1": "คอลัมน์", "หน่วย!F2": 1, "หน่วย!G2": "๒"}
    tables = read(places)[0]
    assert [unit.tile for unit in tables.units] == [(1, 2), None, None]
    assert tables.digest == read()[0].digest


def test_fewer_levels_with_scores_of_their_own():
    three = """
        ตัวชี้วัด | กรณีของ | เงื่อนไขกรณี | รายการข้อมูล | ระดับ 1 | ระดับ 2 | ระดับ 3 | หมายเหตุ
        T1    |        |           | T1.pct    | ≥ 60  | ≥ 80  | ≥ 100
        I1    |        |           | I1.news   | ≥ 1   | ≥ 2   | ≥ 3
    """
    tables = levels(ระดับ=three, **but("รอบประเมิน", "คะแนนของระดับ      |", "คะแนนของระดับ      | 50, 75, ๑๐๐"))
    assert (tables.level_count, tables.scores, tables.top_score) == (3, (50, 75, 100), 100)


def test_thai_digits_in_codes_are_the_same_codes():
    tables, found = read(
        {"หน่วย!A2": "๓๑๐๑", "ตัวชี้วัด!A4": "T๑", "รายการข้อมูล!A4": "T๑.spent", "ปฏิทิน!A2": "๒๕๖๕-๐๔"}
    )
    assert found == []
    assert (tables.units[0].code, tables.nodes[2].code, tables.calendar["2565-04"]) == (
        "3101",
        "T1",
        date(2022, 5, 5),
    )
    assert [measure.code for measure in tables.measures.values()] == list(tables.measures)


# What is typed into one cell of the clean book, and what must be found: a code, at that very cell unless
# another is named.
FAULTS = [
    ("หน่วย!A3", "3101", "table-duplicate, table-unknown ค่าตั้งต้น!A4"),
    ("หน่วย!A3", None, "table-value, table-unknown ค่าตั้งต้น!A4"),
    ("หน่วย!C2", "#N/A", "table-cell-error"),
    ("หน่วย!G1", "ชื่อ", "table-column-twice"),
    ("หน่วย!G1", "โทรศัพท์", "table-unknown-column"),
    ("ปฏิทิน!B1", None, "table-column-missing ปฏิทิน!A1, table-heading-blank ปฏิทิน!B2"),
    ("รอบประเมิน!A5", "วันแรก", "table-unknown-item, table-item-missing รอบประเมิน!A1"),
    ("รอบประเมิน!B4", None, "table-item-missing"),
    ("รอบประเมิน!B5", "ต้นปี", "table-value, table-item-missing"),
    ("รอบประเมิน!B7", "nan", "table-value"),
    ("รอบประเมิน!B7", "inf", "table-value"),
    ("รอบประเมิน!B7", "4.5, 5", "table-value"),
    ("รอบประเมิน!B7", "4, 5, 13", "table-value"),
    ("รอบประเมิน!B9", "ห้าสิบ", "table-value"),
    ("รอบประเมิน!B9", "1_0, 2_0, 3_0, 4_0, 5_0", "table-value"),
    ("รอบประเมิน!B10", "0, 1", "table-value"),
    ("ผลประเมิน!A2", "เก้าสิบ", "table-value"),
    ("ผลประเมิน!A3", None, "table-value"),
    ("ผลประเมิน!B3", None, "table-value"),
    ("ปฏิทิน!A2", "เดือนแรก", "table-value"),
    ("ปฏิทิน!B2", "ต้นเดือน", "table-value"),
    ("ตัวชี้วัด!A3", "T", "table-duplicate, table-unknown ตัวชี้วัด!A5"),
    ("ตัวชี้วัด!B4", "X", "table-unknown ตัวชี้วัด!A4"),
    ("ตัวชี้วัด!B2", "T1", "table-circular ตัวชี้วัด!A2, table-circular ตัวชี้วัด!A4"),
    ("ตัวชี้วัด!D4", "มาก", "table-value"),
    ("ตัวชี้วัด!D4", "T1.spent", "table-weight-measure"),
    ("ตัวชี้วัด!D4", "T1.bugdet", "table-weight-unknown"),
    ("ตัวชี้วัด!E4", "ร้อย", "table-value"),
    ("ตัวชี้วัด!F4", "บางอำเภอ", "table-value"),
    ("ตัวชี้วัด!F4", "เฉพาะ", "table-value"),
    ("ตัวชี้วัด!F4", "เฉพาะ 3101, สตึก", "table-unknown"),
    ("ตัวชี้วัด!G4", "เส้นตรง", "table-value"),
    ("รายการข้อมูล!A8", "I1.news", "table-duplicate, table-unknown ระดับ!D6"),
    ("รายการข้อมูล!D4", "เงิน", "table-value"),
    ("รายการข้อมูล!E4", "พิมพ์", "table-value"),
    ("รายการข้อมูล!F4", "last", "table-value"),
    ("รายการข้อมูล!G5", "T1.spend", "table-unknown รายการข้อมูล!A5, table-parts-missing รายการข้อมูล!A5"),
    ("รายการข้อมูล!G5", "T1.pct", "table-circular รายการข้อมูล!A5"),
    ("รายการข้อมูล!H5", None, "table-parts-missing รายการข้อมูล!A5"),
    ("รายการข้อมูล!H4", "T1.budget", "table-parts-idle รายการข้อมูล!A4"),
    ("รายการข้อมูล!I5", "ข้าม", "table-value"),
    ("รายการข้อมูล!J4", "ศูนย์", "table-value"),
    ("รายการข้อมูล!J4", "50%", "table-percent"),
    ("รายการข้อมูล!J4", date(1900, 3, 25), "table-number-format"),
    ("รายการข้อมูล!K8", "วันนี้", "table-value"),
    ("รายการข้อมูล!L4", "T1.bugdet", "table-unknown รายการข้อมูล!A4"),
    ("รายการข้อมูล!M4", "มี", "table-value"),
    ("ระดับ!A2", "T9", "table-unknown"),
    ("ระดับ!B4", "คน", "table-unknown"),
    ("ระดับ!C4", "เล็ก", "table-condition"),
    ("ระดับ!C4", "ใช่", "table-condition-kind"),
    ("ระดับ!D2", "T1.pc", "table-unknown"),
    ("ระดับ!E2", "≥ หกสิบ", "table-condition"),
    ("ระดับ!E2", "ใช่", "table-condition-kind"),
    ("ระดับ!E2", date(2026, 1, 5), "table-threshold-date"),
    ("ระดับ!E4", "≥ T1.budget", "table-threshold-kind"),
    ("ระดับ!B4", "กลุ่ม", "table-case-name ระดับ!C4"),
    ("ระดับ!E2", time(8, 30), "table-number-format"),
    ("ระดับ!E2", "#REF!", "table-cell-error"),
    ("ระดับ!E2", "=1+1", "table-no-result"),
    ("ระดับ!F2", "≤ 70", "table-mixed ระดับ!G2"),
    ("ระดับ!F4", "ร้อยละ 50", "table-percent"),
    ("ระดับ!C4", "≤ 2%", "table-percent"),
    ("ระดับ!G1", None, "table-column-missing ระดับ, table-heading-blank ระดับ!G2"),
    ("ระดับ!I6", "≥ 80", "table-condition-kind"),
    ("ค่าตั้งต้น!A3", "9999", "table-unknown"),
    ("ระดับ!I1", "ระดับที่ 5", "table-column-renamed"),
    ("ค่าตั้งต้น!B2", "stuff", "table-unknown"),
    ("ค่าตั้งต้น!B2", "T1.spent", "table-not-fixed"),
    ("ค่าตั้งต้น!B3", "สอง", "table-value"),
    ("ค่าตั้งต้น!B3", "50%", "table-percent"),
    ("รอบประเมิน!B9", "1, 2, 3, 4, 1000000000000001", "table-number-size"),
    ("รอบประเมิน!B10", "0.0000000009", "table-number-size"),
    ("ผลประเมิน!A2", 1e15 + 1, "table-number-size"),
    ("ตัวชี้วัด!D4", 1e308, "table-number-size"),
    ("ตัวชี้วัด!E4", 9.999e-10, "table-number-size"),
    ("รายการข้อมูล!J4", -1e15 - 1, "table-number-size"),
    ("ระดับ!C4", "≤ 1000000000000001", "table-number-size"),
    ("ระดับ!E2", 1e16, "table-number-size"),
    ("ระดับ!E2", "≥ " + "1" * 400, "table-number-size"),
    ("ระดับ!E2", "0.0000000009 - 60", "table-number-size"),
    ("ระดับ!E2", "≥ 1e400", "table-condition"),
    ("ระดับ!E2", "≥ 1e๔๐๐", "table-condition"),
    ("ค่าตั้งต้น!C3", 1e308, "table-number-size"),
    ("รอบประเมิน!B6", date(9999, 12, 31), "table-value, table-item-missing"),
    ("รอบประเมิน!B5", "0001-01-01", "table-value, table-item-missing"),
    ("รอบประเมิน!B5", "0000-01-01", "table-value, table-item-missing"),
    ("ปฏิทิน!B2", date(9999, 12, 31), "table-value"),
    ("ปฏิทิน!B2", date(2057, 1, 1), "table-value"),
    ("ปฏิทิน!B2", "31 ธ.ค. 10542", "table-value"),
    ("ปฏิทิน!B2", 1e308, "table-value"),
    ("ปฏิทิน!B2", -5, "table-value"),
    ("ปฏิทิน!A2", date(9999, 12, 31), "table-value"),
    ("รายการข้อมูล!K8", date(9999, 12, 31), "table-value"),
    ("ระดับ!I6", "ภายใน 31 ธ.ค. 9999", "table-condition"),
]
REACHED = {
    "ปฏิทิน!B4": date(2056, 12, 31),
    "ระดับ!E4": 1e-9,
    "ระดับ!I5": 1e15,
    "ผลประเมิน!A4": 1e-9,
    "ค่าตั้งต้น!C3": 1e15,
    "รายการข้อมูล!J6": -1e15,
}
WHOLE_ROWS = {
    "table-row-differs ตัวชี้วัด!C6": {
        **{"ตัวชี้วัด!A6": "T1", "ตัวชี้วัด!D6": 40, "ตัวชี้วัด!F6": "กลุ่ม ใต้", "ตัวชี้วัด!C6": "เก็บเงิน"}
    },
    "table-how-many รายการข้อมูล!H5": {"รายการข้อมูล!E5": "เฉลี่ยสูงสุด", "รายการข้อมูล!H5": 2},
    "table-half-case ระดับ!C7": {"ระดับ!A7": "I1", "ระดับ!B7": "staff", "ระดับ!D7": "T1.spent", "ระดับ!E7": "≥ 1"},
    "table-half-case ระดับ!B7": {"ระดับ!A7": "T1", "ระดับ!C7": "≤ 2", "ระดับ!D7": "T1.spent", "ระดับ!E7": "≥ 1"},
    "table-duplicate ค่าตั้งต้น!A6": {"ค่าตั้งต้น!A6": "3101", "ค่าตั้งต้น!B6": "9"},
    "table-duplicate ปฏิทิน!A5": {"ปฏิทิน!A5": "2565-04", "ปฏิทิน!B5": "9 พ.ค. 2565"},
    "table-duplicate รอบประเมิน!A12": {"รอบประเมิน!A12": "สิ้นสุด", "รอบประเมิน!B12": "31 ธ.ค. 2565"},
    "table-percent-share ระดับ!E2": dict(
        zip((f"ระดับ!{column}2" for column in "EFGHI"), (0.9, 0.95, 1, 1.05, 1.1), strict=True)
    ),
    "table-percent-share ผลประเมิน!A2": {"ผลประเมิน!A2": 0.9, "ผลประเมิน!A3": 0.6},
    "table-unknown-item รอบประเมิน!A10": {"รอบประเมิน!A10": "คะแนนต่ำกว่าระดับ1", "รอบประเมิน!B10": "1"},
}


def on_time(book):
    """I1.news is known to the batch alone."""
    book["รายการข้อมูล"]["E7"] = "ส่งทันกำหนด"


WHOLE_SHEETS = [
    (lambda book: book.remove(book["ปฏิทิน"]), "table-sheet-missing ปฏิทิน"),
    (lambda book: book.create_sheet("ปฏิทิน 2"), "table-unknown-sheet ปฏิทิน 2"),
    (percents("ระดับ", F2=0.7), "table-percent-beside ระดับ!F2"),
    (lambda book: book["ตัวชี้วัด"].merge_cells("H2:H3"), "table-merged ตัวชี้วัด!H2"),
    (checking("ยอดที่ลดลง"), "table-check-name กฎตรวจ!A2"),
    (checking("T1.spent | ≤ | งบ"), "table-check-right กฎตรวจ!C2"),
    (checking("I1.day | ≤ | T1.spent"), "table-check-kind กฎตรวจ!C2"),
    (checking("T1.spent | ≥ | T1.spent"), "table-check-itself กฎตรวจ!C2"),
    (checking("staff | ≤ | T1.budget"), "table-check-nothing กฎตรวจ!A2"),
    (lambda book: (on_time(book), checking("I1.news | ≥ | 5")(book)), "table-check-source กฎตรวจ!A2"),
    (checking("ตัวหารลดลง | ≥"), "table-check-idle กฎตรวจ!B2"),
    (checking("ห่างจากหน่วยอื่น | | 1"), "table-check-limit กฎตรวจ!C2"),
]


@pytest.mark.parametrize(
    ("cell", "typed", "expected"), FAULTS, ids=[f"{cell} {typed}" for cell, typed, _ in FAULTS]
)
def test_a_fault_is_found_where_it_stands(cell, typed, expected):
    wanted = [one if " " in one else f"{one} {cell}" for one in expected.split(", ")]
    assert {f"{code} {place}" for code, place in faults({cell: typed})} == set(wanted)


@pytest.mark.parametrize(("cell", "number"), REACHED.items(), ids=REACHED)
def test_the_smallest_and_the_largest_that_can_be_read(cell, number):
    assert faults({cell: number}) == []


def test_the_smallest_threshold_is_no_zero():
    tables = read({"ระดับ!E4": 1e-9})[0]
    asked = tables.rules_of("I1")[0]
    assert (asked.edges[0].low, asked.typed[0]) == (1e-9, "0.000000001")


@pytest.mark.parametrize(("expected", "cells"), WHOLE_ROWS.items(), ids=WHOLE_ROWS)
def test_a_fault_of_a_whole_row_is_found(expected, cells):
    assert [f"{code} {place}" for code, place in faults(cells)] == [expected]


@pytest.mark.parametrize(("spoil", "expected"), WHOLE_SHEETS, ids=[expected for _, expected in WHOLE_SHEETS])
def test_a_fault_of_a_whole_sheet_is_found(spoil, expected):
    assert [f"{code} {place}" for code, place in faults(spoil=spoil)] == [expected]


def test_every_code_of_the_reader_is_triggered_above():
    tried = (
        " ".join([*(expected for *_, expected in [*FAULTS, *WHOLE_SHEETS]), *WHOLE_ROWS])
        .replace(",", "")
        .split()
    )
    codes = {code for code in texts("finding") if code.startswith("table-")}
    # test_periods.py, test_points.py, test_slips.py, test_cascade.py
    elsewhere = (
        "table-tree-",
        "table-since-",
        "table-deducts-",
        "table-formula",
        "table-hidden-",
        "table-own-",
    )
    assert {code for code in codes if not code.startswith(elsewhere)} == {
        word for word in tried if word.startswith("table-")
    }


def test_all_faults_are_told_in_one_pass():
    cells = {"หน่วย!A3": "3101", "ระดับ!E2": "≥ หกสิบ", "ตัวชี้วัด!D4": "มาก", "ปฏิทิน!B2": "ต้นเดือน"}
    assert {place for _, place in faults(cells)} >= set(cells)


def test_a_finding_says_what_stands_there_and_how_to_mend_it():
    (fault,) = read({"ระดับ!E2": "ไม่น้อยกวา 60"})[1]
    assert (fault.severity, fault.found, str(fault.place)) == (
        "error",
        "ไม่น้อยกวา 60",
        "level_tables.xlsx ระดับ!E2",
    )
    for language in ("th", "en"):
        assert "⟦?⟧ไม่น้อยกวา 60" in fault.message(language)
        assert "ไม่น้อยกว่า 60" in fault.message(language)


def test_rows_and_columns_may_stand_elsewhere_and_the_guide_may_go(tmp_path):
    path = write(tmp_path / "level_tables.xlsx", {}, {})
    book = openpyxl.load_workbook(path)
    del book["คู่มือ"]
    book["ระดับ"].insert_rows(1, 3)
    book["ระดับ"].insert_rows(7)
    book["ระดับ"].insert_cols(1, 2)
    book.save(path)
    tables, found = read_levels(path)
    assert found == []
    assert tables.rules[0].places[0].cell == "G5"
    assert tables.digest == levels().digest, "the digest is of what the tables say, not of where it stands"


def test_the_digest_is_of_what_the_tables_say(tmp_path):
    renamed, _ = read_levels(write(tmp_path / "another name.xlsx", {}, {}))
    assert renamed.digest == levels().digest
    changes = [
        but("ระดับ", "≥ 60", "≥ 61"),
        but("หน่วย", "3101@cdd.example", "head@cdd.example"),
        but("ค่าตั้งต้น", "1000", "1001"),
        but("ตัวชี้วัด", "T   |      | งานทีม   | 60", "T   |      | งานทีม   | 61"),
        but("ปฏิทิน", "5 พ.ค.", "6 พ.ค."),
    ]
    digests = {levels(**change).digest for change in changes}
    assert len(digests | {levels().digest}) == len(changes) + 1


@pytest.mark.parametrize(
    ("sheet", "old", "new", "same"),
    [
        ("ระดับ", "≥ 60", "≥ 61", True),
        ("หน่วย", "3101@cdd.example", "head@cdd.example", True),
        ("ค่าตั้งต้น", "1000", "1001", True),
        ("ปฏิทิน", "5 พ.ค.", "6 พ.ค.", True),
        ("รายการข้อมูล", "| เบิกจ่าย ", "| ใช้จ่าย ", False),
        ("รายการข้อมูล", "| ข่าว    | จำนวน ", "| ชิ้น    | จำนวน ", False),
        ("รายการข้อมูล", "| วันที่ ", "| จำนวน ", False),
        ("รอบประเมิน", "4, 5, 6", "4, 5, 6, 7", False),
        ("รอบประเมิน", "รอบ               | 2", "รอบ               | 1", False),
    ],
)
def test_forms_outlive_what_they_do_not_ask(sheet, old, new, same):
    changed = read(**but(sheet, old, new))[0]
    assert (changed.form_digest == levels().form_digest) is same


def test_what_is_no_level_tables_at_all(tmp_path):
    with pytest.raises(KpibatchError) as missing:
        read_levels(tmp_path / "level_tables.xlsx")
    (tmp_path / "level_tables.xlsx").write_text("no workbook")
    with pytest.raises(KpibatchError) as unreadable:
        read_levels(tmp_path / "level_tables.xlsx")
    assert (missing.value.name, unreadable.value.name) == ("no-level-tables", "unreadable-level-tables")
    assert "level_tables.xlsx" in unreadable.value.message("en")


SHOWN = (
    percents("ระดับ", E2=0.9, F2=0.95, G2=1, H2=1.05, I2=1.1),
    percents("ผลประเมิน", A2=0.9, A3=0.6),
    percents("รายการข้อมูล", J5=0, K5=1.5),
    percents("ค่าตั้งต้น", C3=0.85, C4=0.9, C5=1.05),
    percents("ตัวชี้วัด", D2=0.6, D3=0.4),
)
BUDGET_IS_PERCENT = {"รายการข้อมูล!D3": "ร้อยละ"}


def all_shown(book):
    for spoil in SHOWN:
        spoil(book)


def test_percent_cells_are_read_as_they_are_shown():
    tables, found = read(BUDGET_IS_PERCENT, all_shown)
    assert found == []
    assert tables.rules_of("T1")[0].typed == ("90%", "95%", "100%", "105%", "110%")
    assert [edge.low for edge in tables.rules_of("T1")[0].edges] == [90, 95, 100, 105, 110]
    assert tables.rating == ((90, "ดีเด่น"), (60, "พอใช้"), (0, "ต้องปรับปรุง"))
    assert (tables.measures["T1.pct"].minimum, tables.measures["T1.pct"].maximum) == (0, 150)
    assert [tables.baselines[unit, "T1.budget"].value for unit in ("3101", "3102", "3103")] == [85, 90, 105]
    assert [tables.node[code].weight for code in "TI"] == [60, 40]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.85, 0.9, 1.05), "table-percent-share ค่าตั้งต้น!C3"),
        ((0, 0.9, 2), "table-percent-share ค่าตั้งต้น!C4"),
        ((0.85, 0.9, 2.01), ""),
        ((0, 0, 0), ""),
        ((85, 90, 105), ""),
    ],
)
def test_fixed_percents_that_may_be_shares(shares, expected):
    typed = dict(zip(("ค่าตั้งต้น!C3", "ค่าตั้งต้น!C4", "ค่าตั้งต้น!C5"), shares, strict=True))
    assert [f"{code} {place}" for code, place in faults(BUDGET_IS_PERCENT | typed)] == [expected] * bool(
        expected
    )


def test_a_case_of_a_percent_that_may_be_a_share():
    cells = {"รายการข้อมูล!D2": "ร้อยละ", "ระดับ!C4": "≤ 0.5", "ระดับ!C5": "> 0.5"}
    assert ("table-percent-share", "ระดับ!C4") in faults(cells)
    written = cells | {"ระดับ!C4": "≤ 0.5%", "ระดับ!C5": "> 0.5%"}
    assert ("table-percent-share", "ระดับ!C4") not in faults(written)


BASE_PERCENT = BUDGET_IS_PERCENT | {"ค่าตั้งต้น!C3": 0.85}
LEVELS = percents("ระดับ", F2=0.7, G2=0.8, H2=0.9, I2=1)


@pytest.mark.parametrize(
    ("cells", "spoil", "place"),
    [
        ({"ผลประเมิน!A2": 90}, percents("ผลประเมิน", A3=0.6), "ผลประเมิน!A3"),
        (BASE_PERCENT, percents("ค่าตั้งต้น", C4=0.9, C5=0.8), "ค่าตั้งต้น!C3"),
        ({"ระดับ!E2": "≥ 0.6"}, LEVELS, "ระดับ!E2"),
    ],
)
def test_percents_beside_plain_numbers(cells, spoil, place):
    assert faults(cells, spoil) == [("table-percent-beside", place)]


OTHERS = {
    **{"ตัวชี้วัด!F4": "กลุ่ม เหนือ", "ตัวชี้วัด!A6": "T1", "ตัวชี้วัด!D6": 40, "ตัวชี้วัด!E6": 40},
    **{"ตัวชี้วัด!A7": "T1", "ตัวชี้วัด!D7": "staff", "ตัวชี้วัด!F7": "เฉพาะ 3102"},
}


def test_rows_of_a_node_for_other_units():
    tables, found = read(OTHERS)
    node = tables.node["T1"]
    assert not found
    assert [(row.name, row.weight, row.child_sum, row.weight_measure) for row in node.rows] == [
        ("เบิกจ่าย", 60, None, ""),
        ("เบิกจ่าย", 40, 40, ""),
        ("เบิกจ่าย", 0, None, "staff"),
    ]
    assert [row.place.cell for row in node.rows] == ["A4", "A6", "A7"]
    assert [node.row_of(unit) for unit in tables.units] == [node, node, node.others[0]]
    assert tables.weights["T1"] == (60, 60, 40)
    assert tables.digest != read()[0].digest


def test_a_fixed_weight_is_each_units_own():
    tables, found = read({"ตัวชี้วัด!D4": "staff"})
    assert not found
    assert tables.weights["T1"] == (2, 4, 5)


def test_a_second_row_for_the_same_units_is_a_duplicate():
    assert faults({"ตัวชี้วัด!A6": "T1", "ตัวชี้วัด!D6": 40}) == [("table-duplicate", "ตัวชี้วัด!A6")]
    twice = OTHERS | {"ตัวชี้วัด!F6": "กลุ่ม เหนือ"}
    assert faults(twice) == [("table-duplicate", "ตัวชี้วัด!A6")]


@pytest.mark.parametrize(
    ("source", "below", "count"),
    [
        ("เฉลี่ยสูงสุด", 1, 1),
        ("เฉลี่ยสูงสุด", "๒", 2),
        ("เฉลี่ย 2 สูงสุด", None, 2),
        ("เฉลี่ย ๒ สูงสุด", 2, 2),
        ("เฉลี่ย2สูงสุด", None, 2),
    ],
)
def test_how_many_of_the_highest_count(source: str, below: object, count: int) -> None:
    cells = {"รายการข้อมูล!E5": source, "รายการข้อมูล!G5": "T1.spent, I1.news", "รายการข้อมูล!H5": below}
    tables, found = read(cells)
    assert found == []
    measure = tables.measures["T1.pct"]
    assert (measure.source, measure.count, measure.denominator) == (Source.MEAN_OF_HIGHEST, count, "")


@pytest.mark.parametrize(
    ("source", "below", "place"),
    [
        *(("เฉลี่ยสูงสุด", below, "รายการข้อมูล!H5") for below in (None, 0, 3, 1.5, "สอง", "T1.budget")),
        *(("เฉลี่ย 0 สูงสุด", None, "รายการข้อมูล!E5"), ("เฉลี่ย 3 สูงสุด", None, "รายการข้อมูล!E5")),
        *(("เฉลี่ย สอง สูงสุด", None, "รายการข้อมูล!E5"), ("เฉลี่ย 2 สูงสุด", 1, "รายการข้อมูล!H5")),
    ],
)
def test_more_than_there_are_or_fewer_than_one_can_not_be_the_highest(
    source: str, below: object, place: str
) -> None:
    cells = {"รายการข้อมูล!E5": source, "รายการข้อมูล!G5": "T1.spent, I1.news", "รายการข้อมูล!H5": below}
    assert ("table-how-many", place) in faults(cells)
    assert all(code != "table-value" for code, _ in faults(cells))


@pytest.mark.parametrize(
    ("typed", "decimals"), [(None, None), (0, 0), ("๒", 2), (9, 9), (10, "!"), (-1, "!"), (0.5, "!")]
)
def test_to_how_many_decimals_a_value_is_rounded(typed: object, decimals: object) -> None:
    cells = {"รายการข้อมูล!N1": "ปัดทศนิยม", "รายการข้อมูล!N5": typed}
    tables, found = read(cells)
    if decimals == "!":
        assert [(one.code, one.place.cell) for one in found] == [("table-value", "N5")]
    else:
        assert (found, tables.measures["T1.pct"].decimals) == ([], decimals)


def test_holidays_are_days_and_a_book_without_them_says_what_it_said() -> None:
    tables, found = read(วันหยุด="วันที่ | ชื่อ\n13 เม.ย. 2565 | สงกรานต์\n๑๔/๔/๒๕๖๕ |")
    assert found == []
    assert [(date.fromordinal(each.day).day, each.name) for each in tables.holidays] == [
        (13, "สงกรานต์"),
        (14, ""),
    ]
    assert read()[0].digest != tables.digest
    assert read(วันหยุด="วันที่ | ชื่อ")[0].digest == read()[0].digest
    bad = "วันที่ | ชื่อ\nวันสงกรานต์ | 13 เม.ย.\n | วันแรงงาน"
    assert faults(วันหยุด=bad) == [("table-value", "วันหยุด!A2"), ("table-value", "วันหยุด!A3")]
