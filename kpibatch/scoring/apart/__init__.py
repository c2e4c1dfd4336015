"""A month's outcome kind by kind: units of one kind among themselves, as their ranking shows them.

In: ``Outcome``.
Out: an ``Outcome`` for each kind of units.

kinds.py  the outcome of one kind alone
"""
