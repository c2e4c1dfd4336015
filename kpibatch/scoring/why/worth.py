"""How a level or a value became a score: by a proportion or a T-score, what a cap cut, what was taken off."""

import math
from collections.abc import Iterator

from kpibatch.base.catalogue import Words
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_number
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.worth import deduction_in_words, scoring_in_words
from kpibatch.rules.records import TOTAL, Method, Rule, Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.points import active, deduction, deviation_of, mean_of, standard_among


def explain_points(outcome: Outcome, unit: Unit, kpi: str) -> Iterator[str]:
    """Below the verdict: how the KPI is scored where that is not as usual, and what that did to the unit.

    Source: design, section 1 (Wider rules: คะแนนของระดับ, เพดานคะแนน, หักคะแนน, คะแนนที).
    """
    say, tables = Words("explain", outcome.language), outcome.tables
    node, row, points = tables.node[kpi], tables.position[unit.code], outcome.scores.kpis[kpi].points
    off = tables.deductions_of(kpi)
    yield from ("  " + words for words in scoring_in_words(tables, node, outcome.language))
    if unit.code not in outcome.sent:
        return
    if node.method is Method.STANDARD:
        yield "  " + _among(outcome, row, kpi, say)
    full = float(points.full[row])
    if node.cap is not None and full > node.cap:
        yield "  " + say("cut", full=exact(full), cap=exact(node.cap))
    yield from ("  " + _taken(outcome, unit, rule, say) for rule in off)
    if off and float(points.deducted[row]) > min(full, math.inf if node.cap is None else node.cap):
        yield "  " + say("not-below-zero", points=exact(float(points.deducted[row])))


def _taken(outcome: Outcome, unit: Unit, rule: Rule, say: Words) -> str:
    """One row of หักคะแนน, what it took off and by which value."""
    values, row = outcome.measured.values, outcome.tables.position[unit.code]
    counts = bool(active(rule, outcome.scores.kpis[rule.kpi].case)[row])
    points = float(deduction(rule, values.iloc[[row]])[0]) if counts else 0.0
    measure = outcome.tables.measures[rule.measure]
    value = outcome.measured.value(unit.code, rule.measure)
    shown = show_value(value, measure.kind, outcome.language) or say("missing")
    words = deduction_in_words(outcome.tables, rule, outcome.language)
    return say("taken-off", points=exact(points), label=measure.label, value=shown, words=words)


def explain_node(outcome: Outcome, unit: Unit, code: str) -> Iterator[str]:
    """Below an inner node's mean, or the total's: its T-score, what a cap cut.

    Source: design, section 1 (Wider rules: คะแนนที, เพดานคะแนน).
    """
    say, tables, row = Words("explain", outcome.language), outcome.tables, outcome.tables.position[unit.code]
    cap = tables.round.cap if code == TOTAL else tables.node[code].cap
    reached = float(outcome.scores.means[code][row])
    if code in outcome.scores.peers.among:
        yield _among(outcome, row, code, say)
    elif cap is not None and reached > cap:
        yield say("cut", full=exact(reached), cap=exact(cap))


def _among(outcome: Outcome, row: int, code: str, say: Words) -> str:
    """The unit among all that are scored: its value, their mean and deviation, its T-score and score."""
    held = outcome.scores.peers.among[code]
    known, own = outcome.scores.peers.alike(held, row), float(held[row])
    if own != own:
        return say("standard-unknown")
    mean, deviation = float(mean_of(known)), float(deviation_of(known))
    score = float(standard_among(held[row], known))
    facts = {"value": exact(own), "mean": exact(mean), "deviation": exact(deviation)}
    return say("standard", **facts, count=len(known), standard=f"{score:.4f}")


def hangs_on_others(tables: LevelTables, kpi: str) -> bool:
    """Whether a KPI's part in the total hangs on what other units have."""
    while kpi in tables.node:
        if tables.node[kpi].method is Method.STANDARD:
            return True
        kpi = tables.node[kpi].parent
    return False


def exact(number: float) -> str:
    """A score with as many decimals as decide."""
    return show_number(round(number, 9))
