"""The sheet แนวโน้ม: each unit's total in percent and its rank, month by month; the report month's are
live.
"""

from dataclasses import dataclass

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import say
from kpibatch.base.thai import show_month
from kpibatch.books.look import lines_of
from kpibatch.books.write import Content, Formula, Sheet
from kpibatch.intake.past import PastMonth
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.sensitivity import sensitivity
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.score_formulas import FIRST, PERCENT, RANK, ScorePlan

_TOP = 5
_CHARTED = 10


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


def write_trend(outcome: Outcome, sheet: Sheet, plan: TrendPlan, scores: ScorePlan, trend: Trend) -> None:
    """Earlier months as numbers, the report month by reference to the scores; the leading units as a line
    chart.
    """
    language, tables = outcome.language, outcome.tables
    sheet.widths(9, 30, *[14] * (2 * plan.months))
    sheet.put(0, 0, say("sheet.trend-title", language), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("sheet.trend-guide", language), "subtitle")
    names = [show_month(month.month, language, short=True) for month in trend.months]
    sheet.merge(_TOP - 2, 2, 1 + plan.months, say("sheet.percent", language), "head")
    sheet.merge(_TOP - 2, 2 + plan.months, 1 + 2 * plan.months, say("sheet.rank", language), "head")
    sheet.put_row(
        _TOP - 1, 0, [say("sheet.unit-code", language), tables.round.unit_noun, *names, *names], "head"
    )
    for row, unit in enumerate(tables.units):
        at = plan.first + row
        sheet.put(at, 0, unit.code, "cell", "code")
        sheet.put(at, 1, unit.name, "cell")
        for number, month in enumerate(trend.months):
            _month(sheet, plan, scores, row, number, unit.code, month)
    sheet.raw.freeze_panes(_TOP, 2)
    sheet.page(top=_TOP - 2, bottom=_TOP - 1)
    _chart(outcome, sheet, plan)
    sheet.lock()


def _month(
    sheet: Sheet, plan: TrendPlan, scores: ScorePlan, row: int, number: int, unit: str, month: PastMonth
) -> None:
    at = plan.first + row
    percent, rank = month.percent.get(unit), month.rank.get(unit)
    results: tuple[tuple[int, int, float | None, str], ...] = (
        (plan.percent(number), PERCENT, percent, "percent"),
        (plan.rank(number), RANK, rank, "level"),
    )
    for column, source, result, style in results:
        content: Content = result
        if number == plan.months - 1:
            content = Formula(
                f"{quoted(scores.sheet)}!{ref(FIRST + row, source)}", "" if result is None else result
            )
        sheet.put(at, column, content, "cell", style)


def _chart(outcome: Outcome, sheet: Sheet, plan: TrendPlan) -> None:
    """The months of the units that lead now."""
    if plan.months < 2:
        return
    chart, font = sheet.book.chart("line"), {"name": "TH Sarabun New", "size": 12}
    for standing in outcome.standings[:_CHARTED]:
        at = plan.first + outcome.tables.position[standing.unit]
        first, last = plan.percent(0), plan.percent(plan.months - 1)
        series = {
            "categories": [sheet.name, _TOP - 1, first, _TOP - 1, last],
            "values": [sheet.name, at, first, at, last],
        }
        chart.add_series({**series, "name": [sheet.name, at, 1], "marker": {"type": "automatic"}})
    title = say("sheet.trend-title", outcome.language)
    chart.set_title({"name": title, "name_font": font | {"size": 16, "bold": True}})
    chart.set_legend({"position": "right", "font": font})
    chart.set_y_axis(
        {
            "min": 0,
            "max": 100,
            "num_font": font,
            "major_gridlines": {"visible": True, "line": {"color": "#D9DEE4"}},
        }
    )
    chart.set_x_axis({"num_font": font})
    chart.set_size({"width": 900, "height": 480})
    sheet.raw.insert_chart(
        plan.first + plan.units + 1, 1, chart, {"description": title, "object_position": 1}
    )


_WIDTHS = (10.0, 12.0, 30.0, 26.0, 96.0, 14.0, 12.0)


def write_sensitivity(outcome: Outcome, sheet: Sheet) -> None:
    """One line per thing that would change a rank, in the order of the ranking."""
    language, tables = outcome.language, outcome.tables
    names = ("rank", "unit-code", "unit", "hangs-on", "why", "then-total", "then-rank")
    sheet.widths(*_WIDTHS)
    sheet.put(0, 0, say("sheet.sensitivity-title", language), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("sheet.sensitivity-guide", language), "subtitle")
    heads = [tables.round.unit_noun if name == "unit" else say(f"sheet.{name}", language) for name in names]
    sheet.put_row(3, 0, heads, "head")
    sheet.height(3, 2)
    hangs = sensitivity(outcome)
    for at, hang in enumerate(hangs, 4):
        now = outcome.standing[hang.unit].rank
        line: list[Content] = [
            now,
            hang.unit,
            tables.unit[hang.unit].name,
            say(f"sheet.hang-{hang.kind}", language),
            hang.text,
        ]
        sheet.put(at, 0, line[0], "cell", "level")
        sheet.put(at, 1, line[1], "cell", "code")
        sheet.put_row(at, 2, line[2:], "cell", "wrap", valign="vcenter")
        sheet.put(at, 5, hang.total, "cell", "score")
        better = "good" if hang.rank < now else "poor" if hang.rank > now else "cell"
        sheet.put(at, 6, hang.rank, "cell", "level", better)
        sheet.height(at, lines_of(hang.text, _WIDTHS[4]))
    if not hangs:
        sheet.put(4, 0, say("sheet.sensitivity-none", language), "quiet")
    else:
        sheet.raw.autofilter(3, 0, 3 + len(hangs), len(names) - 1)
    sheet.raw.freeze_panes(4, 3)
    sheet.page(top=3)
    sheet.lock()
