"""A month's folder written, read back, looked back on, sealed, compared; what was mailed.

In: ``output/MONTH/``.
Out: ``PastMonth``, the history, a bundle, what moved between two sides.

outbox.py    what may still be sent: no content twice to the same person
database.py  the history's tables (the door to sqlite3)
record.py    ``run.json`` as bytes and back, sealed by a digest of its own
csv_cells.py  a text as a cell of a CSV that Excel may open, and back; rows as such a CSV
listings.py  the CSV files and ``run.json``
folder.py    a month's folder read back
journal.py   the mails' states on record twice
keys.py      secrets, and the key that a bundle is signed with (the door to keyring and cryptography)
bundle.py    a closed month as one zip file
unpack.py    a bundle unpacked, without trusting a word of it
sealed.py    closed months as they were sealed, whatever has become of their folders
history.py   what earlier months said: the database kept in step with the months' folders
assess.py    one month read, set against the months before it, and scored
sent.py      what each unit has sent so far, as its form is filled in with it again
compare/     two sides compared: what moved which level, score and rank
rollup/      the published months of several workspaces in one ranking
increments/  raises within a ceiling, from the results of a published month
"""
