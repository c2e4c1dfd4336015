"""The level that a unit claims itself: it travels beside the one that its values give, and never counts. What
a form says of itself is not read.
"""

from datetime import date
from pathlib import Path

import pytest
from made_up_month import ranking_of
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from tablebook import levels, write
from workspace import FORM, ROOT, configure, kpibatch, open_book

from kpibatch.base.config import IntakeLimits, read_config
from kpibatch.base.findings import Finding
from kpibatch.forms.layout import CLAIM
from kpibatch.forms.standard import form_name, write_form
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.months.assess import assess_month
from kpibatch.months.sent import sent_so_far
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.unit.book import Units, write_unit_book

JUNE, UNIT, FIRST = "2565-06", "3101", date(2020, 4, 1)
ENTRIES = {("T1.spent", JUNE): 850.0, ("T1.docs", JUNE): "ใช่", ("I1.news", JUNE): 3.0}
ASKS = "ระดับที่ประเมินตนเอง"


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


@pytest.fixture
def workspace(tables: LevelTables, tmp_path: Path) -> Path:
    """One unit has sent its form; it claims level 4 of T1."""
    config = (ROOT / "config.toml").read_text(encoding="utf-8").replace("input_samples/buriram-2565-2/", "")
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    write(tmp_path / "level_tables.xlsx", {}, {})
    (tmp_path / "submissions" / JUNE).mkdir(parents=True)
    write_form(
        tables,
        tables.unit[UNIT],
        form_of(tmp_path, tables),
        ENTRIES | {("T1", CLAIM): 4.0},
        scored_from=FIRST,
    )
    return tmp_path


def form_of(workspace: Path, tables: LevelTables) -> Path:
    return workspace / "submissions" / JUNE / form_name(tables.unit[UNIT])


def read(path: Path, tables: LevelTables) -> Contents:
    return read_submission(path, tables, JUNE, IntakeLimits())


def claim_cells(sheet: Worksheet) -> dict[str, str]:
    """KPI → the address of the cell for its claim."""
    return {
        str(row[0].value).removeprefix("kpi:"): row[at + 1].coordinate
        for row in sheet.iter_rows()
        for at, cell in enumerate(row)
        if cell.value == ASKS
    }


def claim(path: Path, kpi: str, content: object) -> None:
    book = load_workbook(path)
    book[FORM][claim_cells(book[FORM])[kpi]] = content
    book.save(path)


def about(outcome: Outcome, code: str) -> list[Finding]:
    return [each for each in outcome.findings if each.code == code]


def test_a_claim_travels_and_what_the_values_give_counts(workspace: Path, tables: LevelTables) -> None:
    outcome = assess_month(read_config(workspace), JUNE, tables)
    assert outcome.scores.kpis["T1"].level[0] == 3
    (told,) = about(outcome, "claim-differs")
    assert (told.unit, told.found, told.severity) == (UNIT, "4", "note")
    assert told.place.cell == claim_cells(open_book(form_of(workspace, tables))[FORM])["T1"]
    book = open_book(ranking_of(outcome, workspace / "ranking.xlsx"), values=True)
    rows = [*book["T1"].iter_rows(values_only=True)]
    (head,) = (row for row in rows if ASKS in row)
    assert [row[head.index(ASKS)] for row in rows if row[0] in tables.unit] == [4, "", ""]
    assert not any(
        ASKS in row for row in open_book(workspace / "ranking.xlsx")["I1"].iter_rows(values_only=True)
    )
    write_unit_book(Units.of(outcome), tables.unit[UNIT], workspace / "unit.xlsx")
    summary, words = open_book(workspace / "unit.xlsx"), "ประเมินตนเอง ระดับ 4"
    for sheet in (summary.worksheets[0], summary["รายละเอียด"]):
        assert any(words in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_a_claim_that_agrees_is_not_told(workspace: Path, tables: LevelTables) -> None:
    claim(form_of(workspace, tables), "T1", 3)
    assert about(assess_month(read_config(workspace), JUNE, tables), "claim-differs") == []


@pytest.mark.parametrize("typed", ["0", "๕", 5, "5"])
def test_a_claim_is_read_as_people_type_it(workspace: Path, tables: LevelTables, typed: object) -> None:
    claim(form_of(workspace, tables), "I1", typed)
    own = read(form_of(workspace, tables), tables).own_levels
    assert {kpi: each.level for (_, kpi), each in own.items()} == {"T1": 4, "I1": 0 if typed == "0" else 5}


@pytest.mark.parametrize("typed", [6, -1, 2.5, "ดีมาก", True])
def test_a_claim_that_is_no_level_is_told(workspace: Path, tables: LevelTables, typed: object) -> None:
    claim(form_of(workspace, tables), "I1", typed)
    contents = read(form_of(workspace, tables), tables)
    assert set(contents.own_levels) == {(UNIT, "T1")}
    assert [each.severity for each in contents.findings if each.code == "claim-unread"] == ["warning"]


def test_a_claim_comes_back_in_the_next_form(workspace: Path, tables: LevelTables) -> None:
    sent = sent_so_far(read_config(workspace), tables, None)[UNIT]
    assert sent.entries(tables)["T1", CLAIM] == 4.0


def test_scores_that_were_typed_over_never_count(workspace: Path, tables: LevelTables) -> None:
    path = form_of(workspace, tables)
    before = read(path, tables)
    book = load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = 5 if sheet.title == FORM else None
    book.save(path)
    after = read(path, tables)
    assert [line.value for line in after.lines if line.state == "ok"] == [850.0, 1.0, 3.0]
    assert (after.lines, after.own_levels) == (before.lines, before.own_levels)
    assert {each.code for each in after.findings} <= {each.code for each in before.findings}


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_a_workspace_may_do_without_scores(workspace: Path, tables: LevelTables, wanted: str) -> None:
    configure(workspace, form_scores=wanted)
    assert kpibatch(workspace, "forms").exit_code == 0
    book = open_book(workspace / "output" / "forms" / form_name(tables.unit[UNIT]))
    assert ("_คะแนน" in book.sheetnames, bool(claim_cells(book[FORM]))) == ((wanted == "true"),) * 2
    if wanted == "true":
        assert book[FORM][claim_cells(book[FORM])["T1"]].value == 4
