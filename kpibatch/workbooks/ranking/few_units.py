"""A kind of few units: scores, months and what its ranks hang on stand on one sheet, which is one page."""

from collections.abc import Sequence
from functools import cached_property

from kpibatch.base.addresses import ref
from kpibatch.base.catalogue import Words
from kpibatch.books.columns import Column, percent_bars
from kpibatch.books.paper import break_before, height_of, heights_of, pixels, scale_of
from kpibatch.books.write import Sheet
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.apart.elsewhere import Elsewhere, Layout
from kpibatch.workbooks.ranking.front.panel import SIGNS
from kpibatch.workbooks.ranking.front.podium import colour_medals, ties_note
from kpibatch.workbooks.ranking.months.kpi_trend import LINE, WIDTH, KpiTrend
from kpibatch.workbooks.ranking.months.sensitivity_sheet import put_sensitivity
from kpibatch.workbooks.ranking.months.trend_sheet import months_of, put_chart
from kpibatch.workbooks.ranking.score_formulas import FIRST, HEAD, PERCENT, RANK, TOP_ROW
from kpibatch.workbooks.ranking.score_sheet import ScoreWriter

_FEW = 6  # units; of more a page would not hold all that is told of them
_LEAST_SCALE = 0.5  # letters of sixteen points come out as eight
_KPIS, _SHORT, _BETWEEN, _BEHIND = 12, 100.0, 12.0, 64
_BESIDE = 6  # months whose ranks stand beside their percents
_WIDE, _CHART = 190.0, 84.0  # the least that the page is wide, and the chart of the months


def is_few(outcome: Outcome) -> bool:
    """Whether a kind's units and KPIs are so few."""
    return len(outcome.tables.units) <= _FEW and len(outcome.tables.own_leaves) <= _KPIS


class FewUnits:
    """Writes the sheet: the scores with their rank on top, as for the main kind, the rest below them."""

    def __init__(
        self, outcome: Outcome, sheet: Sheet, layout: Layout, trend: Trend, elsewhere: Elsewhere
    ) -> None:
        self.outcome, self.sheet, self.layout, self.trend = outcome, sheet, layout, trend
        self.say, self.units = Words("sheet", outcome.language), outcome.tables.units
        self.scores = ScoreWriter(outcome, sheet, elsewhere)
        self.top = layout.scores.cap_row + 1
        sheet.tall(self.top - 1, LINE)  # a cap, or nothing
        self._seen = sum(column <= layout.scores.last_node for column in self._shown)
        self.used = self._seen

    def write(self, subtitle: str) -> None:
        """What figures hang on: the scores and the rank; printed alone where the rest is lost."""
        noun, plan = self.outcome.tables.round.unit_noun, self.layout.scores
        self.scores.put(self.say("ranking-title", unit=noun), subtitle)
        self.sheet.raw.freeze_panes(1, 2)  # the scores' tall headings are none of the months'
        self.sheet.tall(TOP_ROW, self.scores.name_height(_SHORT))
        for at in range(FIRST, plan.last + 3):
            self.sheet.tall(at, LINE)
        percent_bars(self.sheet, PERCENT, FIRST, plan.last)
        colour_medals(self.sheet, RANK, (FIRST, RANK), (plan.last, RANK))
        self.sheet.page(top=0, bottom=1, last=(self.top, plan.last_node))

    def write_rest(self) -> None:
        """The months, the KPIs' levels and values through them, what ranks hang on, and how it prints."""
        sheet = self.sheet
        last, right = self._months(self.top)
        kpis = KpiTrend(self.outcome, sheet, self.layout.kpis, self.trend)
        sheet.tall(last + 1, _BETWEEN)
        left = self.used = max(right, kpis.beside)
        last = kpis.write_beside(last + 2, self.places[:left], sum(self._widths))
        sheet.tall(last + 1, _BETWEEN)
        self.used = max(left, self._seen)
        self._chart(left, last)
        while pixels(self._widths) < pixels([_WIDE]):
            self.used += 1
        blocks = [self.top]
        if self.outcome.ranked > 1:
            blocks.append(last + 2)
            columns = list(zip(self.places, self._widths, strict=False))
            last = put_sensitivity(self.outcome, self.layout.scores, sheet, last + 2, columns)
        self._further()
        ties = ties_note(self.outcome.config.ranking)
        for at, note in enumerate((ties, "note-provisional"), last + 1):
            sheet.put(at, 0, self.say(note), "quiet")
        self._paper(blocks, last + 2)

    # --- the columns --------------------------------------------------------------------------------------

    @cached_property
    def _shown(self) -> list[int]:
        """The scores' columns that are seen."""
        return [number for number, column in enumerate(self.scores.columns) if not column.hidden]

    @cached_property
    def places(self) -> list[int]:
        """The columns that are seen, those of the scores and as many behind them as anything may need."""
        after = len(self.scores.columns)
        return [*self._shown, *range(after, after + _BEHIND)]

    @property
    def _widths(self) -> list[float]:
        """Those of the columns that are used."""
        own = [self.scores.columns[column].width for column in self._shown]
        return [*own, *[WIDTH] * _BEHIND][: self.used]

    def _further(self) -> None:
        """Widths of the columns behind those of the scores, and behind them the chart of means."""
        after = len(self.scores.columns)
        for column in self.places[: self.used]:
            if column >= after:
                self.sheet.column(column, WIDTH)
        self.scores.put_chart(HEAD, max(after, self.places[self.used]) + 1)

    # --- the blocks ---------------------------------------------------------------------------------------

    def _months(self, top: int) -> tuple[int, int]:
        """Percents and ranks through the months, who moved since the last; the ranks below the percents where
        there are many. Gives back the last row, and how many columns are used.
        """
        say, count = self.say, len(self.trend.months)
        self.sheet.put(top, 0, say("trend-title"), "bold")
        self.sheet.put(top, 2, say("trend-guide"), "quiet")
        beside, below = (2 + count, 0) if count <= _BESIDE else (2, 2 + len(self.units))
        last = self._block(top + 1, 2, say("percent"), PERCENT)
        self._block(top + 1 + below, beside, say("rank"), RANK)
        self._movement(top + 1 + below, beside + count)
        return last + below, beside + count + 1

    def _block(self, top: int, left: int, title: str, source: int) -> int:
        """The months of what a column of the scores says, under a title; gives back the last row."""
        columns = tuple(months_of(self.outcome, self.layout.scores, self.trend, source, top + 2))
        places = self.places[left : left + len(columns)]
        self.sheet.merge(top, places[0], places[-1], title, "head")
        self._names(top + 1)
        for place, column in zip(places, columns, strict=True):
            self._list(top + 1, place, column)
        return top + 1 + len(self.units)

    def _names(self, heads: int) -> None:
        noun = self.outcome.tables.round.unit_noun
        self.sheet.put_row(heads, 0, [self.say("unit-code"), noun], "head")
        for at, unit in enumerate(self.units, heads + 1):
            self.sheet.put(at, 0, unit.code, "cell", "code", shrink=True)
            self.sheet.put(at, 1, unit.name, "cell", shrink=True)
            self.sheet.tall(at, LINE)

    def _list(self, heads: int, place: int, column: Column[Unit]) -> None:
        """A column below its heading, wherever it stands."""
        self.sheet.put(heads, place, column.head, "head", text_wrap=False, shrink=True)
        for at, unit in enumerate(self.units, heads + 1):
            self.sheet.put(at, place, column.content(at, unit), *column.styles(unit), **column.extra)
        assert not callable(column.style)
        self.sheet.show_exact((heads + 1, place), (heads + len(self.units), place), column.style[-1])

    def _movement(self, top: int, left: int) -> None:
        """Ranks gained since the month before."""
        if not self.trend.before:
            return
        was, now, place = self.places[left - 2 : left + 1]

        def gained(unit: Unit) -> int | str:
            moved = self.trend.movement(unit.code)
            return "" if moved is None else moved

        def formula(at: int) -> str:
            before, here = ref(at, was, "c"), ref(at, now, "c")
            return f'IF(AND(ISNUMBER({here}),ISNUMBER({before})),{before}-{here},"")'

        moved = Column(self.say("movement"), WIDTH, gained, ("cell", "centre"), formula, SIGNS)
        self._list(top + 1, place, moved)

    def _chart(self, left: int, last: int) -> None:
        """The months as a chart, at the right of their figures and of those of the KPIs."""
        count = len(self.trend.months)
        if count < 2:
            return
        while pixels(self._widths[left:]) < pixels([_CHART]):
            self.used += 1
        columns, place = (self.places[2], self.places[1 + count]), (self.top + 1, self.places[left])
        tall = height_of(self.sheet.heights, (self.top + 1, last))
        put_chart(self.outcome, self.sheet, self.top + 3, columns, place, (tall, self._widths[left:]))

    # --- the page -----------------------------------------------------------------------------------------

    def _paper(self, blocks: Sequence[int], last: int) -> None:
        """One page as long as its letters stay large enough, else one that ends with a block."""
        self.sheet.page(top=0, bottom=1, last=(last, self.places[self.used - 1]))
        widths, tall = self._widths, sum(heights_of(self.sheet, last))
        if scale_of(widths, tall) >= min(_LEAST_SCALE, scale_of(widths)):
            self.sheet.raw.fit_to_pages(1, 1)
        else:
            break_before(self.sheet, blocks, range(2), last, scale_of(widths))
