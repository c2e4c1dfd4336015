"""What units fill in, the standard form or the office's own: where each cell stands, whose a file is.

In: ``LevelTables``, the office's template.
Out: a form for each unit; ``Layout``: where each measure and month stands in what comes back.

layout.py          where each measure and month stands in a standard form, and its hidden identity
standard.py        the standard form written
labels.py          the texts beside and above a cell, by which it is found again
office_package.py  the parts of an office's own workbook
office.py          an office's own workbook as a form: its tokens
office_back.py     where the tokens stand in a workbook that came back
office_write.py    a copy of it for each unit
whose.py           whose a workbook is, as it says itself
"""
