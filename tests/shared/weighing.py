"""Level tables in which who a unit is decides what weighs how much, for the tests."""

from collections.abc import Mapping

from tablebook import SHEETS, levels

from kpibatch.rules.levels import LevelTables

UNITS = """
    รหัส  | ชื่อ     | กลุ่ม  | อีเมล             | สำเนา | ตำแหน่ง
    3101 | เมือง   | ใหญ่  | 3101@cdd.example |      | ชำนาญการ
    3102 | คูเมือง  | ใหญ่  | 3102@cdd.example |      | ปฏิบัติการ
    3103 | กระสัง  | เล็ก  | 3103@cdd.example |      | ปฏิบัติการ
    3104 | สตึก    | เล็ก  | 3104@cdd.example |      | ชำนาญการ
"""
NODES = """
    รหัส | อยู่ใต้ | ชื่อ        | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ            | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | งานทีม     | 60    |            |                |           |           | ข้อ 1
    I   |      | งานบุคคล   | 40    |            | ตำแหน่ง ชำนาญการ |           |           | ข้อ 2
    I   |      |           | 20    |            |                |
    P   |      | งานเพิ่ม    | 20    |            | ตำแหน่ง ปฏิบัติการ |           |           | ข้อ 3
    T1  | T    | เบิกจ่าย    | 70    |            | กลุ่ม ใหญ่         |           |           | ข้อ 1.1
    T1  | T    |           | 40    |            | เฉพาะ 3103, 3104 |
    T2  | T    | ข่าว       | 30    |            | กลุ่ม ใหญ่         |           |           | ข้อ 1.2
    T2  | T    |           | 60    |            |                |
    I1  | I    | แผน       | I1.w  |            |                |           |           | ข้อ 2.1
    I2  | I    | รายงาน     | I2.w  |            |                |           |           | ข้อ 2.2
    P1  | P    | งานใหม่    | 20    |            |                |           |           | ข้อ 3.1
"""
FIXED = """
    รหัสหน่วย | I1.w | I2.w
    3101    | 25   | 75
    3102    | 25   | 75
    3103    | 50   | 50
    3104    | 99.5 | 0.5
"""
LEAVES = ("T1", "T2", "I1", "I2", "P1")
_MEASURES = [
    "I1.w | น้ำหนักแผน | | จำนวน | ค่าตั้งต้น",
    "I2.w | น้ำหนักรายงาน | | จำนวน | ค่าตั้งต้น",
    *(f"{leaf}.x | {leaf} ทำได้ | ข้อ | จำนวน | กรอก | ล่าสุด | | | | 0" for leaf in LEAVES),
]
_RULES = [f"{leaf} | | | {leaf}.x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5" for leaf in LEAVES]
_HEADS = {name: SHEETS[name].strip().splitlines()[0] for name in ("รายการข้อมูล", "ระดับ")}
BOOK: Mapping[str, str] = {
    "หน่วย": UNITS,
    "ตัวชี้วัด": NODES,
    "รายการข้อมูล": "\n".join([_HEADS["รายการข้อมูล"], *_MEASURES]),
    "ระดับ": "\n".join([_HEADS["ระดับ"], *_RULES]),
    "ค่าตั้งต้น": FIXED,
}


def weighing() -> LevelTables:
    return levels(**BOOK)


def values(*levels: int | None) -> dict[str, object]:
    """What a unit fills in to reach those levels at T1, T2, I1, I2, P1."""
    return {f"{leaf}.x": level for leaf, level in zip(LEAVES, levels, strict=True) if level is not None}


_WITH_HEAD = _HEADS["ระดับ"], _HEADS["รายการข้อมูล"]
LEAVING: Mapping[str, str] = {
    "หน่วย": UNITS,
    "ตัวชี้วัด": """
        รหัส | อยู่ใต้ | ชื่อ      | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง | เมื่อไม่มีกลุ่มเป้าหมาย
        R   |      | เรื่องร้องเรียน | 50    |            |        |           |           | ข้อ 1   | ตัดออก
        S   |      | หนี้ค้าง    | 30    |            | ยกเว้น 3104 |      |           | ข้อ 2   | ตัดออก
        N   |      | ข่าว       | 20    |            |        |           |           | ข้อ 3
    """,
    "รายการข้อมูล": f"""{_WITH_HEAD[1]}
        R.got   | เรื่องที่รับ     | เรื่อง | จำนวน   | กรอก | รวม    |       |        |        | 0
        R.done  | เรื่องที่ยุติ     | เรื่อง | จำนวน   | กรอก | รวม    |       |        |        | 0
        R.pct   | ร้อยละที่ยุติ    | ร้อยละ | ร้อยละ   | ร้อยละ |       | R.done | R.got
        R.plan  | แผน          |      | ใช่/ไม่ใช่ | กรอก | ล่าสุด
        S.staff | กำลังคน       | คน    | จำนวน   | กรอก | ล่าสุด
        S.debt  | หนี้ต้นปี       | บาท   | จำนวนเงิน | ค่าตั้งต้น
        S.now   | หนี้คงเหลือ     | บาท   | จำนวนเงิน | กรอก | ล่าสุด |       |        |        | 0
        S.cut   | หนี้ที่ลดลง      | ร้อยละ | ร้อยละ   | ลดลง  |       | S.now  | S.debt | ไม่ผ่าน
        S.open  | สัญญา         | ราย   | จำนวน   | กรอก | ล่าสุด |       |        |        | 0
        S.share | ร้อยละสัญญาปิด  | ร้อยละ | ร้อยละ   | ร้อยละ |       | S.shut | S.open | ไม่ผ่าน
        S.shut  | สัญญาที่ปิด      | ราย   | จำนวน   | กรอก | ล่าสุด |       |        |        | 0
        N.x     | ข่าว          | ข่าว   | จำนวน   | กรอก | ล่าสุด
    """,
    "ระดับ": f"""{_WITH_HEAD[0]}
        R | | | R.pct  | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100
        R | | | R.plan |      |      |      |      | ใช่
        S | S.staff | ≤ 2 | S.cut   | ≥ 5 | ≥ 10 | ≥ 15 | ≥ 20 | ≥ 25
        S | S.staff | > 2 | S.cut   | ≥ 5 | ≥ 10 | ≥ 15 | ≥ 20 | ≥ 25
        S | S.staff | > 2 | S.share |     |      | ≥ 20 | ≥ 40 | ≥ 60
        N | | | N.x    | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    """,
    "ค่าตั้งต้น": """
        รหัสหน่วย | S.debt
        3101    | 1000
        3102    | 0
        3103    | 0
        3104    | 500
    """,
}


def leaving() -> LevelTables:
    """R leaves whoever got no complaints; S whoever had no debt, and with more staff no contracts either."""
    return levels(**LEAVING)


LEAVING_OFF: Mapping[str, str] = {
    **LEAVING,
    "รายการข้อมูล": f"""{LEAVING["รายการข้อมูล"].rstrip()}
        late    | ส่งช้า         | วัน   | จำนวน   | กรอก | ล่าสุด |       |        |        | 0
    """,
    "ระดับ": LEAVING["ระดับ"].replace(_WITH_HEAD[0], f"{_WITH_HEAD[0]} | หักคะแนน").rstrip()
    + """
        R | | | late | > 0 | > 5 |      |      |      |  | 0.5, 1.5
        S | S.staff | > 2 | late |  |      |      |      |      |  | 0.25
        N | | | late |      |      |      |      |      |  | 0.1
    """,
}
