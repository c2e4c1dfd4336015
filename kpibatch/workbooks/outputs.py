"""The workbooks that a run leaves in the month's folder. To add one is to add a line to ``OUTPUTS``, and its
name to ``base/month_files.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kpibatch.base.month_files import RANKING, RETURNED, UNITS
from kpibatch.base.progress import Progress
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.book import write_ranking
from kpibatch.workbooks.returned.book import returned_files, write_returned
from kpibatch.workbooks.unit.book import unit_file, write_unit_book


@dataclass(frozen=True)
class Output:
    """A workbook, or a folder of them. ``step`` names it in the progress and in ``run.json``; ``write`` is
    given the path, which does not exist yet.
    """

    step: str
    name: str
    write: Callable[[Outcome, Path, Trend, Progress], object]


def _ranking(outcome: Outcome, path: Path, trend: Trend, progress: Progress) -> None:
    write_ranking(outcome, path, trend)


def _units(outcome: Outcome, folder: Path, trend: Trend, progress: Progress) -> None:
    """A summary for each unit."""
    units = outcome.tables.units
    folder.mkdir()
    for done, unit in enumerate(units, 1):
        write_unit_book(outcome, unit, folder / unit_file(unit), trend)
        progress.tick(done, len(units))


def _returned(outcome: Outcome, folder: Path, trend: Trend, progress: Progress) -> None:
    folder.mkdir()
    return_submissions(outcome, folder)


def return_submissions(outcome: Outcome, folder: Path) -> int:
    """Write the marked copies into an empty folder; returns how many there are."""
    intake = outcome.intake
    returned = returned_files(intake, outcome.findings, outcome.tables.unit, outcome.language)
    for copy in returned:
        source, own = intake.originals.get(copy.file), PurePosixPath(copy.file).name
        write_returned(
            source, folder / copy.name, copy.findings, copy.unit, outcome.language, copy.beside, file=own
        )
    return len(returned)


# Source: design, section 4.
OUTPUTS = (
    Output("ranking", RANKING, _ranking),
    Output("units", UNITS, _units),
    Output("returned", RETURNED, _returned),
)
