"""Cells of addresses as people type them: what is sent to, what is told as no address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.mailboxes import read_addresses, read_mailbox


@pytest.mark.parametrize(
    ("cell", "valid"),
    [
        ("", []),
        ("a@b.example", ["a@b.example"]),
        (
            "a@b.example, c@d.example;e@f.example\ng@h.example i@j.example",
            [f"{x}@{y}.example" for x, y in ("ab", "cd", "ef", "gh", "ij")],
        ),
        (' พัฒนาการอำเภอ <a@b.example> ; "ก, ข" <c@d.example>', ["a@b.example", "c@d.example"]),
        ("A@b.example, a@B.example", ["A@b.example"]),
        ("a@b.example\u200b", ["a@b.example"]),
        ("a@สพจ.ไทย", ["a@xn--82c7b9a.xn--o3cw4h"]),
        ("o'neil+kpi@mail.moi.go.th", ["o'neil+kpi@mail.moi.go.th"]),
    ],
)
def test_addresses_are_read(cell: str, valid: list[str]) -> None:
    found = read_addresses(cell)
    assert (list(found.valid), found.bad) == (valid, ())


@pytest.mark.parametrize(
    "bad",
    [
        *(
            "3103(at)cdd.example",
            "boss@cdd",
            "@cdd.example",
            "a@",
            "a@@b.example",
            "สมชาย@b.example",
            "a@b..example",
            ".a@b.example",
            "-",
        ),
        *(
            "a b@c.example",
            "a@-b.example",
            "<a@b.example",
            "x" * 65 + "@b.example",
            "a@" + "b." * 130 + "example",
            "สมชาย a@b.example",
        ),
    ],
)
def test_what_is_no_address_is_told_and_the_others_stay(bad: str) -> None:
    found = read_addresses(f"x@y.example, {bad}", "z@y.example")
    assert found.valid == ("x@y.example", "z@y.example")
    assert found.bad == (bad,)


@given(st.text(max_size=60))
def test_whatever_is_typed_every_valid_address_is_safe_in_a_header(text: str) -> None:
    for address in read_addresses(text).valid:
        assert address.isascii()
        assert not set(address) & set(' \r\n\t,;<>"()[]\\:')
        assert read_mailbox(address) == ("", address)
