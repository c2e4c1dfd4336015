"""What the level tables say of their nodes as a tree: who stands below whom, who is meant, who takes the
result of the unit above.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from kpibatch.base.thai import fold
from kpibatch.rules.fingerprint import fingerprint
from kpibatch.rules.records import TOTAL, Node, Unit
from kpibatch.rules.tree.units import UnitTree, standing_in


class Scorecard:
    """The nodes of the level tables (``nodes``), and the ``units`` that they are meant for."""

    nodes: tuple[Node, ...]
    units: tuple[Unit, ...]
    whole: "Scorecard | None"

    @cached_property
    def whole_digest(self) -> str:
        """A fingerprint of the whole of the level tables, with where each thing stands and what the check
        warns of: two that have the same are the same to every step.
        """
        return fingerprint(self, whole=True)

    @cached_property
    def tree(self) -> UnitTree:
        return self.whole.tree if self.whole else UnitTree(self.units)

    @cached_property
    def node(self) -> Mapping[str, Node]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Each unit's row in every array over the units."""
        return {unit.code: row for row, unit in enumerate(self.units)}

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The KPIs and sub-KPIs that have level tables, in the workbook's order."""
        parents = {node.parent for node in (self.whole or self).nodes}
        return tuple(node for node in self.nodes if node.code not in parents)

    @cached_property
    def own_leaves(self) -> tuple[Node, ...]:
        """Those of them at which some unit is scored itself."""
        return tuple(
            leaf
            for leaf in self.leaves
            if not self.taken.get(leaf.code) or any(self.scored_itself(leaf.code, u) for u in self.units)
        )

    def children(self, code: str) -> tuple[Node, ...]:
        """A node's children; those of ``total`` are the nodes under nothing."""
        parent = "" if code == TOTAL else code
        return tuple(node for node in self.nodes if node.parent == parent)

    def breadth_first(self) -> Iterator[Node]:
        """Every node, so that siblings stand side by side and parents before children."""
        queue = list(self.children(TOTAL))
        while queue:
            node = queue.pop(0)
            yield node
            queue.extend(self.children(node.code))

    def in_tree_order(self, parent: str = TOTAL, depth: int = 0) -> Iterator[tuple[Node, int]]:
        """Every node with its depth, each followed by what is under it."""
        for node in self.children(parent):
            yield node, depth
            yield from self.in_tree_order(node.code, depth + 1)

    def units_called(self, text: str) -> tuple[Unit, ...]:
        """The unit of that code, or else those of that name, written in any way that looks the same."""
        if text in self.unit:
            return (self.unit[text],)
        coded, named = self.called
        return tuple(coded.get(fold(text)) or named.get(fold(text), ()))

    @cached_property
    def called(self) -> tuple[Mapping[str, Sequence[Unit]], Mapping[str, Sequence[Unit]]]:
        """The units by their codes and by their names, as texts are compared."""
        coded: dict[str, list[Unit]] = {}
        named: dict[str, list[Unit]] = {}
        for unit in self.units:
            coded.setdefault(fold(unit.code), []).append(unit)
            named.setdefault(fold(unit.name), []).append(unit)
        return coded, named

    @cached_property
    def meant(self) -> Mapping[str, frozenset[str]]:
        """For each node the units that it and all above it are meant for.

        Source: design, section 1 (ใช้กับ).
        """
        if self.whole:
            return self.whole.meant
        own = {node.code: frozenset(self._meant_by(node)) for node in self.nodes}
        return {
            node.code: own[node.code].intersection(*map(own.__getitem__, self.over(node.code)))
            for node in self.nodes
        }

    def _meant_by(self, node: Node) -> Iterator[str]:
        return (unit.code for unit in self.units if node.applies_to(unit))

    def over(self, code: str) -> Iterator[str]:
        """The codes of the nodes that one stands under, the nearest first."""
        while parent := self.node[code].parent:
            yield parent
            code = parent

    @cached_property
    def taken(self) -> Mapping[str, Mapping[str, str]]:
        """By node, for each unit that takes its result from one above, the code of that one: the nearest that
        the node is meant for. What is under a node that is taken is taken as well.

        Source: design, section 1 (Wider rules: ทีม).
        """
        if self.whole:
            return self.whole.taken
        taken: dict[str, Mapping[str, str]] = {}
        for code, kinds in self._takers.items():
            pairs = ((unit.code, self._giver(code, unit, kinds)) for unit in self.units)
            taken[code] = {unit: giver for unit, giver in pairs if giver}
        return taken

    @cached_property
    def _takers(self) -> Mapping[str, frozenset[str]]:
        """By node whose result is taken, the kinds that take it."""
        takers = {}
        for node in self.nodes:
            above = (node, *map(self.node.__getitem__, self.over(node.code)))
            if first := next((each for each in above if each.taken), None):
                takers[node.code] = frozenset(map(fold, first.takers)) or self.tree.lowest
        return takers

    def givers(self, code: str, unit: str, months: Sequence[str]) -> Mapping[str, int]:
        """The units whose result of a node a unit takes, each with in how many of the months it stood below
        it, the present one first; none where it is scored itself.

        Source: design, section 1 (Wider rules: ทีม; moved in mid-round: weighted by months).
        """
        now, own = self.giver(code, unit), self.tree.unit[unit]
        if not now or not own.moves:
            return {now: len(months)} if now else {}
        kinds, counts = (self.whole or self)._takers[code], {now: 0}
        for month in months:
            there = self._giver(code, standing_in(own, month), kinds)
            if there:
                counts[there] = counts.get(there, 0) + 1
        return {giver: count for giver, count in counts.items() if count} or {now: 1}

    def _giver(self, code: str, unit: Unit, takers: frozenset[str]) -> str:
        """The unit whose result of a node a unit takes; empty where it is scored itself."""
        if fold(unit.kind) not in takers or unit.code not in self.meant[code]:
            return ""
        above = (each for each in self.tree.above(unit) if fold(each.kind) not in takers)
        return next((each.code for each in above if each.code in self.meant[code]), "")

    def giver(self, code: str, unit: str) -> str:
        """The unit whose result of a node a unit takes; empty where it is scored itself."""
        return self.taken.get(code, {}).get(unit, "")

    def scored_itself(self, code: str, unit: Unit) -> bool:
        """Whether a unit is scored at a node by its own values."""
        return unit.code in self.meant[code] and not self.giver(code, unit.code)
