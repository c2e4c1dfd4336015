"""What a unit agrees to: its own rules, weights and fixed values, in parts that can be held against others.

In: the level tables as they were read. Out: ``Agreed``. A part is told by a number where people know it by
one (a weight, a fixed value), else by a digest. What decides nothing (responsible, reference, remarks,
template) is no part of it; nor is what concerns other units alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kpibatch.base.findings import NOWHERE
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.rules.conditions import NOT_GIVEN
from kpibatch.rules.fingerprint import fingerprint
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Node, Rule, Source, Unit
from kpibatch.rules.schema import CROSSCHECKS, ROUND
from kpibatch.rules.written import NEVER_CHANGED, numbered

WEIGHT, RULES, VALUE, WHOLE = "weight", "rules", "value", "whole"
NOTHING = "–"
_LENGTH = 16


@dataclass(frozen=True)
class Part:
    """One thing agreed: of which kind, of which node, measure or sheet, from which month on (empty from the
    start), and what; ``NOTHING`` where there is no such thing any more.
    """

    kind: str
    of: str
    since: str
    content: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.of, self.since


@dataclass(frozen=True)
class Agreed:
    """All that one unit agrees to for a round."""

    unit: str
    round: str
    parts: tuple[Part, ...]

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all of it."""
        parts = sorted((*part.key, part.content) for part in self.parts)
        return fingerprint([self.unit, self.round, parts])[:_LENGTH]

    @property
    def by_key(self) -> Mapping[tuple[str, str, str], str]:
        return {part.key: part.content for part in self.parts}


@dataclass(frozen=True)
class Differences:
    """What differs, by kind: ``T1 15 → 20``, where it is known only that it does ``T1``."""

    weights: tuple[str, ...]
    rules: tuple[str, ...]
    values: tuple[str, ...]


def own_tables(tables: LevelTables, unit: Unit) -> tuple[LevelTables, ...]:
    """The rules of one unit alone, of each stretch of months without a change: what applies to it, and of a
    KPI's cases its own where that follows from what is fixed.
    """
    return tuple(_own(period, unit) for period in tables.periods)


def _own(tables: LevelTables, unit: Unit) -> LevelTables:
    there: dict[str, None] = {}
    taken = {code for code, units in tables.taken.items() if unit.code in units}
    for code in (*(leaf.code for leaf in tables.leaves), *taken):
        code = code if unit.code in tables.meant[code] else ""
        while code:
            there[code], code = None, tables.node[code].parent
    nodes = tuple(_of_one(tables, node, unit) for node in tables.nodes if node.code in there)
    cases = {code: _case_of(tables, code, unit) for code in there}
    rules = (rule for rule in tables.rules if rule.kpi in there and _counts(rule, cases[rule.kpi]))
    return replace(tables, nodes=nodes, rules=numbered(rules), units=(unit,), written=NEVER_CHANGED)


def _of_one(tables: LevelTables, node: Node, unit: Unit) -> Node:
    """A node with the unit's own weight, and without whom it is meant for and where that stands."""
    weight, nobody = tables.weights[node.code][tables.position[unit.code]], frozenset[str]()
    bare = replace(node, place=NOWHERE, weight=weight, weight_measure="", others=())
    return replace(bare, only=nobody, never=nobody, groups=nobody, positions=nobody, kinds=nobody)


def _case_of(tables: LevelTables, kpi: str, unit: Unit) -> int:
    """The number of the unit's case of a KPI, where that follows from what is fixed; else 0."""
    for number, case in enumerate(tables.cases_of(kpi), 1):
        fixed = tables.baselines.get((unit.code, case.measure))
        if fixed is None or tables.measures[case.measure].source is not Source.BASE or case.condition.of:
            break  # the month will tell
        if case.condition.holds_one(fixed.value):
            return number
    return 0


def _counts(rule: Rule, case: int) -> bool:
    """Whether a row of any kind counts for a unit whose case that is; where it is not known, each does."""
    return not case or rule.case_number in (0, case)


def agreed(tables: LevelTables, unit: Unit) -> Agreed:
    """What a unit agrees to by these tables, as they were read."""
    parts, before = list[Part](), dict[tuple[str, str], str]()
    for own in own_tables(tables, unit):
        now, since = dict(_parts_of(own)), own.since if before else ""
        parts += [Part(*key, since, content) for key, content in now.items() if before.get(key) != content]
        parts += [Part(*key, since, NOTHING) for key in before if key not in now]
        before = now
    return Agreed(unit.code, tables.round.key, tuple(parts))


def _parts_of(own: LevelTables) -> Iterator[tuple[tuple[str, str], str]]:
    """Everything in tables that are one unit's own, by kind and of what."""
    this = own.round
    yield (WHOLE, ROUND.sheet), _short([this.months, own.scores, this.below_one, own.rating])
    if own.checks.deciding:
        yield (WHOLE, CROSSCHECKS.sheet), _short(own.checks.deciding)
    leaves = {leaf.code for leaf in own.leaves}
    for node in own.nodes:
        yield (WEIGHT, node.code), show_number(node.weight)
        says = replace(node, weight=0.0, child_sum=None, responsible="", reference="")
        yield (
            (RULES, node.code),
            _short([says, *(_rules_said(own, node.code) if node.code in leaves else ())]),
        )
    [unit] = own.units
    for measure in fixed_measures(own, own.leaves):
        fixed = own.baselines.get((unit.code, measure.code))
        yield (VALUE, measure.code), value_text(fixed.value, measure.kind) if fixed else NOTHING


def _rules_said(own: LevelTables, kpi: str) -> Iterator[object]:
    """A KPI's rows and all that its measures follow from, as they are read and not as they are worded."""
    for rule in (rule for rule in own.rules if rule.kpi == kpi):
        skipped = tuple(NOT_GIVEN if rule.skips(at) else "" for at in range(len(rule.edges)))
        yield replace(rule, typed=skipped, remark="", places=())
    for measure in own.measures_of(kpi):
        yield measure, own.counts_from(measure.code) if measure.monthly else ""
        if measure.source in (Source.ON_TIME, Source.LATE_DAYS):
            yield own.calendar
        if measure.source is Source.WORKDAYS:
            yield own.holidays


def _short(content: object) -> str:
    return fingerprint(content)[:_LENGTH]


def fixed_measures(own: LevelTables, nodes: Iterable[Node]) -> tuple[Measure, ...]:
    """What is fixed for a unit and decides on these KPIs: what they are measured by, or may not exceed."""
    shown = (measure for node in nodes for measure in own.measures_of(node.code))
    codes = dict.fromkeys(code for measure in shown for code in (measure.code, measure.limit) if code)
    return tuple(own.measures[code] for code in codes if own.measures[code].source is Source.BASE)


def value_text(value: float, kind: Kind) -> str:
    """A fixed value, whole: nothing of it is rounded away."""
    return show_value(value, kind) if kind in (Kind.DATE, Kind.YES_NO) else show_number(value)


def differences(signed: Agreed, now: Agreed) -> Differences:
    """What is otherwise than it was signed; what is there on one side alone is told by its weight.

    Source: design, section 2 (``levels agreement``).
    """
    old, new = signed.by_key, now.by_key
    moved = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    came_or_went = {key[1:] for key in moved if key[0] == WEIGHT and NOTHING in _sides(key, old, new)}
    weights = [_named(*key) + " {} → {}".format(*_sides(key, old, new)) for key in moved if key[0] == WEIGHT]
    values = [_named(*key) + " {} → {}".format(*_sides(key, old, new)) for key in moved if key[0] == VALUE]
    rules = [_named(*key) for key in moved if key[0] in (RULES, WHOLE) and key[1:] not in came_or_went]
    return Differences(tuple(weights), tuple(rules), tuple(values))


def _sides(
    key: tuple[str, str, str],
    old: Mapping[tuple[str, str, str], str],
    new: Mapping[tuple[str, str, str], str],
) -> tuple[str, str]:
    return old.get(key, NOTHING), new.get(key, NOTHING)


def _named(_: str, of: str, since: str) -> str:
    return f"{of} ({since})" if since else of
