"""กฎตรวจ: what values are held against besides their own bounds: each other, earlier months, other units.

A row compares two sides (``Comparison``) or names a built-in check (``Watch``). Built-in checks ask, and are
on unless a row switches them off. A row that finds an error takes the value away, so it is part of the
tables' fingerprint; one that only asks is none. ตัวอย่าง: worked cases that the rules are tried by.
"""

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kpibatch.base.findings import NOWHERE, Place, natural
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.rules.conditions import DECIMALS, Booleans, Floats

MONTH_BEFORE = "เดือนก่อน"
ANY_OF = "มี"
TIMES = "×"


class Gravity(StrEnum):
    """ความรุนแรง: what a finding of the row is."""

    ERROR = "ผิด"
    WARNING = "เตือน"
    NOTE = "หมายเหตุ"

    @property
    def severity(self) -> str:
        return self.name.lower()


class Use(StrEnum):
    """ใช้: whether a row counts."""

    YES = "ใช่"
    NO = "ไม่ใช่"


class Sign(StrEnum):
    """เทียบ: what must hold between the two sides."""

    AT_MOST = "≤"
    AT_LEAST = "≥"
    EQUAL = "="
    OTHER = "<>"
    BELOW = "<"
    ABOVE = ">"

    def holds(self, left: Floats, right: Floats) -> Booleans:
        """Row by row, of arrays without missing values.

        Source: design, section 1 (numbers are compared after rounding to 9 decimals).
        """
        held: Booleans = _COMPARE[self](left.round(DECIMALS), right.round(DECIMALS))
        return held


_COMPARE: Mapping[Sign, Callable[[Floats, Floats], Booleans]] = {
    Sign.AT_MOST: operator.le,
    Sign.AT_LEAST: operator.ge,
    Sign.EQUAL: operator.eq,
    Sign.OTHER: operator.ne,
    Sign.BELOW: operator.lt,
    Sign.ABOVE: operator.gt,
}


class BuiltIn(StrEnum):
    """The built-in checks, by the names that stand in ซ้าย; what a value was found by first it is told by."""

    TENFOLD = "หลายเท่าของเดือนก่อน"
    FALLS = "ยอดสะสมลดลง"
    BASE_FALLS = "ตัวหารลดลง"
    NO_LONGER = "ใช่กลายเป็นไม่ใช่"
    PEERS = "ห่างจากหน่วยอื่น"
    COPIED = "ค่าชุดเดียวกับหน่วยอื่น"


USUAL: Mapping[BuiltIn, float] = {
    BuiltIn.TENFOLD: 10,  # times
    BuiltIn.FALLS: 0,  # percent that may be lost
    BuiltIn.BASE_FALLS: 0,  # percent that may be lost
    BuiltIn.PEERS: 8,  # robust standard deviations
    BuiltIn.COPIED: 5,  # values of one month
}
"""ขวา of a built-in check where it is blank; one that is not here takes none."""


@dataclass(frozen=True)
class Operand:
    """ขวา: ``times`` a measure (or, without a code, ซ้าย of the month before), or a fixed ``value``.

    ``any_of`` asks of the measure only whether it is more than nothing: yes or no.
    """

    measure: str = ""
    times: float = 1.0
    any_of: bool = False
    value: float = math.nan

    @property
    def month_before(self) -> bool:
        return not self.measure and math.isnan(self.value)

    def text(self, kind: Kind) -> str:
        """As it is written in ขวา; ``kind`` is that of ซ้าย."""
        if not math.isnan(self.value):
            return show_value(self.value, kind)
        name = self.measure or MONTH_BEFORE
        if self.any_of:
            return f"{ANY_OF} {name}"
        return name if self.times == 1 else f"{show_number(self.times)} {TIMES} {name}"


@dataclass(frozen=True)
class Comparison:
    """A row of the office's own: ``left`` and ``right`` must compare so, wherever both are there."""

    left: str
    sign: Sign
    right: Operand
    gravity: Gravity = Gravity.WARNING
    words: str = field(default="", compare=False)
    used: bool = True
    place: Place = NOWHERE

    @property
    def codes(self) -> tuple[str, ...]:
        """The measures it names."""
        return tuple(filter(None, (self.left, self.right.measure)))

    def text(self, kind: Kind) -> str:
        """The row as it is written; ``kind`` is that of ซ้าย."""
        return f"{self.left} {self.sign} {self.right.text(kind)}"


@dataclass(frozen=True)
class Watch:
    """A built-in check."""

    name: BuiltIn
    limit: float = math.nan
    gravity: Gravity = Gravity.WARNING
    words: str = field(default="", compare=False)
    used: bool = True
    place: Place = NOWHERE


@dataclass(frozen=True)
class Checks:
    """The rows of กฎตรวจ: those that decide whether a value counts, and those that don't."""

    deciding: tuple[Comparison | Watch, ...] = ()
    asking: tuple[Comparison | Watch, ...] = field(default=(), compare=False)

    @property
    def rows(self) -> tuple[Comparison | Watch, ...]:
        """All of them, in the workbook's order."""
        return tuple(sorted((*self.deciding, *self.asking), key=lambda row: natural(row.place.cell)))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The office's own rows that are in use."""
        return tuple(row for row in self.rows if isinstance(row, Comparison) and row.used)

    @property
    def listed(self) -> tuple[Comparison | Watch, ...]:
        """The office's own rows, in use or not, and then every built-in check."""
        own = (row for row in self.rows if isinstance(row, Comparison))
        return (*own, *map(self.watch, BuiltIn))

    def watch(self, name: BuiltIn) -> Watch:
        """A built-in check as the office wants it."""
        stated = (row for row in self.rows if isinstance(row, Watch) and row.name is name)
        return next(stated, Watch(name, USUAL.get(name, math.nan)))

    def watches(self) -> Iterator[Watch]:
        """The built-in checks that are in use."""
        return (watch for watch in map(self.watch, BuiltIn) if watch.used)

    def never_falls(self, measure: str) -> bool:
        """Whether a row says if the measure may fall from one month to the next: the built-in checks leave it
        to that row, in use or not.
        """
        return any(
            row.left == measure and row.right.month_before and row.sign in (Sign.AT_LEAST, Sign.ABOVE)
            for row in self.rows
            if isinstance(row, Comparison)
        )


def checks_of(rows: tuple[Comparison | Watch, ...]) -> Checks:
    """The rows, told apart by whether a value can be lost by them.

    Source: design, section 3 (a value with an error is missing, never guessed).
    """
    decides = [row.used and row.gravity is Gravity.ERROR for row in rows]
    return Checks(
        tuple(row for row, so in zip(rows, decides, strict=True) if so),
        tuple(row for row, so in zip(rows, decides, strict=True) if not so),
    )


@dataclass(frozen=True)
class Example:
    """One row of ตัวอย่าง: what a unit has and the level (from 0) that it should get.

    ``values`` holds each measure's value, or its values month by month; what is not named is not reported.
    ``since`` is the month by whose rules it is tried, empty for those of the round's start. ``score`` is what
    that should be worth, where the case says so. ``refused`` are values that no form may say. A case of the
    total (``kpi`` is ``TOTAL``, as is the code of its percent) has a ``word`` of ผลประเมิน and no level.
    """

    kpi: str
    number: str
    values: Mapping[str, tuple[float, ...]]
    level: int
    why: str = ""
    since: str = ""
    place: Place = NOWHERE
    places: Mapping[str, Place] = field(default_factory=dict)
    score: float | None = None
    refused: bool = False
    word: str = ""

    def place_of(self, column: str) -> Place:
        """Where a value of it stands; the case's own place where that is not known."""
        return self.places.get(column, self.place)
