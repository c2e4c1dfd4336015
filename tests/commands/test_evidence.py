"""Evidence from the folder to the seal: listed in ``run.json``, asked for in what goes back, proven again."""

import hashlib
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from mailing import planned
from small_workspace import EARLIER, MONTH, UNITS, small_workspace
from workspace import edit_table, findings, kpibatch, open_book, run

from kpibatch.base.config import read_config
from kpibatch.mail.message import EVIDENCE
from kpibatch.months.assess import assess_month
from kpibatch.scoring.evidence.wanted import Wanted

ITEM, PROVEN = "D2.1.satisfaction", "D1.1.done"  # level 3 of the one, 4 of the other


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace whose units handed in evidence of some levels, run and closed; read only."""
    workspace = small_workspace(tmp_path_factory.mktemp("evidence"))
    edit_table(workspace, "รายการข้อมูล", {"รหัส": ITEM}, "ต้องมีหลักฐาน", "ระดับ 2 ขึ้นไป")
    edit_table(workspace, "รายการข้อมูล", {"รหัส": PROVEN}, "ต้องมีหลักฐาน", "ระดับ 2 - 4")
    before = workspace / "submissions" / EARLIER / "evidence" / UNITS[0]
    before.mkdir(parents=True)
    (before / f"{PROVEN} ระดับ 2 - 4.pdf").write_bytes(b"%PDF of June")
    run(workspace, EARLIER, books=False)
    own = workspace / "submissions" / MONTH / "evidence" / UNITS[0]
    own.mkdir(parents=True)
    (own / f"{ITEM} ระดับ 2.pdf").write_bytes(b"%PDF")
    aside = workspace / "submissions" / MONTH / UNITS[1] / "evidence"
    aside.mkdir(parents=True)
    (aside / "a.pdf").write_bytes(b"%PDF")
    (own / "สแกน.pdf").write_bytes(b"%PDF of what?")
    (own / f"{ITEM} วิดีโอ.mp4").write_bytes(b"")
    os.truncate(own / f"{ITEM} วิดีโอ.mp4", 1_100_000)
    (workspace / "config.toml").write_text(
        (workspace / "config.toml")
        .read_text("utf-8")
        .replace("max_evidence_mb = 500.0", "max_evidence_mb = 1.0"),
        "utf-8",
    )
    if os.name != "nt":
        (own / f"{ITEM}.pdf").symlink_to(workspace / "config.toml")
        os.mkfifo(own / f"{ITEM}.pipe")
    run(workspace, MONTH, expect=1)
    assert kpibatch(workspace, "close", MONTH).exit_code == 0
    return workspace


@pytest.mark.slow
def test_every_file_is_listed_with_its_digest(closed: Path) -> None:
    record = json.loads((closed / "output" / MONTH / "run.json").read_bytes())
    assert [(each["unit"], each["file"], each["sha256"], each["counts"]) for each in record["evidence"]] == [
        (UNITS[0], f"evidence/{UNITS[0]}/{name}", hashlib.sha256(content).hexdigest(), counts)
        for name, content, counts in (
            (f"{ITEM} ระดับ 2.pdf", b"%PDF", True),
            ("สแกน.pdf", b"%PDF of what?", False),
        )
    ]


@pytest.mark.slow
def test_what_is_still_to_be_handed_in_stands_in_what_goes_back(closed: Path) -> None:
    output = closed / "output" / MONTH
    (told,) = [row for row in findings(output) if row["code"] == "evidence-missing"]
    assert (told["unit"], told["measure"], told["cell"] != "") == (UNITS[0], ITEM, True)
    (returned,) = output.glob(f"returned/{UNITS[0]}*")
    shown = [
        str(cell) for row in open_book(returned).worksheets[0].iter_rows(values_only=True) for cell in row
    ]
    assert any("ยังไม่มีไฟล์หลักฐานของระดับ 3" in text for text in shown)
    (summary,) = output.glob(f"units/{UNITS[0]}*")
    details = [
        str(cell) for row in open_book(summary)["รายละเอียด"].iter_rows(values_only=True) for cell in row
    ]
    assert any("ยังต้องส่ง: ระดับ 3" in text for text in details)


@pytest.mark.slow
def test_what_was_handed_in_with_a_month_before_need_not_be_again(closed: Path, tmp_path: Path) -> None:
    assert findings(closed / "output" / MONTH, measure=PROVEN) == []
    handed_in = closed / "submissions" / EARLIER / "evidence"
    (closed / "output" / EARLIER).rename(tmp_path / EARLIER)
    try:
        assert wanted_of(closed) == {(UNITS[0], ITEM): (3,)}  # read from the folder where no record tells
        handed_in.rename(tmp_path / "evidence")
        assert wanted_of(closed) == {(UNITS[0], ITEM): (3,), (UNITS[0], PROVEN): (2, 3, 4)}
    finally:
        (tmp_path / EARLIER).rename(closed / "output" / EARLIER)
        told = wanted_of(closed)
        (tmp_path / "evidence").rename(handed_in)
    assert told == {(UNITS[0], ITEM): (3,)}  # by the record of the month before


def wanted_of(workspace: Path) -> Wanted:
    return assess_month(read_config(workspace), MONTH).wanted


@pytest.mark.slow
def test_who_has_sent_is_reminded_of_the_evidence_alone(closed: Path) -> None:
    (mail,) = [one for one in planned(closed, remind=True).messages if one.kind == EVIDENCE]
    assert (mail.unit, mail.attachments) == (UNITS[0], ())
    assert "ยังขาดไฟล์หลักฐาน" in mail.plain
    for text in (mail.plain, mail.html):
        assert ITEM in text
        assert "ระดับ 3" in text
    assert not [one for one in planned(closed).messages if one.kind == EVIDENCE]


@pytest.mark.slow
def test_it_is_sealed_as_it_is_and_the_month_made_again_from_it(closed: Path, tmp_path: Path) -> None:
    bundle = shutil.copy(closed / "output" / "closed" / f"{MONTH}.zip", tmp_path)
    with zipfile.ZipFile(bundle) as archive:
        name = f"submissions/{MONTH}/evidence/{UNITS[0]}/{ITEM} ระดับ 2.pdf"
        assert archive.read(name) == b"%PDF"
        assert archive.getinfo(name).compress_type == zipfile.ZIP_STORED
    assert kpibatch(closed, "verify", str(bundle)).exit_code == 0
    codes = {row["code"] for row in findings(closed / "output" / MONTH) if row["code"].startswith("evidence")}
    odd = {"evidence-link", "evidence-odd"} if os.name != "nt" else set()
    assert codes == {"evidence-missing", "evidence-no-item", "evidence-too-large", "evidence-elsewhere"} | odd
