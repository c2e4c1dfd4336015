"""What a month costs at the least, and what an office's own script costs: two programs over the same forms.

    python tests/bench/month_floor.py bare|naive FOLDER CELLS WORKSPACE …

``bare`` knows each library's quick way and checks next to nothing: calamine reads every sheet, pandera
validates once, XlsxWriter writes the very cells, formulas, formats, widths and heights that kpibatch wrote
(CELLS, as ``kept_cells`` keeps them). ``naive`` is what an office would write: ``pandas.read_excel``, loops,
openpyxl, values only. Both print the processor seconds they have spent on getting the CELLS, which are no
work of theirs.
"""

import csv
import pickle
import re
import sys
import time
from pathlib import Path
from typing import Any

Sheets = list[tuple[str, list[tuple[int, int, Any, Any, int]], dict[int, float], dict[int, float]]]
MONTH = "2565-06"
_MOST_KEPT = 40  # workbooks of a kind; one is like another, and more of them are written from these


def kept_cells(workspaces: list[Path], path: Path) -> None:
    """What kpibatch wrote into its rankings and summaries: cells, each with its result and format."""
    formats: dict[tuple[tuple[str, Any], ...], int] = {}
    rankings = [_cells(each / "output" / MONTH / "ranking.xlsx", formats) for each in workspaces[:4]]
    units = sorted(file for each in workspaces for file in (each / "output" / MONTH / "units").glob("*.xlsx"))
    summaries = [_cells(file, formats) for file in units[:_MOST_KEPT]]
    path.write_bytes(pickle.dumps((rankings, summaries, len(units), list(formats))))


def _cells(path: Path, formats: dict[tuple[tuple[str, Any], ...], int]) -> Sheets:
    import openpyxl

    known, sheets = {}, []
    results = openpyxl.load_workbook(path, data_only=True)
    for sheet in openpyxl.load_workbook(path):
        cells = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None and not cell.has_style:
                    continue
                if cell.style_id not in known:
                    known[cell.style_id] = formats.setdefault(_format(cell), len(formats))
                result = (
                    results[sheet.title].cell(cell.row, cell.column).value if cell.data_type == "f" else None
                )
                cells.append((cell.row - 1, cell.column - 1, cell.value, result, known[cell.style_id]))
        widths = {at: each.width for at, each in enumerate(sheet.column_dimensions.values()) if each.width}
        heights = {row - 1: each.height for row, each in sheet.row_dimensions.items() if each.height}
        sheets.append((sheet.title, cells, widths, heights))
    return sheets


def _format(cell: Any) -> tuple[tuple[str, Any], ...]:
    """A cell's look in XlsxWriter's words."""
    look = {
        "font_name": cell.font.name,
        "font_size": cell.font.sz,
        "bold": bool(cell.font.b),
        "num_format": cell.number_format,
        "align": cell.alignment.horizontal or "",
        "valign": {"center": "vcenter"}.get(cell.alignment.vertical or "", cell.alignment.vertical or ""),
        "text_wrap": bool(cell.alignment.wrap_text),
        "border": int(bool(cell.border.bottom.style)),
        "locked": bool(cell.protection.locked),
    }
    if cell.fill.fgColor.type == "rgb" and cell.fill.fill_type:
        look["bg_color"] = "#" + str(cell.fill.fgColor.rgb)[-6:]
    return tuple(look.items())


# --- the floor ----------------------------------------------------------------------------------------------


def bare(folder: Path, kept: Path, workspaces: list[Path]) -> float:
    """Read, validate once, write."""
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    begun = time.process_time()
    rankings, summaries, units, formats = pickle.loads(kept.read_bytes())
    loading = time.process_time() - begun
    values: list[tuple[str, str, int, float]] = []
    for path in _forms(workspaces):
        book = CalamineWorkbook.from_path(path)
        grids = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
        for row in grids[0]:
            values += [
                (path.stem, row[0], at, cell)
                for at, cell in enumerate(row[5:], 5)
                if row[0] and isinstance(cell, int | float)
            ]
    frame = pd.DataFrame(values, columns=["unit", "measure", "column", "value"])
    frame = frame.astype({"unit": "category", "measure": "category"})
    checks = [pa.Check(lambda value: value >= 0), pa.Check(lambda value: value < 1e12)]
    pa.DataFrameSchema({"value": pa.Column(float, checks, nullable=True)}).validate(frame, lazy=True)
    levels = np.searchsorted([60, 70, 80, 90], frame["value"].to_numpy())
    (folder / "values.csv").write_text(frame.assign(level=levels).to_csv(), encoding="utf-8-sig")

    def write(name: str, sheets: Sheets) -> None:
        with xlsxwriter.Workbook(folder / name, {"in_memory": True}) as book:
            made: dict[int, Any] = {}
            for title, cells, widths, heights in sheets:
                sheet = book.add_worksheet(title)
                for row, height in heights.items():
                    sheet.set_row(row, height)
                for column, width in widths.items():
                    sheet.set_column(column, column, width)
                for row, column, content, result, look in cells:
                    style = made.get(look) or made.setdefault(look, book.add_format(dict(formats[look])))
                    if content is None:
                        sheet.write_blank(row, column, None, style)
                    elif isinstance(content, str) and content.startswith("="):
                        sheet.write_formula(row, column, content, style, "" if result is None else result)
                    elif isinstance(content, str):
                        sheet.write_string(row, column, content, style)
                    elif isinstance(content, int | float):
                        sheet.write_number(row, column, content, style)
                    else:
                        sheet.write_datetime(row, column, content, style)

    for number in range(len(workspaces)):
        write(f"ranking{number}.xlsx", rankings[number % len(rankings)])
    for number in range(units):
        write(f"unit{number}.xlsx", summaries[number % len(summaries)])
    return loading


def _forms(workspaces: list[Path]) -> list[Path]:
    return [path for each in workspaces for path in sorted((each / "submissions").glob("*/*.xlsx"))]


# --- an office's own script ---------------------------------------------------------------------------------


def naive(folder: Path, kept: Path, workspaces: list[Path]) -> float:
    """One workspace after another; no live formulas, hardly a check."""
    for number, workspace in enumerate(workspaces):
        target = folder / str(number)
        target.mkdir()
        _office(workspace, target)
    return 0.0


def _office(workspace: Path, target: Path) -> None:
    import pandas as pd

    tables = pd.read_excel(workspace / "level_tables.xlsx", sheet_name=None, engine="openpyxl", dtype=str)
    rules = tables["ระดับ"].to_dict("records")
    bases = pd.read_excel(workspace / "level_tables.xlsx", sheet_name="ค่าตั้งต้น", header=1, dtype=str)
    fixed = {row["รหัสหน่วย"]: row for row in bases.to_dict("records")}
    parts = {row["รหัส"]: row for row in tables["รายการข้อมูล"].to_dict("records")}
    names = dict(zip(tables["หน่วย"]["รหัส"], tables["หน่วย"]["ชื่อ"], strict=True))
    sent: dict[str, dict[str, Any]] = {}
    for month in sorted((workspace / "submissions").iterdir()):
        for path in sorted(month.glob("*.xlsx")):
            form = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
            sheet = next(iter(form.values()))
            unit = str(dict(form["_kpibatch"].iloc[:, :2].astype(str).values)["unit"])
            values = dict(fixed.get(unit, {}))
            for _, row in sheet.iterrows():
                numbers = [cell for cell in row[5:12] if isinstance(cell, int | float) and cell == cell]
                if isinstance(row[0], str) and numbers:
                    values[row[0]] = numbers[-1]
            sent[unit] = values
    scores = {unit: _levels(values, rules, parts) for unit, values in sent.items()}
    _office_books(scores, sent, names, target)


def _levels(values: dict[str, Any], rules: list[dict[str, Any]], parts: dict[str, Any]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for rule in rules:
        kpi, value = rule["ตัวชี้วัด"], _value(values, rule["รายการข้อมูล"], parts)
        level = 0
        for number in range(1, 6):
            edge = re.search(r"[\d.]+", str(rule.get(f"ระดับ {number}")))
            if value is not None and edge and value >= float(edge[0]):
                level = number
        levels[kpi] = min(levels.get(kpi, 5), level)
    return levels


def _value(values: dict[str, Any], code: str, parts: dict[str, Any]) -> float | None:
    part = parts.get(code, {})
    try:
        if part.get("ที่มา") == "ร้อยละ":
            return 100 * float(values[part["ตัวตั้ง"]]) / float(values[part["ตัวหาร"]])
        return float(values[code])
    except (KeyError, ValueError, ZeroDivisionError):
        return None


def _office_books(
    scores: dict[str, dict[str, int]], sent: dict[str, Any], names: dict[str, str], target: Path
) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    bold, fill = Font(name="TH Sarabun New", size=16, bold=True), PatternFill("solid", fgColor="DDEBF7")
    plain, line = Font(name="TH Sarabun New", size=16), Side(style="thin")
    box, middle = Border(line, line, line, line), Alignment(horizontal="center", vertical="center")

    def put(sheet: Any, rows: list[list[Any]]) -> None:
        for number, row in enumerate(rows, 1):
            for column, content in enumerate(row, 1):
                cell = sheet.cell(number, column, content)
                cell.font, cell.border = (bold if number == 1 else plain), box
                if number == 1:
                    cell.fill, cell.alignment = fill, middle
        for column in "ABCDEFG":
            sheet.column_dimensions[column].width = 18

    kpis = list(next(iter(scores.values())))
    totals = {unit: sum(levels.values()) / len(kpis) for unit, levels in scores.items()}
    ranked = sorted(totals, key=lambda unit: -totals[unit])
    book = Workbook()
    put(
        book.active,
        [
            ["อันดับ", "รหัส", "ชื่อ", "คะแนน"],
            *([at, u, names.get(u), totals[u]] for at, u in enumerate(ranked, 1)),
        ],
    )
    put(book.create_sheet("คะแนน"), [["รหัส", *kpis], *([u, *scores[u].values()] for u in ranked)])
    for kpi in kpis:
        own = [code for code in next(iter(sent.values())) if str(code).startswith(f"{kpi}.")]
        rows = [[u, names.get(u), *(sent[u].get(code) for code in own), scores[u][kpi]] for u in ranked]
        put(book.create_sheet(kpi), [["รหัส", "ชื่อ", *own, "ระดับ"], *rows])
    book.save(target / "ranking.xlsx")
    for at, unit in enumerate(ranked, 1):
        book = Workbook()
        rows = [
            [code, value, scores[unit].get(str(code).partition(".")[0])] for code, value in sent[unit].items()
        ]
        put(book.active, [["รายการ", "ค่า", "ระดับ"], ["คะแนน", totals[unit], at], *rows])
        book.save(target / f"{unit}.xlsx")
    with (target / "scores.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([u, *scores[u].values(), totals[u]] for u in ranked)


if __name__ == "__main__":
    program, folder, kept, *workspaces = sys.argv[1:]
    spent = {"bare": bare, "naive": naive}[program](Path(folder), Path(kept), list(map(Path, workspaces)))
    print(spent)
