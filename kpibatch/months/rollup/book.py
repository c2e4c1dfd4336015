"""``national.xlsx``: the sheets in order."""

from pathlib import Path

from kpibatch.base.catalogue import Words
from kpibatch.books.write import Book
from kpibatch.months.rollup.mean_sheets import (
    group_means,
    province_means,
    write_absent,
    write_bases,
    write_means,
)
from kpibatch.months.rollup.national import National
from kpibatch.months.rollup.unit_sheets import TOP, ListPlan, about, write_list
from kpibatch.months.rollup.year import Year
from kpibatch.months.rollup.year_sheet import write_year


def write_national(national: National, path: Path, language: str, year: Year | None = None) -> None:
    """Write the workbook; links to the provinces' rankings are relative to where it will stand."""
    say = Words("rollup", language)
    with Book(path, title=about(national, say), language=language) as book:
        sheet = book.sheet(say("sheet-units"))
        plan = ListPlan(sheet.name, TOP + len(national.lines))
        write_list(national, sheet, plan, say)
        provinces = book.sheet(say("sheet-provinces"))
        write_means(national, provinces, plan, province_means(national), say)
        if national.groups:
            write_means(national, book.sheet(say("sheet-groups")), plan, group_means(national), say)
        if year and year.courses:
            write_year(year, book.sheet(say("sheet-year")), say)
        write_bases(national, book.sheet(say("sheet-bases")), say)
        if national.absent:
            write_absent(national.absent, book.sheet(say("sheet-absent")), say)
