"""What the operator sees while a command works: a bar on a terminal, plain lines elsewhere; and tables, for
people or for machines (the door to rich).
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from kpibatch.base.catalogue import say
from kpibatch.base.files import harmless
from kpibatch.base.findings import Finding
from kpibatch.commands.streams import write_bytes
from kpibatch.commands.usage.log import note, step_words
from kpibatch.commands.usage.voice import VOICE, Voice
from kpibatch.months.csv_cells import as_csv

_MARKS, _FAILED = {0: "✓", 1: "!"}, "✗"  # by exit code


class Display:
    """Progress: what each step is and, on record, how long it took; nobody looks on."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._step, self._begun = "", 0.0

    def step(self, name: str) -> None:
        self._end_step()
        self._step, self._begun = name, time.monotonic()

    def tick(self, done: int, of: int) -> None:
        """Nothing: a line a file would drown what matters."""

    def tell(self, text: str) -> None:
        note(text)

    def close(self) -> None:
        self._end_step()

    def _end_step(self) -> None:
        if not self._step:
            return
        took = step_words(self._step, self.language, time.monotonic() - self._begun)
        self._step = ""
        note(took)
        if VOICE.get().verbose:
            self.add(took)

    def add(self, text: str) -> None:
        """A line beside the work."""
        print(text, file=sys.stderr)


class Bar(Display):
    """Progress on a terminal: one bar, its label the step at hand."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, transient=True, console=_console(stderr=True))
        self._task: TaskID | None = None
        self._bar.start()

    def step(self, name: str) -> None:
        super().step(name)
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(say(f"step-name.{name}", self.language), total=None)

    def tick(self, done: int, of: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=of)

    def tell(self, text: str) -> None:
        super().tell(text)
        self.add(text)

    def add(self, text: str) -> None:
        self._bar.console.print(text, highlight=False)

    def close(self) -> None:
        super().close()
        self._bar.stop()


class Lines(Display):
    """Progress in a log or a pipe: one plain line a step."""

    def __init__(self, language: str, echo: Callable[[str], None]) -> None:
        super().__init__(language)
        self._echo = echo

    def step(self, name: str) -> None:
        super().step(name)
        self._echo(say(f"step-name.{name}", self.language) + " …")

    def tell(self, text: str) -> None:
        self._echo(text)


class Board:
    """Several workspaces at once: which are at work, how many are done and failed, and a line for each as it
    ends; a bar on a terminal, plain lines elsewhere. Several threads may tell at once.
    """

    def __init__(self, count: int, language: str, echo: Callable[..., None]) -> None:
        self._count, self._language, self._echo = count, language, echo
        self._lock, self._begun = threading.Lock(), dict[str, TaskID | None]()
        self._failed: list[str] = []
        self._done = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            transient=True,
            console=_console(stderr=True),
            redirect_stdout=False,
            disable=not _bars_are_seen() or VOICE.get().quiet,
        )
        self._above = not self._bar.disable and sys.stdout.isatty()  # the bar must not be written over
        self._aside = VOICE.get().for_machines
        self._all = self._bar.add_task(self._so_far(), total=count)
        self._bar.start()

    def step(self, name: str, text: str) -> None:
        """A workspace has begun with a step; without a text it has just begun."""
        label = f"  {harmless(name)}  {text}".rstrip()
        with self._lock:
            if name not in self._begun:
                self._begun[name] = None
                if self._bar.disable:
                    self._line(say("many.begun", self._language, name=harmless(name)))
                else:
                    self._begun[name] = self._bar.add_task(label, total=None)
            elif (task := self._begun[name]) is not None:
                self._bar.update(task, description=label)

    def ended(self, name: str, code: int, line: str, told: Sequence[str]) -> None:
        """What became of a workspace; ``told`` are lines of its own."""
        shown = f"{_MARKS.get(code, _FAILED)} {harmless(name)}: {line}"
        with self._lock:
            self._done += 1
            if code not in _MARKS:
                self._failed.append(shown)
            if (task := self._begun.pop(name, None)) is not None:
                self._bar.remove_task(task)
            self._bar.update(self._all, advance=1, description=self._so_far())
            for text in (f"[{self._done}/{self._count}] {shown}", *(f"    {each}" for each in told)):
                self._line(text)

    def close(self) -> None:
        """How many are done, if any has begun; those that failed once more, together."""
        self._bar.stop()
        if self._done or self._begun:
            self._echo(self._so_far(), err=self._aside)
        for each in self._failed:
            self._echo(each, err=True)

    def _line(self, text: str) -> None:
        if self._above:
            self._bar.console.print(text, highlight=False, soft_wrap=True)
            note(text)
        else:
            self._echo(text, err=self._aside)

    def _so_far(self) -> str:
        facts = {"done": self._done, "count": self._count, "failed": len(self._failed)}
        return say("many.so-far", self._language, **facts)


@contextmanager
def showing(language: str, echo: Callable[[str], None]) -> Iterator[Display]:
    """Progress for the block: a bar where a person looks on, else plain lines; they go to stderr where what
    is printed is for machines.
    """
    display = _display(VOICE.get(), language, echo)
    try:
        yield display
    finally:
        display.close()


def _display(voice: Voice, language: str, echo: Callable[[str], None]) -> Display:
    if voice.quiet:
        return Display(language)
    if _bars_are_seen():
        return Bar(language)
    return Lines(language, print_aside if voice.for_machines else echo)


def _bars_are_seen() -> bool:
    """Whether a person looks on, at a terminal that can redraw a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def _console(*, stderr: bool = False, width: int | None = None) -> Console:
    """Never a colour off a terminal, nor where ``NO_COLOR`` is set.

    Source: https://no-color.org.
    """
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    plain = not terminal or bool(os.environ.get("NO_COLOR"))
    return Console(
        stderr=stderr,
        width=None if terminal else width,
        markup=False,
        highlight=False,
        force_terminal=terminal,
        color_system=None if plain else "auto",
    )


def print_aside(text: str) -> None:
    """A line that is no part of what was asked for: to stderr where that is for machines."""
    print(text, file=sys.stderr if VOICE.get().for_machines else sys.stdout)


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str = "",
    right: Sequence[int] = (),
    width: int = 110,
) -> None:
    """A table as wide as the terminal, elsewhere ``width``; the columns numbered in ``right`` stand to the
    right.
    """
    table = Table(title=title or None, title_justify="left")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    _console(width=width).print(table)


def print_markdown(text: str) -> None:
    """A page of Markdown, laid out on a terminal, as it is written elsewhere."""
    if sys.stdout.isatty():
        from rich.markdown import Markdown  # only here, for it takes longer to load than all else

        _console().print(Markdown(text))
    else:
        print(text.rstrip())


def print_records(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[str] = ()
) -> None:
    """Rows for machines, under columns whose names are the same in every language: CSV to the byte as the
    files are, so that Excel reads Thai, or JSON, a list of objects in which ``numbers`` are numbers, null
    where they are blank.
    """
    if VOICE.get().form == "json":
        facts = [_fact(dict(zip(columns, row, strict=True)), numbers) for row in rows]
        content = (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    else:
        content = as_csv(columns, rows)
    if sys.stdout.isatty():
        print(content.decode("utf-8-sig").replace("\r\n", "\n"), end="")
    else:
        write_bytes(content)


def _fact(row: Mapping[str, str], numbers: Collection[str]) -> dict[str, Any]:
    return {name: _number(text) if name in numbers else text for name, text in row.items()}


def _number(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        return float(text) if text else None


def finding_line(each: Finding, language: str, whose: str = "") -> str:
    """A finding as one line: how grave, whose, where, what, and its code."""
    parts = (say(f"sheet.severity-{each.severity}", language), whose, str(each.place), each.message(language))
    return "  ".join(filter(None, parts)) + f"  [{each.code}]"
