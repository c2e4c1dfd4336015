"""The letter that the rules come from, held against the tables.

In: a letter (.txt, .docx, .pdf with text); ``LevelTables``.
Out: findings about every figure that stands in only one of the two, and how many there are.

word.py     the text of a .docx
pdf.py      the text of a .pdf (the door to pypdfium2)
text.py     any letter's lines
figures.py  every number, date and percent of a text, and which can be no rule
slips.py    whether two figures are one digit apart
columns.py  the columns of a letter's tables
parts.py    which KPI and level a stretch of the letter is about
match.py    which node a KPI of the letter is
rounds.py   the round that a letter is about
said.py     what the tables say in figures of one KPI, and which its notes name
common.py   what they say of the round as a whole
passage.py  one level's figures and cells
ledger.py   one KPI's figures ↔ its cells
check.py    the whole ledger
"""
