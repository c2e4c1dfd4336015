"""An office's own form that shows scores, by ``{{KPI:ระดับ}}``, ``{{KPI:ขาด}}``, ``{{KPI:คะแนน}}`` and
``{{total}}``, and asks for the level that the unit claims.
"""

from datetime import date
from pathlib import Path

import pytest
from libreoffice import recalculate
from openpyxl import Workbook, load_workbook
from recalculated import differences
from tablebook import levels

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FaultyFormTemplate
from kpibatch.forms.layout import CLAIM
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_read import read_office_form
from kpibatch.forms.office_write import write_office_form
from kpibatch.intake.submission import read_submission
from kpibatch.rules.levels import LevelTables

JUNE, FIRST = "2565-06", date(2020, 4, 1)
MONTHS = ("2565-04", "2565-05", JUNE)
ROWS = {"T1.spent": "เบิกจ่ายสะสม", "T1.docs": "เอกสารครบ", "I1.news": "จำนวนข่าว", "I1.day": "วันที่ส่งเล่ม"}
ENTRIES = {
    **{("T1.spent", month): 850.0 for month in MONTHS},
    **{("T1.docs", month): "ใช่" for month in MONTHS},
    **{("I1.news", month): 3.0 for month in MONTHS},
}


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


def template(path: Path, *, months: bool = True, more: str = "") -> Path:
    """A form of the office's own, with a cell a month or one for the month reported on."""
    book = Workbook()
    sheet = book.active
    sheet.title = "แบบ"
    sheet.append(["อำเภอ", "{{unit}}", "คะแนนรวม", "{{total}}", more])
    sheet.append(["รายการ", *(["เม.ย.", "พ.ค.", "มิ.ย."] if months else ["เดือนนี้"])])
    for code, label in ROWS.items():
        sheet.append(
            [label, *(f"{{{{{code}@{key}}}}}" if months else f"{{{{{code}}}}}" for key in MONTHS)][
                : 4 if months else 2
            ]
        )
    for kpi in ("T1", "I1"):
        sheet.append([f"ผล {kpi}", f"{{{{{kpi}:ระดับ}}}}", f"{{{{{kpi}:ขาด}}}}", f"{{{{{kpi}:คะแนน}}}}"])
        sheet.append([f"ประเมินตนเอง {kpi}", f"{{{{{kpi}:SAR}}}}"])
    book.save(path)
    return path


def shown(path: Path) -> dict[str, list[object]]:
    sheet = load_workbook(path, data_only=True)["แบบ"]
    return {str(row[0]): list(row[1:]) for row in sheet.iter_rows(values_only=True)}


def form_of(
    template: Path, tables: LevelTables, path: Path, entries: dict[tuple[str, str], object]
) -> OfficeForm:
    office_form = read_office_form(template, tables)
    write_office_form(office_form, tables.units[0], path, tables, entries, JUNE, FIRST)
    return office_form


def test_the_tokens_show_the_scores(tables: LevelTables, tmp_path: Path) -> None:
    office_form = form_of(template(tmp_path / "t.xlsx"), tables, tmp_path / "f.xlsx", {**ENTRIES})
    said = shown(tmp_path / "f.xlsx")
    assert said["ผล T1"][:1] == [3]
    assert "เบิกจ่าย อีก 50 บาท (ให้ถึง 900)" in str(said["ผล T1"][1])
    assert said["อำเภอ"][2] == pytest.approx(sum(float(str(said[f"ผล {kpi}"][2])) for kpi in ("T1", "I1")))
    book = load_workbook(tmp_path / "f.xlsx")
    assert book["_คะแนน"].sheet_state == "hidden"
    contents = read_submission(tmp_path / "f.xlsx", tables, JUNE, IntakeLimits(), office_form)
    assert [line.value for line in contents.lines if line.state == "ok" and line.month == JUNE] == [
        850.0,
        1.0,
        3.0,
    ]
    assert not {each.code for each in contents.findings} & {"hidden-sheets", "form-moved", "claim-unread"}


def test_an_empty_form_shows_none(tables: LevelTables, tmp_path: Path) -> None:
    form_of(template(tmp_path / "t.xlsx"), tables, tmp_path / "f.xlsx", {})
    said = shown(tmp_path / "f.xlsx")
    assert (said["ผล T1"][0], said["อำเภอ"][2]) in ((None, None), ("", ""))


def test_without_scores_their_cells_are_blank(tables: LevelTables, tmp_path: Path) -> None:
    office_form = read_office_form(template(tmp_path / "t.xlsx"), tables)
    write_office_form(office_form, tables.units[0], tmp_path / "f.xlsx", tables)
    assert shown(tmp_path / "f.xlsx")["ผล T1"] == [None] * 4
    assert "_คะแนน" not in load_workbook(tmp_path / "f.xlsx").sheetnames


def test_a_form_of_one_month_tells_what_it_can(tables: LevelTables, tmp_path: Path) -> None:
    path = template(tmp_path / "t.xlsx", months=False)
    form_of(path, tables, tmp_path / "f.xlsx", {**ENTRIES})
    assert shown(tmp_path / "f.xlsx")["ผล T1"][0] == 3


@pytest.mark.parametrize("typed", [4, "๔", None])
def test_a_claim_travels(tables: LevelTables, tmp_path: Path, typed: object) -> None:
    office_form = form_of(template(tmp_path / "t.xlsx"), tables, tmp_path / "f.xlsx", {**ENTRIES})
    book = load_workbook(tmp_path / "f.xlsx")
    (cell,) = (row[1] for row in book["แบบ"].iter_rows() if row[0].value == "ประเมินตนเอง T1")
    cell.value = typed
    book.save(tmp_path / "f.xlsx")
    own = read_submission(tmp_path / "f.xlsx", tables, JUNE, IntakeLimits(), office_form).own_levels
    assert {key: each.level for key, each in own.items()} == ({("3101", "T1"): 4} if typed else {})


def test_a_claim_sent_before_is_filled_in(tables: LevelTables, tmp_path: Path) -> None:
    form_of(template(tmp_path / "t.xlsx"), tables, tmp_path / "f.xlsx", {**ENTRIES, ("I1", CLAIM): 2.0})
    assert shown(tmp_path / "f.xlsx")["ประเมินตนเอง I1"][0] == 2


@pytest.mark.parametrize("token", ["{{T9:ระดับ}}", "{{T1.spent:ขาด}}", "{{T9:SAR}}"])
def test_a_score_of_no_kpi_is_a_fault(tables: LevelTables, tmp_path: Path, token: str) -> None:
    with pytest.raises(FaultyFormTemplate, match="T1"):
        read_office_form(template(tmp_path / "t.xlsx", more=token), tables)


@pytest.mark.slow  # LibreOffice calculates it anew
def test_what_stands_in_the_cells_is_what_the_formulas_give(tables: LevelTables, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    form_of(template(tmp_path / "t.xlsx"), tables, path, {**ENTRIES})
    count, wrong = differences(path, *recalculate([path], tmp_path / "anew"))
    assert count > 80
    assert wrong == []
