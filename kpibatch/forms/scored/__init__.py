"""A form that scores itself: beside each KPI the level so far, what is missing to the next and the weighted
score, and the total, by formulas from the form's own cells.

In: ``LevelTables``, a unit, where the form's cells stand, what they hold.
Out: a hidden sheet of formulas and their results; the cells that people see.

marks.py   names of the hidden sheet's cells, and of what a unit claims
inputs.py  the form's cells, month by month, as they count, and the measures that they give
block.py   one KPI of one stretch of months: values → level → score → what is missing
sheet.py   all of them, the total, and the texts that people see
rows.py    those texts in a standard form
office.py  the same in an office's own form
"""
