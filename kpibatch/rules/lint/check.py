"""Every check, over a workbook or over tables that were read."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from kpibatch.base.addresses import coordinates
from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Finding
from kpibatch.books.guard.capped import USUAL
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint import (
    cases,
    levels,
    measures,
    optional,
    periods,
    points,
    rounds,
    rows,
    scorecard,
    slips,
    units,
)
from kpibatch.rules.lint.echoes import faults_alone, lint_alone, lost_sheets
from kpibatch.rules.lint.tree import links, places, targets
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import (
    BASELINES,
    CALENDAR,
    CROSSCHECKS,
    EXPORTS,
    MEASURES,
    NODES,
    RATING,
    ROUND,
    RULES,
    SHEETS,
    UNITS,
    Sheet,
)
from kpibatch.rules.sheets import in_a_child

Check: TypeAlias = Callable[[LevelTables], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *rounds.CHECKS,
    *units.CHECKS,
    *scorecard.CHECKS,
    *measures.CHECKS,
    *rows.CHECKS,
    *slips.CHECKS,
    *levels.CHECKS,
    *points.CHECKS,
    *cases.CHECKS,
    *periods.CHECKS,
    *optional.CHECKS,
    *places.CHECKS,
    *links.CHECKS,
    *targets.CHECKS,
)
# What a file of checks looks across: with one of these sheets gone or a heading lost, it would see echoes.
_ACROSS: tuple[tuple[ModuleType, tuple[Sheet, ...]], ...] = (
    (rounds, (ROUND, RATING, CALENDAR)),
    (units, (UNITS,)),
    (scorecard, (NODES, RULES, UNITS)),
    (measures, (MEASURES, NODES, RULES, BASELINES, UNITS)),
    (rows, (ROUND, MEASURES, RULES)),
    (slips, (ROUND, NODES, MEASURES, RULES, BASELINES)),
    (levels, (NODES, MEASURES, RULES)),
    (points, (ROUND, NODES, RULES)),
    (cases, (NODES, RULES)),
    (periods, (ROUND, NODES, RULES)),
    (optional, (MEASURES, EXPORTS, CROSSCHECKS)),
    (places, (UNITS, NODES)),
    (links, (UNITS, NODES, MEASURES, RULES)),
    (targets, (UNITS, NODES, MEASURES, RULES, BASELINES)),
)
# what the rules of one month lack those of another may have
_OF_THE_ROUND = ("lint-unused",)


def check_levels(path: Path, limits: IntakeLimits = USUAL) -> tuple[LevelTables, list[Finding]]:
    """Read the workbook and look for every fault, each once: what follows from another is not told.

    In the order of the sheets, their rows and their columns. Raises ``KpibatchError`` where it is no readable
    workbook at all, or takes more time or memory than the limits allow.
    Source: design, section 1 (nothing is read silently).
    """
    return in_a_child(limits, _checked, path)


def _checked(path: Path) -> tuple[LevelTables, list[Finding]]:
    tables, read = read_levels(path)
    lost = lost_sheets(read)
    sound = (file for file, sheets in _ACROSS if not any(sheet.sheet in lost for sheet in sheets))
    linted = _in_each_period(tables, [check for file in sound for check in file.CHECKS])
    everything = {*faults_alone(read, tables), *lint_alone(linted, read, tables)}
    return tables, sorted(everything, key=_where)


def _where(fault: Finding) -> tuple[object, ...]:
    names = [sheet.sheet for sheet in SHEETS]
    sheet, cell = fault.place.sheet, fault.place.cell.partition(":")[0]
    number = names.index(sheet) if sheet in names else len(names)
    return number, sheet, coordinates(cell) if cell else (-1, -1), fault.code, fault.found, fault.facts


def _in_each_period(tables: LevelTables, checks: Iterable[Check]) -> list[Finding]:
    """What the checks find in the rules of each stretch of the round, each fault once; of one that is not
    there from the start it is said since when.

    Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
    """
    periods, checks = tables.periods, tuple(checks)
    found = [[fault for check in checks for fault in check(period)] for period in periods]
    everywhere = set(found[0]).intersection(*found[1:])
    seen: dict[Finding, str] = {}
    for period, faults in zip(periods, found, strict=True):
        for fault in faults:
            if fault.code not in _OF_THE_ROUND or fault in everywhere:
                seen.setdefault(fault, "" if period is periods[0] else period.since)
    return [fault.holding_from(since) if since else fault for fault, since in seen.items()]


def lint(tables: LevelTables) -> list[Finding]:
    """Every fault of tables that were read; what could not be read is already among the reader's findings."""
    return _in_each_period(tables, CHECKS)
