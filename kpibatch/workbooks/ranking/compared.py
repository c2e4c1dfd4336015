"""What caps, means and T-scores need on คะแนนรายตัวชี้วัด: the caps as cells, the units' means and
deviations.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from kpibatch.base.catalogue import say
from kpibatch.books.write import Formula, Sheet
from kpibatch.scoring import points
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.score_formulas import (
    TOP_ROW,
    TOTAL_SCORE,
    WEIGHT_ROW,
    ScoreFormulas,
    ScorePlan,
)


def mean_of_node(outcome: Outcome, code: str, row: int) -> float | str:
    """What the unit in that row is compared by at an inner node; empty where the node does not apply."""
    mean = float(outcome.scores.means[code][row])
    return "" if mean != mean else mean


def put_among(outcome: Outcome, sheet: Sheet, formulas: ScoreFormulas) -> None:
    """The mean and the deviation of what units are compared by, above it.

    Source: design, section 1 (Wider rules: คะแนนที).
    """
    for code in formulas.plan.compared:
        held, column = outcome.scores.peers.among[code], formulas.plan.mean(code)
        known = held[held == held]
        parts = ((TOP_ROW, "x̄", points.mean_of), (WEIGHT_ROW, "σ", points.deviation_of))
        for formula, (row, sign, part) in zip(formulas.among(code), parts, strict=True):
            content = Formula(formula, float(part(known)) if len(known) else "")
            sheet.put(row, column, content, "section", "centre", num_format=f'"{sign} "0.0000')


def put_caps(outcome: Outcome, sheet: Sheet, plan: ScorePlan) -> None:
    """The most that an inner node or the total can be, below the means; nothing where none has a cap.

    Source: design, section 1 (Wider rules: เพดานคะแนน).
    """
    tables = outcome.tables
    caps = {TOTAL_SCORE: tables.round.cap}
    inner = (code for code in plan.nodes if code not in outcome.scores.kpis)
    caps |= {plan.column(code): tables.node[code].cap for code in inner}
    there = {column: cap for column, cap in caps.items() if cap is not None}
    if there:
        sheet.put_row(plan.cap_row, 0, ["", say("sheet.score-cap", outcome.language)], "section")
    for column, cap in there.items():
        sheet.put(plan.cap_row, column, cap, "section", "input", "points")


def mean_of_those_who_sent(outcome: Outcome) -> Mapping[str, float]:
    """Of every node the mean of the units that sent, NaN where none has a score."""
    sent = outcome.scores.scores.index.isin(list(outcome.sent))
    scores, nodes = outcome.scores.scores[sent], outcome.tables.breadth_first()
    return {node.code: mean_of(scores[node.code].to_numpy(float).tolist()) for node in nodes}


def mean_of(values: Sequence[float]) -> float:
    """The mean of those known as a workbook's ROUND gives it to nine decimals: half up, on the fifteen digits
    that it knows.
    """
    known = [value for value in values if value == value]
    if not known:
        return float("nan")
    return float(Decimal(f"{sum(known) / len(known):.15g}").quantize(Decimal("1e-9"), ROUND_HALF_UP))
