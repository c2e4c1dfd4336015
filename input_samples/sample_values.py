"""What a unit would answer so that the level tables themselves give it the levels it is meant to reach.

In: level tables, a unit, its ability. Out: ``Report``: one value a month for everything the unit fills in.
"""

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate, pairwise
from typing import TypeAlias

import numpy as np

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end
from kpibatch.forms.asked import asked_of
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.optional.own_kpis import in_own_terms
from kpibatch.rules.records import Measure, Node, Rollup, Rule, Source, Unit, ZeroRule

Amount: TypeAlias = float | None
Months: TypeAlias = tuple[Amount, ...]

# Common sense that no level table states: a thing is done only once the other one is.
AFTER = {
    "T6.logbook_report_date": "T6.logbook_problem_date",
    "T6.logbook_result_date": "T6.solved_date",
    "I8.certified_date": "I8.collected_hh",
    "I12.recorded": "I12.groups",
}
RUNNING_TOTAL = {"I11.activities": "I11.activities_monthly"}
COUNTED = {"T7.requested": (8, 20), "I9.complaints": (0, 6)}
HAS_CASE = 0.4
HOLIDAYS = {
    "01-01",
    "04-06",
    "04-13",
    "04-14",
    "04-15",
    "05-01",
    "05-04",
    "06-03",
    "07-28",
    "08-12",
    "12-05",
    "12-10",
    "12-31",
}
ATTEMPTS = 12


@dataclass
class Report:
    """One unit's answers to one round so far: final values, then one value per month for each measure."""

    tables: LevelTables
    unit: Unit
    months: Sequence[str]
    early: bool
    final: dict[str, Amount] = field(default_factory=dict)
    monthly: dict[str, Months] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)

    def value(self, code: str) -> float:
        """What is known of a measure: its baseline or its final value."""
        known = self.tables.baselines.get((self.unit.code, code))
        return known.value if known else self.final.get(code) or 0.0


# --- which answers reach which level ---------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """Something a unit fills in, and the rows of one KPI that rest on it."""

    answer: Measure
    rules: tuple[Rule, ...]

    @property
    def first(self) -> int:
        """The first level that asks."""
        return min(level for rule in self.rules for level, edge in enumerate(rule.edges, 1) if edge)

    @property
    def steps_per_one(self) -> int:
        return 100 if self.answer.kind in (Kind.AMOUNT, Kind.PERCENT) else 1


def questions(tables: LevelTables, rules: Sequence[Rule]) -> list[Question]:
    """The rows of a KPI by what is filled in for them, in order."""
    asked: dict[str, list[Rule]] = {}
    for rule in rules:
        measure = tables.measures[rule.measure]
        asked.setdefault(measure.numerator[0] if measure.numerator else measure.code, []).append(rule)
    return [Question(tables.measures[code], tuple(resting)) for code, resting in asked.items()]


def options(report: Report, question: Question) -> dict[int, Sequence[int]]:
    """For each number of levels that an answer can reach, the steps (days, ones, hundredths) that reach just
    that.
    """
    if question.answer.kind is Kind.DATE:
        return date_options(report, question)
    return cut(report, question, domain(report, question))


def cut(report: Report, question: Question, worst_to_best: range) -> dict[int, Sequence[int]]:
    """The steps between each two levels' edges, where every row that rests on the answer counts."""
    found: dict[int, Sequence[int]] = {}
    reached = 0
    levels = [
        [(rule, rule.edges[level]) for rule in question.rules] for level in range(report.tables.level_count)
    ]
    crossings = [
        max(crossing(report, question, rule, edge, worst_to_best) for rule, edge in level) for level in levels
    ]
    for level, position in enumerate([*crossings, len(worst_to_best)]):
        if reached < position:
            found[level] = worst_to_best[reached:position]
        reached = max(reached, position)
    return found


def crossing(
    report: Report, question: Question, rule: Rule, edge: Condition | None, worst_to_best: range
) -> int:
    """From where on an edge holds."""
    if edge is None:
        return 0
    measure = report.tables.measures[rule.measure]
    base, scale = report.value(measure.denominator), question.steps_per_one
    return bisect_left(
        worst_to_best, True, key=lambda step: holds(edge, computed(measure, step / scale, base))
    )


def holds(condition: Condition, value: float) -> bool:
    return bool(condition.holds(np.asarray(value)))


def computed(measure: Measure, answer: float, base: float) -> float:
    """A measure's value from what is filled in and what it is held against."""
    if not measure.denominator:
        return answer
    if base == 0:
        return 100.0 if measure.zero_rule is ZeroRule.PASS else 0.0
    change = {Source.PERCENT: answer, Source.GROWTH: answer - base, Source.REDUCTION: base - answer}
    return 100 * change[measure.source] / base


def domain(report: Report, question: Question) -> range:
    """The steps worth drawing from, within what the answer may be, the worst first."""
    answer, scale = question.answer, question.steps_per_one
    sides = [answer_window(report, rule) for rule in question.rules]
    low = max(min(low for low, _ in sides), answer.minimum or 0.0)
    ceilings = [report.value(answer.limit)] if answer.limit else []
    high = min(
        [max(high for _, high in sides), *ceilings, *([] if answer.maximum is None else [answer.maximum])]
    )
    steps = range(round(low * scale), int(high * scale + 1e-6) + 1)
    rule = question.rules[0]
    return (
        steps[::-1]
        if falls(rule) != (report.tables.measures[rule.measure].source is Source.REDUCTION)
        else steps
    )


def answer_window(report: Report, rule: Rule) -> tuple[float, float]:
    """What to fill in for the values worth drawing from."""
    measure = report.tables.measures[rule.measure]
    if measure.kind is Kind.YES_NO:
        return 0.0, 1.0
    low, high = window(rule, measure)
    if not measure.denominator:
        return low, high
    sides = {
        Source.PERCENT: (low, high),
        Source.GROWTH: (100 + low, 100 + high),
        Source.REDUCTION: (100 - high, 100 - low),
    }
    low, high = sides[measure.source]
    base = report.value(measure.denominator)
    return low * base / 100, high * base / 100


def window(rule: Rule, measure: Measure) -> tuple[float, float]:
    """From some way below the lowest edge to some way above the highest."""
    edges = [edge.threshold for edge in rule.edges if edge and not edge.any_value]
    gap = max((abs(b - a) for a, b in pairwise(edges)), default=0.0)
    margin = max(2 * gap, 0.3 * abs(max(edges)) + 1)
    low, high = min(edges) - margin, max(edges) + margin
    if measure.source is Source.PERCENT:
        high = min(high, max(100.0, max(edges) + 3))
    return (low if measure.source is Source.REDUCTION else max(0.0, low)), high


def falls(rule: Rule) -> bool:
    """Whether lower is better."""
    return any(edge.downward for edge in rule.edges if edge)


def date_options(report: Report, question: Question) -> dict[int, Sequence[int]]:
    """The days; none at all where the deadline is still to come, but for those who are early."""
    deadline = max(int(edge.high) for rule in question.rules for edge in rule.edges if edge)
    end = month_end(report.months[-1]).toordinal()
    days: dict[int, Sequence[int]] = (
        {report.tables.level_count: range(end, end - 20, -1)} if report.early else {}
    )
    if deadline > end:
        days[question.first - 1] = ()
    else:
        days = cut(report, question, range(min(deadline + 25, end), deadline - 15, -1))
    return {
        level: [day for day in some if at_work(date.fromordinal(day))] or some for level, some in days.items()
    }


# --- one KPI ------------------------------------------------------------------------------------------


def active_rules(report: Report, kpi: str, draw: random.Random) -> list[Rule]:
    """The rows of the KPI that count for the unit and rest on what it fills in, its case decided."""
    chosen = None
    for case in report.tables.cases_of(kpi):
        if report.tables.measures[case.measure].monthly and case.measure not in report.final:
            report.final[case.measure] = float(draw.random() < HAS_CASE)
            report.monthly[case.measure] = (report.final[case.measure],) * len(report.months)
        if chosen is None and holds(case.condition, report.value(case.measure)):
            chosen = case
    rules = [rule for rule in report.tables.rules_of(kpi) if rule.case in (None, chosen)]
    left_out = {
        code
        for code, measure in report.tables.measures.items()
        if measure.source is Source.ON_TIME or code in RUNNING_TOTAL
    }
    return [with_own_thresholds(report, rule) for rule in rules if rule.measure not in left_out]


def with_own_thresholds(report: Report, rule: Rule) -> Rule:
    """The row as it is asked of the unit, where its thresholds name a measure; of a KPI of its own, whose
    levels lie so many steps from its target, by what it fills in.
    """
    own = in_own_terms(rule, report.tables, report.unit.code)
    return replace(own, edges=tuple(edge and edge.against(report.value(edge.of)) for edge in own.edges))


def answer_kpi(report: Report, kpi: Node, aim: int, draw: random.Random) -> None:
    """Answer what a KPI asks so that the unit ends on the level ``aim``, or as near as its numbers allow."""
    asked = questions(report.tables, active_rules(report, kpi.code, draw))
    attempts: list[tuple[int, int, dict[str, Amount]]] = []
    for attempt in range(ATTEMPTS):
        count_bases(report, asked, draw)
        # Of five villages none can be 95 %: then the level below is tried as well.
        goal = aim if attempt < ATTEMPTS / 2 else max(0, aim - 1)
        level = min(
            (answer(report, question, goal, draw) for question in asked), default=report.tables.level_count
        )
        attempts.append((abs(level - aim), level, dict(report.final)))
        if level == aim:
            break
    _, report.levels[kpi.code], report.final = min(attempts, key=lambda attempt: attempt[:2])
    for question in asked:
        spread_out(report, question, draw)


def count_bases(report: Report, asked: Sequence[Question], draw: random.Random) -> None:
    """Fill in what percents are taken of, where the unit counts that too."""
    answers = {question.answer.code for question in asked}
    for base in bases(report.tables, asked):
        if base.code not in answers:
            report.final[base.code] = float(draw.randint(*COUNTED[base.code]))


def bases(tables: LevelTables, asked: Sequence[Question]) -> list[Measure]:
    """The measures reported month by month that percents are taken of."""
    codes = dict.fromkeys(
        tables.measures[rule.measure].denominator for question in asked for rule in question.rules
    )
    return [tables.measures[code] for code in codes if code and tables.measures[code].monthly]


def answer(report: Report, question: Question, aim: int, draw: random.Random) -> int:
    """Draw one answer; the number of levels that it reaches by itself."""
    found = options(report, question)
    enough = sorted(level for level in found if level >= aim) or [max(found)]
    # Most do no more than their level asks, but what had its deadline in the past is mostly in time.
    past = question.answer.kind is Kind.DATE and all(found.values())
    level = (
        enough[0] if draw.random() < (0.2 if past else 0.7) else enough[-1] if past else draw.choice(enough)
    )
    step = draw.choice(found[level]) if found[level] else None
    if (
        step is not None
        and question.answer.kind is Kind.AMOUNT
        and draw.random() < 0.5
        and step - step % 100 in found[level]
    ):
        step -= step % 100
    report.final[question.answer.code] = None if step is None else step / question.steps_per_one
    return level


# --- month by month -----------------------------------------------------------------------------------


def spread_out(report: Report, question: Question, draw: random.Random) -> None:
    """How one answer, and what it is a percent of, came about over the months."""
    for base in bases(report.tables, [question]):
        if base.code not in report.monthly:
            report.monthly[base.code] = grown(report, base, 0.0, draw)
    report.monthly[question.answer.code] = over_months(report, question, draw)


def over_months(report: Report, question: Question, draw: random.Random) -> Months:
    code, count = question.answer.code, len(report.months)
    final = report.final[code]
    if final is None:
        return (None,) * count
    if question.answer.kind is Kind.DATE:
        return tuple(final if final <= month_end(month).toordinal() else None for month in report.months)
    if question.answer.rollup is Rollup.SUM:
        cuts = sorted(draw.randint(0, int(final)) for _ in range(count - 1))
        return tuple(float(b - a) for a, b in pairwise([0, *cuts, int(final)]))
    if question.answer.rollup is Rollup.MIN:
        return lowest(question.answer, final, count, draw)
    if question.answer.kind is Kind.YES_NO:
        turned = int(draw.random() * question.first / 6 * count)
        return tuple(final if month >= turned else 0.0 for month in range(count))
    return grown(report, question.answer, start_of(report, question), draw)


def lowest(measure: Measure, final: float, count: int, draw: random.Random) -> Months:
    """Monthly values of which the lowest is the final one."""
    spare = 1 - int(final) if measure.kind is Kind.YES_NO else 2 + int(final) // 4
    months = [final + draw.randint(0, spare) for _ in range(count)]
    months[draw.randrange(count)] = final
    return tuple(months)


def start_of(report: Report, question: Question) -> float:
    """Where a count set out: from nothing, or from the base that it rises above or falls below."""
    rule = question.rules[0]
    measure = report.tables.measures[rule.measure]
    if question.answer.kind is Kind.PERCENT:
        return 0.9 * (report.final[question.answer.code] or 0.0)
    return (
        report.value(measure.denominator)
        if measure.source in (Source.GROWTH, Source.REDUCTION) or falls(rule)
        else 0.0
    )


def grown(report: Report, measure: Measure, start: float, draw: random.Random) -> Months:
    """Cumulative values that run from ``start`` to the final one, never over their limit."""
    final, count = report.final[measure.code] or 0.0, len(report.months)
    # The fiscal year begins in October: a round that starts later finds much of it done.
    head = (
        draw.uniform(0.66, 1.0)
        if report.tables.round.start.month != 10 and count < 4
        else draw.uniform(1.2 / count, 0.9)
    )
    paces = list(accumulate([0.0, *(draw.uniform(0.4, 1.6) for _ in range(count - 1))]))
    shares = [head + (1 - head) * pace / paces[-1] for pace in paces[:-1]]
    scale = 1 if final == int(final) else 100
    values = [round((start + (final - start) * share) * scale) / scale for share in shares] + [final]
    limits = report.monthly.get(measure.limit)
    return (
        tuple(min(value, limit or 0.0) for value, limit in zip(values, limits, strict=True))
        if limits
        else tuple(values)
    )


def at_work(day: date) -> bool:
    return day.weekday() < 5 and day.isoformat()[5:] not in HOLIDAYS


def make_sense(report: Report) -> None:
    """Bring answers that hang together in order; none of this moves a level."""
    for total, part in RUNNING_TOTAL.items():
        if part in report.monthly:
            report.monthly[total] = tuple(
                accumulate(report.monthly[part], lambda a, b: (a or 0.0) + (b or 0.0))
            )
    for later, earlier in AFTER.items():
        if later not in report.monthly:
            continue
        before, after = report.monthly[earlier], report.monthly[later]
        if report.tables.measures[earlier].kind is Kind.DATE and before[-1] and after[-1]:
            before, after = sorted((before, after), key=lambda months: months[-1] or 0.0)
            report.monthly[earlier] = before
        goal = report.value(report.tables.measures[earlier].limit) or 1.0
        undone = None if report.tables.measures[later].kind is Kind.DATE else 0.0
        report.monthly[later] = tuple(
            b if (a or 0.0) >= goal else undone for a, b in zip(before, after, strict=True)
        )


def answer_mean(report: Report, mean: Measure, aim: int, draw: random.Random) -> None:
    """Marks that a KPI takes the mean of: around the level, and the same or one less before."""
    top = report.tables.level_count
    for code in mean.numerator:
        report.final[code] = final = float(min(top, max(1, aim + draw.choice((-1, 0, 0, 1)))))
        before = max(1.0, final - draw.randint(0, 1))
        last = len(report.months) - 1
        report.monthly[code] = tuple(final if at == last else before for at in range(last + 1))


def answer_leaf(report: Report, kpi: Node, aim: int, draw: random.Random) -> None:
    """Answer a KPI in the way that its measures ask for."""
    first = report.tables.measures[report.tables.rules_of(kpi.code)[0].measure]
    if first.source is Source.MEAN:
        answer_mean(report, first, aim, draw)
        report.levels[kpi.code] = aim
    else:
        answer_kpi(report, kpi, aim, draw)


def make_report(name: str, tables: LevelTables, unit: Unit, ability: float, months: Sequence[str]) -> Report:
    """One unit's answers to every KPI that it is scored at itself and fills in."""
    report = Report(tables, unit, months, early=False)
    filled = {tables.kpi_of[measure.code] for measure in asked_of(tables, unit)}
    filled |= {tables.kpi_of[measure.code] for measure in tables.province_measures}
    for kpi in tables.leaves:
        if kpi.code in filled and tables.scored_itself(kpi.code, unit):
            chance = random.Random(f"{name} {unit.code} {kpi.code}")
            report.early = chance.random() < 0.15 + 0.5 * ability * ability
            luck = chance.random() + chance.random() + chance.random() - 1.5
            aim = round(tables.level_count * ability + 2.6 * luck)
            answer_leaf(report, kpi, max(0, min(tables.level_count, aim)), chance)
    make_sense(report)
    return report
