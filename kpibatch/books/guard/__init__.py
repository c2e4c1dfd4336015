"""A file is inspected before a reader may touch it: what it is, its limits, its error cells.

In: a path, or bytes, and the limits.
Out: ``Inspected`` with the reader's own copy, or ``Refused`` with the reason.

looks.py    what a number format makes of a number: a percent, a day, a time
limits.py   why a file is not read; what is counted against the limits
package.py  a zipped workbook taken apart without trusting it
linked.py   the parts a workbook leads to; the reader's own copy
job.py      what binds a child process; work done in a process that may be lost itself
capped.py   work on a stranger's file in a child with a cap and a clock (the door to pebble)
ole.py      the container of .xls taken apart
cells.py    walking the cells of one XML sheet
xlsx.py     inspecting .xlsx and .xlsm
xls.py      inspecting .xls
xlsb.py     inspecting .xlsb
ods.py      inspecting .ods
formats.py  the kinds of workbook, each stated once: magic, main part, inspector, suffixes, MIME types
inspect.py  what a file is, whatever its name says, and which inspector it goes to
"""
