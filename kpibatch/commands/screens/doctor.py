"""What ``doctor`` shows: a line for each point, and below it what to do. Without tables, so that it shows
even where what draws them is not installed.
"""

from collections.abc import Sequence

from kpibatch.base.catalogue import say
from kpibatch.base.files import harmless
from kpibatch.books.look import width_of
from kpibatch.commands.door.doctor import worst
from kpibatch.commands.door.point import COLUMNS, Point, State
from kpibatch.commands.usage.voice import VOICE

_MARKS = {State.OK: "✓", State.NOTE: "·", State.WARNING: "!", State.ERROR: "✗"}


def show_points(points: Sequence[Point], language: str) -> None:
    """For people, or as rows for machines."""
    if VOICE.get().for_machines:
        from kpibatch.commands.console import print_records

        print_records(COLUMNS, (point.row for point in points))
        return
    names = {point.part: say(f"doctor.part-{point.part}", language) for point in points}
    widest = max(map(width_of, names.values()))
    for point in points:
        name = names[point.part]
        print(f"{_MARKS[point.state]} {name}{'':{widest - width_of(name)}}  {harmless(point.found)}".rstrip())
        if point.advice:
            print(f"    → {harmless(point.advice)}")
    counts = {state.value: sum(point.state is state for point in points) for state in State}
    print(say(f"doctor.all-{worst(points)}", language, **counts))
