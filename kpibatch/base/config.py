"""``config.toml`` → ``Config``. Unknown keys are errors that name the nearest known one."""

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kpibatch.base.catalogue import LANGUAGES
from kpibatch.base.errors import ConfigFault, NoWorkspace

FILE = "config.toml"


@dataclass(frozen=True)
class Workspace:
    """Where things are, relative to the folder of ``config.toml``, and the language of what is written.

    ``wait_seconds`` is how long a command waits for another that is at work in the same output.
    """

    level_tables: str = "level_tables.xlsx"
    form_template: str = ""
    corrections: str = "corrections.xlsx"
    submissions: str = "submissions"
    output: str = "output"
    language: str = "th"
    wait_seconds: float = 30.0


@dataclass(frozen=True)
class RankingRules:
    """Node codes that break ties, in order; whether provisional units are ranked (``mark``) or not
    (``exclude``).
    """

    tie_breakers: tuple[str, ...] = ()
    incomplete: str = "mark"


@dataclass(frozen=True)
class IntakeLimits:
    """What a submission may be at most, and how far a date may lie from the round, in years.

    ``max_ratio`` is unpacked to packed size of a part; ``max_box`` the area from A1 to the last filled cell;
    ``max_merged`` the area of all merged ranges; ``memory_mb`` and ``seconds`` are what reading one file may
    take.
    """

    max_file_mb: float = 20.0
    max_parts: int = 1000
    max_part_mb: float = 64.0
    max_unpacked_mb: float = 256.0
    max_ratio: float = 200.0
    max_sheets: int = 100
    max_cells: int = 500_000
    max_box: int = 2_000_000
    max_merges: int = 10_000
    max_merged: int = 200_000
    memory_mb: int = 1000
    seconds: float = 20.0
    date_years_before: int = 2
    date_years_after: int = 1


@dataclass(frozen=True)
class MailServer:
    """The outgoing mail server and who gets what; the password comes only from ``KPIBATCH_SMTP_PASSWORD`` or
    the system keyring.

    ``province`` are the addresses that get the ranking; ``attempts`` is how often a temporary refusal is
    tried in all.
    """

    host: str = ""
    port: int = 587
    security: str = "starttls"
    sender: str = field(default="", metadata={"key": "from"})
    reply_to: str = ""
    username: str = ""
    per_minute: int = 30
    province: tuple[str, ...] = ()
    templates: str = "mail_templates"
    attempts: int = 4
    timeout_seconds: float = 60.0
    max_message_mb: float = 20.0


@dataclass(frozen=True)
class Config:
    """A workspace's configuration; ``root`` is its folder."""

    root: Path
    workspace: Workspace = Workspace()
    ranking: RankingRules = RankingRules()
    intake: IntakeLimits = IntakeLimits()
    mail: MailServer = MailServer()

    @property
    def level_tables(self) -> Path:
        return self.root / self.workspace.level_tables

    @property
    def form_template(self) -> Path | None:
        """The office's own form with its placeholders; none where the standard form is used."""
        return self.root / self.workspace.form_template if self.workspace.form_template else None

    @property
    def corrections(self) -> Path:
        """The workbook of the province's corrections; it need not be there."""
        return self.root / self.workspace.corrections

    @property
    def mail_templates(self) -> Path:
        """The province's own mail templates; what is not there is taken from the package."""
        return self.root / self.mail.templates

    @property
    def submissions(self) -> Path:
        return self.root / self.workspace.submissions

    @property
    def output(self) -> Path:
        return self.root / self.workspace.output

    @property
    def language(self) -> str:
        return self.workspace.language


_SECTIONS = {"workspace": Workspace, "ranking": RankingRules, "intake": IntakeLimits, "mail": MailServer}
_CHOICES = {"language": LANGUAGES, "incomplete": ("mark", "exclude"), "security": ("starttls", "tls", "none")}


def read_config(root: Path) -> Config:
    """The configuration of the workspace ``root``.

    Raises ``KpibatchError``: no such folder or file, not TOML, an unknown key, a value of the wrong kind.
    """
    path = root / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NoWorkspace(folder=root) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigFault("config-unreadable", file=path, reason=error) from None
    _refuse_unknown(path, "", raw, list(_SECTIONS))
    sections = {name: _section(path, name, kind, raw.get(name, {})) for name, kind in _SECTIONS.items()}
    return Config(root, **sections)


def _section(path: Path, name: str, kind: type[Any], raw: Any) -> Any:
    known = {spec.metadata.get("key", spec.name): spec for spec in fields(kind)}
    if not isinstance(raw, dict):
        raise ConfigFault("config-value", file=path, key=name, found=raw, expected=f"[{name}]")
    _refuse_unknown(path, name, raw, list(known))
    return kind(
        **{
            known[key].name: _value(path, f"{name}.{key}", known[key].default, value)
            for key, value in raw.items()
        }
    )


def _value(path: Path, key: str, default: Any, value: Any) -> Any:
    expected = type(default).__name__
    if (
        isinstance(default, tuple)
        and isinstance(value, list)
        and all(isinstance(item, str) for item in value)
    ):
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise ConfigFault("config-value", file=path, key=key, found=value, expected=expected)
    choices = _CHOICES.get(key.split(".")[1])
    if choices and value not in choices:
        raise ConfigFault("config-value", file=path, key=key, found=value, expected=" / ".join(choices))
    return value


def _refuse_unknown(path: Path, section: str, raw: dict[str, Any], known: list[str]) -> None:
    for key in raw:
        if key not in known:
            nearest = (difflib.get_close_matches(key, known, 1, 0.0) or known)[0]
            raise ConfigFault("config-key", file=path, key=f"{section}.{key}".lstrip("."), nearest=nearest)
