"""The small sheets of the level tables: รอบประเมิน, ผลประเมิน and ปฏิทิน → their records; faults stay in the
rows' findings.
"""

from datetime import date

from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import arabic, is_month, read_number, squash
from kpibatch.books.table import Row, Table
from kpibatch.rules.records import Round

ITEMS = (
    *("เจ้าของ", "ปีงบประมาณ", "รอบ", "เริ่ม", "สิ้นสุด", "เดือนรายงาน", "หน่วยประเมิน"),
    *("คะแนนของระดับ", "คะแนนต่ำกว่าระดับ 1", "อ้างอิง"),
)
_NEEDED = ("ปีงบประมาณ", "รอบ", "เริ่ม", "สิ้นสุด", "หน่วยประเมิน")


def read_round(table: Table) -> Round:
    """รอบประเมิน: one item a row; items that are missing, unknown or there twice are faults."""
    rows = _items(table)
    days = {item: rows[item].date_in("ค่า") if item in rows else None for item in ("เริ่ม", "สิ้นสุด")}
    for item in _NEEDED:
        empty = days[item] is None if item in days else item not in rows or not rows[item].text("ค่า")
        if empty and table.found:
            row = rows.get(item, table.head)
            row.report(
                "table-item-missing",
                "ค่า" if item in rows else "รายการ",
                row.text("ค่า") if item in rows else "",
                item=item,
            )
    months, below = _numbers(rows, "เดือนรายงาน"), _numbers(rows, "คะแนนต่ำกว่าระดับ 1")
    for month in months:
        if month not in range(1, 13):
            rows["เดือนรายงาน"].report("table-value", "ค่า", rows["เดือนรายงาน"].text("ค่า"), expected="3, 6, 9")
    if len(below) > 1:
        rows["คะแนนต่ำกว่าระดับ 1"].report(
            "table-value", "ค่า", rows["คะแนนต่ำกว่าระดับ 1"].text("ค่า"), expected="0 / 1"
        )
    return Round(
        owner=_text(rows, "เจ้าของ"),
        fiscal_year=arabic(_text(rows, "ปีงบประมาณ")),
        number=arabic(_text(rows, "รอบ")),
        start=days["เริ่ม"] or date(1, 1, 1),
        end=days["สิ้นสุด"] or date(1, 1, 1),
        unit_noun=_text(rows, "หน่วยประเมิน"),
        reference=_text(rows, "อ้างอิง"),
        report_months=tuple(int(month) for month in months),
        level_scores=_numbers(rows, "คะแนนของระดับ"),
        below_one=(below or (0.0,))[0],
    )


def _items(table: Table) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in table:
        item = squash(arabic(row.text("รายการ")))
        if item in rows:
            row.report("table-duplicate", "รายการ", item)
        elif item not in ITEMS:
            row.report("table-unknown-item", "รายการ", item, nearest=nearest_of(item, ITEMS))
        else:
            rows[item] = row
    return rows


def _text(rows: dict[str, Row], item: str) -> str:
    return rows[item].text("ค่า") if item in rows else ""


def _numbers(rows: dict[str, Row], item: str) -> tuple[float, ...]:
    parts = [part for part in _text(rows, item).replace(";", ",").split(",") if part.strip()]
    numbers = [read_number(part) for part in parts]
    if any(number is None for number in numbers):
        rows[item].report("table-value", "ค่า", _text(rows, item), expected="50, 75, 100")
        return ()
    return tuple(number for number in numbers if number is not None)


def read_rating(table: Table) -> list[tuple[float, str]]:
    """ผลประเมิน: from which percent on, which word; both are needed."""
    bands = []
    for row in table:
        percent, word = row.number_in("ตั้งแต่ร้อยละ"), row.text("ผล")
        if row.blank("ตั้งแต่ร้อยละ"):
            row.report("table-value", "ตั้งแต่ร้อยละ", "", expected="90")
        if row.blank("ผล"):
            row.report("table-value", "ผล", "", expected="ดีเด่น")
        if percent is not None:
            bands.append((percent, word))
    return bands


def read_calendar(table: Table) -> dict[str, date]:
    """ปฏิทิน: the day each month's submission is due."""
    calendar: dict[str, date] = {}
    for row in table:
        month, due = row.code("เดือน"), row.date_in("กำหนดส่ง")
        if not is_month(month):
            row.report("table-value", "เดือน", month, expected="2565-04")
        elif month in calendar:
            row.report("table-duplicate", "เดือน", month)
        elif due is not None:
            calendar[month] = due
    return calendar
