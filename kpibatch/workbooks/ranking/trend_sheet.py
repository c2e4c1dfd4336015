"""แนวโน้ม: each unit's percent and rank, month by month, the report month's live; and ความอ่อนไหว: what
would change a rank.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, Style, put_heads, put_line, set_widths, show_exact, widths_of
from kpibatch.books.look import ROW, lines_of, tall_of
from kpibatch.books.paper import heights_of, on_pages, pixels, rows_on_a_page, scale_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.scoring.why.sensitivity import Hang, sensitivity
from kpibatch.workbooks.ranking.charts import CATEGORIES, LETTERS, titled_chart, values_up_to
from kpibatch.workbooks.ranking.kpi_trend import WIDTH, KpiTrend
from kpibatch.workbooks.ranking.score_formulas import FIRST, PERCENT, RANK, ScorePlan

_TOP = 5
_CHARTED = 10
_SMALLER = 0.8  # what a page may be made for the KPIs to stand on it too
_CHART_ROWS, _CHART_COLUMNS = 14, 8
_WHY_WIDTH = 160.0
_LEAST_SCALE, _SIZE, _LINE = 0.33, 16, 18.5


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
        *_months(outcome, scores, trend, PERCENT, "percent"),
        *_months(outcome, scores, trend, RANK, "level"),
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


def _months(
    outcome: Outcome, scores: ScorePlan, trend: Trend, source: int, style: str
) -> Iterator[Column[Unit]]:
    """A column a month of what a column of the scores says of the report month."""

    def of_report_month(at: int) -> str:
        return f"{quoted(scores.sheet)}!{ref(FIRST + at - _TOP, source)}"

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
    title = say("sheet.trend-title", outcome.language)
    chart = titled_chart(sheet.book, "line", title)
    first, last = plan.percent(0), plan.percent(plan.months - 1)
    for standing in outcome.standings[:_CHARTED]:
        at = plan.first + outcome.tables.position[standing.unit]
        series = {
            "categories": [sheet.name, _TOP - 1, first, _TOP - 1, last],
            "values": [sheet.name, at, first, at, last],
        }
        chart.add_series({**series, "name": [sheet.name, at, 1], "marker": {"type": "automatic"}})
    chart.set_legend({"position": "right", "font": LETTERS})
    chart.set_y_axis(values_up_to(100))
    chart.set_x_axis(CATEGORIES)
    rows = min(most, 2 + min(max(plan.units, _CHART_ROWS), 2 * _CHART_ROWS))
    chart.set_size({"width": int(pixels(widths)) - 12, "height": int(rows * ROW * 4 / 3)})
    place = {"description": title, "object_position": 1, "x_offset": 10}
    sheet.raw.insert_chart(_TOP - 2, plan.rank(plan.months), chart, place)


# --- ความอ่อนไหว ------------------------------------------------------------------------------------------


def write_sensitivity(outcome: Outcome, scores: ScorePlan, sheet: Sheet) -> None:
    """One line per thing that would change a rank, in the order of the ranking."""
    say, columns = Words("sheet", outcome.language), _of_hang(outcome)
    set_widths(sheet, columns)
    sheet.put(0, 0, say("sensitivity-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("sensitivity-guide"), "subtitle")
    sheet.put(2, 0, Formula(scores.stale(say("stale")), ""), "quiet", "stale")
    put_heads(sheet, 3, columns)
    sheet.height(3, 2)
    hangs = sensitivity(outcome)
    for at, hang in enumerate(hangs, 4):
        put_line(sheet, at, columns, hang)
        lines = lines_of(hang.text, _WHY_WIDTH, _SIZE)
        sheet.tall(at, tall_of(lines, _SIZE) if lines > 1 else _LINE)
    if not hangs:
        sheet.put(4, 0, say("sensitivity-none"), "quiet")
    else:
        sheet.raw.autofilter(3, 0, 3 + len(hangs), len(columns) - 1)
    sheet.raw.freeze_panes(4, 3)
    sheet.page(top=3)
    on_pages(sheet, widths_of(columns), 4 + len(hangs), _LEAST_SCALE)
    sheet.lock()


def _of_hang(outcome: Outcome) -> tuple[Column[Hang], ...]:
    say, tables = Words("sheet", outcome.language), outcome.tables
    wrapped, middle = ("cell", "wrap"), {"valign": "vcenter", "font_size": _SIZE}

    def rank(hang: Hang) -> int:
        return outcome.standing[hang.unit].rank

    def colour(hang: Hang) -> Style:
        return (
            "cell",
            "level",
            "good" if hang.rank < rank(hang) else "poor" if hang.rank > rank(hang) else "cell",
        )

    return (
        Column(say("rank"), 9, rank, ("cell", "level")),
        Column(say("unit-code"), 10, lambda hang: hang.unit, ("cell", "code")),
        Column(tables.round.unit_noun, 32, lambda hang: tables.unit[hang.unit].name, wrapped, extra=middle),
        Column(say("hangs-on"), 24, lambda hang: say(f"hang-{hang.kind}"), wrapped, extra=middle),
        Column(say("why"), _WHY_WIDTH, lambda hang: hang.text, wrapped, extra=middle),
        Column(say("then-total"), 12, lambda hang: hang.total, ("cell", "score")),
        Column(say("then-rank"), 10, lambda hang: hang.rank, colour),
    )
