"""The summaries of many units, written by this process and beside it by others, which are forked from it and
so have the outcome without being sent it.

What another process does not bring to its end, whatever the reason, is left to this one: a bug shows itself
here once more, with its traceback, and costs what it would have cost.
"""

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeAlias

from kpibatch.base.progress import Progress
from kpibatch.books.guard.capped import START
from kpibatch.books.guard.job import deaf_to_ctrl_c, is_right_here, processors, settle_in

MANY = 100  # summaries: three seconds' work; a process beside this one costs some hundredths
_BLOCK, _AHEAD = 4, 3  # summaries are handed over together; so many times to each process ahead

Write: TypeAlias = Callable[[int], object]  # of the summary of that number
_work: list[Write] = []  # another process's own, filled in by _begin


def helpers(summaries: int) -> int:
    """How many processes may work beside this one: none where they would have to be sent the outcome, where
    the work is too little, or where this is itself one of several at work.
    """
    apart = START != "fork" or is_right_here() or multiprocessing.parent_process() is not None
    return 0 if apart or summaries < MANY else processors() - 1


def all_written(count: int, write: Write, here: Write, progress: Progress, memory_mb: int) -> None:
    """So many summaries, each by ``write`` in another process, which may take so much more memory, or by
    ``here`` in this one, which works from the last backwards until they meet.
    """
    if beside := helpers(count):
        _Together(count, here, progress).write(write, beside, memory_mb)
    else:
        for number in range(count):
            here(number)
            progress.tick(number + 1, count)


class _Together:
    """Blocks of summaries handed over from the first on; those from the last on are written here, until none
    are left. Few are handed over at a time, so that none need be called back.
    """

    def __init__(self, count: int, here: Write, progress: Progress) -> None:
        self._count, self._here, self._progress = count, here, progress
        self._left = deque(range(count)[at : at + _BLOCK] for at in range(0, count, _BLOCK))
        self._under_way: deque[tuple[range, Future[bool]]] = deque()
        self._failed: list[range] = []
        self._done = 0

    def write(self, write: Write, beside: int, memory_mb: int) -> None:
        context = multiprocessing.get_context(START)
        crew = ProcessPoolExecutor(beside, context, initializer=_begin, initargs=(write, memory_mb))
        self._write_here(self._left.pop())  # what is worked out once for all units is then there to be shared
        with crew, _memory_left_as_it_is():
            while self._left or self._under_way:
                self._hand_over(crew, _AHEAD * beside)
                if self._left:
                    self._write_here(self._left.pop())
                self._take_back()
        for block in self._failed:  # now that nobody else is at them
            self._write_here(block)

    def _hand_over(self, crew: Executor, most: int) -> None:
        while self._left and len(self._under_way) < most:
            block = self._left.popleft()
            try:
                with deaf_to_ctrl_c():  # the first starts the processes
                    self._under_way.append((block, crew.submit(_write_block, block)))
            except BrokenExecutor:
                self._failed.append(block)

    def _take_back(self) -> None:
        """What is done by now; where nothing is left to be handed over, the next that is under way."""
        while self._under_way and (self._under_way[0][1].done() or not self._left):
            block, future = self._under_way.popleft()
            try:
                came_to_its_end = future.result()
            except BrokenExecutor:
                came_to_its_end = False
            if came_to_its_end:
                self._tick(len(block))
            else:
                self._failed.append(block)

    def _write_here(self, block: range) -> None:
        for number in block:
            self._here(number)
            self._tick(1)

    def _tick(self, more: int) -> None:
        self._done += more
        self._progress.tick(self._done, self._count)


@contextmanager
def _memory_left_as_it_is() -> Iterator[None]:
    """What is looked through for rubbish is no longer shared with the processes that were forked."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


# --- in another process -------------------------------------------------------------------------------------


def _begin(write: Write, memory_mb: int) -> None:
    _work[:] = [write]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settle_in(memory_mb)


def _write_block(block: range) -> bool:
    (write,) = _work
    with suppress(Exception):
        for number in block:
            write(number)
        return True
    return False
