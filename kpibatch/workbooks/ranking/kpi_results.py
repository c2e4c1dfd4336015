"""What a KPI came to for a unit, as its cells hold it: empty where nothing was sent, “–” where it does not
apply.
"""

import math
from dataclasses import dataclass

from kpibatch.base.catalogue import Words
from kpibatch.rules.conditions import NOT_GIVEN
from kpibatch.rules.records import Unit
from kpibatch.scoring.kpi import KpiScores


@dataclass(frozen=True)
class Line:
    """A unit's line; ``row`` is its place in the tables, ``texts`` are what to do next and the unit's own."""

    row: int
    unit: Unit
    sent: bool
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """The results of one KPI."""

    scores: KpiScores
    say: Words

    def case(self, line: Line) -> int:
        return int(self.scores.case[line.row])

    def met(self, level: int, line: Line) -> int | str:
        return int(self.scores.met[line.row, level]) if self.scores.given[line.row, level] else NOT_GIVEN

    def level(self, line: Line) -> int | str:
        if not self.scores.applies[line.row]:
            return "–"
        return int(self.scores.level[line.row]) if line.sent else ""

    def score(self, line: Line) -> float | str:
        if not self.scores.applies[line.row]:
            return "–"
        return float(self.scores.score[line.row]) if line.sent else ""

    def deducted(self, line: Line) -> float | str:
        told = line.sent and self.scores.applies[line.row]
        return float(self.scores.points.deducted[line.row]) if told else ""

    def compared(self, line: Line) -> float | str:
        held = float(self.scores.points.held[line.row])
        return "" if math.isnan(held) else held

    def status(self, line: Line) -> str:
        return self.waits(line) if self.scores.applies[line.row] else self.say("no-target")

    def waits(self, line: Line) -> str:
        return self.say("provisional") if line.sent and self.scores.missing[line.row] else ""
