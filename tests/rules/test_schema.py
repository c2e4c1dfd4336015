"""The level-table workbook's sheets and columns are spelled in one file, and are those of the design."""

import ast
import re
from collections.abc import Iterator, Sequence

import pytest
from house import FILES, name_of, nodes_of

from kpibatch.rules.schema import (
    BASELINES,
    CALENDAR,
    GUIDE,
    MOST_LEVELS,
    RATING,
    ROUND,
    RULES,
    SHEETS,
    SINCE,
    Column,
    Item,
    Sheet,
)

NAMES = {str(name) for each in SHEETS for name in (each.sheet, *each.columns)} | {GUIDE, *map(str, Item)}
ANY_NAME = re.compile(rf"""["'}}](?:{"|".join(map(re.escape, NAMES))})["'{{]""")  # as a text or in one
OTHERS_WORDS = {
    "rules/records.py": {
        "หน่วย",
        "ค่าตั้งต้น",
        "ต่ำสุด",
        "สูงสุด",
        "ระดับ",
    },  # words of choices
    "rules/checks.py": {"หมายเหตุ"},  # a word of ความรุนแรง
    "months/increments/terms.py": {"ค่า", "ชื่อ", "ผล", "รหัส", "รายการ", "หมายเหตุ"},  # of salaries.xlsx
    "commands/usage/months.py": {"เดือน"},  # before a month as it is typed
    "base/thai.py": {"เดือน"},  # a word before a month's name
    "intake/arrivals.py": {"ไฟล์"},  # a heading of the list of arrivals
    "base/kinds.py": {"งาน", "เดือน", "ระดับ", "วันที่"},  # a kind, and what is measured and not counted
    "forms/layout.py": {"หมายเหตุ", "รายการข้อมูล", "หน่วยนับ", "ค่าตั้งต้น"},  # the form's own headings
    "forms/office.py": {"ระดับ"},  # a token
    "rules/draft/nodes.py": {"ทีม"},  # the section of a letter
    "rules/draft/stated.py": {"เดือน"},  # what a letter counts
    "intake/corrections.py": {
        "หน่วย",
        "รายการข้อมูล",
        "เดือน",
        "ค่า",
        "รหัสหน่วย",
        "เหตุผล",
        "วันที่",
    },  # the corrections' own columns
}
# the words of a letter are its own
ELSEWHERE = [
    path
    for path in FILES
    if name_of(path) not in ("rules/schema.py", "rules/round.py")
    and not name_of(path).startswith("rules/letter/")
]


def texts(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every text of a file but its docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = (node.body[0] for node in nodes if isinstance(node, owners) and node.body)
    docstrings = {id(first.value) for first in bodies if isinstance(first, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_no_other_file_spells_a_sheet_or_column() -> None:
    holding = [path for path in ELSEWHERE if ANY_NAME.search(path.read_text(encoding="utf-8"))]
    spelled = {name_of(path): set(texts(nodes_of(path))) & NAMES for path in holding}
    assert {name: words for name, words in spelled.items() if words} == OTHERS_WORDS


@pytest.mark.parametrize("each", SHEETS, ids=lambda each: each.sheet)
def test_a_sheet_knows_its_columns(each: Sheet) -> None:
    assert set(each.required) <= set(each.columns)
    may_lack = {SINCE, RULES.deducts, CALENDAR.task}
    assert {column for key in each.keys for column in key} - may_lack <= set(each.required)
    assert [each.column(heading) for heading in map(str, each.columns)] == list(each.columns)
    assert each.column(str(each.columns[0])) is each.columns[0]


def test_levels_are_two_to_nine_columns() -> None:
    levels = [f"ระดับ {level}" for level in range(1, MOST_LEVELS + 1)]
    assert list(RULES.levels) == levels
    assert [level for level in levels if level in RULES.required] == ["ระดับ 1", "ระดับ 2"]
    assert RULES.others == (*levels[2:], RULES.group, SINCE, RULES.deducts)


@pytest.mark.parametrize("each", [ROUND, RATING, CALENDAR], ids=lambda each: each.sheet)
def test_the_small_sheets_may_say_in_a_column_of_notes_where_the_letter_is_silent(each: Sheet) -> None:
    assert each.others is not None
    assert each.others[:1] == ("หมายเหตุ",)


def test_baselines_are_headed_by_any_measures_code() -> None:
    assert BASELINES.others is None
    assert BASELINES.column("T1.spent").content == "number"
    assert BASELINES.column("รหัสหน่วย").content == "text"
    assert RULES.column("บันทึก") == Column("บันทึก")
