"""A unit or a KPI as the operator names it."""

from kpibatch.base.errors import NoKpi, NoUnit
from kpibatch.base.nearest import nearest_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Node, Unit


def find_unit(tables: LevelTables, text: str) -> Unit:
    """The unit of that code or name. Raises ``KpibatchError``: there is none, or several are so called."""
    called = tables.units_called(text)
    if len(called) > 1:
        raise NoUnit("several-units", found=text, units=", ".join(unit.code for unit in called))
    if called:
        return called[0]
    raise NoUnit(found=text, nearest=nearest_unit(tables, text))


def nearest_unit(tables: LevelTables, text: str) -> str:
    """The code or name most like a text, for who is told that there is no such unit."""
    return nearest_of(text, [*tables.unit, *(unit.name for unit in tables.units)])


def find_kpi(tables: LevelTables, code: str) -> Node:
    """The KPI of that code. Raises ``KpibatchError`` where there is none."""
    leaves = {leaf.code: leaf for leaf in tables.leaves}
    if code not in leaves:
        raise NoKpi(found=code, nearest=nearest_of(code, list(leaves)))
    return leaves[code]
