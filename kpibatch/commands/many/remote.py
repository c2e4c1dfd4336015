"""What is done on a Dask worker: a task, in a warm process of the worker's own thread.

Nothing heavy is loaded into the worker itself, and no stranger's file is opened there: a process that dies
costs the worker nothing, and a worker's processes end with it.
"""

import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

from kpibatch.commands.many.calls import probed, run_task
from kpibatch.commands.many.dask import tell_listeners
from kpibatch.commands.many.hands import ApartHand, Tell, Work
from kpibatch.commands.many.task import Ended, Lost, Task

_hands: dict[int, ApartHand] = {}  # by thread
_at_work: dict[int, str] = {}  # by thread the topic that its process works for
_called_off: set[str] = set()  # topics


def run_remotely(task: Task) -> Ended:
    """The task done; once more, with care, where it killed its process. Raises ``Lost`` where it did so
    again.
    """

    def tell(text: str) -> None:
        with suppress(Exception):  # a step that nobody hears of stops nothing
            tell_listeners(task.topic, task.workspace, text)

    try:
        ended = _called(run_task, task, tell, task.topic)
    except Lost:
        if task.topic in _called_off:
            raise
        ended = _called(run_task, replace(task, careful=True), tell, task.topic)
    return ended  # type: ignore[no-any-return]


def probe(paths: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """As ``probed``, in a process of this worker's."""
    return _called(probed, paths, lambda text: None, "")  # type: ignore[no-any-return]


def put_down(topic: str) -> None:
    """End the processes that work for a call, and those that are idle; nothing more is begun for it."""
    _called_off.add(topic)
    for thread, hand in [*_hands.items()]:
        if _at_work.get(thread, topic) == topic:
            _hands.pop(thread, None)
            hand.end()


def _called(work: Work, given: object, tell: Tell, topic: str) -> Any:
    if topic in _called_off:
        raise Lost(topic)
    thread = threading.get_ident()
    hand = _hands.get(thread) or _hands.setdefault(thread, ApartHand())
    _at_work[thread] = topic
    try:
        return hand.call(work, given, tell)
    except Lost:
        _hands.pop(thread, None)
        hand.end()
        raise
    finally:
        _at_work.pop(thread, None)
