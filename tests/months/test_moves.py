"""What moved between two sides, on the default sample: exactly what was changed is told, and the points add
up.
"""

import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_once import made_once
from many_units import sample
from workspace import BURIRAM, NAKHON_PHANOM, NEWEST, RAYONG, copy_few, edit_table

from kpibatch.base.config import Config, read_config
from kpibatch.base.kinds import Kind
from kpibatch.intake.frame import EMPTY, OK
from kpibatch.months.assess import assess_month
from kpibatch.months.compare.moves import _NEGLIGIBLE, Diff, KpiMove, Move, compare
from kpibatch.months.compare.rows import diff_rows
from kpibatch.months.compare.side import Side, side_of_outcome
from kpibatch.months.compare.words import cause_text, diff_lines
from kpibatch.months.listings import SCORE_COLUMNS, score_rows
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.changes import table_changes
from kpibatch.rules.reader import read_levels
from kpibatch.scoring.outcome import Outcome, assess

JUNE = "2565-06"
Cells = Mapping[tuple[str, str], float | None]


@pytest.fixture(scope="module")
def june() -> Outcome:
    return sample(BURIRAM)


def changed(outcome: Outcome, cells: Cells, tables: LevelTables | None = None) -> Outcome:
    """The month with other values in its cells (``None`` blanks one), perhaps by other tables."""
    frame = outcome.intake.reported.copy()
    for (unit, measure), value in cells.items():
        at = (frame["unit"] == unit) & (frame["measure"] == measure) & (frame["month"] == outcome.month)
        assert at.sum() == 1, (unit, measure)
        frame.loc[at, "value"] = math.nan if value is None else value
        frame.loc[at, "found"] = "" if value is None else str(value)
        frame.loc[at, "state"] = EMPTY if value is None else OK
    return assess(replace(outcome.intake, reported=frame), tables or outcome.tables, outcome.config)


def side(outcome: Outcome, name: str = "side") -> Side:
    return side_of_outcome(outcome, name, outcome.config.level_tables)


def between(a: Outcome, b: Outcome) -> Diff:
    return compare(side(a, "a"), side(b, "b"), (), "th")


def by_tables(folder: Path, edit: Callable[[Path], object], sample: str = BURIRAM) -> Diff:
    """A sample's newest month, of a few units where it has many, by its own tables and by a copy that was
    edited.
    """
    config = read_config(_few(sample))
    shutil.copy(config.level_tables, folder / "level_tables.xlsx")
    edit(folder)
    other = replace(
        config, workspace=replace(config.workspace, level_tables=str(folder / "level_tables.xlsx"))
    )
    a, b = _as_it_is(sample), _by(other, NEWEST[sample])
    return compare(a, b, table_changes(a.tables, a.workbook, b.tables, b.workbook), "th")


@cache
def _as_it_is(sample: str) -> Side:
    return _by(read_config(_few(sample)), NEWEST[sample])


def _few(sample: str) -> Path:
    return made_once(f"{sample} of a few", lambda folder: copy_few(folder, sample)) / sample


def _by(config: Config, month: str) -> Side:
    tables, findings = read_levels(config.level_tables)
    assert not [one for one in findings if one.severity == "error"]
    return side_of_outcome(assess_month(config, month, tables), "side", config.level_tables)


def of(diff: Diff, unit: str) -> Move:
    [move] = [move for move in diff.moves if move.unit == unit]
    return move


def at(diff: Diff, unit: str, kpi: str) -> KpiMove:
    [move] = [move for move in of(diff, unit).kpis if move.kpi == kpi]
    return move


def told(move: KpiMove) -> list[str]:
    return [cause_text(cause, "th") for cause in move.causes]


# --- values -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_nothing_differs_from_itself(june: Outcome) -> None:
    diff = between(june, june)
    assert (diff.moves, diff.values, diff.anything) == ((), 0, False)
    assert list(diff_lines(diff, "th"))[-1] == "ไม่มีอะไรต่างกัน"


@pytest.mark.slow
def test_one_value_moves_one_level(june: Outcome) -> None:
    diff = between(june, changed(june, {("3101", "T1.spent"): 1_650_390}))
    [kpi] = of(diff, "3101").kpis
    assert (kpi.kpi, kpi.before.level, kpi.after.level) == ("T1", 4, 2)
    assert kpi.points == pytest.approx(-0.15)
    assert told(kpi) == ["ร้อยละการใช้จ่าย 95.2599 → 87: เบิกจ่ายสะสม 1,807,081.18 → 1,650,390 บาท"]
    [part] = kpi.causes[0].parts
    assert str(part.places[1]) == "3101 เมืองบุรีรัมย์.xlsx แบบรายงาน!J8"
    takers = sorted(unit for unit, giver in june.tables.taken["T1"].items() if giver == "3101")
    assert takers
    assert sorted(move.unit for move in diff.moves if move.kpis) == ["3101", *takers]
    assert all(of(diff, unit).kpis == (kpi,) for unit in takers)  # what they take, and why it moved
    districts = {unit.code for unit in june.tables.units[june.tables.tree.kinds[0].rows]}
    passing = [move for move in diff.moves if move.unit not in ("3101", *takers)]
    assert passing
    assert all(move.passed == ("3101",) for move in passing)
    assert set(of(diff, "3101").passed_by) == {move.unit for move in passing} <= districts
    assert diff.values == 2  # what was spent, and the percent


@pytest.mark.slow
def test_a_value_that_moves_no_level_is_only_counted(june: Outcome) -> None:
    diff = between(june, changed(june, {("3101", "T1.spent"): 1_807_082}))
    assert (diff.moves, diff.values) == ((), 2)
    assert "มีค่าที่ต่างกัน 2 ค่า" in list(diff_lines(diff, "th"))[-1]


@pytest.mark.slow
def test_of_many_measures_only_the_decisive_are_named(june: Outcome) -> None:
    unit = next(
        unit for unit in june.tables.unit if unit in june.sent and side(june).results[unit, "T3"].level == 4
    )
    diff = between(june, changed(june, {(unit, "T3.published"): 0, (unit, "T5.news"): 60}))
    assert told(at(diff, unit, "T3")) == ["เผยแพร่บนเว็บไซต์หน่วยงาน ใช่ → ไม่ใช่"]


@pytest.mark.slow
def test_a_value_refused_says_why_it_is_missing(june: Outcome) -> None:
    unit = next(
        unit
        for unit in june.tables.unit
        if unit in june.sent and (side(june).results[unit, "T8"].level or 0) > 0
    )
    [text] = told(at(between(june, changed(june, {(unit, "T8.kinds"): -3})), unit, "T8"))
    assert text.startswith("ชนิดผักที่เจ้าหน้าที่ปลูก ")
    assert "→ ไม่มีข้อมูล   (ชนิดผักที่เจ้าหน้าที่ปลูก: -3 " in text


@pytest.mark.slow
def test_missing_data_that_leaves_the_level_is_told_by_its_finding(june: Outcome) -> None:
    """Blank in June, carried over from May: the level may stay, the status does not; and the other way round
    it is mended.
    """
    unit = next(
        unit
        for unit, name in june.tables.unit.items()
        if unit in june.sent
        and not at_level_change(june, changed(june, {(unit, "T1.loan_docs"): None}), unit)
    )
    blank = changed(june, {(unit, "T1.loan_docs"): None})
    kpi = at(between(june, blank), unit, "T1")
    assert (kpi.points, [cause.kind for cause in kpi.causes]) == (0, ["finding"])
    assert "ว่าง" in kpi.causes[0].what
    back = at(between(blank, june), unit, "T1")
    assert [cause.kind for cause in back.causes] == ["mended"]
    assert told(back)[0].startswith("ไม่มีข้อค้นพบนี้แล้ว: ")


def at_level_change(a: Outcome, b: Outcome, unit: str) -> bool:
    return side(a).results[unit, "T1"].level != side(b).results[unit, "T1"].level


@pytest.mark.slow
def test_a_correction_is_named_with_its_reason(june: Outcome) -> None:
    other = side(changed(june, {("3101", "T1.spent"): 1_650_390}))
    key, reason = ("3101", "T1.spent"), "แก้เป็น 1,650,390 ตามหนังสือ บร 1"
    place = replace(other.place(*key), file="corrections.xlsx", sheet="แก้ไข", cell="E4")
    row = {"severity": "note", "code": "corrected", "message": reason}
    other = replace(other, places={**other.places, key: place}, findings={**other.findings, key: (row,)})
    [computed] = at(compare(side(june), other, (), "th"), "3101", "T1").causes
    [part] = computed.parts
    assert (part.kind, part.note, str(part.places[1])) == ("correction", reason, "corrections.xlsx แก้ไข!E4")
    assert f"1,807,081.18 → 1,650,390 บาท   ({reason})" in cause_text(computed, "th")


@pytest.mark.slow
def test_linear_scores_move_within_a_level() -> None:
    rayong = sample(RAYONG)
    unit = next(unit for unit in rayong.tables.unit if unit in rayong.sent)
    a, b = (changed(rayong, {(unit, "D2.1.satisfaction"): value}) for value in (82.5, 84))
    kpi = at(between(a, b), unit, "D2.1")
    assert (kpi.before.level, kpi.after.level, kpi.before.score, kpi.after.score) == (2, 2, 2.5, 2.8)
    assert told(kpi)[0].endswith("82.5 → 84")


# --- the tables ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_threshold_is_told_with_its_cell_where_it_was_decisive(tmp_path: Path) -> None:
    diff = by_tables(
        tmp_path, lambda w: edit_table(w, "ระดับ", {"ตัวชี้วัด": "T1", "รายการข้อมูล": "T1.pct"}, "ระดับ 4", "≥ 96")
    )
    a, _ = diff.sides or pytest.fail("nothing was scored")
    fell = [
        unit
        for unit in a.tables.unit
        if 95 <= a.value(unit, "T1.pct") < 96 and a.results[unit, "T1"].level == 4
    ]
    assert fell
    assert {move.unit for move in diff.moves if move.kpis} == set(fell)
    for unit in fell:
        kpi = at(diff, unit, "T1")
        assert told(kpi) == ["ระดับ 4: ร้อยละการใช้จ่าย ไม่น้อยกว่าร้อยละ 95 → ร้อยละการใช้จ่าย ไม่น้อยกว่าร้อยละ 96"]
        assert [place.cell for place in kpi.causes[0].places] == ["H2", "H2"]


@pytest.mark.slow
def test_a_weight_moves_totals_not_levels(tmp_path: Path) -> None:
    def edit(folder: Path) -> None:
        edit_table(folder, "ตัวชี้วัด", {"รหัส": "T1"}, "น้ำหนัก", 20)
        edit_table(folder, "ตัวชี้วัด", {"รหัส": "T2"}, "น้ำหนัก", 10)

    diff = by_tables(tmp_path, edit)
    assert diff.moves
    for move in diff.moves:
        assert not move.kpis
        assert {share.kpi: (share.before, share.after) for share in move.shares} == {
            "T1": (7.5, 10),
            "T2": (7.5, 5),
        }
        assert move.weights == pytest.approx(move.gained, abs=1e-4)
    assert [(change.key, change.before, change.after) for change in diff.changes] == [
        (("T1",), "15", "20"),
        (("T2",), "15", "10"),
    ]


@pytest.mark.slow
def test_another_case_is_told_with_the_value_behind_it(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, lambda w: edit_table(w, "ค่าตั้งต้น", {"รหัสหน่วย": "3102"}, "staff", 2))
    kpi = at(diff, "3102", "T5")
    assert [cause.kind for cause in kpi.causes] == ["case", "value"]
    assert told(kpi) == [
        "กรณี อัตรากำลังของอำเภอ (คน) มากกว่า 2 คน แต่ไม่เกิน 4 คน → กรณี อัตรากำลังของอำเภอ (คน) ไม่เกิน 2 คน",
        "อัตรากำลังของอำเภอ (คน) 3 → 2 คน",
    ]
    assert kpi.causes[1].places[1].sheet == "ค่าตั้งต้น"


@pytest.mark.slow
def test_a_case_whose_condition_was_edited(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, lambda w: edit_table(w, "ระดับ", {"ตัวชี้วัด": "T5"}, "เงื่อนไขกรณี", "≤ 3"))
    moved = [move for move in diff.moves if move.kpis]
    assert moved
    for move in moved:
        assert [cause.kind for cause in at(diff, move.unit, "T5").causes] == ["case"]
        assert at(diff, move.unit, "T5").causes[0].places[1].cell == "C16"


@pytest.mark.slow
def test_a_kpi_that_comes_to_apply(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, lambda w: edit_table(w, "ตัวชี้วัด", {"รหัส": "I2.3"}, "ใช้กับ", None), NAKHON_PHANOM)
    kpi = at(diff, "4801", "I2.3")
    assert (kpi.before.level, kpi.after.level is None) == (None, False)
    assert [(cause.kind, cause.what) for cause in kpi.causes] == [("rule", "I2.3 ใช้กับ")]
    for move in diff.moves:
        assert sum(one.points for one in move.kpis) + move.weights == pytest.approx(move.gained, abs=1.01e-4)


@pytest.mark.slow
def test_what_a_level_is_worth(tmp_path: Path) -> None:
    diff = by_tables(tmp_path, lambda w: edit_table(w, "รอบประเมิน", {"รายการ": "คะแนนต่ำกว่าระดับ 1"}, "ค่า", 1))
    for move in (move for move in diff.moves if move.kpis):
        for kpi in move.kpis:
            assert (kpi.before.level, kpi.after.level) == (0, 0)
            assert [cause.what for cause in kpi.causes] == ["คะแนนต่ำกว่าระดับ 1 ค่า"]
    assert any(move.kpis for move in diff.moves)


@pytest.mark.slow
def test_a_kpi_taken_out_and_a_unit_added(june: Outcome) -> None:
    without = replace(
        june.tables,
        nodes=tuple(node for node in june.tables.nodes if node.code != "T8"),
        rules=tuple(rule for rule in june.tables.rules if rule.kpi != "T8"),
        units=june.tables.units[1:],
    )
    frame = june.intake.reported
    there = replace(june.intake, reported=frame[frame["unit"] != june.tables.units[0].code])
    less = assess(there, without, june.config)
    diff = between(less, june)
    new = of(diff, june.tables.units[0].code)
    assert (new.before, new.kpis) == (None, ())
    assert "เพิ่มใหม่ในตารางระดับ" in "\n".join(diff_lines(diff, "th"))
    for move in diff.moves:
        if move.unit != new.unit and move.before and not math.isnan(move.gained):
            asked = move.unit in june.tables.meant["T8"]  # the province has other sums alone
            assert [kpi.kpi for kpi in move.kpis if kpi.before is None] == ["T8"] * asked
            assert sum(one.points for one in move.kpis) + move.weights + move.rounding == pytest.approx(
                move.gained, abs=1e-9
            )
            assert abs(move.rounding) < 1.01e-4


# --- ranks --------------------------------------------------------------------------------------------------


def ranked(june: Outcome, **ranks: int) -> Side:
    """A side where only these units are ranked, so."""
    base = side(june)
    standings = {
        f"31{unit[1:]}": replace(base.standings[f"31{unit[1:]}"], rank=rank) for unit, rank in ranks.items()
    }
    others = {unit: replace(one, rank=0) for unit, one in base.standings.items()}
    return replace(base, standings=others | standings)


@pytest.mark.slow
def test_a_tie_that_is_broken_names_who_passed(june: Outcome) -> None:
    a, b = ranked(june, u01=1, u02=2, u03=2, u04=4), ranked(june, u01=1, u02=2, u03=3, u04=4)
    diff = compare(a, b, (), "th")
    [move] = diff.moves
    assert (move.unit, move.passed_by, move.passed) == ("3103", ("3102",), ())
    assert any(
        line.startswith("▼1  3103 กระสัง   อันดับ 2 → 3   ถูกแซงโดย 3102 คูเมือง")
        for line in diff_lines(diff, "th")
    )
    assert "   แซง 3102 คูเมือง" in "\n".join(diff_lines(compare(b, a, (), "th"), "th"))


@pytest.mark.slow
def test_of_many_that_passed_a_unit_the_first_five_are_named(june: Outcome) -> None:
    ranks = {f"u{number:02}": number for number in range(1, 8)}
    text = "\n".join(
        diff_lines(
            compare(ranked(june, **(ranks | {"u07": 0, "u01": 1})), ranked(june, **ranks), (), "th"), "th"
        )
    )
    assert "ถูกแซง" not in text
    last = ranked(june, **{unit: rank - 1 for unit, rank in ranks.items()} | {"u01": 7})
    line = next(
        line
        for line in diff_lines(compare(ranked(june, **ranks), last, (), "en"), "en")
        if line.startswith("▼6")
    )
    assert line.endswith(
        "passed by 3102 คูเมือง, 3103 กระสัง, 3104 นางรอง, 3105 หนองกี่, 3106 ละหานทราย and 1 more"
    )


@pytest.mark.slow
def test_the_greatest_movement_comes_first_then_the_order_of_the_tables(june: Outcome) -> None:
    a, b = ranked(june, u01=1, u02=2, u03=3, u04=4), ranked(june, u01=2, u02=1, u03=4, u04=3, u05=5)
    assert [move.unit for move in compare(a, b, (), "th").moves] == ["3101", "3102", "3103", "3104", "3105"]
    b = ranked(june, u01=2, u02=3, u03=4, u04=1)
    assert [move.unit for move in compare(a, b, (), "th").moves] == ["3104", "3101", "3102", "3103"]


# --- properties ---------------------------------------------------------------------------------------------


@st.composite
def changes(draw: st.DrawFn, june: Outcome) -> Cells:
    frame, measures = june.intake.reported, {m.code: m for m in june.tables.form_measures}
    own = frame[(frame["month"] == june.month) & frame["unit"].isin(june.sent)]
    asked = sorted(
        (unit, code)
        for unit, code in zip(own["unit"], own["measure"], strict=True)
        if code in measures and measures[code].kind is not Kind.DATE
    )
    found: dict[tuple[str, str], float | None] = {}
    for _ in range(draw(st.integers(1, 12))):
        unit, code = draw(st.sampled_from(asked))
        numbers: Any = st.integers(0, 1) if measures[code].kind is Kind.YES_NO else st.integers(0, 5_000)
        found[unit, code] = draw(st.none() | numbers)
    return found


def rows_by_place(outcome: Outcome) -> dict[tuple[object, object], dict[str, object]]:
    return {(row[1], row[2]): dict(zip(SCORE_COLUMNS, row, strict=True)) for row in score_rows(outcome)}


@pytest.fixture(scope="module")
def june_said(june: Outcome) -> tuple[Side, dict[tuple[object, object], dict[str, object]]]:
    """June as a side, and its rows by unit and node."""
    return side(june, "a"), rows_by_place(june)


@pytest.mark.slow
@settings(max_examples=15)
@given(data=st.data(), weighed=st.booleans())
def test_the_points_add_up_and_levels_are_those_of_the_scores(
    june: Outcome,
    june_said: tuple[Side, dict[tuple[object, object], dict[str, object]]],
    data: st.DataObject,
    weighed: bool,
) -> None:
    tables = june.tables
    if weighed:
        count = len(tables.nodes)
        weights = data.draw(st.lists(st.integers(1, 30), min_size=count, max_size=count))
        tables = replace(
            tables,
            nodes=tuple(replace(n, weight=float(w)) for n, w in zip(tables.nodes, weights, strict=True)),
        )
    other = changed(june, data.draw(changes(june)), tables)
    before, row_before = june_said
    diff = compare(before, side(other, "b"), (), "th")
    rows = [row_before, rows_by_place(other)]
    for move in diff.moves:
        if move.before and move.after and not math.isnan(move.gained):
            assert sum(kpi.points for kpi in move.kpis) + move.weights + move.rounding == pytest.approx(
                move.gained, abs=_NEGLIGIBLE
            )
            assert abs(move.rounding) < 1.01e-4
            assert move.after.rank - move.before.rank == len(move.passed_by) - len(move.passed)
        for kpi in move.kpis:
            for result, row in zip((kpi.before, kpi.after), rows, strict=True):
                assert result
                assert str(result.level) == row[move.unit, kpi.kpi]["level"]
            assert kpi.causes, (move.unit, kpi.kpi)
    still = set(june.tables.unit) - {move.unit for move in diff.moves}
    for key, row in rows[0].items():
        if key[0] in still:
            same = ("level", "status", "rank") if weighed else ("level", "score", "status", "rank")
            if key[1] in {leaf.code for leaf in tables.leaves} | {"total"}:
                assert [row[name] for name in same] == [rows[1][key][name] for name in same]
    summed: dict[str, float] = {}
    for row in diff_rows(diff, "th"):
        if row[0] and row[1] != "total":
            summed[row[0]] = summed.get(row[0], 0.0) + float(row[6] or 0)
    assert summed == pytest.approx({unit: of(diff, unit).gained for unit in summed}, abs=2 * _NEGLIGIBLE)
