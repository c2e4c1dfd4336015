"""What a unit agrees to: its own rules, weights and fixed values, and nothing else; what differs later."""

import pytest
from tablebook import SHEETS, checking, levels, one_kpi, read

from kpibatch.rules.agreement.agreed import Agreed, Differences, agreed, differences, own_tables
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import SINCE

SAME = Differences((), (), ())


def of(tables: LevelTables, unit: str = "3101") -> Agreed:
    return agreed(tables, tables.unit[unit])


def after(cells: dict[str, object], unit: str = "3101") -> Differences:
    """What differs for a unit once these cells of the tiny workbook say something else."""
    return differences(of(levels(), unit), of(read(cells)[0], unit))


def test_what_was_signed_is_what_holds_while_nothing_changes() -> None:
    assert of(levels()) == of(read()[0])
    assert of(levels()).digest == of(read()[0]).digest
    assert after({}) == SAME


def test_no_two_units_agree_to_the_same() -> None:
    tables = levels()
    assert len({of(tables, unit).digest for unit in tables.unit}) == len(tables.unit)


@pytest.mark.parametrize(
    ("cell", "content", "told"),
    [
        ("ตัวชี้วัด!D4", 59, Differences(("T1 60 → 59",), (), ())),
        ("ตัวชี้วัด!D2", 61, Differences(("T 60 → 61",), (), ())),
        ("ตัวชี้วัด!G4", "ค่าต่อเนื่อง", Differences((), ("T1",), ())),
        ("ระดับ!E2", "≥ 61", Differences((), ("T1",), ())),
        ("ระดับ!E2", "> 60", Differences((), ("T1",), ())),
        ("ระดับ!E3", "ไม่ใช่", Differences((), ("T1",), ())),
        ("รายการข้อมูล!F6", "สูงสุด", Differences((), ("T1",), ())),
        ("รายการข้อมูล!I5", "ผ่าน", Differences((), ("T1",), ())),
        ("ค่าตั้งต้น!C3", 1001, Differences((), (), ("T1.budget 1000 → 1001",))),
        ("ค่าตั้งต้น!C3", None, Differences((), (), ("T1.budget 1000 → –",))),
        ("รอบประเมิน!B9", "0, 25, 50, 75, 100", Differences((), ("รอบประเมิน",), ())),
        ("รอบประเมิน!B10", 1, Differences((), ("รอบประเมิน",), ())),
        ("ผลประเมิน!A2", 91, Differences((), ("รอบประเมิน",), ())),
    ],
)
def test_one_cell_that_decides_is_told_by_what_it_decides(
    cell: str, content: object, told: Differences
) -> None:
    assert after({cell: content}) == told


@pytest.mark.parametrize(
    ("cell", "content"),
    [
        ("ระดับ!E2", "ไม่น้อยกว่าร้อยละ ๖๐"),  # worded otherwise
        ("ระดับ!J2", "ตามหนังสือ"),
        ("ตัวชี้วัด!H4", "กลุ่มงาน"),
        ("ตัวชี้วัด!I4", "ข้อ 9"),
        ("หน่วย!D2", "new@cdd.example"),
        ("ค่าตั้งต้น!C4", 2001),  # another unit's
        ("ระดับ!E5", "≥ 3"),  # of the case of those with more staff
        ("ตัวชี้วัด!F4", "ยกเว้น กระสัง"),  # who is another unit
    ],
)
def test_what_decides_nothing_for_the_unit_is_no_difference(cell: str, content: object) -> None:
    assert after({cell: content}) == SAME


def test_a_unit_in_another_case_sees_its_own_rows_alone() -> None:
    [first], [second] = (own_tables(levels(), levels().unit[unit]) for unit in ("3101", "3102"))
    news = [[rule.edges[0].text() for rule in own.rules_of("I1") if rule.case] for own in (first, second)]
    assert news == [["≥ 1"], ["≥ 2"]]
    assert after({"ระดับ!E5": "≥ 3"}, "3102").rules == ("I1",)


@pytest.mark.parametrize(("staff", "seen"), [(2, 1), (2.1, 1), (None, 2)])
def test_the_case_of_a_fixed_value_is_known_and_without_the_value_it_is_not(
    staff: float | None, seen: int
) -> None:
    tables = read({"ค่าตั้งต้น!B3": staff})[0]
    [own] = own_tables(tables, tables.unit["3101"])
    assert len(own.cases_of("I1")) == seen


def test_a_kpi_that_no_longer_applies_is_told_once_by_its_weight() -> None:
    assert after({"ตัวชี้วัด!F4": "ยกเว้น เมือง"}) == Differences(
        ("T 60 → –", "T1 60 → –"), (), ("T1.budget 1000 → –",)
    )
    back = differences(of(read({"ตัวชี้วัด!F4": "ยกเว้น เมือง"})[0]), of(levels()))
    assert back.weights == ("T – → 60", "T1 – → 60")


def test_its_own_weight_counts_where_units_weigh_otherwise() -> None:
    sheet = SHEETS["ตัวชี้วัด"].replace(
        "| 60    |            |      |           |           | ข้อ 1\n", "| staff | 60 | | | | ข้อ 1\n"
    )
    tables = levels(
        ตัวชี้วัด=sheet.replace(
            "| 40    |            |      |           |           | ข้อ 2\n", "| staff | 60 | | | | ข้อ 2\n"
        )
    )
    weights = [own.node["T"].weight for unit in tables.units for own in own_tables(tables, unit)]
    assert weights == [2, 4, 5]


def test_what_changes_in_mid_round_is_agreed_as_well() -> None:
    head, *rows = SHEETS["ตัวชี้วัด"].strip().splitlines()
    plain = "\n".join((f"{head} | {SINCE}", *rows))
    later = levels(ตัวชี้วัด=f"{plain}\nT1 | | | 50 | | | | | | 2565-06\nT | | | 60 | 50 | | | | | 2565-06")
    told = differences(of(levels()), of(later))
    assert told == Differences(("T1 (2565-06) – → 50",), (), ())
    assert of(levels(ตัวชี้วัด=plain)).digest == of(levels()).digest


def test_a_check_that_may_cost_a_value_is_agreed_and_one_that_asks_is_not() -> None:
    grave, mild = (
        read(spoil=checking(f"T1.spent | ≤ | T1.budget | {gravity}"))[0] for gravity in ("ผิด", "เตือน")
    )
    assert differences(of(levels()), of(mild)) == SAME
    assert differences(of(levels()), of(grave)) == Differences((), ("กฎตรวจ",), ())


@pytest.mark.parametrize(("source", "told"), [("ส่งทันกำหนด", ("T1",)), ("กรอก", ())])
def test_a_due_day_is_agreed_where_a_measure_hangs_on_it(source: str, told: tuple[str, ...]) -> None:
    sheets = {
        name: one_kpi(
            f"T1.pct | ส่งทัน | ร้อยละ | ร้อยละ | {source} | {'ล่าสุด' if source == 'กรอก' else ''}",
            "T1 | | | T1.pct | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100",
            ปฏิทิน=SHEETS["ปฏิทิน"].replace("5 ก.ค. 2565", due),
        )
        for name, due in (("before", "5 ก.ค. 2565"), ("after", "6 ก.ค. 2565"))
    }
    assert differences(of(sheets["before"]), of(sheets["after"])).rules == told


def test_a_holiday_is_agreed_where_working_days_are_counted() -> None:
    days = "".join(f"T1.{name} | วัน | | วันที่ | กรอก | ล่าสุด\n" for name in ("from", "to"))
    measure = "T1.days | ใช้เวลา | วัน | จำนวน | วันทำการ | | T1.to | T1.from"
    tables = [
        one_kpi(days + measure, "T1 | | | T1.days | ≤ 9 | ≤ 8 | ≤ 7 | ≤ 6 | ≤ 5", **holidays)
        for holidays in ({}, {"วันหยุด": "วันที่ | ชื่อ\n13 เม.ย. 2565 | สงกรานต์"})
    ]
    assert differences(*map(of, tables)) == Differences((), ("T1",), ())
