"""ตัวชี้วัด: the tree of nodes, whom they apply to, their weights."""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold, show_number
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.records import TOTAL, Node
from kpibatch.rules.schema import NODES

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
        for group in sorted(group for group in node.groups if fold(group) not in groups):
            yield finding("lint-no-group", node.place, found=group)
        for position in sorted(position for position in node.positions if fold(position) not in known):
            nearest = nearest_of(position, positions)
            yield finding("lint-no-position", node.place, found=position, nearest=nearest)


def units_alone(tables: LevelTables) -> Iterator[Finding]:
    """Some KPI applies to every unit.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
    """
    for unit in tables.units:
        if tables.leaves and not any(applies(tables, leaf.code, unit) for leaf in tables.leaves):
            place = Place(tables.file, NODES.sheet)
            yield finding("lint-unit-alone", place, unit=unit.code, found=unit.name)


def kpi_references(tables: LevelTables) -> Iterator[Finding]:
    """A KPI names the place in the letter it comes from.

    Source: design, section 2 (explain: the rule with its reference).
    """
    for leaf in tables.leaves:
        if not leaf.reference:
            yield finding("lint-no-reference", leaf.place, found=leaf.code, of=leaf.code)


def positive_weights(tables: LevelTables) -> Iterator[Finding]:
    """A node weighs something.

    Source: design, section 1 (ตัวชี้วัด: weights).
    """
    for node in tables.nodes:
        if node.weight <= 0:
            yield finding("lint-weight", node.place, found=show_number(node.weight), node=node.code)


def weights_that_vanish(tables: LevelTables) -> Iterator[Finding]:
    """A KPI weighs enough for its best level to move a total, which keeps 4 decimals.

    Source: design, section 1 (Score: half-up to 4 decimals).
    """
    if TOTAL in tables.node or tables.top_score <= 0:
        return  # each a fault of its own
    shares = {"": 1.0}
    for node in tables.breadth_first():
        whole = sum(sibling.weight for sibling in tables.children(node.parent or TOTAL))
        shares[node.code] = shares[node.parent] * (node.weight / whole if whole > 0 else 0.0)
    for leaf in tables.leaves:
        if leaf.weight > 0 and shares[leaf.code] * tables.top_score < _TOTAL_KEEPS / 2:
            yield finding("lint-weight-vanishes", leaf.place, found=show_number(leaf.weight), node=leaf.code)


def weight_sums(tables: LevelTables) -> Iterator[Finding]:
    """Siblings sum to what their parent's ผลรวมน้ำหนัก states; else to 100, to its weight, or are all equal.

    Source: design, section 1 (ตัวชี้วัด: siblings' weights); readings, buriram-2565-2 (a printed sum of 110).
    """
    for parent in tables.nodes:
        children = tables.children(parent.code)
        facts = _sum_facts(children) | {"parent": parent.code}
        if _sum_differs(children, parent.child_sum):
            stated = show_number(parent.child_sum or 0.0)
            yield finding("lint-weights-stated", parent.place, stated=stated, **facts)
        elif _sum_unusual(children, parent.child_sum, parent.weight):
            yield finding("lint-weights", parent.place, **facts)


def root_sum(tables: LevelTables) -> Iterator[Finding]:
    """The same of the nodes under nothing; what they sum to is stated in รอบประเมิน.

    Source: design, section 1 (ตัวชี้วัด: siblings' weights).
    """
    children, this = tables.children(TOTAL), tables.round
    if _sum_differs(children, this.child_sum):
        stated = show_number(this.child_sum or 0.0)
        yield finding("lint-root-stated", this.child_sum_place, stated=stated, **_sum_facts(children))
    elif _sum_unusual(children, this.child_sum, 100.0):
        yield finding("lint-root-weights", children[0].place, **_sum_facts(children))


def _sum_of(children: tuple[Node, ...]) -> float:
    return round(sum(node.weight for node in children), 9)


def _sum_facts(children: tuple[Node, ...]) -> dict[str, str]:
    listed = ", ".join(node.code for node in children)
    return {"children": listed, "found": show_number(_sum_of(children))}


def _sum_differs(children: tuple[Node, ...], stated: float | None) -> bool:
    return bool(children) and stated is not None and _sum_of(children) != round(stated, 9)


def _sum_unusual(children: tuple[Node, ...], stated: float | None, weight: float) -> bool:
    if not children or stated is not None:
        return False
    return _sum_of(children) not in (100.0, weight) and len({node.weight for node in children}) > 1


CHECKS = (
    no_nodes,
    reserved_code,
    rules_at_leaves,
    nobody,
    unknown_groups,
    units_alone,
    kpi_references,
    positive_weights,
    weights_that_vanish,
    weight_sums,
    root_sum,
)
