"""Two months, or one month by two level tables, compared.

In: two sides.
Out: what moved, why, in words, as CSV and as a workbook.

side.py     one side: a month as published, or worked out anew
causes.py   why a level or score differs: values, corrections, thresholds, cases, rules
nodes.py    what a node's cap or T-score did to a total, and why
moves.py    what moved between two sides: ranks, totals, KPIs and their points
words.py    a comparison in words
rows.py     a comparison as rows for machines
book.py     a comparison as a workbook
compare.py  ``diff``
"""
