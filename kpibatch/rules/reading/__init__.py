"""The parts of reading the level-table workbook: rows and cells as records and conditions.

In: a sheet as a table.
Out: records; what is wrong is remembered by the rows or given back as findings.

unseen.py      notes on what nobody sees: formulas, hidden rows, columns and sheets
parts.py       ตัวตั้ง of what a measure is of other units
references.py  codes that point nowhere or in a circle
thresholds.py  a threshold that names a measure
cells.py       a condition as its measure takes it; percents that may as well be shares of one
evidence.py    ต้องมีหลักฐาน: named in the form, or handed in at which levels
measures.py    รายการข้อมูล: one row each
whose.py       cases by who the unit is: group, position, unit
rounds.py      รอบประเมิน, ผลประเมิน and ปฏิทิน
units.py       หน่วย: each below the one it belongs to
nodes.py       ตัวชี้วัด, and from which month a row counts
"""
