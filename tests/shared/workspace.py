"""Workspaces to try things on: a sample copied, its submissions changed, the command run in-process, its
files read back.

A cell of a submission is found by what stands in column A (the measure's code) and in the row of month keys,
so the tests know nothing of the program's own layout code.
"""

import csv
import hashlib
import importlib
import re
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from made_once import made_once
from one_kind import restamped, without_other_kinds
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from raw_cells import raw_cells

from kpibatch.base.kept.entries import CACHE
from kpibatch.base.month_files import LOGS
from kpibatch.base.thai import is_month
from kpibatch.commands.cli import commands
from kpibatch.rules.reader import read_levels

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "input_samples"
BURIRAM, CHACHOENGSAO, NAKHON_PHANOM = "buriram-2565-2", "chachoengsao-2561-1", "nakhonphanom-2564-2"
CHIEFS, RAYONG = "provincial-chiefs-2565-1", "rayong-2554"
NEWEST = {
    BURIRAM: "2565-06",
    CHACHOENGSAO: "2561-03",
    NAKHON_PHANOM: "2564-09",
    CHIEFS: "2565-03",
    RAYONG: "2554-09",
}
# Where a few units of the larger samples say as much as all: those that tests change, and one of each
# kind of finding, of status and of line in the ranking. What many units alone bring is tried in test_many.py.
FEW = {
    BURIRAM: ("3101", "3102", "3104", "3107", "3109", "3112", "3114", "3117", "3119", "3120", "3122"),
    CHACHOENGSAO: ("2401", "2402", "2403", "2405", "2407"),
    CHIEFS: ("11", "12", "21", "30", "57"),
}
BESIDE = {LOGS, CACHE}
FORM, TEMPLATE = "แบบรายงาน", "form_template.xlsx"


# --- making and changing ------------------------------------------------------------------------------------


def copy_sample(folder: Path, name: str = BURIRAM, **settings: str) -> Path:
    """A sample as a workspace of its own in ``folder``; ``settings`` are keys of config.toml with values as
    TOML.

    A sample with a form of the office's own keeps it; ``copy_standard`` gives the same answers on standard
    forms.
    """
    workspace = folder / name
    shutil.copytree(SAMPLES / name, workspace, ignore=shutil.ignore_patterns("output", "config.toml"))
    config = (ROOT / "config.toml").read_text(encoding="utf-8").replace(f"input_samples/{BURIRAM}/", "")
    (workspace / "config.toml").write_text(config, encoding="utf-8")
    familiar = {"form_template": f'"{TEMPLATE}"'} if (workspace / TEMPLATE).is_file() else {}
    configure(workspace, **(familiar | settings))
    return workspace


def copy_standard(folder: Path, name: str) -> Path:
    """A sample whose units have typed their answers into standard forms."""
    workspace = copy_sample(folder, name)
    configure(workspace, form_template='""')
    shutil.rmtree(workspace / "submissions")
    shutil.copytree(_standard_submissions(name), workspace / "submissions")
    return workspace


def _standard_submissions(name: str) -> Path:
    return made_once(f"{name} standard", lambda home: _fill_in(home, name)) / name / "submissions"


def _fill_in(home: Path, name: str) -> None:
    (home / name).mkdir()
    shutil.copy(SAMPLES / name / "level_tables.xlsx", home / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SAMPLES))
        maker = importlib.import_module("make_samples")
        patch.setattr(maker, "HERE", home)
        assert maker.make(name, standard=True) == home / name / "submissions"


def configure(workspace: Path, **settings: str) -> None:
    """Set keys of config.toml; each must be there already, but for ``province``, which is the mail's."""
    path = workspace / "config.toml"
    text = path.read_text(encoding="utf-8")
    for key, value in settings.items():
        old = r"province = \[" if key == "province" else f"{key} = "
        text, found = re.subn(rf"(?m)^{old}.*$", f"{key} = {value}", text)
        assert found == 1, key
    path.write_text(text, encoding="utf-8")


def keep_units(workspace: Path, *codes: str) -> Path:
    """The workspace with these units only, so that a run takes a moment; without what was asked of kinds of
    units that are gone.
    """
    before = _form_digest(workspace)
    _once(workspace / "level_tables.xlsx", codes, _keep_tables)
    after = _form_digest(workspace)
    _once(workspace / "province.xlsx", codes, _keep_rows)
    for sent in (workspace / "submissions").glob("*/*.xlsx"):
        if sent.name.split(" ")[0] not in codes:
            sent.unlink()
        elif before != after:
            restamped(sent, before, after)
    for arrivals in (workspace / "submissions").glob("*/received.csv"):
        head, *lines = arrivals.read_text(encoding="utf-8-sig").splitlines()
        arrivals.write_text(
            "\n".join([head, *(line for line in lines if line.split(" ")[0] in codes)]), encoding="utf-8-sig"
        )
    return workspace


def copy_few(folder: Path, name: str) -> Path:
    """A sample as a workspace of its own; of a few units where it has many."""
    workspace = copy_sample(folder, name)
    return keep_units(workspace, *FEW[name]) if name in FEW else workspace


def _once(path: Path, codes: tuple[str, ...], keep: Callable[[Workbook, tuple[str, ...]], None]) -> None:
    """The workbook, where there is one, of these units only, made once for all tests."""
    if not path.is_file():
        return

    def make(folder: Path) -> None:
        book = open_book(path)
        keep(book, codes)
        book.save(folder / path.name)

    shutil.copyfile(made_once(f"{digest(path)} {codes}", make) / path.name, path)


def _keep_tables(book: Workbook, codes: tuple[str, ...]) -> None:
    headings = {"หน่วย": "รหัส", **dict.fromkeys(("ค่าตั้งต้น", "ตัวชี้วัดของหน่วย", "ย้าย"), "รหัสหน่วย")}
    for sheet in headings.keys() & set(book.sheetnames):
        for cell in reversed(book[sheet]["A"]):
            if cell.value and cell.value not in (*codes, headings[sheet]):
                book[sheet].delete_rows(cell.row)
    for cell in reversed(book["ย้าย"]["C"][1:]) if "ย้าย" in book.sheetnames else ():
        if cell.value not in codes:
            book["ย้าย"].delete_rows(cell.row)
    for cell in next((column for column in book["หน่วย"].columns if column[0].value == "สังกัด"), ())[1:]:
        cell.value = cell.value if cell.value in codes else None  # what stood above it is gone
    without_other_kinds(book)


def _form_digest(workspace: Path) -> str:
    return _digest_of(digest(workspace / "level_tables.xlsx"), workspace / "level_tables.xlsx")


@cache
def _digest_of(_content: str, path: Path) -> str:
    return read_levels(path)[0].form_digest


def _keep_rows(book: Workbook, codes: tuple[str, ...]) -> None:
    """The province's numbers of these units only."""
    for sheet in book:
        for cell in reversed(sheet["A"][4:]):
            if cell.value not in codes:
                sheet.delete_rows(cell.row)


def submission(workspace: Path, unit: str, month: str) -> Path:
    """The file that a unit sent for a month."""
    return next((workspace / "submissions" / month).glob(f"{unit} *.xlsx"))


def open_book(path: Path, *, values: bool = False) -> Workbook:
    """A workbook with its formulas, or with their cached results; what openpyxl can't hold (data bars) it may
    drop.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "(Unknown|Conditional Formatting) extension is not supported", UserWarning
        )
        return load_workbook(path, data_only=values)


def change(path: Path, cells: Mapping[tuple[str, str], Any]) -> None:
    """Fill or blank cells of a submission: (measure, month key or heading of a text column) → content."""
    book = open_book(path)
    for (measure, column), content in cells.items():
        cell_of(book, measure, column).value = content
    book.save(path)


def cell_of(book: Workbook, measure: str, column: str) -> Cell:
    """The cell of a measure in the column of a month (``2565-06``) or a text (``หลักฐาน``); its one cell,
    where it has one for all months.
    """
    sheet = book[FORM]
    row = next(cell.row for cell in sheet["A"] if cell.value == measure)
    if is_month(column) and ("once", measure) in book["_kpibatch"].iter_rows(max_col=2, values_only=True):
        column = next(
            cell.value for cells in sheet.iter_rows(max_row=8) for cell in cells if is_month(str(cell.value))
        )
    head = next(cell.column for cells in sheet.iter_rows(max_row=8) for cell in cells if cell.value == column)
    cell = sheet.cell(row, head)
    assert isinstance(cell, Cell)
    return cell


def address_of(path: Path, measure: str, column: str) -> str:
    """Its A1 address."""
    return str(cell_of(open_book(path), measure, column).coordinate)


def edit_table(workspace: Path, sheet: str, key: Mapping[str, Any], column: str, content: Any) -> None:
    """Change one cell of the level tables: the row where every column named in ``key`` holds what it says."""
    path = workspace / "level_tables.xlsx"
    book = open_book(path)
    table_cell(book[sheet], key, column).value = content
    book.save(path)


def table_cell(sheet: Worksheet, key: Mapping[str, Any], column: str) -> Cell:
    """The cell of a table (headings in the first row that holds them all) in the first row that matches
    ``key``.
    """
    rows = [list(row) for row in sheet.iter_rows()]
    top, heads = next(
        (at, [cell.value for cell in row])
        for at, row in enumerate(rows)
        if {*key, column} <= {cell.value for cell in row}
    )
    row = next(
        row
        for row in rows[top + 1 :]
        if all(row[heads.index(name)].value == value for name, value in key.items())
    )
    cell = row[heads.index(column)]
    assert isinstance(cell, Cell)
    return cell


# --- running and reading ------------------------------------------------------------------------------------


def kpibatch(workspace: Path, *words: str) -> Result:
    """``kpibatch -C WORKSPACE …`` in this process; its result has ``exit_code``, ``output``, ``stderr`` and
    ``exception``.
    """
    return CliRunner().invoke(commands, ["-C", str(workspace), *words])


def run(workspace: Path, month: str = "", *, expect: int | None = None, books: bool = True) -> Path:
    """``kpibatch run``, which must come to an end (with the exit code ``expect``); the month's folder.

    Without ``books`` it leaves its listings only, in half the time: for whoever asks after figures and
    findings.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not books:
            patch.setattr("kpibatch.commands.run.OUTPUTS", ())
        result = kpibatch(workspace, "run", *filter(None, [month]))
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code in ((0, 1) if expect is None else (expect,)), result.output
    return workspace / "output" / (month or max(name for name in folders(workspace) if name[0].isdigit()))


listings = partial(run, books=False)


@cache
def sample_output(name: str, units: tuple[str, ...] = (), **settings: str) -> Path:
    """The newest month's folder of a sample with these settings, run once for all tests, which only read
    it; of some ``units`` only where these say as much as all.
    """

    def make(home: Path) -> None:
        workspace = copy_sample(home, name, **settings)
        run(keep_units(workspace, *units) if units else workspace)

    return made_once(f"{name} {units or ''} {settings or ''}", make) / name / "output" / NEWEST[name]


def few_output(name: str) -> Path:
    """The same of a few units where the sample has many."""
    return sample_output(name, FEW.get(name, ()))


def folders(workspace: Path) -> list[str]:
    """The folders in ``output``, hidden ones too, but for what stands beside the results."""
    there = {path.name for path in (workspace / "output").iterdir() if path.is_dir()}
    return sorted(there - BESIDE)


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV of the program's as dicts."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def findings(output: Path, *, severity: str = "", unit: str = "", measure: str = "") -> list[dict[str, str]]:
    """The findings of a month's folder, of one severity, unit or measure."""
    wanted = {
        key: value for key, value in (("severity", severity), ("unit", unit), ("measure", measure)) if value
    }
    return [
        row
        for row in read_rows(output / "findings.csv")
        if all(row[key] == value for key, value in wanted.items())
    ]


def codes(found: list[dict[str, str]]) -> list[str]:
    return [row["code"] for row in found]


def scores_of(output: Path, *, without: str = "") -> dict[tuple[str, str], tuple[str, str]]:
    """(unit, node) → (score, status), without one unit; ranks are left out, for one unit's fall is another's
    rise.
    """
    rows = read_rows(output / "scores.csv")
    return {
        (row["unit"], row["node"]): (row["score"], row["status"]) for row in rows if row["unit"] != without
    }


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, hidden ones too, with a digest of its bytes; but for what stands beside the
    results: the commands' logs, which tell the time, and what was read, which comes of reading.
    """
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not BESIDE & {*path.parts})
    return {path.relative_to(folder).as_posix(): digest(path) for path in files}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def texts_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Every text of a workbook that is no formula: sheet, address, text."""
    for (sheet, address), value in raw_cells(path).values.items():
        if isinstance(value, str):
            yield sheet, address, value
