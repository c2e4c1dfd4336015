"""The known name most like one that is not known."""

import difflib
from collections.abc import Sequence

from kpibatch.base.thai import fold


def nearest_of(name: str, known: Sequence[str], likeness: float = 0.0) -> str:
    """The known name most like the given one, “–” where none is as like it as ``likeness`` (0 to 1).

    >>> nearest_of("prot", ["host", "port", "from"])
    'port'
    >>> nearest_of("t1.PCT", ["T1.pct", "T1.pst"])
    'T1.pct'
    >>> nearest_of("retention", ["host", "port", "from"], 0.6)
    '–'
    """
    alike = {fold(each): each for each in reversed(known)}
    nearest = difflib.get_close_matches(fold(name), list(reversed(alike)), 1, likeness)
    return alike[nearest[0]] if nearest else "–"
