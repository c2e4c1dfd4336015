"""The workbook as written: what คู่มือ says of a sheet that may be left out, and what may be chosen in it."""

from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet
from tablebook import write
from workspace import open_book

from kpibatch.rules.checks import BuiltIn

CHECKS = """
    ซ้าย           | เทียบ | ขวา | ความรุนแรง | ข้อความ | ใช้
    T1.spent      | =    | 5   | เตือน      |        | ใช่
    ยอดสะสมลดลง   |      | 0   | เตือน      |        | ใช่
"""


def guide(path: Path) -> list[str]:
    return [str(cell.value) for cell in open_book(path)["คู่มือ"]["A"] if cell.value]


def choices(sheet: Worksheet) -> dict[str, tuple[str, bool]]:
    """For each column its dropdown's words, and whether nothing else may be typed."""
    return {
        str(rule.sqref).split("2:")[0]: (rule.formula1.strip('"'), bool(rule.showErrorMessage))
        for rule in sheet.data_validations.dataValidation
    }


def test_the_guide_speaks_of_a_sheet_that_may_be_left_out_only_where_it_is(tmp_path: Path) -> None:
    without = guide(write(tmp_path / "a.xlsx", {}, {}))
    with_checks = guide(write(tmp_path / "b.xlsx", {"กฎตรวจ": CHECKS}, {}))
    at = with_checks.index("ชีต กฎตรวจ")
    assert with_checks[:at] == without
    assert [name for name in BuiltIn if name not in with_checks[at:]] == []


def test_built_in_checks_can_be_chosen_and_codes_typed(tmp_path: Path) -> None:
    sheet = open_book(write(tmp_path / "level_tables.xlsx", {"กฎตรวจ": CHECKS}, {}))["กฎตรวจ"]
    assert choices(sheet) == {
        "A": (",".join(BuiltIn), False),
        "B": ("≤,≥,=,<>,<,>", True),
        "C": ("เดือนก่อน", False),
        "D": ("ผิด,เตือน,หมายเหตุ", True),
        "F": ("ใช่,ไม่ใช่", True),
    }
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=", "s")  # the sign, and no formula
