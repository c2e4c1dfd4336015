"""The unit's own summary: nothing of any other unit.

In: ``Outcome``.
Out: the workbook.

figures.py  what the page says, worked out
page.py     the page
book.py     the workbook
"""
