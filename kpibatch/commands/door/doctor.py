"""How it is with the installation, the workspace and the mail server: every point, in order."""

from collections.abc import Iterable
from pathlib import Path

from kpibatch.base.config import Workspace
from kpibatch.commands.door.machine import machine
from kpibatch.commands.door.place import configured, place
from kpibatch.commands.door.point import Point, State
from kpibatch.commands.door.server import server


def examined(root: Path, language: str) -> list[Point]:
    """The machine first, then the workspace, as far as its configuration can be read.

    Source: design, section 2 (``doctor``).
    """
    about, config = configured(root, language)
    zone = config.workspace.time_zone if config else Workspace().time_zone
    points = [*machine(language, zone).all, *about.all]
    if config:
        points += [*place(config, language).all, *server(config.mail, language).all]
    return points


def worst(points: Iterable[Point]) -> State:
    """The gravest of their states."""
    states = {point.state for point in points}
    return next((state for state in (State.ERROR, State.WARNING, State.NOTE) if state in states), State.OK)
