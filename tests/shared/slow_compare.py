"""Units made up, most of their values where a level is decided, scored by the program and the slow scorer."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pandas as pd
from slow_scorer import Asked, Book, Number, Place, Slow, ranking

from kpibatch.base.config import RankingRules
from kpibatch.base.findings import NOWHERE
from kpibatch.base.kinds import Kind
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Baseline, Measure, Rollup, Source, Unit
from kpibatch.scoring.measures import Measured, measure_all
from kpibatch.scoring.rank import Standing, Status, rank_units
from kpibatch.scoring.score import Scores, score_all

UNITS = 1000
EARLIER = "2500-01"
_USUAL = RankingRules()


def a_step(measure: Measure) -> Fraction:
    """One household, one day, one satang, a hundredth of a percent."""
    return Fraction(1, 100) if measure.kind in (Kind.AMOUNT, Kind.PERCENT) else Fraction(1)


def anything(measure: Measure, tables: LevelTables, chance: random.Random) -> Number:
    if measure.kind is Kind.YES_NO:
        return int(chance.random() < 0.8)
    if measure.kind is Kind.DATE:
        return (tables.round.start + timedelta(chance.randrange(-20, 200))).toordinal()
    if measure.kind is Kind.NUMBER:
        return chance.choice((0, 1, 3, 57, 100, 100, 200, chance.randint(1, 5000)))
    return chance.choice(
        (Fraction(0), Fraction(1), Fraction(29, 100), Fraction(100), Fraction(chance.randint(1, 10**9), 100))
    )


def aim(
    asked: Asked,
    measure: Measure,
    given: dict[str, Number | None],
    tables: LevelTables,
    chance: random.Random,
) -> None:
    """Put what a measure is made of on a threshold or one step beside it."""
    filled = tables.measures[measure.numerator[0]] if measure.ingredients else measure
    wanted = asked.number
    if asked.sign == "any" or filled.source is Source.ON_TIME:
        return
    if asked.of:
        wanted = asked.own(given.get(asked.of) or 0)
    elif asked.upper and chance.random() < 0.5:
        wanted = Fraction(asked.upper[1], 10**9)
    if measure.kind is Kind.YES_NO:
        given[filled.code] = int(wanted) if chance.random() < 0.95 else 1 - int(wanted)
        return
    if measure.source in BY_CHANCE:
        return
    if measure.denominator:
        whole = Fraction(given.get(measure.denominator) or 0)
        wanted = {
            Source.PERCENT: whole * wanted / 100,
            Source.GROWTH: whole * (100 + wanted) / 100,
            Source.REDUCTION: whole * (100 - wanted) / 100,
            Source.RATIO: whole * wanted,
            Source.DIFFERENCE: whole + wanted,
        }[measure.source]
    for code in measure.numerator or (measure.code,):
        if code in given:
            given[code] = near(wanted, asked.sign, a_step(tables.measures[code]), chance)


BY_CHANCE = (
    *(Source.ON_TIME, Source.LATE_DAYS, Source.MONTH_NUMBER),
    *(Source.DONE, Source.WORKDAYS, Source.SUM),
)


def near(wanted: Fraction, sign: str, step: Fraction, chance: random.Random) -> Fraction:
    """What is wanted or one step beside it, not below 0."""
    round_off = chance.choice((math.floor, math.ceil))
    beside = chance.choices((0, 1, -1), (6, 1, 1))[0] if sign in "≥≤" else chance.choice((0, 1, -1))
    return max(Fraction(0), (round_off(wanted / step) + beside) * step)


def make_up(book: Book, unit: Unit, month: str, chance: random.Random) -> Slow:
    tables = book.tables
    given: dict[str, Number | None] = {
        code: anything(measure, tables, chance)
        for code, measure in tables.measures.items()
        if not measure.ingredients
    }
    for code, measure in tables.measures.items():
        if measure.source is Source.ON_TIME:
            given[code] = Fraction(100 * chance.randint(0, 6), 6)
        if measure.source is Source.LATE_DAYS:
            given[code] = chance.choice((0, 0, 1, 2, 3, 10, 15, 30))
        if measure.source is Source.MONTH_NUMBER:
            given[code] = int(tables.round.number_of(month))
    for rules in book.rules.values():
        goal = chance.choice((*range(tables.level_count + 1), tables.level_count))
        for rule in chance.sample(rules, len(rules)):
            reached = [asked for asked in rule.row[:goal] if asked]
            aim(
                reached[-1] if reached else chance.choice([one for one in rule.row if one]),
                tables.measures[rule.measure],
                given,
                tables,
                chance,
            )
    weights = {row.weight_measure for node in tables.nodes for row in node.rows} - {""}
    given |= {code: chance.choice((5, Fraction(25, 2), 40)) for code in weights}
    of_itself = (Source.MONTH_NUMBER, Source.WHO)
    known = weights | {code for code in given if tables.measures[code].source in of_itself}
    missing = [code for code in given if chance.random() < 0.01 and code not in known]
    stale = {code for code in given if chance.random() < 0.005 and code not in missing}
    stale = {
        code
        for code in stale
        if tables.measures[code].source is Source.FORM and tables.measures[code].kind is not Kind.DATE
    }
    return Slow(book, unit, given | dict.fromkeys(missing), frozenset(stale))


def enlarged(tables: LevelTables, chance: random.Random) -> LevelTables:
    """The tables with 1,000 units, KPIs that some of them lack, and every month's value the latest one
    (roll-up is not at issue).
    """
    groups, positions = ([*{getattr(unit, name) for unit in tables.units}] for name in ("group", "position"))
    units = tuple(
        Unit(
            f"u{number}",
            f"หน่วย {number}",
            group=chance.choice(sorted(groups)),
            position=chance.choice(sorted(positions)),
        )
        for number in range(UNITS)
    )
    codes = [unit.code for unit in units]

    def some(share: float) -> frozenset[str]:
        return frozenset(chance.sample(codes, int(share * UNITS)))

    nodes = {node.code: replace(node, only=some(0.4) if node.only else node.only) for node in tables.nodes}
    for leaf in tables.leaves:
        others = tuple(replace(row, only=some(0.4) if row.only else row.only) for row in leaf.others)
        never = some(0.4 if leaf.never else 0.01)
        nodes[leaf.code] = replace(nodes[leaf.code], never=never, others=others)
    measures = {code: replace(measure, rollup=Rollup.LAST) for code, measure in tables.measures.items()}
    return replace(tables, units=units, nodes=tuple(nodes.values()), measures=measures, baselines={})


def measured_of(units: Sequence[Slow], tables: LevelTables, month: str) -> tuple[Measured, LevelTables]:
    """The same values through the program's own door: cells by month, baselines, percent of timely
    submissions.
    """
    monthly = [measure.code for measure in tables.monthly_measures]
    cells = [
        (one.unit.code, code, EARLIER if code in one.stale else month, float(value), "ok", "f", "s", "A1")
        for one in units
        for code in monthly
        if (value := one.given[code]) is not None
    ]
    frame = pd.DataFrame(
        cells, columns=["unit", "measure", "month", "value", "state", "file", "sheet", "cell"]
    )
    fixed = [code for code, measure in tables.measures.items() if measure.source is Source.BASE]
    given = ((one.unit.code, code, one.given[code]) for one in units for code in fixed)
    tables = replace(
        tables,
        baselines={
            (unit, code): Baseline(float(value), NOWHERE) for unit, code, value in given if value is not None
        },
    )
    who = {
        code: replace(measure, members=frozenset(one.unit.code for one in units if one.given[code]))
        for code, measure in tables.measures.items()
        if measure.source is Source.WHO
    }
    tables = replace(tables, measures={**tables.measures, **who})
    timely = {
        one.unit.code: float(value)
        for one in units
        for code, measure in tables.measures.items()
        if measure.source is Source.ON_TIME and (value := one.given[code]) is not None
    }
    late = {
        one.unit.code: [math.nan if value is None else float(value)]
        for one in units
        for code, measure in tables.measures.items()
        if measure.source is Source.LATE_DAYS
        for value in (one.given[code],)
    }
    return measure_all(frame, tables, timely, late, month), tables


def differences(
    units: Sequence[Slow],
    measured: Measured,
    scores: Scores,
    standings: dict[str, Standing],
    sent: set[str],
    rules: RankingRules,
) -> Iterator[str]:
    places, tables = ranking(units, sent, gaps=rules.ties == "1224"), units[0].book.tables
    columns = {code: measured.values[code].to_numpy(float) for code in tables.measures}
    nodes = {
        code: (scores.scores[code].to_numpy(float), scores.provisional[code].to_numpy(bool))
        for code in scores.scores
    }
    for row, one in enumerate(units):
        name = one.unit.code
        for code, column in columns.items():
            value, other = one.value(code), column[row]
            same = (
                math.isnan(other)
                if value is None
                else math.isclose(other, value, rel_tol=1e-12, abs_tol=1e-9)
            )
            if not same:
                yield f"{name} {code}: {other} for {value}"
        for code, (score, provisional) in nodes.items():
            mine = one.tree.get(code)
            if (
                math.isnan(score[row])
                if mine is None
                else (abs(score[row] - mine[0]) <= 1e-9 and provisional[row] == mine[1])
            ):
                continue
            yield f"{name} {code}: {score[row]}, provisional {provisional[row]}, for {mine}"
        for code, kpi in scores.kpis.items():
            if code in one.tree and kpi.level[row] != one.level[code]:
                why = {rule.measure: one.value(rule.measure) for rule in one.rules[code]}
                yield f"{name} {code}: level {kpi.level[row]} for {one.level[code]} by {why}"
    for name, place in places.items():
        yield from _misplaced(standings[name], place)
        if rules.within_groups and standings[name].in_group != place.in_group:
            yield f"{name}: {standings[name].in_group} in its group for {place.in_group}"


def _misplaced(standing: Standing, place: Place) -> Iterator[str]:
    if standing.status is not place.status:
        yield f"{standing.unit}: {standing.status} for {place.status}"
    if place.status in (Status.NOT_SUBMITTED, Status.NOT_APPLICABLE):
        same = standing.rank == 0 and math.isnan(standing.total) and not standing.rating
    else:
        same = (standing.total, standing.rank, standing.rating) == (
            place.total / 10**4,
            place.rank,
            place.rating,
        )
        same &= math.isclose(standing.percent, place.percent, abs_tol=1e-9)
    if not same:
        yield f"{standing} for {place}"


def compare(
    tables: LevelTables, month: str, today: date, seed: str, rules: RankingRules = _USUAL
) -> tuple[list[str], Scores, list[Standing]]:
    """Where the two differ over 1,000 units made up for the tables, and what the program found."""
    chance = random.Random(seed)
    tables = enlarged(tables, chance)
    book = Book(tables, today)
    units = [make_up(book, unit, month, chance) for unit in tables.units]
    sent = {unit.code for unit in tables.units if chance.random() < 0.97}
    for one in units:
        one.has_sent = one.unit.code in sent
    book.peers = [one for one in units if one.has_sent]
    measured, tables = measured_of(units, tables, month)
    scores = score_all(measured, tables, month, sent)
    standings = {one.unit: one for one in rank_units(scores, sent, tables, rules)}
    found = list(differences(units, measured, scores, standings, sent, rules))
    return found, scores, list(standings.values())
