"""A unit as somebody names it: by a code or a name that is one unit's alone."""

from dataclasses import replace

import pytest
from tablebook import levels

from kpibatch.base.errors import NoUnit
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import find_unit
from kpibatch.rules.reading.references import codes_of_units


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    """3103 is called as 3102 is, 3101 as 3103's code."""
    read = levels()
    names = {"3101": "3103", "3102": "คูเมือง", "3103": "คูเมือง"}
    units = tuple(replace(unit, name=names[unit.code]) for unit in read.units)
    return replace(read, units=units)


@pytest.mark.parametrize(("text", "code"), [("3102", "3102"), ("3103", "3103"), ("๓๑๐๑", "3101")])
def test_a_code_goes_before_a_name(text: str, code: str, tables: LevelTables) -> None:
    assert find_unit(tables, text).code == code


def test_a_name_that_several_units_have_is_none_of_theirs(tables: LevelTables) -> None:
    with pytest.raises(NoUnit) as told:
        find_unit(tables, "คูเมือง")
    assert "3102, 3103" in told.value.message("th")
    assert set(codes_of_units(tables.unit)) == {"3101", "3102", "3103"}


def test_a_name_of_none_is_told_with_the_nearest(tables: LevelTables) -> None:
    with pytest.raises(NoUnit) as told:
        find_unit(tables, "3109")
    assert "310" in told.value.message("en")
