"""What measures are of other units: summed up over the parts, the share of parts that reach a level, the
score of the unit above; all units at once.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from kpibatch.intake.frame import columns_of
from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Measure
from kpibatch.scoring.measures import Measured, compute_all
from kpibatch.scoring.points import Integers
from kpibatch.scoring.rank import round_half_up
from kpibatch.scoring.rollups import Months, roll_up
from kpibatch.scoring.score import Scores

Column: TypeAlias = tuple[Floats, Booleans]  # values over the units, and which of them are incomplete


def with_links(
    measured: Measured, scores: Scores, tables: LevelTables, months: Sequence[str] = ()
) -> Measured:
    """The measures with what they are of other units, as those are measured and scored so far, and with all
    that is computed from it; ``months`` are the round's up to the report month.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย).
    """
    given = [code for code, measure in tables.measures.items() if not measure.ingredients]
    columns = columns_of(measured.values[given], float)
    incomplete = columns_of(measured.incomplete[given], bool)
    for code, wholes in tables.links.parts.items():
        measure, parts = tables.measures[code], _parts(wholes, tables)
        if measure.reach:
            made = _share(measure, parts, scores)
        else:
            made = _made(measure, parts, columns, incomplete, _left_out(measure, tables, columns))
        columns[code], incomplete[code] = _over(tables, wholes, made)
    for code, givers in tables.links.givers.items():
        made = _score(code, tables, months, scores)
        columns[code], incomplete[code] = _over(tables, givers, made)
    values, partial = compute_all(columns, incomplete, tables)
    units = measured.values.index
    return Measured(pd.DataFrame(values, index=units), pd.DataFrame(partial, index=units), measured.origin)


def _parts(wholes: Mapping[str, Sequence[str]], tables: LevelTables) -> Integers:
    """The places of each whole's parts, a row a whole; −1 where it has no more."""
    longest = max(map(len, wholes.values()), default=0)
    places = np.full((len(wholes), max(longest, 1)), -1, dtype=np.int_)
    for row, parts in enumerate(wholes.values()):
        places[row, : len(parts)] = [tables.position[part] for part in parts]
    return places


def _left_out(measure: Measure, tables: LevelTables, columns: Mapping[str, Floats]) -> Booleans:
    """A row a whole, a column a part: whether that lacks what the measure is held against, and so counts in
    neither.
    """
    wholes, links = tables.links.parts[measure.code], tables.links
    longest = max(map(len, wholes.values()), default=0)
    lacks = np.zeros((len(wholes), max(longest, 1)), dtype=bool)
    for row, (unit, parts) in enumerate(wholes.items()) if measure.code in links.beside else ():
        for at, part in enumerate(parts):
            others = (tables.measures[other].other for other in links.others_of(measure.code, unit, part))
            lacks[row, at] = any(np.isnan(columns[of][tables.position[part]]) for of in others)
    return lacks


def _made(
    measure: Measure,
    parts: Integers,
    columns: Mapping[str, Floats],
    incomplete: Mapping[str, Booleans],
    left_out: Booleans,
) -> Column:
    """The parts' values as one, as a measure's months become one: incomplete where one of them is missing,
    left out or is so itself; the lowest is known only when all are.
    """
    outside = parts < 0
    values = np.where(outside | left_out, np.nan, columns[measure.other][parts])
    made, partial = roll_up(Months(values, np.isnan(values), outside), measure.rollup)
    waits = (incomplete[measure.other][parts] & ~outside).any(axis=1)
    return made, (partial | waits) & ~np.isnan(made)


def _share(measure: Measure, parts: Integers, scores: Scores) -> Column:
    """Percent of the parts, of those known to which the KPI applies, that reach its level; incomplete where
    one has not sent or is provisional there.
    """
    kpi = scores.kpis.get(measure.other)
    if kpi is None:
        return np.full(len(parts), np.nan), np.zeros(len(parts), dtype=bool)
    sent = scores.peers.scored[parts]
    asked = (parts >= 0) & (kpi.applies[parts] | ~sent)
    known = asked & sent
    reach = (known & (kpi.level[parts] >= measure.reach)).sum(axis=1)
    count = known.sum(axis=1)
    share = np.divide(100.0 * reach, count, out=np.full(len(parts), np.nan), where=count > 0)
    return share, (asked & (~sent | kpi.missing[parts])).any(axis=1) & (count > 0)


def _score(code: str, tables: LevelTables, months: Sequence[str], scores: Scores) -> Column:
    """The score that the units above have at a node, the total as it is ranked by; of several, one after the
    other, the mean by the months below each, of those known. Missing where none has sent, incomplete where
    one has not, or is provisional.
    """
    node = tables.measures[code].other or TOTAL
    units = tables.links.givers[code]
    if node not in scores.scores:
        return np.full(len(units), np.nan), np.zeros(len(units), dtype=bool)
    score, waits = scores.scores[node].to_numpy(float), scores.provisional[node].to_numpy(bool)
    worth = np.where(scores.peers.scored, round_half_up(score) if node == TOTAL else score, np.nan)
    of = [list(tables.links.scorers(code, unit, months).items()) for unit in units]
    total, known, lacks = np.zeros(len(of)), np.zeros(len(of)), np.zeros(len(of), dtype=bool)
    for number in range(max(map(len, of), default=0)):
        there = np.array([number < len(each) for each in of])
        rows = np.array([tables.position[each[number][0]] if number < len(each) else 0 for each in of])
        counts = np.array([float(each[number][1]) if number < len(each) else 0.0 for each in of])
        silent = np.isnan(worth[rows])
        total += np.where(there & ~silent, worth[rows] * counts, 0.0)
        known += np.where(silent, 0.0, counts)
        lacks |= there & (silent | waits[rows])
    values = np.divide(total, known, out=np.full(len(of), np.nan), where=known > 0)
    return values, lacks & ~np.isnan(values)


def _over(tables: LevelTables, some: Mapping[str, object], column: Column) -> Column:
    """Values of some units as a column over all; missing for the others."""
    rows = np.array([tables.position[unit] for unit in some], dtype=np.int_)
    values, partial = np.full(len(tables.units), np.nan), np.zeros(len(tables.units), dtype=bool)
    values[rows], partial[rows] = column
    return values, partial
