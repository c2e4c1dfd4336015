"""ค่าตั้งต้น going down: what the parts have of a target sums to what the whole has."""

from collections.abc import Iterator, Mapping

from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold, show_number
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.optional.own_kpis import STEP, TARGET
from kpibatch.rules.records import Measure, Source

_SUMMED = (Kind.NUMBER, Kind.AMOUNT)


def _targets(tables: LevelTables) -> list[Measure]:
    """The fixed measures that are targets: numbers and amounts (no percents) that something is divided by,
    may not exceed or must reach; not those that merely tell cases apart, such as a unit's staff.

    Source: design, section 1 (Wider rules: สังกัด; ค่าตั้งต้น).
    """
    held = {measure.denominator for measure in tables.measures.values()}
    held |= {measure.limit for measure in tables.measures.values()}
    held |= {code for rule in tables.rules for code in rule.references}
    held -= {node.code + STEP for node in tables.nodes if node.titles}
    fixed = (measure for measure in tables.measures.values() if measure.source is Source.BASE)
    return [measure for measure in fixed if measure.code in held and measure.kind in _SUMMED]


def sums(tables: LevelTables) -> Iterator[Finding]:
    """The targets of the parts sum to that of the whole, where both are stated.

    Source: design, section 1 (Wider rules: สังกัด; ค่าตั้งต้น).
    """
    for measure in _targets(tables) if tables.tree.there else ():
        code, meant = measure.code, _meant(tables, measure)
        for unit in tables.tree.parts:
            whole = tables.baselines.get((unit, code))
            given = [*_given(tables, measure, unit, meant)] if whole else []
            if whole is None or not given:
                continue
            total = round(sum(tables.baselines[part, code].value for part in given), 9)
            if total != round(whole.value, 9):
                facts = {
                    "name": tables.unit[unit].name,
                    "label": _label(tables, measure, unit),
                    "value": show_number(whole.value),
                    "cells": ", ".join(tables.baselines[part, code].place.cell for part in given),
                    "other": show_number(round(abs(total - whole.value), 9)),
                }
                found = show_number(total)
                yield finding(
                    "lint-tree-target-sum", whole.place, unit=unit, measure=code, found=found, **facts
                )


def _meant(tables: LevelTables, measure: Measure) -> frozenset[str]:
    """The units that are asked for what a target is of, and all above them."""
    asked = tables.links.asked[measure.code]
    above = (each.code for unit in asked for each in tables.tree.above(tables.unit[unit]))
    return asked.union(above)


def _given(tables: LevelTables, measure: Measure, unit: str, meant: frozenset[str]) -> Iterator[str]:
    """The parts of a unit that have the target; in the place of one that it is not asked of, its own parts.

    Of a KPI that units have for themselves those alone that have the same one, by its name.
    """
    names = _names(tables, measure)
    for part in tables.tree.parts.get(unit, ()):
        if part.code not in meant:
            continue
        if (part.code, measure.code) in tables.baselines:
            if names.get(part.code) == names.get(unit):
                yield part.code
        elif part.code not in tables.links.asked[measure.code]:
            yield from _given(tables, measure, part.code, meant)


def _names(tables: LevelTables, measure: Measure) -> Mapping[str, str]:
    """By unit what it calls the KPI of its own that the measure is the target of, without the kind of work;
    nothing where all have the same one.
    """
    node = tables.node.get(measure.code.removesuffix(TARGET)) if measure.code.endswith(TARGET) else None
    return {unit: _bare(title) for unit, title in node.titles.items()} if node else {}


def _bare(title: str) -> str:
    return fold(title.partition(" [")[0])


def _label(tables: LevelTables, measure: Measure, unit: str) -> str:
    node = tables.node.get(measure.code.removesuffix(TARGET))
    return node.titles.get(unit, measure.label) if node else measure.label


def given_in_vain(tables: LevelTables) -> Iterator[Finding]:
    """A unit has a target only where it, or a unit below it, is asked for what the target is of.

    Source: design, section 1 (Wider rules: สังกัด; ค่าตั้งต้น).
    """
    for measure in _targets(tables) if tables.tree.there else ():
        code, meant = measure.code, _meant(tables, measure)
        for unit in tables.units:
            base = tables.baselines.get((unit.code, code))
            if base and meant and unit.code not in meant:
                facts = {"name": unit.name, "label": measure.label}
                found = show_number(base.value)
                yield finding(
                    "lint-tree-target-unasked", base.place, unit=unit.code, measure=code, found=found, **facts
                )


CHECKS = (sums, given_in_vain)
