"""Rules that change in the third month of a round: each month by its own, from the form to the ranking."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from libreoffice import recalculate
from mid_round import APRIL, JULY, JUNE, MAY, MONTHS, UNITS, answers, changed_tables, changed_workspace
from openpyxl.workbook import Workbook
from recalculated import differences
from workspace import change, codes, edit_table, findings, kpibatch, open_book, read_rows, texts_of
from workspace import listings as run

from kpibatch.base.config import read_config
from kpibatch.forms.standard import write_form
from kpibatch.months.assess import assess_month
from kpibatch.rules.written import NEVER_CHANGED
from kpibatch.scoring.outcome import Outcome

pytestmark = pytest.mark.slow
RULES, NODES = "level_tables.xlsx ระดับ!", "level_tables.xlsx ตัวชี้วัด!"


@pytest.fixture(scope="module")
def written() -> Path:
    return changed_workspace()


@pytest.fixture
def workspace(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "workspace"))


def scores(workspace: Path, month: str, column: str) -> dict[tuple[str, str], str]:
    rows = read_rows(workspace / "output" / month / "scores.csv")
    return {(row["unit"], row["node"]): row[column] for row in rows}


def assessed(workspace: Path, month: str) -> Outcome:
    return assess_month(read_config(workspace), month)


def test_the_tables_are_sound_but_for_what_they_explain(written: Path) -> None:
    result = kpibatch(written, "levels", "check")
    assert (result.exit_code, result.output.count("[lint-")) == (0, 1)
    assert "lint-since-explained" in result.output


# below, at and above the thresholds of level 3: 80 until May, 85 from June on
LEVELS = {
    APRIL: {"3101": "0", "3102": "1", "3103": "1"},
    MAY: {"3101": "3", "3102": "3", "3103": "3"},
    JUNE: {"3101": "2", "3102": "2", "3103": "3"},
    JULY: {"3101": "3", "3102": "3", "3103": "4"},
}


@pytest.mark.parametrize("month", MONTHS)
def test_each_month_is_scored_by_its_own_rules(written: Path, month: str) -> None:
    levels, weights = (scores(written, month, column) for column in ("level", "weight"))
    assert {unit: levels[unit, "T1"] for unit in UNITS} == LEVELS[month]
    changed = month >= JUNE
    assert {node: weights["3101", node] for node in ("T", "I", "I1")} == (
        {"T": "50", "I": "50", "I1": "20"} if changed else {"T": "60", "I": "40", "I1": "40"}
    )
    assert (("3101", "I2") in levels) == changed
    statuses = scores(written, month, "status")
    assert set(statuses.values()) == {"ok"}  # nobody lacks what was not asked in the months before


def test_what_was_not_asked_before_is_rolled_up_from_its_first_month(written: Path) -> None:
    outcome = assessed(written, JULY)
    assert outcome.measured.value("3101", "I2.visits") == 3.0  # the least of June (3) and July (4)
    assert not outcome.measured.incomplete["I2.visits"].any()
    frame = outcome.reported_by("3101")
    assert sorted(frame.loc[frame["measure"] == "I2.visits", "month"]) == [JUNE, JULY]
    assert sorted(frame.loc[frame["measure"] == "I1.news", "month"]) == [*MONTHS]


def test_a_later_month_changes_nothing_of_an_earlier_one(workspace: Path) -> None:
    before = {month: (workspace / "output" / month / "scores.csv").read_bytes() for month in (APRIL, MAY)}
    edit_table(workspace, "ระดับ", {"ตัวชี้วัด": "T1", "ระดับ 3": "≥ 85"}, "ระดับ 3", "≥ 86")
    for month, content in before.items():
        assert (run(workspace, month) / "scores.csv").read_bytes() == content
    assert scores(run(workspace, JUNE).parents[1], JUNE, "level")["3103", "T1"] == "2"


def test_explain_names_the_rule_of_the_month(written: Path) -> None:
    may, june = (kpibatch(written, "explain", "3102", "T1", month).output for month in (MAY, JUNE))
    assert f"✓ ร้อยละ ไม่น้อยกว่าร้อยละ 80: 84.99   [{RULES}G2]\n" in may
    assert f"✗ ร้อยละ ไม่น้อยกว่าร้อยละ 85: 84.99   [{RULES}G7]   (ใช้ตั้งแต่เดือนมิถุนายน 2565)" in june
    assert "ใช้ตั้งแต่เดือน" not in may


def test_explain_says_when_a_kpi_is_not_used_yet(written: Path) -> None:
    result = kpibatch(written, "explain", "3102", "I2", MAY)
    assert result.exit_code == 2
    assert f"“I2” ไม่ได้ใช้ในเดือนนี้ ใช้ในเดือน {JUNE}, {JULY}" in result.stderr


def test_diff_tells_the_change_of_rules_from_that_of_values(written: Path) -> None:
    told = kpibatch(written, "diff", MAY, JUNE).output
    lines = [line.strip() for line in told.splitlines()]
    assert f"T1 T1.pct ระดับ 3: ≥ 80 → ≥ 85   [{RULES}G2 → {RULES}G7]" in lines
    assert f"T น้ำหนัก: 60 → 50   [{NODES}D2 → {NODES}D6]" in lines
    assert f"ตัดออก I1 I1.day: I1 | I1.day | ภายใน 10 ก.ย. 2565   [{RULES}A6]" in lines
    assert any(line.startswith("เพิ่ม I2: I2 | I | เยี่ยมบ้าน | 30") for line in lines)
    assert "T1 เบิกจ่าย   ระดับ 3 → 2   −0.5500" in lines
    cause = "ระดับ 3: ร้อยละ ไม่น้อยกว่าร้อยละ 80 → ร้อยละ ไม่น้อยกว่าร้อยละ 85"
    assert f"{cause}   [{RULES}G2 → {RULES}G7]" in lines
    assert "ใช้ตั้งแต่เดือน" not in told
    assert "ชื่อ:" not in told  # what a later row leaves blank is as before


def test_diff_of_months_with_the_same_rules_lists_none(written: Path) -> None:
    told = kpibatch(written, "diff", JUNE, JULY).output
    assert "กติกาที่เปลี่ยน" not in told
    assert "ร้อยละ 85 → 95: เบิกจ่าย 2,550 → 2,850 บาท   [3103 กระสัง.xlsx แบบรายงาน!K8]" in told


def test_diff_of_two_tables_that_differ_in_when_a_row_counts(workspace: Path) -> None:
    other = workspace / "other.xlsx"
    shutil.copy(workspace / "level_tables.xlsx", other)
    book = open_book(other)
    for row in (7, 8):
        book["ระดับ"][f"K{row}"] = JULY
    book.save(other)
    told = kpibatch(workspace, "diff", "level_tables.xlsx", "other.xlsx", "--month", JUNE).output
    assert f"T1 T1.pct {JULY} ใช้ตั้งแต่เดือน: {JUNE} → {JULY}   [{RULES}K7 → other.xlsx ระดับ!K7]" in told
    assert "T1 เบิกจ่าย   ระดับ 2 → 3" in told
    assert f"ระดับ 3: ร้อยละ ไม่น้อยกว่าร้อยละ 85 → ร้อยละ ไม่น้อยกว่าร้อยละ 80   [{RULES}G7" in told


def test_levels_show_says_from_which_month_what_holds(written: Path) -> None:
    whole, may, june = (kpibatch(written, "levels", "show", *month).output for month in ((), (MAY,), (JUNE,)))
    first, _, later = whole.partition("ตั้งแต่เดือนมิถุนายน 2565 ใช้เกณฑ์ต่อไปนี้แทน")
    assert "≥ 60  |  ≥ 70" in first
    assert "≥ 65  |  ≥ 75" not in first
    assert "≥ 65  |  ≥ 75" in later
    assert "I2  เยี่ยมบ้าน   น้ำหนัก 30   ใช้ตั้งแต่เดือนมิถุนายน 2565" in later
    assert "เกณฑ์ที่ใช้ในเดือนพฤษภาคม 2565" in may
    assert "I1.day" in may
    assert "I1.day" not in june
    assert "I2.visits" not in may
    assert kpibatch(written, "levels", "show", "2566-01").exit_code == 2


def test_the_annex_says_it_too(workspace: Path) -> None:
    def annex(*month: str) -> list[str]:
        assert kpibatch(workspace, "levels", "show", *month, "--xlsx").exit_code == 0
        return [text for *_, text in texts_of(workspace / "output" / "level_tables_annex.xlsx")]

    whole = annex()
    change = whole.index("ตั้งแต่เดือนมิถุนายน 2565 ใช้เกณฑ์ต่อไปนี้แทน")
    assert sum("ไม่น้อยกว่าร้อยละ 85" in text for text in whole[:change]) == 0
    assert sum("ไม่น้อยกว่าร้อยละ 85" in text for text in whole[change:]) == 1
    june = annex(JUNE)
    assert any("เกณฑ์ที่ใช้ในเดือนมิถุนายน 2565" in text for text in june)
    assert not any("ใช้เกณฑ์ต่อไปนี้แทน" in text for text in june)


@pytest.mark.parametrize("month", [MAY, JUNE])
def test_the_ranking_is_live_by_the_rules_of_its_month(written: Path, month: str, tmp_path: Path) -> None:
    ranking = written / "output" / month / "ranking.xlsx"
    count, wrong = differences(ranking, recalculate([ranking], tmp_path / "anew")[0])
    assert count > 100
    assert wrong == []
    said = [text for *_, text in texts_of(ranking) if "ใช้ตั้งแต่เดือนมิถุนายน 2565" in text]
    assert bool(said) == (month == JUNE)


def test_history_knows_a_kpi_that_began_later(written: Path) -> None:
    told = kpibatch(written, "history", "show", "3102", "I2").output
    assert "มิ.ย. 65" in told
    assert "พ.ค. 65" not in told


def test_an_earlier_month_s_mails_know_its_rules(workspace: Path) -> None:
    assert kpibatch(workspace, "mail", MAY).exit_code == 0


# --- forms --------------------------------------------------------------------------------------------------


def months_to_fill(book: Workbook, measure: str) -> list[bool]:
    sheet = book["แบบรายงาน"]
    row = next(cell.row for cell in sheet["A"] if cell.value == measure)
    return [not sheet.cell(row, column).protection.locked for column in range(8, 12)]


def test_forms_ask_what_any_month_ahead_needs_and_no_month_before(workspace: Path) -> None:
    shutil.rmtree(workspace / "submissions")
    shutil.rmtree(workspace / "output")  # what was published is filled in, and locked
    assert kpibatch(workspace, "forms").exit_code == 0
    book = open_book(workspace / "output" / "forms" / "3101 เมือง.xlsx")
    assert months_to_fill(book, "I1.news") == [True] * 4
    assert months_to_fill(book, "I2.visits") == [False, False, True, True]
    assert months_to_fill(book, "I1.day") == [True] * 4  # a day has one cell for all months


def test_a_value_for_a_month_that_was_not_asked_is_said_and_does_not_count(workspace: Path) -> None:
    path = workspace / "submissions" / JUNE / "3101 เมือง.xlsx"
    change(path, {("I2.visits", MAY): 1})
    found = findings(run(workspace, JUNE), unit="3101", measure="I2.visits")
    assert [(row["code"], row["severity"], row["cell"]) for row in found] == [
        ("month-unasked", "note", "I14")
    ]
    assert scores(workspace, JUNE, "level")["3101", "I2"] == "3"


def test_an_older_form_is_still_read(workspace: Path) -> None:
    tables = changed_tables(workspace)
    fewer = {code: measure for code, measure in tables.measures.items() if code != "I2.visits"}
    older = replace(tables, written=NEVER_CHANGED, measures=fewer)
    path = workspace / "submissions" / JUNE / "3101 เมือง.xlsx"
    write_form(older, older.unit["3101"], path, answers(tables, "3101", JUNE))
    found = findings(run(workspace, JUNE), unit="3101")
    assert {row["code"] for row in found} == {"late", "other-tables", "row-missing", "missing"}
    assert {row["measure"] for row in found if row["code"] in ("row-missing", "missing")} == {"I2.visits"}
    assert [row["severity"] for row in found if row["code"] == "other-tables"] == ["warning"]
    assert scores(workspace, JUNE, "level")["3101", "T1"] == "2"
    assert scores(workspace, JUNE, "status")["3101", "I2"] == "provisional"


def test_nothing_is_said_of_a_row_that_is_not_asked_yet(workspace: Path) -> None:
    assert not {"row-missing", "month-unasked", "missing"} & {*codes(findings(workspace / "output" / MAY))}
