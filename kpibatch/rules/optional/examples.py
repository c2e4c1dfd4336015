"""ตัวอย่าง: worked cases, each with the level that it should get; what is wrong is remembered by the rows."""

import math
from collections.abc import Iterable, Mapping

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold, show_number
from kpibatch.books.read import as_text
from kpibatch.books.table import Row, Table
from kpibatch.books.values import read_value
from kpibatch.rules.checks import Example
from kpibatch.rules.reading.nodes import since_of
from kpibatch.rules.records import TOTAL, Measure, Node, Source
from kpibatch.rules.round import Round
from kpibatch.rules.schema import EXAMPLES, MEASURES, NODES, NOT_TAKEN, RATING

MONTHS_APART = ";"
_OF_THE_SHEET = frozenset(map(str, EXAMPLES.columns))
_PERCENT = Measure(TOTAL, "", Kind.PERCENT, Source.FORM)  # of the full score: what a case of the total has


def read_examples(
    table: Table, nodes: Iterable[Node], measures: Mapping[str, Measure], this: Round, levels: int
) -> tuple[Example, ...]:
    """A case a row; a cell may hold a measure's months one by one: ``3; 2; 4``.

    Two cases of one KPI with the same values that should come out differently are a fault, as is one that
    names no value at all. Source: design, section 1 (ตัวอย่าง).
    """
    columns = [column for column in table.columns if column not in _OF_THE_SHEET]
    for column in columns:
        if column not in measures and column != TOTAL:
            table.head.report("table-unknown", column, column, where=MEASURES.sheet)
    known = {node.code for node in nodes} - {node.parent for node in nodes}
    read: list[Example] = []
    first: dict[tuple[object, ...], Example] = {}
    for row in table:
        example = _example(row, known, columns, measures, this, levels)
        if example is None:
            continue
        other = first.setdefault((example.kpi, example.since, *sorted(example.values.items())), example)
        if other is not example:
            _report_against(row, example, other)
        if other is example or (_expected(other), other.score) != (_expected(example), example.score):
            read.append(example)
    return tuple(read)


def _report_against(row: Row, example: Example, other: Example) -> None:
    """Two cases with the same values are told where they should come out differently."""
    expected = {EXAMPLES.level: _expected, EXAMPLES.score: _score_of}
    for column, of in expected.items():
        here, there = of(example), of(other)
        if here and there and here != there:
            row.report("example-against", column, here, other=str(other.place.cell), level=there)


def _expected(example: Example) -> str:
    """What stands in its ระดับที่ควรได้."""
    return example.word or (NOT_TAKEN if example.refused else str(example.level))


def _score_of(example: Example) -> str:
    """What stands in its คะแนนที่ควรได้."""
    return "" if example.score is None else show_number(example.score)


def _example(
    row: Row,
    known: Iterable[str],
    columns: Iterable[str],
    measures: Mapping[str, Measure],
    this: Round,
    levels: int,
) -> Example | None:
    """A row's case; ``None`` where it says too little to be tried."""
    kpi = row.code(EXAMPLES.kpi)
    of_total = fold(kpi) == TOTAL and kpi not in known
    if kpi not in known and not of_total:
        row.report("table-unknown", EXAMPLES.kpi, kpi, where=NODES.sheet)
    given = _given(row, kpi, columns, measures, of_total)
    if not given:
        row.report("example-empty", EXAMPLES.kpi, kpi)
    refused = not of_total and fold(row.text(EXAMPLES.level)) == fold(NOT_TAKEN)
    word = row.text(EXAMPLES.level) if of_total else ""
    if of_total and not word:
        row.report("table-value", EXAMPLES.level, "", expected=f"{RATING.sheet}: {RATING.word}")
    level = 0 if of_total or refused else _level(row, levels)
    if level is None or not given or not (kpi in known or word):
        return None
    return Example(
        kpi=TOTAL if of_total else kpi,
        number=row.text(EXAMPLES.number),
        values=given,
        level=level,
        why=row.text(EXAMPLES.why),
        since=since_of(row, EXAMPLES.since, this),
        place=row.place(EXAMPLES.level),
        places={code: row.place(code) for code in (*given, EXAMPLES.score)},
        score=_score(row, levelled=not of_total and not refused),
        refused=refused,
        word=word,
    )


def _given(
    row: Row, kpi: str, columns: Iterable[str], measures: Mapping[str, Measure], of_total: bool
) -> dict[str, tuple[float, ...]]:
    """What stands in a row by code; a total has a percent and no measures, a KPI measures and no percent."""
    given: dict[str, tuple[float, ...]] = {}
    for code in columns:
        measure = measures.get(code, _PERCENT if code == TOTAL else None)
        months = _months(row, measure) if measure else ()
        if months and (measure is _PERCENT) != of_total:
            row.report("example-idle", code, row.text(code), measure=code, kpi=kpi)
        elif of_total and len(months) > 1:
            row.report("table-value", code, row.text(code), expected="89.99")
        elif months:
            given[code] = months
    return given


def _level(row: Row, levels: int) -> int | None:
    """ระดับที่ควรได้: a whole number from 0 to the highest level."""
    expected = f"0 – {levels} / {NOT_TAKEN}"
    if row.blank(EXAMPLES.level):
        row.report("table-value", EXAMPLES.level, "", expected=expected)
        return None
    number = row.number_in(EXAMPLES.level)
    if number is not None and not (number.is_integer() and 0 <= number <= levels):
        row.report("table-value", EXAMPLES.level, row.text(EXAMPLES.level), expected=expected)
        return None
    return None if number is None else int(number)


def _score(row: Row, *, levelled: bool) -> float | None:
    """คะแนนที่ควรได้, where there is such a column; only what gets a level has one."""
    score = row.number_in(EXAMPLES.score) if EXAMPLES.score in row.columns else None
    if score is not None and not levelled:
        row.report("example-scored", EXAMPLES.score, row.text(EXAMPLES.score))
        return None
    return score


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
