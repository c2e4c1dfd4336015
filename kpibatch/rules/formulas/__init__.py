"""The rules as formulas of a spreadsheet: the one home of those that the ranking and the units' forms carry.

In: ``LevelTables``, and where the values stand: a ``KpiPlan`` a KPI.
Out: formulas, each beside the function of ``scoring`` that gives the same.

days.py     a day typed as a text → its serial
months.py   a form's cells, month by month → the value of a measure
plan.py     where a KPI's level table, values and results stand on a sheet
kpi.py      values → case → what is met → level
missing.py  what is missing for a level, in words
points.py   a level or a value → a score
tree.py     the KPIs' scores → the total
"""
