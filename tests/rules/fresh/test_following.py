"""The next round of a workbook: days and months moved, none of the old round's numbers kept, and all that a
person must look at named.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tablebook import levels, write
from workspace import open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.rules.fresh.begins import NewRound, Said, round_said
from kpibatch.rules.fresh.book import write_following
from kpibatch.rules.fresh.following import Following, follow
from kpibatch.rules.fresh.moved import following, next_of
from kpibatch.rules.fresh.typed import typed_book
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import lint
from kpibatch.rules.paper.book import write_level_book
from kpibatch.rules.reader import read_levels
from kpibatch.rules.round import Round

MARCH = date(2022, 3, 31)
OLD = Round("จังหวัด", "2565", "2", date(2022, 4, 1), date(2022, 9, 30), "อำเภอ", "หนังสือ")


def followed(folder: Path, new: NewRound | None = None, **sheets: str) -> tuple[LevelTables, Following]:
    path = write(folder / "level_tables.xlsx", sheets, {})
    tables = levels(**sheets)
    return tables, follow(tables, typed_book(path, IntakeLimits()), new or next_of(tables.round))


@pytest.mark.parametrize(
    ("old", "key", "start"),
    [
        (OLD, "2566/1", date(2022, 10, 1)),
        (
            replace(OLD, number="1", start=date(2021, 10, 1), end=date(2022, 3, 31)),
            "2565/2",
            date(2022, 4, 1),
        ),
        (replace(OLD, number="ทั้งปี", start=date(2021, 10, 1)), "2566/ทั้งปี", date(2022, 10, 1)),
        (replace(OLD, number="3", start=date(2022, 4, 1), end=date(2022, 6, 30)), "2565/4", date(2022, 7, 1)),
        (replace(OLD, number="4", start=date(2022, 7, 1)), "2566/1", date(2022, 10, 1)),
    ],
)
def test_the_round_after(old: Round, key: str, start: date) -> None:
    new = next_of(old)
    assert (f"{new.year}/{new.number}", new.start, new.owner) == (key, start, "จังหวัด")


def test_the_months_that_report_move_along() -> None:
    assert next_of(replace(OLD, report_months=(6, 9))).months == ["2565-12", "2566-03"]
    whole = round_said(Said(year="2566", number="ทั้งปี"), date(2022, 1, 1))
    assert following(replace(OLD, report_months=(6, 9)), whole).reports == ()  # of another length: all


def test_the_same_tables_a_round_later(tmp_path: Path) -> None:
    old, made = followed(tmp_path)
    write_following(made, tmp_path / "next.xlsx", "th")
    new, faults = read_levels(tmp_path / "next.xlsx")
    assert {fault.code for fault in faults if fault.severity == "error"} == {"draft-unchecked"}
    assert (new.round.key, new.round.start, new.round.months) == (
        "2566/1",
        date(2022, 10, 1),
        ("2565-10", "2565-11", "2565-12"),
    )
    assert [(unit.code, unit.email) for unit in new.units] == [(unit.code, unit.email) for unit in old.units]
    assert [rule.typed for rule in new.rules][:4] == [rule.typed for rule in old.rules][:4]
    assert new.rules[4].typed[-1] == "ภายใน 10 มี.ค. 2566"
    assert new.calendar == {
        "2565-10": date(2022, 11, 5),
        "2565-11": date(2022, 12, 5),
        "2565-12": date(2023, 1, 5),
    }
    assert new.baselines == {}
    told = [fault for fault in lint(new) if fault.severity == "warning"]
    assert [(fault.code, fault.measure) for fault in told] == [
        ("lint-no-baselines", "staff"),  # one line a measure, not one a unit
        ("lint-no-baselines", "T1.budget"),
    ]
    sheet = open_book(tmp_path / "next.xlsx")["ค่าตั้งต้น"]
    assert [cell.value for cell in sheet[2]] == ["รหัสหน่วย", "staff", "T1.budget"]
    assert [[cell.value for cell in row] for row in sheet["A3:C3"]] == [["3101", None, None]]


def test_what_must_be_looked_at_is_named_where_it_stands(tmp_path: Path) -> None:
    measures = levels().measures
    assert "T1.spent" in measures
    _, made = followed(tmp_path)
    looks = [(look.sheet, look.row, look.why, look.old, look.new) for look in made.looks]
    assert looks == [
        ("รอบประเมิน", 10, "reference", "หนังสือจังหวัดตัวอย่าง", "หนังสือจังหวัดตัวอย่าง"),
        ("ปฏิทิน", 1, "due", "5 พ.ค. 2565", "5 พ.ย. 2565"),
        ("ระดับ", 1, "threshold", "2565/2: T1 เบิกจ่าย", "≥ 60"),
        ("ระดับ", 3, "threshold", "2565/2: I1 ข่าว", "≥ 1"),
        ("ระดับ", 5, "date", "ภายใน 10 ก.ย. 2565", "ภายใน 10 มี.ค. 2566"),
    ]
    write_following(made, tmp_path / "next.xlsx", "th")
    book = open_book(tmp_path / "next.xlsx")
    listed = [row[0].value for row in book["ร่าง"].iter_rows(min_row=2)]
    assert listed == ["รอบประเมิน!B11", "ปฏิทิน!B2", "ระดับ!E2", "ระดับ!E4", "ระดับ!I6"]
    comment = book["ระดับ"]["I6"].comment
    assert comment is not None
    assert "10 ก.ย. 2565" in comment.text


def test_a_text_that_names_a_year_and_a_change_midway_are_to_be_looked_at(tmp_path: Path) -> None:
    rules = """
        ตัวชี้วัด | กรณีของ | เงื่อนไขกรณี | รายการข้อมูล | ระดับ 1 | ระดับ 2 | ระดับ 3 | ระดับ 4 | ระดับ 5 | หมายเหตุ | ใช้ตั้งแต่เดือน
        T1    |        |           | T1.pct    | ≥ 60  | ≥ 70  | ≥ 80  | ≥ 90  | ≥ 100 | เทียบกับปี ๒๕๖๔ |
        I1    |        |           | I1.news   | ≥ 1   | ≥ 2   | ≥ 3   | ≥ 4   | ≥ 5   | |
        I1    |        |           | I1.news   | ≥ 2   | ≥ 3   | ≥ 4   | ≥ 5   | ≥ 6   | | 2565-06
    """
    _, made = followed(tmp_path, ระดับ=rules)
    assert [(look.row, look.why, look.new) for look in made.looks if look.sheet == "ระดับ"] == [
        (1, "threshold", "≥ 60"),
        (1, "year", ""),
        (2, "threshold", "≥ 1"),
        (3, "since", "2565-12"),
    ]


def test_holidays_are_the_old_rounds_and_worked_cases_move(tmp_path: Path) -> None:
    sheets = {
        "วันหยุด": "วันที่ | ชื่อ\n13 เม.ย. 2565 | สงกรานต์",
        "ตัวอย่าง": "ตัวชี้วัด | ลำดับ | ระดับที่ควรได้ | เหตุผล | staff | I1.news | I1.day\n"
        "I1 | 1 | 5 | | 2 | 5 | 10 ก.ย. 2565",
    }
    _, made = followed(tmp_path, **sheets)
    assert made.sheets["วันหยุด"] == [["วันที่", "ชื่อ"]]
    assert made.sheets["ตัวอย่าง"][1][-1] == "10 มี.ค. 2566"


def test_cells_are_written_as_they_would_be_typed(tmp_path: Path) -> None:
    """Numbers, days and percents as Excel holds them give the same rules again."""

    def spoil(book: object) -> None:
        sheet = book["ระดับ"]  # type: ignore[index]
        for cell, share in zip(sheet["E2:I2"][0], (0.6, 0.7, 0.8, 0.9, 1.0), strict=True):
            cell.value, cell.number_format = share, "0%"
        book["หน่วย"]["A2"] = 3101  # type: ignore[index]
        book["หน่วย"]["Z1"] = "ของเราเอง"  # type: ignore[index]

    path = write(tmp_path / "level_tables.xlsx", {}, {}, spoil)
    typed = typed_book(path, IntakeLimits())
    assert typed.sheets["ระดับ"][1][4:9] == ["60%", "70%", "80%", "90%", "100%"]
    assert typed.sheets["หน่วย"][1][0] == "3101"
    assert typed.strange == ("หน่วย: ของเราเอง",)


def test_a_workbook_typed_again_says_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "level_tables.xlsx", {}, {})
    write_level_book(tmp_path / "again.xlsx", typed_book(path, IntakeLimits()).sheets, date(2022, 4, 1))
    again, faults = read_levels(tmp_path / "again.xlsx")
    assert (again.digest, faults) == (levels().digest, [])
    assert again.baselines.keys() == levels().baselines.keys()
