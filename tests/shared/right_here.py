"""What a child process would do is done right here: thousands of the tests' own workbooks need
no guard.

What travels is packed and unpacked as on its way to a child and back, and nothing is printed; only the
process, its cap and its clock are left out. Tests of these, marked ``children``, start real ones.

The same bytes under the same name, read by the same rules, are read once in a process: the samples' files are
what most tests read, and reading them is a third of a run. What a month before came to is another third: an
entry that one workspace keeps is taken up in any other that asks for its key, which names all it hangs on.
Not so in a test that patches anything, and in one marked ``afresh``, which is about doing the same again.
"""

import hashlib
import os
import pickle
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import fields, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from made_once import home

from kpibatch.base.config import IntakeLimits
from kpibatch.base.kept.entries import Kept
from kpibatch.books.guard import capped
from kpibatch.forms.whose import claims_of
from kpibatch.intake.executor import Orders
from kpibatch.months import assess
from kpibatch.rules.lint.check import _checked
from kpibatch.rules.reader import _read

_KINDS = ("months", "level_tables")  # of what is kept in an output folder
_own_find, _own_keep, _own_key = Kept.find, Kept.keep, assess._key
_MOST = 600  # answers: a few dozen megabytes
_answers: OrderedDict[object, bytes] = OrderedDict()
_packed: tuple[Orders | None, bytes] = (None, b"")


@contextmanager
def right_here(*, remember: bool = False) -> Iterator[None]:
    """Until the end of the block, in this process and those it forks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(capped.Child, "_answer", _remembered if remember else _answer)
        patch.setattr("kpibatch.intake.executor.Pool", PoolOfNone)
        patch.setattr("kpibatch.workbooks.unit.beside.processors", lambda: 1)
        if remember:
            patch.setattr(Kept, "find", _find)
            patch.setattr(Kept, "keep", _keep)
            patch.setattr(assess, "_key", _key_anywhere)
        yield


def _answer(child: Any, given: object) -> bytes:
    args, kwargs = pickle.loads(pickle.dumps(given))
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return capped._packed(child._do, args, kwargs, child._limits)


def _remembered(child: Any, given: object) -> bytes:
    key = _question(child, given)
    if key is None:
        return _answer(child, given)
    if key not in _answers:
        _answers[key] = _answer(child, given)
        if len(_answers) > _MOST:
            _answers.popitem(last=False)
    _answers.move_to_end(key)
    return _answers[key]


def _question(child: Any, given: Any) -> object:
    """All that the answer hangs on, where it is what a submission, level tables or a stamp say."""
    (args, kwargs), work = given, child._do
    if work is claims_of:
        return work, child._limits, hashlib.sha256(pickle.dumps(given)).digest()
    orders = getattr(work, "__self__", None)
    if kwargs or len(args) != 1 or not isinstance(args[0], Path) or not args[0].is_file():
        return None
    if isinstance(orders, Orders) and work == orders.read:
        rules, name = _packed_rules(orders), orders.name_of(args[0])
    elif work in (_checked, _read):
        rules, name = work.__name__.encode(), args[0].name
    else:
        return None
    return rules, name, child._limits, hashlib.sha256(args[0].read_bytes()).digest()


def _packed_rules(orders: Orders) -> bytes:
    """The orders but for the names, ready to be compared; those of a month are asked for file by file."""
    global _packed
    if _packed[0] is not orders:
        _packed = (
            orders,
            pickle.dumps([getattr(orders, each.name) for each in fields(Orders) if each.name != "names"]),
        )
    return _packed[1]


def _key_anywhere(intake: Any, tables: Any, rules: Any, past: Any) -> str:
    """The key of a month before, wherever its workspace lies."""
    config = replace(rules.config, root=Path())
    return _own_key(intake, tables, replace(rules, config=config), past)


def _find(kept: Kept, key: str, unpack: Callable[[Any], Any]) -> Any:
    folder = kept._folder
    if folder and folder.name in _KINDS and not (folder / key).exists():
        shared = home() / "kept" / folder.name / key
        if shared.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shared, folder / key)
    return _own_find(kept, key, unpack)


def _keep(kept: Kept, key: str, packed: object) -> None:
    _own_keep(kept, key, packed)
    folder = kept._folder
    if folder and folder.name in _KINDS and (folder / key).exists():
        shared = home() / "kept" / folder.name
        shared.mkdir(parents=True, exist_ok=True)
        part = shared / f".{key}.{os.getpid()}"
        shutil.copyfile(folder / key, part)
        part.replace(shared / key)


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
