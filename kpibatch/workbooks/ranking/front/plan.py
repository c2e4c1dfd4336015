"""Where everything on page one stands: the list at the left, the panel at its right, then hidden columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpibatch.base.addresses import span
from kpibatch.books.look import fitting
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

LIST_TOP = 6
FIRST = LIST_TOP + 1
MOVED, WEAKEST = 3, 3
_LEAST_COLUMNS, _OF_A_MAP = 6, 5
_HELPERS = 6
LINE, NAME_LINES = 21.0, 2
LEAST_SCALE = 0.69  # letters of sixteen points come out as eleven


@dataclass(frozen=True)
class FrontPlan:
    """``results`` are the columns before the sections, ``across`` those of the panel; the hidden ones follow
    in the order of the properties below, then a column a month, the KPIs' and a grid for the map. A weakest
    KPI's name takes ``lines``, who has not sent ``unsent_lines``.
    """

    sheet: str
    units: int
    results: int
    sections: int
    across: int
    months: int
    leaves: int
    lines: int = 1
    unsent_lines: int = 2

    def with_room(self, tables: LevelTables, widths: Sequence[float]) -> "FrontPlan":
        """The same with two lines for a KPI's name, where one is too long for one in columns of those
        ``widths``; the units that have not sent make room for them.
        """
        room = sum(widths[self.panel : self.right])
        names = [f"{leaf.code}  {leaf.name}" for leaf in tables.leaves]
        if max(map(fitting, names), default=0.0) <= room:
            return self
        return replace(self, lines=NAME_LINES, unsent_lines=1)

    @property
    def movement(self) -> int:
        return self.results + self.sections

    @property
    def line(self) -> int:
        """Where the line through the months is drawn."""
        return self.movement + 1

    @property
    def status(self) -> int:
        return self.movement + 2

    @property
    def panel(self) -> int:
        """The panel's first column; one is left blank before it."""
        return self.status + 2

    @property
    def right(self) -> int:
        """The last column that is seen."""
        return self.panel + self.across - 1

    @property
    def place(self) -> int:
        """The unit's line in the scores."""
        return self.right + 1

    @property
    def key(self) -> int:
        """What the units that moved are put in order by."""
        return self.right + 2

    @property
    def risen(self) -> int:
        return self.right + 3

    @property
    def fallen(self) -> int:
        return self.right + 4

    @property
    def unsent(self) -> int:
        return self.right + 5

    @property
    def band(self) -> int:
        """Which of the rating bands, counted from the lowest."""
        return self.right + 6

    def month(self, number: int) -> int:
        return self.right + 1 + _HELPERS + number

    @property
    def kpi(self) -> int:
        """The KPIs' names; their means and their places from the weakest follow."""
        return self.month(self.months)

    @property
    def grid(self) -> int:
        """The bands of the map's units, as they lie."""
        return self.kpi + 3

    @property
    def last(self) -> int:
        """The list's last row."""
        return LIST_TOP + self.units

    @property
    def weakest(self) -> int:
        """The row of the heading above the weakest KPIs."""
        return LIST_TOP + MOVED + 1

    def is_name(self, row: int) -> bool:
        """Whether a weakest KPI's name stands in a row."""
        return self.weakest < row < self.missing

    @property
    def missing(self) -> int:
        """The row of the heading above who has not sent."""
        return self.weakest + WEAKEST * self.lines + 1

    @property
    def below(self) -> int:
        """The row of the heading above the map or of the chart."""
        return self.missing + 1 + self.unsent_lines

    def cells(self, column: int) -> str:
        """The units' cells of a column."""
        return span((FIRST, column), (self.last, column), "rc")

    def of_kpis(self, offset: int) -> str:
        """The KPIs' cells of one of their columns."""
        column = self.kpi + offset
        return span((FIRST, column), (FIRST + max(self.leaves, 1) - 1, column), "rc")


def map_size(units: Sequence[Unit]) -> tuple[int, int]:
    """How many rows and columns the map takes; none where no unit has a place on it."""
    places = [unit.tile for unit in units if unit.tile]
    if not places:
        return 0, 0
    rows, columns = ([place[axis] for place in places] for axis in (0, 1))
    return max(rows) - min(rows) + 1, max(columns) - min(columns) + 1


def columns_across(units: Sequence[Unit]) -> int:
    """How many columns the panel takes: as many as the map, or enough for two names beside each other."""
    columns = map_size(units)[1]
    return columns if columns >= _OF_A_MAP else _LEAST_COLUMNS
