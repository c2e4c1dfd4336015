"""What the screens show as tables, as rows for machines (``--format csv`` or ``json``): the same facts, under
columns whose names are the same in every language.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, fields
from datetime import date
from typing import TYPE_CHECKING

from kpibatch.base.findings import COLUMNS, Finding, Place
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_number
from kpibatch.commands.closing import Verdict
from kpibatch.commands.console import print_records
from kpibatch.intake.corrections import Correction
from kpibatch.months.history import History
from kpibatch.months.listings import STATUS_COLUMNS, status_rows
from kpibatch.months.outbox import Row
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import find_unit
from kpibatch.rules.paper.process import owner_in_words, task_in_words
from kpibatch.rules.paper.words import case_in_words, changes_in_round
from kpibatch.rules.records import Node, Rule
from kpibatch.scoring.examples.held import Loose
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain_sum import RANK, called

if TYPE_CHECKING:
    from kpibatch.mail.drafts import DraftRow

PLACE = ("file", "sheet", "cell")
RANKING = ("month", "unit", "name", "rank", "total", "percent", "rating", "status")
RULES = (
    "since",
    "node",
    "under",
    "name",
    "weight",
    "case",
    "measure",
    "label",
    "level",
    "typed",
    "read",
    *PLACE,
)
LOOSE = ("kpi", "level", "measure", "typed", *PLACE)
EXPLAINED = ("month", "unit", "node", "part", "item", "label", "value", "level", "met", *PLACE)
HISTORY = ("month", "unit", "node", "level", "score", "rank", "status", "measure", "value", *PLACE)
CORRECTIONS = ("unit", "measure", "month", "value", "reason", "document", "approver", "day", *PLACE)
MAILS = ("month", "unit", "kind", "recipient", "revision", "state", "attempts", "at", "detail")
PROCESS = ("day", "days_left", "task", "owner", "month", "remind_days", *PLACE)
VERDICT = ("month", "sha256", "file", "result")

WORKSPACE_COUNTS = ("submitted", "units", "error", "warning", "note")
WORKSPACES = ("workspace", "month", "exit", *WORKSPACE_COUNTS, "line")


def print_workspaces(rows: Iterable[tuple[str, str, int, str, Sequence[int]]]) -> None:
    """A row a workspace of a call over many: its name, month, exit code, line and counts, of which one that
    failed has none.
    """
    blank = ("",) * len(WORKSPACE_COUNTS)
    print_records(
        WORKSPACES,
        (
            (name, month, str(code), *(map(str, counts) if counts else blank), line)
            for name, month, code, line, counts in rows
        ),
        numbers=("exit", *WORKSPACE_COUNTS),
    )


def print_findings(findings: Iterable[Finding], language: str) -> None:
    """Under the columns of ``findings.csv``."""
    print_records(COLUMNS, (each.row(language) for each in findings))


def print_ranking(outcome: Outcome) -> None:
    """A row a unit, in the order of the ranking."""
    print_records(RANKING, _ranking(outcome), numbers=("rank", "total", "percent"))


def _ranking(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    for each in outcome.standings:
        name = outcome.tables.unit[each.unit].name
        rank, numbers = str(each.rank or ""), (_number(each.total), _number(each.percent))
        yield outcome.month, each.unit, name, rank, *numbers, each.rating, each.status.value


def print_status(outcome: Outcome) -> None:
    """A row a unit, as ``status`` has always given them."""
    counts = ("error", "warning", "note", "rank", "late_changes", "blank", "not_due")
    print_records(STATUS_COLUMNS, status_rows(outcome), numbers=counts)


def print_process(tables: LevelTables, today: date, language: str) -> None:
    """A row for each day of the calendar."""
    rows = (
        (
            step.day.isoformat(),
            str((step.day - today).days),
            task_in_words(step, language),
            owner_in_words(tables, step, language),
            step.month,
            "" if step.ahead is None else str(step.ahead),
            *astuple(step.place),
        )
        for step in tables.steps
    )
    print_records(PROCESS, rows, numbers=("days_left", "remind_days"))


def print_rules(tables: LevelTables, language: str) -> None:
    """A row for each node, and for each level of each rule: as typed, and as read. What changes within the
    round follows, under the month it changes in; of a node that ends there, its row alone.
    """
    print_records(RULES, _rules(tables, language), numbers=("weight", "level"))


def _rules(tables: LevelTables, language: str) -> Iterator[tuple[str, ...]]:
    for node, _ in tables.in_tree_order():
        yield from _node(tables, node, "", language)
    for after, changed, ended in changes_in_round(tables):
        for node in changed:
            yield from _node(after, node, after.since, language)
        for node in ended:
            yield from _node(after, node, after.since, language)


def _node(tables: LevelTables, node: Node, since: str, language: str) -> Iterator[tuple[str, ...]]:
    about = (since, node.code, node.parent, node.name, _number(node.weight))
    rules = tables.rules_of(node.code)
    if not rules:
        yield (*about, *("",) * (len(RULES) - len(about)))
    for rule in rules:
        yield from (about + line for line in _levels(tables, rule, language))


def _levels(tables: LevelTables, rule: Rule, language: str) -> Iterator[tuple[str, ...]]:
    case = case_in_words(tables, rule.case, language) if rule.case else ""
    label = tables.measures[rule.measure].label
    for at, (typed, edge) in enumerate(zip(rule.typed, rule.edges, strict=True)):
        read = edge.text() if edge and not edge.any_value else ""
        yield (case, rule.measure, label, str(at + 1), typed, read, *_cell(rule.places[at]))


def print_loose(loose: Sequence[Loose]) -> None:
    """A row for each threshold that no example holds."""
    rows = ((each.kpi, str(each.level), each.measure, each.typed, *_cell(each.place)) for each in loose)
    print_records(LOOSE, rows, numbers=("level",))


def print_explained(outcome: Outcome, unit_text: str, kpi: str) -> None:
    """Of a KPI its level and score, each measure with its cell, and each level with what it asks; of an inner
    node, the total and the rank its score and its children's.

    Raises ``KpibatchError`` where the unit or the KPI does not exist.
    """
    unit, code = find_unit(outcome.tables, unit_text).code, called(outcome.tables, kpi)
    parts = _of_leaf(outcome, unit, code) if code in outcome.scores.kpis else _of_sum(outcome, unit, code)
    rows = ((outcome.month, unit, code, *part) for part in parts)
    print_records(EXPLAINED, rows, numbers=("value", "level"))


def _of_leaf(outcome: Outcome, unit: str, code: str) -> Iterator[tuple[str, ...]]:
    tables, row, result = outcome.tables, outcome.tables.position[unit], outcome.scores.kpis[code]
    level = str(int(result.level[row])) if result.applies[row] else ""
    name, score = tables.node[code].name_for(unit), _number(float(result.score[row]))
    yield ("score", code, name, score, level, "", "", "", "")
    values = outcome.measured.row(row)
    for measure in tables.measures_of(code):
        place = outcome.measured.origin.get((unit, measure.code), Place())
        value = _number(values[measure.code])
        yield ("measure", measure.code, measure.label, value, "", "", *_cell(place))
    for at in range(tables.level_count):
        for rule in tables.rules_in_case(code, int(result.case[row])):
            edge = rule.edge_for(at, values)
            if edge:
                met = "yes" if edge.holds_one(values[rule.measure]) else "no"
                value = _number(values[rule.measure])
                yield (
                    "level",
                    rule.measure,
                    rule.typed[at],
                    value,
                    str(at + 1),
                    met,
                    *_cell(rule.places[at]),
                )


def _of_sum(outcome: Outcome, unit: str, code: str) -> Iterator[tuple[str, ...]]:
    tables, row, standing = outcome.tables, outcome.tables.position[unit], outcome.standing[unit]
    if code == RANK:
        yield ("rank", code, standing.rating, str(standing.rank or ""), *("",) * 5)
        return
    for node in (code, *(child.code for child in tables.children(code))):
        name = tables.node[node].name if node in tables.node else ""
        part = "score" if node == code else "child"
        yield (part, node, name, _number(outcome.scores.score(node, row)), *("",) * 5)


def print_history(history: History, tables: LevelTables, unit: str, node: str) -> None:
    """A row for each month and measure; of a month without measures its score alone."""
    rows = _history(history, tables, unit, node)
    print_records(HISTORY, rows, numbers=("level", "score", "rank", "value"))


def _history(history: History, tables: LevelTables, unit: str, node: str) -> Iterator[tuple[str, ...]]:
    for month, level, score, status, rank in history.line(unit, node):
        facts = ("" if fact is None else show_number(fact) for fact in (level, score, rank))
        about = (month, unit, node, *facts, status)
        values = history.values(unit, month)
        known = [measure.code for measure in tables.measures_of(node) if measure.code in values]
        for code in known:
            value, file, sheet, cell = values[code]
            yield (*about, code, _number(value), file or "", sheet or "", cell or "")
        if not known:
            yield (*about, *("",) * 5)


def print_corrections(corrections: Iterable[Correction], tables: LevelTables, language: str) -> None:
    """A row for each correction that counts."""
    print_records(CORRECTIONS, (_correction(each, tables, language) for each in corrections))


def _correction(each: Correction, tables: LevelTables, language: str) -> tuple[str, ...]:
    value = show_value(each.value, tables.measures[each.measure].kind, language)
    said = (each.reason, each.document, each.approver, each.day.isoformat())
    return (each.unit, each.measure, each.month, value, *said, *_cell(each.place))


def print_drafts(rows: "Iterable[DraftRow]") -> None:
    """As ``mail/index.csv`` lists them."""
    from kpibatch.mail.drafts import DraftRow  # brings Jinja along, which no other table waits for

    columns = [each.name for each in fields(DraftRow)]
    print_records(columns, map(astuple, rows), numbers=("size",))


def print_mails(rows: Iterable[Row]) -> None:
    """Where each mail stands."""
    print_records(MAILS, map(_mail, rows), numbers=("revision", "attempts"))


def _mail(row: Row) -> tuple[str, ...]:
    entry, facts = row.entry, (str(row.revision), str(row.state.value), str(row.attempts))
    at = row.at.isoformat(timespec="seconds")
    return (entry.month, entry.unit, entry.kind, entry.recipient, *facts, at, row.detail)


def print_verdict(verdict: Verdict) -> None:
    """A row for each file that is not as it was; one that says so where all agree."""
    kinds = {"flaw": verdict.flaws, "differs": verdict.differing, "repacked": verdict.repacked}
    of_files = [(file, kind) for kind, files in kinds.items() for file in files]
    rows = of_files or [("", "verified" if verdict.sound else "distrusted")]
    print_records(VERDICT, ((verdict.month, verdict.sha256, *row) for row in rows))


def _cell(place: Place) -> tuple[str, str, str]:
    return place.file, place.sheet, place.cell


def _number(value: float) -> str:
    return "" if math.isnan(value) else show_number(value)
