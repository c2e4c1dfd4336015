"""The operator's mistakes: one line that says what to do, no traceback, exit code 2."""

from typing import Any

from kpibatch.base.catalogue import say


class KpibatchError(Exception):
    """A mistake the operator can mend; ``name`` is the text's name under ``[error]`` in the catalogue."""

    def __init__(self, name: str, **facts: Any) -> None:
        super().__init__(name)
        self.name = name
        self.facts = facts

    def message(self, language: str) -> str:
        """The one line to print."""
        return say(f"error.{self.name}", language, **self.facts)

    def __str__(self) -> str:
        return self.message("th")
