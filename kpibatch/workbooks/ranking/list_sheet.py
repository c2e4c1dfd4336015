"""The first sheet of the ranking: the list, and around it the podium and the panel; one page of A4."""

from collections.abc import Callable, Iterator
from functools import cached_property

from kpibatch.base.addresses import ref, span
from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, percent_bars, put_heads, put_line, set_widths, show_exact
from kpibatch.books.look import TEAL, fitting, lines_of
from kpibatch.books.paper import columns_left, head_height, on_pages, scale_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.intake.past import PastMonth
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Standing
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.front.leaders import write_leaders
from kpibatch.workbooks.ranking.front.panel import SIGNS, Panel
from kpibatch.workbooks.ranking.front.plan import (
    FIRST,
    LEAST_SCALE,
    LINE,
    LIST_TOP,
    FrontPlan,
    columns_across,
    map_size,
)
from kpibatch.workbooks.ranking.front.podium import Podium, colour_medals, ties_note
from kpibatch.workbooks.ranking.front.tile_map import band_of, band_result, colour_bands, write_map
from kpibatch.workbooks.ranking.months.trend_sheet import TrendPlan
from kpibatch.workbooks.ranking.score_formulas import (
    CODE,
    GROUP,
    GROUP_RANK,
    NAME,
    PERCENT,
    PLACE,
    RANK,
    RATING,
    STATUS,
    TOTAL_SCORE,
    ScorePlan,
    status_name,
    unsent_names,
)

_NAME_LINE, _PAGE_WIDTH = 22.5, 188.0
_LEAST_ACROSS = 0.735  # LibreOffice makes columns a sixteenth wider than Excel
_NARROW, _WIDE, _HEAD_LINES, _MOST_LINES, _PANEL = 11, 26, 2, 6, 46.0
_NAMES = 17.0, 34.0


def heading(outcome: Outcome) -> str:
    """What the ranking is of: owner, month and round."""
    tables = outcome.tables
    month = show_month(outcome.month, outcome.language)
    facts = {
        "owner": tables.round.owner,
        "month": month,
        "round": tables.round.number,
        "year": tables.round.year(outcome.language),
    }
    return say("sheet.heading", outcome.language, **facts)


class ListSheet:
    """The sheet อันดับ: lines in order of rank, looked up in the scores, so that they sort themselves anew.

    Source: design, section 4.
    """

    def __init__(
        self, outcome: Outcome, sheet: Sheet, scores: ScorePlan, months: TrendPlan, trend: Trend
    ) -> None:
        self.outcome, self.sheet, self.scores, self.months, self.trend = outcome, sheet, scores, months, trend
        self.say, self.tables = Words("sheet", outcome.language), outcome.tables
        self.sections = [node.code for node in outcome.tables.children(TOTAL)]
        self.grouped = 2 if outcome.config.ranking.within_groups else 0
        self.plan = FrontPlan(
            sheet.name,
            len(outcome.standings),
            6 + self.grouped,
            len(self.sections),
            columns_across(outcome.tables.units),
            months.months,
            len(outcome.tables.leaves),
        )
        self.plan = self.plan.with_room(outcome.tables, self.widths)

    def write(self) -> None:
        plan, outcome = self.plan, self.outcome
        panel = Panel(outcome, self.sheet, plan, self.scores, self.trend, self.widths)
        set_widths(self.sheet, self._all_columns())
        self._above()
        put_heads(self.sheet, LIST_TOP, self.columns)
        for at, standing in enumerate(outcome.standings, FIRST):
            put_line(self.sheet, at, self.columns, standing)
            put_line(self.sheet, at, self._looked_up_by, standing, plan.place)
            put_line(self.sheet, at, self._months, standing, plan.month(0))
            panel.put_movement(at, at - FIRST)
            panel.put_unsent(at, at - FIRST)
            self._sparkline(at)
        for at in range(FIRST, max(plan.last, plan.below + 1) + 1):
            self.sheet.tall(at, _NAME_LINE if plan.lines > 1 and plan.is_name(at) else LINE)
        show_exact(self.sheet, self.columns, FIRST, plan.last)
        panel.write()
        last = self._map() if self._mapped else write_leaders(outcome, self.sheet, plan, self.widths)
        for at in range(plan.last + 1, last + 1):
            self.sheet.tall(at, LINE)
        self._notes(max(last, plan.last) + 1)
        self._marks()
        self._paper(max(last, plan.last) + 2)

    def _paper(self, last: int) -> None:
        """One page, unless that makes its letters smaller than eleven points."""
        self.sheet.raw.freeze_panes(LIST_TOP + 1, 3)
        self.sheet.page(top=LIST_TOP, last=(last, self.plan.right))
        on_pages(self.sheet, self.widths, last, LEAST_SCALE)
        self.sheet.lock()

    # --- the columns ------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> tuple[Column[Standing], ...]:
        """Rank, unit and results, the sections, what moved."""
        sections = (self._section(code) for code in self.sections)
        return (*self._results(), *sections, *self._movement())

    @property
    def _mapped(self) -> bool:
        return map_size(self.tables.units) != (0, 0)

    @cached_property
    def widths(self) -> list[float]:
        """Those of all columns that are seen: the panel's fill the page."""
        own, across = [*(column.width for column in self.columns), 2.0], self.plan.across
        each = max(_PANEL, _PAGE_WIDTH - sum(own)) / across
        if self._mapped:  # room for the longest name, as long as the page's letters stay large enough
            asked = max(fitting(unit.name) for unit in self.tables.units)
            each = max(each, min(asked, columns_left(own, across, _LEAST_ACROSS)))
        return [*own, *[round(each, 2)] * across]

    def _all_columns(self) -> tuple[Column[Standing], ...]:
        seen = tuple(Column[Standing]("", width, lambda standing: "") for width in self.widths)
        beyond = self.plan.grid + self.plan.across - self.plan.right - 1
        return (*seen, *[Column[Standing]("", 8, lambda standing: "", hidden=True)] * beyond)

    def _results(self) -> Iterator[Column[Standing]]:
        units, centre = self.tables.unit, ("cell", "centre")
        of, noun = self._looked_up, self.tables.round.unit_noun
        yield Column(self.say("rank"), 7, lambda standing: standing.rank or "", ("cell", "level"), of(RANK))
        code, coded = ("cell", "code"), max(7.0, *(1 + fitting(unit) for unit in units))
        name, shrinks = ("cell", "bold"), {"shrink": True}
        yield Column(self.say("unit-code"), coded, lambda each: each.unit, code, of(CODE), shrinks)
        longest = max(fitting(unit.name) for unit in self.tables.units)
        width = max(_NAMES[0], min(longest, _NAMES[1]))
        yield Column(noun, width, lambda standing: units[standing.unit].name, name, of(NAME), shrinks)
        total = of(TOTAL_SCORE)
        yield Column(self.say("total"), 10, lambda each: _known(each.total), ("cell", "score"), total)
        percent = of(PERCENT)
        yield Column(self.say("percent"), 11, lambda each: _known(each.percent), ("cell", "percent"), percent)
        rating = self.say("rating")
        yield Column(rating, 13, lambda standing: standing.rating, centre, of(RATING), shrinks)
        if self.grouped:
            group, rank = (of(self.scores.column_of(name)) for name in (GROUP, GROUP_RANK))
            head = self.say(GROUP)
            yield Column(head, 12, lambda each: units[each.unit].group or "–", centre, group, shrinks)
            yield Column(self.say(GROUP_RANK), 9, lambda each: each.in_group or "", ("cell", "level"), rank)

    def _looked_up(self, column: int) -> Callable[[int], str]:
        """The formula that fetches a column of the scores for the unit of a line."""
        cells = self.scores.range(column, outside=True)
        return lambda at: f"INDEX({cells},{ref(at, self.plan.place, 'c')})"

    def _section(self, code: str) -> Column[Standing]:
        def result(standing: Standing) -> float | str:
            row = self.tables.position[standing.unit]
            score = self.outcome.scores.score(code, row)
            if code in self.outcome.scores.kpis and score != score:
                return "–"  # a KPI that stands under nothing and does not apply
            return "" if standing.total != standing.total else _known(score)

        formula, width = self._looked_up(self.scores.column(code)), self._section_width(code, self._lines)
        return Column(self._head(code), width, result, ("cell", "points"), formula, {"shrink": True})

    @cached_property
    def _lines(self) -> int:
        """How many lines the sections' headings have: so many that the page's letters stay large enough."""
        others = [column.width for column in (*self._results(), *self._movement())]

        def fits(lines: int) -> bool:
            own = [*others, *(self._section_width(code, lines) for code in self.sections)]
            return scale_of([*own, 2.0, *[_PANEL / self.plan.across] * self.plan.across]) >= _LEAST_ACROSS

        return next(filter(fits, range(_HEAD_LINES, _MOST_LINES)), _MOST_LINES)

    def _section_width(self, code: str, lines: int) -> float:
        head, steps = self._head(code), range(_NARROW, _WIDE)
        return next((each for each in steps if lines_of(head, each, bold=True) <= lines), _WIDE)

    def _head(self, code: str) -> str:
        return f"{code}  {self.tables.node[code].name}"

    def _movement(self) -> Iterator[Column[Standing]]:
        """Ranks gained since the month before, room for the line through the months, and the status."""

        def gained(standing: Standing) -> int | str:
            moved = self.trend.movement(standing.unit)
            return "" if moved is None else moved

        def status(standing: Standing) -> str:
            return self.say(name) if (name := status_name(self.outcome, standing)) else ""

        centre, formula = ("cell", "centre"), self._gained if self.trend.before else None
        yield Column(self.say("movement"), 8, gained, centre, formula, SIGNS)
        yield Column(self.say("trend-name"), 10, lambda standing: "")
        yield Column(self.say("status"), 13, status, centre, self._looked_up(STATUS), {"shrink": True})

    def _gained(self, at: int) -> str:
        earlier = self.months.range(self.months.rank(self.months.months - 2))
        before, now = f"INDEX({earlier},{ref(at, self.plan.place, 'c')})", ref(at, 0, "c")
        return f'IF(AND(ISNUMBER({now}),ISNUMBER({before})),{before}-{now},"")'

    # --- the hidden columns -----------------------------------------------------------------------------

    @cached_property
    def _looked_up_by(self) -> tuple[Column[Standing], ...]:
        """Which line of the scores stands here: that of the unit with this place."""
        places, position = self.scores.range(PLACE, outside=True), self.tables.position
        formula = f"MATCH(ROW()-{FIRST},{places},0)"
        return (Column("", 8, lambda each: position[each.unit] + 1, ("quiet",), lambda at: formula),)

    @cached_property
    def _months(self) -> tuple[Column[Standing], ...]:
        """The unit's percents so far."""
        return tuple(self._month(number, month) for number, month in enumerate(self.trend.months))

    def _month(self, number: int, month: PastMonth) -> Column[Standing]:
        cells = self.months.range(self.months.percent(number))

        def formula(at: int) -> str:
            source = f"INDEX({cells},{ref(at, self.plan.place, 'c')})"
            return f'IF(ISNUMBER({source}),{source},"")'

        return Column("", 8, lambda standing: month.percent.get(standing.unit), ("percent",), formula)

    def _sparkline(self, at: int) -> None:
        """A line through the months, over the hidden columns at the right."""
        cells = span((at, self.plan.month(0)), (at, self.plan.month(self.plan.months - 1)))
        shape = {"range": f"'{self.sheet.name}'!{cells}", "markers": True, "show_hidden": True}
        self.sheet.raw.add_sparkline(at, self.plan.line, shape | {"series_color": TEAL, "min": 0, "max": 100})

    # --- above and below the list -----------------------------------------------------------------------

    def _above(self) -> None:
        self.sheet.put(0, 0, self.say("ranking-title", unit=self.tables.round.unit_noun), "title")
        self.sheet.put(1, 0, heading(self.outcome), "subtitle")
        Podium(self.outcome, self.sheet, self.plan, self.widths).write(3)
        for row, points in enumerate((29.25, 26.25, 3.75, 21.75, 30.0, 3.75)):
            self.sheet.tall(row, points)
        self.sheet.tall(LIST_TOP, head_height((column.head, column.width) for column in self.columns))

    def _notes(self, at: int) -> None:
        ties = ties_note(self.outcome.config.ranking)
        notes = (
            (self.say("note-live"), self.say("note-mark")),
            (self.say(ties), self.say("note-provisional")),
        )
        for row, texts in enumerate(notes, at):
            self.sheet.put(row, 0, "   ".join(texts), "quiet", font_size=13)
            self.sheet.tall(row, 17.25)

    # --- colours and chart ------------------------------------------------------------------------------

    def _marks(self) -> None:
        plan, book, last = self.plan, self.sheet.book, self.plan.last
        percent_bars(self.sheet, 4, FIRST, last)
        colour_medals(self.sheet, 0, (FIRST, 0), (last, 2))
        for line, standing in enumerate(self.outcome.standings):
            formula = band_of(ref(FIRST + line, 4, "c"), self.scores)
            result = band_result(self.outcome, standing.percent)
            self.sheet.put(FIRST + line, plan.band, Formula(formula, result), "quiet")
        colour_bands(self.outcome, self.sheet, (FIRST, 5), (last, 5), ref(FIRST, plan.band, "c"))
        unsent = [(self.say(name), "poor") for name in unsent_names(self.outcome)]
        for word, style in ((self.say("provisional"), "fair"), *unsent):
            form = book.style("centre", style)
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": form}
            self.sheet.colour((FIRST, plan.status), (last, plan.status), rule)

    def _map(self) -> int:
        return write_map(self.outcome, self.sheet, self.plan, self.scores, self.widths[self.plan.panel])


def _known(value: float) -> float | str:
    return "" if value != value else value
