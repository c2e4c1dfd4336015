"""An outcome as workbooks.

In: ``Outcome``.
Out: ``ranking.xlsx``, a summary for each unit, marked copies of submissions.

ranking/   the live ranking
unit/      the unit's own summary
returned/  a submission's copy, marked, as it goes back
"""
