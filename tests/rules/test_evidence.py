"""ต้องมีหลักฐาน by level: what the cell may say, what the check tells, what people are told."""

import pytest
from tablebook import faults, levels, read

from kpibatch.forms.page.words import how_in_words
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.measures import evidence_levels, evidence_of_computed
from kpibatch.rules.paper.words import sources_in_words, spans_in_words
from kpibatch.rules.reading.evidence import Spans, levels_named, spans

SPENT, PCT = "รายการข้อมูล!M4", "รายการข้อมูล!M5"


def asking(cells: dict[str, str]) -> LevelTables:
    tables, found = read(cells)
    assert not found
    return tables


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("3", ((3, 3),)),
        ("ระดับ 3", ((3, 3),)),
        ("ระดับที่ ๓", ((3, 3),)),
        ("3-5", ((3, 5),)),
        ("ระดับ 3 – ระดับ 5", ((3, 5),)),
        ("1, 3 ถึง 5", ((1, 1), (3, 5))),
        ("ระดับ 1 และ 4", ((1, 1), (4, 4))),
        ("ระดับ 3 ขึ้นไป", ((3, 0),)),
        ("ทุกระดับ", ((1, 0),)),
        ("5 - 3", ()),
        ("0", ()),
        ("3.5", ()),
        ("มี", ()),
        ("ระดับ 1,", ()),
    ],
)
def test_levels_are_read_as_people_list_them(text: str, named: Spans) -> None:
    assert levels_named(text) == named


def test_a_cell_that_says_yes_asks_for_a_name_and_one_with_levels_for_files() -> None:
    spent = asking({SPENT: "ใช่"}).measures["T1.spent"]
    assert (spent.needs_evidence, spent.evidence) == (True, ())
    spent = asking({SPENT: "ระดับ 3 - 4"}).measures["T1.spent"]
    assert (spent.needs_evidence, spent.evidence) == (False, ((3, 4),))
    assert [spans(spent.evidence, level) for level in range(1, 6)] == [False, False, True, True, False]


def test_what_can_not_be_read_is_told() -> None:
    assert faults(cells={SPENT: "บางระดับ"}) == [("table-value", SPENT)]


@pytest.mark.parametrize(
    ("cell", "told"), [("ระดับ 5", []), ("ระดับ 5 ขึ้นไป", []), ("ระดับ 6", ["6"]), ("4 - 6", ["6"])]
)
def test_a_level_that_there_is_not_is_an_error(cell: str, told: list[str]) -> None:
    found = list(evidence_levels(asking({SPENT: cell})))
    assert [(one.code, one.found) for one in found] == [("lint-evidence-level", level) for level in told]


def test_nobody_hands_in_evidence_of_what_is_computed() -> None:
    found = list(evidence_of_computed(asking({PCT: "ทุกระดับ", SPENT: "ทุกระดับ"})))
    assert [(one.code, one.measure) for one in found] == [("lint-evidence-source", "T1.pct")]
    assert not list(evidence_of_computed(asking({PCT: "ใช่"})))


def test_the_levels_are_said_in_words() -> None:
    tables = asking({SPENT: "ระดับ 1, 3 ขึ้นไป"})
    assert spans_in_words(tables.measures["T1.spent"].evidence, "th") == "ระดับ 1, 3 ขึ้นไป"
    assert "เบิกจ่าย: ต้องส่งไฟล์หลักฐาน ระดับ 1, 3 ขึ้นไป" in sources_in_words(tables, "T1", "th")
    assert how_in_words(tables.measures["T1.spent"], "th").endswith("ส่งไฟล์หลักฐาน ระดับ 1, 3 ขึ้นไป")
    assert levels().digest != tables.digest
