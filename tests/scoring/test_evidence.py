"""What is still to be handed in: by the level reached, the files of the month and of those before it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_workspace import MONTH, UNITS, small_workspace

from kpibatch.base.config import read_config
from kpibatch.base.findings import Finding
from kpibatch.intake.checks.validate import validate
from kpibatch.intake.evidence.listing import Evidence, Proof
from kpibatch.months.assess import assess_month
from kpibatch.rules.reading.evidence import EVERY_LEVEL, Spans
from kpibatch.rules.records import Rollup
from kpibatch.scoring.evidence.wanted import Wanted, about_evidence
from kpibatch.scoring.outcome import Outcome

UNIT, ITEM = UNITS[0], "D2.1.satisfaction"  # has reached level 3; the other unit's value can't be read
KEY = UNIT, ITEM


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return assess_month(read_config(small_workspace(tmp_path_factory.mktemp("evidence"))), MONTH)


def asking(
    outcome: Outcome,
    levels: Spans,
    *given: Spans,
    before: tuple[Spans, ...] = (),
    there: bool = True,
    **item: Any,
) -> Outcome:
    """The outcome where the item asks for evidence at some levels, or says ใช่ where they are none."""
    measure = replace(outcome.tables.measures[ITEM], evidence=levels, needs_evidence=not levels, **item)
    measures = {**outcome.tables.measures, ITEM: measure}
    files = tuple(Proof("", UNIT, (ITEM,), of, 1, counts=True, path=Path()) for of in given)
    intake = replace(outcome.intake, evidence=Evidence(there, files))
    past = replace(outcome.past[0], evidence=tuple((UNIT, (ITEM,), of) for of in before))
    return replace(outcome, tables=replace(outcome.tables, measures=measures), intake=intake, past=(past,))


@pytest.mark.parametrize(
    ("levels", "given", "lacking"),
    [
        (((2, 2),), (), {KEY: (2,)}),
        (((3, 3),), (), {KEY: (3,)}),
        (((4, 4),), (), {}),
        (((2, 5),), (), {KEY: (2, 3)}),
        (EVERY_LEVEL, (), {KEY: (1, 2, 3)}),
        (((2, 0),), (((3, 3),),), {KEY: (2,)}),
        (((2, 0),), (((3, 0),), ((2, 2),)), {}),
        (((2, 0),), ((),), {}),
        (((2, 0),), (((4, 5),),), {KEY: (2, 3)}),
    ],
)
def test_evidence_is_asked_of_each_level_reached(
    levels: Spans, given: tuple[Spans, ...], lacking: Wanted, outcome: Outcome
) -> None:
    assert asking(outcome, levels, *given).wanted == lacking


@pytest.mark.parametrize(
    ("there", "given", "lacking"), [(False, (), {}), (True, (), {KEY: ()}), (True, ((),), {})]
)
def test_an_item_that_says_yes_asks_for_a_file_where_there_is_a_folder(
    there: bool, given: tuple[Spans, ...], lacking: Wanted, outcome: Outcome
) -> None:
    assert asking(outcome, (), *given, there=there).wanted == lacking


def test_levels_ask_for_files_though_nobody_made_the_folder(outcome: Outcome) -> None:
    assert asking(outcome, ((3, 3),), there=False).wanted == {KEY: (3,)}


def test_what_was_proven_stays_proven_but_where_every_month_adds(outcome: Outcome) -> None:
    assert asking(outcome, EVERY_LEVEL, before=((),)).wanted == {}
    assert asking(outcome, EVERY_LEVEL, before=((),), rollup=Rollup.SUM).wanted == {KEY: (1, 2, 3)}
    silent = replace(outcome, reported=outcome.reported[outcome.reported["month"] != MONTH])
    assert asking(silent, EVERY_LEVEL, before=((),), rollup=Rollup.SUM).wanted == {}


def test_what_is_to_come_is_told_at_the_cell_of_the_value(outcome: Outcome) -> None:
    (found,) = told(asking(outcome, ((2, 3),)))
    assert (found.code, found.severity, found.unit, found.measure) == ("evidence-missing", "warning", *KEY)
    assert found.place == outcome.measured.origin[KEY]
    assert "ระดับ 2, 3" in found.message("th")
    assert [one.code for one in told(asking(outcome, ()))] == ["evidence-no-file"]


def told(outcome: Outcome) -> list[Finding]:
    """What is told of evidence."""
    given = outcome.reported, outcome.measured, outcome.scores, outcome.intake, outcome.tables, outcome.past
    return list(about_evidence(*given))


def test_a_file_is_enough_where_the_cell_of_evidence_is_blank(outcome: Outcome) -> None:
    for given, code in ((), "no-evidence"), (((),), ""):
        asked = asking(outcome, (), *given)
        blank = replace(asked.intake, reported=outcome.reported, texts={})
        codes = {one.code for one in validate(blank, asked.tables, outcome.config)[1] if one.measure == ITEM}
        assert codes == {code} - {""}
