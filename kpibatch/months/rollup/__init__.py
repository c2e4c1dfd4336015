"""The published months of several workspaces in one ranking; nothing is scored again.

In: workspaces' folders.
Out: ``national.xlsx``, ``national.csv``.

province.py   one workspace's published month: its units, what they were assessed by
national.py   all of them ranked; what may be compared with what, means and spread
listing.py    the ranking as CSV
unit_sheets.py  the workbook's list of all units
mean_sheets.py  its sheets of provinces, groups, rules, and who has not published
book.py       the workbook
rollup.py     ``rollup``
"""
