"""``kpibatch forms``: what the units see, what they may change, and that the reader finds each value
again.
"""

import random
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tablebook import levels, one_kpi
from workspace import (
    CHACHOENGSAO,
    FORM,
    NAKHON_PHANOM,
    SAMPLES,
    cell_of,
    change,
    copy_sample,
    copy_standard,
    findings,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
    run,
    tree,
)
from worth import WORTH

from kpibatch.base.findings import NOWHERE
from kpibatch.base.kinds import Kind
from kpibatch.forms.asked import asked_of
from kpibatch.forms.standard import write_form
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Baseline, Measure, Rollup, Source

MONTHS = [f"2565-{month:02d}" for month in range(4, 10)]
TEXTS = ["หลักฐาน", "ปัญหาอุปสรรค", "หมายเหตุ"]
SOME = ("3100", "3101", "3104", "3119")
FIRST = "3101 เมืองบุรีรัมย์.xlsx"
THAI = range(ord("ก"), ord("๙") + 1)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("forms")), *SOME)
    assert kpibatch(workspace, "forms").exit_code == 0
    return workspace / "output" / "forms"


@pytest.fixture(scope="module")
def first(buriram: LevelTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first unit's form, some of it sent from April to June."""
    path, sent = tmp_path_factory.mktemp("first") / FIRST, MONTHS[:3]
    answers = {("T1.spent", month): 1000.0 * at for at, month in enumerate(sent, 1)}
    days = {("T6.meeting_date", month): date(2022, 4, 9) for month in sent}
    write_form(buriram, buriram.unit["3101"], path, answers | days, locked=True, scored_from=date(2022, 4, 1))
    return path


@pytest.fixture(scope="module")
def book(first: Path) -> Workbook:
    return open_book(first)


@pytest.fixture(scope="module")
def sheet(book: Workbook) -> Worksheet:
    return book[FORM]


HEADS = 6  # the row of the headings


def coded_rows(sheet: Worksheet) -> dict[str, int]:
    """Measure code → row."""
    codes = (cell for cell in sheet["A"][HEADS:] if cell.value)
    return {str(cell.value): cell.row for cell in codes if not str(cell.value).startswith("kpi:")}


def column_of(sheet: Worksheet, heading: str) -> int:
    return [cell.value for cell in sheet[HEADS]].index(heading) + 1


@pytest.mark.slow
def test_every_unit_has_a_form_of_its_own(forms: Path, buriram: LevelTables) -> None:
    units = [buriram.unit[code] for code in SOME if code != "3100"]  # the province is asked nothing itself
    assert asked_of(buriram, buriram.unit["3100"]) == []
    assert sorted(path.name for path in forms.iterdir()) == sorted(
        f"{unit.code} {unit.name}.xlsx" for unit in units
    )
    for unit in units:
        book = open_book(forms / f"{unit.code} {unit.name}.xlsx")
        identity = dict(book["_kpibatch"].iter_rows(max_col=2, values_only=True))
        assert (identity["unit"], identity["round"]) == (unit.code, "2565/2")
        assert unit.name in str(book[FORM]["B2"].value)


@pytest.mark.slow
def test_forms_are_the_same_bytes_each_time_and_replace_the_old_ones(forms: Path) -> None:
    before, workspace, stray = tree(forms), forms.parent.parent, forms / "stray.xlsx"
    stray.write_text("somebody's own")
    assert kpibatch(workspace, "forms").exit_code == 2
    assert stray.read_text() == "somebody's own"
    stray.unlink()
    assert kpibatch(workspace, "forms").exit_code == 0
    assert tree(forms) == before


@pytest.mark.slow
def test_what_is_for_the_reader_is_hidden(book: Workbook, sheet: Worksheet, buriram: LevelTables) -> None:
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[4].hidden
    assert [cell.value for cell in sheet[4] if cell.value] == MONTHS
    assert set(coded_rows(sheet)) == {measure.code for measure in asked_of(buriram, buriram.unit["3101"])}
    assert (sheet.sheet_state, book["_kpibatch"].sheet_state) == ("visible", "hidden")


@pytest.fixture(scope="module")
def empty(buriram: LevelTables, tmp_path_factory: pytest.TempPathFactory) -> Worksheet:
    """The first unit's form when nothing was sent yet."""
    path = tmp_path_factory.mktemp("empty") / FIRST
    write_form(buriram, buriram.unit["3101"], path, scored_from=date(2022, 4, 1))
    return open_book(path)[FORM]


def unlocked(sheet: Worksheet) -> set[tuple[int, int]]:
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {(cell.row, cell.column) for cell in cells if not cell.protection.locked}


def test_only_cells_to_fill_in_may_be_changed(empty: Worksheet, buriram: LevelTables) -> None:
    once = {"T3.evidence_date", "T6.meeting_date"}
    first, texts = column_of(empty, "ค่าตั้งต้น") + 1, [column_of(empty, text) for text in TEXTS]
    free = unlocked(empty)
    for code, row in coded_rows(empty).items():
        own = {column for at, column in free if at == row}
        assert own - {*range(first, first + 6)} == {*texts}
        assert code in once or code.endswith(("_date", ".day")) or own == {*range(first, first + 6), *texts}
        assert first in own
    claims = [
        (cell.row, cell.column + 1) for row in empty for cell in row if cell.value == "ระดับที่ประเมินตนเอง"
    ]
    others = {at for at in free if at[0] not in coded_rows(empty).values()}
    own = [leaf for leaf in buriram.leaves if buriram.scored_itself(leaf.code, buriram.unit["3101"])]
    assert len(claims) == len(own)
    assert others == {*claims, (2, 13), *((5, column) for column in range(4, 7))}  # the month, who reports
    assert empty.protection.sheet
    assert not empty.protection.password


def test_a_day_that_is_done_once_has_one_cell(empty: Worksheet) -> None:
    row = coded_rows(empty)["T3.evidence_date"]
    assert f"H{row}:M{row}" in {str(each) for each in empty.merged_cells.ranges}
    assert empty.cell(row, 8).number_format == "@"  # typed as it is read, whatever the PC's settings
    assert ("once", "T3.evidence_date") in [*empty.parent["_kpibatch"].iter_rows(max_col=2, values_only=True)]
    assert f"H{coded_rows(empty)['T1.spent']}:" not in " ".join(map(str, empty.merged_cells.ranges))


@pytest.mark.slow
def test_the_command_fills_in_what_was_sent(forms: Path) -> None:
    """The sample has sent April to June."""
    test_what_was_sent_stands_in_the_form_and_can_t_be_typed_over(open_book(forms / FIRST)[FORM])


def test_what_was_sent_stands_in_the_form_and_can_t_be_typed_over(sheet: Worksheet) -> None:
    free, row = unlocked(sheet), coded_rows(sheet)["T1.spent"]
    assert [isinstance(sheet.cell(row, column).value, float | int) for column in range(8, 14)] == [
        *[True] * 3,
        *[False] * 3,
    ]
    assert [(row, column) in free for column in range(8, 14)] == [*[False] * 3, *[True] * 3]
    day = sheet.cell(coded_rows(sheet)["T6.meeting_date"], 8)
    assert str(day.value).endswith(" 2565")
    assert day.protection.locked
    assert str(sheet["B3"].value).endswith("ให้แจ้งจังหวัด")


def test_late_values_that_are_accepted_may_be_typed_over(buriram: LevelTables, tmp_path: Path) -> None:
    write_form(buriram, buriram.unit["3101"], tmp_path / "f.xlsx", {("T1.spent", "2565-04"): 1.0})
    sheet = open_book(tmp_path / "f.xlsx")[FORM]
    assert (coded_rows(sheet)["T1.spent"], 8) in unlocked(sheet)


def test_entries_are_checked_with_messages_in_thai(sheet: Worksheet, buriram: LevelTables) -> None:
    rules = {str(rule.sqref).split(":")[0][1:]: rule for rule in sheet.data_validations.dataValidation}
    expected = {Kind.DATE: "custom", Kind.YES_NO: "list"}
    for code, row in coded_rows(sheet).items():
        rule, measure = rules[str(row)], buriram.measures[code]
        assert str(rule.sqref) == f"H{row}:M{row}"
        assert rule.type == expected.get(measure.kind, "decimal")
        for text in (rule.error, rule.errorTitle, rule.prompt, rule.promptTitle):
            assert any(ord(character) in THAI for character in text)
    assert rules[str(coded_rows(sheet)["T3.activities"])].formula1 == '"ใช่,ไม่ใช่"'
    days = rules[str(coded_rows(sheet)["T6.pr_days"])]
    assert (days.operator or "between", float(days.formula1), float(days.formula2)) == ("between", 0, 7)


def test_the_baseline_is_shown_and_locked(sheet: Worksheet, buriram: LevelTables) -> None:
    for code, base in (
        ("T1.spent", "T1.allocated"),
        ("I4.debt_now", "I4.debt_base"),
        ("T8.growing", "T8.households"),
    ):
        cell = sheet.cell(coded_rows(sheet)[code], column_of(sheet, "ค่าตั้งต้น"))
        assert cell.value == buriram.baselines["3101", base].value
        assert cell.protection.locked
    assert sheet.cell(coded_rows(sheet)["T5.news"], column_of(sheet, "ค่าตั้งต้น")).value is None


def test_it_prints_on_a4_landscape_with_its_headings(sheet: Worksheet) -> None:
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (
        sheet.page_setup.fitToWidth or 1,
        sheet.page_setup.fitToHeight,
        sheet.sheet_properties.pageSetUpPr.fitToPage,
    ) == (1, 0, True)
    assert sheet.print_title_rows == "$5:$6"  # who reports and the due days, the headings
    assert sheet.freeze_panes == "D7"


@pytest.mark.parametrize(("unit", "kpi"), [("4801", "I2.1"), ("4804", "I2.3")])
def test_only_what_applies_is_asked(tmp_path: Path, unit: str, kpi: str) -> None:
    tables, _ = read_levels(SAMPLES / NAKHON_PHANOM / "level_tables.xlsx")
    write_form(tables, tables.unit[unit], tmp_path / "form.xlsx")
    sheet = open_book(tmp_path / "form.xlsx")[FORM]
    asked = {code.rsplit(".", 1)[0] for code in coded_rows(sheet)}
    assert asked & {"I2.1", "I2.2", "I2.3"} == {kpi, "I2.2"}
    headings = {str(cell.value).split(" ")[0] for cell in sheet["B"]}
    assert headings & {"I2.1", "I2.3"} == {kpi}
    # I7 is known from the arrivals, so nobody fills it in.
    assert not any(code.startswith("I7") for code in coded_rows(sheet))


# --- what is filled in is read back -------------------------------------------------------------------------


def answers(tables: LevelTables, unit: str, draw: random.Random) -> dict[tuple[str, str], Any]:
    """Something for every cell up to June, within what each answer may be."""
    filled: dict[tuple[str, str], Any] = {}
    for measure in asked_of(tables, tables.unit[unit]):
        for month in MONTHS[:3]:
            if measure.kind is Kind.YES_NO:
                filled[measure.code, month] = draw.choice(["ใช่", "ไม่ใช่"])
            elif measure.kind is Kind.DATE:
                filled[measure.code, month] = date(2022, int(month[5:]), draw.randint(1, 28))
            else:
                fixed = tables.baselines.get((unit, measure.limit))
                most = filled.get(
                    (measure.limit, month), fixed.value if fixed else measure.maximum or 5_000_000
                )
                if measure.limit and tables.measures[measure.limit].source is Source.PROVINCE:
                    most = 0  # what the province fills in is not known here
                cents = measure.kind is not Kind.NUMBER
                filled[measure.code, month] = (
                    round(draw.uniform(0, most), 2) if cents else draw.randint(0, int(most))
                )
    return filled


def rolled_up(measure: Measure, months: list[Any]) -> str | float:
    """What three months' answers come to."""
    if measure.kind is Kind.DATE:
        return str(months[-1].isoformat())
    numbers = [{"ใช่": 1.0, "ไม่ใช่": 0.0}.get(answer, answer) for answer in months]
    return float(
        {Rollup.LAST: numbers[-1], Rollup.MIN: min(numbers), Rollup.SUM: sum(numbers)}[measure.rollup]
    )


@pytest.fixture(scope="module")
def returned(
    forms: Path, buriram: LevelTables, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[tuple[str, str], Any], Path]:
    """What the first unit fills into every cell of its form, and the month's output of a workspace where it
    alone has sent.
    """
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("returned")), *SOME)
    filled = answers(buriram, "3101", random.Random(3101))
    for path in (workspace / "submissions").glob("*/*.xlsx"):
        path.unlink()
    path = workspace / "submissions" / "2565-06" / FIRST
    shutil.copy(forms / FIRST, path)
    change(path, filled)
    return filled, run(workspace, expect=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.AMOUNT, Kind.DATE, Kind.YES_NO])
def test_a_filled_form_reads_back(
    kind: Kind, returned: tuple[dict[tuple[str, str], Any], Path], buriram: LevelTables
) -> None:
    filled, output = returned
    values = measured(output)
    asked = [measure for measure in asked_of(buriram, buriram.unit["3101"]) if measure.kind is kind]
    assert len(asked) > 5
    for measure in asked:
        value = values["3101", measure.code]
        expected = rolled_up(measure, [filled[measure.code, month] for month in MONTHS[:3]])
        assert (value if isinstance(expected, str) else float(value)) == expected, measure.code


@pytest.mark.slow
def test_a_form_filled_in_as_it_asks_raises_no_doubt(
    returned: tuple[dict[tuple[str, str], Any], Path],
) -> None:
    _, output = returned
    doubts = {"below-base", "no-evidence", "date-replaced"}  # the values are any, month by month
    found = {row["code"] for row in findings(output, unit="3101")}
    assert {code for code in found if not code.startswith("check-")} <= doubts


def measured(output: Path) -> dict[tuple[str, str], str]:
    return {(row["unit"], row["measure"]): row["value"] for row in read_rows(output / "measures.csv")}


def disturb(path: Path) -> None:
    """What an officer may do to a form's outside."""
    book = open_book(path)
    sheet = book[FORM]
    sheet.title = "รายงานเดือนนี้"
    merged = [(*each.bounds,) for each in sheet.merged_cells.ranges]
    for each in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(each))
    sheet.insert_rows(8, 2)
    sheet["C8"] = "แถวที่อำเภอแทรกเอง"
    sheet.insert_cols(6)
    sheet["F5"] = "ช่องที่อำเภอแทรกเอง"
    for left, top, right, bottom in merged:  # Excel moves them along, openpyxl does not
        down = 2 * (top >= 8)
        sheet.merge_cells(
            start_row=top + down,
            end_row=bottom + down,
            start_column=left + (left >= 6),
            end_column=right + (right >= 6),
        )
    book.create_sheet("บันทึก", 0)["A1"] = "หมายเหตุถึงจังหวัด"
    book.save(path)


@pytest.mark.slow
def test_inserted_rows_and_columns_and_a_renamed_sheet_shift_nothing(tmp_path: Path) -> None:
    workspace = copy_standard(tmp_path, CHACHOENGSAO)
    before = measured(run(workspace))
    path = workspace / "submissions" / "2561-03" / "2402 บางคล้า.xlsx"
    where = str(cell_of(open_book(path), "T2.done", "2561-03").coordinate)
    disturb(path)
    output = run(workspace)
    assert measured(output) == before
    assert findings(output, unit="2402") == []
    origin = next(
        row
        for row in read_rows(output / "measures.csv")
        if (row["unit"], row["measure"]) == ("2402", "T2.done")
    )
    assert (where, origin["sheet"], origin["cell"]) == ("M10", "รายงานเดือนนี้", "N12")


def test_a_fixed_day_stands_beside_the_day_that_is_counted_from_it(tmp_path: Path) -> None:
    """วันทำการ from a day that the province fixed: the form shows that day, not its number."""
    measures = """
        got  | วันรับ  |        | วันที่   | ค่าตั้งต้น
        done | วันปิด  |        | วันที่   | กรอก    | ล่าสุด
        days | ใช้เวลา | วันทำการ | จำนวน | วันทำการ  |      | done | got
    """
    tables = one_kpi(measures, "T1 | | | days | ≤ 9 | ≤ 8 | ≤ 7 | ≤ 6 | ≤ 5")
    fixed = {("3101", "got"): Baseline(date(2022, 4, 12).toordinal(), NOWHERE)}
    tables = replace(tables, baselines=fixed)
    write_form(tables, tables.units[0], tmp_path / "form.xlsx")
    cells = [cell.value for cell in open_book(tmp_path / "form.xlsx")["แบบรายงาน"]["G"]]
    assert datetime(2022, 4, 12) in cells


def test_the_note_of_a_kpi_says_by_what_points_are_taken_off(tmp_path: Path) -> None:
    tables = levels(**WORTH)
    write_form(tables, tables.units[0], tmp_path / "form.xlsx")
    cells = [cell for row in open_book(tmp_path / "form.xlsx")[FORM] for cell in row]
    notes = {str(cell.value).split()[0]: cell.comment.text for cell in cells if cell.comment}
    assert "หักคะแนน 0.1 ต่อ 1 วัน ของ ส่งช้า" in notes["T1"]
    assert "หักคะแนน 0.25 เมื่อ ส่งช้า มากกว่า 0 วัน" in notes["T2"]
    assert "I1" not in notes
    texts = [str(cell.value) for cell in cells if cell.value]
    assert texts.count("หักคะแนน 0.1 ต่อ 1 วัน ของ ส่งช้า") == 1, "and beside its weight, where it is printed"
