"""ตัวอย่าง: worked cases, each with the level that it should get; what is wrong is remembered by the rows."""

import math
from collections.abc import Iterable, Mapping

from kpibatch.books.read import as_text
from kpibatch.books.table import Row, Table
from kpibatch.books.values import read_value
from kpibatch.rules.reading.nodes import since_of
from kpibatch.rules.records import Example, Measure, Node
from kpibatch.rules.round import Round
from kpibatch.rules.schema import EXAMPLES, MEASURES, NODES

MONTHS_APART = ";"
_OF_THE_SHEET = frozenset(map(str, EXAMPLES.columns))


def read_examples(
    table: Table, nodes: Iterable[Node], measures: Mapping[str, Measure], this: Round, levels: int
) -> tuple[Example, ...]:
    """A case a row; a cell may hold a measure's months one by one: ``3; 2; 4``.

    Two cases of one KPI with the same values that should get different levels are a fault, as is one that
    names no value at all. Source: design, section 1 (ตัวอย่าง).
    """
    columns = [column for column in table.columns if column not in _OF_THE_SHEET]
    for column in columns:
        if column not in measures:
            table.head.report("table-unknown", column, column, where=MEASURES.sheet)
    known = {node.code for node in nodes}
    parents = {node.parent for node in nodes}
    said: dict[tuple[object, ...], Example] = {}
    for row in table:
        kpi, level = row.code(EXAMPLES.kpi), _level(row, levels)
        if kpi not in known or kpi in parents:
            row.report("table-unknown", EXAMPLES.kpi, kpi, where=NODES.sheet)
        values = {code: _months(row, measures[code]) for code in columns if code in measures}
        given = {code: months for code, months in values.items() if months}
        if not given:
            row.report("example-empty", EXAMPLES.kpi, kpi)
        if level is None or not given or kpi not in known or kpi in parents:
            continue
        since = since_of(row, EXAMPLES.since, this)
        places = {code: row.place(code) for code in given}
        number, why = row.text(EXAMPLES.number), row.text(EXAMPLES.why)
        example = Example(kpi, number, given, level, why, since, row.place(EXAMPLES.level), places)
        other = said.setdefault((kpi, since, *sorted(given.items())), example)
        if other.level != level:
            facts = {"other": str(other.place.cell), "level": str(other.level)}
            row.report("example-against", EXAMPLES.level, level, **facts)
    return tuple(said.values())


def _level(row: Row, levels: int) -> int | None:
    """ระดับที่ควรได้: a whole number from 0 to the highest level."""
    if row.blank(EXAMPLES.level):
        row.report("table-value", EXAMPLES.level, "", expected=f"0 – {levels}")
        return None
    number = row.number_in(EXAMPLES.level)
    if number is not None and not (number.is_integer() and 0 <= number <= levels):
        row.report("table-value", EXAMPLES.level, row.text(EXAMPLES.level), expected=f"0 – {levels}")
        return None
    return None if number is None else int(number)


def _months(row: Row, measure: Measure) -> tuple[float, ...]:
    """A cell's value, or its months; empty where nothing stands in it."""
    cell = row.value(measure.code)
    if not isinstance(cell, str) or MONTHS_APART not in cell:
        value = row.read(measure.code, measure.kind, measure.counting_unit)
        return () if value is None else (value,)
    parts = map(str.strip, cell.split(MONTHS_APART))
    months = [read_value(part, measure.kind, measure.counting_unit) for part in parts]
    if any(month.refused or math.isnan(month.value) for month in months):
        row.report("table-value", measure.code, as_text(cell), expected=f"3{MONTHS_APART} 2{MONTHS_APART} 4")
        return ()
    return tuple(month.value for month in months)
