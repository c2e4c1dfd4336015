"""วันหยุด → the days on which nobody works."""

from collections.abc import Iterator

from kpibatch.books.table import Table
from kpibatch.rules.round import Holiday
from kpibatch.rules.schema import HOLIDAYS


def read_holidays(table: Table) -> Iterator[Holiday]:
    """One day a row; a row without one is a fault.

    Source: design, section 1 (วันหยุด).
    """
    for row in table:
        day = row.date_in(HOLIDAYS.day)
        if row.blank(HOLIDAYS.day):
            row.report("table-value", HOLIDAYS.day, "", expected="13 เม.ย. 2565")
        if day is not None:
            yield Holiday(day.toordinal(), row.text(HOLIDAYS.name), row.place(HOLIDAYS.day))
