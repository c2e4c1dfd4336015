"""``config.toml`` → ``Config``. Unknown keys are errors that name the nearest known one; an output that could
ever write over an original is one as well.
"""

import os
import re
import tomllib
import unicodedata
from dataclasses import Field, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kpibatch.base.catalogue import LANGUAGES
from kpibatch.base.errors import ConfigFault, NoWorkspace
from kpibatch.base.nearest import nearest_of
from kpibatch.base.settings import ALLOWED, NotAllowed, choice, flag, line, lines, number, place, shown, zone

FILE = "config.toml"
LEFT_OUT = "1224"  # of ties: the ranks after a shared one are left out
_NEAR = 0.6  # how like a known key an unknown one must be to be taken for a slip of the pen
_ESCAPED = re.compile("[\b\t\n\f\r]")  # what "C:\\temp" becomes, which is TOML
_PLACE_OF_FAULT = re.compile(r"at line (\d+)")
_TWICE = re.compile("overwrite|twice")  # tomllib's words of what is there already


@dataclass(frozen=True)
class Workspace:
    """Where things are, relative to the folder of ``config.toml``, and the language of what is written.

    ``time_zone`` is the one by whose midnight a submission is late.

    ``wait_seconds`` is how long a command waits for another that is at work in the same output;
    ``form_scores`` whether a form scores itself as it is filled in.
    """

    level_tables: str = place("level_tables.xlsx")
    form_template: str = place("")
    corrections: str = place("corrections.xlsx")
    province: str = place("province.xlsx")
    sources: str = place("sources")
    agreements: str = place("agreements")
    salaries: str = place("salaries.xlsx")
    submissions: str = place("submissions")
    output: str = place("output")
    language: str = choice("th", LANGUAGES)
    time_zone: str = zone("Asia/Bangkok")
    wait_seconds: float = number(30.0, 0, 86_400)
    form_scores: bool = flag(True)


@dataclass(frozen=True)
class RankingRules:
    """Node codes that break ties, in order; whether provisional units are ranked (``mark``) or not
    (``exclude``); whether the rank after a tie is left out (``1224``) or not (``1223``); whether units also
    have a rank within their กลุ่ม.
    """

    tie_breakers: tuple[str, ...] = lines()
    incomplete: str = choice("mark", ("mark", "exclude"))
    ties: str = choice(LEFT_OUT, (LEFT_OUT, "1223"))
    within_groups: bool = flag(False)


@dataclass(frozen=True)
class IntakeLimits:
    """What a submission may be at most, and how far a date may lie from the round, in years.

    ``max_zip_mb`` is of a zip file of workbooks, ``max_files`` of a month
    and of its evidence, a file of which may be ``max_evidence_mb``;
    ``max_ratio`` is unpacked to packed size of a part; ``max_box`` the area from A1 to the last filled cell;
    ``max_merged`` the area of all merged ranges; ``memory_mb`` and ``seconds`` are what one file may
    take. ``late_values``: whether another value of an earlier month waits for an approved correction
    (``corrections``) or counts at once (``accept``).
    """

    max_file_mb: float = number(20.0, 0.1, 1000)
    max_zip_mb: float = number(100.0, 0.1, 1000)
    max_files: int = number(5000, 1, 100_000)
    max_evidence_mb: float = number(500.0, 0.1, 100_000)
    max_parts: int = number(1000, 20, 100_000)
    max_part_mb: float = number(64.0, 0.1, 10_000)
    max_unpacked_mb: float = number(256.0, 0.1, 10_000)
    max_ratio: float = number(200.0, 10, 10_000)
    max_sheets: int = number(100, 3, 10_000)
    max_cells: int = number(500_000, 1000, 20_000_000)
    max_box: int = number(2_000_000, 1000, 100_000_000)
    max_merges: int = number(10_000, 100, 1_000_000)
    max_merged: int = number(200_000, 1000, 100_000_000)
    memory_mb: int = number(1000, 100, 1_000_000)
    seconds: float = number(20.0, 0.5, 3600)
    date_years_before: int = number(2, 0, 100)
    date_years_after: int = number(1, 0, 100)
    late_values: str = choice("corrections", ("corrections", "accept"))


@dataclass(frozen=True)
class MailServer:
    """The outgoing mail server and who gets what; the password comes only from ``KPIBATCH_SMTP_PASSWORD`` or
    the system keyring, a token (``auth`` is ``xoauth2``) only from what ``token_command`` prints.

    ``helo`` is the name this computer greets the server by; blank: its own, where it is a whole one.
    ``province`` are the addresses that get the ranking; ``attempts`` is how often a temporary refusal is
    tried in all.
    """

    host: str = line()
    port: int = number(587, 1, 65_535)
    security: str = choice("starttls", ("starttls", "tls", "none"))
    sender: str = line(key="from")
    reply_to: str = line()
    username: str = line()
    auth: str = choice("password", ("password", "xoauth2"))
    token_command: tuple[str, ...] = lines()
    helo: str = line()
    per_minute: int = number(30, 0, 100_000)
    province: tuple[str, ...] = lines()
    templates: str = place("mail_templates")
    attempts: int = number(4, 1, 100)
    timeout_seconds: float = number(60.0, 0.1, 3600)
    max_message_mb: float = number(20.0, 0.1, 1000)


@dataclass(frozen=True)
class Seal:
    """``key`` is the name of the key in the system's keyring that bundles are signed with; none where it is
    blank. ``trusted`` are the fingerprints of the keys whose bundles are to be believed.
    """

    key: str = line()
    trusted: tuple[str, ...] = lines()


@dataclass(frozen=True)
class Config:
    """A workspace's configuration; ``root`` is its folder."""

    root: Path
    workspace: Workspace = Workspace()
    ranking: RankingRules = RankingRules()
    intake: IntakeLimits = IntakeLimits()
    mail: MailServer = MailServer()
    seal: Seal = Seal()

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
    def province(self) -> Path:
        """The workbook of the province's own numbers; it need not be there."""
        return self.root / self.workspace.province

    @property
    def sources(self) -> Path:
        """The exports of central systems, a folder a month; it need not be there."""
        return self.root / self.workspace.sources

    @property
    def agreements(self) -> Path:
        """The agreements that were signed; the folder need not be there."""
        return self.root / self.workspace.agreements

    @property
    def salaries(self) -> Path:
        """What raises are reckoned from; only ``increments`` reads it."""
        return self.root / self.workspace.salaries

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


_SECTIONS = {
    "workspace": Workspace,
    "ranking": RankingRules,
    "intake": IntakeLimits,
    "mail": MailServer,
    "seal": Seal,
}


def today_in(config: Config) -> date:
    """The day it is in the workspace's time zone."""
    return datetime.now(ZoneInfo(config.workspace.time_zone)).date()


def read_config(root: Path) -> Config:
    """The configuration of the workspace ``root``.

    Raises ``NoWorkspace`` where there is no such folder or file, ``ConfigFault`` where it is not TOML, a key
    is unknown, a value is of the wrong kind or out of its range, or the output would touch an original.

    Source: design, section 2.
    """
    path = root / FILE
    try:
        raw = _parsed(path)
    except FileNotFoundError:
        raise NoWorkspace(folder=root) from None
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not TOML, endless digits
        raise ConfigFault("config-unreadable", file=path, reason=error) from None
    _refuse_unknown(path, "", raw, list(_SECTIONS))
    sections = {name: _section(path, name, kind, raw.get(name, {})) for name, kind in _SECTIONS.items()}
    config = Config(root, **sections)
    _refuse_originals(path, config)
    return config


def _parsed(path: Path) -> dict[str, Any]:
    """The file as TOML. What Windows' own paths and Notepad's other encodings do to it is told with how to
    mend it.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigFault("config-encoding", file=path) from None
    try:
        return tomllib.loads(text + "\n")  # a fault in the last line has a place too
    except tomllib.TOMLDecodeError as error:
        at = _PLACE_OF_FAULT.search(str(error))
        if at is None:
            raise
        line = f"{text}\n".split("\n")[int(at[1]) - 1]
        if "\\" in line:
            raise ConfigFault("config-backslash", file=path, line=at[1]) from None
        name = "config-twice" if _TWICE.search(str(error)) else "config-statement"
        raise ConfigFault(name, file=path, line=at[1], found=shown(line.strip())) from None


def _section(path: Path, name: str, kind: type[Any], raw: Any) -> Any:
    known = {spec.metadata.get("key", spec.name): spec for spec in fields(kind)}
    if not isinstance(raw, dict):
        raise ConfigFault("config-section", file=path, key=name, found=shown(raw))
    _refuse_unknown(path, name, raw, list(known))
    return kind(
        **{known[key].name: _value(path, f"{name}.{key}", known[key], value) for key, value in raw.items()}
    )


def _value(path: Path, key: str, spec: Field[Any], value: object) -> Any:
    try:
        return spec.metadata[ALLOWED].read(value)
    except NotAllowed as fault:
        texts = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
        name = "config-escape" if any(map(_ESCAPED.search, texts)) else fault.text
        raise ConfigFault(name, file=path, key=key, found=shown(value), **fault.facts) from None


def _refuse_unknown(path: Path, section: str, raw: dict[str, Any], known: list[str]) -> None:
    for key in raw:
        if key not in known:
            named, nearest = shown(f"{section}.{key}".lstrip("."))[1:-1], nearest_of(key[:60], known, _NEAR)
            name = "config-key" if nearest in known else "config-key-new"
            raise ConfigFault(name, file=path, key=named, nearest=nearest, known=", ".join(known))


def _refuse_originals(path: Path, config: Config) -> None:
    """What is written, moved and cleared away below the output must never be what the province or a unit has
    made: links and ``..`` are followed, and names that differ in case are the same to Windows.
    """
    output = _true(config.output)
    folders = {name: getattr(config, name) for name in ("submissions", "sources", "agreements")}
    files = {
        "config.toml": path,
        "level_tables": config.level_tables,
        "form_template": config.form_template,
        "corrections": config.corrections,
        "province": config.province,
        "salaries": config.salaries,
    }
    held = [(key, file) for key, file in {**folders, **files}.items() if file and _lies_in(output, file)]
    around = [(key, folder) for key, folder in folders.items() if _lies_in(_true(folder), config.output)]
    for key, original in (*around, *held):
        raise ConfigFault("config-output", file=path, key=key, output=config.output, original=original)


def _lies_in(folder: tuple[str, ...], file: Path) -> bool:
    """Whether a file, or a link to it, lies anywhere below a folder."""
    places = _true(file), (*_true(file.parent), file.name)
    return any(place[: len(folder)] == folder for place in places)


def _true(path: Path) -> tuple[str, ...]:
    """The names on the way to where a path really leads, as a disk that tells no case apart takes them."""
    return tuple(unicodedata.normalize("NFC", name).casefold() for name in Path(os.path.realpath(path)).parts)
