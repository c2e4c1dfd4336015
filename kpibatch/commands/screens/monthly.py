"""What the commands of every month show: the ranking, the findings, who has sent."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from kpibatch.base.catalogue import say
from kpibatch.base.findings import LOSSES, SEVERITIES, Finding, count
from kpibatch.base.kinds import show_rounded
from kpibatch.base.month_files import RETURNED
from kpibatch.base.thai import show_date, show_month
from kpibatch.commands.console import finding_line, print_table
from kpibatch.commands.run import Forms
from kpibatch.months.listings import STATUS_COLUMNS, status_rows
from kpibatch.scoring.apart.kinds import by_kind
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status

if TYPE_CHECKING:
    from kpibatch.commands.meeting import Report

_MANY = 50  # units of another kind than the main one that the screen does not list


def show_ranking(outcome: Outcome, language: str) -> None:
    """The ranking of each kind of units as a table, but of the many of another kind than the main one; then
    how many findings there are and where the files stand.
    """
    for number, part in enumerate(by_kind(outcome)):
        noun, units = part.tables.round.unit_noun, len(part.tables.units)
        facts = {"unit": noun, "month": show_month(outcome.month, language)}
        title = say("console.title", language, **facts)
        if number and units > _MANY:
            print(say("console.kind-apart", language, title=title, count=units))
            continue
        names = ("rank", "unit", "total", "percent", "rating", "status")
        heads = [noun if name == "unit" else say(f"sheet.{name}", language) for name in names]
        print_table(heads, _standings(part, language), title=title, right=(0, 2, 3), width=100)
    show_losses(outcome.findings, language)
    print(say("console.findings", language, **count(outcome.findings)))
    print(say("console.written", language, folder=outcome.config.output / outcome.month))


def show_losses(findings: Iterable[Finding], language: str) -> None:
    """What bugs have cost, a line each."""
    for each in findings:
        if each.code in LOSSES:
            print(finding_line(each, language, each.unit))


def show_filled_in(forms: Forms, language: str) -> None:
    """Whose form was filled in with what was sent so far, and what could not be."""
    tables, filled = forms.tables, 0
    for unit in (each for each in tables.units if each.code in tables.senders_ever):
        sent, facts = forms.sent[unit.code], {"unit": unit.code, "name": unit.name}
        there = any(value == value for value in sent.values.values())
        filled += there
        if sent.refused:
            used = show_month(sent.month, language) if sent.month else ""
            key = "console.forms-older" if used or there else "console.forms-blank"
            print(say(key, language, month=show_month(sent.refused, language), used=used or "–", **facts))
        if sent.unread:
            named = (f"{code} {show_month(month, language, short=True)}" for code, month in sent.unread)
            cells = ", ".join(named)
            print(say("console.forms-unread", language, count=len(sent.unread), cells=cells, **facts))
    if forms.office_form and forms.office_form.month_less:
        measures = ", ".join(sorted(forms.office_form.month_less))
        print(say("console.forms-month-less", language, measures=measures))
    print(say("console.forms-again", language, count=filled, units=len(tables.senders_ever)))


def show_report(made: "Report", language: str) -> None:
    """Where the report and the cards are, and what could not be made."""
    show_losses(made.lost, language)
    if made.report:
        print(say("report.pages", language, pages=made.pages or "–", file=made.report))
    print(say("report.cards", language, cards=made.cards, pictures=made.pictures, folder=made.folder))
    for note in made.notes:
        print(say(f"report.{note.name}", language, **note.facts))


def _standings(outcome: Outcome, language: str) -> Iterator[tuple[str, ...]]:
    words = {
        Status.PROVISIONAL: say("sheet.provisional", language),
        Status.NOT_SUBMITTED: say("sheet.not-sent", language),
    }
    for standing in outcome.standings:
        sent = standing.total == standing.total
        late = say("sheet.sent-late", language) if standing.unit in outcome.late else ""
        unread = say("sheet.sent-unread", language) if standing.unit in outcome.unread else ""
        status = words.get(standing.status)
        yield (
            str(standing.rank or "–"),
            f"{standing.unit} {outcome.tables.unit[standing.unit].name}",
            f"{standing.total:.4f}" if sent else "–",
            show_rounded(standing.percent) if sent else "–",
            standing.rating,
            ", ".join(filter(None, (unread or status, late))),
        )


def show_findings(outcome: Outcome, written: int, language: str) -> None:
    """Every finding as a line, the counts, and how many workbooks were returned."""
    names = {unit.code: unit.name for unit in outcome.tables.units}
    for each in outcome.findings:
        print(finding_line(each, language, f"{each.unit} {names.get(each.unit, '')}".strip()))
    print(say("console.findings", language, **count(outcome.findings)))
    folder = outcome.config.output / outcome.month / RETURNED
    print(say("console.returned", language, count=written, folder=folder))


def show_status(outcome: Outcome) -> None:
    """A table of units: sent, late, missing, findings, blank, not yet due, provisional, late changes; then
    what is for the province itself to fill in or mend.
    """
    language = outcome.language
    severities = (f"sheet.severity-{severity}" for severity in SEVERITIES)
    lacks = ("console.status-blank", "console.status-not-due")
    keys = ("sheet.sent", "console.received", *severities, *lacks, "sheet.status")
    heads = [outcome.tables.round.unit_noun, *(say(key, language) for key in keys)]
    title = say("console.status-title", language, month=show_month(outcome.month, language))
    print_table(heads, _status(outcome), title=title, right=(3, 4, 5, 6, 7))
    for each in outcome.of_no_unit:
        print(finding_line(each, language, each.unit))


def _status(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    language = outcome.language
    words = {
        "yes": say("sheet.sent-yes", language),
        "late": say("sheet.sent-late", language),
        "unreadable": say("sheet.sent-unread", language),
        "no": say("sheet.not-sent", language),
        "none": say("sheet.sent-none", language),
    }
    numbers = (*SEVERITIES, "blank", "not_due")
    for row in (dict(zip(STATUS_COLUMNS, row, strict=True)) for row in status_rows(outcome)):
        changed = row["late_changes"]
        remarks = [say("sheet.provisional", language)] if row["provisional"] == "yes" else []
        remarks += [say("console.late-changes", language, count=changed)] if changed != "0" else []
        whose, came = f"{row['unit']} {row['name']}", _moment(row["received"], language)
        yield (whose, words[row["sent"]], came, *(row[name] for name in numbers), ", ".join(remarks))


def _moment(received: str, language: str) -> str:
    """``2022-07-04T09:38`` as people write it: ``4 ก.ค. 2565 09:38``; blank where nothing came."""
    if not received:
        return ""
    moment = datetime.fromisoformat(received)
    return f"{show_date(moment.date(), language)} {moment:%H:%M}"
