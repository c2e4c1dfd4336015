"""``docs``: which manuals there are, one of them, one finding; in the language asked for, in any folder."""

import json
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from kpibatch.base.errors import WorkspaceError
from kpibatch.commands import console
from kpibatch.commands.cli import commands
from kpibatch.commands.usage.manuals import DOCS, TOPICS, manual_of, manuals


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(*words: str) -> Result:
    return CliRunner().invoke(commands, ["docs", *words])


def test_without_a_topic_all_are_listed_in_their_order() -> None:
    rows = json.loads(told("--format", "json", "--lang", "en").stdout)
    assert [row["topic"] for row in rows] == [*TOPICS]
    assert rows[0]["title"] == "From nothing to a mailed ranking in an afternoon"
    shown = told("--lang", "th").output
    assert all(manual.title in shown for manual in manuals("th"))


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_topic_is_shown_as_it_is_written_off_a_terminal(language: str) -> None:
    written = (DOCS / language / "mail.md").read_text(encoding="utf-8")
    for topic in ("mail", "MAIL", "mail.md"):
        assert told(topic, "--lang", language).output == written


def test_on_a_terminal_it_is_laid_out(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    console.print_markdown("# Head\n\n| a | b |\n|---|---|\n| c | `d` |\n")
    shown = capfd.readouterr().out
    assert "Head" in shown
    assert "|---|" not in shown


def test_what_is_written_in_one_language_is_shown_in_that_one() -> None:
    assert manual_of("decisions", "th").startswith("# Decisions")
    assert {manual.topic for manual in manuals("th") if manual.language == "en"} == {
        "decisions",
        "never-in-silence",
    }


def test_a_finding_is_told_by_its_code_alone() -> None:
    text = told("missing", "--lang", "en").output
    assert text.startswith("### `missing` warning\n")
    assert text.count("###") == 1
    assert told("above-limit", "--lang", "th").output.startswith("### `above-limit` ผิด\n")


def test_the_last_finding_of_a_part_ends_with_it() -> None:
    assert manual_of("zip-refused", "en").count("#") == 3


def test_topics_are_completed_with_their_titles() -> None:
    asked = ShellComplete(commands, {}, "kpibatch", "_KPIBATCH_COMPLETE")
    offered = asked.get_completions(["--lang", "en", "docs"], "m")
    assert [(each.value, each.help) for each in offered] == [
        ("month", "The month in detail, and what else a round needs"),
        ("mail", "Mail"),
        ("many-workspaces", "Many workspaces"),
    ]


def test_of_a_topic_that_is_like_none_nothing_is_guessed() -> None:
    with pytest.raises(WorkspaceError) as raised:
        manual_of("เริ่ม", "en")
    assert "did you mean" not in raised.value.message("en")


def test_an_unknown_topic_is_answered_by_the_nearest() -> None:
    with pytest.raises(WorkspaceError) as raised:
        manual_of("scheduls", "en")
    assert "did you mean scheduling?" in raised.value.message("en")
    done = told("scheduls", "--lang", "en")
    assert done.exit_code == 2
