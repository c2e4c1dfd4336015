"""A month's mails on the screen."""

from collections.abc import Sequence

from kpibatch.catalogue import say
from kpibatch.console import finding_line, print_table
from kpibatch.mail import Drafted, Sent
from kpibatch.mail_drafts import DraftRow
from kpibatch.mail_send import told
from kpibatch.outbox import Row
from kpibatch.thai import show_month


def show_drafts(drafted: Drafted, language: str) -> None:
    """The drafts as a table, what keeps others from being among them, and where they lie."""
    names = ("unit", "to", "subject", "attachments", "size", "state")
    print_table(
        [say(f"mail.head-{name}", language) for name in names], (_draft(row, language) for row in drafted.rows), right=(4,), width=160
    )
    _show_problems(drafted, language)
    print(say("mail.drafted", language, count=len(drafted.rows), folder=drafted.folder))


def _draft(row: DraftRow, language: str) -> tuple[str, ...]:
    states = ", ".join(say(f"mail.state-{state}", language) for state in row.state.split(", "))
    to = row.to + (f"; {row.cc}" if row.cc else "")
    return row.unit, to, row.subject, row.attachments.replace("; ", "\n"), f"{int(row.size) / 1024:,.0f} KB", states


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
        [say(f"mail.head-{name}", language) for name in names], (_mail(row, language) for row in rows), title=title, right=(3,), width=160
    )


def _mail(row: Row, language: str) -> tuple[str, ...]:
    kind, state = say(f"mail.kind-{row.entry.kind}", language), say(f"sending.state-{row.state}", language)
    at = row.at.strftime("%Y-%m-%d %H:%M")
    return row.entry.unit, kind, row.entry.recipient, str(row.revision or "–"), state, at, row.detail
