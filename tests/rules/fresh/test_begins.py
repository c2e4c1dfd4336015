"""What is said of a new round: its days and months; what can't be is said back with what is meant."""

from datetime import date

import pytest

from kpibatch.base.errors import WorkspaceError
from kpibatch.rules.fresh.begins import WHOLE_YEAR, NewRound, Said, round_said
from kpibatch.rules.round import Item


def said(today: date = date(2024, 5, 20), **facts: str) -> NewRound:
    return round_said(Said(**facts), today)


@pytest.mark.parametrize(
    ("facts", "start", "end"),
    [
        ({"year": "2567", "number": "1"}, date(2023, 10, 1), date(2024, 3, 31)),
        ({"year": "๒๕๖๗", "number": "รอบที่ ๒"}, date(2024, 4, 1), date(2024, 9, 30)),
        ({"year": "2567", "number": WHOLE_YEAR}, date(2023, 10, 1), date(2024, 9, 30)),
        ({"month": "2566-10"}, date(2023, 10, 1), date(2024, 3, 31)),
    ],
)
def test_a_round_lies_in_its_fiscal_year(facts: dict[str, str], start: date, end: date) -> None:
    assert (said(**facts).start, said(**facts).end) == (start, end)


@pytest.mark.parametrize(
    ("today", "round_"),
    [
        (date(2024, 3, 31), ("1", 2567)),
        (date(2024, 4, 1), ("2", 2567)),
        (date(2024, 9, 30), ("2", 2567)),
        (date(2024, 10, 1), ("1", 2568)),
    ],
)
def test_what_is_not_said_follows_from_today(today: date, round_: tuple[str, int]) -> None:
    new = said(today)
    assert ((new.number, new.year), new.noun, new.reports) == (round_, "อำเภอ", ())


def test_reporting_may_begin_later_than_the_round() -> None:
    new = said(year="2567", number="2", month="2567-06")
    assert new.items[Item.MONTHS] == "6, 7, 8, 9"
    assert [str(day) for _, day in new.due()] == ["2024-07-05", "2024-08-05", "2024-09-05", "2024-10-05"]
    assert said(year="2567", number="2", month="2567-04").items[Item.MONTHS] == ""


@pytest.mark.parametrize(
    ("facts", "name", "meant"),
    [
        ({"year": "2024"}, "round-year-meant", 2567),
        ({"year": "67"}, "round-year-meant", 2567),
        ({"year": "2499"}, "round-year", None),
        ({"year": "2600"}, "round-year", None),
        ({"year": "๖๗ปี"}, "round-year", None),
        ({"year": "025670"}, "round-year", None),
        ({"number": "3"}, "round-number", None),
        ({"year": "2567", "number": "2", "month": "2567-03"}, "round-month-outside", None),
        ({"year": "2567", "number": "2", "month": "2567-10"}, "round-month-outside", None),
    ],
)
def test_what_is_no_round_is_said_back(facts: dict[str, str], name: str, meant: int | None) -> None:
    with pytest.raises(WorkspaceError) as told:
        said(**facts)
    assert told.value.name == name
    assert not meant or told.value.facts["meant"] == meant
