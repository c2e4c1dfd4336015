"""A ranking in which who a unit is decides what weighs how much: its formulas give what the program says."""

from pathlib import Path

import pytest
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from recalculated import calculated, differences, reckoned_elsewhere
from tablebook import levels
from weighing import BOOK, FIXED, LEAVING_OFF, UNITS, leaving, values

from kpibatch.base.config import RankingRules
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.unit.book import Units, write_unit_book

SCORES, LEFT, OFF = "คะแนนรายตัวชี้วัด", "KPIs that leave", "points off where KPIs leave"


GIVEN = {
    "3101": values(5, 3, 4, 2, 1),
    "3102": values(5, 3, 4, None, 5),
    "3103": values(4, 5, 1, 2, 2),
    "3104": values(5, 3, 5, 4, 1),
    "3105": values(5, 3, 4, 2, 1),
    "3106": values(5, 3, 4, 2, 1),
    "3107": values(5, 3, 4, 2, 1),
}
RULES = {
    "usual": RankingRules(),
    "no rank left out": RankingRules(("T", "P"), ties="1223", within_groups=True),
    "groups": RankingRules(("I",), incomplete="exclude", within_groups=True),
}


def outcome(rules: RankingRules) -> Outcome:
    """Seven units: 3105 has the same as 3101, 3106 is in no group, 3107 alone in one and sent nothing."""
    more = "3105 | ห้า | ใหญ่ | | | ชำนาญการ\n3106 | หก | | | | ชำนาญการ\n3107 | เจ็ด | > 5* | | | ชำนาญการ"
    fixed = "\n".join(f"{unit} | 25 | 75" for unit in ("3105", "3106", "3107"))
    tables = levels(**BOOK | {"หน่วย": f"{UNITS}\n{more}", "ค่าตั้งต้น": f"{FIXED}\n{fixed}"})
    return outcome_of(tables, GIVEN, ranking=rules, unsent=["3107"])


def left(tables: LevelTables, **late: int) -> Outcome:
    """KPIs that leave: 3102 has no complaint and no debt, 3103 no debt and more staff; 3104 lacks a month."""
    full = {
        "R.got": 10,
        "R.done": 8,
        "R.plan": 1,
        "S.staff": 2,
        "S.now": 900,
        "S.open": 5,
        "S.shut": 2,
        "N.x": 4,
    }
    given = {
        "3101": full,
        "3102": full | {"R.got": 0, "R.done": 0},
        "3103": full | {"S.staff": 3, "S.open": 0, "R.plan": None},
        "3104": full | {"R.got": None, "R.done": 0},
    }
    days = {unit: values | ({"late": late[f"u{unit}"]} if late else {}) for unit, values in given.items()}
    return outcome_of(tables, days, unsent=["3104"])


def off() -> Outcome:
    """The same with points off by days: nothing is taken off a KPI that leaves."""
    return left(levels(**LEAVING_OFF), u3101=3, u3102=9, u3103=6, u3104=1)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("weighed")
    month = {name: outcome(rules) for name, rules in RULES.items()} | {LEFT: left(leaving()), OFF: off()}
    return {name: ranking_of(each, folder / f"{name}.xlsx") for name, each in month.items()}


@pytest.fixture(scope="module")
def book(books: dict[str, Path]) -> Path:
    return books["usual"]


def column_of(sheet: list[tuple[object, ...]], head: str) -> list[object]:
    """What stands below a heading, of the units."""
    at = sheet[3].index(head)
    return [line[at] for line in sheet[6:13]]


@pytest.mark.slow
def test_each_unit_has_its_weights_in_its_own_line(book: Path) -> None:
    sheet = list(load_workbook(book)[SCORES].iter_rows(values_only=True))
    assert column_of(sheet, "น้ำหนัก T1") == [70, 70, 40, 40, 70, "", ""]
    assert column_of(sheet, "น้ำหนัก I2") == [75, 75, 50, 0.5, 75, 75, 75]
    assert column_of(sheet, "น้ำหนัก T") == ["=$K$6"] * 7
    assert sheet[5][sheet[3].index("I")] == "ตามหน่วย"
    assert "น้ำหนัก P1" not in sheet[3]


def test_the_rank_within_a_group_stands_beside_the_rank(books: dict[str, Path]) -> None:
    scores = list(
        load_workbook(books["no rank left out"], data_only=True)[SCORES].iter_rows(values_only=True)
    )
    assert column_of(scores, "กลุ่ม") == ["ใหญ่", "ใหญ่", "เล็ก", "เล็ก", "ใหญ่", "–", "> 5*"]
    ranks, groups = (column_of(scores, head) for head in ("อันดับ", "อันดับในกลุ่ม"))
    found = {each.unit: each for each in outcome(RULES["no rank left out"]).standings}
    units = sorted(found)
    assert ranks == [found[unit].rank or None for unit in units]
    assert groups == [found[unit].in_group or None for unit in units]
    lines = list(load_workbook(books["no rank left out"], data_only=True)["อันดับ"].iter_rows(values_only=True))
    assert lines[6][6:8] == ("กลุ่ม", "อันดับในกลุ่ม")
    assert {line[1]: line[7] for line in lines[7:14]} == dict(zip(units, groups, strict=True))


def test_a_kpi_that_leaves_says_so_in_place_of_a_level(books: dict[str, Path]) -> None:
    book = load_workbook(books[LEFT], data_only=True)
    lines = [[str(cell) for cell in line] for line in book["R"].iter_rows(values_only=True)]
    [line] = [line for line in lines if line[0] == "3102"]
    assert line.count("–") == 2
    assert "ไม่มีกลุ่มเป้าหมาย" in line
    formulas = [
        str(cell) for row in load_workbook(books[LEFT])["S"].iter_rows(values_only=True) for cell in row
    ]
    assert any(text.startswith("=IF(OR(AND($") and '"–"' in text for text in formulas)


def test_nothing_is_taken_off_a_kpi_that_leaves(books: dict[str, Path]) -> None:
    """R leaves 3102 and S both 3102 and 3103; N stays, with less by a tenth for each day."""
    scores = {code: kpi.score.round(9).tolist() for code, kpi in off().scores.kpis.items()}
    applies = {code: kpi.applies.tolist() for code, kpi in off().scores.kpis.items()}
    assert (applies["R"][:3], applies["S"][:3]) == ([True, False, True], [True, False, False])
    assert (scores["R"][0], scores["R"][2], scores["S"][0]) == (3 - 0.5, 3 - 1.5, 2)
    assert scores["N"][:3] == [4 - 0.3, 4 - 0.9, 4 - 0.6]
    [line] = [row for row in load_workbook(books[OFF], data_only=True)["R"].values if row[0] == "3102"]
    assert "ไม่มีกลุ่มเป้าหมาย" in line
    total = off().scores.scores["total"]
    assert total["3102"] == pytest.approx(3.1), "of N alone"


@pytest.mark.slow
def test_every_cached_result_is_what_the_formula_gives(books: dict[str, Path], tmp_path: Path) -> None:
    for name, anew in calculated(books, tmp_path).items():
        count, wrong = differences(books[name], anew)
        assert wrong == []
        assert reckoned_elsewhere(books[name])[1] == []
        assert count > 100


def test_a_units_own_page_tells_its_rank_within_its_group(tmp_path: Path) -> None:
    found = outcome(RULES["no rank left out"])
    write_unit_book(Units.of(found), found.tables.unit["3103"], tmp_path / "unit.xlsx")
    texts = [
        str(cell) for line in load_workbook(tmp_path / "unit.xlsx").worksheets[0].values for cell in line
    ]
    standing = found.standing["3103"]
    assert any(f"อันดับ {standing.in_group} จาก 2 ในกลุ่มเล็ก" in text for text in texts)


def test_the_rank_within_a_group_has_a_line_of_its_own(tmp_path: Path) -> None:
    found = outcome(RULES["no rank left out"])
    write_unit_book(Units.of(found), found.tables.unit["3103"], tmp_path / "unit.xlsx")
    sheet = load_workbook(tmp_path / "unit.xlsx").worksheets[0]
    (cell,) = [cell for row in sheet for cell in row if "ในกลุ่ม" in str(cell.value)]
    assert str(cell.value).count("\n") == 1
    assert cell.alignment.wrap_text
    assert sheet.row_dimensions[cell.row].height > 40
