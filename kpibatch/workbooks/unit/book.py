"""A month's outcome → one unit's own summary: the page its chief reads, every measure, the findings.

Nothing of any other unit stands in it but how many have a rank. The second sheet, with the unit's own texts,
serves as its self-assessment report. Figures are plain numbers; the workbook that recalculates is the
ranking's.
"""

from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.addresses import quoted, ref
from kpibatch.base.files import file_name, saved, sha256_of
from kpibatch.base.month_files import UNITS
from kpibatch.base.thai import month_end
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Sheet
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import NO_TREND, Trend
from kpibatch.workbooks.again import Again
from kpibatch.workbooks.unit.alike import Alike
from kpibatch.workbooks.unit.course import write_course
from kpibatch.workbooks.unit.details import findings_guide, write_details
from kpibatch.workbooks.unit.figures import View
from kpibatch.workbooks.unit.own import Owns
from kpibatch.workbooks.unit.page import write_page
from kpibatch.workbooks.unit.room import PADDED, tall

_SEVERITY_STYLE = {"error": "poor", "warning": "fair", "note": "centre"}


def unit_file(unit: Unit) -> str:
    """The name of a unit's summary, such as any file system takes."""
    return file_name(f"{unit.code} {unit.name}")


@dataclass(frozen=True)
class Units:
    """What the summaries of a month's units are written from; ``again`` gives back those that come out as
    they were published before.
    """

    owns: Owns
    alike: Alike
    again: Again | None = None

    @classmethod
    def of(cls, outcome: Outcome, trend: Trend = NO_TREND, again: Again | None = None) -> "Units":
        alike = Alike(outcome.tables, outcome.month, outcome.language)
        return cls(Owns(outcome, trend), alike, again)

    @classmethod
    def again_of(cls, outcome: Outcome, trend: Trend) -> "Units":
        """The same, with those that are published."""
        config, tables = outcome.config, outcome.tables
        rules = (tables.whole or tables).digest, sha256_of(config.level_tables), tables.file
        folder = config.output / outcome.month / UNITS
        about = (*rules, tables.round.unit_noun)
        return cls.of(outcome, trend, Again(config.output, folder, "summaries", *about))

    def tidy(self) -> None:
        """Keep what is kept small."""
        if self.again:
            self.again.kept.tidy()

    def view(self, unit: Unit) -> View:
        return View(self.owns.of(unit), self.alike)


def write_unit_book(units: Units, unit: Unit, path: Path) -> None:
    """Write the summary of one unit, or copy it where it comes out as it was published before."""
    view, again = units.view(unit), units.again
    if again is None:
        _write(view, path)
    elif raw := again.found(path.name, view.own.digest):
        saved(path, lambda part: part.write_bytes(raw))
    else:
        _write(view, path)
        again.keep(path.read_bytes(), view.own.digest)


def _write(view: View, path: Path) -> None:
    title, day = f"{view.say('title')} {view.month}", month_end(view.own.month)
    with Book(path, title=title, language=view.language, day=day, whose=view.unit.code) as book:
        write_page(book.sheet(view.say("sheet-summary")), view)
        if view.sent:
            write_course(book.sheet(view.say("sheet-course")), view)
        detail = book.sheet(view.say("sheet-detail"))
        rows = write_details(detail, view)
        _findings(
            book.sheet(view.say("sheet-findings")),
            view,
            {code: f"{quoted(detail.name)}!{ref(row, 0)}" for code, row in rows.items()},
        )


# --- what was found -----------------------------------------------------------------------------------


def _findings(sheet: Sheet, view: View, places: dict[str, str]) -> None:
    """What was found in the unit's report, each with a link to the measure it is about."""
    widths = (16.0, 40.0, 44.0, 28.0, 80.0)
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("findings-title"), "title")
    tall(sheet, 0, 2)
    sheet.put(1, 0, findings_guide(view), "bold")
    if view.findings:
        sheet.put_row(
            2,
            0,
            [view.say(f"head-{name}") for name in ("severity", "place", "item", "found", "message")],
            "head",
        )
        tall(sheet, 2, 1)
        sheet.raw.freeze_panes(3, 0)
    for row, finding in enumerate(view.findings, 3):
        item = (
            f"{finding.measure}  {view.tables.measures[finding.measure].label}"
            if finding.measure in view.tables.measures
            else finding.measure
        )
        texts = (str(finding.place), item, finding.found, finding.message(view.language))
        sheet.put(
            row,
            0,
            view.say(f"severity-{finding.severity}"),
            "cell",
            "centre",
            _SEVERITY_STYLE[finding.severity],
        )
        sheet.put_row(row, 1, texts, "cell", **PADDED)
        if finding.measure in places:
            sheet.link(row, 2, places[finding.measure], item, "cell", "wrap", "link")
        tall(
            sheet, row, max(lines_of(text, width - 2) for text, width in zip(texts, widths[1:], strict=True))
        )
    sheet.page(top=2 if view.findings else 0)
