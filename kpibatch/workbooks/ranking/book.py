"""``ranking.xlsx``: the ranking, the scores, a sheet per KPI, the findings and the criteria, live from end to
end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kpibatch.base.addresses import span
from kpibatch.base.catalogue import say
from kpibatch.base.findings import LOST, Finding, Place, piece
from kpibatch.base.month_files import RANKING
from kpibatch.base.thai import month_end
from kpibatch.books.look import PROVINCE, sheet_name
from kpibatch.books.write import Book, Sheet
from kpibatch.rules.formulas.plan import KpiPlan, plan_kpi
from kpibatch.scoring.apart.kinds import by_kind
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.apart.elsewhere import Elsewhere, Layout
from kpibatch.workbooks.ranking.criteria_sheet import plan_criteria, write_criteria, write_findings
from kpibatch.workbooks.ranking.front.plan import LIST_TOP
from kpibatch.workbooks.ranking.kpi_sheet import KpiWriter
from kpibatch.workbooks.ranking.list_sheet import ListSheet, heading
from kpibatch.workbooks.ranking.score_formulas import RANK, TOTAL_SCORE, plan_scores
from kpibatch.workbooks.ranking.score_sheet import ScoreWriter
from kpibatch.workbooks.ranking.trend_sheet import TrendPlan, write_sensitivity, write_trend

_FEW = 300  # units of a kind other than the main one of which it is told what their ranks hang on
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


def _layouts(outcome: Outcome, names: Sequence[str]) -> Iterator[Layout]:
    """All sheets are laid out first, so that each can refer to the others: of each kind of units its scores
    and its KPIs.
    """
    rating, taken = plan_criteria(names[5], outcome.tables), [*names]
    for number, part in enumerate(by_kind(outcome)):
        kpis, kind = dict[str, KpiPlan](), part.tables.round.unit_noun if number else ""
        for leaf in part.tables.own_leaves:
            name = sheet_name(" ".join(filter(None, (leaf.code, kind if leaf.code in taken else ""))), taken)
            kpis[leaf.code] = plan_kpi(leaf, name, part.tables)
            taken.append(name)
        scores = sheet_name(f"{names[1]} {kind}", taken) if number else names[1]
        taken += [scores] if number else []
        yield Layout(part, kpis, plan_scores(scores, part.tables, outcome.config.ranking, rating))


def _write(outcome: Outcome, path: Path, trend: Trend, lost: list[Finding], blank: set[str]) -> None:
    """The sheets of the main kind, then those of the others, then what is of all."""
    language = outcome.language
    names = [say(f"sheet.{name}", language) for name in _SHEETS]
    layouts = tuple(_layouts(outcome, names))
    provisional, below_one = say("sheet.provisional", language), outcome.tables.round.below_one
    elsewhere, main = Elsewhere(layouts, provisional, below_one), layouts[0]
    with Book(
        path, title=heading(outcome), language=language, day=month_end(outcome.month), whose=PROVINCE
    ) as book:
        alone: dict[str, Callable[[Sheet], None]] = {}
        sheets: dict[str, Sheet] = {}
        for number, layout in enumerate(layouts):
            of_kind = [_of_kind(name, layout, number) for name in names]
            sheets |= {name: book.sheet(name) for name in (of_kind[0], layout.scores.sheet, of_kind[2])}
            sheets |= {plan.sheet: book.sheet(plan.sheet) for plan in layout.kpis.values()}
            months = TrendPlan(of_kind[2], len(trend.months), len(layout.outcome.tables.units))
            front = ListSheet(layout.outcome, sheets[of_kind[0]], layout.scores, months, trend)
            front.write()
            if not number:
                cells = span((LIST_TOP, 0), (front.plan.last, front.plan.status), "rc")
                book.define("ranking", f"='{names[0]}'!{cells}")
            ScoreWriter(layout.outcome, sheets[layout.scores.sheet], elsewhere).write(heading(outcome))
            for plan in layout.kpis.values():
                KpiWriter(layout.outcome, sheets[plan.sheet], plan, elsewhere, outcome).write()
                sheets[plan.sheet].finish()
            kpis = layout.kpis
            alone[of_kind[2]] = partial(
                _trend, layout.outcome, plan=months, scores=layout.scores, trend=trend, kpis=kpis
            )
            if not number or (layout.outcome.ranked > 1 and len(layout.outcome.tables.units) <= _FEW):
                alone[of_kind[3]] = partial(write_sensitivity, layout.outcome, layout.scores)
        book.define("scores", f"={main.scores.range(TOTAL_SCORE, outside=True)}")
        book.define("ranks", f"={main.scores.range(RANK, outside=True)}")
        alone[names[4]] = partial(write_findings, outcome, elsewhere=elsewhere)
        _write_alone(book, alone, lost, blank)
        write_criteria(outcome, book.sheet(names[5]), main.scores)


def _write_alone(
    book: Book, alone: Mapping[str, Callable[[Sheet], None]], lost: list[Finding], blank: set[str]
) -> None:
    """The sheets that no figure hangs on; raises ``_SheetLost`` where a bug has cost one."""
    for name, write in alone.items():
        charted = name in book.sheets
        sheet, before = book.sheets[name] if charted else book.sheet(name), len(lost)
        if name in blank:
            sheet.put(0, 0, say("sheet.lost", book.language), "title")
            continue
        with piece(lost, LOST, Place(RANKING, name)):
            write(sheet)
        if len(lost) > before:
            raise _SheetLost(name)
        if not charted:
            sheet.finish()


def _of_kind(name: str, layout: Layout, number: int) -> str:
    """A sheet's name, with the kind behind it but of the main one."""
    return sheet_name(f"{name} {layout.outcome.tables.round.unit_noun}", []) if number else name


def _trend(outcome: Outcome, sheet: Sheet, **plans: Any) -> None:
    write_trend(outcome, sheet, **plans)
