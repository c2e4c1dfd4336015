"""What a form that scores itself says, reckoned without a workbook, beside what the batch makes of the same
cells.
"""

import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from kpibatch.base.config import Config
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end, show_date
from kpibatch.books.reckon import Where
from kpibatch.books.values import read_value
from kpibatch.books.write import Content
from kpibatch.forms.asked import asked_of, months_asked
from kpibatch.forms.page.entry import is_milestone
from kpibatch.forms.scored.marks import SHEET, Ground
from kpibatch.forms.scored.sheet import score_sheet
from kpibatch.intake.frame import BAD, COLUMNS, EMPTY, OK
from kpibatch.intake.month import Intake, Submission
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Unit
from kpibatch.scoring.outcome import Outcome, assess

Entries = Mapping[tuple[str, str], Content]
_LEVEL = re.compile(r"(อย่างน้อย)?ระดับ (\d+) จาก")
_FIRST = date(2020, 4, 1).toordinal()


@dataclass(frozen=True)
class Said:
    """A form's scores: ``levels`` are NaN where the form can't tell, ``least`` the KPIs of which it tells the
    least alone.
    """

    words: Mapping[str, str]
    missing: Mapping[str, str]
    total: float | str
    remarks: str
    month: str

    @property
    def levels(self) -> dict[str, float]:
        found = {kpi: _LEVEL.match(said) for kpi, said in self.words.items()}
        return {kpi: float(each[2]) if each else math.nan for kpi, each in found.items()}

    @property
    def least(self) -> set[str]:
        return {kpi for kpi, said in self.words.items() if said.startswith("อย่างน้อย")}

    @property
    def provisional(self) -> set[str]:
        return {kpi for kpi, said in self.words.items() if "ชั่วคราว" in said}


def form_says(tables: LevelTables, unit: Unit, entries: Entries, pick: str = "") -> Said:
    """What the unit's form says where its cells hold this; ``pick`` is the month chosen, as it is seen."""
    months, spots = tables.round.months, dict[tuple[str, str], Where]()
    for row, measure in enumerate({m.code: m for p in tables.periods for m in asked_of(p, unit)}.values()):
        asked = months_asked(tables, unit, measure.code)
        for month in ("",) if is_milestone(measure) else asked:
            column = 7 + months.index(month) if month else 7
            spots[measure.code, month] = ("แบบรายงาน", 8 + row, column)
    chosen = ("แบบรายงาน", 1, 9)
    scores = score_sheet(Ground(tables, unit, months, spots, _FIRST, "th", chosen))
    filled: dict[Where, float | str] = {chosen: pick} if pick else {}
    for (code, month), content in sorted(entries.items()):
        typed = show_date(content) if isinstance(content, date) else content
        assert isinstance(typed, float | str)
        filled[spots.get((code, month)) or spots[code, ""]] = typed
    reckoner = scores.reckoner(filled)
    list(scores.contents(reckoner))
    kpis = dict.fromkeys(code for stretch in scores.stretches for code in stretch.blocks)

    def says(formula: str) -> str:
        return str(reckoner.result(formula, SHEET))

    total = reckoner.result(scores.total, SHEET)
    assert isinstance(total, float | str)
    return Said(
        {kpi: says(scores.said(kpi)) for kpi in kpis},
        {kpi: says(scores.missing(kpi)) for kpi in kpis},
        total,
        says(scores.remarks),
        says(scores.month),
    )


def batch_says(tables: LevelTables, sent: Mapping[str, Entries], month: str) -> Outcome:
    """What the batch makes of the units' cells, up to a month whose rules are those of ``tables``."""
    rows = []
    for unit, entries in sent.items():
        for measure in asked_of(tables, tables.unit[unit]):
            asked = months_asked(tables, tables.unit[unit], measure.code)
            for at, key in enumerate(key for key in tables.round.months if key <= month and key in asked):
                cell = entries.get((measure.code, key))
                typed = show_date(cell) if isinstance(cell, date) else cell
                reading = read_value(typed, measure.kind, measure.counting_unit)  # type: ignore[arg-type]
                state = BAD if reading.refused else EMPTY if cell is None else OK
                place = (f"{unit}.xlsx", "แบบรายงาน", f"F{at + 6}")
                rows.append((unit, measure.code, key, reading.value, state, str(cell), *place))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    submissions = tuple(Submission(unit, month, f"{unit}.xlsx", "", None) for unit in sent)
    return assess(Intake(month, submissions, frame, {}, (), ()), tables, Config(Path()))


def counts(tables: LevelTables, cells: Entries, month: str) -> bool:
    """Whether cells say anything of a month: a day that has one cell for the round alone does not."""
    return any(key == month and not is_milestone(tables.measures[code]) for code, key in cells)


def chance_entries(tables: LevelTables, unit: Unit, chance: random.Random, until: str) -> Entries:
    """Cells by chance: numbers that levels are decided by, days about their deadlines, blanks between."""
    entries: dict[tuple[str, str], Content] = {}
    blank = chance.choice((0.0, 0.1, 0.4))
    for measure in asked_of(tables, unit):
        days = dict[str, Content]()
        for month in months_asked(tables, unit, measure.code):
            if month <= until and chance.random() >= blank:
                entries[measure.code, month] = days[month] = _by_chance(tables, measure, chance, month)
        if is_milestone(measure) and days:  # one cell for the whole round
            entries |= {(measure.code, month): None for month in days}
            entries[measure.code, until] = days[max(days)]
    return {key: content for key, content in entries.items() if content is not None}


def _by_chance(tables: LevelTables, measure: Measure, chance: random.Random, month: str) -> Content:
    if measure.kind is Kind.YES_NO:
        return chance.choice(("ใช่", "ใช่", "ใช่", "ไม่ใช่"))
    edges = [
        edge
        for rule in tables.rules
        if measure.code in (rule.measure, *tables.measures[rule.measure].ingredients)
        for edge in rule.edges
        if edge and not edge.any_value
    ]
    if measure.kind is Kind.DATE:
        known = [int(edge.last_day) for edge in edges if edge.family == "date" and not edge.of]
        end = month_end(month).toordinal()
        day = chance.choice(known or [end]) + chance.choice((-9, -1, 0, 1))
        return date.fromordinal(min(day, end))
    numbers = [limit for edge in edges for limit in (edge.low, edge.high) if math.isfinite(limit)] or [5.0]
    step = measure.kind.step
    value = chance.choice(numbers) + chance.choice((-step, 0.0, 0.0, step, 7 * step))
    return max(round(value, 2) if step < 1 else float(round(value)), 0.0)
