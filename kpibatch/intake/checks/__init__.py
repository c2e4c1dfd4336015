"""What the values that were read are held against: their own measures' rules, then each other.

In: the long frame, the level tables.
Out: the frame with what is impossible turned into missing, and findings.

validate.py  all values against their measures' rules, in one pass (the door to pandera)
subjects.py  which measures a built-in check looks at, and what a value's size is
columns.py   the frame with a column a measure, computed and fixed ones too; what stood there before
built_in.py  the built-in checks of กฎตรวจ as rules of columns
copied.py    the same values in the forms of two units
across.py    all of กฎตรวจ over the frame, in one pass
"""
