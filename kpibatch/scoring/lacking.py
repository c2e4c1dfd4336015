"""What was needed to score and is not there."""

import math
from collections.abc import Collection, Iterator
from enum import StrEnum

import numpy as np
import pandas as pd

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.intake.frame import BAD, EMPTY, OK, columns_of, rows_of
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Counts, Measure, Rollup, Source
from kpibatch.rules.schema import BASELINES, RULES
from kpibatch.rules.sources import computed_words, needed_for, undefined_at_zero
from kpibatch.scoring.kpi import KpiScores, quotients_in_case
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.score import Scores

_NAMED = 5  # of many units
NOT_GIVEN = ("province-blank", "source-blank", "source-missing", "source-several")  # by no unit


class Lack(StrEnum):
    """Why a value is not there, or not for every month that counts; from ``NOT_FIXED`` on it is for the
    province to mend.
    """

    NOT_SENT = "not-sent"
    REFUSED = "refused"
    BLANK = "blank"
    NOT_DUE = "not-due"
    NOT_FIXED = "not-fixed"
    NOT_FILLED_IN = "province"
    NO_EXPORT = "no-export"
    CENTRAL_REFUSED = "central-refused"


def lacks(
    values: pd.DataFrame,
    measured: Measured,
    not_due: pd.DataFrame,
    tables: LevelTables,
    month: str,
    sent: Collection[str],
    unread: Collection[str],
) -> dict[tuple[str, str], Lack]:
    """(unit, measure) → why what is filled in or fixed is missing or incomplete, asked for by a KPI or not.

    ``sent`` are the units whose submission counts, ``unread`` those that sent none that can be counted. A
    cell that was refused goes before a blank one, a blank one before one that stands in no form.
    Source: design, section 1 (Missing is not zero).
    """
    whole = {code for code, measure in tables.measures.items() if _every_month(measure) or _day(measure)}
    rows = values[(values["month"] == month) | values["measure"].isin(whole)]
    refused = _keys(rows[rows["state"] == BAD])
    blank = _keys(rows[(rows["state"] == EMPTY) & (rows["sheet"] != "")])
    absent, ahead = measured.values.isna() | measured.incomplete, _true(not_due)

    def why(unit: str, measure: Measure) -> Lack:
        key = (unit, measure.code)
        if measure.source is Source.BASE:
            return Lack.NOT_FIXED
        if (counts := tables.counts_from(measure.code)) is not Counts.UNIT:
            if key in refused:
                return Lack.CENTRAL_REFUSED
            if key in ahead:
                return Lack.NOT_DUE
            return Lack.NOT_FILLED_IN if counts is Counts.PROVINCE else Lack.NO_EXPORT
        if unit not in sent:
            return Lack.REFUSED if unit in unread else Lack.NOT_SENT
        if key in refused:
            return Lack.REFUSED
        if key in ahead:
            return Lack.NOT_DUE
        return Lack.BLANK if key in blank else Lack.NOT_SENT

    return {
        (unit, code): why(unit, tables.measures[code])
        for unit, code in _true(absent)
        if tables.measures[code].monthly or tables.measures[code].source is Source.BASE
    }


def carried_over(
    values: pd.DataFrame, measured: Measured, tables: LevelTables, month: str
) -> dict[tuple[str, str], str]:
    """(unit, measure) → the earlier month whose value counts, since the report month has none."""
    latest = {code for code, measure in tables.measures.items() if not _every_month(measure)}
    here = values["unit"].isin(measured.values.index)  # of one kind of units there may be more reported
    good = values[(values["state"] == OK) & values["measure"].isin(latest) & here]
    months: dict[tuple[str, str], str] = {}
    for unit, code, last in rows_of(good, ("unit", "measure", "month")):
        months[unit, code] = max(last, months.get((unit, code), last))
    return {
        key: last for key, last in months.items() if last < month and not math.isnan(measured.value(*key))
    }


def _every_month(measure: Measure) -> bool:
    return measure.rollup is not Rollup.LAST


def _day(measure: Measure) -> bool:
    return measure.kind is Kind.DATE


def _keys(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(rows_of(rows, ("unit", "measure")))


def _true(frame: pd.DataFrame) -> set[tuple[str, str]]:
    """The (unit, measure) where a frame of booleans, units × measures, is true."""
    at, columns = np.nonzero(frame.to_numpy(bool))
    units, codes = frame.index.to_numpy(), frame.columns.to_numpy()
    return set(zip(units[at].tolist(), codes[columns].tolist(), strict=True))


def missing(values: pd.DataFrame, needed: pd.DataFrame, tables: LevelTables, month: str) -> list[Finding]:
    """Blank cells among what the scoring needed: of the report month, or of any month where every month
    counts.

    ``needed`` is a frame of booleans, units × measures, true where a blank leaves a KPI without data.
    Source: design, section 1 (Missing is not zero).
    """
    frame = values.copy()
    every_month = {code for code, measure in tables.measures.items() if _every_month(measure)}
    asked = _true(needed)
    keys = list(rows_of(frame, ("unit", "measure")))
    frame["missing"] = (
        (frame["state"] == EMPTY)
        & np.fromiter((key in asked for key in keys), dtype=bool, count=len(keys))
        & ((frame["month"] == month) | frame["measure"].isin(every_month))
    )
    theirs = {m.code for m in tables.monthly_measures if tables.counts_from(m.code) is not Counts.UNIT}
    rows = frame[frame["missing"]]
    central = rows["measure"].isin(theirs)
    return [*_missing(rows[~central], tables), *_not_given(rows[central], tables)]


def _not_given(rows: pd.DataFrame, tables: LevelTables) -> Iterator[Finding]:
    """What the province or a central system did not give: once a measure and month, for it is no unit's
    fault. Of an export that is not there, or has no row of a unit, its reader has told.
    """
    ours = rows["measure"].map(lambda code: tables.counts_from(code) is Counts.PROVINCE).astype(bool)
    for (code, month), some in rows[ours | (rows["sheet"] != "")].groupby(["measure", "month"]):
        measure, row = tables.measures[str(code)], some.iloc[0]
        names = [tables.unit[unit].name for unit in some["unit"]]
        yield finding(
            "province-blank" if tables.counts_from(measure.code) is Counts.PROVINCE else "source-blank",
            Place(row["file"], row["sheet"], row["cell"]),
            measure=measure.code,
            found=", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else ""),
            label=measure.label,
            month=month,
            count=len(names),
            file=row["file"],
        )


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
    days = [code for code, measure in tables.measures.items() if _day(measure)]
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
        and _needed(scores, measure.code, row, tables)
    ]


def left_out(measured: Measured, scores: Scores, sent: set[str], tables: LevelTables) -> list[Finding]:
    """KPIs that leave a unit since it has no target group: the reporter gains by it, so what the unit has
    filled in itself is asked about, and what the province has fixed is told.

    Source: design, section 1 (Wider rules: เมื่อไม่มีกลุ่มเป้าหมาย).
    """
    found = []
    for code, kpi in scores.kpis.items():
        meant = [tables.scored_itself(code, unit) for unit in tables.units]
        for row in np.flatnonzero(np.array(meant, dtype=bool) & ~kpi.applies).tolist():
            unit = tables.units[row].code
            for quotient in quotients_in_case(code, int(kpi.case[row]), tables) if unit in sent else ():
                parts = [tables.measures[part] for part in tables.with_ingredients(quotient.denominator)]
                own = [part.code for part in parts if part.source is Source.FORM]
                origins = (measured.origin.get((unit, part)) for part in own or [each.code for each in parts])
                place = next(filter(None, origins), quotient.place)
                facts = {"kpi": code, "label": tables.measures[quotient.denominator].label}
                name = "no-target-filled" if own else "no-target"
                found.append(
                    finding(name, place, unit=unit, measure=quotient.denominator, found="0", **facts)
                )
    return found


def too_large(measured: Measured, scores: Scores, sent: set[str], tables: LevelTables) -> list[Finding]:
    """Computed measures that were needed and came out too large to be reckoned with, though all that they are
    computed from is there.

    Source: design, section 1 (Missing is not zero).
    """
    found, there = [], columns_of(measured.values.notna(), bool)
    for measure in tables.measures.values():
        if measure.source not in COMPUTATIONS:
            continue
        parts = [there[code] for code in needed_for(measure.code, tables.measures)[:-1]]
        lost = np.logical_and.reduce([~there[measure.code], *parts])
        for row in np.flatnonzero(lost).tolist():
            unit, value = tables.units[row].code, measured.row(row)
            undefined = undefined_at_zero(measure) and value[measure.denominator] == 0
            if unit in sent and not undefined and _needed(scores, measure.code, row, tables):
                shown = [show_value(value[code], tables.measures[code].kind) for code in measure.numerator]
                below = show_number(value[measure.denominator]) if measure.denominator else ""
                facts = {"label": measure.label, "words": computed_words(measure, shown, below)}
                found.append(
                    finding("too-large", measure.place, unit=unit, measure=measure.code, found="∞", **facts)
                )
    return found


def _needed(scores: Scores, code: str, row: int, tables: LevelTables) -> bool:
    """Whether a score of the unit in that row hangs on a measure."""
    return any(_needs(kpi, code, row, tables) for kpi in scores.kpis.values())


def _needs(kpi: KpiScores, code: str, row: int, tables: LevelTables) -> bool:
    """Whether a KPI's score of the unit in that row hangs on a measure."""
    return any(units[row] and code in tables.with_ingredients(each) for each, units in kpi.needed.items())


def without_case(scores: Scores, sent: set[str], tables: LevelTables) -> list[Finding]:
    """Units for which no case holds, or whose case can't be known.

    Source: design, section 1 (Case: a finding and level 0).
    """
    findings = []
    for code, kpi in scores.kpis.items():
        taking = tables.taken.get(code, {}).keys()
        for row, unit in enumerate(tables.unit):
            if tables.cases_of(code) and kpi.case[row] == 0 and kpi.applies[row] and unit in sent - taking:
                measure = tables.cases_of(code)[0].measure
                findings.append(
                    finding("no-case", Place(tables.file, RULES.sheet), unit=unit, measure=measure, kpi=code)
                )
    return findings
