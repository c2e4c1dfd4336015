"""Every text a person reads, Thai first, English beside it.

In: a key such as ``finding.missing`` and its facts. Out: one line in the asked language.
The texts are data (``catalogue.toml``); nothing is composed in passing elsewhere.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("th", "en")


@cache
def entries() -> dict[str, dict[str, dict[str, str]]]:
    """All sections: ``{"finding": {"missing": {"severity": …, "th": …, "en": …}}}``."""
    return tomllib.loads(files("kpibatch.base").joinpath("catalogue.toml").read_text(encoding="utf-8"))


def say(key: str, language: str = "th", /, **facts: Any) -> str:
    """The text of ``section.name`` with its facts filled in; an unknown key is a bug (KeyError)."""
    section, name = key.split(".", 1)
    return entries()[section][name][language].format(**facts)


@dataclass(frozen=True)
class Words:
    """The texts of one section in one language, called by name; ``usual`` are facts all of them may name."""

    section: str
    language: str
    usual: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, name: str, /, **facts: Any) -> str:
        return say(f"{self.section}.{name}", self.language, **{**self.usual, **facts})


def severity_of(code: str) -> str:
    """The severity every finding of this code has: ``error``, ``warning`` or ``note``."""
    return entries()["finding"][code]["severity"]
