"""Worked cases: the level tables tried on what everybody can work out by hand.

In: ``LevelTables`` with the rows of ตัวอย่าง.
Out: findings; proposals of further cases; the thresholds that no case holds.

tried.py    the cases scored by the scorer itself, and those that come out otherwise
sound.py    a workspace's level tables, checked and its cases tried
series.py   months that each roll-up reads otherwise
beyond.py   the least and the most that a form may say, what it may not, the edges of the rating bands
propose.py  a case just below, at and just above every threshold, and on each side of every case
held.py     which thresholds no case holds: moved by a step, no level changes
"""
