"""Every text is there in both languages, with the same blanks; every key the code names exists, and none is
left over.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from string import Formatter
from typing import NamedTuple

import pytest
from house import PACKAGE, name_of, nodes_of

from kpibatch.base import errors
from kpibatch.base.catalogue import LANGUAGES, Words, say, sections, severity_of, texts
from kpibatch.base.findings import SEVERITIES
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import read_date
from kpibatch.rules.checks import ANY_OF, MONTH_BEFORE, Gravity
from kpibatch.rules.conditions import ONLY
from kpibatch.rules.records import Method, Rollup, Source, ZeroRule
from kpibatch.rules.schema import SHEETS

FILES = sorted(PACKAGE.rglob("*.py"))
ENTRIES = {f"{section}.{name}": entry for section in sections() for name, entry in texts(section).items()}

ERRORS = {
    name: each.name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.KpibatchError)
}
SECTION_OF = {"finding": "finding", "report": "finding", **dict.fromkeys(ERRORS, "error")}
ALWAYS = {
    "finding": {"found", "measure", "unit"},
    "report": {"found", "measure", "unit", "column"},
    **{name: set() for name in ERRORS},
    "say": set(),
}
NOUN = {"unit", "noun"}  # the noun for the units (อำเภอ) is a Thai word, so an English text may do without it


class Use(NamedTuple):
    """One place where the code names a text: the keys it may mean, whether they are only how the key begins,
    and

    the facts given, ``None`` where they can't be read off the call.
    """

    keys: tuple[str, ...]
    begins: bool
    facts: set[str] | None
    line: int


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def sections_of(nodes: Sequence[ast.AST]) -> set[str]:
    """The sections a file's ``Words`` look in: ``sheet.`` of ``Words("sheet", language)``."""
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return {f"{ast.literal_eval(call.args[0])}." for call in calls if getattr(call.func, "id", "") == "Words"}


def uses(nodes: Sequence[ast.AST], sections: set[str]) -> list[Use]:
    """Every use of a text; ``sections`` are those an attribute ``say`` may look in."""
    return [use for node in nodes if isinstance(node, ast.Call) for use in _uses(node, sections)]


def _uses(call: ast.Call, sections: set[str]) -> Iterator[Use]:
    method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if method else getattr(call.func, "id", "")
    if name not in ALWAYS:
        return
    given = {keyword.arg for keyword in call.keywords}
    first = call.args[0] if call.args else ast.Constant(ERRORS.get(name))
    for option in [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]:
        begins = isinstance(option, ast.JoinedStr)
        text = option.values[0] if begins else option
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            own_say = name == "say" and (method or "." not in text.value)  # a ``Words``, handed on as ``say``
            starts = sorted(sections) if own_say else [f"{SECTION_OF[name]}." if name in SECTION_OF else ""]
            facts = None if own_say or None in given else {str(fact) for fact in given} | ALWAYS[name]
            yield Use(tuple(start + text.value for start in starts), begins, facts, call.lineno)


@cache
def all_uses() -> list[tuple[str, Use]]:
    """Every use of a text in the package, with its file and line."""
    every = set().union(*(sections_of(nodes_of(path)) for path in FILES))
    return [
        (f"{name_of(path)}:{use.line}", use)
        for path in FILES
        for use in uses(nodes_of(path), sections_of(nodes_of(path)) or every)
    ]


def test_the_search_sees_every_way_of_naming_a_text():
    """The tests below look at what this search finds; were it blind to one of these ways, they could not
    fail.
    """
    source = """
page.say = Words("page", language)
say(f"page.{name}", **facts)
say("word.one", "th", count=2)
row.report("two" if bad else "three", column, **facts)
raise ConfigFault("four", file=path)
raise EmptyMonth(folder=folder)
finding("five", place, label=label)
page.say("six")
say("seven")
"""
    nodes = [*ast.walk(ast.parse(source))]
    assert sections_of(nodes) == {"page."}
    assert sorted(uses(nodes, {"page."}), key=lambda use: use.line) == [
        Use(("page.",), True, None, 3),
        Use(("word.one",), False, {"count"}, 4),
        Use(("finding.two",), False, None, 5),
        Use(("finding.three",), False, None, 5),
        Use(("error.four",), False, {"file"}, 6),
        Use(("error.empty-month",), False, {"folder"}, 7),
        Use(("finding.five",), False, {"label", "found", "measure", "unit"}, 8),
        Use(("page.six",), False, None, 9),
        Use(("page.seven",), False, None, 10),
    ]


@pytest.mark.parametrize("section", sections())
def test_a_file_is_one_section_with_its_names_in_order(section):
    assert [*texts(section)] == sorted(texts(section))
    assert {type(entry) for entry in texts(section).values()} == {dict}
    assert {part for entry in texts(section).values() for part in entry} <= {"severity", *LANGUAGES}
    assert f"{section}." in {key[: len(section) + 1] for _, use in all_uses() for key in use.keys}


def test_only_the_section_asked_for_is_read():
    program = (
        "from kpibatch.base import catalogue as c; c.say('word.page-of'); print(c.texts.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_every_text_is_there_in_both_languages_with_the_same_blanks():
    words = {key: [entry.get(language, "") for language in LANGUAGES] for key, entry in ENTRIES.items()}
    assert [key for key, (thai, english) in words.items() if not (thai.strip() and english.strip())] == []
    filled = {key: (blanks(thai), blanks(english)) for key, (thai, english) in words.items()}
    assert {key: english - thai for key, (thai, english) in filled.items() if english - thai} == {}
    assert {key: thai - english for key, (thai, english) in filled.items() if thai - english - NOUN} == {}


def test_every_finding_has_a_severity_and_nothing_else_has():
    assert {name: severity_of(name) for name in texts("finding") if severity_of(name) not in SEVERITIES} == {}
    assert [
        key for key, entry in ENTRIES.items() if ("severity" in entry) != key.startswith("finding.")
    ] == []


def test_every_key_the_code_names_exists():
    beginnings = {key[:end] for key in ENTRIES for end in range(len(key) + 1)}
    assert [
        (where, use.keys)
        for where, use in all_uses()
        if not set(use.keys) & (beginnings if use.begins else set(ENTRIES))
    ] == []


def test_every_call_fills_all_blanks_of_its_text():
    unfilled = [
        (where, key, language, blank)
        for where, use in all_uses()
        for key in set(use.keys) & set(ENTRIES)
        for language in LANGUAGES
        for blank in sorted(
            blanks(ENTRIES[key][language])
            - (use.facts if use.facts is not None else blanks(ENTRIES[key][language]))
        )
    ]
    assert unfilled == []


def test_every_finding_and_error_is_used():
    nodes = [node for path in FILES for node in nodes_of(path)]
    named = {node.value for node in nodes if isinstance(node, ast.Constant)}
    named |= {ERRORS.get(node.id) for node in nodes if isinstance(node, ast.Name)}
    assert [
        key for key in ENTRIES if key.startswith(("finding.", "error.")) and key.split(".", 1)[1] not in named
    ] == []


def test_english_texts_are_english():
    """Thai stands in them only as the name of a sheet or column, a word people choose, or a day as it is
    typed.
    """
    names = {name for each in SHEETS for name in (each.sheet, *each.required)}
    names |= {
        member.value for kind in (Kind, Source, Rollup, ZeroRule, Method, Gravity) for member in kind
    } | {
        *("ใช่", "ไม่ใช่"),
        *(MONTH_BEFORE, ANY_OF, ONLY),
    }
    strangers = []
    for key, entry in ENTRIES.items():
        without_days = re.sub(
            r"\d+ [ก-๙.]+ \d{4}", lambda day: "" if read_date(day[0]) else day[0], entry["en"]
        )
        strangers += [
            (key, word) for word in re.findall(r"[฀-๿]+(?: [฀-๿]+)*", without_days) if word not in names
        ]
    assert strangers == []


def test_words_are_the_texts_of_one_section_with_facts_of_all_of_them():
    words = Words("form", "en", {"round": "2", "year": "2564"})
    assert words("title") == say("form.title", "en", round="2", year="2564")
    assert words("title", year="2565") == "KPI report, round 2/2565"
    with pytest.raises(KeyError):
        words("no-such-text")


def test_say_fills_in_the_facts_and_takes_no_unknown_key():
    assert say("form.title", "th", round="2", year="2565").endswith("รอบที่ 2/2565")
    assert say("form.title", "en", round="2", year="2565") == "KPI report, round 2/2565"
    for key in ("form.no-such-text", "no-such-section.title"):
        with pytest.raises(KeyError):
            say(key)
