"""The names of what stands in ``output/MONTH/`` and beside the months, said once.

Whoever writes one of these files and whoever reads it ask here. Source: design, section 4.
"""

RANKING = "ranking.xlsx"
UNITS, RETURNED = "units", "returned"
SCORES, MEASURES, VALUES, FINDINGS = LISTED = ("scores.csv", "measures.csv", "values.csv", "findings.csv")
RECORD, CHECKED, LEVEL_TABLES = "run.json", "check.json", "level_tables.xlsx"
REPORT, CARDS = MADE_AFTER = ("report.pdf", "cards")
MAIL, MAIL_INDEX = "mail", "index.csv"
JOURNAL = f"{MAIL}/journal.csv"
OF_A_MONTH = frozenset((RANKING, UNITS, RETURNED, *LISTED, RECORD, CHECKED, LEVEL_TABLES, MAIL, *MADE_AFTER))
# Beside the months, in the output folder itself.
HISTORY, CLOSED, FORMS, ANNEX = "history.sqlite", "closed", "forms", "level_tables_annex.xlsx"
AGREEMENTS, REMINDERS, INCREMENTS = "agreements", "reminders", "increments"
MARKED, EXAMPLES = "level_tables_findings", "level_tables_examples.xlsx"
LOG, LOGS = "kpibatch.log", "logs"  # what bugs leave; and a file a command
# Of several workspaces, in a folder of the operator's choice.
NATIONAL, NATIONAL_LIST = "national.xlsx", "national.csv"
