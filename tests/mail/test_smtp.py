"""The conversation with the mail server: what is checked before anything is said, and what each break means
for the message.
"""

import base64

import keyring
import keyring.errors
import pytest
from certificates import Authority, trusting
from mail_server import HOST, PASSWORD, USER, free_port, post_office, scripted, settings

from kpibatch.base.errors import KpibatchError, ServerAway, ServerBusy, ServerFault, SmtpNoPassword
from kpibatch.mail.password import VARIABLE
from kpibatch.mail.session import open_session
from kpibatch.months.outbox import State

EML = b"From: kpi@province.example\nTo: a@x.example\nSubject: =?utf-8?b?4Liq?=\n\nhello\n.\n..two\nend"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

THAI_DOMAIN = "จังหวัด".encode("idna").decode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "Province CA")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("stranger"), "Stranger CA")


@pytest.fixture(autouse=True)
def _no_password(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda service, user: None)


def send(mail, *recipients, context=None, eml=EML):
    """One message in a session of its own: state by recipient, and the answers."""
    session = open_session(mail, context)
    answers = session.send(eml, recipients)
    session.quit()
    return {to: answer.state for to, answer in answers.items()}, answers


def fault(mail, context=None):
    """The fault that keeps a session from coming about: its kind, its name, its Thai line."""
    with pytest.raises(ServerFault) as caught:
        open_session(mail, context)
    line = caught.value.message("th")
    assert "\n" not in line
    assert line != caught.value.message("en")
    return type(caught.value), caught.value.name, line


# --- encryption ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_message_goes_out_encrypted_and_logged_in(authority, monkeypatch, security):
    monkeypatch.setenv(VARIABLE, PASSWORD)
    with post_office(**{security: authority.serving(HOST)}, login=security == "starttls") as office:
        user = USER if security == "starttls" else ""
        states, _ = send(
            settings(office.port, security=security, username=user),
            "a@x.example",
            context=trusting(authority),
        )
        assert states == {"a@x.example": State.SENT}
        assert office.box[0].sender == "kpi@province.example"
        assert office.box[0].content.splitlines()[-4:] == [b"hello", b".", b"..two", b"end"]


def test_the_root_certificate_may_come_from_the_environment(authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with post_office(tls=authority.serving(HOST)) as office:
        assert send(settings(office.port, security="tls"), "a@x.example")[0] == {"a@x.example": State.SENT}


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("name", "expired", "trusted", "expected"),
    [
        (HOST, True, True, "smtp-certificate-expired"),
        (HOST, False, False, "smtp-certificate-foreign"),
        ("other.example", False, True, "smtp-certificate-name"),
    ],
)
def test_a_certificate_that_does_not_hold_stops_everything(
    authority, stranger, monkeypatch, security, name, expired, trusted, expected
):
    monkeypatch.setenv(VARIABLE, PASSWORD)
    with post_office(**{security: authority.serving(name, expired=expired)}) as office:
        mail = settings(office.port, security=security, username=USER)
        kind, told, line = fault(mail, trusting(authority if trusted else stranger))
        assert (kind, told) == (ServerFault, expected)
        assert HOST in line
        assert not office.box


def test_the_host_name_is_checked_by_name_too(authority):
    with post_office(tls=authority.serving("localhost")) as office:
        assert send(
            settings(office.port, security="tls", host="localhost"),
            "a@x.example",
            context=trusting(authority),
        )[0]
        assert fault(settings(office.port, security="tls"), trusting(authority))[1] == "smtp-certificate-name"


def test_no_starttls_no_mail():
    with post_office() as office:
        assert fault(settings(office.port, security="starttls", username=""))[:2] == (
            ServerFault,
            "smtp-no-starttls",
        )


@pytest.mark.slow
def test_tls_at_a_plain_port_and_plain_at_a_tls_port(authority):
    with post_office() as office:
        assert fault(settings(office.port, security="tls", timeout_seconds=1.0))[1] in (
            "smtp-not-tls",
            "smtp-silent",
        )
    with post_office(tls=authority.serving(HOST)) as office:
        assert fault(settings(office.port, security="starttls", timeout_seconds=0.5))[1] in (
            "smtp-silent",
            "smtp-hung-up",
        )


def test_starttls_that_is_promised_and_refused():
    with scripted({"EHLO": "250-here\r\n250 STARTTLS", "STARTTLS": "454 not now"}) as port:
        assert fault(settings(port, security="starttls"))[:2] == (ServerBusy, "smtp-answer")


# --- login --------------------------------------------------------------------------------------------------


def test_a_password_never_goes_out_in_the_clear(monkeypatch):
    monkeypatch.setenv(VARIABLE, PASSWORD)
    assert fault(settings(25, host="mail.province.example", username=USER))[1] == "smtp-unencrypted"
    with post_office(login=True) as office:  # this machine only
        assert send(settings(office.port, username=USER), "a@x.example")[0] == {"a@x.example": State.SENT}
        assert send(settings(office.port, username=USER, host="localhost"), "a@x.example")[0] == {
            "a@x.example": State.SENT
        }


def test_the_password_may_be_in_the_keyring(monkeypatch):
    asked = []
    monkeypatch.setattr(keyring, "get_password", lambda *names: asked.append(names) or PASSWORD)
    with post_office(login=True) as office:
        send(settings(office.port, username=USER), "a@x.example")
        monkeypatch.setenv(VARIABLE, PASSWORD)
        send(settings(office.port, username=USER), "a@x.example")
    assert asked == [("kpibatch", USER)]


@pytest.mark.parametrize(
    "reason", [None, keyring.errors.NoKeyringError(), keyring.errors.KeyringLocked(), RuntimeError("D-Bus")]
)
def test_no_password_anywhere_is_said_at_once(monkeypatch, reason):
    def ask(*_):
        if reason:
            raise reason

    monkeypatch.setattr(keyring, "get_password", ask)
    with pytest.raises(KpibatchError) as caught:
        open_session(settings(free_port(), username=USER))
    assert caught.type is SmtpNoPassword


def test_a_wrong_password_stops_everything_and_is_not_repeated(monkeypatch):
    monkeypatch.setenv(VARIABLE, "wrong-one")
    with post_office(login=True) as office:
        kind, name, line = fault(settings(office.port, username=USER))
    assert (kind, name) == (ServerFault, "smtp-login-refused")
    assert "535" in line
    assert "wrong-one" not in line


@pytest.mark.parametrize(
    "echo", ["pw-123", base64.b64encode(b"\0kpi\0pw-123").decode(), base64.b64encode(b"pw-123").decode()]
)
def test_a_server_that_repeats_the_password_is_not_quoted(monkeypatch, echo):
    monkeypatch.setenv(VARIABLE, "pw-123")
    with scripted({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": f"535 bad {echo}"}) as port:
        line = fault(settings(port, username=USER))[2]
    assert echo not in line
    assert "“535”" in line


def test_login_put_off_login_not_offered_and_letters_that_do_not_go(monkeypatch):
    monkeypatch.setenv(VARIABLE, "รหัส")
    offered = {"EHLO": "250-here\r\n250 AUTH PLAIN LOGIN", "AUTH": "454 later"}
    with scripted(offered) as port:
        _, name, line = fault(settings(port, username=USER))
        assert name == "smtp-password-letters"
        assert "รหัส" not in line.replace("รหัสผ่าน", "")
        monkeypatch.setenv(VARIABLE, "pw")
        assert fault(settings(port, username=USER))[:2] == (ServerBusy, "smtp-login-refused")
    with scripted({"EHLO": "250 here"}) as port:
        assert fault(settings(port, username=USER))[1] == "smtp-no-login"
    with scripted({"EHLO": "250-here\r\n250 AUTH GSSAPI"}) as port:
        assert fault(settings(port, username=USER))[1] == "smtp-no-login"


# --- reaching the server ------------------------------------------------------------------------------------


def test_what_is_not_set_is_said():
    assert "host" in fault(settings(25, host=""))[2]
    assert "from" in fault(settings(25, sender=""))[2]


@pytest.mark.slow
def test_no_such_host_nobody_there_silence_and_refusals():
    assert fault(settings(25, host="no-such-host.invalid"))[:2] == (ServerAway, "smtp-unknown-host")
    assert fault(settings(25, host="a..b"))[:2] == (ServerAway, "smtp-unknown-host")
    assert fault(settings(free_port()))[:2] == (ServerAway, "smtp-unreachable")
    for greeting, expected in [
        ("", (ServerAway, "smtp-silent")),
        ("hang up", (ServerAway, "smtp-hung-up")),
        ("421 too many", (ServerBusy, "smtp-answer")),
        ("554 go away \x1b[31m", (ServerFault, "smtp-answer")),
        ("SSH-2.0-server", (ServerFault, "smtp-answer")),
    ]:
        with scripted({}, greeting) as port:
            *told, line = fault(settings(port, timeout_seconds=0.3))
            assert tuple(told) == expected
            assert "\x1b" not in line


# --- one message --------------------------------------------------------------------------------------------


def test_each_recipient_has_an_answer_and_the_others_get_the_mail():
    with post_office() as office:
        office.orders = {"no@x.example": ["550 5.1.1 unknown user"], "later@x.example": ["451 greylisted"]}
        states, answers = send(
            settings(office.port), "a@x.example", "no@x.example", "later@x.example", "b@x.example"
        )
        assert states == {
            "a@x.example": State.SENT,
            "b@x.example": State.SENT,
            "no@x.example": State.REFUSED,
            "later@x.example": State.DEFERRED,
        }
        assert office.box[0].recipients == ("a@x.example", "b@x.example")
        assert "550 5.1.1 unknown user" in answers["no@x.example"].text("th")


def test_after_a_refusal_the_session_takes_the_next_message():
    with post_office() as office:
        office.orders = {"a@x.example": ["550 no", "data 452 full", "end 554 spam", "end 451 busy"]}
        session = open_session(settings(office.port))
        states = [session.send(EML, ["a@x.example"])["a@x.example"].state for _ in range(5)]
        assert states == [State.REFUSED, State.DEFERRED, State.REFUSED, State.DEFERRED, State.SENT]
        assert session.open
        session.quit()
        assert (office.connections, len(office.box)) == (1, 1)


@pytest.mark.parametrize("order", ["drop", "drop-body"])
def test_a_line_lost_before_the_message_was_through_is_safe(order):
    with post_office() as office:
        office.orders = {"a@x.example": [order]}
        states, _ = send(settings(office.port), "a@x.example", eml=EML * 50_000)
        assert states == {"a@x.example": State.DEFERRED}
        assert not office.box


@pytest.mark.parametrize(("order", "kept"), [("keep-drop", 1), ("lose-drop", 0)])
def test_a_line_lost_after_the_message_was_through_leaves_it_unknown(order, kept):
    with post_office() as office:
        office.orders = {"a@x.example": [order], "no@x.example": ["550 no"]}
        session = open_session(settings(office.port))
        answers = session.send(EML, ["no@x.example", "a@x.example"])
        assert {to: answer.state for to, answer in answers.items()} == {
            "a@x.example": State.UNKNOWN,
            "no@x.example": State.REFUSED,
        }
        assert not session.open
        assert not session.alive()
        assert len(office.box) == kept


SAFE, UNSURE, NO = State.DEFERRED, State.UNKNOWN, State.REFUSED


@pytest.mark.parametrize(
    ("command", "reply", "state"),
    [
        ("MAIL", "421 closing", SAFE),
        ("MAIL", "451 later", SAFE),
        ("MAIL", "552 too large", NO),
        ("MAIL", "hang up", SAFE),
        ("MAIL", "", SAFE),
        ("RCPT", "421 closing", SAFE),
        ("RCPT", "hang up", SAFE),
        ("RCPT", "what?", SAFE),
        ("DATA", "421 closing", SAFE),
        ("DATA", "554 no valid recipients", NO),
        ("DATA", "250 what?", SAFE),
        ("DATA", "hang up", SAFE),
        (".", "421 closing", SAFE),
        (".", "452 full", SAFE),
        (".", "552 too large", NO),
        (".", "hang up", UNSURE),
        (".", "", UNSURE),
        (".", "354 what?", UNSURE),
        (".", "what?", UNSURE),
        (".", "250 " + "x" * 9000, UNSURE),
        (".", "250 fine", State.SENT),
    ],
)
def test_what_each_reply_means_at_each_step(command, reply, state):
    with scripted({command: reply}) as port:
        session = open_session(settings(port, timeout_seconds=0.05 if not reply else 5.0))
        answer = session.send(EML, ["a@x.example"])["a@x.example"]
        assert answer.state is state
        assert session.open == (
            reply[:3].isdigit()
            and reply[:3] not in ("421", "354")
            and state is not UNSURE
            and reply != "250 what?"
        )
        session.quit()


def test_a_sender_the_server_refuses_stops_everything():
    with scripted({"MAIL": "553 not yours"}) as port:
        session = open_session(settings(port))
        with pytest.raises(ServerFault) as caught:
            session.send(EML, ["a@x.example"])
        assert caught.value.name == "smtp-sender-refused"
        assert "553 not yours" in str(caught.value)


def test_a_message_above_the_servers_size_is_not_sent():
    with post_office(size=1_000_000) as office:
        states, answers = send(settings(office.port), "a@x.example", eml=EML + b"x" * 2_000_000)
        assert states == {"a@x.example": State.REFUSED}
        assert "2.0" in answers["a@x.example"].text("th")
        assert "1.0" in answers["a@x.example"].text("th")
        assert send(settings(office.port), "a@x.example")[0] == {"a@x.example": State.SENT}
        assert len(office.box) == 1


def test_the_sender_is_the_address_alone_its_domain_as_servers_know_it():
    with post_office() as office:
        send(settings(office.port, sender="จังหวัด <kpi@จังหวัด.example>"), "a@x.example")
        assert office.box[0].sender == f"kpi@{THAI_DOMAIN}.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "no",
        "a@b\r\nRCPT TO:<x@y.example>",
        "a b@x.example",
        "@x",
        "a@x.example, b@x.example",
        "<>",
        "ก <a@b>",
        "a(c)@b",
        "อำเภอ@x.example",
        "a@อำเภอ.example",
    ],
)
def test_what_is_no_address_is_refused_here(address):
    with post_office() as office:
        states, _ = send(settings(office.port), address, "a@x.example")
        assert states == {address: State.REFUSED, "a@x.example": State.SENT}
        assert office.box[0].recipients == ("a@x.example",)


@pytest.mark.slow
def test_a_large_message_arrives_whole():
    body = b"".join(b".%d\r\n" % number for number in range(300_000))
    with post_office() as office:
        send(settings(office.port), "a@x.example", eml=b"Subject: x\r\n\r\n" + body)
        assert office.box[0].content == b"Subject: x\r\n\r\n" + body
