"""What earlier months said, and months that are sealed, on the screen."""

from pathlib import Path

from kpibatch.bundle import bundle_path
from kpibatch.catalogue import say
from kpibatch.closing import Verdict
from kpibatch.config import Config
from kpibatch.console import print_table
from kpibatch.explain import find_kpi, find_unit
from kpibatch.findings import NOWHERE, Place
from kpibatch.history import History, Line
from kpibatch.levels import LevelTables, Measure, Node, Unit
from kpibatch.thai import show_month, show_number
from kpibatch.values import show_value


def rebuilt(history: History, language: str) -> None:
    """Which months the history was made of, and which could not be read."""
    months = [month for month in history.months if month not in history.skipped]
    print(say("console.history-rebuilt", language, count=len(months), months=", ".join(months) or "–"))
    for error in history.skipped.values():
        print(error.message(language))


def show_history(history: History, tables: LevelTables, unit_text: str, kpi: str, language: str) -> None:
    """One unit's line at one KPI, month by month, with each value's cell. Raises ``KpibatchError`` where either is unknown."""
    unit, node = find_unit(tables, unit_text), find_kpi(tables, kpi)
    lines = history.line(unit.code, node.code)
    if not lines:
        print(say("console.history-empty", language))
        return
    title = say("console.history-title", language, unit=unit.code, name=unit.name, kpi=node.code, title=node.name)
    keys = ("console.month", "sheet.level", "sheet.score", "sheet.rank", "sheet.status", "console.values")
    rows = (_month_line(history, tables, unit, node, line, language) for line in lines)
    print_table([say(key, language) for key in keys], rows, title=title, right=(1, 2, 3), width=140)


def _month_line(history: History, tables: LevelTables, unit: Unit, node: Node, line: Line, language: str) -> tuple[str, ...]:
    month, level, score, status, rank = line
    values = history.values(unit.code, month)
    told = [_value_line(measure, *values[measure.code], language) for measure in tables.measures_of(node.code) if measure.code in values]
    shown = ("–" if fact is None else show_number(fact) for fact in (level, score, rank))
    word = say(f"console.status-{status.replace('_', '-')}", language)
    return (show_month(month, language, short=True), *shown, word, "\n".join(told))


def _value_line(measure: Measure, value: float, file: str, sheet: str, cell: str, language: str) -> str:
    shown = show_value(value, measure.kind, language) or "–"
    place = Place(file or "", sheet or "", cell or "")
    return f"{measure.label} = {shown} {measure.counting_unit}".rstrip() + (f"  [{place}]" if place != NOWHERE else "")


def sealed(config: Config, verdict: Verdict) -> None:
    """Where the bundle of a closed month lies, and the hash by which it is known again."""
    file = bundle_path(config.output, verdict.month)
    month = show_month(verdict.month, config.language)
    print(say("console.closed", config.language, month=month, file=file, digest=verdict.sha256, count=verdict.outputs))


def opened_again(config: Config, month: str, kept: Path) -> None:
    """Where the bundle of a month that is open again is kept."""
    print(say("console.reopened", config.language, month=show_month(month, config.language), file=kept))


def told(verdict: Verdict, language: str) -> None:
    """What ``verify`` found: agreed, or which files do not agree and what was of another version."""
    month = show_month(verdict.month, language)
    if verdict.sound:
        print(say("console.verified", language, month=month, count=verdict.outputs, digest=verdict.sha256))
    elif verdict.flaws:
        print(say("console.tampered", language, count=len(verdict.flaws)))
    else:
        print(say("console.differs", language, count=len(verdict.differing)))
    for name in (*verdict.flaws, *verdict.differing):
        print(f"  {name}")
    for name, then, now in verdict.versions:
        print(say("console.other-version", language, name=name, then=then, now=now))
