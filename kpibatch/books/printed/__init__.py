"""What a workbook looks like on paper: LibreOffice's pages, and pictures of them.

In: a workbook, or a flat OpenDocument sheet.
Out: a PDF; a PNG for each of its pages. Thai is shaped by LibreOffice.

office.py  a file → PDF, with only the sheets that are wanted (the door to soffice)
png.py     pixels → a small PNG
pdf.py     a PDF's pages → pictures (the door to pypdfium2)
"""
