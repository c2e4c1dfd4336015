"""What a child process would do is done right here: thousands of the tests' own workbooks need
no guard.

What travels is packed and unpacked as on its way to a child and back, and nothing is printed; only the
process, its cap and its clock are left out. Tests of these, marked ``children``, start real ones.
"""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import pytest

from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard import capped


@contextmanager
def right_here() -> Iterator[None]:
    """Until the end of the block, in this process and those it forks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(capped.Child, "_answer", _answer)
        patch.setattr("kpibatch.intake.executor.Pool", PoolOfNone)
        yield


def _answer(child: Any, given: object) -> bytes:
    args, kwargs = pickle.loads(pickle.dumps(given))
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return capped._packed(child._do, args, kwargs, child._limits)


class PoolOfNone(Executor):
    """A ``Pool`` without processes: each call is done as it is handed in."""

    def __init__(self, limits: IntakeLimits, work: Callable[[Any], Any], calls: int) -> None:
        self._limits, self._do = limits, work

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        given: Future[Any] = Future()
        try:
            given.set_result(capped.Child(self._limits, fn)(*args, **kwargs))
        except Exception as error:
            given.set_exception(error)
        return given
