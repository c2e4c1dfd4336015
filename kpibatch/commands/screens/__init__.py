"""What the commands print: what a file of commands shows stands here in the file of the same name.

In: what a command came to.
Out: lines and tables on the screen.

records.py  what is shown as a table, as rows for machines
beginning.py  what a new workspace begins with
manuals.py  which manuals there are, and one of them
doctor.py   how it is with the machine and the workspace, and what to do
monthly.py  the ranking, the findings, who has sent
levels.py   the level tables: their faults, the scorecard as read
history.py  what earlier months said
keeping.py  corrections, closed months
mailing.py  drafts, what was sent, where each mail stands
"""
