"""A condition of the level tables: does it hold, how does a formula ask it, how is a row of them read.

Every condition is an interval of numbers, of days (as ordinals) or of yes/no (1/0). A row of the level
tables is read by edges: a unit is in a level once it has reached the level's own edge, so the upper end
of a band is the next level's business (the lower end where lower is better).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
NOT_GIVEN = "–"
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
    """An interval; days are ordinals, yes is [1, 1], no is [0, 0]."""

    family: Family
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def any_value(self) -> bool:
        return math.isinf(self.low) and math.isinf(self.high)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def downward(self) -> bool:
        """Bounded above only, as where lower is better."""
        return math.isinf(self.low) and not math.isinf(self.high)

    @property
    def upward(self) -> bool:
        """Bounded below only, as where higher is better."""
        return math.isinf(self.high) and not math.isinf(self.low)

    @property
    def threshold(self) -> float:
        """The one number an edge compares with (the lower end of a band)."""
        return self.high if math.isinf(self.low) else self.low

    @property
    def last_day(self) -> float:
        """The last day, as an ordinal, that a deadline allows: ``ก่อน`` does not count its own day."""
        return self.high - self.high_open

    def holds(self, values: Floats) -> Booleans:
        """Which of the values (shape ``(units,)``) are inside; a missing one (NaN) is not.

        Source: design, section 1 (numbers are compared after rounding to 9 decimals).
        """
        rounded: Floats = values.round(DECIMALS)
        above = rounded > self.low if self.low_open else rounded >= self.low
        below = rounded < self.high if self.high_open else rounded <= self.high
        inside: Booleans = above & below
        return inside

    def holds_one(self, value: float) -> bool:
        """``holds`` for a single value, by the same rounding."""
        if math.isnan(value):
            return False
        rounded = _rounded(value)
        above = rounded > self.low if self.low_open else rounded >= self.low
        return above and (rounded < self.high if self.high_open else rounded <= self.high)

    def formula(self, cell: str, threshold: str) -> str:
        """Whether a cell, which may be blank, holds what an edge asks; its threshold stands in another."""
        if self.family == "yes_no" or self.any_value:
            return self.comparison(cell, threshold)
        return f"IF(ISNUMBER({cell}),{self.comparison(cell, threshold)},FALSE)"

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

    def text(self) -> str:
        """The canonical condition, which reads back to the same meaning."""
        if self.family == "yes_no":
            return "ใช่" if self.low == 1 else "ไม่ใช่"
        if self.family == "date":
            return f"{'ก่อน' if self.high_open else 'ภายใน'} {show_date(date.fromordinal(int(self.high)))}"
        if math.isinf(self.low) or math.isinf(self.high) or self.exact:
            return f"{ {'>=': '≥', '<=': '≤'}.get(self.sign, self.sign) } {show_number(self.threshold)}"
        if not self.low_open and not self.high_open:
            return f"{show_number(self.low)} - {show_number(self.high)}"
        signs = ["<" if is_open else "≤" for is_open in (self.low_open, self.high_open)]
        return f"{show_number(self.low)} {signs[0]} x {signs[1]} {show_number(self.high)}"


def _rounded(value: float) -> float:
    """As numpy rounds: scaled, rounded, scaled back. ``round(value, 9)`` may differ in the last bit."""
    scaled = value * 10.0**DECIMALS
    return round(scaled) / 10.0**DECIMALS if math.isfinite(scaled) else value


def edges(row: Sequence[Condition | None]) -> list[Condition | None]:
    """A level-table row read by edges, one per level (design: bands are lower edges).

    A first cell that only bounds the other side (``≤ 80`` before ``81 - 85``) asks for any result.
    Raises ``MixedRow`` where the cells pull in both directions.
    Source: design, section 1 (Bands are lower edges).

    >>> falling = [Condition("number", high=80), Condition("number", 81, 85), Condition("number", low=95)]
    >>> [edge.text() if not edge.any_value else "any" for edge in edges(falling) if edge]
    ['any', '≥ 81', '≥ 95']
    """
    filled = [(level, condition) for level, condition in enumerate(row, 1) if condition]
    if not any(condition.family == "number" for _, condition in filled):
        return list(row)
    downward = _runs_downward(filled)
    result: list[Condition | None] = [None] * len(row)
    for position, (level, condition) in enumerate(filled):
        wrong_way = condition.upward if downward else condition.downward
        if wrong_way and (position > 0 or len(filled) == 1):
            raise MixedRow(level)
        result[level - 1] = _edge(condition, downward)
    return result


def upward_reading(row: Sequence[Condition | None]) -> list[str]:
    """A proposal for a mixed row: each level from where the one before it ended, the first from nothing."""
    proposal, reached = [], 0.0
    for condition in row:
        if condition is None:
            proposal.append("")
            continue
        lower = (
            replace(condition, high=math.inf, high_open=False)
            if not math.isinf(condition.low)
            else Condition("number", low=reached)
        )
        proposal.append(lower.text())
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
