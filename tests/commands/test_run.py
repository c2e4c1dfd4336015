"""``kpibatch run`` from end to end: what it leaves, that its figures can be worked out again, and that it
fails whole.
"""

import csv
import json
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from made_once import made_once
from openpyxl import Workbook
from small_workspace import OTHER_RULE, published_workspace, small_workspace
from workspace import (
    BESIDE,
    BURIRAM,
    CHACHOENGSAO,
    CHIEFS,
    NAKHON_PHANOM,
    RAYONG,
    configure,
    copy_few,
    copy_sample,
    digest,
    edit_table,
    few_output,
    findings,
    folders,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
    run,
    sample_output,
    submission,
    tree,
)

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Rollup

MONTH = "2565-06"
SCORES = "month,unit,node,level,score,value,weight,effective_weight,status,rank"
MEASURES = "month,unit,measure,value,file,sheet,cell"
FINDINGS = "severity,code,unit,file,sheet,cell,measure,found,message"


@pytest.fixture(scope="module")
def output() -> Path:
    return sample_output(BURIRAM)


@pytest.fixture(scope="module")
def workspace(output: Path) -> Path:
    return output.parent.parent


@pytest.fixture(scope="module")
def scores(output: Path) -> list[dict[str, str]]:
    return read_rows(output / "scores.csv")


# --- what it leaves -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_leaves_the_files_of_the_month(output: Path, buriram: LevelTables) -> None:
    assert output.name == MONTH
    assert {"ranking.xlsx", "scores.csv", "measures.csv", "findings.csv", "run.json", "units"} <= {
        path.name for path in output.iterdir()
    }
    assert sorted(path.name for path in (output / "units").iterdir()) == sorted(
        f"{unit.code} {unit.name}.xlsx" for unit in buriram.units
    )
    assert not [
        path
        for path in output.parent.rglob("*")
        if not BESIDE & {*path.parts} and (path.name.startswith(".") or path.stat().st_size == 0)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "columns"), [("scores", SCORES), ("measures", MEASURES), ("findings", FINDINGS)]
)
def test_csv_files_open_in_excel_with_the_columns_promised(name: str, columns: str, output: Path) -> None:
    content = (output / f"{name}.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + columns.encode() + b"\r\n")
    assert all(
        None not in row and None not in row.values()
        for row in csv.DictReader(content.decode("utf-8-sig").splitlines())
    )


@pytest.mark.slow
def test_run_json_records_what_went_in_and_came_out(workspace: Path, output: Path) -> None:
    record = json.loads((output / "run.json").read_text(encoding="utf-8"))
    assert (record["month"], record["round"]) == (MONTH, "2565/2")
    assert record["level_tables"]["sha256"] == digest(workspace / "level_tables.xlsx")
    sent = sorted((workspace / "submissions" / MONTH).glob("*.xlsx"))
    assert record["inputs"] == [{"file": path.name, "sha256": digest(path)} for path in sent]
    by_severity = {
        severity: len(findings(output, severity=severity)) for severity in ("error", "warning", "note")
    }
    assert record["counts"] == {
        "units": 29,
        "asked": 28,
        "submitted": 27,
        "late": 1,
        "ranked": 28,
        "findings": by_severity,
    }
    assert set(record["versions"]) >= {"kpibatch", "python", "pandas"}


@pytest.mark.slow
def test_scores_csv_has_every_unit_at_every_node(scores: list[dict[str, str]], buriram: LevelTables) -> None:
    nodes, leaves = ["total", *buriram.node], {leaf.code for leaf in buriram.leaves}
    assert sorted((row["unit"], row["node"]) for row in scores) == sorted(
        (unit, node) for unit in buriram.unit for node in nodes
    )
    for row in scores:
        sent = row["unit"] != "3119"
        meant = row["node"] == "total" or row["unit"] in buriram.meant[row["node"]]
        assert row["month"] == MONTH
        assert bool(row["level"]) == (sent and meant and row["node"] in leaves)
        assert bool(row["rank"]) == (sent and row["node"] == "total")
        assert bool(row["score"]) == (sent and meant)
        assert bool(row["weight"]) == (row["node"] != "total")
        assert (row["status"] == "not_submitted") == (meant and not sent)
        assert (row["status"] == "not_applicable") == (not meant)
    provisional = {(row["unit"], row["node"]) for row in scores if row["status"] == "provisional"}
    # The province's results lack 3119's, and the groups take them from the province.
    assert provisional == {
        *((unit, node) for unit, kpi in (("3117", "T6"), ("3122", "T8")) for node in (kpi, "T", "total")),
        *((unit, node) for unit in ("3100", "31G1", "31G2") for node in ("V1", "V2", "V", "total")),
    }
    assert {row["status"] for row in scores} == {"ok", "provisional", "not_submitted", "not_applicable"}


# --- worked out again ---------------------------------------------------------------------------------------


def scorecard(workspace: Path, unit: str) -> dict[str, tuple[str, Fraction]]:
    """Node → (parent, weight) of what is meant for a unit, read from the level tables by openpyxl."""
    return scorecards(workspace)[unit]


def scorecards(workspace: Path) -> dict[str, dict[str, tuple[str, Fraction]]]:
    """The same by unit: what names others is not theirs, nor what stands under it; a weight that is a measure
    is the unit's own.
    """
    book = open_book(workspace / "level_tables.xlsx")
    own = {
        (row["รหัสหน่วย"], f"{row['ตัวชี้วัด']}.weight"): row["น้ำหนัก"]
        for row in (sheet_rows(book, "ตัวชี้วัดของหน่วย") if "ตัวชี้วัดของหน่วย" in book.sheetnames else [])
    }
    rows = [row for row in sheet_rows(book, "ตัวชี้วัด") if row["รหัส"]]
    parent_of = {row["รหัส"]: row["อยู่ใต้"] for row in reversed(rows)}
    cards: dict[str, dict[str, tuple[str, Fraction]]] = {}
    for unit in sheet_rows(book, "หน่วย"):
        mine = {
            str(row["รหัส"]): row["น้ำหนัก"]
            for row in rows
            if names(str(row["ใช้กับ"] or ""), str(unit["ชื่อ"]), str(unit.get("ประเภท") or ""))
        }
        while orphans := {code for code in mine if parent_of[code] and parent_of[code] not in mine}:
            mine = {code: weight for code, weight in mine.items() if code not in orphans}
        cards[str(unit["รหัส"])] = {
            code: (str(parent_of[code] or "total"), Fraction(str(own.get((unit["รหัส"], weight), weight))))
            for code, weight in mine.items()
        }
    return cards


def sheet_rows(book: Workbook, name: str) -> list[dict[Any, Any]]:
    heads, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows if row[0]]


def names(scope: str, name: str, kind: str) -> bool:
    """Whether ใช้กับ, as the samples write it, names a unit."""
    word, _, listed = scope.partition(" ")
    those = listed.split(", ")
    return {"": True, "ประเภท": kind in those, "เฉพาะ": name in those, "ยกเว้น": name not in those}[word]


def recomputed(
    levels: Mapping[str, Fraction], nodes: Mapping[str, tuple[str, Fraction]], node: str = "total"
) -> Fraction | None:
    """The score of a node from the levels of the leaves, each worth as many points as its number; none where
    nothing applies.
    """
    children = [(code, weight) for code, (parent, weight) in nodes.items() if parent == node]
    if not children:
        return Fraction(levels[node]) if node in levels else None
    known = [
        (score, weight) for code, weight in children if (score := recomputed(levels, nodes, code)) is not None
    ]
    return (
        sum((score * weight for score, weight in known), Fraction()) / sum(weight for _, weight in known)
        if known
        else None
    )


def half_up(score: Fraction) -> str:
    """Rounded to four decimals, then written without the zeros that say nothing."""
    return f"{int(score * 10_000 + Fraction(1, 2)) / 10_000:.4f}".rstrip("0").rstrip(".")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sent", "absent"), [(BURIRAM, 28, 288), (NAKHON_PHANOM, 16, 92), (CHIEFS, 76, 0)]
)
def test_totals_follow_from_the_levels_and_the_weights(name: str, sent: int, absent: int) -> None:
    rows, cards = read_rows(sample_output(name) / "scores.csv"), scorecards(sample_output(name).parent.parent)
    if name == BURIRAM:
        assert sum(weight for parent, weight in cards["3101"].values() if parent == "I") == 100
    levels: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in rows:
        if row["level"]:
            levels[row["unit"]][row["node"]] = Fraction(row["level"])
    assert len(levels) == sent
    if name == NAKHON_PHANOM:  # who has moved was below each of two districts for three months
        for node in levels["4805-2"].keys() & levels["4803"].keys():
            levels["4805-2"][node] = (levels["4805"][node] + levels["4803"][node]) / 2
    away = [(row["unit"], row["node"]) for row in rows if row["status"] == "not_applicable"]
    assert len(away) == absent
    assert not [(unit, node) for unit, node in away if node in cards[unit]]
    for row in rows:
        if row["score"]:
            expected = recomputed(levels[row["unit"]], cards[row["unit"]], row["node"])
            assert expected is not None
            if row["node"] == "total":
                assert row["score"] == half_up(expected)
            else:
                assert float(row["score"]) == pytest.approx(float(expected), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["3101", "3100", "31G1", "3101-1"])
def test_effective_weights_are_parts_of_the_whole(
    unit: str, scores: list[dict[str, str]], workspace: Path
) -> None:
    nodes = scorecard(workspace, unit)
    shown = {row["node"]: float(row["effective_weight"]) for row in scores if row["unit"] == unit}
    assert shown.pop("total") == 100
    assert {weight for node, weight in shown.items() if node not in nodes} == {0}
    for node in nodes:
        part, above = Fraction(100), node
        while above != "total":
            parent, weight = nodes[above]
            part, above = part * weight / sum(w for other, w in nodes.values() if other == parent), parent
        assert shown[node] == pytest.approx(float(part), abs=1e-8)


@pytest.mark.slow
def test_a_node_that_does_not_apply_leaves_its_weight_to_its_siblings() -> None:
    rows = read_rows(sample_output(NAKHON_PHANOM) / "scores.csv")
    weights = {(row["unit"], row["node"]): float(row["effective_weight"]) for row in rows}
    # I2 weighs 15 of 100 in a section that is half of all; of its three parts one applies only here, one only
    # elsewhere.
    half = pytest.approx(50 * 15 / 100 / 2, abs=1e-8)
    for unit, absent in (("4801", "I2.3"), ("4804", "I2.1")):
        parts = {node: weights[unit, node] for node in ("I2.1", "I2.2", "I2.3")}
        assert parts == {node: 0 if node == absent else half for node in parts}


@pytest.mark.slow
def test_ranks_are_1_2_2_4(scores: list[dict[str, str]], buriram: LevelTables) -> None:
    totals = {
        row["unit"]: (Fraction(row["score"]), int(row["rank"]))
        for row in scores
        if row["node"] == "total" and row["rank"]
    }
    assert len(totals) == 28
    kinds = {unit.code: unit.kind for unit in buriram.units}
    for unit, (total, rank) in totals.items():
        rivals = [other for code, (other, _) in totals.items() if kinds[code] == kinds[unit]]
        assert rank == 1 + sum(other > total for other in rivals)
    ranks = sorted(rank for unit, (_, rank) in totals.items() if kinds[unit] == "อำเภอ")
    assert len(ranks) == 22
    assert len(set(ranks)) < len(ranks), "the sample should hold a tie"


@pytest.mark.slow
def test_the_value_of_a_kpi_with_one_measure_is_that_measure(
    scores: list[dict[str, str]], output: Path
) -> None:
    values = {(row["unit"], row["measure"]): row["value"] for row in read_rows(output / "measures.csv")}
    shown = {row["node"]: row for row in scores if row["unit"] == "3101" and row["value"]}
    assert {"T2", "T5", "I1", "I4"} <= set(shown)
    assert not {"T1", "T6", "I2", "T", "total"} & set(shown)
    measure_of = {"T2": "T2.pct", "T5": "T5.news", "I1": "I1.pct", "I4": "I4.cut_pct"}
    assert {node: shown[node]["value"] for node in measure_of} == {
        node: values["3101", code] for node, code in measure_of.items()
    }


# --- every value can be followed to its cell ----------------------------------------------------------------


SHORT_MONTHS = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
]


def machine_text(content: Any) -> float | str:
    """What a cell holds, as ``measures.csv`` writes it."""
    if isinstance(content, datetime | date):
        return content.date().isoformat() if isinstance(content, datetime) else content.isoformat()
    if not isinstance(content, str):
        return float(content)
    if dated := re.fullmatch(r"(\d+) (\S+\.) (25\d\d)", content):
        day, month, year = dated.groups()
        return date(int(year) - 543, SHORT_MONTHS.index(month) + 1, int(day)).isoformat()
    return {"ใช่": 1.0, "ไม่ใช่": 0.0}.get(content, content)


def rolled_up(cells: list[Any], rollup: Rollup) -> float | str:
    """One value of the cells a value came from."""
    contents = [machine_text(content) for content in cells if content is not None]
    if len(contents) == 1:
        return contents[0]
    numbers = [float(content) for content in contents]
    return sum(numbers) / (len(numbers) if rollup is Rollup.MEAN else 1)


@pytest.mark.slow
def test_a_sample_of_values_stands_in_the_cells_named(
    workspace: Path, output: Path, buriram: LevelTables
) -> None:
    rows = read_rows(output / "measures.csv")
    assert sorted((row["unit"], row["measure"]) for row in rows) == sorted(
        (u, m) for u in buriram.unit for m in buriram.measures
    )
    # What 3107 and 3114 typed in words is read, not copied.
    traced = [row for row in rows if row["cell"] and row["unit"] not in ("3107", "3114")]
    assert all(row["value"] for row in traced)
    assert not [
        row["measure"] for row in rows if row["cell"] and buriram.measures[row["measure"]].ingredients
    ]
    draw = random.Random(2565)
    ranges = [row for row in traced if ":" in row["cell"]]
    fixed = [row for row in traced if row["file"] == "level_tables.xlsx"]
    books: dict[str, Workbook] = {}
    for row in [*draw.sample(traced, 40), *draw.sample(ranges, 5), *draw.sample(fixed, 5)]:
        ours = workspace / row["file"]
        path = ours if ours.is_file() else submission(workspace, row["unit"], MONTH)
        assert path.name == row["file"]
        if row["file"] not in books:
            books[row["file"]] = open_book(path)
        sheet = books[row["file"]][row["sheet"]]
        found = sheet[row["cell"]]
        cells = [cell.value for line in found for cell in line] if isinstance(found, tuple) else [found.value]
        value = rolled_up(cells, buriram.measures[row["measure"]].rollup)
        assert (
            row["value"] == value
            if isinstance(value, str)
            else float(row["value"]) == pytest.approx(value, abs=1e-9)
        )
        code, owner = (
            sheet["A" + row["cell"].split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")].value,
            row["unit"],
        )
        assert code == (owner if path == ours else row["measure"])


# --- again, and in other ways -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.afresh
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    output, again = sample_output(RAYONG), run(copy_sample(tmp_path, RAYONG))
    first, second = tree(output), tree(again)
    records = [
        json.loads((folder / "run.json").read_text(encoding="utf-8")) | {"seconds": 0}
        for folder in (output, again)
    ]
    assert records[0] == records[1]
    assert first | {"run.json": ""} == second | {"run.json": ""}


def few_of_chachoengsao(folder: Path) -> Path:
    return keep_units(copy_sample(folder, CHACHOENGSAO), "2401", "2402", "2403")


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["2561-02", "๒๕๖๑-๐๒"])
def test_the_month_may_be_given(typed: str, tmp_path: Path) -> None:
    workspace = few_of_chachoengsao(tmp_path)
    assert kpibatch(workspace, "run", typed).exit_code == 0
    assert folders(workspace) == ["2561-02"]
    assert {row["month"] for row in read_rows(workspace / "output" / "2561-02" / "scores.csv")} == {"2561-02"}


@pytest.mark.slow
def test_a_clean_month_exits_with_0(tmp_path: Path) -> None:
    output = run(copy_sample(tmp_path, CHACHOENGSAO), expect=0)
    assert {row["severity"] for row in findings(output)} == {"note"}


@pytest.mark.slow
def test_an_english_workspace(tmp_path: Path) -> None:
    workspace, output = copy_few(tmp_path, BURIRAM), few_output(BURIRAM)
    configure(workspace, language='"en"')
    result = kpibatch(workspace, "run")
    assert result.exit_code == 1
    english = workspace / "output" / MONTH
    errors, warnings, notes = (len(findings(output, severity=each)) for each in ("error", "warning", "note"))
    assert 0 < errors < warnings
    assert f"Findings: {errors} errors, {warnings} warnings, {notes} notes" in result.stdout
    assert open_book(english / "ranking.xlsx").sheetnames[:2] == ["Ranking", "Scores"]
    assert read_rows(english / "scores.csv") == read_rows(output / "scores.csv")
    assert read_rows(english / "measures.csv") == read_rows(output / "measures.csv")
    # Dates and months inside a message speak its language too.
    thai = ("มิถุนายน", "มิ.ย.", "ก.ค.", "เม.ย.")
    assert [
        row["message"]
        for row in findings(english)
        if any(word in row["message"].replace(row["found"], "") for word in thai)
    ] == []


@pytest.mark.slow
def test_several_workspaces_in_one_call(tmp_path: Path) -> None:
    makers = (few_of_chachoengsao, small_workspace)
    together, alone = ([make(tmp_path / word) for make in makers] for word in ("together", "alone"))
    result = kpibatch(tmp_path, "run", *map(str, together))
    assert result.exit_code == max(kpibatch(workspace, "run").exit_code for workspace in alone) == 1
    for first, second in zip(together, alone, strict=True):
        assert str(first) in result.output
        assert tree(first / "output").keys() == tree(second / "output").keys()
        csvs = [
            path
            for path in tree(first / "output")
            if path.endswith(("scores.csv", "measures.csv", "findings.csv"))
        ]
        assert len(csvs) == 3
        assert [digest(first / "output" / path) for path in csvs] == [
            digest(second / "output" / path) for path in csvs
        ]


@pytest.mark.slow
def test_one_bad_workspace_does_not_stop_the_others(tmp_path: Path) -> None:
    good, bad = small_workspace(tmp_path), tmp_path / "bad"
    bad.mkdir()
    result = kpibatch(tmp_path, "run", str(bad), str(good))
    assert result.exit_code == 2
    assert "config.toml" in result.stderr
    assert (good / "output" / "2554-09" / "ranking.xlsx").is_file()


# --- what can't go on ---------------------------------------------------------------------------------------


def write_config(workspace: Path, text: str) -> None:
    (workspace / "config.toml").write_text(text, encoding="utf-8")


def empty_folder(workspace: Path, name: str) -> None:
    shutil.rmtree(workspace / name, ignore_errors=True)
    (workspace / name).mkdir()


BAD: Mapping[str, tuple[Callable[[Path], object], list[str], list[str]]] = {
    "no config.toml": (lambda ws: (ws / "config.toml").unlink(), [], ["config.toml"]),
    "unknown key": (
        lambda ws: write_config(ws, '[workspace]\nlangauge = "th"\n'),
        [],
        ["workspace.langauge", "“language”"],
    ),
    "unknown section": (
        lambda ws: write_config(ws, '[workspaces]\nlanguage = "th"\n'),
        [],
        ["workspaces", "“workspace”"],
    ),
    "value of another kind": (lambda ws: configure(ws, max_file_mb='"20"'), [], ["max_file_mb"]),
    "value not among the choices": (lambda ws: configure(ws, language='"fr"'), [], ["language", "th / en"]),
    "not TOML": (lambda ws: write_config(ws, "language: th"), [], ["config.toml"]),
    "no submissions folder": (lambda ws: shutil.rmtree(ws / "submissions"), [], ["submissions"]),
    "no submissions folder, month given": (
        lambda ws: shutil.rmtree(ws / "submissions"),
        ["2554-09"],
        ["submissions"],
    ),
    "no months": (lambda ws: empty_folder(ws, "submissions"), [], ["submissions"]),
    "month without folder": (
        lambda ws: shutil.rmtree(ws / "submissions" / "2554-03"),
        ["2554-03"],
        ["2554-03"],
    ),
    "month without workbooks": (lambda ws: empty_folder(ws, "submissions/2554-06"), ["2554-06"], ["2554-06"]),
    "month outside the round": (lambda ws: None, ["2554-12"], ["2554-12", "2554-03, 2554-06, 2554-09"]),
    "no month at all": (lambda ws: None, ["2554-13"], ["2554-13"]),
    "no level tables": (lambda ws: (ws / "level_tables.xlsx").unlink(), [], ["level_tables.xlsx"]),
    "unreadable level tables": (
        lambda ws: (ws / "level_tables.xlsx").write_text("ตารางระดับ"),
        [],
        ["level_tables.xlsx"],
    ),
    "level tables with a fault": (
        lambda ws: edit_table(ws, "ระดับ", {"ตัวชี้วัด": "D2.1"}, "ระดับ 3", "ดีพอสมควร"),
        [],
        ["level_tables.xlsx", "ระดับ!", "ดีพอสมควร"],
    ),
    "unknown tie-breaker": (lambda ws: configure(ws, tie_breakers='["D9"]'), [], ["D9", "D1"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_what_can_not_go_on_says_so_in_one_line_and_touches_nothing(name: str, tmp_path: Path) -> None:
    spoil, words, told = BAD[name]
    workspace = copy_sample(tmp_path, RAYONG)
    old = workspace / "output" / "2554-09"
    old.mkdir(parents=True)
    (old / "scores.csv").write_text("of the last run")
    spoil(workspace)
    before = tree(workspace)
    result = kpibatch(workspace, "run", *words)
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("kpibatch: ")
    assert "Traceback" not in result.output
    assert all(word in result.stderr for word in told), result.stderr
    assert tree(workspace) == before
    assert folders(workspace) == ["2554-09"]


# --- when the disk or the program fails in the middle -------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A small workspace whose month was run before, by other rules."""
    made = made_once("a month run by other rules", run_by_other_rules)
    return Path(shutil.copytree(made / RAYONG, tmp_path / RAYONG))


def run_by_other_rules(folder: Path) -> None:
    workspace = published_workspace(folder)
    edit_table(workspace, "ระดับ", OTHER_RULE, "ระดับ 5", "≥ 99")


@pytest.mark.slow
@pytest.mark.parametrize("refused", ["2554-09", ".2554-09.new", ".ranking.xlsx.part"])
def test_a_file_open_elsewhere_leaves_the_old_output_whole(
    refused: str, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace = tree(written), Path.replace
    monkeypatch.setattr("kpibatch.base.files._exchanged", lambda one, other: False)  # as on Windows

    def refuse(path: Path, target: Path) -> Path:
        if path.name == refused:
            raise PermissionError(13, "Permission denied", str(path))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    result = kpibatch(written, "run")
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)
    assert len(result.stderr.splitlines()) == 1
    assert tree(written) == before
    assert folders(written) == ["2554-09"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "failure", "code"),
    [
        ("commands.run.write_record", RuntimeError("a bug"), 1),
        ("workbooks.outputs.write_unit_book", OSError(28, "No space left on device"), 2),
    ],
)
def test_a_crash_in_the_middle_leaves_the_old_output_whole(
    where: str, failure: Exception, code: int, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no month can do without, and a full disk; what a bug in a piece costs is told in test_pieces."""

    def fail(*arguments: object) -> None:
        raise failure

    before = tree(written)
    monkeypatch.setattr(f"kpibatch.{where}", fail)
    result = kpibatch(written, "run")
    assert result.exit_code == code
    # A bug keeps its traceback; a full disk is the operator's to mend.
    assert isinstance(result.exception, RuntimeError if code == 1 else SystemExit)
    assert tree(written) == before
    assert folders(written) == ["2554-09"]


@pytest.mark.slow
def test_ctrl_c_is_one_line_and_leaves_the_old_output_whole(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It exits with 2: 1 would say that the month is there, with findings."""

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    before = tree(written)
    monkeypatch.setattr("kpibatch.workbooks.outputs.write_unit_book", interrupt)
    result = kpibatch(written, "run")
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)
    assert "Ctrl-C" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert tree(written) == before


@pytest.mark.slow
def test_what_a_killed_run_left_is_cleared_away(written: Path) -> None:
    for name in (".2554-09.new", ".2554-09.old"):
        (written / "output" / name).mkdir()
        (written / "output" / name / "ranking.xlsx").write_text("half")
    before = tree(written / "output" / "2554-09")
    run(written, "2554-09", expect=1)
    assert folders(written) == ["2554-09"]
    after = tree(written / "output" / "2554-09")
    assert after.keys() == before.keys()
    assert after["ranking.xlsx"] != before["ranking.xlsx"]


def test_an_output_folder_that_is_a_file(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, RAYONG)
    (workspace / "output").write_text("not a folder")
    result = kpibatch(workspace, "run")
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)
    assert (workspace / "output").read_text() == "not a folder"


def test_the_root_of_the_repository_is_the_buriram_workspace() -> None:
    text = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
    assert f'"input_samples/{BURIRAM}/level_tables.xlsx"' in text
    assert f'"input_samples/{BURIRAM}/submissions"' in text


# --- a month too many ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_stray_later_month_is_told_and_passed_over(tmp_path: Path) -> None:
    """Of another round or typed wrong, among the submissions and in the output."""
    workspace = published_workspace(tmp_path)
    before = tree(workspace / "output" / "2554-09")
    for stray in ("2554-10", "2599-01", "2599-02"):
        shutil.copytree(workspace / "submissions" / "2554-09", workspace / "submissions" / stray)
        shutil.copytree(workspace / "output" / "2554-09", workspace / "output" / stray)
    (workspace / "output" / "2599-01" / "run.json").write_bytes(b"{" * 100_000)
    (workspace / "output" / "2599-02" / "scores.csv").unlink()
    for words in (("run",), ("check",)):
        result = kpibatch(workspace, *words)
        assert result.exit_code in (0, 1), result.output + result.stderr
        told = result.output + result.stderr
        assert "2554-10, 2599-01, 2599-02" in told
    shutil.rmtree(workspace / "output" / "2554-09" / "returned")
    (workspace / "output" / "2554-09" / "check.json").unlink()
    assert kpibatch(workspace, "run").exit_code in (0, 1)
    after = tree(workspace / "output" / "2554-09")
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} <= {"run.json"}
    assert "2599-01" not in kpibatch(workspace, "run", "2554-09").output
