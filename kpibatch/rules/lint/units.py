"""หน่วย: the units' names and mail addresses."""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.mailboxes import read_addresses
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import EXAMPLE_MAIL, EXAMPLE_REFERENCE, UNITS

_LONGEST, _NAMED = 200, 5


def no_units(tables: LevelTables) -> Iterator[Finding]:
    """There is somebody to assess.

    Source: design, section 1 (หน่วย).
    """
    if not tables.units:
        yield finding("lint-no-units", Place(tables.file, UNITS.sheet))


def same_names(tables: LevelTables) -> Iterator[Finding]:
    """A name belongs to one unit, for ใช้กับ and the commands know units by it.

    Source: design, section 1 (ตัวชี้วัด: ใช้กับ).
    """
    names: dict[str, str] = {}
    for unit in tables.units:
        if unit.name in names:
            facts = {"found": unit.name, "other": names[unit.name]}
            yield finding("lint-same-name", unit.place, unit=unit.code, **facts)
        names[unit.name] = unit.code


def long_names(tables: LevelTables) -> Iterator[Finding]:
    """A code and a name are short enough for a file's name, a link and a mail's subject.

    Source: design, section 4 (units/<code> <name>.xlsx).
    """
    for unit in tables.units:
        for text in (unit.code, unit.name):
            if len(text) > _LONGEST:
                facts = {"found": f"{text[:40]}…", "length": str(len(text)), "most": str(_LONGEST)}
                yield finding("lint-long-name", unit.place, **facts)


def mail_addresses(tables: LevelTables) -> Iterator[Finding]:
    """Every unit has an address, and each address can be written to.

    Source: design, section 1 (หน่วย: the units and their addresses).
    """
    for unit in tables.units:
        if not unit.email:
            yield finding("lint-no-mail", unit.place, unit=unit.code, name=unit.name)
        for bad in read_addresses(unit.email, unit.cc).bad:
            yield finding("lint-bad-mail", unit.place, unit=unit.code, found=bad)


def same_addresses(tables: LevelTables) -> Iterator[Finding]:
    """Two units do not read each other's results.

    Source: design, section 4 (nothing of any other unit).
    """
    owners: dict[str, str] = {}
    for unit in tables.units:
        for address in read_addresses(unit.email).valid:
            other = owners.setdefault(address.casefold(), unit.code)
            if other != unit.code:
                yield finding("lint-same-mail", unit.place, unit=unit.code, found=address, other=other)


def same_tiles(tables: LevelTables) -> Iterator[Finding]:
    """Two units do not lie upon each other on the tile map, and a map that is drawn has all units of its kind
    on it.

    Source: design, section 1 (Wider rules: แถว, คอลัมน์).
    """
    owners: dict[tuple[int, int], str] = {}
    drawn = {tables.tree.kind_of[unit.code] for unit in tables.units if unit.tile}
    for unit in tables.units:
        if unit.tile is None:
            if tables.tree.kind_of[unit.code] in drawn:
                yield finding("lint-no-tile", unit.place, unit=unit.code, name=unit.name)
            continue
        other = owners.setdefault(unit.tile, unit.code)
        if other != unit.code:
            facts = {"found": ", ".join(map(str, unit.tile)), "other": other}
            yield finding("lint-same-tile", unit.place, unit=unit.code, **facts)


def still_examples(tables: LevelTables) -> Iterator[Finding]:
    """The examples of a new workbook were overwritten or deleted: they are nobody's rules.

    Source: design, section 2 (``init``).
    """
    units = [(unit.code, unit.place) for unit in tables.units if unit.email.endswith(EXAMPLE_MAIL)]
    nodes = [(node.code, node.place) for node in tables.nodes if node.reference == EXAMPLE_REFERENCE]
    for left in filter(None, (units, nodes)):
        named = ", ".join(code for code, _ in left[:_NAMED]) + ", …" * (len(left) > _NAMED)
        yield finding("lint-still-example", left[0][1], found=named, count=len(left))


CHECKS = (still_examples, no_units, same_names, long_names, mail_addresses, same_addresses, same_tiles)
