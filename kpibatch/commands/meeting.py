"""For the meeting and for the phone: a published month's ranking as pages, a card a unit, and the ranking
opened.

These files are made after the run, of what it published: the next run of the month takes them away, ``close``
does not seal them, no mail takes them along.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpibatch.base.config import Config
from kpibatch.base.errors import PublishedDamaged, PublishedStale
from kpibatch.base.files import replaced, saved
from kpibatch.base.findings import LOSSES, Finding
from kpibatch.base.lock import alone
from kpibatch.base.month_files import CARDS, MEASURES, RANKING, REPORT, SCORES
from kpibatch.base.progress import Clock, Progress
from kpibatch.books.printed.office import Unprinted, as_pdf, first_sheets, office, thai_is_missing
from kpibatch.books.printed.pdf import pages_in, pdfium, pictures
from kpibatch.commands.run import LISTINGS, with_signed
from kpibatch.months.assess import assess_month
from kpibatch.months.folder import Published, is_ours, published_month
from kpibatch.scoring.apart.kinds import by_kind
from kpibatch.scoring.examples.sound import sound_levels
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.cards.card import Card, card_of
from kpibatch.workbooks.cards.html import card_page
from kpibatch.workbooks.cards.sheet import card_sheets
from kpibatch.workbooks.outputs import spared
from kpibatch.workbooks.unit.book import unit_file

SHEETS = 2  # อันดับ, คะแนนรายตัวชี้วัด
_MOST_BYTES = 200_000
_AT_ONCE = 100  # cards in one start of LibreOffice


@dataclass(frozen=True)
class Note:
    """What was not made, and why: a text of ``[report]``; ``grave`` where what is there has failed."""

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    grave: bool = False


@dataclass(frozen=True)
class Report:
    """What was made: ``pages`` is 0 where they can't be counted, ``report`` None where there is none."""

    month: str
    report: Path | None
    pages: int
    folder: Path
    cards: int
    pictures: int
    notes: tuple[Note, ...]
    lost: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        return not self.lost and not any(note.grave for note in self.notes)


def write_report(config: Config, month: str | None, progress: Progress) -> Report:
    """``report.pdf`` and ``cards`` into the folder of a published month, without a month the newest: the
    first two sheets of its ranking as they print, and of each unit a page and a picture.

    Without LibreOffice there are the cards' pages alone, without pypdfium2 no pictures. Raises
    ``KpibatchError``: not published, or the month would come out otherwise today.
    """
    with alone(config, "report", progress):
        published, tables = published_month(config.output, month), sound_levels(config)
        outcome = assess_month(config, published.month, tables, Clock(progress))
        outcome = _as_published(published, with_signed(outcome, tables))
        program, notes, lost = office(), list[Note](), list[Finding]()
        if program is None:
            notes.append(Note("no-office"))
        elif thai_is_missing():
            notes.append(Note("no-thai-font"))
        progress.step("report")
        pages = _write_pages(published, program, notes) if program else None
        progress.step("cards")
        with replaced(published.folder / CARDS, lambda cards: is_ours(cards.parent)) as folder:
            cards = list(_write_cards(outcome, folder, lost))
            drawn = _draw_cards(cards, folder, program, notes, progress) if program else 0
    return Report(
        published.month,
        None if pages is None else published.folder / REPORT,
        pages or 0,
        published.folder / CARDS,
        len(cards),
        drawn,
        tuple(notes),
        tuple(lost),
    )


def _as_published(published: Published, outcome: Outcome) -> Outcome:
    """The outcome; raises ``PublishedStale`` where a rule, a score, a value or a finding is another one than
    was published.
    """
    same = published.record["level_tables"]["digest"] == outcome.tables.digest
    same = same and all(LISTINGS[name](outcome) == published.trusted(name) for name in (SCORES, MEASURES))
    said = sorted((row["unit"], row["code"]) for row in published.findings if row["code"] not in LOSSES)
    now = sorted((each.unit, each.code) for each in outcome.findings if each.code not in LOSSES)
    if not same or said != now:
        raise PublishedStale(month=published.month)
    return outcome


def _write_pages(published: Published, program: str, notes: list[Note]) -> int | None:
    """How many pages the ranking's first sheets have; None where there are none."""
    try:
        raw = (published.folder / RANKING).read_bytes()
    except OSError as reason:
        notes.append(Note("no-ranking", {"reason": reason.strerror or str(reason)}, grave=True))
        return None
    published.refuse_changed(RANKING, raw)
    try:
        pdf = as_pdf(program, first_sheets(raw, SHEETS), ".xlsx")
    except Unprinted as reason:
        notes.append(Note("unprinted", {"file": REPORT, "reason": str(reason)}, grave=True))
        return None
    saved(published.folder / REPORT, lambda part: part.write_bytes(pdf))
    return pages_in(pdf)


def _write_cards(outcome: Outcome, folder: Path, lost: list[Finding]) -> Iterator[Card]:
    """The page of each unit."""
    own = [(part, unit) for part in by_kind(outcome) for unit in part.tables.units]
    for of_kind, unit in own:
        path = folder / card_file(unit_file(unit), ".html")
        with spared(lost, path, name=f"{CARDS}/{path.name}", unit=unit.code):
            card = card_of(of_kind, unit)
            path.write_bytes(card_page(card))
            yield card


def card_file(summary: str, suffix: str) -> str:
    """A card's file is named as the unit's summary is."""
    return f"{summary.removesuffix('.xlsx')}{suffix}"


def _draw_cards(
    cards: Sequence[Card], folder: Path, program: str, notes: list[Note], progress: Progress
) -> int:
    """The picture of each unit; how many there are."""
    if pdfium() is None:
        notes.append(Note("no-pdfium"))
        return 0
    drawn = 0
    for first in range(0, len(cards), _AT_ONCE):
        some = cards[first : first + _AT_ONCE]
        try:
            pdf = as_pdf(program, card_sheets(some), ".fods")
        except Unprinted as reason:
            notes.append(Note("unprinted", {"file": f"{CARDS}/*.png", "reason": str(reason)}, grave=True))
            return drawn
        if (pages := pages_in(pdf)) != len(some):  # a picture must never be another unit's
            facts = {"file": f"{CARDS}/*.png", "reason": f"{pages} ≠ {len(some)}"}
            notes.append(Note("unprinted", facts, grave=True))
            return drawn
        for card, png in zip(some, pictures(pdf, _MOST_BYTES), strict=True):
            (folder / card_file(unit_file(card.unit), ".png")).write_bytes(png)
            drawn += 1
            progress.tick(drawn, len(cards))
    return drawn


def open_ranking(config: Config, month: str | None) -> tuple[Path, bool]:
    """Open a published month's ranking as a double click does; its path, and whether that was asked for.

    Raises ``KpibatchError`` where nothing is published, or the ranking is gone.
    """
    published = published_month(config.output, month)
    path = (published.folder / RANKING).absolute()
    if not path.is_file():
        raise PublishedDamaged(folder=published.folder, file=RANKING, reason="–")
    return path, _opened(path)


def _opened(path: Path) -> bool:
    """Off a desktop nothing is opened."""
    if sys.platform == "win32":
        os.startfile(path)
        return True
    desktop = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if not desktop or opener is None:
        return False
    silent: Any = subprocess.DEVNULL
    try:
        subprocess.Popen(
            [opener, str(path)], stdin=silent, stdout=silent, stderr=silent, start_new_session=True
        )
    except OSError:
        return False
    return True
