"""หน่วย → units, kind by kind, each below the one it belongs to."""

import re
from collections.abc import Mapping
from dataclasses import replace

from kpibatch.base.findings import Finding, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold, show_number
from kpibatch.books.table import Row, Table
from kpibatch.rules.reading.references import circular, codes_of_units
from kpibatch.rules.records import Unit
from kpibatch.rules.schema import UNITS
from kpibatch.rules.tree.units import kind_by_kind

_MOST_TILES = 40
_SEVERAL = re.compile(r"\s*[,;/]\s*|\s+และ\s+")
CIRCLE = " → "
"""Between the codes of units that stand below each other in a circle."""


def read_units(table: Table, noun: str) -> tuple[dict[str, Unit], list[Finding]]:
    """The units by their code, and what is wrong with how they hang together; ``noun`` is the round's word
    for a unit. One whose สังกัด leads nowhere, or back to itself, stands below nobody.

    Source: design, section 1 (หน่วย; Wider rules: สังกัด, ประเภท).
    """
    units = dict[str, Unit]()
    for row in table:
        code = row.code(UNITS.code)
        if not code:
            row.report("table-value", UNITS.code, "", expected=UNITS.code)
        elif code not in units:
            units[code] = _unit(row)
        elif (parent := row.code(UNITS.parent)) and fold(parent) != fold(units[code].parent):
            facts = {"unit_code": code, "before": units[code].parent or "–"}
            row.report("table-tree-places", UNITS.parent, parent, **facts)
        else:
            row.report("table-duplicate", UNITS.code, code)
    placed, faults = _placed(units, table)
    return {unit.code: unit for unit in kind_by_kind(placed.values(), noun)}, faults


def _placed(units: Mapping[str, Unit], table: Table) -> tuple[dict[str, Unit], list[Finding]]:
    """The units, each with the code of the one above; named by its code or its name."""
    known = codes_of_units(units)
    placed, faults, column = dict(units), list[Finding](), UNITS.parent
    for row in table:
        unit = units.get(row.code(UNITS.code))
        if unit and unit.parent and row.place(UNITS.code) == unit.place:
            parent = known.get(fold(unit.parent), "")
            placed[unit.code] = replace(unit, parent=parent)
            several = [known.get(fold(each), "") for each in _SEVERAL.split(unit.parent)]
            if not parent and len(several) > 1 and all(several):
                first, second = several[:2]
                row.report("table-tree-places", column, second, unit_code=unit.code, before=first)
            elif not parent:
                nearest = nearest_of(unit.parent, [*units, *(each.name for each in units.values())])
                row.report("table-tree-above", column, unit.parent, nearest=nearest)
    above = {code: (unit.parent,) if unit.parent else () for code, unit in placed.items()}
    while around := circular(above):
        round_trip = _round_trip(around[0], above)
        place = placed[around[0]].place
        faults.append(finding("table-circular", place, found=CIRCLE.join(round_trip), column=column))
        for code in round_trip:
            placed[code], above[code] = replace(placed[code], parent=""), ()
    return placed, faults


def _round_trip(start: str, above: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The codes on the way up from one that comes back to itself."""
    way = [start]
    while (code := above[way[-1]][0]) != start:
        way.append(code)
    return [*way, start]


def _unit(row: Row) -> Unit:
    if row.blank(UNITS.name):
        row.report("table-value", UNITS.name, "", expected=UNITS.name)
    return Unit(
        code=row.code(UNITS.code),
        name=row.text(UNITS.name),
        group=row.text(UNITS.group),
        email=row.text(UNITS.email),
        cc=row.text(UNITS.cc),
        place=row.place(UNITS.code),
        position=row.text(UNITS.position),
        parent=row.code(UNITS.parent),
        kind=row.text(UNITS.kind),
        tile=_tile(row),
        assessor=row.text(UNITS.assessor),
    )


def _tile(row: Row) -> tuple[int, int] | None:
    """A unit's row and column on the tile map, from 1; both or none.

    Source: design, section 1 (Wider rules: แถว, คอลัมน์).
    """
    columns = (UNITS.map_row, UNITS.map_column)
    numbers = [row.number_in(column) for column in columns]
    for column, number, other in zip(columns, numbers, reversed(numbers), strict=True):
        if number is None and other is not None and row.blank(column):
            row.report("table-value", column, "", expected=f"1 – {_MOST_TILES}")
        elif number is not None and number not in range(1, _MOST_TILES + 1):
            row.report("table-value", column, show_number(number), expected=f"1 – {_MOST_TILES}")
            return None
    at, across = numbers
    return None if at is None or across is None else (int(at), int(across))
