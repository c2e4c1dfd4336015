"""A unit that tells an earlier month otherwise: it gains nothing by it, and the province gets a row to decide
on.
"""

import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from correcting import PAPERS
from openpyxl import load_workbook
from workspace import change, codes, copy_sample, findings, keep_units, kpibatch, read_rows, run, submission

from kpibatch.base.config import read_config
from kpibatch.intake.corrections import HEADS
from kpibatch.intake.frame import OK
from kpibatch.months.assess import assess_month
from kpibatch.scoring.outcome import Outcome, assess

UNIT, MEASURE = "3104", "T5.news"
APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return keep_units(copy_sample(tmp_path), UNIT, "3101", "3105")


def scores(output: Path) -> list[dict[str, str]]:
    return read_rows(output / "scores.csv")


def rewrite(workspace: Path) -> None:
    change(submission(workspace, UNIT, JUNE), {(MEASURE, APRIL): 1})


@pytest.mark.slow
@pytest.mark.parametrize("april", ["open", "published", "sealed"])
def test_april_rewritten_in_june_moves_no_score(april: str, workspace: Path) -> None:
    honest = scores(run(workspace))
    if april != "open":
        run(workspace, APRIL)
    if april == "sealed":
        assert kpibatch(workspace, "close", APRIL).exit_code == 0
    rewrite(workspace)
    output = run(workspace, expect=1)
    assert scores(output) == honest
    (told,) = [row for row in findings(output, unit=UNIT) if row["code"] == "late-change"]
    for said in ("“12”", "“1”", f"{APRIL}/"):
        assert said in told["message"]


@pytest.mark.slow
def test_the_new_value_counts_once_it_stands_among_the_corrections(workspace: Path) -> None:
    """Proposed by the command, counted only with its papers, proposed once."""
    honest = scores(run(workspace))
    rewrite(workspace)
    path = workspace / "corrections.xlsx"
    assert kpibatch(workspace, "corrections").exit_code == 0
    assert rows_of(path) == [(UNIT, MEASURE, APRIL, 1, None, None, None, None)]
    output = run(workspace, expect=1)
    assert scores(output) == honest
    assert "correction-pending" in codes(findings(output))
    assert kpibatch(workspace, "corrections").exit_code == 0
    assert len(rows_of(path)) == 1
    fill_in(path, PAPERS)
    output = run(workspace)
    assert scores(output) != honest
    assert {"corrected"} <= set(codes(findings(output, unit=UNIT)))
    assert "late-change" not in codes(findings(output, unit=UNIT))


@pytest.mark.slow
def test_what_is_turned_down_stays_turned_down(workspace: Path) -> None:
    honest = scores(run(workspace))
    rewrite(workspace)
    path = workspace / "corrections.xlsx"
    kpibatch(workspace, "corrections")
    fill_in(path, ("ไม่อนุมัติ: ไม่มีหลักฐาน",))
    output = run(workspace, expect=1)
    assert scores(output) == honest
    assert "correction-turned-down" in codes(findings(output))
    kpibatch(workspace, "corrections")
    assert len(rows_of(path)) == 1


def rows_of(path: Path) -> list[tuple[object, ...]]:
    sheet = load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[: len(HEADS)] == HEADS)
    return [row[: len(HEADS)] for row in rows[head + 1 :] if any(cell is not None for cell in row)]


def fill_in(path: Path, papers: tuple[object, ...]) -> None:
    book = load_workbook(path)
    sheet = book.worksheets[0]
    (row,) = [cell.row for cell in sheet["A"] if cell.value == UNIT]
    for column, content in enumerate(papers, HEADS.index("เหตุผล") + 1):
        sheet.cell(row, column).value = content
    book.save(path)


def ranks(outcome: Outcome) -> list[tuple[str, int, str]]:
    return [(standing.unit, standing.rank, str(standing.total)) for standing in outcome.standings]


@pytest.mark.slow
def test_a_thousand_random_rewrites_of_earlier_months_move_no_rank(tmp_path: Path) -> None:
    """Any cell of any unit in any month before, changed or taken away: totals and ranks stay."""
    workspace = copy_sample(tmp_path)
    honest = assess_month(read_config(workspace), JUNE)
    frame, by_chance = honest.intake.reported, random.Random(2565)
    earlier = frame.index[(frame["month"] < JUNE) & (frame["state"] == OK)].tolist()
    changed = 0
    for _ in range(25):
        rows = by_chance.sample(earlier, 40)
        values = pd.Series([by_chance.choice((0.0, 1.0, 10.0, 1e6)) for _ in rows], index=rows)
        told = frame.assign(value=values.combine_first(frame["value"]), found=frame["found"])
        outcome = assess(
            replace(honest.intake, reported=told),
            honest.tables,
            honest.config,
            honest.past,
            honest.corrections,
        )
        changed += int((told["value"] != frame["value"]).sum())
        assert ranks(outcome) == ranks(honest)
    assert changed > 800
