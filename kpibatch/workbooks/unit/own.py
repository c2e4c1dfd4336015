"""A month's outcome taken apart: what of it is one unit's own. Its summary is written from this, from the
level tables and from nothing else, so that the same comes out wherever these are the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

from kpibatch.base.findings import Finding, Place
from kpibatch.intake.frame import columns_of
from kpibatch.rules.records import Unit
from kpibatch.scoring.lacking import Lack
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.promises import Promise
from kpibatch.scoring.rank import Standing
from kpibatch.scoring.trend import NO_TREND, Trend

Found = TypeVar("Found")
_CELLS = ("measure", "month", "value", "state", "found")


@dataclass(frozen=True)
class OwnKpi:
    """A KPI's result; ``steps`` lead to the next level and bring ``gain``, those of ``back`` give back the
    points that are taken off; ``claimed`` is the level that the unit claims.
    """

    case: int
    level: int
    met: tuple[bool, ...]
    missing: bool
    score: float
    deducted: float
    steps: tuple[Step, ...]
    gain: float
    back: Promise | None
    claimed: int | None


@dataclass(frozen=True)
class OwnMonth:
    """What an earlier month, or this one, came to; the last three by KPI."""

    month: str
    percent: float | None
    rank: int | None
    levels: Mapping[str, int]
    values: Mapping[str, float]
    claims: Mapping[str, int]


@dataclass(frozen=True)
class Own:
    """What the month was for one unit. ``ranked`` is how many units have a rank, ``file`` the submission that
    counts; ``cells`` are what was reported by measure and month: the value, its state and what was typed;
    ``incomplete`` lack a month; ``texts``, ``places``, ``why`` (a value is missing, or not of every month),
    ``files`` (of evidence) and ``wanted`` are by measure.
    """

    month: str
    language: str
    unit: Unit
    standing: Standing
    ranked: int
    file: str
    came: date | None
    late: bool
    unread: bool
    findings: tuple[Finding, ...]
    cells: Mapping[tuple[str, str], tuple[float, str, str]]
    values: Mapping[str, float]
    incomplete: tuple[str, ...]
    lacking: Mapping[str, Lack]
    why: Mapping[str, str]
    texts: Mapping[str, tuple[str, ...]]
    places: Mapping[str, Place]
    files: Mapping[str, int]
    wanted: Mapping[str, tuple[int, ...]]
    shares: Mapping[str, float]
    scores: Mapping[str, float]
    kpis: Mapping[str, OwnKpi]
    past: tuple[OwnMonth, ...]

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all of it; of a measure that a step is about, the code."""
        own = [repr(_plain(getattr(self, part.name))) for part in fields(self)]
        return sha256("\n".join(own).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(content: Any) -> object:
    """Mappings, tuples and what is written out whole; a step's measure stands in the level tables."""
    if isinstance(content, Mapping) and any(isinstance(each, OwnKpi) for each in content.values()):
        return [(key, *_parts(each)) for key, each in content.items()]
    return content


def _parts(record: Any) -> list[object]:
    parts = (getattr(record, part.name) for part in fields(record) if part.name != "measure")
    code = [record.measure.code] if isinstance(record, Step) else []
    return [*code, *map(_told, parts)]


def _told(part: Any) -> object:
    if isinstance(part, Step | Promise):
        return _parts(part)
    return [_told(each) for each in part] if isinstance(part, tuple) else part


class Owns:
    """What each unit's own is of a month's outcome; ``trend`` are the months so far."""

    def __init__(self, outcome: Outcome, trend: Trend = NO_TREND) -> None:
        self._outcome, self._trend, tables = outcome, trend, outcome.tables
        self._measures = tuple(tables.measures)
        self._shares, self._scores = (
            columns_of(each, float) for each in (outcome.scores.shares, outcome.scores.scores)
        )
        self._lacking = columns_of(outcome.measured.incomplete, bool)
        self._carried: dict[str, list[str]] = {}
        for unit, measure in outcome.carried:
            self._carried.setdefault(unit, []).append(measure)

    def of(self, unit: Unit) -> Own:
        outcome, code, row = self._outcome, unit.code, self._outcome.tables.position[unit.code]
        intake, lacking = outcome.intake, dict(sorted(outcome.lacking_of(code).items()))
        sent = outcome.submission_of.get(code)
        cells = zip(*(outcome.column_of(code, name) for name in _CELLS), strict=True)
        return Own(
            outcome.month,
            outcome.language,
            unit,
            outcome.standing[code],
            outcome.ranked,
            sent.file if sent else "",
            sent.received.date() if sent and sent.received else None,
            late=code in outcome.late,
            unread=code in outcome.unread,
            findings=tuple(outcome.findings_of(code)),
            cells={(measure, month): (value, state, found) for measure, month, value, state, found in cells},
            values=dict(outcome.measured.row(row)),
            incomplete=tuple(each for each, lacks in self._lacking.items() if lacks[row]),
            lacking=lacking,
            why={
                each: outcome.lack_in_words(code, each) for each in (*lacking, *self._carried.get(code, ()))
            },
            texts=self._by_measure(intake.texts, code),
            places=self._by_measure(outcome.measured.origin, code),
            files=self._by_measure(intake.evidence.handed_in, code),
            wanted={each: outcome.wanted[code, each] for each in outcome.wanted_of.get(code, ())},
            shares=_row(self._shares, row),
            scores=_row(self._scores, row),
            kpis=dict(self._kpis(code, row)),
            past=tuple(self._past(code)),
        )

    def _by_measure(self, every: Mapping[tuple[str, str], Found], unit: str) -> dict[str, Found]:
        found = ((code, every.get((unit, code))) for code in self._measures)
        return {code: each for code, each in found if each is not None}

    def _kpis(self, unit: str, row: int) -> Iterator[tuple[str, OwnKpi]]:
        outcome = self._outcome
        for leaf in outcome.tables.leaves:
            kpi, key = leaf.code, (leaf.code, unit)
            result, claimed = outcome.scores.kpis[kpi], outcome.intake.own_levels.get((unit, kpi))
            if result.applies[row]:
                yield (
                    kpi,
                    OwnKpi(
                        int(result.case[row]),
                        int(result.level[row]),
                        tuple(map(bool, result.met[row])),
                        bool(result.missing[row]),
                        float(result.score[row]),
                        float(result.points.deducted[row]),
                        outcome.steps(kpi, unit),
                        outcome.gain(kpi, unit),
                        outcome.points_back.get(key),
                        claimed.level if claimed else None,
                    ),
                )

    def _past(self, unit: str) -> Iterator[OwnMonth]:
        kpis = [(leaf.code, (unit, leaf.code)) for leaf in self._outcome.tables.leaves]

        def own(of: Mapping[tuple[str, str], Found]) -> dict[str, Found]:
            return {kpi: of[key] for kpi, key in kpis if key in of}

        for each in self._trend.months:
            percent, rank = each.percent.get(unit), each.rank.get(unit)
            yield OwnMonth(each.month, percent, rank, own(each.levels), own(each.values), own(each.claims))


def _row(columns: Mapping[str, Any], row: int) -> dict[str, float]:
    return {code: float(column[row]) for code, column in columns.items()}
