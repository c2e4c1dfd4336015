"""Up and down the tree of units, worked by hand in exact fractions."""

import math
from collections.abc import Collection, Mapping
from fractions import Fraction as F

import pytest
from cascade import HELD_AGAINST, MEASURES, NODES, RULES, UNITS, book
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_by_hand import measured_from
from tablebook import read

from kpibatch.base.config import RankingRules
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.cascade.passes import score_tree_of_units
from kpibatch.scoring.cascade.senders import counted
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.promises import promises
from kpibatch.scoring.rank import Status, rank_units
from kpibatch.scoring.score import Scores

JUNE = "2565-06"
Values = Mapping[str, Mapping[str, float]]
VALUES: Values = {
    "31": {"T1.budget": 1000, "T1.spent": 850, "uses": 50},  # 85 %: level 3
    "32": {"T1.budget": 2000, "T1.spent": 1400, "uses": 13},  # 70 %: level 2
    "G1": {"T1.budget": 3000, "T1.spent": 3000, "uses": 0},  # 100 %: level 5
    "311": {"N1.visits": 4},
    "312": {"N1.visits": 2},
    "313": {"N1.visits": 1},
    "321": {"N1.visits": 5},
    "G11": {"N1.visits": 0},
}
RULING = RankingRules()
T1_ALONE = "T1 | | เบิกจ่าย | 100 | | | | | ข้อ 1"


def tables_of(**sheets: str) -> LevelTables:
    tables, found = read(**book(**sheets))
    assert found == []
    return tables


def scored(
    values: Values, sent: Collection[str] = tuple(VALUES), tables: LevelTables | None = None
) -> tuple[LevelTables, Measured, Scores, frozenset[str]]:
    tables = tables or tables_of()
    measured = measured_from(tables, {unit: dict(values.get(unit, {})) for unit in tables.unit})
    counting = counted(tables, sent)
    return tables, *score_tree_of_units(measured, tables, JUNE, counting), counting


def score(scores: Scores, unit: str, node: str = TOTAL) -> float:
    return float(scores.scores[node].loc[unit])


def test_three_levels_by_hand():
    _, measured, scores, sent = scored(VALUES)
    assert sent == {*VALUES, "P0"}
    assert [measured.value(unit, "D1.visits") for unit in ("31", "32", "G1")] == [7, 5, 0]
    assert measured.value("P0", "V1.uses") == 63
    assert measured.value("P0", "V2.share") == pytest.approx(float(F(200, 3)))
    # level 3 of V1 (63 of 60), level 3 of V2 (66.67 of 60)
    assert score(scores, "P0") == float(F(60 * 3 + 40 * 3, 100))
    # T1 3, D1 3 (7 of 6); T1 2, D1 2 (5 of 4); T1 5, D1 0
    assert [score(scores, unit) for unit in ("31", "32", "G1")] == pytest.approx(
        [float(F(60 * t + 40 * d, 100)) for t, d in ((3, 3), (2, 2), (5, 0))]
    )
    # T1 of the unit above, N1 their own: 4, 2, 1; 5; 0
    assert [score(scores, unit) for unit in ("311", "312", "313", "321", "G11")] == pytest.approx(
        [float(F(60 * t + 40 * n, 100)) for t, n in ((3, 4), (3, 2), (3, 1), (2, 5), (5, 0))]
    )
    assert not scores.provisional.to_numpy().any()
    assert math.isnan(score(scores, "311", "D1"))
    assert math.isnan(score(scores, "P0", "T1"))


def test_a_part_that_is_missing_leaves_the_sum_provisional_and_is_no_zero():
    less = {unit: values for unit, values in VALUES.items() if unit != "312"}
    _, measured, scores, _ = scored(less, tuple(less))
    assert measured.value("31", "D1.visits") == 5
    assert measured.incomplete["D1.visits"].loc["31"]
    assert scores.provisional["D1"].loc["31"]
    assert not scores.provisional["D1"].loc["32"]
    assert scores.kpis["D1"].level[0] == 2


def test_a_district_that_did_not_send_waits_above_and_below():
    less = {unit: values for unit, values in VALUES.items() if unit != "31"}
    tables, measured, scores, sent = scored(less | {"31": {"T1.budget": 1000}}, tuple(less))
    assert "31" not in sent
    assert measured.value("P0", "V1.uses") == 13
    assert measured.value("P0", "V2.share") == 50  # of the two that are known
    assert list(scores.provisional.loc["P0", ["V1", "V2", TOTAL]]) == [True] * 3
    assert [score(scores, "311", node) for node in ("T1", "N1")] == [0, 4]
    assert scores.provisional["T1"].loc["311"]
    assert not scores.provisional["T1"].loc["321"]
    standing = {each.unit: each for each in rank_units(scores, set(sent), tables, RULING)}
    assert [standing[unit].status for unit in ("31", "311", "321", "P0")] == [
        *(Status.NOT_SUBMITTED, Status.PROVISIONAL, Status.OK, Status.PROVISIONAL),
    ]


def test_who_has_nothing_to_fill_in_counts_when_somebody_it_lives_on_has_sent():
    tables = tables_of()
    assert tables.senders == {*VALUES}
    assert counted(tables, ()) == frozenset()
    assert counted(tables, ("31",)) == {"31", "P0"}
    assert counted(tables, ("311",)) == {"311"}


def test_a_person_with_team_results_alone_needs_no_file():
    tables = tables_of(ตัวชี้วัด=NODES.replace("ประเภท บุคคล", "เฉพาะ 312, 313"))
    assert {"311", "321"}.isdisjoint(tables.senders)
    assert counted(tables, ("31",)) == {"31", "311", "P0"}


@pytest.mark.parametrize(
    ("rollup", "value", "incomplete"),
    [("รวม", 63.0, False), ("เฉลี่ย", 21.0, False), ("ต่ำสุด", 0.0, False), ("สูงสุด", 50.0, False)],
)
def test_how_the_parts_become_one(rollup: str, value: float, incomplete: bool):
    measures = MEASURES.replace("รวมจากหน่วยย่อย | รวม | uses", f"รวมจากหน่วยย่อย | {rollup} | uses")
    _, measured, _, _ = scored(VALUES, tables=tables_of(รายการข้อมูล=measures))
    assert measured.value("P0", "V1.uses") == value
    assert bool(measured.incomplete["V1.uses"].loc["P0"]) is incomplete


@pytest.mark.parametrize(
    ("rollup", "value"), [("รวม", 13.0), ("เฉลี่ย", 6.5), ("ต่ำสุด", math.nan), ("สูงสุด", 13.0)]
)
def test_how_they_do_with_one_missing(rollup: str, value: float):
    measures = MEASURES.replace("รวมจากหน่วยย่อย | รวม | uses", f"รวมจากหน่วยย่อย | {rollup} | uses")
    less = {unit: values for unit, values in VALUES.items() if unit != "31"}
    _, measured, scores, _ = scored(less, tuple(less), tables_of(รายการข้อมูล=measures))
    assert measured.value("P0", "V1.uses") == pytest.approx(value, nan_ok=True)
    assert scores.provisional["V1"].loc["P0"]


@pytest.mark.parametrize(
    ("lacks", "budget", "spent"),
    [((), 6000, 5250), (("31",), 5000, 4400), (("32", "G1"), 1000, 850)],
)
def test_sums_that_are_held_against_each_other_are_of_the_same_parts(
    lacks: tuple[str, ...], budget: float, spent: float
):
    """Else a district that sends nothing would lower the province's debts by its own."""
    values = {unit: dict(of) for unit, of in VALUES.items()}
    for unit in lacks:
        del values[unit]["T1.spent"]
    tables = tables_of(**HELD_AGAINST)
    _, measured, scores, _ = scored(values, tuple(values), tables)
    assert [measured.value("P0", code) for code in ("V1.budget", "V1.spent")] == [budget, spent]
    assert measured.value("P0", "V1.left") == pytest.approx(float(F(budget - spent, budget) * 100))
    assert [bool(measured.incomplete[code].loc["P0"]) for code in ("V1.budget", "V1.left")] == [
        bool(lacks)
    ] * 2
    assert bool(scores.provisional["V1"].loc["P0"]) is bool(lacks)


@pytest.mark.parametrize(("spent", "share"), [(799.99, 100 / 3), (800, 200 / 3), (800.01, 200 / 3)])
def test_the_share_of_those_that_reach_a_level(spent: float, share: float):
    values = {**VALUES, "31": {**VALUES["31"], "T1.spent": spent}}
    _, measured, _, _ = scored(values)
    assert measured.value("P0", "V2.share") == pytest.approx(share)


def test_a_chain_of_sums():
    """Province ← districts ← persons, of one measure: D1.visits sums the persons', V1.uses the districts'."""
    measures = MEASURES.replace("รวมจากหน่วยย่อย | รวม | uses", "รวมจากหน่วยย่อย | รวม | D1.visits").replace(
        "    uses      | ผู้ใช้บริการ     | คน    | จำนวน    | กรอก    | รวม\n", ""
    )
    _, measured, scores, _ = scored(VALUES, tables=tables_of(รายการข้อมูล=measures))
    assert measured.value("P0", "V1.uses") == 12
    less = {unit: values for unit, values in VALUES.items() if unit != "313"}
    _, measured, scores, _ = scored(less, tuple(less), tables_of(รายการข้อมูล=measures))
    assert measured.value("P0", "V1.uses") == 11
    assert scores.provisional["V1"].loc["P0"]


def test_the_score_of_the_unit_above_as_a_measure():
    measures = MEASURES + "    N1.unit | คะแนนหน่วย | คะแนน | จำนวน | คะแนนของหน่วย | | {}\n"
    rules = RULES + "    N1 | | | N1.unit | ≥ 1 | ≥ 2 | ≥ 2.5 | ≥ 3 | ≥ 4\n"
    for node, expected in (("", [3.0, 2.0, 3.0]), ("T1", [3, 2, 5]), ("D1", [3, 2, 0])):
        tables = tables_of(รายการข้อมูล=measures.format(node), ระดับ=rules)
        _, measured, _, _ = scored(VALUES, tables=tables)
        assert [measured.value(unit, "N1.unit") for unit in ("311", "321", "G11")] == expected
        less = {unit: values for unit, values in VALUES.items() if unit != "31"}
        _, measured, scores, _ = scored(less, tuple(less), tables)
        assert math.isnan(measured.value("311", "N1.unit"))
        assert scores.provisional["N1"].loc["311"]


def test_ranks_are_among_units_of_a_kind_ties_among_them():
    values = {**VALUES, "32": VALUES["31"] | {"T1.budget": 1000}, "321": {"N1.visits": 7}}
    tables, _, scores, sent = scored(values)
    standings = rank_units(scores, set(sent), tables, RULING)
    assert [(each.unit, each.rank) for each in standings] == [
        *(("31", 1), ("32", 1)),
        ("P0", 1),
        ("G1", 1),
        *(("321", 1), ("311", 2), ("G11", 3), ("312", 4), ("313", 5)),
    ]


def test_what_would_lift_a_taken_result_is_the_units_and_a_sum_its_parts():
    tables, measured, scores, _ = scored(VALUES)
    found = promises(measured, scores, tables, JUNE, RULING)
    assert found["T1", "311"].steps[0].text("en").startswith("the result of เมือง counts")
    assert found["T1", "311"].gain == 0
    assert "made of the parts" in found["V1", "P0"].steps[0].text("en")
    assert found["V1", "P0"].gain == pytest.approx(0.6)
    assert found["T1", "31"].steps[0].more == 50


def test_nothing_of_persons_is_asked_where_they_take_the_result():
    _, _, scores, _ = scored(VALUES)
    assert not scores.needed.loc["311", ["T1.budget", "T1.spent"]].any()
    assert scores.needed.loc["31", ["T1.budget", "T1.spent"]].all()


@pytest.mark.slow
@settings(max_examples=12)
@given(st.permutations(list(range(9))), st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_sums_do_not_hang_on_the_order_of_the_units(order: list[int], visits: list[int]):
    lines = UNITS.strip("\n").splitlines()
    moved = "\n".join([lines[0], *(lines[1:][at] for at in order)]) + "\n"
    people = dict(zip(("311", "312", "313", "321", "G11"), visits, strict=True))
    values = VALUES | {unit: {"N1.visits": float(count)} for unit, count in people.items()}
    _, measured, scores, _ = scored(values)
    _, again, anew, _ = scored(values, tables=read(**book(หน่วย=moved))[0])
    for unit in VALUES:
        assert measured.value(unit, "D1.visits") == pytest.approx(again.value(unit, "D1.visits"), nan_ok=True)
        assert score(scores, unit) == pytest.approx(score(anew, unit))
    assert measured.value("31", "D1.visits") == sum(people[unit] for unit in ("311", "312", "313"))


def test_units_of_no_tree_are_scored_as_ever():
    """The districts of the same book without สังกัด and ประเภท have the levels that they have in it."""
    tables, found = read(
        หน่วย="รหัส | ชื่อ | กลุ่ม | อีเมล | สำเนา\n31 | เมือง\n32 | คูเมือง\n",
        ตัวชี้วัด="\n".join([*NODES.splitlines()[:2], T1_ALONE]),
        รายการข้อมูล=MEASURES,
        ระดับ="\n".join(RULES.splitlines()[:2]),
        ค่าตั้งต้น="รหัสหน่วย | T1.budget\n31 | 1000\n32 | 2000\n",
    )
    assert [one.code for one in found] == []
    assert tables.senders == {"31", "32"}
    _, _, scores, sent = scored({unit: VALUES[unit] for unit in ("31", "32")}, ("31",), tables)
    assert sent == {"31"}
    assert scores.kpis["T1"].level.tolist() == [3, 2]


MOVES = "รหัสหน่วย | ตั้งแต่เดือน | ไปสังกัด\n"


@pytest.mark.parametrize(
    ("moves", "score"),
    [
        ("313 | 2565-06 | 32", F(2 * 3 + 1 * 2, 3)),  # two months below 31 (level 3), one below 32 (level 2)
        ("313 | 2565-05 | 32", F(1 * 3 + 2 * 2, 3)),
        ("313 | 2565-05 | 32\n313 | 2565-06 | G1", F(3 + 2 + 5, 3)),
        ("313 | 2565-05 | 32\n313 | 2565-06 | 31", F(2 * 3 + 1 * 2, 3)),
    ],
)
def test_who_moves_takes_each_units_result_for_the_months_below_it(moves: str, score: F):
    tables = tables_of(ย้าย=MOVES + moves).for_month(JUNE)
    _, measured, scores, _ = scored(VALUES, tables=tables)
    assert float(scores.scores["T1"].loc["313"]) == pytest.approx(float(score))
    assert float(scores.scores[TOTAL].loc["313"]) == pytest.approx(float((60 * score + 40 * 1) / 100))
    assert float(scores.scores["T1"].loc["312"]) == 3
    now = tables.unit["313"].parent
    visits = {"31": 6, "32": 5, "G1": 0}
    visits[now] += 1  # its own work counts where it stands now
    assert {unit: measured.value(unit, "D1.visits") for unit in visits} == visits


UNIT_SCORE = "    N1.unit | คะแนนหน่วย | คะแนน | จำนวน | คะแนนของหน่วย | | {}\n"
OF_UNITS = "    N1 | | | N1.unit | ≥ 0 | ≥ 0 | ≥ 0 | ≥ 0 | ≥ 4\n"


@pytest.mark.parametrize(
    ("node", "moves", "score", "unsent"),
    [
        ("", "", F(3), ()),  # 31: T1 3, D1 3 (7 visits)
        ("", "313 | 2565-06 | 32", F(2 * 3 + F(12, 5), 3), ()),  # 31: T1 3, D1 3 (6 visits); 32: 2 and 3 (6)
        ("T1", "313 | 2565-06 | 32", F(2 * 3 + 1 * 2, 3), ()),
        ("T1", "313 | 2565-05 | 32\n313 | 2565-06 | G1", F(3 + 2 + 5, 3), ()),
        ("T1", "313 | 2565-06 | 32", F(2), ("31",)),  # of those known, and it waits
        ("T1", "313 | 2565-06 | 32", F(3), ("32",)),
        ("T1", "313 | 2565-05 | 32", F(2), ("31",)),
    ],
)
def test_the_score_of_the_units_above_goes_by_the_months_below_each(
    node: str, moves: str, score: F, unsent: tuple[str, ...]
):
    measures = MEASURES + UNIT_SCORE.format(node)
    tables = tables_of(รายการข้อมูล=measures, ระดับ=RULES + OF_UNITS, ย้าย=MOVES + moves).for_month(JUNE)
    less = {unit: values for unit, values in VALUES.items() if unit not in unsent}
    _, measured, _, _ = scored(less, tuple(less), tables)
    assert measured.value("313", "N1.unit") == pytest.approx(float(score))
    assert bool(measured.incomplete["N1.unit"].loc["313"]) is bool(unsent)


def test_a_month_before_the_move_knows_nothing_of_it():
    tables = tables_of(ย้าย=MOVES + "313 | 2565-06 | 32")
    assert [tables.for_month(month).unit["313"].parent for month in ("2565-04", "2565-05", JUNE)] == [
        *("31", "31", "32"),
    ]
    assert tables.unit["313"].parent == "31"


def test_of_two_units_one_of_which_did_not_send_it_waits():
    tables = tables_of(ย้าย=MOVES + "313 | 2565-06 | 32").for_month(JUNE)
    less = {unit: values for unit, values in VALUES.items() if unit != "31"}
    _, _, scores, _ = scored(less, tuple(less), tables)
    assert float(scores.scores["T1"].loc["313"]) == pytest.approx(float(F(2 * 0 + 1 * 2, 3)))
    assert scores.provisional["T1"].loc["313"]
