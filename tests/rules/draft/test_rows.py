"""Items of all levels become rows: which are one measure, which are cases, and what is read between the
lines, with its doubt.
"""

from kpibatch.rules.draft.items import Item, items_of
from kpibatch.rules.draft.rows import Row, rows_of
from kpibatch.rules.letter.parts import Parts, Stretch, What


def rows(*levels: str) -> list[Row]:
    """The rows of a KPI whose levels say that, a line an item."""
    listed = {
        level: [Item(line, level, str(at)) for at, line in enumerate(text.splitlines(), 1)]
        for level, text in enumerate(levels, 1)
    }
    return rows_of(listed).rows


def typed(row: Row) -> list[str]:
    return [row.typed.get(level, "") for level in range(1, max(row.typed) + 1)]


def why(row: Row) -> list[tuple[int, str]]:
    return [(level, doubt.why) for level in sorted(row.doubts) for doubt in row.doubts[level]]


def test_what_two_levels_say_in_the_same_words_is_one_row() -> None:
    first, second = rows(
        "ซ่อมถนนได้ร้อยละ ๕๐ ของแผน\nมีรายงานอย่างน้อย ๑ ฉบับ", "มีรายงานอย่างน้อย ๒ ฉบับ\nซ่อมถนนได้ร้อยละ ๖๐ ของแผน"
    )
    assert typed(first) == ["ได้ร้อยละ ๕๐", "ได้ร้อยละ ๖๐"]
    assert typed(second) == ["อย่างน้อย ๑", "อย่างน้อย ๒"]


def test_other_words_are_another_row() -> None:
    both = rows("ร้อยละ 80 ของถนนที่ซ่อมแล้ว", "ร้อยละ 90 ของผู้ใช้บริการพึงพอใจ")
    assert [typed(row) for row in both] == [["ร้อยละ 80"], ["", "ร้อยละ 90"]]


def test_the_same_deed_at_two_levels_is_one_row() -> None:
    assert [typed(row) for row in rows("มีแผนประจำปี", "มีแผนประจำปี\nมีคำสั่งแต่งตั้ง")] == [["ใช่", "ใช่"], ["", "ใช่"]]


def test_people_decide_the_case() -> None:
    few, many = rows(
        "เจ้าหน้าที่ไม่เกิน ๓ คน มีข่าวไม่น้อยกว่า ๑ ข่าว\nเจ้าหน้าที่มากกว่า ๓ คน มีข่าวไม่น้อยกว่า ๒ ข่าว",
        "เจ้าหน้าที่ไม่เกิน ๓ คน มีข่าวไม่น้อยกว่า ๒ ข่าว\nเจ้าหน้าที่มากกว่า ๓ คน มีข่าวไม่น้อยกว่า ๔ ข่าว",
    )
    assert few.case
    assert many.case
    assert (few.case.subject, few.case.condition, typed(few)) == (
        "เจ้าหน้าที่",
        "ไม่เกิน ๓",
        ["ไม่น้อยกว่า ๑", "ไม่น้อยกว่า ๒"],
    )
    assert (many.case.condition, typed(many)) == ("มากกว่า ๓", ["ไม่น้อยกว่า ๒", "ไม่น้อยกว่า ๔"])


def test_two_cases_are_one_question_and_doubted() -> None:
    text = "กรณีมีหนี้ค้าง อำเภอเรียกคืนได้ร้อยละ ๑๐\nกรณีไม่มีหนี้ค้าง อำเภอตรวจกองทุนร้อยละ ๒๐\nมีรายงานประจำปี"
    having, without, always = rows(text)
    assert having.case
    assert without.case
    assert (having.case.condition, without.case.condition, always.case) == ("ใช่", "ไม่ใช่", None)
    assert [doubt.why for doubt in having.case.doubts] == ["case"]


def test_one_case_alone_is_for_all_and_doubted() -> None:
    (row,) = rows("ในกรณีมีเรื่องร้องเรียน อำเภอแก้ไขได้ร้อยละ ๘๐")
    assert row.case is None
    assert why(row) == [(1, "lone-case")]


def test_a_dropped_word_is_mended_and_doubted() -> None:
    (row,) = rows("ขายเพิ่มน้อยกว่าร้อยละ 4", "ขายเพิ่มไม่น้อยกว่าร้อยละ 5", "ขายเพิ่มไม่น้อยกว่าร้อยละ 6")
    assert typed(row)[0] == "ไม่น้อยกว่าร้อยละ 4"
    assert why(row) == [(1, "dropped")]
    (two,) = rows("ขายเพิ่มน้อยกว่าร้อยละ 4", "ขายเพิ่มไม่น้อยกว่าร้อยละ 5")
    assert typed(two)[0] == "น้อยกว่าร้อยละ 4"  # one other level is no proof


def test_bands_from_below_begin_where_the_level_before_ends() -> None:
    (row,) = rows("เบิกได้น้อยกว่าร้อยละ 50", "เบิกได้น้อยกว่าร้อยละ 60", "เบิกได้ร้อยละ 60")
    assert typed(row) == ["น้อยกว่าร้อยละ 50", "50 ≤ x < 60", "ได้ร้อยละ 60"]
    assert why(row) == [(2, "band")]
    (lower_is_better,) = rows("ค้างน้อยกว่าร้อยละ 50", "ค้างน้อยกว่าร้อยละ 40", "ค้างน้อยกว่าร้อยละ 30")
    assert typed(lower_is_better)[1] == "น้อยกว่าร้อยละ 40"


def test_all_of_it_is_a_hundred_beside_a_percent_only() -> None:
    (row,) = rows("จัดเก็บข้อมูลครัวเรือนร้อยละ 95 ของเป้าหมาย", "จัดเก็บข้อมูลครัวเรือนครบตามเป้าหมาย")
    assert typed(row) == ["ร้อยละ 95", "≥ 100"]
    assert why(row) == [(2, "all")]
    far = rows("จัดเก็บข้อมูลครัวเรือนครบตามเป้าหมาย", "มีคำสั่ง", "จัดเก็บข้อมูลครัวเรือนร้อยละ 95 ของเป้าหมาย")
    assert [typed(row) for row in far] == [["ใช่"], ["", "ใช่"], ["", "", "ร้อยละ 95"]]


def test_as_before_is_nothing_more_or_less_where_a_change_is_asked() -> None:
    (row,) = rows("อำเภอบริหารหนี้ค้างได้เท่าเดิม จากหนี้ต้นปี", "อำเภอบริหารหนี้ค้างลดลงได้ร้อยละ 5 จากหนี้ต้นปี")
    assert typed(row) == ["≥ 0", "ได้ร้อยละ 5"]
    assert why(row) == [(1, "unchanged")]


def listed(*texts: tuple[int, int, str]) -> dict[int, list[str]]:
    """The items of stretches given as level, line and text."""
    stretches = [Stretch(0, level, What.TEXT, text, line) for level, line, text in texts]
    items = items_of(Parts(stretches=stretches), 0)
    return {level: [f"{item.number}|{item.text}" for item in each] for level, each in items.items()}


def test_a_page_end_cuts_no_item_in_two() -> None:
    told = listed((1, 3, "ดังนี้"), (1, 3, "๑. มีแผน"), (1, 9, "ของอำเภอ"), (1, 9, "๒. มีรายงาน"))
    assert told == {1: ["|ดังนี้", "1|มีแผน ของอำเภอ", "2|มีรายงาน"]}


def test_an_item_carried_over_goes_back_to_its_level() -> None:
    told = listed(
        (3, 3, "จัดเก็บร้อยละ ๙๕"), (4, 8, "๒. ใช้งบร้อยละ ๘๐"), (4, 8, "๑. จัดเก็บครบ"), (4, 8, "๒. ใช้งบร้อยละ ๙๐")
    )
    assert told == {3: ["|จัดเก็บร้อยละ ๙๕", "2|ใช้งบร้อยละ ๘๐"], 4: ["1|จัดเก็บครบ", "2|ใช้งบร้อยละ ๙๐"]}


def test_items_in_one_line_are_told_apart_and_what_only_looks_like_one_is_not() -> None:
    assert listed((1, 1, "มีดังนี้ ๑. มีแผน ๒. มีผล ตามข้อ ๗. ของระเบียบ")) == {
        1: ["|มีดังนี้", "1|มีแผน", "2|มีผล ตามข้อ ๗. ของระเบียบ"]
    }
    assert listed((1, 1, "- มีแผน - มีผล ไตรมาส ๑ - ๒")) == {1: ["-|มีแผน", "-|มีผล ไตรมาส ๑ - ๒"]}
