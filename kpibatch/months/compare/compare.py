"""``diff A B``: two months as they were published, or one month scored by two level tables."""

from dataclasses import replace
from pathlib import Path

from kpibatch.base.config import Config
from kpibatch.base.errors import KpibatchError, NotComparable
from kpibatch.base.files import file_name, saved
from kpibatch.base.thai import arabic, is_month
from kpibatch.intake.month import newest_month
from kpibatch.months.assess import assess_month
from kpibatch.months.compare.book import write_diff
from kpibatch.months.compare.moves import Diff, compare
from kpibatch.months.compare.side import Side, side_of_month, side_of_outcome
from kpibatch.months.folder import read_published
from kpibatch.rules.lookup import find_unit
from kpibatch.rules.paper.changes import Change, table_changes
from kpibatch.scoring.examples.sound import sound_levels


def diff(config: Config, a: str, b: str, month: str | None = None, unit: str | None = None) -> Diff:
    """What differs between two months or two workbooks of level tables, for one unit if it is named.

    Raises ``KpibatchError``: neither months nor files, one of each, a month never run or of another round,
    the same file twice, tables that hold errors, an unknown unit.
    """
    months = [arabic(word) for word in (a, b) if is_month(arabic(word))]
    if len(months) == 1:
        _workbook(config, b if is_month(arabic(a)) else a)
        raise NotComparable("diff-mixed", a=a, b=b)
    if months and month:
        raise NotComparable("diff-month", month=month)
    difference = _months(config, *months) if months else _books(config, a, b, month)
    return difference.of_unit(_unit(difference, unit)) if unit and difference.sides else difference


def _unit(difference: Diff, text: str) -> str:
    """The code of a unit that one of the sides has, named by code or name."""
    assert difference.sides
    old, new = (side.tables for side in difference.sides)
    everyone = replace(new, units=tuple({unit.code: unit for unit in (*old.units, *new.units)}.values()))
    return find_unit(everyone, arabic(text)).code


def _months(config: Config, a: str, b: str) -> Diff:
    old, new = (read_published(config.output / month) for month in (a, b))
    if old.round != new.round:
        raise NotComparable("diff-rounds", a=a, b=b, round_a=old.round, round_b=new.round)
    sides = side_of_month(old, config.corrections.name), side_of_month(new, config.corrections.name)
    return compare(*sides, _changes(*sides), config.language)


def _changes(a: Side, b: Side) -> tuple[Change, ...]:
    return table_changes(a.tables, a.workbook, b.tables, b.workbook)


def _books(config: Config, a: str, b: str, month: str | None) -> Diff:
    paths = _workbook(config, a), _workbook(config, b)
    if paths[0].samefile(paths[1]):
        raise NotComparable("diff-same-file", a=a, b=b)
    ways = [
        (_by(config, path), sound_levels(_by(config, path)), name)
        for path, name in zip(paths, (a, b), strict=True)
    ]
    changes = table_changes(ways[0][1], paths[0], ways[1][1], paths[1], config.intake)
    try:
        if not ways[0][1].unit.keys() & ways[1][1].unit.keys():
            raise NotComparable("diff-no-unit", a=a, b=b)
        scored = month or newest_month(config, ways[1][1])
        old, new = (
            side_of_outcome(assess_month(by, scored, tables), name, by.level_tables)
            for by, tables, name in ways
        )
    except KpibatchError as error:
        if month:
            raise
        return Diff((a, b), None, changes, unscored=error.message(config.language))
    compared = compare(old, new, _changes(old, new), config.language)
    return replace(compared, changes=changes, month=scored)


def _workbook(config: Config, text: str) -> Path:
    """A file named from here, or else from the workspace."""
    path = next((path for path in (Path(text), config.root / text) if path.is_file()), None)
    if path is None:
        raise NotComparable("diff-what", found=text)
    return path


def _by(config: Config, path: Path) -> Config:
    """The same workspace with other level tables."""
    return replace(config, workspace=replace(config.workspace, level_tables=str(path.resolve())))


def write_diff_file(config: Config, difference: Diff) -> Path:
    """The comparison as a workbook in ``output``."""
    names = [name if is_month(name) else Path(name).stem for name in difference.names]
    path = config.output / file_name(f"diff {names[0]} {names[1]}")
    saved(path, lambda part: write_diff(difference, part, config.language))
    return path
