"""Level tables of a sample of which some units only are left: what was asked of kinds of units that are gone
is gone too, and forms say that they were made from these tables.
"""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kpibatch.rules.levels import LevelTables

TAKES = "ใช้คะแนนของหน่วย"


def without_other_kinds(book: Workbook) -> None:
    """Drop the nodes that are meant for kinds that no unit has any more, with all that belongs to them."""
    kinds = set(_column(book["หน่วย"], "ประเภท").values()) - {None}
    if not kinds:
        return
    parents, scopes = (_column(book["ตัวชี้วัด"], heading) for heading in ("อยู่ใต้", "ใช้กับ"))
    codes = {row: str(code) for row, code in _column(book["ตัวชี้วัด"], "รหัส").items() if code}
    gone: set[int] = set()
    for row in codes:
        named = _kinds_in(str(scopes[row] or ""))
        if named and not named & kinds:
            gone.add(row)
        elif named:
            left = [
                kind for kind in re.split(", ?", str(scopes[row]).removeprefix("ประเภท ")) if kind in kinds
            ]
            book["ตัวชี้วัด"].cell(row, _heads(book["ตัวชี้วัด"])["ใช้กับ"]).value = "ประเภท " + ", ".join(left)
    away = {codes[row] for row in gone} - {codes[row] for row in codes.keys() - gone}
    while below := {code for row, code in codes.items() if parents[row] in away} - away:
        away |= below
    gone |= {row for row, code in codes.items() if code in away}
    _take_alone(book["ตัวชี้วัด"], kinds)
    _delete(book["ตัวชี้วัด"], gone)
    for sheet in ("ระดับ", "รายการข้อมูล", "ตัวชี้วัดของหน่วย"):
        if sheet in book.sheetnames:
            cells = _column(book[sheet], "รหัส" if sheet == "รายการข้อมูล" else "ตัวชี้วัด")
            _delete(book[sheet], [row for row, code in cells.items() if _belongs(code, away)])
    for cell in reversed(book["ค่าตั้งต้น"][2]):
        if _belongs(cell.value, away):
            book["ค่าตั้งต้น"].delete_cols(cell.column)


def _belongs(code: object, nodes: Iterable[str]) -> bool:
    return str(code) in nodes or str(code).rpartition(".")[0] in nodes


def _kinds_in(scope: str) -> set[str]:
    return set(re.split(", ?", scope.removeprefix("ประเภท "))) if scope.startswith("ประเภท ") else set()


def _take_alone(nodes: Worksheet, kinds: set[object]) -> None:
    """Where those that would take a result from above are gone, nobody takes it."""
    for row, text in _column(nodes, "ทีม").items():
        if str(text or "").startswith(TAKES):
            takers = _kinds_in(str(text).removeprefix(TAKES).strip())
            if len(kinds) == 1 or (takers and not takers & kinds):
                nodes.cell(row, _heads(nodes)["ทีม"]).value = None


def _heads(sheet: Worksheet) -> dict[object, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def _column(sheet: Worksheet, heading: str) -> dict[int, object]:
    column = _heads(sheet).get(heading)
    return {row: sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)} if column else {}


def _delete(sheet: Worksheet, rows: Iterable[int]) -> None:
    for row in sorted(rows, reverse=True):
        sheet.delete_rows(row)


def restamped(path: Path, old: str, new: str) -> None:
    """A form, told to be made from tables of the digest ``new`` instead of ``old``."""
    with zipfile.ZipFile(path) as form:
        members = [(entry, form.read(entry)) for entry in form.infolist()]
    with zipfile.ZipFile(path, "w") as form:
        for entry, content in members:
            form.writestr(entry, content.replace(old.encode(), new.encode()), entry.compress_type)


def of_main_kind(tables: LevelTables) -> LevelTables:
    """The tables with the units of the round's own kind alone, and the nodes that are meant for any of them,
    each for all of its kind.
    """
    units = tables.units[tables.tree.kinds[0].rows]
    codes = {unit.code for unit in units}
    away = {node.code for node in tables.nodes if not tables.meant[node.code] & codes}
    return replace(
        tables,
        units=units,
        nodes=tuple(
            replace(node, only=frozenset(), titles={}) if node.titles else node
            for node in tables.nodes
            if node.code not in away
        ),
        measures={code: each for code, each in tables.measures.items() if not _belongs(code, away)},
        rules=tuple(rule for rule in tables.rules if rule.kpi not in away),
        baselines={key: value for key, value in tables.baselines.items() if key[0] in codes},
    )
