"""Months that each roll-up reads otherwise: cases for every roll-up that a slip could put in the cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.kinds import Kind
from kpibatch.rules.checks import Example
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup
from kpibatch.scoring.examples.tried import levels_of, measured_in, rolled_up

Values = Mapping[str, tuple[float, ...]]
_AS_A_WHOLE = (Rollup.LAST, Rollup.MIN, Rollup.MAX)  # what days and answers can be rolled up by


@dataclass(frozen=True)
class _Candidate:
    """Values of which one measure has several months, and by which roll-ups they would get another level."""

    values: dict[str, tuple[float, ...]]
    told: frozenset[Rollup]


def telling_months(
    tables: LevelTables, kpi: str, cases: Sequence[Values]
) -> Iterator[tuple[dict[str, tuple[float, ...]], Measure]]:
    """For each measure of a KPI that is reported month by month as few cases as tell its roll-up from every
    other one, made of those given; none where no other roll-up would change a level.
    """
    measures = tables.measures_of(kpi)
    alone = replace(tables, measures={measure.code: measure for measure in measures})
    for measure in measures:
        if not measure.monthly:
            continue
        candidates, open_yet = _candidates(alone, kpi, measure, cases), _others(measure)
        while candidates:
            best = max(candidates, key=lambda each: len(each.told & open_yet))
            if not best.told & open_yet:
                break
            open_yet -= best.told
            yield best.values, measure


def _others(measure: Measure) -> frozenset[Rollup]:
    possible = Rollup if measure.kind.family == "number" else _AS_A_WHOLE
    return frozenset(possible) - {measure.rollup}


def _candidates(tables: LevelTables, kpi: str, measure: Measure, cases: Sequence[Values]) -> list[_Candidate]:
    rollups = (measure.rollup, *sorted(_others(measure)))
    tried = [
        (dict(case) | {measure.code: months}, [rolled_up(months, rollup) for rollup in rollups])
        for case in _each_once(case for case in cases if len(case.get(measure.code, ())) == 1)
        for months in _series(case, measure)
    ]
    as_one = [
        Example(kpi, "", values | {measure.code: (value,)}, 0) for values, rolled in tried for value in rolled
    ]
    if not as_one:
        return []
    levels = levels_of(tables, kpi, measured_in(tables, as_one)).level.reshape(len(tried), len(rollups))
    return [
        _Candidate(values, frozenset(r for r, level in zip(rollups, row, strict=True) if level != row[0]))
        for (values, _), row in zip(tried, levels.tolist(), strict=True)
    ]


def _each_once(cases: Iterable[Values]) -> list[Values]:
    return list({tuple(sorted(case.items())): case for case in cases}.values())


def _series(case: Values, measure: Measure) -> Iterator[tuple[float, ...]]:
    """Two or three months about a value that a form may say one by one."""
    (value,), step = case[measure.code], measure.kind.step
    if measure.kind is Kind.YES_NO:
        yield from ((1.0, 0.0), (0.0, 1.0))
        return
    less, more = value - step, value + step
    series: list[tuple[float, ...]] = [(value, less), (less, value), (value, more), (more, value)]
    if measure.kind is not Kind.DATE:
        half = value // 2
        series += [(half, value - half), (2 * value, 0.0), (value, 0.0), (0.0, value), (0.0, 0.0, value)]
    limit = case.get(measure.limit, ())
    low = 0.0 if measure.minimum is None else measure.minimum
    high = min(each for each in (measure.maximum, *limit[:1], float("inf")) if each is not None)
    for months in series:
        rounded = tuple(round(month, 6) for month in months)
        if all(low <= month <= high for month in rounded):
            yield rounded
