"""What is said beside an item and above the page."""

from dataclasses import replace

import pytest
from mid_round import CHANGED
from tablebook import SHEETS, levels, one_kpi

from kpibatch.base.kinds import Kind
from kpibatch.forms.page.words import about_unit, held_against, how_in_words, weights_in_words
from kpibatch.rules.records import Measure, Rollup, Source

TABLES = levels()


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_way_of_making_one_value_of_the_months_is_told_apart(language: str) -> None:
    ways = {
        (kind.family, rollup): how_in_words(Measure("x", "x", kind, Source.FORM, rollup=rollup), language)
        for kind in (Kind.NUMBER, Kind.DATE, Kind.YES_NO)
        for rollup in Rollup
    }
    of_numbers = [ways["number", rollup] for rollup in Rollup]
    assert len(set(of_numbers)) == len(Rollup)
    assert ways["date", Rollup.LAST] not in of_numbers
    assert len(max(of_numbers, key=len)) < 30


def test_an_item_that_needs_evidence_says_so() -> None:
    measure = Measure("x", "x", Kind.YES_NO, Source.FORM, needs_evidence=True)
    assert how_in_words(measure, "th") == "ตอบ ณ สิ้นเดือน\nต้องมีหลักฐาน"


def test_what_an_item_is_held_against_has_its_name() -> None:
    assert held_against(TABLES, TABLES.measures["T1.spent"], "th") == "งบ"
    assert held_against(TABLES, TABLES.measures["I1.news"], "th") == ""
    measures = """
        asked | เรื่องที่ขอ | เรื่อง | จำนวน | จังหวัด | ล่าสุด
        sent  | เรื่องที่ส่ง | เรื่อง | จำนวน | กรอก | ล่าสุด | | | | 0 | | asked
    """
    tables = one_kpi(measures, "T1 | | | sent | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    assert held_against(tables, tables.measures["sent"], "th") == "ไม่เกิน เรื่องที่ขอ"


def test_a_weight_that_changes_in_mid_round_says_from_when() -> None:
    tables = levels(**CHANGED)
    said = [weights_in_words(tables.periods, kpi, tables.units[0], "th") for kpi in ("I1", "I2")]
    assert said == ["น้ำหนัก 40, 20 (ใช้ตั้งแต่เดือนมิถุนายน 2565)", "น้ำหนัก 30"]


def test_the_staff_and_whom_to_ask_stand_on_the_page() -> None:
    unit = TABLES.units[0]
    staff = int(TABLES.baselines[unit.code, "staff"].value)
    assert about_unit([TABLES], unit, "th") == f"อัตรากำลัง {staff} คน"
    asks = replace(TABLES, round=replace(TABLES.round, contact="นางสาวตัวอย่าง โทร 0 4461 0000"))
    said = f"อัตรากำลัง {staff} คน\nสอบถาม นางสาวตัวอย่าง โทร 0 4461 0000"
    assert about_unit([asks], unit, "th") == said


def test_whom_to_ask_is_a_row_of_the_round_and_changes_no_digest() -> None:
    asking = levels(รอบประเมิน=SHEETS["รอบประเมิน"].rstrip() + "\nผู้ประสานงาน | นายตัวอย่าง โทร 044610000")
    assert asking.round.contact == "นายตัวอย่าง โทร 044610000"
    assert (asking.digest, asking.form_digest) == (TABLES.digest, TABLES.form_digest)
    assert TABLES.round.contact == ""


def test_the_year_of_an_english_document_is_of_the_common_era() -> None:
    assert [TABLES.round.year(language) for language in ("th", "en")] == ["2565", "2022"]
    assert replace(TABLES.round, fiscal_year="๒/65").year("en") == "๒/65"
