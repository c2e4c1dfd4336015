"""Whose results count in a month: the units that sent, and those that have nothing to fill in and live on
what other units sent.
"""

from collections.abc import Collection, Iterator

from kpibatch.rules.levels import LevelTables


def counted(tables: LevelTables, submitted: Collection[str]) -> frozenset[str]:
    """The units whose submission counts, and those that need none: all that they have comes from other units,
    one of which counts, or from the province alone.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, ทีม).
    """
    counting = set(submitted)
    waiting = {unit: set(_sources(tables, unit)) for unit in tables.unit if unit not in tables.senders}
    while ready := [unit for unit, others in waiting.items() if not others or others & counting]:
        counting.update(ready)
        for unit in ready:
            del waiting[unit]
    return frozenset(counting)


def _sources(tables: LevelTables, unit: str) -> Iterator[str]:
    """The other units that one's results come from."""
    for givers in (*tables.taken.values(), *tables.links.givers.values()):
        if unit in givers:
            yield givers[unit]
    for wholes in tables.links.parts.values():
        yield from wholes.get(unit, ())
