"""The colours of a KPI's units, live: levels met and counted, levels met in vain, what is provisional."""

from kpibatch.base.addresses import ref
from kpibatch.books.write import Sheet
from kpibatch.rules.formulas.plan import KpiPlan


def mark_levels(sheet: Sheet, plan: KpiPlan, last: int, provisional: str) -> None:
    """Colour the units' rows down to ``last``; ``provisional`` is the word of the status."""
    book, run = sheet.book, ref(plan.first, plan.level, "c")
    for level, column in enumerate(range(plan.met, plan.level), 1):
        here = ref(plan.first, column)
        counted = f"=AND({here}=1,{run}>={level},ISNUMBER({run}))"
        skipped = f"=AND({here}=1,ISNUMBER({run}),{run}<{level})"
        for criteria, colour in ((counted, "good"), (skipped, "fair")):
            form = book.style("cell", "met", colour)
            rule = {"type": "formula", "criteria": criteria, "format": form}
            sheet.colour((plan.first, column), (last, column), rule)
    waiting, form = f'"{provisional}"', book.style("cell", "fair", "centre")
    rule = {"type": "cell", "criteria": "==", "value": waiting, "format": form}
    sheet.colour((plan.first, plan.status), (last, plan.status), rule)
