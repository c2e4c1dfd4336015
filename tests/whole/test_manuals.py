"""README and manuals, Thai and English: every command, option, code, key, sheet and column that they name is
the program's own, and all that the program has are named; whoever adds one is told here.
"""

import re
from dataclasses import fields
from enum import StrEnum
from functools import cache
from pathlib import Path

import click
import pytest
from draw_concepts import drawn
from manual_pages import BOTH, DOCS, PAGES, codes, commands_in, page
from write_manuals import every, written

from kpibatch.base import month_files
from kpibatch.base.catalogue import LANGUAGES, texts
from kpibatch.base.config import _SECTIONS
from kpibatch.base.kinds import Kind
from kpibatch.base.settings import ALLOWED, Choice, Flag, Number
from kpibatch.commands.cli import commands
from kpibatch.commands.door.samples import samples
from kpibatch.commands.usage.manuals import TOPICS
from kpibatch.rules.checks import MONTH_BEFORE, BuiltIn, Gravity, Sign, Use
from kpibatch.rules.phrases import parse
from kpibatch.rules.reading.thresholds import named_in
from kpibatch.rules.records import Counts, Method, Rollup, Source, ZeroRule
from kpibatch.rules.round import Item, NoTarget, Scope, Stage, Whose, Work
from kpibatch.rules.schema import GUIDE, KINDS, SHEETS, Sheet

MADE = {"commands", "findings"}  # by tests/shared/write_manuals.py, below what a person wrote
in_both = pytest.mark.parametrize("language", LANGUAGES)
on_every_page = pytest.mark.parametrize(("topic", "language"), PAGES, ids="-".join)


# --- which there are ----------------------------------------------------------------------------------------


def test_every_manual_is_a_topic_and_every_topic_is_there() -> None:
    there = {language: {path.stem for path in (DOCS / language).glob("*.md")} for language in LANGUAGES}
    assert there == {"th": {*BOTH}, "en": {*TOPICS}}


@pytest.mark.parametrize("topic", ["readme", *BOTH])
def test_both_languages_have_the_same_parts_tables_and_commands(topic: str) -> None:
    if topic == "many-workspaces":
        pytest.skip("the English one says more for developers")
    thai, english = (page(topic, language) for language in LANGUAGES)
    marks = [re.findall(r"^(?:#+(?= )|```\w*|!\[|\d+\.|\||- )", text, re.M) for text in (thai, english)]
    if topic == "readme":  # the benchmark's table stands in one of them
        marks = [re.findall(r"^(?:#+(?= )|```\w*|!\[|\d+\.)", text, re.M) for text in (thai, english)]
    assert marks[0] == marks[1]
    assert sorted(map(tuple, commands_in(thai))) == sorted(map(tuple, commands_in(english)))


@in_both
@pytest.mark.parametrize("topic", sorted(MADE))
def test_what_repeats_the_program_is_written_anew(topic: str, language: str) -> None:
    told = "python tests/shared/write_manuals.py"
    assert page(topic, language) == written(topic, language), told


@in_both
def test_the_picture_of_the_concepts_is_what_is_drawn(language: str) -> None:
    text = (DOCS / language / "concepts.svg").read_text(encoding="utf-8")
    assert text == drawn(LANGUAGES.index(language)), "python tests/shared/draw_concepts.py"


def test_the_picture_of_the_ranking_is_small() -> None:
    assert 20_000 < (DOCS / "ranking.png").stat().st_size < 200_000


@on_every_page
def test_every_link_leads_to_a_file(topic: str, language: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", page(topic, language))
    lost = [
        link for link in links if "://" not in link and not (PAGES[topic, language].parent / link).is_file()
    ]
    assert lost == []


@in_both
def test_the_readme_leads_to_every_manual(language: str) -> None:
    assert [topic for topic in TOPICS if f"/{topic}.md)" not in page("readme", language)] == []


@in_both
def test_the_readme_is_short(language: str) -> None:
    """Three screens of some thirty lines, as wide as a page shows them."""
    text = page("readme", language).split("## How fast")[0]
    shown = sum(1 + len(line) // 130 for line in text.splitlines())
    assert shown <= 100


# --- commands -----------------------------------------------------------------------------------------------


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that is named, and the words behind it."""
    group: click.Command = commands
    rest = list(words)
    while isinstance(group, click.Group) and rest:
        if rest[0] in ("-C", "--lang"):
            rest = rest[2:]
        elif rest[0].startswith("-"):
            rest = rest[1:]
        else:
            group = group.commands[rest.pop(0)]
    return group, rest


@on_every_page
def test_every_command_named_is_one_with_such_options(topic: str, language: str) -> None:
    wrong = []
    for words in commands_in(page(topic, language)):
        if words[0] in ("COMMAND", "--version") or "[OPTIONS]" in words:
            continue
        try:
            command, rest = resolved(words)
        except KeyError:
            wrong.append(words)
            continue
        known = {opt for param in (*command.params, *commands.params) for opt in param.opts} | {"--help"}
        wrong += [
            [*words, "?", word] for word in rest if re.match(r"--?[a-zA-Z]", word) and word not in known
        ]
    assert wrong == []


@in_both
def test_every_option_in_backticks_is_one(language: str) -> None:
    known = {opt for _, command in every() for param in command.params for opt in param.opts}
    known |= {"--help", "--version", "--sshlogin", "--memfree", "--nthreads"}
    named = {
        word
        for topic in BOTH
        for code in codes(page(topic, language))
        for word in re.findall(r"^--[a-z-]+", code)
    }
    assert named - known == set()


@in_both
def test_a_manual_that_a_person_wrote_names_every_command(language: str) -> None:
    said = [
        words
        for topic in ("readme", *BOTH)
        if topic not in MADE
        for words in commands_in(page(topic, language))
    ]
    named = {command for command, _ in map(resolved, (w for w in said if w[0] != "COMMAND"))}
    assert [words for words, command in every() if command not in named] == []


# --- findings and other codes -------------------------------------------------------------------------------


@on_every_page
def test_every_code_of_a_finding_is_one(topic: str, language: str) -> None:
    """A word with hyphens in backticks is a finding's code, a manual, a sample, or named here."""
    others = {"run-monthly", "chumphae-2570", "chumphae-2570-2"}
    known = {*texts("finding"), *TOPICS, *samples(), *others}
    named = {code for code in codes(page(topic, language)) if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", code)}
    assert {code for code in named if not re.fullmatch(r"\d{4}-\d\d", code)} - known == set()


@in_both
def test_every_finding_has_its_part(language: str) -> None:
    assert re.findall(r"^### `(.+?)`", page("findings", language), re.M) != []
    assert {*re.findall(r"^### `(.+?)`", page("findings", language), re.M)} == {*texts("finding")}


# --- config.toml --------------------------------------------------------------------------------------------


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _range(allowed: object) -> str | None:
    """As the third column says it; None where that is words."""
    if isinstance(allowed, Number):
        return f"{allowed.low:g} – {allowed.high:.10g}"
    if isinstance(allowed, Choice):
        return " / ".join(f'`"{word}"`' for word in allowed.words)
    return "`true` / `false`" if isinstance(allowed, Flag) else None


@in_both
@pytest.mark.parametrize("section", _SECTIONS)
def test_every_key_has_its_row_with_what_is_usual_and_allowed(section: str, language: str) -> None:
    part = page("config", language).split(f"## [{section}]\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \| (.*?) \| (.*?) \|$", part, re.M)
    specs = fields(_SECTIONS[section])
    keys = [spec.metadata.get("key", spec.name) for spec in specs]
    assert [row[0] for row in rows] == keys
    for spec, (key, usual, allowed, what) in zip(specs, rows, strict=True):
        assert usual == _typed(spec.default), key
        assert (_range(spec.metadata[ALLOWED]) or allowed) == allowed, key
        assert what


@on_every_page
def test_every_setting_shown_is_one(topic: str, language: str) -> None:
    keys = {spec.metadata.get("key", spec.name) for kind in _SECTIONS.values() for spec in fields(kind)}
    assert {each[1] for each in re.finditer(r"^`?(\w+) = [\"\[\dtf]", page(topic, language), re.M)} <= keys
    named = [match[1] for code in codes(page(topic, language)) if (match := re.match(r"(\w+) = ", code))]
    assert {*named} <= keys


# --- level tables -------------------------------------------------------------------------------------------

WORDS: dict[str, list[type[StrEnum]]] = {
    "รอบประเมิน": [Item],
    "ปฏิทิน": [Stage],
    "ตัวชี้วัด": [Method, NoTarget, Scope],
    "รายการข้อมูล": [Kind, Source, Rollup, ZeroRule],
    "ระดับ": [Whose],
    "ตัวชี้วัดของหน่วย": [Work],
    "แหล่งข้อมูล": [Counts],
    "กฎตรวจ": [BuiltIn, Sign, Gravity, Use],
}
MORE = {"หน่วย": [*KINDS], "กฎตรวจ": [MONTH_BEFORE]}


@cache
def parts_of_tables(language: str) -> dict[str, str]:
    parts = page("level-tables", language).split("\n## ")[1:]
    return {part.partition("\n")[0]: part for part in parts}


@in_both
def test_every_sheet_has_its_part(language: str) -> None:
    """In the workbook's order; the last tells the conditions."""
    assert [*parts_of_tables(language)][:-1] == [sheet.sheet for sheet in SHEETS]
    assert f"`{GUIDE}`" in page("level-tables", language)


@in_both
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.sheet)
def test_every_column_has_its_row_and_every_word_is_told(sheet: Sheet, language: str) -> None:
    """A star marks a column that need not be there; no column and no word is made up."""
    part = parts_of_tables(language)[sheet.sheet]
    rows = re.findall(r"^\| `([^`]+)`( \*)? \| (.*?) \| .*\|$", part.split("\n\n")[2], re.M)
    assert [(name, bool(star)) for name, star, _ in rows] == [
        (str(column), column.optional) for column in sheet.columns
    ]
    assert all(what for _, _, what in rows)
    words = [str(word) for kind in WORDS.get(sheet.sheet, ()) for word in kind if word]
    assert [word for word in (*words, *MORE.get(sheet.sheet, ())) if f"`{word}`" not in part] == []


@in_both
def test_every_condition_shown_can_be_read(language: str) -> None:
    part = [*parts_of_tables(language).values()][-1]
    shown = [code for row in re.findall(r"^\| (`.*`) \|", part, re.M) for code in codes(row)]
    assert len(shown) > 20
    assert [text for text in shown if not (named_in(text, "", ["T1.target"]) or parse(text))] == []


@in_both
def test_every_sheet_named_elsewhere_is_one(language: str) -> None:
    sheets = {sheet.sheet for sheet in SHEETS} | {GUIDE}
    named = re.findall(r"(?:sheet|ชีต) `([^`]+)`", "\n".join(page(topic, language) for topic in BOTH))
    assert {*named} - sheets == set()


# --- what a run leaves --------------------------------------------------------------------------------------


@in_both
def test_all_that_a_month_leaves_is_told(language: str) -> None:
    told = {code.rstrip("/") for code in codes(page("month", language))}
    beside = {month_files.HISTORY, month_files.FORMS, month_files.LOG, month_files.AGREEMENTS}
    assert month_files.OF_A_MONTH - told == set()
    assert beside - {Path(code).name for code in told} == set()
