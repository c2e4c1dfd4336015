"""What an earlier month came to is told again only where all that it hangs on is the very same."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from small_workspace import EARLIER, MONTH, UNITS, small_config, small_workspace
from workspace import change, submission

import kpibatch
from kpibatch.base.config import Config, read_config
from kpibatch.base.findings import KPI_LOST, LOST, Place, finding
from kpibatch.base.kept.entries import CACHE
from kpibatch.base.kept.program import program
from kpibatch.intake.central.together import Central
from kpibatch.intake.corrections import Correction, Corrections
from kpibatch.intake.frame import OwnLevel
from kpibatch.intake.past import PastMonth, packed, unpacked
from kpibatch.months import assess as months
from kpibatch.months.assess import _key, _Rules, assess_month
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import month_of


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return assess_month(read_config(small_workspace(tmp_path_factory.mktemp("kept"))), MONTH)


FIRST = "2554-03"


def key_by(outcome: Outcome, config: Config | None = None, past: tuple[PastMonth, ...] | None = None) -> str:
    rules = _Rules(
        config or outcome.config, outcome.tables, None, outcome.corrections, Central(outcome.tables)
    )
    return _key(outcome.intake, outcome.tables, rules, outcome.past if past is None else past)


PLACE = Place("corrections.xlsx", "การแก้ไข", "D2")
CORRECTION = Correction(UNITS[0], "D1", EARLIER, 1.0, "1", "", "", "", date(2011, 7, 1), PLACE)


def _first_cell(column: str, value: object) -> Callable[[Outcome], Outcome]:
    def changed(outcome: Outcome) -> Outcome:
        frame = outcome.intake.reported.copy()
        frame.loc[frame.index[-1], column] = value
        return replace(outcome, intake=replace(outcome.intake, reported=frame))

    return changed


def _read(**parts: Any) -> Callable[[Outcome], Outcome]:
    return lambda outcome: replace(outcome, intake=replace(outcome.intake, **parts))


def _tables(**parts: Any) -> Callable[[Outcome], Outcome]:
    return lambda outcome: replace(outcome, tables=replace(outcome.tables, **parts))


OTHERWISE: dict[str, Callable[[Outcome], Outcome]] = {
    "a value": _first_cell("value", 123456.0),
    "a state": _first_cell("state", "bad"),
    "what stands in a cell": _first_cell("found", "๘๕"),
    "a cell": _first_cell("cell", "ZZ9"),
    "a row less": lambda each: replace(each, intake=replace(each.intake, reported=each.reported[1:])),
    "who sent": _read(submissions=()),
    "a text": _read(texts={(UNITS[0], "D1"): ("ภาพถ่าย", "", "")}),
    "a finding": _read(findings=(finding("late", Place("a.xlsx")),)),
    "a file's bytes": _read(files=(("a.xlsx", "0" * 64),)),
    "an arrival": _read(arrivals={"0" * 64: datetime(2022, 6, 30, 8, 30)}),
    "the province's file": _read(central_files=(("province.xlsx", "0" * 64),)),
    "an earlier file": _read(earlier_files=(("2554-05/a.xlsx", "0" * 64),)),
    "who is not read": _read(unread=frozenset(UNITS)),
    "a level claimed": _read(own_levels={(UNITS[0], "D1"): OwnLevel(5, Place("a.xlsx"))}),
    "the month": _read(month=EARLIER),
    "a correction": lambda each: replace(each, corrections=Corrections((CORRECTION,))),
    "a due day": _tables(calendar={MONTH: date(2011, 7, 1)}),
    "when rules hold": _tables(since=MONTH),
    "a warning": _tables(warnings=(finding("lint-unused"),)),
    "the tables' name": _tables(file="other.xlsx"),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_all_that_a_month_hangs_on_is_in_its_key(outcome: Outcome, what: str) -> None:
    assert key_by(outcome) == key_by(outcome)
    assert key_by(OTHERWISE[what](outcome)) != key_by(outcome)


def test_config_months_before_and_program_are_in_its_key(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, config = month_of(outcome), outcome.config
    rest = replace(before, percent={**before.percent, UNITS[0]: 1.0})
    keys = [
        key_by(outcome, past=()),
        key_by(outcome, past=(before,)),
        key_by(outcome, past=(rest,)),
        key_by(outcome, past=(before, before)),
        key_by(outcome, past=(replace(before, sealed=True),)),
        key_by(outcome, replace(config, ranking=replace(config.ranking, incomplete="exclude")), ()),
        key_by(outcome, replace(config, intake=replace(config.intake, late_values="accept")), ()),
    ]
    program.cache_clear()
    monkeypatch.setattr(kpibatch, "__version__", "0.0.9")
    keys.append(key_by(outcome, past=()))
    program.cache_clear()
    assert len({*keys}) == len(keys)


def test_a_month_comes_back_as_it_was(outcome: Outcome) -> None:
    month = replace(
        month_of(outcome),
        came={UNITS[0]: datetime(2022, 6, 30, 8, 30), UNITS[1]: None},
        evidence=((UNITS[0], ("a", "b"), ((1, 0), (2, 3))),),
        corrected={(UNITS[0], "a", MONTH): 1.5},
        claims={(UNITS[0], "D1"): 4},
        sealed=True,
    )
    told = unpacked(packed(month))
    assert told.reported.dtypes.equals(month.reported.dtypes)
    assert told.reported.equals(month.reported)
    for name in {each.name for each in fields(PastMonth)} - {"reported"}:
        assert getattr(told, name) == getattr(month, name)
        assert getattr(told, name) or name == "values"
    assert told.digest == month.digest


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return small_config(tmp_path)


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The months that were really scored."""
    made, assess = list[str](), months.assess

    def scoring(intake: Any, *rest: Any) -> Outcome:
        made.append(intake.month)
        return assess(intake, *rest)

    monkeypatch.setattr(months, "assess", scoring)
    return made


def test_an_earlier_month_is_scored_once_and_again_where_anything_is_otherwise(
    config: Config, scored: list[str]
) -> None:
    def again() -> tuple[list[str], PastMonth]:
        del scored[:]
        outcome = assess_month(config, MONTH)
        return [*scored], outcome.past[-1]

    asked, first = again()
    assert asked == [FIRST, EARLIER, MONTH]
    asked, second = again()
    assert asked == [MONTH]
    assert packed(second) == packed(first)
    for damage in (lambda path: path.write_bytes(path.read_bytes()[:-1]), Path.unlink):
        for entry in (config.output / CACHE / "months").iterdir():
            damage(entry)
        assert again()[0] == [FIRST, EARLIER, MONTH]
    change(submission(config.root, UNITS[0], EARLIER), {("D2.1.satisfaction", EARLIER): 61})
    asked, changed = again()
    assert asked == [EARLIER, MONTH]
    assert packed(changed) != packed(first)


@pytest.mark.parametrize("code", [LOST, KPI_LOST])
def test_what_a_bug_has_touched_is_not_kept(
    config: Config, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assess = months.assess

    def with_a_bug(*given: Any) -> Outcome:
        outcome = assess(*given)
        return replace(
            outcome, findings=(*outcome.findings, finding(code, found="ValueError", log="", kpi=""))
        )

    monkeypatch.setattr(months, "assess", with_a_bug)
    assess_month(config, MONTH)
    assert not (config.output / CACHE / "months").exists()
