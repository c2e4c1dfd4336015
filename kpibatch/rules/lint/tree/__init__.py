"""The tree of units checked: who stands where, what goes up and comes down.

In: ``LevelTables``.
Out: findings.

places.py   สังกัด and ประเภท: persons below a unit, kinds that stand in one order; kinds that are named
links.py    what measures are of other units: of which kind, of whom, and not of themselves
targets.py  ค่าตั้งต้น: the targets of the parts sum to that of the whole
"""
