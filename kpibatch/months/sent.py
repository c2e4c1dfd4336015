"""What each unit has sent so far, as its form is filled in with it again, so that nobody types it twice.

In: the months' submissions; of months whose files are gone, what was published. Out: the cells of each form
as an officer would fill them in.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kpibatch.base.config import Config
from kpibatch.base.errors import EmptyMonth, MonthError
from kpibatch.base.kinds import Kind, show_value
from kpibatch.books.write import Content
from kpibatch.forms.layout import CLAIM, TEXT_COLUMNS
from kpibatch.forms.office import OfficeForm
from kpibatch.intake.earlier import read_months
from kpibatch.intake.frame import BAD, OK, rows_of
from kpibatch.intake.late import first_sent
from kpibatch.intake.month import Intake, newest_month
from kpibatch.months.history import History, history_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure

Key = tuple[str, str]


@dataclass
class Sent:
    """One unit's: ``values`` are by measure and month, NaN where the cell is blank or could not be read,
    ``texts`` by measure and text column, ``own_levels`` by KPI what the unit claims.

    ``month`` is that of the submission they come from, ``refused`` the newest of a file that came and does
    not count, ``unread`` the cells that could not be read.
    """

    month: str = ""
    refused: str = ""
    values: dict[Key, float] = field(default_factory=dict)
    texts: dict[Key, str] = field(default_factory=dict)
    own_levels: dict[str, int] = field(default_factory=dict)
    unread: list[Key] = field(default_factory=list)

    def entries(self, tables: LevelTables, language: str = "th") -> dict[Key, Content]:
        """The cells to fill in, in the language of the form: (measure, month or text column) → content."""
        cells: dict[Key, Content] = {
            (code, month): _typed(value, tables.measures[code], language)
            for (code, month), value in self.values.items()
            if code in tables.measures and not math.isnan(value)
        }
        return cells | self.texts | {(kpi, CLAIM): float(level) for kpi, level in self.own_levels.items()}


def months_ahead(config: Config, tables: LevelTables) -> tuple[str, ...]:
    """The round's months from the newest that has submissions on; all of them where none has."""
    try:
        newest = newest_month(config, tables)
    except MonthError:
        return tables.round.months
    return tuple(month for month in tables.round.months if month >= newest) or tables.round.months


def sent_so_far(
    config: Config,
    tables: LevelTables,
    office_form: OfficeForm | None,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, Sent]:
    """What each unit has sent: its newest submission that counts, for every month that it holds; of what that
    one has no cell for, what was published.

    Raises ``KpibatchError`` as ``read_months`` and ``history_of`` do.
    """
    sent = {code: Sent() for code in tables.unit}
    with history_of(config.output) as history:
        sights = history.sights()
        for month in reversed(tables.round.months):
            left = [code for code, one in sent.items() if not one.month]
            if left and (config.submissions / month).is_dir():
                try:
                    intake = read_months(config, tables.for_month(month), month, sights, office_form, tick)
                except EmptyMonth:
                    continue
                _take(intake, {code: sent[code] for code in left})
        _published(history, tables, sent)
    return sent


def _take(intake: Intake, left: Mapping[str, Sent]) -> None:
    """What a month's submissions hold of the units that no newer one counts of."""
    for unit in intake.unread & {*left}:
        left[unit].refused = left[unit].refused or intake.month
    for unit in {submission.unit for submission in intake.submissions} & {*left}:
        left[unit].month = intake.month
    rows = intake.reported[intake.reported["unit"].isin([*left]) & (intake.reported["sheet"] != "")]
    columns = ["unit", "measure", "month", "state", "value"]
    for unit, code, month, state, value in rows_of(rows, columns):
        left[unit].values[code, month] = value if state == OK else math.nan
        left[unit].unread += [(code, month)] if state == BAD else []
    for (unit, kpi), own in intake.own_levels.items():
        if unit in left:
            left[unit].own_levels[kpi] = own.level
    for (unit, code), texts in intake.texts.items():
        if unit in left:
            written = zip(TEXT_COLUMNS, texts, strict=True)
            left[unit].texts |= {(code, name): text for name, text in written if text}


def _published(history: History, tables: LevelTables, sent: Mapping[str, Sent]) -> None:
    """What months whose values were published say first of cells that no submission has."""
    rounds = history.rounds()
    of_the_round = (month for month in tables.round.months if rounds.get(month) == tables.round.key)
    said = first_sent(map(history.month, of_the_round))
    columns = ["unit", "measure", "month", "value"]
    for unit, code, month, value in rows_of(said[said["state"] == OK], columns):
        if unit in sent:
            sent[unit].values.setdefault((code, month), value)


def _typed(value: float, measure: Measure, language: str) -> Content:
    """A value as it is typed into a form: a day as a day, ใช่ or ไม่ใช่, else the number."""
    if measure.kind is Kind.DATE:
        return date.fromordinal(int(value))
    return show_value(value, measure.kind, language) if measure.kind is Kind.YES_NO else value
