"""The cases of ตัวอย่าง scored by the scorer itself, and those that come out otherwise than expected."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from kpibatch.base.catalogue import say
from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import fold, show_number
from kpibatch.rules.checks import Example
from kpibatch.rules.conditions import Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import asked
from kpibatch.rules.records import TOTAL, Measure, Method, Rollup, Rule
from kpibatch.rules.schema import EXAMPLES, NOT_TAKEN
from kpibatch.scoring.kpi import KpiScores, score_kpi
from kpibatch.scoring.measures import Measured, compute_all
from kpibatch.scoring.rank import DECIMALS, rating_at
from kpibatch.scoring.rollups import Months, roll_up

_SAME = 0.5 * 10**-DECIMALS + 1e-9


def try_examples(tables: LevelTables, language: str) -> list[Finding]:
    """Every worked case that contradicts the tables, at its cell, with the level got and what decided.

    Source: design, section 1 (ตัวอย่าง).
    """
    of_kpis = (fault for period, cases in by_period(tables) for fault in _tried(period, cases, language))
    return [*of_kpis, *_totals(tables)]


def by_period(tables: LevelTables) -> list[tuple[LevelTables, list[Example]]]:
    """The rules of each stretch of months that has cases of KPIs, with those that are tried by them."""
    tried: dict[str, list[Example]] = {}
    for each in (each for each in tables.examples if not each.word):
        tried.setdefault(tables.for_month(each.since).since, []).append(each)
    return [(period, tried[period.since]) for period in tables.periods if period.since in tried]


def measured_in(tables: LevelTables, examples: Sequence[Example]) -> Measured:
    """What the cases say, each as a unit of its own; what is not said is missing."""
    given: dict[str, Floats] = {}
    instead: dict[str, Floats] = {}
    for code, measure in tables.measures.items():
        column = np.array([_value(each.values.get(code, ()), measure) for each in examples])
        (instead if measure.ingredients else given)[code] = column
    values, incomplete = compute_all(given, {}, tables, instead)
    units = pd.Index([tables.units[0].code] * len(examples))
    return Measured(pd.DataFrame(values, index=units), pd.DataFrame(incomplete, index=units), {})


def _value(months: tuple[float, ...], measure: Measure) -> float:
    """One value as it is; several, as the measure rolls its months up."""
    if len(months) < 2:
        return months[0] if months else math.nan
    return rolled_up(months, measure.rollup)


@lru_cache(maxsize=4096)
def rolled_up(months: tuple[float, ...], rollup: Rollup) -> float:
    """What a roll-up makes of months that were all reported."""
    row = np.array([months])
    rolled, _ = roll_up(Months(row, np.isnan(row)), rollup)
    return float(rolled[0])


def levels_of(tables: LevelTables, kpi: str, measured: Measured) -> KpiScores:
    """What one KPI makes of them: its levels, which no way of giving points changes."""
    values, leaf = measured.values, replace(tables.node[kpi], method=Method.STEPS)
    return score_kpi(leaf, values, values.isna(), tables, measured.incomplete)


def scores_of(tables: LevelTables, kpi: str, measured: Measured) -> "Floats | None":
    """What one KPI's levels or values are worth; ``None`` where that goes by the other units.

    Source: design, section 1 (วิธีให้คะแนน).
    """
    leaf, values = tables.node[kpi], measured.values
    if leaf.method is Method.STANDARD:
        return None
    return score_kpi(leaf, values, values.isna(), tables, measured.incomplete).score


def _tried(tables: LevelTables, examples: Sequence[Example], language: str) -> Iterator[Finding]:
    for kpi in dict.fromkeys(each.kpi for each in examples):
        own = [each for each in examples if each.kpi == kpi]
        if kpi not in tables.node:
            yield from (finding("example-gone", each.place, found=kpi) for each in own)
            continue
        measured = measured_in(tables, own)
        scored = levels_of(tables, kpi, measured)
        for row, example in enumerate(own):
            values = measured.row(row)
            yield from _contradictions(tables, example, values)
            if example.refused:
                continue
            level, case = int(scored.level[row]), int(scored.case[row])
            if level != example.level:
                decided = _deciding(tables, example, case, level, values, language)
                facts = {"kpi": kpi, "got": str(level), "decided": decided, "why": example.why or "–"}
                yield finding("example-level", example.place, found=example.level, **facts)
        yield from _scored(tables, kpi, own, measured, language)


def _scored(
    tables: LevelTables, kpi: str, examples: Sequence[Example], measured: Measured, language: str
) -> Iterator[Finding]:
    """The cases that say what they should be worth and are not, to the decimals of a total."""
    if all(each.score is None for each in examples):
        return
    scores, way = scores_of(tables, kpi, measured), tables.node[kpi].method.value
    for row, example in enumerate(examples):
        if example.score is None:
            continue
        got = None if scores is None else float(scores[row])
        if got is None or abs(got - example.score) > _SAME:
            shown = say("examples.among", language) if got is None else show_number(round(got, DECIMALS))
            place = example.place_of(EXAMPLES.score)
            facts = {"kpi": kpi, "got": shown, "way": way, "why": example.why or "–"}
            yield finding("example-score", place, found=show_number(example.score), **facts)


def _totals(tables: LevelTables) -> Iterator[Finding]:
    """The percents of the full score that get another word than expected.

    Source: design, section 1 (ผลประเมิน).
    """
    for each in tables.examples:
        if each.word:
            (percent,) = each.values[TOTAL]
            got = rating_at(percent, tables.rating)
            if fold(got) != fold(each.word):
                facts = {"percent": show_number(percent), "got": got or "–", "why": each.why or "–"}
                yield finding("example-rating", each.place, found=each.word, **facts)


def _contradictions(tables: LevelTables, example: Example, values: Mapping[str, float]) -> Iterator[Finding]:
    """A case that says two things of one measure, or what no form may say (or may, where the case says that
    it may not), or what its KPI does not ask.
    """
    asked_for = {measure.code for measure in tables.measures_of(example.kpi)}
    for code in example.values:
        measure, place = tables.measures[code], example.place_of(code)
        shown = show_value(values[code], measure.kind)
        if code not in asked_for:
            yield finding("example-idle", place, measure=code, found=shown, kpi=example.kpi)
        if measure.ingredients and all(part in example.values for part in measure.ingredients):
            alone = measured_in(tables, [_without(example, code)]).value(tables.units[0].code, code)
            if not math.isclose(alone, values[code], abs_tol=1e-6):
                facts = {"computed": show_value(alone, measure.kind)}
                yield finding("example-twice", place, measure=code, found=shown, **facts)
    beyond = [*_beyond(tables, example, values)]
    if not example.refused:
        yield from beyond
    elif not beyond:
        yield finding("example-accepted", example.place, found=NOT_TAKEN, why=example.why or "–")


def _beyond(tables: LevelTables, example: Example, values: Mapping[str, float]) -> Iterator[Finding]:
    """What no form may say: it lies outside its measure's own bounds, or above its ไม่เกินรายการ."""
    for code, months in example.values.items():
        measure, low, high = (
            tables.measures[code],
            tables.measures[code].minimum,
            tables.measures[code].maximum,
        )
        most = values.get(measure.limit, math.nan) if len(months) == 1 else math.nan
        for month in months:
            if (low is not None and month < low) or (high is not None and month > high) or month > most:
                ends = [show_number(end) for end in (low, high, most) if end is not None and end == end]
                facts = {"measure": code, "limits": " – ".join(ends)}
                shown = show_value(values[code], measure.kind)
                yield finding("example-bounds", example.place_of(code), found=shown, **facts)


def _without(example: Example, code: str) -> Example:
    values = {other: months for other, months in example.values.items() if other != code}
    return Example(example.kpi, example.number, values, example.level)


def _deciding(
    tables: LevelTables, example: Example, case: int, level: int, values: Mapping[str, float], language: str
) -> str:
    """The conditions that made the level what it is: those not met of the next one, or, where it came out
    too high, those met of the highest expected not to be.
    """
    low = level < example.level
    number = tables.next_level(example.kpi, case, level if low else example.level)
    rules = tables.rules_in_case(example.kpi, case) if case or not tables.cases_of(example.kpi) else ()
    said = (_condition(tables, rule, number, values, low, language) for rule in rules if number)
    return "; ".join(filter(None, said)) or "–"


def _condition(
    tables: LevelTables, rule: Rule, level: int, values: Mapping[str, float], low: bool, language: str
) -> str:
    edge, value, measure = rule.edges[level - 1], values[rule.measure], tables.measures[rule.measure]
    if edge is None or rule.holds(level - 1, values) == low:
        return ""
    shown = show_number(value) if measure.kind.family == "number" and value == value else None
    written = shown or show_value(value, measure.kind, language) or "–"
    return f"{asked(tables, rule.measure, edge, language)} [{rule.places[level - 1].cell}]: {written}"
