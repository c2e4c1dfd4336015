"""What the commands about the history show. Loads nothing that only runs need."""

from kpibatch.base.catalogue import say
from kpibatch.base.findings import NOWHERE, Place
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_month, show_number
from kpibatch.commands.console import print_aside, print_table
from kpibatch.months.history import History, Line
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import find_kpi, find_unit
from kpibatch.rules.records import Measure, Node, Unit


def show_rebuilt(history: History, language: str) -> None:
    """Which months the history was made of, and which could not be read."""
    months = [month for month in history.months.folders if month not in history.skipped]
    print(say("console.history-rebuilt", language, count=len(months), months=", ".join(months) or "–"))
    _show_skipped(history, language)


def _show_skipped(history: History, language: str) -> None:
    for error in history.skipped.values():
        print_aside(error.message(language))


def show_history(
    history: History, tables: LevelTables, unit_text: str, kpi: str, language: str, form: str
) -> None:
    """One unit's line at one KPI, month by month, with each value's cell.

    Raises ``KpibatchError`` where either is unknown.
    """
    with_it = (period for period in reversed(tables.periods) if kpi in period.node)
    tables = next(with_it, tables)
    unit, node = find_unit(tables, unit_text), find_kpi(tables, kpi)
    lines = history.line(unit.code, node.code)
    _show_skipped(history, language)
    if form != "table":
        from kpibatch.commands.screens.records import print_history

        print_history(history, tables, unit.code, node.code)
        return
    if not lines:
        print(say("console.history-empty", language))
        return
    facts = {"kpi": node.code, "title": node.name_for(unit.code)}
    title = say("console.history-title", language, unit=unit.code, name=unit.name, **facts)
    keys = ("console.month", "sheet.level", "sheet.score", "sheet.rank", "sheet.status", "console.values")
    rows = (_month_line(history, tables, unit, node, line, language) for line in lines)
    print_table([say(key, language) for key in keys], rows, title=title, right=(1, 2, 3), width=140)


def _month_line(
    history: History, tables: LevelTables, unit: Unit, node: Node, line: Line, language: str
) -> tuple[str, ...]:
    month, level, score, status, rank = line
    values = history.values(unit.code, month)
    measures = [
        _value_line(measure, *values[measure.code], language)
        for measure in tables.measures_of(node.code)
        if measure.code in values
    ]
    facts = ("–" if fact is None else show_number(fact) for fact in (level, score, rank))
    word = say(f"console.status-{status.replace('_', '-')}", language)
    return (show_month(month, language, short=True), *facts, word, "\n".join(measures))


def _value_line(measure: Measure, value: float, file: str, sheet: str, cell: str, language: str) -> str:
    text = f"{measure.label} = {show_value(value, measure.kind, language) or '–'} {measure.counting_unit}"
    place = Place(file or "", sheet or "", cell or "")
    return text.rstrip() + (f"  [{place}]" if place != NOWHERE else "")
