"""The formulas from the cells of a form, month by month, to the value of a measure; beside
``scoring.rollups`` and the checks of ``intake`` that take a value away.

Each month's cell is first taken as it counts: a number (a day as its serial, ใช่ as 1), nothing, or a word
where the batch refuses it (``BAD``) or a formula can't tell what the batch will read (``UNREAD``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kpibatch.base.kinds import LEAST, MOST, Kind
from kpibatch.rules.conditions import DECIMALS
from kpibatch.rules.records import Measure, Rollup

BAD, UNREAD = "ผิด", "อ่านไม่ได้"
_YES, _NO = ("ใช่", "yes"), ("ไม่ใช่", "no")


@dataclass(frozen=True)
class Bounds:
    """What a cell's value may be besides its measure's own bounds: days from ``first`` on and up to the
    month's ``end`` (serials); at most ``limit``, a cell. ``day`` is the cell of a day's serial; ``sound`` are
    conditions that must hold of it, or nobody can say here whether it counts.
    """

    first: float
    end: str
    limit: str = ""
    day: str = ""
    sound: tuple[str, ...] = ()


def counted(measure: Measure, cell: str, bounds: Bounds) -> str:
    """A month's cell as it counts."""
    ways = {Kind.DATE: _day, Kind.YES_NO: _answer}
    taken = ways.get(measure.kind, _number)(measure, cell, bounds)
    if bounds.sound:
        taken = f'IF(AND({",".join(bounds.sound)}),{taken},"{UNREAD}")'
    return f'IF(ISBLANK({cell}),"",{taken})'


def _number(measure: Measure, cell: str, bounds: Bounds) -> str:
    """A percent or a day by its format is another number to the batch; so is one that it does not take."""
    value, shape = f"ROUND({cell},{DECIMALS})", f'LEFT(CELL("format",{cell}),1)'
    least = 0.0 if measure.minimum is None else measure.minimum
    wrong = [f"{value}<{least:.15g}", f"ABS({cell})>{MOST:.0f}", f"AND({cell}<>0,ABS({cell})<{LEAST:.9f})"]
    wrong += [] if measure.maximum is None else [f"{value}>{measure.maximum:.15g}"]
    number = f'IF(OR({",".join(wrong)}),"{BAD}",{cell})'
    if bounds.limit:
        above = f'IF({value}>ROUND({bounds.limit},{DECIMALS}),"{BAD}",{number})'
        number = f'IF(ISBLANK({bounds.limit}),{number},IF(ISNUMBER({bounds.limit}),{above},"{UNREAD}"))'
    return f'IF(ISNUMBER({cell}),IF(OR({shape}="P",{shape}="D"),"{UNREAD}",{number}),"{UNREAD}")'


def _day(measure: Measure, cell: str, bounds: Bounds) -> str:
    wrong = f"OR({bounds.day}<{bounds.first:.0f},{bounds.day}>{bounds.end})"
    return f'IF(ISNUMBER({bounds.day}),IF({wrong},"{BAD}",{bounds.day}),"{UNREAD}")'


def _answer(measure: Measure, cell: str, bounds: Bounds) -> str:
    yes, no = (",".join(f'{cell}="{word}"' for word in words) for words in (_YES, _NO))
    return f'IF(OR({yes}),1,IF(OR({no}),0,"{UNREAD}"))'


@dataclass(frozen=True)
class MonthCells:
    """A measure's months as they count: ``area`` is their range, ``cells`` each of them; ``asked`` are the
    numbers (from 1) of the months in which it is asked, ``now`` is the cell of the number of the month so
    far; ``latest`` is the cell of what ``latest_of`` gives.
    """

    measure: Measure
    area: str
    cells: Sequence[str]
    asked: Sequence[int]
    now: str
    latest: str

    @property
    def latest_of(self) -> str:
        """The last of the months that is not blank."""
        formula = '""'
        for cell in self.cells:
            formula = f'IF({cell}<>"",{cell},{formula})'
        return formula

    @property
    def _asked_so_far(self) -> str:
        return "+".join(f"({self.now}>={number})" for number in self.asked)

    @property
    def value(self) -> str:
        """สรุปรายเดือน: the months as one value; nothing where there is none, or a formula can't tell.

        Source: design, section 1 (สรุปรายเดือน).
        """
        if self.measure.rollup is Rollup.LAST:
            return f'IF(ISNUMBER({self.latest}),{self._rounded(self.latest)},"")'
        way = {Rollup.SUM: "SUM", Rollup.MIN: "MIN", Rollup.MAX: "MAX", Rollup.MEAN: "AVERAGE"}
        there, rolled = f"COUNT({self.area})>0", f"{way[self.measure.rollup]}({self.area})"
        if self.measure.rollup is Rollup.MIN:
            there = f"AND({there},COUNT({self.area})={self._asked_so_far})"
        return f'IF({there},IF({self.unread}>0,"",{self._rounded(rolled)}),"")'

    def _rounded(self, value: str) -> str:
        """ปัดทศนิยม."""
        digits = self.measure.decimals
        return value if digits is None else f"ROUND(ROUND({value},{DECIMALS}),{digits})"

    def partial(self, value: str) -> str:
        """1 where there is a value (a cell), but a month that should count is not in it."""
        if self.measure.rollup is Rollup.LAST:
            if self.measure.kind is Kind.DATE:
                return "0"
            return f'IF({value}="",0,IF(INDEX({self.area},{self.now})="",1,0))'
        return f'IF({value}="",0,IF(COUNT({self.area})<{self._asked_so_far},1,0))'

    @property
    def unread(self) -> str:
        """How many cells can't be told here and would count."""
        return self._holding(UNREAD)

    @property
    def bad(self) -> str:
        """How many cells the batch refuses that would count."""
        return self._holding(BAD)

    def _holding(self, word: str) -> str:
        if self.measure.rollup is Rollup.LAST:
            return f'IF({self.latest}="{word}",1,0)'
        return f'SUMPRODUCT(--({self.area}="{word}"))'
