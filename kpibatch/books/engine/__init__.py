"""XlsxWriter underneath: its workbooks and sheets with the writes we make, and the same in fewer steps.

In: cells, already clean.
Out: the parts of a package; ``fewer_steps.py`` gives the bytes that ``as_it_is.py`` does.

as_it_is.py     XlsxWriter's public methods, every answer looked at (the door to XlsxWriter)
formats.py      formats as copies of earlier ones
sheets.py       sheets whose cells are stored and written in fewer steps, for the releases that were tried
fewer_steps.py  some of its private steps done in fewer, for the same releases
"""
