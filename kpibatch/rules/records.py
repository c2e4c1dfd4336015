"""The level tables as records: the rules of one round, read-only, with where each stands in the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kpibatch.base.findings import NOWHERE, Place
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold
from kpibatch.rules.conditions import MAY_LACK, Condition, is_dash
from kpibatch.rules.round import Template

TOTAL = "total"


class Source(StrEnum):
    """ที่มา: where a measure's value comes from."""

    FORM = "กรอก"
    PROVINCE = "จังหวัด"
    BASE = "ค่าตั้งต้น"
    PERCENT = "ร้อยละ"
    GROWTH = "เพิ่มขึ้น"
    REDUCTION = "ลดลง"
    RATIO = "อัตราส่วน"
    DIFFERENCE = "ผลต่าง"
    SUM = "ผลรวม"
    MEAN = "เฉลี่ย"
    MEAN_OF_HIGHEST = "เฉลี่ยสูงสุด"
    HIGHEST = "มากสุด"
    LOWEST = "น้อยสุด"
    DONE = "นับข้อ"
    WORKDAYS = "วันทำการ"
    ON_TIME = "ส่งทันกำหนด"
    LATE_DAYS = "วันที่ช้า"
    MONTH_NUMBER = "เดือนที่"
    PARTS = "รวมจากหน่วยย่อย"
    UNIT_SCORE = "คะแนนของหน่วย"
    WHO = ""  # who the unit is, as a case of กลุ่ม, ตำแหน่ง or หน่วย asks; no word of the sheet


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


class Counts(StrEnum):
    """ใช้ค่า: which value of a measure counts where an export gives one too."""

    UNSTATED = ""
    CENTRAL = "ส่วนกลาง"
    UNIT = "หน่วย"
    PROVINCE = "จังหวัด"


class Method(StrEnum):
    """วิธีให้คะแนน: by steps, linear between the levels' edges, proportional from zero to the top level's
    edge, or as a T-score among the units.
    """

    STEPS = "ระดับ"
    LINEAR = "ค่าต่อเนื่อง"
    PROPORTIONAL = "ตามสัดส่วน"
    STANDARD = "คะแนนที"


@dataclass(frozen=True)
class Unit:
    """หน่วย: who is assessed; ``parent`` is สังกัด, the code of the unit above, ``kind`` its ประเภท, ``tile`` a
    row and a column of the tile map, ``assessor`` who assesses it.
    """

    code: str
    name: str
    group: str = ""
    email: str = ""
    cc: str = ""
    place: Place = NOWHERE
    position: str = field(default="", metadata={MAY_LACK: True})
    parent: str = field(default="", metadata={MAY_LACK: True})
    kind: str = field(default="", metadata={MAY_LACK: True})
    moves: tuple[tuple[str, str], ...] = field(default=(), metadata={MAY_LACK: True})
    tile: tuple[int, int] | None = field(default=None, compare=False)
    assessor: str = field(default="", compare=False)


@dataclass(frozen=True)
class Measure:
    """รายการข้อมูล: one datum; dates as bounds are ordinals.

    ``count`` is how many of ตัวตั้ง count; ``decimals`` is to how many its value is rounded, if at all;
    ``members`` are the codes of the units of which it says yes, where it says who a unit is.
    ``needs_evidence`` is ต้องมีหลักฐาน ใช่, ``evidence`` what levels it names (from, to). ``other`` is what of
    other units it comes from: a measure of the parts, the KPI at which they ``reach`` a level, or the node of
    the unit above.
    """

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
    count: int = field(default=0, metadata={MAY_LACK: True})
    decimals: int | None = field(default=None, metadata={MAY_LACK: True})
    members: frozenset[str] = field(default=frozenset(), metadata={MAY_LACK: True})
    evidence: tuple[tuple[int, int], ...] = field(default=(), metadata={MAY_LACK: True})
    other: str = field(default="", metadata={MAY_LACK: True})
    reach: int = field(default=0, metadata={MAY_LACK: True})

    @property
    def monthly(self) -> bool:
        """Whether it is reported month by month, by the units or by the province."""
        return self.source in (Source.FORM, Source.PROVINCE)

    @property
    def ingredients(self) -> tuple[str, ...]:
        """The measures this one is computed from."""
        return self.numerator + ((self.denominator,) if self.denominator else ())


@dataclass(frozen=True)
class Node:
    """ตัวชี้วัด: a node of the scorecard. ``only``/``never`` are unit codes, ``groups`` groups of units,
    ``positions`` positions (of persons, or kinds of office), ``kinds`` kinds of units.

    ``since`` is the month from which the row counts, empty from the start of the round; ``ends`` says that
    from then on there is no such node. When a row counts is no part of what it says, so not of the digest of
    a month's rules. Nor is the ``template``. ``own_scores`` are those of a KPI's own levels where they are
    not the round's, ``cap`` is the most that the node's score can be.

    A node has further rows (``others``) where it weighs otherwise for other units; ``weight_measure`` is the
    fixed measure that holds each unit's own weight, empty where the row states one. ``leaves`` says whether
    it leaves a unit that has no target group, ``taken`` that units take its result from the one above: those
    of the kinds ``takers``, of the lowest where none is named.
    """

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
    since: str = field(default="", compare=False)
    ends: bool = field(default=False, compare=False)
    own_scores: tuple[float, ...] = field(default=(), metadata={MAY_LACK: True})
    cap: float | None = field(default=None, metadata={MAY_LACK: True})
    positions: frozenset[str] = field(default=frozenset(), metadata={MAY_LACK: True})
    template: Template = field(default=Template(), compare=False)
    weight_measure: str = field(default="", metadata={MAY_LACK: True})
    leaves: bool = field(default=False, metadata={MAY_LACK: True})
    others: tuple["Node", ...] = field(default=(), metadata={MAY_LACK: True})
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    kinds: frozenset[str] = field(default=frozenset(), metadata={MAY_LACK: True})
    taken: bool = field(default=False, metadata={MAY_LACK: True})
    takers: frozenset[str] = field(default=frozenset(), metadata={MAY_LACK: True})

    def name_for(self, unit: str) -> str:
        """Its name as it is a unit's own (ตัวชี้วัดของหน่วย), else what everybody calls it."""
        return self.titles.get(unit, self.name)

    @property
    def rows(self) -> tuple["Node", ...]:
        """Its rows that count together, from the top."""
        return self, *self.others

    @property
    def weighs_alike(self) -> bool:
        """Whether it weighs the same for every unit."""
        return not self.others and not self.weight_measure

    def row_of(self, unit: Unit) -> "Node | None":
        """The row that counts for the unit: the first from the top that is meant for it.

        Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
        """
        return next((row for row in self.rows if row.meant_for(unit)), None)

    def applies_to(self, unit: Unit) -> bool:
        """Whether some row of the node is meant for the unit."""
        return self.row_of(unit) is not None

    def meant_for(self, unit: Unit) -> bool:
        """ใช้กับ: whether this row is meant for the unit.

        Source: design, section 1 (ตัวชี้วัด).
        """
        return (
            (not self.only or unit.code in self.only)
            and unit.code not in self.never
            and (not self.groups or fold(unit.group) in map(fold, self.groups))
            and (not self.positions or fold(unit.position) in map(fold, self.positions))
            and self.meant_for_kind(unit)
        )

    def meant_for_kind(self, unit: Unit) -> bool:
        """Whether this row is meant for units of that kind, whichever of them."""
        return not self.kinds or fold(unit.kind) in map(fold, self.kinds)


@dataclass(frozen=True)
class Case:
    """กรณี: the condition on a measure under which a row counts; ``names`` of whom, where it goes by who the
    unit is. ``rest`` is what the KPI's cases above it leave of the condition.
    """

    measure: str
    condition: Condition
    names: str = field(default="", metadata={MAY_LACK: True})
    rest: Condition | None = field(default=None, compare=False)  # follows from the rows above

    @property
    def text(self) -> str:
        """What it says, as it may be typed."""
        return self.names or self.condition.text()


@dataclass(frozen=True)
class Rule:
    """One row of ระดับ: what a measure must reach at each level, as typed and as read by edges.

    ``case_number`` counts the KPI's cases from 1, in the order a unit takes them; 0 is a row without.
    ``since`` is as of a node. Rows of one case with the same ``group`` are alternatives. A row with
    ``deducts`` takes points off the KPI's score and asks nothing: those of the last condition that holds, or,
    where it has no conditions, so many for each one of the measure.
    """

    kpi: str
    measure: str
    typed: tuple[str, ...]
    edges: tuple[Condition | None, ...]
    case: Case | None = None
    remark: str = ""
    places: tuple[Place, ...] = ()
    case_number: int = field(default=0, compare=False)  # follows from the rows above: no part of the digest
    since: str = field(default="", compare=False)
    group: str = field(default="", metadata={MAY_LACK: True})
    deducts: tuple[float, ...] = field(default=(), metadata={MAY_LACK: True})

    @property
    def references(self) -> tuple[str, ...]:
        """The measures that its thresholds name."""
        return tuple(dict.fromkeys(edge.of for edge in self.edges if edge and edge.of))

    @property
    def falls(self) -> bool:
        """Whether less is better in it."""
        return any(edge.downward for edge in self.edges if edge)

    @property
    def codes(self) -> tuple[str, ...]:
        """What it asks about: its measure, and those that its thresholds name."""
        return self.measure, *self.references

    def edge_for(self, at: int, values: Mapping[str, float]) -> Condition | None:
        """What it asks at a level (from 0) of a unit whose measures have those values."""
        edge = self.edges[at]
        return edge.against(values[edge.of]) if edge and edge.of else edge

    def holds(self, at: int, values: Mapping[str, float]) -> bool:
        """Whether what it asks at a level (from 0), if anything, is fulfilled by a unit with those values."""
        edge = self.edge_for(at, values)
        return edge is None or edge.holds_one(values[self.measure])

    def skips(self, at: int) -> bool:
        """Whether the row says that there is no such level (from 0)."""
        return self.edges[at] is None and is_dash(self.typed[at])


@dataclass(frozen=True)
class Export:
    """One row of แหล่งข้อมูล: which column of a central system's export gives a measure.

    ``file`` is a pattern below the month's folder; ``sheet`` is empty where the headings tell which.
    """

    code: str
    file: str
    sheet: str
    unit_column: str
    measure: str
    column: str
    counts: Counts = Counts.UNSTATED
    place: Place = NOWHERE


@dataclass(frozen=True)
class Baseline:
    """ค่าตั้งต้น: what the province fixed for a unit's measure."""

    value: float
    place: Place
