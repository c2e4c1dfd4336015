"""One side of a comparison: what a month gave each unit, with the tables and values it came from.

In: a month's folder read back, or an outcome worked out anew. Out: ``Side``, the same for both.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from kpibatch.base.errors import PublishedDamaged, RulesError
from kpibatch.base.findings import COLUMNS, NOWHERE, Place
from kpibatch.base.month_files import FINDINGS, LEVEL_TABLES, MEASURES, SCORES
from kpibatch.months.folder import Published, Row, as_number
from kpibatch.months.listings import MEASURE_COLUMNS, SCORE_COLUMNS, measure_rows, score_rows
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import TOTAL, Case, Rule
from kpibatch.scoring.kpi import take_case
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.points import Integers
from kpibatch.scoring.rank import Standing, Status, percent_of, rating_of


@dataclass(frozen=True)
class Result:
    """What a unit got at a KPI: level and score (``None`` and NaN where it has none), and the KPI's part of
    the total in percent.
    """

    level: int | None
    score: float
    share: float
    status: Status

    @property
    def points(self) -> float:
        """What the KPI puts into the total."""
        return 0.0 if math.isnan(self.score) else self.share * self.score / 100


@dataclass(frozen=True)
class Side:
    """``results`` are by unit and leaf, ``nodes`` by unit and inner node, the other mappings by unit and
    measure; ``corrections`` is the corrections workbook's name.
    """

    name: str
    tables: LevelTables
    workbook: Path
    standings: Mapping[str, Standing]
    results: Mapping[tuple[str, str], Result]
    nodes: Mapping[tuple[str, str], Result]
    values: Mapping[tuple[str, str], float]
    places: Mapping[tuple[str, str], Place]
    findings: Mapping[tuple[str, str], tuple[Row, ...]]
    corrections: str

    @cached_property
    def peers(self) -> Mapping[str, frozenset[str]]:
        """For each unit those of its kind, which alone are ranked with it.

        Source: design, section 1 (Wider rules: ประเภท).
        """
        units, tree = self.tables.units, self.tables.tree
        alike = {kind.name: frozenset(unit.code for unit in units[kind.rows]) for kind in tree.kinds}
        return {unit: alike[kind.name] for unit, kind in tree.kind_of.items()}

    def result(self, unit: str, node: str) -> Result | None:
        """What the unit got at a KPI or an inner node; ``None`` where the tables have no such."""
        return self.results.get((unit, node)) or self.nodes.get((unit, node))

    def value(self, unit: str, measure: str) -> float:
        """A value; NaN where it is missing or the measure unknown."""
        return self.values.get((unit, measure), math.nan)

    def place(self, unit: str, measure: str) -> Place:
        return self.places.get((unit, measure), NOWHERE)

    def corrected(self, unit: str, measure: str) -> bool:
        """Whether a value comes from the province's corrections."""
        return self.corrections in self.place(unit, measure).file.split(", ")

    def case(self, unit: str, kpi: str) -> Case | None:
        """The case a unit is in at a KPI; ``None`` where the KPI has none or none holds."""
        number = self._case_number(unit, kpi)
        return self.tables.cases_of(kpi)[number - 1] if number else None

    def active(self, unit: str, kpi: str) -> tuple[Rule, ...]:
        """The rows of a KPI's level table that count for a unit."""
        return self.tables.rules_in_case(kpi, self._case_number(unit, kpi))

    def _case_number(self, unit: str, kpi: str) -> int:
        """Its number from 1; 0 where there is none."""
        cases = self.tables.cases_of(kpi)
        if not cases or unit not in self.tables.unit:
            return 0
        if kpi not in self._taken:
            self._taken[kpi] = take_case(cases, self._frame)
        return int(self._taken[kpi][self.tables.position[unit]])

    @cached_property
    def _taken(self) -> dict[str, Integers]:
        return {}

    @cached_property
    def _frame(self) -> pd.DataFrame:
        """Units × measures, as the scoring has it."""
        columns = {
            code: np.array([self.value(unit, code) for unit in self.tables.unit])
            for code in self.tables.measures
        }
        return pd.DataFrame(columns, index=list(self.tables.unit))


def side_of_month(month: Published, corrections: str) -> Side:
    """A month as it was published. Raises ``KpibatchError`` where one of its files is damaged."""
    workbook = month.level_tables
    try:
        tables, faults = read_levels(workbook)
    except RulesError as error:
        raise PublishedDamaged(
            folder=month.folder, file=LEVEL_TABLES, reason=error.facts.get("reason", "–")
        ) from None
    if fault := next((each for each in faults if each.severity == "error"), None):
        raise PublishedDamaged(
            folder=month.folder,
            file=LEVEL_TABLES,
            reason=f"{fault.place} [{fault.code}]",
        )
    tables = tables.for_month(month.month)
    with _readable(month, SCORES):
        standings, results, nodes = _scores(month.scores, tables)
    with _readable(month, MEASURES):
        values, places = _measures(month.measures, tables)
    with _readable(month, FINDINGS):
        findings = _findings(month.findings)
    return Side(
        month.month, tables, workbook, standings, results, nodes, values, places, findings, corrections
    )


@contextmanager
def _readable(month: Published, file: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, ValueError, TypeError) as reason:
        raise PublishedDamaged(folder=month.folder, file=file, reason=reason) from None


def side_of_outcome(outcome: Outcome, name: str, workbook: Path) -> Side:
    """A month as it was just worked out by the level tables in ``workbook``."""
    tables, language = outcome.tables, outcome.language
    standings, results, nodes = _scores(
        (dict(zip(SCORE_COLUMNS, row, strict=True)) for row in score_rows(outcome)), tables
    )
    values, places = _measures(
        (dict(zip(MEASURE_COLUMNS, row, strict=True)) for row in measure_rows(outcome)), tables
    )
    findings = _findings(dict(zip(COLUMNS, each.row(language), strict=True)) for each in outcome.findings)
    return Side(
        name,
        tables,
        workbook,
        standings,
        results,
        nodes,
        values,
        places,
        findings,
        outcome.config.corrections.name,
    )


def _scores(
    rows: Iterable[Row], tables: LevelTables
) -> tuple[dict[str, Standing], dict[tuple[str, str], Result], dict[tuple[str, str], Result]]:
    """What each unit got: its total, its KPIs and what stands above them."""
    leaves = {leaf.code for leaf in tables.leaves}
    standings, results, nodes = {}, {}, {}
    for row in rows:
        if row["node"] == TOTAL:
            standings[row["unit"]] = _standing(row, tables)
        elif row["node"] in leaves:
            results[row["unit"], row["node"]] = _result(row)
        elif row["node"] in tables.node:
            nodes[row["unit"], row["node"]] = _result(row)
    return standings, results, nodes


def _measures(
    rows: Iterable[Row], tables: LevelTables
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], Place]]:
    values, places = {}, {}
    for row in rows:
        key = row["unit"], row["measure"]
        values[key] = as_number(row["value"])
        places[key] = Place(row["file"], row["sheet"], row["cell"])
    return values, places


def _findings(rows: Iterable[Row]) -> dict[tuple[str, str], tuple[Row, ...]]:
    """The findings on measures, as dicts of texts."""
    findings: dict[tuple[str, str], tuple[Row, ...]] = {}
    for row in rows:
        if row["measure"]:
            key = row["unit"], row["measure"]
            findings[key] = (*findings.get(key, ()), row)
    return findings


def _standing(row: Row, tables: LevelTables) -> Standing:
    total = as_number(row["score"])
    return Standing(
        row["unit"],
        total,
        percent_of(total, tables),
        rating_of(total, tables),
        int(row["rank"] or 0),
        Status(row["status"]),
    )


def _result(row: Row) -> Result:
    level = int(row["level"]) if row["level"] else None
    return Result(level, as_number(row["score"]), as_number(row["effective_weight"]), Status(row["status"]))
