"""The rules as formulas of a spreadsheet: the one home of those that the ranking and the units' forms carry.

In: ``LevelTables``, and where the values stand: a ``KpiPlan`` a KPI.
Out: formulas, each beside the function of ``scoring`` that gives the same.

plan.py    where a KPI's level table, values and results stand on a sheet
kpi.py     values → case → what is met → level
points.py  a level or a value → a score
tree.py    the KPIs' scores → the total
"""
