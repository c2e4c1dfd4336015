"""What the operator sees while the batch works and at its end: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from kpibatch.bundle import bundle_path
from kpibatch.catalogue import say
from kpibatch.closing import Verdict
from kpibatch.config import Config
from kpibatch.corrections import Corrections
from kpibatch.explain import find_kpi, find_unit
from kpibatch.findings import NOWHERE, SEVERITIES, Finding, Place, count
from kpibatch.history import History
from kpibatch.levels import LevelTables, Measure
from kpibatch.listings import status_rows
from kpibatch.mail import Drafted, Sent
from kpibatch.mail_send import told as told_of
from kpibatch.outbox import Row
from kpibatch.outcome import Outcome
from kpibatch.rank import Status
from kpibatch.thai import show_date, show_month, show_number
from kpibatch.values import show_value
from kpibatch.wording import applies_in_words, case_in_words, weights_under


class Bar:
    """Progress on a terminal: one bar, its label the step at hand."""

    def __init__(self, language: str) -> None:
        self.language = language
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, transient=True, console=Console(stderr=True, markup=False))
        self._task: TaskID | None = None
        self._bar.start()

    def step(self, name: str) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(say(f"step-name.{name}", self.language), total=None)

    def tick(self, done: int, of: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=of)

    def tell(self, text: str) -> None:
        self._bar.console.print(text, highlight=False)

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

    def tell(self, text: str) -> None:
        self._echo(text)

    def close(self) -> None:
        """Nothing to put away."""


@contextmanager
def showing(language: str, echo: Callable[[str], None]) -> Iterator[Bar | Lines]:
    """Progress for the block: a bar where a person looks on, else plain lines."""
    display = Bar(language) if sys.stderr.isatty() else Lines(language, echo)
    try:
        yield display
    finally:
        display.close()


def closing(outcome: Outcome) -> None:
    """The ranking as a table, then how many findings there are and where the files stand."""
    language, tables = outcome.language, outcome.tables
    console = Console(soft_wrap=False, markup=False, highlight=False, width=None if sys.stdout.isatty() else 100)
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
        errors, warnings, notes, provisional, _, changed = rest
        remarks = [say("sheet.provisional", language)] if provisional == "yes" else []
        remarks += [say("console.late-changes", language, count=changed)] if changed != "0" else []
        table.add_row(f"{unit} {name}", words[sent], received.replace("T", " "), errors, warnings, notes, ", ".join(remarks))
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 110).print(table)


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


def show_corrections(config: Config, tables: LevelTables, corrections: Corrections) -> None:
    """Each correction in words, then what can't be used and why."""
    language = config.language
    for one in corrections.rows:
        measure = tables.measures[one.measure]
        facts = {"unit": one.unit, "name": tables.unit[one.unit].name, "measure": one.measure, "label": measure.label}
        facts |= {"reason": one.reason, "document": one.document, "approver": one.approver, "at": str(one.place)}
        facts |= {"month": show_month(one.month, language), "value": show_value(one.value, measure.kind, language)}
        print(say("corrections.line", language, **facts, day=show_date(one.day, language)))
    for fault in corrections.findings:
        print(f"{say(f'sheet.severity-{fault.severity}', language)}  {fault.place}  {fault.message(language)}  [{fault.code}]")
    print(say("corrections.listed", language, file=config.corrections, count=len(corrections.rows), faults=len(corrections.findings)))


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
    table = Table(title=title, title_justify="left")
    for key in ("console.month", "sheet.level", "sheet.score", "sheet.rank", "sheet.status", "console.values"):
        table.add_column(say(key, language), justify="right" if key in ("sheet.level", "sheet.score", "sheet.rank") else "left")
    words = {str(status): say(f"console.status-{status.value.replace('_', '-')}", language) for status in Status}
    for month, level, score, status, rank in lines:
        values = history.values(unit.code, month)
        told = [
            _value_line(measure, *values[measure.code], language) for measure in tables.measures_of(node.code) if measure.code in values
        ]
        shown = ["–" if fact is None else show_number(fact) for fact in (level, score, rank)]
        table.add_row(show_month(month, language, short=True), *shown, words.get(status, status), "\n".join(told))
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 140).print(table)


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


def show_drafts(drafted: Drafted, language: str) -> None:
    """The drafts as a table, what keeps others from being among them, and where they lie."""
    table = Table()
    for key in ("unit", "to", "subject", "attachments", "size", "state"):
        table.add_column(say(f"mail.head-{key}", language), justify="right" if key == "size" else "left", overflow="fold")
    for row in drafted.rows:
        states = ", ".join(say(f"mail.state-{state}", language) for state in row.state.split(", "))
        to = row.to + (f"; {row.cc}" if row.cc else "")
        table.add_row(row.unit, to, row.subject, row.attachments.replace("; ", "\n"), f"{int(row.size) / 1024:,.0f} KB", states)
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 160).print(table)
    _show_problems(drafted, language)
    print(say("mail.drafted", language, count=len(drafted.rows), folder=drafted.folder))


def _show_problems(drafted: Drafted, language: str) -> None:
    for one in drafted.problems:
        print(f"{say(f'sheet.severity-{one.severity}', language)}  {one.unit}  {one.place}  {one.message(language)}  [{one.code}]")


def show_sent(sent: Sent, language: str) -> None:
    """What did not simply go, and how many did."""
    _show_problems(sent.drafted, language)
    for line in told_of(sent.results, language):
        print(line)


def show_mails(month: str, rows: Sequence[Row], language: str) -> None:
    """The newest mail to each unit, kind and recipient, and what became of it."""
    table = Table(title=say("mail.status-title", language, month=show_month(month, language)), title_justify="left")
    for key in ("unit", "kind", "recipient", "revision", "state", "at", "detail"):
        table.add_column(say(f"mail.head-{key}", language), justify="right" if key == "revision" else "left", overflow="fold")
    for row in rows:
        entry = row.entry
        kind, state = say(f"mail.kind-{entry.kind}", language), say(f"sending.state-{row.state}", language)
        at = row.at.strftime("%Y-%m-%d %H:%M")
        table.add_row(entry.unit, kind, entry.recipient, str(row.revision or "–"), state, at, row.detail)
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 160).print(table)
