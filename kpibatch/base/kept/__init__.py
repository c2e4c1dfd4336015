"""What was worked out before, kept below ``output/.cache`` by everything that decides it.

In: what is to be kept, and under what key.
Out: the same again, or nothing.

entries.py  entries by their keys: one that is not as it was written is none
program.py  this very program and the libraries it works by, as part of a key
records.py  records as JSON, which can hold nothing that runs, and back
"""
