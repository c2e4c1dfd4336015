"""The monthly batch: the steps in order. Only here are a month's files written."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kpibatch.base.catalogue import LANGUAGES, say
from kpibatch.base.config import Config
from kpibatch.base.errors import (
    EmptyMonth,
    HistoryRefused,
    MonthNotInRound,
    NoSubmissions,
    NoSubmissionsFolder,
    NothingWritten,
)
from kpibatch.base.files import by_name, removed, replaceable, replaced, saved
from kpibatch.base.findings import LOST, Finding, Place, in_order, piece
from kpibatch.base.lock import alone
from kpibatch.base.month_files import (
    ANNEX,
    CHECKED,
    EXAMPLES,
    FORMS,
    JOURNAL,
    LEVEL_TABLES,
    LISTED,
    LOG,
    MARKED,
    RANKING,
    RECORD,
    RETURNED,
    UNITS,
)
from kpibatch.base.progress import Clock, Progress
from kpibatch.books.guard.capped import Child
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_read import office_form_of
from kpibatch.forms.whose import is_form
from kpibatch.intake.agreements import signed_agreements
from kpibatch.intake.arrivals import near_round
from kpibatch.intake.central.province_book import Written, write_province
from kpibatch.intake.corrections import read_corrections
from kpibatch.intake.corrections_book import add_proposals, proposed_rows, write_corrections
from kpibatch.intake.late import ACCEPT, SEALED_OTHERWISE
from kpibatch.intake.month import newest_month, passed_over
from kpibatch.months.assess import assess_month
from kpibatch.months.bundle import refuse_closed
from kpibatch.months.folder import is_ours
from kpibatch.months.history import History, history_of, rebuild, remember
from kpibatch.months.listings import findings_csv, measures_csv, scores_csv, values_csv, write_record
from kpibatch.months.sent import Sent, months_ahead, sent_so_far
from kpibatch.rules.checks import Example
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.examples.sound import keep_checked, sound_levels
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import NO_TREND, trend_of
from kpibatch.workbooks.outputs import OUTPUTS, return_submissions, spared
from kpibatch.workbooks.returned.book import marked_copy, write_returned
from kpibatch.workbooks.returned.names import index_name

LISTINGS = dict(zip(LISTED, (scores_csv, measures_csv, values_csv, findings_csv), strict=True))


def run_month(config: Config, month: str | None, progress: Progress) -> Outcome:
    """Read, score and write one month; the folder ``output/MONTH`` appears whole or stays as it was.

    Raises ``KpibatchError`` as ``assess_month`` does, and where the month is closed or the disk refuses.
    """
    with _assessed(config, month, "run", progress) as (outcome, clock):
        with replaced(config.output / outcome.month, is_ours, keep=(JOURNAL,)) as folder:
            outcome = _write(outcome, folder, clock)
        rounds = _taken_in(config, progress)
    later = [key for key in rounds if key > outcome.month and rounds[key] == outcome.tables.round.key]
    if later:
        progress.tell(say("console.months-after", config.language, months=", ".join(later)))
    return outcome


def _taken_in(config: Config, progress: Progress) -> dict[str, str]:
    """The months published so far with their rounds, once the history has taken the new one in.

    The folder is the truth: a disk or share that refuses the database costs the month nothing, and the next
    command catches up.
    """
    try:
        with history_of(config.output, to_keep=True) as history:
            return history.rounds()
    except HistoryRefused as refusal:
        progress.tell(refusal.message(config.language))
        progress.tell(say("console.history-later", config.language))
        with history_of(config.output) as history:
            return history.rounds()


@contextmanager
def _assessed(
    config: Config, month: str | None, command: str, progress: Progress
) -> Iterator[tuple[Outcome, Clock]]:
    """The month's outcome, and the output held alone to write it; nothing is touched where the level tables
    are faulty.
    """
    clock = Clock(progress)
    with clock.step("levels"):
        tables = sound_levels(config)
        named, month = month, month or newest_month(config, tables)
    if not named and (later := passed_over(config, month)):
        facts = {"months": ", ".join(later), "folder": config.submissions, "month": month}
        progress.tell(say("console.months-passed-over", config.language, **facts))
    with alone(config, command, progress):
        keep_checked(config)
        refuse_closed(config, month)
        replaceable(config.output / month, is_ours)
        outcome = with_signed(assess_month(config, month, tables, clock), tables)
        with suppress(HistoryRefused):  # run.json and check.json hold the arrivals as well
            remember(config.output, outcome.intake.arrivals)
        yield outcome, clock


def with_signed(outcome: Outcome, tables: LevelTables) -> Outcome:
    """The outcome with what the agreements that were signed say against the rules as they were read."""
    signed = signed_agreements(outcome.config, tables)
    files = (*outcome.intake.central_files, *signed.files)
    return replace(_telling(outcome, signed.findings), intake=replace(outcome.intake, central_files=files))


def _write(outcome: Outcome, folder: Path, clock: Clock) -> Outcome:
    """Write the month; gives back the outcome with what bugs have cost among its findings."""
    trend, lost = NO_TREND, list[Finding]()
    with piece(lost, LOST, Place("trend")):
        trend = trend_of(outcome)
    for output in OUTPUTS:
        with clock.step(output.step), piece(lost, LOST, Place(output.name)):
            output.write(outcome, folder / output.name, trend, clock.progress, lost)
    if lost and not any(folder.rglob("*.xlsx")):
        raise NothingWritten(month=outcome.month, log=outcome.config.output / LOG)
    for name, content in LISTINGS.items():  # the last of them tells what was lost
        with spared(lost, folder / name):
            (folder / name).write_bytes(content(_telling(outcome, lost)))
    shutil.copyfile(outcome.config.level_tables, folder / LEVEL_TABLES)
    listings = [path for name in LISTINGS if (path := folder / name).exists()]
    books = [*folder.glob(RANKING), *sorted(folder.glob(f"{UNITS}/*.xlsx"), key=by_name)]
    write_record(_telling(outcome, lost), clock, folder / RECORD, listings, books)
    return _telling(outcome, lost)


def _telling(outcome: Outcome, lost: Sequence[Finding]) -> Outcome:
    return replace(outcome, findings=tuple(in_order([*outcome.findings, *lost]))) if lost else outcome


def check_month(config: Config, month: str | None, progress: Progress) -> tuple[Outcome, int]:
    """Read and check one month; writes only ``returned/`` and ``check.json``.

    Returns the outcome and how many workbooks were returned.
    """
    with _assessed(config, month, "check", progress) as (outcome, clock):
        folder, lost = config.output / outcome.month, list[Finding]()
        # First the record: by it the next run knows the folder for one of its own, however this one ends.
        saved(folder / CHECKED, lambda part: write_record(outcome, clock, part))
        with replaced(folder / RETURNED, lambda returned: is_ours(returned.parent)) as returned:
            progress.step("returned")
            written = return_submissions(outcome, returned, lost)
    return _telling(outcome, lost), written


def rebuild_history(config: Config, progress: Progress) -> History:
    """Make ``history.sqlite`` anew from the months' folders."""
    with alone(config, "history rebuild", progress):
        return rebuild(config.output)


@dataclass(frozen=True)
class Forms:
    """The forms written: how many, what bugs have cost, and what each unit's was filled in with."""

    count: int
    lost: list[Finding]
    tables: LevelTables
    office_form: OfficeForm | None
    sent: Mapping[str, Sent]


def write_forms(config: Config, progress: Progress, *, folders: bool = False) -> Forms:
    """One form per unit into ``output/forms``, with all that was sent so far filled in; months that were sent
    can't be typed over, unless the workspace takes what is sent late at once. In ``folders`` the form of a
    unit lies with those of the units below it.
    """
    from kpibatch.forms.office_write import office_form_name, office_forms  # a run writes no forms
    from kpibatch.forms.standard import form_folder, form_name, write_form

    tables, lost = sound_levels(config), list[Finding]()
    office_form, ahead = office_form_of(config, tables), months_ahead(config, tables)
    scored_from = near_round(config, tables)[0] if config.workspace.form_scores else None
    locked = config.intake.late_values != ACCEPT
    progress.step("read")
    sent = sent_so_far(config, tables, office_form, progress.tick)
    progress.step("forms")
    with ExitStack() as stack:
        stack.enter_context(alone(config, "forms", progress))
        folder = stack.enter_context(replaced(config.output / FORMS, _holds_forms))
        write = office_form and stack.enter_context(
            office_forms(office_form, tables, config.intake, scored_from)
        )
        units = [unit for unit in tables.units if unit.code in tables.senders_ever]
        for done, unit in enumerate(units, 1):
            name = office_form_name(office_form, unit) if office_form else form_name(unit)
            path = folder / (form_folder(tables, unit) if folders else "") / name
            path.parent.mkdir(exist_ok=True)
            with spared(lost, path, name=f"{FORMS}/{path.relative_to(folder).as_posix()}", unit=unit.code):
                entries = sent[unit.code].entries(tables, config.language)
                if write:
                    write(unit, path, entries)
                else:
                    write_form(
                        tables,
                        unit,
                        path,
                        entries,
                        ahead,
                        language=config.language,
                        locked=locked,
                        scored_from=scored_from,
                    )
            progress.tick(done, len(units))
    return Forms(len(units) - len(lost), lost, tables, office_form, sent)


def _holds_forms(folder: Path) -> bool:
    """Whether a folder holds nothing but forms that this program has made, in folders or not."""
    files = (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    return all(path.is_file() and is_form(path.read_bytes()) for path in files)


def propose_corrections(
    config: Config, tables: LevelTables, progress: Progress
) -> tuple[int, tuple[Finding, ...]]:
    """Write into the corrections what units now say otherwise of earlier months, to be approved or turned
    down, and make the workbook where there is none; gives back how many rows were added, and the findings
    about corrections that closed months leave no room for.
    """
    with alone(config, "corrections", progress):
        if not os.path.lexists(config.corrections):
            write_corrections(config.corrections, tables, (), config.language)
        corrections = read_corrections(config.corrections, tables, config.intake)
        try:
            outcome = assess_month(config, None, tables, Clock(progress))
        except (EmptyMonth, NoSubmissions, NoSubmissionsFolder):
            return 0, ()
        new = [claim for claim in outcome.claims if claim.key not in corrections.named]
        if new:
            rows = proposed_rows(new, tables, config.language)
            add_proposals(config.corrections, corrections, rows, config.intake)
    return len(new), tuple(each for each in outcome.findings if each.code == SEALED_OTHERWISE)


def write_province_file(config: Config, tables: LevelTables, month: str | None) -> tuple[str, Written]:
    """The workbook of the province's own numbers up to a month, what it lacked added; without a month, up to
    the newest that has submissions, else the round's first.
    """
    if month is None:
        with suppress(NoSubmissions, NoSubmissionsFolder):
            month = newest_month(config, tables)
    month = month or tables.round.months[0]
    if month not in tables.round.months:
        raise MonthNotInRound(month=month, months=", ".join(tables.round.months))
    return month, write_province(config.province, tables, month, config.intake, config.language)


def write_annex_file(config: Config, tables: LevelTables, month: str = "") -> Path:
    """The level tables, or the rules of one month, as the annex of a letter."""
    from kpibatch.rules.paper.annex import write_annex

    path, language = config.output / ANNEX, config.language
    saved(path, lambda part: write_annex(tables, part, language, tables.round.start, month))
    return path


def write_examples_file(config: Config, tables: LevelTables, examples: Sequence[Example]) -> Path:
    """Proposed cases, for a person to confirm."""
    from kpibatch.rules.paper.examples_book import write_examples

    path, language = config.output / EXAMPLES, config.language
    saved(path, lambda part: write_examples(tables, examples, part, language, tables.round.start))
    return path


def write_marked_levels(config: Config, findings: Sequence[Finding]) -> tuple[Path, Path | None]:
    """A copy of the level tables with every faulty cell marked and an index in front; of sound tables none.

    Gives back the copy, and the index where it is a file of its own, for the copy could not be marked. What
    an earlier check left is taken away.
    """
    path, index = config.output / f"{MARKED}{config.level_tables.suffix}", None
    if findings:
        with Child(config.intake, marked_copy) as marked:
            index = write_returned(
                config.level_tables, path, findings, None, config.language, about="tables", marked=marked
            )
    written = (path, index) if findings else ()
    indexes = {config.output / index_name(MARKED, language) for language in LANGUAGES}
    for old in {*config.output.glob(f"{MARKED}.*"), *indexes} - {*written, config.level_tables}:
        removed(old)
    return path, index
