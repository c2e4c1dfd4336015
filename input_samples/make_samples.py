"""Fills the forms in as the units of each sample workspace might have: ``submissions/`` beside its level
tables.

    python input_samples/make_samples.py [NAME …]

Each unit has an ability, and each of its KPIs a level to end on; the values are drawn so that the level
tables themselves give that level. All generators are seeded with names, so the same bytes come out every
time. What is wrong on purpose stands in FLAWS. Where ``make_template.py`` draws a form of the office's own,
that one is filled in instead of the standard form.
"""

import csv
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor
from pathlib import Path

import make_template
from sample_values import Amount, Months, Report, at_work, make_report

from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import month_end, show_date
from kpibatch.books.write import Content
from kpibatch.forms.asked import asked_of
from kpibatch.forms.layout import CLAIM, TEXT_COLUMNS
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_read import read_office_form
from kpibatch.forms.office_write import write_office_form
from kpibatch.forms.standard import form_name, write_form
from kpibatch.intake.central.province_book import Typed, write_numbers
from kpibatch.intake.corrections_book import write_corrections
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Measure, Rollup, Unit

HERE = Path(__file__).parent
EVIDENCE, PROBLEM, REMARK = TEXT_COLUMNS


@dataclass(frozen=True)
class Flaw:
    """Something wrong on purpose, in one unit's submission of one month and of those after it."""

    unit: str
    month: str
    how: str
    measure: str = ""
    of: str = ""

    @property
    def cell(self) -> tuple[str, str]:
        """The measure and the month whose cell is wrong: of the month itself, or of one before it."""
        return self.measure, self.of or self.month


FLAWS: Mapping[str, tuple[Flaw, ...]] = {
    "buriram-2565-2": (
        Flaw("3119", "2565-06", "not sent"),
        Flaw("3120", "2565-06", "late"),
        Flaw("3109", "2565-04", "no evidence", "T1.loan_docs"),
        Flaw("3107", "2565-04", "Thai digits", "T6.meeting_date"),
        Flaw("3107", "2565-05", "Thai digits", "T5.news"),
        Flaw("3107", "2565-06", "commas", "T1.spent"),
        Flaw("3107", "2565-06", "Thai digits", "T2.done"),
        Flaw("3107", "2565-06", "tick", "I7.plan"),
        Flaw("3114", "2565-05", "Thai digits", "I9.pr_channels"),
        Flaw("3114", "2565-06", "in words", "I2.restructured"),
        Flaw("3114", "2565-06", "in words", "I8.collected_hh"),
        Flaw("3114", "2565-06", "have", "T6.mechanism"),
        Flaw("3112", "2565-06", "under base", "I6.otop_now"),
        Flaw("3117", "2565-06", "nine", "T6.pr_days"),
        Flaw("3122", "2565-06", "blank", "T8.growing"),
    ),
    "chachoengsao-2561-1": (Flaw("2405", "2561-03", "in words", "I6.promoted"),),
    "provincial-chiefs-2565-1": (Flaw("57", "2565-03", "blank", "K5.trained"),),
    "nakhonphanom-2564-2": (
        *(Flaw("4807", month, "late") for month in ("2564-05", "2564-08")),
        *(Flaw("4803", month, "late") for month in ("2564-04", "2564-06", "2564-07")),
        *(Flaw("4811", month, "late") for month in ("2564-04", "2564-05", "2564-06", "2564-08", "2564-09")),
        Flaw("4809", "2564-06", "late"),
        Flaw("4802", "2564-09", "one more", "T2.done", of="2564-07"),
    ),
    "rayong-2554": (
        Flaw("21P09", "2554-09", "late"),
        Flaw("21P03-1", "2554-09", "claims more", "R3.done"),
    ),
}

# Whose forms score themselves and hold the level that the unit claims of its own KPIs, by their kind.
CLAIMING = {"rayong-2554": "บุคคล"}

# What the province set right, in the order of the workbook's columns.
CORRECTIONS: Mapping[str, tuple[tuple[Content, ...], ...]] = {
    "nakhonphanom-2564-2": (
        (
            *("4806", "T3.3.done", "2564-09", 40, "กรอกสลับช่องกับรายการอื่น ตรวจกับทะเบียนแปลงแล้ว"),
            *("นพ 0019/ว 2711", "พัฒนาการจังหวัด", date(2021, 10, 5)),
        ),
    ),
}

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
TYPED: Mapping[str, Callable[[float, Measure], Content]] = {
    "Thai digits": lambda value, measure: _as_spoken(value, measure).translate(_THAI_DIGITS),
    "commas": lambda value, measure: f"{value:,.2f}",
    "in words": lambda value, measure: f"{show_value(value, measure.kind)} {measure.counting_unit}",
    "tick": lambda value, measure: "✓" if value else "✗",
    "have": lambda value, measure: "มี" if value else "ไม่มี",
    "nine": lambda value, measure: 9.0,
    "blank": lambda value, measure: None,
    "one more": lambda value, measure: value + 1,
}
UNDER_BASE = 0.94

# Which months are kept; elsewhere the last two of the round.
KEPT = {
    "buriram-2565-2": ("2565-04", "2565-05", "2565-06"),
    "nakhonphanom-2564-2": ("2564-04", "2564-05", "2564-06", "2564-07", "2564-08", "2564-09"),
    "rayong-2554": ("2554-03", "2554-06", "2554-09"),
}
ABILITY = {
    "buriram-2565-2": (0.44, 1.1),
    "provincial-chiefs-2565-1": (0.46, 1.02),
    "rayong-2554": (0.26, 0.98),
}
USUAL_ABILITY = (0.36, 1.04)
BESIDE = (0.6, 1.04)  # of units that are not of the round's own kind
LETTER = {
    "buriram-2565-2": "บร 0019",
    "chachoengsao-2561-1": "ฉช 0019",
    "nakhonphanom-2564-2": "นพ 0019",
    "rayong-2554": "รย 0017",
}


# By how an item's name begins.
PROBLEMS = (
    ("เบิกจ่าย", "ผู้รับจ้างส่งมอบงานล่าช้า อยู่ระหว่างตรวจรับพัสดุ"),
    ("เบิกจ่าย", "เอกสารประกอบการเบิกจ่ายส่งกลับแก้ไข อยู่ระหว่างดำเนินการ"),
    ("กิจกรรมที่", "เลื่อนบางกิจกรรมไปเดือนถัดไป เนื่องจากติดภารกิจเร่งด่วนในพื้นที่"),
    ("กิจกรรมที่", "เจ้าหน้าที่ผู้รับผิดชอบย้าย อยู่ระหว่างมอบหมายผู้รับผิดชอบแทน"),
    ("ครัวเรือนที่", "ครัวเรือนบางส่วนไปทำงานต่างจังหวัด เก็บข้อมูลได้ไม่ครบ"),
    ("ครัวเรือนที่", "ฝนตกต่อเนื่อง ลงพื้นที่ได้น้อยกว่าแผน"),
    ("หนี้เกินกำหนด", "ลูกหนี้ขอผ่อนผันการชำระ อยู่ระหว่างทำหนังสือรับสภาพหนี้"),
    ("เรียกคืน", "คณะกรรมการกองทุนหมดวาระ อยู่ระหว่างคัดเลือกชุดใหม่"),
    ("กลุ่มที่", "สมาชิกกลุ่มเตรียมเอกสารจดทะเบียนยังไม่ครบ"),
    ("ยอดขาย", "ผู้ประกอบการรายงานยอดจำหน่ายไม่ครบทุกราย"),
    ("รายได้ OTOP", "ผู้ประกอบการรายงานยอดจำหน่ายไม่ครบทุกราย"),
    ("หมู่บ้านที่", "ผู้นำชุมชนเพิ่งรับตำแหน่ง อยู่ระหว่างทำความเข้าใจแนวทางการประเมิน"),
    ("บุคลากรที่", "หลักสูตรอบรมเลื่อนไปจัดเดือนถัดไป"),
    ("พลังงานที่", "ขยายเวลาเปิดให้บริการประชาชน ทำให้ใช้ไฟฟ้ามากขึ้น"),
    ("จำนวนข่าว", "ผู้รับผิดชอบงานประชาสัมพันธ์ไปช่วยราชการที่จังหวัด"),
)
REMARKS = (
    ("เบิกจ่าย", "ข้อมูลจากระบบ GFMIS ณ วันสิ้นเดือน"),
    ("ครัวเรือนที่", "ตรวจสอบกับทะเบียนครัวเรือนเป้าหมายแล้ว"),
    ("กิจกรรมที่", "นับเฉพาะกิจกรรมที่บันทึกในระบบแล้ว"),
    ("ยอดขาย", "รวมยอดจำหน่ายในงานแสดงสินค้า"),
    ("หนี้เกินกำหนด", "ยอดตามทะเบียนคุมลูกหนี้"),
    ("จำนวนข่าว", "รวมข่าวที่เผยแพร่ทางเพจของอำเภอ"),
    ("ช่องทางประชาสัมพันธ์", "หอกระจายข่าว เพจหน่วยงาน และไลน์กลุ่มผู้นำ"),
)


# --- the form and its arrival -------------------------------------------------------------------------


def entries(name: str, report: Report, month: str) -> dict[tuple[str, str], Content]:
    """What the unit's form holds when it is sent in a month: that month and all before it, and the three
    texts.
    """
    flaws = [flaw for flaw in FLAWS.get(name, ()) if flaw.unit == report.unit.code and flaw.month <= month]
    last = report.months.index(month)
    filled: dict[tuple[str, str], Content] = {}
    for measure in asked_of(report.tables, report.unit):
        for key, value in zip(report.months[: last + 1], report.monthly.get(measure.code, ()), strict=False):
            filled[measure.code, key] = shown(value, measure)
    unproven = {flaw.measure for flaw in flaws if flaw.how == "no evidence"}
    filled |= claims(name, report, last)
    for flaw in (flaw for flaw in flaws if flaw.how in TYPED or flaw.how == "under base"):
        measure = report.tables.measures[flaw.measure]
        filled[flaw.cell] = typed(report, flaw, measure)
        if measure.kind is Kind.DATE:  # one cell for all months
            filled |= {(measure.code, key): filled[flaw.cell] for key in report.months[: last + 1]}
    filled |= {(code, PROBLEM): text for code, text in remarks(name, report, month, PROBLEMS)}
    filled |= {(code, REMARK): text for code, text in remarks(name, report, month, REMARKS)}
    filled |= {key: text for key, text in evidence(name, report, last) if key[0] not in unproven}
    return filled


def claims(name: str, report: Report, last: int) -> dict[tuple[str, str], Content]:
    """The level of each KPI of the unit's own as the unit reckons it: so many steps from its target."""
    claimed: dict[tuple[str, str], Content] = {}
    if not is_claiming(name, report.unit):
        return claimed
    flaws = (flaw for flaw in FLAWS[name] if (flaw.unit, flaw.how) == (report.unit.code, "claims more"))
    more = {flaw.measure for flaw in flaws if flaw.month <= report.months[last]}
    for kpi in (kpi for kpi in report.tables.leaves if report.unit.code in kpi.titles):
        done, (target, step) = (
            f"{kpi.code}.done",
            (report.value(f"{kpi.code}.{of}") for of in ("target", "step")),
        )
        value = report.monthly[done][last]
        if value is not None:
            level = floor((value - target) / step + 1e-9) + 3 + (done in more)
            claimed[kpi.code, CLAIM] = float(max(0, min(report.tables.level_count, level)))
    return claimed


def is_claiming(name: str, unit: Unit) -> bool:
    return bool(unit.kind) and unit.kind == CLAIMING.get(name)


def shown(value: Amount, measure: Measure) -> Content:
    if value is None:
        return None
    if measure.kind is Kind.DATE:
        return date.fromordinal(int(value))
    return show_value(value, measure.kind) if measure.kind is Kind.YES_NO else value


def typed(report: Report, flaw: Flaw, measure: Measure) -> Content:
    if flaw.how == "under base":
        base = next(m.denominator for m in report.tables.measures.values() if measure.code in m.numerator)
        return round(report.value(base) * UNDER_BASE, 2)
    value = report.monthly[measure.code][report.months.index(flaw.cell[1])]
    if value is None:
        raise SystemExit(f"{flaw}: this cell is blank anyhow")
    return TYPED[flaw.how](value, measure)


def _as_spoken(value: float, measure: Measure) -> str:
    if measure.kind is not Kind.DATE:
        return show_value(value, measure.kind)
    day = show_date(date.fromordinal(int(value)))
    return day[:-4] + day[-2:]


def evidence(name: str, report: Report, last: int) -> Iterator[tuple[tuple[str, str], str]]:
    """A letter for everything that needs one and is done."""
    for measure in asked_of(report.tables, report.unit):
        values = report.monthly.get(measure.code, ())[: last + 1]
        if not measure.needs_evidence or not values or values[-1] is None:
            continue
        if values[-1] == 0:
            yield (measure.code, EVIDENCE), "อยู่ระหว่างรวบรวมเอกสาร"
            continue
        draw = random.Random(f"{name} {report.unit.code} {measure.code}")
        letter = f"{LETTER.get(name, '0019')}/{draw.randint(101, 989)}"
        yield (
            (measure.code, EVIDENCE),
            f"หนังสือ ที่ {letter} ลงวันที่ {show_date(evidence_day(report, measure, values, draw))}",
        )


def evidence_day(report: Report, measure: Measure, values: Months, draw: random.Random) -> date:
    """The day itself; or one in the newest month of a monthly report, or in the month in which the answer
    became what it is, before that month's form was due.
    """
    if measure.kind is Kind.DATE:
        return date.fromordinal(int(values[-1] or 0))
    monthly = measure.rollup is Rollup.MIN
    month = report.months[len(values) - 1 if monthly else values.index(values[-1])]
    end = min(month_end(month), report.tables.calendar[month] - timedelta(1))
    return draw.choice(work_days(end - timedelta(12), end))


def remarks(name: str, report: Report, month: str, known: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Two or three short texts, problems only where a KPI lags behind."""
    draw = random.Random(f"{name} {report.unit.code} {month} {known[0][1]}")
    asked = [measure for measure in asked_of(report.tables, report.unit) if report.monthly.get(measure.code)]
    if known is PROBLEMS:
        asked = [measure for measure in asked if report.levels[report.tables.kpi_of[measure.code]] <= 2]
    fitting = [
        (measure.code, text) for word, text in known for measure in asked if measure.label.startswith(word)
    ]
    return draw.sample(fitting, min(len(fitting), draw.randint(1, 3)))


def work_days(first: date, last: date) -> list[date]:
    days = (first + timedelta(step) for step in range((last - first).days + 1))
    return [day for day in days if at_work(day)]


def received(name: str, tables: LevelTables, unit: Unit, month: str) -> str:
    """When the file came: in the days before it was due (once the month is over, if it is due then), or two
    days after.
    """
    draw = random.Random(f"{name} {unit.code} {month} received")
    due = tables.calendar[month]
    first = month_end(month) + timedelta(1) if due > month_end(month) else due - timedelta(12)
    late = any(
        flaw.how == "late" for flaw in FLAWS.get(name, ()) if (flaw.unit, flaw.month) == (unit.code, month)
    )
    day = due + timedelta(2) if late else draw.choice(work_days(first, due - timedelta(1)))
    moment = datetime.combine(day, time(8, 30)) + timedelta(minutes=draw.randint(0, 8 * 60))
    return moment.isoformat(timespec="minutes")


def office_form_of(name: str, tables: LevelTables) -> OfficeForm | None:
    """The office's own form of a workspace, drawn first where it is not there yet."""
    path = HERE / name / make_template.NAME
    if name in make_template.PAGES and not path.is_file():
        make_template.make(name, tables, path.parent)
    return read_office_form(path, tables) if path.is_file() else None


def make(name: str, *, standard: bool = False) -> Path:
    """Write the submissions of one workspace, and what its province fills in; returns their folder.

    ``standard`` asks for standard forms whatever the office has.
    """
    folder = HERE / name / "submissions"
    tables, _ = read_levels(HERE / name / "level_tables.xlsx")
    office_form = None if standard else office_form_of(name, tables)
    kept = KEPT.get(name, tables.round.months[-2:])
    months = [month for month in tables.round.months if month <= kept[-1]]
    reports = [make_report(name, tables, unit, ability, months) for unit, ability in abilities(name, tables)]
    for month in kept:
        shutil.rmtree(folder / month, ignore_errors=True)
        (folder / month).mkdir(parents=True)
        write_month(name, reports, month, folder / month, office_form)
    if tables.province_measures:
        write_numbers(
            HERE / name / "province.xlsx", tables, {month: numbers(reports, month) for month in kept}
        )
    if name in CORRECTIONS:
        write_corrections(HERE / name / "corrections.xlsx", tables, CORRECTIONS[name])
    return folder


def numbers(reports: Sequence[Report], month: str) -> Typed:
    """What the province fills in of a month: of every unit, whatever that sends."""
    cells = {
        (report.unit.code, measure.code): shown(values[report.months.index(month)], measure)
        for report in reports
        for measure in report.tables.province_measures
        if (values := report.monthly.get(measure.code))
    }
    return Typed(cells)


def abilities(name: str, tables: LevelTables) -> list[tuple[Unit, float]]:
    """Each unit with its ability, evenly spread over the units of its kind in a shuffled order."""
    able = []
    for number, kind in enumerate(tables.tree.kinds):
        low, high = BESIDE if number else ABILITY.get(name, USUAL_ABILITY)
        units = tables.units[kind.rows]
        places = list(range(len(units)))
        random.Random(f"{name} ability{f' {kind.name}' if number else ''}").shuffle(places)
        able += [
            (unit, low + (high - low) * (place / (len(places) - 1) if len(places) > 1 else 0.5))
            for unit, place in zip(units, places, strict=True)
        ]
    return able


def write_month(
    name: str, reports: Sequence[Report], month: str, folder: Path, office_form: OfficeForm | None
) -> None:
    absent = {flaw.unit for flaw in FLAWS.get(name, ()) if flaw.how == "not sent" and flaw.month == month}
    with (folder / "received.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "received"])
        for report in reports:
            if report.unit.code in report.tables.senders - absent:
                path, filled = folder / form_name(report.unit), entries(name, report, month)
                if office_form:
                    write_office_form(office_form, report.unit, path, report.tables, filled, month)
                else:
                    since = report.tables.round.start if is_claiming(name, report.unit) else None
                    write_form(report.tables, report.unit, path, filled, scored_from=since)
                table.writerow([form_name(report.unit), received(name, report.tables, report.unit, month)])


if __name__ == "__main__":
    workspaces = sorted(path.parent.name for path in HERE.glob("*/level_tables.xlsx"))
    for workspace in sys.argv[1:] or workspaces:
        print(make(workspace))
