"""Cases by who the unit is: กรณีของ กลุ่ม, ตำแหน่ง, ประเภท or หน่วย with a list of names → a case on a
measure that says yes of those units, known of each and standing in no cell.
"""

from collections.abc import Iterable, Mapping, MutableMapping

from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold
from kpibatch.books.table import Row
from kpibatch.rules.conditions import Condition
from kpibatch.rules.records import Case, Measure, Source, Unit
from kpibatch.rules.round import Whose
from kpibatch.rules.schema import RULES


def whose_case(row: Row, units: Mapping[str, Unit], measures: MutableMapping[str, Measure]) -> Case | None:
    """The case of a row that goes by who the unit is; its measure is put to the others. ``None`` where no
    unit is called so, which is reported by name.

    Source: design, section 1 (Case: thresholds per group, position or unit).
    """
    whose = next(word for word in Whose if fold(word) == fold(row.code(RULES.case_of)))
    called = _called(whose, units.values())
    listed = row.codes(RULES.case)
    for name in listed:
        if fold(name) not in called:
            nearest = nearest_of(name, [known for known, _ in called.values()])
            row.report("table-case-name", RULES.case, name, of=whose.value, nearest=nearest)
    chosen = {fold(name) for name in listed if fold(name) in called}
    if not chosen or len(chosen) < len(set(map(fold, listed))):
        return None
    names = ", ".join(dict.fromkeys(name for key, (name, _) in called.items() if key in chosen))
    members = frozenset(unit for key in chosen for unit in called[key][1])
    code = f"{whose} {names}"
    measures[code] = Measure(
        code, code, Kind.YES_NO, Source.WHO, place=row.place(RULES.case_of), members=members
    )
    return Case(code, Condition("yes_no", 1.0, 1.0), names)


def goes_by_unit(row: Row, measures: Mapping[str, Measure]) -> bool:
    """Whether a row's case goes by who the unit is; a measure of that very code comes first."""
    case_of = row.code(RULES.case_of)
    return case_of not in measures and fold(case_of) in map(fold, Whose)


def _called(whose: Whose, units: Iterable[Unit]) -> dict[str, tuple[str, list[str]]]:
    """Each name that may be given, as it looks, with how หน่วย writes it and the units' codes."""
    called: dict[str, tuple[str, list[str]]] = {}
    for unit in units:
        names = {
            Whose.GROUP: (unit.group,),
            Whose.POSITION: (unit.position,),
            Whose.KIND: (unit.kind,),
            Whose.UNIT: (unit.name, unit.code),
        }[whose]
        for name in filter(None, names):
            shown = unit.name if whose is Whose.UNIT else name
            called.setdefault(fold(name), (shown, []))[1].append(unit.code)
    return called
