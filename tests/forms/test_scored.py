"""A form that scores itself: what it says of any cells is what the batch makes of them."""

import math
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from every_asked import every_rule
from form_says import batch_says, chance_entries, counts, form_says
from form_values import Counts, compared, scored_month, sent_units
from libreoffice import recalculate
from mid_round import CHANGED
from recalculated import differences
from reckoning import reckoning
from tablebook import NO_BASELINES, ONE_KPI, SHEETS, levels
from weighing import leaving, weighing
from workspace import NAKHON_PHANOM, NEWEST, SAMPLES, open_book
from worth import WORTH

from kpibatch.base.config import IntakeLimits
from kpibatch.books.write import Content
from kpibatch.forms.asked import asked_of
from kpibatch.forms.layout import CLAIM
from kpibatch.forms.standard import write_form
from kpibatch.intake.submission import read_submission
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

JUNE = "2565-06"
BOOKS: dict[str, Callable[[], LevelTables]] = {
    "every way to ask": every_rule,
    "every computation": reckoning,
    "weights of one's own": weighing,
    "KPIs that leave": leaving,
    "points": lambda: levels(**WORTH),
    "rules that change": lambda: levels(**CHANGED),
    "the usual": levels,
}


LARGE = ("every way to ask", "every computation", "KPIs that leave")
EACH = [pytest.param(name, marks=pytest.mark.slow if name in LARGE else []) for name in BOOKS]


@pytest.mark.parametrize("name", EACH)
def test_the_form_says_what_the_batch_says(name: str) -> None:
    whole, chance, sure, totals = BOOKS[name](), random.Random(name), 0, 0
    for _ in range(5):
        month = chance.choice(whole.round.months)
        tables = whole.for_month(month)
        sent = {unit.code: chance_entries(whole, unit, chance, month) for unit in whole.units}
        sent = {unit: cells for unit, cells in sent.items() if counts(whole, cells, month)}
        outcome = batch_says(tables, sent, month) if sent else None
        for unit, cells in sent.items():
            assert outcome
            said, row = form_says(whole, whole.unit[unit], cells), tables.position[unit]
            for code, kpi in outcome.scores.kpis.items():
                if not kpi.applies[row]:
                    continue
                facts = f"{unit} {code} {month}: {said.words[code]}\n{cells}"
                assert said.levels[code] <= kpi.level[row], facts
                if code not in said.least:
                    assert said.levels[code] == kpi.level[row], facts
                    assert (code in said.provisional) == bool(kpi.missing[row]), facts
                    sure += 1
            if not said.least:
                total = outcome.standing[unit].total
                assert said.total == pytest.approx(total, abs=1e-9) or math.isnan(total), (unit, cells)
                totals += 1
    assert sure > 20
    assert totals > 4 or name in ("points", "every computation")


@pytest.mark.slow  # months of forms, and what the batch makes of them
@pytest.mark.parametrize("name", NEWEST)
def test_every_sample_s_forms_say_what_the_batch_says(name: str, tmp_path: Path) -> None:
    """Just below, at and just above what each level asks; then with blank, refused and unread cells."""
    found, number = Counts(), 0
    while number < (every := 3 * 5 + 6):
        scored = scored_month(name, tmp_path / str(number), every - number, first=number)
        for unit in sent_units(scored):
            found += compared(scored.outcome, unit, scored.forms[unit])
        number += len(scored.forms)
    assert found.wrong == []
    assert found.equal > 5 * number


@pytest.mark.slow  # LibreOffice calculates a few forms of each sample anew
def test_the_results_that_stand_in_a_form_are_those_of_its_formulas(tmp_path: Path) -> None:
    """One of each with everything filled in, and one with what is blank, refused or no number, in turn."""
    books = []
    for turn, name in enumerate(NEWEST):
        (tmp_path / name).mkdir()
        forms = [*scored_month(name, tmp_path / name, 2 + turn % 3, first=14).forms.values()]
        some = forms[0], forms[-1]
        books += [path.rename(tmp_path / f"{name}-{at}.xlsx") for at, path in enumerate(some)]
    for path, anew in zip(books, recalculate(books, tmp_path / "anew"), strict=True):
        count, wrong = differences(path, anew)
        assert count > 100
        assert wrong == [], path


def test_what_formulas_can_t_read_gives_no_level() -> None:
    tables = levels()
    unit, usual = tables.units[0], {("T1.docs", JUNE): "ใช่", ("I1.news", JUNE): 9.0}
    for typed in ("๘๕๐", "850 บาท", " 850", "85%"):
        said = form_says(tables, unit, usual | {("T1.spent", JUNE): typed})
        assert math.isnan(said.levels["T1"])
        assert "เบิกจ่าย" in said.missing["T1"]
        assert "อย่างน้อย" in said.remarks
        assert "ชั่วคราว" in said.remarks
    assert form_says(tables, unit, usual | {("T1.spent", JUNE): 850.0}).levels["T1"] == 3


def test_what_can_t_be_so_is_named_and_does_not_count() -> None:
    tables = levels()
    cells = {("T1.spent", JUNE): -1.0, ("T1.docs", JUNE): "ใช่", ("I1.news", JUNE): 9.0}
    said = form_says(tables, tables.units[0], cells)
    assert said.words["T1"] == "ระดับ 0 จาก 5 · ชั่วคราว"
    assert said.missing["T1"].startswith("ค่าที่กรอกใช้ไม่ได้ จึงยังไม่นับ: เบิกจ่าย · ")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("10 ก.ย. 2565", True), ("๑๐ กันยายน ๒๕๖๕", True), ("10/9/2565", True), ("10/9/65", True)),
        *(("10 ก.ย. พ.ศ. 2565", True), ("31/9/2565", False), ("10/9/2022", False), ("กันยายน 2565", False)),
        *(
            ("10 Sep 2022", True),
            ("10 september 2022", True),
            ("10 Sep 2565", False),
            ("10 ก.ย. 2022", False),
        ),
        *(("10 9 2565", False), ("10/ก.ย./2565", False), ("10-9-2565", False), ("ยังไม่ส่ง", False)),
    ],
)
def test_a_day_is_read_as_forms_ask_for_it(typed: str, read: bool) -> None:
    tables = levels(**{"รอบประเมิน": SHEETS["รอบประเมิน"].replace("4, 5, 6", "4, 5, 9")})
    cells = {("I1.news", f"2565-0{month}"): 99.0 for month in (4, 5, 9)} | {("I1.day", "2565-09"): typed}
    said = form_says(tables, tables.units[0], cells)
    assert (said.levels["I1"] == 5) if read else math.isnan(said.levels["I1"])


def test_the_month_is_the_newest_filled_in_or_the_one_chosen() -> None:
    tables = levels()
    cells = {("T1.spent", "2565-04"): 700.0, ("T1.spent", "2565-05"): 1000.0}
    cells |= {("T1.docs", month): "ใช่" for month in ("2565-04", "2565-05")}  # type: ignore[misc]
    unit = tables.units[0]
    newest, chosen = form_says(tables, unit, cells), form_says(tables, unit, cells, "เม.ย. 65")
    assert (newest.month, newest.levels["T1"]) == ("คะแนนถึงเดือน พ.ค. 65", 5)
    assert chosen.month == "คะแนนถึงเดือน เม.ย. 65"
    assert chosen.levels["T1"] < 5
    assert form_says(tables, unit, cells, "พรุ่งนี้") == newest
    later = form_says(tables, unit, cells, "มิ.ย. 65")
    assert (later.total, set(later.words.values())) == ("", {"ยังไม่ได้กรอก"})
    assert form_says(tables, unit, {}).month == "คะแนน: ยังไม่ได้กรอกเดือนใด"


def test_what_is_missing_is_said_as_the_batch_says_it() -> None:
    tables = levels()
    for spent in (0.0, 600.0, 799.99, 949.5):
        cells = {("T1.spent", JUNE): spent, ("T1.docs", JUNE): "ไม่ใช่", ("I1.news", JUNE): 1.0}
        outcome = batch_says(tables, {"3101": cells}, JUNE)
        said = form_says(tables, tables.units[0], cells)
        for kpi, words in said.missing.items():
            assert words == " · ".join(step.text("th") for step in outcome.steps(kpi, "3101"))


@pytest.mark.slow  # LibreOffice saves them
@pytest.mark.parametrize("kind", ["ods", "xls", "xlsx"])
def test_a_form_that_was_saved_elsewhere_reads_the_same(kind: str, tmp_path: Path) -> None:
    tables = levels()
    cells = {("T1.spent", JUNE): 850.0, ("T1.docs", JUNE): "ใช่", ("I1.news", JUNE): 3.0, ("I1", CLAIM): 4.0}
    path = tmp_path / "3101.xlsx"
    write_form(tables, tables.units[0], path, cells, scored_from=date(2020, 4, 1))
    limits = IntakeLimits()
    (saved,) = recalculate([path], tmp_path / "saved", kind)
    before, after = (read_submission(each, tables, JUNE, limits) for each in (path, saved))
    one, other = ({line[:4] for line in each.lines if line.state == "ok"} for each in (before, after))
    assert one == other
    assert [own.level for own in after.own_levels.values()] == [4]
    assert [each.code for each in after.findings] == [each.code for each in before.findings]


@pytest.mark.slow
def test_a_large_form_fits_what_a_spreadsheet_takes(tmp_path: Path) -> None:
    """A KPI with 40 measures, twelve months, amounts of a trillion."""
    measures = "".join(
        f"\n{code} | {'ยอดเบิกจ่ายสะสมตั้งแต่ต้นปี' * 4} {code} | บาท | จำนวนเงิน | กรอก | รวม"
        for code in (f"m{number}" for number in range(40))
    )
    edges = " | ".join(f"≥ {edge}" for edge in (1, 10, 10**12, 2 * 10**12, 3 * 10**12))
    asked = "".join(f"\nT1 | | | m{number} | {edges}" for number in range(40))
    year = SHEETS["รอบประเมิน"].replace("1 เม.ย. 2565", "1 ต.ค. 2564").replace("4, 5, 6", "")
    tables = levels(
        **{
            "รอบประเมิน": year,
            "ตัวชี้วัด": ONE_KPI,
            "รายการข้อมูล": SHEETS["รายการข้อมูล"].strip().splitlines()[0] + measures,
            "ระดับ": SHEETS["ระดับ"].strip().splitlines()[0] + asked,
            "ค่าตั้งต้น": NO_BASELINES,
        }
    )
    months, unit = tables.round.months, tables.units[0]
    assert len(months) == 12
    full = {(f"m{number}", month): 1e12 for number in range(40) for month in months}
    assert form_says(tables, unit, full).levels == {"T1": 5}
    half = {key: content for key, content in full.items() if key[1] < months[2]}
    said = form_says(tables, unit, half)
    assert said.levels == {"T1": 4}
    assert "อีก 1,000,000,000,000 บาท (ให้ถึง 3,000,000,000,000)" in said.missing["T1"]
    path = tmp_path / "form.xlsx"
    write_form(tables, unit, path, full, scored_from=date(2020, 4, 1))
    formulas = [
        cell.value
        for sheet in open_book(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert max(map(len, formulas)) < 8192
    for formula in formulas:
        depth = [formula[:at].count("(") - formula[:at].count(")") for at in range(0, len(formula), 40)]
        assert max(depth) < 64
        assert all(len(text) <= 255 for text in formula.split('"')[1::2])


def test_an_english_form_says_it_in_english(tmp_path: Path) -> None:
    tables, path = levels(), tmp_path / "3101.xlsx"
    cells = {("T1.spent", JUNE): 850.0, ("T1.docs", JUNE): "ใช่", ("I1.news", JUNE): 3.0, ("T1", CLAIM): 4.0}
    cells |= {("I1.day", JUNE): date(2022, 6, 9)}
    write_form(tables, tables.units[0], path, cells, language="en", scored_from=date(2020, 4, 1))
    book = open_book(path, values=True)
    texts = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any(text.startswith("Level 3 of 5") for text in texts), texts
    assert any(text.startswith("Score up to Jun 2022: ") for text in texts)
    contents = read_submission(path, tables, JUNE, IntakeLimits())
    assert {kpi: own.level for (_, kpi), own in contents.own_levels.items()} == {"T1": 4}
    assert not [text for text in texts if text.startswith(("Can't tell", "ยัง"))]


@pytest.mark.parametrize(
    ("check", "spent", "sure"),
    [
        ("T1.spent | ≤ | T1.budget | ผิด", 1000.0, True),
        ("T1.spent | ≤ | T1.budget | ผิด", 1000.01, False),
        ("T1.spent | ≤ | T1.budget | เตือน", 1000.01, True),
        ("T1.spent | < | 900 | ผิด", 899.99, True),
        ("T1.spent | < | 900 | ผิด", 900.0, False),
        ("T1.spent | ≥ | เดือนก่อน | ผิด", 700.0, True),
        ("T1.spent | ≥ | เดือนก่อน | ผิด", 699.99, False),
        ("T1.spent | ≤ | 100 × I1.news | ผิด", 900.0, True),
        ("T1.spent | ≤ | 100 × I1.news | ผิด", 900.01, False),
    ],
)
def test_what_the_office_s_own_checks_may_take_away_is_not_told(check: str, spent: float, sure: bool) -> None:
    head = "ซ้าย | เทียบ | ขวา | ความรุนแรง | ข้อความ | ใช้"
    tables = levels(**{"กฎตรวจ": f"{head}\n{check} | | ใช่"})
    cells = {("T1.spent", "2565-05"): 700.0, ("T1.spent", JUNE): spent, ("I1.news", JUNE): 9.0}
    cells |= {("T1.docs", JUNE): "ใช่"}  # type: ignore[dict-item]
    said = form_says(tables, tables.units[0], cells)
    assert math.isnan(said.levels["T1"]) != sure
    level = batch_says(tables, {"3101": cells}, JUNE).scores.kpis["T1"].level[0]
    assert level == (said.levels["T1"] if sure else 0)


def test_what_is_taken_from_a_unit_above_counts_as_nothing_yet() -> None:
    """A civil servant's own work is half of the score, the district's team KPIs the other half."""
    tables, _ = read_levels(SAMPLES / NAKHON_PHANOM / "level_tables.xlsx")
    unit, months = tables.unit["4801-1"], tables.round.months[:3]
    full = {measure.code: measure.maximum or 1e6 for measure in asked_of(tables, unit)}
    said = form_says(tables, unit, {(code, month): full[code] for code in full for month in months})
    assert set(said.levels.values()) == {5}
    assert said.total == 2.5
    assert "อย่างน้อยเท่านี้: ใน 6 ตัวชี้วัด" in said.remarks
    assert form_says(tables, unit, {}).total == ""


def test_what_only_others_know_is_told_as_the_least() -> None:
    measures = SHEETS["รายการข้อมูล"] + "        timely | ส่งทัน | ร้อยละ | ร้อยละ | ส่งทันกำหนด\n"
    measures += "        asked | ขอ | เรื่อง | จำนวน | จังหวัด\n"
    rules = SHEETS["ระดับ"] + "        T1 | | | timely | | | ≥ 50 | ≥ 80 | ≥ 100\n"
    rules += "        I1 | | | asked | | | | | ≥ 1\n"
    tables = levels(**{"รายการข้อมูล": measures, "ระดับ": rules})
    cells: dict[tuple[str, str], Content] = {
        (code, month): content
        for code, content in (("T1.spent", 1000.0), ("T1.docs", "ใช่"), ("I1.news", 9.0))
        for month in tables.round.months
    }
    said = form_says(tables, tables.units[0], cells)
    assert said.words == {kpi: f"อย่างน้อยระดับ {n} จาก 5 · ชั่วคราว" for kpi, n in (("T1", 2), ("I1", 4))}
    assert "ขอ ยังไม่มีค่า รอจังหวัดหรือส่วนกลาง หน่วยไม่ต้องทำอะไร" in said.missing["I1"]
    assert "ส่งทัน ระบบคิดจากวันที่ส่งแบบรายงาน" in said.missing["T1"]
    assert "ใน 2 ตัวชี้วัด แบบนี้ยังรู้ข้อมูลไม่ครบ" in said.remarks
