"""Any workbook in, guarded, and out, checked. Knows no KPI.

In: a file somebody sent; cells to write.
Out: ``Grid`` (values at their addresses, error cells never blank); a workbook on disk, whole.

look.py     how every workbook looks: font, colours, styles, how much room a text takes
packing.py  the same parts, the same bytes; what parts hold, whoever packed them
rows.py     the rows of a large sheet set aside while its package is changed
package.py  changing a few parts of a workbook's package, every other byte kept (the door to lxml)
guard/      a file is inspected before a reader may touch it
shown.py    a number as its cell shows it: a percent, a day, something unclear
read.py     reading any workbook: values at their addresses (the door to calamine)
text.py     a text file's letters, and a CSV as a grid
values.py   a cell → a value of a measure's kind, or why not
reckon_functions.py  the functions of a spreadsheet's formulas
reckon.py   what a spreadsheet program makes of a formula
table.py    a sheet as a table; faults collected with their cells
engine/     XlsxWriter underneath, as it is and in fewer steps (the door to it)
write.py    writing workbooks: formats, checked writes, formulas with results
paper.py    how large a sheet comes out on A4, and where its pages end
columns.py  a list on a sheet as data: head, width, cell and look of each column
printed/    pages as LibreOffice prints them, and pictures of them
"""
