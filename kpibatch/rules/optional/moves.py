"""ย้าย → from which month a unit stands below another one than สังกัด says."""

from collections.abc import Mapping
from dataclasses import replace

from kpibatch.base.findings import Finding, finding
from kpibatch.base.thai import fold
from kpibatch.books.table import Table
from kpibatch.rules.reading.nodes import since_of
from kpibatch.rules.reading.references import circular, codes_of_units
from kpibatch.rules.records import Unit
from kpibatch.rules.round import Round
from kpibatch.rules.schema import MOVES, UNITS
from kpibatch.rules.tree.units import standing_in


def with_moves(table: Table, units: Mapping[str, Unit], this: Round) -> tuple[dict[str, Unit], list[Finding]]:
    """The units with where each stands from which month on, and what is wrong: no such unit, two places in
    one month, a month outside the round, a move to where it stands already, below itself.

    Source: design, section 1 (Wider rules: สังกัด; moved in mid-round).
    """
    known = codes_of_units(units)
    moves: dict[str, dict[str, str]] = {}
    for row in table:
        ends = []
        for column in (MOVES.unit, MOVES.to):
            ends.append(known.get(fold(row.code(column)), ""))
            if not ends[-1]:
                row.report("table-unknown", column, row.code(column), where=UNITS.sheet)
        since, (unit, to) = since_of(row, MOVES.since, this), ends
        told = any(fault.place == row.place(MOVES.since) for fault in row.findings)
        own = moves.setdefault(unit, {})
        if not all(ends) or told:
            continue
        before = max((month for month in own if month < since), default="")
        if not since:
            row.report("table-tree-move-first", MOVES.since, row.text(MOVES.since), name=units[unit].name)
        elif since in own:
            facts = {"name": units[unit].name, "before": own[since]}
            row.report("table-tree-move-twice", MOVES.to, to, **facts)
        elif to == own.get(before, units[unit].parent):
            row.report("table-tree-move-idle", MOVES.to, to, name=units[unit].name)
        else:
            own[since] = to
    moved = dict(units)
    for unit, own in moves.items():
        if own:
            first = ("", units[unit].parent)
            moved[unit] = replace(units[unit], moves=(first, *sorted(own.items())))
    return _sound(moved, moves)


def _sound(
    units: dict[str, Unit], moves: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, Unit], list[Finding]]:
    """The units without the moves by which one would stand below itself."""
    faults: dict[str, Finding] = {}
    for month in sorted({month for own in moves.values() for month in own}):
        above = {code: standing_in(unit, month).parent for code, unit in units.items()}
        for code in circular({code: (parent,) if parent else () for code, parent in above.items()}):
            if units[code].moves:
                faults[code] = finding("table-circular", units[code].place, found=code, column=MOVES.to)
    return {c: replace(u, moves=()) if c in faults else u for c, u in units.items()}, [*faults.values()]
