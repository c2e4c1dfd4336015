"""ตัวอย่าง: worked cases read, tried, proposed; what they hold, and what of single slips they catch."""

import random
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from mutating import confirmed, faults, slips
from tablebook import SHEETS, levels, read
from workspace import NEWEST, SAMPLES, copy_sample, kpibatch, open_book

from kpibatch.rules.checks import Example
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.book import rows_of
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Rollup
from kpibatch.scoring.examples.held import loose_thresholds
from kpibatch.scoring.examples.propose import propose
from kpibatch.scoring.examples.tried import try_examples

HEAD = (
    "ตัวชี้วัด | ลำดับ | T1.spent | T1.budget | T1.pct | T1.docs | staff | I1.news | I1.day | ระดับที่ควรได้ | เหตุผล"
)
MONTHLY = "I1 | 1 | | | | | 2 | 3; 1; 4 | | 1 | เดือนที่น้อยที่สุดนับ"


def told(*rows: str, **sheets: str) -> list[tuple[str, str, str]]:
    """What is found in the rows: reading them first, then trying them; the code, the cell, what was found."""
    tables, found = read(**sheets, ตัวอย่าง="\n".join([HEAD, *rows]))
    found = found or try_examples(tables, "th")
    return [(each.code, each.place.cell, each.found) for each in found]


def told_wide(*rows: str, **sheets: Any) -> list[tuple[str, str, str]]:
    """The same under a head with a score and the total's percent."""
    head = HEAD.replace("| เหตุผล", "| คะแนนที่ควรได้ | เหตุผล | total")
    tables, found = read(**sheets, ตัวอย่าง="\n".join([head, *rows]))
    found = [each for each in found if each.grave] or try_examples(tables, "th")
    return [(each.code, each.place.cell, each.found) for each in found]


@pytest.mark.parametrize(("spent", "level"), [(899, 3), (900, 4), (901, 4), (999.99, 4), (1000, 5)])
def test_a_case_that_comes_out_as_expected_is_no_fault(spent: float, level: int) -> None:
    assert told(f"T1 | 1 | {spent} | 1000 | | ใช่ | | | | {level} | ข้อ 1.1") == []


def test_one_that_does_not_points_at_its_line_the_level_and_what_decided() -> None:
    tables, _ = read(ตัวอย่าง=f"{HEAD}\nT1 | 1 | 899 | 1000 | | ใช่ | | | | 4 | ข้อ 1.1")
    (fault,) = try_examples(tables, "th")
    assert (fault.code, fault.place.sheet, fault.place.cell, fault.found) == (
        "example-level",
        "ตัวอย่าง",
        "J2",
        "4",
    )
    facts = dict(fault.facts)
    assert facts["got"] == "3"
    assert facts["decided"] == "ร้อยละ ไม่น้อยกว่าร้อยละ 90 [H2]: 89.9"


def test_one_that_comes_out_too_high_names_what_was_met() -> None:
    tables, _ = read(ตัวอย่าง=f"{HEAD}\nT1 | 1 | | | 90 | ใช่ | | | | 3 | ข้อ 1.1")
    (fault,) = try_examples(tables, "th")
    assert "ไม่น้อยกว่าร้อยละ 90 [H2]: 90" in dict(fault.facts)["decided"]


def test_several_months_are_rolled_up_and_a_blank_is_not_reported() -> None:
    assert told(MONTHLY) == []
    assert told(MONTHLY.replace("3; 1; 4", "3; 2; 4")) == [("example-level", "J2", "1")]
    assert told("T1 | 1 | 1000 | 1000 | | | | | | 0 | ไม่มีหลักฐาน") == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("T9 | 1 | 1 | | | | | | | 1 |", ("table-unknown", "A2", "T9")),
        ("T | 1 | 1 | | | | | | | 1 |", ("table-unknown", "A2", "T")),
        ("T1 | 1 | | | | | | | | 1 |", ("example-empty", "A2", "T1")),
        ("T1 | 1 | 900 | 1000 | 80 | ใช่ | | | | 3 |", ("example-twice", "E2", "80")),
        ("T1 | 1 | 1001 | 1000 | | ใช่ | | | | 5 |", ("example-bounds", "C2", "1,001")),
        ("T1 | 1 | 900 | 1000 | | ใช่ | 2 | | | 4 |", ("example-idle", "G2", "2")),
        ("T1 | 1 | 900 | 1000 | | ใช่ | | | | 6 |", ("table-value", "J2", "6")),
        ("T1 | 1 | 900 | 1000 | | ใช่ | | | | |", ("table-value", "J2", "")),
        ("I1 | 1 | | | | | 2 | 3; สาม | | 1 |", ("table-value", "H2", "3; สาม")),
    ],
)
def test_what_names_nothing_or_contradicts_itself_is_told_at_its_cell(
    row: str, fault: tuple[str, str, str]
) -> None:
    assert told(row) == [fault]


def test_two_cases_that_contradict_each_other() -> None:
    row = "T1 | 1 | 900 | 1000 | | ใช่ | | | | {} |"
    assert told(row.format(4), row.format(3)) == [("example-against", "J3", "3")]
    assert told(row.format(4), row.format(4)) == []


def test_a_case_of_a_later_month_is_tried_by_the_rules_of_that_month() -> None:
    rules = SHEETS["ระดับ"].replace("หมายเหตุ", "หมายเหตุ | ใช้ตั้งแต่เดือน", 1)
    later = "T1 | | | T1.pct | ≥ 50 | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | | 2565-06"
    later += "\nT1 | | | T1.docs | ใช่ | ใช่ | ใช่ | ใช่ | ใช่ | | 2565-06"
    head = HEAD + " | ใช้ตั้งแต่เดือน"
    row = "T1 | 1 | 900 | 1000 | | ใช่ | | | | {} | | {}"
    lines = "\n".join((head, row.format(4, ""), row.format(5, "2565-06"), row.format(4, "2565-05")))
    tables, found = read(ระดับ=rules + later, ตัวอย่าง=lines)
    assert (found, try_examples(tables, "th")) == ([], [])
    wrong, _ = read(ระดับ=rules + later, ตัวอย่าง="\n".join((head, row.format(4, "2565-06"))))
    assert [each.code for each in try_examples(wrong, "th")] == ["example-level"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("T1 | 1 | 1000 | 1000 | | ใช่ | | | | 5 | 5 |", None),
        ("T1 | 1 | 1000 | 1000 | | ใช่ | | | | 5 | 4.9999 |", ("example-score", "K2", "4.9999")),
        ("T1 | 1 | 1000 | 1000 | | ใช่ | | | | 5 | 5.00004 |", None),
        ("T1 | 1 | 1001 | 1000 | | | | | | ไม่รับ | |", None),
        ("T1 | 1 | 1000 | 1000 | | | | | | ไม่รับ | |", ("example-accepted", "J2", "ไม่รับ")),
        ("T1 | 1 | 1001 | 1000 | | | | | | ไม่รับ | 0 |", ("example-scored", "K2", "0")),
        ("total | 1 | | | | | | | | ดีเด่น | | | 90", None),
        ("Total | 1 | | | | | | | | พอใช้ | | | 89.99", None),
        ("total | 1 | | | | | | | | ดีเด่น | | | 89.99", ("example-rating", "J2", "ดีเด่น")),
        ("total | 1 | | | | | | | | ดีเยี่ยม | | | 90", ("example-rating", "J2", "ดีเยี่ยม")),
        ("total | 1 | | | | | | | | | | | 90", ("table-value", "J2", "")),
        ("total | 1 | | | | | | | | ดีเด่น | | | 90; 80", ("example-empty", "A2", "total")),
        ("total | 1 | | | | | 2 | | | ดีเด่น | | | 90", ("example-idle", "G2", "2")),
        ("total | 1 | | | | | | | | ดีเด่น | 5 | | 90", ("example-scored", "K2", "5")),
        ("I1 | 1 | | | | | 2 | 1 | | 1 | | | 90", ("example-idle", "M2", "90")),
    ],
)
def test_a_case_may_say_a_score_a_word_or_that_no_form_takes_it(
    row: str, fault: tuple[str, str, str] | None
) -> None:
    found = told_wide(row)
    assert (fault in found) if fault else found == []


def test_by_the_value_a_score_between_the_levels_is_expected() -> None:
    alone = {"cells": {"ตัวชี้วัด!G4": "ค่าต่อเนื่อง", "ระดับ!A3": None, "ระดับ!D3": None}}
    row = "T1 | 1 | 750 | 1000 | | | | | | 2 | {} |"
    alone["cells"] |= {f"ระดับ!{column}3": None for column in "EFGHI"}
    assert told_wide(row.format(2.5), **alone) == []
    assert told_wide(row.format(2), **alone) == [("example-score", "K2", "2")]
    alone["cells"]["ตัวชี้วัด!G4"] = "คะแนนที"
    assert told_wide(row.format(2.5), **alone) == [("example-score", "K2", "2.5")]


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ("5 | 4 |", ("example-against", "K3", "4")),
        ("5 | |", None),
        ("ไม่รับ | |", ("example-against", "J3", "ไม่รับ")),
    ],
)
def test_two_that_expect_another_score_contradict_each_other(
    other: str, fault: tuple[str, str, str] | None
) -> None:
    row = "T1 | 1 | 1000 | 1000 | | ใช่ | | | | {}"
    assert told_wide(row.format("5 | 5 |"), row.format(other)) == ([fault] if fault else [])


def test_a_score_beside_the_same_case_without_one_is_tried_too() -> None:
    row = "T1 | 1 | 1000 | 1000 | | ใช่ | | | | 5 | {} |"
    assert told_wide(row.format(""), row.format(4)) == [("example-score", "K3", "4")]


def test_a_case_of_a_kpi_that_has_ended_by_its_month_is_told() -> None:
    head, *rows = (" | ".join(row) for row in rows_of(SHEETS["ตัวชี้วัด"]))
    nodes = [
        f"{head} | ใช้ตั้งแต่เดือน",
        *rows,
        "I1 | I | | – | | | | | | 2565-06",
        "I | | | – | | | | | | 2565-06",
    ]
    case = "I1 | 1 | | | | | 2 | 3 | | 3 | | 2565-06"
    given = {"ตัวชี้วัด": "\n".join(nodes), "ตัวอย่าง": f"{HEAD} | ใช้ตั้งแต่เดือน\n{case}"}
    (fault,) = try_examples(read(**given)[0], "th")
    assert (fault.code, fault.place.cell, fault.found) == ("example-gone", "J2", "I1")


# --- proposals, and what they hold -------------------------------------------------------------------------


def proposed(tables: LevelTables, kpi: str) -> list[Example]:
    return [each for each in propose(tables, "th") if each.kpi == kpi]


def test_each_threshold_is_proposed_just_below_at_and_just_above() -> None:
    cases = [each for each in proposed(levels(), "T1") if "ระดับ 4" in each.why and "90" in each.why]
    spent = [(each.values["T1.spent"], each.level) for each in cases]
    assert spent == [((8999.0,), 3), ((9000.0,), 4), ((9001.0,), 4)]


def test_each_side_of_each_case_is_proposed() -> None:
    staff = {each.values["staff"][0] for each in proposed(levels(), "I1") if "เส้นแบ่ง" in each.why}
    assert {1.0, 2.0, 3.0} <= staff


def test_confirmed_proposals_hold_every_threshold_and_are_not_proposed_again() -> None:
    bare = levels()
    tables = read()[0]
    assert len(loose_thresholds(bare)) == sum(bool(edge) for rule in bare.rules for edge in rule.edges)
    object.__setattr__(tables, "examples", tuple(propose(bare, "th")))
    assert try_examples(tables, "th") == []
    assert [(each.kpi, each.level) for each in loose_thresholds(tables)] == []
    assert propose(tables, "th") == []


def test_each_band_is_proposed_just_below_and_at() -> None:
    bands = [(each.values["total"][0], each.word) for each in proposed(levels(), "total")]
    assert bands == [(89.99, "พอใช้"), (90.0, "ดีเด่น"), (59.99, "ต้องปรับปรุง"), (60.0, "พอใช้")]


def test_what_no_form_may_say_is_proposed_just_beyond_each_bound() -> None:
    wide = read(cells={"รายการข้อมูล!K7": "31", "รายการข้อมูล!J7": "1"})[0]
    refused = [each.values for each in propose(wide, "th") if each.refused]
    assert refused == [
        {"T1.budget": (100.0,), "T1.spent": (100.01,)},
        {"I1.news": (32.0,)},
        {"I1.news": (0.0,)},
    ]


def test_the_least_and_the_most_that_a_form_may_say_are_proposed_once() -> None:
    wide = read(cells={"รายการข้อมูล!K7": "31", "รายการข้อมูล!J7": "0"})[0]
    ends = [each.values["I1.news"] for each in propose(wide, "th") if "สุดขอบ" in each.why]
    assert ends == [(31.0,)]  # the months hold a 0


@pytest.mark.parametrize("rollup", Rollup)
def test_months_are_proposed_that_every_other_roll_up_reads_otherwise(rollup: Rollup) -> None:
    def by(word: Rollup) -> LevelTables:
        tables = levels()
        news = replace(tables.measures["I1.news"], rollup=word)
        return replace(tables, measures={**tables.measures, news.code: news})

    cases = tuple(each for each in propose(by(rollup), "th") if each.kpi == "I1")
    for other in set(Rollup) - {rollup}:
        found = try_examples(replace(by(other), examples=cases), "th")
        assert any(each.code == "example-level" for each in found), other


@pytest.mark.slow
def test_what_is_computed_of_what_is_computed_is_proposed_by_what_a_form_says() -> None:
    tables, _ = read_levels(SAMPLES / "rayong-2554" / "level_tables.xlsx")
    one = [each for each in proposed(tables, "R3") if not each.refused and "หลายเดือน" not in each.why]
    assert all(each.values.keys() == {"R3.step", "R3.target", "R3.done"} for each in one)
    steps = {
        ((each.values["R3.done"][0] - each.values["R3.target"][0]) / each.values["R3.step"][0]): each.level
        for each in one
    }
    whole = {at: level for at, level in steps.items() if at % 1 == 0}
    assert whole == {-3: 0, -2: 1, -1: 2, 0: 3, 1: 4, 2: 5, 3: 5}
    means = [each for each in proposed(tables, "C") if not each.refused and "หลายเดือน" not in each.why]
    parts = {"C.1", "C.2", "C.3", "C.4", "C.5"}
    assert all(each.values.keys() == parts and len(set(each.values.values())) == 1 for each in means)
    assert {each.values["C.1"][0]: each.level for each in means if each.values["C.1"][0] % 1 == 0} == {
        number: number for number in range(6)
    }


def test_between_the_levels_a_score_is_proposed() -> None:
    cells = {"ตัวชี้วัด!G4": "ค่าต่อเนื่อง"} | {f"ระดับ!{column}3": None for column in "ADEFGHI"}
    tables = read(cells=cells)[0]
    half = [(each.values["T1.spent"], each.score) for each in proposed(tables, "T1") if "กึ่งกลาง" in each.why]
    assert half == [((6500.0,), 1.5), ((7500.0,), 2.5), ((8500.0,), 3.5), ((9500.0,), 4.5)]


def test_a_count_that_a_percent_stands_on_keeps_that_percent_at_the_top() -> None:
    rows = SHEETS["ระดับ"] + "T1 | | | T1.spent | ≥ 100 | ≥ 200 | ≥ 300 | ≥ 400 | ≥ 500"
    at = [each for each in proposed(levels(ระดับ=rows), "T1") if each.values.get("T1.spent") == (300.0,)]
    assert [each.level for each in at] == [3]


def test_a_threshold_that_one_case_stands_on_but_none_beside_is_loose() -> None:
    tables, _ = read(ตัวอย่าง=f"{HEAD}\nT1 | 1 | 900 | 1000 | | ใช่ | | | | 4 |")
    assert 4 in {each.level for each in loose_thresholds(tables) if each.measure == "T1.pct"}
    both = f"{HEAD}\nT1 | 1 | 900 | 1000 | | ใช่ | | | | 4 |\nT1 | 2 | 8999 | 10000 | | ใช่ | | | | 3 |"
    tables, _ = read(ตัวอย่าง=both)
    assert 4 not in {each.level for each in loose_thresholds(tables) if each.measure == "T1.pct"}


@pytest.mark.slow
def test_the_command_writes_them_and_check_tries_them(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, "rayong-2554")
    made = kpibatch(workspace, "levels", "examples")
    assert made.exit_code == 1
    file = workspace / "output" / "level_tables_examples.xlsx"
    assert str(file) in made.output
    book, own = open_book(workspace / "level_tables.xlsx"), open_book(file)["ตัวอย่าง"]
    sheet = book.create_sheet("ตัวอย่าง")
    for row in own.iter_rows(min_row=3, values_only=True):
        sheet.append(row)
    book.save(workspace / "level_tables.xlsx")
    assert kpibatch(workspace, "levels", "check").exit_code == 0
    again = kpibatch(workspace, "levels", "examples")
    assert again.exit_code == 0, again.output
    sheet["C2"] = int(sheet["C2"].value) + 1
    book.save(workspace / "level_tables.xlsx")
    refused = kpibatch(workspace, "levels", "check")
    assert refused.exit_code == 2
    assert "ตัวอย่าง!C2" in refused.output
    assert kpibatch(workspace, "run").exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", NEWEST)
def test_of_a_hundred_slips_of_one_cell_ninety_five_are_caught(name: str) -> None:
    path = SAMPLES / name / "level_tables.xlsx"
    grids = confirmed(path)
    usual = faults(path, grids)
    assert not [each for each in usual if each.code.startswith("example")]
    tried = list(islice(slips(grids, random.Random(f"{name}, tested")), 100 // len(NEWEST)))
    survivors = [str(slip) for slip in tried if not faults(path, slip.of(grids)) - usual]
    assert len(survivors) <= 0.05 * len(tried), "\n".join(survivors)


def test_nothing_done_is_proposed_where_each_unit_has_thresholds_of_its_own() -> None:
    tables, _ = read_levels(SAMPLES / "rayong-2554" / "level_tables.xlsx")
    own = tuple(
        replace(
            rule,
            measure="D1.1.done",
            edges=tuple(edge and replace(edge, of="D1.1.target") for edge in rule.edges),
        )
        if rule.kpi == "D1.1"
        else rule
        for rule in tables.rules
    )
    nothing = {each.kpi for each in propose(replace(tables, rules=own), "th") if "ยังไม่มีเลย" in each.why}
    assert nothing == {"D1.1"}
