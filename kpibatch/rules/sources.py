"""ที่มา: how a computed measure follows from others, and back; one record a source.

A new source is its word in ``Source`` and its record in ``COMPUTATIONS``: scoring, the workbook's formulas,
``explain`` and the steps to the next level follow. What the batch knows by itself (ส่งทันกำหนด) has no record.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kpibatch.rules.conditions import Floats
from kpibatch.rules.records import Measure, Source, ZeroRule


@dataclass(frozen=True)
class Computation:
    """A value from *a*, the sum of ตัวตั้ง, and *b*, ตัวหาร; ``formula`` and ``words`` hold ``{a}`` and ``{b}``.

    ``value`` takes arrays and single numbers alike; ``inverse`` gives the *a* that a value takes. ``falls``
    where more of *a* makes the value less.
    """

    value: Callable[[Floats, Floats], Floats]
    inverse: Callable[[float, float], float]
    formula: str
    words: str
    divides: bool = True
    falls: bool = False

    def single(self, a: float, b: float) -> float:
        """``value`` of single numbers."""
        return float(self.value(a, b))  # type: ignore[arg-type]


COMPUTATIONS: Mapping[Source, Computation] = {
    Source.PERCENT: Computation(
        value=lambda a, b: 100 * a / b,
        inverse=lambda value, b: value * b / 100,
        formula="100*{a}/{b}",
        words="100 × {a} ÷ {b}",
    ),
    Source.GROWTH: Computation(
        value=lambda a, b: 100 * (a - b) / b,
        inverse=lambda value, b: b * (1 + value / 100),
        formula="100*({a}-{b})/{b}",
        words="100 × ({a} − {b}) ÷ {b}",
    ),
    Source.REDUCTION: Computation(
        value=lambda a, b: 100 * (b - a) / b,
        inverse=lambda value, b: b * (1 - value / 100),
        formula="100*({b}-{a})/{b}",
        words="100 × ({b} − {a}) ÷ {b}",
        falls=True,
    ),
    Source.SUM: Computation(
        value=lambda a, b: a,
        inverse=lambda value, b: value,
        formula="{a}",
        words="{a}",
        divides=False,
    ),
}
COMPUTED = tuple(source for source, computation in COMPUTATIONS.items() if computation.divides)


def computed(measure: Measure, a: Floats, b: Floats, lower_is_better: bool = False) -> Floats:
    """A computed measure over the units, from the sum of its ตัวตั้ง and its ตัวหาร (arrays, NaN where missing).

    Where what it divides by is zero, it is what ``at_zero`` says. A caller silences numpy's warnings.
    Source: design, section 1 (รายการข้อมูล).
    """
    computation = COMPUTATIONS[measure.source]
    values: Floats = computation.value(a, b)
    if computation.divides:
        values = values.copy()
        values[(b == 0) & (a == a)] = at_zero(measure.zero_rule, lower_is_better)
    return values


def undefined_at_zero(measure: Measure) -> bool:
    """Whether no rule says what a measure is when its denominator is zero.

    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์).
    """
    return measure.source in COMPUTED and measure.zero_rule is ZeroRule.MISSING


def at_zero(rule: ZeroRule, lower_is_better: bool) -> float:
    """What a percent is when its denominator is zero; NaN where no rule says.

    It passes as 100 and fails as 0, the other way round where lower is better.
    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์).
    """
    if rule is ZeroRule.MISSING:
        return math.nan
    return 100.0 if (rule is ZeroRule.PASS) != lower_is_better else 0.0


def computed_formula(measure: Measure, parts: Sequence[str], b: str, lower_is_better: bool) -> str:
    """The same as an Excel formula over the cells of its parts; empty while one of them is."""
    computation = COMPUTATIONS[measure.source]
    total = parts[0] if len(parts) == 1 else f"SUM({','.join(parts)})"
    formula = computation.formula.format(a=total, b=b)
    needed = [*parts, *([b] if computation.divides else [])]
    if computation.divides:
        zero = at_zero(measure.zero_rule, lower_is_better)
        at_nought = '""' if math.isnan(zero) else f"{zero:g}"
        formula = f"IF({b}=0,{at_nought},{formula})"
    return f'IF(COUNT({",".join(needed)})<{len(needed)},"",{formula})'


def computed_words(measure: Measure, parts: Sequence[str], b: str) -> str:
    """The same with its numbers, as a person writes it: ``= 100 × 45 ÷ 50``."""
    return "= " + COMPUTATIONS[measure.source].words.format(a=" + ".join(parts), b=b)
