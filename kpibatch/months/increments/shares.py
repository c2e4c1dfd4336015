"""The formula: what each person gets, to the satang, never more in all than the ceiling.

A person's full raise is base × the rating's percent, the least is base × its least percent; neither is more
than what the salary may still rise, so that nobody's share lies idle. Where all full raises fit under the
ceiling, each gets the full one. Else what lies between the least and the full is cut for all by one
factor, f = (ceiling − Σ least) ÷ (Σ full − Σ least). A raise is cut to whole satang: a remainder of less than
a satang a person is left over, and never a satang too much given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

from kpibatch.base.errors import ProvinceFault
from kpibatch.months.increments.terms import Person, Rate

DECIMALS = 6  # of a satang: the formulas of a workbook can't tell finer ones apart from a whole one
_FINE = Decimal(1).scaleb(-DECIMALS)


@dataclass(frozen=True)
class Raise:
    """What a person gets, in satang; ``full`` and ``least`` are exact, ``topped`` where the salary may not
    rise as far.
    """

    person: Person
    full: Fraction
    least: Fraction
    given: int
    topped: bool = False


@dataclass(frozen=True)
class Raises:
    """All of them, and by how much what lies above the least was cut."""

    each: tuple[Raise, ...]
    factor: Fraction
    ceiling: int

    @property
    def given(self) -> int:
        return sum(one.given for one in self.each)

    @property
    def left(self) -> int:
        """What of the ceiling is not given."""
        return self.ceiling - self.given


def shared(people: Sequence[tuple[Person, Rate]], ceiling: int) -> Raises:
    """The raises of all who get one.

    Raises ``KpibatchError`` where even the least ones are more than the ceiling.

    >>> bases, percents = (3_000_000, 2_000_000), (4, 2)
    >>> people = [(Person("", base, None), Rate(Decimal(of))) for base, of in zip(bases, percents)]
    >>> [[one.given for one in shared(people, ceiling).each] for ceiling in (120_000, 200_000)]
    [[90000, 30000], [120000, 40000]]
    """
    full = [_within(person, rate.full) for person, rate in people]
    least = [_within(person, rate.least) for person, rate in people]
    most_of_all, least_of_all = sum(full, Fraction()), sum(least, Fraction())
    if least_of_all > ceiling:
        needed = least_of_all / 100
        raise ProvinceFault(
            "increments-ceiling", needed=f"{float(needed):,.2f}", ceiling=f"{ceiling / 100:,.2f}"
        )
    between = most_of_all - least_of_all
    factor = min(Fraction(1), (ceiling - least_of_all) / between) if between else Fraction(1)
    each = tuple(
        Raise(person, most, low, _whole(low + (most - low) * factor), most < _share(person, rate.full))
        for (person, rate), most, low in zip(people, full, least, strict=True)
    )
    return Raises(each, factor, ceiling)


def _share(person: Person, percent: Decimal) -> Fraction:
    return Fraction(percent) * person.base / 100


def _within(person: Person, percent: Decimal) -> Fraction:
    """So many percent of the base, and no more than the salary may rise."""
    share = _share(person, percent)
    return share if person.room is None else min(share, Fraction(person.room))


def _whole(raised: Fraction) -> int:
    """Whole satang of what is given, as the workbook's formula cuts it."""
    exact = Decimal(raised.numerator) / Decimal(raised.denominator)
    return int(exact.quantize(_FINE, ROUND_HALF_UP).to_integral_value(ROUND_FLOOR))
