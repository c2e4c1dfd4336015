"""The known name most like one that is not known."""

import difflib
from collections.abc import Sequence


def nearest_of(name: str, known: Sequence[str]) -> str:
    """The known name most like the given one.

    >>> nearest_of("prot", ["host", "port", "from"])
    'port'
    """
    return (difflib.get_close_matches(name, known, 1, 0.0) or ["–"])[0]
