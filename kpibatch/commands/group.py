"""What all commands share: the group, errors as one line, exit codes, the language."""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from errno import EACCES, EIO, ENAMETOOLONG, ENOSPC, ENOTCONN, EROFS, ESTALE, ETIMEDOUT
from pathlib import Path
from typing import Any

import click

from kpibatch import __version__
from kpibatch.base.config import Config, read_config
from kpibatch.base.errors import DiskRefuses, Interrupted, KpibatchError, NoLibrary, WorkspaceError
from kpibatch.base.findings import Finding
from kpibatch.base.month_files import LOG
from kpibatch.commands.usage.language import language_of as language_asked
from kpibatch.commands.usage.language import language_of_system, speaking, teach_click, workspace_of
from kpibatch.commands.usage.parts import WORDS, ToldGroup
from kpibatch.commands.usage.voice import VOICE, Voice

CLEAN, FINDINGS, STOPPED, CRASHED = 0, 1, 2, 70
# A share that is gone, a path that is none; never a bug.
_OF_THE_DISK = {EACCES, EIO, ENAMETOOLONG, ENOSPC, ENOTCONN, EROFS, ESTALE, ETIMEDOUT}


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where a finding is an error or a warning: notes alone are clean.

    Source: design, section 2.
    """
    return FINDINGS if any(each.grave for each in findings) else CLEAN


def failure_of(error: BaseException) -> KpibatchError | None:
    """What the operator, the disk or the installation can mend, or Ctrl-C; none where it is a bug."""
    if isinstance(error, KpibatchError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Interrupted()
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        name = "path-too-long" if error.errno == ENAMETOOLONG else None
        return DiskRefuses(name, file=error.filename or "", reason=error)
    lacking = getattr(error, "name", "") if isinstance(error, ImportError) else ""
    if lacking and not lacking.startswith("kpibatch"):
        return NoLibrary(package=lacking.partition(".")[0], reason=error)
    return None


class OneLine(ToldGroup):
    """Turns ``KpibatchError``, a disk that refuses and Ctrl-C into one line on stderr and exit code 2.

    Source: design, section 2.
    """

    shows_common = True

    def main(self, *args: Any, standalone_mode: bool = True, **more: Any) -> Any:
        """Click's own way, but that Ctrl-C outside a command, too, goes on to whoever called."""
        clicks_own: Callable[..., Any] = super().main
        voice = VOICE.set(Voice())
        try:
            code = clicks_own(*args, standalone_mode=False, **more)
        except (click.exceptions.Abort, Interrupted):
            raise KeyboardInterrupt from None
        except click.ClickException as error:
            if not standalone_mode:
                raise
            asked = error.ctx if isinstance(error, click.UsageError) else None
            with speaking(language_asked(asked) if asked else language_of_system()):
                error.show()
            code = error.exit_code
        finally:
            VOICE.reset(voice)
        return sys.exit(code or CLEAN) if standalone_mode else code

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        words = [*args]
        try:
            ctx = super().make_context(info_name, args, parent, **extra)
        except KeyboardInterrupt:  # click would say an empty line
            raise Interrupted from None
        ctx.meta[WORDS] = words
        return ctx

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (KpibatchError, KeyboardInterrupt, OSError, ImportError) as error:
            failure = failure_of(error)
            if failure is None:
                raise
        from kpibatch.base.files import harmless

        click.echo("kpibatch: " + harmless(failure.message(language_asked(ctx))), err=True)
        ctx.exit(STOPPED)


class _InOutput(logging.Handler):
    """Appends what is logged, tracebacks of bugs, to ``kpibatch.log`` in the workspace's output."""

    def __init__(self, workspace: Callable[[], Path]) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._workspace = workspace

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(KpibatchError, OSError):  # a log that can't be written stops nothing
            path = read_config(self._workspace()).output / LOG
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(self.format(record) + "\n")


@contextmanager
def logging_in(workspace: Callable[[], Path]) -> Iterator[None]:
    """In the block tracebacks go into the log of the workspace, which may be named only later."""
    handler, log = _InOutput(workspace), logging.getLogger("kpibatch")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def language_of(workspace: Path) -> str:
    """The workspace's language; the system's where there is no configuration to ask."""
    try:
        return read_config(workspace).language
    except WorkspaceError:
        return language_of_system()


def language_here() -> str:
    """The language in which the command at hand speaks."""
    return language_asked(click.get_current_context())


def spoken(config: Config) -> Config:
    """The configuration with the language that was asked for, for what is shown and not kept."""
    return replace(config, workspace=replace(config.workspace, language=language_here()))


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, package_name="kpibatch")
@click.pass_context
def commands(ctx: click.Context) -> None:
    ctx.obj = workspace_of(ctx)
    ctx.with_resource(logging_in(lambda: workspace_of(ctx)))


commands.key = ""
teach_click()
