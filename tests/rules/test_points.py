"""What a level or a value is worth, read from the workbook: its faults where they stand, and how it is printed."""

import pytest
from tablebook import SHEETS, read
from worth import WORTH

from kpibatch.base.catalogue import texts
from kpibatch.rules.lint.check import lint
from kpibatch.rules.paper.worth import total_cap_in_words, worth_in_words

NODES = SHEETS["ตัวชี้วัด"].strip().splitlines()[0] + " | คะแนนของระดับ | เพดานคะแนน\n"
MEASURES = SHEETS["รายการข้อมูล"].strip().splitlines()[0] + "\n"
RULES = SHEETS["ระดับ"].strip().splitlines()[0] + " | หักคะแนน | กลุ่มเงื่อนไข\n"
UP = "T1 | | | x | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100"
DOWN = "T1 | | | x | ≤ 50 | ≤ 40 | ≤ 30 | ≤ 20 | ≤ 10"
OFF = "T1 | | | late | > 0 | > 5 | | | | | "
GROUPED = "T1 | | | late | > 0 | > 5 | | | | | 0.5, 1 | ก"
EACH = "T1 | | | late | | | | | | | "


def codes(node: str = "", *rules: str, above: str = "", cap: str = "") -> set[tuple[str, str]]:
    """What reading and checking find, and in which row (of ตัวชี้วัด 3 is T1's, of ระดับ 2 its first)."""
    tables, found = read(
        รอบประเมิน=SHEETS["รอบประเมิน"] + (f"เพดานคะแนน | {cap}\n" if cap else ""),
        ตัวชี้วัด=NODES + f"T | | ทีม | 100 | | | {above}\nT1 | T | ตัวเดียว | 100 | | | {node}",
        รายการข้อมูล=MEASURES
        + "x | ได้ | คน | จำนวน | กรอก\nlate | ช้า | วัน | จำนวน | กรอก\nok | ดี | | ใช่/ไม่ใช่ | กรอก",
        ระดับ=RULES + "\n".join(rules or (UP,)),
        ค่าตั้งต้น="รหัสหน่วย\n3101",
    )
    quiet = ("lint-unused", "lint-no-reference")
    both = {*found, *lint(tables)}
    return {(each.code, each.place.cell) for each in both if each.code not in quiet}


SLIPS = [
    ((" | | | 5", "T1 | | | x | ≥ 20"), ("lint-own-count", "A3")),
    ((" | | | 1, 2, 3, 4, 5, 6", UP), ("lint-own-count", "A3")),
    ((" | | | 1, 1, 5", "T1 | | | x | ≥ 20 | ≥ 40 | ≥ 60"), ("lint-own-rising", "A3")),
    ((" | | | 1, 3", "T1 | | | x | ≥ 20 | ≥ 40"), ("lint-own-top", "A3")),
    ((" | | | 1, 3, 5", UP), ("lint-own-beyond", "H2")),
    (("ตามสัดส่วน", DOWN), ("lint-proportional", "I2")),
    (("ตามสัดส่วน", "T1 | | | x | ≥ 0 | – | – | – | –"), ("lint-proportional", "E2")),
    (("ตามสัดส่วน", UP, "T1 | | | ok | ใช่ | ใช่ | ใช่ | ใช่ | ใช่"), ("lint-linear-rows", "A3")),
    (("คะแนนที", UP, "T1 | | | ok | ใช่ | ใช่ | ใช่ | ใช่ | ใช่"), ("lint-standard-row", "A3")),
    ((" | | | | 4", UP), ("lint-cap-below", "A3")),
    ((" | | | | 6", UP), ("lint-cap-idle", "A3")),
    (("", UP, OFF + "1, 0.5"), ("lint-deducts-order", "E3")),
    (("", UP, OFF + "1, 6"), ("lint-deducts-whole", "E3")),
    (("", UP, GROUPED), ("lint-deducts-group", "E3")),
    (("", UP, EACH.replace("late", "x") + "0.1"), ("lint-direction", "E3")),
    (("", EACH + "0.1"), ("lint-deducts-alone", "A3")),
    (("", UP, EACH + "-0.1"), ("table-deducts-below", "K3")),
    (("", UP, OFF + "0.5"), ("table-deducts-count", "K3")),
    (("", UP, EACH + "0.5, 1"), ("table-deducts-count", "K3")),
    (("", UP, "T1 | | | ok | | | | | | | 0.5"), ("table-deducts-kind", "K3")),
    (("", UP, EACH + "มาก"), ("table-value", "K3")),
    ((" | | | 1, สาม", UP), ("table-value", "J3")),
]


@pytest.mark.parametrize(("book", "expected"), SLIPS, ids=lambda each: str(each[0]))
def test_a_slip_is_seen_where_it_stands(book: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert expected in codes(*book)


def test_what_is_meant_so_is_let_through() -> None:
    sound = (
        ("", DOWN, EACH.replace("late", "x") + "0.1"),
        ("", UP, OFF.replace("late | > 0 | > 5", "x | > 110 | > 120") + "0.5, 1"),
        (" | | | 1, 3, 5", "T1 | | | x | ≥ 20 | ≥ 40 | ≥ 60 | – | –"),
        ("ตามสัดส่วน | | | | 6", UP, EACH + "0.1"),
        ("ค่าต่อเนื่อง | | | | 5.5", UP, OFF + "0.25, 0.5"),
        ("คะแนนที", DOWN, "T1 | | | ok | ใช่ | | | | | | 1"),
    )
    for book in sound:
        assert codes(*book) == set()


def test_an_inner_node_has_no_levels() -> None:
    assert ("lint-own-inner", "A2") in codes(above=" | | | 1, 3, 5")
    assert ("lint-method-inner", "A2") in codes(above="ตามสัดส่วน")
    assert codes(above="คะแนนที") == set()


def test_a_t_score_needs_others() -> None:
    tables, _ = read(
        ตัวชี้วัด=SHEETS["ตัวชี้วัด"]
        .replace(
            "T1  | T    | เบิกจ่าย  | 60    |            |      |           |",
            "T1 | T | เบิก | 60 | | เฉพาะ 3101 | ระดับ |",
        )
        .replace(
            "I1  | I    | ข่าว     | 40    |            |      |           |",
            "I1 | I | ข่าว | 40 | | เฉพาะ 3101 | คะแนนที |",
        )
    )
    assert "lint-standard-alone" in {each.code for each in lint(tables)}


def test_the_cap_of_the_total() -> None:
    assert ("lint-cap-below", "") in codes(cap="4.5")
    assert ("lint-cap-idle", "") in codes(cap="5.5")
    assert ("table-value", "B12") in codes(cap="-1")
    assert not codes("ตามสัดส่วน | | | | 6", UP, cap="5.5")


def test_every_code_is_tried_here() -> None:
    of_points = (
        "lint-cap-",
        "lint-deducts-",
        "lint-own-",
        "lint-proportional",
        "lint-standard-",
        "table-deducts-",
    )
    tried = {expected[0] for _, expected in SLIPS} | {"lint-own-inner", "lint-standard-alone"}
    elsewhere = {"lint-own-none"}  # test_own_kpis.py
    assert {code for code in texts("finding") if code.startswith(of_points)} - elsewhere <= tried


def test_it_stands_in_words() -> None:
    tables, _ = read(**WORTH)
    words = {code: worth_in_words(tables, tables.node[code], "th") for code in tables.node}
    assert words["T1"] == [
        "ให้คะแนนตามสัดส่วน: คะแนนเต็ม 5 × ค่าที่ได้ ÷ เกณฑ์ของระดับสูงสุด",
        "คะแนนสูงสุดไม่เกิน 6",
        "หักคะแนน 0.1 ต่อ 1 วัน ของ ส่งช้า",
    ]
    assert words["T2"][0] == "คะแนนของระดับ (ระดับ 1 ขึ้นไป): 1, 3, 5"
    assert words["T2"][1].startswith("หักคะแนน 0.25 เมื่อ ส่งช้า มากกว่า 0 วัน; 0.5 เมื่อ")
    assert words["I1"] == []
    assert total_cap_in_words(tables, "en") == "The total is at most 5.2 points"


def test_a_group_makes_no_row_of_points_off_an_alternative_of_another() -> None:
    """Neither of a row that asks something, nor of one of another KPI; without a group nothing is told."""
    beside = codes("", UP + " | | | ก", GROUPED)
    assert {code for code, _ in beside if "group" in code} == {"lint-group-alone", "lint-deducts-group"}
    assert not any("group" in code for code, _ in codes("", UP, OFF + "0.5, 1"))
