"""An executor behind a scheduler's address, once every worker has shown that it has this very program and
sees the same folders.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpibatch.base.config import FILE
from kpibatch.base.errors import TogetherFault
from kpibatch.commands.many.dask import Scheduler
from kpibatch.commands.many.remote import probe, put_down
from kpibatch.commands.many.task import Task, digest_of, digest_of_facts


@contextmanager
def cluster(
    address: str, tasks: Sequence[Task], told: Callable[[str, str], None]
) -> Iterator[tuple[Executor, list[Task]]]:
    """The executor, and the tasks with what its workers are to compare; ``told`` hears each one's steps.

    Raises ``TogetherFault`` where nobody answers within seconds, or a worker has another program or folder.
    """
    from kpibatch.commands.many.work import facts

    scheduler, topic = Scheduler(address), f"kpibatch-{secrets.token_hex(8)}"
    try:
        with _probes([Path(task.workspace) for task in tasks]) as probes:
            _look_at(scheduler, facts(), probes)
        scheduler.listen(topic, told)
        program = digest_of_facts(facts())
        ready = [
            replace(task, program=program, settings=digest_of(Path(task.workspace) / FILE), topic=topic)
            for task in tasks
        ]
        executor = scheduler.executor()
        try:
            yield executor, ready
        finally:
            executor.shutdown(wait=False)  # what is not begun is not begun any more
    finally:
        scheduler.everywhere(put_down, topic)
        scheduler.close()


@contextmanager
def _probes(workspaces: Sequence[Path]) -> Iterator[dict[str, str]]:
    """Files by the digest that only who sees this very folder can tell: one for each folder of workspaces;
    where none can be written, the settings.
    """
    digests: dict[str, str] = {}
    written: list[Path] = []
    try:
        for workspace in {each.parent: each for each in workspaces if each.is_dir()}.values():
            path, content = workspace / f".kpibatch.{secrets.token_hex(8)}.probe", secrets.token_bytes(32)
            try:
                path.write_bytes(content)
                written.append(path)
                digests[str(path)] = hashlib.sha256(content).hexdigest()
            except OSError:
                digests[str(workspace / FILE)] = digest_of(workspace / FILE)
        yield digests
    finally:
        for path in written:
            with suppress(OSError):
                path.unlink()


def _look_at(scheduler: Scheduler, facts: dict[str, str], probes: dict[str, str]) -> None:
    workers, paths = scheduler.workers(), tuple(probes)
    answers = scheduler.asked(probe, paths, [*workers])
    for worker, name in workers.items():
        _refuse(name, answers[worker], facts, probes)


def _refuse(worker: str, answer: Any, facts: dict[str, str], probes: dict[str, str]) -> None:
    if isinstance(answer, Exception):
        reason = f"{type(answer).__name__}: {str(answer).partition(chr(10))[0]}"
        raise TogetherFault("worker-without", worker=worker, expected=facts["kpibatch"], reason=reason)
    theirs, seen = answer
    other = [name for name in facts if theirs.get(name) != facts[name]]
    if other:
        differences = ", ".join(f"{name} {theirs.get(name, '–')} ≠ {facts[name]}" for name in other)
        raise TogetherFault("worker-other", worker=worker, differences=differences)
    apart = [path for path, digest in zip(probes, seen, strict=True) if digest != probes[path]]
    if apart:
        raise TogetherFault("worker-apart", worker=worker, folder=Path(apart[0]).parent)
