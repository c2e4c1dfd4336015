"""เลื่อนเงินเดือน: who is raised by how much, within a ceiling, from the results of a published month.

In: a published month, a workbook with what each person's raise is reckoned from.
Out: a workbook for the committee. Salaries stand there and nowhere else.

terms.py   the workbook that says what raises are reckoned from, and its faults
shares.py  the formula: what each person gets, to the satang, never more in all than the ceiling
book.py    the workbook for the committee, live
raises.py  ``increments``
"""
