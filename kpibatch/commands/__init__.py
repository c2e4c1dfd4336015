"""What the operator types and sees, and the batch in its order.

In: the command line.
Out: files written, lines on the screen, the exit code.

console.py  progress and tables on a terminal (the door to rich)
run.py      the batch: only here are a month's files written
closing.py  ``close`` and ``verify``
screens.py  what the commands print
cli.py      the commands (the door to click)
"""
