"""Texts that look the same are the same text, whatever letters they are made of."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.thai import fold, is_blank, read_date, read_month, read_number, read_yes_no, squash

UNSEEN = (
    "\u00ad\u200b\u200d\u200e\u200f\u202a\u202c\u202d\u202e\u2060\u2066\u2069\ufe0e\ufe0f\ufeff\U000e0100"
)
SPACES = "\u00a0\u2007\u2009\u202f\u3000\t"
WORDS = ["น้ำหนัก", "สำเนา", "ต่ำสุด", "แบบรายงาน", "ที่มา", "ใช่/ไม่ใช่", "กลุ่มเป้าหมาย", "ผู้รับผิดชอบ", "ปีที่แล้ว", "Unit 4"]
TYPED = [
    (read_number, "๑,๒๕๐.๕", 1250.5),
    (read_number, "ร้อยละ 85", 85),
    (read_number, "จำนวน 3", 3),
    (read_date, "10 มิ.ย. 2565", date(2022, 6, 10)),
    (read_month, "มิถุนายน 2565", "2565-06"),
    (read_yes_no, "ไม่มี", False),
    (read_yes_no, "ครบ", True),
    (read_yes_no, "✔", True),
]


def otherwise(text: str, draw) -> str:
    """The same text as other programs would leave it: marks added, vowels in other letters, doubled tones."""
    for whole, parts in (("แ", "เเ"), ("\u0e33", "\u0e4d\u0e32"), ("\u0e49\u0e33", "\u0e4d\u0e49\u0e32")):
        text = text.replace(whole, parts) if draw(st.booleans()) else text
    for mark in "\u0e48\u0e49\u0e35":
        text = text.replace(mark, mark * draw(st.integers(1, 2)))
    text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), text)
    text = "".join(draw(st.sampled_from(["", *UNSEEN])) + letter for letter in text)
    return text.replace(" ", draw(st.sampled_from([" ", *SPACES]))) + draw(
        st.sampled_from(["", *UNSEEN, *SPACES])
    )


@given(st.data())
def test_what_nobody_sees_changes_no_text(data):
    word = data.draw(st.sampled_from(WORDS))
    assert squash(otherwise(word, data.draw)) == word


@given(st.data())
def test_what_nobody_sees_changes_nothing_that_is_read(data):
    read, text, meaning = data.draw(st.sampled_from(TYPED))
    assert read(otherwise(text, data.draw)) == meaning


@given(st.text(st.sampled_from("กนเแ" + "".join(map(chr, range(0x0E30, 0x0E4F))) + " \u200b"), max_size=8))
def test_a_text_written_the_one_way_stays(text):
    assert squash(squash(text)) == squash(text)


@pytest.mark.parametrize(
    "pair",
    [
        ("น\u0e33\u0e49", "น\u0e49\u0e33"),
        ("ท\u0e48\u0e35", "ท\u0e35\u0e48"),
        ("ก\u0e4d\u0e4d\u0e32", "ก\u0e33"),
        ("é", "e\u0301"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_letters_in_another_order(pair):
    assert squash(pair[0]) == squash(pair[1])


@pytest.mark.parametrize(
    "pair",
    [("ป่า", "ปา"), ("นา", "นำ"), ("ฤา", "ฤๅ"), ("81 85", "8185"), ("าา", "า"), ("ๆๆ", "ๆ"), ("โไ", "ไโ")],
)
def test_what_looks_different_stays_different(pair):
    assert fold(pair[0]) != fold(pair[1])


@pytest.mark.parametrize("pair", [("ระดับ ๔", "ระดับ 4"), ("ＵＮＩＴ　４", "unit 4"), ("T1.PCT", "t1.pct")])
def test_digits_width_and_case_make_no_other_name(pair):
    assert fold(pair[0]) == fold(pair[1])


@pytest.mark.slow
def test_blank_is_what_squash_leaves_nothing_of():
    """Every letter of the planes that hold any, and some of those that hold none."""
    letters = [
        *range(0x40000),
        *range(0x40000, 0xE0000, 997),
        *range(0xE0000, 0xE1000),
        *range(0xE1000, 0x110000, 997),
    ]
    assert all(is_blank(letter) == (not squash(letter)) for letter in map(chr, letters))
