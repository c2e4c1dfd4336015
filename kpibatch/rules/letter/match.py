"""Which node of the scorecard a KPI of the letter is.

In: headings; ``LevelTables``. Out: node codes. Offices shorten names, so they are compared by what sets each
apart from the others: groups of three letters, each weighing the less the more names have it.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from kpibatch.base.thai import fold
from kpibatch.rules.letter.parts import Heading
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Node

_ALIKE = 0.3
_SAME_NUMBER, _SAME_SECTION = 0.15, 0.1
_SECTIONS = {"ทีม": ("T", "ทีม"), "บุคคล": ("I", "บุคคล")}


def nodes_of(headings: Sequence[Heading], tables: LevelTables) -> dict[int, Node]:
    """By its place among the headings, the node that each is; those that are none are left out."""
    nodes = [node for node in tables.nodes if node.parent or not _is_section(node, tables)]
    weigh = _Weigh([*(each.name for each in headings), *(node.name for node in nodes)])
    likeness = {
        (at, node): _likeness(each, node, tables, weigh)
        for at, each in enumerate(headings)
        for node in nodes
        if each.name
    }
    found: dict[int, Node] = {}
    taken: set[str] = set()
    for (at, node), alike in sorted(likeness.items(), key=lambda pair: -pair[1]):
        if alike >= _ALIKE and at not in found and node.code not in taken:
            found[at] = node
            taken.add(node.code)
    return found


def _is_section(node: Node, tables: LevelTables) -> bool:
    """Whether a node under nothing holds all others of its branch, as a team's and a person's KPIs do."""
    return bool(tables.children(node.code)) and "มิติ" not in node.name


def _likeness(heading: Heading, node: Node, tables: LevelTables, weigh: "_Weigh") -> float:
    number = re.search(r"[0-9]+(?:\.[0-9]+)*$", node.code)
    bonus = _SAME_NUMBER * bool(number and number[0] == heading.number)
    if heading.section in _SECTIONS:
        letter, word = _SECTIONS[heading.section]
        above = tables.node.get(node.parent)
        bonus += _SAME_SECTION * (node.code.startswith(letter) or (above is not None and word in above.name))
    return weigh.alike(heading.name, node.name) + bonus


class _Weigh:
    """How alike two names are, 0 to 1, among all that there are."""

    def __init__(self, names: Sequence[str]) -> None:
        self._parts: Mapping[str, frozenset[str]] = {name: _threes(name) for name in names}
        count = Counter(part for parts in self._parts.values() for part in parts)
        self._weight = {part: math.log(1 + len(names) / often) for part, often in count.items()}

    def alike(self, one: str, other: str) -> float:
        a, b = self._parts[one], self._parts[other]
        smaller = min(self._sum(a), self._sum(b))
        return self._sum(a & b) / smaller if smaller else 0.0

    def _sum(self, parts: frozenset[str]) -> float:
        return sum(self._weight[part] for part in parts)


def _threes(name: str) -> frozenset[str]:
    letters = re.sub(r"[^0-9a-zก-๎]", "", fold(name))
    return frozenset(letters[at : at + 3] for at in range(max(1, len(letters) - 2)))
