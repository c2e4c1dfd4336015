"""Two trees: the units, each below the one it belongs to, and the scorecard's nodes; who takes what of whom.

In: units and nodes as records.
Out: ``UnitTree``, and what ``LevelTables`` says of its nodes.

units.py   the units above and below each other, their kinds
nodes.py   the nodes below each other: who is meant, who takes the result of the unit above
links.py   what a measure is of other units: of which parts, of which unit above
"""
