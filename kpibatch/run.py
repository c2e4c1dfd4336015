"""The monthly batch: the steps in order. Only here are units looped over and a month's files written."""

import hashlib
import json
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy
import pandas

from kpibatch import __version__
from kpibatch.annex_book import write_annex
from kpibatch.arrivals import keep_first_sights, read_first_sights
from kpibatch.config import Config
from kpibatch.earlier import read_months
from kpibatch.errors import KpibatchError
from kpibatch.findings import count
from kpibatch.forms import form_name, write_form
from kpibatch.intake import in_time, newest_month
from kpibatch.levels import LevelTables, Source
from kpibatch.lint import check_levels
from kpibatch.listings import findings_csv, measures_csv, scores_csv, values_csv
from kpibatch.outcome import Outcome, assess
from kpibatch.published import LEVEL_TABLES
from kpibatch.ranking_book import write_ranking
from kpibatch.returned_book import returned_files, write_returned
from kpibatch.sheets import saved
from kpibatch.template_form import template_of
from kpibatch.template_writer import template_form_name, write_from_template
from kpibatch.trend import Month, Trend, month_of
from kpibatch.unit_book import unit_file, write_unit_book

_LISTINGS = {"scores": scores_csv, "measures": measures_csv, "values": values_csv, "findings": findings_csv}


class Progress(Protocol):
    """Who is told how far the batch is."""

    def step(self, name: str) -> None: ...
    def tick(self, done: int, of: int) -> None: ...


@dataclass
class Clock:
    """Seconds spent per step, for ``run.json``; tells the progress what has begun."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.progress.step(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)


class Quiet:
    """Progress that nobody watches."""

    def step(self, name: str) -> None: ...
    def tick(self, done: int, of: int) -> None: ...


def sound_levels(config: Config) -> LevelTables:
    """The workspace's level tables. Raises ``KpibatchError`` where they hold an error: nothing may be scored by them."""
    tables, findings = check_levels(config.level_tables)
    faults = [one for one in findings if one.severity == "error"]
    if faults:
        first = f"{faults[0].place}: {faults[0].message(config.language)}"
        raise KpibatchError("faulty-level-tables", file=config.level_tables, count=len(faults), first=first)
    return tables


def assess_month(config: Config, month: str | None, clock: Clock | None = None) -> Outcome:
    """Read and score one month; writes nothing."""
    clock = clock or Clock(Quiet())
    with clock.step("levels"):
        tables = sound_levels(config)
    with clock.step("read"):
        return score_month(config, tables, month or newest_month(config), clock.progress)


def score_month(config: Config, tables: LevelTables, month: str, progress: Progress) -> Outcome:
    """Read and score one month by level tables that are sound."""
    template = template_of(config, tables)
    intake = read_months(config, tables, month, template, progress.tick)
    timely = any(measure.source is Source.ON_TIME for measure in tables.measures.values())
    return assess(intake, tables, config, in_time(config, tables, intake, template) if timely else {})


def run_month(config: Config, month: str | None, progress: Progress) -> Outcome:
    """Read, score and write one month; the folder ``output/MONTH`` appears whole or stays as it was."""
    clock = Clock(progress)
    outcome = assess_month(config, month, clock)
    tables = outcome.tables
    _remember(outcome)
    with clock.step("trend"):
        trend = Trend((*_months_before(outcome), month_of(outcome)))
    with replaced(config.output / outcome.month) as folder:
        with clock.step("ranking"):
            write_ranking(outcome, folder / "ranking.xlsx", trend)
        with clock.step("units"):
            (folder / "units").mkdir()
            for done, unit in enumerate(tables.units, 1):
                write_unit_book(outcome, unit, folder / "units" / unit_file(unit), trend)
                progress.tick(done, len(tables.units))
        with clock.step("returned"):
            (folder / "returned").mkdir()
            _return(outcome, folder / "returned")
        for name, content in _LISTINGS.items():
            (folder / f"{name}.csv").write_bytes(content(outcome))
        shutil.copyfile(outcome.config.level_tables, folder / LEVEL_TABLES)
        (folder / "run.json").write_text(json.dumps(_record(outcome, clock), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return outcome


def _months_before(outcome: Outcome) -> Iterator[Month]:
    """The round's earlier months that have submissions, scored anew."""
    config, tables = outcome.config, outcome.tables
    for month in (key for key in tables.round.months if key < outcome.month and (config.submissions / key).is_dir()):
        try:
            yield month_of(score_month(config, tables, month, Quiet()))
        except KpibatchError as error:
            if error.name != "empty-month":
                raise


def check_month(config: Config, month: str | None, progress: Progress) -> tuple[Outcome, int]:
    """Read and check one month; writes only ``returned/``. Returns the outcome and how many workbooks were returned."""
    outcome = assess_month(config, month, Clock(progress))
    _remember(outcome)
    with replaced(config.output / outcome.month / "returned") as folder:
        written = _return(outcome, folder)
    return outcome, written


def _return(outcome: Outcome, folder: Path) -> int:
    """Write the marked copies into an empty folder; returns how many there are."""
    going = returned_files(outcome.intake, outcome.findings, outcome.tables.unit, outcome.language)
    month = outcome.config.submissions / outcome.month
    for one in going:
        write_returned(month / one.file, folder / one.name, one.findings, one.unit, outcome.language, one.beside)
    return len(going)


def _remember(outcome: Outcome) -> None:
    """Keep when files without a stated arrival were first seen."""
    output = outcome.config.output
    keep_first_sights(output, read_first_sights(output), [digest for _, digest in outcome.intake.files], datetime.now())


def write_forms(config: Config, progress: Progress) -> list[Path]:
    """One form per unit into ``output/forms``."""
    tables = sound_levels(config)
    template = template_of(config, tables)
    progress.step("forms")
    with replaced(config.output / "forms") as folder:
        for done, unit in enumerate(tables.units, 1):
            if template:
                write_from_template(template, unit, folder / template_form_name(template, unit), tables)
            else:
                write_form(tables, unit, folder / form_name(unit))
            progress.tick(done, len(tables.units))
    return sorted((config.output / "forms").iterdir())


def write_annex_file(config: Config, tables: LevelTables) -> Path:
    """The level tables as the annex of a letter."""
    path = config.output / "level_tables_annex.xlsx"
    saved(path, lambda part: write_annex(tables, part, config.language, tables.round.start))
    return path


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of ``target`` when the block ends well; else nothing changes.

    Raises ``KpibatchError`` where a file of the old folder is open elsewhere, or the disk refuses.
    """
    new, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if old.exists() and not target.exists():  # a run was ended between the two renames: the old output is the good one
            old.replace(target)
        for left_over in (new, old):
            shutil.rmtree(left_over, ignore_errors=True)
        new.mkdir()
        yield new
        _swap(target, new, old)
    except PermissionError as error:
        raise KpibatchError("file-in-use", file=error.filename or target) from None
    except OSError as reason:
        raise KpibatchError("cannot-write", file=target, reason=reason.strerror or reason) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _swap(target: Path, new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``target``; on Windows this is refused while a file in it is open, so put it back."""
    if target.exists():
        target.replace(old)
    try:
        new.replace(target)
    except OSError:
        if old.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _template_record(path: Path | None) -> dict[str, object]:
    return {"form_template": {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}} if path else {}


def _record(outcome: Outcome, clock: Clock) -> dict[str, object]:
    config, tables = outcome.config, outcome.tables
    return {
        "month": outcome.month,
        "round": tables.round.key,
        "level_tables": {
            "file": tables.file,
            "sha256": hashlib.sha256(config.level_tables.read_bytes()).hexdigest(),
            "digest": tables.digest,
        },
        **_template_record(config.form_template),
        "inputs": [{"file": name, "sha256": digest} for name, digest in (*outcome.intake.files, *outcome.intake.earlier_files)],
        "submissions": [
            {"unit": one.unit, "file": one.file, "received": one.received and one.received.isoformat(), "late": one.late}
            for one in outcome.intake.submissions
        ],
        "arrivals": {digest: moment.isoformat(timespec="seconds") for digest, moment in sorted(outcome.intake.arrivals.items())},
        "counts": {
            "units": len(tables.units),
            "submitted": len(outcome.sent),
            "late": len(outcome.late),
            "ranked": outcome.ranked,
            "findings": count(outcome.findings),
        },
        "versions": {
            "kpibatch": __version__,
            "python": platform.python_version(),
            "pandas": pandas.__version__,
            "numpy": numpy.__version__,
        },
        "finished": datetime.now().isoformat(timespec="seconds"),
        "seconds": clock.seconds,
    }
