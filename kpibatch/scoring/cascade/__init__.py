"""Up and down the tree of units: sums of the parts, scores of the unit above, until nothing changes any more.

In: ``Measured``, ``LevelTables``, the units that sent.
Out: ``Measured`` and ``Scores`` with what units have of each other; who counts as having sent.

senders.py  whose results count: who sent, and who has nothing to send
links.py    what a measure is of other units' values and scores
passes.py   measured and scored, pass by pass
"""
