"""Secrets in the system's keyring, and the key that a bundle is signed with (the door to keyring and
cryptography).

A key is an Ed25519 pair; the private half never leaves the keyring but to sign. Source: RFC 8032.
"""

import hashlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from kpibatch.base.errors import NoKeyring, NoSealLibrary

SERVICE, _SEALS = "kpibatch", "kpibatch seal"


def secret_of(name: str, service: str = SERVICE) -> str | None:
    """What the keyring keeps under a name; nothing where there is no keyring, or none that answers."""
    import keyring  # brings much along, and few runs ask it

    with suppress(Exception):  # each system's fails in its own way: there is none, it is locked, nobody asked
        return keyring.get_password(service, name)
    return None


@dataclass(frozen=True)
class Signature:
    """Who signed: the key's name, its public half and the signature, both in hex."""

    key: str
    public: str
    signature: str

    @property
    def fingerprint(self) -> str:
        """By what a key is known and trusted: the SHA-256 of its public half."""
        return hashlib.sha256(bytes.fromhex(self.public)).hexdigest()

    def holds(self, content: bytes) -> bool:
        """Whether it is this content that the key has signed. Raises ``NoSealLibrary``."""
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            raise NoSealLibrary from None
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public))
            public.verify(bytes.fromhex(self.signature), _named(self.key, content))
        except (ValueError, InvalidSignature):
            return False
        return True

    @property
    def facts(self) -> dict[str, str]:
        return asdict(self)


def signature_from(facts: Any) -> Signature:
    """Raises ``ValueError`` or ``TypeError`` where the facts are no signature."""
    signature = Signature(**{name: str(fact) for name, fact in facts.items()})
    bytes.fromhex(signature.public + signature.signature)
    return signature


def signed(name: str, content: bytes) -> Signature:
    """The content signed with the key of that name; the first time, the key is made and put into the keyring.

    Raises ``KpibatchError``: the library is not installed, or the keyring keeps nothing.
    """
    import keyring

    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise NoSealLibrary from None
    try:
        if keyring.get_password(_SEALS, name) is None:
            keyring.set_password(_SEALS, name, Ed25519PrivateKey.generate().private_bytes_raw().hex())
        kept = keyring.get_password(_SEALS, name) or ""
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept))
    except Exception as reason:  # as above; and what is kept may be no key
        raise NoKeyring(key=name, reason=" ".join(str(reason).split()) or type(reason).__name__) from None
    public = private.public_key().public_bytes_raw()
    return Signature(name, public.hex(), private.sign(_named(name, content)).hex())


def _named(name: str, content: bytes) -> bytes:
    """The key's name is signed, too: nobody else's can be put in its place."""
    return name.encode("utf-8", "replace") + b"\0" + content
