"""A submission's copy, its cells marked, a comment on each, an index in front. The original is never touched.

In: the submission's bytes and its findings.
Out: the marked copy.

boxes.py  the drawn boxes that comments sit in
marks.py  cells marked by their style
notes.py  comments on cells
index.py  the index sheet
book.py   which submissions go back, and the copy written
"""
