"""A summary is copied from what is published where it would come out the same, and only there."""

import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from many_units import alone
from workspace import BURIRAM

from kpibatch.base.findings import Place, finding
from kpibatch.base.kept.entries import CACHE
from kpibatch.base.month_files import UNITS
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend, month_of
from kpibatch.workbooks import again, outputs
from kpibatch.workbooks.again import Again
from kpibatch.workbooks.unit import book
from kpibatch.workbooks.unit.alike import Alike
from kpibatch.workbooks.unit.book import Units, unit_file, write_unit_book
from kpibatch.workbooks.unit.figures import View
from kpibatch.workbooks.unit.own import Own

UNIT, RIVAL = "3103", "3104"
NEW = finding("missing", Place("x.xlsx", "ก", "A1"), unit=UNIT, measure="T1.spent", label="ก", month="ข")


@pytest.fixture
def june(tmp_path: Path) -> Outcome:
    """The sample's month in a workspace of its own, with an output folder."""
    outcome = alone(BURIRAM)
    shutil.copyfile(outcome.config.level_tables, tmp_path / "level_tables.xlsx")
    (tmp_path / "output").mkdir()
    return replace(outcome, config=replace(outcome.config, root=tmp_path))


@pytest.fixture
def published(june: Outcome) -> Path:
    """Its folder, with the summary of one unit."""
    folder = june.config.output / june.month / UNITS
    folder.mkdir(parents=True)
    write(june, folder)
    return folder


def write(outcome: Outcome, folder: Path, trend: Trend | None = None) -> Path:
    unit = outcome.tables.unit[UNIT]
    path = folder / unit_file(unit)
    months = trend or Trend((month_of(outcome),))
    write_unit_book(Units.again_of(outcome, months), unit, path)
    return path


def is_copied(outcome: Outcome, monkeypatch: pytest.MonkeyPatch, trend: Trend | None = None) -> bool:
    """Whether the summary is not written anew; where it is, it says something else, or could."""
    written = list[View]()
    with monkeypatch.context() as patch:
        patch.setattr(book, "_write", lambda view, path: (written.append(view), path.write_bytes(b"new")))
        write(outcome, outcome.config.root, trend)
    return not written


def test_the_same_is_copied(june: Outcome, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_copied(june, monkeypatch)
    (old,), (new,) = published.iterdir(), june.config.root.glob(f"{UNIT}*")
    assert new.read_bytes() == old.read_bytes()
    assert is_copied(june, monkeypatch)


def flipped(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)


GONE: dict[str, Callable[[Outcome, Path], object]] = {
    "the published file is another": lambda june, published: flipped(next(published.iterdir())),
    "it is gone": lambda june, published: shutil.rmtree(published),
    "what was kept is gone": lambda june, published: shutil.rmtree(june.config.output / CACHE),
    "it is damaged": lambda june, published: [
        flipped(each) for each in (june.config.output / CACHE / "summaries").iterdir()
    ],
    "the level tables are other bytes": lambda june, published: flipped(june.config.level_tables),
}


@pytest.mark.parametrize("name", GONE)
def test_it_is_written_anew_where(
    name: str, june: Outcome, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    GONE[name](june, published)
    assert not is_copied(june, monkeypatch)


def test_another_program_writes_anew(june: Outcome, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "program", lambda *libraries: "another")
    assert not is_copied(june, monkeypatch)


def standing(outcome: Outcome, code: str, **other: Any) -> Outcome:
    changed = (replace(each, **other) if each.unit == code else each for each in outcome.standings)
    return replace(outcome, standings=tuple(changed))


def scored(outcome: Outcome, frame: str, value: float) -> Outcome:
    other = getattr(outcome.scores, frame).copy()
    other.loc[UNIT, "T"] = value
    return replace(outcome, scores=replace(outcome.scores, **{frame: other}))


def measured(outcome: Outcome, code: str) -> Outcome:
    values = outcome.measured.values.copy()
    values.loc[code, "T1.spent"] += 1
    return replace(outcome, measured=replace(outcome.measured, values=values))


def reported(outcome: Outcome, **cells: object) -> Outcome:
    frame = outcome.reported.copy()
    at = frame.index[(frame["unit"] == UNIT) & (frame["measure"] == "T1.spent")][0]
    for name, cell in cells.items():
        frame.loc[at, name] = cell
    return replace(outcome, reported=frame)


def sent(outcome: Outcome, **other: object) -> Outcome:
    submissions = (
        replace(each, **other) if each.unit == UNIT else each for each in outcome.intake.submissions
    )
    return replace(outcome, intake=replace(outcome.intake, submissions=tuple(submissions)))


CHANGED: dict[str, Callable[[Outcome], Outcome]] = {
    "its rank among others": lambda june: standing(june, UNIT, rank=17),
    "how many have a rank": lambda june: standing(june, RIVAL, rank=0),
    "its rating": lambda june: standing(june, UNIT, rating="ก"),
    "its place in its group": lambda june: standing(june, UNIT, in_group=2, of_group=3),
    "a score": lambda june: scored(june, "scores", 1.25),
    "a share": lambda june: scored(june, "shares", 12.5),
    "a measure": lambda june: measured(june, UNIT),
    "a month's value": lambda june: reported(june, value=12.0),
    "what was typed": lambda june: reported(june, state="bad", found="ก"),
    "a finding": lambda june: replace(june, findings=(*june.findings, NEW)),
    "a remark": lambda june: replace(
        june, intake=replace(june.intake, texts={**june.intake.texts, (UNIT, "T1.spent"): ("ก", "ข", "ค")})
    ),
    "the file": lambda june: sent(june, file="another.xlsx"),
    "that it came late": lambda june: sent(june, late=True),
    "the language": lambda june: replace(
        june, config=replace(june.config, workspace=replace(june.config.workspace, language="en"))
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGED)
def test_whatever_it_shows_writes_it_anew(
    name: str, june: Outcome, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_copied(CHANGED[name](june), monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CHANGED))
def test_and_it_says_so(name: str, june: Outcome, published: Path) -> None:
    old = next(published.iterdir()).read_bytes()
    assert write(CHANGED[name](june), june.config.root).read_bytes() != old


@pytest.mark.slow
@pytest.mark.parametrize("name", ["percent", "rank", "levels", "values", "claims"])
def test_a_month_before_writes_it_anew(
    name: str, june: Outcome, monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    now = month_of(june)
    before = replace(now, month="2565-05")
    write(june, published, Trend((before, now)))
    assert is_copied(june, monkeypatch, Trend((before, now)))
    key = UNIT if name in ("percent", "rank") else (UNIT, "T1")
    other = replace(before, **{name: {**getattr(before, name), key: 3}})  # type: ignore[arg-type]
    assert not is_copied(june, monkeypatch, Trend((other, now)))


def test_what_another_unit_sends_leaves_it(
    june: Outcome, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_copied(measured(standing(june, RIVAL, total=4.5), RIVAL), monkeypatch)
    assert is_copied(sent(june, sha256="0" * 64), monkeypatch)


def test_a_summary_knows_nothing_but_its_own_and_the_level_tables() -> None:
    assert {part.name: part.type for part in fields(View)} == {"own": Own, "alike": Alike}
    assert {part.name for part in fields(Alike)} == {"tables", "month", "language"}


def test_every_part_of_its_own_is_in_the_digest(june: Outcome) -> None:
    owns = Units.of(june, Trend((month_of(june),))).owns
    own = owns.of(june.tables.unit[UNIT])
    others: dict[str, Any] = {"month": "2565-05", "language": "en", "came": date(1999, 7, 1), "ranked": 1}
    for part in fields(own):
        mine = getattr(own, part.name)
        other = others.get(part.name, not mine if isinstance(mine, bool) else None)
        assert replace(own, **{part.name: other}).digest != own.digest, part.name
    kpi = own.kpis["T1"]
    for part in fields(kpi):
        kpis = {**own.kpis, "T1": replace(kpi, **{part.name: "other"})}
        assert replace(own, kpis=kpis).digest != own.digest, part.name


def test_a_step_counts_by_all_that_it_says(june: Outcome) -> None:
    own = Units.of(june).owns.of(june.tables.unit[UNIT])
    code, kpi = next((code, kpi) for code, kpi in own.kpis.items() if kpi.steps)
    step = kpi.steps[0]
    measure = next(each for each in june.tables.measures.values() if each != step.measure)
    for part in fields(step):
        other = replace(step, **{part.name: measure if part.name == "measure" else "other"})
        kpis = {**own.kpis, code: replace(kpi, steps=(other, *kpi.steps[1:]))}
        assert replace(own, kpis=kpis).digest != own.digest, part.name


def test_a_marked_copy_is_the_published_one_where_all_is_the_same(tmp_path: Path) -> None:
    source, published = tmp_path / "3103.xlsx", tmp_path / "output" / "returned"
    published.mkdir(parents=True)
    source.write_bytes(b"sent")
    made = list[object]()

    def anew(*given: object) -> bytes:
        made.append(given)
        (published / "a.xlsx").write_bytes(b"marked")
        return b"marked"

    def marked(*findings: object, name: str = "a.xlsx", unit: str = UNIT) -> bool:
        """Whether it is made anew."""
        known = Again(tmp_path / "output", published, "returned")
        before = len(made)
        assert outputs._marked(known, name, anew, source, "3103.xlsx", findings, unit, "th", "report")
        return len(made) > before

    assert [marked(NEW), marked(NEW)] == [True, False]
    assert [marked(), marked(NEW, unit=RIVAL), marked(NEW, name="b.xlsx"), marked(NEW)] == [True] * 3 + [
        False
    ]
    (published / "a.xlsx").write_bytes(b"touched")
    assert [marked(NEW), marked(NEW)] == [True, False]
    source.write_bytes(b"sent anew")
    assert [marked(NEW), marked(NEW)] == [True, False]
