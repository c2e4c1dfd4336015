"""An executor of warm processes on this computer: a call that kills its process costs itself alone."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from kpibatch.commands.many.hands import Hand
from kpibatch.commands.many.task import Lost

_Call = tuple["Future[Any]", Callable[..., Any], Any]


class Crew(Executor):
    """So many ``Hand``s, each with a thread that waits for it.

    ``submit(work, given)`` does ``work(given, tell)`` there; what it tells goes to ``told(given, text)``, in
    that thread. A future fails with ``Lost`` where the process died; a new one takes its place.
    """

    def __init__(self, count: int, told: Callable[[Any, str], None] = lambda given, text: None) -> None:
        self._told, self._ending = told, False
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._hands: dict[int, Hand] = {number: Hand() for number in range(count)}
        self._threads = [
            threading.Thread(target=self._attend, args=(number,), daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        (given,) = args
        future: Future[Any] = Future()
        self._calls.put((future, fn, given))
        return future

    def _attend(self, number: int) -> None:
        while (call := self._calls.get()) and not self._ending:
            future, work, given = call
            if future.set_running_or_notify_cancel():
                self._do(number, future, work, given)

    def _do(self, number: int, future: "Future[Any]", work: Callable[..., Any], given: Any) -> None:
        try:
            result = self._hands[number].call(work, given, lambda text: self._told(given, text))
        except Lost as lost:
            self._hands[number].end()
            if not self._ending:
                self._hands[number] = Hand()
            future.set_exception(lost)
        except BaseException as error:  # what can't travel, or a display that failed
            future.set_exception(error)
        else:
            future.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, whatever they are at: nobody waits any more for what is not done by now."""
        self._ending = True
        for _ in self._threads:
            self._calls.put(None)
        for hand in self._hands.values():
            hand.end()
        for thread in self._threads:
            thread.join(10.0)
        for hand in self._hands.values():  # one that was started meanwhile
            hand.end()
