"""Letters of each layout, made up, become drafts: what they say is there, what they do not say is blank."""

from pathlib import Path

import pytest
from tablebook import faults
from workspace import open_book

from kpibatch.base.catalogue import severity_of
from kpibatch.base.errors import LetterFault
from kpibatch.rules.draft.book import write_draft
from kpibatch.rules.draft.draft import Draft, Page, draft_of
from kpibatch.rules.letter.text import letter_of
from kpibatch.rules.lint.check import check_levels
from kpibatch.rules.round import Item
from kpibatch.rules.schema import CALENDAR, DRAFT, MEASURES, NODES, ROUND, RULES

PAGES = """ที่ กก ๐๐๑๗/ว ๔๕
ศาลากลางจังหวัดตัวอย่าง
๓ เมษายน ๒๕๖๗
เรื่อง ตัวชี้วัดของอำเภอ รอบที่ ๒ ปีงบประมาณ พ.ศ. ๒๕๖๗ (๑ เมษายน ๒๕๖๗ - ๓๐ กันยายน ๒๕๖๗)
เรียน นายอำเภอทุกอำเภอ
ขอแสดงความนับถือ
ตัวชี้วัดและค่าเป้าหมาย\tน้ำหนัก ร้อยละ\tหน่วยงาน รับผิดชอบ
ตัวชี้วัดรายทีม\t\t
<p>ตัวชี้วัดที่ ๑ ร้อยละของถนนที่ซ่อม</p> <p>ระดับ ๑ ซ่อมได้มากกว่าร้อยละ ๕๐</p> <p>ระดับ ๒ ซ่อมได้\t๖๐\tกลุ่มงานช่าง ๑.(ชื่อ)

ตัวชี้วัดและค่าเป้าหมาย\tน้ำหนัก ร้อยละ\tหน่วยงาน รับผิดชอบ
<p>มากกว่าร้อยละ ๖๐</p>\t๗๐\t
ตัวชี้วัดที่ ๒ ความสำเร็จของแผน ระดับ ๑ มีแผน ระดับ ๒ ส่งรายงานภายในวันที่ ๓๑ สิงหาคม ๒๕๖๓\t๔๐\tกลุ่มงานแผน
ตัวชี้วัดรายบุคคล\t\t
ตัวชี้วัดที่ ๑ การประชุม (เฉพาะ ๒ อำเภอ ได้แก่ อำเภอเหนือ และใต้) ระดับ ๑ อย่างน้อย ๒ ครั้ง\t๑๐๐\tกลุ่มงาน แผน ๔
"""
COLUMNS = """ตัวชี้วัด ปีงบประมาณ พ.ศ. 2568
ที่\tตัวชี้วัด\tน้ำหนัก\tระดับ 1\tระดับ 2\tระดับ 3\tผู้รับผิดชอบ
1\tร้อยละการเบิกจ่าย\t60\t80\t85\t≥ 90\tกลุ่มงานคลัง
2\tจำนวนหมู่บ้านต้นแบบ\t40\t1 แห่ง\t2 แห่ง\t3 แห่ง\tกลุ่มงานแผน
"""
LINES = """ตัวชี้วัด รอบ 1 ปี 2568 (สำหรับตำแหน่งเกษตรจังหวัด)
1. ร้อยละการเบิกจ่าย น้ำหนัก 50
ระดับ 1 = ร้อยละ 60
ระดับ 2 = ร้อยละ 70
ผู้รับผิดชอบ กลุ่มงานคลัง
2. จำนวนแผน น้ำหนัก 50
ระดับ 1 : มีแผน
ระดับ 2 : มีแผนอย่างน้อย 2 แผน
"""
LIST = """การประชุมรอบการประเมินที่ 2 ปีงบประมาณ พ.ศ. 2564
3.1 ตัวชี้วัดงานรายทีม ได้แก่
(1) ตัวชี้วัดที่ 1 ร้อยละการเบิกจ่าย
(2) ตัวชี้วัดที่ 2 นโยบายสำคัญ
(2.1) การปลูกผัก
(2.2) การแต่งกาย
3.2 ตัวชี้วัดงานรายบุคคล ได้แก่
(1) ตัวชี้วัดที่ 1 การส่งรายงาน
"""
DIMENSIONS = """กรอบการประเมินจังหวัดตัวอย่าง ปีงบประมาณ พ.ศ. 2555
มิติที่ 1 : ประสิทธิผล (น้ำหนัก ร้อยละ 60)
มิติที่ 2 : คุณภาพ (น้ำหนัก ร้อยละ 40)
"""


def draft(text: str) -> Draft:
    return draft_of(letter_of("letter.txt", text.splitlines()))


def column(page: Page, name: str) -> list[str]:
    return [row.get(name, "") for row in page.rows]


def levels_of(told: Draft) -> list[list[str]]:
    columns = (RULES.kpi, *RULES.levels[: told.levels])
    return [[row.get(name, "") for name in columns] for row in told.rules.rows]


def doubts(page: Page) -> list[tuple[int, str, str]]:
    return [(row, column, doubt.why) for row, column, doubt in page.doubts]


def test_a_table_over_pages() -> None:
    told = draft(PAGES)
    assert column(told.nodes, NODES.code) == ["T", "I", "T1", "T2", "I1"]
    assert column(told.nodes, NODES.weight) == ["", "", "60", "40", "100"]
    assert column(told.nodes, NODES.responsible) == ["", "", "กลุ่มงานช่าง", "กลุ่มงานแผน", "กลุ่มงาน แผน ๔"]
    assert column(told.nodes, NODES.scope)[-1] == "เฉพาะ เหนือ, ใต้"
    assert column(told.nodes, NODES.name)[-1] == "การประชุม"
    assert levels_of(told) == [
        ["T1", "มากกว่าร้อยละ ๕๐", "มากกว่าร้อยละ ๖๐"],
        ["T2", "ใช่", ""],
        ["T2", "", "ภายใน ๓๑ สิงหาคม ๒๕๖๓"],
        ["I1", "อย่างน้อย ๒", ""],
    ]
    assert doubts(told.nodes) == [
        (3, NODES.weight, "weight-two"),
        (5, NODES.scope, "scope"),
        (5, NODES.responsible, "group"),
    ]
    assert doubts(told.rules) == [(3, "ระดับ 2", "outside-round"), (4, "ระดับ 2", "level-empty")]
    assert (told.kpis, told.weights, told.thresholds, told.doubts) == (3, 3, 4, 5)


def test_the_round_as_the_letter_says() -> None:
    told = draft(PAGES)
    assert dict(zip(column(told.round, ROUND.item), column(told.round, ROUND.value), strict=True)) == {
        Item.OWNER: "จังหวัดตัวอย่าง",
        Item.YEAR: "2567",
        Item.NUMBER: "2",
        Item.START: "1 เม.ย. 2567",
        Item.END: "30 ก.ย. 2567",
        Item.MONTHS: "",
        Item.UNIT_NOUN: "อำเภอ",
        Item.SCORES: "",
        Item.BELOW_ONE: "",
        Item.REFERENCE: "ที่ กก 0017/ว 45 ลงวันที่ 3 เมษายน 2567",
    }
    assert column(told.calendar, CALENDAR.month) == [f"2567-{month:02d}" for month in range(4, 10)]
    assert told.round.doubts == []


def test_a_day_outside_the_kpis_is_told_beside_its_month() -> None:
    told = draft(PAGES.replace("ขอแสดง", "ส่งผลภายในวันที่ ๑๕ กันยายน ๒๕๖๗ และยืนยันภายใน ๑ มีนาคม ๒๕๖๖\nขอแสดง"))
    assert doubts(told.calendar) == [(6, CALENDAR.due, "due-day")]
    assert set(column(told.calendar, CALENDAR.due)) == {""}


def test_a_column_a_level() -> None:
    told = draft(COLUMNS)
    assert column(told.nodes, NODES.name) == ["ร้อยละการเบิกจ่าย", "จำนวนหมู่บ้านต้นแบบ"]
    assert column(told.nodes, NODES.weight) == ["60", "40"]
    assert column(told.nodes, NODES.responsible) == ["กลุ่มงานคลัง", "กลุ่มงานแผน"]
    assert levels_of(told) == [["K1", "80", "85", "≥ 90"], ["K2", "1", "2", "3"]]
    assert column(told.measures, MEASURES.kind) == ["ร้อยละ", "จำนวน"]
    assert column(told.measures, MEASURES.counting_unit) == ["ร้อยละ", "แห่ง"]
    assert doubts(told.measures) == [(1, MEASURES.kind, "percent-by-name")]


def test_a_line_a_level() -> None:
    told = draft(LINES)
    assert column(told.nodes, NODES.weight) == ["50", "50"]
    assert column(told.nodes, NODES.responsible) == ["กลุ่มงานคลัง", ""]
    assert levels_of(told) == [["K1", "ร้อยละ 60", "ร้อยละ 70"], ["K2", "ใช่", ""], ["K2", "", "อย่างน้อย 2"]]
    assert told.head.values[Item.UNIT_NOUN] == "จังหวัด"
    assert told.calendar.rows == []  # the letter names no days, and nothing is made up


def test_a_list_without_levels() -> None:
    told = draft(LIST)
    assert column(told.nodes, NODES.code) == ["T", "I", "T1", "T2", "T2.1", "T2.2", "I1"]
    assert column(told.nodes, NODES.parent) == ["", "", "T", "T", "T2", "T2", "I"]
    assert set(column(told.nodes, NODES.weight)) == {""}
    assert (told.rules.rows, told.measures.rows, told.thresholds) == ([], [], 0)


def test_dimensions() -> None:
    told = draft(DIMENSIONS)
    assert column(told.nodes, NODES.code) == ["D1", "D2"]
    assert column(told.nodes, NODES.weight) == ["60", "40"]


def test_two_kpis_of_one_number_have_two_codes() -> None:
    told = draft("ตัวชี้วัดที่ 1 การซ่อมถนน\nระดับ 1 ร้อยละ 5\nตัวชี้วัดที่ 1 การปลูกผักสวนครัว\nระดับ 1 ร้อยละ 6\n")
    assert column(told.nodes, NODES.code) == ["K1", "K1_2"]
    assert doubts(told.nodes) == [(2, NODES.code, "code")]


@pytest.mark.parametrize("text", ["เรียน นายอำเภอ\nขอเชิญประชุม", "ระดับ 1 ร้อยละ 60"])
def test_a_letter_without_a_kpi_gives_no_draft(text: str) -> None:
    with pytest.raises(LetterFault) as error:
        draft(text)
    assert error.value.name == "letter-without-kpi"


@pytest.mark.parametrize(("inserted", "deleted"), [(1, 0), (0, 1)])
def test_a_letter_that_is_being_changed_gives_no_draft(inserted: int, deleted: int) -> None:
    with pytest.raises(LetterFault) as error:
        draft_of(letter_of("letter.docx", DIMENSIONS.splitlines(), inserted, deleted))
    assert error.value.name == "letter-still-tracked"


@pytest.mark.parametrize("text", [PAGES, COLUMNS, LINES, LIST, DIMENSIONS])
def test_a_draft_is_told_what_it_lacks_and_never_crashes(text: str, tmp_path: Path) -> None:
    write_draft(draft(text), tmp_path / "level_tables.xlsx", "th")
    tables, faults = check_levels(tmp_path / "level_tables.xlsx")
    assert [node.code for node in tables.nodes] == column(draft(text).nodes, NODES.code)
    assert {"lint-no-units", "lint-nobody"} <= {fault.code for fault in faults}


def test_a_doubt_is_coloured_has_a_comment_and_is_listed(tmp_path: Path) -> None:
    write_draft(draft(PAGES), tmp_path / "level_tables.xlsx", "th")
    book = open_book(tmp_path / "level_tables.xlsx")
    cell, plain = book["ตัวชี้วัด"]["D4"], book["ตัวชี้วัด"]["D5"]
    assert cell.value == 60
    assert "๖๐ (9) / ๗๐ (12)" in cell.comment.text
    assert plain.comment is None
    assert cell.fill.fgColor.rgb != plain.fill.fgColor.rgb
    listed = list(book[DRAFT.sheet].iter_rows(min_row=2, max_col=3, values_only=True))
    assert ("ตัวชี้วัด!D4", 12, "๖๐ (9) / ๗๐ (12)") in listed
    assert len(listed) == draft(PAGES).doubts
    assert book["ระดับ"]["E2"].number_format == "@"


@pytest.mark.parametrize(
    ("ticks", "unticked"), [(["", ""], ["C2"]), (["ใช่", ""], ["C3"]), (["ใช่", "ใช่"], [])]
)
def test_tables_are_refused_until_every_doubt_is_ticked(ticks: list[str], unticked: list[str]) -> None:
    rows = "\n".join(f"ระดับ!E{at} | 3 | {tick}" for at, tick in enumerate(ticks, 2))
    told = faults(ร่าง=f"ช่องที่ | บรรทัด | ตรวจแล้ว\n{rows}")
    assert told == [("draft-unchecked", f"ร่าง!{cell}") for cell in unticked]
    assert severity_of("draft-unchecked") == "error"


def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_draft(draft(PAGES), tmp_path / name, "th")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
