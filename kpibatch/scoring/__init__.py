"""Values → measures → cases → levels → scores → rank → next step. Pure: reads and writes nothing.

In: ``Intake``, ``LevelTables``, the months before.
Out: ``Outcome``: everything that the outputs of a month are written from.

rollups.py      months → one value: สรุปรายเดือน, one record a roll-up
measures.py     months → one value; computed measures
above/          what units take of the unit above
points.py       a level or a value → a score
kpi.py          measures → case → level → score of one KPI, vectorised over the units
tree.py         the KPIs' scores → every node's, up to the total
score.py        all KPIs and nodes of a month
rank.py         scores → ranking: the tie policy
evidence/       evidence held against the levels reached
cascade/        up and down the tree of units: sums of the parts, scores of the unit above
lacking.py      what was needed to score and is not there
what_if.py      units with other values, measured and scored anew, many in one batch
next_level.py   what a unit lacks for the next level, in the measure's own terms
points_back.py  what would give back the points that are taken off
promises.py     what all of that together would bring
outcome.py      the month's outcome: the steps in order
apart/          the outcome of each kind of units alone
trend.py        the months of the round side by side: movement and trend
examples/       worked cases of the level tables tried, proposed, and what they hold
why/            why a level or a rank is what it is, and what it hangs on
"""
