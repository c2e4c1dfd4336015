"""The level tables proper: order, gaps and overlaps of levels, what can't be reached, cases, deadlines,
linear scoring.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import arabic, show_number
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.records import Case, Measure, Method, Node, Rule, Source


def lint_rules(tables: LevelTables) -> list[Finding]:
    """Every fault of the rows of ระดับ."""
    found = [
        one
        for rule in tables.rules
        for check in (_order, _bands, _exact, _reach, _share, _days)
        for one in check(rule, tables)
    ]
    found += _directions(tables)
    for leaf in tables.leaves:
        found += [
            one
            for check in (_twice, _contradictions, _same_levels, _cases, _linear)
            for one in check(leaf, tables)
        ]
    return found


def _filled(rule: Rule) -> list[tuple[int, Condition, Condition]]:
    """The levels (from 0) a row asks something at, with the edge and the condition as typed."""
    return [(level, edge, _typed(rule.typed[level]) or edge) for level, edge in enumerate(rule.edges) if edge]


def _typed(text: str) -> Condition | None:
    try:
        return parse(text)
    except ConditionFault:
        return None


def _bare(text: str) -> bool:
    return arabic(text).replace(",", "").replace(".", "").replace("%", "").strip().isdigit()


def _order(rule: Rule, tables: LevelTables) -> Iterator[Finding]:
    """Thresholds never turn back along the levels; a falling row of bare numbers says what was meant."""
    numbers = [
        (level, edge) for level, edge, _ in _filled(rule) if edge.family == "number" and not edge.any_value
    ]
    falls = [level for (_, a), (level, b) in pairwise(numbers) if _worse(a, b)]
    if not falls:
        return
    place, text = rule.places[falls[0]], rule.typed[falls[0]]
    if all(_bare(rule.typed[level]) for level, _ in numbers) and len(falls) == len(numbers) - 1:
        proposal = " | ".join(f"≤ {show_number(edge.threshold)}" for _, edge in numbers)
        yield finding("lint-bare-falling", place, measure=rule.measure, found=text, proposal=proposal)
        return
    for level in falls:
        before = max(other for other, _ in numbers if other < level)
        facts = {"level": str(level + 1), "before": rule.typed[before]}
        yield finding(
            "lint-order", rule.places[level], measure=rule.measure, found=rule.typed[level], **facts
        )


def _worse(lower: Condition, higher: Condition) -> bool:
    """Whether the higher level asks less than the lower one."""
    if lower.downward and higher.downward:
        return higher.high > lower.high
    return not lower.downward and not higher.downward and higher.low < lower.low


def _bands(rule: Rule, tables: LevelTables) -> Iterator[Finding]:
    """Neighbouring bands neither overlap nor leave a value between them that no level names."""
    typed = [(level, condition) for level, _, condition in _filled(rule) if condition.family == "number"]
    for (first, a), (second, b) in pairwise(typed):
        if not _is_band(a) and not _is_band(b):
            continue
        low, high = (a, b) if a.low <= b.low and a.high <= b.high else (b, a)
        facts = {"other": rule.typed[first], "level": str(second + 1)}
        missed = high.low == low.high and high.low_open and low.high_open
        if high.low < low.high or (high.low == low.high and not high.low_open and not low.high_open):
            yield finding(
                "lint-overlap", rule.places[second], measure=rule.measure, found=rule.typed[second], **facts
            )
        elif missed or high.low - low.high > _grain(low.high, high.low) + 1e-9:
            between = f"{show_number(low.high)} – {show_number(high.low)}"
            yield finding(
                "lint-gap",
                rule.places[second],
                measure=rule.measure,
                found=rule.typed[second],
                between=between,
                **facts,
            )


def _is_band(condition: Condition) -> bool:
    return not math.isinf(condition.low) and not math.isinf(condition.high) and not condition.exact


def _grain(*numbers: float) -> float:
    """The step between neighbouring bands: 1 for whole numbers, 0.01 where two decimals are written."""
    decimals = max(len(show_number(number).partition(".")[2]) for number in numbers if not math.isinf(number))
    return 10.0**-decimals


def _exact(rule: Rule, tables: LevelTables) -> Iterator[Finding]:
    """``=`` means exactly: a unit that does better would fall out of the level."""
    for level, edge, _ in _filled(rule):
        if edge.exact and edge.family == "number" and greatest(tables, rule.measure) > edge.high:
            yield finding(
                "lint-overshoot",
                rule.places[level],
                measure=rule.measure,
                found=rule.typed[level],
                proposal=f"≥ {show_number(edge.high)}",
            )


def _reach(rule: Rule, tables: LevelTables) -> Iterator[Finding]:
    """No threshold lies beyond what the measure can be, and every row asks something."""
    if not any(rule.edges):
        yield finding(
            "lint-no-conditions", rule.places[0], measure=rule.measure, found=rule.measure, kpi=rule.kpi
        )
    low, high = least(tables, rule.measure), greatest(tables, rule.measure)
    for level, edge, _ in _filled(rule):
        if edge.family == "number" and (
            edge.low > high
            or (edge.low == high and edge.low_open)
            or edge.high < low
            or (edge.high == low and edge.high_open)
        ):
            limit = show_number(high if edge.low >= high else low)
            yield finding(
                "lint-unreachable",
                rule.places[level],
                measure=rule.measure,
                found=rule.typed[level],
                limit=limit,
            )


def _share(rule: Rule, tables: LevelTables) -> Iterator[Finding]:
    """Excel stores 80% as 0.8: a percent's thresholds of at most 1 throughout are such shares."""
    numbers = [
        edge.threshold for _, edge, _ in _filled(rule) if edge.family == "number" and not edge.any_value
    ]
    if (
        tables.measures[rule.measure].kind is Kind.PERCENT
        and len(numbers) > 1
        and all(0 < number <= 1 for number in numbers)
    ):
        yield finding(
            "lint-percent-share", rule.places[0], measure=rule.measure, found=" | ".join(rule.typed)
        )


def greatest(tables: LevelTables, code: str) -> float:
    """The most a measure can be: its สูงสุด, or 100 where a percent's part can't exceed its whole."""
    measure = tables.measures[code]
    if measure.maximum is not None:
        return measure.maximum
    if measure.source is Source.PERCENT and all(
        tables.measures[part].limit == measure.denominator for part in measure.numerator
    ):
        return 100.0
    return 100.0 if measure.source in (Source.ON_TIME, Source.REDUCTION) else math.inf


def least(tables: LevelTables, code: str) -> float:
    """The least a measure can be: its ต่ำสุด; growth and reduction can be negative, counts can't."""
    measure = tables.measures[code]
    if measure.minimum is not None:
        return measure.minimum
    return -math.inf if measure.source in (Source.GROWTH, Source.REDUCTION) else 0.0


def _days(rule: Rule, tables: LevelTables) -> Iterator[Finding]:
    """A deadline outside the round is a slip, unless the row's หมายเหตุ speaks for it."""
    first, last = tables.round.start.toordinal(), tables.round.end.toordinal()
    for level, edge, _ in _filled(rule):
        if edge.family == "date" and not first <= edge.high <= last:
            code = "lint-day-explained" if rule.remark else "lint-day-outside"
            yield finding(code, rule.places[level], measure=rule.measure, found=rule.typed[level])


def _directions(tables: LevelTables) -> Iterator[Finding]:
    """One measure is not better when high in one row and when low in another."""
    upward: dict[str, Rule] = {}
    downward: dict[str, Rule] = {}
    for rule in tables.rules:
        for _, edge, _ in _filled(rule):
            if edge.family == "number" and not edge.exact and not edge.any_value:
                (downward if edge.downward else upward).setdefault(rule.measure, rule)
    for measure in upward.keys() & downward.keys():
        a, b = upward[measure], downward[measure]
        yield finding(
            "lint-direction",
            b.places[0],
            measure=measure,
            found=" | ".join(b.typed),
            other=" | ".join(a.typed),
        )


def _twice(leaf: Node, tables: LevelTables) -> Iterator[Finding]:
    seen: set[tuple[str, Case | None]] = set()
    for rule in tables.rules_of(leaf.code):
        if (rule.measure, rule.case) in seen:
            yield finding(
                "lint-twice", rule.places[0], measure=rule.measure, found=rule.measure, kpi=leaf.code
            )
        seen.add((rule.measure, rule.case))


def _contradictions(leaf: Node, tables: LevelTables) -> Iterator[Finding]:
    """Rows that count together ask nothing of one measure at one level that no value can fulfil."""
    for rules in _together(leaf, tables):
        for level in range(tables.level_count):
            by_measure: dict[str, list[Rule]] = {}
            for rule in rules:
                if rule.edges[level]:
                    by_measure.setdefault(rule.measure, []).append(rule)
            for measure, several in by_measure.items():
                asked = [edge for rule in several if (edge := rule.edges[level])]
                low, high = max(edge.low for edge in asked), min(edge.high for edge in asked)
                is_open = any(
                    (edge.low_open and edge.low == low) or (edge.high_open and edge.high == high)
                    for edge in asked
                )
                if low > high or (low == high and is_open):
                    words = ", ".join(rule.typed[level] for rule in several)
                    yield finding(
                        "lint-contradiction",
                        several[-1].places[level],
                        measure=measure,
                        found=words,
                        level=level + 1,
                    )


def _together(leaf: Node, tables: LevelTables) -> list[list[Rule]]:
    """Per case the rows that count in it, those without a case among them."""
    rules, cases = tables.rules_of(leaf.code), tables.cases_of(leaf.code)
    return [[rule for rule in rules if rule.case in (None, case)] for case in cases] or [list(rules)]


def _same_levels(leaf: Node, tables: LevelTables) -> Iterator[Finding]:
    """A level that asks nothing, or nothing more than the one below, comes for free."""
    for rules in _together(leaf, tables):
        for level in range(tables.level_count):
            asking = [rule for rule in rules if rule.edges[level]]
            place = (asking or rules)[0].places[level] if rules else None
            if place is None:
                return
            if not asking:
                yield finding("lint-empty-level", place, found="", kpi=leaf.code, level=level + 1)
            elif level and all(rule.edges[level] == rule.edges[level - 1] for rule in asking):
                yield finding(
                    "lint-same-level", place, found=asking[0].typed[level], kpi=leaf.code, level=level + 1
                )


def _cases(leaf: Node, tables: LevelTables) -> Iterator[Finding]:
    """Each case can occur, none overlaps another by accident, and every value falls under one."""
    cases = tables.cases_of(leaf.code)
    for measure in dict.fromkeys(case.measure for case in cases):
        conditions = [case.condition for case in cases if case.measure == measure]
        place = next(
            rule.places[0]
            for rule in tables.rules_of(leaf.code)
            if rule.case and rule.case.measure == measure
        )
        facts = {"kpi": leaf.code, "of": measure}
        probes = _probes(conditions, tables.measures[measure], tables)
        taken = [
            next((n for n, condition in enumerate(conditions) if condition.holds_one(x)), -1) for x in probes
        ]
        for number, condition in enumerate(conditions):
            if number not in taken:
                yield finding("lint-case-dead", place, measure=measure, found=condition.text(), **facts)
        if len({case.measure for case in cases}) == 1 and -1 in taken:
            yield finding(
                "lint-case-gap",
                place,
                measure=measure,
                found=_shown(probes[taken.index(-1)], conditions[0]),
                **facts,
            )
        for a, b in pairwise(conditions):
            if (
                not (a.downward and b.downward)
                and not (a.upward and b.upward)
                and any(a.holds(probes) & b.holds(probes))
            ):
                yield finding(
                    "lint-case-overlap", place, measure=measure, found=f"{a.text()}, {b.text()}", **facts
                )


def _probes(
    conditions: Sequence[Condition], measure: Measure, tables: LevelTables
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values that stand for all: each edge and its neighbours, the units' own baselines, both ends."""
    if conditions[0].family == "yes_no":
        return np.array([0.0, 1.0])
    edges = {x for condition in conditions for x in (condition.low, condition.high) if not math.isinf(x)}
    step = 1.0 if measure.kind is Kind.NUMBER or measure.kind is Kind.DATE else 0.01
    values = {x + move for x in edges for move in (-step, 0.0, step)} | {max(edges, default=0.0) + 1000}
    values |= {base.value for (_, code), base in tables.baselines.items() if code == measure.code}
    lowest = least(tables, measure.code)
    values.add(lowest if not math.isinf(lowest) else 0.0)
    return np.array(sorted(x for x in values if lowest <= x <= greatest(tables, measure.code)))


def _shown(value: float, like: Condition) -> str:
    return ("ใช่" if value else "ไม่ใช่") if like.family == "yes_no" else show_number(value)


def _linear(leaf: Node, tables: LevelTables) -> Iterator[Finding]:
    """ค่าต่อเนื่อง needs one numeric row a case, with at least two edges that move one way."""
    if leaf.method is not Method.LINEAR:
        return
    rules, cases = tables.rules_of(leaf.code), tables.cases_of(leaf.code)
    per_case = [[rule for rule in rules if rule.case == case] for case in (cases or (None,))]
    loose = [rule for rule in rules if rule.case is None] if cases else []
    if any(len(group) != 1 for group in per_case) or loose:
        yield finding("lint-linear-rows", leaf.place, found=len(rules), kpi=leaf.code)
        return
    for rule in rules:
        knots = [
            edge.threshold for edge in rule.edges if edge and not edge.any_value and edge.family == "number"
        ]
        steady = all(a < b for a, b in pairwise(knots)) or all(a > b for a, b in pairwise(knots))
        if len(knots) < 2 or not steady or len(knots) != sum(edge is not None for edge in rule.edges):
            yield finding(
                "lint-linear-edges",
                rule.places[0],
                measure=rule.measure,
                found=" | ".join(rule.typed),
                kpi=leaf.code,
            )
