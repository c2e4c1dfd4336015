"""A month against the months before it, as published or as sent; nothing later reaches back."""

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from correcting import correct
from workspace import copy_sample, edit_table, keep_units, run, tree

from kpibatch.base.config import read_config
from kpibatch.base.errors import EmptyMonth
from kpibatch.months.assess import assess_month
from kpibatch.months.history import history_of
from kpibatch.months.listings import measure_rows, score_rows
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import month_of

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"
UNIT, LATE, MEASURE = "3102", "3101", "T5.news"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few units, April and May run, a report of May late; read only."""
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("assess")), UNIT, LATE, "3117", "3119")
    arrivals = workspace / "submissions" / MAY / "received.csv"
    moments = arrivals.read_text(encoding="utf-8-sig").replace("2022-06-02T10:51", "2022-06-30T10:51")
    arrivals.write_text(moments, encoding="utf-8-sig")
    for month in (APRIL, MAY):
        run(workspace, month)
    return workspace


@pytest.fixture
def workspace(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


def assessed(workspace: Path, month: str) -> Outcome:
    return assess_month(read_config(workspace), month)


def listed(outcome: Outcome) -> tuple[list[tuple[str, ...]], ...]:
    """All that a month's listings say, but for the moments files came."""
    findings = [each.row("en") for each in outcome.findings]
    return list(score_rows(outcome)), list(measure_rows(outcome)), findings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("due", "recorded", "in_time", "told"),
    [
        (date(2022, 6, 5), True, False, []),
        (date(2022, 6, 29), True, False, [("due-changed", "–")]),
        (date(2022, 6, 30), True, True, [("due-changed", LATE)]),
        (date(2022, 6, 30), False, True, [("due-unrecorded", LATE)]),
        (date(2022, 6, 29), False, False, []),
    ],
)
def test_a_published_month_is_judged_by_the_due_day_of_today(
    due: date, recorded: bool, in_time: bool, told: list[tuple[str, str]], workspace: Path
) -> None:
    """A report of May came on 30 June and was published as late; its due day was 5 June."""
    edit_table(workspace, "ปฏิทิน", {"เดือน": MAY}, "กำหนดส่ง", due)
    path = workspace / "output" / MAY / "run.json"
    record = json.loads(path.read_bytes())
    assert record["due"] == "2022-06-05"
    if not recorded:
        del record["due"], record["sha256"]  # as records once were
        path.write_text(json.dumps(record), encoding="utf-8")
    then = tree(workspace / "output" / MAY)
    outcome = assessed(workspace, JUNE)
    assert (LATE in outcome.past[-1].prompt) == in_time
    assert UNIT in outcome.past[-1].prompt
    came = {unit: moment.date() for unit, moment in outcome.past[-1].came.items() if moment}
    assert came[LATE] == date(2022, 6, 30)
    found = [one for one in outcome.findings if one.code.startswith("due-")]
    assert [(one.code, dict(one.facts)["units"]) for one in found] == told
    assert tree(workspace / "output" / MAY) == then, "what is published stays"


@pytest.mark.slow
@pytest.mark.parametrize("month", [APRIL, MAY])
def test_a_published_month_is_looked_back_on_as_it_came_out(month: str, published: Path) -> None:
    with history_of(published / "output") as history:
        back = history.month(month)
    then = month_of(assessed(published, month))
    assert (back.month, back.rank, back.prompt) == (then.month, then.rank, then.prompt)
    assert UNIT in back.prompt
    assert (LATE in back.prompt) == (month == APRIL)
    assert back.percent == pytest.approx(then.percent)
    assert back.levels == then.levels != {}
    assert {key: back.values[key] for key in then.values} == pytest.approx(then.values)
    texts = dict.fromkeys(("state", "found", "file", "sheet", "cell"), "")
    frames = (
        frame.sort_values(["unit", "measure"], ignore_index=True).fillna(texts)
        for frame in (back.reported, then.reported)
    )
    pd.testing.assert_frame_equal(*frames, check_dtype=False)


@pytest.mark.slow
def test_months_before_are_those_published_else_those_sent(workspace: Path) -> None:
    by_history = assessed(workspace, JUNE)
    shutil.rmtree(workspace / "output")
    by_submissions = assessed(workspace, JUNE)
    assert [month.month for month in by_history.past] == [APRIL, MAY]
    assert [month.month for month in by_submissions.past] == [APRIL, MAY]
    assert listed(by_history)[:2] == listed(by_submissions)[:2]


@pytest.mark.slow
def test_nothing_later_reaches_an_earlier_month(workspace: Path) -> None:
    correct(workspace, (UNIT, MEASURE, JUNE, 7), (UNIT, MEASURE, MAY, 8))
    run(workspace, JUNE)
    april = assessed(workspace, APRIL)
    for folder in (workspace / "output", workspace / "submissions" / MAY, workspace / "submissions" / JUNE):
        shutil.rmtree(folder)
    (workspace / "corrections.xlsx").unlink()
    assert listed(april) == listed(assessed(workspace, APRIL))
    assert april.past == ()


@pytest.mark.slow
def test_a_correction_counts_from_its_own_month_on(workspace: Path) -> None:
    correct(workspace, (UNIT, MEASURE, MAY, 8))
    corrected = {
        month: [each.measure for each in assessed(workspace, month).findings if each.code == "corrected"]
        for month in (APRIL, MAY, JUNE)
    }
    assert corrected == {APRIL: [], MAY: [MEASURE], JUNE: [MEASURE]}


@pytest.mark.slow
def test_an_earlier_month_without_a_report_is_passed_over(workspace: Path) -> None:
    shutil.rmtree(workspace / "output")
    for sent in (workspace / "submissions" / MAY).iterdir():
        sent.unlink()
    assert [month.month for month in assessed(workspace, JUNE).past] == [APRIL]
    with pytest.raises(EmptyMonth):
        assessed(workspace, MAY)


@pytest.mark.slow
def test_what_the_check_warns_of_in_the_tables_is_among_the_months_findings(workspace: Path) -> None:
    """A level that asks nothing comes for free: the run says so too, of the tables and of no unit."""
    clean = assessed(workspace, JUNE)
    edit_table(workspace, "ระดับ", {"รายการข้อมูล": MEASURE}, "ระดับ 2", None)
    warned = assessed(workspace, JUNE)
    (found,) = [each for each in warned.findings if each.place.file == "level_tables.xlsx"]
    assert (found.code, found.severity, found.unit) == ("lint-empty-level", "warning", "")
    assert found.place.cell
    assert {each.code for each in clean.findings if each.place.file == "level_tables.xlsx"} == set()
