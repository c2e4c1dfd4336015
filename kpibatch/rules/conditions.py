"""A condition of the level tables: does it hold, how does a formula ask it, how is a row of them read.

Every condition is an interval of numbers, of days (as ordinals) or of yes/no (1/0). A row of the level
tables is read by edges: a unit is in a level once it has reached the level's own edge, so the upper end
of a band is the next level's business (the lower end where lower is better).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from kpibatch.base.thai import show_date, show_number

if TYPE_CHECKING:  # a child that reads a submission needs the record, not the arrays
    import numpy as np
    import numpy.typing as npt

Family: TypeAlias = Literal["number", "date", "yes_no"]
Floats: TypeAlias = "npt.NDArray[np.float64]"
Booleans: TypeAlias = "npt.NDArray[np.bool_]"
DECIMALS = 9
MAY_LACK = "may lack"  # metadata of a field whose default is what a workbook without its column or words says
NOT_GIVEN = "–"
ONLY = "เท่านั้น"
_DASHES = frozenset("-–—−")


def is_dash(text: str) -> bool:
    """Whether a level's cell says that the letter gives no such level: nobody is in it, and it stops nobody
    on the way to the next.

    Source: design, section 1 (ระดับ: a level that is not given).
    """
    return text.strip() in _DASHES


class MixedRow(Exception):
    """A row whose conditions pull in both directions; ``level`` is the first (from 1) that does not fit."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.level = level


@dataclass(frozen=True)
class Condition:
    """An interval; days are ordinals, yes is [1, 1], no is [0, 0].

    ``only``: both its sides count in a level. Where ``of`` names a measure, each unit has an end of its own:
    ``times`` what that measure is for it, and the end given here more.
    """

    family: Family
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    only: bool = field(default=False, metadata={MAY_LACK: True})
    of: str = field(default="", metadata={MAY_LACK: True})
    times: float = field(default=1.0, metadata={MAY_LACK: True})

    @property
    def any_value(self) -> bool:
        return math.isinf(self.low) and math.isinf(self.high)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def two_sided(self) -> bool:
        """Bounded below and above, by more than one number."""
        return not math.isinf(self.low) and not math.isinf(self.high) and not self.exact

    @property
    def downward(self) -> bool:
        """Bounded above only, as where lower is better."""
        return math.isinf(self.low) and not math.isinf(self.high)

    @property
    def upward(self) -> bool:
        """Bounded below only, as where higher is better."""
        return math.isinf(self.high) and not math.isinf(self.low)

    @property
    def sides(self) -> tuple["Condition", ...]:
        """A band as its lower and its upper end, each alone; any other condition as it is."""
        if not self.two_sided:
            return (self,)
        lower = replace(self, high=math.inf, high_open=False, only=False)
        return lower, replace(self, low=-math.inf, low_open=False, only=False)

    @property
    def threshold(self) -> float:
        """The one number an edge compares with (the lower end of a band)."""
        return self.high if math.isinf(self.low) else self.low

    @property
    def last_day(self) -> float:
        """The last day, as an ordinal, that a deadline allows: ``ก่อน`` does not count its own day."""
        return self.high - self.high_open

    def own_threshold(self, value: float) -> float:
        """The threshold of a unit whose measure ``of`` has that value; NaN where it is missing.

        To 15 digits, as a spreadsheet reckons, so that 1.1 times 10 million is 11 million.
        Source: design, section 1 (Wider rules: a threshold may name a measure).
        """
        return round(float(f"{self.times * value + self.threshold:.15g}"), DECIMALS)

    def against(self, value: float) -> "Condition":
        """What is asked of a unit whose measure ``of`` has that value; nothing fulfils it where that is
        missing.
        """
        if not self.of:
            return self
        return replace(self.ending_at(self.own_threshold(value)), of="", times=1.0)

    def beyond(self, earlier: Iterable["Condition"]) -> "Condition":
        """What is left of an interval of numbers where those before it count first; the interval itself where
        that is not one interval, or nothing.

        >>> two, four = Condition("number", high=2), Condition("number", high=4)
        >>> four.beyond([two]).text(), two.beyond([four]).text()
        ('2 < x ≤ 4', '≤ 2')
        """
        rest = self
        for other in earlier:
            if rest.family == "number" == other.family and not (rest.of or other.of):
                rest = rest._without(other)
        return rest

    def _without(self, other: "Condition") -> "Condition":
        low, high = (self.low, self.low_open), (self.high, not self.high_open)
        begins, ends = (other.low, other.low_open), (other.high, not other.high_open)
        if begins <= low and (self.low, False) <= ends < high:
            return replace(self, low=other.high, low_open=not other.high_open)
        if ends >= high and low < begins <= (self.high, True):
            return replace(self, high=other.low, high_open=not other.low_open)
        return self

    def ending_at(self, number: float) -> "Condition":
        """The same, bounded on one side, with another threshold."""
        return replace(self, high=number) if self.downward else replace(self, low=number)

    def holds(self, values: Floats, own: "Floats | None" = None) -> Booleans:
        """Which of the values (shape ``(units,)``) are inside; a missing one (NaN) is not.

        ``own`` are the units' own thresholds, where a measure gives them.
        Source: design, section 1 (numbers are compared after rounding to 9 decimals).
        """
        self._refuse_without(own is not None)
        low = self.low if own is None or self.downward else own
        high = own if own is not None and self.downward else self.high
        rounded: Floats = values.round(DECIMALS)
        above = rounded > low if self.low_open else rounded >= low
        below = rounded < high if self.high_open else rounded <= high
        inside: Booleans = above & below
        return inside

    def holds_one(self, value: float) -> bool:
        """``holds`` for a single value, by the same rounding."""
        self._refuse_without(False)
        if math.isnan(value):
            return False
        rounded = _rounded(value)
        above = rounded > self.low if self.low_open else rounded >= self.low
        return above and (rounded < self.high if self.high_open else rounded <= self.high)

    def _refuse_without(self, own: bool) -> None:
        """Without the unit's own threshold nobody can say whether it holds."""
        if self.of and not own:
            raise ValueError(self.text())

    def formula(self, cell: str, low: str, high: str = "", of: str = "") -> str:
        """Whether a cell, which may be blank, holds what an edge asks; its ends stand in others, as does the
        measure they are reckoned ``of``.
        """
        if self.family == "yes_no" or self.any_value:
            return self.comparison(cell, low)
        there = f"AND(ISNUMBER({cell}),ISNUMBER({of}))" if of else f"ISNUMBER({cell})"
        return f"IF({there},{self.comparison(cell, low, high)},FALSE)"

    def comparison(self, cell: str, low: str, high: str = "") -> str:
        """The same for a cell that is not blank; where both ends are bounded, each stands in a cell."""
        if self.family == "yes_no":
            return f"{cell}={low}"
        if self.any_value:
            return f"ISNUMBER({cell})"
        rounded = f"ROUND({cell},{DECIMALS})"
        if self.exact:
            return f"{rounded}={low}"
        above = f"{rounded}{'>' if self.low_open else '>='}{low}"
        below = f"{rounded}{'<' if self.high_open else '<='}{high or low}"
        if math.isinf(self.low):
            return below
        return above if math.isinf(self.high) else f"AND({above},{below})"

    @property
    def sign(self) -> str:
        """The comparison an edge makes, as in a formula."""
        if self.exact:
            return "="
        if math.isinf(self.low):
            return "<" if self.high_open else "<="
        return ">" if self.low_open else ">="

    @property
    def mark(self) -> str:
        """The same as a person writes it."""
        return {">=": "≥", "<=": "≤"}.get(self.sign, self.sign)

    def text(self) -> str:
        """The canonical condition, which reads back to the same meaning."""
        if self.family == "yes_no":
            return "ใช่" if self.low == 1 else "ไม่ใช่"
        if self.family == "date":
            return f"{'ก่อน' if self.high_open else 'ภายใน'} {show_date(date.fromordinal(int(self.high)))}"
        if not self.two_sided:
            number = self.reckoned(self.of) if self.of else show_number(self.threshold)
            return f"{self.mark} {number}"
        only = f" {ONLY}" if self.only else ""
        if not self.low_open and not self.high_open:
            return f"{show_number(self.low)} - {show_number(self.high)}{only}"
        signs = ["<" if is_open else "≤" for is_open in (self.low_open, self.high_open)]
        return f"{show_number(self.low)} {signs[0]} x {signs[1]} {show_number(self.high)}{only}"

    def reckoned(self, name: str) -> str:
        """How its threshold follows from the measure ``of``, called by that name: ``T1.target × 1.1 + 5``."""
        times = f" × {show_number(self.times)}" if self.times != 1 else ""
        more = self.threshold
        return f"{name}{times}" + (f" {'+' if more > 0 else '−'} {show_number(abs(more))}" if more else "")


def _rounded(value: float) -> float:
    """As numpy rounds: scaled, rounded, scaled back. ``round(value, 9)`` may differ in the last bit."""
    scaled = value * 10.0**DECIMALS
    return round(scaled) / 10.0**DECIMALS if math.isfinite(scaled) else value


def edges(row: Sequence[Condition | None]) -> list[Condition | None]:
    """A level-table row read by edges, one per level (design: bands are lower edges).

    A first cell that only bounds the other side (``≤ 80`` before ``81 - 85``) asks for any result. Of a band
    that says ``เท่านั้น`` both sides count, and whatever stands beside it in the row asks what it says.
    Raises ``MixedRow`` where the cells pull in both directions.
    Source: design, section 1 (Bands are lower edges).

    >>> falling = [Condition("number", high=80), Condition("number", 81, 85), Condition("number", low=95)]
    >>> [edge.text() if not edge.any_value else "any" for edge in edges(falling) if edge]
    ['any', '≥ 81', '≥ 95']
    """
    filled = [(level, condition) for level, condition in enumerate(row, 1) if condition]
    edged = [(level, condition) for level, condition in filled if not condition.only]
    if not any(condition.family == "number" for _, condition in edged):
        return list(row)
    downward, alone = _runs_downward(edged), len(edged) < len(filled)
    result: list[Condition | None] = list(row)
    for position, (level, condition) in enumerate(edged):
        wrong_way = condition.upward if downward else condition.downward
        if wrong_way and not alone and (position > 0 or len(edged) == 1):
            raise MixedRow(level)
        if not (wrong_way and alone):
            result[level - 1] = _edge(condition, downward)
    return result


def upward_reading(row: Sequence[Condition | None]) -> list[Condition | None]:
    """A proposal for a mixed row: each level from where the one before it ended, the first from nothing."""
    proposal: list[Condition | None] = []
    reached = 0.0
    for condition in row:
        if condition is None:
            proposal.append(None)
            continue
        lower = (
            replace(condition, high=math.inf, high_open=False)
            if not math.isinf(condition.low)
            else Condition("number", low=reached)
        )
        proposal.append(lower)
        reached = condition.high if not math.isinf(condition.high) else condition.low
    return proposal


def _runs_downward(filled: Sequence[tuple[int, Condition]]) -> bool:
    rest = [condition for _, condition in filled[1:]] or [filled[0][1]]
    if any(condition.downward for condition in rest):
        return True
    if any(condition.upward for condition in rest):
        return False
    return rest[-1].low < filled[0][1].threshold


def _edge(condition: Condition, downward: bool) -> Condition:
    if condition.exact or condition.family != "number":
        return condition
    if downward:
        return replace(condition, low=-math.inf, low_open=False)
    return replace(condition, high=math.inf, high_open=False)
