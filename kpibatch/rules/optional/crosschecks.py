"""กฎตรวจ → its records, as complete as the sheet allows; what is wrong is remembered by the rows."""

import math
import re
from collections.abc import Mapping

from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold, read_number
from kpibatch.books.read import as_text
from kpibatch.books.table import Row, Table
from kpibatch.books.values import read_value
from kpibatch.rules.checks import (
    ANY_OF,
    MONTH_BEFORE,
    USUAL,
    BuiltIn,
    Checks,
    Comparison,
    Gravity,
    Operand,
    Sign,
    Use,
    Watch,
    checks_of,
)
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.records import Measure, Source
from kpibatch.rules.schema import CROSSCHECKS, MEASURES, Column

_ALSO = {">=": Sign.AT_LEAST, "<=": Sign.AT_MOST, "≠": Sign.OTHER, "!=": Sign.OTHER, "==": Sign.EQUAL}
_TIMES = re.compile(r"([\d.,]+)\s*[×xX*]\s*(\S.*)")
_ANY_OF = re.compile(rf"{ANY_OF}\s+(\S.*)")
_BUILT_IN = {fold(name): name for name in BuiltIn}
_CODE = re.compile(r"[A-Za-z][\w.]*")  # what looks like a measure's code and not like a name


def read_checks(table: Table, measures: Mapping[str, Measure]) -> Checks:
    """The rows that can be read. Source: design, section 1 (กฎตรวจ)."""
    rows: dict[str, Comparison | Watch] = {}
    for row in table:
        read = _watch(row) if fold(row.code(CROSSCHECKS.left)) in _BUILT_IN else _comparison(row, measures)
        if read is None:
            continue
        name = read.name if isinstance(read, Watch) else f"{read.left} {read.sign} {read.right}"
        if name in rows:
            row.report("table-duplicate", CROSSCHECKS.left, row.code(CROSSCHECKS.left))
        else:
            rows[name] = read
    return checks_of(tuple(rows.values()))


def _watch(row: Row) -> Watch:
    """A built-in check: ขวา is its limit, เทียบ stays blank."""
    name = _BUILT_IN[fold(row.code(CROSSCHECKS.left))]
    if not row.blank(CROSSCHECKS.sign):
        row.report("table-check-idle", CROSSCHECKS.sign, row.text(CROSSCHECKS.sign), name=name)
    limit = USUAL.get(name, math.nan)
    if not row.blank(CROSSCHECKS.right):
        if name not in USUAL:
            row.report("table-check-idle", CROSSCHECKS.right, row.text(CROSSCHECKS.right), name=name)
        elif (stated := row.number_in(CROSSCHECKS.right)) is not None:
            limit = stated
            if stated < 0 or (stated <= 1 and USUAL[name] > 1):
                row.report("table-check-limit", CROSSCHECKS.right, row.text(CROSSCHECKS.right), name=name)
    return Watch(
        name, limit, _gravity(row), row.text(CROSSCHECKS.words), _used(row), row.place(CROSSCHECKS.left)
    )


def _gravity(row: Row) -> Gravity:
    return row.choice(CROSSCHECKS.gravity, Gravity, Gravity.WARNING)


def _used(row: Row) -> bool:
    return row.choice(CROSSCHECKS.used, Use, Use.YES) is Use.YES


def _comparison(row: Row, measures: Mapping[str, Measure]) -> Comparison | None:
    """A row of the office's own; ``None`` where its sides or its sign can't be read."""
    left, gravity, used = _left(row, measures), _gravity(row), _used(row)
    sign = _sign(row) if left or _CODE.fullmatch(row.code(CROSSCHECKS.left)) else None
    if left is None or (right := _right(row, left, measures)) is None or sign is None:
        return None
    if not _sound(row, left, right, measures):
        return None
    return Comparison(
        left.code, sign, right, gravity, row.text(CROSSCHECKS.words), used, row.place(CROSSCHECKS.left)
    )


def _left(row: Row, measures: Mapping[str, Measure]) -> Measure | None:
    code = row.code(CROSSCHECKS.left)
    if code in measures:
        return _checkable(row, CROSSCHECKS.left, measures[code])
    if not code:
        row.report("table-value", CROSSCHECKS.left, "", expected=CROSSCHECKS.left)
    elif _CODE.fullmatch(code):
        row.report("table-unknown", CROSSCHECKS.left, code, where=MEASURES.sheet)
    else:
        nearest = nearest_of(code, [*BuiltIn, *measures])
        row.report("table-check-name", CROSSCHECKS.left, code, nearest=nearest, names=", ".join(BuiltIn))
    return None


def _checkable(row: Row, column: Column, measure: Measure) -> Measure | None:
    """The measure, if its value of a month is known when the values are checked."""
    if measure.monthly or measure.source in (Source.BASE, *COMPUTATIONS):
        return measure
    row.report("table-check-source", column, measure.code, source=measure.source.value)
    return None


def _sign(row: Row) -> Sign | None:
    text = row.text(CROSSCHECKS.sign).replace(" ", "")
    known = {sign.value: sign for sign in Sign} | _ALSO
    if text not in known:
        row.report("table-value", CROSSCHECKS.sign, text, expected=" ".join(Sign))
    return known.get(text)


def _right(row: Row, left: Measure, measures: Mapping[str, Measure]) -> Operand | None:
    """ขวา: a measure, n × a measure, มี a measure, the month before, else a value like those of ซ้าย."""
    text = row.code(CROSSCHECKS.right)
    times, any_of, name = 1.0, False, text
    if match := _TIMES.fullmatch(text):
        number = read_number(match[1])
        times, name = (1.0, text) if number is None else (number, match[2])
    elif match := _ANY_OF.fullmatch(text):
        any_of, name = True, match[1]
    if fold(name) == fold(MONTH_BEFORE) and not any_of:
        return Operand(times=times)
    if name in measures:
        measure = _checkable(row, CROSSCHECKS.right, measures[name])
        return Operand(measure.code, times, any_of) if measure else None
    if _CODE.fullmatch(name):
        row.report("table-unknown", CROSSCHECKS.right, name, where=MEASURES.sheet)
        return None
    reading = read_value(row.value(CROSSCHECKS.right), left.kind, left.counting_unit)
    if reading.refused or math.isnan(reading.value):
        row.report(
            "table-check-right",
            CROSSCHECKS.right,
            as_text(row.value(CROSSCHECKS.right)),
            kind=left.kind.value,
        )
        return None
    return Operand(value=reading.value)


def _sound(row: Row, left: Measure, right: Operand, measures: Mapping[str, Measure]) -> bool:
    """Whether the two sides can be compared and a unit's own value is among them."""
    other = measures.get(right.measure)
    if other is left and not right.any_of:
        row.report("table-check-itself", CROSSCHECKS.right, row.code(CROSSCHECKS.right))
        return False
    numbers = other.kind.family == "number" if other else left.kind.family == "number"
    kind = Kind.YES_NO if right.any_of else other.kind if other else left.kind
    scaled = right.any_of or right.times != 1
    if (scaled and not numbers) or kind.family != left.kind.family:
        facts = {"asked": left.code, "kind": left.kind.value, "other": (other or left).kind.value}
        row.report("table-check-kind", CROSSCHECKS.right, row.code(CROSSCHECKS.right), **facts)
        return False
    if not any(_filled_in(code, measures) for code in (left.code, right.measure) if code):
        row.report("table-check-nothing", CROSSCHECKS.left, left.code)
        return False
    return True


def _filled_in(code: str, measures: Mapping[str, Measure]) -> bool:
    """Whether units fill the measure in, or something that it is computed from."""
    measure = measures[code]
    return measure.source is Source.FORM or any(_filled_in(part, measures) for part in measure.ingredients)
