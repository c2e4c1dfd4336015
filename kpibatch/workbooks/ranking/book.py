"""``ranking.xlsx``: the ranking, the scores, a sheet per KPI, the findings and the criteria, live from end to
end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from kpibatch.workbooks.ranking.few_units import FewUnits, is_few
from kpibatch.workbooks.ranking.front.plan import LIST_TOP
from kpibatch.workbooks.ranking.kpi_sheet import KpiWriter
from kpibatch.workbooks.ranking.list_sheet import ListSheet, heading
from kpibatch.workbooks.ranking.months.sensitivity_sheet import write_sensitivity
from kpibatch.workbooks.ranking.months.trend_sheet import TrendPlan, write_trend
from kpibatch.workbooks.ranking.score_formulas import RANK, TOTAL_SCORE, plan_scores
from kpibatch.workbooks.ranking.score_sheet import ScoreWriter

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


def _on_one_sheet(number: int, part: Outcome) -> bool:
    """Whether a kind, the main one being number 0, is one of few units."""
    return number > 0 and is_few(part)


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
        name = names[0] if _on_one_sheet(number, part) else names[1]
        scores = sheet_name(f"{name} {kind}", taken) if number else name
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
        alone: dict[str, _Piece] = {}
        for number, layout in enumerate(layouts):
            kind = _Kind(book, layout, [_of_kind(name, layout, number) for name in names], trend)
            if _on_one_sheet(number, layout.outcome):
                alone |= kind.on_one_sheet(elsewhere)
            else:
                alone |= kind.on_sheets(elsewhere, number == 0)
            for plan in layout.kpis.values():
                KpiWriter(layout.outcome, book.sheets[plan.sheet], plan, elsewhere, outcome).write()
                book.sheets[plan.sheet].finish()
        book.define("scores", f"={main.scores.range(TOTAL_SCORE, outside=True)}")
        book.define("ranks", f"={main.scores.range(RANK, outside=True)}")
        alone[names[4]] = _Piece(partial(write_findings, outcome, elsewhere=elsewhere))
        _write_alone(book, alone, lost, blank)
        write_criteria(outcome, book.sheet(names[5]), main.scores)


@dataclass(frozen=True)
class _Piece:
    """What no figure hangs on: writes a sheet, or what stands on it from a row on."""

    write: Callable[[Sheet], None]
    top: int = 0


@dataclass(frozen=True)
class _Kind:
    """The sheets of one kind of units, but for its KPIs' content; ``names`` are those of the main kind's with
    the kind behind them. Each way gives back what no figure hangs on.
    """

    book: Book
    layout: Layout
    names: Sequence[str]
    trend: Trend

    def on_sheets(self, elsewhere: Elsewhere, main: bool) -> dict[str, _Piece]:
        """The list, the scores and the months on a sheet each, what ranks hang on on a further one."""
        book, layout, outcome = self.book, self.layout, self.layout.outcome
        ranking, scores, months = self.names[0], layout.scores.sheet, self.names[2]
        for name in (ranking, scores, months, *(plan.sheet for plan in layout.kpis.values())):
            book.sheet(name)
        plan = TrendPlan(months, len(self.trend.months), len(outcome.tables.units))
        front = ListSheet(outcome, book.sheets[ranking], layout.scores, plan, self.trend)
        front.write()
        if main:
            cells = span((LIST_TOP, 0), (front.plan.last, front.plan.status), "rc")
            book.define("ranking", f"='{ranking}'!{cells}")
        ScoreWriter(outcome, book.sheets[scores], elsewhere).write(heading(outcome))
        trend, kpis = self.trend, layout.kpis
        alone = {
            months: _Piece(partial(_trend, outcome, plan=plan, scores=layout.scores, trend=trend, kpis=kpis))
        }
        if main or (outcome.ranked > 1 and len(outcome.tables.units) <= _FEW):
            alone[self.names[3]] = _Piece(partial(write_sensitivity, outcome, layout.scores))
        return alone

    def on_one_sheet(self, elsewhere: Elsewhere) -> dict[str, _Piece]:
        """All of them on one sheet, where the units are few."""
        sheet = self.book.sheet(self.layout.scores.sheet)
        for plan in self.layout.kpis.values():
            self.book.sheet(plan.sheet)
        few = FewUnits(self.layout.outcome, sheet, self.layout, self.trend, elsewhere)
        few.write(heading(self.layout.outcome))
        return {sheet.name: _Piece(lambda _: few.write_rest(), few.top)}


def _write_alone(book: Book, alone: Mapping[str, _Piece], lost: list[Finding], blank: set[str]) -> None:
    """The sheets that no figure hangs on; raises ``_SheetLost`` where a bug has cost one."""
    for name, each in alone.items():
        charted = name in book.sheets
        sheet, before = book.sheets[name] if charted else book.sheet(name), len(lost)
        if name in blank:
            sheet.put(each.top, 0, say("sheet.lost", book.language), "title")
            continue
        with piece(lost, LOST, Place(RANKING, name)):
            each.write(sheet)
        if len(lost) > before:
            raise _SheetLost(name)
        if not charted:
            sheet.finish()


def _of_kind(name: str, layout: Layout, number: int) -> str:
    """A sheet's name, with the kind behind it but of the main one."""
    return sheet_name(f"{name} {layout.outcome.tables.round.unit_noun}", []) if number else name


def _trend(outcome: Outcome, sheet: Sheet, **plans: Any) -> None:
    write_trend(outcome, sheet, **plans)
