"""A month on the screen: its ranking, its findings, who has sent."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config
from kpibatch.base.findings import NOWHERE, SEVERITIES, Finding, Place, count
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.commands.closing import Verdict
from kpibatch.commands.console import finding_line, print_table
from kpibatch.intake.corrections import Corrections
from kpibatch.mail.drafts import DraftRow
from kpibatch.mail.month import Drafted, Sent
from kpibatch.mail.send import told
from kpibatch.months.bundle import bundle_path
from kpibatch.months.history import History, Line
from kpibatch.months.listings import status_rows
from kpibatch.months.outbox import Row
from kpibatch.rules.levels import LevelTables, find_kpi, find_unit
from kpibatch.rules.records import Measure, Node, Unit
from kpibatch.rules.words import applies_in_words, case_in_words, weights_under
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status


def closing(outcome: Outcome) -> None:
    """The ranking as a table, then how many findings there are and where the files stand."""
    language, noun = outcome.language, outcome.tables.round.unit_noun
    title = say("console.title", language, unit=noun, month=show_month(outcome.month, language))
    names = ("rank", "unit", "total", "percent", "rating", "status")
    heads = [noun if name == "unit" else say(f"sheet.{name}", language) for name in names]
    print_table(heads, _standings(outcome), title=title, right=(0, 2, 3), width=100)
    print(say("console.findings", language, **count(outcome.findings)))
    print(say("console.written", language, folder=outcome.config.output / outcome.month))


def _standings(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    language = outcome.language
    words = {
        Status.PROVISIONAL: say("sheet.provisional", language),
        Status.NOT_SUBMITTED: say("sheet.not-sent", language),
    }
    for standing in outcome.standings:
        sent = standing.total == standing.total
        remarks = [
            words.get(standing.status, ""),
            say("sheet.sent-late", language) if standing.unit in outcome.late else "",
        ]
        yield (
            str(standing.rank or "–"),
            f"{standing.unit} {outcome.tables.unit[standing.unit].name}",
            f"{standing.total:.4f}" if sent else "–",
            f"{standing.percent:.2f}" if sent else "–",
            standing.rating,
            ", ".join(filter(None, remarks)),
        )


def listed(outcome: Outcome, written: int) -> None:
    """Every finding as a line, the counts, and how many workbooks were returned."""
    language, names = outcome.language, {unit.code: unit.name for unit in outcome.tables.units}
    for one in outcome.findings:
        print(finding_line(one, language, f"{one.unit} {names.get(one.unit, '')}".strip()))
    print(say("console.findings", language, **count(outcome.findings)))
    print(
        say(
            "console.returned",
            language,
            count=written,
            folder=outcome.config.output / outcome.month / "returned",
        )
    )


def show_status(outcome: Outcome) -> None:
    """A table of units: sent, late, missing, findings, provisional, late changes."""
    language = outcome.language
    heads = [outcome.tables.round.unit_noun, say("sheet.sent", language), say("console.received", language)]
    heads += [
        *(say(f"sheet.severity-{severity}", language) for severity in SEVERITIES),
        say("sheet.status", language),
    ]
    title = say("console.status-title", language, month=show_month(outcome.month, language))
    print_table(heads, _status(outcome), title=title, right=(3, 4, 5))


def _status(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    language = outcome.language
    words = {
        "yes": say("sheet.sent-yes", language),
        "late": say("sheet.sent-late", language),
        "no": say("sheet.not-sent", language),
    }
    for _, unit, name, sent, received, *counts, provisional, _, changed in status_rows(outcome):
        remarks = [say("sheet.provisional", language)] if provisional == "yes" else []
        remarks += [say("console.late-changes", language, count=changed)] if changed != "0" else []
        yield (f"{unit} {name}", words[sent], received.replace("T", " "), *counts, ", ".join(remarks))


def checked(config: Config, findings: Sequence[Finding]) -> None:
    """Every fault of the level tables: where, what, how to mend it; then the counts."""
    language = config.language
    for one in findings:
        print(finding_line(one, language))
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
        facts = [
            say("sheet.weight", language) + f" {show_number(node.weight)}{under}",
            node.responsible,
            words,
            node.reference,
        ]
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
        facts = {
            "unit": one.unit,
            "name": tables.unit[one.unit].name,
            "measure": one.measure,
            "label": measure.label,
        }
        facts |= {
            "reason": one.reason,
            "document": one.document,
            "approver": one.approver,
            "at": str(one.place),
        }
        facts |= {
            "month": show_month(one.month, language),
            "value": show_value(one.value, measure.kind, language),
        }
        print(say("corrections.line", language, **facts, day=show_date(one.day, language)))
    for fault in corrections.findings:
        print(finding_line(fault, language))
    print(
        say(
            "corrections.listed",
            language,
            file=config.corrections,
            count=len(corrections.rows),
            faults=len(corrections.findings),
        )
    )


def rebuilt(history: History, language: str) -> None:
    """Which months the history was made of, and which could not be read."""
    months = [month for month in history.months if month not in history.skipped]
    print(say("console.history-rebuilt", language, count=len(months), months=", ".join(months) or "–"))
    for error in history.skipped.values():
        print(error.message(language))


def show_history(history: History, tables: LevelTables, unit_text: str, kpi: str, language: str) -> None:
    """One unit's line at one KPI, month by month, with each value's cell.

    Raises ``KpibatchError`` where either is unknown.
    """
    unit, node = find_unit(tables, unit_text), find_kpi(tables, kpi)
    lines = history.line(unit.code, node.code)
    if not lines:
        print(say("console.history-empty", language))
        return
    title = say(
        "console.history-title", language, unit=unit.code, name=unit.name, kpi=node.code, title=node.name
    )
    keys = ("console.month", "sheet.level", "sheet.score", "sheet.rank", "sheet.status", "console.values")
    rows = (_month_line(history, tables, unit, node, line, language) for line in lines)
    print_table([say(key, language) for key in keys], rows, title=title, right=(1, 2, 3), width=140)


def _month_line(
    history: History, tables: LevelTables, unit: Unit, node: Node, line: Line, language: str
) -> tuple[str, ...]:
    month, level, score, status, rank = line
    values = history.values(unit.code, month)
    told = [
        _value_line(measure, *values[measure.code], language)
        for measure in tables.measures_of(node.code)
        if measure.code in values
    ]
    shown = ("–" if fact is None else show_number(fact) for fact in (level, score, rank))
    word = say(f"console.status-{status.replace('_', '-')}", language)
    return (show_month(month, language, short=True), *shown, word, "\n".join(told))


def _value_line(measure: Measure, value: float, file: str, sheet: str, cell: str, language: str) -> str:
    shown = show_value(value, measure.kind, language) or "–"
    place = Place(file or "", sheet or "", cell or "")
    return f"{measure.label} = {shown} {measure.counting_unit}".rstrip() + (
        f"  [{place}]" if place != NOWHERE else ""
    )


def sealed(config: Config, verdict: Verdict) -> None:
    """Where the bundle of a closed month lies, and the hash by which it is known again."""
    file = bundle_path(config.output, verdict.month)
    month = show_month(verdict.month, config.language)
    print(
        say(
            "console.closed",
            config.language,
            month=month,
            file=file,
            digest=verdict.sha256,
            count=verdict.outputs,
        )
    )


def opened_again(config: Config, month: str, kept: Path) -> None:
    """Where the bundle of a month that is open again is kept."""
    print(say("console.reopened", config.language, month=show_month(month, config.language), file=kept))


def show_verdict(verdict: Verdict, language: str) -> None:
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
    names = ("unit", "to", "subject", "attachments", "size", "state")
    print_table(
        [say(f"mail.head-{name}", language) for name in names],
        (_draft(row, language) for row in drafted.rows),
        right=(4,),
        width=160,
    )
    _show_problems(drafted, language)
    print(say("mail.drafted", language, count=len(drafted.rows), folder=drafted.folder))


def _draft(row: DraftRow, language: str) -> tuple[str, ...]:
    states = ", ".join(say(f"mail.state-{state}", language) for state in row.state.split(", "))
    to = row.to + (f"; {row.cc}" if row.cc else "")
    return (
        row.unit,
        to,
        row.subject,
        row.attachments.replace("; ", "\n"),
        f"{int(row.size) / 1024:,.0f} KB",
        states,
    )


def _show_problems(drafted: Drafted, language: str) -> None:
    for one in drafted.problems:
        print(finding_line(one, language, one.unit))


def show_sent(sent: Sent, language: str) -> None:
    """What did not simply go, and how many did."""
    _show_problems(sent.drafted, language)
    for line in told(sent.results, language):
        print(line)


def show_mails(month: str, rows: Sequence[Row], language: str) -> None:
    """The newest mail to each unit, kind and recipient, and what became of it."""
    names = ("unit", "kind", "recipient", "revision", "state", "at", "detail")
    title = say("mail.status-title", language, month=show_month(month, language))
    print_table(
        [say(f"mail.head-{name}", language) for name in names],
        (_mail(row, language) for row in rows),
        title=title,
        right=(3,),
        width=160,
    )


def _mail(row: Row, language: str) -> tuple[str, ...]:
    kind, state = say(f"mail.kind-{row.entry.kind}", language), say(f"sending.state-{row.state}", language)
    at = row.at.strftime("%Y-%m-%d %H:%M")
    return row.entry.unit, kind, row.entry.recipient, str(row.revision or "–"), state, at, row.detail
