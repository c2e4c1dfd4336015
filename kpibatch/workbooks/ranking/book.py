"""``ranking.xlsx``: the ranking, the scores, a sheet per KPI, the findings and the criteria, live from end to
end.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.findings import LOST, Finding, Place, piece
from kpibatch.base.month_files import RANKING
from kpibatch.base.thai import month_end
from kpibatch.books.look import PROVINCE, sheet_name
from kpibatch.books.write import Book, Sheet
from kpibatch.rules.formulas.plan import KpiPlan, plan_kpi
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.criteria_sheet import plan_criteria, write_criteria, write_findings
from kpibatch.workbooks.ranking.kpi_sheet import KpiWriter
from kpibatch.workbooks.ranking.list_sheet import ListSheet, heading
from kpibatch.workbooks.ranking.score_formulas import RANK, TOTAL_SCORE, plan_scores
from kpibatch.workbooks.ranking.score_sheet import ScoreWriter
from kpibatch.workbooks.ranking.trend_sheet import TrendPlan, write_sensitivity, write_trend

_SHEETS = ("ranking-name", "scores-name", "trend-name", "sensitivity-name", "findings-name", "criteria-name")


class _SheetLost(Exception):
    """The workbook must be begun again without a sheet, which is given."""


def write_ranking(outcome: Outcome, path: Path, trend: Trend, lost: list[Finding]) -> None:
    """Write the workbook. A bug in a sheet that no figure hangs on costs what stands in that sheet, which is
    told in ``lost`` and on the sheet; any other bug is raised.
    """
    blank: set[str] = set()
    while True:
        try:
            _write(outcome, path, trend, lost, blank)
            return
        except _SheetLost as sheet:
            blank.add(str(sheet))


def _write(outcome: Outcome, path: Path, trend: Trend, lost: list[Finding], blank: set[str]) -> None:
    """All sheets are laid out first, so that each can refer to the others."""
    tables, language = outcome.tables, outcome.language
    names = [say(f"sheet.{name}", language) for name in _SHEETS]
    kpis: dict[str, KpiPlan] = {}
    for leaf in tables.leaves:
        kpis[leaf.code] = plan_kpi(
            leaf, sheet_name(leaf.code, [*names, *(plan.sheet for plan in kpis.values())]), tables
        )
    rating = plan_criteria(names[5], tables)
    scores = plan_scores(names[1], tables, outcome.config.ranking, rating)
    with Book(
        path, title=heading(outcome), language=language, day=month_end(outcome.month), whose=PROVINCE
    ) as book:
        first, second, third = map(book.sheet, names[:3])
        sheets = {code: book.sheet(plan.sheet) for code, plan in kpis.items()}
        months = TrendPlan(names[2], len(trend.months), len(tables.units))
        ListSheet(outcome, first, scores, months, trend).write()
        ScoreWriter(outcome, second, scores, kpis).write(heading(outcome))
        for code, plan in kpis.items():
            KpiWriter(outcome, sheets[code], plan, kpis, scores).write()
        book.define("scores", f"={scores.range(TOTAL_SCORE, outside=True)}")
        book.define("ranks", f"={scores.range(RANK, outside=True)}")
        alone: dict[str, Callable[[Sheet], None]] = {
            names[2]: lambda sheet: write_trend(outcome, sheet, months, scores, trend, kpis),
            names[3]: partial(write_sensitivity, outcome, scores),
            names[4]: lambda sheet: write_findings(outcome, sheet, kpis, scores),
        }
        for name, write in alone.items():
            sheet, before = third if name == names[2] else book.sheet(name), len(lost)
            if name in blank:
                sheet.put(0, 0, say("sheet.lost", language), "title")
                continue
            with piece(lost, LOST, Place(RANKING, name)):
                write(sheet)
            if len(lost) > before:
                raise _SheetLost(name)
        write_criteria(outcome, book.sheet(names[5]), scores)
