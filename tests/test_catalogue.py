"""Every text is there in both languages, with the same blanks; every key the code names exists, and none is left over."""

import ast
import re
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from kpibatch.catalogue import LANGUAGES, entries, say, severity_of
from kpibatch.findings import SEVERITIES
from kpibatch.level_reader import REQUIRED
from kpibatch.levels import Method, Rollup, Source, ZeroRule
from kpibatch.thai import read_date
from kpibatch.values import Kind

PACKAGE = Path(__file__).parent.parent / "kpibatch"
TREES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.glob("*.py"))}
ENTRIES = {f"{section}.{name}": entry for section, names in entries().items() for name, entry in names.items()}

SECTION_OF = {"finding": "finding", "report": "finding", "KpibatchError": "error"}
ALWAYS = {"finding": {"found", "measure", "unit"}, "report": {"found", "measure", "unit", "column"}, "KpibatchError": set(), "say": set()}
NOUN = {"unit", "noun"}  # the noun for the units (อำเภอ) is a Thai word, so an English text may do without it


class Use(NamedTuple):
    """One place where the code names a text; ``facts`` is ``None`` where they can't be read off the call."""

    key: str
    begins: bool
    facts: set[str] | None
    where: str


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def own_section(tree: ast.Module) -> str:
    """The section a file's own ``say`` method looks in."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    texts = (node for one in classes for node in one.body if isinstance(node, ast.FunctionDef) and node.name == "say")
    starts = (part for node in texts for part in ast.walk(node) if isinstance(part, ast.JoinedStr))
    return next((str(start.values[0].value).rstrip(".") for start in starts if isinstance(start.values[0], ast.Constant)), "")


def uses() -> list[Use]:
    return [use for name, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.Call) for use in of(name, node)]


def of(module: str, call: ast.Call) -> list[Use]:
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in ALWAYS or not call.args:
        return []
    method = name == "say" and isinstance(call.func, ast.Attribute)
    section = own_section(TREES[module]) if method else SECTION_OF.get(name, "")
    given = {keyword.arg for keyword in call.keywords}
    facts = None if method or None in given else {str(fact) for fact in given} | ALWAYS[name]
    first = call.args[0]
    options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    found = []
    for option in options:
        begins = isinstance(option, ast.JoinedStr)
        start = option.values[0] if begins else option
        if isinstance(start, ast.Constant) and isinstance(start.value, str):
            found.append(Use(f"{section}.{start.value}".lstrip("."), begins, facts, f"{module}.py:{call.lineno}"))
    return found


USES = uses()


def test_the_search_sees_every_way_of_naming_a_text():
    """The tests below look at what this search finds; were it blind to one of these ways, they could not fail."""
    found = {(use.key, use.begins) for use in USES}
    assert {("finding.table-value", False), ("error.tie-breaker", False), ("word.page-of", False)} <= found
    assert {("sheet.kpi-guide", False), ("unit.no-value", False), ("unit.card-", True), ("step.", True)} <= found
    assert {("finding.table-no-result", False), ("finding.table-cell-error", False)} <= found, "both arms of a choice"


@pytest.mark.parametrize("key", ENTRIES)
def test_every_text_is_there_in_both_languages_with_the_same_blanks(key):
    thai, english = (ENTRIES[key].get(language, "") for language in LANGUAGES)
    assert thai.strip()
    assert english.strip()
    assert blanks(english) <= blanks(thai)
    assert blanks(thai) - blanks(english) <= NOUN


def test_every_finding_has_a_severity_and_nothing_else_has():
    assert {name: severity_of(name) for name in entries()["finding"] if severity_of(name) not in SEVERITIES} == {}
    assert [key for key, entry in ENTRIES.items() if ("severity" in entry) != key.startswith("finding.")] == []


def test_every_key_the_code_names_exists():
    missing = [use for use in USES if not (any(key.startswith(use.key) for key in ENTRIES) if use.begins else use.key in ENTRIES)]
    assert [f"{use.where} {use.key}" for use in missing] == []


def test_every_call_fills_all_blanks_of_its_text():
    unfilled = [
        (use.where, use.key, blank)
        for use in USES
        if use.facts is not None and use.key in ENTRIES
        for language in LANGUAGES
        for blank in sorted(blanks(ENTRIES[use.key][language]) - use.facts)
    ]
    assert unfilled == []


def test_every_finding_and_error_is_used():
    named = {node.value for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [key for key in ENTRIES if key.startswith(("finding.", "error.")) and key.split(".", 1)[1] not in named] == []


def test_english_texts_are_english():
    """Thai stands in them only as the name of a sheet or column, a word people choose, or a day as it is typed."""
    names = {*REQUIRED, *(column for columns in REQUIRED.values() for column in columns)}
    names |= {member.value for kind in (Kind, Source, Rollup, ZeroRule, Method) for member in kind} | set("ใช่/ไม่ใช่".split("/"))
    strangers = []
    for key, entry in ENTRIES.items():
        without_days = re.sub(r"\d+ [ก-๙.]+ \d{4}", lambda day: "" if read_date(day[0]) else day[0], entry["en"])
        strangers += [(key, word) for word in re.findall(r"[฀-๿]+(?: [฀-๿]+)*", without_days) if word not in names]
    assert strangers == []


def test_say_fills_in_the_facts_and_takes_no_unknown_key():
    assert say("form.title", "th", round="2", year="2565").endswith("รอบที่ 2/2565")
    assert say("form.title", "en", round="2", year="2565") == "KPI report, round 2/2565"
    for key in ("form.no-such-text", "no-such-section.title"):
        with pytest.raises(KeyError):
            say(key)
