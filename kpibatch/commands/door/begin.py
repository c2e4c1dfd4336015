"""A new workspace: its configuration, its level tables, its folders and scripts; it appears whole or not at
all.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kpibatch.base.config import FILE, Config, Workspace, read_config
from kpibatch.base.errors import BeginFault, CannotWrite
from kpibatch.base.files import as_typed, by_name, on_disk
from kpibatch.commands.door.samples import sample_of, unpack
from kpibatch.commands.door.scripts import write_scripts
from kpibatch.commands.door.settings import carried, settings
from kpibatch.rules.draft.book import write_draft
from kpibatch.rules.draft.draft import Draft, draft_of
from kpibatch.rules.fresh.begins import NewRound, Said, round_said
from kpibatch.rules.fresh.book import write_following, write_new
from kpibatch.rules.fresh.following import Following, follow
from kpibatch.rules.fresh.moved import following, next_of
from kpibatch.rules.fresh.typed import typed_book
from kpibatch.rules.letter.text import read_letter
from kpibatch.rules.round import Round
from kpibatch.scoring.examples.sound import sound_levels

_USUAL = Workspace()


@dataclass(frozen=True)
class Begun:
    """What a new workspace was made of; each is there where it was made of such a thing."""

    round: NewRound | None = None
    draft: Draft | None = None
    following: Following | None = None


def begin(folder: Path, new: NewRound) -> Begun:
    """A workspace whose level tables are examples to be overwritten.

    Raises ``KpibatchError`` where something stands in the folder, or the disk refuses.
    """

    def fill(room: Path) -> None:
        write_new(new, room / _USUAL.level_tables)
        (room / _USUAL.submissions / new.months[0]).mkdir(parents=True)
        _write_config(room, settings())

    _begin(folder, fill)
    return Begun(round=new)


def begin_from(folder: Path, letter: Path, said: Said, language: str) -> Begun:
    """A workspace whose level tables are drafted from a letter; what was said of the round fills in what the
    letter leaves open.

    Raises ``KpibatchError`` as ``begin`` does, and where the letter can't be read or heads no KPI; nothing is
    written then.
    """
    needs_room(folder)
    draft = draft_of(read_letter(letter))
    new = round_said(said, date.today())

    def fill(room: Path) -> None:
        write_draft(draft, room / _USUAL.level_tables, language, new, fill_in=said != Said())
        _write_config(room, settings())

    _begin(folder, fill)
    return Begun(draft=draft)


def begin_like(folder: Path, last: Path, said: Said) -> Begun:
    """The workspace of the round after another workspace's, or of the round that was said: its rules with
    days and months moved, its units, its settings; none of its numbers.

    Raises ``KpibatchError`` as ``begin`` does, and where the other workspace's level tables have faults.
    """
    needs_room(folder)
    config = read_config(last)
    tables = sound_levels(config)
    new = _after(tables.round, said)
    made = follow(tables, typed_book(config.level_tables, config.intake), new)

    def fill(room: Path) -> None:
        write_following(made, room / _USUAL.level_tables, config.language)
        (room / _USUAL.submissions / new.months[0]).mkdir(parents=True)
        _write_config(room, settings(carried(config) | _copied(config, room)))

    _begin(folder, fill)
    return Begun(following=made)


def _after(last: Round, said: Said) -> NewRound:
    """The round that is said, where it is; what is not said of it follows from the last one."""
    usual = next_of(last)
    owner, noun = said.owner or last.owner, said.noun or last.unit_noun
    if not (said.year or said.number or said.month):
        return replace(usual, owner=owner, noun=noun)
    year, number = ("", "") if said.month else (str(usual.year), usual.number)
    meant = replace(said, owner=owner, noun=noun, year=said.year or year, number=said.number or number)
    return following(last, round_said(meant, date.today()))


def begin_sample(folder: Path, name: str) -> Begun:
    """A sample workspace, complete with what its units have sent. Raises ``KpibatchError`` as ``begin``
    does.
    """
    needs_room(folder)
    sample = sample_of(name)
    _begin(folder, lambda room: unpack(sample, room))
    return Begun()


def _write_config(room: Path, text: str) -> None:
    (room / FILE).write_text(text, encoding="utf-8", newline="\n")


def _copied(config: Config, room: Path) -> dict[tuple[str, str], object]:
    """The office's own form and mail templates go with it."""
    values: dict[tuple[str, str], object] = {}
    if config.form_template and config.form_template.is_file():
        shutil.copyfile(config.form_template, room / config.form_template.name)
        values["workspace", "form_template"] = config.form_template.name
    if config.mail_templates.is_dir():
        shutil.copytree(config.mail_templates, room / Config(room).mail.templates)
    return values


def needs_room(folder: Path) -> None:
    """Raises ``BeginFault`` where something stands in a folder, a workspace above all."""
    if (folder / FILE).is_file():
        raise BeginFault("workspace-there", folder=folder, typed=as_typed(folder))
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise BeginFault("folder-not-empty", folder=folder)


def _begin(folder: Path, fill: Callable[[Path], None]) -> None:
    """Everything is written beside; a folder that is there and empty is filled, its configuration last."""
    try:
        target = folder.resolve()
        needs_room(folder)
        # a name of its own: one that is as long as names may be can't become longer
        new = target.with_name(f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}.new")
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            fill(new)
            for name in (_USUAL.submissions, _USUAL.output):
                (new / name).mkdir(exist_ok=True)
            write_scripts(new)
            for path in (*sorted(new.rglob("*"), key=by_name), new):
                on_disk(path)
            _moved_into(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as reason:
        raise CannotWrite(file=folder, reason=reason) from None


def _moved_into(new: Path, target: Path) -> None:
    if not target.exists():
        new.rename(target)
        on_disk(target.parent)
        return
    moved: list[Path] = []
    try:
        for path in sorted(new.iterdir(), key=lambda path: (path.name == FILE, path.name)):
            moved.append(target / path.name)
            path.rename(target / path.name)
    except BaseException:
        for path in moved:
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    on_disk(target)
