"""Records as JSON, which can hold nothing that runs, and back: frozen dataclasses, enumerations, tuples,
lists, mappings, frozen sets and days, of kinds that are named beforehand alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from types import ModuleType
from typing import Any

_PLAIN = (str, int, float, bool, type(None))
_TUPLE, _LIST, _SET, _MAPPING, _DAY = "(", "[", "#", "{", "@"


class Records:
    """The kinds of some modules, by name."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self._kinds: dict[str, type[Any]] = {}
        for module in modules:
            for name, kind in vars(module).items():
                if _is_kind(kind) and kind.__module__ == module.__name__:
                    if name in self._kinds:
                        raise TypeError(f"two kinds are called {name}")
                    self._kinds[name] = kind
        self._fields = {
            kind: tuple(part.name for part in fields(kind))
            for kind in self._kinds.values()
            if is_dataclass(kind)
        }
        self._read: dict[str, Callable[[list[Any]], Any]] = {
            _TUPLE: lambda parts: tuple(map(self.unpacked, parts)),
            _LIST: lambda parts: list(map(self.unpacked, parts)),
            _SET: lambda parts: frozenset(map(self.unpacked, parts)),
            _MAPPING: lambda parts: {self.unpacked(key): self.unpacked(each) for key, each in parts},
            _DAY: lambda parts: date.fromisoformat(*parts),
            **{name: self._reader(kind) for name, kind in self._kinds.items()},
        }

    def _reader(self, kind: type[Any]) -> Callable[[list[Any]], Any]:
        """A record has all its fields, or it was of another program."""
        count, unpacked = len(self._fields.get(kind, ("value",))), self.unpacked

        def read(parts: list[Any]) -> Any:
            if len(parts) != count:
                raise ValueError(kind.__name__)
            return kind(*map(unpacked, parts))

        return read

    def packed(self, content: object) -> Any:
        """As JSON takes it. Raises ``TypeError`` for what is of another kind."""
        kind: type[Any] = type(content)
        if kind in _PLAIN:
            return content
        if isinstance(content, str) and not isinstance(content, Enum):  # a heading is its words
            return str(content)
        if kind is tuple:
            return [_TUPLE, *map(self.packed, content)]  # type: ignore[call-overload]
        if kind is list:
            return [_LIST, *map(self.packed, content)]  # type: ignore[call-overload]
        if isinstance(content, frozenset):
            return [_SET, *map(self.packed, content)]
        if isinstance(content, Mapping):
            return [_MAPPING, *([self.packed(key), self.packed(each)] for key, each in content.items())]
        if kind is date:
            return [_DAY, content.isoformat()]  # type: ignore[attr-defined]
        if self._kinds.get(kind.__name__) is not kind:
            raise TypeError(f"no kind of record: {kind}")
        if isinstance(content, Enum):
            return [kind.__name__, content.value]
        return [kind.__name__, *(self.packed(getattr(content, name)) for name in self._fields[kind])]

    def unpacked(self, packed: Any) -> Any:
        """The same again. Raises ``ValueError``, ``TypeError`` or ``KeyError`` where it is none."""
        if isinstance(packed, list):
            name, *parts = packed
            return self._read[name](parts)
        return packed


def _is_kind(kind: object) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, Enum))
