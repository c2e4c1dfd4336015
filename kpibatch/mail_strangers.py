"""Which other unit a text names. Thai has no spaces between words, so only names and codes that stand alone are found.

A second guard: a unit's mail is made of its own rows alone, and this finds what a template or a message brings in.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from kpibatch.levels import LevelTables
from kpibatch.thai import squash

Phrase = tuple[str, ...]
_WORD = re.compile(r"[\w\u0e00-\u0e7f]+")
_SHORTEST_CODE = 4


class Strangers:
    """The units of some level tables; ``common`` are texts that all mails may hold, such as the names of KPIs."""

    def __init__(self, tables: LevelTables, common: Iterable[str]) -> None:
        self._tables, self._noun = tables, tables.round.unit_noun
        self._common = frozenset(phrase for text in common for phrase in self._phrases(text))

    def named_in(self, text: str, unit: str) -> str:
        """Another unit whose name stands in the text; empty where there is none."""
        named = (self._names[phrase] for phrase in self._phrases(text) if phrase in self._names and phrase not in self._common)
        return next((code for codes in named if unit not in codes for code in codes), "")

    def coded_in(self, text: str, unit: str, own: Iterable[str]) -> str:
        """Another unit whose code stands in the text and is no figure among the unit's ``own``: two digits can't be told apart."""
        allowed = {word for known in own for word in _WORD.findall(known)} | {unit}
        words = dict.fromkeys(_WORD.findall(text))
        return next((word for word in words if word in self._codes and word not in allowed), "")

    @cached_property
    def _names(self) -> dict[Phrase, list[str]]:
        names: dict[Phrase, list[str]] = {}
        for one in self._tables.units:
            names.setdefault(self._words(one.name), []).append(one.code)
        return names

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(code for code in self._tables.unit if len(code) >= _SHORTEST_CODE or not code.isdigit())

    @cached_property
    def _longest(self) -> int:
        return max((len(self._words(one.name)) for one in self._tables.units), default=1)

    def _words(self, text: str) -> Phrase:
        return tuple(word.removeprefix(self._noun) or word for word in _WORD.findall(squash(text)))

    def _phrases(self, text: str) -> Iterator[Phrase]:
        """Every run of words as long as a name may be, in order."""
        words = self._words(text)
        for start in range(len(words)):
            yield from (words[start : start + length] for length in range(1, min(self._longest, len(words) - start) + 1))
