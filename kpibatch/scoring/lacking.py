"""What was needed to score and is not there."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind
from kpibatch.intake.frame import EMPTY
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Rollup, Source
from kpibatch.rules.schema import BASELINES, RULES
from kpibatch.rules.sources import undefined_at_zero
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.score import KpiScores, Scores


def missing(values: pd.DataFrame, needed: pd.DataFrame, tables: LevelTables, month: str) -> list[Finding]:
    """Blank cells among what the scoring needed: of the report month, or of any month where every month
    counts.

    ``needed`` is a frame of booleans, units × measures, true where a blank leaves a KPI without data.
    Source: design, section 1 (Missing is not zero).
    """
    frame = values.copy()
    every_month = {code for code, measure in tables.measures.items() if measure.rollup is not Rollup.LAST}
    wanted = needed.stack()
    asked = set(wanted.index[np.asarray(wanted, dtype=bool)])
    keys = list(frame[["unit", "measure"]].itertuples(index=False, name=None))
    frame["missing"] = (
        (frame["state"] == EMPTY)
        & np.fromiter((key in asked for key in keys), dtype=bool, count=len(keys))
        & ((frame["month"] == month) | frame["measure"].isin(every_month))
    )
    return list(_missing(frame[frame["missing"]], tables))


def _missing(rows: pd.DataFrame, tables: LevelTables) -> Iterator[Finding]:
    for _, row in rows.iterrows():
        measure = tables.measures[row["measure"]]
        place = Place(row["file"], row["sheet"], row["cell"])
        yield finding(
            "missing", place, unit=row["unit"], measure=measure.code, label=measure.label, month=row["month"]
        )


def missing_baselines(needed: pd.DataFrame, tables: LevelTables) -> list[Finding]:
    """Fixed values that the scoring needed and the level tables do not hold.

    Source: design, section 1 (ค่าตั้งต้น).
    """
    place = Place(tables.file, BASELINES.sheet)
    return [
        finding("baseline-missing", place, unit=str(unit), measure=code, label=tables.measures[code].label)
        for code in needed.columns
        if tables.measures[code].source is Source.BASE
        for unit in needed.index[needed[code]]
        if (unit, code) not in tables.baselines
    ]


def still_missing(
    needed: pd.DataFrame, scores: Scores, measured: Measured, tables: LevelTables
) -> pd.DataFrame:
    """What was needed, less the days that have not come and the days given in an earlier month.

    Source: design, section 1 (Missing is not zero).
    """
    days = [code for code, measure in tables.measures.items() if measure.kind is Kind.DATE]
    given = measured.values.loc[needed.index, days].notna().reindex(columns=needed.columns, fill_value=False)
    return needed & ~scores.not_yet.loc[needed.index] & ~given


def zero_denominators(
    measured: Measured, scores: Scores, sent: set[str], tables: LevelTables
) -> list[Finding]:
    """Computed measures that were needed and whose ตัวหาร is zero, where no rule says what that means.

    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์: blank = missing).
    """
    return [
        finding(
            "zero-denominator",
            measure.place,
            unit=unit,
            measure=measure.code,
            label=measure.label,
            below=tables.measures[measure.denominator].label,
        )
        for measure in tables.measures.values()
        if undefined_at_zero(measure)
        for row, unit in enumerate(tables.unit)
        if unit in sent
        and measured.value(unit, measure.denominator) == 0
        and math.isnan(measured.value(unit, measure.code))
        and any(_needs(kpi, measure.code, row, tables) for kpi in scores.kpis.values())
    ]


def _needs(kpi: KpiScores, code: str, row: int, tables: LevelTables) -> bool:
    """Whether a KPI's score of the unit in that row hangs on a measure."""
    rules = tables.rules_in_case(kpi.code, int(kpi.case[row]))
    codes = [
        *(rule.measure for rule in rules if any(rule.edges)),
        *(c.measure for c in tables.cases_of(kpi.code)),
    ]
    return bool(kpi.applies[row]) and any(code in tables.with_ingredients(each) for each in codes)


def without_case(scores: Scores, sent: set[str], tables: LevelTables) -> list[Finding]:
    """Units for which no case holds, or whose case can't be known.

    Source: design, section 1 (Case: a finding and level 0).
    """
    findings = []
    for code, kpi in scores.kpis.items():
        for row, unit in enumerate(tables.unit):
            if tables.cases_of(code) and kpi.case[row] == 0 and kpi.applies[row] and unit in sent:
                measure = tables.cases_of(code)[0].measure
                findings.append(
                    finding("no-case", Place(tables.file, RULES.sheet), unit=unit, measure=measure, kpi=code)
                )
    return findings
