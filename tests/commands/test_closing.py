"""Closing a month and verifying the bundle: reproduced byte for byte, and any tampering is seen."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from correcting import correct
from key_ring import key_ring
from packing import otherwise_packed
from small_workspace import EARLIER, closed_workspace, published_workspace, small_workspace
from workspace import (
    CHACHOENGSAO,
    CHIEFS,
    NAKHON_PHANOM,
    NEWEST,
    RAYONG,
    change,
    configure,
    copy_sample,
    digest,
    few_output,
    keep_units,
    kpibatch,
    run,
    submission,
    tree,
)

APRIL, JUNE, SEPTEMBER = "2565-04", "2565-06", "2554-09"


def close(workspace: Path, *words: str) -> Path:
    result = kpibatch(workspace, "close", *words)
    assert result.exit_code == 0, result.output + result.stderr
    return next((workspace / "output" / "closed").glob("*.zip"))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace whose month was run; read only."""
    return published_workspace(tmp_path_factory.mktemp("ran"))


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the month closed; read only."""
    return closed_workspace(tmp_path_factory.mktemp("closed"))


@pytest.fixture
def open_one(ran: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ran, tmp_path / "open"))


@pytest.fixture
def workspace(closed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(closed, tmp_path / "copy"))


@pytest.fixture
def bundle(workspace: Path) -> Path:
    return workspace / "output" / "closed" / "2554-09.zip"


# --- sealed and made again ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.afresh
@pytest.mark.parametrize("name", [CHACHOENGSAO, NAKHON_PHANOM, CHIEFS, RAYONG])
def test_every_other_sample_is_reproduced_byte_for_byte(name: str, tmp_path: Path) -> None:
    workspace = Path(shutil.copytree(few_output(name).parents[1], tmp_path / name))
    path = close(workspace)
    assert path.name == f"{NEWEST[name]}.zip"
    result = kpibatch(tmp_path, "verify", str(path))
    assert result.exit_code == 0
    files = len(tree(workspace / "output" / NEWEST[name]))
    assert f"{files} ไฟล์" in result.output
    assert digest(path) in result.output


@pytest.mark.slow
@pytest.mark.afresh
def test_a_month_that_looks_back_and_was_corrected_is_reproduced_too(tmp_path: Path) -> None:
    """Of the sample of Buriram: published months before, a late change, a correction, arrivals known from
    first sights only.
    """
    workspace = keep_units(copy_sample(tmp_path), "3102", "3104")
    (workspace / "submissions" / JUNE / "received.csv").unlink()
    correct(workspace, ("3102", "T5.news", APRIL, 7))
    run(workspace, APRIL)
    change(submission(workspace, "3104", JUNE), {("T5.news", APRIL): 9})
    run(workspace, JUNE)
    path = close(workspace, JUNE)
    moved = tmp_path / "elsewhere.zip"
    shutil.move(path, moved)
    shutil.rmtree(workspace)
    assert kpibatch(tmp_path, "verify", str(moved)).exit_code == 0


@pytest.mark.slow
def test_a_folder_among_the_submissions_is_no_obstacle(tmp_path: Path) -> None:
    """It is passed over with a finding, which must come out again."""
    workspace = small_workspace(tmp_path)
    (workspace / "submissions" / SEPTEMBER / "เก่า").mkdir()
    run(workspace)
    assert kpibatch(tmp_path, "verify", str(close(workspace))).exit_code == 0


@pytest.mark.slow
def test_a_check_after_the_run_is_no_obstacle(open_one: Path, tmp_path: Path) -> None:
    assert kpibatch(open_one, "check").exit_code in (0, 1)
    assert (open_one / "output" / SEPTEMBER / "check.json").exists()
    assert kpibatch(tmp_path, "verify", str(close(open_one))).exit_code == 0


@pytest.mark.slow
def test_closing_twice_gives_the_same_bytes(closed: Path, workspace: Path, bundle: Path) -> None:
    before = digest(bundle)
    kpibatch(workspace, "close", "2554-09", "--reopen")
    close(workspace, "2554-09")
    assert digest(bundle) == before


@pytest.mark.slow
def test_it_holds_everything_the_month_came_from(closed: Path) -> None:
    with zipfile.ZipFile(closed / "output" / "closed" / "2554-09.zip") as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        assert {
            name: hashlib.sha256(archive.read(name)).hexdigest() for name in names - {"manifest.json"}
        } == manifest["files"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for folder in ("submissions", "output/2554-09"):
        assert {f"{folder}/{name}" for name in tree(closed / folder)} <= names
    assert {"config.toml", "level_tables/level_tables.xlsx"} <= names


@pytest.mark.slow
def test_another_computer_verifies_it(closed: Path) -> None:
    """Another locale, time zone and hash seed, and a folder that is no workspace."""
    command = [sys.executable, "-m", "kpibatch", "verify", str(closed / "output" / "closed" / "2554-09.zip")]
    around = {
        "LC_ALL": "C",
        "TZ": "America/New_York",
        "PYTHONHASHSEED": "7",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(command, cwd=closed.parent, env=around, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


# --- closed is closed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_closed_month_is_not_written_over(command: str, workspace: Path) -> None:
    before = tree(workspace)
    for words in ((command,), (command, "2554-09")):
        result = kpibatch(workspace, *words)
        assert result.exit_code == 2
        assert "--reopen" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert tree(workspace) == before


@pytest.mark.slow
def test_another_month_goes_on(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    run(workspace, EARLIER)
    close(workspace, EARLIER)
    run(workspace, SEPTEMBER)
    assert kpibatch(workspace, "run", EARLIER).exit_code == 2


def test_closing_what_is_closed_is_refused(workspace: Path) -> None:
    result = kpibatch(workspace, "close")
    assert (result.exit_code, "--reopen" in result.stderr) == (2, True)


@pytest.mark.slow
def test_an_opened_month_can_be_run_and_the_old_bundle_is_kept(workspace: Path, bundle: Path) -> None:
    for number in (1, 2):
        sealed = digest(bundle)
        assert kpibatch(workspace, "close", "2554-09", "--reopen").exit_code == 0
        kept = bundle.with_name(f"2554-09.reopened-{number}.zip")
        assert digest(kept) == sealed
        assert run(workspace).name == "2554-09"
        close(workspace)
    assert kpibatch(workspace, "verify", str(kept)).exit_code == 0


@pytest.mark.parametrize(
    "words", [("close", "2554-08", "--reopen"), ("close", "--reopen"), ("close", "2554-08")]
)
def test_what_is_not_closed_or_not_there_is_one_line(words: tuple[str, ...], workspace: Path) -> None:
    result = kpibatch(workspace, *words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


CHANGES: dict[str, Callable[[Path], object]] = {
    "a submission": lambda ws: change(
        submission(ws, "21P01", SEPTEMBER), {("D2.1.satisfaction", SEPTEMBER): 50}
    ),
    "the configuration": lambda ws: configure(ws, language='"en"'),
    "a correction": lambda ws: correct(ws, ("21P01", "D2.1.satisfaction", SEPTEMBER, 50)),
    "the output": lambda ws: (ws / "output" / SEPTEMBER / "scores.csv").write_bytes(
        b"\xef\xbb\xbfmonth,unit\r\n"
    ),
    "a file too many": lambda ws: (ws / "output" / SEPTEMBER / "units" / "9999.xlsx").write_bytes(b""),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_what_has_changed_since_the_run_is_not_sealed(name: str, open_one: Path) -> None:
    CHANGES[name](open_one)
    result = kpibatch(open_one, "close")
    assert result.exit_code == 2
    assert "kpibatch run 2554-09" in result.stderr
    assert not list((open_one / "output").glob("closed/*"))


# --- tampering ----------------------------------------------------------------------------------------------


def rewritten(bundle: Path, changes: dict[str, bytes | None], *, hashed: bool = False) -> Path:
    """The bundle with members changed, added or (``None``) left out; ``hashed``: the manifest agrees with the
    forgery.
    """
    with zipfile.ZipFile(bundle) as archive:
        members: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()} | changes
    kept = {name: content for name, content in members.items() if content is not None}
    if hashed:
        manifest = json.loads(kept["manifest.json"])
        manifest["files"] = {
            name: hashlib.sha256(kept[name]).hexdigest()
            for name in kept
            if name not in ("manifest.json", "signature.json")
        }
        kept["manifest.json"] = json.dumps(manifest).encode()
    forged = bundle.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    return forged


SCORES = "output/2554-09/scores.csv"


@pytest.mark.parametrize("name", [SCORES, "level_tables/level_tables.xlsx", "config.toml", "arrivals.json"])
@pytest.mark.parametrize("how", ["changed", "missing"])
def test_a_member_that_is_not_as_sealed_is_named(name: str, how: str, bundle: Path) -> None:
    forged = rewritten(bundle, {name: b"{}" if how == "changed" else None})
    result = kpibatch(bundle.parent, "verify", str(forged))
    if (name, how) == ("arrivals.json", "missing"):
        assert result.exit_code == 2
    else:
        assert result.exit_code == 1
        assert name in result.output


def test_an_added_member_is_named(bundle: Path) -> None:
    result = kpibatch(
        bundle.parent, "verify", str(rewritten(bundle, {"submissions/2554-09/extra.xlsx": b"PK"}))
    )
    assert result.exit_code == 1
    assert "extra.xlsx" in result.output


@pytest.mark.slow
def test_an_output_forged_with_its_hash_does_not_come_out_again(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        scores = archive.read(SCORES)
    forged = rewritten(bundle, {SCORES: scores.replace(b",ok,1", b",ok,2", 1)}, hashed=True)
    result = kpibatch(bundle.parent, "verify", str(forged))
    assert result.exit_code == 1
    assert SCORES in result.output
    assert "ไม่ตรง" in result.output


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/etc/evil",
        "output\\..\\evil",
        "C:evil",
        "output/2554-09/../../../evil",
        "CONFIG.toml",
        "a//b",
    ],
)
def test_names_that_lead_outside_are_refused(name: str, bundle: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    result = kpibatch(bundle.parent, "verify", str(rewritten(bundle, {name: b"x"}, hashed=True)))
    assert result.exit_code == 2
    assert set(tmp_path.rglob("*")) - before <= {bundle.with_name("forged.zip")}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", None])
def test_what_is_no_bundle_is_one_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    result = kpibatch(tmp_path, "verify", str(path))
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "x.zip" in result.stderr


def test_a_damaged_member_is_one_line(bundle: Path) -> None:
    raw = bytearray(bundle.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    bundle.write_bytes(raw)
    assert kpibatch(bundle.parent, "verify", str(bundle)).exit_code in (1, 2)


# --- packed otherwise, and signed ---------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_contents_packed_otherwise_are_told_from_other_figures(bundle: Path) -> None:
    """As another zlib leaves them; what was of another version then is named."""
    with zipfile.ZipFile(bundle) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    record = json.loads(members["output/2554-09/run.json"])
    del record["sha256"]
    record["versions"] |= {"zlib": "1.3.1.zlib-ng"}
    changes: dict[str, bytes | None] = {"output/2554-09/run.json": json.dumps(record).encode()}
    books = [name for name in members if name.startswith("output/2554-09/") and name.endswith(".xlsx")]
    written = [name for name in books if not name.endswith("level_tables.xlsx")]
    changes |= {name: otherwise_packed(members[name]) for name in written}
    result = kpibatch(bundle.parent, "verify", str(rewritten(bundle, changes, hashed=True)))
    assert result.exit_code == 0, result.output
    assert f"{len(written)} ไฟล์มีเนื้อหาตรงกันทุกส่วน" in result.output
    assert "รุ่นของ zlib ต่างกัน: ตอนปิด 1.3.1.zlib-ng" in result.output
    assert "SHA-256" in result.output


@pytest.mark.slow
def test_a_workbook_that_holds_something_else_differs_though_the_figures_agree(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        (unit, *_) = [name for name in archive.namelist() if name.startswith("output/2554-09/units/")]
        other = archive.read("output/2554-09/ranking.xlsx")
    result = kpibatch(bundle.parent, "verify", str(rewritten(bundle, {unit: other}, hashed=True)))
    assert result.exit_code == 1
    assert unit in result.output
    assert "ตัวเลขตรงกันทั้งหมด" in result.output


def trusting(folder: Path, *fingerprints: str) -> Path:
    """A workspace to verify from."""
    folder.mkdir()
    (folder / "config.toml").write_text(f"[seal]\ntrusted = {json.dumps(fingerprints)}\n", encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_signed_month_says_by_whom_and_whether_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = key_ring(monkeypatch)
    workspace = small_workspace(tmp_path)
    config = workspace / "config.toml"
    signing = config.read_text(encoding="utf-8").replace('\nkey = ""', '\nkey = "สพจ. ระยอง"')
    config.write_text(signing, encoding="utf-8")
    run(workspace)
    result = kpibatch(workspace, "close")
    assert result.exit_code == 0, result.stderr
    assert [name for _, name in kept] == ["สพจ. ระยอง"]
    (fingerprint,) = re.findall("[0-9a-f]{64}$", result.output.strip())
    path = workspace / "output" / "closed" / "2554-09.zip"
    with zipfile.ZipFile(path) as archive:
        sealed = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name, part in sealed.items() for secret in kept.values() if secret.encode() in part]

    def said(bundle: Path, *fingerprints: str) -> tuple[int, str]:
        nonlocal asked
        asked += 1
        here = trusting(tmp_path / f"here {asked}", *fingerprints)
        result = kpibatch(here, "verify", str(bundle))
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    asked = 0
    spaced = " ".join((fingerprint[:32], fingerprint[32:].upper()))
    for trusted in ((), (fingerprint,), ("0" * 64, spaced)):
        code, words = said(path, *trusted)
        assert (code, "ลายมือชื่อถูกต้อง" in words, "สพจ. ระยอง" in words) == (0, True, True)
    code, words = said(path, "0" * 64)
    assert (code, "ไม่ใช่กุญแจที่เชื่อถือ" in words) == (1, True)
    forged = rewritten(path, {"arrivals.json": b"{}"}, hashed=True)
    for trusted in ((), (fingerprint,)):
        code, words = said(forged, *trusted)
        assert (code, "ถูกแก้หลังลงลายมือชื่อ" in words) == (1, True)
    stripped = rewritten(path, {"signature.json": None})
    assert said(stripped)[0] == 0
    code, words = said(stripped, fingerprint)
    assert (code, "ไม่มีลายมือชื่อดิจิทัลของกุญแจที่เชื่อถือ" in words) == (1, True)


@pytest.mark.slow
def test_a_keyring_that_refuses_seals_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_ring(monkeypatch)
    monkeypatch.setattr(keyring, "set_password", lambda *_: None)
    workspace = small_workspace(tmp_path)
    config = workspace / "config.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace('\nkey = ""', '\nkey = "A"'), encoding="utf-8"
    )
    run(workspace)
    result = kpibatch(workspace, "close")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "keyring" in result.stderr
    assert not [*(workspace / "output").glob("closed/*")]
