"""The tree of units in the level tables: read, linked, checked."""

from pathlib import Path

import pytest
from cascade import BASELINES, MEASURES, NODES, RULES, UNITS, book
from hypothesis import given
from hypothesis import strategies as st
from tablebook import read, write

from kpibatch.base.catalogue import texts
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.lint.check import check_levels, lint
from kpibatch.rules.records import TOTAL, Unit
from kpibatch.rules.tree.units import UnitTree, kind_by_kind


def checked(**sheets: str) -> list[tuple[str, str]]:
    """What is found in the book with those sheets, as (code, sheet!cell)."""
    tables, found = read(**book(**sheets))
    return [(one.code, f"{one.place.sheet}!{one.place.cell}") for one in (*found, *lint(tables))]


def tables_of(**sheets: str) -> LevelTables:
    return read(**book(**sheets))[0]


def test_the_book_is_sound():
    assert checked() == []


def test_units_stand_kind_by_kind_the_rounds_own_first():
    tables = tables_of()
    assert list(tables.unit) == ["31", "32", "P0", "G1", "311", "312", "313", "321", "G11"]
    assert [(kind.name, kind.rows) for kind in tables.tree.kinds] == [
        ("อำเภอ", slice(0, 2)),
        ("จังหวัด", slice(2, 3)),
        ("กลุ่มงาน", slice(3, 4)),
        ("บุคคล", slice(4, 9)),
    ]
    assert tables.tree.depth == {"P0": 0, "31": 1, "32": 1, "G1": 1} | dict.fromkeys(
        ("311", "312", "313", "321", "G11"), 2
    )


def test_who_takes_what_of_whom_and_who_is_asked_what():
    tables = tables_of()
    assert tables.taken == {"T1": {"311": "31", "312": "31", "313": "31", "321": "32", "G11": "G1"}}
    assert tables.links.parts["D1.visits"] == {"31": ("311", "312", "313"), "32": ("321",), "G1": ("G11",)}
    assert tables.links.parts["V1.uses"] == tables.links.parts["V2.share"] == {"P0": ("31", "32", "G1")}
    assert tables.links.asked["T1.spent"] == tables.links.asked["uses"] == {"31", "32", "G1"}
    assert tables.links.asked["N1.visits"] == {"311", "312", "313", "321", "G11"}
    assert tables.kpi_of["uses"] == "V1"


def test_a_person_takes_the_nearest_above_that_the_kpi_is_meant_for():
    units = UNITS + "    G12 | สมหวัง | | g12@cdd.example | | P0 | บุคคล | นักวิชาการ\n"
    nodes = NODES.replace("ประเภท อำเภอ, กลุ่มงาน, บุคคล  ", "ประเภท อำเภอ, จังหวัด, บุคคล")
    taken = tables_of(หน่วย=units, ตัวชี้วัด=nodes).taken["T1"]
    assert taken == {"311": "31", "312": "31", "313": "31", "321": "32", "G11": "P0", "G12": "P0"}


@pytest.mark.parametrize(
    ("team", "takers"),
    [
        ("ใช้คะแนนของหน่วย", {"311", "312", "313", "321", "G11"}),
        ("ใช้คะแนนของหน่วย ประเภท บุคคล", {"311", "312", "313", "321", "G11"}),
        ("ใช้คะแนนของหน่วย อำเภอ และ กลุ่มงาน", set()),
        ("ทีมอำเภอ", set()),
    ],
)
def test_the_kinds_that_take_a_result_may_be_named(team: str, takers: set[str]):
    nodes = NODES.replace("ใช้คะแนนของหน่วย", team)
    assert set(tables_of(ตัวชี้วัด=nodes).taken.get("T1", {})) == takers


def test_what_stands_under_a_node_that_is_taken_is_taken():
    nodes = NODES.replace("| ข้อ 4", "| ข้อ 4").replace("T1  |     |", "T1  | S   |") + (
        "    S | | ทีม | 60 | | ประเภท อำเภอ, กลุ่มงาน, บุคคล | | | ข้อ 5 | ใช้คะแนนของหน่วย\n"
    )
    tables = tables_of(ตัวชี้วัด=nodes.replace("ข้อ 2   | ใช้คะแนนของหน่วย", "ข้อ 2   |"))
    assert tables.taken["S"] == tables.taken["T1"] != {}


def test_the_score_of_the_unit_above_is_that_of_the_nearest_that_has_it():
    line = "    N1.unit | คะแนนหน่วย | คะแนน | จำนวน | คะแนนของหน่วย | | {} |\n"
    rule = "    N1 | | | N1.unit | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n"
    for node, above in (("V1", "P0"), ("", "31"), ("คะแนนรวม", "31"), ("T1", "31")):
        tables, found = read(**book(รายการข้อมูล=MEASURES + line.format(node), ระดับ=RULES + rule))
        assert found == []
        assert tables.links.givers["N1.unit"]["311"] == above
        assert tables.measures["N1.unit"].other == (node if node in ("V1", "T1") else TOTAL)


def test_a_book_without_a_tree_has_none():
    tables, _ = read()
    assert not tables.tree.there
    assert (tables.taken, tables.links.parts, tables.links.givers) == ({}, {}, {})
    assert [kind.rows for kind in tables.tree.kinds] == [slice(0, len(tables.units))]
    for unit in tables.units:
        for leaf in tables.leaves:
            assert applies(tables, leaf.code, unit) == tables.scored_itself(leaf.code, unit)


@given(st.lists(st.sampled_from(["", "อำเภอ", "บุคคล", "จังหวัด"]), max_size=12))
def test_units_of_a_kind_stand_together_in_their_order(kinds: list[str]):
    units = [Unit(str(at), str(at), kind=kind) for at, kind in enumerate(kinds)]
    ordered = kind_by_kind(units, "อำเภอ")
    assert sorted(ordered, key=lambda unit: int(unit.code)) == units
    for kind in UnitTree(ordered).kinds:
        codes = [int(unit.code) for unit in ordered[kind.rows]]
        assert codes == sorted(codes)
        assert {unit.kind for unit in ordered[kind.rows]} == {kind.name}
    if "อำเภอ" in kinds:
        assert ordered[0].kind == "อำเภอ"
    if not any(kinds):
        assert list(ordered) == units


def unit_line(code: str, parent: str, kind: str) -> str:
    return f"    {code} | ชื่อ{code} | | {code}@cdd.example | | {parent} | {kind}\n"


PARTS = MEASURES.replace("| รวมจากหน่วยย่อย | รวม | uses", "| รวมจากหน่วยย่อย | {} | {}")
MOVES = "รหัสหน่วย | ตั้งแต่เดือน | ไปสังกัด\n"
SLIPS = (
    ("table-circular", "หน่วย!A2", {"หน่วย": UNITS.replace("|     |      | จังหวัด", "|     | 31   | จังหวัด")}),
    ("table-tree-above", "หน่วย!F3", {"หน่วย": UNITS.replace("|     | P0   | อำเภอ", "|     | P9   | อำเภอ", 1)}),
    ("table-tree-places", "หน่วย!F11", {"หน่วย": UNITS + unit_line("311", "32", "บุคคล")}),
    ("table-duplicate", "หน่วย!A11", {"หน่วย": UNITS + unit_line("311", "31", "บุคคล")}),
    ("lint-tree-apart", "หน่วย!A11", {"หน่วย": UNITS + unit_line("99", "", "บุคคล")}),
    ("lint-tree-apart", "หน่วย!A11", {"หน่วย": UNITS + unit_line("99", "", "อำเภอ")}),
    ("lint-tree-crossed", "หน่วย!A11", {"หน่วย": UNITS + unit_line("99", "311", "อำเภอ")}),
    ("lint-tree-crossed", "หน่วย!A11", {"หน่วย": UNITS + unit_line("99", "31", "อำเภอ")}),
    ("lint-tree-no-kind", "หน่วย!A11", {"หน่วย": UNITS + unit_line("99", "31", "")}),
    ("lint-tree-kind", "ตัวชี้วัด!A7", {"ตัวชี้วัด": NODES.replace("ประเภท บุคคล", "ประเภท บุคคน, บุคคล")}),
    ("lint-tree-kind", "ตัวชี้วัด!A5", {"ตัวชี้วัด": NODES.replace("ใช้คะแนนของหน่วย", "ใช้คะแนนของหน่วย บุคคน, บุคคล")}),
    ("table-value", "ตัวชี้วัด!J5", {"ตัวชี้วัด": NODES.replace("ใช้คะแนนของหน่วย", "ใช้คะแนนหน่วย")}),
    ("table-tree-how", "รายการข้อมูล!F8", {"รายการข้อมูล": PARTS.format("", "uses")}),
    ("table-tree-how", "รายการข้อมูล!F8", {"รายการข้อมูล": PARTS.format("ล่าสุด", "uses")}),
    ("table-unknown", "รายการข้อมูล!A8", {"รายการข้อมูล": PARTS.format("รวม", "usse")}),
    ("table-unknown", "รายการข้อมูล!A9", {"รายการข้อมูล": MEASURES.replace("T1 ระดับ 3", "T9 ระดับ 3")}),
    ("table-parts-missing", "รายการข้อมูล!G8", {"รายการข้อมูล": PARTS.format("รวม", "")}),
    ("table-parts-idle", "รายการข้อมูล!G8", {"รายการข้อมูล": PARTS.format("รวม", "uses, T1.spent")}),
    ("lint-tree-parts-kind", "รายการข้อมูล!A8", {
        "รายการข้อมูล": MEASURES.replace("จำนวน    | รวมจากหน่วยย่อย | รวม | uses", "วันที่    | รวมจากหน่วยย่อย | รวม | uses")}),
    ("lint-tree-parts-kind", "รายการข้อมูล!A9", {"รายการข้อมูล": MEASURES.replace("ร้อยละ    | รวมจากหน่วยย่อย |  |", "จำนวน    | รวมจากหน่วยย่อย |  |")}),
    ("lint-tree-level", "รายการข้อมูล!A9", {"รายการข้อมูล": MEASURES.replace("T1 ระดับ 3", "T1 ระดับ 6")}),
    ("lint-tree-inner", "รายการข้อมูล!A9", {"รายการข้อมูล": MEASURES.replace("T1 ระดับ 3", "V ระดับ 3")}),
    ("lint-tree-parts-none", "รายการข้อมูล!A5", {"หน่วย": UNITS + unit_line("33", "P0", "อำเภอ")}),
    ("lint-tree-above-none", "รายการข้อมูล!A10", {
        "รายการข้อมูล": MEASURES + "    V1.unit | คะแนน | | จำนวน | คะแนนของหน่วย\n",
        "ระดับ": RULES + "    V1 | | | V1.unit | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n"}),
    ("lint-tree-team", "ตัวชี้วัด!A7", {"ตัวชี้วัด": NODES.replace("ข้อ 4", "ข้อ 4 | ใช้คะแนนของหน่วย")}),
    ("table-circular", "รายการข้อมูล!A9", {"รายการข้อมูล": MEASURES.replace("T1 ระดับ 3", "D1 ระดับ 3") + (
        "    D1.above | คะแนน | | จำนวน | คะแนนของหน่วย | | V2\n"),
        "ระดับ": RULES + "    D1 | | | D1.above | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n"}),
    ("lint-tree-target-sum", "ค่าตั้งต้น!B6", {"ค่าตั้งต้น": BASELINES + "    P0 | 6000.01\n"}),
    ("lint-tree-target-sum", "ค่าตั้งต้น!B6", {"ค่าตั้งต้น": BASELINES + "    P0 | 5999.99\n"}),
    ("table-tree-move-first", "ย้าย!B2", {"ย้าย": MOVES + "313 | 2565-04 | 32"}),
    ("table-tree-move-twice", "ย้าย!C3", {"ย้าย": MOVES + "313 | 2565-05 | 32\n313 | 2565-05 | G1"}),
    ("table-tree-move-idle", "ย้าย!C2", {"ย้าย": MOVES + "313 | 2565-05 | 31"}),
    ("table-unknown", "ย้าย!A2", {"ย้าย": MOVES + "319 | 2565-05 | 31"}),
    ("table-unknown", "ย้าย!C2", {"ย้าย": MOVES + "313 | 2565-05 | 39"}),
    ("table-since-outside", "ย้าย!B2", {"ย้าย": MOVES + "313 | 2565-12 | 32"}),
    ("table-circular", "หน่วย!A3", {"ย้าย": MOVES + "31 | 2565-05 | 311"}),
    ("lint-tree-target-unasked", "ค่าตั้งต้น!B6", {"ค่าตั้งต้น": BASELINES + "    321 | 500\n"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "place", "sheets"), SLIPS, ids=[f"{slip[0]}-{at}" for at, slip in enumerate(SLIPS)]
)
def test_a_slip_is_seen_where_it_stands(code: str, place: str, sheets: dict[str, str]):
    assert (code, place) in checked(**sheets)


def test_targets_that_sum_to_the_whole_are_sound():
    assert checked(ค่าตั้งต้น=BASELINES + "    P0 | 6000\n") == []


BETWEEN = UNITS.replace("| P0   | อำเภอ", "| G0   | อำเภอ") + unit_line("G0", "P0", "กลุ่มอำเภอ")


@pytest.mark.parametrize(
    ("targets", "cells"),
    [
        ("P0 | 6000", []),
        ("P0 | 6000.01", ["B6"]),
        ("P0 | 5999.99", ["B6"]),
        ("P0 | 6000\n G0 | 3000", []),  # the group has a figure of its own, which counts in the whole's
        ("P0 | 6000\n G0 | 3001", ["B6", "B7"]),
    ],
)
def test_targets_pass_through_who_is_not_asked(targets: str, cells: list[str]):
    found = checked(หน่วย=BETWEEN, ค่าตั้งต้น=f"{BASELINES.rstrip()}\n {targets}")
    assert sorted(place for code, place in found if code.startswith("lint-tree")) == [
        f"ค่าตั้งต้น!{c}" for c in cells
    ]


@pytest.mark.parametrize(
    ("units", "told"),
    [
        (UNITS.replace("|     |      | จังหวัด", "|     | 311  | จังหวัด"), ["table-circular"]),
        (UNITS + unit_line("99", "99", "บุคคล"), ["table-circular"]),
        (UNITS + unit_line("99", "P9", "บุคคล"), ["table-tree-above"]),
        (UNITS + unit_line("99", "31, 32", "บุคคล"), ["table-tree-places"]),
        (UNITS + unit_line("99", "31 และ คูเมือง", "บุคคล"), ["table-tree-places"]),
        (UNITS + unit_line("99", "31, 39", "บุคคล"), ["table-tree-above"]),
        (UNITS + unit_line("99", "", "บุคคล"), ["lint-tree-apart"]),
    ],
)
def test_who_stands_nowhere_is_one_line(units: str, told: list[str], tmp_path: Path):
    path = write(tmp_path / "level_tables.xlsx", book(หน่วย=units), {})
    assert [fault.code for fault in check_levels(path)[1]] == told


def test_a_circle_is_told_with_its_way_round():
    _, found = read(**book(หน่วย=UNITS.replace("|     |      | จังหวัด", "|     | 311  | จังหวัด")))
    assert [fault.found for fault in found] == ["P0 → 311 → 31 → P0"]


def test_a_map_of_one_kind_asks_no_place_of_the_others():
    drawn = UNITS.replace("| ตำแหน่ง\n", "| ตำแหน่ง | แถว | คอลัมน์\n").replace("อำเภอ\n", "อำเภอ | | 1 | 1\n", 1)
    assert checked(หน่วย=drawn) == [("lint-no-tile", "หน่วย!A4")]  # the other district's alone
    assert checked(หน่วย=drawn.replace("อำเภอ\n", "อำเภอ | | 1 | 2\n", 1)) == []


def test_every_code_of_the_tree_has_its_slip():
    codes = {code for code in texts("finding") if "-tree-" in code}
    assert codes <= {code for code, *_ in SLIPS}
