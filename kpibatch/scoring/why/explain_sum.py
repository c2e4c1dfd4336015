"""``explain UNIT T``, ``total`` and ``rank``: how children's scores become a node's, the total and the rank.

For the operator's screen alone: the rank names the units just above and below.
"""

import math
from collections.abc import Iterator

from kpibatch.base.catalogue import Words
from kpibatch.base.errors import NoKpi
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import show_month, show_number
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.paper.words import template_in_words
from kpibatch.rules.records import TOTAL, Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import DECIMALS, Standing, keys_of
from kpibatch.scoring.why.worth import exact, explain_node

RANK = "rank"
_CALLED = {TOTAL: TOTAL, "รวม": TOTAL, "คะแนนรวม": TOTAL, RANK: RANK, "อันดับ": RANK}


def called(tables: LevelTables, text: str) -> str:
    """The node of that code, or ``total`` or ``rank`` by any of its words. Raises ``NoKpi`` for no such."""
    if text in tables.node:
        return text
    if text.lower() in _CALLED:
        return _CALLED[text.lower()]
    if months := [month for month in tables.round.months if text in tables.for_month(month).node]:
        raise NoKpi("no-kpi-then", found=text, months=", ".join(months))
    raise NoKpi(found=text, nearest=nearest_of(text, [*tables.node, *_CALLED]))


def explain_sum(outcome: Outcome, unit: Unit, code: str) -> Iterator[str]:
    """The explanation of an inner node, the total or the rank, line by line.

    Source: design, section 1 (ตัวชี้วัด; Score).
    """
    say, node = Words("explain", outcome.language), outcome.tables.node.get(code)
    title = f"{code} {node.name_for(unit.code)}" if node else say(code)
    yield f"{unit.code} {unit.name}   {title}   {show_month(outcome.month, outcome.language)}"
    yield from ("  " + words for words in (template_in_words(node, outcome.language) if node else ()))
    if math.isnan(_score(outcome, unit, TOTAL if code == RANK else code)):
        yield say("nothing-applies" if code in (TOTAL, RANK) else "not-applicable")
        return
    if unit.code not in outcome.sent:
        yield say("unread" if unit.code in outcome.unread else "not-sent")
        return
    if code == RANK:
        yield from _rank(outcome, outcome.standing[unit.code], say)
        return
    yield from _sum(outcome, unit, code, say)
    if code == TOTAL:
        yield from _total(outcome, outcome.standing[unit.code], say)


def _score(outcome: Outcome, unit: Unit, code: str) -> float:
    return outcome.scores.score(code, outcome.tables.position[unit.code])


def _sum(outcome: Outcome, unit: Unit, code: str, say: Words) -> Iterator[str]:
    """Each child's weight, its score and its part, then the weighted mean; of what is meant for units of
    another kind alone nothing is said.
    """
    row, terms, weights = outcome.tables.position[unit.code], list[str](), list[str]()
    alike = {each.code for each in outcome.tables.units[outcome.tables.tree.kind_of[unit.code].rows]}
    for child in outcome.tables.children(code):
        if not alike & outcome.tables.meant[child.code]:
            continue
        score, weight = (
            _score(outcome, unit, child.code),
            show_number(outcome.tables.weights[child.code][row]),
        )
        named = {"code": child.code, "name": child.name_for(unit.code), "weight": weight}
        if math.isnan(score):
            meant = applies(outcome.tables, child.code, unit)
            yield "  " + say("child-no-target" if meant else "child-not-applicable", **named)
            continue
        share = float(outcome.scores.shares[child.code].to_numpy(float)[row])
        waiting = bool(outcome.scores.provisional[child.code].to_numpy()[row])
        facts = {"score": exact(score), "share": f"{share:.4f}"}
        yield "  " + say("child", **named, **facts) + (say("provisional") if waiting else "")
        terms.append(f"{weight} × {exact(score)}")
        weights.append(weight)
    mean = exact(float(outcome.scores.means[code][row]))
    yield say("mean", sum=" + ".join(terms), weights=" + ".join(weights), score=mean)
    yield from explain_node(outcome, unit, code)


def _total(outcome: Outcome, standing: Standing, say: Words) -> Iterator[str]:
    """Rounded once, as percent of the top score, and the band that makes."""
    top = outcome.tables.top_score
    yield say("rounded-total", decimals=DECIMALS, total=f"{standing.total:.{DECIMALS}f}")
    yield say(
        "percent", total=f"{standing.total:.{DECIMALS}f}", top=show_number(top), percent=standing.percent
    )
    bands = (low for low, word in outcome.tables.rating if word == standing.rating)
    yield say("rating", rating=standing.rating or "–", low=show_number(next(bands, 0.0)))
    yield say("ranked", rank=standing.rank or "–", count=_ranked(outcome, standing))
    yield from _in_group(outcome, standing, say)


def _rank(outcome: Outcome, standing: Standing, say: Words) -> Iterator[str]:
    """The total and the tie-breakers, who shares the rank, who stands just above and just below."""
    if not standing.rank:
        yield say("unranked")
        return
    yield say("ranked", rank=standing.rank, count=_ranked(outcome, standing))
    yield from _in_group(outcome, standing, say)
    yield "  " + _line(outcome, standing)
    alike = outcome.alike(standing.unit)
    others = [each for each in alike if each.rank and each.unit != standing.unit]
    above = max((each.rank for each in others if each.rank < standing.rank), default=0)
    below = min((each.rank for each in others if each.rank > standing.rank), default=0)
    for name, rank in (("above", above), ("tied", standing.rank), ("below", below)):
        beside = [each for each in others if each.rank == rank]
        yield say(name) + ("" if beside else say("nobody"))
        yield from (f"  {each.rank}. {_line(outcome, each)}" for each in beside)


def _ranked(outcome: Outcome, standing: Standing) -> int:
    """How many units of one's kind have a rank."""
    return sum(each.rank > 0 for each in outcome.alike(standing.unit))


def _in_group(outcome: Outcome, standing: Standing, say: Words) -> Iterator[str]:
    """The rank within the unit's กลุ่ม, where that is asked for."""
    if standing.in_group:
        group = outcome.tables.unit[standing.unit].group
        yield say("ranked-in-group", rank=standing.in_group, count=standing.of_group, group=group)


def _line(outcome: Outcome, standing: Standing) -> str:
    """A unit with what it is ranked by."""
    row, whose = outcome.tables.position[standing.unit], outcome.tables.unit[standing.unit].name
    names = (Words("sheet", outcome.language)("total"), *outcome.config.ranking.tie_breakers)
    key = keys_of(outcome.scores.scores.iloc[[row]], outcome.config.ranking)[0]
    parts = (f"{name} {value:.{DECIMALS}f}" for name, value in zip(names, key, strict=True))
    return f"{standing.unit} {whose}   " + "   ".join(parts)
