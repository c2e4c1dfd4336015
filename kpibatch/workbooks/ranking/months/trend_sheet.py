"""แนวโน้ม: each unit's percent and rank, month by month, the report month's live."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, put_heads, put_line, show_exact
from kpibatch.books.look import ROW
from kpibatch.books.paper import heights_of, pixels, rows_on_a_page, scale_of
from kpibatch.books.write import Sheet
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.charts import CATEGORIES, LETTERS, titled_chart, values_up_to
from kpibatch.workbooks.ranking.months.kpi_trend import LINE, WIDTH, KpiTrend
from kpibatch.workbooks.ranking.score_formulas import FIRST, PERCENT, RANK, ScorePlan

_TOP = 5
_CHARTED = 10
_LEAST_SCALE, _SURE = 0.5, 0.95  # letters of sixteen points come out as eight; what a page surely holds
_SMALLER = 0.8  # what a page may be made for the KPIs to stand on it too
_NARROW, _WIDE = (7.0, 20.0, 8.5, 7.5), (9.0, 24.0, WIDTH, WIDTH)  # code, name, percents, ranks
_ROOM = (13.0, 40.0), (13.0, 0.0), (11.5, 0.0), (10.5, 0.0)  # for two values; for a title over all
_CHART_ROWS, _LEAST_ROWS, _CHART_COLUMNS = 14, 10, 8


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
    """Earlier months as numbers, the report month by reference to the scores; the KPIs in the same lines, or
    below them where that would make the letters too small, and the leading units as a line chart.
    """
    say, tables = Words("sheet", outcome.language), outcome.tables
    of_kpis = KpiTrend(outcome, sheet, kpis, trend)
    columns = _columns(outcome, scores, trend)
    tried = ([*_widths(plan, _NARROW), *of_kpis.widths(*room)] for room in _ROOM)
    widths = next((each for each in tried if scale_of(each) >= _LEAST_SCALE), None)
    sheet.put(0, 0, say("trend-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("trend-guide"), "subtitle")
    sheet.merge(_TOP - 2, plan.percent(0), plan.rank(0) - 1, say("percent"), "head")
    sheet.merge(_TOP - 2, plan.rank(0), plan.rank(plan.months) - 1, say("rank"), "head")
    put_heads(sheet, _TOP - 1, columns)
    for at, unit in enumerate(tables.units, plan.first):
        put_line(sheet, at, columns, unit)
    show_exact(sheet, columns, plan.first, plan.first + len(tables.units) - 1)
    if widths:
        _in_one_list(outcome, sheet, plan, of_kpis, widths)
    else:
        _below(outcome, sheet, plan, of_kpis)
    sheet.lock()


def _columns(outcome: Outcome, scores: ScorePlan, trend: Trend) -> tuple[Column[Unit], ...]:
    """A unit's name and its months."""
    say, noun, whole = Words("sheet", outcome.language), outcome.tables.round.unit_noun, {"shrink": True}
    return (
        Column(say("unit-code"), WIDTH, lambda unit: unit.code, ("cell", "code"), extra=whole),
        Column(noun, WIDTH, lambda unit: unit.name, extra=whole),
        *months_of(outcome, scores, trend, PERCENT),
        *months_of(outcome, scores, trend, RANK),
    )


def _widths(plan: TrendPlan, widths: Sequence[float]) -> list[float]:
    """Those of code, name, percents and ranks."""
    code, name, percent, rank = widths
    return [code, name, *[percent] * plan.months, *[rank] * plan.months]


def _in_one_list(
    outcome: Outcome, sheet: Sheet, plan: TrendPlan, kpis: KpiTrend, widths: Sequence[float]
) -> None:
    """All that is told of a unit stands in its line; the chart at its right where that leaves letters large
    enough, else below, on the same page where that has room for it.
    """
    kpis.write_at_the_right(_TOP - 2, plan.rank(plan.months))
    sheet.height(_TOP - 1, 2)
    below = plan.first + plan.units + 1
    for row in range(plan.first, below):
        sheet.tall(row, LINE)
    sheet.raw.freeze_panes(_TOP, 2)
    seen = [*widths, *[WIDTH] * _CHART_COLUMNS]
    beside = scale_of(seen) >= _LEAST_SCALE
    if beside or plan.months < 2:
        seen = seen if beside else [*widths]
        sheet.widths(*seen)
        last = max(below, _chart(outcome, sheet, plan, seen, (plan.first, len(widths))))
        sheet.page(top=_TOP - 2, bottom=_TOP - 1, last=(last, len(seen) - 1))
        return
    sheet.widths(*widths)
    above = sum(heights_of(sheet, below - 1))
    room = rows_on_a_page(scale_of(widths)) * _SURE - above
    rows = max(_LEAST_ROWS, min(int(room / ROW), 2 * _CHART_ROWS))
    columns = plan.percent(0), plan.percent(plan.months - 1)
    put_chart(outcome, sheet, plan.first, columns, (below, 0), (rows * ROW, widths))
    sheet.page(top=_TOP - 2, bottom=_TOP - 1, last=(below + rows, len(widths) - 1))
    if scale_of(widths, (above + (1 + rows) * ROW) / _SURE) >= _LEAST_SCALE:
        sheet.raw.fit_to_pages(1, 1)
    else:
        sheet.raw.set_h_pagebreaks([below])


def _below(outcome: Outcome, sheet: Sheet, plan: TrendPlan, kpis: KpiTrend) -> None:
    """The chart beside the list of months; below it, on the next page where one does not hold both, the
    KPIs.
    """
    own = _widths(plan, _WIDE)
    across = max(len(own) + _CHART_COLUMNS, 2 + len(kpis.kpis))
    widths = [*own, *[WIDTH] * (across - len(own))]
    sheet.widths(*widths)
    _chart(outcome, sheet, plan, widths, (_TOP - 2, len(own)))
    below = plan.first + max(plan.units, _CHART_ROWS) + 2
    last = kpis.write(below)
    sheet.raw.freeze_panes(0, 2)
    sheet.page(top=0, last=(last, across - 1))
    if _SMALLER * sum(heights_of(sheet, last)) <= rows_on_a_page(scale_of(widths)):
        sheet.raw.fit_to_pages(1, 1)
    else:
        sheet.raw.set_h_pagebreaks([below])


def _chart(
    outcome: Outcome, sheet: Sheet, plan: TrendPlan, widths: Sequence[float], place: tuple[int, int]
) -> int:
    """The months of the units that lead now, at the right of the list, on one page; gives back the row below
    it. Nothing of one month.
    """
    top, left = place
    if plan.months < 2:
        return top
    whole_page = int(rows_on_a_page(scale_of(widths)) / ROW) - top - 3
    rows = min(whole_page, 2 + min(max(plan.units, _CHART_ROWS), 2 * _CHART_ROWS))
    columns = plan.percent(0), plan.percent(plan.months - 1)
    put_chart(outcome, sheet, plan.first, columns, place, (rows * ROW, widths[left:]))
    return top + rows


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
