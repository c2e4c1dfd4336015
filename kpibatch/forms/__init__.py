"""What units fill in, the standard form or the office's own: where each cell stands, whose a file is.

In: ``LevelTables``, the office's own workbook.
Out: a form for each unit; ``Layout``: where each measure and month stands in what comes back.

asked.py           what a unit is asked, and in which months
layout.py          where each measure and month stands in a standard form, and its hidden identity
checks.py          a standard form that came back against the level tables
names.py           the units that a file's name and a form's visible heading name
labels.py          the texts beside and above a cell, by which it is found again
office.py          an office's own workbook as a form: its placeholders
page/              the standard form's page: its columns, its cells, what is said beside them
scored/            a form that scores itself, by formulas
standard.py        the standard form written
properties.py      what a workbook says of itself in its custom properties
office_back.py     where the placeholders stand in a workbook that came back
office_package.py  the parts of an office's own workbook: formulas, cells filled in, properties written
office_read.py     the province's workbook → the office form, or every fault of it
office_write.py    a copy of it for each unit
whose.py           whose a workbook is, as it says itself
"""
