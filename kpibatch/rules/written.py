"""All rows of ตัวชี้วัด and ระดับ as they are written: which of them count in a month, which are alternatives,
whether what they ask may still come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold
from kpibatch.rules.records import Case, Measure, Node, Rule


@dataclass(frozen=True)
class Written:
    """All rows of ตัวชี้วัด and ระดับ, in their order; none where no row says from which month it counts.

    A KPI's rows in ระดับ count together: those with the newest ใช้ตั้งแต่เดือน that is not after the month do,
    and none of its older ones. Of a node's rows in ตัวชี้วัด the newest such row counts; what is under a node
    that is not there is not there either.
    """

    nodes: tuple[Node, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether some row counts from a later month than the first."""
        return any(self._begun)

    @property
    def _begun(self) -> set[str]:
        return {node.since for node in self.nodes} | {rule.since for rule in self.rules}

    def changes(self, months: Sequence[str]) -> tuple[str, ...]:
        """The months from which other rows count than before, the first of the round in front."""
        first = months[0] if months else ""
        return first, *sorted(since for since in self._begun if since > first)

    def nodes_in(self, month: str) -> tuple[Node, ...]:
        """The nodes that there are in a month, each where its code first stands.

        Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
        """
        counting: dict[str, Node | None] = dict.fromkeys(node.code for node in self.nodes)
        for node in self.nodes:
            before = counting[node.code]
            if node.since <= month and (before is None or before.since <= node.since):
                counting[node.code] = node
        there = {code: node for code, node in counting.items() if node and not node.ends}
        while lost := [code for code, node in there.items() if node.parent and node.parent not in there]:
            for code in lost:
                del there[code]
        return tuple(there.values())

    def rules_in(self, month: str, nodes: Sequence[Node]) -> tuple[Rule, ...]:
        """The rows of ระดับ that count in a month whose nodes are those.

        Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
        """
        there, newest = {node.code for node in nodes}, dict[str, str]()
        for rule in self.rules:
            if rule.since <= month:
                newest[rule.kpi] = max(rule.since, newest.get(rule.kpi, ""))
        return tuple(rule for rule in self.rules if rule.kpi in there and newest.get(rule.kpi) == rule.since)

    @property
    def as_data(self) -> list[object]:
        """All that the rows say and when they count, for a digest; nothing where nothing changes."""
        nodes = [(node.since, node.ends, node) for node in self.nodes]
        return [nodes, [(rule.since, rule) for rule in self.rules]] if self.dated else []


NEVER_CHANGED = Written()


def alternatives(rules: Iterable[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """Rows, those of one group together: at each level one of those that ask there has to hold, and every row
    without a group.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    together: dict[object, list[Rule]] = {}
    for at, rule in enumerate(rules):
        key = (rule.kpi, rule.case, fold(rule.group)) if rule.group else at
        together.setdefault(key, []).append(rule)
    return tuple(map(tuple, together.values()))


def last_asked(rules: Iterable[Rule]) -> int:
    """The last level (from 0) at which one of the rows asks something; −1 where none does."""
    return max(levels_asked(rules), default=-1)


def levels_asked(rules: Iterable[Rule]) -> list[int]:
    """The levels (from 0) at which one of the rows asks something."""
    return sorted({at for rule in rules for at, edge in enumerate(rule.edges) if edge})


def may_come(measure: Measure, rules: Iterable[Rule], today: int) -> bool:
    """Whether a blank day is not missing yet: all its deadlines lie ahead of ``today`` (an ordinal)."""
    due = first_deadline(measure, rules)
    return due is not None and due > today


def first_deadline(measure: Measure, rules: Iterable[Rule]) -> float | None:
    """The first last day (an ordinal) by which some row asks for a day; none of what is no day, or is asked
    by no row.
    """
    asked = (edge for rule in rules if rule.measure == measure.code for edge in rule.edges if edge)
    deadlines = [edge.last_day for edge in asked] if measure.kind is Kind.DATE else []
    return min(deadlines, default=None)


def numbered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rows of ระดับ, each with the number of its case among its KPI's, from the top, and with what those above
    leave of it.

    Source: design, section 1 (a unit takes the first case, from the top, whose condition holds).
    """
    cases: dict[str, list[Case]] = {}
    result = []
    for rule in rules:
        known = cases.setdefault(rule.kpi, [])
        if rule.case and rule.case not in known:
            known.append(_after(rule.case, known))
        number = known.index(rule.case) if rule.case else 0
        result.append(replace(rule, case=known[number], case_number=number + 1) if rule.case else rule)
    return tuple(result)


def _after(case: Case, earlier: Sequence[Case]) -> Case:
    """The case with what is left of it below those; where it has been said, the rows above may be gone."""
    above = (each.condition for each in earlier if each.measure == case.measure)
    return case if case.rest else replace(case, rest=case.condition.beyond(above))
