"""Evidence held against the levels reached. A missing file is asked for; it never changes a score.

In: the scores and the files that were handed in.
Out: what is still to be handed in, and findings.

claims.py  the levels that units claim
wanted.py  what units have reached and not handed in evidence of
"""
