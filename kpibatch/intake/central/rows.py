"""A table with a row a unit and a column a measure → lines of the long frame, and what is wrong with it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.addresses import coordinates
from kpibatch.base.findings import Finding, finding
from kpibatch.books.read import as_text
from kpibatch.books.table import Row, Table
from kpibatch.forms.names import other_beside, units_named
from kpibatch.intake.frame import BAD, EMPTY, OK, Line
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import nearest_unit
from kpibatch.rules.records import Measure, Unit

_AMBIGUOUS = "table-column-twice"


@dataclass(frozen=True)
class Said:
    """Lines with what was found in the same places; ``strangers`` are rows of no unit of the tables."""

    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    strangers: tuple[Row, ...] = ()


def said_in(
    table: Table,
    unit_column: str,
    columns: Mapping[str, str],
    month: str,
    tables: LevelTables,
    name_column: str = "",
) -> Said:
    """What a table says of a month; ``columns`` maps measures to headings; beside a unit's code its name may
    stand in another column.

    A unit with two rows has no value, nor has a measure with two columns of its heading; a unit without a row
    has no line. Source: design, section 1 (ที่มา จังหวัด, แหล่งข้อมูล).
    """
    rows: dict[str, list[Row]] = {}
    strangers, doubtful = list[Row](), list[Finding]()
    for row in table:
        text = row.text(unit_column)
        named = units_named(text, tables) if text else ()
        name = row.text(name_column) if name_column in row.columns else ""
        if len(named) == 1 and (other := other_beside(named[0].code, name, tables)):
            doubtful.append(_misnamed(row, name_column, named[0], tables.unit[other]))
        elif len(named) == 1:
            rows.setdefault(named[0].code, []).append(row)
        elif named:
            doubtful.append(_several(row, unit_column, named))
        elif text or not all(map(row.blank, columns.values())):
            strangers.append(row)
    doubled = {fault.found for fault in table.head.findings if fault.code == _AMBIGUOUS}
    lines = [
        _line(several[0], tables.measures[code], heading, month, unit, len(several) > 1 or heading in doubled)
        for unit, several in rows.items()
        for code, heading in columns.items()
    ]
    twice = (_twice(several, unit_column, tables.unit[unit]) for unit, several in rows.items())
    about = (_about(row, unit, columns) for unit, several in rows.items() for row in several)
    findings = [*_of_headings(table, unit_column, columns), *doubtful, *filter(None, twice)]
    return Said(tuple(lines), (*findings, *(fault for some in about for fault in some)), tuple(strangers))


def _several(row: Row, unit_column: str, units: Sequence[Unit]) -> Finding:
    """A row whose unit's name several units have."""
    codes = ", ".join(unit.code for unit in units)
    return finding("unit-several", row.place(unit_column), found=row.text(unit_column), units=codes)


def _misnamed(row: Row, name_column: str, unit: Unit, other: Unit) -> Finding:
    """A row of whom the code says one unit and the name another: perhaps sorted beside its codes."""
    facts = {"unit_code": unit.code, "name": unit.name, "other": other.code}
    return finding("unit-other-name", row.place(name_column), found=row.text(name_column), **facts)


def stranger(row: Row, unit_column: str, tables: LevelTables) -> Finding:
    """A row of no unit of the tables."""
    text = row.text(unit_column)
    nearest = nearest_unit(tables, text[:60]) if text else "–"
    return finding("central-unit", row.place(unit_column), found=text or "–", nearest=nearest)


def _line(row: Row, measure: Measure, heading: str, month: str, unit: str, doubtful: bool) -> Line:
    place, blank = row.place(heading), row.blank(heading)
    value = row.read(heading, measure.kind, measure.counting_unit)
    bad = doubtful or (value is None and not blank)
    number = math.nan if value is None or bad else value
    found = as_text(row.value(heading)) if heading in row.columns else ""
    state = BAD if bad else EMPTY if blank else OK
    return Line(unit, measure.code, month, number, state, found, place.file, place.sheet, place.cell)


def _twice(rows: list[Row], unit_column: str, unit: Unit) -> Finding | None:
    if len(rows) < 2:
        return None
    facts = {"name": unit.name, "first": rows[0].place(unit_column).cell}
    return finding("central-twice", rows[1].place(unit_column), unit=unit.code, found=unit.code, **facts)


def _about(row: Row, unit: str, columns: Mapping[str, str]) -> Iterator[Finding]:
    """What a row remembers, with the unit and the measure it is about."""
    measure_of = {heading: code for code, heading in columns.items()}
    for fault in row.findings:
        heading = dict(fault.facts).get("column", "")
        yield replace(fault, unit=unit, measure=measure_of.get(heading, ""))


def _of_headings(table: Table, unit_column: str, columns: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the headings, as far as it is about a column that is read."""
    needed = {unit_column, *columns.values()}
    at = {table.head.columns[heading] for heading in needed if heading in table.head.columns}
    for fault in table.head.findings:
        if fault.code == "table-merged":
            if at & set(_columns_of(fault.found)):
                yield fault
        elif fault.code != _AMBIGUOUS or fault.found in needed:
            yield fault


def _columns_of(cells: str) -> Iterable[int]:
    """The columns, from 0, that a range such as ``B3:D4`` covers."""
    first, last = (coordinates(cell)[1] for cell in cells.split(":"))
    return range(first, last + 1)
