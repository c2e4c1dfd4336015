"""Which KPI and level a cell of a letter's table is about, by the headings of its columns."""

import pytest

from kpibatch.rules.letter.columns import group_line, is_group, level_of, numbered
from kpibatch.rules.letter.parts import Parts, What, parts_of
from kpibatch.rules.letter.text import letter_of

HEADS = ["ลำดับ", "ตัวชี้วัด", "น้ำหนัก", "1", "2", "3"]


@pytest.mark.parametrize(
    ("heading", "level"),
    [("ระดับ ๓", 3), ("ระดับที่ 4", 4), ("5 คะแนน", 5), ("1", 1), ("10", 0), ("ปี 2565", 0), ("", 0), ("ระดับ", 0)],
)
def test_a_column_is_about_a_level(heading: str, level: int) -> None:
    assert level_of(heading) == level


def test_who_is_responsible_has_a_column_or_a_line() -> None:
    assert [is_group(heading) for heading in ("ผู้รับผิดชอบ", "กลุ่มงาน/ฝ่าย รับผิดชอบ", "น้ำหนัก")] == [
        True,
        True,
        False,
    ]
    assert group_line("หน่วยงานรับผิดชอบ: สำนักงานเกษตร") == "สำนักงานเกษตร"
    assert group_line("ผู้รับผิดชอบส่งรายงานทุกเดือน") == ""


def test_a_number_in_a_cell_of_its_own_heads_the_row() -> None:
    assert numbered(HEADS, ["๒", "การเบิกจ่าย", "50", "80"])[:2] == ["", "2. การเบิกจ่าย"]
    assert numbered(HEADS, ["รวม", "", "100", ""]) == ["รวม", "", "100", ""]
    assert numbered(["ที่", "กิจกรรม"], ["2", "ประชุม"]) == ["2", "ประชุม"]


def read(*lines: str) -> Parts:
    return parts_of(letter_of("letter.txt", list(lines)))


def test_cells_go_to_their_levels() -> None:
    parts = read("\t".join(HEADS), "1\tการเบิกจ่าย\t50\t70\t80\t90", "2\tการประชุม\t50\t1\t2\t3")
    assert [(each.number, each.name) for each in parts.headings] == [("1", "การเบิกจ่าย"), ("2", "การประชุม")]
    assert [(each.level, each.text) for each in parts.of(1, What.TEXT)] == [(1, "1"), (2, "2"), (3, "3")]
    assert [each.text for each in parts.of(0, What.WEIGHT)] == ["50"]


def test_a_numbered_line_heads_a_kpi_only_with_a_weight() -> None:
    assert [each.name for each in read("1. การเบิกจ่าย น้ำหนัก 50", "ระดับ 1 ร้อยละ 5").headings] == ["การเบิกจ่าย"]
    assert read("1. ให้อำเภอรายงาน", "2. ให้อำเภอตรวจ").headings == []


def test_a_year_alone_in_a_column_is_no_text() -> None:
    parts = read(
        "# ตัวชี้วัด เกณฑ์ น้ำหนัก ปี รอบ", "1 การเบิกจ่าย ระดับ 1 ร้อยละ 5", "ระดับ 2 ร้อยละ 6", "20", "2565", "1"
    )
    assert [each.text for each in parts.of(0, What.TEXT)] == ["ร้อยละ 5", "ร้อยละ 6"]
    assert [each.text for each in parts.of(0, What.ROUND)] == ["2565", "1"]
