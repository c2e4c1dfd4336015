"""The level-table workbook → ``LevelTables`` and every fault met while reading it.

In: a path. Out: the records, as complete as the workbook allows, and findings that say sheet, cell,
what was found and how to mend it. An error among them means that nothing may be scored.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from kpibatch.cells import Grid, UnreadableBook, as_text, read_book
from kpibatch.conditions import Condition, ConditionFault, MixedRow, edges, parse, upward_reading
from kpibatch.errors import KpibatchError
from kpibatch.findings import Finding, Place, finding
from kpibatch.levels import Baseline, Case, LevelTables, Measure, Method, Node, Rollup, Round, Rule, Source, Unit, ZeroRule
from kpibatch.references import sound_measures, sound_nodes
from kpibatch.tables import Row, Table, nearest_of, read_table
from kpibatch.thai import arabic, is_month, squash
from kpibatch.values import Kind, read_value

REQUIRED = {
    "รอบประเมิน": ("รายการ", "ค่า"),
    "ผลประเมิน": ("ตั้งแต่ร้อยละ", "ผล"),
    "ปฏิทิน": ("เดือน", "กำหนดส่ง"),
    "หน่วย": ("รหัส", "ชื่อ", "กลุ่ม", "อีเมล", "สำเนา"),
    "ตัวชี้วัด": ("รหัส", "อยู่ใต้", "ชื่อ", "น้ำหนัก", "ผลรวมน้ำหนัก", "ใช้กับ", "วิธีให้คะแนน", "ผู้รับผิดชอบ", "อ้างอิง"),
    "รายการข้อมูล": (
        *("รหัส", "รายการ", "หน่วยนับ", "ชนิด", "ที่มา", "สรุปรายเดือน", "ตัวตั้ง", "ตัวหาร", "เมื่อตัวหารเป็นศูนย์"),
        *("ต่ำสุด", "สูงสุด", "ไม่เกินรายการ", "ต้องมีหลักฐาน"),
    ),
    "ระดับ": ("ตัวชี้วัด", "กรณีของ", "เงื่อนไขกรณี", "รายการข้อมูล", "ระดับ 1", "ระดับ 2", "หมายเหตุ"),
    "ค่าตั้งต้น": ("รหัสหน่วย",),
}
GUIDE = "คู่มือ"
MOST_LEVELS = 9
LEVELS = tuple(f"ระดับ {number}" for number in range(1, MOST_LEVELS + 1))
Record = TypeVar("Record")


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
        raise KpibatchError("no-level-tables", file=path)
    try:
        book = _Workbook(path.name, read_book(path))
    except UnreadableBook as reason:
        raise KpibatchError("unreadable-level-tables", file=path, reason=reason) from None
    book.findings.extend(_unknown_sheets(book))
    units = _unique(book.table("หน่วย"), "รหัส", _unit)
    measures = sound_measures(_unique(book.table("รายการข้อมูล"), "รหัส", _measure), book.findings)
    nodes = sound_nodes(_unique(book.table("ตัวชี้วัด"), "รหัส", lambda row: _node(row, units)), book.findings)
    levels = book.table("ระดับ")
    names = [name for name in LEVELS if name in levels.columns]
    tables = LevelTables(
        file=path.name,
        round=_round(book.table("รอบประเมิน")),
        rating_typed=tuple(_rating(book.table("ผลประเมิน"))),
        calendar=_calendar(book.table("ปฏิทิน")),
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
            nearest = nearest_of(name, [sheet for sheet in REQUIRED if sheet not in book.grids] or list(REQUIRED))
            yield finding("table-unknown-sheet", Place(book.file, name), found=name, nearest=nearest)


def _unique(table: Table, key: str, read: Callable[[Row], Record]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for row in table:
        code = arabic(row.text(key))
        if not code:
            row.report("table-value", key, "", expected=key)
        elif code in records:
            row.report("table-duplicate", key, code)
        else:
            records[code] = read(row)
    return records


def _round(table: Table) -> Round:
    rows = {row.text("รายการ"): row for row in table}

    def text(item: str) -> str:
        return rows[item].text("ค่า") if item in rows else ""

    def day(item: str) -> date:
        found = rows[item].date_in("ค่า") if item in rows else None
        if found is None and table.rows:
            table.rows[0].report("table-item-missing", "รายการ", text(item), item=item)
        return found or date(1, 1, 1)

    def numbers(item: str) -> tuple[float, ...]:
        parts = arabic(text(item)).replace(";", ",").split(",")
        try:
            return tuple(float(part) for part in parts if part.strip())
        except ValueError:
            rows[item].report("table-value", "ค่า", text(item), expected="50, 75, 100")
            return ()

    return Round(
        owner=text("เจ้าของ"),
        fiscal_year=arabic(text("ปีงบประมาณ")),
        number=arabic(text("รอบ")),
        start=day("เริ่ม"),
        end=day("สิ้นสุด"),
        unit_noun=text("หน่วยประเมิน"),
        reference=text("อ้างอิง"),
        report_months=tuple(int(number) for number in numbers("เดือนรายงาน")),
        level_scores=numbers("คะแนนของระดับ"),
        below_one=(numbers("คะแนนต่ำกว่าระดับ 1") or (0.0,))[0],
    )


def _rating(table: Table) -> list[tuple[float, str]]:
    bands = ((row.number_in("ตั้งแต่ร้อยละ"), row.text("ผล")) for row in table)
    return [(percent, word) for percent, word in bands if percent is not None]


def _calendar(table: Table) -> dict[str, date]:
    calendar: dict[str, date] = {}
    for row in table:
        month, due = arabic(row.text("เดือน")), row.date_in("กำหนดส่ง")
        if not is_month(month):
            row.report("table-value", "เดือน", month, expected="2565-04")
        elif due is not None:
            calendar[month] = due
    return calendar


def _unit(row: Row) -> Unit:
    return Unit(arabic(row.text("รหัส")), row.text("ชื่อ"), row.text("กลุ่ม"), row.text("อีเมล"), row.text("สำเนา"), row.place("รหัส"))


def _measure(row: Row) -> Measure:
    kind = row.choice("ชนิด", Kind, Kind.NUMBER)
    bounds = [row.date_in(side) if kind is Kind.DATE else row.number_in(side) for side in ("ต่ำสุด", "สูงสุด")]
    minimum, maximum = (float(bound.toordinal()) if isinstance(bound, date) else bound for bound in bounds)
    return Measure(
        code=row.text("รหัส"),
        label=row.text("รายการ"),
        kind=kind,
        source=row.choice("ที่มา", Source, Source.FORM),
        counting_unit=row.text("หน่วยนับ"),
        rollup=row.choice("สรุปรายเดือน", Rollup, Rollup.LAST),
        numerator=row.codes("ตัวตั้ง"),
        denominator=row.text("ตัวหาร"),
        zero_rule=row.choice("เมื่อตัวหารเป็นศูนย์", ZeroRule, ZeroRule.MISSING),
        minimum=minimum,
        maximum=maximum,
        limit=row.text("ไม่เกินรายการ"),
        needs_evidence=row.text("ต้องมีหลักฐาน") == "ใช่",
        place=row.place("รหัส"),
    )


def _node(row: Row, units: Mapping[str, Unit]) -> Node:
    text = squash(row.text("ใช้กับ"))
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
        code=row.text("รหัส"),
        parent=row.text("อยู่ใต้"),
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


def _rules(table: Table, names: list[str], nodes: Mapping[str, Node], measures: Mapping[str, Measure]) -> tuple[Rule, ...]:
    rules = []
    for row in table:
        kpi, measure, case_of = row.text("ตัวชี้วัด"), row.text("รายการข้อมูล"), row.text("กรณีของ")
        known = [
            _known(row, "ตัวชี้วัด", kpi, nodes),
            _known(row, "รายการข้อมูล", measure, measures),
            not case_of or _known(row, "กรณีของ", case_of, measures),
        ]
        conditions = [_condition(row, name, measures.get(measure)) for name in names]
        case = _condition(row, "เงื่อนไขกรณี", measures.get(case_of)) if case_of else None
        if all(known) and (case or not case_of):
            typed = tuple(as_text(row.value(name)) for name in names)
            rules.append(
                Rule(
                    kpi,
                    measure,
                    typed,
                    tuple(_edges(row, names, conditions)),
                    Case(case_of, case) if case else None,
                    row.text("หมายเหตุ"),
                    tuple(row.place(name) for name in names),
                )
            )
    return tuple(rules)


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
        row.report("table-mixed", name, row.text(name), proposal=" | ".join(upward_reading(conditions)))
        return conditions


def _baselines(table: Table, units: Mapping[str, Unit], measures: Mapping[str, Measure]) -> dict[tuple[str, str], Baseline]:
    baselines: dict[tuple[str, str], Baseline] = {}
    for column in table.columns[1:]:
        if column not in measures and table.rows:
            table.rows[0].report("table-unknown", column, column, where="รายการข้อมูล")
    for row in table:
        unit = arabic(row.text("รหัสหน่วย"))
        if unit not in units:
            row.report("table-unknown", "รหัสหน่วย", unit, where="หน่วย")
            continue
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
