"""What would raise a unit's total, in words: a KPI's next level, or the points that are taken off."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpibatch.base.catalogue import say
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.why.worth import hangs_on_others
from kpibatch.workbooks.unit.figures import Line, View

_BEST, _STEPS = 3, 3


@dataclass(frozen=True)
class Way:
    """One way to raise the total: ``level`` is the next one, 0 where it is that no points are taken off."""

    line: Line
    level: int
    gain: float
    steps: tuple[Step, ...]

    @property
    def open(self) -> bool:
        """Whether it raises the total, and can still be gone in this round."""
        return self.gain > 1e-9 and bool(self.steps) and all(step.reachable for step in self.steps)


def ways_of(line: Line) -> Iterator[Way]:
    """What a KPI's score could still be raised by."""
    if line.next:
        yield Way(line, line.next, line.gain, line.steps)
    if line.back:
        yield Way(line, 0, line.back.gain, line.back.steps)


def best_ways(lines: Iterable[Line]) -> list[Way]:
    """Those that would raise the total most, best first; only what is still in reach this round."""
    able = [way for line in lines for way in ways_of(line) if way.open]
    return sorted(able, key=lambda way: (-round(way.gain, 9), len(way.steps)))[:_BEST]


def goal_text(view: View, way: Way) -> str:
    """Where a way leads to."""
    return view.say("to-level", level=way.level) if way.level else view.say("points-back")


def way_text(view: View, way: Way) -> str:
    """What has to be done for it."""
    return "\n".join([*_bulleted(view, way.steps), *_peers(view, way.line)])


def steps_text(view: View, line: Line, most: int = _STEPS) -> str:
    """What a KPI lacks for its next level, and for nothing to be taken off; so many steps, and how many more
    there are.
    """
    key = line.node.code, most
    if key not in view.steps_said:
        view.steps_said[key] = _steps_text(view, line, most)
    return view.steps_said[key]


def _steps_text(view: View, line: Line, most: int) -> str:
    texts = _bulleted(view, line.steps, most) if line.next else [view.say("at-top")]
    if line.back:
        language = view.language
        texts += [say("step.points-back", language, step=text) for text in _written(view, line.back.steps)]
    return "\n".join([*texts, *(_peers(view, line) if line.next or line.back else ())])


def _bulleted(view: View, steps: Sequence[Step], most: int = _STEPS) -> list[str]:
    written = _written(view, steps)
    rest = [view.say("more-steps", count=len(written) - most)] if len(written) > most else []
    if most == 1 and rest:
        return [f"{written[0]}   {rest[0]}"]
    return [*([f"• {text}" for text in written[:most]] if len(written) > 1 else written), *rest]


def _written(view: View, steps: Sequence[Step]) -> list[str]:
    texts = {step.text(view.language): step.reachable for step in steps}
    return [text if reachable else f"{text} {view.say('too-late')}" for text, reachable in texts.items()]


def _peers(view: View, line: Line) -> Iterator[str]:
    if hangs_on_others(view.tables, line.node.code):
        yield say("explain.of-peers", view.language).strip()
