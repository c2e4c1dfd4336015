"""What a value in ``config.toml`` may be: its kind and its range, written beside the key it is for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from kpibatch.base.nearest import nearest_of

ALLOWED = "allowed"
_LONGEST, _LONGEST_NAME = 1000, 255  # letters of a text; bytes of a file's name, which is what disks take


class NotAllowed(Exception):
    """A value that can't be; ``text`` is the name of the text that says what can, with its facts."""

    def __init__(self, text: str, **facts: Any) -> None:
        super().__init__(text)
        self.text, self.facts = text, facts


@dataclass(frozen=True)
class Number:
    """From ``low`` to ``high``, both allowed; nan and infinity never are."""

    low: float
    high: float
    whole: bool

    def read(self, value: object) -> float:
        """The number, or ``NotAllowed``."""
        kinds = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not self.low <= value <= self.high:
            name = "config-whole" if self.whole else "config-number"
            raise NotAllowed(name, low=f"{self.low:g}", high=f"{self.high:.10g}")
        return value if self.whole else float(value)


@dataclass(frozen=True)
class Choice:
    """One of these words."""

    words: tuple[str, ...]

    def read(self, value: object) -> str:
        """The word, or ``NotAllowed``."""
        if not isinstance(value, str) or value not in self.words:
            raise NotAllowed("config-choice", choices=" / ".join(self.words))
        return value


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def read(self, value: object) -> bool:
        """The answer, or ``NotAllowed``."""
        if not isinstance(value, bool):
            raise NotAllowed("config-flag")
        return value


@dataclass(frozen=True)
class Line:
    """One line of text, perhaps blank."""

    def read(self, value: object) -> str:
        """The text, or ``NotAllowed``."""
        if not _is_line(value):
            raise NotAllowed("config-line", most=f"{_LONGEST:,}")
        return str(value)


@dataclass(frozen=True)
class Place:
    """Where a file or folder is; blank only where the key may do without one."""

    optional: bool

    def read(self, value: object) -> str:
        """The path, or ``NotAllowed``."""
        names = str(value).replace("\\", "/").split("/")
        if (
            not _is_line(value)
            or not (self.optional or str(value).strip())
            or max(len(name.encode()) for name in names) > _LONGEST_NAME
        ):
            raise NotAllowed("config-place-or-blank" if self.optional else "config-place")
        return str(value)


@dataclass(frozen=True)
class Zone:
    """A time zone of the IANA database, by its name."""

    def read(self, value: object) -> str:
        """The name, or ``NotAllowed``."""
        try:
            return ZoneInfo(value if isinstance(value, str) else "").key
        except (KeyError, ValueError, OSError):
            known = sorted(available_timezones())
            raise NotAllowed("config-zone", nearest=nearest_of(str(value)[:60], known)) from None


@dataclass(frozen=True)
class Lines:
    """A list of texts, perhaps empty."""

    def read(self, value: object) -> tuple[str, ...]:
        """The texts, or ``NotAllowed``."""
        if not isinstance(value, list) or not all(_is_line(item) and item.strip() for item in value):
            raise NotAllowed("config-lines")
        return tuple(value)


def _is_line(value: object) -> bool:
    """Whether it is a text without NUL, line breaks and other controls."""
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST
        and not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in value)
    )


def number(default: float, low: float, high: float) -> Any:
    """A key that takes a number from ``low`` to ``high``; whole where the default is."""
    return _field(default, Number(low, high, whole=isinstance(default, int)))


def choice(default: str, words: Sequence[str]) -> Any:
    """A key that takes one of the words."""
    return _field(default, Choice(tuple(words)))


def flag(default: bool) -> Any:
    """A key that takes true or false."""
    return _field(default, Flag())


def line(default: str = "", key: str = "") -> Any:
    """A key that takes a line of text; ``key`` where the field can't have the key's own name."""
    return _field(default, Line(), **({"key": key} if key else {}))


def place(default: str) -> Any:
    """A key that takes a path; it may be blank where its default is."""
    return _field(default, Place(optional=not default))


def zone(default: str) -> Any:
    """A key that takes the name of a time zone."""
    return _field(default, Zone())


def lines() -> Any:
    """A key that takes a list of texts."""
    return _field((), Lines())


def _field(default: object, allowed: object, **more: str) -> Any:
    return field(default=default, metadata={ALLOWED: allowed, **more})


def shown(value: object) -> str:
    """A value as it stands in the file, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of more than 4300 digits, tables in tables without end
        return "…"
    return text if len(text) <= 60 else text[:59] + "…"
