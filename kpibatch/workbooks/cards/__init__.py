"""A card a unit, to be read on a phone: where it stands, its levels, what would raise it most; nothing of any
other unit.

In: ``Outcome``.
Out: a page of HTML; a sheet that LibreOffice prints, of which the picture is made.

card.py   what a card says, block by block
html.py   cards as pages for a browser: no script, nothing fetched
sheet.py  cards as sheets of a flat OpenDocument workbook, a page each
"""
