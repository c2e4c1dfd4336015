"""``report`` and ``open``: what a published month's report holds, what it can do without, and that nothing
else of the month is touched.
"""

import shutil
import sys
from pathlib import Path

import pytest
from libreoffice import the_office
from small_workspace import MONTH, UNITS, published_workspace, small_workspace
from workspace import change, kpibatch, submission, tree

from kpibatch.books.package import open_package, tag
from kpibatch.books.printed import pdf
from kpibatch.books.printed.office import Unprinted
from kpibatch.commands import meeting

NAMES = ("report.pdf", "cards")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace with its month published; read only."""
    return published_workspace(tmp_path_factory.mktemp("meeting"))


@pytest.fixture
def workspace(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "office", lambda: None)


def month_of(workspace: Path) -> Path:
    return workspace / "output" / MONTH


def suffixes(workspace: Path) -> list[str]:
    return sorted(path.suffix for path in (month_of(workspace) / "cards").iterdir())


def test_without_libreoffice_there_are_the_pages_and_a_line(workspace: Path, no_office: None) -> None:
    before = tree(month_of(workspace))
    result = kpibatch(workspace, "report", MONTH)
    assert result.exit_code == 0, result.output
    assert "ไม่พบ LibreOffice" in result.output
    assert suffixes(workspace) == [".html"] * len(UNITS)
    after = tree(month_of(workspace))
    assert {name: digest for name, digest in after.items() if not name.startswith("cards/")} == before


def test_nothing_is_made_of_a_month_that_would_come_out_otherwise(workspace: Path, no_office: None) -> None:
    change(submission(workspace, UNITS[0], MONTH), {("D2.1.satisfaction", MONTH): 12.5})
    result = kpibatch(workspace, "report", MONTH)
    assert result.exit_code == 2
    assert f"kpibatch run {MONTH}" in result.stderr
    assert not (month_of(workspace) / "cards").exists()


def test_nothing_published_is_one_line(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    for command in ("report", "open"):
        result = kpibatch(workspace, command)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def test_without_pypdfium2_there_are_no_pictures(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (meeting, pdf):
        monkeypatch.setattr(module, "pdfium", lambda: None)
    monkeypatch.setattr(meeting, "office", lambda: "soffice")
    monkeypatch.setattr(meeting, "thai_is_missing", lambda: True)
    monkeypatch.setattr(meeting, "as_pdf", lambda *_: b"%PDF")
    result = kpibatch(workspace, "report", MONTH)
    assert result.exit_code == 0
    assert "kpibatch[report]" in result.output
    assert "ไม่มีฟอนต์ภาษาไทย" in result.output
    assert (month_of(workspace) / "report.pdf").read_bytes() == b"%PDF"
    assert suffixes(workspace) == [".html"] * len(UNITS)


@pytest.mark.slow
def test_what_libreoffice_could_not_do_is_told(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise Unprinted("> 300 s")

    monkeypatch.setattr(meeting, "office", lambda: "soffice")
    monkeypatch.setattr(meeting, "as_pdf", fails)
    result = kpibatch(workspace, "report", MONTH)
    assert result.exit_code == 1
    assert result.output.count("> 300 s") == 2
    assert not (month_of(workspace) / "report.pdf").exists()
    assert suffixes(workspace) == [".html"] * len(UNITS)


@pytest.mark.slow
def test_a_page_that_is_missing_leaves_no_picture(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture is its unit's by its place alone."""
    monkeypatch.setattr(meeting, "office", lambda: "soffice")
    monkeypatch.setattr(meeting, "as_pdf", lambda *_: b"%PDF")
    monkeypatch.setattr(meeting, "pages_in", lambda _: len(UNITS) - 1)
    result = kpibatch(workspace, "report", MONTH)
    assert (result.exit_code, suffixes(workspace)) == (1, [".html"] * len(UNITS))
    assert f"{len(UNITS) - 1} ≠ {len(UNITS)}" in result.output


@pytest.mark.slow
def test_a_ranking_that_was_changed_is_not_printed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "office", lambda: "soffice")
    unit = next((month_of(workspace) / "units").glob("*.xlsx"))
    shutil.copy(unit, month_of(workspace) / "ranking.xlsx")
    assert kpibatch(workspace, "report", MONTH).exit_code == 2
    (month_of(workspace) / "ranking.xlsx").unlink()
    monkeypatch.setattr(meeting, "as_pdf", lambda *_: b"%PDF")
    monkeypatch.setattr(meeting, "pages_in", lambda _: 0)
    result = kpibatch(workspace, "report", MONTH)
    assert result.exit_code == 1
    assert "ranking.xlsx" in result.output


@pytest.mark.slow
def test_the_report_and_the_cards_by_libreoffice_and_what_comes_after(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``close``, ``verify`` and ``mail`` take no notice, and the next run takes them away."""
    the_office()
    result = kpibatch(workspace, "report", MONTH)
    assert result.exit_code == 0, result.output
    assert (month_of(workspace) / "report.pdf").read_bytes().startswith(b"%PDF")
    assert suffixes(workspace) == [".html"] * len(UNITS) + [".png"] * len(UNITS)
    assert max(path.stat().st_size for path in (month_of(workspace) / "cards").iterdir()) <= 200_000
    assert kpibatch(workspace, "mail", MONTH).exit_code in (0, 1)
    drafts = b"".join(path.read_bytes() for path in (month_of(workspace) / "mail").glob("*.eml"))
    assert drafts
    assert not [name for name in (b".png", b'.html"', b"report.pdf") if name in drafts]
    closed = kpibatch(workspace, "close", MONTH)
    assert closed.exit_code == 0, closed.output
    bundle = next((workspace / "output" / "closed").glob("*.zip"))
    assert kpibatch(workspace, "verify", str(bundle)).exit_code == 0
    monkeypatch.setattr(meeting, "office", lambda: None)
    assert kpibatch(workspace, "report").exit_code == 0, "the newest month, again, and closed"
    assert suffixes(workspace) == [".html"] * len(UNITS)
    assert kpibatch(workspace, "close", MONTH, "--reopen").exit_code == 0
    assert kpibatch(workspace, "run", MONTH).exit_code in (0, 1)
    assert not [name for name in NAMES if (month_of(workspace) / name).exists()]


def test_the_sheets_that_print_are_the_list_and_the_scores(published: Path) -> None:
    book = open_package((month_of(published) / "ranking.xlsx").read_bytes()).read("xl/workbook.xml")
    names = [sheet.get("name") for sheet in book.iter(tag("sheet"))]
    assert names[: meeting.SHEETS] == ["อันดับ", "คะแนนรายตัวชี้วัด"]


@pytest.mark.skipif(sys.platform != "linux", reason="how Linux opens a file")
def test_the_ranking_is_opened_on_a_desktop_and_named_elsewhere(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking, asked = month_of(workspace) / "ranking.xlsx", list[list[str]]()
    monkeypatch.setattr(meeting.subprocess, "Popen", lambda command, **_: asked.append(command))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    result = kpibatch(workspace, "open", MONTH)
    assert (result.exit_code, asked) == (0, [])
    assert str(ranking) in result.output
    monkeypatch.setenv("DISPLAY", ":0")
    assert kpibatch(workspace, "open").exit_code == 0
    assert asked == [["/usr/bin/xdg-open", str(ranking)]]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "สมุดอันดับอยู่ที่" in kpibatch(workspace, "open").output
    ranking.unlink()
    assert kpibatch(workspace, "open").exit_code == 2
