"""Every check, over a workbook or over tables that were read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from kpibatch.base.findings import Finding, in_order
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint import cases, levels, measures, rounds, rows, scorecard, units
from kpibatch.rules.reader import read_levels

Check: TypeAlias = Callable[[LevelTables], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *rounds.CHECKS,
    *units.CHECKS,
    *scorecard.CHECKS,
    *measures.CHECKS,
    *rows.CHECKS,
    *levels.CHECKS,
    *cases.CHECKS,
)
_STRUCTURE = {"table-sheet-missing", "table-column-missing"}


def check_levels(path: Path) -> tuple[LevelTables, list[Finding]]:
    """Read the workbook and look for every fault; the reader's come first.

    With a sheet or column gone, the rest would be its echo.
    Raises ``KpibatchError`` where it is no readable workbook at all.
    Source: design, section 1 (nothing is read silently).
    """
    tables, faults = read_levels(path)
    first = sorted(in_order(faults), key=lambda fault: fault.code not in _STRUCTURE)
    if any(fault.code in _STRUCTURE for fault in faults):
        return tables, first
    return tables, first + in_order(lint(tables))


def lint(tables: LevelTables) -> list[Finding]:
    """Every fault of tables that were read; what could not be read is already among the reader's findings."""
    return [fault for check in CHECKS for fault in check(tables)]
