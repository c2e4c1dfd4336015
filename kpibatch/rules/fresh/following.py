"""The last round's workbook → the next round's: the same rules, days and months moved, what was fixed for the
old round blank; and what a person must look at before it counts.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_date
from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.fresh.examples import Sheets, round_rows
from kpibatch.rules.fresh.moved import condition_later, date_later, due_days, month_later, shift_of
from kpibatch.rules.fresh.typed import TypedBook, by, column_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.round import Item
from kpibatch.rules.schema import (
    BASELINES,
    CALENDAR,
    CROSSCHECKS,
    DRAFT,
    EXAMPLES,
    EXPORTS,
    HOLIDAYS,
    MEASURES,
    NODES,
    ROUND,
    RULES,
    SHEETS,
)

_A_YEAR = re.compile(r"(?<![0-9๐-๙])(?:2[45][0-9]{2}|๒[๔๕][๐-๙]{2})(?![0-9๐-๙])")
_NAMING = ((NODES, NODES.name), (MEASURES, MEASURES.label), (RULES, RULES.remark), (EXPORTS, EXPORTS.file))
_LONGEST = 90  # letters of a text that is only named
_FIXED = frozenset(map(str, EXAMPLES.columns))


@dataclass(frozen=True)
class Look:
    """A cell to be looked at: its sheet, row (from 1 below the heading) and column (from 0), what stood
    there, what stands there now, and the name of the text that says why.
    """

    sheet: str
    row: int
    column: int
    old: str
    new: str
    why: str


@dataclass
class Following:
    """The next round's sheets, and what must be looked at in them; ``strange`` was not taken over."""

    round: NewRound
    sheets: Sheets
    strange: tuple[str, ...]
    looks: list[Look] = field(default_factory=list)

    def count(self, why: str) -> int:
        """How many places must be looked at for one reason."""
        return sum(look.why == why for look in self.looks)


def follow(last: LevelTables, typed: TypedBook, new: NewRound) -> Following:
    """The sheets of the round that follows ``last``, whose workbook is ``typed``."""
    sheets = {name: [list(row) for row in rows] for name, rows in typed.sheets.items()}
    sheets.pop(DRAFT.sheet, None)
    made = Following(new, sheets, typed.strange)
    months = shift_of(last.round, new)
    _move_round(made, last, months)
    _move_days(made, months)
    _move_rows(made, last, months)
    _mark_thresholds(made, last)
    _mark_years(made)
    order = [schema.sheet for schema in SHEETS]
    made.looks.sort(key=lambda look: (order.index(look.sheet), look.row, look.column))
    return made


def _move_round(made: Following, last: LevelTables, months: int) -> None:
    """รอบประเมิน and ปฏิทิน; what was fixed for each unit, and the holidays, were the old round's."""
    sheets = made.sheets
    sheets[ROUND.sheet] = round_rows(sheets[ROUND.sheet], made.round)
    for number, row in enumerate(sheets[ROUND.sheet]):
        if row[0] == Item.MONTHS and not made.round.reports:
            row[1] = ""
        if row[0] == Item.REFERENCE:
            made.looks.append(Look(ROUND.sheet, number, 1, row[1], row[1], "reference"))
    heads, *old = sheets[CALENDAR.sheet]
    month, due = (column_of([heads], name) for name in (CALENDAR.month, CALENDAR.due))
    rows = []
    for key, day in due_days(dict(last.calendar), made.round, months):
        row = [""] * len(heads)
        row[month], row[due] = key, show_date(day)
        rows.append(row)
    sheets[CALENDAR.sheet] = [heads, *rows]
    first = old[0][due] if old else ""
    made.looks.append(Look(CALENDAR.sheet, 1, due, first, rows[0][due], "due"))
    for row in sheets.get(BASELINES.sheet, [])[1:]:
        row[1:] = [""] * (len(row) - 1)
    if HOLIDAYS.sheet in sheets:
        del sheets[HOLIDAYS.sheet][1:]


def _moved_cells(
    made: Following, sheet: str, columns: Iterator[int], move: Callable[[str], str], why: str
) -> None:
    """Cells of whole columns moved; each that changes is to be looked at."""
    for at in columns:
        for number, row in enumerate(made.sheets[sheet][1:], 1):
            new = move(row[at])
            if new != row[at]:
                made.looks.append(Look(sheet, number, at, row[at], new, why))
                row[at] = new


def _move_days(made: Following, months: int) -> None:
    """Deadlines in ระดับ, and since which month a row counts."""
    rows = made.sheets[RULES.sheet]
    levels = (at for at, name in enumerate(rows[0]) if name in RULES.levels or name == RULES.case)
    _moved_cells(made, RULES.sheet, levels, lambda text: condition_later(text, months), "date")
    for schema, column in ((NODES, NODES.since), (RULES, RULES.since), (EXAMPLES, EXAMPLES.since)):
        at = column_of(made.sheets.get(schema.sheet, []), column)
        if at >= 0:
            _moved_cells(made, schema.sheet, iter([at]), lambda text: month_later(text, months), "since")


def _move_rows(made: Following, last: LevelTables, months: int) -> None:
    """Bounds of days, worked cases with days, and days that a check compares with."""
    days = {code for code, measure in last.measures.items() if measure.kind is Kind.DATE}
    rows = made.sheets[MEASURES.sheet]
    bounds = [column_of(rows, name) for name in (MEASURES.minimum, MEASURES.maximum)]
    _moved_cells(made, MEASURES.sheet, iter(bounds), lambda text: date_later(text, months), "date")
    cases = made.sheets.get(EXAMPLES.sheet, [])
    dated = (at for at, name in enumerate(cases[0] if cases else []) if name in days and name not in _FIXED)
    if cases:
        _moved_cells(made, EXAMPLES.sheet, dated, lambda text: date_later(text, months), "date")
    right = column_of(made.sheets.get(CROSSCHECKS.sheet, []), CROSSCHECKS.right)
    if right >= 0:
        _moved_cells(made, CROSSCHECKS.sheet, iter([right]), lambda text: date_later(text, months), "date")


def _mark_thresholds(made: Following, last: LevelTables) -> None:
    """Each KPI's thresholds are those of the last round's letter until somebody says that they hold."""
    rows = made.sheets[RULES.sheet]
    kpi, name = column_of(rows, RULES.kpi), by(made.sheets[NODES.sheet], NODES.code, NODES.name)
    first_level, seen = column_of(rows, RULES.levels[0]), set[str]()
    for number, row in enumerate(rows[1:], 1):
        if row[kpi] and row[kpi] not in seen:
            seen.add(row[kpi])
            asks = next((cell for cell in row[first_level:] if cell), "")
            old = f"{last.round.key}: {row[kpi]} {name.get(row[kpi], '')}".strip()
            made.looks.append(Look(RULES.sheet, number, first_level, old, asks, "threshold"))


def _mark_years(made: Following) -> None:
    """Names that say a year, such as a base year's."""
    for schema, column in _NAMING:
        rows = made.sheets.get(schema.sheet, [])
        at = column_of(rows, column)
        for number, row in enumerate(rows[1:] if at >= 0 else [], 1):
            if _A_YEAR.search(row[at]):
                made.looks.append(Look(schema.sheet, number, at, _short(row[at]), "", "year"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
