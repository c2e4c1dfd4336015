"""A point that ``doctor`` looks at: how it is with one thing here, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kpibatch.base.catalogue import say

COLUMNS = ("part", "state", "found", "advice")


class State(StrEnum):
    """How it is: a note hinders nothing, a warning something, an error everything."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Point:
    """``part`` names the text ``doctor.part-…``; ``advice`` is blank where there is nothing to do."""

    part: str
    state: State
    found: str = ""
    advice: str = ""

    @property
    def row(self) -> tuple[str, str, str, str]:
        """Under ``COLUMNS``."""
        return self.part, self.state.value, self.found, self.advice


class Points:
    """The points of one part of the house, in the language they are told in."""

    def __init__(self, language: str) -> None:
        self.language, self.all = language, list[Point]()

    def ok(self, part: str, found: object) -> None:
        self.all.append(Point(part, State.OK, str(found)))

    def tell(self, part: str, state: State, found: object, advice: str, **facts: Any) -> None:
        """``advice`` names the text ``doctor.…``."""
        text = say(f"doctor.{advice}", self.language, found=found, **facts)
        self.all.append(Point(part, state, str(found), text))

    def add(self, part: str, state: State, found: object, advice: str) -> None:
        """With an advice that is a text already."""
        self.all.append(Point(part, state, str(found), advice))
