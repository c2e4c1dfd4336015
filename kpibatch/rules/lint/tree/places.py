"""สังกัด and ประเภท: everybody stands where their kind does, and kinds are named as units have them."""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import PERSON, UNITS


def units_apart(tables: LevelTables) -> Iterator[Finding]:
    """A person stands below a unit, and so does every unit of a kind of which some do.

    Source: design, section 1 (Wider rules: สังกัด).
    """
    placed = {fold(unit.kind) for unit in tables.units if unit.parent} | {fold(PERSON)}
    for unit in tables.units:
        if unit.kind and not unit.parent and fold(unit.kind) in placed:
            facts = {"name": unit.name, "kind": unit.kind}
            yield finding("lint-tree-apart", unit.place, unit=unit.code, found=unit.name, **facts)


def kinds_crossed(tables: LevelTables) -> Iterator[Finding]:
    """No kind stands both above and below another, or itself; told at the first unit where it does.

    Source: design, section 1 (Wider rules: ประเภท).
    """
    tree, told = tables.tree, set[frozenset[str]]()
    pairs = {
        (fold(each.kind), fold(unit.kind)) for unit in tree.units if unit.kind for each in tree.above(unit)
    }
    for unit in tree.units:
        for above in tree.above(unit):
            over, under = fold(above.kind), fold(unit.kind)
            if over and under and (under, over) in pairs and frozenset((over, under)) not in told:
                told.add(frozenset((over, under)))
                facts = {"kind": unit.kind, "above": above.kind, "name": above.name}
                yield finding("lint-tree-crossed", unit.place, unit=unit.code, found=unit.name, **facts)


def without_kind(tables: LevelTables) -> Iterator[Finding]:
    """Where units have kinds, each has one: ranks compare units of one kind alone.

    Source: design, section 1 (Wider rules: ประเภท).
    """
    if any(unit.kind for unit in tables.units):
        for unit in tables.units:
            if not unit.kind:
                yield finding("lint-tree-no-kind", unit.place, unit=unit.code, found=unit.name)


def unknown_kinds(tables: LevelTables) -> Iterator[Finding]:
    """ประเภท in ใช้กับ and ทีม names a kind that some unit has.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ; Wider rules: ทีม).
    """
    kinds = list(filter(None, dict.fromkeys(unit.kind for unit in tables.units)))
    known = set(map(fold, kinds))
    for node in tables.nodes:
        for row in node.rows:
            named = row.kinds | (row.takers if row is node else frozenset())
            for kind in sorted(kind for kind in named if fold(kind) not in known):
                facts = {"nearest": nearest_of(kind, kinds), "column": UNITS.kind}
                yield finding("lint-tree-kind", row.place, found=kind, **facts)


CHECKS = (units_apart, kinds_crossed, without_kind, unknown_kinds)
