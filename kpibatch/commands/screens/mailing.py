"""What the commands ``mail`` and ``calendar`` show: drafts, what was sent, where each mail stands; the days
of the process.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import show_date, show_month
from kpibatch.commands.console import finding_line, print_aside, print_table
from kpibatch.mail.drafts import DraftRow
from kpibatch.mail.month import Drafted, Sent
from kpibatch.mail.send import Result
from kpibatch.months.outbox import Row, State
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.process import (
    coming,
    has_process,
    owner_in_words,
    process_lines,
    task_in_words,
)
from kpibatch.rules.round import Step


def show_drafts(drafted: Drafted, language: str) -> None:
    """The drafts as a table, what keeps others from being among them, and where they lie."""
    names = ("unit", "to", "subject", "attachments", "size", "state")
    print_table(
        [say(f"mail.head-{name}", language) for name in names],
        (_draft(row, language) for row in drafted.rows),
        right=(4,),
        width=160,
    )
    show_problems(drafted, language)
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


def show_problems(drafted: Drafted, language: str) -> None:
    """What keeps mails from being sent, or must be seen to."""
    for problem in drafted.problems:
        print_aside(finding_line(problem, language, problem.unit))


def show_sent(sent: Sent, language: str) -> None:
    """What did not simply go, and how many did."""
    show_problems(sent.drafted, language)
    for line in result_lines(sent.results, language):
        print(line)


def result_lines(results: Sequence[Result], language: str) -> Iterator[str]:
    """A line for every mail that did not simply go, then the counts."""
    yield from (
        _result(result, language)
        for result in results
        if result.row.state is not State.SENT or result.superseded
    )
    counts = Counter(result.row.state for result in results)
    fresh = sum(result.fresh for result in results if result.row.state is State.SENT)
    yield say(
        "sending.counts",
        language,
        sent=fresh,
        before=counts[State.SENT] - fresh,
        refused=counts[State.REFUSED],
        deferred=counts[State.DEFERRED],
        unknown=counts[State.UNKNOWN],
    )


def _result(result: Result, language: str) -> str:
    row, entry = result.row, result.row.entry
    return say(
        "sending.line",
        language,
        unit=entry.unit,
        kind=entry.kind,
        recipient=entry.recipient,
        state=say(f"sending.state-{row.state}", language),
        detail=say("sending.superseded", language) if result.superseded else row.detail,
    )


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


def show_process(tables: LevelTables, today: date, language: str) -> None:
    """The calendar as a table, with the time that is left."""
    say = Words("process", language)
    if not tables.steps:
        print(say("none"))
        return
    rows = (
        (day, left_until(step, today, language), task, owner, _ahead(step, say))
        for step, (day, task, owner) in zip(tables.steps, process_lines(tables, language), strict=True)
    )
    names = ("day", "left", "task", "owner", "remind")
    title = say("title", round=tables.round.key, today=show_date(today, language))
    print_table([say(name) for name in names], rows, title=title, width=120)


def _ahead(step: Step, say: Words) -> str:
    return "–" if step.ahead is None else say("ahead", days=step.ahead)


def left_until(step: Step, today: date, language: str) -> str:
    """How far away a day is, in words."""
    say, days = Words("process", language), (step.day - today).days
    if not days:
        return say("today")
    return say("days-left", days=days) if days > 0 else say("days-ago", days=-days)


def next_step(tables: LevelTables, today: date, language: str) -> str:
    """The next day of the process in a line; empty where the calendar holds the months' due days alone."""
    step = coming(tables, today) if has_process(tables) else None
    if step is None:
        return ""
    facts = {"task": task_in_words(step, language), "day": show_date(step.day, language)}
    left, owner = left_until(step, today, language), owner_in_words(tables, step, language)
    return say("process.next", language, **facts, left=left, owner=owner)
