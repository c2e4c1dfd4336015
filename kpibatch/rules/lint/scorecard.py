"""ตัวชี้วัด: the tree of nodes, whom they apply to, their weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kpibatch.base.findings import NOWHERE, Finding, Place, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold, show_number
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.records import TOTAL, Node, Unit
from kpibatch.rules.schema import BASELINES, NODES
from kpibatch.rules.sources import quotients

_TOTAL_KEEPS = 1e-4


def no_nodes(tables: LevelTables) -> Iterator[Finding]:
    """There is something to assess.

    Source: design, section 1 (ตัวชี้วัด).
    """
    if not tables.nodes:
        yield finding("lint-no-nodes", Place(tables.file, NODES.sheet))


def reserved_code(tables: LevelTables) -> Iterator[Finding]:
    """No node has the code of the root.

    Source: design, section 4 (scores.csv: the root's node is ``total``).
    """
    for node in tables.nodes:
        if node.code == TOTAL:
            yield finding("lint-reserved", node.place, found=node.code)


def rules_at_leaves(tables: LevelTables) -> Iterator[Finding]:
    """Leaves have level tables, and inner nodes have none.

    Source: design, section 1 (a leaf has rows in ระดับ; an inner node's score is a weighted mean).
    """
    leaves, with_rules = {leaf.code for leaf in tables.leaves}, {rule.kpi for rule in tables.rules}
    for node in tables.nodes:
        if node.code in leaves and node.code not in with_rules:
            later = min((rule.since for rule in tables.written.rules if rule.kpi == node.code), default="")
            if later:
                yield finding("lint-rules-later", node.place, found=node.code, month=later)
            else:
                yield finding("lint-no-rules", node.place, found=node.code)
        if node.code not in leaves and node.code in with_rules:
            yield finding("lint-inner-rules", node.place, found=node.code)


def nobody(tables: LevelTables) -> Iterator[Finding]:
    """A node applies to some unit.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
    """
    for node in tables.nodes:
        if not any(applies(tables, node.code, unit) for unit in tables.units):
            yield finding("lint-nobody", node.place, found=node.code)


def unknown_groups(tables: LevelTables) -> Iterator[Finding]:
    """กลุ่ม and ตำแหน่ง in ใช้กับ name a group or a position that some unit has.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
    """
    groups = {fold(unit.group) for unit in tables.units}
    positions = list(filter(None, dict.fromkeys(unit.position for unit in tables.units)))
    known = set(map(fold, positions))
    for node in tables.nodes:
        for row in node.rows:
            for group in sorted(group for group in row.groups if fold(group) not in groups):
                yield finding("lint-no-group", row.place, found=group)
            for position in sorted(position for position in row.positions if fold(position) not in known):
                nearest = nearest_of(position, positions)
                yield finding("lint-no-position", row.place, found=position, nearest=nearest)


def units_alone(tables: LevelTables) -> Iterator[Finding]:
    """Some KPI applies to every unit.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
    """
    for unit in tables.units:
        meant = any(unit.code in tables.meant[leaf.code] for leaf in tables.leaves)
        taken = any(unit.code in takers for takers in tables.taken.values())
        if tables.leaves and not meant and not taken:
            place = Place(tables.file, NODES.sheet)
            yield finding("lint-unit-alone", place, unit=unit.code, found=unit.name)


def leaving_with_nothing_divided(tables: LevelTables) -> Iterator[Finding]:
    """A KPI that leaves where there is no target group asks for a quotient.

    Source: design, section 1 (Wider rules: เมื่อไม่มีกลุ่มเป้าหมาย).
    """
    for node in (node for node in tables.nodes if node.leaves):
        if not quotients(tables.rules_of(node.code), tables.measures):
            yield finding("lint-no-quotient", node.place, found=node.code)


def kpi_references(tables: LevelTables) -> Iterator[Finding]:
    """A KPI names the place in the letter it comes from.

    Source: design, section 2 (explain: the rule with its reference).
    """
    for leaf in tables.leaves:
        if not leaf.reference:
            yield finding("lint-no-reference", leaf.place, found=leaf.code, of=leaf.code)


def idle_rows(tables: LevelTables) -> Iterator[Finding]:
    """Of a node with several rows each is taken by some unit.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
    """
    for node in (node for node in tables.nodes if node.others):
        taken = [node.row_of(unit) for unit in tables.units]
        for row in node.rows:
            if all(row is not other for other in taken):
                yield finding("lint-row-idle", row.place, found=node.code)


def positive_weights(tables: LevelTables) -> Iterator[Finding]:
    """A node weighs something.

    Source: design, section 1 (ตัวชี้วัด: weights).
    """
    for row in (row for node in tables.nodes for row in node.rows if not row.weight_measure):
        if row.weight <= 0:
            yield finding("lint-weight", row.place, found=show_number(row.weight), node=row.code)


def fixed_weights(tables: LevelTables) -> Iterator[Finding]:
    """A weight that is fixed for each unit is there and above zero wherever the node applies.

    Source: design, section 1 (ตัวชี้วัด: น้ำหนัก; ค่าตั้งต้น).
    """
    for node in tables.nodes:
        for unit in tables.units:
            row = node.row_of(unit)
            if row is None or not row.weight_measure or not applies(tables, node.code, unit):
                continue
            fixed, label = tables.baselines.get((unit.code, row.weight_measure)), row.weight_measure
            if fixed is None or fixed.value <= 0:
                place = fixed.place if fixed else Place(tables.file, BASELINES.sheet)
                facts = {"node": node.code, "name": unit.name, "label": tables.measures[label].label}
                found = show_number(fixed.value) if fixed else "–"
                yield finding("lint-weight-base", place, unit=unit.code, measure=label, found=found, **facts)


def weights_that_vanish(tables: LevelTables) -> Iterator[Finding]:
    """A KPI weighs enough, for some unit, for its best level to move a total, which keeps 4 decimals.

    Source: design, section 1 (Score: half-up to 4 decimals).
    """
    if TOTAL in tables.node or tables.top_score <= 0:
        return  # each a fault of its own
    most: dict[str, float] = {}
    for weights in set(zip(*tables.weights.values(), strict=True)):
        own, shares = dict(zip(tables.weights, weights, strict=True)), {"": 1.0}
        for node in tables.breadth_first():
            whole = sum(own[sibling.code] for sibling in tables.children(node.parent or TOTAL))
            shares[node.code] = shares[node.parent] * (own[node.code] / whole if whole > 0 else 0.0)
            most[node.code] = max(most.get(node.code, 0.0), shares[node.code])
    for leaf in tables.leaves:
        weighs = max(tables.weights[leaf.code], default=0.0)
        if 0 < most.get(leaf.code, 0.0) * tables.top_score < _TOTAL_KEEPS / 2:
            yield finding("lint-weight-vanishes", leaf.place, found=show_number(weighs), node=leaf.code)


@dataclass(frozen=True)
class _Siblings:
    """A node's children as some units have them, one of which is named: their weights, of those that apply
    alone and of all that have but one row; what they are stated to sum to, and what the parent weighs.
    """

    applying: tuple[tuple[str, float], ...]
    written: tuple[tuple[str, float], ...]
    stated: float | None
    whole: float
    unit: Unit = field(compare=False)

    @property
    def wanted(self) -> tuple[float, ...]:
        """What the weights may sum to, beside being all equal.

        Source: design, section 1 (ตัวชี้วัด: siblings' weights).
        """
        return (100.0, self.whole) if self.stated is None else (self.stated,)

    def holds(self, weights: tuple[tuple[str, float], ...]) -> bool:
        equal = self.stated is None and len({weight for _, weight in weights}) < 2
        return not weights or equal or _sum_of(weights) in [round(number, 9) for number in self.wanted]

    @property
    def sound(self) -> bool:
        """Whether the weights sum as they should, what does not apply to the unit counted or not."""
        return self.holds(self.applying) or self.holds(self.written)


def _siblings(tables: LevelTables, parent: Node | None) -> list[_Siblings]:
    """The children of a node (of the root where none is given), once for all units that have them alike."""
    children = tables.children(parent.code if parent else TOTAL)
    sets: dict[_Siblings, None] = {}
    for at, unit in enumerate(tables.units if children else ()):
        own = parent.row_of(unit) if parent else None
        if parent and own is None:
            continue
        stated = own.child_sum if own else tables.round.child_sum
        applying = {node.code: node.applies_to(unit) for node in children}
        weights = [(node, (node.code, tables.weights[node.code][at])) for node in children]
        sets.setdefault(
            _Siblings(
                tuple(pair for node, pair in weights if applying[node.code]),
                tuple(pair for node, pair in weights if applying[node.code] or _may(node, unit)),
                stated,
                tables.weights[parent.code][at] if parent else 100.0,
                unit,
            )
        )
    return list(sets)


def _may(node: Node, unit: Unit) -> bool:
    """Whether a node with a single row is meant for units of that kind, if not for this one."""
    return not node.others and node.meant_for_kind(unit)


def weight_sums(tables: LevelTables) -> Iterator[Finding]:
    """Siblings sum to what their parent's ผลรวมน้ำหนัก states; else to 100, to its weight, or are all
    equal: for every unit, as far as those that apply to it go.

    Source: design, section 1 (ตัวชี้วัด: siblings' weights); readings, buriram-2565-2 (a printed sum of 110).
    """
    for parent in tables.nodes:
        sets = _siblings(tables, parent)
        for faulty in _differently(sets):
            yield _sum_of_unit(faulty, parent.place, parent.code)
        for faulty in (each for each in sets if len(sets) == 1 and not each.sound):
            facts = _sum_facts(faulty.written) | {"parent": parent.code}
            if faulty.stated is not None:
                stated = show_number(faulty.stated)
                yield finding("lint-weights-stated", parent.place, stated=stated, **facts)
            else:
                yield finding("lint-weights", parent.place, **facts)


def root_sum(tables: LevelTables) -> Iterator[Finding]:
    """The same of the nodes under nothing; what they sum to is stated in รอบประเมิน.

    Source: design, section 1 (ตัวชี้วัด: siblings' weights).
    """
    sets, this = _siblings(tables, None), tables.round
    first = next((node.place for node in tables.children(TOTAL)), NOWHERE)
    for faulty in _differently(sets):
        yield _sum_of_unit(faulty, this.child_sum_place if this.child_sum is not None else first, TOTAL)
    for faulty in (each for each in sets if len(sets) == 1 and not each.sound):
        facts = _sum_facts(faulty.written)
        if faulty.stated is not None:
            stated = show_number(faulty.stated)
            yield finding("lint-root-stated", this.child_sum_place, stated=stated, **facts)
        else:
            yield finding("lint-root-weights", first, **facts)


def _differently(sets: Sequence[_Siblings]) -> Iterator[_Siblings]:
    """Where units have a node's children differently: the sets that do not sum as they should, one a sum."""
    faulty = (each for each in sets if len(sets) > 1 and not each.sound)
    yield from {_sum_of(each.applying): each for each in reversed(list(faulty))}.values()


def _sum_of_unit(faulty: _Siblings, place: Place, parent: str) -> Finding:
    listed = ", ".join(f"{code} {show_number(weight)}" for code, weight in faulty.applying)
    wanted = " / ".join(show_number(number) for number in dict.fromkeys(faulty.wanted))
    facts = {"parent": parent, "name": faulty.unit.name, "children": listed, "wanted": wanted}
    found = show_number(_sum_of(faulty.applying))
    return finding("lint-weights-of", place, unit=faulty.unit.code, found=found, **facts)


def _sum_of(weights: tuple[tuple[str, float], ...]) -> float:
    return round(sum(weight for _, weight in weights), 9)


def _sum_facts(weights: tuple[tuple[str, float], ...]) -> dict[str, str]:
    listed = ", ".join(code for code, _ in weights)
    return {"children": listed, "found": show_number(_sum_of(weights))}


CHECKS = (
    no_nodes,
    reserved_code,
    rules_at_leaves,
    nobody,
    unknown_groups,
    units_alone,
    leaving_with_nothing_divided,
    kpi_references,
    idle_rows,
    positive_weights,
    fixed_weights,
    weights_that_vanish,
    weight_sums,
    root_sum,
)
