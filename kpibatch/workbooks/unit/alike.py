"""What the summaries of a month's units have in common, worked out once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.thai import show_month
from kpibatch.books.look import fitting
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.made import made_in_words
from kpibatch.rules.paper.words import source_in_words
from kpibatch.rules.records import Measure


@dataclass(frozen=True)
class Item:
    """A measure as every unit's list of them has it: ``origin`` is who gives it and how it is worked out,
    ``wide`` how wide its code is.
    """

    measure: Measure
    origin: str
    wide: float


@dataclass(frozen=True)
class Alike:
    """The level tables as the summaries of a month have them."""

    tables: LevelTables
    month: str
    language: str

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months that were to be reported so far."""
        return tuple(month for month in self.tables.round.months if month <= self.month)

    @cached_property
    def month_names(self) -> tuple[str, ...]:
        """Their short names."""
        return tuple(show_month(month, self.language, short=True) for month in self.months)

    @cached_property
    def items(self) -> Mapping[str, tuple[Item, ...]]:
        """By KPI what it shows."""
        tables, known = self.tables, dict[str, Item]()
        for leaf in tables.leaves:
            for measure in tables.measures_of(leaf.code):
                if measure.code not in known:
                    known[measure.code] = self._item(measure)
        return {
            leaf.code: tuple(known[measure.code] for measure in tables.measures_of(leaf.code))
            for leaf in tables.leaves
        }

    def _item(self, measure: Measure) -> Item:
        tables, language = self.tables, self.language
        words = source_in_words(tables, measure, language), made_in_words(tables, measure, language)
        return Item(measure, "\n".join(filter(None, words)), fitting(measure.code))
