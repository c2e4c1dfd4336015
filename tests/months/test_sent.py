"""``forms``: what was sent stands in the new form as it would be typed, and is read back the same."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from mid_round import APRIL, JULY, JUNE, MAY, UNITS, changing_workspace, send
from openpyxl import Workbook
from workspace import FORM, cell_of, change, configure, kpibatch, open_book, run

from kpibatch.base.config import read_config
from kpibatch.forms.layout import TEXT_COLUMNS
from kpibatch.forms.office_read import office_form_of
from kpibatch.intake.frame import OK
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.months.sent import months_ahead, sent_so_far
from kpibatch.scoring.examples.sound import sound_levels

pytestmark = pytest.mark.slow
MINE = "3101 เมือง.xlsx"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changing_workspace(tmp_path_factory.mktemp("sent"), (APRIL, MAY, JUNE))


@pytest.fixture
def workspace(once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(once, tmp_path / "workspace"))


def again(workspace: Path, *words: str) -> str:
    result = kpibatch(workspace, "forms", *words)
    assert result.exit_code == 0, result.output
    return result.output


def form(workspace: Path, name: str = MINE) -> Path:
    return workspace / "output" / "forms" / name


def held(workspace: Path, path: Path, month: str) -> Contents:
    config = read_config(workspace)
    tables = sound_levels(config)
    office = office_form_of(config, tables)
    return read_submission(path, tables.for_month(month), month, config.intake, office)


def values(contents: Contents) -> dict[tuple[str, str], float]:
    return {(line.measure, line.month): line.value for line in contents.lines if line.state == OK}


def test_the_new_form_read_back_gives_the_same_values_and_texts(workspace: Path) -> None:
    assert "กรอกค่าที่ส่งมาแล้วให้ 3 จาก 3 หน่วย" in again(workspace)
    for name in (MINE, "3102 คูเมือง.xlsx", "3103 กระสัง.xlsx"):
        old = held(workspace, workspace / "submissions" / JUNE / name, JUNE)
        new = held(workspace, form(workspace, name), JUNE)
        assert values(new) == values(old)
        assert len(values(new)) > 8
        assert new.texts == old.texts
        assert [one.code for one in new.findings] == []


def test_values_stand_as_they_are_typed(workspace: Path) -> None:
    path = workspace / "submissions" / JUNE / MINE
    change(path, {("T1.spent", MAY): "๘๒๐.๕๐ บาท", ("T1.docs", JUNE): "✓", ("I1.news", JUNE): " 6 ข่าว"})
    again(workspace)
    book = open_book(form(workspace))
    cells = (("T1.spent", MAY), ("T1.docs", JUNE), ("I1.news", JUNE), ("I2.visits", JUNE), ("T1.spent", JULY))
    assert [cell_of(book, *cell).value for cell in cells] == [820.5, "ใช่", 6, 3, None]
    assert cell_of(book, "T1.docs", "หมายเหตุ").value == "= ครบ"
    assert cell_of(book, "T1.docs", "หมายเหตุ").data_type == "s"


def test_days_are_days(once: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(once, workspace)
    shutil.rmtree(workspace / "submissions" / JUNE)
    again(workspace)
    cell = cell_of(open_book(form(workspace)), "I1.day", MAY)
    assert (cell.value, cell.number_format) == ("9 พ.ค. 2565", "@")
    assert values(held(workspace, form(workspace), MAY))["I1.day", MAY] == date(2022, 5, 9).toordinal()


def test_what_no_month_ahead_asks_is_not_in_the_new_form(workspace: Path) -> None:
    again(workspace)
    codes = {cell.value for cell in open_book(form(workspace))[FORM]["A"]}
    assert "I1.day" not in codes
    assert {"I1.news", "I2.visits"} <= codes


def test_a_form_that_is_refused_gives_what_was_sent_before(workspace: Path) -> None:
    (workspace / "submissions" / JUNE / MINE).write_bytes(b"PK\x03\x04 broken")
    told = again(workspace)
    assert "3101 เมือง: แบบรายงานเดือนมิถุนายน 2565" in told
    assert "ที่ส่งในเดือนพฤษภาคม 2565" in told
    given = values(held(workspace, form(workspace), JUNE))
    assert given["T1.spent", MAY] == 820
    assert ("T1.spent", JUNE) not in given


def test_where_nothing_sent_counts_the_form_is_blank_and_that_is_said(workspace: Path) -> None:
    for month in (APRIL, MAY, JUNE):
        (workspace / "submissions" / month / MINE).write_bytes(b"PK\x03\x04 broken")
    told = again(workspace)
    assert "3101 เมือง: แบบรายงานเดือนมิถุนายน 2565 ที่ส่งมาอ่านไม่ได้หรือไม่นับ แบบใหม่จึงว่าง" in told
    assert "ให้ 2 จาก 3 หน่วย" in told
    assert values(held(workspace, form(workspace), JUNE)) == {}


def test_a_cell_that_can_t_be_read_is_left_blank_and_named(workspace: Path) -> None:
    change(workspace / "submissions" / JUNE / MINE, {("I1.news", JUNE): "หลายข่าว"})
    assert "3101 เมือง: เว้นว่างไว้ 1 ช่องที่อ่านไม่ได้ (I1.news มิ.ย. 65)" in again(workspace)
    assert cell_of(open_book(form(workspace)), "I1.news", JUNE).value is None
    assert cell_of(open_book(form(workspace)), "I1.news", MAY).value == 5


def test_a_value_taken_back_in_the_newest_form_stays_away(workspace: Path) -> None:
    change(workspace / "submissions" / JUNE / MINE, {("I1.news", APRIL): None})
    again(workspace)
    assert cell_of(open_book(form(workspace)), "I1.news", APRIL).value is None


def test_of_months_whose_files_are_gone_what_was_published_is_taken(workspace: Path) -> None:
    for month in (APRIL, MAY):
        run(workspace, month)
    shutil.rmtree(workspace / "submissions")
    send(workspace, "3102", JUNE)
    again(workspace)
    given = values(held(workspace, form(workspace), JUNE))
    assert given["T1.spent", APRIL] == 500
    assert given["T1.spent", MAY] == 820
    assert ("T1.spent", JUNE) not in given


def test_again_is_what_is_done_anyhow(workspace: Path) -> None:
    told = again(workspace, "--again")
    written = form(workspace).read_bytes()
    assert again(workspace) == told
    assert form(workspace).read_bytes() == written


def test_before_anything_is_sent_forms_are_blank_and_nothing_is_said_of_it(workspace: Path) -> None:
    shutil.rmtree(workspace / "submissions")
    told = again(workspace)
    assert "กรอกค่าที่ส่งมาแล้ว" not in told
    assert values(held(workspace, form(workspace), JUNE)) == {}


def test_months_that_were_sent_are_locked_unless_late_values_are_accepted(workspace: Path) -> None:
    again(workspace)
    locked = [
        cell_of(open_book(form(workspace)), "T1.spent", month).protection.locked for month in (MAY, JULY)
    ]
    configure(workspace, late_values='"accept"')
    again(workspace)
    accepted = cell_of(open_book(form(workspace)), "T1.spent", MAY).protection.locked
    assert (*locked, accepted) == (True, False, False)


def test_months_ahead_begin_with_the_newest_that_was_sent(workspace: Path) -> None:
    config = read_config(workspace)
    tables = sound_levels(config)
    assert months_ahead(config, tables) == (JUNE, JULY)
    shutil.rmtree(workspace / "submissions")
    assert months_ahead(config, tables) == tables.round.months
    assert all(not one.values for one in sent_so_far(config, tables, None).values())


# --- an office form -----------------------------------------------------------------------------------------


def office_form(workspace: Path, shown: str = "General") -> None:
    """The office's own form, whose cells show their numbers in different ways."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["หน่วย", "{{unit}}"])
    sheet.append(["รายการ", "เมษายน 2565", "พฤษภาคม 2565", "มิถุนายน 2565", "กรกฎาคม 2565", "เดือนนี้", "หมายเหตุ"])
    months = (APRIL, MAY, JUNE, JULY)
    items = {"เบิกจ่าย": "T1.spent", "เอกสารครบ": "T1.docs", "วันรายงาน": "I1.day", "เยี่ยมบ้าน": "I2.visits"}
    for label, code in items.items():
        cells = ["{{" + f"{code}@{month}" + "}}" for month in months]
        sheet.append([label, *cells, None, "{{" + f"{code}:หมายเหตุ" + "}}"])
    sheet.append(["ข่าว", None, None, None, None, "{{I1.news}}"])
    sheet["C5"].number_format = shown
    book.save(workspace / "form_template.xlsx")
    configure(workspace, form_template='"form_template.xlsx"')


def test_an_office_form_holds_what_was_sent_and_reads_the_same(workspace: Path) -> None:
    before = {
        unit: sent_so_far(read_config(workspace), sound_levels(read_config(workspace)), None)[unit]
        for unit in UNITS
    }
    office_form(workspace)
    told = again(workspace)  # the forms sent were standard ones; the new ones are the office's own
    assert "I1.news" in told
    new = held(workspace, form(workspace), JUNE)
    assert [one.code for one in new.findings if one.severity == "error"] == []
    expected = {
        key: value
        for key, value in before["3101"].values.items()
        if key[0] not in ("I1.news", "I1.day") and value == value
    }
    assert values(new) == expected
    assert new.texts["3101", "T1.docs"][TEXT_COLUMNS.index("หมายเหตุ")] == "= ครบ"


@pytest.mark.parametrize(
    ("shown", "stored"), [("d mmm yyyy", datetime(2022, 5, 9)), ("General", "9 พ.ค. 2565")]
)
def test_a_day_is_stored_as_its_cell_shows_it(shown: str, stored: datetime | str, workspace: Path) -> None:
    office_form(workspace, shown)
    shutil.rmtree(workspace / "submissions" / JUNE)
    again(workspace)
    book = open_book(form(workspace))
    sheet = book.active
    assert sheet is not None
    assert sheet["C5"].value == stored
    assert values(held(workspace, form(workspace), MAY))["I1.day", MAY] == date(2022, 5, 9).toordinal()
