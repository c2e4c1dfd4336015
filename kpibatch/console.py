"""What the operator sees while the batch works and at its end: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from kpibatch.catalogue import say
from kpibatch.config import Config
from kpibatch.findings import SEVERITIES, Finding, count
from kpibatch.levels import LevelTables
from kpibatch.listings import status_rows
from kpibatch.outcome import Outcome
from kpibatch.rank import Status
from kpibatch.thai import show_month, show_number
from kpibatch.wording import applies_in_words, case_in_words, weights_under


class Bar:
    """Progress on a terminal: one bar, its label the step at hand."""

    def __init__(self, language: str) -> None:
        self.language = language
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, transient=True, console=Console(stderr=True))
        self._task: TaskID | None = None
        self._bar.start()

    def step(self, name: str) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(say(f"step-name.{name}", self.language), total=None)

    def tick(self, done: int, of: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=of)

    def close(self) -> None:
        self._bar.stop()


class Lines:
    """Progress in a log or a pipe: one plain line a step."""

    def __init__(self, language: str, echo: Callable[[str], None]) -> None:
        self.language, self._echo = language, echo

    def step(self, name: str) -> None:
        self._echo(say(f"step-name.{name}", self.language) + " …")

    def tick(self, done: int, of: int) -> None:
        """Nothing: a line a file would drown what matters."""

    def close(self) -> None:
        """Nothing to put away."""


def progress(language: str, echo: Callable[[str], None]) -> Bar | Lines:
    """A bar where a person looks on, else plain lines."""
    return Bar(language) if sys.stderr.isatty() else Lines(language, echo)


def closing(outcome: Outcome) -> None:
    """The ranking as a table, then how many findings there are and where the files stand."""
    language, tables = outcome.language, outcome.tables
    console = Console(soft_wrap=False, highlight=False, width=None if sys.stdout.isatty() else 100)
    title = say("console.title", language, unit=tables.round.unit_noun, month=show_month(outcome.month, language))
    table = Table(title=title, title_justify="left")
    for name, justify in (
        ("rank", "right"),
        ("unit", "left"),
        ("total", "right"),
        ("percent", "right"),
        ("rating", "left"),
        ("status", "left"),
    ):
        heading = tables.round.unit_noun if name == "unit" else say(f"sheet.{name}", language)
        table.add_column(heading, justify="right" if justify == "right" else "left")
    words = {Status.PROVISIONAL: say("sheet.provisional", language), Status.NOT_SUBMITTED: say("sheet.not-sent", language)}
    for standing in outcome.standings:
        sent = standing.total == standing.total
        remarks = [words.get(standing.status, ""), say("sheet.sent-late", language) if standing.unit in outcome.late else ""]
        table.add_row(
            str(standing.rank or "–"),
            f"{standing.unit} {tables.unit[standing.unit].name}",
            f"{standing.total:.4f}" if sent else "–",
            f"{standing.percent:.2f}" if sent else "–",
            standing.rating,
            ", ".join(filter(None, remarks)),
        )
    console.print(table)
    totals = count(outcome.findings)
    console.print(say("console.findings", language, **{severity: totals[severity] for severity in SEVERITIES}))
    console.print(say("console.written", language, folder=outcome.config.output / outcome.month))


def listed(outcome: Outcome, written: int) -> None:
    """Every finding as a line, the counts, and how many workbooks were returned."""
    language, names = outcome.language, {unit.code: unit.name for unit in outcome.tables.units}
    for one in outcome.findings:
        whose = f"{one.unit} {names.get(one.unit, '')}".strip()
        print(f"{say(f'sheet.severity-{one.severity}', language)}  {whose}  {one.place}  {one.message(language)}  [{one.code}]")
    print(say("console.findings", language, **count(outcome.findings)))
    print(say("console.returned", language, count=written, folder=outcome.config.output / outcome.month / "returned"))


def show_status(outcome: Outcome) -> None:
    """A table of units: sent, late, missing, findings, provisional."""
    language = outcome.language
    words = {"yes": say("sheet.sent-yes", language), "late": say("sheet.sent-late", language), "no": say("sheet.not-sent", language)}
    table = Table(title=say("console.status-title", language, month=show_month(outcome.month, language)), title_justify="left")
    table.add_column(outcome.tables.round.unit_noun)
    for name in ("sent", "received", "error", "warning", "note", "status"):
        key = f"sheet.severity-{name}" if name in SEVERITIES else "console.received" if name == "received" else f"sheet.{name}"
        table.add_column(say(key, language), justify="right" if name in SEVERITIES else "left")
    for _, unit, name, sent, received, *rest in status_rows(outcome):
        errors, warnings, notes, provisional, _ = rest
        status = say("sheet.provisional", language) if provisional == "yes" else ""
        table.add_row(f"{unit} {name}", words[sent], received.replace("T", " "), errors, warnings, notes, status)
    Console(highlight=False, width=None if sys.stdout.isatty() else 110).print(table)


def checked(config: Config, findings: Sequence[Finding]) -> None:
    """Every fault of the level tables: where, what, how to mend it; then the counts."""
    language = config.language
    for one in findings:
        print(f"{say(f'sheet.severity-{one.severity}', language)}  {one.place}  {one.message(language)}  [{one.code}]")
    if findings:
        print(say("console.levels-counts", language, file=config.level_tables, **count(findings)))
    else:
        print(say("console.levels-clean", language, file=config.level_tables))


def show_levels(tables: LevelTables, language: str, echo: Callable[[str], None]) -> None:
    """The scorecard with its weights and, per KPI, each level in words beside the conditions as read."""
    echo(f"{tables.round.owner}   {tables.round.key}   {tables.round.reference}")
    leaves = {leaf.code for leaf in tables.leaves}
    for node, depth in tables.in_tree_order():
        under = f" / {show_number(weights_under(tables, node.code))}" if node.code not in leaves else ""
        words = applies_in_words(tables, node, language)
        facts = [say("sheet.weight", language) + f" {show_number(node.weight)}{under}", node.responsible, words, node.reference]
        echo("")
        echo("  " * depth + f"{node.code}  {node.name}   " + "   ".join(filter(None, facts)))
        for rule in tables.rules_of(node.code):
            measure = tables.measures[rule.measure]
            case = f"[{case_in_words(tables, rule.case, language)}] " if rule.case else ""
            read = [
                (text if edge.any_value else edge.text(language)) if edge else "–"
                for text, edge in zip(rule.typed, rule.edges, strict=True)
            ]
            remark = f"   ({rule.remark})" if rule.remark else ""
            echo("  " * depth + f"    {case}{measure.code} {measure.label}:  " + "  |  ".join(read) + remark)
