"""A bug costs the piece it is in: all else of the month appears, the loss is told, its traceback is in the
log.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from openpyxl import load_workbook
from small_workspace import MONTH, published_workspace, small_workspace
from workspace import configure, findings, kpibatch, tree

RANKING = "ranking.xlsx"
BUG = "a bug of the test's own"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month's folder where nothing goes wrong."""
    return published_workspace(tmp_path_factory.mktemp("whole")) / "output" / MONTH


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return small_workspace(tmp_path)


def buggy(monkeypatch: pytest.MonkeyPatch, where: str, when: Callable[..., bool] = lambda *_: True) -> None:
    """A function of the program that fails, for the arguments for which ``when`` holds."""
    module, name = f"kpibatch.{where}".rsplit(".", 1)
    owner = resolve_name(module)
    real: Any = getattr(owner, name)

    def fail(*arguments: Any, **more: Any) -> Any:
        if when(*arguments):
            raise ZeroDivisionError(BUG)
        return real(*arguments, **more)

    monkeypatch.setattr(owner, name, fail)


def files(month: Path) -> set[str]:
    return {path.relative_to(month).as_posix() for path in month.rglob("*") if path.is_file()}


def losses(month: Path) -> list[tuple[str, str, str, str]]:
    return [
        (row["code"], row["unit"], row["file"], row["sheet"])
        for row in findings(month)
        if row["code"] in ("piece-lost", "kpi-lost")
    ]


def first_unit(units: Any, unit: Any, *rest: Any) -> bool:
    return str(unit.code) == "21P01"


def named(name: str) -> Callable[..., bool]:
    return lambda path, *rest, **more: Path(path).name == name


PIECES = {
    "a unit's summary": ("workbooks.outputs.write_unit_book", first_unit, "units/21P01 *.xlsx", "21P01"),
    "the ranking": ("workbooks.ranking.book.write_criteria", None, RANKING, ""),
    "a KPI's sheet": ("workbooks.ranking.book.KpiWriter", None, RANKING, ""),
    "a returned copy": ("workbooks.outputs.write_returned", None, "returned/21P02*.xlsx", "21P02"),
    "the index of one": ("workbooks.returned.book.index_of", None, "returned/21P02*.xlsx", "21P02"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PIECES)
def test_a_bug_in_a_workbook_costs_this_workbook(
    name: str, workspace: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, when, pattern, unit = PIECES[name]
    buggy(monkeypatch, where, when or (lambda *_: True))
    result = kpibatch(workspace, "run")
    month = workspace / "output" / MONTH
    (lost,) = {path.relative_to(whole).as_posix() for path in whole.glob(pattern)}
    assert result.exit_code == 1
    assert files(month) == files(whole) - {lost}
    assert losses(month) == [("piece-lost", unit, lost, "")]
    assert (lost in result.output, "Traceback" in result.output) == (True, False)
    log = (workspace / "output" / "kpibatch.log").read_text(encoding="utf-8")
    assert ("Traceback" in log, BUG in log, log.count(lost)) == (True, True, 1)
    counts = json.loads((month / "run.json").read_bytes())["counts"]["findings"]
    assert counts["error"] == len(findings(month, severity="error"))


SHEETS = {
    "write_trend": "แนวโน้ม",
    "write_sensitivity": "ความอ่อนไหว",
    "write_findings": "ข้อค้นพบ",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
def test_a_bug_in_a_sheet_that_no_figure_hangs_on_costs_this_sheet(
    name: str, workspace: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buggy(monkeypatch, f"workbooks.ranking.book.{name}")
    assert kpibatch(workspace, "run").exit_code == 1
    month = workspace / "output" / MONTH
    assert files(month) == files(whole)
    assert losses(month) == [("piece-lost", "", RANKING, SHEETS[name])]
    now, then = (load_workbook(folder / RANKING) for folder in (month, whole))
    assert now.sheetnames == then.sheetnames
    for sheet in now.sheetnames:
        cells = [[cell.value for cell in row] for row in now[sheet].iter_rows()]
        if sheet == SHEETS[name]:
            assert "ทำไม่ได้เพราะข้อผิดพลาดของโปรแกรม" in cells[0][0]
            assert len(cells) == 1
        elif sheet != "ข้อค้นพบ":
            assert cells == [[cell.value for cell in row] for row in then[sheet].iter_rows()], sheet


@pytest.mark.slow
def test_without_a_trend_all_workbooks_are_there(
    workspace: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buggy(monkeypatch, "commands.run.trend_of")
    assert kpibatch(workspace, "run").exit_code == 1
    assert files(workspace / "output" / MONTH) == files(whole)
    sheet = ("piece-lost", "", RANKING, SHEETS["write_trend"])
    assert losses(workspace / "output" / MONTH) == [sheet, ("piece-lost", "", "trend", "")]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scores.csv", "measures.csv", "values.csv", "findings.csv"])
def test_a_bug_in_a_listing_costs_this_listing(
    name: str, workspace: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(outcome: Any) -> bytes:
        raise ZeroDivisionError(BUG)

    monkeypatch.setitem(__import__("kpibatch.commands.run", fromlist=["LISTINGS"]).LISTINGS, name, fail)
    result = kpibatch(workspace, "run")
    month = workspace / "output" / MONTH
    assert (result.exit_code, files(month)) == (1, files(whole) - {name})
    assert name in result.output
    record = json.loads((month / "run.json").read_bytes())
    assert name not in record["listings"]
    assert record["counts"]["findings"]["error"] == 1 + len(findings(whole, severity="error"))
    assert kpibatch(workspace, "history", "rebuild").exit_code == 1  # the month can't be looked back on


@pytest.mark.slow
def test_a_kpi_that_can_not_be_scored_is_provisional_for_all(
    workspace: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buggy(monkeypatch, "scoring.score.score_kpi", lambda leaf, *rest: leaf.code == "D2.1")
    assert kpibatch(workspace, "run").exit_code == 1
    month = workspace / "output" / MONTH
    assert files(month) == files(whole)
    (lost,) = [row for row in findings(month) if row["code"] == "kpi-lost"]
    assert "D2.1" in lost["message"]
    text = (month / "scores.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = [line.split(",") for line in text if ",D2.1," in line]
    assert [(row[3], row[8]) for row in rows] == [("0", "provisional")] * 2
    others = [line for line in text if ",D1.1," in line]
    assert set(others) <= set((whole / "scores.csv").read_text(encoding="utf-8-sig").splitlines())


@pytest.mark.slow
def test_a_month_of_which_no_workbook_can_be_made_stays_as_it_was(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kpibatch(workspace, "run").exit_code == 1
    before = tree(workspace / "output" / MONTH)
    for name in ("write_ranking", "write_unit_book", "write_returned"):
        buggy(monkeypatch, f"workbooks.outputs.{name}")
    result = kpibatch(workspace, "run")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "kpibatch.log" in result.stderr
    assert tree(workspace / "output" / MONTH) == before
    assert (workspace / "output" / "kpibatch.log").read_text(encoding="utf-8").count("Traceback") == 4


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "forms"])
def test_other_commands_lose_no_more(command: str, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"check": "workbooks.outputs.write_returned", "forms": "forms.standard.write_form"}[command]
    when: Callable[..., bool] = lambda *all: command == "check" or all[1].code == "21P01"  # noqa: E731
    buggy(monkeypatch, where, when)
    result = kpibatch(workspace, command)
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "piece-lost" in result.output
    folder = workspace / "output" / ("forms" if command == "forms" else f"{MONTH}/returned")
    assert [path.name[:5] for path in folder.iterdir()] == (["21P02"] if command == "forms" else [])


@pytest.fixture
def mailing(workspace: Path) -> Path:
    configure(workspace, **{"from": '"kpi@province.example"', "reply_to": '"kpi@province.example"'})
    return workspace


def drafts(workspace: Path) -> list[str]:
    return sorted(path.name[:5] for path in (workspace / "output" / MONTH / "mail").glob("*.eml"))


@pytest.mark.slow
def test_a_bug_in_a_mail_costs_this_mail(mailing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kpibatch(mailing, "run").exit_code == 1
    assert kpibatch(mailing, "mail").exit_code in (0, 1)
    all_of_them = drafts(mailing)
    assert "21P01" in all_of_them
    buggy(monkeypatch, "mail.facts.Facts.of_result", lambda facts, unit, *rest: unit.code == "21P01")
    result = kpibatch(mailing, "mail")
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "mail-lost" in result.output
    assert drafts(mailing) == [name for name in all_of_them if name != "21P01"]


@pytest.mark.slow
def test_no_mail_goes_without_what_the_run_has_lost(mailing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        buggy(patch, "workbooks.outputs.write_unit_book", first_unit)
        buggy(patch, "workbooks.outputs.write_ranking")
        assert kpibatch(mailing, "run").exit_code == 1
    result = kpibatch(mailing, "mail")
    assert (result.exit_code, result.output.count("mail-piece-lost")) == (1, 2)
    assert drafts(mailing) == ["21P02"]


@pytest.mark.slow
@pytest.mark.parametrize("failure", [MemoryError(), OSError(28, "No space left on device")])
def test_a_machine_that_gives_out_is_no_lost_piece(
    failure: BaseException, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> Iterator[None]:
        raise failure

    monkeypatch.setattr("kpibatch.workbooks.outputs.write_unit_book", fail)
    result = kpibatch(workspace, "run")
    assert result.exit_code != 0
    assert not (workspace / "output" / MONTH).exists()
