"""What the command ``mail`` shows: drafts, what was sent, where each mail stands."""

from collections import Counter
from collections.abc import Iterator, Sequence

from kpibatch.base.catalogue import say
from kpibatch.base.thai import show_month
from kpibatch.commands.console import finding_line, print_aside, print_table
from kpibatch.mail.drafts import DraftRow
from kpibatch.mail.month import Drafted, Sent
from kpibatch.mail.send import Result
from kpibatch.months.outbox import Row, State


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
