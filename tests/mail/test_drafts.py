"""The drafts in a month's folder: whole or not at all, the same bytes every time, nothing of others'
touched.
"""

import email
import re
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import pytest
from mailing import MAILS, MONTH, PROVINCE_ADDRESS, copied, mail_to, planned, small_june, state
from small_workspace import UNITS, small_workspace
from workspace import configure, read_rows, run, tree

from kpibatch.base.errors import KpibatchError
from kpibatch.books.look import PROVINCE
from kpibatch.mail.drafts import DraftRow, write_drafts
from kpibatch.mail.message import RESULT
from kpibatch.mail.plan import moment_of
from kpibatch.months.folder import Published


@pytest.fixture(scope="module")
def june() -> Path:
    return small_june()


def written(
    workspace: Path, states: dict[tuple[str, str, str], str] | None = None, **selection: object
) -> tuple[DraftRow, ...]:
    config, tables, published = state(workspace)
    home, moment = published.folder, moment_of(published)
    return write_drafts(config, tables, home, moment, planned(workspace, **selection), states)


def mails(workspace: Path) -> Path:
    return next((workspace / "output").glob("2*")) / "mail"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Two units' month, published."""
    workspace = small_workspace(tmp_path)
    configure(workspace, province=f'["{PROVINCE_ADDRESS}"]')
    run(workspace)
    return workspace


def test_each_mail_is_a_draft_and_a_line_of_the_index(few: Path) -> None:
    drafts_are_the_mails(few, len(UNITS) + 1)


@pytest.mark.slow
def test_so_it_is_where_a_unit_has_sent_nothing(june: Path, tmp_path: Path) -> None:
    rows = drafts_are_the_mails(copied(june, tmp_path), MAILS)
    assert rows[0].file == "3101 เมืองบุรีรัมย์ ผลการประเมิน.eml"


def drafts_are_the_mails(workspace: Path, count: int) -> tuple[DraftRow, ...]:
    rows, plan = written(workspace), planned(workspace)
    assert [path.name for path in sorted(mails(workspace).iterdir())] == sorted(
        ["index.csv", *(row.file for row in rows)]
    )
    assert read_rows(mails(workspace) / "index.csv") == [row.__dict__ for row in rows]
    assert (
        (mails(workspace) / "index.csv")
        .read_bytes()
        .startswith(b"\xef\xbb\xbfunit,kind,to,cc,subject,attachments,size,state,file\r\n")
    )
    assert len(rows) == len(plan.messages) == count
    assert rows[-1].file == "จังหวัด ผลการจัดอันดับ.eml"
    for row in rows:
        raw = (mails(workspace) / row.file).read_bytes()
        back, planned_mail = email.message_from_bytes(raw, policy=policy.default), mail_to(plan, row.unit)
        assert int(row.size) == len(raw)
        to = ", ".join(each.addr_spec for each in back["To"].addresses)
        assert (back["Subject"], to, back["X-Unsent"]) == (planned_mail.subject, row.to, "1")
        files = {(part.get_filename(), part.get_payload(decode=True)) for part in back.iter_attachments()}  # type: ignore[attr-defined]
        assert files == {(file.name, file.content) for file in planned_mail.attachments}
        assert row.attachments == "; ".join(file.name for file in planned_mail.attachments)
        assert row.state == "draft"
    return rows


@pytest.mark.slow
def test_two_calls_give_the_same_bytes_and_a_run_does_not_change_them(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    written(workspace)
    first = tree(mails(workspace))
    written(workspace)
    assert tree(mails(workspace)) == first
    record = workspace / "output" / MONTH / "run.json"
    record.write_text(
        re.sub(
            r'"finished": "[^"]+"', '"finished": "2099-01-01T00:00:00"', record.read_text(encoding="utf-8")
        ),
        encoding="utf-8",
    )
    written(workspace)
    assert tree(mails(workspace)) == first


@pytest.mark.slow
def test_former_drafts_go_and_every_other_file_stays(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    written(workspace)
    (mails(workspace) / "journal.csv").write_text("at,unit\n", encoding="utf-8")
    (mails(workspace) / "sent").mkdir()
    (mails(workspace) / "sent" / "note.txt").write_text("kept", encoding="utf-8")
    (row,) = written(workspace, only="3104")
    assert sorted(path.name for path in mails(workspace).iterdir()) == sorted(
        [row.file, "index.csv", "journal.csv", "sent"]
    )
    assert (mails(workspace) / "journal.csv").read_text(encoding="utf-8") == "at,unit\n"
    assert (mails(workspace) / "sent" / "note.txt").read_text(encoding="utf-8") == "kept"


@pytest.mark.slow
def test_a_failure_leaves_everything_as_it_was(
    june: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copied(june, tmp_path)
    written(workspace, only="3104")
    before = tree(workspace / "output")
    count = iter(range(100))

    def full(path: Path, content: bytes) -> int:
        if next(count) == 5:
            raise OSError(28, "No space left on device")
        return len(content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(KpibatchError, match="ไดรฟ์เต็ม"):
        written(workspace)
    assert tree(workspace / "output") == before


def test_a_wrong_file_writes_nothing(few: Path) -> None:
    workspace = few
    units = mails(workspace).parent / "units"
    first, second = sorted(units.iterdir())[:2]
    first.write_bytes(second.read_bytes())
    before = tree(workspace / "output")
    with pytest.raises(KpibatchError):
        written(workspace)
    assert tree(workspace / "output") == before


@pytest.mark.slow
def test_the_outbox_says_what_has_become_of_a_mail(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    states = {
        ("3101", RESULT, "cdd3101@buriram.example"): "sent",
        ("3102", RESULT, "other@buriram.example"): "sent",
    }
    rows = {row.unit: row.state for row in written(workspace, states)}
    assert (rows["3101"], rows["3102"], rows[PROVINCE]) == ("sent", "draft", "draft")


@pytest.mark.slow
def test_drafts_of_a_month_are_dated_when_its_last_report_came(june: Path) -> None:
    _, _, published = state(june)
    assert moment_of(published).isoformat() == "2022-07-07T11:27:00+07:00"


def test_drafts_are_dated_when_the_last_report_came() -> None:
    record = {
        "submissions": [
            {"received": None},
            {"received": "2022-07-04T02:00:00+00:00"},
            {"received": "2022-07-04T08:30:00"},
        ]
    }
    assert moment_of(Published(Path(), MONTH, record, "")) == datetime(2022, 7, 4, 2, tzinfo=UTC)
    nothing = moment_of(Published(Path(), MONTH, {"submissions": []}, ""))
    assert nothing.isoformat() == "2022-06-30T12:00:00+07:00"
