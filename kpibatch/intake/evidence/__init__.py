"""Evidence as files: ``submissions/MONTH/evidence/UNIT/``, named by measure, listed, sealed, never opened.

In: a month's folder and the level tables.
Out: which file is evidence of what, and what is wrong with any.

named.py    a file's name → the measures and levels it is evidence of
listing.py  the files of a month, each with its SHA-256
"""
