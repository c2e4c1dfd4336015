"""A new workspace: its configuration, its level tables, its folders; it appears whole or not at all."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from kpibatch.base.config import FILE, Workspace
from kpibatch.base.errors import CannotWrite, FolderNotEmpty
from kpibatch.base.files import on_disk
from kpibatch.rules.draft.book import write_draft
from kpibatch.rules.draft.draft import Draft, draft_of
from kpibatch.rules.letter.text import read_letter
from kpibatch.rules.paper.blank import blank_sheets
from kpibatch.rules.paper.book import UNDATED, write_level_book


def begin(folder: Path) -> None:
    """A workspace whose level tables are blank.

    Raises ``KpibatchError`` where something stands in the folder, or the disk refuses.
    """
    _begin(folder, lambda path: write_level_book(path, blank_sheets(), UNDATED))


def begin_from(folder: Path, letter: Path, language: str) -> Draft:
    """A workspace whose level tables are drafted from a letter; what the letter gave.

    Raises ``KpibatchError`` as ``begin`` does, and where the letter can't be read or heads no KPI; nothing is
    written then.
    """
    _needs_room(folder)
    draft = draft_of(read_letter(letter))
    _begin(folder, lambda path: write_draft(draft, path, language))
    return draft


def _needs_room(folder: Path) -> None:
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)


def _begin(folder: Path, write_tables: Callable[[Path], None]) -> None:
    """Everything is written beside; a folder that is there and empty is filled, its configuration last."""
    target = folder.resolve()
    _needs_room(folder)
    new = target.with_name(f".{target.name}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        usual = Workspace()
        write_tables(new / usual.level_tables)
        for name in (usual.submissions, usual.output):
            (new / name).mkdir()
        text = files("kpibatch.commands").joinpath("workspace.toml").read_text(encoding="utf-8")
        (new / FILE).write_text(text, encoding="utf-8")
        for path in (*sorted(new.rglob("*")), new):
            on_disk(path)
        _moved_into(new, target)
    except OSError as reason:
        raise CannotWrite(file=folder, reason=reason.strerror or reason) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


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
