"""ร่าง → whether a person has looked at every doubtful reading of a draft."""

from kpibatch.books.table import Table
from kpibatch.rules.round import Flag
from kpibatch.rules.schema import DRAFT

_NAMED = 3


def report_unchecked(table: Table) -> None:
    """One fault for all readings that nobody has confirmed, at the first of them.

    Source: design, section 1 (nothing is read silently).
    """
    rows = [row for row in table if row.choice(DRAFT.checked, Flag, Flag.NO) is Flag.NO]
    rows = [row for row in rows if not row.blank(DRAFT.place)]
    if rows:
        places = ", ".join(row.text(DRAFT.place) for row in rows[:_NAMED])
        rows[0].report("draft-unchecked", DRAFT.checked, places, count=str(len(rows)))
