"""Texts, errors, findings, Thai, config, files, lock, addresses: what every wing stands on. Knows no
workbook.

In: ``config.toml``, the disk, words as typed.
Out: ``Config``, ``Finding``, ``KpibatchError``, texts in the workspace's language.

catalogue.py  every text a person reads, Thai and English
errors.py     the operator's mistakes as a tree: one line each, no traceback
thai.py       Thai digits, Buddhist-era dates and months, numbers as typed
nearest.py    the known name most like one that is not known
kinds.py      what a measure's value is, and a value as a person writes it
addresses.py  A1 ↔ row and column
month_files.py  the names of what stands in a month's folder
findings.py   anything wrong or noteworthy, with its place
progress.py   who is told how far a command is
mailboxes.py  อีเมล and สำเนา → addresses, and what is none
settings.py   what a value in config.toml may be: its kind and its range
config.py     ``config.toml`` → ``Config``
files.py      files and folders that appear whole or not at all
kept/         what was worked out before, kept by everything that decides it
lock.py       one command at a time in an output folder (the door to filelock)
"""
