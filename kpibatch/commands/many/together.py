"""All tasks through one executor: each told as it ends, the gravest exit code in the end."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpibatch.base.catalogue import say
from kpibatch.base.errors import TogetherFault
from kpibatch.base.files import harmless
from kpibatch.books.guard.capped import START
from kpibatch.commands.console import Board, print_aside
from kpibatch.commands.group import STOPPED
from kpibatch.commands.many.calls import run_task
from kpibatch.commands.many.crew import Crew
from kpibatch.commands.many.named import Named
from kpibatch.commands.many.room import at_once
from kpibatch.commands.many.task import Ended, Lost, Task, digest_of

_LOOK = 0.5  # seconds between two looks at what is done: Ctrl-C is heard meanwhile, on Windows too
_SHARE_LAGS = 15.0  # seconds for another computer's file to be seen on a share


def run_together(
    named: Sequence[Named],
    month: str | None,
    language: str,
    echo: Callable[..., None],
    *,
    jobs: int | None = None,
    scheduler: str = "",
) -> list[tuple[Named, Ended]]:
    """Run a month of each workspace; gives back what became of each, in their order.

    A workspace that fails fails alone. ``jobs`` counts processes here. Raises ``TogetherFault`` before
    anything is begun.
    Source: design, section 2 (``run``).
    """
    if jobs and scheduler:
        raise TogetherFault("jobs-elsewhere")
    for each in named:
        for again in each.again:
            print_aside(say("many.again", language, again=harmless(again), name=harmless(each.name)))
    tasks = [Task(str(each.folder), each.name, month, language) for each in named]
    names = {task.workspace: task.name for task in tasks}
    board, all_ended = Board(len(tasks), language, echo), dict[str, Ended]()
    try:
        with _executor(tasks, board, jobs, scheduler) as (executor, work, ready):
            for ended in _ended(executor, work, ready, language):
                all_ended[ended.workspace] = ended
                board.ended(names[ended.workspace], ended.code, ended.line, ended.told)
    finally:
        board.close()
    return [(each, all_ended[str(each.folder)]) for each in named]


@contextmanager
def _executor(
    tasks: Sequence[Task], board: Board, jobs: int | None, scheduler: str
) -> Iterator[tuple[Executor, Callable[..., Ended], Sequence[Task]]]:
    names = {task.workspace: task.name for task in tasks}
    if scheduler:
        from kpibatch.commands.many.cluster import cluster
        from kpibatch.commands.many.remote import run_remotely

        with cluster(scheduler, tasks, lambda path, text: board.step(names[path], text)) as (executor, ready):
            yield executor, run_remotely, ready
        return
    if START == "fork":
        import kpibatch.commands.many.work  # noqa: F401  what is loaded before a fork is shared
    with Crew(at_once(len(tasks), jobs), lambda task, text: board.step(task.name, text)) as crew:
        yield crew, run_task, tasks


def _ended(
    executor: Executor, work: Callable[..., Ended], tasks: Sequence[Task], language: str
) -> Iterator[Ended]:
    """What became of each task, in the order in which they end. One that killed its process is done once
    more, with care.
    """
    futures: dict[Future[Any], Task] = {executor.submit(work, task): task for task in tasks}
    while futures:
        for future in wait(futures, timeout=_LOOK, return_when=FIRST_COMPLETED).done:
            task = futures.pop(future)
            try:
                yield _seen_here(future.result(), task, language)
            except Lost as lost:
                if task.careful or task.topic:
                    yield _failed(task, "many.lost", language, reason=lost)
                else:
                    careful = replace(task, careful=True)
                    futures[executor.submit(work, careful)] = careful
            except (Exception, CancelledError) as error:  # the scheduler's own
                reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}".rstrip(": ")
                yield _failed(task, "many.away", language, reason=reason)


def _failed(task: Task, key: str, language: str, **facts: object) -> Ended:
    return Ended(task.workspace, STOPPED, harmless(say(key, language, **facts)))


def _seen_here(ended: Ended, task: Task, language: str) -> Ended:
    """What another computer has written stands here too, byte for byte, or the workspace has failed."""
    until = time.monotonic() + (_SHARE_LAGS if task.topic and ended.record else 0)
    while task.topic and ended.record and digest_of(Path(ended.record)) != ended.digest:
        if time.monotonic() > until:
            return _failed(task, "many.unseen", language, file=ended.record)
        time.sleep(_LOOK)
    return ended
