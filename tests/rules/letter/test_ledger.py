"""``levels check --letter``: each kind of slip between a letter and the tables just beside a sound one."""

from functools import cache

import pytest
from tablebook import levels

from kpibatch.rules.letter.check import check_letter
from kpibatch.rules.letter.figures import figures_in
from kpibatch.rules.letter.ledger import Ledger
from kpibatch.rules.letter.text import letter_of

LETTER = """เรื่อง ตัวอย่างตัวชี้วัด รอบการประเมินที่ ๒ ปีงบประมาณ พ.ศ. ๒๕๖๕ (๑ เมษายน - ๓๐ กันยายน ๒๕๖๕)
ตัวชี้วัด\tน้ำหนัก\tกลุ่มงานรับผิดชอบ
ตัวชี้วัดรายทีม\t\t
ตัวชี้วัดที่ ๑ เบิกจ่าย ระดับ ๑ ไม่น้อยกว่าร้อยละ ๖๐ ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐\t๖๐\tคลัง
"""


@cache
def figures(text: str) -> list[tuple[str, str, str]]:
    return [(each.kind.value, each.role.value, each.text) for each in figures_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ไม่น้อยกว่าร้อยละ ๘๐พร้อม", [("percent", "rule", "๘๐")]),
        ("ร้อยละ ๘๑ - ๘๕", [("percent", "rule", "๘๑"), ("percent", "rule", "๘๕")]),
        ("ร้อยละ 8O", [("number", "doubtful", "8O")]),
        ("ร้อยละ 80", [("percent", "rule", "80")]),
        ("ภายในวันที่ ๓๐ กันยายน ๒๕๖๕", [("date", "rule", "๓๐ กันยายน ๒๕๖๕")]),
        ("ภายในวันที่ ๓๑ กันยายน ๒๕๖๕", [("date", "doubtful", "๓๑ กันยายน ๒๕๖๕")]),
        ("งวดที่ ๒", [("number", "order", "๒")]),
        ("อย่างน้อย ๒ งวด", [("number", "rule", "๒")]),
        ("ตามแผน ๔", [("number", "doubtful", "๔")]),
        ("อย่างน้อย ๔ ครั้ง", [("number", "rule", "๔")]),
    ],
)
def test_what_a_figure_is(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert figures(text) == expected


def ledger(letter: str = LETTER) -> Ledger:
    tables = levels()
    return check_letter(letter_of("letter.txt", letter.splitlines()), tables, {})


def codes(told: Ledger) -> set[str]:
    return {each.code for each in told.findings}


def test_another_round_is_told_first() -> None:
    other = LETTER.replace("ที่ ๒ ปีงบประมาณ", "ที่ ๑ ปีงบประมาณ")
    assert "letter-other-round" not in codes(ledger())
    assert ledger(other).findings[0].code == "letter-other-round"


def test_two_weights_of_one_kpi_are_told() -> None:
    twice = LETTER + "ต่อจากหน้าก่อน\t๑๕\tคลัง\n"
    assert "letter-two-weights" not in codes(ledger())
    assert "letter-two-weights" in codes(ledger(twice))
