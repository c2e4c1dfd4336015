"""Cases of the least and the most that a form may say, of what it may not, of the total at every band."""

from collections.abc import Iterator, Mapping, Sequence

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import show_value
from kpibatch.rules.checks import Example
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Measure
from kpibatch.scoring.rank import rating_at

_BESIDE = 0.01  # of a percent, as people write it
Values = Mapping[str, tuple[float, ...]]
_WHOLES = (100.0, 1_000.0, 10.0, 1.0)


def at_the_ends(
    tables: LevelTables, kpi: str, cases: Sequence[Values], language: str
) -> Iterator[tuple[dict[str, tuple[float, ...]], str]]:
    """A case whose value is the least and one whose value is the most that a form may say of a measure, where
    none of those given is.
    """
    for measure in tables.measures_of(kpi):
        given = [case for case in cases if measure.code in case]
        for end in (measure.minimum, measure.maximum) if measure.monthly and given else ():
            if end is not None and not any(end in case[measure.code] for case in given):
                why = say("examples.end", language, end=show_value(end, measure.kind, language))
                yield dict(given[0]) | {measure.code: (end,)}, why


def refused_cases(tables: LevelTables, kpi: str, language: str) -> Iterator[Example]:
    """A value just above สูงสุด, just below ต่ำสุด and just above ไม่เกินรายการ, of each measure that is
    reported and that no KPI above shows.
    """
    for measure in tables.measures_of(kpi):
        if not measure.monthly or tables.kpi_of[measure.code] != kpi:
            continue
        for name, end, beside in (
            ("over", measure.maximum, measure.kind.step),
            ("under", measure.minimum or None, -measure.kind.step),  # that nothing is below 0 says itself
        ):
            if end is not None:
                why = say(f"examples.{name}", language, end=show_value(end, measure.kind, language))
                yield Example(kpi, "", {measure.code: (round(end + beside, 6),)}, 0, why, refused=True)
        if limit := tables.measures.get(measure.limit):
            yield from _over(kpi, measure, limit, language)


def _over(kpi: str, measure: Measure, limit: Measure, language: str) -> Iterator[Example]:
    low, high = limit.minimum or 0.0, min(limit.maximum or _WHOLES[1], measure.maximum or _WHOLES[1])
    most = next((whole for whole in _WHOLES if low <= whole < high), None)
    if most is not None and not limit.ingredients:
        values = {limit.code: (most,), measure.code: (most + measure.kind.step,)}
        yield Example(kpi, "", values, 0, say("examples.limit", language, label=limit.label), refused=True)


def total_cases(tables: LevelTables, language: str) -> Iterator[Example]:
    """The percent just below and at the edge of every band but the lowest."""
    for threshold, word in tables.rating[:-1]:
        for name, beside in (("below", -_BESIDE), ("at", 0.0)):
            percent = round(threshold + beside, 6)
            why = say(f"examples.total-{name}", language, word=word)
            yield Example(TOTAL, "", {TOTAL: (percent,)}, 0, why, word=rating_at(percent, tables.rating))
