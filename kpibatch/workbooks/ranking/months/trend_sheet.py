"""แนวโน้ม: each unit's percent and rank, month by month, the report month's live."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, put_heads, put_line, show_exact, widths_of
from kpibatch.books.look import ROW
from kpibatch.books.paper import heights_of, pixels, rows_on_a_page, scale_of
from kpibatch.books.write import Sheet
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.charts import CATEGORIES, LETTERS, titled_chart, values_up_to
from kpibatch.workbooks.ranking.months.kpi_trend import WIDTH, KpiTrend
from kpibatch.workbooks.ranking.score_formulas import FIRST, PERCENT, RANK, ScorePlan

_TOP = 5
_CHARTED = 10
_SMALLER = 0.8  # what a page may be made for the KPIs to stand on it too
_CHART_ROWS, _CHART_COLUMNS = 14, 8


@dataclass(frozen=True)
class TrendPlan:
    """Where the sheet's columns stand: percents from column 2 on, then ranks; units in the tables' order from
    ``first`` on.
    """

    sheet: str
    months: int
    units: int
    first: int = _TOP

    def percent(self, month: int) -> int:
        return 2 + month

    def rank(self, month: int) -> int:
        return 2 + self.months + month

    def range(self, column: int) -> str:
        """All units' cells of a column, as another sheet refers to them."""
        return (
            f"{quoted(self.sheet)}!{span((self.first, column), (self.first + self.units - 1, column), 'rc')}"
        )


def write_trend(
    outcome: Outcome,
    sheet: Sheet,
    plan: TrendPlan,
    scores: ScorePlan,
    trend: Trend,
    kpis: Mapping[str, KpiPlan],
) -> None:
    """Earlier months as numbers, the report month by reference to the scores, the leading units as a line
    chart beside them; below them, on the next page where one does not hold both, the KPIs.
    """
    say, tables = Words("sheet", outcome.language), outcome.tables
    columns: tuple[Column[Unit], ...] = (
        Column(say("unit-code"), 9, lambda unit: unit.code, ("cell", "code")),
        Column(tables.round.unit_noun, 24, lambda unit: unit.name, extra={"shrink": True}),
        *months_of(outcome, scores, trend, PERCENT),
        *months_of(outcome, scores, trend, RANK),
    )
    across = max(len(columns) + _CHART_COLUMNS, 2 + len(kpis))
    widths = [*widths_of(columns), *[WIDTH] * (across - len(columns))]
    sheet.widths(*widths)
    sheet.put(0, 0, say("trend-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("trend-guide"), "subtitle")
    sheet.merge(_TOP - 2, plan.percent(0), plan.rank(0) - 1, say("percent"), "head")
    sheet.merge(_TOP - 2, plan.rank(0), plan.rank(plan.months) - 1, say("rank"), "head")
    put_heads(sheet, _TOP - 1, columns)
    for at, unit in enumerate(tables.units, plan.first):
        put_line(sheet, at, columns, unit)
    show_exact(sheet, columns, plan.first, plan.first + len(tables.units) - 1)
    whole_page = int(rows_on_a_page(scale_of(widths)) / ROW) - _TOP - 1
    _chart(outcome, sheet, plan, widths[len(columns) :], whole_page)
    below = plan.first + max(plan.units, _CHART_ROWS) + 2
    last = KpiTrend(outcome, sheet, kpis, trend).write(below)
    sheet.raw.freeze_panes(0, 2)
    sheet.page(top=0, last=(last, across - 1))
    if _SMALLER * sum(heights_of(sheet, last)) <= rows_on_a_page(scale_of(widths)):
        sheet.raw.fit_to_pages(1, 1)
    else:
        sheet.raw.set_h_pagebreaks([below])
    sheet.lock()


def months_of(
    outcome: Outcome, scores: ScorePlan, trend: Trend, source: int, first: int = _TOP
) -> Iterator[Column[Unit]]:
    """A column a month of what a column of the scores, PERCENT or RANK, says of the report month; the units'
    rows begin with ``first``.
    """
    style = "percent" if source == PERCENT else "level"

    def of_report_month(at: int) -> str:
        return f"{quoted(scores.sheet)}!{ref(FIRST + at - first, source)}"

    for month in trend.months:
        results: Mapping[str, float] = month.percent if source == PERCENT else month.rank
        formula = of_report_month if month is trend.months[-1] else None
        head = show_month(month.month, outcome.language, short=True)
        yield Column(head, WIDTH, partial(_of_unit, results), ("cell", style), formula)


def _of_unit(results: Mapping[str, float], unit: Unit) -> float | None:
    return results.get(unit.code)


def _chart(outcome: Outcome, sheet: Sheet, plan: TrendPlan, widths: Sequence[float], most: int) -> None:
    """The months of the units that lead now, over columns of those widths and so many rows at most."""
    if plan.months < 2:
        return
    rows = min(most, 2 + min(max(plan.units, _CHART_ROWS), 2 * _CHART_ROWS))
    columns = plan.percent(0), plan.percent(plan.months - 1)
    put_chart(outcome, sheet, plan.first, columns, (_TOP - 2, plan.rank(plan.months)), (rows * ROW, widths))


def put_chart(
    outcome: Outcome,
    sheet: Sheet,
    first: int,
    columns: tuple[int, int],
    place: tuple[int, int],
    size: tuple[float, Sequence[float]],
) -> None:
    """The percents in ``columns`` of the units that lead now, whose rows begin with ``first`` below the
    months' names; at that place, so many points tall, over columns of those widths.
    """
    title = say("sheet.trend-title", outcome.language)
    chart = titled_chart(sheet.book, "line", title)
    for standing in outcome.standings[:_CHARTED]:
        at = first + outcome.tables.position[standing.unit]
        series = {
            "categories": [sheet.name, first - 1, columns[0], first - 1, columns[1]],
            "values": [sheet.name, at, columns[0], at, columns[1]],
        }
        chart.add_series({**series, "name": [sheet.name, at, 1], "marker": {"type": "automatic"}})
    chart.set_legend({"position": "right", "font": LETTERS})
    chart.set_y_axis(values_up_to(100))
    chart.set_x_axis(CATEGORIES)
    tall, widths = size
    chart.set_size({"width": int(pixels(widths)) - 12, "height": int(tall * 4 / 3)})
    options = {"description": title, "object_position": 1, "x_offset": 10}
    sheet.raw.insert_chart(*place, chart, options)
