"""ระดับ, the rows of one KPI together: contradictions, levels that come for free, linear scoring."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kpibatch.base.findings import Finding, finding
from kpibatch.base.thai import fold
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import can_hold, numbers_in
from kpibatch.rules.records import Case, Method, Node, Rule


def twice(tables: LevelTables) -> Iterator[Finding]:
    """A KPI has one row for each measure in each case.

    Source: design, section 1 (one row holds what one measure must reach at each level).
    """
    seen: set[tuple[str, str, Case | None, str]] = set()
    for rule in tables.rules:
        key = rule.kpi, rule.measure, rule.case, fold(rule.group)
        if key in seen:
            facts = {"found": rule.measure, "kpi": rule.kpi}
            yield finding("lint-twice", rule.places[0], measure=rule.measure, **facts)
        seen.add(key)


def contradictions(tables: LevelTables) -> Iterator[Finding]:
    """Rows that count together ask nothing of one measure at one level that no value can fulfil; an
    alternative asks nothing that the rows without one rule out.

    Source: design, section 1 (at level k every non-blank cell must hold).
    """
    for _, rules in _together(tables):
        for level in range(tables.level_count):
            asking = [rule for rule in rules if (edge := rule.edges[level]) and not edge.of]
            always = [rule for rule in asking if not rule.group]
            for last in (*_last_of_each(always), *(rule for rule in asking if rule.group)):
                measure = last.measure
                several = [*(rule for rule in always if rule.measure == measure and rule != last), last]
                if not can_hold([edge for rule in several if (edge := rule.edges[level])]):
                    facts = {
                        "found": ", ".join(rule.typed[level] for rule in several),
                        "level": str(level + 1),
                    }
                    place = several[-1].places[level]
                    yield finding("lint-contradiction", place, measure=measure, **facts)


def _last_of_each(rules: Iterable[Rule]) -> list[Rule]:
    """The last row of each measure."""
    return list({rule.measure: rule for rule in rules}.values())


def _together(tables: LevelTables) -> Iterator[tuple[Node, list[Rule]]]:
    """Each KPI with its rows that count together: per case its own and those without one."""
    for leaf in tables.leaves:
        rules, cases = tables.rules_of(leaf.code), tables.cases_of(leaf.code)
        for case in cases or (None,):
            together = [rule for rule in rules if rule.case in (None, case)]
            if together:
                yield leaf, together


def empty_levels(tables: LevelTables) -> Iterator[Finding]:
    """A level that asks nothing comes for free.

    Source: design, section 1 (a blank cell asks nothing).
    """
    for leaf, rules in _together(tables):
        for level in range(tables.level_count):
            if not any(rule.edges[level] or rule.skips(level) for rule in rules):
                facts = {"kpi": leaf.code, "level": str(level + 1)}
                yield finding("lint-empty-level", rules[0].places[level], found="", **facts)


def not_given(tables: LevelTables) -> Iterator[Finding]:
    """A level that one row says is not given is asked for by none beside it.

    Source: design, section 1 (ระดับ: a level that is not given).
    """
    for leaf, rules in _together(tables):
        for level in range(tables.level_count):
            asking = [rule for rule in rules if rule.edges[level]]
            skipping = [rule for rule in rules if rule.skips(level)]
            if asking and skipping:
                facts = {"kpi": leaf.code, "level": str(level + 1), "other": asking[0].typed[level]}
                place = skipping[0].places[level]
                yield finding("lint-not-given", place, found=skipping[0].typed[level], **facts)


def same_levels(tables: LevelTables) -> Iterator[Finding]:
    """A level that asks nothing more than the one below comes for free.

    Source: design, section 1 (the longest unbroken run of levels met).
    """
    for leaf, rules in _together(tables):
        for level in range(1, tables.level_count):
            asking = [rule for rule in rules if rule.edges[level]]
            if asking and all(rule.edges[level] == rule.edges[level - 1] for rule in asking):
                facts = {"found": asking[0].typed[level], "kpi": leaf.code, "level": str(level + 1)}
                yield finding("lint-same-level", asking[0].places[level], **facts)


def linear_rows(tables: LevelTables) -> Iterator[Finding]:
    """ค่าต่อเนื่อง needs one row a case and no row without.

    Source: design, section 1 (วิธีให้คะแนน).
    """
    for leaf in _linear(tables):
        if not _one_row_a_case(tables, leaf):
            rows = len(tables.rules_of(leaf.code))
            yield finding("lint-linear-rows", leaf.place, found=rows, kpi=leaf.code)


def linear_edges(tables: LevelTables) -> Iterator[Finding]:
    """ค่าต่อเนื่อง needs numbers alone, at least two, that move one way.

    Source: design, section 1 (วิธีให้คะแนน).
    """
    for leaf in _linear(tables):
        for rule in tables.rules_of(leaf.code) if _one_row_a_case(tables, leaf) else ():
            knots: Sequence[float] = [asked.edge.threshold for asked in numbers_in(rule)]
            if len({(asked.edge.of, asked.edge.times) for asked in numbers_in(rule)}) > 1:
                knots = range(len(knots))  # each unit's own: nobody knows how they lie
            steady = all(a < b for a, b in pairwise(knots)) or all(a > b for a, b in pairwise(knots))
            if len(knots) < 2 or not steady or len(knots) != sum(edge is not None for edge in rule.edges):
                facts = {"found": " | ".join(rule.typed), "kpi": leaf.code}
                yield finding("lint-linear-edges", rule.places[0], measure=rule.measure, **facts)


def _linear(tables: LevelTables) -> list[Node]:
    return [leaf for leaf in tables.leaves if leaf.method is Method.LINEAR]


def _one_row_a_case(tables: LevelTables, leaf: Node) -> bool:
    rules = tables.rules_of(leaf.code)
    cases = {rule.case for rule in rules}
    return len(rules) == len(cases) and (len(rules) == 1 or None not in cases) and bool(rules)


CHECKS = (twice, contradictions, empty_levels, not_given, same_levels, linear_rows, linear_edges)
