"""Forms that score themselves: how many levels they say as the batch does, how large they are, how long they
take: ``python tests/bench/forms.py [UNITS …]`` (23 and 878 without).
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from form_values import Counts, compared, scored_month, sent_units
from workspace import BURIRAM, NEWEST, SAMPLES

from kpibatch.base.config import read_config
from kpibatch.forms.standard import form_name, write_form
from kpibatch.intake.arrivals import near_round
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels


def equal_levels() -> Iterator[str]:
    """A month of each sample on such forms, held against the batch."""
    for name in NEWEST:
        with tempfile.TemporaryDirectory() as folder:
            scored, counts = scored_month(name, Path(folder)), Counts()
            for unit in sent_units(scored):
                counts += compared(scored.outcome, unit, scored.forms[unit])
        sure = f"{counts.equal} levels and {counts.totals} totals equal"
        yield f"{name}: {sure}, {counts.least} at least, {counts.untold} not told, {len(counts.wrong)} wrong"


def many(tables: LevelTables, count: int) -> LevelTables:
    """The tables with so many units, each like one of theirs."""
    like = [tables.units[at % len(tables.units)] for at in range(count)]
    units = tuple(replace(unit, code=f"{at:04}", name=f"{unit.name} {at}") for at, unit in enumerate(like))
    fixed = {
        (unit.code, measure): base
        for unit, old in zip(units, like, strict=True)
        for (code, measure), base in tables.baselines.items()
        if code == old.code
    }
    return replace(tables, units=units, baselines=fixed)


def written(count: int, *, scored: bool) -> str:
    config = read_config(SAMPLES / BURIRAM)
    tables = many(read_levels(config.level_tables)[0], count)
    first = near_round(config, tables)[0] if scored else None
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for unit in tables.units:
            write_form(tables, unit, Path(folder) / form_name(unit), scored_from=first)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / count / 1000
    what = "with scores" if scored else "without"
    return f"{count} forms {what}: {seconds:.1f} s, {1000 * seconds / count:.0f} ms and {size:.0f} kB each"


if __name__ == "__main__":
    for line in equal_levels():
        print(line, flush=True)
    for units in [int(word) for word in sys.argv[1:]] or [23, 878]:
        for with_scores in (False, True):
            print(written(units, scored=with_scores), flush=True)
