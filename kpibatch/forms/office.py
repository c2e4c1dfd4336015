"""An office form: a workbook of the office's own with ``{{measure}}``, ``{{measure@month}}`` and ``{{unit}}``
in its input cells, and, where it shows scores, ``{{KPI:ระดับ}}`` or ``{{total}}``.

What is known of it once it was read; a reading child needs no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding
from kpibatch.forms.labels import NO_ANCHORS, Anchors, Cell
from kpibatch.forms.layout import CLAIM, Spot

UNIT, TOTAL = "unit", "total"
LEVEL, MISSING, PART = "ระดับ", "ขาด", "คะแนน"
SCORES = (LEVEL, MISSING, PART)  # of a KPI, shown by formulas


@dataclass(frozen=True)
class Placeholder:
    """One ``{{…}}``: a measure (or ``unit``), and a month key, a text column, or nothing for the month
    reported on; or a KPI (or ``total``), and which of its scores, or the level that the unit claims.
    """

    measure: str
    about: str
    spot: Spot
    anchors: Anchors = NO_ANCHORS

    @property
    def shows_score(self) -> bool:
        """Whether it shows a score, and nothing is filled in there."""
        return self.measure == TOTAL or self.about in SCORES

    @property
    def claims(self) -> bool:
        """Whether the unit claims a KPI's level there."""
        return self.about == CLAIM

    @property
    def asks(self) -> bool:
        """Whether it is the cell of a measure, a text, or of who the unit is."""
        return not self.shows_score and not self.claims

    @property
    def where(self) -> str:
        """Where it stands in the office form: ``งานทีม!E6``."""
        return f"{self.spot.sheet}!{address(self.spot.row, self.spot.column)}"

    @property
    def name(self) -> str:
        """Its labels in one line: the row's, then the column's."""
        row, headings, _ = self.anchors.texts
        return " / ".join((*row, *reversed(headings)))


@dataclass(frozen=True)
class OfficeForm:
    """A sound form: ``vocabulary`` holds each sheet's labels with the rows and columns they span beyond their
    own.

    ``findings`` are warnings to the province.
    """

    path: Path
    placeholders: tuple[Placeholder, ...]
    vocabulary: Mapping[str, Mapping[str, Cell]]
    findings: tuple[Finding, ...] = ()

    @cached_property
    def asking(self) -> tuple[Placeholder, ...]:
        """Those of measures and of who the unit is."""
        return tuple(one for one in self.placeholders if one.asks)

    @cached_property
    def month_less(self) -> frozenset[str]:
        """The measures with one cell, for whichever month is reported on: what came before is in the earlier
        submissions.
        """
        return frozenset(one.measure for one in self.asking if one.measure != UNIT and not one.about)

    @cached_property
    def lacking(self) -> frozenset[str]:
        """The measures that have no cell, or not in every month: the province knows, so no unit is told that
        a row is gone.
        """
        return frozenset(one.measure for one in self.findings)
