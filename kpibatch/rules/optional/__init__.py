"""The sheets that a level-table workbook may do without, each read into its records.

In: a sheet as a table, the measures.
Out: records; what is wrong is remembered by the rows.

own_kpis.py     ตัวชี้วัดของหน่วย: what units' own KPIs are called, weigh and aim at
exports.py      แหล่งข้อมูล: what central systems' exports give
examples.py     ตัวอย่าง: worked cases and the level each should get
drafted.py      ร่าง: whether a person has looked at what a draft doubts
holidays.py     วันหยุด: the days on which nobody works
moves.py        ย้าย: who stands below another unit from a month on
crosschecks.py  กฎตรวจ: what values are held against besides their own bounds
"""
