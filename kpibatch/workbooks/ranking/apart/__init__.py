"""Units of other kinds in the ranking: where their results stand, and what of them a sheet shows.

In: the plans of each kind's sheets.
Out: formulas that refer to them, and the block of parts below a KPI's units.

elsewhere.py  where any unit's results stand, whatever its kind
parts.py      below a KPI's units the parts that their values are made of
"""
