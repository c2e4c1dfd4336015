"""ใช้ตั้งแต่เดือน: which rows count in which month, what the reader and the check say of it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tablebook import SHEETS, levels, read, write
from workspace import open_book

from kpibatch.base.catalogue import texts
from kpibatch.base.findings import Finding
from kpibatch.forms.asked import asked_over, months_asked
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import check_levels, lint
from kpibatch.rules.paper.book import rows_of
from kpibatch.rules.schema import SINCE

APRIL, MAY, JUNE, JULY = "2565-04", "2565-05", "2565-06", "2565-07"
RISING, FALLING = ("≥ 60", "≥ 70", "≥ 80", "≥ 90", "≥ 95"), ("≥ 60", "≥ 50", "≥ 80", "≥ 90", "≥ 95")


def dated(sheet: str, *later: str) -> dict[str, str]:
    """A sheet with the column, and rows below the usual ones; the last cell of each is its month."""
    head, *rows = (" | ".join(row) for row in rows_of(SHEETS[sheet]))
    return {sheet: "\n".join([f"{head} | {SINCE}", *rows, *later])}


def check(**sheets: str) -> list[Finding]:
    """All that ``levels check`` says."""
    with TemporaryDirectory() as folder:
        return check_levels(write(Path(folder) / "level_tables.xlsx", sheets, {}))[1]


def rule(kpi: str, measure: str, *texts: str, since: str = "", case: str = "", remark: str = "") -> str:
    of = "staff" if case else ""
    return " | ".join([kpi, of, case, measure, *(texts * 5 if len(texts) == 1 else texts), remark, since])


def node(code: str, weight: Any, since: str, parent: str = "", name: str = "", scope: str = "") -> str:
    return " | ".join([code, parent, name, str(weight), "", scope, "", "", "", since])


HARDER = dated(
    "ระดับ",
    rule("T1", "T1.pct", "≥ 65", "≥ 75", "≥ 85", "≥ 95", "≥ 100", since="พ.ค. 2565"),
    rule("T1", "T1.docs", "ใช่", since=MAY),
)
HEAVIER = dated("ตัวชี้วัด", node("T", 50, MAY), node("I", 50, MAY))


def thresholds(tables: LevelTables, month: str, measure: str = "T1.pct") -> list[str]:
    return [text for each in tables.for_month(month).rules if each.measure == measure for text in each.typed]


def test_a_kpi_s_newer_rows_stand_in_the_place_of_all_its_older_ones() -> None:
    tables = levels(**HARDER)
    assert thresholds(tables, APRIL) == ["≥ 60", "≥ 70", "≥ 80", "≥ 90", "≥ 100"]
    for month in (MAY, JUNE):
        assert thresholds(tables, month) == ["≥ 65", "≥ 75", "≥ 85", "≥ 95", "≥ 100"]
    assert thresholds(tables, APRIL, "I1.day") == thresholds(tables, JUNE, "I1.day")
    assert tables.rules == tables.for_month(APRIL).rules
    assert check(**HARDER) == []


def test_a_node_s_newer_row_says_all_anew_but_its_place_and_name() -> None:
    tables = levels(**HEAVIER)
    weights = {
        month: {each.code: each.weight for each in tables.for_month(month).nodes} for month in (APRIL, JUNE)
    }
    assert weights[APRIL] == {"T": 60, "I": 40, "T1": 60, "I1": 40}
    assert weights[JUNE] == {"T": 50, "I": 50, "T1": 60, "I1": 40}
    assert [each.code for each in tables.for_month(JUNE).nodes] == ["T", "I", "T1", "I1"]
    june = tables.for_month(JUNE).node["T"]
    assert (june.name, june.reference, june.since) == ("งานทีม", "ข้อ 1", MAY)


def test_rows_for_other_units_count_together_with_those_of_their_month() -> None:
    later = (node("T1", 30, JUNE, scope="กลุ่ม เหนือ"), node("T1", 20, JUNE))
    tables = levels(**dated("ตัวชี้วัด", *later))
    weights = {month: tables.for_month(month).weights["T1"] for month in (MAY, JUNE)}
    assert weights == {MAY: (60, 60, 60), JUNE: (30, 30, 20)}


def test_cases_are_numbered_among_the_rows_that_count() -> None:
    tables = levels(
        **dated(
            "ระดับ",
            rule("I1", "I1.news", "≥ 1", "≥ 2", "≥ 3", "≥ 4", "≥ 5", case="≤ 3", since=JUNE),
            rule("I1", "I1.news", "≥ 2", "≥ 4", "≥ 6", "≥ 8", "≥ 10", case="> 3", since=JUNE),
            rule("I1", "I1.day", "", "", "", "", "ภายใน 10 ก.ย. 2565", since=JUNE),
        )
    )
    for month in (MAY, JUNE):
        numbers = [each.case_number for each in tables.for_month(month).rules_of("I1")]
        assert numbers == [1, 2, 0]
    assert tables.for_month(MAY).cases_of("I1")[0].condition.text() == "≤ 2"
    assert tables.for_month(JUNE).cases_of("I1")[0].condition.text() == "≤ 3"


def test_a_kpi_may_begin_and_end() -> None:
    tables = levels(
        **dated("ตัวชี้วัด", node("I2", 40, MAY, "I", "ใหม่"), node("T1", "–", JUNE), node("T", "-", JUNE)),
        **dated("ระดับ", rule("I2", "I1.news", "≥ 1", "≥ 2", "≥ 3", "≥ 4", "≥ 5")),
    )
    codes = {month: [each.code for each in tables.for_month(month).nodes] for month in (APRIL, MAY, JUNE)}
    assert codes == {
        APRIL: ["T", "I", "T1", "I1"],
        MAY: ["T", "I", "T1", "I1", "I2"],
        JUNE: ["I", "I1", "I2"],
    }
    kpis = {month: {each.kpi for each in tables.for_month(month).rules} for month in codes}
    assert kpis == {APRIL: {"T1", "I1"}, MAY: {"T1", "I1", "I2"}, JUNE: {"I1", "I2"}}


def test_what_is_under_a_node_that_is_gone_is_gone() -> None:
    tables = levels(**dated("ตัวชี้วัด", node("T", "–", JUNE)))
    assert [each.code for each in tables.for_month(JUNE).nodes] == ["I", "I1"]


def test_the_measures_of_a_month_and_of_those_ahead() -> None:
    tables = levels(**dated("ระดับ", rule("T1", "T1.pct", "≥ 60", since=JUNE)))
    unit = tables.units[0]
    assert months_asked(tables, unit, "T1.docs") == (APRIL, MAY)
    assert months_asked(tables, unit, "T1.spent") == (APRIL, MAY, JUNE)
    assert months_asked(tables, None, "T1.budget") == (APRIL, MAY, JUNE)
    ahead = {month: [asked.code for asked, _ in asked_over(tables, unit, [month])] for month in (MAY, JUNE)}
    assert ahead == {
        MAY: ["T1.spent", "T1.docs", "I1.news", "I1.day"],
        JUNE: ["T1.spent", "I1.news", "I1.day"],
    }
    assert [(m.code, kpi.code) for m, kpi in asked_over(tables, unit, [MAY, JUNE])][1] == ("T1.docs", "T1")


def test_who_is_asked_changes_with_whom_a_node_applies_to() -> None:
    tables = levels(
        **dated("ตัวชี้วัด", node("T1", 60, JUNE, scope="ยกเว้น เมือง"), node("I1", 40, MAY, scope="เฉพาะ เมือง"))
    )
    first, second = tables.units[:2]
    assert months_asked(tables, first, "T1.docs") == (APRIL, MAY)
    assert months_asked(tables, second, "I1.news") == (APRIL,)
    assert months_asked(tables, first, "I1.news") == (APRIL, MAY, JUNE)


def test_a_book_with_the_column_explains_it_and_offers_the_months(tmp_path: Path) -> None:
    plain = open_book(write(tmp_path / "plain.xlsx", {}, {}))
    book = open_book(write(tmp_path / "dated.xlsx", HEAVIER, {}))
    told = [[cell.value for cell in each["คู่มือ"]["A"] if cell.value == SINCE] for each in (plain, book)]
    assert told == [[], [SINCE]]
    lists = {str(each.sqref): each.formula1 for each in book["ตัวชี้วัด"].data_validations.dataValidation}
    assert [formula for cells, formula in lists.items() if cells.startswith("J2")] == ["'ปฏิทิน'!$A$2:$A$37"]


# --- without the column, or with nothing in it --------------------------------------------------------------


def test_a_blank_column_changes_nothing() -> None:
    plain, blank = levels(), levels(**dated("ระดับ"), **dated("ตัวชี้วัด"))
    assert plain == blank
    assert (plain.digest, plain.form_digest) == (blank.digest, blank.form_digest)
    for tables in (plain, blank):
        assert tables.periods == (tables,)
        assert all(tables.for_month(month) is tables for month in (APRIL, "2561-01"))


def test_the_first_month_of_the_round_is_its_start() -> None:
    head, *rows = rows_of(SHEETS["ระดับ"])
    sheet = "\n".join(" | ".join(row) for row in ([*head, SINCE], *([*row, APRIL] for row in rows)))
    assert levels(ระดับ=sheet).periods == (levels(),)


def test_the_digest_of_a_month_is_that_of_its_rules() -> None:
    plain, tables = levels(), levels(**HARDER)
    assert tables.for_month(APRIL).digest == plain.digest
    assert len({plain.digest, tables.digest, tables.for_month(JUNE).digest}) == 3
    assert tables.form_digest == plain.form_digest
    later = levels(**{"ระดับ": HARDER["ระดับ"].replace("พ.ค. 2565", JUNE).replace(MAY, JUNE)})
    assert later.digest != tables.digest
    assert later.for_month(JUNE).digest == tables.for_month(JUNE).digest


# --- what is wrong ------------------------------------------------------------------------------------------

FAULTS = (
    ("table-value", "ระดับ!K7", dated("ระดับ", rule("T1", "T1.pct", "≥ 60", since="ไตรมาส 2"))),
    ("table-since-outside", "ระดับ!K7", dated("ระดับ", rule("T1", "T1.pct", "≥ 60", since="2565-10"))),
    ("table-since-outside", "ตัวชี้วัด!J6", dated("ตัวชี้วัด", node("T1", 60, "มี.ค. 2565"))),
    (
        "table-since-order",
        "ระดับ!K8",
        dated("ระดับ", rule("T1", "T1.pct", "≥ 60", since=JUNE), rule("T1", "T1.docs", "ใช่", since=MAY)),
    ),
    ("table-since-order", "ตัวชี้วัด!J7", dated("ตัวชี้วัด", node("T1", 60, JUNE), node("T1", 60, MAY))),
    ("table-since-twice", "ตัวชี้วัด!J7", dated("ตัวชี้วัด", node("T1", 60, JUNE), node("T1", 50, JUNE))),
    ("table-since-twice", "ตัวชี้วัด!J6", dated("ตัวชี้วัด", node("T1", 60, APRIL))),
    ("table-duplicate", "ตัวชี้วัด!A6", dated("ตัวชี้วัด", node("T1", 60, ""))),
    ("table-since-ends", "ตัวชี้วัด!D6", dated("ตัวชี้วัด", node("I2", "–", JUNE, "I", "ใหม่"))),
    ("table-since-parent", "ตัวชี้วัด!B6", dated("ตัวชี้วัด", node("T1", 60, JUNE, "I"))),
)


@pytest.mark.parametrize(
    ("code", "cell", "sheets"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_is_found_in_its_cell(code: str, cell: str, sheets: dict[str, str]) -> None:
    found = read(**sheets)[1]
    assert [(one.code, f"{one.place.sheet}!{one.place.cell}") for one in found] == [(code, cell)]
    assert all(one.message("th") != one.message("en") for one in found)


def test_the_last_month_of_the_round_is_inside() -> None:
    assert read(**dated("ระดับ", rule("T1", "T1.pct", "≥ 60", since="ก.ย. 2565")))[1] == []


def of_t1(
    *thresholds: str, since: str, docs: bool = True, remark: str = "", times: int = 1
) -> dict[str, str]:
    """Newer rows of T1, with or without its second measure."""
    rows = [rule("T1", "T1.pct", *thresholds, since=since, remark=remark)] * times
    return dated("ระดับ", *rows, *([rule("T1", "T1.docs", "ใช่", since=since)] if docs else []))


IN_MAY, IN_JUNE = "(ตามเกณฑ์ที่ใช้ตั้งแต่เดือนพฤษภาคม 2565)", "(ตามเกณฑ์ที่ใช้ตั้งแต่เดือนมิถุนายน 2565)"
LINTED = (
    ("lint-root-weights", "ตัวชี้วัด!A6", IN_MAY, dated("ตัวชี้วัด", node("T", 55, MAY))),
    ("lint-order", "ระดับ!F7", IN_JUNE, of_t1(*FALLING, since=JUNE)),
    ("lint-twice", "ระดับ!E8", IN_JUNE, of_t1(*RISING, since=JUNE, times=2)),
    ("lint-since-fewer", "ระดับ!E7", "มิถุนายน 2565", of_t1(*RISING, since=JUNE, docs=False)),
    (
        "lint-since-explained",
        "ระดับ!E7",
        "มิถุนายน 2565",
        of_t1(*RISING, since=JUNE, docs=False, remark="ตามหนังสือ"),
    ),
    ("lint-since-idle", "ระดับ!E7", "", of_t1(*RISING, since=JULY)),
    ("lint-since-idle", "ตัวชี้วัด!A6", "", dated("ตัวชี้วัด", node("T1", 60, JULY))),
)


@pytest.mark.parametrize(
    ("code", "cell", "says", "sheets"), LINTED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_check_looks_at_the_rules_of_every_month(
    code: str, cell: str, says: str, sheets: dict[str, str]
) -> None:
    found = [one for one in check(**sheets) if one.code == code]
    assert [f"{one.place.sheet}!{one.place.cell}" for one in found][:1] == [cell]
    assert len({one.place for one in found}) == len(found)
    assert says in found[0].message("th")


def test_a_fault_of_all_months_is_told_once_and_names_none() -> None:
    found = lint(levels(**HEAVIER | {"หน่วย": SHEETS["หน่วย"].replace("3103@cdd.example", "")}))
    assert [one.code for one in found if one.code != "lint-sole-child"] == ["lint-no-mail"]
    assert "2565" not in found[0].message("th")


def test_a_kpi_without_rows_until_later_is_told_when_they_begin() -> None:
    others = [row for row in rows_of(SHEETS["ระดับ"]) if row[0] != "T1"]
    lines = [" | ".join([*row, SINCE if row[0] == "ตัวชี้วัด" else ""]) for row in others]
    later = [rule("T1", "T1.pct", *RISING, since=JUNE), rule("T1", "T1.docs", "ใช่", since=JUNE)]
    sheets = {"ระดับ": "\n".join([*lines, *later])}
    found = [(one.code, one.place.cell) for one in check(**sheets) if one.severity == "error"]
    assert found == [("lint-rules-later", "A4")]
    begins = [
        " | ".join([*row, JUNE if row[0] in ("T", "T1") else "" if row[0] != "รหัส" else SINCE])
        for row in rows_of(SHEETS["ตัวชี้วัด"])
    ]
    assert check(**sheets, ตัวชี้วัด="\n".join(begins)) == []


def test_a_measure_asked_only_later_is_not_unused() -> None:
    more = {"รายการข้อมูล": SHEETS["รายการข้อมูล"].rstrip() + "\nI1.visits | เยี่ยม | ครั้ง | จำนวน | กรอก | รวม"}
    assert [one.code for one in check(**more)] == ["lint-unused"]
    rows = [
        rule("I1", measure, *(f"≥ {level}" for level in range(1, 6)), since=JUNE)
        for measure in ("I1.news", "I1.visits")
    ]
    assert "lint-unused" not in {one.code for one in check(**more, **dated("ระดับ", *rows))}


def test_every_code_of_a_change_in_mid_round_is_tried_above() -> None:
    tried = {code for code, *_ in (*FAULTS, *LINTED)} | {"lint-rules-later"}
    codes = {code for code in texts("finding") if code.startswith(("table-since-", "lint-since-"))}
    assert codes <= tried
