"""What may be sent, and that it is on record twice, before and after: no content goes to the same person
twice, whatever happened.
"""

import csv
import os
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpibatch.base.errors import KpibatchError, MailElsewhere, MailJournalDamaged, MailJournalRefused
from kpibatch.base.month_files import JOURNAL
from kpibatch.months.database import opened, transaction
from kpibatch.months.journal import COLUMNS, Outbox, mail_status, mails_of, read_journal, restore
from kpibatch.months.outbox import Entry, Row, State, decide, is_superseded, prospects, state_after

MONTH = "2565-06"
BEGIN = datetime(2022, 7, 1, 9, 0, tzinfo=UTC)
SENT, SENDING, UNKNOWN, REFUSED, DEFERRED = (
    State.SENT,
    State.SENDING,
    State.UNKNOWN,
    State.REFUSED,
    State.DEFERRED,
)


def entry(content="A", recipient="a@x.example", unit="3101", kind="summary"):
    return Entry(MONTH, unit, kind, recipient, content, "สรุปผล, “มิถุนายน”")


def row(
    state, content="A", recipient="a@x.example", *, revision=0, at=0, unit="3101", detail="550 “no”, said it"
):
    return Row(entry(content, recipient, unit), revision, state, 1, BEGIN + timedelta(seconds=at), detail)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "output" / MONTH


@pytest.fixture
def connection(folder):
    with opened(folder.parent / "history.sqlite") as connection:
        yield connection


# --- the decision -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "untold", "told"),
    [
        (None, True, True),
        (DEFERRED, True, True),
        (REFUSED, False, True),
        (SENDING, False, True),
        (UNKNOWN, False, True),
        (SENT, False, False),
    ],
)
def test_who_is_sent_to(state, untold, told):
    history = [row(state)] if state else []
    for again, expected in ((False, untold), (True, told)):
        decision = decide(history, [entry()], again=again)
        assert decision.send == ((entry(),) if expected else ())
        assert decision.settled == (() if expected else tuple(history))


def test_only_those_of_a_letter_who_have_it_not():
    history = [row(SENT), row(DEFERRED, recipient="b@x.example")]
    wanted = [entry(), entry(recipient="b@x.example"), entry(recipient="c@x.example")]
    assert [one.recipient for one in decide(history, wanted).send] == ["b@x.example", "c@x.example"]


@pytest.mark.parametrize(
    ("history", "revision"),
    [
        ([], 0),
        ([row(DEFERRED, "A"), row(REFUSED, "B")], 0),
        ([row(SENT, "A")], 1),
        ([row(UNKNOWN, "A")], 1),
        ([row(SENDING, "A")], 1),
        ([row(SENT, "A"), row(REFUSED, "B", revision=1)], 1),
        ([row(SENT, "A"), row(SENT, "B", revision=1)], 2),
        ([row(SENT, "A"), row(SENT, "C", "b@x.example", revision=1), row(SENT, "D", revision=2)], 1),
    ],
)
def test_changed_content_is_a_revision_of_what_may_have_gone(history, revision):
    assert decide(history, [entry("C")]).revision == revision


def test_content_that_goes_back_to_what_was_sent_is_told():
    history = [row(SENT, "A"), row(SENT, "B", revision=1)]
    assert decide(history, [entry("A")]).send == ()
    assert [is_superseded(one, history) for one in history] == [True, False]
    assert not is_superseded(history[0], [history[0], row(SENT, "B", "b@x.example", revision=1)])


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ([], "draft"),
        ([row(SENT)], "sent"),
        ([row(REFUSED)], "refused"),
        ([row(UNKNOWN)], "unknown"),
        ([row(SENDING)], "unknown"),
        ([row(DEFERRED)], "deferred"),
        ([row(SENT, "B")], "correction"),
        ([row(UNKNOWN, "B")], "correction"),
        ([row(REFUSED, "B")], "draft"),
        ([row(SENT), row(SENT, "B", revision=1)], "superseded"),
    ],
)
def test_what_sending_would_do_is_what_it_does(history, told):
    assert prospects(history, [entry()]) == {"a@x.example": told}
    goes = told in ("draft", "correction", "deferred")
    assert bool(decide(history, [entry()]).send) == goes


def test_a_failure_does_not_tell_whether_the_attempt_before_had_gone():
    assert (
        state_after(row(UNKNOWN), REFUSED)
        is state_after(row(SENDING), DEFERRED)
        is state_after(None, UNKNOWN)
        is UNKNOWN
    )
    assert state_after(row(UNKNOWN), SENT) is SENT
    assert state_after(row(REFUSED), DEFERRED) is state_after(None, DEFERRED) is DEFERRED


OUTCOMES = st.sampled_from(
    [SENT, REFUSED, DEFERRED, UNKNOWN, None]
)  # None: the program died before the outcome was on record
STEPS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.lists(OUTCOMES, min_size=3, max_size=3), st.booleans()), max_size=25
)


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(STEPS)
def test_whatever_happens_nothing_is_sent_twice_and_nothing_unknown_untold(steps):
    """Any sequence of contents, outcomes, crashes, and being told to send again."""
    people = ["a@x.example", "b@x.example", "c@x.example"]
    records, accepted, numbers = {}, Counter(), {}
    for content, outcomes, again in steps:
        wanted = [entry(content, one) for one in people]
        decision = decide(records.values(), wanted, again=again)
        assert {*decision.send, *(one.entry for one in decision.settled)} == set(wanted)
        for one, told in zip(decision.send, outcomes, strict=False):
            before = records.get(one.key)
            assert again or before is None or before.state is DEFERRED
            state = state_after(before, told) if told else SENDING
            records[one.key] = Row(one, decision.revision, state, 1, BEGIN, "")
            accepted[one.key] += told is SENT
            if records[one.key].may_have_gone:
                assert numbers.setdefault(content, decision.revision) == decision.revision
    assert max(accepted.values(), default=0) <= 1
    assert len(set(numbers.values())) == len(numbers)


# --- on record ----------------------------------------------------------------------------------------------


def test_a_state_is_in_the_table_and_in_the_journal(connection, folder):
    outbox = Outbox(connection, folder)
    outbox.claim((), [row(SENDING), row(SENDING, recipient="b@x.example")])
    outbox.record([row(SENT, at=1)])
    expected = (row(SENT, at=1), row(SENDING, recipient="b@x.example"))
    assert outbox.history(MONTH, "3101", "summary") == expected
    assert read_journal(folder) == expected
    with (folder / JOURNAL).open(encoding="utf-8-sig", newline="") as lines:
        assert [line[7] for line in csv.reader(lines)] == ["state", "sending", "sending", "sent"]
    assert (folder / JOURNAL).read_bytes().startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n")


def test_a_claim_on_what_somebody_else_changed_is_refused(connection, folder):
    outbox = Outbox(connection, folder)
    outbox.claim((), [row(SENDING)])
    with pytest.raises(KpibatchError) as caught:
        outbox.claim((), [row(SENDING)])
    assert caught.type is MailElsewhere
    assert len((folder / JOURNAL).read_text(encoding="utf-8").splitlines()) == 2


def test_a_lost_history_comes_back_from_the_journals(connection, folder):
    other = folder.with_name("2565-05")
    Outbox(connection, folder).record([row(SENT), row(REFUSED, "B")])
    Outbox(connection, other).record([replace(row(SENT), entry=replace(entry(), month="2565-05"))])
    lost = mails_of(connection, MONTH) + mails_of(connection, "2565-05")
    with opened(folder.parent / "new.sqlite") as new:
        assert restore(new, [folder, other, folder.with_name("2565-04")]) == 3
        assert mails_of(new, MONTH) + mails_of(new, "2565-05") == lost
        assert restore(new, [folder, other]) == 0


@pytest.mark.parametrize(
    ("table", "journal", "expected"),
    [
        (row(SENDING, at=1), row(SENT, at=2), SENT),
        (row(SENT, at=2), row(SENDING, at=1), SENT),
        (row(DEFERRED, at=1), row(SENDING, at=2), SENDING),
        (row(SENDING, at=2), row(DEFERRED, at=1), SENDING),
        (row(SENT, at=1), row(DEFERRED, at=2), SENT),
        (row(DEFERRED, at=2), row(SENT, at=1), SENT),
        (None, row(UNKNOWN), UNKNOWN),
        (row(UNKNOWN), None, UNKNOWN),
    ],
)
def test_the_newer_record_counts_and_sent_always(connection, folder, table, journal, expected):
    with opened(folder.parent / "other.sqlite") as other:
        if journal:
            Outbox(other, folder).record([journal])
    with opened(folder.parent / "third.sqlite") as third:
        if table:
            Outbox(third, folder.with_name("elsewhere")).record([table])
        Outbox(third, folder).reconcile()
        assert [one.state for one in mails_of(third, MONTH)] == [expected]
        assert [one.state for one in read_journal(folder)] == [expected]
        size = (folder / JOURNAL).stat().st_size
        Outbox(third, folder).reconcile()
        assert (folder / JOURNAL).stat().st_size == size


def test_a_line_cut_off_at_any_byte_is_as_if_never_written(connection, folder):
    outbox, path = Outbox(connection, folder), folder / JOURNAL
    outbox.record([row(SENDING)])
    whole = path.read_bytes()
    outbox.record([row(SENT, at=1)])
    longer = path.read_bytes()
    for end in range(len(longer)):
        path.write_bytes(longer[:end])
        assert read_journal(folder) == ((row(SENDING),) if end >= len(whole) else ())
        outbox.record([row(REFUSED, "B", at=2)])
        assert read_journal(folder) == (
            *((row(SENDING),) if end >= len(whole) else ()),
            row(REFUSED, "B", at=2),
        )


@pytest.mark.parametrize(
    "line",
    [
        "2565-06,3101,summary",
        "2565-06,3101,summary,a@x.example,A,0,s,posted,1,2022-07-01T09:00:00+00:00,d",
        '"',
    ],
)
def test_a_journal_that_was_tampered_with_stops_the_sending(connection, folder, line):
    outbox = Outbox(connection, folder)
    outbox.record([row(SENDING)])
    with (folder / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write(line + "\n")
    with pytest.raises(KpibatchError) as caught:
        outbox.reconcile()
    assert caught.type is MailJournalDamaged
    assert caught.value.facts["line"] == 3


def test_nothing_is_on_record_where_the_disk_refuses(connection, folder, monkeypatch):
    outbox = Outbox(connection, folder)
    outbox.record([row(DEFERRED)])
    before = (folder / JOURNAL).read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KpibatchError) as caught:
        outbox.claim(outbox.history(MONTH, "3101", "summary"), [row(SENDING, at=1)])
    assert caught.type is MailJournalRefused
    assert (folder / JOURNAL).read_bytes() == before
    assert mails_of(connection, MONTH) == (row(DEFERRED),)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit on a file's size")
def test_half_a_line_on_a_full_disk_is_taken_back(connection, folder):
    """A real limit on a file's size: the journal may grow by ten bytes more, the smaller history by all it
    needs.
    """
    import resource

    outbox, path = Outbox(connection, folder), folder / JOURNAL
    outbox.record([row(DEFERRED, detail="x" * 1_000_000)])
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with transaction(connection):
        connection.execute("UPDATE mails SET detail = 'x'")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before, (soft, hard) = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
    try:
        with pytest.raises(KpibatchError) as caught:
            outbox.record([row(SENT, at=1)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.type is MailJournalRefused
    assert path.read_bytes() == before
    assert [one.state for one in mails_of(connection, MONTH)] == [DEFERRED]


def test_status_shows_each_mails_newest_state(connection, folder):
    rows = [
        row(SENT, "A"),
        row(SENDING, "B", revision=1, at=5),
        row(REFUSED, recipient="b@x.example"),
        row(SENT, unit="3102"),
    ]
    Outbox(connection, folder).record(rows)
    shown = [
        (one.entry.unit, one.entry.recipient, one.state, one.revision)
        for one in mail_status(connection, MONTH)
    ]
    assert shown == [
        ("3101", "a@x.example", UNKNOWN, 1),
        ("3101", "b@x.example", REFUSED, 0),
        ("3102", "a@x.example", SENT, 0),
    ]


def test_mails_of_nobodys_unit_are_their_own(connection, folder):
    """The province's own mail has no unit."""
    Outbox(connection, folder).record([row(SENT), row(SENT, unit="")])
    assert [one.entry.unit for one in mails_of(connection, MONTH, "", "summary")] == [""]
