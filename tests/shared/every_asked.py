"""A level table with every way in which a row may ask: alternatives, both sides of a band, a threshold that
names a measure, a case that goes by who the unit is.
"""

from tablebook import SHEETS, levels

from kpibatch.rules.levels import LevelTables

MEASURES = """
    have  | ทำได้   | ครัวเรือน | จำนวน   | กรอก     | ล่าสุด
    other | อีกทาง  | ครัวเรือน | จำนวน   | กรอก     | ล่าสุด
    day   | วันส่ง   |        | วันที่     | กรอก     | ล่าสุด
    goal  | เป้าหมาย | ครัวเรือน | จำนวน   | ค่าตั้งต้น
    rate  | ผล     | ร้อยละ   | ร้อยละ   | กรอก     | ล่าสุด
"""
METHODS = ("", "", "", "ค่าต่อเนื่อง", "")
UNITS = """
    รหัส  | ชื่อ     | กลุ่ม  | อีเมล             | สำเนา
    3101 | เมือง   | ใต้   | 3101@cdd.example
    3102 | คูเมือง  | เหนือ | 3102@cdd.example
    3103 | กระสัง  | ใต้   | 3103@cdd.example
    3104 | นางรอง  | ใต้   | 3104@cdd.example
"""
FIXED = """
    รหัสหน่วย | goal | staff | all
    3101    | 20   | 2     | 100
    3102    | 10   | 4     | 200
    3103    | 30   | 4     | 0
    3104    |      | 1     | 50
"""


def every_rule() -> LevelTables:
    """Five KPIs, of four units; 3104 has no goal."""
    head = SHEETS["ตัวชี้วัด"].strip().splitlines()[0]
    lines = (f"\nK{n} | | ตัวที่ {n} | 20 | | | {how} | | ข้อ {n}" for n, how in enumerate(METHODS))
    nodes = head + "".join(lines)
    measures = (
        SHEETS["รายการข้อมูล"].strip().splitlines()[0]
        + MEASURES.rstrip()
        + """
    staff | กำลังคน  | คน      | จำนวน   | ค่าตั้งต้น
    base  | ยอดเดิม  | บาท     | จำนวนเงิน | กรอก     | ล่าสุด
    now   | ยอดใหม่  | บาท     | จำนวนเงิน | กรอก     | ล่าสุด
    all   | ทั้งหมด   | ครัวเรือน  | จำนวน   | ค่าตั้งต้น
    share | ส่วน     | ร้อยละ   | ร้อยละ   | ร้อยละ    | | have | all | ไม่ผ่าน
    """
    )
    head = SHEETS["ระดับ"].strip().splitlines()[0] + " | กลุ่มเงื่อนไข"
    rules = """
    K0 |       |     | have  | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100 | | ก
    K0 |       |     | other | ≥ 5 | ≥ 10 | | ≥ 20 | ≥ 25 | | ก
    K0 |       |     | day   | | | ภายใน 31 พ.ค. 2565 | ภายใน 15 พ.ค. 2565 | | | ก
    K0 |       |     | rate  | ≥ 10 | ≥ 20 | ≥ 30 | ≥ 40 | ≥ 50
    K1 | staff | ≤ 2 | have  | ≥ goal − 10 | ≥ goal - 5 | ≥ goal | > goal × 1.1 | ≥ goal × 1.2 + 2 | | ข
    K1 | staff | ≤ 2 | share | ≥ rate | ≥ rate + 5 | ≥ rate + 10 | ≥ rate + 20 | ≥ rate + 30 | | ข
    K1 | กลุ่ม | เหนือ | share | ≥ 10 | ≥ 20 | ≥ 30 | ≥ 40 | ≥ 50
    K1 | staff | > 2 | other | ≤ goal + 10 | ≤ goal | < goal | ≤ goal − 5 | ≤ goal − 10
    K2 |||rate| 40 - 80 เท่านั้น | 45 - 70 เท่านั้น | 50 ≤ x < 65 เท่านั้น | 55 - 64 เท่านั้น | 57 - 60 เท่านั้น
    K3 |       |     | now   | ≥ base × 0.9 | ≥ base | ≥ base × 1.05 + 1 | ≥ base × 1.1 + 2 | ≥ base × 2 + 3
    K4 |||day| ภายใน 31/5/2565 | ภายใน 25/5/2565 | ภายใน 20/5/2565 | ก่อน 15/5/2565 | ภายใน 10/5/2565 | | ค
    K4 |       |     | other | ≥ goal | ≥ goal + 1 | ≥ goal + 2 | ≥ goal + 3 | ≥ goal + 4 | | ค
    """
    return levels(ตัวชี้วัด=nodes, หน่วย=UNITS, รายการข้อมูล=measures, ระดับ=head + rules, ค่าตั้งต้น=FIXED)
