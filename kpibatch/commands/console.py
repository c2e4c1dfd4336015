"""What the operator sees while a command works: a bar on a terminal, plain lines elsewhere; and tables (the
door to rich).
"""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from kpibatch.base.catalogue import say
from kpibatch.base.files import harmless
from kpibatch.base.findings import Finding
from kpibatch.commands.streams import write_bytes
from kpibatch.months.csv_cells import as_csv

_MARKS, _FAILED = {0: "✓", 1: "!"}, "✗"  # by exit code


class Bar:
    """Progress on a terminal: one bar, its label the step at hand."""

    def __init__(self, language: str) -> None:
        self.language = language
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, transient=True, console=Console(stderr=True, markup=False))
        self._task: TaskID | None = None
        self._bar.start()

    def step(self, name: str) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(say(f"step-name.{name}", self.language), total=None)

    def tick(self, done: int, of: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=of)

    def tell(self, text: str) -> None:
        self._bar.console.print(text, highlight=False)

    def close(self) -> None:
        self._bar.stop()


class Lines:
    """Progress in a log or a pipe: one plain line a step."""

    def __init__(self, language: str, echo: Callable[[str], None]) -> None:
        self.language, self._echo = language, echo

    def step(self, name: str) -> None:
        self._echo(say(f"step-name.{name}", self.language) + " …")

    def tick(self, done: int, of: int) -> None:
        """Nothing: a line a file would drown what matters."""

    def tell(self, text: str) -> None:
        self._echo(text)

    def close(self) -> None:
        """Nothing to put away."""


class Board:
    """Several workspaces at once: which are at work, how many are done and failed, and a line for each as it
    ends; a bar on a terminal, plain lines elsewhere. Several threads may tell at once.
    """

    def __init__(self, count: int, language: str, echo: Callable[..., None]) -> None:
        self._count, self._language, self._echo = count, language, echo
        self._lock, self._begun = threading.Lock(), dict[str, TaskID | None]()
        self._failed: list[str] = []
        self._done, self.worst = 0, 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            transient=True,
            console=Console(stderr=True, markup=False),
            redirect_stdout=sys.stdout.isatty(),
            disable=not sys.stderr.isatty(),
        )
        self._all = self._bar.add_task(self._so_far(), total=count)
        self._bar.start()

    def step(self, name: str, text: str) -> None:
        """A workspace has begun with a step; without a text it has just begun."""
        label = f"  {harmless(name)}  {text}".rstrip()
        with self._lock:
            if name not in self._begun:
                self._begun[name] = None
                if self._bar.disable:
                    self._echo(say("many.begun", self._language, name=harmless(name)))
                else:
                    self._begun[name] = self._bar.add_task(label, total=None)
            elif (task := self._begun[name]) is not None:
                self._bar.update(task, description=label)

    def ended(self, name: str, code: int, line: str, told: Sequence[str]) -> None:
        """What became of a workspace; ``told`` are lines of its own."""
        shown = f"{_MARKS.get(code, _FAILED)} {harmless(name)}: {line}"
        with self._lock:
            self._done, self.worst = self._done + 1, max(self.worst, code)
            if code not in _MARKS:
                self._failed.append(shown)
            if (task := self._begun.pop(name, None)) is not None:
                self._bar.remove_task(task)
            self._bar.update(self._all, advance=1, description=self._so_far())
            self._echo(f"[{self._done}/{self._count}] {shown}")
            for each in told:
                self._echo(f"    {each}")

    def close(self) -> None:
        """How many are done; those that failed once more, together."""
        self._bar.stop()
        self._echo(self._so_far())
        for each in self._failed:
            self._echo(each, err=True)

    def _so_far(self) -> str:
        facts = {"done": self._done, "count": self._count, "failed": len(self._failed)}
        return say("many.so-far", self._language, **facts)


@contextmanager
def showing(language: str, echo: Callable[[str], None]) -> Iterator[Bar | Lines]:
    """Progress for the block: a bar where a person looks on, else plain lines."""
    display = Bar(language) if sys.stderr.isatty() else Lines(language, echo)
    try:
        yield display
    finally:
        display.close()


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
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else width).print(table)


def print_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The rows: on a terminal as text, redirected to the byte as the CSV files are: Excel reads Thai."""
    content = as_csv(heads, rows)
    if sys.stdout.isatty():
        print(content.decode("utf-8-sig").replace("\r\n", "\n"), end="")
    else:
        write_bytes(content)


def finding_line(each: Finding, language: str, whose: str = "") -> str:
    """A finding as one line: how grave, whose, where, what, and its code."""
    parts = (say(f"sheet.severity-{each.severity}", language), whose, str(each.place), each.message(language))
    return "  ".join(filter(None, parts)) + f"  [{each.code}]"
