"""What the operator types and sees, and the batch in its order.

In: the command line.
Out: files written, lines on the screen, the exit code.

To add a command, write it in one of the files of commands. A command makes one call and shows what came of
it; what a file of commands shows stands in the file of the same name in ``screens/``.

streams.py  stdout and stderr that are always there, in UTF-8 off a terminal
usage/      help, months and tables as people expect them; how loud a command is, its log
console.py  progress and tables on a terminal, tables for machines (the door to rich)
run.py      the batch: only here are a month's files written
meeting.py  the ranking as two pages, a card a unit, the ranking opened
papers.py   papers that are signed: an agreement a unit
door/       a workspace begun, and what stands in the way of working in one
closing.py  a month sealed, opened again, made again
screens/    what the commands print
group.py    what all commands share: errors as one line, exit codes, the language
many/       several workspaces in one call
beginning.py  commands: ``init``, ``doctor``, ``docs``
monthly.py  commands: ``run``, ``check``, ``status``, ``forms``, ``report``, ``open``, ``explain``
levels.py   commands: ``levels check`` and ``show``
keeping.py  commands: ``province``, ``history``, ``close``, ``verify``, ``diff``, ``rollup`` …
mailing.py  commands: ``mail``
cli.py      the entry point
"""
