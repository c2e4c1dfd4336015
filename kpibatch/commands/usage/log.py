"""A log of each working command: ``output/logs/2026-11-30-104523-run.log``.

What was asked for, what was shown, how long each step took, how it ended; UTF-8, the newest hundred are kept.
It stands beside the months, so that a month's bytes stay the same, and holds no addresses.
"""

import logging
import platform
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kpibatch import __version__
from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.base.errors import Interrupted, KpibatchError
from kpibatch.base.files import by_name
from kpibatch.base.month_files import LOGS

KEPT = 100
_NAME = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]-*.log"
_ADDRESS = re.compile(r"[^\s<>@\"'“”(),;:]+@(?=[\w-]+\.)")
_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Log(logging.Handler):
    """A file of lines, each with its time; it begins once there is an output to stand in, for a command that
    is refused leaves nothing. What can't be written stops nothing.
    """

    def __init__(self, output: Path, command: str) -> None:
        super().__init__()
        self._output, self._command = output, command
        self._file: IO[str] | None = None
        self._waiting, self._line, self._begun = list[str](), "", time.monotonic()

    def say(self, text: str) -> None:
        """Text as it is printed, perhaps less than a line."""
        *lines, self._line = (self._line + _STYLE.sub("", text)).split("\n")
        self._write(lines)

    def note(self, text: str) -> None:
        """Lines of its own."""
        self._write(text.rstrip("\n").split("\n"))

    def emit(self, record: logging.LogRecord) -> None:
        """What the program logs itself: tracebacks of bugs that cost a piece."""
        self.note(self.format(record))

    def end(self, how: str, why: str = "") -> None:
        """How the command ended, after how long, and why."""
        self.note(f"{why}\nexit {how}, {time.monotonic() - self._begun:.1f} s".strip())
        with suppress(OSError, ValueError):  # what is still held is written now, where there is room
            if self._file:
                self._file.close()

    def _write(self, lines: Sequence[str]) -> None:
        now = f"{datetime.now():%H:%M:%S}"
        hidden = (_ADDRESS.sub("…@", line).encode(errors="replace").decode() for line in lines)
        self._waiting += [f"{now} {line}\n" for line in hidden]
        with suppress(OSError, ValueError):
            if self._file is None and self._output.is_dir():
                self._file = _new_file(self._output / LOGS, self._command)
            if self._file:
                self._file.writelines(self._waiting)
                self._file.flush()
                self._waiting = []


_LOG: ContextVar[Log | None] = ContextVar("log", default=None)


def note(text: str) -> None:
    """A line for the log of the command at hand, where it keeps one."""
    if log := _LOG.get():
        log.note(text)


class _Both:
    """Stdout, and what goes there kept in the log too; ``stream`` is none where nothing is to be seen."""

    def __init__(self, stream: IO[str], log: Log | None, seen: bool) -> None:
        self._stream, self._log, self._seen = stream, log, seen

    def write(self, text: str) -> int:
        if self._log:
            self._log.say(text)
        return self._stream.write(text) if self._seen else len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def kept(workspace: Path, command: str, words: Sequence[str], language: str, *, seen: bool) -> Iterator[None]:
    """The block's output on record, and how it ends; ``seen`` is false where nothing is to be printed."""
    log = _begun(workspace, command, words)
    held, stdout, program = _LOG.set(log), sys.stdout, logging.getLogger("kpibatch")
    if log:
        program.addHandler(log)
    sys.stdout = _Both(stdout, log, seen)
    how, why = "0", ""
    try:
        yield
    except SystemExit as end:
        how = str(end.code or 0)
        raise
    except KpibatchError as error:
        how, why = "2", error.message(language)
        raise
    except KeyboardInterrupt:
        how, why = "2", Interrupted().message(language)
        raise
    except BaseException as error:
        how, why = type(error).__name__, traceback.format_exc()
        raise
    finally:
        sys.stdout = stdout
        _LOG.reset(held)
        if log:
            program.removeHandler(log)
            log.end(how, why)


def _begun(workspace: Path, command: str, words: Sequence[str]) -> Log | None:
    """The log begun; none where there is no workspace."""
    try:
        log = Log(read_config(workspace).output, command)
    except KpibatchError:
        return None
    log.note(f"kpibatch {__version__}, Python {platform.python_version()}, {platform.platform()}")
    log.note(f"{workspace.resolve()}: kpibatch {' '.join(words)}")
    return log


def _new_file(folder: Path, command: str) -> IO[str]:
    """A file that no other command has, for two may begin in the same second; those too old go."""
    folder.mkdir(exist_ok=True)
    for old in sorted(folder.glob(_NAME), key=by_name)[: 1 - KEPT]:
        old.unlink()
    begun = f"{datetime.now():%Y-%m-%d-%H%M%S}"
    for number in range(1, KEPT):
        name = f"{begun}-{command}{'' if number == 1 else f'-{number}'}.log"
        with suppress(FileExistsError):
            return (folder / name).open("x", encoding="utf-8", newline="\n")
    raise FileExistsError(folder)


def step_words(name: str, language: str, seconds: float) -> str:
    """A step and how long it took."""
    return f"{say(f'step-name.{name}', language)}: {seconds:.1f} s"
