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
    names = [*tables.unit, *(unit.name for unit in tables.units)]
    raise NoUnit(found=text, nearest=nearest_of(text, names))


def find_kpi(tables: LevelTables, code: str) -> Node:
    """The KPI of that code. Raises ``KpibatchError`` where there is none."""
    leaves = {leaf.code: leaf for leaf in tables.leaves}
    if code not in leaves:
        raise NoKpi(found=code, nearest=nearest_of(code, list(leaves)))
    return leaves[code]
