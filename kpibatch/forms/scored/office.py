"""The scores in an office's own form: what stands in the cells of ``{{T1:ระดับ}}``, ``{{T1:ขาด}}``,
``{{T1:คะแนน}}`` and ``{{total}}``, and the hidden sheet that they refer to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kpibatch.books.reckon import Reckoner, Where
from kpibatch.books.write import Content, Formula
from kpibatch.forms.office import LEVEL, MISSING, PART, TOTAL, UNIT, Placeholder
from kpibatch.forms.scored.marks import SHEET, Ground
from kpibatch.forms.scored.sheet import ScoreSheet, score_sheet
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit


@dataclass(frozen=True)
class OfficeScores:
    """The scores of a unit's office form, whose cells of ``placeholders`` hold ``filled``; ``first_day`` is
    the first day (an ordinal) that it can speak of.
    """

    tables: LevelTables
    unit: Unit
    placeholders: tuple[Placeholder, ...]
    filled: Mapping[Where, float | str]
    first_day: int

    @cached_property
    def _sheet(self) -> ScoreSheet:
        cells = [
            (one.measure, one.about, (one.spot.sheet, one.spot.row, one.spot.column))
            for one in self.placeholders
            if one.asks and one.measure != UNIT and one.measure in self.tables.measures
        ]
        rounds = self.tables.round.months
        months = rounds if any(about in rounds for _, about, _ in cells) else ("",)
        spots = {(code, about): place for code, about, place in cells if about in (*rounds, "")}
        return score_sheet(Ground(self.tables, self.unit, months, spots, self.first_day))

    def contents(self) -> dict[Placeholder, Content]:
        """What stands in the cells that show scores; nothing where the KPI is not the unit's."""
        scores, reckoner = self._sheet, self._reckoner
        ways = {LEVEL: scores.level, MISSING: scores.missing, PART: scores.weighted}
        found: dict[Placeholder, Content] = {}
        for one in (one for one in self.placeholders if one.shows_score):
            if one.measure == TOTAL:
                formula = scores.total
            elif self._has(one.measure):
                formula = ways[one.about](one.measure)
            else:
                found[one] = None
                continue
            result = reckoner.result(formula, SHEET)
            assert isinstance(result, float | int | str)
            found[one] = Formula(formula, result)
        return found

    def _has(self, kpi: str) -> bool:
        periods = (period for period in self.tables.periods if kpi in period.node)
        return any(period.scored_itself(kpi, self.unit) for period in periods)

    @cached_property
    def _reckoner(self) -> Reckoner:
        return self._sheet.reckoner(self.filled)

    def hidden(self) -> Iterable[tuple[int, int, Content]]:
        """The cells of the hidden sheet."""
        return self._sheet.contents(self._reckoner)
