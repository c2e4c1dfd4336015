"""A month's mails: plan, texts, files, sending over SMTP.

In: a month as published.
Out: drafts, or mails sent once and only once.

password.py  the mail account's password
tokens.py    an access token in its place, from the operator's own command
message.py   a mail as a record and as the bytes of an ``.eml``
sandbox.py   a template and its facts → one text, kept within bounds (the door to Jinja2)
text.py      facts and templates → what a mail says, written in a child process
facts.py     a published month → what a mail may say of a unit
files.py     what goes with a mail; a file of another unit stops everything
plan.py      which mails a month has
drafts.py    the mails as ``.eml`` drafts with an index
smtp.py      the mail server reached, or why not (the door to smtplib and ssl)
session.py   one conversation with it: what became of a message for each recipient
send.py      sending a month's mails, whatever breaks in between
month.py     a month's mails as drafts, sent, or looked up
process.py   reminders before a day of the calendar
"""
