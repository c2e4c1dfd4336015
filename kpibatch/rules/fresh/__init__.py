"""A workbook of level tables for a round that begins.

In: what is said of the round; for the next round of a workspace, the workbook of the last.
Out: a workbook to be overwritten or looked through by a person: it says itself what is still to be done.

begins.py    what is said of a round → its days, its months and when they are due
examples.py  the rows of a new workbook: one example of each kind of KPI
pictures.py  some of these rows as pictures for คู่มือ
moved.py     a condition, a date or a month of the last round → the same in the next
typed.py     a level-table workbook's cells as they would be typed
following.py  the last round's workbook → the next round's sheets, and what must be looked at
book.py      the next round's sheets as a workbook, with that marked
"""
