"""The level-table workbook's sheets and columns, by name: the one place that spells them.

A sheet is a class whose attributes are its columns, from left to right; a ``Column`` is its heading, so
``row.text(UNITS.name)`` reads a cell and ``Place(file, UNITS.sheet)`` names the sheet. A further column is
one line here; the items of รอบประเมิน stand with the round. Source: design, section 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kpibatch.base.kinds import Kind
from kpibatch.rules.checks import MONTH_BEFORE, BuiltIn, Gravity, Sign, Use
from kpibatch.rules.records import Counts, Method, Rollup, Source, ZeroRule
from kpibatch.rules.round import CAP, OWN_SCORES, Flag, Item, NoTarget, Stage, Work

Content: TypeAlias = Literal["text", "number", "number or text", "day", "day or text", "condition"]
MOST_LEVELS, FEWEST_LEVELS, SINCE = 9, 2, "ใช้ตั้งแต่เดือน"
KINDS = ("จังหวัด", "กลุ่มงาน", "อำเภอ", "บุคคล")  # of units; any other word may be one as well
PERSON = KINDS[-1]
FROM_ABOVE = "ใช้คะแนนของหน่วย"  # ทีม of a node whose result units take from the one above
EXAMPLE_MAIL, EXAMPLE_REFERENCE = "@init.example", "ตัวอย่างจาก init"  # of rows that are to be overwritten
NOT_TAKEN = "ไม่รับ"  # ระดับที่ควรได้ of values that no form may say


class Column(str):
    """A column's heading, what may stand under it and how wide it is written.

    ``choices`` are the words of its dropdown, or the range of a sheet that holds them; where it is ``open``,
    anything else may be typed as well.
    """

    content: Content
    choices: tuple[str, ...] | str
    width: int
    wraps: bool
    optional: bool
    open: bool

    def __new__(
        cls,
        heading: str,
        width: int = 16,
        content: Content = "text",
        *,
        choices: Iterable[str] | str = (),
        wraps: bool = False,
        optional: bool = False,
        open: bool = False,
    ) -> "Column":
        column = super().__new__(cls, heading)
        column.content, column.width, column.wraps, column.optional = content, width, wraps, optional
        column.open = open
        column.choices = choices if isinstance(choices, str) else tuple(str(word) for word in choices if word)
        return column


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, which of its columns tell rows apart, how many stay in sight when it is scrolled.

    ``keys`` holds the strictest way to tell rows apart first. Where ``any_column`` is given, further columns
    may follow that are headed by codes and look like it. An ``optional`` sheet need not be there.
    """

    sheet: str
    keys: tuple[tuple[Column, ...], ...]
    frozen: int = 1
    any_column: Column | None = None
    optional: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column that has a name of its own, from left to right."""
        named = vars(type(self)).values()
        groups = (value if isinstance(value, tuple) else (value,) for value in named)
        return tuple(column for group in groups for column in group if isinstance(column, Column))

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.optional)

    @property
    def others(self) -> tuple[Column, ...] | None:
        """The columns it may have besides; ``None`` for any."""
        if self.any_column is not None:
            return None
        return tuple(column for column in self.columns if column.optional)

    def column(self, heading: str) -> Column:
        """The column of that heading; a bare one where the sheet does not know it."""
        known = (column for column in self.columns if column == heading)
        unknown = Column(heading) if self.any_column is None else self.any_column
        return next(known, unknown)


class _Round(Sheet):
    item = Column("รายการ", 44, choices=Item, wraps=True)
    value = Column("ค่า", 52, "day or text")
    remark = Column("หมายเหตุ", 60, wraps=True, optional=True)


class _Rating(Sheet):
    percent = Column("ตั้งแต่ร้อยละ", 16, "number")
    word = Column("ผล", 24)
    remark = Column("หมายเหตุ", 60, wraps=True, optional=True)


class _Calendar(Sheet):
    month = Column("เดือน", 14)
    due = Column("กำหนดส่ง", 18, "day")
    remark = Column("หมายเหตุ", 60, wraps=True, optional=True)
    task = Column("งาน", 34, choices=Stage, wraps=True, optional=True, open=True)
    owner = Column("ผู้รับผิดชอบ", 30, wraps=True, optional=True)
    ahead = Column("เตือนก่อน (วัน)", 15, "number", optional=True)


_UNIT_CODES = "='หน่วย'!$A$2:$A$3000"


class _Units(Sheet):
    code = Column("รหัส", 22)
    name = Column("ชื่อ", 58, wraps=True)
    group = Column("กลุ่ม", 22)
    email = Column("อีเมล", 34)
    cc = Column("สำเนา", 30)
    position = Column("ตำแหน่ง", 22, optional=True)
    parent = Column("สังกัด", 22, choices=_UNIT_CODES, open=True, optional=True)
    kind = Column("ประเภท", 16, choices=KINDS, open=True, optional=True)
    assessor = Column("ผู้ประเมิน", 30, optional=True)
    map_row = Column("แถว", 10, "number", optional=True)
    map_column = Column("คอลัมน์", 10, "number", optional=True)


_NODE_CODES = "='ตัวชี้วัด'!$A$2:$A$501"
_MONTHS = "='ปฏิทิน'!$A$2:$A$37"
_UNIT_CODES = "='หน่วย'!$A$2:$A$2000"
MEASURE_CODES = "='รายการข้อมูล'!$A$2:$A$2000"  # what a dropdown of measures offers


class _Nodes(Sheet):
    code = Column("รหัส", 22)
    parent = Column("อยู่ใต้", 10, choices=_NODE_CODES)
    name = Column("ชื่อ", 58, wraps=True)
    weight = Column("น้ำหนัก", 11, "number or text")
    child_sum = Column("ผลรวมน้ำหนัก", 13, "number")
    scope = Column("ใช้กับ", 34, wraps=True)
    method = Column("วิธีให้คะแนน", 15, choices=Method)
    responsible = Column("ผู้รับผิดชอบ", 30, wraps=True)
    reference = Column("อ้างอิง", 56, wraps=True)
    since = Column(SINCE, 15, choices=_MONTHS, optional=True)
    no_target = Column("เมื่อไม่มีกลุ่มเป้าหมาย", 20, choices=NoTarget, optional=True)
    own_scores = Column(OWN_SCORES, 15, optional=True)
    cap = Column(CAP, 13, "number", optional=True)
    template = tuple(
        Column(heading, width, wraps=True, optional=True)
        for heading, width in (
            *(("คำอธิบาย", 60), ("สูตร", 48), ("แหล่งข้อมูล", 34), ("ความถี่", 16), ("ผู้กำกับดูแล", 30)),
            *(("ผู้จัดเก็บ", 30), ("เป้าประสงค์", 44), ("ยุทธศาสตร์", 44), ("ทีม", 24)),
        )
    )

    @property
    def team(self) -> Column:
        return self.template[-1]

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns that a later row of a node may leave blank: they are as before."""
        return self.parent, self.name, self.responsible, self.reference, *self.template

    @property
    def own(self) -> tuple[Column, ...]:
        """The columns in which a node's rows for other units may differ."""
        return self.code, self.weight, self.child_sum, self.scope, self.since


class _Measures(Sheet):
    code = Column("รหัส", 22)
    label = Column("รายการ", 44, wraps=True)
    counting_unit = Column("หน่วยนับ", 14)
    kind = Column("ชนิด", 13, choices=Kind)
    source = Column("ที่มา", 14, choices=Source)
    rollup = Column("สรุปรายเดือน", 13, choices=Rollup)
    numerator = Column("ตัวตั้ง", 22)
    denominator = Column("ตัวหาร", 22, choices=MEASURE_CODES)
    zero_rule = Column("เมื่อตัวหารเป็นศูนย์", 14, choices=ZeroRule)
    minimum = Column("ต่ำสุด", 9, "number")
    maximum = Column("สูงสุด", 9, "number")
    limit = Column("ไม่เกินรายการ", 22, choices=MEASURE_CODES)
    needs_evidence = Column("ต้องมีหลักฐาน", 13, choices=(Flag.YES, "ทุกระดับ", "ระดับ 3 ขึ้นไป"), open=True)
    origin = Column("แหล่ง", 14, optional=True)
    decimals = Column("ปัดทศนิยม", 11, "number", optional=True)


class _Rules(Sheet):
    kpi = Column("ตัวชี้วัด", 11, choices=_NODE_CODES)
    case_of = Column("กรณีของ", 16, choices=MEASURE_CODES, open=True)
    case = Column("เงื่อนไขกรณี", 14, "condition")
    measure = Column("รายการข้อมูล", 26, choices=MEASURE_CODES)
    levels = tuple(
        Column(f"ระดับ {level}", 22, "condition", optional=level > FEWEST_LEVELS)
        for level in range(1, MOST_LEVELS + 1)
    )
    remark = Column("หมายเหตุ", 60, wraps=True)
    group = Column("กลุ่มเงื่อนไข", 14, optional=True)
    since = Column(SINCE, 15, choices=_MONTHS, optional=True)
    deducts = Column("หักคะแนน", 15, optional=True)


class _Baselines(Sheet):
    unit = Column("รหัสหน่วย", 13, choices=_UNIT_CODES)


class _Exports(Sheet):
    code = Column("รหัส", 14)
    file = Column("ไฟล์", 34)
    tab = Column("ชีต", 20)
    unit = Column("คอลัมน์หน่วย", 24)
    measure = Column("รายการข้อมูล", 26, choices=MEASURE_CODES)
    heading = Column("คอลัมน์", 40, wraps=True)
    counts = Column("ใช้ค่า", 12, choices=Counts)


class _Examples(Sheet):
    kpi = Column("ตัวชี้วัด", 11, choices=_NODE_CODES)
    number = Column("ลำดับ", 8)
    level = Column("ระดับที่ควรได้", 13, "number or text")
    score = Column("คะแนนที่ควรได้", 13, "number", optional=True)
    why = Column("เหตุผล", 60, wraps=True)
    since = Column(SINCE, 15, choices=_MONTHS, optional=True)


class _Checks(Sheet):
    left = Column("ซ้าย", 28, choices=BuiltIn, open=True)
    sign = Column("เทียบ", 8, choices=Sign)
    right = Column("ขวา", 28, choices=(MONTH_BEFORE,), open=True)
    gravity = Column("ความรุนแรง", 13, choices=Gravity)
    words = Column("ข้อความ", 70, wraps=True)
    used = Column("ใช้", 9, choices=Use)


class _Holidays(Sheet):
    day = Column("วันที่", 18, "day")
    name = Column("ชื่อ", 50, wraps=True)


class _OwnKpis(Sheet):
    unit = Column("รหัสหน่วย", 13)
    node = Column("ตัวชี้วัด", 11, choices=_NODE_CODES)
    name = Column("ชื่อ", 58, wraps=True)
    work = Column("งาน", 16, choices=Work, optional=True)
    weight = Column("น้ำหนัก", 11, "number")
    target = Column("ค่าเป้าหมาย", 14, "number")
    step = Column("ขั้น", 11, "number")
    counting_unit = Column("หน่วยนับ", 14, optional=True)
    remark = Column("หมายเหตุ", 60, wraps=True, optional=True)


class _Draft(Sheet):
    place = Column("ช่องที่", 22)
    line = Column("บรรทัด", 9, "number", optional=True)
    told = tuple(
        Column(heading, width, wraps=True, optional=True)
        for heading, width in (("หนังสือว่า", 60), ("อ่านเป็น", 30), ("เหตุที่ต้องตรวจ", 70))
    )
    checked = Column("ตรวจแล้ว", 12, choices=Flag)


class _Moves(Sheet):
    unit = Column("รหัสหน่วย", 22)
    since = Column("ตั้งแต่เดือน", 15, choices=_MONTHS)
    to = Column("ไปสังกัด", 22)
    remark = Column("หมายเหตุ", 60, wraps=True, optional=True)


ROUND = _Round("รอบประเมิน", ((_Round.item,),))
RATING = _Rating("ผลประเมิน", ((_Rating.word,),))
CALENDAR = _Calendar("ปฏิทิน", ((_Calendar.month, _Calendar.task), (_Calendar.month,)))
UNITS = _Units("หน่วย", ((_Units.code,),), frozen=2)
_NODE = (_Nodes.code, _Nodes.scope, _Nodes.since)
NODES = _Nodes("ตัวชี้วัด", (_NODE, (_Nodes.code, _Nodes.since), _NODE[:1]), frozen=3)
MEASURES = _Measures("รายการข้อมูล", ((_Measures.code,),), frozen=2)
_ROW = (_Rules.kpi, _Rules.case_of, _Rules.case, _Rules.measure)
RULES = _Rules(
    "ระดับ",
    ((*_ROW, _Rules.since, _Rules.deducts), (*_ROW, _Rules.since), _ROW, (*_ROW[:2], _Rules.measure)),
    frozen=4,
)
BASELINES = _Baselines("ค่าตั้งต้น", ((_Baselines.unit,),), any_column=Column("", 16, "number"))
EXPORTS = _Exports("แหล่งข้อมูล", ((_Exports.code, _Exports.measure), (_Exports.measure,)), optional=True)
CROSSCHECKS = _Checks("กฎตรวจ", ((_Checks.left, _Checks.sign, _Checks.right), (_Checks.left,)), optional=True)
EXAMPLES = _Examples(
    "ตัวอย่าง",
    ((_Examples.kpi, _Examples.number), (_Examples.kpi,)),
    frozen=2,
    any_column=Column("", 14, "condition"),
    optional=True,
)
HOLIDAYS = _Holidays("วันหยุด", ((_Holidays.day, _Holidays.name), (_Holidays.day,)), optional=True)
OWN_KPIS = _OwnKpis("ตัวชี้วัดของหน่วย", ((_OwnKpis.unit, _OwnKpis.node),), frozen=3, optional=True)
MOVES = _Moves("ย้าย", ((_Moves.unit, _Moves.since),), optional=True)
DRAFT = _Draft("ร่าง", ((_Draft.place,),), optional=True)
SHEETS: tuple[Sheet, ...] = (
    *(ROUND, RATING, CALENDAR, UNITS, NODES, MEASURES, RULES, BASELINES),
    *(OWN_KPIS, EXPORTS, CROSSCHECKS, HOLIDAYS, MOVES, EXAMPLES, DRAFT),
)
GUIDE = "คู่มือ"
