"""What moved where levels, values and nodes have a worth of their own: the parts of a total's change add up,
and each has its cause in words.
"""

import random
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from made_up_month import outcome_of
from openpyxl import load_workbook
from slow_scorer import Book, Slow
from tablebook import levels, write
from worth import GIVEN, WORTH

from kpibatch.months.compare.book import write_diff
from kpibatch.months.compare.moves import Diff, Move, compare
from kpibatch.months.compare.rows import diff_rows
from kpibatch.months.compare.side import side_of_outcome
from kpibatch.months.compare.words import cause_text, diff_lines
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.changes import table_changes
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import TOTAL

Given = Mapping[str, Mapping[str, object]]
MONTH = "2565-04"


def between(tables: LevelTables, old: Given, new: Given) -> Diff:
    sides = [
        side_of_outcome(outcome_of(tables, given), name, Path("level_tables.xlsx"))
        for name, given in (("a", old), ("b", new))
    ]
    return compare(*sides, (), "th")


def of(diff: Diff, unit: str) -> Move:
    (move,) = [move for move in diff.moves if move.unit == unit]
    return move


def other(unit: str, **values: object) -> Given:
    return {**GIVEN, unit: {**GIVEN[unit], **values}}


def said(diff: Diff, unit: str, node: str) -> list[str]:
    (found,) = [found for found in of(diff, unit).nodes if found.node == node]
    return [cause_text(cause, "th") for cause in found.causes]


def parts(move: Move) -> float:
    return sum(each.points for each in (*move.kpis, *move.shares, *move.nodes)) + move.rounding


# --- T-scores and caps of nodes -----------------------------------------------------------------------------

PLAIN = {**WORTH, "ตัวชี้วัด": WORTH["ตัวชี้วัด"].replace("| I    | ที         | 20    |            |      | คะแนนที", "| I | ที | 20 | | |")}  # fmt: skip  # noqa: E501


def test_a_unit_that_moved_by_the_others_alone_is_told_so() -> None:
    diff = between(levels(**PLAIN), GIVEN, other("3103", b=40, late=0))
    move = of(diff, "3105")
    assert (move.kpis, [node.node for node in move.nodes]) == ((), ["I"])
    told = said(diff, "3105", "I")
    assert [text.split()[0] for text in told] == [
        "คะแนนทีเทียบกับทุกหน่วยแล้วได้คะแนน",
        "ค่าเฉลี่ยของทุกหน่วย",
        "ส่วนเบี่ยงเบนมาตรฐานของทุกหน่วย",
    ]
    assert move.nodes[0].points == pytest.approx(move.gained, abs=1e-4)


def test_a_units_own_mean_is_told_where_that_moved() -> None:
    diff = between(levels(**PLAIN), GIVEN, other("3103", b=40, late=0))
    own = "คะแนนเฉลี่ยของหน่วยก่อนเทียบ 1.5 → 5"
    assert own in said(diff, "3103", "I")


def test_what_a_cap_cut_is_told() -> None:
    """Of T a mean of 5.5625 is cut at 5.5; with a = 95 it stays below."""
    diff = between(levels(**WORTH), GIVEN, other("3101", a=95))
    assert said(diff, "3101", "T") == ["เกินเพดานคะแนน 5.5 จึงถูกตัด 0.0625 → 0"]
    lines = list(diff_lines(diff, "th"))
    at = lines.index("        เกินเพดานคะแนน 5.5 จึงถูกตัด 0.0625 → 0")
    assert lines[at - 1].startswith("    T งานทีม   ส่วนที่")
    assert lines[at - 1].endswith("   +0.0375"), "60 in 100 of what was cut"


def test_the_cap_of_the_total_is_told() -> None:
    tables = levels(**{**WORTH, "รอบประเมิน": WORTH["รอบประเมิน"].replace("5.2", "3")})
    diff = between(tables, GIVEN, other("3101", a=60))
    reached = [outcome_of(tables, given).scores.means[TOTAL][0] for given in (GIVEN, other("3101", a=60))]
    cut = [float(text) for text in said(diff, "3101", TOTAL)[0].split("ถูกตัด ")[1].split(" → ")]
    assert cut == pytest.approx([max(mean - 3, 0) for mean in reached], abs=5.1e-5)
    assert any(line.startswith("    คะแนนรวม   ") for line in diff_lines(diff, "th"))


# --- the parts add up ---------------------------------------------------------------------------------------


def test_the_parts_add_up_in_lines_rows_and_the_workbook(tmp_path: Path) -> None:
    diff = between(levels(**WORTH), GIVEN, other("3102", a=90, b=31, late=0))
    assert len(diff.moves) > 3
    for move in diff.moves:
        assert parts(move) == pytest.approx(move.gained, abs=1e-9)
        assert abs(move.rounding) <= 1.0001e-4
        rows = [row for row in diff_rows(diff, "th") if row[0] == move.unit]
        (total,) = [float(row[6]) for row in rows if row[1] == TOTAL]
        assert sum(float(row[6] or 0) for row in rows if row[1] != TOTAL) == pytest.approx(total, abs=1e-8)
    write_diff(diff, tmp_path / "diff.xlsx", "th")
    sheet = load_workbook(tmp_path / "diff.xlsx").worksheets[0]
    sums, unit = dict[str, float](), ""
    for row in sheet.iter_rows(min_row=5, values_only=True):
        if row[0] not in (None, ""):
            unit = str(row[3]).split()[0]
        elif isinstance(row[6], float | int):
            sums[unit] = sums.get(unit, 0.0) + row[6]
    assert sums == pytest.approx({move.unit: move.gained for move in diff.moves}, abs=1.0e-4)


UNITS = 12
CODES = [f"31{number:02}" for number in range(1, UNITS + 1)]
TARGETS = {code: 25 + 5 * at for at, code in enumerate(CODES)}
MANY = {
    **WORTH,
    "รอบประเมิน": WORTH["รอบประเมิน"].replace("5.2", "2.2"),
    "ตัวชี้วัด": WORTH["ตัวชี้วัด"].replace("| 5.5", "| 2.5"),
    "หน่วย": "\n".join(["รหัส | ชื่อ | กลุ่ม | อีเมล | สำเนา", *(f"{code} | หน่วย {code} | เหนือ" for code in CODES)]),
    "ค่าตั้งต้น": "\n".join(["รหัสหน่วย | target", *(f"{code} | {target}" for code, target in TARGETS.items())]),
}


def made_up(chance: random.Random) -> dict[str, dict[str, object]]:
    return {
        code: {
            "target": target,
            "a": chance.choice((0, 10, target, chance.randint(0, 120))),
            "b": chance.randint(0, 45),
            "late": chance.choice((0, 0, 1, 5, 6, 10, 11, 30)),
            "wrong": chance.random() < 0.2,
        }
        for code, target in TARGETS.items()
    }


def slow_parts(tables: LevelTables, given: Given) -> dict[tuple[str, str], Fraction]:
    """What each unit's leaves and lifted nodes put into its total, and the total, in fractions."""
    book = Book(tables, date(2022, 4, 30))
    units = [
        Slow(
            book,
            tables.unit[code],
            {name: Fraction(int(value)) for name, value in values.items()},
            frozenset(),
        )  # type: ignore[call-overload]
        for code, values in given.items()
    ]
    book.peers = units
    found: dict[tuple[str, str], Fraction] = {}

    def walk(one: Slow, code: str, share: Fraction) -> None:
        result, children = one.node(code), book.children[code]
        assert result
        if not children:
            found[one.unit.code, code] = share * result[0]
            return
        mean = one.mean(code)
        assert mean is not None
        found[one.unit.code, f"lift {code}"] = share * (result[0] - mean)
        applying = [child for child in children if one.node(child.code)]
        whole = Fraction(sum(one.weight(child) for child in applying))
        for child in applying:
            walk(one, child.code, share * one.weight(child) / whole)

    for one in units:
        walk(one, TOTAL, Fraction(1))
        found[one.unit.code, "gained"] = one.tree[TOTAL][0]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_parts_are_those_of_exact_fractions(seed: int) -> None:
    chance, tables = random.Random(f"moves {seed}"), levels(**MANY)
    old, new = made_up(chance), made_up(chance)
    exact = [slow_parts(tables, given) for given in (old, new)]
    moved = {
        key: exact[1].get(key, Fraction(0)) - exact[0].get(key, Fraction(0)) for key in {*exact[0], *exact[1]}
    }
    diff, lifted = between(tables, old, new), 0
    for move in diff.moves:
        own = {code: points for (unit, code), points in moved.items() if unit == move.unit}
        gained = own.pop("gained")
        assert sum(own.values()) == gained, "in fractions nothing is left"
        told = {f"lift {node.node}": node.points for node in move.nodes} | {
            kpi.kpi: kpi.points for kpi in move.kpis
        }
        for share in move.shares:
            told[share.kpi] = told.get(share.kpi, 0.0) + share.points
        assert told == pytest.approx({code: float(own[code]) for code in told}, abs=1e-6)
        assert all(abs(points) < 1e-6 for code, points in own.items() if code not in told)
        assert move.rounding == pytest.approx(move.gained - float(gained), abs=1e-6)
        lifted += len(move.nodes)
    assert lifted > 1.5 * UNITS


# --- the tables' own changes --------------------------------------------------------------------------------


def by_tables(folder: Path, **sheets: str) -> Diff:
    """The month by the tables, and by those with other sheets."""
    paths = [
        write(folder / f"{name}.xlsx", {**WORTH, **each}, {}) for name, each in (("a", {}), ("b", sheets))
    ]
    tables = [read_levels(path)[0] for path in paths]
    sides = [
        side_of_outcome(outcome_of(each, GIVEN), p.stem, p) for each, p in zip(tables, paths, strict=True)
    ]
    return compare(*sides, table_changes(tables[0], paths[0], tables[1], paths[1]), "th")


def test_a_cap_that_changed_is_named_with_its_cell(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, ตัวชี้วัด=WORTH["ตัวชี้วัด"].replace("| 5.5", "| 5.25"))
    told = said(diff, "3101", "T")
    assert told == ["เกินเพดานคะแนน 5.5/5.25 จึงถูกตัด 0.0625 → 0.3125", "T เพดานคะแนน: 5.5 → 5.25"]
    assert "ตัวชี้วัด!K2" in "\n".join(diff_lines(diff, "th"))


def test_a_cap_of_the_total_that_came_is_named(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, รอบประเมิน=WORTH["รอบประเมิน"].replace("5.2", "4"))
    assert "เพดานคะแนน ค่า: 5.2 → 4" in said(diff, "3101", TOTAL)


def test_a_node_that_is_no_longer_a_t_score_says_so(tmp_path: Path) -> None:
    diff = by_tables(
        tmp_path, ตัวชี้วัด=WORTH["ตัวชี้วัด"].replace("| 40    |            |      | คะแนนที", "| 40 | | |")
    )
    told = said(diff, "3102", "I")
    assert told[0].endswith("→ –")
    assert told[-1].startswith("I วิธีให้คะแนน: คะแนนที → ")
    for move in diff.moves:
        assert parts(move) == pytest.approx(move.gained, abs=1e-9)


@pytest.mark.parametrize(
    ("unit", "value", "kpi", "text"),
    [
        ("3101", {"late": 4}, "T1", "ส่งช้า 0 → 4 วัน"),
        ("3101", {"late": 4}, "T2", "ส่งช้า 0 → 4 วัน"),
        ("3102", {"wrong": True}, "T2", "ข้อมูลผิด ไม่ใช่ → ใช่"),
        ("3102", {"a": 60}, "T1", "ทำได้ 55 → 60 คน"),
    ],
)
def test_what_takes_points_off_is_a_cause(unit: str, value: dict[str, object], kpi: str, text: str) -> None:
    (move,) = [
        move
        for move in of(between(levels(**WORTH), GIVEN, other(unit, **value)), unit).kpis
        if move.kpi == kpi
    ]
    assert text in [cause_text(cause, "th") for cause in move.causes]


def test_how_much_is_taken_off_is_a_cause_where_that_changed(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, ระดับ=WORTH["ระดับ"].replace("| 0.1", "| 0.2"))
    (kpi,) = of(diff, "3102").kpis
    assert [cause_text(cause, "th") for cause in kpi.causes] == ["T1 late หักคะแนน: 0.1 → 0.2"]
    assert kpi.points == pytest.approx(-0.3 * 0.3)
