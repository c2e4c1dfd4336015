"""ค่าตั้งต้น going down: what the parts have of a target sums to what the whole has."""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_number
from kpibatch.rules.levels import LevelTables
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
    fixed = (measure for measure in tables.measures.values() if measure.source is Source.BASE)
    return [measure for measure in fixed if measure.code in held and measure.kind in _SUMMED]


def sums(tables: LevelTables) -> Iterator[Finding]:
    """The targets of the parts sum to that of the whole, where both are stated.

    Source: design, section 1 (Wider rules: สังกัด; ค่าตั้งต้น).
    """
    for measure in _targets(tables) if tables.tree.there else ():
        asked, code = tables.links.asked[measure.code], measure.code
        for unit, parts in tables.tree.parts.items():
            whole = tables.baselines.get((unit, code))
            given = [
                base
                for part in parts
                if part.code in asked and (base := tables.baselines.get((part.code, code)))
            ]
            total = round(sum(base.value for base in given), 9)
            if whole and given and total != round(whole.value, 9):
                cells = ", ".join(base.place.cell for base in given)
                facts = {
                    "name": tables.unit[unit].name,
                    "label": measure.label,
                    "whole": show_number(whole.value),
                    "cells": cells,
                    "differs": show_number(round(total - whole.value, 9)),
                }
                found = show_number(total)
                yield finding(
                    "lint-tree-target-sum", whole.place, unit=unit, measure=code, found=found, **facts
                )


def given_in_vain(tables: LevelTables) -> Iterator[Finding]:
    """A unit has a target only where it, or a part of it, is asked for what the target is of.

    Source: design, section 1 (Wider rules: สังกัด; ค่าตั้งต้น).
    """
    for measure in _targets(tables) if tables.tree.there else ():
        asked, code = tables.links.asked[measure.code], measure.code
        for unit in tables.units:
            base = tables.baselines.get((unit.code, code))
            below = {part.code for part in tables.tree.parts.get(unit.code, ())}
            if base and asked and unit.code not in asked and not asked & below:
                facts = {"name": unit.name, "label": measure.label}
                found = show_number(base.value)
                yield finding(
                    "lint-tree-target-unasked", base.place, unit=unit.code, measure=code, found=found, **facts
                )


CHECKS = (sums, given_in_vain)
