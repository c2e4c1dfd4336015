"""The workbooks that a run leaves in the month's folder. To add one is to add a line to ``OUTPUTS``, and its
name to ``base/month_files.py``.

Each workbook is a piece of its own: a bug costs that workbook, which then leaves no file, and is told.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from kpibatch.base.files import sha256_of
from kpibatch.base.findings import LOST, Finding, Place, piece
from kpibatch.base.month_files import RANKING, RETURNED, UNITS
from kpibatch.base.progress import Progress
from kpibatch.books.guard.capped import Child
from kpibatch.scoring.apart.kinds import by_kind
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.again import Again
from kpibatch.workbooks.ranking.book import write_ranking
from kpibatch.workbooks.returned.book import Marker, marked_copy, returned_files, write_returned
from kpibatch.workbooks.unit.beside import all_written
from kpibatch.workbooks.unit.book import Units, unit_file, write_unit_book


@dataclass(frozen=True)
class Output:
    """A workbook, or a folder of them. ``step`` names it in the progress and in ``run.json``; ``write`` is
    given the path, which does not exist yet, and where to tell what was lost.
    """

    step: str
    name: str
    write: Callable[[Outcome, Path, Trend, Progress, list[Finding]], object]


@contextmanager
def spared(lost: list[Finding], *paths: Path, name: str = "", unit: str = "") -> Iterator[None]:
    """Files of the month that stand and fall together; ``name`` is the first one's in the month's folder."""
    whole = False
    with piece(lost, LOST, Place(name or paths[0].name), unit=unit):
        yield
        whole = True
    if not whole:
        for path in paths:
            path.unlink(missing_ok=True)


def _ranking(outcome: Outcome, path: Path, trend: Trend, progress: Progress, lost: list[Finding]) -> None:
    with spared(lost, path):
        write_ranking(outcome, path, trend, lost)


def _units(outcome: Outcome, folder: Path, trend: Trend, progress: Progress, lost: list[Finding]) -> None:
    """A summary for each unit."""
    parts = [(part, Units.again_of(part, trend)) for part in by_kind(outcome)]
    own = [(units, unit) for part, units in parts for unit in part.tables.units]
    folder.mkdir()

    def write(number: int) -> None:
        units, unit = own[number]
        write_unit_book(units, unit, folder / unit_file(unit))

    def here(number: int) -> None:
        _, unit = own[number]
        file = unit_file(unit)
        with spared(lost, folder / file, name=f"{UNITS}/{file}", unit=unit.code):
            write(number)

    all_written(len(own), write, here, progress, outcome.config.intake.memory_mb)
    for _, units in parts[:1]:
        units.tidy()


def _returned(outcome: Outcome, folder: Path, trend: Trend, progress: Progress, lost: list[Finding]) -> None:
    folder.mkdir()
    return_submissions(outcome, folder, lost)


def return_submissions(outcome: Outcome, folder: Path, lost: list[Finding]) -> int:
    """Write the marked copies into an empty folder; returns how many there are."""
    intake, config, before = outcome.intake, outcome.config, len(lost)
    again = Again(config.output, config.output / outcome.month / RETURNED, RETURNED)
    returned = returned_files(intake, outcome.findings, outcome.tables.unit, outcome.language)
    with Child(config.intake, marked_copy) as anew:
        for copy in returned:
            source, own = intake.originals.get(copy.file), PurePosixPath(copy.file).name
            files, unit = (folder / copy.name, folder / copy.beside), copy.unit.code if copy.unit else ""
            told = copy.findings, copy.unit, outcome.language, copy.beside
            marked = partial(_marked, again, copy.name, anew)
            with spared(lost, *files, name=f"{RETURNED}/{copy.name}", unit=unit):
                write_returned(source, files[0], *told, file=own, marked=marked)
    again.kept.tidy()
    return len(returned) - (len(lost) - before)


def _marked(again: Again, name: str, anew: Marker, source: Path, *told: Any) -> bytes:
    """The marked copy of a submission: the published one, where it and what is told of it are the same."""
    what = sha256_of(source), repr(told)
    copy = again.found(name, *what)
    if copy is None:
        copy = anew(source, *told)
        again.keep(copy, *what)
    return copy


# Source: design, section 4.
OUTPUTS = (
    Output("ranking", RANKING, _ranking),
    Output("units", UNITS, _units),
    Output("returned", RETURNED, _returned),
)
