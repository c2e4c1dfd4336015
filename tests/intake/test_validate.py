"""Each check of a value just inside its bound, at it and just outside; all of them in one run over one
month's submissions.

Every case changes cells of one unit's form for June 2565, and says which finding must come of it, and where,
or that none may.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from workspace import (
    FORM,
    cell_of,
    change,
    codes,
    copy_sample,
    edit_table,
    findings,
    keep_units,
    open_book,
    read_rows,
    submission,
)
from workspace import listings as run

from kpibatch.base.thai import read_date, show_date
from kpibatch.intake.checks.validate import DOUBTFUL, IMPOSSIBLE
from kpibatch.rules.levels import LevelTables

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"
EVIDENCE = "หลักฐาน"
# Units whose sample submissions are without flaws.
UNITS = (
    "3101",
    "3102",
    "3103",
    "3104",
    "3105",
    "3106",
    "3108",
    "3110",
    "3111",
    "3113",
    "3115",
    "3116",
    "3118",
    "3121",
    "3123",
)
SEVERITY = {
    "below-base": "warning",
    "no-evidence": "warning",
    "missing": "warning",
    "part-of-one": "warning",
}


@dataclass(frozen=True)
class Base:
    """The unit's fixed value of a measure, and so much more."""

    measure: str
    more: float = 0.0


@dataclass(frozen=True)
class Case:
    """Cells (measure, column) → content, and the findings they lead to: (code, measure, column); ``monthly``,
    where a day has a cell of each month, as in the forms before there was one for the whole round.
    """

    name: str
    cells: Mapping[tuple[str, str], Any]
    found: tuple[tuple[str, str, str], ...] = field(default=())
    monthly: bool = False


def june(measure: str, content: Any, code: str = "") -> Case:
    """One cell of the report month."""
    name = f"{measure} = {content}" + (f": {code}" if code else "")
    return Case(name, {(measure, JUNE): content}, ((code, measure, JUNE),) if code else ())


def every_month(content: Any, *measures: str) -> dict[tuple[str, str], Any]:
    return {(measure, month): content for measure in measures for month in (APRIL, MAY, JUNE)}


NO_DEFAULT = every_month("ไม่ใช่", "T4.has_default") | every_month(0, "T4.funds_supported", "T4.collected")
DEFAULT = every_month("ใช่", "T4.has_default") | every_month(0, "T4.recovered")
CASES = [
    # below nothing
    june("T2.done", 0),
    june("T2.done", -1e-10, "number-size"),
    june("T2.done", -0.01, "negative"),
    june("T2.done", -3, "negative"),
    # outside the bounds of the level tables, which hold ต่ำสุด 1 and −10 for this test
    june("T6.pr_days", 6.99),
    june("T6.pr_days", 7),
    june("T6.pr_days", 7.01, "out-of-range"),
    june("I6.channels", 1.01, "part-of-one"),
    june("I6.channels", 12.5, "part-of-one"),
    june("I6.channels", 13),
    june("I6.channels", 1),
    june("I6.channels", 0.99, "out-of-range"),
    june("I6.channels", -1, "negative"),
    june("I7.projects", -10),
    june("I7.projects", -10.01, "out-of-range"),
    june("T6.meeting_date", date(2022, 4, 1)),
    june("T6.meeting_date", date(2022, 3, 31), "out-of-range"),
    Case(
        "earlier months too",
        {("I9.data_items", APRIL): 9, ("I9.data_items", MAY): 10},
        (("out-of-range", "I9.data_items", MAY),),
    ),
    # more than a fixed value, more than another answer
    june("T1.spent", Base("T1.allocated", -0.01)),
    june("T1.spent", Base("T1.allocated")),
    june("T1.spent", Base("T1.allocated", 0.01), "above-limit"),
    Case("one below the other", {("I5.groups_registered", JUNE): 2, ("I5.groups_financed", JUNE): 1}),
    Case("as many as the other", {("I5.groups_registered", JUNE): 2, ("I5.groups_financed", JUNE): 2}),
    Case(
        "one more than the other",
        {("I5.groups_registered", JUNE): 2, ("I5.groups_financed", JUNE): 3},
        (("above-limit", "I5.groups_financed", JUNE),),
    ),
    Case(
        "compared within a month",
        {("I5.groups_registered", MAY): 2, ("I5.groups_financed", MAY): 3},
        (("above-limit", "I5.groups_financed", MAY),),
    ),
    # a senseless year
    june("T6.logbook_problem_date", date(2020, 4, 1)),
    june("T6.logbook_problem_date", date(2020, 3, 31), "date-senseless"),
    june("T6.logbook_problem_date", date(2023, 9, 28), "date-ahead"),
    june("T6.logbook_problem_date", date(2023, 9, 29), "date-senseless"),
    june("T6.logbook_problem_date", date(2565, 4, 20)),  # a Buddhist year in a date cell
    # after the month that reports it: a day that has not come
    june("T6.logbook_report_date", date(2022, 6, 29)),
    june("T6.logbook_report_date", date(2022, 6, 30)),
    june("T6.logbook_report_date", date(2022, 7, 1), "date-ahead"),
    Case("has come in April", every_month(date(2022, 4, 30), "I8.certified_date"), monthly=True),
    Case(
        "has not come in April",
        every_month(date(2022, 5, 1), "I8.certified_date"),
        (("date-ahead", "I8.certified_date", APRIL),),
        monthly=True,
    ),
    Case("has not come in April, in the one cell", every_month(date(2022, 5, 1), "I8.certified_date")),
    # less than in the base year
    june("I6.otop_now", Base("I6.otop_base", 0.01)),
    june("I6.otop_now", Base("I6.otop_base")),
    june("I6.otop_now", Base("I6.otop_base", -0.01), "below-base"),
    Case("below the base in an earlier month", {("I6.fabric_now", MAY): 1}),
    # reported without evidence
    Case("done, with evidence", {("T1.loan_docs", JUNE): "ใช่", ("T1.loan_docs", EVIDENCE): "ที่ บร 0019/1"}),
    Case(
        "done, evidence of spaces",
        {("T1.loan_docs", JUNE): "ใช่", ("T1.loan_docs", EVIDENCE): "  "},
        (("no-evidence", "T1.loan_docs", JUNE),),
    ),
    Case(
        "done, without evidence",
        {("T1.loan_docs", JUNE): "ใช่", ("T1.loan_docs", EVIDENCE): None},
        (("no-evidence", "T1.loan_docs", JUNE),),
    ),
    Case("not done, without evidence", {("T1.loan_docs", JUNE): "ไม่ใช่", ("T1.loan_docs", EVIDENCE): None}),
    Case(
        "a day, without evidence",
        {("T3.evidence_date", JUNE): date(2022, 6, 20), ("T3.evidence_date", EVIDENCE): None},
        (("no-evidence", "T3.evidence_date", JUNE),),
    ),
    # blank though needed
    june("T8.growing", None, "missing"),
    june("T6.mechanism", None, "missing"),
    Case("a latest value of an earlier month", {("T8.growing", APRIL): None, ("T8.growing", MAY): None}),
    Case("every month counts: the lowest", {("T5.news", APRIL): None}, (("missing", "T5.news", APRIL),)),
    Case("every month counts: the sum", {("I6.events", MAY): None}, (("missing", "I6.events", MAY),)),
    Case("a day gone by", every_month(None, "T6.solutions_date"), (("missing", "T6.solutions_date", JUNE),)),
    Case(
        "a day given once, gone by",
        {("T6.solutions_date", APRIL): date(2022, 4, 20), ("T6.solutions_date", JUNE): None},
        monthly=True,
    ),
    Case("a day in the one cell, gone by", {("T6.solutions_date", JUNE): date(2022, 4, 20)}),
    Case("a day still to come", every_month(None, "T8.network_date")),
    # blank and not needed: the other case
    Case("the case itself", every_month(None, "T4.has_default"), (("missing", "T4.has_default", JUNE),)),
    Case(
        "no default: nothing to recover",
        NO_DEFAULT | every_month("ใช่", "T4.action_report") | every_month(None, "T4.recovered"),
    ),
    Case(
        "default: nothing to support",
        DEFAULT | every_month(None, "T4.funds_supported", "T4.collected", "T4.action_report"),
    ),
    Case(
        "default: recovered is needed",
        DEFAULT | every_month(None, "T4.recovered", "T4.collected"),
        (("missing", "T4.recovered", JUNE),),
    ),
]


def allotted() -> dict[str, tuple[str, Case]]:
    """A unit for each case, such that no two cases of a unit touch the same measure."""
    taken: set[tuple[str, str]] = set()
    places: dict[str, tuple[str, Case]] = {}
    for case in CASES:
        unit = next(unit for unit in UNITS if not taken & {(unit, measure) for measure, _ in case.cells})
        taken |= {(unit, measure) for measure, _ in case.cells}
        places[case.name] = unit, case
    assert len(places) == len(CASES)
    return places


PLACES = allotted()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, buriram: LevelTables) -> Path:
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("validate")), *UNITS)
    for month in ("2565-04", "2565-05"):  # what was sent then would stand
        shutil.rmtree(workspace / "submissions" / month)
    for measure, column, bound in (
        ("I6.channels", "ต่ำสุด", 1),
        ("I7.projects", "ต่ำสุด", -10),
        ("T6.meeting_date", "ต่ำสุด", "1 เม.ย. 2565"),
    ):
        edit_table(workspace, "รายการข้อมูล", {"รหัส": measure}, column, bound)
    for unit in UNITS:
        cells: dict[tuple[str, str], Any] = {}
        path, cases = submission(workspace, unit, JUNE), [case for at, case in PLACES.values() if at == unit]
        part_by_month(path, {measure for case in cases if case.monthly for measure, _ in case.cells})
        for case in cases:
            for key, content in case.cells.items():
                based = isinstance(content, Base)
                cells[key] = (
                    round(buriram.baselines[unit, content.measure].value + content.more, 2)
                    if based
                    else content
                )
        change(path, cells)
    return workspace


def part_by_month(path: Path, measures: set[str]) -> None:
    """Give days a cell of each month, of which those after the first are blank."""
    if not measures:
        return
    book = open_book(path)
    sheet, marks = book[FORM], book["_kpibatch"]
    rows = {cell.row for cell in sheet["A"] if cell.value in measures}
    for merged in [each for each in sheet.merged_cells.ranges if each.min_row in rows]:
        sheet.unmerge_cells(merged.coord)
    for row in range(marks.max_row, 0, -1):
        if marks.cell(row, 1).value == "once" and marks.cell(row, 2).value in measures:
            marks.delete_rows(row)
    book.save(path)


@pytest.fixture(scope="module")
def output(workspace: Path) -> Path:
    return run(workspace, expect=1)


@pytest.fixture(scope="module")
def forms(workspace: Path) -> Mapping[str, Workbook]:
    """The units' forms, opened once."""
    return {unit: open_book(submission(workspace, unit, JUNE)) for unit in {at for at, _ in PLACES.values()}}


def graver(output: Path) -> list[dict[str, str]]:
    """The findings about the submissions of UNITS that are more than notes; not what is asked of values held
    against each other, which the cases here are not about.
    """
    others = ("no-case", "date-replaced")
    return [
        row
        for row in findings(output)
        if row["unit"] in UNITS
        and row["severity"] != "note"
        and row["code"] not in others
        and not row["code"].startswith("check-")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_a_value_at_its_bound(
    name: str, workspace: Path, output: Path, forms: Mapping[str, Workbook]
) -> None:
    unit, case = PLACES[name]
    file, touched = submission(workspace, unit, JUNE).name, {measure for measure, _ in case.cells}
    expected = [
        (
            SEVERITY.get(code, "error"),
            code,
            measure,
            file,
            FORM,
            str(cell_of(forms[unit], measure, column).coordinate),
        )
        for code, measure, column in case.found
    ]
    found = [row for row in graver(output) if row["unit"] == unit and row["measure"] in touched]
    assert [
        tuple(row[key] for key in ("severity", "code", "measure", "file", "sheet", "cell")) for row in found
    ] == expected


@pytest.mark.slow
def test_all_of_them_come_in_one_pass(output: Path) -> None:
    expected = sorted(
        (unit, code, measure) for unit, case in PLACES.values() for code, measure, _ in case.found
    )
    assert sorted((row["unit"], row["code"], row["measure"]) for row in graver(output)) == expected


@pytest.mark.slow
def test_what_is_impossible_is_missing_and_what_is_doubtful_is_used(output: Path) -> None:
    values = {(row["unit"], row["measure"]): row["value"] for row in read_rows(output / "measures.csv")}
    statuses = {(row["unit"], row["node"]): row["status"] for row in read_rows(output / "scores.csv")}
    for unit, case in PLACES.values():
        for code, measure, column in case.found:
            if column == JUNE and code in (*IMPOSSIBLE, *DOUBTFUL):
                assert (values[unit, measure] == "") == (code in IMPOSSIBLE), (unit, code, measure)
            if column == JUNE and code in IMPOSSIBLE:
                assert statuses[unit, measure.split(".")[0]] == "provisional", (unit, code, measure)


def shown(found: str) -> str:
    """An ISO day, of either era, as messages write it; anything else as it is."""
    day = read_date(found) if found[4:5] == "-" else None
    return show_date(day) if day else found


@pytest.mark.slow
def test_every_message_names_the_value_and_how_to_mend_it(output: Path) -> None:
    for row in findings(output):
        assert len(row["message"]) > 25
        if row["found"] and row["code"] not in ("no-evidence", "two-submissions"):
            message = row["message"].replace(",", "")  # numbers are grouped there
            assert shown(row["found"].lstrip("'")).replace(",", "") in message, row


@pytest.mark.slow
def test_a_fixed_value_that_the_province_left_blank_is_named(tmp_path: Path) -> None:
    workspace = keep_units(copy_sample(tmp_path), "3101", "3102")
    edit_table(workspace, "ค่าตั้งต้น", {"รหัสหน่วย": "3101"}, "staff", None)
    found = [row for row in findings(run(workspace, expect=1), unit="3101") if row["code"] != "check-rule"]
    assert codes(found) == ["baseline-missing", "lint-no-baseline", "no-case"]
    assert {(row["file"], row["measure"]) for row in found} == {("level_tables.xlsx", "staff")}


@pytest.mark.slow
def test_where_the_case_is_unknown_no_case_holds_and_the_level_is_nought(output: Path) -> None:
    unit, _ = PLACES["the case itself"]
    assert [
        (row["unit"], row["measure"], row["sheet"]) for row in findings(output) if row["code"] == "no-case"
    ] == [(unit, "T4.has_default", "ระดับ")]
    row = next(row for row in read_rows(output / "scores.csv") if (row["unit"], row["node"]) == (unit, "T4"))
    assert (row["level"], row["status"]) == ("0", "provisional")
