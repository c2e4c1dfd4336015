"""A look into the workbook of the level tables, taken in a child process: nothing else opens it.

In: a function of its path. Out: what that gives, or the operator's error.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import NoLevelTables, UnreadableLevelTables
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import UnreadableBook

Seen = TypeVar("Seen")


def in_a_child(limits: IntakeLimits, look: Callable[[Path], Seen], path: Path) -> Seen:
    """What a look into the level tables gives. Raises ``KpibatchError`` where there are none, where they are
    no workbook, or where looking does not come to its end.
    """
    if not path.is_file():
        raise NoLevelTables(file=path)
    try:
        return capped(limits, look, path)
    except UnreadableBook as reason:
        raise UnreadableLevelTables(file=path, reason=reason) from None
    except Refused as reason:
        raise UnreadableLevelTables("too-much-to-read", file=path, found=reason.found) from None
