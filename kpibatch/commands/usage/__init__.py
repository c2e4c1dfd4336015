"""The command line as people expect it: help in their language, months as they write them, one rule for
tables.

In: words as they were typed, and what the machine says of language and terminal.
Out: the same words understood, or answered by what was meant; how loud a command is, and its log.

voice.py     how loud a command is, in which language, and whether tables go to machines
months.py    a month as people write it → the month, or what may be meant
manuals.py   the manuals that travel with the program
language.py  the language of help and of what click says itself
kinds.py     months and units as click's kinds of arguments, with completion
log.py       a log of each working command
parts.py     commands whose help is in the catalogue, and the options that all of them take
"""
