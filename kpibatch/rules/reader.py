"""The level-table workbook → ``LevelTables`` and every fault met while reading it.

In: a path. Out: the records, as complete as the workbook allows, and findings that say sheet, cell,
what was found and how to mend it. An error among them means that nothing may be scored.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Finding
from kpibatch.base.kinds import Kind
from kpibatch.books.guard.capped import USUAL
from kpibatch.books.read import as_text, read_book
from kpibatch.books.table import Row, Table
from kpibatch.rules.conditions import Condition, MixedRow, edges, upward_reading
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.optional.crosschecks import read_checks
from kpibatch.rules.optional.drafted import report_unchecked
from kpibatch.rules.optional.examples import read_examples
from kpibatch.rules.optional.exports import read_exports, report_origins
from kpibatch.rules.optional.holidays import read_holidays
from kpibatch.rules.optional.moves import with_moves
from kpibatch.rules.optional.own_kpis import read_own_kpis, with_own, with_titles
from kpibatch.rules.reading.cells import Typed, condition_in, deducted_in, known_in, numbers_of, report_shares
from kpibatch.rules.reading.measures import read_measure
from kpibatch.rules.reading.nodes import read_nodes, report_order, since_of
from kpibatch.rules.reading.references import sound_links, sound_measures
from kpibatch.rules.reading.rounds import read_calendar, read_rating, read_round, read_steps
from kpibatch.rules.reading.units import read_units
from kpibatch.rules.reading.unseen import about_unseen
from kpibatch.rules.reading.whose import goes_by_unit, whose_case
from kpibatch.rules.records import Baseline, Case, Measure, Node, Rule, Source, Unit
from kpibatch.rules.round import Round
from kpibatch.rules.schema import (
    BASELINES,
    CALENDAR,
    CROSSCHECKS,
    DRAFT,
    EXAMPLES,
    EXPORTS,
    HOLIDAYS,
    MEASURES,
    MOVES,
    NODES,
    OWN_KPIS,
    RATING,
    ROUND,
    RULES,
    SHEETS,
    UNITS,
    Column,
)
from kpibatch.rules.sheets import in_a_child, read_sheets, unique, unknown_sheets
from kpibatch.rules.written import Written, numbered


def read_levels(path: Path, limits: IntakeLimits = USUAL) -> tuple[LevelTables, list[Finding]]:
    """Read the workbook at ``path``. Raises ``KpibatchError`` where it is no readable workbook at all, or
    takes more time or memory than the limits allow.

    Source: design, section 1.
    """
    return in_a_child(limits, _read, path)


def _read(path: Path) -> tuple[LevelTables, list[Finding]]:
    grids = read_book(path)
    sheets = read_sheets(path.name, grids)
    this = read_round(sheets[ROUND.sheet])
    units, unit_faults = read_units(sheets[UNITS.sheet], this.unit_noun)
    units, move_faults = with_moves(sheets[MOVES.sheet], units, this)
    measures, measure_faults = sound_measures(unique(sheets[MEASURES.sheet], MEASURES.code, read_measure))
    nodes, node_faults = read_nodes(sheets[NODES.sheet], units, this, measures)
    own_kpis = read_own_kpis(sheets[OWN_KPIS.sheet], units, nodes, measures)
    nodes = with_titles(nodes, own_kpis)
    measures, link_faults = sound_links(measures, nodes)
    names = _level_columns(sheets[RULES.sheet])
    own, by_code = dict(measures), {node.code: node for node in nodes}
    rules = tuple(_rules(sheets[RULES.sheet], names, by_code, own, this, units))
    tables = LevelTables(
        file=path.name,
        round=this,
        rating_typed=read_rating(sheets[RATING.sheet]),
        calendar=read_calendar(sheets[CALENDAR.sheet]),
        steps=read_steps(sheets[CALENDAR.sheet]),
        units=tuple(units.values()),
        nodes=nodes,
        measures=own,
        rules=numbered(rules),
        baselines=with_own(_baselines(sheets[BASELINES.sheet], units, measures), own_kpis),
        exports=read_exports(sheets[EXPORTS.sheet], measures),
        level_count=len(names),
        checks=read_checks(sheets[CROSSCHECKS.sheet], measures),
        examples=read_examples(sheets[EXAMPLES.sheet], nodes, own, this, len(names)),
        holidays=tuple(read_holidays(sheets[HOLIDAYS.sheet])),
        doubtful={each.sheet: sheets[each.sheet].doubtful(each.keys[0]) for each in SHEETS},
    )
    report_origins(sheets[MEASURES.sheet], tables.exports)
    report_unchecked(sheets[DRAFT.sheet])
    tables = _from_the_first_month(tables, Written(nodes, rules))
    unseen = about_unseen(path.name, sheets, grids)
    in_cells = (fault for table in sheets.values() for fault in table.findings)
    between = (*unit_faults, *move_faults, *measure_faults, *node_faults, *link_faults)
    return tables, [*unknown_sheets(path.name, grids), *unseen, *in_cells, *between]


def _from_the_first_month(tables: LevelTables, written: Written) -> LevelTables:
    """The tables as the round begins, where a row says from which month it counts."""
    if not written.dated:
        return tables
    return replace(replace(tables, written=written).periods[0], since="")


def _level_columns(table: Table) -> tuple[Column, ...]:
    """The columns of the levels that the sheet has; one left out between others is a fault.

    Source: design, section 1 (ระดับ: 2 to 9 columns).
    """
    names = tuple(name for name in RULES.levels if name in table.columns)
    if names != RULES.levels[: len(names)]:
        left_out = next(name for name in RULES.levels if name not in names)
        if all(dict(fault.facts).get("column") != left_out for fault in table.head.findings):
            table.head.report("table-column-missing", left_out, ", ".join(names))
    return names


def _rules(
    table: Table,
    names: tuple[Column, ...],
    nodes: Mapping[str, Node],
    measures: dict[str, Measure],
    this: Round,
    units: Mapping[str, Unit],
) -> Iterator[Rule]:
    """The rows of ระดับ; measures that say who a unit is, by which cases go, are put to the others."""
    begun: dict[str, str] = {}
    cases: dict[tuple[str, str], list[Typed]] = defaultdict(list)
    for row in table:
        kpi, measure, case_of = row.code(RULES.kpi), row.code(RULES.measure), row.code(RULES.case_of)
        known = [
            known_in(row, RULES.kpi, nodes, NODES.sheet),
            known_in(row, RULES.measure, measures, MEASURES.sheet),
        ]
        conditions = [condition_in(row, name, measures.get(measure), measures) for name in names]
        case = _case(row, measures, units)
        report_shares(_percents(row, names, conditions, measures.get(measure)))
        if case and not case.names:
            cases[kpi, case_of] += _percents(row, (RULES.case,), [case.condition], measures[case_of])
        since = since_of(row, RULES.since, this)
        report_order(row, RULES.since, kpi, since, begun)
        if all(known) and bool(case) == bool(case_of):
            yield Rule(
                kpi=kpi,
                measure=measure,
                typed=tuple(as_text(row.value(name)) for name in names),
                edges=tuple(_edges(row, names, conditions)),
                case=case,
                remark=row.text(RULES.remark),
                places=tuple(row.place(name) for name in names),
                since=since,
                group=row.code(RULES.group),
                deducts=deducted_in(row, conditions, measures.get(measure)),
            )
    for series in cases.values():
        report_shares(series)


def _case(row: Row, measures: dict[str, Measure], units: Mapping[str, Unit]) -> Case | None:
    """The case under which a row counts; ``None`` where it counts always, or its case can't be read."""
    case_of, typed = row.code(RULES.case_of), row.text(RULES.case)
    if bool(case_of) != bool(typed):
        row.report("table-half-case", RULES.case if case_of else RULES.case_of, case_of or typed)
    if case_of and goes_by_unit(row, measures):
        return whose_case(row, units, measures)
    known = not case_of or known_in(row, RULES.case_of, measures, MEASURES.sheet)
    condition = condition_in(row, RULES.case, measures.get(case_of))
    return Case(case_of, condition) if condition and case_of and known else None


def _percents(
    row: Row, names: Iterable[Column], conditions: Iterable[Condition | None], measure: Measure | None
) -> list[Typed]:
    """The cells of a row that compare a percent with numbers."""
    if measure is None or measure.kind is not Kind.PERCENT:
        return []
    read = zip(names, conditions, strict=True)
    return [Typed(row, name, numbers_of(condition)) for name, condition in read if condition]


def _edges(row: Row, names: tuple[Column, ...], conditions: list[Condition | None]) -> list[Condition | None]:
    try:
        return edges(conditions)
    except MixedRow as mixed:
        name = names[mixed.level - 1]
        upward = upward_reading(conditions)
        proposal = " | ".join(each.text() if each else "" for each in upward)
        row.report("table-mixed", name, row.text(name), proposal=proposal)
        return upward


def _baselines(
    table: Table, units: Mapping[str, Unit], measures: Mapping[str, Measure]
) -> dict[tuple[str, str], Baseline]:
    columns = [column for column in table.columns if column != BASELINES.unit]
    for column in columns:
        if column not in measures:
            table.head.report("table-unknown", column, column, where=MEASURES.sheet)
        elif measures[column].source is not Source.BASE:
            table.head.report("table-not-fixed", column, column, source=measures[column].source.value)
    rows: dict[str, Row] = {}
    for row in table:
        unit = row.code(BASELINES.unit)
        if unit in rows:
            row.report("table-duplicate", BASELINES.unit, unit)
        elif known_in(row, BASELINES.unit, units, UNITS.sheet):
            rows[unit] = row
    cells = ((unit, row, code) for unit, row in rows.items() for code in columns if code in measures)
    read = {(unit, code): _baseline(row, measures[code]) for unit, row, code in cells}
    baselines = {key: baseline for key, baseline in read.items() if baseline}
    for column in columns:
        if column in measures and measures[column].kind is Kind.PERCENT:
            of = ((row, baselines.get((unit, column))) for unit, row in rows.items())
            report_shares(Typed(row, column, (fixed.value,)) for row, fixed in of if fixed)
    return baselines


def _baseline(row: Row, measure: Measure) -> Baseline | None:
    """One fixed value; ``None`` where the cell is blank or can't be read."""
    value = row.read(measure.code, measure.kind, measure.counting_unit)
    return None if value is None else Baseline(value, row.place(measure.code))
