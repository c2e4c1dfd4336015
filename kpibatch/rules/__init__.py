"""The level tables: what the province's workbook of rules says, whether it is sound, and how it reads in
words.

In: ``level_tables.xlsx``.
Out: ``LevelTables`` and findings; the tables in words, as an annex, compared with other tables.

conditions.py    a condition: does it hold, how does a formula ask it, how is a row of them read
phrases.py       a condition as typed → its meaning, or what may be meant (the door to lark)
round.py         the round as records: its days and months, its holidays; a template
records.py       units, measures, nodes, rules as records
written.py       the rows of a round, which of them count in a month, which are alternatives
checks.py        กฎตรวจ: what values are held against besides their own bounds; ตัวอย่าง: cases; as records
computations.py  the sources that compute: value, the way back, formula, words; one record each
sources.py       ที่มา: what a computed measure is, in formulas and in words
fingerprint.py   what records say, in one hash
tree/            the units and the nodes as trees: who is meant, who takes what of whom
levels.py        the level tables as one record: what every later step asks
formulas/        the rules as formulas of a spreadsheet
lookup.py        a unit or a KPI as the operator names it
schema.py        the workbook's sheets and columns, by name
sheets.py        the workbook opened in a child process, its sheets as tables
reading/         rows and cells → records and conditions
optional/        the sheets that a workbook may do without → their records
reader.py        the workbook → ``LevelTables``
lint/            ``levels check``: every fault of tables that can be read
paper/           the tables as people hold them: written, in words, as an annex, compared
fresh/           the workbook of a round that begins, or that follows another
agreement/       what each unit and who assesses it put their names to
letter/          the letter that the rules come from, held against them
draft/           a letter → a draft of its tables, with every doubt marked
"""
