"""วิธีให้คะแนน, คะแนนของระดับ, เพดานคะแนน, หักคะแนน: what a level or a value is worth, and whether it can be."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import show_number
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.lint.bounds import greatest, least, numbers_in, rising
from kpibatch.rules.records import TOTAL, Method, Node, Rule
from kpibatch.rules.schema import FEWEST_LEVELS, ROUND, RULES

_BY_VALUE = (Method.LINEAR, Method.PROPORTIONAL)


def methods_of_leaves(tables: LevelTables) -> Iterator[Finding]:
    """A node with others under it has no levels: no scores of its own levels, no method that goes by a value.

    Source: design, section 1 (ตัวชี้วัด; วิธีให้คะแนน).
    """
    leaves = {leaf.code for leaf in tables.leaves}
    for node in (node for node in tables.nodes if node.code not in leaves):
        if node.own_scores:
            found = _listed(node.own_scores)
            yield finding("lint-own-inner", node.place, found=found, node=node.code)
        if node.method in _BY_VALUE:
            yield finding("lint-method-inner", node.place, found=node.method.value, node=node.code)


def value_rows(tables: LevelTables) -> Iterator[Finding]:
    """ค่าต่อเนื่อง and ตามสัดส่วน need one row a case and no row without.

    Source: design, section 1 (วิธีให้คะแนน).
    """
    for leaf in _scored(tables, *_BY_VALUE):
        if not _one_row_a_case(tables, leaf):
            facts = {"kpi": leaf.code, "method": leaf.method.value}
            yield finding("lint-linear-rows", leaf.place, found=len(tables.rules_of(leaf.code)), **facts)


def linear_edges(tables: LevelTables) -> Iterator[Finding]:
    """ค่าต่อเนื่อง needs numbers alone, at least two, that move one way, each with an edge on one side.

    Source: design, section 1 (วิธีให้คะแนน).
    """
    for leaf in _scored(tables, Method.LINEAR):
        for rule in tables.rules_of(leaf.code) if _one_row_a_case(tables, leaf) else ():
            knots: Sequence[float] = [asked.edge.threshold for asked in numbers_in(rule)]
            if len({(asked.edge.of, asked.edge.times) for asked in numbers_in(rule)}) > 1:
                knots = range(len(knots))  # each unit's own: nobody knows how they lie
            steady = all(a < b for a, b in pairwise(knots)) or all(a > b for a, b in pairwise(knots))
            banded = any(asked.edge.only for asked in numbers_in(rule))
            if len(knots) < 2 or not steady or banded or not _numbers_alone(rule):
                facts = {"found": " | ".join(rule.typed), "kpi": leaf.code}
                yield finding("lint-linear-edges", rule.places[0], measure=rule.measure, **facts)


def proportional_edges(tables: LevelTables) -> Iterator[Finding]:
    """ตามสัดส่วน needs numbers of which more is better, and one above 0 at the highest level there is.

    Source: design, section 1 (Wider rules: ตามสัดส่วน).
    """
    for leaf in _scored(tables, Method.PROPORTIONAL):
        for rule in tables.rules_of(leaf.code) if _one_row_a_case(tables, leaf) else ():
            given = tables.given(leaf.code, rule.case_number)
            top = max((at for at, there in enumerate(given) if there), default=0)
            edge = rule.edges[top]
            rises = _numbers_alone(rule) and all(asked.edge.upward for asked in numbers_in(rule))
            if not rises or edge is None or (edge.threshold <= 0 and not edge.of):
                facts = {"found": " | ".join(rule.typed), "kpi": leaf.code, "level": str(top + 1)}
                yield finding("lint-proportional", rule.places[top], measure=rule.measure, **facts)


def standard_row(tables: LevelTables) -> Iterator[Finding]:
    """คะแนนที compares units by one number: a KPI has one row and no case; and there are units to compare.

    Source: design, section 1 (Wider rules: คะแนนที).
    """
    leaves = {leaf.code for leaf in tables.leaves}
    for node in (node for node in tables.nodes if node.method is Method.STANDARD):
        rules = tables.rules_of(node.code)
        sound = len(rules) == 1 and not tables.cases_of(node.code) and _one_way(rules[0])
        if node.code in leaves and rules and not sound:
            found = " | ".join(rule.measure for rule in rules)
            yield finding("lint-standard-row", node.place, found=found, kpi=node.code)
        meant = sum(applies(tables, node.code, unit) for unit in tables.units)
        if meant == 1:
            yield finding("lint-standard-alone", node.place, found=node.code)


def _one_way(rule: Rule) -> bool:
    edges = [asked.edge for asked in numbers_in(rule)]
    one_way = all(edge.downward for edge in edges) or all(edge.upward for edge in edges)
    return bool(edges) and one_way and _numbers_alone(rule)


def _numbers_alone(rule: Rule) -> bool:
    return len(numbers_in(rule)) == sum(edge is not None for edge in rule.edges)


def _scored(tables: LevelTables, *methods: Method) -> list[Node]:
    return [leaf for leaf in tables.leaves if leaf.method in methods]


def _one_row_a_case(tables: LevelTables, leaf: Node) -> bool:
    rules = tables.rules_of(leaf.code)
    cases = {rule.case for rule in rules}
    return len(rules) == len(cases) and (len(rules) == 1 or None not in cases) and bool(rules)


def own_scores(tables: LevelTables) -> Iterator[Finding]:
    """A KPI's own scores: one a level, no more than the tables have, rising; levels beyond them are not
    asked; its full score is the round's.

    Source: design, section 1 (Wider rules: คะแนนของระดับ, own).
    """
    for leaf in (leaf for leaf in tables.leaves if leaf.own_scores):
        own, found = leaf.own_scores, _listed(leaf.own_scores)
        facts = {"found": found, "node": leaf.code, "most": str(tables.level_count)}
        if not FEWEST_LEVELS <= len(own) <= tables.level_count:
            yield finding("lint-own-count", leaf.place, **facts)
        if not rising(own):
            yield finding("lint-own-rising", leaf.place, **facts)
        elif own[-1] != tables.top_score:
            top = show_number(tables.top_score)
            yield finding("lint-own-top", leaf.place, **facts, own=show_number(own[-1]), top=top)
        for rule in tables.rules_of(leaf.code):
            for level in range(len(own), tables.level_count):
                if rule.edges[level]:
                    beyond = {"found": rule.typed[level], "kpi": leaf.code, "level": str(level + 1)}
                    yield finding("lint-own-beyond", rule.places[level], **beyond, levels=str(len(own)))


def caps(tables: LevelTables) -> Iterator[Finding]:
    """A cap below the full score cuts what is reached without a bonus; one that nothing reaches is idle.

    Source: design, section 1 (Wider rules: เพดานคะแนน).
    """
    if TOTAL in tables.node:
        return  # a fault of its own
    reach = _reach(tables)
    places = {node.code: node.place for node in tables.nodes}
    places[TOTAL] = Place(tables.file, ROUND.sheet)
    for code, place in places.items():
        cap = tables.round.cap if code == TOTAL else tables.node[code].cap
        if cap is None:
            continue
        leaf = any(leaf.code == code for leaf in tables.leaves)
        full = tables.scores_of(code)[-1] if leaf else tables.top_score
        facts = {"found": show_number(cap), "node": code, "full": show_number(full)}
        if cap < full:
            yield finding("lint-cap-below", place, **facts)
        elif cap >= reach[code] or cap == full:
            yield finding("lint-cap-idle", place, **facts)


def _reach(tables: LevelTables) -> dict[str, float]:
    """The most that each node's score can be before its own cap, roughly: infinite where a value goes on."""
    reach: dict[str, float] = {}
    for code in [*reversed([node.code for node in tables.breadth_first()]), TOTAL]:
        children = tables.children(code)
        if children and code in tables.node and tables.node[code].method is Method.STANDARD:
            reach[code] = math.inf
        elif children:
            caps = (math.inf if child.cap is None else child.cap for child in children)
            reach[code] = max(min(reach[child.code], cap) for child, cap in zip(children, caps, strict=True))
        elif code in tables.node:
            reach[code] = _reach_of(tables, tables.node[code])
    return reach


def _reach_of(tables: LevelTables, leaf: Node) -> float:
    full = tables.scores_of(leaf.code)[-1]
    if leaf.method is Method.STEPS or leaf.cap is None:
        return full
    goes_on = any(_goes_on(tables, rule) for rule in tables.rules_of(leaf.code))
    return math.inf if goes_on else full


def _goes_on(tables: LevelTables, rule: Rule) -> bool:
    """Whether the measure can be better than the row's top level asks."""
    edges = [asked.edge for asked in numbers_in(rule)]
    if not edges:
        return False
    if edges[-1].downward:
        return least(tables, rule.measure) < edges[-1].threshold
    return greatest(tables, rule.measure) > edges[-1].threshold


def deductions(tables: LevelTables) -> Iterator[Finding]:
    """Points taken off rise with the conditions and are no more than the KPI can give; each row takes its own
    off, in a group or not; some row asks something of the KPI's levels.

    Source: design, section 1 (Wider rules: หักคะแนน).
    """
    for leaf in tables.leaves:
        full, rows = tables.scores_of(leaf.code)[-1], tables.deductions_of(leaf.code)
        for rule in rows:
            facts = {"found": _listed(rule.deducts), "kpi": leaf.code, "full": show_number(full)}
            if any(a > b for a, b in pairwise(rule.deducts)):
                yield finding("lint-deducts-order", rule.places[0], measure=rule.measure, **facts)
            if max(rule.deducts) > full:
                yield finding("lint-deducts-whole", rule.places[0], measure=rule.measure, **facts)
            if rule.group:
                facts = {"found": rule.group, "kpi": leaf.code, "column": RULES.group}
                yield finding("lint-deducts-group", rule.places[0], measure=rule.measure, **facts)
        if rows and not tables.rules_of(leaf.code):
            yield finding("lint-deducts-alone", leaf.place, found=leaf.code, full=show_number(full))


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(map(show_number, numbers))


CHECKS = (
    methods_of_leaves,
    value_rows,
    linear_edges,
    proportional_edges,
    standard_row,
    own_scores,
    caps,
    deductions,
)
