"""What units take of the unit above them.

In: scores over the units, and who takes of whom.
Out: what each takes.

taken.py  one node's results as they are taken, of one unit or of several one after the other
"""
