"""The ranking: 1, 2, 2, 4; rounded half up once; nothing but the named tie-breakers; who is not ranked stands
last.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from math import isnan, nan
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tablebook import levels

from kpibatch.base.config import RankingRules
from kpibatch.base.errors import KpibatchError
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Unit
from kpibatch.scoring.rank import Standing, Status, percent_of, rank_units, rating_of, round_half_up
from kpibatch.scoring.score import Scores

EXCLUDE = RankingRules(incomplete="exclude")


def ranked(
    totals: list[float],
    rules: RankingRules | None = None,
    not_sent: str = "",
    provisional: str = "",
    groups: Mapping[str, str] = MappingProxyType({}),
    **nodes: list[float],
) -> list[Standing]:
    """The standings of units A, B, C … with these totals, and with these scores at T, I …"""
    units = tuple(Unit(chr(ord("A") + number), f"หน่วย {number}") for number in range(len(totals)))
    units = tuple(replace(unit, group=groups.get(unit.code, "")) for unit in units)
    codes = [unit.code for unit in units]
    scores = pd.DataFrame({TOTAL: totals} | nodes, index=codes, dtype=float)
    marks = pd.DataFrame({TOTAL: [code in provisional for code in codes]}, index=codes)
    nothing = pd.DataFrame(index=codes)
    sent = set(codes) - set(not_sent)
    return rank_units(
        Scores({}, scores, nothing, marks, nothing, nothing),
        sent,
        replace(levels(), units=units),
        rules or RankingRules(),
    )


def ranks(standings: list[Standing]) -> str:
    return " ".join(f"{standing.unit}{standing.rank}" for standing in standings)


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ([3, 5, 4], "B1 C2 A3"),
        ([5, 4, 4, 3], "A1 B2 C2 D4"),
        ([3, 5, 5, 5, 4], "B1 C1 D1 E4 A5"),
        ([4, 4, 4], "A1 B1 C1"),
        ([0, 0, 1], "C1 A2 B2"),
        ([2], "A1"),
    ],
)
def test_equal_totals_share_a_rank_and_the_next_is_left_out(totals, expected):
    assert ranks(ranked(totals)) == expected


DENSE = RankingRules(ties="1223")


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ([5, 4, 4, 3], "A1 B2 C2 D3"),
        ([3, 5, 5, 5, 4], "B1 C1 D1 E2 A3"),
        ([4.00004, 4, 3.99995], "A1 B1 C1"),
        ([4.00005, 4, 3.99994], "A1 B2 C3"),
    ],
)
def test_equal_totals_share_a_rank_and_none_is_left_out(totals, expected):
    assert ranks(ranked(totals, DENSE)) == expected


def test_no_rank_is_left_out_where_ties_are_broken():
    nodes = {"T": [1, 2, 2, 5]}
    assert ranks(ranked([4, 4, 4, 3], RankingRules(("T",), ties="1223"), **nodes)) == "B1 C1 A2 D3"


GROUPS = {"A": "เหนือ", "B": "ใต้", "C": " เหนือ", "D": "ใต้", "E": "", "F": "เดียว"}


def in_groups(totals, rules, **other):
    standings = ranked(totals, rules, groups=GROUPS, **other)
    return {each.unit: (each.rank, each.in_group, each.of_group) for each in standings}


def test_ranks_within_groups_stand_beside_the_overall_rank():
    found = in_groups([5, 4, 4, 3, 4.5, 1], RankingRules(within_groups=True))
    assert found == {
        **{"A": (1, 1, 2), "E": (2, 0, 0), "B": (3, 1, 2), "C": (3, 2, 2), "D": (5, 2, 2), "F": (6, 1, 1)}
    }
    assert {rank[1:] for rank in in_groups([5, 4, 4, 3, 4.5, 1], RankingRules()).values()} == {(0, 0)}


@pytest.mark.parametrize(
    ("rules", "last"),
    [(RankingRules(within_groups=True), 3), (RankingRules(ties="1223", within_groups=True), 2)],
)
def test_ties_within_a_group(rules, last):
    same = dict.fromkeys(GROUPS, "กลุ่มเดียว")
    standings = {each.unit: each for each in ranked([4, 4, 3], rules, groups=same)}
    assert [standings[unit].in_group for unit in "ABC"] == [1, 1, last]


def test_who_is_not_ranked_has_no_rank_within_its_group():
    found = in_groups(
        [5, 4, 4, 3, 4, 1], RankingRules((), "exclude", within_groups=True), not_sent="A", provisional="B"
    )
    assert [found[unit] for unit in "ABCD"] == [(0, 0, 0), (0, 0, 0), (1, 1, 1), (3, 1, 1)]


@pytest.mark.parametrize(
    ("total", "rounded"),
    [
        (3.00004, 3.0),
        (3.000049999, 3.0),
        (3.00005, 3.0001),
        (3.00015, 3.0002),
        (3.00025, 3.0003),
        (3.00014999, 3.0001),
        (2.99995, 3.0),
        (4.123449999, 4.1234),
        (4.12345, 4.1235),
        (0.00005, 0.0001),
        (5.0, 5.0),
    ],
)
def test_totals_are_rounded_half_up_at_four_decimals(total, rounded):
    assert round_half_up(np.array([total]))[0] == rounded
    assert ranked([total])[0].total == rounded


@given(st.integers(0, 10**9))
def test_rounding_is_that_of_decimal_numbers(billionths):
    number = Decimal(billionths * 5) / 10**9
    rounded = float(number.quantize(Decimal("0.0001"), ROUND_HALF_UP))
    assert round_half_up(np.array([float(number)]))[0] == rounded


def test_ranks_go_by_the_rounded_total():
    assert ranks(ranked([3.00004, 3.00001])) == "A1 B1"
    assert ranks(ranked([3.00004, 3.00005])) == "B1 A2"
    assert ranks(ranked([0.1 + 0.2, 0.3])) == "A1 B1"


def test_ties_are_broken_only_by_what_is_named():
    nodes = {"T": [1, 2, 2], "I": [9, 1, 2]}
    assert ranks(ranked([4, 4, 4], **nodes)) == "A1 B1 C1"
    assert ranks(ranked([4, 4, 4], RankingRules(("T",)), **nodes)) == "B1 C1 A3"
    assert ranks(ranked([4, 4, 4], RankingRules(("T", "I")), **nodes)) == "C1 B2 A3"
    assert ranks(ranked([4, 4, 4], RankingRules(("I", "T")), **nodes)) == "A1 C2 B3"


def test_a_tie_breaker_never_comes_before_the_total():
    assert ranks(ranked([4, 3.9999], RankingRules(("T",)), T=[0, 5])) == "A1 B2"


def test_a_tie_breaker_counts_as_it_is_rounded():
    assert ranks(ranked([4, 4], RankingRules(("T",)), T=[3.00001, 3.00004])) == "A1 B1"


@given(
    st.lists(st.sampled_from([3.0, 4.0]), min_size=1, max_size=6),
    st.lists(st.sampled_from([1.0, 2.0, nan]), min_size=6, max_size=6),
)
def test_a_rank_is_one_more_than_how_many_are_better(totals, breakers):
    """Also where a tie-breaker does not apply to some of the units."""
    standings = ranked(totals, RankingRules(("T",)), T=breakers[: len(totals)])
    assert [one.rank for one in standings] == [
        1 + sum(other.rank < one.rank for other in standings) for one in standings
    ]


@pytest.mark.parametrize("code", ["total", "T9", ""])
def test_an_unknown_tie_breaker_is_the_operators_mistake(code):
    with pytest.raises(KpibatchError) as mistake:
        ranked([4, 4], RankingRules((code,)))
    assert mistake.value.name == "tie-breaker"


def test_who_has_not_sent_is_listed_last_without_rank_or_total():
    standings = ranked([5, 4, 3, 2], not_sent="AC")
    assert ranks(standings) == "B1 D2 A0 C0"
    assert [standing.status for standing in standings] == [
        Status.OK,
        Status.OK,
        Status.NOT_SUBMITTED,
        Status.NOT_SUBMITTED,
    ]
    assert all(
        isnan(standing.total) and isnan(standing.percent) and standing.rating == ""
        for standing in standings[2:]
    )


def test_nobody_has_sent():
    assert ranks(ranked([5, 4], not_sent="AB")) == "A0 B0"


def test_provisional_units_are_ranked_and_marked():
    standings = ranked([5, 4, 3], provisional="AC")
    assert ranks(standings) == "A1 B2 C3"
    assert [standing.status for standing in standings] == [Status.PROVISIONAL, Status.OK, Status.PROVISIONAL]


def test_provisional_units_are_left_out_where_the_province_wants_it():
    standings = ranked([5, 4, 3, 2], EXCLUDE, provisional="AC", not_sent="B")
    assert ranks(standings) == "D1 A0 C0 B0"
    assert [standing.status for standing in standings[1:]] == [
        Status.PROVISIONAL,
        Status.PROVISIONAL,
        Status.NOT_SUBMITTED,
    ]
    assert standings[1].total == 5, "not ranked, and still told where it stands"


def test_a_unit_to_which_nothing_applies_has_no_rank():
    assert ranks(ranked([nan, 4, 3])) == "B1 C2 A0"


def bands(*rating: tuple[float, str], top: float = 5.0) -> LevelTables:
    tables = replace(levels(), rating_typed=rating)
    return replace(tables, round=replace(tables.round, level_scores=(1.0, 2.0, 3.0, 4.0, top)))


@pytest.mark.parametrize(
    ("total", "rating"),
    [
        (5, "ดีเด่น"),
        (4.5, "ดีเด่น"),
        (4.4999, "พอใช้"),
        (3.0, "พอใช้"),
        (2.9999, "ต้องปรับปรุง"),
        (0, "ต้องปรับปรุง"),
        (nan, ""),
    ],
)
def test_rating_bands_begin_at_their_edge(total, rating):
    assert rating_of(total, bands((90, "ดีเด่น"), (60, "พอใช้"), (0, "ต้องปรับปรุง"))) == rating
    assert rating_of(total, bands((0, "ต้องปรับปรุง"), (90, "ดีเด่น"), (60, "พอใช้"))) == rating, (
        "in whatever order they stand"
    )


def test_a_rating_edge_is_no_matter_of_floats():
    assert rating_of(4.1, bands((82, "ดี"))) == "ดี"
    assert all(rating_of(percent * 5 / 100, bands((percent, "ถึง"))) == "ถึง" for percent in range(101))


def test_no_band_reached_is_no_rating():
    assert rating_of(2, bands((60, "พอใช้"))) == ""


def test_percent_is_of_the_top_levels_score():
    assert percent_of(4.25, bands()) == 85
    assert percent_of(75, bands(top=100)) == 75
    assert (ranked([4.5])[0].percent, ranked([4.5])[0].rating) == (90, "ดีเด่น")
