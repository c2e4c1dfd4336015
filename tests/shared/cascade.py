"""A made-up province of three levels: itself, two districts and a group, five persons below them.

The districts and the group are scored at T1 and D1; their persons take T1 and have N1 of their own. D1 is the
sum of the persons' visits. The province is scored by what the districts have: V1 the sum of their uses, which
no KPI of theirs asks about, V2 the share of those that reach level 3 of T1.
"""

from collections.abc import Sequence
from pathlib import Path

from tablebook import SHEETS, write

from kpibatch.forms.standard import write_form
from kpibatch.rules.reader import read_levels

UNITS = """
    รหัส | ชื่อ           | กลุ่ม | อีเมล            | สำเนา | สังกัด | ประเภท  | ตำแหน่ง
    P0  | จังหวัดตัวอย่าง   |     | p0@cdd.example |     |      | จังหวัด
    31  | เมือง          |     | 31@cdd.example |     | P0   | อำเภอ
    32  | คูเมือง         |     | 32@cdd.example |     | P0   | อำเภอ
    G1  | กลุ่มงานส่งเสริม  |     | g1@cdd.example |     | P0   | กลุ่มงาน
    311 | สมชาย         |     | 311@cdd.example |    | 31   | บุคคล   | นักวิชาการ
    312 | สมหญิง         |     | 312@cdd.example |    | 31   | บุคคล   | นักวิชาการ
    313 | สมศรี          |     | 313@cdd.example |    | 31   | บุคคล   | นักวิชาการ
    321 | สมปอง         |     | 321@cdd.example |    | 32   | บุคคล   | นักวิชาการ
    G11 | สมใจ          |     | g11@cdd.example |    | G1   | บุคคล   | นักวิชาการ
"""
NODES = """
    รหัส | อยู่ใต้ | ชื่อ           | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ                         | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง | ทีม
    V   |     | ผลของจังหวัด    | 100  |           | ประเภท จังหวัด                  |          |          | ข้อ 1
    V1  | V   | ผู้ใช้บริการ      | 60   |           |                              |          |          | ข้อ 1.1
    V2  | V   | อำเภอที่ถึงระดับ 3 | 40   |           |                              |          |          | ข้อ 1.2
    T1  |     | เบิกจ่าย        | 60   |           | ประเภท อำเภอ, กลุ่มงาน, บุคคล     |          |          | ข้อ 2   | ใช้คะแนนของหน่วย
    D1  |     | การเยี่ยม       | 40   |           | ประเภท อำเภอ, กลุ่มงาน           |          |          | ข้อ 3
    N1  |     | งานของตน       | 40   |           | ประเภท บุคคล                   |          |          | ข้อ 4
"""
MEASURES = (
    SHEETS["รายการข้อมูล"].strip().splitlines()[0]
    + """
    T1.budget | งบ          | บาท   | จำนวนเงิน | ค่าตั้งต้น
    T1.spent  | เบิกจ่าย      | บาท   | จำนวนเงิน | กรอก    | ล่าสุด
    T1.pct    | ร้อยละเบิกจ่าย  | ร้อยละ | ร้อยละ    | ร้อยละ   |      | T1.spent   | T1.budget | ไม่ผ่าน
    D1.visits | การเยี่ยมทั้งหมด | ครั้ง   | จำนวน    | รวมจากหน่วยย่อย | รวม | N1.visits
    N1.visits | การเยี่ยม      | ครั้ง   | จำนวน    | กรอก    | รวม
    uses      | ผู้ใช้บริการ     | คน    | จำนวน    | กรอก    | รวม
    V1.uses   | ผู้ใช้ทั้งจังหวัด  | คน    | จำนวน    | รวมจากหน่วยย่อย | รวม | uses
    V2.share  | อำเภอที่ถึง     | ร้อยละ | ร้อยละ    | รวมจากหน่วยย่อย |  | T1 ระดับ 3
"""
)
RULES = (
    SHEETS["ระดับ"].strip().splitlines()[0]
    + """
    T1    |        |           | T1.pct    | ≥ 60  | ≥ 70  | ≥ 80  | ≥ 90  | ≥ 100
    D1    |        |           | D1.visits | ≥ 2   | ≥ 4   | ≥ 6   | ≥ 8   | ≥ 10
    N1    |        |           | N1.visits | ≥ 1   | ≥ 2   | ≥ 3   | ≥ 4   | ≥ 5
    V1    |        |           | V1.uses   | ≥ 20  | ≥ 40  | ≥ 60  | ≥ 80  | ≥ 100
    V2    |        |           | V2.share  | ≥ 20  | ≥ 40  | ≥ 60  | ≥ 80  | ≥ 100
"""
)
BASELINES = """
    รหัสหน่วย | T1.budget
    31      | 1000
    32      | 2000
    G1      | 3000
"""
SHEETS_OF_IT = {
    "หน่วย": UNITS,
    "ตัวชี้วัด": NODES,
    "รายการข้อมูล": MEASURES,
    "ระดับ": RULES,
    "ค่าตั้งต้น": BASELINES,
}


HELD_AGAINST = {
    "รายการข้อมูล": MEASURES
    + """
    V1.budget | งบทั้งจังหวัด    | บาท   | จำนวนเงิน | รวมจากหน่วยย่อย | รวม | T1.budget
    V1.spent  | เบิกจ่ายทั้งจังหวัด | บาท   | จำนวนเงิน | รวมจากหน่วยย่อย | รวม | T1.spent
    V1.left   | คงเหลือ        | ร้อยละ | ร้อยละ    | ลดลง | | V1.spent | V1.budget
""",
    "ระดับ": RULES + "    V1 | | | V1.left | ≥ 1 | ≥ 2 | ≥ 5 | ≥ 10 | ≥ 20\n",
}
"""The province is scored by what is left of all budgets as well: two sums, of the same parts."""


def book(**sheets: str) -> dict[str, str]:
    """The sheets of the workbook, some of them others."""
    return SHEETS_OF_IT | sheets


ENTRIES = {
    "31": {"T1.spent": 850.0, "uses": 50.0},
    "32": {"T1.spent": 1400.0, "uses": 13.0},
    "G1": {"T1.spent": 3000.0, "uses": 0.0},
    "311": {"N1.visits": 4.0},
    "312": {"N1.visits": 2.0},
    "313": {"N1.visits": 1.0},
    "321": {"N1.visits": 5.0},
    "G11": {"N1.visits": 0.0},
}
"""What units fill in of the first month."""
MONTH = "2565-04"
CONFIG = '[workspace]\nlevel_tables = "level_tables.xlsx"\nsubmissions = "submissions"\noutput = "output"\n'


def cascade_workspace(folder: Path, unsent: Sequence[str] = (), **sheets: str) -> Path:
    """A workspace with the first month sent by all but ``unsent``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    tables, _ = read_levels(write(folder / "level_tables.xlsx", book(**sheets), {}))
    sent = folder / "submissions" / MONTH
    sent.mkdir(parents=True)
    for code, values in ENTRIES.items():
        if code not in unsent:
            entries = {(measure, MONTH): value for measure, value in values.items()}
            write_form(tables, tables.unit[code], sent / f"{code}.xlsx", entries)
    return folder
