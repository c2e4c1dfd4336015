"""The mails of a plan as drafts: an ``.eml`` each, ready to be opened and sent from Outlook, and
``index.csv``.

``output/MONTH/mail`` changes whole or not at all; the former drafts go, every other file there stays. The
same plan gives the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config
from kpibatch.base.files import by_name, replaced
from kpibatch.base.month_files import MAIL, MAIL_INDEX
from kpibatch.books.look import PROVINCE
from kpibatch.mail.message import Message, as_eml
from kpibatch.mail.plan import Plan
from kpibatch.months.csv_cells import as_csv
from kpibatch.months.folder import is_ours
from kpibatch.months.outbox import DRAFT
from kpibatch.rules.levels import LevelTables
from kpibatch.workbooks.returned.names import free_names, safe_name

States = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True)
class DraftRow:
    """A line of ``index.csv``, and of the table on the screen; ``size`` is in bytes."""

    unit: str
    kind: str
    to: str
    cc: str
    subject: str
    attachments: str
    size: str
    state: str
    file: str


def write_drafts(
    config: Config,
    tables: LevelTables,
    home: Path,
    moment: datetime,
    plan: Plan,
    states: States | None = None,
    ours: Callable[[Path], bool] = lambda mail: is_ours(mail.parent),
) -> tuple[DraftRow, ...]:
    """Write the drafts of a plan, dated ``moment``, below a folder, such as a month's; ``states`` says of
    (unit, kind, recipient) what sending would do, ``ours`` whether the drafts that lie there are the
    program's.

    Raises ``KpibatchError`` where a draft is open elsewhere or the disk refuses; then the former drafts are
    as they were.
    """
    target = home / MAIL
    rows: list[DraftRow] = []
    names = free_names(
        (safe_name(_name(message, tables, config.language)) for message in plan.messages),
        (MAIL_INDEX, *_others(target)),
    )
    with replaced(target, ours, keep=_others(target)) as folder:
        for message, name in zip(plan.messages, names, strict=True):
            raw = as_eml(message, config.mail, moment, draft=True, language=config.language)
            (folder / name).write_bytes(raw)
            rows.append(_row(message, len(raw), name, states or {}))
        (folder / MAIL_INDEX).write_bytes(
            as_csv([column.name for column in fields(DraftRow)], map(astuple, rows))
        )
    return tuple(rows)


def _others(folder: Path) -> list[str]:
    """The files of the folder that are not drafts, such as the outbox's journal."""
    if not folder.is_dir():
        return []
    files = (path for path in sorted(folder.rglob("*"), key=by_name) if path.is_file())
    return [
        str(path.relative_to(folder)) for path in files if path.suffix != ".eml" and path.name != MAIL_INDEX
    ]


def _name(message: Message, tables: LevelTables, language: str) -> str:
    unit = tables.unit.get(message.unit)
    whose = (
        f"{unit.code} {unit.name}" if unit and message.kind != PROVINCE else say("mail.province", language)
    )
    return f"{whose} {say(f'mail.kind-{message.kind}', language)}.eml"


def _row(message: Message, size: int, file: str, states: States) -> DraftRow:
    known = dict.fromkeys(
        states.get((message.unit, message.kind, recipient), DRAFT) for recipient in message.recipients
    )
    return DraftRow(
        message.unit,
        message.kind,
        _listed(message.to),
        _listed(message.copies),
        message.subject,
        _listed(attachment.name for attachment in message.attachments),
        str(size),
        ", ".join(known),
        file,
    )


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)
