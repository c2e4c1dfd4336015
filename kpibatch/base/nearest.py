"""The known name most like one that is not known."""

import difflib
from collections.abc import Sequence

from kpibatch.base.thai import fold


def nearest_of(name: str, known: Sequence[str]) -> str:
    """The known name most like the given one.

    >>> nearest_of("prot", ["host", "port", "from"])
    'port'
    >>> nearest_of("t1.PCT", ["T1.pct", "T1.pst"])
    'T1.pct'
    """
    alike = {fold(each): each for each in reversed(known)}
    return alike.get((difflib.get_close_matches(fold(name), list(reversed(alike)), 1, 0.0) or [""])[0], "–")
