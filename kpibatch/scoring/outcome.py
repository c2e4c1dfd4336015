"""The month's outcome: what was sent, measured, scored, ranked and found. Pure: reads and writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config
from kpibatch.base.findings import LOST, Finding, Place, in_order, piece
from kpibatch.base.thai import show_month
from kpibatch.intake.checks.across import check_across
from kpibatch.intake.checks.validate import validate
from kpibatch.intake.corrections import CORRECTED, NO_CORRECTIONS, Claim, Corrections, with_corrections
from kpibatch.intake.frame import KEY, OK, PLACE, columns_of, rows_of
from kpibatch.intake.late import (
    CHANGED,
    OTHERWISE,
    said_first,
    with_first_sent,
    with_sealed_corrections,
    within_seals,
)
from kpibatch.intake.month import Intake, Submission, in_time, late_days
from kpibatch.intake.past import PastMonth
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import CROSSCHECKS
from kpibatch.scoring.cascade.passes import score_tree_of_units
from kpibatch.scoring.cascade.senders import counted
from kpibatch.scoring.evidence.claims import claimed_otherwise
from kpibatch.scoring.evidence.wanted import Wanted, about_evidence, wanted
from kpibatch.scoring.lacking import (
    NOT_GIVEN,
    Lack,
    carried_over,
    lacks,
    left_out,
    missing,
    missing_baselines,
    still_missing,
    too_large,
    without_case,
    zero_denominators,
)
from kpibatch.scoring.measures import Measured, backwards, measure_all
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.promises import Promise, points_back, promises
from kpibatch.scoring.rank import Standing, rank_units
from kpibatch.scoring.score import Scores


@dataclass(frozen=True)
class Outcome:
    """Everything that the outputs of a month are written from.

    ``reported`` is the long frame as it counts: earlier months as first sent, after corrections and
    validation; ``intake.reported`` is as sent; ``past`` are the round's months before; ``counting`` are the
    units that count, where not all of them stand here.
    """

    month: str
    config: Config
    tables: LevelTables
    intake: Intake
    reported: pd.DataFrame
    measured: Measured
    scores: Scores
    standings: tuple[Standing, ...]
    findings: tuple[Finding, ...]
    past: tuple[PastMonth, ...] = ()
    corrections: Corrections = NO_CORRECTIONS
    counting: frozenset[str] | None = None

    @property
    def language(self) -> str:
        return self.config.language

    @cached_property
    def sent(self) -> frozenset[str]:
        """The units whose results count: that sent, or have nothing to send."""
        return counted(self.tables, self.submission_of) if self.counting is None else self.counting

    @cached_property
    def nothing_to_send(self) -> frozenset[str]:
        """The units that have nothing to fill in, and have sent nothing."""
        return frozenset(self.tables.unit).difference(self.tables.senders, self.submission_of, self.unread)

    @property
    def months(self) -> tuple[str, ...]:
        """The round's months up to the report month."""
        return self.tables.round.until(self.month)

    @cached_property
    def late(self) -> frozenset[str]:
        """The units whose submission came after the due day."""
        return frozenset(submission.unit for submission in self.intake.submissions if submission.late)

    @cached_property
    def unread(self) -> frozenset[str]:
        """The units of which a file came, but none that can be read or counted."""
        return self.intake.unread

    @cached_property
    def standing(self) -> Mapping[str, Standing]:
        return {standing.unit: standing for standing in self.standings}

    @cached_property
    def submission_of(self) -> Mapping[str, Submission]:
        """The submission that counts, by unit."""
        return {each.unit: each for each in reversed(self.intake.submissions)}

    @cached_property
    def said(self) -> pd.DataFrame:
        """What the months after this one look back on."""
        return said_first(self.intake, self.reported, self.past)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What submissions say otherwise of earlier months than counts.

        A value that was taken away claims nothing.
        """
        changed = {(each.unit, each.place): each for each in self.findings if each.code == CHANGED}
        sent = self.intake.reported[self.intake.reported["state"] == OK]
        rows = rows_of(sent, (*KEY, "value", *PLACE))
        return tuple(
            Claim(unit, measure, month, value, about)
            for unit, measure, month, value, *place in rows
            if (about := changed.get((unit, Place(*place))))
        )

    @cached_property
    def ranked(self) -> int:
        """How many units have a rank."""
        return sum(standing.rank > 0 for standing in self.standings)

    def alike(self, unit: str) -> list[Standing]:
        """The standings of the units of one's kind."""
        of = self.tables.tree.kind_of
        return [each for each in self.standings if of[each.unit] is of[unit]]

    @cached_property
    def promises(self) -> Mapping[tuple[str, str], Promise]:
        """(KPI, unit) → what the unit lacks for its next level and what that would bring; worked out once."""
        return promises(self.measured, self.scores, self.tables, self.month, self.config.ranking)

    @cached_property
    def points_back(self) -> Mapping[tuple[str, str], Promise]:
        """(KPI, unit) → what would give the unit back the points that are taken off, and bring; nothing where
        none are.
        """
        return points_back(self.measured, self.scores, self.tables, self.month, self.config.ranking)

    def steps(self, kpi: str, unit: str) -> tuple[Step, ...]:
        """What a unit lacks for its next level of a KPI; nothing at the top or where it does not apply."""
        promise = self.promises.get((kpi, unit))
        return promise.steps if promise else ()

    def gain(self, kpi: str, unit: str) -> float:
        """How much of the total all those steps together would bring."""
        promise = self.promises.get((kpi, unit))
        return promise.gain if promise else 0.0

    @cached_property
    def _found(self) -> Mapping[str, list[Finding]]:
        """A unit's own: what stands in a file of the province or a central system is not for it to mend."""
        by_unit: dict[str, list[Finding]] = {}
        central = set(self.of_no_unit)
        for found in self.findings:
            if found not in central:
                by_unit.setdefault(found.unit, []).append(found)
        return by_unit

    @cached_property
    def of_no_unit(self) -> tuple[Finding, ...]:
        """What is for the province to mend: in its own numbers, in central systems' exports, or not there."""
        central = {name for name, _ in self.intake.central_files}
        return tuple(
            found for found in self.findings if found.place.file in central or found.code in NOT_GIVEN
        )

    def reported_by(self, unit: str) -> pd.DataFrame:
        """One unit's rows of ``reported``."""
        return self.reported.iloc[self._rows_of.get(unit, [])]

    def column_of(self, unit: str, name: str) -> list[Any]:
        """A column of them."""
        if name not in self._columns:
            self._columns[name] = self.reported[name].to_numpy()
        return self._columns[name][self._rows_of.get(unit, [])].tolist()  # type: ignore[no-any-return]

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        """Those that were asked for: taken out of the frame once for all units."""
        return {}

    @cached_property
    def _rows_of(self) -> Mapping[str, list[int]]:
        """The frame is looked through once for all units."""
        return {str(unit): list(rows) for unit, rows in self.reported.groupby("unit").indices.items()}

    @cached_property
    def overruled(self) -> Mapping[tuple[str, str], list[Finding]]:
        """(unit, measure) → where another value counts than the submission says: corrected, or sent otherwise
        before.
        """
        overruled: dict[tuple[str, str], list[Finding]] = {}
        for each in self.findings:
            if each.code == CORRECTED or each.code in OTHERWISE:
                overruled.setdefault((each.unit, each.measure), []).append(each)
        return overruled

    @cached_property
    def wanted(self) -> Wanted:
        """The evidence still to be handed in."""
        return wanted(self.reported, self.measured, self.scores, self.intake, self.tables, self.past)

    @cached_property
    def wanted_of(self) -> Mapping[str, list[str]]:
        """By unit the measures of which it is."""
        own: dict[str, list[str]] = {}
        for unit, measure in self.wanted:
            own.setdefault(unit, []).append(measure)
        return own

    @cached_property
    def lacks(self) -> Mapping[tuple[str, str], Lack]:
        """(unit, measure) → why a value that is filled in or fixed is missing or incomplete."""
        not_due = self.scores.not_yet
        return lacks(self.reported, self.measured, not_due, self.tables, self.month, self.sent, self.unread)

    @cached_property
    def carried(self) -> Mapping[tuple[str, str], str]:
        """(unit, measure) → the earlier month whose value counts in the report month."""
        return carried_over(self.reported, self.measured, self.tables, self.month)

    @cached_property
    def _asked(self) -> Mapping[str, dict[str, Lack]]:
        needed = columns_of(self.scores.needed, bool)
        by_unit: dict[str, dict[str, Lack]] = {unit: {} for unit in self.tables.unit}
        for (unit, code), lack in self.lacks.items():
            if needed[code][self.tables.position[unit]]:
                by_unit[unit][code] = lack
        return by_unit

    def lacking_of(self, unit: str) -> Mapping[str, Lack]:
        """The measures that a unit's scoring asked for and that are missing, incomplete or not yet due."""
        return self._asked[unit]

    def lack_in_words(self, unit: str, measure: str) -> str:
        """Why a value is missing, of one that is there what it stands for; empty where all is well."""
        language, lack = self.language, self.lacks.get((unit, measure))
        parts = [say(f"word.lack-{lack}", language)] if lack else []
        if month := self.carried.get((unit, measure)):
            parts.append(say("word.carried", language, month=show_month(month, language)))
        elif lack and self.measured.value(unit, measure) == self.measured.value(unit, measure):
            parts.append(say("word.not-every-month", language))
        return ": ".join(parts)

    def findings_of(self, unit: str) -> list[Finding]:
        return self._found.get(unit, [])


def assess(
    intake: Intake,
    tables: LevelTables,
    config: Config,
    past: tuple[PastMonth, ...] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> Outcome:
    """Correct, validate, measure, score and rank a month; ``past`` are the round's months before, oldest
    first.
    """
    usable, about_seals = within_seals(corrections.usable, past)
    approved = {each.key: each.value for each in usable}
    standing, about_late = with_first_sent(intake, past, tables, approved, config.intake.late_values)
    standing, about_sealed = with_sealed_corrections(standing, usable, past, tables)
    frame, about_corrections = with_corrections(standing, usable, tables, intake.month)
    reported, findings = validate(replace(intake, reported=frame), tables, config)
    with piece(findings, LOST, Place(tables.file, CROSSCHECKS.sheet)):
        reported, crossed = check_across(replace(intake, reported=reported), tables, findings)
        findings += crossed
    findings += [*about_corrections, *corrections.findings]
    findings += [*about_seals, *about_sealed, *about_late]
    measured = _measured(reported, tables, intake, past)
    sent = {*counted(tables, {submission.unit for submission in intake.submissions})}
    measured, scores = score_tree_of_units(measured, tables, intake.month, sent)
    needed = scores.needed.loc[[unit for unit in scores.needed.index if unit in sent]]
    findings += missing(reported, still_missing(needed, scores, measured, tables), tables, intake.month)
    findings += [*missing_baselines(needed, tables), *scores.lost]
    findings += [*without_case(scores, sent, tables), *left_out(measured, scores, sent, tables)]
    findings += zero_denominators(measured, scores, sent, tables) + too_large(measured, scores, sent, tables)
    findings += backwards(measured, sorted(sent), tables) + claimed_otherwise(intake, scores, tables)
    findings += about_evidence(reported, measured, scores, intake, tables, past)
    everything = in_order([*tables.warnings, *intake.findings, *findings])
    return Outcome(
        intake.month,
        config,
        tables,
        intake,
        reported,
        measured,
        scores,
        tuple(rank_units(scores, sent, tables, config.ranking)),
        tuple(everything),
        past,
        corrections,
    )


def _measured(
    reported: pd.DataFrame, tables: LevelTables, intake: Intake, past: tuple[PastMonth, ...]
) -> Measured:
    """The measures, what the batch knows by itself among them."""
    prompt, late = in_time(tables, intake, past), late_days(tables, intake, past)
    return measure_all(reported, tables, prompt, late, intake.month)
