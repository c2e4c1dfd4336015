"""ระดับ, the rows of one KPI together: contradictions, alternatives, targets, levels for nothing."""

from collections.abc import Iterable, Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.base.thai import fold
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import asked_in, can_hold
from kpibatch.rules.records import Case, Node, Rule
from kpibatch.rules.schema import RULES
from kpibatch.rules.written import alternatives


def twice(tables: LevelTables) -> Iterator[Finding]:
    """A KPI has one row for each measure in each case.

    Source: design, section 1 (one row holds what one measure must reach at each level).
    """
    seen: set[tuple[str, str, Case | None, str, bool]] = set()
    for rule in tables.rules:
        key = rule.kpi, rule.measure, rule.case, fold(rule.group), bool(rule.deducts)
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
    most = tables.level_count
    for leaf, rules in _together(tables):
        for level in range(min(len(leaf.own_scores) or most, most)):
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


def across_kpis(tables: LevelTables) -> Iterator[Finding]:
    """A group's rows are alternatives of one KPI.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    first: dict[str, Rule] = {}
    for rule in (rule for rule in tables.rules if not rule.deducts):
        if rule.group and first.setdefault(fold(rule.group), rule).kpi != rule.kpi:
            facts = {"found": rule.group, "kpi": rule.kpi, "other": first[fold(rule.group)].kpi}
            yield finding("lint-group-kpis", rule.places[0], measure=rule.measure, **facts)


def alone(tables: LevelTables) -> Iterator[Finding]:
    """A group has at least two rows in each case in which it stands.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    for rows in alternatives(rule for rule in tables.rules if not rule.deducts):
        if len(rows) == 1 and rows[0].group:
            facts = {"found": rows[0].group, "kpi": rows[0].kpi, "column": RULES.group}
            yield finding("lint-group-alone", rows[0].places[0], measure=rows[0].measure, **facts)


def circular_thresholds(tables: LevelTables) -> Iterator[Finding]:
    """What a threshold is reckoned of is not computed from what it bounds.

    Source: design, section 1 (Wider rules: a threshold may name a measure).
    """
    for rule in tables.rules:
        for asked in asked_in(rule):
            if asked.edge.of and rule.measure in tables.with_ingredients(asked.edge.of):
                facts = {"found": asked.typed, "of": asked.edge.of}
                yield finding("lint-threshold-circular", asked.place, measure=rule.measure, **facts)


def negative_targets(tables: LevelTables) -> Iterator[Finding]:
    """A fixed target makes no threshold that everybody has reached, or nobody can reach; told for the first
    unit of a cell.

    Source: design, section 1 (levels unreachable).
    """
    for rule in tables.rules:
        for asked in asked_in(rule) if rule.references else ():
            for unit, base in _fixed(tables, asked.edge.of):
                own = asked.edge.against(base)
                if own.threshold < 0 or (own.threshold == 0 and not own.downward):
                    facts = {"found": asked.typed, "name": unit, "number": f"{own.threshold:g}"}
                    yield finding("lint-threshold-nought", asked.place, measure=rule.measure, **facts)
                    break


def _fixed(tables: LevelTables, code: str) -> Iterator[tuple[str, float]]:
    for unit in tables.units:
        if base := tables.baselines.get((unit.code, code)):
            yield unit.name, base.value


CHECKS = (
    twice,
    contradictions,
    empty_levels,
    not_given,
    same_levels,
    across_kpis,
    alone,
    circular_thresholds,
    negative_targets,
)
