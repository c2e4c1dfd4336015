"""The units that files' names and headings name: as a whole only, and never by accident."""

import cascade
import pytest
from tablebook import SHEETS, levels

from kpibatch.forms.names import heading_of, other_in_name, others_in_heading, unit_at_start, unit_of_name
from kpibatch.rules.levels import LevelTables

SHORT = SHEETS["หน่วย"].replace("3101 ", "11   ").replace("3102 ", "12   ").replace("3103 ", "1    ")
BASELINES = SHEETS["ค่าตั้งต้น"].replace("3101 ", "11   ").replace("3102 ", "12   ").replace("3103 ", "1    ")


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


@pytest.fixture(scope="module")
def short() -> LevelTables:
    """Codes of one and two digits."""
    return levels(หน่วย=SHORT, ค่าตั้งต้น=BASELINES)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("3101 เมือง.xlsx", "3101"),
        ("๓๑๐๑_เมือง.xlsx", "3101"),
        ("3101เมือง.xlsx", "3101"),
        ("3101.xlsx", "3101"),
        ("31011 เมือง.xlsx", ""),
        ("310.xlsx", ""),
        ("รายงาน 3101.xlsx", ""),
        ("3102 คูเมือง.zip/3101 เมือง.xlsx", "3101"),
        ("3102 คูเมือง.zip/รายงาน.xlsx", "3102"),
    ],
)
def test_a_code_at_the_beginning_is_a_whole_number(name: str, unit: str, tables: LevelTables) -> None:
    assert unit_at_start(name, tables) == unit


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("3101 เมือง.xlsx", "3101"),
        ("แบบรายงาน 3101.xlsx", "3101"),
        ("เมือง.xlsx", "3101"),
        ("อำเภอเมือง มิ.ย. 65.xlsx", "3101"),
        ("แบบรายงาน อ.เมือง.xlsx", "3101"),
        ("3102 คูเมือง.xlsx", ""),
        ("3102 แทน 3101.xlsx", ""),
        ("แบบรายงาน 3102 แทน 3101.xlsx", ""),
        ("คูเมือง.xlsx", ""),
        ("เมืองใหม่.xlsx", ""),
        ("ส่งเมือง.xlsx", ""),
        ("รายงาน เดือน 6 2565.xlsx", ""),
        ("scan0001.xlsx", ""),
    ],
)
def test_another_unit_in_the_name_is_seen(name: str, other: str, tables: LevelTables) -> None:
    assert other_in_name(name, "3102", tables) == other


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("12 คูเมือง.xlsx", "12"),
        ("12 รายงาน.xlsx", "12"),
        ("12.xlsx", "12"),
        ("12 เมือง.xlsx", ""),
        ("12-06-2565.xlsx", ""),
        ("12 มิ.ย. 65.xlsx", ""),
        ("11 เมือง (12).xlsx", ""),
        ("รายงาน (12).xlsx", ""),
    ],
)
def test_a_day_is_no_short_code(name: str, other: str, short: LevelTables) -> None:
    assert other_in_name(name, "11", short) == other


@pytest.mark.parametrize(
    ("name", "unit"),
    [("3103.pdf", "3103"), ("กระสัง.pdf", "3103"), ("รวม 3101 3102.zip", ""), ("รายงาน.pdf", "")],
)
def test_the_unit_of_a_file_that_is_not_read(name: str, unit: str, tables: LevelTables) -> None:
    assert unit_of_name(name, tables) == unit


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("อำเภอเมือง  (3101)   จังหวัดตัวอย่าง", {"3101"}),
        ("อำเภอเมือง  (3102)   จังหวัดตัวอย่าง", {"3101"}),
        ("อำเภอคูเมือง  (3101)   จังหวัดตัวอย่าง", {"3101"}),
        ("อ.เมือง", {"3101"}),
        ("อำเภอ คูเมือง", set()),
        ("ผู้รายงาน ปลัดอำเภอเมือง", set()),
        ("", set()),
    ],
)
def test_what_a_heading_says_otherwise(text: str, others: set[str], tables: LevelTables) -> None:
    assert others_in_heading(text, "3102", tables) == others


def test_no_unit_s_own_heading_speaks_of_another(tables: LevelTables, short: LevelTables) -> None:
    for book in (tables, short):
        for unit in book.units:
            assert others_in_heading(heading_of(book, unit), unit.code, book) == set()


def test_a_form_calls_a_unit_by_its_kind() -> None:
    tables = levels(**cascade.book())
    names = {unit.code: heading_of(tables, unit).split("  (")[0] for unit in tables.units}
    assert [names[code] for code in ("P0", "31", "G1", "311")] == [
        "จังหวัดตัวอย่าง",
        "อำเภอเมือง",
        "กลุ่มงานส่งเสริม",
        "บุคคล สมชาย",
    ]
    for unit in tables.units:
        assert others_in_heading(heading_of(tables, unit), unit.code, tables) == set()
        assert others_in_heading(f"อำเภอ{unit.name}  ({unit.code})", unit.code, tables) == set()
    assert others_in_heading("บุคคล สมหญิง", "311", tables) == {"312"}
    assert others_in_heading("จังหวัดตัวอย่าง", "311", tables) == {"P0"}
