"""Worked cases: the level tables tried on what everybody can work out by hand.

In: ``LevelTables`` with the rows of ตัวอย่าง.
Out: findings; proposals of further cases; the thresholds that no case holds.

tried.py    the cases scored by the scorer itself, and those that come out otherwise
series.py   months that each roll-up reads otherwise
beyond.py   what no form may say, and the percents at the edge of every rating band
propose.py  a case just below, at and just above every threshold, and on each side of every case
held.py     which thresholds no case holds: moved by a step, no level changes
"""
