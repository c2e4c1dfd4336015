"""Who is told how far a command is, and the seconds it spends on each step."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol


class Progress(Protocol):
    """Who is told how far the batch is."""

    def step(self, name: str) -> None: ...
    def tick(self, done: int, of: int) -> None: ...
    def tell(self, text: str) -> None: ...


class Quiet:
    """Progress that nobody watches."""

    def step(self, name: str) -> None: ...
    def tick(self, done: int, of: int) -> None: ...
    def tell(self, text: str) -> None: ...


@dataclass
class Clock:
    """Seconds spent per step, for ``run.json``; tells the progress what has begun."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.progress.step(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)
