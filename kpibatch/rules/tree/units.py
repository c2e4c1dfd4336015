"""The units as a tree: who stands above and below whom, and their kinds, each of which stands together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kpibatch.base.thai import fold
from kpibatch.rules.records import Unit

PLACES = ("จังหวัด", "อำเภอ", "กิ่งอำเภอ", "ตำบล", "เขต")  # nouns that are part of a place's name


@dataclass(frozen=True)
class Kind:
    """ประเภท: the units of one kind, which stand together: their rows are ``first`` up to ``end``.

    ``name`` is the word as its first unit has it, empty where that has none.
    """

    name: str
    first: int
    end: int

    @property
    def rows(self) -> slice:
        return slice(self.first, self.end)


@dataclass(frozen=True)
class UnitTree:
    """The units, kind by kind (see ``kind_by_kind``).

    Source: design, section 1 (Wider rules: สังกัด, ประเภท).
    """

    units: tuple[Unit, ...]

    @cached_property
    def there(self) -> bool:
        """Whether any unit says where it belongs or of what kind it is; without, all are alike."""
        return any(unit.parent or unit.kind for unit in self.units)

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def parts(self) -> Mapping[str, tuple[Unit, ...]]:
        """For each unit that has some, the units directly below it."""
        below: dict[str, list[Unit]] = {}
        for unit in self.units:
            if unit.parent:
                below.setdefault(unit.parent, []).append(unit)
        return {code: tuple(units) for code, units in below.items()}

    def above(self, unit: Unit) -> Iterator[Unit]:
        """The units above one, the nearest first."""
        while unit.parent in self.unit:
            unit = self.unit[unit.parent]
            yield unit

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """How many units stand above each."""
        return {unit.code: sum(1 for _ in self.above(unit)) for unit in self.units}

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds in the order of their units, the main one first; one alone where no unit says any."""
        ends: dict[str, tuple[str, int, int]] = {}
        for row, unit in enumerate(self.units):
            name, first, _ = ends.get(fold(unit.kind), (unit.kind, row, row))
            ends[fold(unit.kind)] = name, first, row + 1
        return tuple(Kind(*span) for span in ends.values())

    @cached_property
    def kind_of(self) -> Mapping[str, Kind]:
        """Each unit's kind."""
        kinds = {fold(kind.name): kind for kind in self.kinds}
        return {unit.code: kinds[fold(unit.kind)] for unit in self.units}

    @cached_property
    def lowest(self) -> frozenset[str]:
        """The kinds below which nothing stands, written in one way."""
        above = {fold(self.unit[code].kind) for code in self.parts if code in self.unit}
        return frozenset(fold(unit.kind) for unit in self.units) - above


def standing_in(unit: Unit, month: str) -> Unit:
    """The unit with the one that it stands below in a month.

    Source: design, section 1 (Wider rules: สังกัด; moved in mid-round).
    """
    parents = [parent for since, parent in unit.moves if since <= month]
    return replace(unit, parent=parents[-1]) if parents else unit


def after_noun(noun: str, unit: Unit) -> str:
    """A unit's name as it is said behind its noun: once, and apart from one that is of people.

    >>> [after_noun("จังหวัด", Unit("1", "จังหวัดบุรีรัมย์")), after_noun("บุคคล", Unit("2", "พัฒนากร 1", kind="บุคคล"))]
    ['บุรีรัมย์', ' พัฒนากร 1']
    """
    bare = unit.name.removeprefix(noun).strip()
    if bare and bare != unit.name:
        return bare
    return f" {unit.name}" if unit.kind and noun not in PLACES else unit.name


def kind_by_kind(units: Iterable[Unit], noun: str) -> tuple[Unit, ...]:
    """The units with those of one kind together, else in their order: first the kind that the round is
    about, which has its noun (หน่วยประเมิน), else that of the first unit.

    Source: design, section 1 (Wider rules: ประเภท).
    """
    units = tuple(units)
    order = {kind: at for at, kind in enumerate(dict.fromkeys(fold(unit.kind) for unit in units), 1)}
    order |= {fold(noun): 0} if fold(noun) in order else {}
    return tuple(sorted(units, key=lambda unit: order[fold(unit.kind)]))
