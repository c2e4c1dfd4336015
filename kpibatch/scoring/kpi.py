"""One KPI over the units: its cases, which levels are met, the level and the score."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Case, Measure, Node, Rule, Source
from kpibatch.rules.sources import needed_for, quotients
from kpibatch.rules.written import alternatives, levels_asked
from kpibatch.scoring.above.taken import Stint, Taken
from kpibatch.scoring.points import NO_PEERS, Integers, Peers, Points, active, holding, points_of, steps


@dataclass(frozen=True)
class KpiScores:
    """One leaf over all units (arrays of shape (units,), ``given`` and ``met`` are (units, levels)).

    ``case`` counts from 1; 0 where no case holds or the case's measure is missing, which gives level 0.
    ``missing`` marks the units whose score rests on incomplete data; ``needed`` holds, for each measure that
    the KPI asks about, the units whose score needed it, ``asked`` the same for what is filled in or fixed.
    ``taken`` marks those that take all of it from the unit above, empty where none do.
    """

    code: str
    applies: Booleans
    case: Integers
    given: Booleans
    met: Booleans
    level: Integers
    points: Points
    missing: Booleans
    needed: Mapping[str, Booleans]
    asked: Mapping[str, Booleans]
    taken: Booleans = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    @property
    def of_others(self) -> Booleans:
        """Which units take their result from the one above."""
        return self.taken if len(self.taken) else np.zeros(len(self.applies), dtype=np.bool_)

    @property
    def score(self) -> Floats:
        return self.points.score


def score_kpi(
    leaf: Node,
    values: pd.DataFrame,
    absent: pd.DataFrame,
    tables: LevelTables,
    incomplete: pd.DataFrame | None = None,
    peers: Peers = NO_PEERS,
) -> KpiScores:
    """One leaf's cases, levels and scores; ``values``, ``absent`` and ``incomplete`` are units × measures;
    nothing is incomplete where that is not given.

    Source: design, section 1 (ระดับ: Level = the longest unbroken run of levels met from level 1).
    """
    applies_to = _meant(leaf, values, tables)
    case = take_case(cases := tables.cases_of(leaf.code), values)
    met = np.ones((len(values), tables.level_count), dtype=bool)
    missing = np.zeros(len(values), dtype=bool)
    needed = {condition.measure: applies_to for condition in cases}
    for condition in cases:
        missing |= absent[condition.measure].to_numpy()
    for rows in alternatives(tables.rules_of(leaf.code)):
        counts = active(rows[0], case)
        open_yet = counts & ~_settled(rows, values)
        for at in range(tables.level_count):
            if any(rule.edges[at] for rule in rows):
                met[:, at] &= ~counts | _one_holds(rows, at, values)
        for code in (code for rule in rows if any(rule.edges) for code in rule.codes):
            missing |= open_yet & absent[code].to_numpy()
            needed[code] = needed.get(code, False) | (applies_to & open_yet)
    for code, counts in _deducting(leaf, case, tables):
        missing |= counts & absent[code].to_numpy()
        needed[code] = needed.get(code, False) | (applies_to & counts)
    if cases:
        met[case == 0] = False
    given = np.array([tables.given(leaf.code, number) for number in range(len(cases) + 1)], dtype=bool)[case]
    met &= given
    level = longest_run(met, given)
    leaves = _leaves(leaf, case, values, needed, incomplete, tables)
    applies_to = applies_to & ~leaves
    needed = {code: units & ~leaves for code, units in needed.items()}
    points = points_of(leaf, applies_to, case, level, values, tables, peers)
    missing &= applies_to
    return KpiScores(
        leaf.code, applies_to, case, given, met, level, points, missing, needed, _asked(needed, tables)
    )


def _meant(leaf: Node, values: pd.DataFrame, tables: LevelTables) -> Booleans:
    """The rows whose units are scored at a KPI themselves."""
    own = tables.meant[leaf.code] - tables.taken.get(leaf.code, {}).keys()
    return np.fromiter((unit in own for unit in values.index), dtype=bool, count=len(values))


def givers_of(tables: LevelTables, own: Integers, month: str) -> dict[str, list[Stint]]:
    """By node that some take, for each unit the place of the one whose result it takes, −1 where it is scored
    itself, and in how many months up to this one; then those of the ones before, of units that have moved.
    None where the rows (``own`` is the place of each one's unit) are not the units themselves.
    """
    if not np.array_equal(own, np.arange(len(tables.units))):
        return {}
    months = tables.round.until(month)
    return {code: _stints(tables, code, months) for code, pairs in tables.taken.items() if pairs}


def _stints(tables: LevelTables, code: str, months: Sequence[str]) -> list[Stint]:
    of = [list(tables.givers(code, unit, months).items()) for unit in tables.unit]
    stints = []
    for number in range(max(map(len, of))):
        there = [each[number] if number < len(each) else ("", 0) for each in of]
        places = np.array([tables.position.get(giver, -1) for giver, _ in there], dtype=np.int_)
        stints.append((places, np.array([float(count) for _, count in there])))
    return stints


def given_to(kpi: KpiScores, givers: Integers, scored: Booleans, below_one: float) -> Taken:
    """What units take of a KPI from others: ``givers`` are by unit the place of the one above, −1 where a
    unit is scored itself. Of a unit that has sent nothing they take level 0, and wait for it.

    Source: design, section 1 (Wider rules: ทีม; missing is not zero).
    """
    takes, silent = givers >= 0, ~scored[givers]
    return Taken(
        takes,
        np.where(silent, below_one, np.where(kpi.applies, kpi.score, np.nan)[givers]),
        (kpi.missing[givers] | silent) & kpi.applies[givers],
        np.where(silent, 0, kpi.case[givers]),
        kpi.given[givers],
        kpi.met[givers] & ~silent[:, None],
        np.where(silent, 0, kpi.level[givers]),
        np.where(silent, below_one, kpi.points.full[givers]),
        np.where(silent, 0.0, kpi.points.deducted[givers]),
    )


def taking(kpi: KpiScores, taken: Taken) -> KpiScores:
    """The KPI with what units take of it from those above; ``taken`` has its rows."""
    takes, points = taken.takes, kpi.points
    return replace(
        kpi,
        applies=np.where(takes, ~np.isnan(taken.score), kpi.applies),
        case=np.where(takes, taken.case, kpi.case),
        given=np.where(takes[:, None], taken.given, kpi.given),
        met=np.where(takes[:, None], taken.met, kpi.met),
        level=np.where(takes, taken.level, kpi.level),
        points=Points(
            np.where(takes, taken.full, points.full),
            np.where(takes, taken.deducted, points.deducted),
            points.held,
            np.where(takes, taken.score, points.score),
        ),
        missing=np.where(takes, taken.missing, kpi.missing),
        taken=takes,
    )


def _deducting(leaf: Node, case: Integers, tables: LevelTables) -> Iterator[tuple[str, Booleans]]:
    """The measures by which points are taken off, and the units for which they may be."""
    for rule in tables.deductions_of(leaf.code):
        yield from ((code, active(rule, case)) for code in rule.codes)


def _leaves(
    leaf: Node,
    case: Integers,
    values: pd.DataFrame,
    needed: Mapping[str, Booleans],
    incomplete: pd.DataFrame | None,
    tables: LevelTables,
) -> Booleans:
    """The units that the KPI leaves: they have no target group, and no month lacks of what it needs.

    Source: design, section 1 (Wider rules: เมื่อไม่มีกลุ่มเป้าหมาย: ตัดออก).
    """
    if not leaf.leaves:
        return np.zeros(len(values), dtype=bool)
    nobody = without_target(leaf, case, values, tables)
    if incomplete is not None:
        for code, units in needed.items():
            nobody &= ~(incomplete[code].to_numpy(bool) & units)
    return nobody


def _settled(rows: Sequence[Rule], values: pd.DataFrame) -> Booleans:
    """The units whose missing data can't change what alternatives give them: one holds at each level at which
    any asks. A row without alternatives is never settled.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    if len(rows) == 1:
        return np.zeros(len(values), dtype=bool)
    held = [_one_holds(rows, at, values) for at in levels_asked(rows)]
    return np.asarray(np.all(held, axis=0) & np.ones(len(values), dtype=bool), dtype=np.bool_)


def _one_holds(rows: Sequence[Rule], at: int, values: pd.DataFrame) -> Booleans:
    """The units that fulfil what one of the rows asks at a level (from 0) at which some of them do."""
    held = [holding(rule, at, values) for rule in rows if rule.edges[at]]
    return np.asarray(np.any(held, axis=0), dtype=np.bool_)


def without_target(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Booleans:
    """The units that have no target group: in their case the KPI asks for quotients, and the denominator of
    each is zero.

    Source: design, section 1 (Wider rules: เมื่อไม่มีกลุ่มเป้าหมาย).
    """
    nobody, cases = np.zeros(len(values), dtype=bool), tables.cases_of(leaf.code)
    for number in range(1, len(cases) + 1) if cases else (0,):
        below = [measure.denominator for measure in quotients_in_case(leaf.code, number, tables)]
        if below:
            nobody |= (case == number) & (values[below].to_numpy(float) == 0).all(axis=1)
    return nobody


def quotients_in_case(kpi: str, case: int, tables: LevelTables) -> tuple[Measure, ...]:
    """The quotients that a KPI asks for in a case (from 1; 0 where it has none)."""
    return quotients(tables.rules_in_case(kpi, case), tables.measures)


def unscored(leaf: Node, values: pd.DataFrame, tables: LevelTables) -> KpiScores:
    """Where nothing is known of a KPI: every unit is provisional, below level 1."""
    meant = _meant(leaf, values, tables)
    none = np.zeros(len(values), dtype=np.int_)
    given = np.ones((len(values), tables.level_count), dtype=bool)
    score = steps(none, leaf.code, tables)
    points = Points(score, np.zeros(len(values)), np.zeros(0), score)
    return KpiScores(leaf.code, meant, none, given, ~given, none, points, meant, {}, {})


def longest_run(met: Booleans, given: Booleans) -> Integers:
    """The last level of the unbroken run from level 1 (arrays of shape (units, levels)); a level that is not
    given is stepped over.

    Source: design, section 1 (Level).

    >>> met = np.array([[True, False, True, False, False], [True, False, False, False, True]])
    >>> longest_run(met, np.array([[True, False, True, False, True]] * 2)).tolist()
    [3, 1]
    """
    unbroken = np.cumprod(met | ~given, axis=1) * given
    levels = np.arange(1, met.shape[1] + 1, dtype=np.int_)
    return np.asarray((unbroken * levels).max(axis=1), dtype=np.int_)


def take_case(cases: Sequence[Case], values: pd.DataFrame) -> Integers:
    """The number, from 1, of the first case from the top that holds for each unit; 0 where none does.

    A case whose measure is missing stops the search: what comes after it can't be known to be first.
    Source: design, section 1 (Case).
    """
    taken = np.zeros(len(values), dtype=np.int_)
    open_yet = np.ones(len(values), dtype=bool)
    for number, case in enumerate(cases, 1):
        column = values[case.measure].to_numpy(float)
        open_yet &= ~np.isnan(column)
        holds = open_yet & case.condition.holds(column)
        taken[holds] = number
        open_yet &= ~holds
    return taken


def _asked(needed: Mapping[str, Booleans], tables: LevelTables) -> dict[str, Booleans]:
    """What has to be filled in or fixed for the measures that are needed, and for which units."""
    asked: dict[str, Booleans] = {}
    for code, units in needed.items():
        for part in needed_for(code, tables.measures):
            if tables.measures[part].monthly or tables.measures[part].source is Source.BASE:
                asked[part] = asked[part] | units if part in asked else units
    return asked
