"""กลุ่มเงื่อนไข and thresholds that name a measure: alternatives of one KPI, targets that do not move with what
they bound.
"""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.base.thai import fold
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import asked_in
from kpibatch.rules.records import Rule
from kpibatch.rules.schema import RULES
from kpibatch.rules.written import alternatives


def across_kpis(tables: LevelTables) -> Iterator[Finding]:
    """A group's rows are alternatives of one KPI.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    first: dict[str, Rule] = {}
    for rule in tables.rules:
        if rule.group and first.setdefault(fold(rule.group), rule).kpi != rule.kpi:
            facts = {"found": rule.group, "kpi": rule.kpi, "other": first[fold(rule.group)].kpi}
            yield finding("lint-group-kpis", rule.places[0], measure=rule.measure, **facts)


def alone(tables: LevelTables) -> Iterator[Finding]:
    """A group has at least two rows in each case in which it stands.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    for rows in alternatives(tables.rules):
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


CHECKS = (across_kpis, alone, circular_thresholds, negative_targets)
