"""A keyring in memory in the place of the system's."""

import keyring
import pytest


def key_ring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """What it keeps, by service and name."""
    kept: dict[tuple[str, str], str] = {}

    def keep(service: str, name: str, secret: str) -> None:
        kept[service, name] = secret

    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get((service, name)))
    monkeypatch.setattr(keyring, "set_password", keep)
    return kept
