"""ใช้ตั้งแต่เดือน: what a change in mid-round leaves out without saying so."""

from collections.abc import Iterator
from itertools import pairwise

from kpibatch.base.findings import Finding, finding
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Rule


def fewer_rows(tables: LevelTables) -> Iterator[Finding]:
    """The newer rows of a KPI stand in the place of all its older ones: one that has none after it is told,
    and explained in หมายเหตุ where that is meant.

    Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
    """
    blocks: dict[str, dict[str, list[Rule]]] = {}
    for rule in tables.written.rules:
        blocks.setdefault(rule.kpi, {}).setdefault(rule.since, []).append(rule)
    for kpi, by_month in blocks.items():
        for before, after in pairwise(by_month.values()):
            lost = [rule for rule in before if _row(rule) not in map(_row, after)]
            measures = {rule.measure for rule in after}
            if len(after) < len(before) or any(rule.measure not in measures for rule in lost):
                code = "lint-since-explained" if any(rule.remark for rule in after) else "lint-since-fewer"
                found = ", ".join(" ".join(filter(None, _row(rule))) for rule in lost)
                yield finding(code, after[0].places[0], found=found, kpi=kpi, month=after[0].since)


def _row(rule: Rule) -> tuple[str, str]:
    return rule.case.text if rule.case else "", rule.measure


def idle_rows(tables: LevelTables) -> Iterator[Finding]:
    """Every row counts in some month that is reported on.

    Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
    """
    months = [tables.for_month(month) for month in tables.round.months]
    counting = {node.place for month in months for node in month.nodes}
    counting |= {rule.places[0] for month in months for rule in month.rules}
    for node in tables.written.nodes:
        if node.place not in counting and not node.ends:
            yield finding("lint-since-idle", node.place, found=node.code, month=node.since or months[0].since)
    for rule in tables.written.rules:
        if rule.places[0] not in counting:
            facts = {"found": rule.measure, "month": rule.since or months[0].since}
            yield finding("lint-since-idle", rule.places[0], measure=rule.measure, **facts)


CHECKS = (fewer_rows, idle_rows)
