"""What a level or a value is worth, slow and obvious: deductions, caps, T-scores, in fractions."""

import math
from collections.abc import Sequence
from fractions import Fraction

Number = int | Fraction
_DIGITS = 40


def root(number: Fraction) -> Fraction:
    """The square root to forty decimals."""
    whole = number.numerator * 100**_DIGITS // number.denominator
    return Fraction(math.isqrt(whole), 10**_DIGITS)


def mean_and_deviation(values: Sequence[Number]) -> tuple[Fraction, Fraction]:
    """Of a whole population; no deviation where nine decimals do not tell it apart."""
    count = len(values)
    mean = Fraction(sum(values)) / max(count, 1)
    if not count or max(values) - min(values) < Fraction(1, 2 * 10**9):
        return mean, Fraction(0)
    return mean, root(sum(((one - mean) ** 2 for one in values), Fraction()) / count)


def standard(own: Number | None, mean: Fraction, deviation: Fraction) -> Fraction:
    """A hundredth of 50 + 10 × (own − mean) ÷ deviation; none without an own number."""
    if own is None:
        return Fraction(0)
    return Fraction(1, 2) + ((own - mean) / deviation / 10 if deviation else 0)


def within(score: Fraction, cap: float | None, full: Number | None = None) -> Fraction:
    """Not below 0, at most the cap; without one at most ``full``."""
    most = full if cap is None else Fraction(str(cap))
    return max(Fraction(0), score if most is None else min(score, Fraction(most)))
