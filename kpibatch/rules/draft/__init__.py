"""From the letter to a draft of the level tables, by rules that can be read; nothing is made up.

In: a letter.
Out: a workbook of level tables to be finished by a person: what the letter says, every doubtful reading
coloured, with a comment and on the sheet ร่าง; what the letter does not say is blank.

doubts.py   a doubtful reading: where the letter says what, how it was read, why it may be otherwise
items.py    a level's text → the items it lists
stated.py   a figure in an item → the condition it states, in the letter's words
asks.py     an item → what it asks: conditions, or a thing done
cases.py    the items of a level that are for some units only
rows.py     what all levels of a KPI ask → rows, one a measure
heads.py    the round, the letter's number, who is assessed
nodes.py    codes, names, weights and groups of the KPIs
draft.py    a letter → the draft, sheet by sheet
book.py     the draft as a workbook
"""
