"""The sources that compute a measure, one record each: value, the way back, Excel formula, words.

A new one is its word in ``Source`` and its record in ``COMPUTATIONS``: scoring, the workbook's formulas,
``explain`` and the steps to the next level follow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from kpibatch.base.addresses import coordinates, span
from kpibatch.rules.conditions import Floats
from kpibatch.rules.records import Source


class Below(Enum):
    """What ตัวหาร holds: nothing, a measure that is a number or a day, or how many of ตัวตั้ง count."""

    NOTHING = auto()
    NUMBER = auto()
    DAY = auto()
    HOW_MANY = auto()


@dataclass(frozen=True)
class Parts:
    """What a measure is computed from, over the units: ``above`` is ตัวตั้ง (shape (parts, units)), ``below``
    ตัวหาร (shape (units,)); NaN where missing.

    ``days`` says which of ``above`` are days; ``count`` is how many count; ``holidays`` are ordinals.
    """

    above: Floats
    below: Floats
    days: tuple[bool, ...] = ()
    count: int = 0
    holidays: tuple[int, ...] = ()

    @property
    def total(self) -> Floats:
        total: Floats = self.above.sum(axis=0)
        return total


@dataclass(frozen=True)
class Cells:
    """The same as cells of a workbook; ``yes`` is the word in a cell for it, ``holidays`` their range."""

    above: Sequence[str]
    below: str
    days: tuple[bool, ...] = ()
    count: int = 0
    holidays: str = ""
    yes: str = ""

    @property
    def total(self) -> str:
        return self.above[0] if len(self.above) == 1 else f"SUM({self.listed})"

    @property
    def listed(self) -> str:
        return ",".join(self.above)

    @property
    def together(self) -> str:
        """One range where they stand side by side, else their union, which not every program reckons with."""
        try:
            places = sorted(coordinates(cell.replace("$", "")) for cell in self.above)
        except ValueError:  # on another sheet
            return f"({self.listed})"
        (row, first), (_, last) = places[0], places[-1]
        if places != [(row, column) for column in range(first, last + 1)]:
            return f"({self.listed})"
        return span((row, first), (row, last), "c" * self.above[0].startswith("$"))


@dataclass(frozen=True)
class Line:
    """A value from *a*, the sum of ตัวตั้ง, and *b*, ตัวหาร, and the *a* that a value takes.

    ``value`` takes arrays and single numbers alike; it ``falls`` where more of *a* makes the value less.
    """

    value: Callable[[Floats, Floats], Floats]
    inverse: Callable[[float, float], float]
    falls: bool = False

    def single(self, a: float, b: float) -> float:
        """``value`` of single numbers."""
        return float(self.value(a, b))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Computation:
    """A source: its value, the same as a formula over cells, and in words.

    ``words`` may hold ``{a}`` (the sum of the parts), ``{parts}`` (with commas), ``{b}``, ``{n}`` (how
    many there are), ``{count}`` and ``{source}``. ``takes`` are the families of kinds that ตัวตั้ง may have,
    ``alone`` where it is one measure; ``line`` is there where the sum of ตัวตั้ง decides.
    """

    value: Callable[[Parts], Floats]
    formula: Callable[[Cells], str]
    words: str
    takes: frozenset[str] = frozenset(("number",))
    below: Below = Below.NOTHING
    alone: bool = False
    divides: bool = False
    line: Line | None = None


def _of_sums(line: Line, formula: str, words: str, below: Below, divides: bool) -> Computation:
    return Computation(
        value=lambda parts: line.value(parts.total, parts.below),
        formula=lambda cells: formula.format(a=cells.total, b=cells.below),
        words=words,
        below=below,
        divides=divides,
        line=line,
    )


def _done(parts: Parts) -> Floats:
    """How many answers are yes and how many days are given; a day that is not given is one not done."""
    rows = zip(parts.above, parts.days, strict=True)
    total: Floats = sum((row == row) * 1.0 if day else row for row, day in rows)
    return total


def _done_formula(cells: Cells) -> str:
    each = zip(cells.above, cells.days, strict=True)
    return "+".join(f"ISNUMBER({cell})" if day else f'({cell}="{cells.yes}")' for cell, day in each) + "+0"


def _highest(parts: Parts) -> Floats:
    """The mean of the highest; a missing part, which sorts last, leaves it missing."""
    rising = parts.above.copy()
    rising.sort(axis=0)
    mean: Floats = rising[-parts.count :].mean(axis=0)
    return mean


def _highest_formula(cells: Cells) -> str:
    ranks = range(1, cells.count + 1)
    return f"({'+'.join(f'LARGE({cells.together},{rank})' for rank in ranks)})/{cells.count}"


def _workdays(parts: Parts) -> Floats:
    """The working days after the day in ตัวหาร up to the one in ตัวตั้ง; negative where that came before."""
    return _workdays_until(parts.above[0], parts.holidays) - _workdays_until(parts.below, parts.holidays)


def _workdays_until(day: Floats, holidays: Sequence[int]) -> Floats:
    """Since the Monday that is day 1: five a week, less the holidays that fall on one of them."""
    days: Floats = 5 * (day // 7) + (day % 7).clip(max=5)
    for holiday in {holiday for holiday in holidays if is_workday(holiday)}:
        days = days - (day >= holiday)
    return days


def is_workday(ordinal: int) -> bool:
    """Whether a day is neither a Saturday nor a Sunday."""
    return ordinal % 7 not in (6, 0)


def _workdays_formula(cells: Cells) -> str:
    start, end = cells.below, cells.above[0]
    holidays = f",{cells.holidays}" if cells.holidays else ""
    forth = f"NETWORKDAYS({start}+1,{end}{holidays})"
    back = f"-NETWORKDAYS({end}+1,{start}{holidays})"
    return f"IF({end}>{start},{forth},IF({end}<{start},{back},0))"


COMPUTATIONS: Mapping[Source, Computation] = {
    Source.PERCENT: _of_sums(
        Line(lambda a, b: 100 * a / b, lambda value, b: value * b / 100),
        "100*{a}/{b}",
        "100 × {a} ÷ {b}",
        Below.NUMBER,
        divides=True,
    ),
    Source.GROWTH: _of_sums(
        Line(lambda a, b: 100 * (a - b) / b, lambda value, b: b * (1 + value / 100)),
        "100*({a}-{b})/{b}",
        "100 × ({a} − {b}) ÷ {b}",
        Below.NUMBER,
        divides=True,
    ),
    Source.REDUCTION: _of_sums(
        Line(lambda a, b: 100 * (b - a) / b, lambda value, b: b * (1 - value / 100), falls=True),
        "100*({b}-{a})/{b}",
        "100 × ({b} − {a}) ÷ {b}",
        Below.NUMBER,
        divides=True,
    ),
    Source.RATIO: _of_sums(
        Line(lambda a, b: a / b, lambda value, b: value * b),
        "{a}/{b}",
        "{a} ÷ {b}",
        Below.NUMBER,
        divides=True,
    ),
    Source.DIFFERENCE: _of_sums(
        Line(lambda a, b: a - b, lambda value, b: value + b),
        "{a}-{b}",
        "{a} − {b}",
        Below.NUMBER,
        divides=False,
    ),
    Source.SUM: _of_sums(
        Line(lambda a, b: a, lambda value, b: value), "{a}", "{a}", Below.NOTHING, divides=False
    ),
    Source.MEAN: Computation(
        lambda parts: parts.above.mean(axis=0), lambda cells: f"AVERAGE({cells.listed})", "{a} ÷ {n}"
    ),
    Source.HIGHEST: Computation(
        lambda parts: parts.above.max(axis=0),
        lambda cells: f"MAX({cells.listed})",
        "{source} ({parts})",
        frozenset(("number", "date")),
    ),
    Source.LOWEST: Computation(
        lambda parts: parts.above.min(axis=0),
        lambda cells: f"MIN({cells.listed})",
        "{source} ({parts})",
        frozenset(("number", "date")),
    ),
    Source.MEAN_OF_HIGHEST: Computation(
        _highest, _highest_formula, "{source} {count} ({parts})", below=Below.HOW_MANY
    ),
    Source.DONE: Computation(
        _done, _done_formula, "{source} ({parts})", frozenset(("yes_no", "date"))
    ),
    Source.WORKDAYS: Computation(
        _workdays, _workdays_formula, "{source} ({b} → {a})", frozenset(("date",)), Below.DAY, alone=True
    ),
}  # fmt: skip
