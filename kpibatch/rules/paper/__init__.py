"""The level tables as people hold them in their hands.

In: ``LevelTables``, or the rows of a workbook.
Out: the workbook to fill in, the tables in words and as the annex of a letter, what differs between two of
them.

blank.py    the rows that every such workbook begins with
guide.py    คู่มือ, with pictures of filled rows drawn as cells
book.py     writing such a workbook, with dropdowns, ready for rows to come
made.py     how a measure is made of others, in words
words.py    the level tables in words, as an office writes them
process.py  ปฏิทิน in words: the days of the process
worth.py    what a level or a value is worth, in words
annex.py    the tables as the annex of a letter
examples_book.py  proposed cases as the sheet ตัวอย่าง
changes.py  what differs between two level-table workbooks, cell by cell
"""
