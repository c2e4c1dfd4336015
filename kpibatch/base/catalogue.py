"""Every text a person reads, Thai first, English beside it.

In: a key such as ``finding.missing`` and its facts. Out: one line in the asked language.
The texts are data, one file a section (``texts/finding.toml``); nothing is composed in passing elsewhere.
"""

import errno
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("th", "en")
_TEXTS = Path(__file__).with_name("texts")


@cache
def texts(section: str) -> dict[str, dict[str, str]]:
    """A section: ``{"missing": {"severity": …, "th": …, "en": …}}``; only what is asked for is read."""
    path = _TEXTS / f"{section}.toml"
    if not path.is_file():
        raise KeyError(section)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def sections() -> list[str]:
    """The names of all sections."""
    return sorted(path.stem for path in _TEXTS.glob("*.toml"))


def say(key: str, language: str = "th", /, **facts: Any) -> str:
    """The text of ``section.name`` with its facts filled in; an unknown key is a bug (KeyError)."""
    section, name = key.split(".", 1)
    return _filled_in(texts(section)[name][language], facts)


def _filled_in(text: str, facts: Mapping[str, Any]) -> str:
    return text.format(**facts) if "{" in text or "}" in text else text


def refusal(reason: OSError, language: str = "th") -> str:
    """Why the system refused a file, in words; its own where there are none.

    >>> refusal(OSError(errno.ENOSPC, "No space left on device"))
    'ไดรฟ์เต็ม'
    >>> refusal(OSError(errno.ESTALE, "Stale file handle"))
    'Stale file handle'
    """
    name = errno.errorcode.get(reason.errno or 0, "").lower()
    return say(f"refusal.{name}", language) if name in texts("refusal") else reason.strerror or str(reason)


@dataclass(frozen=True)
class Words:
    """The texts of one section in one language, called by name; ``usual`` are facts all of them may name."""

    section: str
    language: str
    usual: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, name: str, /, **facts: Any) -> str:
        return _filled_in(texts(self.section)[name][self.language], {**self.usual, **facts})


def severity_of(code: str) -> str:
    """The severity every finding of this code has: ``error``, ``warning`` or ``note``."""
    return texts("finding")[code]["severity"]
