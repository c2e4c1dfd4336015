"""``levels agreement``: what each unit and who assesses it put their names to.

In: ``LevelTables``.
Out: an agreement (บันทึกข้อตกลง) a unit, as a document and as a workbook, each with its text for people and what
was agreed for machines.

agreed.py  a unit's own rules, weights and fixed values, in parts and in one digest; what differs between two
text.py    what an agreement says, whatever it is written in
mark.py    what was agreed as a file's custom properties, and back
word.py    an agreement as a document (the door to python-docx)
sheet.py   an agreement as a workbook
"""
