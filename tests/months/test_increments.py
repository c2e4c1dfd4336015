"""Raises within a ceiling: the formula in exact fractions, the salaries' workbook and its faults, what the
committee gets.
"""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import Row, province
from recalculated import reckoned_elsewhere
from workspace import kpibatch, open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import ProvinceFault
from kpibatch.months.increments.shares import Raises, shared
from kpibatch.months.increments.terms import Person, Rate, read_terms, write_blank_terms

PEOPLE: tuple[Row, ...] = (
    ("p1", "นักวิชาการ 1", "", 4.75, "ok", 1),
    ("p2", "นักวิชาการ 2", "", 4.1, "provisional", 2),
    ("p3", "นักวิชาการ 3", "", 3.0, "ok", 3),
    ("p4", "นักวิชาการ 4", "", None, "not_submitted", 0),
)
BASES = {"p1": 30_123.45, "p2": 25_000, "p3": 20_000, "p4": 18_000}
RATES = {"ดีเด่น": (5, None), "ดีมาก": (4, 1), "ต้องปรับปรุง": (0, None)}


def raises(*people: tuple[int, str, str], ceiling: int, room: int | None = None) -> Raises:
    """Of (base in satang, full percent, least percent)."""
    rated = [
        (Person(str(at), base, room), Rate(Decimal(full), Decimal(least)))
        for at, (base, full, least) in enumerate(people)
    ]
    return shared(rated, ceiling)


@pytest.mark.parametrize(
    ("ceiling", "given", "factor"),
    [
        (300_000, [150_000, 100_000], Fraction(1)),
        (250_000, [150_000, 100_000], Fraction(1)),
        (249_999, [149_999, 99_999], Fraction(249_999, 250_000)),
        (125_000, [75_000, 50_000], Fraction(1, 2)),
        (0, [0, 0], Fraction(0)),
    ],
)
def test_full_raises_up_to_the_ceiling_and_one_factor_above_it(
    ceiling: int, given: list[int], factor: Fraction
) -> None:
    of = raises((3_000_000, "5", "0"), (2_500_000, "4", "0"), ceiling=ceiling)
    assert ([one.given for one in of.each], of.factor) == (given, factor)
    assert 0 <= of.left == ceiling - of.given


def test_the_least_is_never_cut_and_what_lies_above_is_by_the_same_factor() -> None:
    of = raises((1_000_000, "6", "2"), (1_000_000, "2", "2"), ceiling=60_000)
    assert of.factor == Fraction(1, 2)
    assert [one.given for one in of.each] == [40_000, 20_000]
    with pytest.raises(ProvinceFault) as refused:
        raises((1_000_000, "6", "2"), (1_000_000, "2", "2"), ceiling=39_999)
    assert "400.00" in str(refused.value)
    assert raises((1_000_000, "6", "2"), (1_000_000, "2", "2"), ceiling=40_000).given == 40_000


def test_a_salary_rises_no_further_than_its_top_and_less_than_a_satang_is_cut_off() -> None:
    assert raises((3_012_345, "3", "0"), ceiling=10**9).given == 90_370  # 90,370.35
    assert raises((3_012_345, "3", "0"), ceiling=10**9, room=90_369).given == 90_369
    assert raises((3_012_345, "3", "0"), ceiling=10**9, room=90_370).given == 90_370


def test_what_a_salary_may_not_rise_is_for_the_others() -> None:
    people = [(Person("", 1_000_000, room), Rate(Decimal(6), Decimal(2))) for room in (30_000, 10_000, None)]
    of = shared(people, 80_000)
    assert [(one.full, one.least) for one in of.each] == [
        (30_000, 20_000),
        (10_000, 10_000),
        (60_000, 20_000),
    ]
    assert of.factor == Fraction(80_000 - 50_000, 100_000 - 50_000)
    assert [one.given for one in of.each] == [26_000, 10_000, 44_000]
    assert [one.topped for one in of.each] == [True, True, False]
    assert of.left == 0


@given(
    people=st.lists(
        st.tuples(
            st.integers(0, 10_000_000),
            st.decimals(0, 6, places=4),
            st.decimals(0, 1, places=4),
            st.none() | st.integers(0, 300_000),
        ),
        max_size=40,
    ),
    ceiling=st.integers(0, 10_000_000),
)
def test_never_a_satang_more_than_the_ceiling_and_nearly_all_of_it(
    people: list[tuple[int, Decimal, Decimal, int | None]], ceiling: int
) -> None:
    rated = [(Person("", base, room), Rate(max(a, b), min(a, b))) for base, a, b, room in people]
    try:
        of = shared(rated, ceiling)
    except ProvinceFault:
        assert sum(Fraction(rate.least) * person.base / 100 for person, rate in rated) > ceiling
        return
    assert of.given <= ceiling
    assert all(one.person.room is None or one.given <= one.person.room for one in of.each)
    if of.factor < 1:
        assert of.left <= len(people)


def salaries(
    path: Path, *, percent: float | None = 3.0, baht: float | None = None, **cells: dict[str, object]
) -> Path:
    """The blank workbook filled in; ``cells`` are changes of a sheet, by address."""
    write_blank_terms(path, [(code, "") for code in BASES], [*RATES], "th")
    book = open_book(path)
    for at, base in enumerate(BASES.values(), 2):
        book["เงินเดือน"][f"C{at}"] = base
    for at, (full, least) in enumerate(RATES.values(), 2):
        book["อัตรา"][f"B{at}"], book["อัตรา"][f"C{at}"] = full, least
    book["วงเงิน"]["B2"] = percent
    if baht is not None:
        book["วงเงิน"]["A3"], book["วงเงิน"]["B3"] = "บาท", baht
    for sheet, changes in cells.items():
        for cell, content in changes.items():
            book[sheet][cell] = content
    book.save(path)
    return path


def test_the_ceiling_is_the_lower_of_a_share_of_all_bases_and_an_amount(tmp_path: Path) -> None:
    path, limits = tmp_path / "salaries.xlsx", IntakeLimits()
    terms, faults = read_terms(salaries(path), limits)
    assert not faults
    assert terms.ceiling == 279_370  # 3 % of 93,123.45 = 2,793.7035
    assert [person.base for person in terms.people] == [3_012_345, 2_500_000, 2_000_000, 1_800_000]
    assert read_terms(salaries(path, baht=2_500), limits)[0].ceiling == 250_000
    assert read_terms(salaries(path, baht=3_000), limits)[0].ceiling == 279_370


@pytest.mark.parametrize(
    ("sheet", "cell", "content", "place"),
    [
        ("เงินเดือน", "C2", None, "C2"),
        ("เงินเดือน", "C2", -1, "C2"),
        ("เงินเดือน", "C2", 30_000.005, "C2"),
        ("เงินเดือน", "C2", "สามหมื่น", "C2"),
        ("เงินเดือน", "A3", "p1", "A3"),
        ("เงินเดือน", "E2", 1, "E2"),
        ("อัตรา", "B2", 101, "B2"),
        ("อัตรา", "B2", None, "B2"),
        ("อัตรา", "C3", 4.5, "C3"),
        ("อัตรา", "A3", "ดีเด่น", "A3"),
        ("วงเงิน", "A2", "วงเงินรวม", "A2"),
        ("วงเงิน", "B2", None, ""),
    ],
)
def test_a_fault_in_the_salaries_is_told_where_it_stands(
    sheet: str, cell: str, content: object, place: str, tmp_path: Path
) -> None:
    _, faults = read_terms(salaries(tmp_path / "s.xlsx", **{sheet: {cell: content}}), IntakeLimits())
    assert any(fault.place.sheet == sheet and fault.place.cell.startswith(place) for fault in faults)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return province(tmp_path, "ระยอง", PEOPLE)


def test_the_committee_gets_a_live_workbook_and_who_gets_nothing_is_told(workspace: Path) -> None:
    salaries(workspace / "salaries.xlsx", percent=2.0)
    done = kpibatch(workspace, "increments")
    assert done.exit_code == 1, done.output
    path = workspace / "output" / "increments" / "2565-06.xlsx"
    assert reckoned_elsewhere(path)[1] == []
    sheet = open_book(path, values=True)["เลื่อนเงินเดือน"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=12, max_row=15, values_only=True)}
    assert (rows["p3"][10], rows["p4"][10]) == (0, None)
    assert "ไม่ได้เลื่อน" in str(rows["p4"][12])
    assert "ชั่วคราว" in str(rows["p2"][12])
    given = sum(round(row[10] * 100) for row in rows.values() if row[10])
    assert given <= 186_246 < given + 4  # 2 % of 93,123.45 in satang, and a satang each cut off at most
    assert "นักวิชาการ 4" in done.output


def test_a_salary_beside_another_one_s_name_is_nobody_s(workspace: Path) -> None:
    """The codes stayed where they were while the rows were sorted; the name of none of them is an alias."""
    salaries(workspace / "salaries.xlsx", เงินเดือน={"B2": "นักวิชาการ 2", "B3": "นักวิชาการ 1", "B4": "นายก"})
    result = kpibatch(workspace, "increments")
    assert (result.exit_code, "เงินเดือน!B2" in result.output) == (2, True), result.output
    assert "p2" in result.output
    salaries(workspace / "salaries.xlsx", เงินเดือน={"B2": "นักวิชาการ 1", "B4": "นายก"})
    assert kpibatch(workspace, "increments").exit_code == 1


def test_what_stands_in_the_way_is_one_line(workspace: Path) -> None:
    assert "--blank" in kpibatch(workspace, "increments").output
    assert kpibatch(workspace, "increments", "--blank").exit_code == 0
    assert kpibatch(workspace, "increments", "--blank").exit_code == 2
    assert "ที่ผิด" in kpibatch(workspace, "increments").output
    salaries(workspace / "salaries.xlsx", อัตรา={"A2": "ดีมาก ๆ"})
    assert "ดีเด่น" in kpibatch(workspace, "increments").output
    salaries(workspace / "salaries.xlsx", percent=0.1)
    result = kpibatch(workspace, "increments")
    assert (result.exit_code, "ไม่พอ" in result.output) == (2, True)
    (workspace / "salaries.xlsx").write_bytes(b"no workbook")
    assert kpibatch(workspace, "increments").exit_code == 2
