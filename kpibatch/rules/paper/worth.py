"""What a level or a value is worth, in words: own scores, the way of scoring, the cap, points taken off."""

from collections.abc import Iterator

from kpibatch.base.catalogue import say
from kpibatch.base.thai import show_number
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import (
    asked,
    case_in_words,
    levels_in_words,
    sources_in_words,
    template_in_words,
)
from kpibatch.rules.records import Method, Node, Rule

_WAYS = {Method.PROPORTIONAL: "words.proportional", Method.STANDARD: "words.standard"}


def worth_in_words(tables: LevelTables, node: Node, language: str) -> list[str]:
    """Line by line what is not as usual in how a node is scored."""
    off = (deduction_in_words(tables, rule, language) for rule in tables.deductions_of(node.code))
    return [*scoring_in_words(tables, node, language), *off]


def scoring_in_words(tables: LevelTables, node: Node, language: str) -> Iterator[str]:
    """The same without the points taken off."""
    if node.own_scores:
        yield say("words.own-scores", language, scores=", ".join(map(show_number, node.own_scores)))
    leaf = any(leaf.code == node.code for leaf in tables.leaves)
    if node.method in _WAYS:
        full = tables.scores_of(node.code)[-1] if leaf else tables.top_score
        yield say(_WAYS[node.method], language, full=show_number(full))
    if node.cap is not None:
        yield say("words.cap", language, cap=show_number(node.cap))


def deduction_in_words(tables: LevelTables, rule: Rule, language: str) -> str:
    """A row of หักคะแนน: ``หักคะแนน 0.25 เมื่อ วันที่ส่งช้า มากกว่า 0 วัน``."""
    measure = tables.measures[rule.measure]
    edges = [edge for edge in rule.edges if edge]
    if edges:
        asks = (asked(tables, rule.measure, edge, language) for edge in edges)
        parts = [
            say("words.deducts-if", language, points=show_number(points), asked=words)
            for points, words in zip(rule.deducts, asks, strict=False)
        ]
        words = say("words.deducts", language, words="; ".join(parts))
    else:
        facts = {"label": measure.label, "counted": measure.counting_unit}
        words = say("words.deducts-each", language, points=show_number(rule.deducts[0]), **facts)
    case = f"{case_in_words(tables, rule.case, language)}: " if rule.case else ""
    return case + " ".join(words.split())


def total_cap_in_words(tables: LevelTables, language: str) -> str:
    """The most that the total can be; empty where there is no such."""
    cap = tables.round.cap
    return "" if cap is None else say("words.cap-total", language, cap=show_number(cap))


def lines_below(tables: LevelTables, node: Node, language: str) -> list[str]:
    """What stands below a KPI on paper: its levels, their worth, who gives its measures, its template."""
    lines = []
    for level, items in levels_in_words(tables, node.code, language):
        title = say("annex.level", language, level=level)
        lines.append(f"{title}  {items[0]}" if len(items) == 1 else title)
        lines += [f"      {number}. {item}" for number, item in enumerate(items, 1) if len(items) > 1]
    beside = sources_in_words(tables, node.code, language), template_in_words(node, language)
    return [*lines, *worth_in_words(tables, node, language), *beside[0], *beside[1]]
