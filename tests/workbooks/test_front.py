"""Page one of the ranking, live, and on how many pages it and the other sheets print."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import ironcalc
import pytest
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from ranked_month import MEASURE, NAMES, RULE, TILES, UNITS, front, month
from recalculated import reckoned_elsewhere
from tablebook import one_kpi

from kpibatch.scoring.trend import sole_measure
from kpibatch.workbooks.ranking.front.tile_map import band_colours


def texts(sheet: Worksheet, row: int) -> list[object]:
    return [cell.value for cell in sheet[row] if cell.value not in (None, "")]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3103 and 3104 share the third place, 3105 lacks its value, 3106 and 3107 sent nothing."""
    outcome = month((5, 4, 3, 3, None, 2, 2), unsent=("3106", "3107"))
    return ranking_of(outcome, tmp_path_factory.mktemp("front") / "ranking.xlsx")


# --- the podium and the panel -------------------------------------------------------------------------------


def test_all_who_share_a_place_stand_on_the_podium(book: Path) -> None:
    assert texts(front(book), 4) == ["อันดับ 1   5.0000", "อันดับ 2   4.0000", "อันดับ 3   3.0000"]
    assert texts(front(book), 5) == ["เมือง", "คูเมือง", "กระสัง, สตึก"]


@pytest.mark.parametrize(("ties", "third"), [("1224", "–"), ("1223", "สตึก*")])
def test_a_place_that_nobody_has_is_left_free(ties: str, third: str, tmp_path: Path) -> None:
    path = ranking_of(month((5, 4, 4, None), ties=ties), tmp_path / "ranking.xlsx")
    assert texts(front(path), 5) == ["เมือง", "คูเมือง, กระสัง", third]
    assert reckoned_elsewhere(path)[1] == []


def test_of_many_who_share_a_place_the_rest_is_counted(tmp_path: Path) -> None:
    path = ranking_of(month((5,) * 7), tmp_path / "ranking.xlsx")
    first, second, third = texts(front(path), 5)
    assert first == f"{', '.join(NAMES[:5])} และอีก 2"
    assert (second, third) == ("–", "–")
    assert reckoned_elsewhere(path)[1] == []


def test_the_panel_tells_who_moved_what_is_weak_and_who_is_missing(book: Path) -> None:
    cells = [[value for value in row if value] for row in front(book).iter_rows(min_row=8, values_only=True)]
    start = cells[0].index("กระสัง")
    assert cells[0][start : start + 4] == ["กระสัง", 3, "ปะคำ", -2]
    told = [value for row in cells for value in row]
    assert "ยังไม่ส่งรายงาน: 2" in told
    assert "ชำนิ, นางรอง" in told


def test_every_formula_comes_to_the_same_elsewhere(book: Path) -> None:
    count, wrong = reckoned_elsewhere(book)
    assert count > 100
    assert wrong == []


@pytest.mark.parametrize(
    ("reached", "unsent", "mapped"),
    [((4,), (), False), ((3, 3, 3), (), True), ((1, 2), UNITS[:2], True), ((None, None), (), False)],
    ids=["one unit", "all equal", "nobody sent", "all provisional"],
)
def test_odd_months_have_sound_pages(
    reached: Sequence[int | None], unsent: Sequence[str], mapped: bool, tmp_path: Path
) -> None:
    path = ranking_of(month(reached, unsent=unsent, mapped=mapped, earlier={}), tmp_path / "ranking.xlsx")
    assert reckoned_elsewhere(path)[1] == []


# --- the map ------------------------------------------------------------------------------------------------


def test_units_lie_on_the_map_where_the_tables_say(book: Path) -> None:
    sheet = front(book)
    top = next(cell for row in sheet.iter_rows() for cell in row if "แผนที่" in str(cell.value))
    found = {
        cell.value: (cell.row, cell.column)
        for row in sheet.iter_rows(min_row=top.row + 1, min_col=top.column)
        for cell in row
        if cell.value in NAMES
    }
    row, column = found["เมือง"]
    places = {name: (1 + (at - row) // 2, 1 + across - column) for name, (at, across) in found.items()}
    assert places == dict(zip(NAMES, TILES, strict=True))
    assert [sheet.cell(found[name][0] + 1, found[name][1]).value for name in ("เมือง", "ชำนิ")] == [100, "–"]


@pytest.mark.parametrize(("letters", "whole"), [(8, False), (40, True)])
def test_a_name_too_long_for_its_tile_takes_the_line_of_its_percent(
    letters: int, whole: bool, tmp_path: Path
) -> None:
    outcome = month((5, 4))
    first, *rest = outcome.tables.units
    units = (replace(first, name="ก" * letters), *rest)
    named = outcome_of(replace(outcome.tables, units=units), {"3101": {"T1.x": 5}}, "2565-05")
    sheet = front(ranking_of(named, tmp_path / "ranking.xlsx"))
    tile = [cell for row in sheet.iter_rows() for cell in row if cell.value == "ก" * letters][-1]
    assert any(tile.coordinate in each for each in sheet.merged_cells.ranges) == whole
    assert bool(tile.alignment.shrink_to_fit) != whole


def test_without_places_there_is_a_chart(tmp_path: Path) -> None:
    path = ranking_of(month((5, 4), mapped=False), tmp_path / "ranking.xlsx")
    assert not [cell for row in front(path).iter_rows() for cell in row if "แผนที่" in str(cell.value)]


def test_bands_go_from_poor_to_good() -> None:
    assert [len(set(band_colours(bands))) for bands in (1, 2, 5, 9)] == [1, 2, 5, 9]
    assert band_colours(4)[0] == band_colours(7)[0]


# --- paper --------------------------------------------------------------------------------------------------


def test_page_one_is_one_page_and_every_kpi_too(book: Path) -> None:
    opened = load_workbook(book)
    for name in ("อันดับ", "คะแนนรายตัวชี้วัด", "T1"):
        setup = opened[name].page_setup
        assert (setup.fitToWidth, setup.fitToHeight) in ((None, None), (1, 1)), name
    head = next(cell for cell in opened["T1"][opened["T1"].print_title_rows.split(":")[0].strip("$")][::-1])
    printed = opened["T1"].print_area.split(":")[1].split("$")[1]
    shown = {cell.column_letter: cell.value for cell in opened["T1"][head.row]}
    assert shown[printed] == "สิ่งที่ขาดถึงระดับถัดไป"


def test_where_what_lacks_would_make_all_else_too_small_it_is_not_printed_and_the_page_says_so(
    tmp_path: Path,
) -> None:
    codes = [f"m{number:02}" for number in range(24)]
    lines = [f"{code} | รายการที่ต้องทำ {code} | เรื่อง | จำนวน | กรอก | ล่าสุด" for code in codes]
    rules = [f"T1 | | | {code} | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5" for code in codes]
    tables = one_kpi("\n".join(lines), "\n".join(rules))
    given: dict[str, dict[str, float | None]] = {unit.code: dict.fromkeys(codes, 1) for unit in tables.units}
    of_many = outcome_of(tables, given, "2565-05")
    sheet = load_workbook(ranking_of(of_many, tmp_path / "ranking.xlsx"))["T1"]
    head = sheet[int(sheet.print_title_rows.split(":")[0].strip("$"))]
    printed = sheet.print_area.split(":")[1].split("$")[1]
    shown = {cell.column_letter: cell.value for cell in head}
    lacks = next(cell for cell in head if cell.value == "สิ่งที่ขาดถึงระดับถัดไป")
    assert shown[printed] == "สถานะ"
    assert "สิ่งที่ขาด" in sheet.oddFooter.left.text
    assert "·" in sheet.cell(lacks.row + 1, lacks.column).value


@pytest.mark.slow
def test_a_long_list_runs_on_with_its_headings(tmp_path: Path) -> None:
    outcome = month((5,) * 7)
    units = tuple(
        replace(outcome.tables.units[0], code=f"{at}", name=f"อำเภอ {at}", tile=None) for at in range(50)
    )
    given = {unit.code: {"T1.x": 1 + at % 5} for at, unit in enumerate(units)}
    many = outcome_of(replace(outcome.tables, units=units), given, "2565-05")
    sheet = load_workbook(ranking_of(many, tmp_path / "ranking.xlsx")).worksheets[0]
    assert sheet.page_setup.fitToHeight > 1
    assert sheet.print_title_rows == "$7:$7"


# --- what follows no change, and the months -----------------------------------------------------------------


@pytest.mark.parametrize(("letters", "taller"), [(40, 1.0), (120, 1.5)])
def test_the_names_above_the_heat_map_are_whole(letters: int, taller: float, tmp_path: Path) -> None:
    outcome = month((5, 4))
    nodes = tuple(
        replace(node, name="ก" * letters) if node.code == "T1" else node for node in outcome.tables.nodes
    )
    named = outcome_of(replace(outcome.tables, nodes=nodes), {"3101": {"T1.x": 5}}, "2565-05")
    sheet = load_workbook(ranking_of(named, tmp_path / "ranking.xlsx"))["คะแนนรายตัวชี้วัด"]
    assert sheet.row_dimensions[5].height >= taller * 195


def test_what_does_not_follow_a_change_says_so(book: Path) -> None:
    """A value of T1 is changed: its sheet and the last three tell, once it moves a total."""
    names = load_workbook(book, read_only=True).sheetnames
    values = load_workbook(book, data_only=True)
    place = next(
        (cell.row, cell.column) for row in values["T1"].iter_rows() for cell in row if cell.value == "3101"
    )
    model = ironcalc.load_from_xlsx(str(book), "en", "UTC", "en")
    told = []
    for level in ("5", "1"):
        model.set_user_input(names.index("T1"), place[0], place[1] + 2, level)
        model.evaluate()
        told.append(
            [
                name
                for number, name in enumerate(names)
                for row in values[name].iter_rows(max_row=40)
                for cell in row
                if str(model.get_cell_value(number, cell.row, cell.column)).startswith("มีการแก้ในสมุดนี้")
            ]
        )
    assert told == [[], ["T1", "ความอ่อนไหว", "ข้อค้นพบ", "เกณฑ์"]]


def test_the_months_of_each_kpi_stand_beside_each_other(book: Path) -> None:
    rows = list(load_workbook(book, data_only=True)["แนวโน้ม"].iter_rows(values_only=True))
    shown = {row[0]: row for row in rows if str(row[0]).startswith("310")}
    assert shown["3101"][2:3] + shown["3101"][6:8] == (50, "2·5", "2.5 › 5")
    assert shown["3107"][6:8] == ("–·–", "– › 2")


def test_a_kpi_hangs_on_one_number_or_on_several() -> None:
    tables = one_kpi(MEASURE, RULE)
    assert sole_measure(tables, "T1") == "T1.x"
    several = one_kpi(f"{MEASURE}\nT1.y | ใช่ | | ใช่/ไม่ใช่ | กรอก | ล่าสุด", f"{RULE}\nT1 | | | T1.y | ใช่")
    assert sole_measure(several, "T1") == ""
