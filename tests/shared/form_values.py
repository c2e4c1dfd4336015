"""Forms filled in where levels are decided: each item just below, at or just above what a level asks; some
left blank, refused or typed as words. What such forms say of themselves, against the batch.
"""

import math
import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from raw_cells import raw_rows
from workspace import copy_sample

from kpibatch.base.config import read_config
from kpibatch.base.kinds import Kind
from kpibatch.books.write import Content
from kpibatch.forms.asked import asked_of, months_asked
from kpibatch.forms.standard import form_name, write_form
from kpibatch.intake.arrivals import near_round
from kpibatch.months.assess import assess_month
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Measure, Rollup, Rule, Source, Unit
from kpibatch.scoring.outcome import Outcome

Entries = dict[tuple[str, str], Content]
PLAIN, BLANKS, REFUSED, WORDS = "plain", "blanks", "refused", "words"
KINDS = (BLANKS, REFUSED, WORDS)
_LEVEL = re.compile(r"(อย่างน้อย)?ระดับ (\d+) จาก")


@dataclass
class Counts:
    """How many levels a form says as the batch does, as the least it may be, or can't tell; what is wrong."""

    equal: int = 0
    least: int = 0
    untold: int = 0
    totals: int = 0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Counts") -> "Counts":
        for name in ("equal", "least", "untold", "totals"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong += other.wrong
        return self


def entries_for(tables: LevelTables, unit: Unit, number: int, until: str) -> Entries:
    """What the unit fills in up to a month, of the kind of ``number``: a level and a side of its edge."""
    chance, edges = random.Random(number), 3 * tables.level_count
    kind = PLAIN if number < edges else KINDS[number % len(KINDS)]
    level, side = number % tables.level_count, (number // tables.level_count) % 3 - 1
    wanted = dict(_wanted(tables, unit, level, side))
    entries: Entries = {}
    months = [month for month in tables.round.months if month <= until]
    for measure in asked_of(tables, unit):
        value = wanted.get(measure.code, 1.0)
        asked = [month for month in months if month in months_asked(tables, unit, measure.code)]
        for month in asked:
            last = month == asked[-1]
            if kind == BLANKS and chance.random() < 0.2:
                continue
            entries[measure.code, month] = _typed(measure, value if last else _before(measure, value))
            if last and kind == REFUSED and measure.kind.family == "number" and chance.random() < 0.3:
                entries[measure.code, month] = chance.choice([-1.0, 4e15, 1e-11])
            if last and kind == WORDS and chance.random() < 0.3:
                entries[measure.code, month] = chance.choice(["๘๕", " 12 ครั้ง", "มี", "ยังไม่ได้ทำ", "85%"])
    return entries


def _before(measure: Measure, value: float) -> float:
    """What an earlier month holds beside a last one of that value."""
    return 0.0 if measure.rollup is Rollup.SUM else value


def _typed(measure: Measure, value: float) -> Content:
    if measure.kind is Kind.DATE:
        return date.fromordinal(int(value))
    if measure.kind is Kind.YES_NO:
        return "ใช่" if value >= 1 else "ไม่ใช่"
    return float(value)


def _wanted(tables: LevelTables, unit: Unit, level: int, side: int) -> Iterator[tuple[str, float]]:
    """What each item has to be for its KPI's level (from 0), one step below, at or above its edge."""
    for rule in tables.rules:
        edge = rule.edges[level] or next((each for each in rule.edges if each), None)
        if edge is None or edge.any_value:
            continue
        measure, threshold = tables.measures[rule.measure], edge.threshold
        step = measure.kind.step
        if measure.kind is Kind.DATE:
            yield measure.code, min(edge.last_day + side, tables.round.end.toordinal())
        elif measure.source is Source.FORM:
            yield measure.code, max(threshold + side * step, 0.0)
        else:
            yield from _parts(tables, unit, rule, threshold, side)


def _parts(
    tables: LevelTables, unit: Unit, rule: Rule, threshold: float, side: int
) -> Iterator[tuple[str, float]]:
    measure = tables.measures[rule.measure]
    computation = COMPUTATIONS.get(measure.source)
    parts = [tables.measures[code] for code in measure.numerator]
    if computation is None or computation.line is None or parts[0].source is not Source.FORM:
        return
    base, below = tables.baselines.get((unit.code, measure.denominator)), 100.0
    if base:
        below = base.value
    elif measure.denominator and tables.measures[measure.denominator].source is Source.FORM:
        yield measure.denominator, below
    step = parts[0].kind.step
    first = math.ceil(round(computation.line.inverse(threshold, below) / step, 6)) * step
    yield parts[0].code, max(round(first + side * step, 2), 0.0)
    yield from ((part.code, 0.0) for part in parts[1:])


@dataclass(frozen=True)
class Scored:
    """A month of filled-in forms: the batch's outcome, and each unit's form."""

    outcome: Outcome
    forms: Mapping[str, Path]


def scored_month(name: str, folder: Path, units: int = 24, first: int = 0) -> Scored:
    """A sample's third month, sent on forms that score themselves, and scored by the batch; the units are
    filled in by ``entries_for`` from the number ``first`` on.
    """
    workspace = copy_sample(folder, name, form_template='""')
    shutil.rmtree(workspace / "submissions")
    (workspace / "corrections.xlsx").unlink(missing_ok=True)
    config = read_config(workspace)
    tables, _ = read_levels(config.level_tables)
    month = tables.round.months[min(2, len(tables.round.months) - 1)]
    earliest, forms = near_round(config, tables)[0], dict[str, Path]()
    (workspace / "submissions" / month).mkdir(parents=True)
    for number, unit in enumerate(tables.units[:units], first):
        path = workspace / "submissions" / month / form_name(unit)
        entries = entries_for(tables, unit, number, month)
        write_form(tables, unit, path, entries, scored_from=earliest)
        forms[unit.code] = path
    return Scored(assess_month(config, month, tables), forms)


def told(path: Path) -> tuple[dict[str, str], str]:
    """What a form says of itself: each KPI's level in words, and the total."""
    rows, levels = raw_rows(path, "แบบรายงาน"), {}
    for row in rows:
        if str(row[0]).startswith("kpi:") and "ระดับที่ประเมินตนเอง" in row:
            levels[str(row[0]).removeprefix("kpi:")] = str(row[1])
    total = next(str(cell) for cell in rows[0] if "คะแนน" in str(cell))
    return levels, total


def compared(outcome: Outcome, unit: str, path: Path) -> Counts:
    """What a form says against the batch, of each KPI that the unit is scored at itself."""
    tables = outcome.tables
    counts, row = Counts(), tables.position[unit]
    levels, total = told(path)
    for code, kpi in outcome.scores.kpis.items():
        if not (kpi.applies[row] and tables.scored_itself(code, tables.unit[unit])):
            continue
        said, level = levels[code], int(kpi.level[row])
        matched = _LEVEL.match(said)
        if matched is None:
            counts.untold += 1
        elif matched[1]:
            counts.least += 1
            counts.wrong += [] if int(matched[2]) <= level else [f"{unit} {code}: {said} ≠ {level}"]
        else:
            sure = int(matched[2]) == level and ("ชั่วคราว" in said) == bool(kpi.missing[row])
            counts.equal += sure
            state = " ชั่วคราว" if kpi.missing[row] else ""
            counts.wrong += [] if sure else [f"{unit} {code}: {said} ≠ {level}{state}"]
    counts += _total(outcome, unit, total)
    return counts


def _total(outcome: Outcome, unit: str, said: str) -> Counts:
    standing = outcome.standing[unit]
    number = float(said.partition(": ")[2].split()[0]) if ": " in said else math.nan
    least = "อย่างน้อย" in said
    right = number <= standing.total + 1e-9 if least else abs(number - standing.total) < 1e-9
    if not right:
        return Counts(wrong=[f"{unit}: {said} ≠ {standing.total}"])
    return Counts(totals=not least)


def sent_units(scored: Scored) -> Sequence[str]:
    """The units whose form counts."""
    return sorted(scored.outcome.sent & set(scored.forms))
