"""A folder of files → the long frame: what was sent, when, by whom, corrected and checked.

In: ``submissions/MONTH/``, ``corrections.xlsx``, the level tables.
Out: ``Intake`` (submissions, the long frame) and findings.

frame.py             the long frame's columns, their types and its states
past.py              an earlier month as a later one needs it
arrivals.py          when a submission arrived, as a list states it
unseen.py            what a form holds that nobody sees
folder.py            what is in a month's folder, zip files and folders below it included
evidence/            evidence as files: which is of what, what is wrong with any
submission.py        one workbook of one unit → its values, texts and findings
executor.py          many files read by whatever executor there is, or each in a child process
remembered.py        what was read of a file before, by its bytes and all that decides it
month.py             a folder of workbooks → submissions and their values
agreements.py        the agreements that were signed, held against the rules of today
earlier.py           what earlier months' forms say where a form holds one month
corrections.py       the values that the province set right
corrections_book.py  the workbook they are filled in
central/             values that are not the units' own: the province's numbers, central systems' exports
late.py              what was reported of an earlier month stays; who says otherwise is told
checks/              what the values are held against: their own measures' rules, then each other
"""
