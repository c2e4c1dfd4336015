"""What units have reached and not handed in evidence of.

In: the values and levels of a month, what was handed in then and before. Out: by unit and measure the levels
of which no file is there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import pandas as pd

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.intake.frame import rows_of
from kpibatch.intake.month import Intake
from kpibatch.intake.past import PastMonth
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.evidence import EVERY_LEVEL, Spans, spans
from kpibatch.rules.records import Measure, Rollup
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.score import Scores

Wanted: TypeAlias = Mapping[tuple[str, str], tuple[int, ...]]
_Files: TypeAlias = Mapping[tuple[str, str], list[Spans]]
STILL_TO_COME = (_OF_LEVELS, _OF_ITEM) = ("evidence-missing", "evidence-no-file")
"""Codes of what is still to be handed in."""
_STAYS = (Rollup.LAST, Rollup.MAX)  # proven once is proven


def wanted(
    reported: pd.DataFrame,
    measured: Measured,
    scores: Scores,
    intake: Intake,
    tables: LevelTables,
    past: Iterable[PastMonth],
) -> Wanted:
    """(unit, measure) → the levels reached of which evidence is still to be handed in; an empty list where it
    is asked for at no level of its own.

    Of an item that says ใช่ a file is asked where the month's folder has one for evidence. Where every month
    adds to a value (รวม, ต่ำสุด, เฉลี่ย), what is reported of the month is proven by files of the month.
    Source: design, section 1 (ต้องมีหลักฐาน).
    """
    there = intake.evidence.there
    asked = [m for m in tables.form_measures if m.evidence or (m.needs_evidence and there)]
    if not asked:
        return {}
    now, earlier = _by_item(intake.evidence.given), _by_item(one for each in past for one in each.evidence)
    of_month = reported[(reported["month"] == intake.month) & (reported["value"].fillna(0) != 0)]
    anew = set(rows_of(of_month, ("unit", "measure")))
    lacking: dict[tuple[str, str], tuple[int, ...]] = {}
    for unit in sorted(submission.unit for submission in intake.submissions):
        for measure in asked:
            key = unit, measure.code
            if (value := measured.value(*key)) != value or value == 0:
                continue
            stays = measure.rollup in _STAYS or key not in anew
            files = [*now.get(key, ()), *(earlier.get(key, ()) if stays else ())]
            levels = _unproven(measure, _reached(scores, tables, *key), files)
            if levels or not (measure.evidence or files):
                lacking[key] = levels
    return lacking


def _unproven(measure: Measure, reached: int, files: Iterable[Spans]) -> tuple[int, ...]:
    given = [each or EVERY_LEVEL for each in files]
    return tuple(
        level
        for level in range(1, reached + 1)
        if spans(measure.evidence, level) and not any(spans(each, level) for each in given)
    )


def _reached(scores: Scores, tables: LevelTables, unit: str, measure: str) -> int:
    """The highest level that a unit has reached of the KPIs that a measure is of."""
    row = tables.position[unit]
    kpis = (scores.kpis[kpi] for kpi in tables.kpis_of(measure) if kpi in scores.kpis)
    return max((int(kpi.level[row]) for kpi in kpis if kpi.applies[row]), default=0)


def _by_item(given: Iterable[tuple[str, tuple[str, ...], Spans]]) -> _Files:
    by_item: dict[tuple[str, str], list[Spans]] = {}
    for unit, measures, levels in given:
        for code in measures:
            by_item.setdefault((unit, code), []).append(levels)
    return by_item


def about_evidence(
    reported: pd.DataFrame,
    measured: Measured,
    scores: Scores,
    intake: Intake,
    tables: LevelTables,
    past: Iterable[PastMonth],
) -> Iterator[Finding]:
    """What is still to be handed in, each at the unit's own cell of the value that it proves."""
    lacking = wanted(reported, measured, scores, intake, tables, past)
    files = {submission.unit: submission.file for submission in intake.submissions}
    for (unit, code), levels in lacking.items():
        origin = measured.origin.get((unit, code))
        place = origin if origin and origin.file == files[unit] else Place(files[unit])
        facts = {"label": tables.measures[code].label}
        if levels:
            facts["levels"] = ", ".join(map(str, levels))
        yield finding(_OF_LEVELS if levels else _OF_ITEM, place, unit=unit, measure=code, **facts)
