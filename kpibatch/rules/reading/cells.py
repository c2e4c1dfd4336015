"""Cells of the level tables: a condition as its measure takes it, and percents as they are held: 90, or a
cell that shows 90 %; never 0.9, which may be either.

A series is what is compared with each other: the levels of a row, the cases of a KPI, the rating bands, a
column of fixed values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpibatch.base.kinds import SIZES, Kind, in_reach, takes_percent
from kpibatch.base.thai import read_number, says_percent
from kpibatch.books.read import as_text
from kpibatch.books.shown import Percent, Unclear
from kpibatch.books.table import Row
from kpibatch.rules.conditions import Condition, is_dash
from kpibatch.rules.phrases import FORMS, ConditionFault, SizeFault, parse
from kpibatch.rules.reading.thresholds import named_in
from kpibatch.rules.records import Measure
from kpibatch.rules.schema import MEASURES, RULES, Column

NO_MEASURES: Mapping[str, Measure] = {}
_MOST_SHARE = 2  # 200 % typed as a percent; a threshold that low is rarely meant


@dataclass(frozen=True)
class Typed:
    """A cell of a series that could be read, with the numbers in it."""

    row: Row
    column: str
    numbers: tuple[float, ...]

    @property
    def text(self) -> str:
        return as_text(self.row.value(self.column))

    @property
    def is_cell(self) -> bool:
        """Whether the cell's format makes it a percent."""
        return isinstance(self.row.value(self.column), Percent)

    @property
    def is_written(self) -> bool:
        """Whether the cell says that it is a percent."""
        return says_percent(self.text)


def numbers_of(condition: Condition) -> tuple[float, ...]:
    """The numbers written in a condition; none where a measure gives its threshold."""
    return (
        ()
        if condition.of
        else tuple(end for end in (condition.low, condition.high) if abs(end) != float("inf"))
    )


def report_shares(series: Iterable[Typed]) -> None:
    """Report a series of percents that may as well be shares of one, or that is partly written as percents.

    Source: design, section 1 (conditions with %; nothing is read silently).
    """
    cells = [cell for cell in series if any(cell.numbers)]  # zero is zero, as a percent and without
    plain = [cell for cell in cells if not cell.is_written]
    percents = [cell for cell in cells if cell.is_cell]
    found = " | ".join(cell.text for cell in cells)
    if plain and percents:
        odd = min(percents, plain, key=len)[0]
        odd.row.report("table-percent-beside", odd.column, found)
    elif plain == cells and cells and max(max(cell.numbers) for cell in cells) <= _MOST_SHARE:
        cells[0].row.report("table-percent-share", cells[0].column, found)


def known_in(row: Row, column: str, known: Mapping[str, object], sheet: str) -> bool:
    """Whether the column's code is one of those the sheet defines; another is reported."""
    code = row.code(column)
    if code not in known:
        row.report("table-unknown", column, code, where=sheet)
    return code in known


def numbers_listed(row: Row, column: str, expected: str) -> tuple[float, ...]:
    """The numbers that a cell lists between commas; none of them, and reported, where one can't be read."""
    text = row.text(column)
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    numbers = [number for number in map(read_number, parts) if number is not None]
    if len(numbers) < len(parts):
        row.report("table-value", column, text, expected=expected)
        return ()
    if not all(map(in_reach, numbers)):
        row.report("table-number-size", column, text, expected=SIZES)
        return ()
    return tuple(numbers)


def cap_in(row: Row, column: str) -> float | None:
    """เพดานคะแนน: the most that a score can be; ``None`` where there is none.

    Source: design, section 1 (Wider rules: เพดานคะแนน).
    """
    cap = row.number_in(column)
    if cap is not None and cap <= 0:
        row.report("table-value", column, row.text(column), expected="> 0")
        return None
    return cap


def deducted_in(
    row: Row, conditions: Sequence[Condition | None], measure: Measure | None
) -> tuple[float, ...]:
    """หักคะแนน: the points that a row takes off, one for each of its conditions, or a single one where it has
    none, for each one of its measure; empty where it takes off none, or, reported, what can't be.

    Source: design, section 1 (Wider rules: หักคะแนน).
    """
    column = RULES.deducts
    filled = sum(condition is not None for condition in conditions)
    if row.blank(column):
        return ()
    points = numbers_listed(row, column, "0.25, 0.5, 1")
    if not points:
        return (0.0,) * max(filled, 1)  # it was meant to take points off, whatever it says
    found = row.text(column)
    if any(number < 0 for number in points):
        row.report("table-deducts-below", column, found)
    elif len(points) != max(filled, 1):
        row.report("table-deducts-count", column, found, points=str(len(points)), filled=str(filled))
    elif not filled and measure and measure.kind.family != "number":
        row.report("table-deducts-kind", column, found, kind=measure.kind.value, of=measure.code)
    return points


def condition_in(
    row: Row, column: Column, measure: Measure | None, measures: Mapping[str, Measure] = NO_MEASURES
) -> Condition | None:
    """The condition in a cell, as its measure takes it; ``None``, and reported, where it can't be read so.

    A threshold may name one of ``measures``.
    Source: design, section 1 (Condition).
    """
    value = row.value(column)
    if isinstance(value, date):
        row.report("table-threshold-date", column, value)
        return None
    if isinstance(value, Unclear):
        row.report("table-number-format", column, value, expected=column)
        return None
    if isinstance(value, float) and not in_reach(value):
        row.report("table-number-size", column, value, expected=SIZES)
        return None
    text = as_text(value)
    if not text or (is_dash(text) and column in RULES.levels):
        return None
    try:
        condition = parse(text, measure.counting_unit if measure else "")
    except SizeFault:
        row.report("table-number-size", column, text, expected=SIZES)
        return None
    except ConditionFault as fault:
        if measure and (named := named_in(text, measure.counting_unit, measures)):
            return _sound(row, column, text, named, measure, measures)
        _report_unread(row, column, text, fault, measure)
        return None
    if measure and condition.family != measure.kind.family:
        row.report("table-condition-kind", column, text, kind=measure.kind.value, asked=measure.code)
        return None
    if measure and says_percent(text) and not takes_percent(measure.kind, measure.counting_unit):
        row.report("table-percent", column, text, expected=measure.kind.value)
        return None
    return condition


def _sound(
    row: Row, column: Column, text: str, named: Condition, measure: Measure, measures: Mapping[str, Measure]
) -> Condition | None:
    """A condition whose threshold names a measure, if there is one of that kind; else it is reported."""
    if named.of not in measures:
        row.report("table-unknown", column, named.of, where=MEASURES.sheet)
    elif measures[named.of].kind is not measure.kind or measure.kind.family != "number":
        facts = {"of": named.of, "of_kind": measures[named.of].kind.value}
        row.report("table-threshold-kind", column, text, kind=measure.kind.value, asked=measure.code, **facts)
    else:
        return named
    return None


def _report_unread(
    row: Row, column: Column, text: str, fault: ConditionFault, measure: Measure | None
) -> None:
    """What can't be read: with a proposal that suits the measure, else with the forms its kind may take."""
    kind = measure.kind if measure else Kind.NUMBER
    suits = fault.proposal and parse(fault.proposal).family == kind.family
    meant = {"kind": kind.value, "proposal": fault.proposal if suits else FORMS[kind.family]}
    row.report("table-condition", column, text, pointer=fault.pointer, **meant)
