"""The way in: a workspace begun, and what stands in the way of working in one.

In: what an operator says of a round, a letter, another workspace, the name of a sample; this machine.
Out: a workspace that appears whole; points that say what is well and what to do.

samples.py    the sample workspaces that travel with the program
settings.py   a new ``config.toml``, some of whose values are another workspace's
scripts.py    the scripts that run a month with a double click or on a schedule
begin.py      a new workspace, which appears whole
point.py      a point of ``doctor``: how it is with one thing, and what to do
machine.py    points about this machine: Python, packages, fonts, LibreOffice, clock, console
place.py      points about the workspace: its configuration, level tables, folders, paths
server.py     points about the mail server, to which nothing is sent
doctor.py     all of them, in order
"""
