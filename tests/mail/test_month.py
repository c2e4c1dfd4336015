"""``kpibatch mail`` as it is used: drafts first, sent when told, each office once, and nothing at all where a
file is another's.
"""

import csv
import re
import shutil
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import Result
from mail_server import PostOffice, post_office
from mailing import MAILS, PROVINCE_ADDRESS, copied, small_june
from packing import otherwise_packed, packed
from workspace import change, configure, edit_table, kpibatch, read_rows, run, submission

from kpibatch.mail.message import Message

MONTH, UNIT = "2565-06", "3109"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as here:
        yield here


@pytest.fixture
def workspace(tmp_path: Path, office: PostOffice) -> Path:
    """June, published, and a server that takes its mail."""
    place = copied(small_june(), tmp_path)
    settings = {"host": '"127.0.0.1"', "port": str(office.port), "security": '"none"', "per_minute": "100000"}
    configure(place, **settings, **{"from": '"สพจ. บุรีรัมย์ <kpi@office.example>"'})
    return place


def mail(workspace: Path, *words: str, expect: int = 0) -> Result:
    result = kpibatch(workspace, "mail", *words)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code == expect, result.output + result.stderr
    return result


def to(unit: str) -> str:
    return f"cdd{unit}@buriram.example"


def index(workspace: Path) -> dict[str, dict[str, str]]:
    return {row["unit"]: row for row in read_rows(workspace / "output" / MONTH / "mail" / "index.csv")}


# --- drafts -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_without_send_everything_is_a_draft(workspace: Path, office: PostOffice) -> None:
    result = mail(workspace)
    folder = workspace / "output" / MONTH / "mail"
    drafts = sorted(folder.glob("*.eml"))
    rows = read_rows(folder / "index.csv")
    assert len(drafts) == len(rows) == MAILS, "the units that sent, and the province"
    assert list(rows[0]) == ["unit", "kind", "to", "cc", "subject", "attachments", "size", "state", "file"]
    assert {row["state"] for row in rows} == {"draft"}
    for row in rows:
        draft = message_from_bytes((folder / row["file"]).read_bytes(), policy=policy.default)
        assert draft["Subject"] == row["subject"]
        assert [part.get_filename() for part in draft.iter_attachments()] == row["attachments"].split("; ")
        assert int(row["size"]) == (folder / row["file"]).stat().st_size
        assert draft["X-Unsent"] == "1"
    assert f"{MAILS} ฉบับ" in result.output
    assert office.box == []


@pytest.mark.slow
def test_a_run_clears_drafts_that_are_out_of_date_and_keeps_the_journal(workspace: Path) -> None:
    mail(workspace, "--send")
    folder = workspace / "output" / MONTH / "mail"
    journal = (folder / "journal.csv").read_bytes()
    run(workspace)
    assert [path.name for path in folder.iterdir()] == ["journal.csv"]
    assert (folder / "journal.csv").read_bytes() == journal


@pytest.mark.slow
def test_the_units_that_sent_nothing_are_reminded(workspace: Path, office: PostOffice) -> None:
    mail(workspace, "--remind", "--send")
    assert office.received() == {to("3119"): 1}
    assert "ขอให้ส่งแบบรายงาน" in office.box[0].message["Subject"]
    assert not list(office.box[0].message.iter_attachments())


@pytest.mark.slow
def test_before_a_month_was_run_there_is_nothing_to_mail(workspace: Path) -> None:
    shutil.rmtree(workspace / "output")
    assert "kpibatch run" in mail(workspace, expect=2).stderr
    assert "2565-05" in mail(workspace, "2565-05", expect=2).stderr


# --- sending ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_each_office_gets_its_own_once(workspace: Path, office: PostOffice) -> None:
    result = mail(workspace, "--send")
    assert set(office.received().values()) == {1}
    assert len(office.box) == MAILS
    assert office.received()[PROVINCE_ADDRESS] == 1
    assert f"ส่งแล้ว {MAILS} ฉบับ" in result.output
    assert {row["state"] for row in index(workspace).values()} == {"sent"}
    for one in office.box:
        names = [part.get_filename() or "" for part in one.message.iter_attachments()]
        whose = one.recipients[0][3:7]
        assert (
            names == ["ranking.xlsx"]
            if one.recipients == (PROVINCE_ADDRESS,)
            else all(whose in name for name in names)
        ), names
        assert one.message["Message-ID"]
    mail(workspace, "--send")
    assert len(office.box) == MAILS


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["history.sqlite", f"{MONTH}/mail/journal.csv", "nothing, but run again"])
def test_whatever_is_lost_nothing_goes_twice(lost: str, workspace: Path, office: PostOffice) -> None:
    mail(workspace, "--send")
    (workspace / "output" / lost).unlink(missing_ok=True)
    if "run" in lost:
        run(workspace)
    mail(workspace, "--send")
    assert len(office.box) == MAILS
    kpibatch(workspace, "history", "rebuild")
    mail(workspace, "--send")
    assert len(office.box) == MAILS


@pytest.mark.slow
def test_changed_content_goes_as_a_revision_to_those_it_concerns(workspace: Path, office: PostOffice) -> None:
    mail(workspace, "--send")
    office.box.clear()
    change(
        submission(workspace, UNIT, MONTH), {("T1.loan_docs", "ปัญหาอุปสรรค"): "แก้แล้ว", ("T5.news", MONTH): 30}
    )
    run(workspace)
    mail(workspace, "--send", "--only", UNIT)
    assert office.received() == {to(UNIT): 1}
    assert office.box[0].message["Subject"].startswith("[แก้ไขครั้งที่ 1] ")
    assert "แก้ไขครั้งที่" in mail(workspace, "--status").output


@pytest.mark.slow
def test_the_preview_says_what_sending_will_do(workspace: Path, office: PostOffice) -> None:
    office.orders = {to("3101"): ["550 no such user"]}
    mail(workspace, "--send", expect=1)
    change(submission(workspace, UNIT, MONTH), {("T5.news", MONTH): 30})
    run(workspace)
    result = mail(workspace)
    states = {unit: row["state"] for unit, row in index(workspace).items()}
    assert (states[UNIT], states["3101"]) == ("correction", "refused")
    assert {*states.values()} == {"correction", "sent", "refused"}
    assert "จะส่งเป็นฉบับแก้ไข" in result.output
    office.box.clear()
    mail(workspace, "--send", expect=1)
    gone = {unit for unit, state in states.items() if state in ("draft", "correction")}
    recipients = {"province": PROVINCE_ADDRESS}
    assert office.received() == {recipients.get(unit, to(unit)): 1 for unit in gone}


@pytest.mark.slow
def test_another_packing_is_no_other_content(workspace: Path, office: PostOffice) -> None:
    """Another zlib or XlsxWriter packs the same parts otherwise."""
    mail(workspace, "--send")
    output = workspace / "output" / MONTH
    for path in [output / "ranking.xlsx", *(output / "units").iterdir(), *(output / "returned").iterdir()]:
        raw = path.read_bytes()
        path.write_bytes(otherwise_packed(raw))
        assert path.read_bytes() != raw
    mail(workspace)
    assert {row["state"] for row in index(workspace).values()} == {"sent"}
    mail(workspace, "--send")
    assert len(office.box) == MAILS


@pytest.mark.slow
@pytest.mark.parametrize("file", ["ranking.xlsx", f"units/{UNIT} *.xlsx"])
def test_a_workbook_in_which_a_figure_was_changed_is_not_sent(
    file: str, workspace: Path, office: PostOffice
) -> None:
    """Saved from Excel after somebody tried a value."""
    (path,) = (workspace / "output" / MONTH).glob(file)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = next(name for name in parts if name.startswith("xl/worksheets/") and b"<v>" in parts[name])
    path.write_bytes(packed(parts | {name: re.sub(rb"<v>\d", b"<v>7", parts[name], count=3)}))
    for words in ((), ("--send",)):
        result = mail(workspace, *words, expect=2)
        assert path.name in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert office.box == []


@pytest.mark.slow
def test_mails_on_record_by_the_digest_of_packed_bytes_do_not_go_again(
    workspace: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.orders = {to(UNIT): ["lose-drop"], to("3101"): ["550 no such user"]}
    with monkeypatch.context() as formerly:
        formerly.setattr(Message, "content", Message.packed_content)
        mail(workspace, "--send", expect=1)
    assert len(office.box) == MAILS - 2
    mail(workspace)
    states = {unit: row["state"] for unit, row in index(workspace).items()}
    assert (states.pop(UNIT), states.pop("3101")) == ("unknown", "refused")
    assert {*states.values()} == {"sent"}
    (workspace / "output" / "history.sqlite").unlink()
    mail(workspace, "--send", expect=1)
    assert len(office.box) == MAILS - 2
    mail(workspace, "--send", "--again", "all")
    assert len(office.box) == MAILS
    assert set(office.received().values()) == {1}


@pytest.mark.slow
def test_only_one_unit_by_code_or_name(workspace: Path, office: PostOffice) -> None:
    mail(workspace, "--send", "--only", "พุทไธสง")
    mail(workspace, "--send", "--only", "๓๑๐๙")
    assert office.received() == {to(UNIT): 1}
    assert "3119" in mail(workspace, "--only", "3199", expect=2).stderr


@pytest.mark.slow
def test_only_the_province(workspace: Path, office: PostOffice) -> None:
    mail(workspace, "--send", "--province")
    assert office.received() == {PROVINCE_ADDRESS: 1}


@pytest.mark.slow
def test_no_address_of_the_province_means_the_reply_address(workspace: Path, office: PostOffice) -> None:
    configure(workspace, province="[]", reply_to='"head@office.example"')
    mail(workspace, "--send", "--province")
    assert office.received() == {"head@office.example": 1}


@pytest.mark.slow
def test_a_limit_takes_the_next_ones_each_time(workspace: Path, office: PostOffice) -> None:
    for count in (3, 6, 9, MAILS, MAILS):
        mail(workspace, "--send", "--limit", "3")
        assert len(office.box) == count
    assert set(office.received().values()) == {1}


@pytest.mark.slow
def test_a_rehearsal_goes_to_oneself_and_is_no_revision_before_the_first(
    workspace: Path, office: PostOffice
) -> None:
    mail(workspace, "--send", "--to-me", "me@office.example", "--limit", "3")
    assert office.received() == {"me@office.example": 3}
    assert all(one.message["Subject"].startswith("[ทดสอบ] ") for one in office.box)
    mail(workspace, "--send")
    real = [one for one in office.box if one.recipients != ("me@office.example",)]
    assert len(real) == MAILS
    assert not [
        one for one in real if "แก้ไขครั้งที่" in one.message["Subject"] or "ทดสอบ" in one.message["Subject"]
    ]


@pytest.mark.slow
def test_one_refused_address_does_not_stop_the_rest(workspace: Path, office: PostOffice) -> None:
    office.orders = {to(UNIT): ["550 no such user"]}
    result = mail(workspace, "--send", expect=1)
    assert len(office.box) == MAILS - 1
    assert "550 no such user" in result.output
    assert index(workspace)[UNIT]["state"] == "refused"
    assert "ถูกปฏิเสธ" in mail(workspace, "--status").output


@pytest.mark.slow
def test_what_nobody_knows_about_is_listed_and_sent_only_when_told(
    workspace: Path, office: PostOffice
) -> None:
    office.orders = {to(UNIT): ["lose-drop"]}
    assert "ไม่ทราบผล" in mail(workspace, "--send", expect=1).output
    mail(workspace, "--send", expect=1)
    assert to(UNIT) not in office.received()
    status = mail(workspace, "--status").output
    assert "ไม่ทราบผล 1" in mail(workspace, "--send", expect=1).output
    assert UNIT in status
    mail(workspace, "--send", "--again", UNIT)
    assert office.received()[to(UNIT)] == 1
    assert set(office.received().values()) == {1}


@pytest.mark.slow
def test_copies_get_it_too(workspace: Path, office: PostOffice) -> None:
    edit_table(
        workspace, "หน่วย", {"รหัส": UNIT}, "สำเนา", "สมชาย <second@office.example>; third@office.example"
    )
    mail(workspace, "--send", "--only", UNIT)
    assert office.received() == {to(UNIT): 1, "second@office.example": 1, "third@office.example": 1}
    assert len(office.box) == 1


@pytest.mark.slow
def test_a_unit_without_an_address_is_told_and_the_rest_goes(workspace: Path, office: PostOffice) -> None:
    edit_table(workspace, "หน่วย", {"รหัส": UNIT}, "อีเมล", "ไม่มี")
    result = mail(workspace, "--send", expect=1)
    assert len(office.box) == MAILS - 1
    assert UNIT in result.output


# --- nothing goes wrong silently ----------------------------------------------------------------------------


def swap_summaries(folder: Path) -> None:
    one, other = (next((folder / "units").glob(f"{unit} *.xlsx")) for unit in ("3101", UNIT))
    raw = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(raw)


@pytest.mark.slow
def test_a_file_of_another_unit_stops_everything(workspace: Path, office: PostOffice) -> None:
    swap_summaries(workspace / "output" / MONTH)
    for words in ((), ("--send",), ("--send", "--only", UNIT)):
        result = mail(workspace, *words, expect=2)
        assert "3101" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert office.box == []
    assert not list((workspace / "output" / MONTH / "mail").glob("*.eml"))


SETTINGS = {
    "no server": ({"host": '""'}, "host"),
    "no sender": ({"from": '""'}, "from"),
    "a server that is away": ({"port": "1"}, "127.0.0.1"),
    "a password over an open line": ({"host": '"mail.office.example"', "username": '"kpi"'}, "starttls"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_a_server_that_cant_be_used_is_one_line(name: str, workspace: Path, office: PostOffice) -> None:
    settings, told = SETTINGS[name]
    configure(workspace, **settings)
    result = mail(workspace, "--send", expect=2)
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert office.box == []


@pytest.mark.slow
def test_the_provinces_own_templates(workspace: Path, office: PostOffice) -> None:
    assert "mail_templates" in mail(workspace, "--templates").output
    path = workspace / "mail_templates" / "result.subject.txt"
    path.write_text("ผลของ{{ name }} จากจังหวัด", encoding="utf-8")
    mail(workspace, "--send", "--only", UNIT)
    assert office.box[0].message["Subject"] == "ผลของพุทไธสง จากจังหวัด"
    assert mail(workspace, "--templates").exit_code == 0
    assert path.read_text(encoding="utf-8") == "ผลของ{{ name }} จากจังหวัด", "what is there is not written over"
    path.write_text("{{ nmae }}", encoding="utf-8")
    result = mail(workspace, "--send", expect=2)
    assert "nmae" in result.stderr
    assert "name" in result.stderr
    assert len(office.box) == 1


@pytest.mark.slow
def test_the_journal_is_a_table_that_excel_reads(workspace: Path) -> None:
    mail(workspace, "--send", "--only", UNIT)
    raw = (workspace / "output" / MONTH / "mail" / "journal.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    states = [row["state"] for row in csv.DictReader(raw.decode("utf-8-sig").splitlines())]
    assert states == ["sending", "sent"]


@pytest.mark.slow
def test_an_english_workspace(workspace: Path, office: PostOffice) -> None:
    configure(workspace, language='"en"')
    run(workspace)
    assert "1 sent" in mail(workspace, "--send", "--only", UNIT).output
    assert "KPI" in office.box[0].message["Subject"]
