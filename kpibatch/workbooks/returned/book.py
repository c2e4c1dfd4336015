"""What goes back to the unit: its own file with the cells marked, a comment on each, and an index of all
findings.

In: a submission and its findings. Out: a copy that differs in the marks only, or, where a file can't be
changed without risk (.xls, .xlsb, .ods, signed or damaged), the file as it came with the index in a workbook
beside it. Which submissions are returned is decided here. The original is never
touched.
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from kpibatch.base.addresses import coordinates
from kpibatch.base.catalogue import LANGUAGES, say
from kpibatch.base.errors import KpibatchError
from kpibatch.base.files import saved
from kpibatch.base.findings import SEVERITIES, Finding, Place, finding, in_order
from kpibatch.books.guard.capped import USUAL, capped
from kpibatch.books.guard.limits import REFUSALS, Refused
from kpibatch.books.package import Element, open_package, tag
from kpibatch.books.packing import Unpatchable
from kpibatch.intake.month import Intake
from kpibatch.rules.records import Unit
from kpibatch.workbooks.returned.index import LONGEST_MESSAGE, index_of, shortened
from kpibatch.workbooks.returned.index_sheet import index_sheet, write_index
from kpibatch.workbooks.returned.marks import Styles, colour_cells, place_of
from kpibatch.workbooks.returned.names import index_name, returned_names
from kpibatch.workbooks.returned.notes import Note, add_notes, clear_notes
from kpibatch.workbooks.returned.workbook import Workbook, open_workbook, put_index

Cells: TypeAlias = dict[tuple[int, int], list[Finding]]
_MAX_BYTES = 64_000_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Returned:
    """A submission that goes back: its file in the month's folder, and the names it has under ``returned/``.

    ``beside`` is the index's name, used only where the file itself can't be marked.
    """

    file: str
    name: str
    beside: str
    unit: Unit | None
    findings: tuple[Finding, ...]


def returned_files(
    intake: Intake, findings: Iterable[Finding], units: Mapping[str, Unit], language: str = "th"
) -> tuple[Returned, ...]:
    """The submissions that go back, by name: those with an error or a warning. Their notes go with them."""
    by_file: dict[str, list[Finding]] = {file: [] for file, _ in intake.files}
    for each in in_order(findings):
        if each.place.file in by_file:
            by_file[each.place.file].append(each)
    whose = {submission.file: submission.unit for submission in intake.submissions}
    grave = {
        file: tuple(own) for file, own in sorted(by_file.items()) if any(finding.grave for finding in own)
    }
    names = returned_names(grave, language)
    returned = []
    for file, own in grave.items():
        owner = whose.get(file) or _owner(file, own)
        told = tuple(finding for finding in own if finding.unit in ("", owner))
        returned.append(Returned(file, *names[file], units.get(owner), told))
    return tuple(returned)


def _owner(file: str, findings: Iterable[Finding]) -> str:
    """The unit that a file which counts for nobody is returned to: of those told of it the one whose code its
    name begins with.
    """
    told = [finding.unit for finding in findings if finding.unit]
    return next((unit for unit in told if file.startswith(unit)), told[0] if told else "")


def marked_copy(
    source: Path, file: str, findings: Sequence[Finding], unit: Unit | None, language: str, about: str
) -> bytes:
    """The copy of a submission with its findings marked, to be made in a child process.

    Raises ``Unpatchable`` where the file is better left as it is.
    """
    if source.stat().st_size > _MAX_BYTES:
        raise Unpatchable("too large")
    return mark(source.read_bytes(), file, findings, unit, language, about)


Marker: TypeAlias = Callable[[Path, str, Sequence[Finding], Unit | None, str, str], bytes]


def _alone(*given: Any) -> bytes:
    return capped(USUAL, marked_copy, *given)


def write_returned(
    source: Path | None,
    target: Path,
    findings: Sequence[Finding],
    unit: Unit | None,
    language: str,
    beside: str = "",
    about: str = "report",
    file: str = "",
    marked: Marker | None = None,
) -> Path | None:
    """Write the copy of a submission with its findings marked; ``beside`` names the index where it is a file
    of its own. ``about`` is ``report``, or ``tables`` where the book is the level tables; ``file`` is what
    the source is called, if not by its own name; ``marked`` is ``marked_copy`` in a child process.

    A file that was refused gets the index alone. Gives back the index where it is such a file, none where the
    copy is marked.

    Raises ``KpibatchError`` where the disk refuses. Nothing in the submission itself can make it fail.
    """
    ordered, file = in_order(findings), file or (source or target).name
    # What was not fit to be read is not opened here, and not sent on.
    if source and not any(finding.code in REFUSALS for finding in ordered):
        try:
            copy = (marked or _alone)(source, file, ordered, unit, language, about)
        except KpibatchError:
            raise
        except Exception as reason:
            ordered = in_order([*ordered, *_unmarked(target.name, file, reason)])
            saved(target, lambda part: shutil.copyfile(source, part))
        else:
            saved(target, lambda part: part.write_bytes(copy))
            return None
    index = target.with_name(beside or index_name(target.name, language))
    write_index(index, index_of(file, ordered, unit, language, None, about), unit)
    return index


def _unmarked(name: str, file: str, reason: Exception) -> Iterator[Finding]:
    """What is told where a file goes back as it came. Nothing where it is of a kind that is never marked.

    What a stranger's file holds can't be foreseen, and one bad file must not stop the others: a bug costs the
    marks of this copy, and its traceback goes into the log.
    """
    if isinstance(reason, Refused):
        _LOG.warning("%s: %s %s", name, reason.code, reason.found)
        yield finding("copy-unmarked", Place(file), found=reason.found)
    elif not isinstance(reason, Unpatchable | OSError):
        _LOG.error("%s", name, exc_info=reason)
        yield finding("copy-unmarked", Place(file), found=type(reason).__name__)


def mark(
    raw: bytes,
    file: str,
    findings: Sequence[Finding],
    unit: Unit | None,
    language: str,
    about: str = "report",
) -> bytes:
    """The package with its cells marked and the index in front.

    Raises where it can't be done without risk.
    """
    package = open_package(raw)
    book = open_workbook(package)
    styles = Styles(package, book.related("styles"))
    lead_ins = [say("returned.lead-in", each) for each in LANGUAGES]
    styles.clear()
    for part in book.worksheets.values():
        package.lighten(part, ())
        clear_notes(package, part, lead_ins)
    for sheet, cells in _by_cell(findings, book).items():
        part = book.worksheets[sheet]
        cells = _at_anchors(cells, package.read(part))
        package.lighten(part, {row for row, _ in cells})
        root = package.edit(part)
        colour_cells(root, {at: _gravest(own) for at, own in cells.items()}, styles)
        add_notes(package, part, {at: _note(own, language) for at, own in cells.items()})
    index = index_of(file, findings, unit, language, book.visible, about)
    put_index(book, index.name, index_sheet(index, styles))
    return package.packed()


def _by_cell(findings: Iterable[Finding], book: Workbook) -> dict[str, Cells]:
    """The findings by sheet and cell, those left out that have no cell in this workbook."""
    cells: dict[str, Cells] = {}
    for each in findings:
        at = place_of(each.place.cell)
        if at and each.place.sheet in book.worksheets:
            cells.setdefault(each.place.sheet, {}).setdefault(at, []).append(each)
    return cells


def _at_anchors(cells: Cells, sheet: Element) -> Cells:
    """A merged range shows the colour and the comment of its first cell only."""
    moved: Cells = {}
    ranges = [
        [coordinates(corner) for corner in merged.get("ref").split(":")]
        for merged in sheet.iter(tag("mergeCell"))
        if ":" in merged.get("ref")
    ]
    for (row, column), own in cells.items():
        covering = (
            first for first, last in ranges if first[0] <= row <= last[0] and first[1] <= column <= last[1]
        )
        moved.setdefault(next(covering, (row, column)), []).extend(own)
    return moved


def _gravest(findings: Iterable[Finding]) -> str:
    return min((finding.severity for finding in findings), key=SEVERITIES.index)


def _note(findings: Iterable[Finding], language: str) -> Note:
    paragraphs = (
        (
            say(f"unit.severity-{finding.severity}", language),
            shortened(finding.message(language), LONGEST_MESSAGE),
        )
        for finding in findings
    )
    return Note(say("returned.lead-in", language), tuple(paragraphs))
