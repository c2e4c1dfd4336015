"""The level tables in words, as an office writes them."""

import pytest
from reckoning import reckoning
from tablebook import one_kpi, read
from weighing import leaving, weighing

from kpibatch.rules.checks import USUAL, BuiltIn
from kpibatch.rules.paper.made import made_in_words
from kpibatch.rules.paper.words import (
    applies_in_words,
    asked,
    bound,
    case_in_words,
    check_in_words,
    leaves_in_words,
    sources_in_words,
    weight_in_words,
    weights_under,
)
from kpibatch.rules.phrases import parse
from kpibatch.rules.records import TOTAL

MEASURES = """
    x.pct  | ผล     | ร้อยละ     | ร้อยละ   | กรอก | ล่าสุด
    x.hh   | ครัวเรือน | ครัวเรือน    | จำนวน   | กรอก | ล่าสุด
    x.baht | ยอดขาย  | บาท       | จำนวนเงิน | กรอก | ล่าสุด
    x.day  | วันส่ง   |           | วันที่     | กรอก | ล่าสุด
    x.plan | แผน    |           | ใช่/ไม่ใช่ | กรอก | ล่าสุด
    x.n    | กำลังคน  | คน        | จำนวน   | กรอก | ล่าสุด
"""


@pytest.mark.parametrize(
    ("measure", "condition", "thai", "english"),
    [
        ("x.pct", "≥ 80", "ผล ไม่น้อยกว่าร้อยละ 80", "ผล at least 80 %"),
        ("x.pct", "ตั้งแต่ร้อยละ ๑๐๐.๐๑ ขึ้นไป", "ผล ไม่น้อยกว่าร้อยละ 100.01", "ผล at least 100.01 %"),
        ("x.pct", "> 95", "ผล มากกว่าร้อยละ 95", "ผล more than 95 %"),
        ("x.pct", "คงเหลือไม่เกินร้อยละ ๓๕", "ผล ไม่เกินร้อยละ 35", "ผล at most 35 %"),
        ("x.pct", "ต่ำกว่า 5.5", "ผล น้อยกว่าร้อยละ 5.5", "ผล less than 5.5 %"),
        ("x.pct", "เท่ากับ 100", "ผล เท่ากับร้อยละ 100 พอดี", "ผล exactly 100 %"),
        ("x.hh", "อย่างน้อย 20", "ครัวเรือน ไม่น้อยกว่า 20 ครัวเรือน", "ครัวเรือน at least 20 ครัวเรือน"),
        ("x.hh", "≥ 12,500", "ครัวเรือน ไม่น้อยกว่า 12,500 ครัวเรือน", "ครัวเรือน at least 12,500 ครัวเรือน"),
        ("x.baht", "≥ 1,234,567.89", "ยอดขาย ไม่น้อยกว่า 1,234,567.89 บาท", "ยอดขาย at least 1,234,567.89 บาท"),
        ("x.day", "ภายใน 10 กันยายน พ.ศ. ๒๕๖๕", "วันส่ง ภายใน 10 ก.ย. 2565", "วันส่ง by 10 Sep 2022"),
        ("x.day", "ก่อน 31 ธ.ค. 2564", "วันส่ง ก่อน 31 ธ.ค. 2564", "วันส่ง before 31 Dec 2021"),
        ("x.plan", "ใช่", "แผน", "แผน: yes"),
        ("x.plan", "ไม่ใช่", "ไม่มีแผน", "แผน: no"),
    ],
)
def test_a_condition_in_words(measure: str, condition: str, thai: str, english: str) -> None:
    tables = one_kpi(MEASURES, "T1 | | | x.pct | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    assert [asked(tables, measure, parse(condition), language) for language in ("th", "en")] == [
        thai,
        english,
    ]


@pytest.mark.parametrize(
    ("row", "thai", "english"),
    [
        ("x.hh | ≤ | 5", "[เตือน]  ครัวเรือน ≤ 5 ครัวเรือน", "[warning]  ครัวเรือน ≤ 5 ครัวเรือน"),
        (
            "x.hh | ≤ | 1.5 × x.baht | ผิด",
            "[ผิด]  ครัวเรือน ≤ 1.5 × ยอดขาย",
            "[error]  ครัวเรือน ≤ 1.5 × ยอดขาย",
        ),
        (
            "x.hh | >= | เดือนก่อน | หมายเหตุ",
            "[หมายเหตุ]  ครัวเรือน ≥ ค่าของเดือนก่อน",
            "[note]  ครัวเรือน ≥ its value of the month before",
        ),
        (
            "x.plan | ≥ | มี x.hh",
            "[เตือน]  ถ้า ครัวเรือน มากกว่า 0 ต้องตอบ ใช่ ใน แผน",
            "[warning]  where ครัวเรือน is more than 0, the answer to แผน must be yes",
        ),
        (
            "x.plan | = | มี x.hh",
            "[เตือน]  แผน = “มี” (ครัวเรือน มากกว่า 0)",
            "[warning]  แผน = “yes” (ครัวเรือน is more than 0)",
        ),
        ("x.day | ≤ | ๑๐ ก.ย. ๒๕๖๕", "[เตือน]  วันส่ง ≤ 10 ก.ย. 2565", "[warning]  วันส่ง ≤ 10 ก.ย. 2565"),
        (
            "x.hh | ≤ | 5 | | ถามก่อน | ไม่ใช่",
            "[เตือน]  ครัวเรือน ≤ 5 ครัวเรือน  “ถามก่อน”  (ไม่ใช้)",
            "[warning]  ครัวเรือน ≤ 5 ครัวเรือน  “ถามก่อน”  (not in use)",
        ),
    ],
)
def test_a_check_in_words(row: str, thai: str, english: str) -> None:
    checks = {"กฎตรวจ": f"ซ้าย | เทียบ | ขวา | ความรุนแรง | ข้อความ | ใช้\n{row}"}
    tables = one_kpi(MEASURES.strip(), "T1 | | | x.pct | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5", **checks)
    own, *built_in = tables.checks.listed
    assert [check_in_words(tables, own, language) for language in ("th", "en")] == [thai, english]
    assert [each.name for each in built_in] == list(BuiltIn)


def test_a_built_in_check_in_words_says_its_limit() -> None:
    tables = one_kpi(MEASURES.strip(), "T1 | | | x.pct | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    words = [check_in_words(tables, each, "th") for each in tables.checks.listed]
    limits = [f"{USUAL[name]:g}" if name in USUAL else "" for name in BuiltIn]
    assert [limit for limit, line in zip(limits, words, strict=True) if limit not in line] == []
    assert len(set(words)) == len(BuiltIn)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("≤ 2", ["ไม่เกิน 2 คน"]),
        ("> 4", ["มากกว่า 4 คน"]),
        ("3 - 4", ["ตั้งแต่ 3 คน", "ถึง 4 คน"]),
        ("2 < x ≤ 4", ["มากกว่า 2 คน", "ไม่เกิน 4 คน"]),
        ("2 ≤ x < 4", ["2 คน", "น้อยกว่า 4 คน"]),
    ],
)
def test_a_case_in_words_keeps_its_open_ends(condition: str, words: list[str]) -> None:
    tables = one_kpi(MEASURES, f"T1 | x.n | {condition} | x.hh | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    text = case_in_words(tables, tables.cases_of("T1")[0], "th")
    assert text.startswith("กรณี กำลังคน ")
    assert [part for part in words if part not in text] == []


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("≤ 2, ≤ 4, > 4", "ไม่เกิน 2 คน, มากกว่า 2 คน แต่ไม่เกิน 4 คน, มากกว่า 4 คน"),
        ("< 2, ≤ 4", "น้อยกว่า 2 คน, ตั้งแต่ 2 คน ถึง 4 คน"),
        ("≥ 5, ≥ 3", "ไม่น้อยกว่า 5 คน, ตั้งแต่ 3 คน แต่น้อยกว่า 5 คน"),
        ("> 5, ≥ 3, ≥ 0", "มากกว่า 5 คน, ตั้งแต่ 3 คน ถึง 5 คน, ตั้งแต่ 0 คน แต่น้อยกว่า 3 คน"),
        ("≤ 2, 3 - 4, ≥ 2", "ไม่เกิน 2 คน, ตั้งแต่ 3 คน ถึง 4 คน, มากกว่า 2 คน"),
        ("≤ 4, ≤ 2", "ไม่เกิน 4 คน, ไม่เกิน 2 คน"),
        ("2 - 3, ≤ 3", "ตั้งแต่ 2 คน ถึง 3 คน, น้อยกว่า 2 คน"),
        ("2 - 3, ≤ 4", "ตั้งแต่ 2 คน ถึง 3 คน, ไม่เกิน 4 คน"),
    ],
)
def test_a_case_in_words_leaves_out_what_those_above_it_take(conditions: str, words: str) -> None:
    rows = (f"T1 | x.n | {each} | x.hh | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5" for each in conditions.split(", "))
    tables = one_kpi(MEASURES, "\n".join(rows))
    said = (case_in_words(tables, case, "th").removeprefix("กรณี กำลังคน ") for case in tables.cases_of("T1"))
    assert ", ".join(said) == words


def test_a_band_of_percents_in_words() -> None:
    one = one_kpi(MEASURES, "T1 | | | x.pct | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5").measures["x.pct"]
    assert bound(parse("81 - 85"), one, "th") == "ตั้งแต่ร้อยละ 81 ถึงร้อยละ 85"


@pytest.mark.parametrize(
    ("typed_in", "words"),
    [
        (None, ""),
        ("เฉพาะ 3103, 3101", "เฉพาะ เมือง, กระสัง"),
        ("ยกเว้น คูเมือง และ เมือง", "ยกเว้น เมือง, คูเมือง"),
        ("กลุ่ม ใต้, เหนือ", "กลุ่ม เหนือ, ใต้"),
        ("ตำแหน่ง ใต้, เหนือ", "ตำแหน่ง เหนือ, ใต้"),
    ],
)
def test_whom_a_kpi_applies_to_in_words(typed_in: str | None, words: str) -> None:
    tables, _ = read({"ตัวชี้วัด!F5": typed_in})
    assert applies_in_words(tables, tables.node["I1"], "th") == words


def test_what_a_node_weighs_in_words() -> None:
    tables = weighing()
    words = {code: weight_in_words(tables, tables.node[code], "th") for code in ("T", "T1", "T2", "I1")}
    assert words == {
        "T": "60",
        "T1": "70 (กลุ่ม ใหญ่), 40 (เฉพาะ กระสัง, สตึก)",
        "T2": "30 (กลุ่ม ใหญ่), 60 (หน่วยอื่น)",
        "I1": "ตาม น้ำหนักแผน",
    }
    assert applies_in_words(tables, tables.node["T1"], "th") == ""
    assert [weights_under(tables, code) for code in ("T", "I", TOTAL)] == [100, 100, 100]


@pytest.mark.parametrize(
    ("code", "thai", "english"),
    [
        ("done", "จำนวนข้อที่ทำแล้ว จาก 4 ข้อ: มีแผน, ประชุม, รายงาน, วันเปิดศูนย์", "how many are done, of 4:"),
        ("rise", "ผลปีนี้ ลบด้วย ผลปีก่อน  (ปัดเป็นทศนิยม 1 ตำแหน่งก่อนเทียบกับเกณฑ์)", "rounded to 1 decimals"),
        ("load", "ผู้รับบริการ หารด้วย เจ้าหน้าที่", "divided by"),
        ("mean", "ค่าเฉลี่ยของ 3 รายการ: ด้านหนึ่ง, ด้านสอง, ด้านสาม", "the mean of 3"),
        ("best", "ค่าเฉลี่ยของ 2 ค่าที่สูงสุด จาก 3 รายการ: ด้านหนึ่ง", "the mean of the 2 highest of 3"),
        ("top", "ค่าที่มากที่สุดของ 3 รายการ", "the highest of 3"),
        ("least", "ค่าที่น้อยที่สุดของ 3 รายการ", "the lowest of 3"),
        ("days", "จำนวนวันทำการ ตั้งแต่วันถัดจาก วันรับเรื่อง จนถึง วันปิดเรื่อง", "the working days from the day after"),
        ("late", "สรุปรายเดือนแบบ รวม", "over the months as รวม"),
        ("month", "เดือนแรกเป็น 1", "the first being 1"),
        ("a", "(ปัดเป็นทศนิยม 2 ตำแหน่งก่อนเทียบกับเกณฑ์)", "(rounded to 2 decimals"),
    ],
)
def test_how_a_measure_is_worked_out(code: str, thai: str, english: str) -> None:
    tables = reckoning()
    assert thai in made_in_words(tables, tables.measures[code], "th")
    assert english in made_in_words(tables, tables.measures[code], "en")
    label = tables.measures[code].label
    assert any(
        line.startswith(f"{label}: ") and thai in line
        for line in sources_in_words(tables, tables.kpi_of[code], "th")
    )


def test_what_its_name_says_is_not_said_again() -> None:
    tables = reckoning()
    assert [made_in_words(tables, tables.measures[code], "th") for code in ("plan", "base", "news")] == [
        ""
    ] * 3


def test_that_a_kpi_leaves_is_said() -> None:
    nodes = leaving().node
    assert [leaves_in_words(nodes[code], "th") for code in "RN"] == ["ไม่มีกลุ่มเป้าหมาย = ตัดออก", ""]
