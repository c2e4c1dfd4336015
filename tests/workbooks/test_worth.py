"""A ranking in which levels and values have a worth of their own: its formulas give what the program says."""

from pathlib import Path

import pytest
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from recalculated import calculated, differences, reckoned_elsewhere
from tablebook import levels
from worth import GIVEN, WORTH

from kpibatch.workbooks.unit.book import Units, write_unit_book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3104 lacks an answer, 3105 has sent nothing."""
    outcome = outcome_of(levels(**WORTH), GIVEN, unsent=["3105"])
    return ranking_of(outcome, tmp_path_factory.mktemp("worth") / "ranking.xlsx")


@pytest.mark.slow
def test_every_cached_result_is_what_the_formula_gives(book: Path, tmp_path: Path) -> None:
    count, wrong = differences(book, calculated({"worth": book}, tmp_path)["worth"])
    assert wrong == []
    assert reckoned_elsewhere(book)[1] == []
    assert count > 150


def test_points_and_caps_are_cells_that_can_be_changed(book: Path) -> None:
    of_kpi = list(load_workbook(book)["T2"].iter_rows(values_only=True))
    assert of_kpi[5][2:8] == (0, 1, 3, 5, "–", "–")
    points = [row[3:6] for row in of_kpi if row[1] and str(row[1]).startswith("คะแนนที่หัก")]
    assert points == [(0.25, 0.5, 1), (3, None, None)]
    assert 6 in list(load_workbook(book)["T1"].iter_rows(values_only=True))[5]
    scores = list(load_workbook(book)["คะแนนรายตัวชี้วัด"].iter_rows(values_only=True))
    caps = next(row for row in scores if row[1] == "เพดานคะแนน")
    assert [cell for cell in caps[2:] if cell is not None and cell != ""] == [5.2, 5.5]


def test_a_units_own_page_tells_what_was_taken_off_and_what_hangs_on_others(tmp_path: Path) -> None:
    outcome = outcome_of(levels(**WORTH), GIVEN, unsent=["3105"])
    write_unit_book(Units.of(outcome), outcome.tables.unit["3103"], tmp_path / "unit.xlsx")
    pages = load_workbook(tmp_path / "unit.xlsx").worksheets[:2]
    texts = [str(cell) for page in pages for row in page.values for cell in row]
    assert any("หักคะแนน 4" in text for text in texts)
    assert any("(ตามค่าปัจจุบันของหน่วยอื่น)" in text for text in texts)


def test_the_criteria_say_what_a_level_is_worth_and_what_takes_points_off(book: Path) -> None:
    rows = [row[0] for row in load_workbook(book)["เกณฑ์"].iter_rows(values_only=True) if row[0]]
    heads = {
        code: at
        for at, text in enumerate(rows)
        for code in ("T", "T1", "T2", "T3")
        if str(text).startswith(f"{code} ")
    }
    of_t2 = rows[heads["T2"] + 1 : heads["T3"]]
    assert "คะแนนรวมสูงสุดไม่เกิน 5.2" in rows[2]
    assert rows[heads["T"] + 1] == "คะแนนสูงสุดไม่เกิน 5.5"
    assert "หักคะแนน 0.1 ต่อ 1 วัน ของ ส่งช้า" in rows[heads["T1"] + 1 : heads["T2"]]
    assert [text for text in of_t2 if text.startswith("หักคะแนน")][1] == "หักคะแนน 3 เมื่อ ข้อมูลผิด"
    assert "คะแนนของระดับ (ระดับ 1 ขึ้นไป): 1, 3, 5" in of_t2


@pytest.mark.slow
def test_a_long_name_of_a_section_is_whole_above_its_column(tmp_path: Path) -> None:
    long = "ผลงานตามยุทธศาสตร์การพัฒนาชุมชนและการบริหารของหน่วยงานระดับอำเภอ"
    sheets = WORTH | {"ตัวชี้วัด": WORTH["ตัวชี้วัด"].replace("งานทีม", long)}
    heights = []
    for name, each in (("usual", WORTH), ("long", sheets)):
        ranking = ranking_of(outcome_of(levels(**each), GIVEN), tmp_path / f"{name}.xlsx")
        heights.append(load_workbook(ranking)["อันดับ"].row_dimensions[7].height)
    assert heights[1] > 1.5 * heights[0]
