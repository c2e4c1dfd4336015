"""Values that are not the units' own: the province's numbers and central systems' exports, each with its
cell; what can't be read is missing and no unit's fault, and where two sources give a value the tables say
which counts.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cascade
import pandas as pd
import pytest
from hostile_books import biff, biff_number, ods, ods_cell, xls
from openpyxl import Workbook
from tablebook import one_kpi
from tablebook import read as reading_of

from kpibatch.base.config import Config
from kpibatch.base.errors import FileHeld, KpibatchError
from kpibatch.base.findings import Finding
from kpibatch.forms.names import units_named
from kpibatch.intake.central.exports import read_exports
from kpibatch.intake.central.province import Numbers, read_province
from kpibatch.intake.central.province_book import write_province
from kpibatch.intake.central.together import Central, read_central, with_central
from kpibatch.intake.frame import BAD, COLUMNS, DTYPES, EMPTY, OK, Line
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables

APRIL, MAY = "2565-04", "2565-05"
MEASURES = """
    T1.asked | ประเด็นที่แจ้ง | ประเด็น | จำนวน | จังหวัด | ล่าสุด | | | | 0
    T1.worst | ร้องเรียน | เรื่อง | จำนวน | จังหวัด | สูงสุด | | | | 0
    T1.sent  | ประเด็นที่ส่ง | ประเด็น | จำนวน | กรอก | ล่าสุด
    T1.spent | เบิกจ่าย | บาท | จำนวนเงิน | กรอก | ล่าสุด
"""
RULES = """
    T1 | | | T1.asked | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 | | | T1.worst | ≤ 9 | ≤ 8 | ≤ 7 | ≤ 6 | ≤ 5
    T1 | | | T1.sent  | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 | | | T1.spent | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
"""
HEADS = ("รหัสหน่วย", "ชื่อ", "T1.asked", "T1.worst")
SOUND = (("3101", "เมือง", 7, 1), ("3102", "คูเมือง", 8, 2), ("3103", "กระสัง", 9, 3))
GFMIS = "รหัส | ไฟล์ | ชีต | คอลัมน์หน่วย | รายการข้อมูล | คอลัมน์ | ใช้ค่า\n{rows}"
SPENT = GFMIS.format(rows="GFMIS | gfmis_{month}*.* | | หน่วยเบิกจ่าย | T1.spent | เบิกจ่ายสะสม | ส่วนกลาง")
CALLED_ALIKE = """
    รหัส  | ชื่อ     | กลุ่ม  | อีเมล             | สำเนา
    3101 | เมือง   | เหนือ | 3101@cdd.example
    3102 | คูเมือง  | เหนือ | 3102@cdd.example
    3103 | คูเมือง  | ใต้   | 3103@cdd.example
"""


def tables(exports: str = "", **sheets: str) -> LevelTables:
    return one_kpi(MEASURES, RULES, **sheets, **({"แหล่งข้อมูล": exports} if exports else {}))


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    """A workbook with these sheets (an underscore for the hyphen of a month's key)."""
    written = Workbook()
    written.remove(written.active)
    for name, rows in sheets.items():
        sheet = written.create_sheet(name.replace("m", "").replace("_", "-"))
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    written.save(path)
    return path


def province(folder: Path, *rows: Sequence[Any], heads: Sequence[str] = HEADS) -> Path:
    return book(folder / "province.xlsx", m2565_04=[("ตัวเลขของจังหวัด",), (), heads, *rows])


def read(path: Path, by: LevelTables | None = None) -> Numbers:
    return read_province(path, by or tables(), Config(path.parent).intake)


def all_findings(numbers: Numbers) -> list[Finding]:
    return [*numbers.findings, *(fault for said in numbers.said.values() for fault in said.findings)]


def told(findings: Sequence[Finding]) -> list[tuple[str, str, str, str]]:
    return [(fault.code, fault.unit, fault.measure, fault.place.cell) for fault in findings]


def values(lines: Sequence[Line]) -> dict[tuple[str, str], tuple[float, str]]:
    return {(line.unit, line.measure): (line.value, line.state) for line in lines}


# --- the province's workbook --------------------------------------------------------------------------------


def test_each_number_is_read_with_its_cell(tmp_path: Path) -> None:
    numbers = read(province(tmp_path, *SOUND))
    assert not all_findings(numbers)
    assert (
        Line("3102", "T1.worst", APRIL, 2.0, OK, "2", "province.xlsx", APRIL, "D5")
        in numbers.said[APRIL].lines
    )
    assert len(numbers.said[APRIL].lines) == 6
    assert numbers.file is not None
    assert numbers.file[0] == "province.xlsx"


@pytest.mark.parametrize("name", ["2565-04", "เม.ย. 2565", "เดือนเมษายน (2565-04)", "๒๕๖๕-๐๔"])
def test_a_sheet_is_named_after_its_month_in_any_way(name: str, tmp_path: Path) -> None:
    path = tmp_path / "province.xlsx"
    written = Workbook()
    written.active.title = name
    for row in (HEADS, *SOUND):
        written.active.append(row)
    written.save(path)
    assert list(read(path).said) == [APRIL]


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        (("3102", "", "=1/0", 2), "table-no-result", "C5"),
        (("3102", "", "#REF!", 2), "table-cell-error", "C5"),
        (("3102", "", "แปดประเด็น", 2), "table-value", "C5"),
        (("3102", "", "-", 2), "table-value", "C5"),
    ],
)
def test_what_is_no_number_is_missing_and_told_with_its_cell(
    row: Sequence[Any], code: str, cell: str, tmp_path: Path
) -> None:
    numbers = read(province(tmp_path, SOUND[0], row, SOUND[2]))
    assert told(all_findings(numbers)) == [(code, "3102", "T1.asked", cell)]
    read_values = values(numbers.said[APRIL].lines)
    assert math.isnan(read_values["3102", "T1.asked"][0])
    assert read_values["3102", "T1.asked"][1] == BAD
    assert read_values["3102", "T1.worst"] == (2.0, OK)


def test_a_number_in_words_that_reads_one_way_counts(tmp_path: Path) -> None:
    numbers = read(province(tmp_path, ("3102", "", "๘ ประเด็น", 2)))
    assert values(numbers.said[APRIL].lines)["3102", "T1.asked"] == (8.0, OK)


def test_a_blank_is_no_zero(tmp_path: Path) -> None:
    line = values(read(province(tmp_path, ("3102", "", None, 0))).said[APRIL].lines)
    assert line["3102", "T1.asked"][1] == EMPTY
    assert line["3102", "T1.worst"] == (0.0, OK)


def test_an_unknown_unit_is_told_with_the_nearest(tmp_path: Path) -> None:
    numbers = read(province(tmp_path, *SOUND[:2], ("3130", "กระสัง", 9, 3)))
    (fault,) = all_findings(numbers)
    assert (fault.code, fault.place.cell, dict(fault.facts)["nearest"]) == ("central-unit", "A6", "3103")


def test_a_name_that_several_units_have_is_none_of_theirs(tmp_path: Path) -> None:
    """Not even the first one's: whose number it is can't be known."""
    alike = tables(หน่วย=CALLED_ALIKE)
    path = province(tmp_path, ("3101", "", 5, 1), ("คูเมือง", "", 7, 2), ("อำเภอคูเมือง", "", 8, 3))
    numbers = read(path, alike)
    assert {line.unit for line in numbers.said[APRIL].lines} == {"3101"}
    assert [
        (fault.code, fault.place.cell, dict(fault.facts)["units"]) for fault in all_findings(numbers)
    ] == [
        ("unit-several", "A5", "3102, 3103"),
        ("unit-several", "A6", "3102, 3103"),
    ]


SORTED_BESIDE = (("3101", "คูเมือง", 8, 2), ("3102", "อำเภอเมือง", 7, 1), ("3103", "อ. กระสัง (ใหม่)", 9, 3))


def test_a_row_beside_another_one_s_name_is_nobody_s(tmp_path: Path) -> None:
    """Sorted without its codes; a name of none is no more than another spelling."""
    numbers = read(province(tmp_path, *SORTED_BESIDE))
    assert {line.unit for line in numbers.said[APRIL].lines} == {"3103"}
    assert [
        (fault.code, fault.place.cell, dict(fault.facts)["other"]) for fault in all_findings(numbers)
    ] == [
        ("unit-other-name", "B4", "3102"),
        ("unit-other-name", "B5", "3101"),
    ]
    written(tmp_path / "province.xlsx", MAY)  # which adds the rows that lack, and endorses none of these
    again = read(tmp_path / "province.xlsx")
    assert [fault.code for fault in all_findings(again)].count("unit-other-name") == 2
    assert values(again.said[APRIL].lines)["3103", "T1.asked"] == (9.0, OK)


def test_of_two_rows_of_a_unit_none_counts(tmp_path: Path) -> None:
    numbers = read(province(tmp_path, *SOUND, ("3102", "คูเมือง", 8, 2)))
    assert told(all_findings(numbers)) == [("central-twice", "3102", "", "A7")]
    states = {state for (unit, _), (_, state) in values(numbers.said[APRIL].lines).items() if unit == "3102"}
    assert states == {BAD}


def test_a_missing_column_is_told_and_the_others_count(tmp_path: Path) -> None:
    numbers = read(province(tmp_path, ("3102", "คูเมือง", 8), heads=HEADS[:3]))
    (fault,) = all_findings(numbers)
    assert (fault.code, dict(fault.facts)["column"]) == ("table-column-missing", "T1.worst")
    assert values(numbers.said[APRIL].lines)["3102", "T1.asked"] == (8.0, OK)
    assert values(numbers.said[APRIL].lines)["3102", "T1.worst"][1] == EMPTY


def test_of_two_columns_of_a_measure_none_counts(tmp_path: Path) -> None:
    numbers = read(province(tmp_path, ("3102", "", 8, 2, 9), heads=(*HEADS, "T1.asked")))
    assert [fault.code for fault in all_findings(numbers)] == ["table-column-twice"]
    assert values(numbers.said[APRIL].lines)["3102", "T1.asked"][1] == BAD
    assert values(numbers.said[APRIL].lines)["3102", "T1.worst"] == (2.0, OK)


def test_sheets_of_another_round_of_one_month_twice_and_of_none_are_told(tmp_path: Path) -> None:
    rows = [HEADS, *SOUND]
    path = book(tmp_path / "province.xlsx", m2564_10=rows, m2565_04=rows, **{"เม.ย. 65": rows, "สรุป": rows})
    numbers = read(path)
    assert not numbers.said
    assert sorted((fault.code, fault.place.sheet) for fault in numbers.findings) == [
        ("province-month", "2564-10"),
        ("province-month-twice", "เม.ย. 65"),
        ("province-sheet", "สรุป"),
    ]
    [twice] = [fault for fault in numbers.findings if fault.code == "province-month-twice"]
    assert "2565-04” และ “เม.ย. 65”" in twice.message("th")  # as the sheets are called


def test_no_workbook_gives_no_numbers(tmp_path: Path) -> None:
    assert read(tmp_path / "province.xlsx") == Numbers()


def test_a_workbook_that_is_none_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "province.xlsx").write_bytes(b"PK\3\4 no workbook")
    with pytest.raises(KpibatchError, match=r"province\.xlsx"):
        read(tmp_path / "province.xlsx")


def test_a_workbook_held_by_another_program_is_the_operator_s_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = province(tmp_path, *SOUND)

    def held(*_: object) -> bytes:
        raise PermissionError(13, "held")

    monkeypatch.setattr("kpibatch.intake.central.province.take", held)
    with pytest.raises(FileHeld):
        read(path)


@pytest.mark.parametrize("text", ["3102", "๓๑๐๒", "คูเมือง", "อำเภอคูเมือง", "อ.คูเมือง", "อ. คูเมือง"])
def test_a_unit_is_named_by_code_or_name(text: str) -> None:
    (unit,) = units_named(text, tables())
    assert unit.code == "3102"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("กลุ่มงานส่งเสริม", "G1"),  # a name that begins with its noun
        ("บุคคลสมชาย", "311"),
        ("บุคคล สมชาย", "311"),
        ("อำเภอเมือง", "31"),
        ("อ. เมือง", "31"),
        ("บุคคลเมือง", ""),  # a district
        ("อำเภอสมชาย", ""),
    ],
)
def test_each_kind_of_units_is_named_behind_its_own_noun(text: str, code: str) -> None:
    of_kinds, _ = reading_of(**cascade.book())
    assert "".join(unit.code for unit in units_named(text, of_kinds)) == code


# --- the workbook written -----------------------------------------------------------------------------------


def written(path: Path, month: str = APRIL) -> Any:
    return write_province(path, tables(), month, Config(path.parent).intake)


def test_it_is_made_for_every_month_so_far_and_all_that_is_to_be_filled_in_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "province.xlsx"
    assert (done := written(path, MAY)).added == (APRIL, MAY)
    assert (done.blank, done.before) == (6, None)
    numbers = read(path)
    assert not all_findings(numbers)
    assert [values(numbers.said[month].lines)["3103", "T1.asked"][1] for month in (APRIL, MAY)] == [EMPTY] * 2


def test_where_nothing_is_lacking_not_a_byte_changes(tmp_path: Path) -> None:
    path = tmp_path / "province.xlsx"
    written(path)
    before = path.read_bytes()
    assert written(path).added == ()
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["province.xlsx"]


def test_what_is_typed_stays_and_what_was_there_is_kept_beside(tmp_path: Path) -> None:
    own = [(*HEADS, "หมายเหตุ"), ("3101", "เมือง", "๗ ประเด็น", None, "ถามแล้ว"), ("9999", "อื่น", 1, 2, "x")]
    path = book(tmp_path / "province.xlsx", m2565_04=own, สรุป=[("ของเรา", 5)])
    before = path.read_bytes()
    done = written(path, MAY)
    assert done.added == (APRIL, MAY)  # April lacked two units
    assert done.before is not None
    assert done.before.read_bytes() == before
    numbers = read(path)
    assert values(numbers.said[APRIL].lines)["3101", "T1.asked"] == (7.0, OK)
    codes = sorted(fault.code for fault in all_findings(numbers))
    assert codes == ["central-unit", "province-sheet", "table-unknown-column"]
    again = written(path, MAY)
    assert (again.added, again.before) == ((), None)


def test_two_sheets_of_one_month_are_left_to_the_province(tmp_path: Path) -> None:
    rows = [HEADS, *SOUND]
    path = book(tmp_path / "province.xlsx", m2565_04=rows, **{"เม.ย. 65": rows})
    assert written(path).added == ()


# --- central systems' exports -------------------------------------------------------------------------------

EXPORT = (("หน่วยเบิกจ่าย", "เบิกจ่ายสะสม"), ("3101", 100), ("อำเภอคูเมือง", "2,000.50"), ("กระสัง", 300))


def exported(folder: Path, exports: str = SPENT, month: str = APRIL) -> Any:
    return read_exports(Config(folder), tables(exports), month)


def csv_bytes(encoding: str, delimiter: str = ",") -> bytes:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in EXPORT]
    return "\r\n".join(lines).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_however_it_was_saved(encoding: str, delimiter: str, tmp_path: Path) -> None:
    (tmp_path / "sources" / APRIL).mkdir(parents=True)
    name = f"GFMIS_{APRIL} (1).CSV"
    (tmp_path / "sources" / APRIL / name).write_bytes(csv_bytes(encoding, delimiter))
    said = exported(tmp_path)
    assert values(said.said.lines) == {
        ("3101", "T1.spent"): (100.0, OK),
        ("3102", "T1.spent"): (2000.5, OK),
        ("3103", "T1.spent"): (300.0, OK),
    }
    assert not said.said.findings
    assert [file for file, _ in said.files] == [f"sources/{APRIL}/{name}"]


def export(folder: Path, rows: Sequence[Sequence[Any]] = EXPORT, name: str = "gfmis_2565-04.xlsx") -> Path:
    return book(folder / "sources" / APRIL / name, **{"Sheet": [("หน้าปก",)], "ข้อมูล": [(), *rows]})


def test_a_workbook_is_read_at_the_sheet_that_has_the_headings(tmp_path: Path) -> None:
    export(tmp_path)
    lines = {line.unit: line for line in exported(tmp_path).said.lines}
    assert (lines["3103"].value, lines["3103"].sheet, lines["3103"].cell) == (300.0, "ข้อมูล", "B5")


def _as_ods() -> bytes:
    rows = (
        [ods_cell(cell, "string" if isinstance(cell, str) else "float") for cell in row] for row in EXPORT
    )
    return ods(*("".join(row) for row in rows))


def _as_xls() -> bytes:
    records = [
        biff_number(row, column, cell)
        if not isinstance(cell, str)
        else biff(0x204, struct.pack("<HHHHB", row, column, 0, len(cell), 1) + cell.encode("utf-16-le"))
        for row, cells in enumerate(EXPORT)
        for column, cell in enumerate(cells)
    ]
    return xls(*records)


@pytest.mark.parametrize(("suffix", "raw"), [("ods", _as_ods), ("xls", _as_xls)])
def test_a_workbook_of_another_program_is_read(suffix: str, raw: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "sources" / APRIL).mkdir(parents=True)
    (tmp_path / "sources" / APRIL / f"gfmis_{APRIL}.{suffix}").write_bytes(raw())
    said = exported(tmp_path).said
    assert values(said.lines) == {
        ("3101", "T1.spent"): (100.0, OK),
        ("3102", "T1.spent"): (2000.5, OK),
        ("3103", "T1.spent"): (300.0, OK),
    }
    assert not said.findings


def codes_of(folder: Path, exports: str = SPENT) -> list[str]:
    found = exported(folder, exports).said
    assert not [line for line in found.lines if line.state == OK and line.unit == "3103"]
    return [fault.code for fault in found.findings]


def test_no_file_of_the_month(tmp_path: Path) -> None:
    assert codes_of(tmp_path) == ["source-missing"]


def test_two_files_that_match_are_neither_read(tmp_path: Path) -> None:
    export(tmp_path)
    export(tmp_path, name="gfmis_2565-04 ล่าสุด.xlsx")
    assert codes_of(tmp_path) == ["source-several"]


def test_what_excel_leaves_while_a_file_is_open_is_no_second_file(tmp_path: Path) -> None:
    export(tmp_path)
    (tmp_path / "sources" / APRIL / "~$gfmis_2565-04.xlsx").write_bytes(b"x")
    assert not exported(tmp_path).said.findings


def test_a_heading_that_is_not_there(tmp_path: Path) -> None:
    export(tmp_path, [("หน่วยเบิกจ่าย", "เบิกจ่าย"), *EXPORT[1:]])
    assert codes_of(tmp_path) == ["table-column-missing"]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    export(tmp_path)
    assert codes_of(tmp_path, SPENT.replace("*.* | |", "*.* | ปี 2565 |")) == ["source-no-sheet"]


def test_units_without_a_row_and_rows_of_others(tmp_path: Path) -> None:
    export(tmp_path, [*EXPORT[:3], ("รวม", 2100.5)])
    assert codes_of(tmp_path) == ["source-no-unit", "source-other-units"]


def test_of_two_rows_of_a_unit_in_an_export_none_counts(tmp_path: Path) -> None:
    export(tmp_path, [*EXPORT, ("3103", 1)])
    assert codes_of(tmp_path) == ["central-twice"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"", "file-empty"), (b"%PDF-1.7", "file-not-workbook"), (b"<html><body>", "file-web-page")],
)
def test_a_file_that_is_no_export(raw: bytes, code: str, tmp_path: Path) -> None:
    export(tmp_path).write_bytes(raw)
    assert codes_of(tmp_path) == [code]


# --- which counts, and what differs -------------------------------------------------------------------------


def sent(*lines: tuple[str, str, float], month: str = MAY) -> Intake:
    rows = [
        Line(unit, measure, month, value, OK, f"{value:g}", f"{unit}.xlsx", "แบบรายงาน", "H9")
        for unit, measure, value in lines
    ]
    return Intake(MAY, (), pd.DataFrame(rows, columns=list(COLUMNS)).astype(DTYPES), {}, (), ())


def together(folder: Path, intake: Intake, exports: str = "") -> Intake:
    return with_central(intake, read_central(Config(folder), tables(exports), MAY))


def counted(intake: Intake, month: str = MAY) -> dict[tuple[str, str], tuple[float, str, str]]:
    frame = intake.reported[intake.reported["month"] == month]
    columns = frame[["unit", "measure", "value", "state", "file"]].itertuples(index=False, name=None)
    return {(unit, measure): tuple(rest) for unit, measure, *rest in columns}


def test_the_province_s_numbers_stand_in_the_frame_and_what_it_lacks_is_blank(tmp_path: Path) -> None:
    province(tmp_path, *SOUND)
    intake = together(tmp_path, sent(("3101", "T1.sent", 3)))
    assert counted(intake, APRIL)["3102", "T1.asked"] == (8.0, OK, "province.xlsx")
    value, state, file = counted(intake)["3102", "T1.asked"]
    assert math.isnan(value)
    assert (state, file) == (EMPTY, "province.xlsx")
    assert counted(intake)["3101", "T1.sent"] == (3.0, OK, "3101.xlsx")
    assert [name for name, _ in intake.central_files] == ["province.xlsx"]


def test_tables_without_such_measures_change_nothing(tmp_path: Path) -> None:
    plain = one_kpi("T1.sent | ส่ง | ข่าว | จำนวน | กรอก | ล่าสุด", "T1 | | | T1.sent | ≥ 1 | ≥ 2")
    intake = sent(("3101", "T1.sent", 3))
    assert with_central(intake, read_central(Config(tmp_path), plain, MAY)) is intake


BOTH: Mapping[str, tuple[float, str]] = {
    "ส่วนกลาง": (100.0, f"sources/{MAY}/gfmis_{MAY}.csv"),
    "หน่วย": (90.0, "3101.xlsx"),
}


@pytest.mark.parametrize("counts", BOTH)
def test_the_tables_say_which_of_two_counts_and_every_difference_is_told_with_both_cells(
    counts: str, tmp_path: Path
) -> None:
    folder = tmp_path / "sources" / MAY
    folder.mkdir(parents=True)
    (folder / f"gfmis_{MAY}.csv").write_bytes(csv_bytes("utf-8"))
    exports = SPENT.replace("ส่วนกลาง", counts)
    intake = together(tmp_path, sent(("3101", "T1.spent", 90), ("3103", "T1.spent", 300)), exports)
    value, state, file = counted(intake)["3101", "T1.spent"]
    assert (value, file) == BOTH[counts]
    assert state == OK
    (fault,) = (each for each in intake.findings if each.code == "sources-differ")
    facts = dict(fault.facts)
    assert (fault.unit, fault.measure, fault.found, str(fault.place)) == (
        *("3101", "T1.spent", "90"),
        "3101.xlsx แบบรายงาน!H9",
    )
    assert (facts["other"], facts["other_at"]) == ("100", f"sources/{MAY}/gfmis_{MAY}.csv CSV!B2")
    assert facts["counts"] == counts


def test_the_very_export_of_an_earlier_month_is_told_with_both_files(tmp_path: Path) -> None:
    for month, raw in ((APRIL, csv_bytes("utf-8")), (MAY, csv_bytes("utf-8"))):
        (tmp_path / "sources" / month).mkdir(parents=True)
        (tmp_path / "sources" / month / f"gfmis_{month}.csv").write_bytes(raw)
    [again] = [each for each in together(tmp_path, sent(), SPENT).findings if each.code == "source-again"]
    assert str(again.place) == f"sources/{MAY}/gfmis_{MAY}.csv"
    assert again.found == f"sources/{APRIL}/gfmis_{APRIL}.csv"
    (tmp_path / again.place.file).write_bytes(csv_bytes("cp874"))
    assert "source-again" not in [each.code for each in together(tmp_path, sent(), SPENT).findings]


def test_a_difference_below_the_ninth_decimal_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "sources" / MAY
    folder.mkdir(parents=True)
    (folder / f"gfmis_{MAY}.csv").write_text("หน่วยเบิกจ่าย,เบิกจ่ายสะสม\n3101,0.3\n", encoding="utf-8")
    for value, codes in ((0.1 + 0.2, []), (0.3000000006, ["sources-differ"])):
        intake = together(tmp_path, sent(("3101", "T1.spent", value)), SPENT)
        assert [each.code for each in intake.findings if each.code == "sources-differ"] == codes


def test_what_the_unit_sent_never_stands_in_for_an_export_that_counts(tmp_path: Path) -> None:
    intake = together(tmp_path, sent(("3101", "T1.spent", 90)), SPENT)
    value, state, _ = counted(intake)["3101", "T1.spent"]
    assert math.isnan(value)
    assert state == EMPTY
    assert "source-missing" in [each.code for each in intake.findings]


def test_an_earlier_export_that_is_not_there_is_told_only_where_its_month_counts(tmp_path: Path) -> None:
    rows = "S | s.csv | | หน่วย | T1.asked | ก |\nS | s.csv | | หน่วย | T1.worst | ข |"
    last = GFMIS.format(rows=rows.splitlines()[0])
    folders = [f"sources/{APRIL}", f"sources/{MAY}"]
    for exports, expected in ((last, folders[1:]), (GFMIS.format(rows=rows), folders)):
        missing = Central(
            (read := tables(exports)),
            exports={month: read_exports(Config(tmp_path), read, month) for month in (APRIL, MAY)},
        )
        assert [fault.place.file for fault in missing.findings(MAY)] == expected
