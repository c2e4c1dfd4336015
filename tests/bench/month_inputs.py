"""Made-up provinces to measure a month with: Buriram's real KPIs, rules and forms, as many units as wanted.

In: a size. Out: a folder of workspaces, each with a ``config.toml``, level tables, the province's numbers and
forms filled in by the code that fills in the samples. The same size gives the same files.
"""

import csv
import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).parents[2] / "input_samples"))
sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

import make_samples
from make_samples import Flaw
from one_kind import without_other_kinds
from sample_values import Report, make_report

from kpibatch.base.config import read_config
from kpibatch.forms.standard import form_name, write_form
from kpibatch.intake.arrivals import near_round
from kpibatch.intake.central.province_book import write_numbers
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

ROOT = Path(__file__).parents[2]
MODEL, MONTH = "buriram-2565-2", "2565-06"
LEVEL_TABLES = "level_tables.xlsx"
_UNITS, _BASES, _ASKED_OF = "หน่วย", "ค่าตั้งต้น", {"รหัส", "รหัสหน่วย"}
_MODELS, _KIND = 23, 6  # the districts, which come first; the column of their kind
_FLAWS = (("commas", "T1.spent"), ("Thai digits", "T2.done"), ("nine", "T6.pr_days"), ("blank", "T8.growing"))


@dataclass(frozen=True)
class Size:
    """``workspaces`` that have ``units`` units between them, and ``earlier`` months that were not published
    yet: ``23``, ``23+2``, ``76x878``. ``scored`` forms reckon their own score, as ``kpibatch forms`` has
    them do: ``23s``.
    """

    workspaces: int
    units: int
    earlier: int = 0
    scored: bool = False

    @classmethod
    def of(cls, text: str) -> "Size":
        """Raises ``ValueError`` where the text is none."""
        most, _, earlier = text.removesuffix("s").partition("+")
        workspaces, _, units = most.rpartition("x")
        return cls(int(workspaces or 1), int(units), int(earlier or 0), text.endswith("s"))

    def __str__(self) -> str:
        several = f"{self.workspaces}x" if self.workspaces > 1 else ""
        return f"{several}{self.units}" + f"+{self.earlier}" * bool(self.earlier) + "s" * self.scored

    @property
    def shares(self) -> list[range]:
        """The numbers of each workspace's units."""
        ends = [self.units * at // self.workspaces for at in range(self.workspaces + 1)]
        return [range(a, b) for a, b in pairwise(ends)]


def made(size: Size, home: Path) -> list[Path]:
    """The workspaces of that size, made where they are not there yet."""
    folder = home / str(size)
    workspaces = [folder / f"{number:03}" for number in range(1, size.workspaces + 1)]
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        for workspace, numbers in zip(workspaces, size.shares, strict=True):
            _make(workspace, numbers, size)
        (folder / "whole").touch()
    return workspaces


def _make(workspace: Path, numbers: range, size: Size) -> None:
    workspace.mkdir(parents=True)
    shutil.copyfile(ROOT / "input_samples" / MODEL / "config.toml", workspace / "config.toml")
    _write_tables(workspace / LEVEL_TABLES, numbers)
    tables = _tables(workspace)
    months = [month for month in tables.round.months if month <= MONTH]
    kept = months[-1 - size.earlier :]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        share = -(-len(numbers) // (os.cpu_count() or 1))
        parts = [range(at, min(at + share, len(numbers))) for at in range(0, len(numbers), share)]
        done = [pool.submit(_write_forms, workspace, part, kept, size.scored) for part in parts]
        sent = [line for each in done for line in each.result()]
    for month in kept:
        with (workspace / "submissions" / month / "received.csv").open("w", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(
                [("file", "received"), *(line[1:] for line in sent if line[0] == month)]
            )
    typed = {month: make_samples.numbers(list(map(_report, *_each(workspace))), month) for month in kept}
    write_numbers(workspace / "province.xlsx", tables, typed)


def _each(workspace: Path) -> tuple[list[Path], range]:
    return [workspace] * len(_tables(workspace).units), range(len(_tables(workspace).units))


def _write_tables(path: Path, numbers: range) -> None:
    """Buriram's level tables with other districts alone; each has the fixed values of one of Buriram's."""
    book = openpyxl.load_workbook(ROOT / "input_samples" / MODEL / LEVEL_TABLES)
    for name in (_UNITS, _BASES):
        rows = [[cell.value for cell in row] for row in book[name].iter_rows()]
        first = next(at for at, row in enumerate(rows) if row[0] in _ASKED_OF) + 1
        models, others = rows[first:][:_MODELS], len(rows[first:])
        for at, number in enumerate(numbers):
            row = [f"{10001 + number}", *models[at % len(models)][1:]]
            if name == _UNITS:
                own = [f"อำเภอที่ {1 + number}", row[2], f"d{number}@example.go.th"]
                row[1:] = [*own, *(each if at == _KIND else None for at, each in enumerate(row[4:], 4))]
            for column, value in enumerate(row, 1):
                book[name].cell(first + 1 + at, column).value = value
        book[name].delete_rows(first + 1 + len(numbers), others)
    without_other_kinds(book)
    book.save(path)


@cache
def _tables(workspace: Path) -> LevelTables:
    tables, _ = read_levels(workspace / LEVEL_TABLES)
    make_samples.FLAWS = {MODEL: _flaws(tables)}
    return tables


def _flaws(tables: LevelTables) -> tuple[Flaw, ...]:
    """As many as in the samples: of each 23 units one that did not send, and four others."""
    codes = list(tables.unit)
    typed = (Flaw(code, MONTH, *how) for at, how in enumerate(_FLAWS) for code in codes[5 * at + 1 :: 23])
    return (*typed, *(Flaw(code, MONTH, "not sent") for code in codes[22::23]))


@cache
def _report(workspace: Path, at: int) -> Report:
    tables = _tables(workspace)
    months = [month for month in tables.round.months if month <= MONTH]
    return make_report(MODEL, tables, tables.units[at], 0.44 + 0.66 * (at % 23) / 22, months)


def _write_forms(
    workspace: Path, numbers: range, months: list[str], scored: bool
) -> list[tuple[str, str, str]]:
    """Month, file and arrival of each form written."""
    tables, config, sent = _tables(workspace), read_config(workspace), []
    unsent = {(flaw.unit, flaw.month) for flaw in _flaws(tables) if flaw.how == "not sent"}
    for month in months:
        folder = workspace / "submissions" / month
        folder.mkdir(parents=True, exist_ok=True)
        for at in numbers:
            unit = tables.units[at]
            if (unit.code, month) not in unsent:
                filled = make_samples.entries(MODEL, _report(workspace, at), month)
                name, scored_from = form_name(unit), near_round(config, tables)[0] if scored else None
                write_form(tables, unit, folder / name, filled, scored_from=scored_from)
                sent.append((month, name, make_samples.received(MODEL, tables, unit, month)))
    return sent
