"""What the index of a submission's findings says: its title, and a line a finding as columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kpibatch.base.addresses import quoted
from kpibatch.base.catalogue import say
from kpibatch.base.findings import Finding, count
from kpibatch.books.columns import Column
from kpibatch.books.look import lines_of, tall_of
from kpibatch.rules.records import Unit
from kpibatch.workbooks.returned.marks import place_of

HEAD = 5
_TALLEST = 405.0
_LONGEST_FOUND, LONGEST_MESSAGE = 200, 1_500


@dataclass(frozen=True)
class Entry:
    """One finding as the index lists it; ``target`` is where its link leads (``'sheet'!A1``), if anywhere."""

    number: int
    severity: str
    sheet: str
    cell: str
    found: str
    message: str
    target: str


@dataclass(frozen=True)
class Index:
    """What the index says."""

    name: str
    title: str
    lines: tuple[str, ...]
    entries: tuple[Entry, ...]
    language: str


def index_of(
    file: str,
    findings: Sequence[Finding],
    unit: Unit | None,
    language: str,
    sheets: Collection[str] | None,
    about: str = "report",
) -> Index:
    """The index of a file's findings; ``sheets`` are those of its workbook that can be linked to, none where
    the index lies beside the file. ``about`` says what kind of book it is.
    """
    totals = count(findings)
    facts = {"errors": totals["error"], "warnings": totals["warning"], "notes": totals["note"]}
    title = say(f"returned.title-{about}", language, name=f"{unit.code} {unit.name}" if unit else file)
    beside = sheets is None
    advice = (f"returned.beside-{about}",) if beside else (f"returned.guide-{about}", "returned.colours")
    counted = say("returned.file", language, file=file, **facts)
    lines = (counted, *(say(key, language) for key in advice))
    entries = (_entry(number, each, language, sheets or ()) for number, each in enumerate(findings, 1))
    return Index(say("returned.name", language), title, lines, tuple(entries), language)


def _entry(number: int, finding: Finding, language: str, sheets: Collection[str]) -> Entry:
    where = finding.place
    linked = where.sheet in sheets and place_of(where.cell) is not None
    target = f"{quoted(where.sheet)}!{where.cell}" if linked else ""
    found, message = (
        shortened(finding.found, _LONGEST_FOUND),
        shortened(finding.message(language), LONGEST_MESSAGE),
    )
    return Entry(number, finding.severity, where.sheet, where.cell, found, message, target)


def shortened(text: str, longest: int) -> str:
    """The text, cut where it is longer."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def columns_of(language: str) -> tuple[Column[Entry], ...]:
    """The columns of the list; their styles are those of the index alone: ``centre``, ``text``, ``link`` and
    one a severity.
    """
    centre, text = ("centre",), ("text",)
    return (
        Column(say("sheet.place", language), 8.0, lambda entry: entry.number, centre),
        Column(
            say("unit.head-severity", language),
            17.0,
            lambda entry: say(f"unit.severity-{entry.severity}", language),
            lambda entry: (entry.severity,),
        ),
        Column(say("sheet.finding-sheet", language), 20.0, lambda entry: entry.sheet, text),
        Column(
            say("sheet.finding-cell", language),
            10.0,
            lambda entry: entry.cell,
            lambda entry: ("link",) if entry.target else centre,
        ),
        Column(
            say("unit.head-found", language),
            34.0,
            lambda entry: f"“{entry.found}”" if entry.found else "",
            text,
        ),
        Column(say("unit.head-message", language), 84.0, lambda entry: entry.message, text),
    )


def height_of(columns: Sequence[Column[Entry]], entry: Entry) -> float:
    """How tall a line of the list must be."""
    texts = columns[1:]
    lines = max(lines_of(str(column.result(entry)), column.width - 2) for column in texts)
    return min(_TALLEST, tall_of(lines))
