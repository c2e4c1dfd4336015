"""Values that are not the units' own: the province's numbers and central systems' exports.

In: ``province.xlsx``, ``sources/MONTH/``, the level tables.
Out: the month's ``Intake`` with those values in the long frame, each with its cell, and what two sources say
otherwise.

rows.py           a table with a row a unit → lines of the long frame
province.py       the workbook of the province's own numbers
province_book.py  it written, or what it lacks added, all that is typed kept
exports.py        central systems' exports: which file, which sheet, which columns
together.py       both beside what the units sent: which counts, where they differ
"""
