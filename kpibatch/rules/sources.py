"""ที่มา: how a computed measure's value follows from others, and back."""

from collections.abc import Callable

import numpy as np

from kpibatch.rules.conditions import Condition, Floats
from kpibatch.rules.records import Measure, Source, ZeroRule

COMPUTED = (Source.PERCENT, Source.GROWTH, Source.REDUCTION)
_FORMULAS: dict[Source, Callable[[Floats, Floats], Floats]] = {
    Source.PERCENT: lambda a, b: 100 * a / b,
    Source.GROWTH: lambda a, b: 100 * (a - b) / b,
    Source.REDUCTION: lambda a, b: 100 * (b - a) / b,
}


def ratio(a: Floats, b: Floats, measure: Measure, lower_is_better: bool = False) -> Floats:
    """ร้อยละ, เพิ่มขึ้น or ลดลง; a zero denominator passes as 100 and fails as 0, the other way round where
    lower is better.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        computed = _FORMULAS[measure.source](a, b)
    zero = (b == 0) & ~np.isnan(a)
    return np.asarray(np.where(zero, at_zero(measure.zero_rule, lower_is_better), computed), dtype=np.float64)


def at_zero(rule: ZeroRule, lower_is_better: bool) -> float:
    """What a percent is when its denominator is zero; NaN where no rule says."""
    if rule is ZeroRule.MISSING:
        return float("nan")
    return 100.0 if (rule is ZeroRule.PASS) != lower_is_better else 0.0


def solved(source: Source, percent: float, divisor: float) -> float:
    return {
        Source.PERCENT: percent * divisor / 100,
        Source.GROWTH: divisor * (1 + percent / 100),
        Source.REDUCTION: divisor * (1 - percent / 100),
    }[source]


def holds_at(edge: Condition, source: Source, value: float, divisor: float) -> bool:
    percent = {
        Source.PERCENT: 100 * value / divisor,
        Source.GROWTH: 100 * (value - divisor) / divisor,
        Source.REDUCTION: 100 * (divisor - value) / divisor,
    }[source]
    return bool(edge.holds(np.array([percent]))[0])
