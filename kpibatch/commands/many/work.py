"""A task done, inside a process that may be lost: one workspace's month run, and what became of it in a
line.
"""

import hashlib
import logging
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import kpibatch
from kpibatch.base.catalogue import say
from kpibatch.base.config import FILE, read_config
from kpibatch.base.errors import KpibatchError, NoWorkspace, TogetherFault
from kpibatch.base.files import harmless
from kpibatch.base.findings import count
from kpibatch.base.month_files import LOG, RECORD
from kpibatch.base.thai import show_month
from kpibatch.books.guard.job import Elsewhere, right_here
from kpibatch.commands.console import Display
from kpibatch.commands.group import CRASHED, STOPPED, exit_code, failure_of, logging_in
from kpibatch.commands.many.hands import Tell
from kpibatch.commands.many.task import Ended, Task, digest_of, digest_of_facts
from kpibatch.commands.run import run_month
from kpibatch.commands.usage.log import kept
from kpibatch.months.listings import sent_of_asked, versions
from kpibatch.scoring.outcome import Outcome

_LOG = logging.getLogger("kpibatch")


class Steps(Display):
    """A run's progress, told on as texts: its steps as they begin, and what is to be told in the end."""

    def __init__(self, language: str, tell: Tell) -> None:
        super().__init__(language)
        self._tell = tell
        self.told: list[str] = []

    def step(self, name: str) -> None:
        super().step(name)
        self._tell(say(f"step-name.{name}", self.language))

    def tell(self, text: str) -> None:
        super().tell(text)
        self.told.append(text)
        self._tell(text)


def run_task(task: Task, tell: Tell) -> Ended:
    """Run the month. Forms are read in this very process, once more in children where one of them does not
    let it; whatever fails is told in the workspace's line. Its log is kept as of any run.
    """
    tell("")
    workspace, words = Path(task.workspace), ["run", *filter(None, [task.month])]
    with suppress(SystemExit), kept(workspace, "run", words, task.language, seen=False):
        ended = _ended(task, workspace, tell)
        print(ended.line)
        sys.exit(ended.code)
    return ended


def _ended(task: Task, workspace: Path, tell: Tell) -> Ended:
    with logging_in(lambda: workspace):
        try:
            if not task.careful:
                with suppress(Elsewhere), right_here():
                    return _run(task, workspace, tell)
            return _run(task, workspace, tell)
        except Exception as error:
            return _failed(task, workspace, error)


def _run(task: Task, workspace: Path, tell: Tell) -> Ended:
    if task.program and task.program != digest_of_facts(facts()):
        raise TogetherFault("task-other")
    if task.settings and task.settings != digest_of(workspace / FILE):
        raise TogetherFault("task-apart", folder=workspace)
    config = read_config(workspace)
    steps = Steps(task.language, tell)
    try:
        outcome = run_month(config, task.month, steps)
    finally:
        steps.close()
    record = config.output / outcome.month / RECORD
    found = count(outcome.findings)
    counts = (*sent_of_asked(outcome), *found.values())
    return Ended(
        task.workspace,
        exit_code(outcome.findings),
        _line(outcome, counts, task.language),
        tuple(steps.told),
        outcome.month,
        counts,
        str(record),
        digest_of(record),
    )


def _line(outcome: Outcome, counts: tuple[int, ...], language: str) -> str:
    names = ("sent", "units", "error", "warning", "note")
    month, tables = show_month(outcome.month, language, short=True), outcome.tables
    noun = tables.one_noun or say("sheet.unit", language)
    return say("many.done", language, month=month, noun=noun, **dict(zip(names, counts, strict=True)))


def _failed(task: Task, workspace: Path, error: Exception) -> Ended:
    """The line of a workspace that fails. A bug's traceback goes into its log."""
    failure = failure_of(error)
    gone = not isinstance(error, TogetherFault) and not (workspace / FILE).is_file()
    if gone and (failure or isinstance(error, OSError)):
        failure = NoWorkspace(folder=workspace)
    if failure:
        return Ended(task.workspace, STOPPED, harmless(failure.message(task.language)))
    _LOG.error("%s", workspace, exc_info=error)
    with suppress(KpibatchError):
        log = read_config(workspace).output / LOG
        bug = harmless(f"{type(error).__name__}: {error}")
        return Ended(task.workspace, CRASHED, say("many.bug", task.language, bug=bug, log=log))
    raise error


@cache
def facts() -> dict[str, str]:
    """What the outputs' bytes hang on: the versions, and the digest of the program's own files."""
    home, digest = Path(kpibatch.__file__).parent, hashlib.sha256()
    for path in sorted(home.rglob("*"), key=lambda path: path.relative_to(home).parts):
        if path.suffix in (".py", ".toml", ".lark", ".json"):
            digest.update(path.relative_to(home).as_posix().encode() + path.read_bytes())
    return {**versions(), "program": digest.hexdigest()[:16]}


def probed(paths: tuple[str, ...], tell: Tell) -> tuple[dict[str, str], tuple[str, ...]]:
    """What this process's outputs hang on, and the digests of files as it sees them."""
    return facts(), tuple(digest_of(Path(path)) for path in paths)
