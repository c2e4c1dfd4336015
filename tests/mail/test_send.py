"""Sending a month's mails to a real server on this machine: once each, whatever is refused, lost, killed or
forgotten.
"""

import os
import random
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from certificates import Authority, trusting
from mail_server import HOST, PASSWORD, USER, Letter, as_eml, configured, post_office, scripted

from kpibatch.base.errors import KpibatchError, MailJournalRefused, MailStopped, ServerAway, ServerFault
from kpibatch.base.month_files import JOURNAL
from kpibatch.commands.screens.mailing import result_lines
from kpibatch.mail.password import VARIABLE
from kpibatch.mail.send import send_all
from kpibatch.mail.session import open_session
from kpibatch.months.database import opened
from kpibatch.months.journal import mail_status, read_journal, restore
from kpibatch.months.outbox import State

MONTH, UNITS = "2565-06", 878
SENT, SENDING, UNKNOWN, REFUSED, DEFERRED = (
    State.SENT,
    State.SENDING,
    State.UNKNOWN,
    State.REFUSED,
    State.DEFERRED,
)


class Watch:
    """Time that passes only while somebody sleeps; progress, counted; Ctrl-C when told."""

    def __init__(self):
        self.now, self.slept, self.steps, self.ticks, self.stop_at = (
            datetime(2022, 7, 1, tzinfo=UTC),
            [],
            [],
            [],
            None,
        )

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def clock(self):
        self.now += timedelta(milliseconds=1)
        return self.now

    def step(self, name):
        self.steps.append(name)

    def tick(self, done, of):
        self.ticks.append((done, of))
        if done == self.stop_at:
            raise KeyboardInterrupt


class Workspace:
    """An output folder and what is sent from it."""

    def __init__(self, output):
        self.output, self.folder = output, output / MONTH

    def send(self, port, letters, *, again=(), watch=None, server=open_session, **keys):
        watch = watch or Watch()
        with opened(self.output / "history.sqlite") as connection:
            return send_all(
                letters, as_eml, configured(port, **keys), connection, self.folder, watch,
                again=again, server=server, sleep=watch.sleep, clock=watch.clock,
            )  # fmt: skip

    def states(self):
        with opened(self.output / "history.sqlite") as connection:
            return {row.entry.recipient: row.state for row in mail_status(connection, MONTH)}

    def lose_history(self):
        for path in self.output.glob("history.sqlite*"):
            path.unlink()


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "output")


@pytest.fixture
def office():
    with post_office() as office:
        yield office


def to(unit):
    return f"{unit}@amphoe.example"


def letters(*units, **keys):
    return [Letter(unit, **keys) for unit in units]


def states(results):
    return {result.row.entry.recipient: result.row.state for result in results}


# --- once ---------------------------------------------------------------------------------------------------


def test_a_letter_goes_once_and_a_changed_one_as_a_revision(workspace, office):
    three = letters("3101", "3102", "3103")
    first = workspace.send(office.port, three)
    assert [(one.row.state, one.fresh) for one in first] == [(SENT, True)] * 3
    second = workspace.send(office.port, three)
    assert [(one.row.state, one.fresh) for one in second] == [(SENT, False)] * 3
    assert office.connections == 1  # nothing to send, nobody to talk to
    third = workspace.send(office.port, [Letter("3101", "ใหม่"), *three[1:]])
    assert [(one.row.revision, one.fresh) for one in third] == [(1, True), (0, False), (0, False)]
    workspace.send(office.port, [Letter("3101", "ใหม่กว่า")])
    assert [mail.message["Subject"] for mail in office.box[3:]] == ["สรุปผล แก้ไขครั้งที่ 1", "สรุปผล แก้ไขครั้งที่ 2"]
    back = workspace.send(office.port, three, again={"3101"})
    assert [(one.row.state, one.fresh, one.superseded) for one in back] == [
        (SENT, False, True),
        (SENT, False, False),
        (SENT, False, False),
    ]
    assert office.received() == {to("3101"): 3, to("3102"): 1, to("3103"): 1}
    assert next(result_lines(back, "th")).startswith("3101")


def test_kinds_and_months_are_apart(workspace, office):
    workspace.send(office.port, letters("3101"))
    results = workspace.send(office.port, [Letter("3101", kind="reminder"), Letter("3101", month="2565-05")])
    assert [(one.row.revision, one.fresh) for one in results] == [(0, True)] * 2


def test_letters_are_made_one_at_a_time(workspace, office):
    made = []

    def letter(unit):
        made.append((unit, len(office.box)))
        return Letter(unit)

    workspace.send(office.port, [lambda unit=unit: letter(unit) for unit in ("3101", "3102", "3103")])
    assert made == [("3101", 0), ("3102", 1), ("3103", 2)]


def test_a_lost_history_sends_nothing_twice(workspace, office):
    office.orders = {to("3102"): ["keep-drop"], to("3103"): ["550 no"]}
    three = letters("3101", "3102", "3103")
    before = states(workspace.send(office.port, three))
    workspace.lose_history()
    assert states(workspace.send(office.port, three)) == before == workspace.states()
    assert office.received() == {to("3101"): 1, to("3102"): 1}


def test_a_lost_journal_is_written_anew(workspace, office):
    workspace.send(office.port, letters("3101", "3102"))
    (workspace.folder / JOURNAL).unlink()
    workspace.send(office.port, letters("3101", "3102"))
    workspace.lose_history()
    workspace.send(office.port, letters("3101", "3102"))
    assert office.received() == {to("3101"): 1, to("3102"): 1}


def test_a_copy_is_a_recipient_of_its_own(workspace, office):
    office.orders = {"copy@x.example": ["451 later"]}
    both = [Letter("3101", recipients=(to("3101"), "copy@x.example", to("3101")))]
    assert states(workspace.send(office.port, both, attempts=1)) == {
        to("3101"): SENT,
        "copy@x.example": DEFERRED,
    }
    assert states(workspace.send(office.port, both)) == {to("3101"): SENT, "copy@x.example": SENT}
    assert [mail.recipients for mail in office.box] == [(to("3101"),), ("copy@x.example",)]


# --- refusals and lost lines --------------------------------------------------------------------------------


def test_one_refused_recipient_does_not_stop_the_rest(workspace, office):
    office.orders = {to("3102"): ["550 5.1.1 unknown user"]}
    results = workspace.send(office.port, letters("3101", "3102", "3103"))
    assert states(results) == {to("3101"): SENT, to("3102"): REFUSED, to("3103"): SENT}
    assert results[1].row.attempts == 1
    assert "550 5.1.1 unknown user" in next(result_lines(results, "th"))
    assert not any(one.fresh for one in workspace.send(office.port, letters("3101", "3102", "3103")))
    again = workspace.send(office.port, letters("3101", "3102", "3103"), again={"3102"})
    assert [(one.fresh, one.row.state, one.row.attempts) for one in again] == [
        (False, SENT, 1),
        (True, SENT, 2),
        (False, SENT, 1),
    ]
    assert workspace.send(office.port, letters("3102", recipients=("new@x.example",)))[0].fresh


def test_a_temporary_refusal_is_tried_again_with_longer_and_longer_waits(workspace, office):
    office.orders = {
        to("3101"): ["451 later", "data 451 later", "end 452 full"],
        to("3102"): ["451 later"] * 9,
    }
    watch = Watch()
    results = workspace.send(office.port, letters("3101", "3102", "3103"), watch=watch)
    assert states(results) == {to("3101"): SENT, to("3102"): DEFERRED, to("3103"): SENT}
    assert [one.row.attempts for one in results] == [4, 4, 1]
    assert all(one.fresh for one in results)
    assert watch.slept == [5.0, 10.0, 20.0]
    assert watch.steps == ["sending", "sending-again", "sending-again", "sending-again"]
    assert office.received() == {to("3101"): 1, to("3103"): 1}
    assert (
        list(result_lines(results, "en"))[-1] == "2 sent, 0 sent before, 0 refused, 1 not sent yet, 0 unknown"
    )
    office.orders = {}
    assert states(workspace.send(office.port, letters("3102"))) == {to("3102"): SENT}


@pytest.mark.slow
@pytest.mark.parametrize("order", ["drop", "drop-body"])
def test_a_line_lost_before_the_end_is_taken_up_again(workspace, office, order):
    office.orders = {to("3102"): [order]}
    long = "ก" * 2_000_000  # so that the end has not gone yet when the line is lost
    results = workspace.send(office.port, [Letter("3101"), Letter("3102", long), Letter("3103")])
    assert set(states(results).values()) == {SENT}
    assert office.received() == {to("3101"): 1, to("3102"): 1, to("3103"): 1}
    assert office.connections == 2


@pytest.mark.parametrize(("order", "kept"), [("keep-drop", 1), ("lose-drop", 0)])
def test_what_nobody_knows_about_is_listed_and_sent_again_only_when_told(workspace, office, order, kept):
    office.orders = {to("3102"): [order]}
    three = letters("3101", "3102", "3103")
    expected = {to("3101"): SENT, to("3102"): UNKNOWN, to("3103"): SENT}
    assert states(workspace.send(office.port, three)) == expected
    results = workspace.send(office.port, three)
    assert states(results) == expected == workspace.states()
    assert "--again" in next(result_lines(results, "th"))
    assert office.received()[to("3102")] == kept
    assert set(states(workspace.send(office.port, three, again={"3102"})).values()) == {SENT}
    assert office.received()[to("3102")] == kept + 1


def test_told_again_and_refused_it_is_still_unknown(workspace, office):
    office.orders = {to("3101"): ["lose-drop", "451 later", "550 no"]}
    for again in ((), {"3101"}, {"3101"}):
        assert states(workspace.send(office.port, letters("3101"), again=again)) == {to("3101"): UNKNOWN}
    assert "550 no" in workspace.send(office.port, letters("3101"))[0].row.detail
    assert workspace.send(office.port, letters("3101", text="ใหม่"))[0].row.revision == 1


def test_a_server_that_hangs_up_after_every_mail_is_left_alone(workspace, office):
    units = [str(code) for code in range(3101, 3120)]
    office.orders = {to(unit): ["keep-drop"] for unit in units}
    with pytest.raises(KpibatchError) as caught:
        workspace.send(office.port, letters(*units))
    assert caught.type is MailStopped
    assert caught.value.facts["left"] == len(units) - 4  # the fifth is on record, but the batch ended with it
    assert sum(state is UNKNOWN for state in workspace.states().values()) == 5 == len(office.box)


def test_a_server_that_comes_back_is_waited_for(workspace, office):
    """After the second mail the line is lost, and the server is away twice."""
    watch, away = Watch(), []

    def server(mail):
        if office.connections and len(away) < 2:
            away.append(mail.host)
            raise ServerAway("smtp-unreachable", host=mail.host, port=mail.port, reason="refused")
        return open_session(mail)

    office.orders = {to("3102"): ["drop"]}
    results = workspace.send(office.port, letters("3101", "3102", "3103"), watch=watch, server=server)
    assert set(states(results).values()) == {SENT}
    assert office.connections == 2
    assert watch.slept == [5.0, 10.0, 5.0]  # twice for the server, once for the second mail's next turn


def test_over_an_encrypted_line_with_a_password(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, PASSWORD)
    authority = Authority(tmp_path, "Province CA")
    with post_office(starttls=authority.serving(HOST), login=True) as office:
        server = partial(open_session, trust=trusting(authority))
        results = workspace.send(
            office.port, letters("3101", "3102"), server=server, security="starttls", username=USER
        )
        assert set(states(results).values()) == {SENT}
        assert office.connections == 1
    assert PASSWORD not in (workspace.folder / JOURNAL).read_text(encoding="utf-8")


def test_a_server_that_can_not_be_used_stops_the_batch_at_once(workspace):
    watch = Watch()
    with pytest.raises(ServerFault) as caught:
        workspace.send(1, letters("3101"), watch=watch)
    assert caught.value.name == "smtp-unreachable"
    assert watch.slept == []
    assert workspace.states() == {}


def test_a_busy_server_is_asked_again(workspace):
    watch = Watch()
    with scripted({}, "421 too many connections") as port, pytest.raises(ServerFault) as caught:
        workspace.send(port, letters("3101"), watch=watch)
    assert caught.value.name == "smtp-answer"
    assert watch.slept == [5.0, 10.0, 20.0]


def test_a_refused_sender_stops_the_batch_and_leaves_nothing_unknown(workspace, office):
    with scripted({"MAIL": "553 not yours"}) as port, pytest.raises(KpibatchError) as caught:
        workspace.send(port, letters("3101", "3102"))
    assert caught.type is MailStopped
    assert "553 not yours" in caught.value.message("th")
    assert workspace.states() == {to("3101"): DEFERRED}
    workspace.send(office.port, letters("3101", "3102"))
    assert office.received() == {to("3101"): 1, to("3102"): 1}


def test_a_full_disk_sends_nothing(workspace, office, monkeypatch):
    workspace.send(office.port, letters("3101"))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(KpibatchError) as caught:
            workspace.send(office.port, letters("3101", "3102"))
    assert caught.type is MailJournalRefused
    assert workspace.states() == {to("3101"): SENT}
    workspace.send(office.port, letters("3101", "3102"))
    assert office.received() == {to("3101"): 1, to("3102"): 1}


def test_a_disk_that_fills_up_while_the_server_answers_leaves_the_mail_unknown(
    workspace, office, monkeypatch
):
    real, calls = os.fsync, []

    def full(descriptor):
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(KpibatchError):
            workspace.send(office.port, letters("3101", "3102"))
    assert workspace.states() == {to("3101"): UNKNOWN}
    workspace.send(office.port, letters("3101", "3102"))
    assert office.received() == {to("3101"): 1, to("3102"): 1}


# --- pace, interruption -------------------------------------------------------------------------------------


def test_no_more_than_so_many_a_minute(workspace, office):
    watch = Watch()
    begin = watch.now
    workspace.send(office.port, letters(*map(str, range(3101, 3131))), watch=watch, per_minute=30)
    assert len(watch.slept) == 29
    assert 57 < (watch.now - begin).total_seconds() < 59


def test_ctrl_c_between_two_mails_leaves_no_doubt(workspace, office):
    watch = Watch()
    watch.stop_at = 2
    five = letters("3101", "3102", "3103", "3104", "3105")
    with pytest.raises(KpibatchError) as caught:
        workspace.send(office.port, five, watch=watch)
    assert (caught.value.name, caught.value.facts) == ("mail-interrupted", {"sent": 2, "left": 3})
    assert workspace.states() == {to("3101"): SENT, to("3102"): SENT}
    workspace.send(office.port, five)
    assert set(office.received().values()) == {1}


@pytest.mark.skipif(sys.platform == "win32", reason="there a process can't send itself Ctrl-C")
def test_ctrl_c_within_a_mail_waits_for_its_end(workspace, office):
    def interrupt(kept):
        if kept == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)  # until it is noticed, while the mail is under way

    office.on_keep = interrupt
    with pytest.raises(KpibatchError) as caught:
        workspace.send(office.port, letters("3101", "3102", "3103"))
    assert caught.value.facts == {"sent": 2, "left": 1}
    assert workspace.states() == {to("3101"): SENT, to("3102"): SENT}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(sys.platform == "win32", reason="there a process can't send itself Ctrl-C")
def test_a_second_ctrl_c_breaks_in_and_the_mail_is_unknown(workspace, office):
    def twice(kept):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)

    office.on_keep = twice
    with pytest.raises(KpibatchError) as caught:
        workspace.send(office.port, letters("3101", "3102"))
    assert caught.value.facts == {"sent": 0, "left": 2}
    assert workspace.states() == {to("3101"): UNKNOWN}


class Crash(BaseException):
    """The end of the process, as far as the program can tell."""


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("call", range(1, 7))
def test_a_crash_at_any_write_leaves_nobody_out_and_nobody_twice(
    workspace, office, monkeypatch, call, written
):
    """Each mail is put on the disk before and after it is sent; the process ends before or after one of these
    writes.
    """
    real, calls = os.fsync, []

    def crash(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            return real(descriptor)
        calls.append(descriptor)
        if len(calls) == call and not written:
            raise Crash
        real(descriptor)
        if len(calls) == call:
            raise Crash

    three = letters("3101", "3102", "3103")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", crash)
        with pytest.raises(Crash):
            workspace.send(office.port, three)
    results = workspace.send(office.port, three)
    unknown = {one for one, state in states(results).items() if state is UNKNOWN}
    assert set(office.received().values()) == {1}
    assert set(office.received()) | unknown == {to("3101"), to("3102"), to("3103")}
    assert len(unknown) == (1 if call % 2 else 0)


# --- a whole province, and one killed again and again -------------------------------------------------------


def driver(workspace, port, again="", units=UNITS):
    """The sending process on its own."""
    root = Path(__file__).parents[2]
    here = root / "tests" / "shared"
    path = os.pathsep.join([str(root), str(here)])
    command = [
        sys.executable,
        str(here / "send_driver.py"),
        str(workspace.output),
        str(port),
        str(units),
        again,
    ]
    return subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"}, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_a_province_gets_its_mail_once(workspace, office):
    process = driver(workspace, office.port)
    assert process.communicate(timeout=60)[0].endswith(
        "878 sent, 0 sent before, 0 refused, 0 not sent yet, 0 unknown\n"
    )
    assert len(office.box) == UNITS == len(office.received())
    assert office.connections == 1


@pytest.mark.slow
def test_killed_at_random_moments_nobody_gets_it_twice_and_nobody_is_forgotten(workspace, office):
    chance = random.Random(2565)
    units = 130  # each stretch between two kills is as short; the whole province goes without one, above
    everybody = {to(str(code)) for code in range(1000, 1000 + units)}
    kills = 0
    while True:
        process = driver(workspace, office.port, units=units)
        target = len(office.box) + chance.randint(7, 40)
        while process.poll() is None and len(office.box) < target:
            time.sleep(0.0005)
        time.sleep(chance.random() * 0.01)
        if process.poll() is not None:
            break
        process.kill()
        process.communicate()
        kills += 1
        if kills == 2:
            workspace.lose_history()
        assert max(office.received().values()) == 1
    assert process.communicate()[0].splitlines()[0] == "sending"
    assert kills >= 3
    unknown = {one for one, state in workspace.states().items() if state is UNKNOWN}
    received = set(office.received())
    assert set(office.received().values()) == {1}
    assert received | unknown == everybody
    assert len(unknown) <= kills
    lost = sorted(one.split("@")[0] for one in unknown - received)
    process = driver(workspace, office.port, ",".join(lost), units)
    process.communicate(timeout=60)
    assert office.received() == dict.fromkeys(everybody, 1)
    print(f"{kills} kills, {len(unknown)} unknown, {len(lost)} of them never arrived")


def test_the_records_agree_after_all_that(workspace, office):
    office.orders = {to("3102"): ["451 later", "keep-drop"], to("3103"): ["550 no"]}
    workspace.send(office.port, letters("3101", "3102", "3103"))
    with opened(workspace.output / "history.sqlite") as connection:
        table = mail_status(connection, MONTH)
    assert {row.entry.key: row for row in read_journal(workspace.folder)} == {
        row.entry.key: row for row in table
    }
    with opened(workspace.output / "new.sqlite") as connection:
        assert restore(connection, [workspace.folder]) == 3
        assert mail_status(connection, MONTH) == table
