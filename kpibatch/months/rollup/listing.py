"""``national.csv``: every unit of every published month, as the workbook lists them."""

from collections.abc import Iterator

from kpibatch.base.thai import show_number
from kpibatch.months.csv_cells import as_csv
from kpibatch.months.rollup.national import National

COLUMNS = (
    "basis",
    "rank",
    "province",
    "unit",
    "name",
    "group",
    "percent",
    "rating",
    "status",
    "rank_in_province",
    "rank_in_group",
    "round",
    "month",
    "rules",
    "workspace",
)


def national_csv(national: National) -> bytes:
    """As CSV that Excel reads; ``basis`` numbers what units were assessed by, ``rules`` is its digest."""
    return as_csv(COLUMNS, _rows(national))


def _rows(national: National) -> Iterator[tuple[str, ...]]:
    for line in national.lines:
        unit, province = line.unit, line.province
        yield (
            str(line.basis),
            str(line.rank or ""),
            province.name,
            unit.code,
            unit.name,
            unit.group,
            "" if unit.percent != unit.percent else show_number(unit.percent),
            unit.rating,
            unit.status.value,
            str(unit.rank or ""),
            str(line.in_group or ""),
            province.round,
            province.month,
            unit.basis.rules[:12],
            province.workspace.as_posix(),
        )
