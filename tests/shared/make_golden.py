"""Writes ``tests/golden/*.txt`` anew: ``python tests/shared/make_golden.py``.

Read the diff before you commit it.
One line a cell: address, value, formula, number format, fill, set apart by `` | ``; a heading for each sheet.
A formula that is the one of the cell above, moved down a row, is ``″`` (shared as Excel would fill it down);
a cell that is merged away or holds neither a value nor a fill of its own is left out. Floats have ten
significant digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl.cell.cell import Cell
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.worksheet import Worksheet
from workspace import BURIRAM, RAYONG, open_book, sample_output

from kpibatch.base.month_files import RANKING, UNITS

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True)
class Golden:
    """A workbook of a sample that is compared; ``sheets`` are those looked at, all where none is named."""

    sample: str
    file: str
    sheets: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The workbook as lines of text."""
        (path,) = sample_output(self.sample).glob(self.file)
        formulas, values = open_book(path), open_book(path, values=True)
        names = self.sheets or formulas.sheetnames
        return [line for name in names for line in _sheet(formulas[name], values[name])]


# Of the larger sample one KPI with cases stands for all of them.
GOLDENS = {
    "ranking": Golden(RAYONG, RANKING),
    "unit": Golden(RAYONG, f"{UNITS}/21P03 *"),
    "buriram-ranking": Golden(BURIRAM, RANKING, ("อันดับ", "T5", "แนวโน้ม", "ความอ่อนไหว", "เกณฑ์")),
    "buriram-unit": Golden(BURIRAM, f"{UNITS}/3109 *"),
}


def _sheet(formulas: Worksheet, values: Worksheet) -> Iterator[str]:
    yield f"=== {formulas.title} ==="
    for row in formulas.iter_rows():
        for cell in row:
            if isinstance(cell, Cell):
                fill = cell.fill.fgColor.rgb[2:] if cell.fill.fill_type == "solid" else ""
                if cell.value not in (None, "") or fill:
                    shown, how = (
                        _text(values[cell.coordinate].value),
                        cell.number_format.replace("General", ""),
                    )
                    yield " | ".join((cell.coordinate, shown, _formula(formulas, cell), how, fill)).rstrip(
                        " |"
                    )


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return (
        value.isoformat()[:10]
        if isinstance(value, date)
        else re.sub(r"\s*\n", " ⏎ ", str("" if value is None else value))
    )


def _formula(sheet: Worksheet, cell: Cell) -> str:
    if cell.data_type != "f":
        return ""
    above = sheet.cell(cell.row - 1, cell.column) if cell.row > 1 else cell
    if (
        above.data_type == "f"
        and Translator(str(above.value), above.coordinate).translate_formula(cell.coordinate) == cell.value
    ):
        return "″"
    return str(cell.value)


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, golden in GOLDENS.items():
        lines = golden.lines()
        (GOLDEN / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        print(f"{name}.txt: {len(lines)} lines")


if __name__ == "__main__":
    main()
