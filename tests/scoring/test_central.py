"""What is not the unit's to give: it lacks it through no fault of its own, is told who gives it, and is not
asked to raise it.
"""

from email import message_from_bytes
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tablebook import one_kpi
from workspace import (
    codes,
    copy_sample,
    findings,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
    texts_of,
)
from workspace import listings as run
from workspace import run as run_whole

from kpibatch.base.month_files import UNITS
from kpibatch.forms.asked import asked_of
from kpibatch.intake.frame import COLUMNS, EMPTY, Line
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import EXPORTS
from kpibatch.scoring.lacking import missing
from kpibatch.scoring.next_level import steps_to

JUNE, UNIT = "2565-06", "3101"
MEASURES = """
    T1.asked | ประเด็นที่แจ้ง | ประเด็น | จำนวน | จังหวัด | ล่าสุด
    T1.sent  | ประเด็นที่ส่ง | ประเด็น | จำนวน | กรอก | ล่าสุด | | | | | | T1.asked
    T1.pct   | ร้อยละ | ร้อยละ | ร้อยละ | ร้อยละ | | T1.sent | T1.asked | ผ่าน
    T1.news  | ข่าวที่จังหวัดนับ | ข่าว | จำนวน | จังหวัด | ล่าสุด
    T1.share | ร้อยละข่าว | ร้อยละ | ร้อยละ | ร้อยละ | | T1.news | T1.asked | ผ่าน
    T1.ok    | จังหวัดรับรอง | | ใช่/ไม่ใช่ | จังหวัด | ล่าสุด
"""
RULES = "T1 | | | {measure} | {edges}"


def tables(measure: str, *edges: str) -> LevelTables:
    return one_kpi(MEASURES, RULES.format(measure=measure, edges=" | ".join(edges)))


def steps(measure: str, *edges: str, **values: float) -> list[tuple[str, str, float]]:
    read = tables(measure, *edges)
    known = dict.fromkeys(read.measures, float("nan")) | {
        code.replace("_", "."): value for code, value in values.items()
    }
    return [
        (step.how, step.measure.code, step.target) for step in steps_to(1, "T1", 0, known, read, "2565-05")
    ]


PERCENTS = ("≥ 50", "≥ 60")


def test_what_the_unit_fills_in_is_still_asked_of_it_where_the_province_gives_the_base() -> None:
    found = steps("T1.pct", *PERCENTS, T1_asked=10, T1_sent=4, T1_pct=40)
    assert found == [("more", "T1.sent", 5.0)]


def test_a_number_of_the_province_is_told_with_who_gives_it() -> None:
    assert steps("T1.news", "≥ 5", "≥ 6", T1_news=4) == [("central-number", "T1.news", 5.0)]
    found = steps("T1.share", *PERCENTS, T1_asked=10, T1_news=4, T1_share=40)
    assert found == [("central-percent", "T1.share", 50.0)]
    assert steps("T1.ok", "ใช่", "ใช่", T1_ok=0) == [("central-number", "T1.ok", 1.0)]


@pytest.mark.parametrize(
    ("measure", "edges", "lacking"),
    [
        ("T1.news", ("≥ 5", "≥ 6"), "T1.news"),
        ("T1.pct", PERCENTS, "T1.asked"),
        ("T1.ok", ("ใช่", "ใช่"), "T1.ok"),
    ],
)
def test_what_the_province_has_not_given_asks_nothing_of_the_unit(
    measure: str, edges: tuple[str, ...], lacking: str
) -> None:
    assert [step[:2] for step in steps(measure, *edges, T1_sent=4)] == [("central-none", lacking)]


def test_a_form_does_not_ask_for_the_province_s_numbers() -> None:
    read = tables("T1.pct", *PERCENTS)
    assert [measure.code for measure in asked_of(read, read.units[0])] == ["T1.sent"]


# --- a month ------------------------------------------------------------------------------------------------


def few(folder: Path) -> Path:
    return keep_units(copy_sample(folder), UNIT, "3102", "3119")


def type_in(workspace: Path, cells: dict[str, Any], month: str = JUNE) -> None:
    book = open_book(workspace / "province.xlsx")
    for cell, value in cells.items():
        book[month][cell] = value
    book.save(workspace / "province.xlsx")


@pytest.mark.slow
def test_what_the_province_has_not_filled_in_is_no_unit_s_fault(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    sound = run(workspace)
    type_in(workspace, {"C5": None, "C6": "สิบ"})
    output = run_whole(workspace)
    refused, blank = findings(output, measure="T7.requested")
    assert (refused["code"], refused["unit"]) == ("table-value", "3102")
    assert (blank["code"], blank["unit"]) == ("province-blank", "")
    own = (row for row in findings(output, unit=UNIT) if row["file"] != "province.xlsx")
    assert codes(list(own)) == codes(findings(sound, unit=UNIT))
    status = {row["unit"]: row["status"] for row in read_rows(output / "scores.csv") if row["node"] == "T7"}
    assert status == {UNIT: "provisional", "3102": "provisional", "3119": "not_submitted"}
    said = [text for path in (output / UNITS).glob(f"{UNIT} *") for _, _, text in texts_of(path)]
    assert any("จังหวัดยังไม่กรอก" in text for text in said)
    assert "จังหวัดยังไม่กรอก" in kpibatch(workspace, "explain", UNIT, "T7").output
    assert kpibatch(workspace, "mail").exit_code in (0, 1)
    (mail,) = (output / "mail").glob("3102 *.eml")
    parts = message_from_bytes(mail.read_bytes()).walk()
    texts = [part.get_payload(decode=True) for part in parts if part.get_content_maintype() == "text"]
    said = b"".join(texts).decode()
    assert "คูเมือง" in said
    assert "สิบ" not in said


def test_a_blank_of_an_export_is_told_once_for_all_units() -> None:
    read = one_kpi(
        "T1.spent | เบิกจ่าย | บาท | จำนวนเงิน | จังหวัด | ล่าสุด",
        RULES.format(measure="T1.spent", edges="≥ 1 | ≥ 2"),
        แหล่งข้อมูล=f"{' | '.join(EXPORTS.columns)}\nG | g.csv | | หน่วย | T1.spent | ก |",
    )
    rows = [
        Line(unit, "T1.spent", JUNE, float("nan"), EMPTY, "", "sources/g.csv", sheet, "B2")
        for unit, sheet in ((UNIT, "CSV"), ("3102", "CSV"), ("3103", ""))
    ]
    needed = pd.DataFrame(True, index=list(read.unit), columns=["T1.spent"])
    (found,) = missing(pd.DataFrame(rows, columns=list(COLUMNS)), needed, read, JUNE)
    assert (found.code, found.unit, dict(found.facts)["count"]) == ("source-blank", "", "2")


@pytest.mark.slow
def test_without_the_workbook_the_month_is_scored_and_what_lacks_is_told(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    (workspace / "province.xlsx").unlink()
    output = run(workspace, expect=1)
    assert codes(findings(output, measure="T7.requested")) == ["province-blank"]
    assert "province-blank" in kpibatch(workspace, "status").output
    made = kpibatch(workspace, "province")
    assert (made.exit_code, "ยังว่าง 6 ช่อง" in made.output) == (0, True), made.output
    assert len(open_book(workspace / "province.xlsx").sheetnames) == 3
    assert "ไม่ได้แก้ไขไฟล์" in kpibatch(workspace, "province", JUNE).output
    assert kpibatch(workspace, "province", "2566-06").exit_code == 2


@pytest.mark.slow
def test_a_month_is_sealed_with_what_is_not_the_units_own_and_comes_out_the_same(tmp_path: Path) -> None:
    workspace = few(tmp_path)
    book = open_book(workspace / "level_tables.xlsx")
    sheet = book.create_sheet("แหล่งข้อมูล")
    sheet.append(["รหัส", "ไฟล์", "ชีต", "คอลัมน์หน่วย", "รายการข้อมูล", "คอลัมน์", "ใช้ค่า"])
    sheet.append(["GFMIS", "gfmis*.csv", None, "หน่วย", "T1.spent", "เบิกจ่าย", "ส่วนกลาง"])
    book.save(workspace / "level_tables.xlsx")
    (workspace / "sources" / JUNE).mkdir(parents=True)
    (workspace / "sources" / JUNE / "gfmis.csv").write_text("หน่วย,เบิกจ่าย\n3101,123\n", encoding="cp874")
    output = run_whole(workspace)
    row = next(
        row
        for row in read_rows(output / "measures.csv")
        if (row["unit"], row["measure"]) == (UNIT, "T1.spent")
    )
    assert [row[key] for key in ("value", "file", "cell")] == ["123", f"sources/{JUNE}/gfmis.csv", "B2"]
    assert {"sources-differ", "source-no-unit"} <= set(codes(findings(output)))
    assert kpibatch(workspace, "close", JUNE).exit_code == 0
    assert kpibatch(workspace, "verify", str(workspace / "output" / "closed" / f"{JUNE}.zip")).exit_code == 0
