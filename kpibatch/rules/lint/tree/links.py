"""What measures are of other units, and whose results are taken: of which kind they are, that somebody gives
them, and that none comes back to itself.
"""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import Kind
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.references import circular
from kpibatch.rules.records import TOTAL, Measure, Rollup, Source
from kpibatch.rules.schema import MEASURES

_ADDED = (Rollup.SUM, Rollup.MEAN)


def part_kinds(tables: LevelTables) -> Iterator[Finding]:
    """What is summed up is a number, the lowest and highest are of their parts' kind, a share of parts is a
    percent.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย).
    """
    for measure in tables.measures.values():
        if measure.source is Source.PARTS and not _suits(measure, tables):
            of = tables.measures.get(measure.other)
            facts = {
                "of": measure.other,
                "kind": measure.kind.value,
                "of_kind": of.kind.value if of and not measure.reach else Kind.PERCENT.value,
                "how": "" if measure.reach else measure.rollup.value,
            }
            yield finding(
                "lint-tree-parts-kind", measure.place, measure=measure.code, found=measure.kind.value, **facts
            )


def _suits(measure: Measure, tables: LevelTables) -> bool:
    if measure.reach:
        return measure.kind is Kind.PERCENT
    of, own = tables.measures[measure.other].kind, measure.kind
    if measure.rollup in _ADDED:
        return of.family == "number" and own.family == "number"
    return of.family == own.family


def reached_levels(tables: LevelTables) -> Iterator[Finding]:
    """The level that parts reach is one that a KPI's table has.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย).
    """
    leaves = {leaf.code for leaf in tables.leaves}
    for measure in tables.measures.values():
        if measure.reach and measure.other in tables.node:
            if measure.other not in leaves:
                yield finding("lint-tree-inner", measure.place, measure=measure.code, found=measure.other)
            elif measure.reach > tables.level_count:
                facts = {"levels": str(tables.level_count)}
                found = str(measure.reach)
                yield finding("lint-tree-level", measure.place, measure=measure.code, found=found, **facts)


def nobody_gives(tables: LevelTables) -> Iterator[Finding]:
    """A unit that is asked for what its parts have has parts that are asked for it; one that is asked for the
    score of the unit above has one.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย).
    """
    for code, wholes in tables.links.parts.items():
        for unit in (unit for unit, parts in wholes.items() if not parts):
            yield _without("lint-tree-parts-none", tables, code, unit)
    for code, givers in tables.links.givers.items():
        for unit in sorted(tables.links.asked[code] - givers.keys()):
            yield _without("lint-tree-above-none", tables, code, unit)


def _without(fault: str, tables: LevelTables, code: str, unit: str) -> Finding:
    measure, name = tables.measures[code], tables.unit[unit].name
    facts = {"of": measure.other, "label": measure.label}
    return finding(fault, measure.place, unit=unit, measure=code, found=name, **facts)


def nobody_takes(tables: LevelTables) -> Iterator[Finding]:
    """A node whose result is taken from the unit above is taken by some unit.

    Source: design, section 1 (Wider rules: ทีม).
    """
    for node in tables.nodes:
        if node.taken and not tables.taken.get(node.code):
            yield finding("lint-tree-team", node.place, found=node.code)


def circles(tables: LevelTables) -> Iterator[Finding]:
    """Nothing that goes up and comes down the tree comes back to itself: told once a circle, at its first
    measure.

    What depends on what is looked at depth by depth: the same KPI of the unit above is another one.
    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย).
    """
    told, edges = set[str](), _edges(tables) if tables.links.there else {}
    for key in circular(edges):
        code = key.partition(" ")[2]
        if code in tables.measures and tables.measures[code].other and code not in told:
            told.add(code)
            place = tables.measures[code].place
            yield finding("table-circular", place, found=code, column=MEASURES.numerator)


def _edges(tables: LevelTables) -> dict[str, tuple[str, ...]]:
    """By depth and code, what a measure or a node's score follows from."""
    depths, edges = tables.tree.depth, dict[str, list[str]]()

    def put(unit: str, code: str, ends: Iterator[tuple[str, str]]) -> None:
        edges.setdefault(f"{depths[unit]} {code}", []).extend(f"{depths[of]} {end}" for of, end in ends)

    parts, givers, asked = tables.links.parts, tables.links.givers, tables.links.asked
    for code, measure in tables.measures.items():
        for unit in asked[code]:
            put(unit, code, ((unit, part) for part in measure.ingredients))
            below = parts.get(code, {}).get(unit, ())
            put(unit, code, ((part, _of(measure)) for part in below))
            above = givers.get(code, {}).get(unit)
            put(unit, code, ((giver, _of(measure)) for giver in (above,) if giver))
    for code in (TOTAL, *tables.node):
        children = [child.code for child in tables.children(code)]
        own = [measure.code for measure in tables.measures_of(code)] if not children else []
        for unit in tables.meant[code] if code != TOTAL else tables.unit:
            giver = tables.giver(code, unit)
            ends = [(giver, f"node {code}")] if giver else [(unit, end) for end in own]
            ends += [] if giver else [(unit, f"node {child}") for child in children]
            put(unit, f"node {code}", iter(ends))
    return {key: tuple(end for end in dict.fromkeys(ends) if end in edges) for key, ends in edges.items()}


def _of(measure: Measure) -> str:
    """What a measure is of another unit, as ``_edges`` calls it."""
    of_node = measure.reach or measure.source is Source.UNIT_SCORE
    return f"node {measure.other}" if of_node else measure.other


CHECKS = (part_kinds, reached_levels, nobody_gives, nobody_takes, circles)
