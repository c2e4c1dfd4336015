"""The way in: a workspace begun.

In: what an operator says of a round, a letter, another workspace, the name of a sample.
Out: a workspace that appears whole.

samples.py    the sample workspaces that travel with the program
settings.py   a new ``config.toml``, some of whose values are another workspace's
scripts.py    the scripts that run a month with a double click or on a schedule
begin.py      a new workspace, which appears whole
"""
