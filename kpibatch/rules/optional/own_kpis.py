"""ตัวชี้วัดของหน่วย → what a unit's own KPI is called, weighs and aims at.

The scorecard has places for them: nodes that are scored by how many steps (ขั้น) a result lies from the
target, which is level 3. A row fills a place for one unit: the fixed measures ``NODE.target`` and
``NODE.step`` and the one that the node's weight names; so units by the thousand have KPIs of their own and
the scorecard a few nodes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kpibatch.base.kinds import Kind
from kpibatch.books.table import Row, Table
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.cells import known_in
from kpibatch.rules.records import Baseline, Measure, Node, Rule, Source, Unit
from kpibatch.rules.round import Work
from kpibatch.rules.schema import MEASURES, NODES, OWN_KPIS, UNITS, Column

TARGET, STEP = ".target", ".step"  # behind a node's code: what its target and step are fixed as


@dataclass(frozen=True)
class OwnKpis:
    """By unit and measure what the ``rows`` fix, and by node what each unit calls it."""

    baselines: Mapping[tuple[str, str], Baseline]
    titles: Mapping[str, Mapping[str, str]]
    rows: Mapping[tuple[str, str], Row]


def read_own_kpis(
    table: Table, units: Mapping[str, Unit], nodes: tuple[Node, ...], measures: Mapping[str, Measure]
) -> OwnKpis:
    """The rows that can be used; what is wrong is remembered by them.

    Source: design, section 1 (target at level 3 ± step, of each unit its own).
    """
    by_code = {node.code: node for node in nodes}
    fixed: dict[tuple[str, str], Baseline] = {}
    titles: dict[str, dict[str, str]] = {}
    rows: dict[tuple[str, str], Row] = {}
    for row in table:
        unit, code = row.code(OWN_KPIS.unit), row.code(OWN_KPIS.node)
        known = [
            known_in(row, OWN_KPIS.unit, units, UNITS.sheet),
            known_in(row, OWN_KPIS.node, by_code, NODES.sheet),
        ]
        if not all(known):
            continue
        if unit in titles.get(code, {}):
            row.report("table-duplicate", OWN_KPIS.node, f"{unit} {code}")
            continue
        titles.setdefault(code, {})[unit] = _title(row)
        for column, measure in _columns(by_code[code]):
            if _is_fixed(row, column, measure, measures):
                value = _number(row, column)
                if value is not None:
                    fixed[unit, measure], rows[unit, measure] = Baseline(value, row.place(column)), row
    return OwnKpis(fixed, titles, rows)


def _title(row: Row) -> str:
    """The KPI's name, with what kind of work it is."""
    name, work = row.text(OWN_KPIS.name), row.text(OWN_KPIS.work)
    if not name:
        row.report("table-value", OWN_KPIS.name, "", expected=OWN_KPIS.name)
    if work and work not in set(Work):
        row.report("table-value", OWN_KPIS.work, work, expected=" / ".join(Work))
    counted = row.text(OWN_KPIS.counting_unit)
    return name + (f" ({counted})" if counted else "") + (f" [{work}]" if work else "")


def _columns(node: Node) -> Iterator[tuple[Column, str]]:
    """The columns that fix a number, each with its measure."""
    yield OWN_KPIS.weight, node.weight_measure
    yield OWN_KPIS.target, node.code + TARGET
    yield OWN_KPIS.step, node.code + STEP


def _is_fixed(row: Row, column: Column, code: str, measures: Mapping[str, Measure]) -> bool:
    """Whether there is a fixed measure to hold the number."""
    if code in measures and measures[code].source is Source.BASE:
        return True
    name = code or f"{row.code(OWN_KPIS.node)}.weight"
    row.report("table-own-measure", column, row.text(column), needed=name, where=MEASURES.sheet)
    return False


def _number(row: Row, column: Column) -> float | None:
    value = row.number_in(column, Kind.NUMBER)
    if value is None and row.blank(column):
        row.report("table-value", column, "", expected=Kind.NUMBER.value)
    if (value == 0 and column == OWN_KPIS.step) or (
        value is not None and value < 0 and column != OWN_KPIS.step
    ):
        row.report("table-value", column, row.text(column), expected="≠ 0" if value == 0 else "≥ 0")
        return None
    return value


def with_own(
    baselines: Mapping[tuple[str, str], Baseline], own: OwnKpis
) -> Mapping[tuple[str, str], Baseline]:
    """What is fixed for units, those of their own KPIs among it; what stands in both sheets is a fault."""
    for unit, measure in own.baselines:
        if (unit, measure) in baselines:
            first = baselines[unit, measure].place.cell
            own.rows[unit, measure].report("table-own-twice", OWN_KPIS.node, measure, first=first)
    return {**baselines, **own.baselines}


def with_titles(nodes: tuple[Node, ...], own: OwnKpis) -> tuple[Node, ...]:
    """The nodes with what units call them; one that rows fill is meant for those units alone."""
    return tuple(
        replace(node, titles=titles, only=_among(node, titles))
        if (titles := own.titles.get(node.code))
        else node
        for node in nodes
    )


def in_own_terms(rule: Rule, tables: LevelTables, unit: str) -> Rule:
    """A row of a place as the unit's own KPI asks it: of the result itself, so many steps from the target;
    any other row as it is.

    Source: design, section 1 (target at level 3 ± step, of each unit its own).
    """
    steps, fixed = tables.measures[rule.measure], tables.baselines
    target, step = (fixed.get((unit, rule.kpi + what)) for what in (TARGET, STEP))
    if target is None or step is None or not step.value or steps.denominator != rule.kpi + STEP:
        return rule
    off = tables.measures[steps.numerator[0]]
    sources = steps.source, off.source
    if sources != (Source.RATIO, Source.DIFFERENCE) or off.denominator != rule.kpi + TARGET:
        return rule
    edges = tuple(edge and _from_target(edge, target.value, step.value) for edge in rule.edges)
    return replace(rule, measure=off.numerator[0], edges=edges)


def _from_target(edge: Condition, target: float, step: float) -> Condition:
    """A condition on steps as one on the result; of a step below zero less is better."""
    if edge.of:
        return edge
    ends = [(edge.low, edge.low_open), (edge.high, edge.high_open)]
    (low, low_open), (high, high_open) = (
        (round(target + step * end, 9), is_open) for end, is_open in (ends if step > 0 else ends[::-1])
    )
    return replace(edge, low=low, high=high, low_open=low_open, high_open=high_open)


def _among(node: Node, titles: Mapping[str, str]) -> frozenset[str]:
    return frozenset(titles) & node.only if node.only else frozenset(titles)
