"""Evidence as files: whose and what of by its name, what is wrong with any, and that none is opened."""

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tablebook import read

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FileHeld
from kpibatch.books.guard.package import MB
from kpibatch.intake.evidence.listing import Evidence, read_evidence
from kpibatch.rules.levels import LevelTables

LIMITS = IntakeLimits()


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    tables, found = read({"รายการข้อมูล!M4": "ระดับ 3 - 5", "รายการข้อมูล!M6": "ใช่"})
    assert not found
    return tables


def put(month: Path, *names: str, content: bytes = b"%PDF") -> None:
    for name in names:
        path = month / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content + path.name.encode())


def said(evidence: Evidence) -> list[tuple[str, str, str]]:
    return sorted((one.code, one.unit, one.place.file) for one in evidence.findings)


@pytest.mark.parametrize(
    ("name", "measures", "levels"),
    [
        ("T1.spent.pdf", ("T1.spent",), ()),
        ("t1.SPENT ระดับ ๓ ฉบับแก้ไข.PDF", ("T1.spent",), ((3, 3),)),
        ("T1.spent_2 ระดับ 3-4.jpg", ("T1.spent",), ((3, 4),)),
        ("3101 T1.spent, T1.docs.pdf", ("T1.spent", "T1.docs"), ()),
        ("T1.docs/ระดับ 4/สแกน.pdf", ("T1.docs",), ((4, 4),)),
        ("T1.docs ระดับอำเภอ.pdf", ("T1.docs",), ()),
        ("T1.docs ระดับ 5 ขึ้นไป", ("T1.docs",), ((5, 0),)),
    ],
)
def test_a_name_says_what_a_file_is_evidence_of(
    name: str, measures: tuple[str, ...], levels: object, tmp_path: Path, tables: LevelTables
) -> None:
    put(tmp_path, f"evidence/3101/{name}")
    evidence = read_evidence(tmp_path, tables, LIMITS)
    (proof,) = evidence.files
    assert (proof.unit, proof.measures, proof.levels, proof.counts) == ("3101", measures, levels, True)
    assert not evidence.findings
    assert proof.sha256 == hashlib.sha256(proof.path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "code", "unit"),
    [
        ("3101/T1.docs2.pdf", "evidence-no-item", "3101"),
        ("3101/T1.docs.old.pdf", "evidence-no-item", "3101"),
        ("3101/สแกน.pdf", "evidence-no-item", "3101"),
        ("3101/T1.docs ระดับ 6.pdf", "evidence-no-level", "3101"),
        ("3101/T1.docs ระดับ 4-2.pdf", "evidence-no-level", "3101"),
        ("3101/3102 T1.docs.pdf", "evidence-other-unit", ""),
        ("9999/T1.docs.pdf", "evidence-no-unit", ""),
        ("T1.docs.pdf", "evidence-no-unit", ""),
    ],
)
def test_what_can_not_be_told_apart_counts_for_nobody_and_is_told(
    name: str, code: str, unit: str, tmp_path: Path, tables: LevelTables
) -> None:
    put(tmp_path, f"evidence/{name}")
    evidence = read_evidence(tmp_path, tables, LIMITS)
    assert said(evidence) == [(code, unit, f"evidence/{name}")]
    assert [each.counts for each in evidence.files] == [False]
    assert evidence.given == ()


def test_the_same_name_twice_is_told_and_both_are_listed(tmp_path: Path, tables: LevelTables) -> None:
    put(
        tmp_path, "evidence/3101/T1.docs.pdf", "หลักฐาน/3101 เมือง/ใหม่/T1.DOCS.pdf", "evidence/3102/T1.docs.jpg"
    )
    evidence = read_evidence(tmp_path, tables, LIMITS)
    assert said(evidence) == [("evidence-twice", "3101", "หลักฐาน/3101 เมือง/ใหม่/T1.DOCS.pdf")]
    assert [each.unit for each in evidence.files if each.counts] == ["3101", "3102", "3101"]


def test_the_same_bytes_of_two_units_are_told_to_the_province_alone(
    tmp_path: Path, tables: LevelTables
) -> None:
    put(tmp_path, "evidence/3101/T1.docs.pdf", "evidence/3102/T1.docs.pdf", "evidence/3101/T1.docs 2.pdf")
    assert said(read_evidence(tmp_path, tables, LIMITS)) == [
        ("evidence-shared", "", "evidence/3102/T1.docs.pdf")
    ]


def test_evidence_that_nobody_asks_for_is_listed(tmp_path: Path, tables: LevelTables) -> None:
    put(tmp_path, "evidence/3101/I1.news.pdf", "evidence/3101/Thumbs.db", "evidence/3101/.DS_Store")
    evidence = read_evidence(tmp_path, tables, LIMITS)
    assert said(evidence) == [("evidence-unasked", "3101", "evidence/3101/I1.news.pdf")]
    assert len(evidence.files) == 1


def test_an_empty_file_is_no_evidence(tmp_path: Path, tables: LevelTables) -> None:
    put(tmp_path, "evidence/3101/x")
    (tmp_path / "evidence/3101/x").rename(tmp_path / "evidence/3101/T1.docs.pdf")
    (tmp_path / "evidence/3101/T1.docs.pdf").write_bytes(b"")
    evidence = read_evidence(tmp_path, tables, LIMITS)
    assert said(evidence) == [("evidence-empty", "3101", "evidence/3101/T1.docs.pdf")]
    assert evidence.given == ()


@pytest.mark.parametrize(("more", "told"), [(-1, []), (0, []), (1, ["evidence-too-large"])])
def test_a_file_above_the_limit_is_told_and_left(
    more: int, told: list[str], tmp_path: Path, tables: LevelTables
) -> None:
    put(tmp_path, "evidence/3101/T1.docs.pdf")
    os.truncate(tmp_path / "evidence/3101/T1.docs.pdf", 2 * MB + more)
    evidence = read_evidence(tmp_path, tables, replace(LIMITS, max_evidence_mb=2.0))
    assert [one.code for one in evidence.findings] == told
    assert len(evidence.files) == 1 - len(told)


@pytest.mark.parametrize(("limit", "listed"), [(1, 1), (2, 2), (3, 2)])
def test_no_more_files_than_the_limit_are_listed(
    limit: int, listed: int, tmp_path: Path, tables: LevelTables
) -> None:
    put(tmp_path, "evidence/3101/T1.docs 1.pdf", "evidence/3101/T1.docs 2.pdf")
    evidence = read_evidence(tmp_path, tables, replace(LIMITS, max_files=limit))
    assert len(evidence.files) == listed
    assert [one.code for one in evidence.findings] == ["evidence-too-many"] * (listed < 2)


@pytest.mark.skipif(os.name == "nt", reason="links, pipes and sockets of POSIX")
def test_links_are_not_followed_and_pipes_and_sockets_not_read(
    tmp_path: Path, tables: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = tmp_path / "month"
    own = month / "evidence" / "3101"
    own.mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"of the province")
    (own / "T1.docs.pdf").symlink_to(tmp_path / "secret")
    (own / "all").symlink_to(tmp_path)
    (month / "หลักฐาน").symlink_to(tmp_path)
    os.mkfifo(own / "T1.docs.pipe")
    monkeypatch.chdir(own)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("T1.docs.sock")
        evidence = read_evidence(month, tables, LIMITS)
    assert evidence.files == ()
    assert said(evidence) == [
        ("evidence-link", "", "หลักฐาน"),
        ("evidence-link", "3101", "evidence/3101/T1.docs.pdf"),
        ("evidence-link", "3101", "evidence/3101/all"),
        ("evidence-odd", "3101", "evidence/3101/T1.docs.pipe"),
        ("evidence-odd", "3101", "evidence/3101/T1.docs.sock"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_file_that_became_a_link_meanwhile_is_not_hashed(tmp_path: Path, tables: LevelTables) -> None:
    put(tmp_path, "evidence/3101/T1.docs.pdf")
    (proof,) = read_evidence(tmp_path, tables, LIMITS).files
    proof.path.unlink()
    proof.path.symlink_to(tmp_path)
    with pytest.raises(FileHeld):
        _ = proof.sha256


def test_a_folder_that_is_kept_from_us_is_named(
    tmp_path: Path, tables: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "evidence/3101/T1.docs.pdf")
    inside = Path.iterdir

    def kept(folder: Path) -> Iterator[Path]:
        if folder.name == "3101":
            raise PermissionError(13, "denied", str(folder))
        return inside(folder)

    monkeypatch.setattr(Path, "iterdir", kept)
    with pytest.raises(FileHeld) as held:
        read_evidence(tmp_path, tables, LIMITS)
    assert "evidence/3101" in held.value.message("en")


def test_what_a_sealed_month_left_out_is_told_again(tmp_path: Path, tables: LevelTables) -> None:
    put(tmp_path, "evidence/3101/T1.docs.pdf")
    listed = [["evidence/3101/b.pdf", "evidence-link", ""], ["evidence/3101/c.pdf", "missing", ""]]
    (tmp_path / ".left-out.json").write_text(json.dumps(listed), "utf-8")
    evidence = read_evidence(tmp_path, tables, LIMITS)
    assert said(evidence) == [("evidence-link", "3101", "evidence/3101/b.pdf")]
    (tmp_path / ".left-out.json").write_text("[1, {", "utf-8")
    assert not read_evidence(tmp_path, tables, LIMITS).findings


def test_evidence_in_the_folder_of_the_workbook_is_told_to_be_in_the_wrong_place(
    tmp_path: Path, tables: LevelTables
) -> None:
    put(tmp_path, "3101 เมือง/หลักฐาน/T1.docs.pdf", "3101 เมือง/3101.xlsx", "เหนือ/3102/evidence/a/b.pdf")
    evidence = read_evidence(tmp_path, tables, LIMITS)
    assert said(evidence) == [
        ("evidence-elsewhere", "3101", "3101 เมือง/หลักฐาน"),
        ("evidence-elsewhere", "3102", "เหนือ/3102/evidence"),
    ]
    assert (evidence.there, evidence.files) == (False, ())


def test_tables_that_ask_for_no_evidence_leave_its_folder_alone(tmp_path: Path) -> None:
    put(tmp_path, "evidence/photo.jpg")
    assert read_evidence(tmp_path, read()[0], LIMITS) == Evidence()
