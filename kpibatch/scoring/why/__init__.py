"""What an outcome is asked: why a level, a score or a rank is what it is, and what it hangs on.

In: ``Outcome``.
Out: lines of text.

worth.py        how a level or a value became a score
trials.py       what a unit might have instead: missing data at its best, one less
sensitivity.py  which ranks hang on one household, a rounding, a tie, missing data
explain_sum.py  how children's scores become a node's, the total and the rank
others.py       across units: whose result is taken, what each part has
explain.py      why this level: values with their cells, the case, what is met, what is missing
"""
