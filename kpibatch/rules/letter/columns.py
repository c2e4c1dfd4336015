"""The columns of a letter's tables, as their headings name them.

In: the cells of a heading, of a row. Out: what stands under a heading: a weight, who is responsible, a level;
a row whose number has a cell of its own, with the number before the name.
"""

import re
from collections.abc import Sequence

from kpibatch.base.thai import arabic

_LEVEL = re.compile(r"(?:ระดับ|คะแนน|ระดับคะแนน|เกณฑ์|ค่าเป้าหมาย)?(?:ที่)?\s*(?P<level>[1-9])(?:\s*คะแนน)?")
_GROUP = re.compile(r"ผู้รับผิดชอบ|(?:หน่วยงาน|ฝ่าย|กลุ่มงาน)(?:ที่)?\s*รับผิดชอบ")
_GROUP_LINE = re.compile(
    rf"(?:{_GROUP.pattern})(?:ตัวชี้วัด)?\s*:?\s*(?P<group>(?:กลุ่ม|ฝ่าย|สำนัก|กอง|งาน|ศูนย์|ส่วน).*)", re.DOTALL
)
_NUMBERS = re.compile(r"(?:ลำดับ)?(?:ที่)?|#|ข้อ|ลำดับ")
_NUMBER = re.compile(r"(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2})?)[.)]?")
_ITEM = re.compile(r"(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2})?)(?:[.)]\s*|\s+)(?=[ก-๙A-Za-z])")
_WEIGHT, _NAME = "น้ำหนัก", "ตัวชี้วัด"


def level_of(heading: str) -> int:
    """The level that a column is about, 0 where it is about none.

    >>> [level_of(heading) for heading in ("ระดับ 1", "ระดับคะแนน ๕", "3", "น้ำหนัก", "ตัวชี้วัดที่ 2")]
    [1, 5, 3, 0, 0]
    """
    match = _LEVEL.fullmatch(arabic(heading).strip())
    return int(match["level"]) if match else 0


def is_group(heading: str) -> bool:
    """Whether a column names who is responsible."""
    return _GROUP.search(heading) is not None


def group_line(text: str) -> str:
    """Who is responsible, where a line of its own says so.

    >>> group_line("ผู้รับผิดชอบ : กลุ่มงานช่าง"), group_line("ผู้รับผิดชอบรายงานผล")
    ('กลุ่มงานช่าง', '')
    """
    match = _GROUP_LINE.fullmatch(text.strip())
    return match["group"] if match else ""


def is_weight(heading: str) -> bool:
    """Whether a column holds weights."""
    return _WEIGHT in heading


def has_levels(columns: Sequence[str]) -> bool:
    """Whether a table has a column a level."""
    return sum(level_of(heading) > 0 for heading in columns) > 1


def numbered(columns: Sequence[str], cells: Sequence[str]) -> list[str]:
    """A row of such a table; its number, where it has a cell of its own, stands before the name.

    >>> numbered(["ที่", "ตัวชี้วัด", "ระดับ 1", "ระดับ 2"], ["2", "การเบิกจ่าย", "80", "90"])
    ['', '2. การเบิกจ่าย', '80', '90']
    """
    row = list(cells)
    if len(cells) < 2 or len(columns) < 2 or not has_levels(columns):
        return row
    number = _NUMBER.fullmatch(arabic(cells[0]).strip())
    if number and _NUMBERS.fullmatch(columns[0].strip()) and _NAME in columns[1]:
        row[:2] = ["", f"{number['number']}. {cells[1]}"]
    return row


def row_heading(heading: str, columns: Sequence[str], plain: str) -> re.Match[str] | None:
    """The number with which a cell heads a KPI, in a table that has a column a level."""
    if not has_levels(columns) or _NAME not in heading or level_of(heading):
        return None
    return _ITEM.match(plain)
