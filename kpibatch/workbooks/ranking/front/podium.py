"""The podium: three boxes across the page, each with all who share the place."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from kpibatch.base.addresses import ref
from kpibatch.base.catalogue import Words
from kpibatch.base.config import LEFT_OUT, RankingRules
from kpibatch.books.look import width_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status
from kpibatch.workbooks.ranking.front.plan import FrontPlan

MEDALS = ("#F4D774", "#DCE1E7", "#E7C9A9")
MARK = "*"
_ROOM, _MOST = 54, 5  # letters of eleven points in a third of the page; names


def joined(names: Sequence[str], count: str, more: str) -> str:
    """The formula of names in a row: so many of ``names``, which are formulas, as ``count`` says there are;
    of those that don't stand here ``more`` tells, before their number.
    """
    parts = [names[0], *(f'IF({count}>{at},", "&{name},"")' for at, name in enumerate(names[1:], 1))]
    return "&".join((*parts, f'IF({count}>{len(names)}," {more}"&({count}-{len(names)}),"")'))


def joined_result(names: Sequence[str], shown: int, more: str) -> str:
    """What comes out of it."""
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" {more}{rest}" if rest > 0 else "")


def names_shown(outcome: Outcome, room: int, most: int) -> int:
    """How many units' names stand beside each other in so much room."""
    longest = max(width_of(unit.name) for unit in outcome.tables.units)
    return min(most, len(outcome.tables.units), max(1, room // (longest + 2)))


def ties_note(rules: RankingRules) -> str:
    """The name of the note on what becomes of the rank after a tie."""
    return "note-ties" if rules.ties == LEFT_OUT else "note-ties-1223"


def colour_medals(sheet: Sheet, rank: int, first: tuple[int, int], last: tuple[int, int]) -> None:
    """The first three ranks' colours, over cells from ``first`` to ``last``; the ranks stand in that
    column.
    """
    for place, colour in enumerate(MEDALS, 1):
        form = sheet.book.style(bold=True, bg_color=colour)
        criteria = f"={ref(first[0], rank, 'c')}={place}"
        sheet.colour(first, last, {"type": "formula", "criteria": criteria, "format": form})


class Podium:
    """Writes the boxes above the list; ``widths`` are those of all columns that are seen."""

    def __init__(self, outcome: Outcome, sheet: Sheet, plan: FrontPlan, widths: Sequence[float]) -> None:
        self.outcome, self.sheet, self.plan, self.widths = outcome, sheet, plan, widths
        self.say = Words("sheet", outcome.language)
        self.shown = names_shown(outcome, _ROOM, _MOST)

    def write(self, row: int) -> None:
        """In ``row`` the place and its total, below it who has it."""
        for place, (first, last) in enumerate(self._boxes(), 1):
            look: dict[str, Any] = {"bg_color": MEDALS[place - 1], "align": "center"}
            look |= {"left": 5, "left_color": "#FFFFFF"} if first else {}
            self.sheet.merge_formula(row, first, last, self._label(place), "bold", **look)
            names = self._names(place)
            self.sheet.merge_formula(row + 1, first, last, names, "bold", **look, font_size=20, shrink=True)

    def _boxes(self) -> Iterator[tuple[int, int]]:
        """The first and the last column of three boxes as equal as the columns let them be."""
        ends, third = list(accumulate(self.widths)), sum(self.widths) / 3
        first = 0
        for number in (1, 2):
            last = min(range(len(ends)), key=lambda at: abs(ends[at] - number * third))
            yield first, last
            first = last + 1
        yield first, self.plan.right

    def _of(self, place: int) -> list[int]:
        """The lines, from 0, of those who have a place."""
        return [at for at, standing in enumerate(self.outcome.standings) if standing.rank == place]

    def _count(self, place: int) -> str:
        return f"COUNTIF({self.plan.cells(0)},{place})"

    def _cell(self, column: int, place: int, further: int = 0) -> str:
        """A cell of the first of those who have the place, or of one further down."""
        plus = f"+{further}" if further else ""
        return f"INDEX({self.plan.cells(column)},MATCH({place},{self.plan.cells(0)},0){plus})"

    def _label(self, place: int) -> Formula:
        label, own = self.say("podium", rank=place), self._of(place)
        told = f'"{label}   "&TEXT({self._cell(3, place)},"0.0000")'
        result = f"{label}   {self.outcome.standings[own[0]].total:.4f}" if own else label
        return Formula(f'IF({self._count(place)}=0,"{label}",{told})', result)

    def _names(self, place: int) -> Formula:
        more = self.say("and-more", count="")
        names = [
            f"{self._cell(2, place, further)}&"
            f'IF({self._cell(self.plan.status, place, further)}="{self.say("provisional")}","{MARK}","")'
            for further in range(self.shown)
        ]
        count, own = self._count(place), [self._name(at) for at in self._of(place)]
        result = joined_result(own, self.shown, more) if own else "–"
        return Formula(f'IF({count}=0,"–",{joined(names, count, more)})', result)

    def _name(self, at: int) -> str:
        standing = self.outcome.standings[at]
        waiting = standing.status is Status.PROVISIONAL and standing.unit not in self.outcome.unread
        return self.outcome.tables.unit[standing.unit].name + (MARK if waiting else "")
