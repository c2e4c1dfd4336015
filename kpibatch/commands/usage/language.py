"""The language a command speaks in: ``--lang``, else the workspace's, else ``LANG``'s, else Thai.

Click's own lines (Usage, Options, No such option …) go through gettext; here they find their Thai in
``click.toml``, whose keys are click's own words.
"""

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

from kpibatch.base.catalogue import LANGUAGES
from kpibatch.base.config import read_config
from kpibatch.base.errors import WorkspaceError

LANGUAGE, WORKSPACE = (
    "kpibatch.language",
    "kpibatch.workspace",
)  # what contexts hold, the command's its group's
_SPEAKERS = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.termui,
    click.types,
)
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which they count
_NOW: ContextVar[str | None] = ContextVar("language", default=None)


def workspace_of(ctx: click.Context) -> Path:
    """The workspace that was named, else the folder at hand."""
    named = ctx.meta.get(WORKSPACE)
    return named if isinstance(named, Path) else Path()


def language_of(ctx: click.Context) -> str:
    """The language in which a command speaks."""
    if asked := ctx.meta.get(LANGUAGE):
        return str(asked)
    try:
        return read_config(workspace_of(ctx)).language
    except WorkspaceError:
        return language_of_system()


def language_of_system() -> str:
    """``LC_ALL``, ``LC_MESSAGES`` or ``LANG``, where it is a language there are texts in; else Thai."""
    locale = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    language = locale.partition("_")[0].partition(".")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Click speaks this language within the block, whatever the command at hand."""
    before = _NOW.set(language)
    try:
        yield
    finally:
        _NOW.reset(before)


def language_now() -> str:
    """The language of the command at hand, where there is one."""
    ctx = click.get_current_context(silent=True)
    return _NOW.get() or (language_of(ctx) if ctx else language_of_system())


@cache
def _thai() -> dict[str, str]:
    texts: dict[str, str] = tomllib.loads(Path(__file__).with_name("click.toml").read_text(encoding="utf-8"))
    return texts


def _told(text: str) -> str:
    return text if language_now() == "en" else _thai().get(text, text)


def _told_of(one: str, many: str, count: int) -> str:
    return _told(one if count == 1 else many)


def teach_click() -> None:
    """Click's own lines are told in the language of the command."""
    for module in _SPEAKERS:
        vars(module).update(_=_told, ngettext=_told_of)
