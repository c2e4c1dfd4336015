"""The same input gives the same bytes: in whatever order a disk lists files, in any locale, time zone and
hash seed, again and again.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from small_workspace import EARLIER, MONTH, small_workspace
from workspace import BURIRAM, CHACHOENGSAO, FEW, NEWEST, ROOT, copy_sample, keep_units, kpibatch, tree

from kpibatch.base.kept.entries import CACHE

pytestmark = [pytest.mark.slow, pytest.mark.afresh]

SHUFFLED = """
import os, random, sys
draw, listdir, scandir = random.Random(int(sys.argv.pop(1))), os.listdir, os.scandir

def shuffled(names):
    names = list(names)
    draw.shuffle(names)
    return names

class Scanned:
    def __init__(self, path="."):
        with scandir(path) as entries:
            self.entries = iter(shuffled(entries))
    def __iter__(self): return self
    def __next__(self): return next(self.entries)
    def __enter__(self): return self
    def __exit__(self, *reason): pass
    def close(self): pass

os.listdir = lambda path=".": shuffled(listdir(path))
os.scandir = Scanned
from kpibatch.commands.cli import main
main()
"""
WORLDS = [
    {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
    {"LC_ALL": "th_TH.UTF-8", "TZ": "Asia/Bangkok", "PYTHONHASHSEED": "1"},
    {"LC_ALL": "tr_TR.UTF-8", "TZ": "America/New_York", "PYTHONHASHSEED": "random"},
]


def run_in(world: dict[str, str], workspace: Path, shuffle: int, *words: str) -> None:
    """``kpibatch run`` in a process of its own, where a disk lists its files in some other order."""
    command = [sys.executable, "-c", SHUFFLED, str(shuffle), "-C", str(workspace), "run", *words]
    process = subprocess.run(command, cwd=ROOT, env={**os.environ, **world}, capture_output=True, check=False)
    assert process.returncode in (0, 1), process.stderr.decode(errors="replace")


def left(workspace: Path) -> tuple[dict[str, str], dict[str, list[tuple[object, ...]]]]:
    """Every file of the months' folders with its digest, a record without its seconds; and the rows of the
    history.
    """
    output = workspace / "output"
    files = {name: digest for name, digest in tree(output).items() if name != "history.sqlite"}
    for path in output.glob("*/run.json"):
        files[path.relative_to(output).as_posix()] = json.dumps(
            json.loads(path.read_bytes()) | {"seconds": 0}
        )
    with closing(sqlite3.connect(output / "history.sqlite")) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    rows["runs"] = [
        (month, key, *rest) for month, key, _, *rest in rows["runs"]
    ]  # the record's digest hangs on its seconds
    return files, rows


@pytest.mark.parametrize("name", [BURIRAM, CHACHOENGSAO])
def test_the_same_bytes_in_every_world(name: str, tmp_path: Path) -> None:
    some = FEW[name][:3]
    first, second = (keep_units(copy_sample(tmp_path / each, name), *some) for each in ("first", "second"))
    run_in(WORLDS[0], first, 1)
    run_in(WORLDS[1], second, 2)
    assert f"{NEWEST[name]}/ranking.xlsx" in left(first)[0]
    assert left(second) == left(first)
    shutil.rmtree(second / "output" / CACHE)  # else nothing would be read in the third
    run_in(WORLDS[2], second, 3)  # again, with a history
    assert left(second) == left(first)


def test_the_same_bytes_whatever_was_run_before(tmp_path: Path) -> None:
    """An earlier month counts the same, run or only sent; running again changes nothing, nor do a check and a
    rebuild between.
    """
    straight, winding = small_workspace(tmp_path / "straight"), small_workspace(tmp_path / "winding")
    for month in (EARLIER, MONTH):
        assert kpibatch(straight, "run", month).exit_code in (0, 1)
    for words in (
        ("check",),
        ("run", MONTH),
        ("run", EARLIER),
        ("check", EARLIER),
        ("history", "rebuild"),
        ("run", MONTH),
        ("run", EARLIER),
    ):
        assert kpibatch(winding, *words).exit_code in (0, 1), words
    (files, rows), (other_files, other_rows) = left(straight), left(winding)
    assert {name: digest for name, digest in other_files.items() if not name.endswith("check.json")} == files
    assert {table: sorted(content, key=repr) for table, content in other_rows.items()} == {
        table: sorted(content, key=repr) for table, content in rows.items()
    }
