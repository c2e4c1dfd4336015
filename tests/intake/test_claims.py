"""A unit that tells an earlier month otherwise: it gains nothing by it, and the province gets a row to decide
on.
"""

import hashlib
import json
import random
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from correcting import PAPERS, correct
from openpyxl import load_workbook
from workspace import (
    BURIRAM,
    FEW,
    change,
    codes,
    configure,
    copy_sample,
    findings,
    keep_units,
    kpibatch,
    read_rows,
    submission,
)
from workspace import listings as run
from workspace import run as run_whole

from kpibatch.base.config import read_config
from kpibatch.books.look import ROW
from kpibatch.intake.corrections import HEADS
from kpibatch.intake.frame import OK
from kpibatch.months.assess import assess_month
from kpibatch.months.record import record_bytes
from kpibatch.scoring.outcome import Outcome, assess

UNIT, MEASURE = "3104", "T5.news"
APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return keep_units(copy_sample(tmp_path), UNIT, "3101", "3105")


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with June run; read only."""
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("june")), UNIT, "3101", "3105")
    run(workspace)
    return workspace


@pytest.fixture
def honest(june: Path, tmp_path: Path) -> Path:
    """June, run before anything was told otherwise."""
    return Path(shutil.copytree(june, tmp_path / "honest"))


def scores(output: Path) -> list[dict[str, str]]:
    return read_rows(output / "scores.csv")


def rewrite(workspace: Path) -> None:
    change(submission(workspace, UNIT, JUNE), {(MEASURE, APRIL): 1})


@pytest.mark.slow
@pytest.mark.parametrize("april", ["open", "published", "sealed"])
def test_april_rewritten_in_june_moves_no_score(april: str, honest: Path) -> None:
    workspace, before = honest, scores(honest / "output" / JUNE)
    if april != "open":
        (run_whole if april == "sealed" else run)(workspace, APRIL)
    if april == "sealed":
        assert kpibatch(workspace, "close", APRIL).exit_code == 0
    rewrite(workspace)
    output = run(workspace, expect=1)
    assert scores(output) == before
    code = "late-sealed" if april == "sealed" else "late-change"
    (told,) = [row for row in findings(output, unit=UNIT) if row["code"] == code]
    for said in ("“12”", "“1”", f"{APRIL}/"):
        assert said in told["message"]


@pytest.mark.slow
def test_the_new_value_counts_once_it_stands_among_the_corrections(honest: Path) -> None:
    """Proposed by the command, counted only with its papers, proposed once."""
    workspace, before = honest, scores(honest / "output" / JUNE)
    rewrite(workspace)
    path = workspace / "corrections.xlsx"
    assert kpibatch(workspace, "corrections").exit_code == 0
    assert rows_of(path) == [(UNIT, MEASURE, APRIL, 1, None, None, None, None)]
    sheet = load_workbook(path).worksheets[0]
    about, height = str(sheet.cell(4, len(HEADS) + 1).value), sheet.row_dimensions[4].height
    assert height is not None
    assert height >= 2 * ROW
    for said in ("นางรอง", "เมษายน 2565", "“12”", f"{APRIL}/3104", "“1”"):
        assert said in about
    output = run(workspace, expect=1)
    assert scores(output) == before
    (pending,) = [row for row in findings(output) if row["code"] == "correction-pending"]
    assert (pending["unit"], pending["measure"]) == (UNIT, MEASURE)
    assert "เมษายน 2565" in pending["message"]
    again = kpibatch(workspace, "corrections")
    assert (again.exit_code, "รอพิจารณาหรือไม่อนุมัติ 1 รายการ มีปัญหา 0 ข้อ" in again.output) == (0, True)
    assert len(rows_of(path)) == 1
    fill_in(path, PAPERS)
    output = run(workspace)
    assert scores(output) != before
    assert {"corrected"} <= set(codes(findings(output, unit=UNIT)))
    assert "late-change" not in codes(findings(output, unit=UNIT))


@pytest.mark.slow
def test_what_is_turned_down_stays_turned_down(honest: Path) -> None:
    workspace, before = honest, scores(honest / "output" / JUNE)
    rewrite(workspace)
    path = workspace / "corrections.xlsx"
    kpibatch(workspace, "corrections")
    fill_in(path, ("ไม่อนุมัติ: ไม่มีหลักฐาน",))
    output = run(workspace, expect=1)
    assert scores(output) == before
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
    workspace = keep_units(copy_sample(tmp_path), *FEW[BURIRAM][:6])
    honest = assess_month(read_config(workspace), JUNE)
    frame, by_chance = honest.intake.reported, random.Random(2565)
    earlier = frame.index[(frame["month"] < JUNE) & (frame["state"] == OK)].tolist()
    changed = 0
    for _ in range(10):
        rows = by_chance.sample(earlier, 100)
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


# --- other ways to tell it better ---------------------------------------------------------------------------


@pytest.mark.slow
def test_a_denominator_is_not_the_units_own(workspace: Path) -> None:
    """How much the province asked for is the province's number: no form has a cell for it."""
    asked = {"T7.requested", "I9.complaints"}
    book = load_workbook(submission(workspace, UNIT, JUNE))
    assert not asked & {cell.value for sheet in book for cell in sheet["A"]}
    output = run(workspace)
    places = {row["file"] for row in read_rows(output / "measures.csv") if row["measure"] in asked}
    assert places == {"province.xlsx"}


@pytest.mark.slow
@pytest.mark.parametrize(("spent", "code"), [(1000, "check-a-fraction"), (700_000, "check-falls")])
def test_spending_that_falls_is_asked_about(spent: int, code: str, workspace: Path) -> None:
    change(submission(workspace, UNIT, JUNE), {("T1.spent", JUNE): spent})
    asked = [row for row in findings(run(workspace, expect=1), unit=UNIT) if row["measure"] == "T1.spent"]
    assert [(row["severity"], row["code"]) for row in asked] == [("warning", code)]


@pytest.mark.slow
def test_a_day_to_come_counts_when_it_has_come(workspace: Path) -> None:
    """“10 Sep” typed in June is told and missing."""
    change(submission(workspace, UNIT, JUNE), {("T3.evidence_date", JUNE): date(2022, 9, 10)})
    output = run(workspace, expect=1)
    values = {(row["unit"], row["measure"]): row["value"] for row in read_rows(output / "measures.csv")}
    assert values[UNIT, "T3.evidence_date"] == ""
    assert "date-ahead" in codes(findings(output, unit=UNIT))


# --- closed months ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """April, with one correction, published and closed; read only."""
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("closed")), UNIT, "3101", "3105")
    correct(workspace, ("3105", MEASURE, APRIL, 5))
    run_whole(workspace, APRIL)
    assert kpibatch(workspace, "close", APRIL).exit_code == 0
    return workspace


@pytest.fixture
def sealed(closed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(closed, tmp_path / "sealed"))


@pytest.fixture(scope="module")
def june_after(closed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with June run; read only."""
    workspace = Path(shutil.copytree(closed, tmp_path_factory.mktemp("after") / closed.name))
    run(workspace)
    return workspace


@pytest.fixture
def told(june_after: Path, tmp_path: Path) -> Path:
    """April sealed, and June run before anything was told otherwise."""
    return Path(shutil.copytree(june_after, tmp_path / "told"))


@pytest.mark.slow
@pytest.mark.parametrize("late_values", ["corrections", "accept"])
def test_a_closed_month_is_told_as_closed(late_values: str, sealed: Path) -> None:
    configure(sealed, late_values=f'"{late_values}"')
    output = run(sealed)
    assert [row["found"] for row in findings(output) if row["code"] == "seal-used"] == [APRIL]
    honest = scores(output)
    rewrite(sealed)
    output = run(sealed, expect=1)
    assert scores(output) == honest
    assert [row["code"] for row in findings(output, unit=UNIT) if "late-" in row["code"]] == ["late-sealed"]
    assert kpibatch(sealed, "corrections").exit_code == 0
    assert UNIT not in {row[0] for row in rows_of(sealed / "corrections.xlsx")}


@pytest.mark.slow
def test_a_correction_that_contradicts_a_seal_is_refused(told: Path) -> None:
    before = scores(told / "output" / JUNE)
    correct(told, ("3105", MEASURE, APRIL, 5), (UNIT, MEASURE, APRIL, 1))
    output = run(told, expect=1)
    assert scores(output) == before
    assert [row["unit"] for row in findings(output) if row["code"] == "correction-sealed"] == [UNIT]
    listed = kpibatch(told, "corrections")
    assert (listed.exit_code, "ใช้ได้ 1 รายการ" in listed.output) == (1, True)
    assert "[correction-sealed]" in listed.output


@pytest.mark.slow
def test_a_correction_taken_away_after_the_seal_counts_all_the_same(told: Path) -> None:
    before = scores(told / "output" / JUNE)
    correct(told)
    output = run(told, expect=1)
    assert scores(output) == before
    assert [row["unit"] for row in findings(output) if row["code"] == "correction-unsealed"] == ["3105"]


@pytest.mark.slow
@pytest.mark.parametrize("done", ["changed", "removed"])
def test_the_sealed_values_count_whatever_becomes_of_the_folder(done: str, told: Path) -> None:
    """A month forged, its record with it, or gone. Once it is put back, the bundle of June proves it."""
    sealed, before = told, scores(told / "output" / JUNE)
    folder = sealed / "output" / APRIL
    copy = shutil.copytree(folder, sealed / "copy")
    if done == "removed":
        shutil.rmtree(folder)
    else:
        forge(folder)
    output = run(sealed, expect=1)
    assert scores(output) == before
    assert [row["found"] for row in findings(output) if row["code"] == "seal-differs"] == [APRIL]
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(copy, folder)
    assert "seal-differs" not in codes(findings(run_whole(sealed)))
    assert kpibatch(sealed, "close", JUNE).exit_code == 0
    verdict = kpibatch(sealed, "verify", str(sealed / "output/closed" / f"{JUNE}.zip"))
    assert verdict.exit_code == 0, verdict.output


def forge(folder: Path) -> None:
    """Say that the unit sent 1, in a folder that is sound in itself."""
    values, record = folder / "values.csv", folder / "run.json"
    rows = values.read_bytes().replace(f"{UNIT},{MEASURE},12,".encode(), f"{UNIT},{MEASURE},1,".encode())
    assert rows != values.read_bytes()
    values.write_bytes(rows)
    facts = json.loads(record.read_bytes())
    facts["listings"]["values.csv"] = hashlib.sha256(rows).hexdigest()
    record.write_bytes(record_bytes({name: fact for name, fact in facts.items() if name != "sha256"}))


@pytest.mark.slow
def test_a_broken_bundle_is_told_and_stops_nothing(sealed: Path) -> None:
    (sealed / "output/closed" / f"{APRIL}.zip").write_bytes(b"PK")
    output = run(sealed, expect=1)
    assert [row["severity"] for row in findings(output) if row["code"] == "seal-broken"] == ["warning"]
