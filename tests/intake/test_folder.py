"""What units put into a month's folder besides workbooks: zip files and folders are read, everything else is
named with its way out, so that nobody is passed over.
"""

import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from small_workspace import MONTH, UNITS, published_workspace, small_workspace
from tablebook import levels, read
from workspace import findings, kpibatch, read_rows, run, submission

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import CannotWrite, FileHeld
from kpibatch.forms.standard import write_form
from kpibatch.intake import folder
from kpibatch.intake.folder import Folder, holds_workbooks, not_read, opened
from kpibatch.intake.submission import read_submission
from kpibatch.rules.levels import LevelTables

LIMITS = IntakeLimits()
JUNE = "2565-06"


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


@pytest.fixture(scope="module")
def form(tables: LevelTables, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_form(tables, tables.unit["3101"], path, {("I1.news", JUNE): 3.0})
    return path.read_bytes()


@pytest.fixture
def month(tmp_path: Path) -> Path:
    (tmp_path / JUNE).mkdir()
    return tmp_path / JUNE


def packed(path: Path, members: dict[str, bytes], flags: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    if flags:  # in every local header and in the directory
        raw = bytearray(path.read_bytes())
        for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = raw.find(magic)
            while start >= 0:
                raw[start + at] |= flags
                start = raw.find(magic, start + 4)
        path.write_bytes(raw)
    return path


def look(month: Path, tables: LevelTables, limits: IntakeLimits = LIMITS) -> Folder:
    return opened(month, tables, limits)


def said(seen: Folder) -> list[tuple[str, str, str]]:
    return sorted((one.code, one.unit, one.place.file) for one in seen.findings)


def test_a_zip_file_and_folders_are_read_under_names_that_tell_where(
    month: Path, tables: LevelTables, form: bytes
) -> None:
    packed(month / "รวม.zip", {"เหนือ/3101 เมือง.xlsx": form, "หลักฐาน/a.xlsx": form, "__MACOSX/._b.xlsx": b"x"})
    (month / "3102 คูเมือง").mkdir()
    (month / "3102 คูเมือง" / "รายงาน.xlsx").write_bytes(form)
    (month / "evidence").mkdir()
    (month / "evidence" / "c.xlsx").write_bytes(form)
    seen = look(month, tables)
    path = seen.copies.get("รวม.zip/เหนือ/3101 เมือง.xlsx")
    assert path
    contents = read_submission(path, tables, JUNE, LIMITS, None, seen.copies.names[path])
    assert seen.files == ["3102 คูเมือง/รายงาน.xlsx", "รวม.zip/เหนือ/3101 เมือง.xlsx"]
    assert seen.others == []
    assert contents.unit == "3101"
    assert {line.file for line in contents.lines} == {"รวม.zip/เหนือ/3101 เมือง.xlsx"}
    assert path.read_bytes() == form


@pytest.mark.parametrize(("asked", "told"), [("", []), ("ใช่", [("evidence-elsewhere", "3101", "3101.zip")])])
def test_evidence_in_a_zip_file_is_told_to_be_in_the_wrong_place(
    asked: str, told: list[tuple[str, str, str]], month: Path, form: bytes
) -> None:
    packed(month / "3101.zip", {"3101.xlsx": form, "หลักฐาน/T1.docs.pdf": b"%PDF"})
    tables, _ = read({"รายการข้อมูล!M6": asked or None})
    seen = look(month, tables)
    assert said(seen) == told
    assert (seen.files, seen.others) == (["3101.zip/3101.xlsx"], [])


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("/etc/3101.xlsx", "a.zip/etc/3101.xlsx"),
        ("C:\\report\\3101.xlsx", "a.zip/C-/report/3101.xlsx"),
        ("./x/3101.xlsx", "a.zip/x/3101.xlsx"),
    ],
)
def test_names_in_a_zip_file_are_made_harmless(
    name: str, known: str, month: Path, tables: LevelTables, form: bytes
) -> None:
    packed(month / "a.zip", {name: form})
    seen = look(month, tables)
    assert seen.files == [known]
    (path,) = seen.copies.names
    assert path.read_bytes() == form
    assert month not in path.parents


def test_thai_names_of_old_zip_programs_are_read(month: Path, tables: LevelTables, form: bytes) -> None:
    plain = "3101 เมือง.xlsx"
    packed(month / "a.zip", {"3101 ABCDE.xlsx": form})
    raw = (month / "a.zip").read_bytes().replace(b"ABCDE", plain[5:10].encode("cp874"))
    (month / "a.zip").write_bytes(raw)
    assert look(month, tables).files == [f"a.zip/{plain}"]


def test_what_is_not_fit_to_be_unpacked_is_refused(month: Path, tables: LevelTables, form: bytes) -> None:
    packed(month / "3101 up.zip", {"../3101.xlsx": form})
    packed(month / "3101 locked.zip", {"3101.xlsx": form}, flags=1)
    packed(month / "3102 swollen.zip", {"3102.xlsx": bytes(100_000_000)})
    inner = packed(month / "inner.zip", {"3103.xlsx": form}).read_bytes()
    packed(month / "3103 nested.zip", {"3103.zip": inner})
    (month / "inner.zip").unlink()
    (month / "3102 broken.zip").write_bytes(inner[:100])
    seen = look(month, tables)
    assert seen.files == []
    assert said(seen) == [
        ("zip-encrypted", "3101", "3101 locked.zip"),
        ("zip-nested", "3103", "3103 nested.zip/3103.zip"),
        ("zip-refused", "3101", "3101 up.zip"),
        ("zip-refused", "3102", "3102 broken.zip"),
        ("zip-refused", "3102", "3102 swollen.zip"),
    ]


def test_a_workbook_named_zip_is_a_workbook(month: Path, tables: LevelTables, form: bytes) -> None:
    (month / "3101 เมือง.zip").write_bytes(form)
    assert look(month, tables).files == ["3101 เมือง.zip"]


@pytest.mark.parametrize(("most", "refused"), [(1, 2), (2, 1), (3, 0)])
def test_more_workbooks_than_the_limit_are_named(
    most: int, refused: int, month: Path, tables: LevelTables, form: bytes
) -> None:
    packed(month / "a.zip", {f"{number}.xlsx": form for number in range(3)})
    seen = look(month, tables, IntakeLimits(max_files=most))
    assert (len(seen.files), [one.code for one in seen.findings]) == (
        3 - refused,
        ["too-many-files"] * refused,
    )


@pytest.mark.parametrize(("most", "code"), [(0.1, ["zip-refused"]), (100.0, [])])
def test_a_zip_file_over_its_limit_is_refused(
    most: float, code: list[str], month: Path, tables: LevelTables, form: bytes
) -> None:
    packed(month / "a.zip", {"a.xlsx": form, "b.bin": os.urandom(200_000)})
    assert [one.code for one in look(month, tables, IntakeLimits(max_zip_mb=most)).findings] == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("3101 เมือง.csv", "ignored-report"),
        ("3101 เมือง.gsheet", "ignored-report"),
        ("3101 เมือง.numbers", "ignored-report"),
        ("3101 เมือง.xlsx.lnk", "ignored-report"),
        ("3101.url", "ignored-report"),
        ("3101 เมือง.pdf", "ignored-file"),
        ("3101 เมือง.docx", "ignored-file"),
        ("3101 เมือง.JPG", "ignored-file"),
    ],
)
def test_what_is_no_workbook_is_named_and_told_to_its_unit(
    name: str, code: str, month: Path, tables: LevelTables
) -> None:
    (month / name).write_bytes(b"x")
    others = look(month, tables).others
    for counted, expected in ((frozenset({"3101"}), code), (frozenset({"3102"}), "unread-report")):
        (one,) = not_read(others, counted, tables)
        assert (one.code, one.unit, one.place.file) == (expected, "3101", name)
        assert ".xlsx" in one.message("th")


def test_folders_without_a_file_and_what_programs_leave_are_named(month: Path, tables: LevelTables) -> None:
    (month / "3101 เมือง").mkdir()
    (month / "x.xlsx").mkdir()
    for name in ("~$3101 เมือง.xlsx", ".~lock.3101.xlsx#", "Thumbs.db", ".DS_Store", "received.csv"):
        (month / name).write_bytes(b"x")
    seen = look(month, tables)
    assert seen.files == []
    assert seen.others == [("3101 เมือง", "3101 เมือง/"), ("x.xlsx", "x.xlsx/")]
    for counted, code in ((frozenset({"3101"}), "ignored-file"), (frozenset[str](), "unread-report")):
        assert [one.code for one in not_read(seen.others, counted, tables)] == [code, "ignored-file"]
    assert said(seen) == [
        ("passed-over", "", name)
        for name in (".DS_Store", ".~lock.3101.xlsx#", "Thumbs.db", "~$3101 เมือง.xlsx")
    ]
    assert {one.severity for one in seen.findings} == {"note"}


def test_links_are_not_followed(month: Path, tables: LevelTables, form: bytes, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "3101.xlsx").write_bytes(form)
    (month / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    seen = look(month, tables)
    assert (seen.files, seen.others) == ([], [("link", "link/")])


def test_a_month_of_a_zip_file_alone_is_a_month(month: Path, form: bytes) -> None:
    assert not holds_workbooks(month)
    (month / "~$a.xlsx").write_bytes(b"x")
    assert not holds_workbooks(month)
    packed(month / "a.zip", {"a.xlsx": form})
    assert holds_workbooks(month)


@pytest.mark.parametrize("suffix", [".xltx", ".xltm"])
def test_templates_are_workbooks(suffix: str, month: Path, tables: LevelTables, form: bytes) -> None:
    kind = {".xltx": b"spreadsheetml.template.main", ".xltm": b"template.macroEnabled.main"}[suffix]
    path = month / f"3101 เมือง{suffix}"
    with zipfile.ZipFile(month / "form.xlsx", "w") as _:
        pass
    (month / "form.xlsx").write_bytes(form)
    with zipfile.ZipFile(month / "form.xlsx") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"spreadsheetml.sheet.main", kind))
    (month / "form.xlsx").unlink()
    assert look(month, tables).files == [path.name]
    assert read_submission(path, tables, JUNE, LIMITS).unit == "3101"


# --- private copies -----------------------------------------------------------------------------------------


def test_what_was_read_is_kept_whatever_becomes_of_the_file(
    month: Path, tables: LevelTables, form: bytes
) -> None:
    (month / "3101.xlsx").write_bytes(form)
    packed(month / "a.zip", {"3102.xlsx": form})
    seen = look(month, tables)
    (month / "3101.xlsx").write_bytes(b"other")
    (month / "a.zip").unlink()
    kept = [path.read_bytes() for path in seen.copies.names]
    assert (seen.files, kept) == (["3101.xlsx", "a.zip/3102.xlsx"], [form, form])
    (home,) = {path.parent for path in seen.copies.names}
    del seen
    assert not home.exists(), "gone with the last who needs it"


@pytest.mark.parametrize(("days", "there"), [(6.99, True), (7.01, False)])
def test_what_a_killed_run_left_goes_with_a_later_one(
    days: float, there: bool, month: Path, tables: LevelTables, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(month.parent))
    left = month.parent / "kpibatch-read-left"
    left.mkdir()
    (left / "00000").write_bytes(form)
    os.utime(left, (time.time() - days * 86_400,) * 2)
    (month / "3101.xlsx").write_bytes(form)
    seen = look(month, tables)
    assert left.exists() == there
    assert all(path.is_file() for path in seen.copies.names)


def test_a_file_that_is_gone_when_it_is_read_is_one_finding(
    month: Path, tables: LevelTables, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(path: Path, limits: IntakeLimits) -> bytes:
        path.unlink()
        return really(path, limits)

    really = folder.take
    (month / "3101 ก.xlsx").write_bytes(form)
    monkeypatch.setattr(folder, "take", take)
    seen = look(month, tables)
    assert {name: reason.code for name, reason in seen.refused.items()} == {"3101 ก.xlsx": "file-gone"}


@pytest.mark.parametrize("name", ["3101.xlsx", "3101.zip"])
def test_a_file_that_is_kept_from_us_is_the_operators_to_mend(
    name: str, month: Path, tables: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(path: Path, limits: IntakeLimits) -> bytes:
        raise PermissionError(13, "held", str(path))

    (month / name).write_bytes(b"x")
    monkeypatch.setattr(folder, "take", take)
    with pytest.raises(FileHeld, match=name):
        look(month, tables)


def test_a_disk_without_room_for_the_copies_is_said(
    month: Path, tables: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    path = month / "3101.xlsx"
    path.write_bytes(b"x")
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    assert look(month, tables).copies.get("3101.xlsx") == path  # itself, for who only looks needs no disk
    with zipfile.ZipFile(month / "reports.zip", "w") as archive:
        archive.writestr("3102.xlsx", b"x")
    with pytest.raises(CannotWrite, match="ไดรฟ์เต็ม"):
        look(month, tables)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
def test_names_that_look_the_same_stay_two_files(month: Path, tables: LevelTables, form: bytes) -> None:
    unseen = "3101\u200b.xlsx".encode()
    for name in (b"3101.xlsx", b"3101.XLSX", unseen, b"a\n.xlsx", b"a%0A.xlsx", b"\xa1\xff.xlsx"):
        (month / os.fsdecode(name)).write_bytes(form + name)
    packed(month / "b.zip", {"x/./a.xlsx": form + b"1", "x/a.xlsx": form + b"2", "\u202ex/a.xlsx": form})
    seen = look(month, tables)
    assert seen.files == [
        "3101 (2).xlsx",
        "3101 (3).xlsx",
        "3101.XLSX",
        "a%0A (2).xlsx",
        "a%0A.xlsx",
        "b.zip/x/a (2).xlsx",
        "b.zip/x/a (3).xlsx",
        "b.zip/x/a.xlsx",
        "ก%FF.xlsx",
    ]
    assert len({path.read_bytes() for path in seen.copies.names}) == 9, "no two hold the same"


# --- a whole month ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A workspace whose month lies in a zip file and a folder, and its output."""
    workspace = small_workspace(tmp_path_factory.mktemp("zipped"))
    first, second = (submission(workspace, unit, MONTH) for unit in UNITS)
    folder = first.parent
    packed(folder / "รวม.zip", {second.name: second.read_bytes()})
    (folder / "ส่งแล้ว").mkdir()
    first.rename(folder / "ส่งแล้ว" / first.name)
    second.unlink()
    return workspace, run(workspace, MONTH)


@pytest.mark.slow
def test_a_month_in_a_zip_file_scores_as_the_files_themselves(
    zipped: tuple[Path, Path], tmp_path: Path
) -> None:
    _, output = zipped
    plain = published_workspace(tmp_path) / "output" / MONTH
    assert (output / "scores.csv").read_bytes() == (plain / "scores.csv").read_bytes()
    files = {row["unit"]: row["file"] for row in read_rows(output / "measures.csv") if row["file"].strip()}
    assert files[UNITS[1]].startswith("รวม.zip/")
    returned = [path.name for path in (output / "returned").iterdir()]
    assert any(name.startswith(f"รวม.zip-{UNITS[1]}") for name in returned)
    assert "late" not in {row["code"] for row in findings(output)} - {row["code"] for row in findings(plain)}


@pytest.mark.slow
def test_a_month_in_a_zip_file_can_be_closed_and_verified(zipped: tuple[Path, Path]) -> None:
    workspace, _ = zipped
    assert kpibatch(workspace, "close", MONTH).exit_code == 0
    bundle = workspace / "output" / "closed" / f"{MONTH}.zip"
    assert kpibatch(workspace, "verify", str(bundle)).exit_code == 0
    with zipfile.ZipFile(bundle) as archive:
        sealed = archive.read(f"submissions/{MONTH}/รวม.zip")
    assert sealed == (workspace / "submissions" / MONTH / "รวม.zip").read_bytes()


@pytest.mark.slow
def test_a_unit_that_sent_a_picture_has_sent_what_can_not_be_read(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    path = submission(workspace, UNITS[0], MONTH)
    path.with_suffix(".pdf").write_bytes(b"%PDF-1.4")
    path.unlink()
    output = run(workspace, MONTH, expect=1)
    assert {"unread-report", "sent-unread"} <= {row["code"] for row in findings(output, unit=UNITS[0])}
