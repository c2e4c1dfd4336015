"""What is typed to break it: the largest and the longest, in forms and corrections.

The month is written, each cell is told, and no other value is touched.
"""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from correcting import PAPERS, correct
from small_workspace import MONTH, UNITS, published_workspace, small_workspace
from workspace import change, findings, kpibatch, read_rows, submission
from workspace import listings as run

from kpibatch import assess_month, read_config
from kpibatch.base.kinds import LEAST, MOST
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status

LONG = "".join(random.Random(1).choices("กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศสหฬอ ", k=32_767))
MEASURE, PERCENT_OF_IT = "D4.1.trained", "D4.1.pct"
OTHER, PERCENT = "D1.2.done", "D2.1.satisfaction"
REFUSED: Mapping[str, tuple[Any, str]] = {
    "the largest float": (1e308, "number-size"),
    "the smallest float": (5e-324, "number-size"),
    "just too large": (MOST + 1, "number-size"),
    "just too small": ("0.0000000009", "number-size"),
    "300 Thai digits": ("๙" * 300, "number-size"),
    "400 digits": ("1" * 400, "not-a-number"),
    "an exponent": ("1e400", "not-a-number"),
    "a Thai exponent": ("1E๔๐๐", "not-a-number"),
    "a cell's worth of letters": (LONG, "not-a-number"),
    "the last day there is": (date(9999, 12, 31), "number-as-day"),
    "the last second there is": (datetime(9999, 12, 31, 23, 59, 59), "number-as-day"),
    "a formula": ("=1/0", "cell-error"),
    "an answer": (True, "not-a-number"),
    "the largest that is read": (MOST, "above-limit"),
    "the least that is read": (-MOST, "negative"),
}
CORRECTIONS: Mapping[str, tuple[tuple[Any, ...], str, str]] = {
    "too large": ((UNITS[0], MEASURE, MONTH, 1e308), "table-number-size", "D2"),
    "400 digits": ((UNITS[0], MEASURE, MONTH, "1" * 400), "table-value", "D3"),
    "a Thai exponent": ((UNITS[0], MEASURE, MONTH, "1e๔๐๐"), "table-value", "D4"),
    "a letter": ((UNITS[0], MEASURE, MONTH, LONG), "table-value", "D5"),
    "a month of the year 9999": ((UNITS[0], MEASURE, date(9999, 12, 31), 3), "correction-month", "C6"),
    "a day of the year 9999": (
        (UNITS[0], MEASURE, MONTH, 3, *PAPERS[:3], date(9999, 12, 31)),
        "table-value",
        "H7",
    ),
    "a day beyond all days": ((UNITS[0], MEASURE, MONTH, 3, *PAPERS[:3], 1e308), "table-value", "H8"),
    "a day before all days": ((UNITS[0], MEASURE, MONTH, 3, *PAPERS[:3], -5), "table-value", "H9"),
    "letters for codes": ((LONG, LONG, LONG, 3), "correction-unknown", "A10"),
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month without an attack."""
    return published_workspace(tmp_path_factory.mktemp("usual")) / "output" / MONTH


@pytest.fixture(scope="module")
def typed_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], Outcome]:
    """The month with something typed into one cell of one form, everything else as it is."""
    workspace = small_workspace(tmp_path_factory.mktemp("typed"))
    form = submission(workspace, UNITS[0], MONTH)
    as_sent = form.read_bytes()

    @cache
    def assessed(content: Any) -> Outcome:
        form.write_bytes(as_sent)
        change(form, {(MEASURE, MONTH): content})
        return assess_month(read_config(workspace), MONTH)

    return assessed


@pytest.mark.slow
@pytest.mark.parametrize("attack", REFUSED)
def test_a_cell_of_a_form_is_refused_and_no_other_value_moves(
    attack: str, typed_in: Callable[[Any], Outcome], recwarn: pytest.WarningsRecorder
) -> None:
    content, code = REFUSED[attack]
    outcome, usual = typed_in(content), typed_in(32)
    told = [
        one for one in outcome.findings_of(UNITS[0]) if one.severity == "error" and one.measure == MEASURE
    ]
    assert [(one.code, one.place.sheet, one.place.cell) for one in told] == [(code, "แบบรายงาน", "J18")]
    now, before = (each.measured.values.loc[UNITS[0]] for each in (outcome, usual))
    assert list(now.index[now.isna() & before.notna()]) == [MEASURE, PERCENT_OF_IT]
    assert now.drop([MEASURE, PERCENT_OF_IT]).equals(before.drop([MEASURE, PERCENT_OF_IT]))
    assert outcome.standing[UNITS[0]].status is Status.PROVISIONAL
    assert not [one for one in recwarn if issubclass(one.category, RuntimeWarning)]


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["the largest float", "a cell's worth of letters"])
def test_the_month_is_written_whole(attack: str, tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    change(submission(workspace, UNITS[0], MONTH), {(MEASURE, MONTH): REFUSED[attack][0]})
    values = {line["measure"]: line["value"] for line in measures_of(run(workspace, MONTH, expect=1))}
    assert values[MEASURE] == values[PERCENT_OF_IT] == ""


def measures_of(output: Path) -> list[dict[str, str]]:
    return [line for line in read_rows(output / "measures.csv") if line["unit"] == UNITS[0]]


@pytest.mark.slow
def test_corrections_typed_to_break_it_change_nothing(usual: Path, tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    correct(workspace, *(row for row, _, _ in CORRECTIONS.values()))
    output = run(workspace, MONTH, expect=1)
    told = {(one["code"], one["cell"]) for one in findings(output) if one["file"] == "corrections.xlsx"}
    assert told >= {(code, cell) for _, code, cell in CORRECTIONS.values()}
    assert (output / "scores.csv").read_bytes() == (usual / "scores.csv").read_bytes()


@pytest.mark.slow
def test_the_smallest_number_is_read_as_it_is(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    change(submission(workspace, UNITS[0], MONTH), {(PERCENT, MONTH): LEAST})
    values = {line["measure"]: line["value"] for line in measures_of(run(workspace, MONTH, expect=1))}
    assert values[PERCENT] == "0.000000001"
    assert kpibatch(workspace, "explain", UNITS[0], "D2.1", MONTH).exit_code in (0, 1)
