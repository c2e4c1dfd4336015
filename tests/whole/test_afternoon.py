"""The afternoon's walk as the manual tells it: its commands, typed one after another, do what it says."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from manual_pages import commands_in, page

from kpibatch.commands.cli import commands

WORKSPACE, MONTH = "chumphae-2570", "2569-10"


def typed(*words: str) -> int:
    return CliRunner().invoke(commands, words).exit_code


@pytest.mark.slow
def test_the_walk_leads_from_nothing_to_a_sealed_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = page("afternoon", "th")
    blocks = "\n".join(f"```sh\n{block}```" for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))
    monkeypatch.chdir(tmp_path)
    ended = {}
    for words in commands_in(blocks):
        if "--send" in words:  # needs a server
            continue
        said = ("--year", "2570", "--round", "1") if words[0] == "init" else ()  # else asked of today
        ended[" ".join(words)] = typed(*words, *said)
        if words[0] == "init":
            monkeypatch.chdir(tmp_path / WORKSPACE)
        elif words[0] == "forms":
            for form in Path("output/forms").glob("*.xlsx"):
                shutil.copy(form, Path("submissions") / MONTH)
    assert ended.pop("doctor") in (0, 1, 2)
    assert list(ended) == [
        f"init {WORKSPACE}",
        "levels check",
        "forms",
        "status",
        "check",
        "run",
        "open",
        "mail",
        "close",
    ]
    assert {*ended.values()} <= {0, 1}
    named = re.findall(rf"`(output/(?:{MONTH}|closed)\S*?)`", text)
    assert [path for path in named if not Path(path).exists() and "returned" not in path] == []
    assert typed("verify", f"output/closed/{MONTH}.zip") == 0
