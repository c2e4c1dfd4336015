"""``levels check``: what is wrong with level tables that can be read, all faults in one pass.

In: ``LevelTables``.
Out: findings. An error means that the tables contradict themselves or leave something open; a warning, that
they can be used but look like a slip; a note, that letters do this on purpose.

A check is one function from the tables to its findings. A new one is written into the file of its idea and
named in the tuple ``CHECKS`` at that file's end; its words stand in the catalogue.

bounds.py     what a measure can be at least and at most; a row's levels that ask something; rising scores
rounds.py     รอบประเมิน, ผลประเมิน, ปฏิทิน, วันหยุด: days, bands, due days, holidays
units.py      หน่วย: names and mail addresses
scorecard.py  ตัวชี้วัด: the tree, whom it applies to, its weights
measures.py   รายการข้อมูล and ค่าตั้งต้น: bounds, what a measure is computed from, fixed values
rows.py       ระดับ, row by row: order, overlaps, gaps, what can't be reached
slips.py      what can be read and is rarely meant: odd cells, parts, codes, deadlines outside the round
levels.py     ระดับ, the rows of one KPI together: contradictions, alternatives, levels that come for free
points.py     วิธีให้คะแนน, คะแนนของระดับ, เพดานคะแนน, หักคะแนน: what a level or a value is worth
cases.py      กรณี: each can occur, none overlaps another, every value falls under one
periods.py    ใช้ตั้งแต่เดือน: what a change in mid-round leaves out
optional.py   แหล่งข้อมูล and กฎตรวจ: whose value counts, what a row compares
tree/         the tree of units: places, links between units, targets
echoes.py     what merely follows from a fault already reported
check.py      every check, over a workbook or over tables that were read
"""
