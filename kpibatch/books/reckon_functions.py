"""The functions and signs of a spreadsheet's formulas that this project writes, each as Excel has it."""

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any, TypeAlias

from kpibatch.base.addresses import excel_day


class Fault(Exception):
    """An error such as ``#DIV/0!``, by its name; ``IFERROR`` alone takes it."""


@dataclass(frozen=True)
class Reach:
    """A range, or what was reckoned cell by cell from one: its values row by row, its first column and how
    many columns it has.
    """

    values: Sequence["Result"]
    left: int = 0
    width: int = 1


Result: TypeAlias = "float | int | str | bool | Reach | None"


def number(value: Result) -> float:
    """A value as an operand of a sum; a blank is 0."""
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise Fault("#VALUE!") from None
    if isinstance(value, Reach):
        raise Fault("#VALUE!")
    return float(value)


def text(value: Result) -> str:
    """A value as an operand of ``&``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else f"{value:.15g}"
    return str(value)


def truth(value: Result) -> bool:
    if isinstance(value, str):
        raise Fault("#VALUE!")
    return bool(number(value))


def _ordered(value: Result) -> tuple[int, Any]:
    """Numbers come before texts, texts before truths."""
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, number(value))


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def binary(sign: str, left: Result, right: Result) -> Result:
    """What a sign between two values gives; between ranges, cell by cell."""
    if isinstance(left, Reach) or isinstance(right, Reach):
        shape = left if isinstance(left, Reach) else right
        assert isinstance(shape, Reach)
        lefts, rights = (
            each.values if isinstance(each, Reach) else [each] * len(shape.values) for each in (left, right)
        )
        cells = [binary(sign, a, b) for a, b in zip(lefts, rights, strict=True)]
        return Reach(cells, shape.left, shape.width)
    if sign in _COMPARE:
        left, right = _alike(left, right), _alike(right, left)
        return _COMPARE[sign](_ordered(left), _ordered(right))
    if sign == "&":
        return text(left) + text(right)
    a, b = number(left), number(right)
    if sign == "/":
        if b == 0:
            raise Fault("#DIV/0!")
        return a / b
    if sign == "*":
        return a * b
    result = a + b if sign == "+" else a - b
    return 0.0 if abs(result) < 1e-15 * max(abs(a), abs(b)) else result  # as Excel takes it for zero


def _alike(value: Result, other: Result) -> Result:
    """A blank is compared as the empty one of the other's kind."""
    return "" if value is None and isinstance(other, str) else value


def _flat(values: Sequence[Result]) -> Iterator[Result]:
    for value in values:
        if isinstance(value, Reach):
            yield from _flat(value.values)
        else:
            yield value


def _numbers(*values: Result) -> list[float]:
    """The numbers among them: in a range alone what is no number is passed over."""
    found: list[float] = []
    for value in values:
        inside = _flat([value])
        found += [
            float(each) for each in inside if isinstance(each, int | float) and not _passed(each, value)
        ]
    return found


def _passed(each: Result, whole: Result) -> bool:
    return isinstance(each, bool) and isinstance(whole, Reach)


def _cellwise(test: Callable[[Result], Result]) -> Callable[[Result], Result]:
    def each(value: Result) -> Result:
        if isinstance(value, Reach):
            return Reach([test(one) for one in value.values], value.left, value.width)
        return test(value)

    return each


def _rounded(way: str) -> Callable[[Result, Result], float]:
    def to(value: Result, digits: Result) -> float:
        exact = Decimal(f"{number(value):.15g}")
        step = Decimal(1).scaleb(-int(number(digits)))
        if exact and exact.adjusted() > 27:
            return float(exact)
        return float(exact.quantize(step, way)) + 0.0

    return to


def _product(*factors: Result) -> float:
    columns = [each.values if isinstance(each, Reach) else [each] for each in factors]
    total = 0.0
    for row in zip(*columns, strict=True):
        part = 1.0
        for each in row:
            alone = len(columns) == 1 and isinstance(each, bool)
            part *= float(each) if isinstance(each, int | float) and not alone else 0.0
        total += part
    return total


def _match(wanted: Result, among: Result, _: Result) -> float:
    for place, value in enumerate(_flat([among]), 1):
        if value is not None and _ordered(value) == _ordered(wanted):
            return float(place)
    raise Fault("#N/A")


def _index(among: Result, place: Result) -> Result:
    values, at = list(_flat([among])), int(number(place))
    if not 1 <= at <= len(values):
        raise Fault("#REF!")
    return values[at - 1]


def _largest(among: Result, rank: Result) -> float:
    ordered = sorted(_numbers(among), reverse=True)
    if len(ordered) < number(rank):
        raise Fault("#NUM!")
    return ordered[int(number(rank)) - 1]


def _mean(*values: Result) -> float:
    numbers = _numbers(*values)
    if not numbers:
        raise Fault("#DIV/0!")
    return math.fsum(numbers) / len(numbers)


def _workdays(first: Result, last: Result, holidays: Result = None) -> float:
    """From one day to another, both counted; day 1 is a Sunday, as Excel counts."""
    start, end = int(number(first)), int(number(last))
    sign = 1 if start <= end else -1
    free = set(map(int, _numbers(holidays)))
    days = range(min(start, end), max(start, end) + 1)
    return float(sign * sum(day % 7 > 1 and day not in free for day in days))


def _date(year: Result, month: Result, day: Result) -> float:
    """A serial; a month or a day beyond its number runs on into the next."""
    months = int(number(year)) * 12 + int(number(month)) - 1
    first = date(months // 12, months % 12 + 1, 1)
    return excel_day(first.toordinal() + int(number(day)) - 1)


def _day_of(serial: Result) -> date:
    return date.fromordinal(int(number(serial) - excel_day(0)))


def _find(part: Result, whole: Result) -> float:
    at = text(whole).find(text(part))
    if at < 0:
        raise Fault("#VALUE!")
    return at + 1.0


def _shown(value: Result, form: Result) -> str:
    """``TEXT`` in the formats that are used."""
    digits = len(str(form).partition(".")[2])
    rounded = _rounded(ROUND_HALF_UP)(value, float(digits))
    return f"{rounded:,.{digits}f}" if "," in str(form) else f"{rounded:.{digits}f}"


FUNCTIONS: Mapping[str, Callable[..., Result]] = {
    "ABS": lambda value: abs(number(value)),
    "AVERAGE": _mean,
    "CELL": lambda what, value: "G",  # the forms' cells show numbers and days as what they are
    "COLUMN": lambda area: Reach(
        [area.left + 1 + at % area.width for at in range(len(area.values))], area.left, area.width
    ),
    "COUNT": lambda *values: float(len(_numbers(*values))),
    "COUNTA": lambda *values: float(sum(each is not None for each in _flat(values))),
    "DATE": _date,
    "DAY": lambda serial: float(_day_of(serial).day),
    "FIND": _find,
    "INDEX": _index,
    "INT": lambda value: float(math.floor(number(value))),
    "ISBLANK": lambda value: value is None,
    "LARGE": _largest,
    "LEN": lambda value: float(len(text(value))),
    "LEFT": lambda value, count: text(value)[: int(number(count))],
    "MATCH": _match,
    "MAX": lambda *values: max(_numbers(*values), default=0.0),
    "MID": lambda value, start, count: text(value)[int(number(start)) - 1 :][: int(number(count))],
    "MIN": lambda *values: min(_numbers(*values), default=0.0),
    "MOD": lambda value, divisor: number(value) % number(divisor),
    "MONTH": lambda serial: float(_day_of(serial).month),
    "NETWORKDAYS": _workdays,
    "NOT": lambda value: not truth(value),
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "ROUNDUP": _rounded(ROUND_UP),
    "SUBSTITUTE": lambda value, old, new: text(value).replace(text(old), text(new)),
    "SUM": lambda *values: math.fsum(_numbers(*values)),
    "SUMPRODUCT": _product,
    "TEXT": _shown,
    "TRIM": lambda value: " ".join(part for part in text(value).split(" ") if part),
    "UNION": lambda *parts: Reach(list(_flat(parts))),
    "VALUE": lambda value: number(text(value)),
}


def _if(parts: Sequence[Callable[[], Result]]) -> Result:
    chosen = 1 if truth(parts[0]()) else 2
    return parts[chosen]() if chosen < len(parts) else False


def _truths(parts: Sequence[Callable[[], Result]]) -> list[bool]:
    """All of them, for an error in any is one of the whole."""
    return [truth(each) for part in parts for each in _flat([part()]) if each is not None]


def _and(parts: Sequence[Callable[[], Result]]) -> bool:
    return all(_truths(parts))


def _or(parts: Sequence[Callable[[], Result]]) -> bool:
    return any(_truths(parts))


def _if_error(parts: Sequence[Callable[[], Result]]) -> Result:
    try:
        return parts[0]()
    except Fault:
        return parts[1]()


def _is_number(parts: Sequence[Callable[[], Result]]) -> Result:
    """An error is no number."""
    try:
        value = parts[0]()
    except Fault:
        return False
    return _numeric(value)


_numeric = _cellwise(lambda value: isinstance(value, int | float) and not isinstance(value, bool))
LAZY: Mapping[str, Callable[[Sequence[Callable[[], Result]]], Result]] = {
    "IF": _if,
    "AND": _and,
    "OR": _or,
    "IFERROR": _if_error,
    "ISNUMBER": _is_number,
}
