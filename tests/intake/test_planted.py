"""Errors planted in the values of the five samples are found, and of honest values hardly any is asked."""

import pytest
from many_units import sample
from planting import KINDS, Harvest, by_kind, harvest
from workspace import BURIRAM, NEWEST

FORMS_PER_FALSE_ALARM = 23
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def harvests() -> dict[str, Harvest]:
    return {name: harvest(sample(name), f"planted {name}") for name in NEWEST}


def test_sixty_errors_of_all_kinds_are_planted(harvests: dict[str, Harvest]) -> None:
    assert sum(len(each.planted) for each in harvests.values()) >= 60
    assert len(by_kind(tuple(one for each in harvests.values() for one in each.planted))) == len(KINDS)


def test_every_one_of_them_is_found(harvests: dict[str, Harvest]) -> None:
    assert {name: each.missed for name, each in harvests.items() if each.missed} == {}


def test_honest_forms_are_hardly_asked_anything(harvests: dict[str, Harvest]) -> None:
    for each in harvests.values():
        assert len(each.false_alarms) * FORMS_PER_FALSE_ALARM <= each.forms


def test_the_answers_against_the_base_year_are_asked_about(harvests: dict[str, Harvest]) -> None:
    """Nine districts of Buriram answer that there is no default, and have one in their base year."""
    asked = [one for one in harvests[BURIRAM].honest if one.code == "check-rule"]
    assert {one.measure for one in asked} == {"T4.has_default"}
    assert len(asked) == 9
    [second] = [one for one in asked if one.unit == "3102"]
    assert "143,000" in second.message("th")
