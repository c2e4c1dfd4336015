"""The level-table workbook → ``LevelTables`` and every fault met while reading it.

In: a path. Out: the records, as complete as the workbook allows, and findings that say sheet, cell,
what was found and how to mend it. An error among them means that nothing may be scored.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from kpibatch.base.errors import NoLevelTables, UnreadableLevelTables
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import squash
from kpibatch.books.read import Grid, UnreadableBook, as_text, read_book
from kpibatch.books.table import Row, Table, read_table
from kpibatch.books.values import read_value
from kpibatch.rules.conditions import Condition, MixedRow, edges, upward_reading
from kpibatch.rules.levels import LevelTables, numbered
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.records import Baseline, Case, Measure, Method, Node, Rollup, Rule, Source, Unit, ZeroRule
from kpibatch.rules.references import sound_measures, sound_nodes
from kpibatch.rules.round_reader import read_calendar, read_rating, read_round
from kpibatch.rules.schema import GUIDE, LEVELS, REQUIRED

Record = TypeVar("Record")


class _Yes(StrEnum):
    YES = "ใช่"
    NO = ""


@dataclass
class _Workbook:
    file: str
    grids: dict[str, Grid]
    findings: list[Finding] = field(default_factory=list)

    def table(self, sheet: str) -> Table:
        others = None if sheet == "ค่าตั้งต้น" else LEVELS if sheet == "ระดับ" else ()
        return read_table(self.file, self.grids, sheet, REQUIRED[sheet], self.findings, others)


def read_levels(path: Path) -> tuple[LevelTables, list[Finding]]:
    """Read the workbook at ``path``. Raises ``KpibatchError`` where it is no readable workbook at all."""
    if not path.is_file():
        raise NoLevelTables(file=path)
    try:
        book = _Workbook(path.name, read_book(path))
    except UnreadableBook as reason:
        raise UnreadableLevelTables(file=path, reason=reason) from None
    book.findings.extend(_unknown_sheets(book))
    units = _unique(book.table("หน่วย"), "รหัส", _unit)
    measures = sound_measures(_unique(book.table("รายการข้อมูล"), "รหัส", _measure), book.findings)
    nodes = sound_nodes(_unique(book.table("ตัวชี้วัด"), "รหัส", lambda row: _node(row, units)), book.findings)
    levels = book.table("ระดับ")
    names = [name for name in LEVELS if name in levels.columns]
    if names != list(LEVELS[: len(names)]):
        left_out = next(name for name in LEVELS if name not in names)
        book.findings.append(
            finding("table-column-missing", Place(path.name, "ระดับ"), found=", ".join(names), column=left_out)
        )
    tables = LevelTables(
        file=path.name,
        round=read_round(book.table("รอบประเมิน")),
        rating_typed=tuple(read_rating(book.table("ผลประเมิน"))),
        calendar=read_calendar(book.table("ปฏิทิน")),
        units=tuple(units.values()),
        nodes=tuple(nodes.values()),
        measures=measures,
        rules=_rules(levels, names, nodes, measures),
        baselines=_baselines(book.table("ค่าตั้งต้น"), units, measures),
        level_count=len(names),
    )
    return tables, book.findings


def _unknown_sheets(book: _Workbook) -> Iterator[Finding]:
    for name in book.grids:
        if name not in REQUIRED and name != GUIDE:
            nearest = nearest_of(
                name, [sheet for sheet in REQUIRED if sheet not in book.grids] or list(REQUIRED)
            )
            yield finding("table-unknown-sheet", Place(book.file, name), found=name, nearest=nearest)


def _unique(table: Table, key: str, read: Callable[[Row], Record]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for row in table:
        code = row.code(key)
        if not code:
            row.report("table-value", key, "", expected=key)
        elif code in records:
            row.report("table-duplicate", key, code)
        else:
            records[code] = read(row)
    return records


def _unit(row: Row) -> Unit:
    if row.blank("ชื่อ"):
        row.report("table-value", "ชื่อ", "", expected="ชื่อ")
    return Unit(
        row.code("รหัส"),
        row.text("ชื่อ"),
        row.text("กลุ่ม"),
        row.text("อีเมล"),
        row.text("สำเนา"),
        row.place("รหัส"),
    )


def _measure(row: Row) -> Measure:
    kind = row.choice("ชนิด", Kind, Kind.NUMBER)
    bounds = [row.date_in(side) if kind is Kind.DATE else row.number_in(side) for side in ("ต่ำสุด", "สูงสุด")]
    minimum, maximum = (float(bound.toordinal()) if isinstance(bound, date) else bound for bound in bounds)
    return Measure(
        code=row.code("รหัส"),
        label=row.text("รายการ"),
        kind=kind,
        source=row.choice("ที่มา", Source, Source.FORM),
        counting_unit=row.text("หน่วยนับ"),
        rollup=row.choice("สรุปรายเดือน", Rollup, Rollup.LAST),
        numerator=row.codes("ตัวตั้ง"),
        denominator=row.code("ตัวหาร"),
        zero_rule=row.choice("เมื่อตัวหารเป็นศูนย์", ZeroRule, ZeroRule.MISSING),
        minimum=minimum,
        maximum=maximum,
        limit=row.code("ไม่เกินรายการ"),
        needs_evidence=row.choice("ต้องมีหลักฐาน", _Yes, _Yes.NO) is _Yes.YES,
        place=row.place("รหัส"),
    )


def _node(row: Row, units: Mapping[str, Unit]) -> Node:
    text = row.code("ใช้กับ")
    word, _, rest = text.partition(" ")
    listed = tuple(part for part in map(squash, rest.replace("และ", ",").split(",")) if part)
    if text and (word not in ("เฉพาะ", "ยกเว้น", "กลุ่ม") or not listed):
        row.report("table-value", "ใช้กับ", text, expected="เฉพาะ … / ยกเว้น … / กลุ่ม …")
    by_name = {unit.name: code for code, unit in units.items()} | {code: code for code in units}
    if word in ("เฉพาะ", "ยกเว้น"):
        for name in listed:
            if name not in by_name:
                row.report("table-unknown", "ใช้กับ", name, where="หน่วย")
    codes = frozenset(by_name[name] for name in listed if name in by_name)
    return Node(
        code=row.code("รหัส"),
        parent=row.code("อยู่ใต้"),
        name=row.text("ชื่อ"),
        weight=row.number_in("น้ำหนัก") or 0.0,
        child_sum=row.number_in("ผลรวมน้ำหนัก"),
        only=codes if word == "เฉพาะ" else frozenset(),
        never=codes if word == "ยกเว้น" else frozenset(),
        groups=frozenset(listed) if word == "กลุ่ม" else frozenset(),
        method=row.choice("วิธีให้คะแนน", Method, Method.STEPS),
        responsible=row.text("ผู้รับผิดชอบ"),
        reference=row.text("อ้างอิง"),
        place=row.place("รหัส"),
    )


def _rules(
    table: Table, names: list[str], nodes: Mapping[str, Node], measures: Mapping[str, Measure]
) -> tuple[Rule, ...]:
    rules = []
    for row in table:
        kpi, measure, case_of = row.code("ตัวชี้วัด"), row.code("รายการข้อมูล"), row.code("กรณีของ")
        known = [
            _known(row, "ตัวชี้วัด", kpi, nodes),
            _known(row, "รายการข้อมูล", measure, measures),
            not case_of or _known(row, "กรณีของ", case_of, measures),
        ]
        conditions = [_condition(row, name, measures.get(measure)) for name in names]
        case = _condition(row, "เงื่อนไขกรณี", measures.get(case_of))
        if bool(case_of) != bool(row.text("เงื่อนไขกรณี")):
            row.report(
                "table-half-case", "กรณีของ" if not case_of else "เงื่อนไขกรณี", case_of or row.text("เงื่อนไขกรณี")
            )
        if all(known) and bool(case) == bool(case_of):
            typed = tuple(as_text(row.value(name)) for name in names)
            rules.append(
                Rule(
                    kpi,
                    measure,
                    typed,
                    tuple(_edges(row, names, conditions)),
                    Case(case_of, case) if case and case_of else None,
                    row.text("หมายเหตุ"),
                    tuple(row.place(name) for name in names),
                )
            )
    return numbered(rules)


def _known(row: Row, column: str, code: str, known: Mapping[str, object]) -> bool:
    if code not in known:
        row.report("table-unknown", column, code, where={"ตัวชี้วัด": "ตัวชี้วัด"}.get(column, "รายการข้อมูล"))
    return code in known


def _condition(row: Row, column: str, measure: Measure | None) -> Condition | None:
    value = row.value(column)
    if isinstance(value, date):
        row.report("table-threshold-date", column, value)
        return None
    text = as_text(value)
    if not text:
        return None
    try:
        condition = parse(text)
    except ConditionFault as fault:
        row.report("table-condition", column, text, pointer=fault.pointer, proposal=fault.proposal or "≥ 80")
        return None
    if measure and condition.family != measure.kind.family:
        row.report("table-condition-kind", column, text, kind=measure.kind.value, asked=measure.code)
        return None
    return condition


def _edges(row: Row, names: list[str], conditions: list[Condition | None]) -> list[Condition | None]:
    try:
        return edges(conditions)
    except MixedRow as mixed:
        name = names[mixed.level - 1]
        proposal = upward_reading(conditions)
        row.report("table-mixed", name, row.text(name), proposal=" | ".join(proposal))
        return [parse(text) if text else None for text in proposal]


def _baselines(
    table: Table, units: Mapping[str, Unit], measures: Mapping[str, Measure]
) -> dict[tuple[str, str], Baseline]:
    baselines: dict[tuple[str, str], Baseline] = {}
    for column in table.columns[1:]:
        if column not in measures:
            table.head.report("table-unknown", column, column, where="รายการข้อมูล")
        elif measures[column].source is not Source.BASE:
            table.head.report("table-not-fixed", column, column, source=measures[column].source.value)
    seen: set[str] = set()
    for row in table:
        unit = row.code("รหัสหน่วย")
        if unit not in units:
            row.report("table-unknown", "รหัสหน่วย", unit, where="หน่วย")
            continue
        if unit in seen:
            row.report("table-duplicate", "รหัสหน่วย", unit)
            continue
        seen.add(unit)
        for column in table.columns[1:]:
            measure = measures.get(column)
            cell = row.value(column)
            if measure is None or cell is None:
                continue
            reading = read_value(cell, measure.kind, measure.counting_unit)
            if reading.refused:
                row.report("table-value", column, as_text(cell), expected=measure.kind.value)
            else:
                baselines[unit, column] = Baseline(reading.value, row.place(column))
    return baselines
