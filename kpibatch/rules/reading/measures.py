"""รายการข้อมูล → measures: one row each."""

import re

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import arabic, read_number
from kpibatch.books.table import Row
from kpibatch.rules.computations import COMPUTATIONS, Below
from kpibatch.rules.conditions import DECIMALS
from kpibatch.rules.reading.evidence import evidence_in
from kpibatch.rules.reading.parts import OF_OTHERS, of_others
from kpibatch.rules.records import Measure, Rollup, Source, ZeroRule
from kpibatch.rules.schema import MEASURES

_HIGHEST = Source.MEAN_OF_HIGHEST.removeprefix(Source.MEAN)
_MEAN_OF_SOME = re.compile(rf"{Source.MEAN.value}\s*(\S+)\s*{_HIGHEST}")


def read_measure(row: Row) -> Measure:
    """One row of รายการข้อมูล; what is wrong is remembered by it.

    Source: design, section 1 (รายการข้อมูล).
    """
    kind, counting_unit = row.choice(MEASURES.kind, Kind, Kind.NUMBER), row.text(MEASURES.counting_unit)
    bounds = Kind.NUMBER if kind is Kind.YES_NO else kind
    source = _source(row)
    others = of_others(row, source) if source in OF_OTHERS else {}
    numerator = () if others else row.codes(MEASURES.numerator)
    named, levels = evidence_in(row)
    how_many = source in COMPUTATIONS and COMPUTATIONS[source].below is Below.HOW_MANY
    return Measure(
        code=row.code(MEASURES.code),
        label=row.text(MEASURES.label),
        kind=kind,
        source=source,
        counting_unit=counting_unit,
        rollup=row.choice(MEASURES.rollup, Rollup, Rollup.LAST),
        numerator=numerator,
        denominator="" if how_many else row.code(MEASURES.denominator),
        zero_rule=row.choice(MEASURES.zero_rule, ZeroRule, ZeroRule.MISSING),
        minimum=row.read(MEASURES.minimum, bounds, counting_unit),
        maximum=row.read(MEASURES.maximum, bounds, counting_unit),
        limit=row.code(MEASURES.limit),
        needs_evidence=named,
        place=row.place(MEASURES.code),
        count=_count(row, len(numerator)) if how_many else 0,
        decimals=_decimals(row),
        evidence=levels,
        **others,
    )


def _source(row: Row) -> Source:
    """ที่มา; ``เฉลี่ย 3 สูงสุด`` is เฉลี่ยสูงสุด with its number between."""
    if _MEAN_OF_SOME.fullmatch(row.text(MEASURES.source)):
        return Source.MEAN_OF_HIGHEST
    return row.choice(MEASURES.source, Source, Source.FORM)


def _count(row: Row, parts: int) -> int:
    """How many of ตัวตั้ง count: stated in ตัวหาร, or in ที่มา itself; 0, and reported, where neither says so
    or it can't be.

    Source: design, section 1 (Wider rules: เฉลี่ยสูงสุด).
    """
    said = _MEAN_OF_SOME.fullmatch(row.text(MEASURES.source))
    between, below = said[1] if said else "", row.code(MEASURES.denominator)
    numbers = {read_number(text) for text in map(arabic, (between, below)) if text}
    count = numbers.pop() if len(numbers) == 1 else None
    if count is None or count not in range(1, max(parts, 1) + 1):
        column = MEASURES.denominator if below or not said else MEASURES.source
        row.report("table-how-many", column, below or between, parts=str(parts))
        return 0
    return int(count)


def _decimals(row: Row) -> int | None:
    """ปัดทศนิยม: to how many decimals; ``None`` where it is left blank.

    Source: design, section 1 (Wider rules: ปัดทศนิยม).
    """
    number = row.number_in(MEASURES.decimals)
    if number is None:
        return None
    if number not in range(DECIMALS + 1):
        row.report("table-value", MEASURES.decimals, row.text(MEASURES.decimals), expected=f"0 – {DECIMALS}")
        return None
    return int(number)
