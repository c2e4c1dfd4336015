"""Where the cells of the hidden sheet stand that all others refer to, and what is known of a form's cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kpibatch.base.addresses import quoted, ref
from kpibatch.base.catalogue import Words
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

SHEET = "_คะแนน"
NOW, DAY, SENT = 0, 1, 2  # the rows of the month so far (its number), of its last day, of whether it counts
NAMES, ENDS, FILLED = 3, 4, 5  # of the months, a column each from 1 on
NAMED = 6  # the months' names, as days are typed with them
FIRST_ROW = 8
Place: TypeAlias = tuple[str, int, int]  # sheet, row, column
Cells: TypeAlias = dict[tuple[int, int], "float | str"]  # of the hidden sheet; a formula begins with =


@dataclass(frozen=True)
class Ground:
    """What a form that scores itself stands on.

    ``months`` are the month keys that its columns stand for, ``spots`` the cell of each measure and month (of
    a measure without months under an empty key), ``pick`` the cell in which a month may be chosen.
    ``first_day`` is the first day (an ordinal) that a form can speak of.
    """

    tables: LevelTables
    unit: Unit
    months: tuple[str, ...]
    spots: Mapping[tuple[str, str], Place]
    first_day: int
    language: str = "th"
    pick: Place | None = None

    @property
    def say(self) -> Words:
        return Words("score", self.language)

    @property
    def words(self) -> tuple[str, str]:
        """For yes and no on the hidden sheet."""
        return self.say("yes"), self.say("no")

    def cell(self, measure: str, month: str) -> str:
        """The reference of a form's cell; empty where there is none."""
        place = self.spots.get((measure, month), self.spots.get((measure, "")))
        return outside(place) if place else ""


def outside(place: Place) -> str:
    """A reference to a cell of another sheet."""
    sheet, row, column = place
    return f"{quoted(sheet)}!{ref(row, column, 'rc')}"


def fixed(row: int, column: int = 1) -> str:
    """The reference of a cell of the hidden sheet."""
    return ref(row, column, "rc")
