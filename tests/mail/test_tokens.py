"""A token in the place of a password, against a server that speaks XOAUTH2; and the name in EHLO."""

import base64
import sys
from pathlib import Path

import pytest
from mail_server import HOST, USER, TokenOffice, post_office, scripted, settings

from kpibatch.base.errors import ServerBusy, ServerFault
from kpibatch.mail import smtp
from kpibatch.mail.session import open_session
from kpibatch.months.outbox import State

EML = b"From: kpi@province.example\nTo: a@x.example\n\nhello\n"
GOOD, OLD = "ya29." + "a" * 2000 + "==", "ya29.old"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def command(tmp_path: Path, *tokens: str, more: str = "") -> tuple[str, ...]:
    """A program that prints these tokens, one each time it is run."""
    (tmp_path / "tokens").write_text("\n".join(tokens), encoding="utf-8")
    program = tmp_path / "token.py"
    program.write_text(
        "import pathlib, sys\n"
        "kept = pathlib.Path(__file__).with_name('tokens')\n"
        "first, *rest = kept.read_text().split('\\n')\n"
        "kept.write_text('\\n'.join(rest or [first]))\n"
        f"{more}\n"
        "print(first)\n",
        encoding="utf-8",
    )
    return (sys.executable, str(program))


def mail(port: int, program: tuple[str, ...], **more: object):
    return settings(port, username=USER, auth="xoauth2", token_command=program, **more)


def fault(of: object) -> ServerFault:
    with pytest.raises(ServerFault) as caught:
        open_session(of)  # type: ignore[arg-type]
    assert "\n" not in caught.value.message("th")
    return caught.value


@pytest.mark.parametrize(
    "token", [GOOD, OLD, "x" * 336, "x" * 337], ids=["long", "short", "fits", "too long"]
)
def test_a_token_as_long_as_it_may_be_lets_a_message_go(tmp_path: Path, token: str) -> None:
    """What does not fit into the command's line goes when the server asks for it."""
    with post_office(login=True, office=TokenOffice(token)) as office:
        session = open_session(mail(office.port, command(tmp_path, token)))
        assert session.send(EML, ["a@x.example"])["a@x.example"].state is State.SENT
        session.quit()
        assert (office.shown, len(office.box)) == ([token], 1)
        assert office.at_once == (len(token) < 337)


def test_an_expired_token_is_asked_for_once_anew(tmp_path: Path) -> None:
    with post_office(login=True, office=TokenOffice(GOOD)) as office:
        open_session(mail(office.port, command(tmp_path, OLD, GOOD))).quit()
        assert office.shown == [OLD, GOOD]
        assert office.answers == [b""], "the challenge that says why is answered by nothing"


@pytest.mark.parametrize(("tokens", "tried"), [((OLD,), 1), ((OLD, "ya29.older", GOOD), 2)])
def test_a_wrong_token_is_one_line_that_does_not_repeat_it(
    tmp_path: Path, tokens: tuple[str, ...], tried: int
) -> None:
    with post_office(login=True, office=TokenOffice(GOOD)) as office:
        told = fault(mail(office.port, command(tmp_path, *tokens)))
        assert told.name == "smtp-token-refused"
        assert len(office.shown) == tried, "the same token again would only lock the account"
        assert "535" in told.message("en")
        assert "ya29" not in told.message("en")


def test_a_server_that_repeats_the_token_is_not_quoted(tmp_path: Path) -> None:
    greeting = base64.b64encode(f"user={USER}\x01auth=Bearer {OLD}\x01\x01".encode()).decode()
    for echo in (OLD, greeting):
        script = {"EHLO": "250-here\r\n250 AUTH XOAUTH2", "AUTH": f"535 no {echo}"}
        with scripted(script) as port:
            assert fault(mail(port, command(tmp_path, OLD))).facts["answer"] == "535"


def test_refused_for_now_is_not_asked_anew(tmp_path: Path) -> None:
    with scripted({"EHLO": "250-here\r\n250 AUTH XOAUTH2", "AUTH": "454 later"}) as port:
        assert isinstance(fault(mail(port, command(tmp_path, OLD, GOOD))), ServerBusy)
    assert (tmp_path / "tokens").read_text(encoding="utf-8") == GOOD


def test_a_challenge_that_is_none_and_a_server_without_tokens(tmp_path: Path) -> None:
    with scripted({"EHLO": "250-here\r\n250 AUTH XOAUTH2", "AUTH": "334 ä"}) as port:
        assert fault(mail(port, command(tmp_path, OLD))).name == "smtp-token-refused"
    with scripted({"EHLO": "250-here\r\n250 AUTH PLAIN LOGIN"}) as port:
        assert fault(mail(port, command(tmp_path, OLD))).name == "smtp-no-xoauth2"


def test_a_token_never_goes_out_in_the_clear(tmp_path: Path) -> None:
    told = fault(mail(25, command(tmp_path, GOOD), host="mail.province.example"))
    assert told.name == "smtp-unencrypted"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ("sys.exit(3)", "smtp-token-none"),
        ("print('Please sign in:')", "smtp-token-none"),
        ("first = ''", "smtp-token-none"),
        ("import time; time.sleep(9)", "smtp-token-late"),
    ],
)
def test_a_program_that_gives_no_token_is_named(tmp_path: Path, more: str, name: str) -> None:
    seconds = 0.5 if name == "smtp-token-late" else 60.0
    with post_office(login=True, office=TokenOffice(GOOD)) as office:
        told = fault(mail(office.port, command(tmp_path, GOOD, more=more), timeout_seconds=seconds))
        assert told.name == name
        assert sys.executable in told.message("en")
        assert office.connections == 0, "no line is opened without a token"


@pytest.mark.parametrize("program", [("/no/such/program",), ("nul\0name",)])
def test_a_program_that_cannot_be_run_is_named(program: tuple[str, ...]) -> None:
    assert fault(mail(25, program)).name == "smtp-token-program"


def test_what_is_not_set_is_said() -> None:
    assert fault(mail(25, ())).facts["key"] == "token_command"
    assert fault(settings(25, auth="xoauth2", token_command=("x",))).facts["key"] == "username"


def test_no_shell_reads_the_command_and_its_stderr_goes_to_the_terminal_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    more = "print('open https://sign.in.example', sys.argv[1:], file=sys.stderr); sys.exit(1)"
    program = (*command(tmp_path, GOOD, more=more), "$HOME", "; exit 0")
    told = fault(mail(25, program))
    assert "['$HOME', '; exit 0']" in capfd.readouterr().err
    assert "sign.in" not in str(told.facts)


# --- the name in EHLO ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("pc7.province.example", "pc7.province.example"),
        ("localhost", f"[{HOST}]"),
        ("PC7", f"[{HOST}]"),
        ("พีซี.จังหวัด", f"[{HOST}]"),
        ("pc7.local", f"[{HOST}]"),
        ("localhost.localdomain", f"[{HOST}]"),
        ("7.1.168.192.in-addr.arpa", f"[{HOST}]"),
        ("192.168.1.7", f"[{HOST}]"),
    ],
)
def test_the_computers_own_name_where_it_is_a_whole_one_else_its_address(
    monkeypatch: pytest.MonkeyPatch, name: str, greeted: str
) -> None:
    monkeypatch.setattr(smtp.socket, "getfqdn", lambda: name)
    smtp._whole_name.cache_clear()
    with post_office() as office:
        open_session(settings(office.port)).quit()
        assert office.greeted == [greeted]
    smtp._whole_name.cache_clear()


def test_the_name_may_be_set() -> None:
    with post_office() as office:
        for name in ("mail7.province.example", "[192.0.2.7]", "[IPv6:2001:db8::7]"):
            open_session(settings(office.port, helo=name)).quit()
        assert office.greeted == ["mail7.province.example", "[192.0.2.7]", "[IPv6:2001:db8::7]"]
        for name in ("pc7", "a b.example", "จังหวัด.ไทย", "[1.2.3.4 x]"):
            assert fault(settings(office.port, helo=name)).name == "smtp-helo"
