"""An outcome as workbooks.

In: ``Outcome``.
Out: ``ranking.xlsx``, a summary for each unit, marked copies of submissions.

again.py    files that come out as they were published
ranking/    the live ranking
unit/       the unit's own summary
cards/      a card a unit, for a chat group
returned/   a submission's copy, marked, as it goes back
outputs.py  which workbooks a run leaves: to add one, open this file

A sheet is a tuple of columns (``books/columns.py``) and a function that writes it. To add one to a workbook,
open the workbook's ``book.py``: it names the sheets in order and calls what writes each.
"""
