"""A submission's copy, its cells marked, a comment on each, an index in front. The original is never touched.

In: the submission's bytes and its findings.
Out: the marked copy.

names.py        the names that files go back under
boxes.py        the drawn boxes that comments sit in
marks.py        cells marked by their style
notes.py        comments on cells
index.py        what the index says, a line a finding
index_sheet.py  the index as a sheet of a package, or as a workbook of its own
workbook.py     a package's workbook, and the index put in front of its sheets
book.py         which submissions go back, and the copy written
"""
