"""The round as records: the items that say what it is, its days, the months that are reported on, its scores,
วันหยุด; and what a KPI says beside its rules.
"""

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from kpibatch.base.findings import NOWHERE, Place
from kpibatch.base.thai import BUDDHIST, months_between
from kpibatch.rules.conditions import MAY_LACK

OWN_SCORES = "คะแนนของระดับ"  # of all levels in รอบประเมิน, of a KPI's own in ตัวชี้วัด
CAP = "เพดานคะแนน"  # of the total in รอบประเมิน, of a node in ตัวชี้วัด


class Flag(StrEnum):
    """A column that is ticked or left blank."""

    YES = "ใช่"
    NO = ""


class NoTarget(StrEnum):
    """เมื่อไม่มีกลุ่มเป้าหมาย: what becomes of a KPI where all that it divides by is zero."""

    STAYS = ""
    LEAVES = "ตัดออก"


class Scope(StrEnum):
    """ใช้กับ: the word before the units, groups or positions that a node is meant for."""

    ONLY = "เฉพาะ"
    EXCEPT = "ยกเว้น"
    GROUP = "กลุ่ม"
    POSITION = "ตำแหน่ง"
    KIND = "ประเภท"


class Whose(StrEnum):
    """กรณีของ: by what of the unit a case may go, beside a measure."""

    GROUP = "กลุ่ม"
    POSITION = "ตำแหน่ง"
    KIND = "ประเภท"
    UNIT = "หน่วย"


class Item(StrEnum):
    """The items of รอบประเมิน, one a row."""

    OWNER = "เจ้าของ"
    YEAR = "ปีงบประมาณ"
    NUMBER = "รอบ"
    START = "เริ่ม"
    END = "สิ้นสุด"
    MONTHS = "เดือนรายงาน"
    UNIT_NOUN = "หน่วยประเมิน"
    CONTACT = "ผู้ประสานงาน"
    SCORES = OWN_SCORES
    BELOW_ONE = "คะแนนต่ำกว่าระดับ 1"
    WEIGHTS = "ผลรวมน้ำหนัก"
    CAP = CAP
    REFERENCE = "อ้างอิง"


@dataclass(frozen=True)
class Round:
    """รอบประเมิน: the letter's round. ``below_one`` is the score of a unit below level 1.

    ``child_sum`` is what the nodes under nothing sum to where the letter says so; it decides no score, so
    the digest leaves it out. ``cap`` is the most that a total can be. ``contact`` is whom units may ask, with
    a phone number.
    """

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
    child_sum: float | None = field(default=None, compare=False)
    child_sum_place: Place = field(default=NOWHERE, compare=False)
    cap: float | None = field(default=None, metadata={MAY_LACK: True})
    contact: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """The round as forms carry it: ``2565/2``."""
        return f"{self.fiscal_year}/{self.number}"

    def year(self, language: str) -> str:
        """The fiscal year in the era of a language's documents: 2565, in English 2022."""
        foreign = language == "en" and self.fiscal_year.isdigit()
        return str(int(self.fiscal_year) - BUDDHIST) if foreign else self.fiscal_year

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months that are reported on, as keys, in order."""
        months = months_between(self.start, self.end)
        return tuple(
            month for month in months if not self.report_months or int(month[5:]) in self.report_months
        )

    def until(self, month: str) -> tuple[str, ...]:
        """The months that are reported on, up to one; that one where there is none."""
        return tuple(each for each in self.months if each <= month) or (month,)

    def number_of(self, month: str) -> float:
        """เดือนที่: which month, from 1, of those that are reported on; NaN for one that is not.

        Source: design, section 1 (Wider rules: เดือนที่).
        """
        return self.months.index(month) + 1.0 if month in self.months else math.nan


class Work(StrEnum):
    """งาน of a unit's own KPI: handed down from above, of its routine, or assigned to it."""

    CASCADED = "ถ่ายทอด"
    ROUTINE = "งานประจำ"
    ASSIGNED = "งานมอบหมาย"


class Stage(StrEnum):
    """What the process comes to, in its order; a row of ปฏิทิน may also name work of its own."""

    AGREEMENT = "ทำข้อตกลง"
    REPORT = "รายงานผล"
    ASSESSMENT = "ประเมินผล"
    COMMITTEE = "คณะกรรมการกลั่นกรอง"
    ANNOUNCEMENT = "ประกาศผล"


@dataclass(frozen=True)
class Step:
    """ปฏิทิน: a day of the process by which something is done, and by whom (``owner``, blank: the province).

    ``month`` is set where it is the day by which a month's reports are due. So many days ``ahead`` whoever
    does it is reminded; ``None``: never. It decides no score.
    """

    task: str
    day: date
    owner: str = ""
    ahead: int | None = None
    month: str = ""
    place: Place = NOWHERE

    def reminds_on(self, today: date) -> bool:
        """Whether today is a day on which whoever does it is reminded; the last is the day itself."""
        return self.ahead is not None and 0 <= (self.day - today).days <= self.ahead


@dataclass(frozen=True)
class Holiday:
    """วันหยุด: a day, as an ordinal, on which nobody works."""

    day: int
    name: str = field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(frozen=True)
class Template:
    """What the template of a KPI says of a node beside its rules; it decides no score.

    The fields stand in the order of their columns. Source: design, section 1 (Wider rules: ตัวชี้วัด).
    """

    meaning: str = ""
    formula: str = ""
    origin: str = ""
    frequency: str = ""
    supervisor: str = ""
    keeper: str = ""
    goal: str = ""
    strategy: str = ""
    team: str = ""
