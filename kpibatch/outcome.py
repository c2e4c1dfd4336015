"""The month's outcome: what was sent, measured, scored, ranked and found. Pure: reads and writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from kpibatch.config import Config
from kpibatch.corrections import CORRECTED, NO_CORRECTIONS, Corrections, corrected
from kpibatch.findings import Finding, Place, finding, in_order
from kpibatch.gap import Step, steps_to_next
from kpibatch.intake import Intake, in_time
from kpibatch.late_changes import late_changes
from kpibatch.levels import LevelTables
from kpibatch.measures import Measured, measure_all
from kpibatch.past import PastMonth
from kpibatch.rank import Standing, rank_units
from kpibatch.score import Scores, score_all
from kpibatch.validate import missing, missing_baselines, validate
from kpibatch.values import Kind


@dataclass(frozen=True)
class Outcome:
    """Everything that the outputs of a month are written from.

    ``values`` is the long frame after corrections and validation, ``intake.values`` as sent; ``past`` are the round's months
    before.
    """

    month: str
    config: Config
    tables: LevelTables
    intake: Intake
    values: pd.DataFrame
    measured: Measured
    scores: Scores
    standings: tuple[Standing, ...]
    findings: tuple[Finding, ...]
    past: tuple[PastMonth, ...] = ()
    corrections: Corrections = NO_CORRECTIONS

    @property
    def language(self) -> str:
        return self.config.language

    @cached_property
    def sent(self) -> frozenset[str]:
        """The units whose submission counts."""
        return frozenset(submission.unit for submission in self.intake.submissions)

    @cached_property
    def late(self) -> frozenset[str]:
        """The units whose submission came after the due day."""
        return frozenset(submission.unit for submission in self.intake.submissions if submission.late)

    @cached_property
    def standing(self) -> Mapping[str, Standing]:
        return {standing.unit: standing for standing in self.standings}

    @property
    def ranked(self) -> int:
        """How many units have a rank."""
        return sum(standing.rank > 0 for standing in self.standings)

    def steps(self, kpi: str, unit: str) -> list[Step]:
        """What a unit lacks for its next level of a KPI; worked out once."""
        if (kpi, unit) not in self._steps:
            self._steps[kpi, unit] = steps_to_next(kpi, unit, self.scores, self.measured, self.tables, self.month)
        return self._steps[kpi, unit]

    @cached_property
    def _steps(self) -> dict[tuple[str, str], list[Step]]:
        return {}

    @cached_property
    def _found(self) -> Mapping[str, list[Finding]]:
        by_unit: dict[str, list[Finding]] = {}
        for one in self.findings:
            by_unit.setdefault(one.unit, []).append(one)
        return by_unit

    def values_of(self, unit: str) -> pd.DataFrame:
        """One unit's rows of ``values``."""
        return self.values.iloc[self._rows_of.get(unit, [])]

    @cached_property
    def _rows_of(self) -> Mapping[str, list[int]]:
        """The frame is looked through once for all units."""
        return {str(unit): list(rows) for unit, rows in self.values.groupby("unit").indices.items()}

    @cached_property
    def corrected(self) -> Mapping[tuple[str, str], list[Finding]]:
        """(unit, measure) → what the province set right in it."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for one in self.findings:
            if one.code == CORRECTED:
                found.setdefault((one.unit, one.measure), []).append(one)
        return found

    def findings_of(self, unit: str) -> list[Finding]:
        return self._found.get(unit, [])


def assess(
    intake: Intake, tables: LevelTables, config: Config, past: tuple[PastMonth, ...] = (), corrections: Corrections = NO_CORRECTIONS
) -> Outcome:
    """Correct, validate, measure, score and rank a month; ``past`` are the round's months before, oldest first."""
    frame, about_corrections = corrected(intake.values, corrections.rows, tables, intake.month)
    values, findings = validate(replace(intake, values=frame), tables, config)
    findings += [*about_corrections, *corrections.findings, *late_changes(intake, past, tables, corrections.values)]
    measured = measure_all(values, tables, in_time(tables, intake, past))
    scores = score_all(measured, tables, intake.month)
    sent = {submission.unit for submission in intake.submissions}
    needed = scores.needed.loc[[unit for unit in scores.needed.index if unit in sent]]
    findings += missing(values, _still_missing(needed, scores, measured, tables), tables, intake.month)
    findings += missing_baselines(needed, tables)
    findings += _without_case(scores, sent, tables)
    standings = rank_units(scores, sent, tables, config.ranking)
    everything = in_order([*intake.findings, *findings])
    return Outcome(intake.month, config, tables, intake, values, measured, scores, tuple(standings), tuple(everything), past, corrections)


def _still_missing(needed: pd.DataFrame, scores: Scores, measured: Measured, tables: LevelTables) -> pd.DataFrame:
    """What was needed, less the days that have not come and the days given in an earlier month."""
    days = [code for code, measure in tables.measures.items() if measure.kind is Kind.DATE]
    given = measured.values.loc[needed.index, days].notna().reindex(columns=needed.columns, fill_value=False)
    return needed & ~scores.not_yet.loc[needed.index] & ~given


def _without_case(scores: Scores, sent: set[str], tables: LevelTables) -> list[Finding]:
    found = []
    for code, kpi in scores.kpis.items():
        for row, unit in enumerate(tables.unit):
            if tables.cases_of(code) and kpi.case[row] == 0 and kpi.applies[row] and unit in sent:
                measure = tables.cases_of(code)[0].measure
                found.append(finding("no-case", Place(tables.file, "ระดับ"), unit=unit, measure=measure, kpi=code))
    return found
