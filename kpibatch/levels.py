"""The level tables as records: the rules of one round, read-only, with where each stands in the workbook.

``LevelTables`` is what every later step asks: which measures are filled in, which rules a KPI has,
in which cases, with which weights. Nothing here reads or writes a file.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from kpibatch.conditions import Condition
from kpibatch.findings import NOWHERE, Place
from kpibatch.thai import months_between
from kpibatch.values import Kind

TOTAL = "total"


class Source(StrEnum):
    """ที่มา: where a measure's value comes from."""

    FORM = "กรอก"
    BASE = "ค่าตั้งต้น"
    PERCENT = "ร้อยละ"
    GROWTH = "เพิ่มขึ้น"
    REDUCTION = "ลดลง"
    SUM = "ผลรวม"
    ON_TIME = "ส่งทันกำหนด"


class Rollup(StrEnum):
    """สรุปรายเดือน: how a round's months become one value."""

    LAST = "ล่าสุด"
    SUM = "รวม"
    MIN = "ต่ำสุด"
    MAX = "สูงสุด"
    MEAN = "เฉลี่ย"


class ZeroRule(StrEnum):
    """เมื่อตัวหารเป็นศูนย์: what a percent is when its denominator is zero."""

    MISSING = ""
    PASS = "ผ่าน"
    FAIL = "ไม่ผ่าน"


class Method(StrEnum):
    """วิธีให้คะแนน: by steps, or linear between the levels' edges."""

    STEPS = "ระดับ"
    LINEAR = "ค่าต่อเนื่อง"


@dataclass(frozen=True)
class Round:
    """รอบประเมิน: the letter's round. ``below_one`` is the score of a unit below level 1."""

    owner: str
    fiscal_year: str
    number: str
    start: date
    end: date
    unit_noun: str
    reference: str
    report_months: tuple[int, ...] = ()
    level_scores: tuple[float, ...] = ()
    below_one: float = 0.0

    @property
    def key(self) -> str:
        """The round as forms carry it: ``2565/2``."""
        return f"{self.fiscal_year}/{self.number}"

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months that are reported on, as keys, in order."""
        months = months_between(self.start, self.end)
        return tuple(month for month in months if not self.report_months or int(month[5:]) in self.report_months)


@dataclass(frozen=True)
class Unit:
    """หน่วย: who is assessed."""

    code: str
    name: str
    group: str = ""
    email: str = ""
    cc: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Measure:
    """รายการข้อมูล: one datum; dates as bounds are ordinals."""

    code: str
    label: str
    kind: Kind
    source: Source
    counting_unit: str = ""
    rollup: Rollup = Rollup.LAST
    numerator: tuple[str, ...] = ()
    denominator: str = ""
    zero_rule: ZeroRule = ZeroRule.MISSING
    minimum: float | None = None
    maximum: float | None = None
    limit: str = ""
    needs_evidence: bool = False
    place: Place = NOWHERE

    @property
    def ingredients(self) -> tuple[str, ...]:
        """The measures this one is computed from."""
        return self.numerator + ((self.denominator,) if self.denominator else ())


@dataclass(frozen=True)
class Node:
    """ตัวชี้วัด: a node of the scorecard. ``only``/``never`` are unit codes, ``groups`` groups of units."""

    code: str
    parent: str
    name: str
    weight: float
    child_sum: float | None = None
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    method: Method = Method.STEPS
    responsible: str = ""
    reference: str = ""
    place: Place = NOWHERE

    def applies_to(self, unit: Unit) -> bool:
        """ใช้กับ: whether the node is meant for the unit."""
        return (not self.only or unit.code in self.only) and unit.code not in self.never and (not self.groups or unit.group in self.groups)


@dataclass(frozen=True)
class Case:
    """กรณี: the condition on a measure under which a row counts."""

    measure: str
    condition: Condition


@dataclass(frozen=True)
class Rule:
    """One row of ระดับ: what a measure must reach at each level, as typed and as read by edges."""

    kpi: str
    measure: str
    typed: tuple[str, ...]
    edges: tuple[Condition | None, ...]
    case: Case | None = None
    remark: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """ค่าตั้งต้น: what the province fixed for a unit's measure."""

    value: float
    place: Place


@dataclass(frozen=True)
class LevelTables:
    """Everything the workbook says. ``rating_typed`` is (from percent, word) in the sheet's order; ``calendar`` month → due day."""

    file: str
    round: Round
    rating_typed: tuple[tuple[float, str], ...]
    calendar: Mapping[str, date]
    units: tuple[Unit, ...]
    nodes: tuple[Node, ...]
    measures: Mapping[str, Measure]
    rules: tuple[Rule, ...]
    baselines: Mapping[tuple[str, str], Baseline]
    level_count: int

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The score of each level from 1 on."""
        return self.round.level_scores or tuple(float(level) for level in range(1, self.level_count + 1))

    @cached_property
    def rating(self) -> tuple[tuple[float, str], ...]:
        """The rating bands, best first."""
        return tuple(sorted(self.rating_typed, reverse=True))

    @property
    def top_score(self) -> float:
        return self.scores[-1]

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
        parents = {node.parent for node in self.nodes}
        return tuple(node for node in self.nodes if node.code not in parents)

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

    def rules_of(self, kpi: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.kpi == kpi)

    def unit_called(self, text: str) -> Unit | None:
        """The unit of that code or name."""
        return next((unit for unit in self.units if text in (unit.code, unit.name)), None)

    def rules_in_case(self, kpi: str, case: int) -> tuple[Rule, ...]:
        """A KPI's rows that count for a unit whose case has that number (from 1; 0 for none): its case's and those without one."""
        cases = self.cases_of(kpi)
        return tuple(rule for rule in self.rules_of(kpi) if rule.case is None or cases.index(rule.case) + 1 == case)

    def cases_of(self, kpi: str) -> tuple[Case, ...]:
        """A KPI's cases from the top, each once; a unit takes the first that holds."""
        return tuple(dict.fromkeys(rule.case for rule in self.rules_of(kpi) if rule.case))

    def measures_of(self, kpi: str) -> tuple[Measure, ...]:
        """The measures a KPI shows: of its cases and rules, each preceded by what it is computed from."""
        codes: dict[str, None] = {}
        for rule in self.rules_of(kpi):
            for code in ((rule.case.measure,) if rule.case else ()) + (rule.measure,):
                codes.update(dict.fromkeys(self.with_ingredients(code)))
        return tuple(self.measures[code] for code in codes)

    def with_ingredients(self, code: str) -> tuple[str, ...]:
        """A measure's code after the codes it is computed from, however deep."""
        return (*(deep for direct in self.measures[code].ingredients for deep in self.with_ingredients(direct)), code)

    def lower_is_better(self, measure: str) -> bool:
        """Whether the level tables ask a measure to stay below, never above."""
        asked = [edge for rule in self.rules if rule.measure == measure for edge in rule.edges if edge]
        return any(edge.downward for edge in asked) and not any(edge.upward for edge in asked)

    @cached_property
    def form_measures(self) -> tuple[Measure, ...]:
        """What the units fill in."""
        return tuple(measure for measure in self.measures.values() if measure.source is Source.FORM)

    @cached_property
    def kpi_of(self) -> Mapping[str, str]:
        """For each measure the first KPI that shows it."""
        return {measure: kpis[0] for measure, kpis in self._kpis_showing.items()}

    def kpis_of(self, measure: str) -> tuple[str, ...]:
        """The KPIs that show a measure."""
        return self._kpis_showing.get(measure, ())

    @cached_property
    def _kpis_showing(self) -> Mapping[str, tuple[str, ...]]:
        showing: dict[str, tuple[str, ...]] = {}
        for leaf in self.leaves:
            for measure in self.measures_of(leaf.code):
                showing[measure.code] = (*showing.get(measure.code, ()), leaf.code)
        return showing

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all that the tables say, not of how the file is stored."""
        content = replace(self, file="")
        return _fingerprint([getattr(content, name) for name in self.__dataclass_fields__ if name != "file"])

    @cached_property
    def form_digest(self) -> str:
        """A fingerprint of what a form asks: mails or thresholds may change without voiding the forms."""
        asked = [(m.code, m.label, m.kind, m.counting_unit) for m in self.form_measures]
        return _fingerprint([self.round.key, self.round.months, asked])[:16]


def _fingerprint(content: object) -> str:
    return hashlib.sha256(repr(_orderly(content)).encode()).hexdigest()


def _orderly(content: object) -> object:
    if isinstance(content, Mapping):
        return sorted((repr(key), _orderly(value)) for key, value in content.items())
    if isinstance(content, frozenset):
        return sorted(content)
    if isinstance(content, list | tuple):
        return [_orderly(item) for item in content]
    if isinstance(content, Place):
        return ""
    if hasattr(content, "__dataclass_fields__"):
        return [_orderly(getattr(content, name)) for name in content.__dataclass_fields__]
    return repr(content)
