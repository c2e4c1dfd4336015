"""The unit's own summary: nothing of any other unit.

In: ``Outcome``.
Out: the workbook.

alike.py    what those of a month have in common
own.py      what of the month is a unit's own
figures.py  what the page says, worked out
lacking.py  what makes the score provisional, in words
months.py   a KPI month by month, in words
ways.py     what would raise the total, in words
proofs.py   the unit's evidence in words
room.py     the paper that it stands on
page.py     the page
course.py   each KPI through the months
details.py  every measure, and what the unit says of it
book.py     the workbook
beside.py   many of them, by several processes
"""
