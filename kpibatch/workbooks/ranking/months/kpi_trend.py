"""Below แนวโน้ม: each unit's level of each KPI through the months, and the value that it hangs on."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kpibatch.base.addresses import ref
from kpibatch.base.catalogue import Words
from kpibatch.base.thai import show_number
from kpibatch.books.look import lines_of, tall_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import round_half_up
from kpibatch.scoring.trend import Trend, sole_measure

WIDTH, LINE = 12.0, 20.25
_LEVEL, _MORE_LEVELS, _TITLE = 6.0, 1.8, 14
_NOTHING, _BESIDE, _THEN = "–", "·", " › "
_SMALL, _LINE = {"font_size": 12, "shrink": True}, 17.5
_ONE_FIGURE = 9
_ONE_LINE = {"text_wrap": False, "shrink": True}


@dataclass(frozen=True)
class KpiTrend:
    """Writes both blocks, a row a unit and a column a KPI: earlier months as they were, the report month
    live.
    """

    outcome: Outcome
    sheet: Sheet
    kpis: Mapping[str, KpiPlan]
    trend: Trend

    def write(self, top: int) -> int:
        """From row ``top`` on; gives back the last row."""
        units = len(self.outcome.tables.units)
        self._block(top, "trend-levels", self._level, list(self.kpis))
        self._colours((top + 2, 2), (top + 1 + units, 1 + len(self.kpis)))
        below = top + units + 3
        if not self.alone:
            return below - 2
        self._block(below, "trend-values", self._value, self.alone)
        return below + 1 + units

    @property
    def beside(self) -> int:
        """How many columns are used where both stand beside each other."""
        return 2 + len(self.alone) + len(self.kpis)

    def write_beside(self, top: int, places: Sequence[int], room: float) -> int:
        """The same of few units beside each other, in these columns, which are so wide together: the values,
        which are longer, first. Gives back the last row.
        """
        say, tables = Words("sheet", self.outcome.language), self.outcome.tables
        titles = ["trend-values", "trend-levels"][not self.alone :]
        title = "   ".join(map(say, titles))
        self.sheet.merge(top, 0, places[-1], title, "quiet", "wrap", font_size=_TITLE)
        self.sheet.tall(top, tall_of(lines_of(title, room, _TITLE), _TITLE))
        self.sheet.put_row(top + 1, 0, [say("unit-code"), tables.round.unit_noun], "head")
        for row, unit in enumerate(tables.units, top + 2):
            self.sheet.put(row, 0, unit.code, "cell", "code", shrink=True)
            self.sheet.put(row, 1, unit.name, "cell", shrink=True)
            self.sheet.tall(row, LINE)
        here = iter(places[2:])
        for code in self.alone:
            self._column((top + 1, next(here)), f"{code} {say('value')}", self._value, code)
        for code in self.kpis:
            self._column((top + 1, next(here)), f"{code} {say('level')}", self._level, code)
        return top + 1 + len(tables.units)

    def write_at_the_right(self, top: int, left: int) -> None:
        """The same in the units' own lines, from a column on, below two rows of headings."""
        say, after = Words("sheet", self.outcome.language), left + len(self.kpis)
        self.sheet.merge(top, left, after - 1, say("trend-levels"), "head", **_ONE_LINE)
        for number, code in enumerate(self.kpis, left):
            self._column((top + 1, number), code, self._level, code)
        if self.alone:
            title = say("trend-values")
            self.sheet.merge(top, after, after + len(self.alone) - 1, title, "head", **_ONE_LINE)
        for number, code in enumerate(self.alone, after):
            self._column((top + 1, number), code, self._value, code)

    def widths(self, two_values: float, title: float) -> list[float]:
        """Those of the columns that stand so, where two values have so much room, and the title over all."""
        level = max(_LEVEL, _MORE_LEVELS * len(self.trend.months), title / len(self.kpis))
        value = max(two_values, title / max(1, len(self.alone)))
        return [*[level] * len(self.kpis), *[value] * len(self.alone)]

    @cached_property
    def alone(self) -> list[str]:
        """The KPIs that hang on one number."""
        return [code for code in self.kpis if sole_measure(self.outcome.tables, code)]

    def _column(
        self, at: tuple[int, int], head: str, content: Callable[[str, int, Unit], Formula], code: str
    ) -> None:
        """What is told of a KPI, below its heading."""
        (heads, place), units = at, self.outcome.tables.units
        self.sheet.put(heads, place, head, "head", **_ONE_LINE)
        form = self.sheet.book.style("cell", "centre", shrink=True)
        for row, unit in enumerate(units):
            self.sheet.cell(heads + 1 + row, place, content(code, row, unit), form)
        if content == self._level:
            self._colours((heads + 1, place), (heads + len(units), place))

    def _block(
        self, top: int, title: str, content: Callable[[str, int, Unit], Formula], codes: Sequence[str]
    ) -> None:
        say, tables = Words("sheet", self.outcome.language), self.outcome.tables
        self.sheet.put(top, 0, say(title), "bold")
        self.sheet.put_row(top + 1, 0, [say("unit-code"), tables.round.unit_noun, *codes], "head")
        for row, unit in enumerate(tables.units):
            at = top + 2 + row
            self.sheet.put_row(at, 0, [unit.code, unit.name], "cell", **_SMALL)
            contents = [content(code, row, unit) for code in codes]
            self.sheet.put_row(at, 2, contents, "cell", "centre", **_SMALL)
            self.sheet.tall(at, _LINE)

    def _level(self, code: str, row: int, unit: Unit) -> Formula:
        """Every month's level, side by side."""
        plan, scores = self.kpis[code], self.outcome.scores.kpis[code]
        levels = [month.levels.get((unit.code, code), _NOTHING) for month in self.trend.months[:-1]]
        before = "".join(f"{level}{_BESIDE}" for level in levels)
        told = unit.code in self.outcome.sent and scores.applies[row]
        now = str(int(scores.level[row])) if told else _NOTHING
        cell = plan.outside(row, plan.level)
        return Formula(f'"{before}"&IF(ISNUMBER({cell}),{cell},"{_NOTHING}")', before + now)

    def _value(self, code: str, row: int, unit: Unit) -> Formula:
        """The value of a KPI that hangs on one number: that of the month before and this month's."""
        plan, measure = self.kpis[code], sole_measure(self.outcome.tables, code)
        earlier = self.trend.before
        was = earlier.values.get((unit.code, code), math.nan) if earlier else math.nan
        before = f"{_shown(was)}{_THEN}" if earlier else ""
        now = _shown(self.outcome.measured.value(unit.code, measure))
        cell = plan.outside(row, plan.column(measure))
        return Formula(f'"{before}"&IF(ISNUMBER({cell}),ROUND({cell},2),"{_NOTHING}")', before + now)

    def _colours(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """What rose and what fell since the month before; not where a level has more figures than one."""
        if self.trend.before is None or self.outcome.tables.level_count > _ONE_FIGURE:
            return
        cell = ref(*first)
        now, was = f"RIGHT({cell},1)", f"MID({cell},LEN({cell})-2,1)"
        known = f"ISNUMBER(-{now}),ISNUMBER(-{was})"
        for sign, style in ((">", "good"), ("<", "poor")):
            criteria = f"=AND({known},{now}{sign}{was})"
            rule = {"type": "formula", "criteria": criteria, "format": self.sheet.book.style(style)}
            self.sheet.colour(first, last, rule)


def _shown(value: float) -> str:
    """A value with two decimals at most, as a formula makes it a text."""
    return _NOTHING if math.isnan(value) else show_number(float(round_half_up(np.array([value]), 2)[0]))
