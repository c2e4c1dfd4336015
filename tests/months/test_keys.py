"""Signatures: made once a key is named, and good for one content, one name and one key."""

import sys
from dataclasses import replace

import keyring
import keyring.errors
import pytest
from key_ring import key_ring

from kpibatch.base.errors import NoKeyring, NoSealLibrary
from kpibatch.months.keys import Signature, secret_of, signature_from, signed


def test_a_key_is_made_once_and_signs_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = key_ring(monkeypatch)
    first, second = (signed("สพจ.", b"manifest") for _ in range(2))
    assert first == second
    assert [*kept] == [("kpibatch seal", "สพจ.")]
    assert kept["kpibatch seal", "สพจ."] not in str(first)
    assert signed("other", b"manifest").public != first.public
    assert signature_from(first.facts) == first
    assert len(first.fingerprint) == 64


@pytest.mark.parametrize(
    "change",
    [{"key": "other"}, {"signature": "00" * 64}, {"signature": ""}, {"public": "00" * 32}, {"public": "00"}],
)
def test_a_signature_is_good_for_what_was_signed_alone(
    change: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key_ring(monkeypatch)
    signature = signed("A", b"manifest")
    assert signature.holds(b"manifest")
    assert not signature.holds(b"manifest ")
    assert not replace(signature, **change).holds(b"manifest")


@pytest.mark.parametrize("facts", [None, [], {}, {"key": "A"}, {"key": 1, "public": "x", "signature": ""}])
def test_facts_that_are_no_signature(facts: object) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        signature_from(facts)


@pytest.mark.parametrize("reason", [keyring.errors.NoKeyringError("none"), RuntimeError("D-Bus"), None])
def test_a_keyring_that_keeps_nothing_is_one_line(
    reason: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> None:
        if reason:
            raise reason

    key_ring(monkeypatch)
    monkeypatch.setattr(keyring, "set_password", refuse)
    with pytest.raises(NoKeyring) as caught:
        signed("A", b"")
    assert len(caught.value.message("en").splitlines()) == 1
    monkeypatch.setattr(keyring, "get_password", refuse)
    assert secret_of("A") is None


def test_without_the_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    for attempt in (lambda: signed("A", b""), lambda: Signature("A", "00" * 32, "00" * 64).holds(b"")):
        with pytest.raises(NoSealLibrary, match=r"kpibatch\[seal\]"):
            attempt()
