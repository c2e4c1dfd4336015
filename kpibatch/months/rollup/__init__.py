"""The published months of several workspaces in one ranking; nothing is scored again.

In: workspaces' folders.
Out: ``national.xlsx``, ``national.csv``.

province.py   one workspace's published month: its units, what they were assessed by
national.py   all of them ranked; what may be compared with what, means and spread
year.py       the year of those who are assessed in several rounds
listing.py    the ranking as CSV
unit_sheets.py  the workbook's list of all units
mean_sheets.py  its sheets of provinces, groups, rules, and who has not published
year_sheet.py  its sheet of the year
book.py       the workbook
rollup.py     ``rollup``
"""
