"""A form that scores itself: what it says of any cells is what the batch makes of them."""

import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from every_asked import every_rule
from form_says import batch_says, chance_entries, counts, form_says
from form_values import Counts, compared, scored_month, sent_units
from libreoffice import recalculate
from mid_round import CHANGED
from recalculated import differences
from reckoning import reckoning
from tablebook import SHEETS, levels
from weighing import leaving, weighing
from workspace import NEWEST
from worth import WORTH

from kpibatch.rules.levels import LevelTables

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


@pytest.mark.parametrize("name", BOOKS)
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


@pytest.mark.slow  # a month of forms, and what the batch makes of them
@pytest.mark.parametrize("name", NEWEST)
def test_every_sample_s_forms_say_what_the_batch_says(name: str, tmp_path: Path) -> None:
    scored, found = scored_month(name, tmp_path), Counts()
    for unit in sent_units(scored):
        found += compared(scored.outcome, unit, scored.forms[unit])
    assert found.wrong == []
    assert found.equal > 5 * len(scored.forms)


@pytest.mark.slow  # LibreOffice calculates a few forms of each sample anew
def test_the_results_that_stand_in_a_form_are_those_of_its_formulas(tmp_path: Path) -> None:
    books = []
    for name in NEWEST:
        (tmp_path / name).mkdir()
        forms = scored_month(name, tmp_path / name, 8).forms
        for number in (0, 3, 5, 7):
            path = [*forms.values()][number]
            books.append(path.rename(tmp_path / f"{name}-{number}.xlsx"))
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


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("10 ก.ย. 2565", True), ("๑๐ กันยายน ๒๕๖๕", True), ("10/9/2565", True), ("10/9/65", True)),
        *(("10 ก.ย. พ.ศ. 2565", True), ("31/9/2565", False), ("10/9/2022", False), ("กันยายน 2565", False)),
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
