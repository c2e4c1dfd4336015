"""A mail's bytes, parsed back as mail programs of several kinds do."""

import email
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpibatch.base.config import MailServer
from kpibatch.base.errors import KpibatchError
from kpibatch.mail.message import BANGKOK, RESULT, Attachment, Message, as_eml, one_line

MAIL = MailServer(
    sender="สำนักงานพัฒนาชุมชน, จังหวัดบุรีรัมย์ <kpi@buriram.example>", reply_to="reply@buriram.example"
)
MOMENT = datetime(2022, 7, 5, 9, 30, tzinfo=BANGKOK)
THAI = "3101 เมืองบุรีรัมย์ (ฉบับแก้ไข).xlsx"
POLICIES = {
    "default": policy.default,
    "SMTP": policy.SMTP,
    "SMTPUTF8": policy.SMTPUTF8,
    "compat32": policy.compat32,
}


def mail(**changes: object) -> Message:
    files = (Attachment(THAI, b"PK\x03\x04 one", "3101"), Attachment("plain.xlsm", b"two", "3101"))
    usual = Message(
        "2565-06",
        "3101",
        RESULT,
        ("a@b.example", "c@d.example"),
        ("e@f.example",),
        "ผลเดือนมิถุนายน",
        "สวัสดี\nครับ\n",
        "<p>ดี</p>\n",
        files,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def parsed(raw: bytes, kind: str = "default") -> EmailMessage:
    return email.message_from_bytes(raw, policy=POLICIES[kind])  # type: ignore[return-value]


def text_of(header: object) -> str:
    return str(make_header(decode_header(str(header))))


@pytest.mark.parametrize("kind", POLICIES)
def test_headers_and_thai_names_of_files_come_back(kind: str) -> None:
    back = parsed(as_eml(mail(), MAIL, MOMENT), kind)
    assert not back.defects
    assert text_of(back["Subject"]) == "ผลเดือนมิถุนายน"
    assert back["From"].endswith("<kpi@buriram.example>")
    assert (back["To"], back["Cc"], back["Reply-To"]) == (
        "a@b.example, c@d.example",
        "e@f.example",
        "reply@buriram.example",
    )
    assert back["Date"] == "Tue, 05 Jul 2022 09:30:00 +0700"
    files = [part for part in back.walk() if part.get_content_disposition() == "attachment"]
    assert [part.get_filename() for part in files] == [THAI, "plain.xlsm"]
    assert [part.get_payload(decode=True) for part in files] == [b"PK\x03\x04 one", b"two"]
    assert files[0].get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_the_senders_name_is_encoded_by_the_book() -> None:
    """Read by the older parser: the newer one puts a space between two encoded words of a name."""
    assert text_of(parsed(as_eml(mail(), MAIL, MOMENT), "compat32")["From"]) == MAIL.sender
    short = MailServer(sender="พช.บุรีรัมย์ <kpi@buriram.example>")
    assert str(parsed(as_eml(mail(), short, MOMENT))["From"]) == '"พช.บุรีรัมย์" <kpi@buriram.example>'


@pytest.mark.parametrize(
    "name",
    [
        "สำนักงานจังหวัด",
        "ที่ทำการปกครองอำเภอเฉลิมพระเกียรติ ฝ่ายความมั่นคง ศูนย์อำนวยการขจัดความยากจนและพัฒนาชนบท",
        'Office "A", Division; <x@y.example>',
        "=?utf-8?b?4Liq?=",
        "Lahan Sai",
    ],
)
def test_the_units_name_stands_beside_each_of_its_addresses(name: str) -> None:
    long = f"{'a' * 60}@{'b' * 60}.example"
    raw = as_eml(mail(name=name, to=("a@b.example", long), copies=("e@f.example",)), MAIL, MOMENT)
    back = parsed(raw)
    assert not back.defects
    assert [each.addr_spec for each in back["To"].addresses] == ["a@b.example", long]
    # by the older parser: the newer one puts a space between two encoded words of a name
    old = getaddresses([str(parsed(raw, "compat32")["To"])])
    assert [(text_of(shown), address) for shown, address in old] == [(name, "a@b.example"), (name, long)]
    assert back["Cc"] == "e@f.example"
    assert max(map(len, raw.split(b"\r\n\r\n")[0].splitlines())) < 150


def test_a_name_is_no_part_of_what_is_said() -> None:
    """Else every mail would go again as a correction once the program tells names."""
    assert mail(name="สำนักงานจังหวัด").content == mail().content


def test_a_name_can_add_no_header_and_no_address() -> None:
    for name in ("a\r\nBcc: z@z.example", "x>, <z@z.example", "ก\nBcc: z@z.example", "\u202e"):
        back = parsed(as_eml(mail(name=name, to=("a@b.example",)), MAIL, MOMENT))
        assert back["Bcc"] is None
        assert [each.addr_spec for each in back["To"].addresses] == ["a@b.example"]


def test_bodies_come_back_as_alternatives() -> None:
    back = parsed(as_eml(mail(), MAIL, MOMENT))
    plain, html = back.get_body(("plain",)), back.get_body(("html",))
    assert plain
    assert html
    assert plain.get_content().replace("\r\n", "\n") == "สวัสดี\nครับ\n"
    assert html.get_content().strip() == "<p>ดี</p>"
    assert parsed(as_eml(mail(attachments=()), MAIL, MOMENT)).get_content_type() == "multipart/alternative"


def test_names_of_files_are_written_for_new_programs_and_for_old_outlook() -> None:
    """RFC 2231 in one piece, RFC 2047 in ``name=``, and no plain ``filename=`` that would win over them."""
    raw = as_eml(mail(), MAIL, MOMENT).decode("ascii")
    head = raw[raw.index("Content-Type: application/vnd") :].partition("\r\n\r\n")[0]
    assert re.search(r"filename\*=UTF-8''3101%20%E0%B9%80[\w%.]+\.xlsx$", head, re.MULTILINE)
    assert "filename=" not in head
    words = re.findall(r"=\?utf-8\?b\?[\w+/=]+\?=", head)
    assert "".join(str(make_header(decode_header(word))) for word in words) == THAI
    assert 'filename="plain.xlsm"' in raw


def test_it_is_crlf_ascii_with_short_lines() -> None:
    raw = as_eml(
        mail(subject="ยาว " * 80, attachments=(Attachment("ก" * 66 + ".xlsx", b"x" * 5000, "3101"),)),
        MAIL,
        MOMENT,
    )
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) < 998
    assert all(len(line) <= 98 for line in lines if b"filename*" not in line)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?b\?.*?\?=", raw))


def test_the_same_mail_gives_the_same_bytes_and_another_another_identity() -> None:
    first = as_eml(mail(), MAIL, MOMENT)
    assert as_eml(mail(), MAIL, MOMENT) == first
    assert as_eml(mail(), MAIL, MOMENT.astimezone(UTC)) == first
    identity = parsed(first)["Message-ID"]
    assert identity == f"<{mail().content[:32]}.0@buriram.example>"
    changed = (
        mail(subject="x"),
        mail(plain="x"),
        mail(html="x"),
        mail(attachments=()),
        mail(attachments=(Attachment(THAI, b"", "3101"),)),
    )
    assert len({one.content for one in (mail(), *changed)}) == 6
    assert mail(to=("z@z.example",), copies=()).content == mail().content
    assert mail().recipients == ("a@b.example", "c@d.example", "e@f.example")


def test_content_can_not_be_shifted_from_one_part_to_the_next() -> None:
    assert mail(subject="ab", plain="c").content != mail(subject="a", plain="bc").content
    assert re.fullmatch(r"[0-9a-f]{64}", mail().content)
    assert mail().content != hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("language", "said"), [("th", "[แก้ไขครั้งที่ 2] ผลเดือนมิถุนายน"), ("en", "[Revision 2] ผลเดือนมิถุนายน")]
)
def test_a_revision_says_so_and_is_another_message(language: str, said: str) -> None:
    back = parsed(as_eml(mail(), MAIL, MOMENT, 2, language=language))
    assert back["Subject"] == said
    assert ".2@" in back["Message-ID"]


def test_a_draft_opens_in_outlook_ready_to_be_sent() -> None:
    assert parsed(as_eml(mail(), MAIL, MOMENT, draft=True))["X-Unsent"] == "1"
    assert parsed(as_eml(mail(), MAIL, MOMENT))["X-Unsent"] is None
    without = parsed(as_eml(mail(), MailServer(), MOMENT, draft=True))
    assert without["From"] is None
    assert without["Message-ID"].endswith("@kpibatch.invalid>")
    with pytest.raises(KpibatchError, match="from"):
        as_eml(mail(), MailServer(), MOMENT)


@pytest.mark.parametrize(
    ("sender", "reply_to"), [("nobody", ""), ("a@b.example\r\nBcc: x@y.example", ""), ("a@b.example", "x")]
)
def test_a_faulty_sender_is_the_operators_mistake(sender: str, reply_to: str) -> None:
    with pytest.raises(KpibatchError, match="ไม่ใช่ที่อยู่อีเมล"):
        as_eml(mail(), MailServer(sender=sender, reply_to=reply_to), MOMENT)


@pytest.mark.parametrize(
    "address", ["x", "a@b.example\r\nBcc: z@z.example", "a@b.example, z@z.example", "ชื่อ <a@b.example>", ""]
)
@pytest.mark.parametrize("field", ["to", "copies"])
def test_only_bare_addresses_are_written(field: str, address: str) -> None:
    with pytest.raises(KpibatchError):
        as_eml(mail(**{field: (address,)}), MAIL, MOMENT)


NASTY = st.text(
    st.sampled_from("aZ9 ก์า\r\n\t\0\x1b\x85\u2028\u202e\ud800\"\\';:=?%*/<>,😀\xa0") | st.characters(),
    max_size=80,
)


@pytest.mark.slow
@settings(max_examples=3 * settings.default.max_examples // 2, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_text_can_add_a_header_or_break_a_part(subject: str, name: str, body: str) -> None:
    message = mail(subject=subject, plain=body, html=body, attachments=(Attachment(name, b"x", "3101"),))
    raw = as_eml(message, MAIL, MOMENT)
    back = parsed(raw)
    plain = parsed(as_eml(mail(), MAIL, MOMENT))
    assert list(back.keys()) == list(plain.keys())
    assert [part.get_content_type() for part in back.walk()][:4] == [
        part.get_content_type() for part in plain.walk()
    ][:4]
    assert len(list(back.iter_attachments())) == 1
    assert " ".join(text_of(email.message_from_bytes(raw)["Subject"]).split()) == one_line(subject)
    shown = [
        part.get_filename()
        for part in email.message_from_bytes(raw).walk()
        if part.get_content_disposition() == "attachment"
    ]
    assert shown == [one_line(name)]
