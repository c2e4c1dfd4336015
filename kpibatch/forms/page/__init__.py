"""The page of the standard form: its columns, what a cell takes, what is said beside it, how it prints.

In: ``LevelTables``, a unit.
Out: ``Page``: where each KPI, item and month was put, for whoever writes beside them.

columns.py   the columns and rows of the page, and what stands where
entry.py     what a cell to fill in shows, takes and says of itself
words.py     what is said beside an item: how it is filled in, what it is held against
criteria.py  what each level asks of the unit, on a sheet of its own
printing.py  how small it prints, and where a page ends
writer.py    the page written from the top
"""
