"""The form's cells, month by month, as they count, and the measures that they give: a line a measure on the
hidden sheet.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from kpibatch.base.addresses import excel_day, ref, span
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end, show_month
from kpibatch.books.reckon import Live
from kpibatch.forms.asked import months_asked
from kpibatch.forms.scored.marks import (
    DAY,
    ENDS,
    FILLED,
    FIRST_ROW,
    NAMED,
    NAMES,
    NOW,
    SENT,
    Cells,
    Ground,
    fixed,
    outside,
)
from kpibatch.rules.checks import Comparison, Sign
from kpibatch.rules.formulas.days import LINES, MONTHS, THAI, day_lines
from kpibatch.rules.formulas.months import Bounds, MonthCells, counted
from kpibatch.rules.records import Counts, Measure, Rollup, Source, Unit

_SIGNS = {Sign.AT_LEAST: ">=", Sign.AT_MOST: "<="}
_MOST_PARTS = 100  # of a function; Excel takes 255


class Inputs:
    """Writes the months and the measures that are not computed; gives out where their values stand."""

    def __init__(self, ground: Ground, measures: Iterable[Measure]) -> None:
        self.ground, self.tables = ground, ground.tables
        self.measures = {measure.code: measure for measure in measures if not measure.ingredients}
        self.months = ground.months
        self.rows, self.end = dict[str, int](), FIRST_ROW
        for code, measure in self.measures.items():
            self.rows[code] = self.end
            self.end += 1 + (LINES if measure.kind is Kind.DATE and measure.source is Source.FORM else 0)

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The measures whose value the form can't know: others give them, or it has no cell for them."""
        return frozenset(code for code, measure in self.measures.items() if self._is_foreign(measure))

    def _is_foreign(self, measure: Measure) -> bool:
        if measure.source is Source.FORM:
            cells = [self.ground.cell(measure.code, month) for month in self._asked(measure)]
            alone = (measure.code, "") in self.ground.spots and measure.rollup is not Rollup.LAST
            limit = self.tables.measures.get(measure.limit)
            held = limit is not None and limit.source not in (Source.FORM, Source.BASE)
            others = self.tables.counts_from(measure.code) is not Counts.UNIT
            return others or held or not all(cells) or (alone and len(self.months) > 1)
        return bool(measure.other) or measure.source in (Source.PROVINCE, Source.ON_TIME, Source.LATE_DAYS)

    def _asked(self, measure: Measure) -> list[str]:
        asked = ("", *months_asked(self.tables, self.ground.unit, measure.code))
        return [month for month in self.months if month in asked]

    def value(self, code: str) -> str:
        """The cell of a measure's value: a number, or nothing."""
        return fixed(self.rows[code], len(self.months) + 2)

    def partial(self, code: str) -> str:
        return fixed(self.rows[code], len(self.months) + 3)

    def unread(self, code: str) -> str:
        return fixed(self.rows[code], len(self.months) + 4)

    def bad(self, code: str) -> str:
        return fixed(self.rows[code], len(self.months) + 5)

    def write(self, cells: Cells) -> None:
        self._months(cells)
        for code, measure in self.measures.items():
            row = self.rows[code]
            cells[row, 0] = code
            reported = measure.source is Source.FORM and code not in self.foreign
            (self._reported if reported else self._given)(cells, row, measure)

    # --- the month so far -------------------------------------------------------------------------------

    def _months(self, cells: Cells) -> None:
        newest, last = "0", len(self.months)
        for number, month in enumerate(self.months, 1):
            end = month_end(month) if month else self.tables.round.end
            cells[NAMES, number] = show_month(month, self.ground.language, short=True) if month else "–"
            cells[ENDS, number] = excel_day(end.toordinal())
            cells[FILLED, number] = Live(self._filled(month))
            newest = f"IF({fixed(FILLED, number)}>0,{number},{newest})"
        names, filled = (span((row, 1), (row, last), "rc") for row in (NAMES, FILLED))
        if self.ground.pick:
            pick = outside(self.ground.pick)
            newest = f'IF({pick}="",{newest},IFERROR(MATCH({pick},{names},0),{newest}))'
        ends = span((ENDS, 1), (ENDS, last), "rc")
        for number, name in enumerate(MONTHS, 1):
            cells[NAMED, number] = name
        whole = self.months != ("",)
        cells[NOW, 1] = Live(newest)
        cells[DAY, 1] = Live(f"IF({fixed(NOW)}=0,0,INDEX({ends},{fixed(NOW)}))") if whole else 0.0
        cells[SENT, 1] = Live(f"IF({fixed(NOW)}=0,0,INDEX({filled},{fixed(NOW)}))")

    def _filled(self, month: str) -> str:
        """How many cells of a month hold something; neighbours are counted as one range."""
        own = [place for (_, key), place in self.ground.spots.items() if key == month]
        runs: list[list[tuple[str, int, int]]] = []
        for sheet, row, column in sorted(own, key=lambda place: (place[0], place[2], place[1])):
            if runs and runs[-1][-1] == (sheet, row - 1, column):
                runs[-1].append((sheet, row, column))
            else:
                runs.append([(sheet, row, column)])
        areas = [outside(run[0]) + (f":{ref(*run[-1][1:], 'rc')}" if run[1:] else "") for run in runs]
        parts = [areas[at : at + _MOST_PARTS] for at in range(0, len(areas), _MOST_PARTS)]
        return "+".join(f"COUNTA({','.join(part)})" for part in parts) or "0"

    # --- the measures -----------------------------------------------------------------------------------

    def _given(self, cells: Cells, row: int, measure: Measure) -> None:
        """What the unit does not report: known of the month, or not known here; see ``constants``."""
        last = len(self.months)
        if measure.source is Source.MONTH_NUMBER:
            cells[row, last + 2] = Live(f'IF({fixed(NOW)}=0,"",{fixed(NOW)})')
        cells[row, last + 3] = cells[row, last + 4] = cells[row, last + 5] = 0.0

    def constants(self, unit: Unit) -> Cells:
        """What is fixed for a unit by the province, and known of it."""
        cells, last = Cells(), len(self.months)
        for code, measure in self.measures.items():
            if base := self.tables.baselines.get((unit.code, code)):
                day = measure.kind is Kind.DATE
                cells[self.rows[code], last + 2] = excel_day(base.value) if day else base.value
            elif measure.source is Source.WHO:
                cells[self.rows[code], last + 2] = float(unit.code in measure.members)
        return cells

    def _reported(self, cells: Cells, row: int, measure: Measure) -> None:
        last, asked = len(self.months), self._asked(measure)
        for number, month in enumerate(self.months, 1):
            if month in asked:
                day = self._day(cells, row, number, measure, month)
                cells[row, number] = Live(self._counted(measure, number, month, day))
        months = MonthCells(
            measure,
            span((row, 1), (row, last), "rc"),
            [fixed(row, number) for number in range(1, last + 1)],
            [self.months.index(month) + 1 for month in asked],
            fixed(NOW),
            fixed(row, last + 1),
        )
        cells[row, last + 1] = Live(months.latest_of)
        cells[row, last + 2] = Live(months.value)
        cells[row, last + 3] = Live(months.partial(self.value(measure.code)))
        cells[row, last + 4] = Live(months.unread)
        cells[row, last + 5] = Live(months.bad)

    def _day(self, cells: Cells, row: int, number: int, measure: Measure, month: str) -> str:
        """Writes how a day is read below its measure; gives back where its serial stands."""
        if measure.kind is not Kind.DATE:
            return ""
        column = 1 if (measure.code, "") in self.ground.spots else number
        lines = [fixed(row + below, column) for below in range(1, LINES + 1)]
        names, english = (span((NAMED, first), (NAMED, len(MONTHS)), "rc") for first in (1, THAI + 1))
        for below, formula in enumerate(
            day_lines(self.ground.cell(measure.code, month), lines, names, english), 1
        ):
            cells[row + below, column] = Live(formula)
        return lines[-1]

    def _counted(self, measure: Measure, number: int, month: str, day: str) -> str:
        cell = self.ground.cell(measure.code, month)
        sound = tuple(self._sound(row, cell, month) for row in self._deciding(measure))
        first, end = excel_day(self.ground.first_day), fixed(ENDS, number)
        bounds = Bounds(first, end, self._limit(measure, month), day, sound)
        return f'IF({self._elsewhere(measure, number)},"",{counted(measure, cell, bounds)})'

    def _elsewhere(self, measure: Measure, number: int) -> str:
        """Whether a month is not one of those so far; the one cell of a round is that of the last of them."""
        before = f"{fixed(NOW)}<{number}"
        if (measure.code, "") not in self.ground.spots:
            return before
        asked = (self.months.index(month) + 1 for month in self._asked(measure))
        after = next((later for later in asked if later > number), 0)
        return f"OR({before},{fixed(NOW)}>={after})" if after else before

    def _limit(self, measure: Measure, month: str) -> str:
        """The cell of what a measure may not exceed; none where nothing stands there anyway."""
        return self._other(measure.limit, month) if measure.limit in self.tables.measures else ""

    def _deciding(self, measure: Measure) -> Iterator[Comparison]:
        """The office's own checks that take a value of the measure away."""
        for row in self.tables.checks.deciding:
            if isinstance(row, Comparison) and row.left == measure.code:
                yield row

    def _other(self, code: str, month: str) -> str:
        """Where a value stands that another is held against: fixed, or the month's; empty where neither."""
        if (self.ground.unit.code, code) in self.tables.baselines and code in self.rows:
            return self.value(code)
        return self.ground.cell(code, month) if self.tables.measures[code].source is Source.FORM else ""

    def _sound(self, row: Comparison, cell: str, month: str) -> str:
        """Whether the batch would leave the value there: a check that the form can't make is never sure."""
        right, at = row.right, self.months.index(month)
        sign = _SIGNS.get(row.sign, row.sign.value)
        other = self._other(right.measure, month) if right.measure else ""
        if right.month_before:
            other = self.ground.cell(row.left, self.months[at - 1]) if at else ""
            if not other:
                return "TRUE"
        if right.value == right.value:
            return f"IF(ISNUMBER({cell}),ROUND({cell},9){sign}{right.value:.15g},TRUE)"
        if not other or right.any_of:
            return "FALSE"
        both = f"ROUND({cell},9){sign}ROUND({right.times:.15g}*{other},9)"
        return f"IF(ISNUMBER({cell}),IF(ISBLANK({other}),TRUE,IF(ISNUMBER({other}),{both},FALSE)),TRUE)"
