"""The manuals that repeat the program: ``python tests/shared/write_manuals.py`` writes their lists anew.

In: the commands and their help, the catalogue's findings; what a person wrote above the lists, which stays.
Out: ``commands.md`` and ``findings.md`` in both languages.
"""

import re
from collections.abc import Iterator

import click
from house import PACKAGE

from kpibatch.base.catalogue import LANGUAGES, say, texts
from kpibatch.commands.cli import commands
from kpibatch.commands.usage.parts import Told

DOCS = PACKAGE / "docs"
COMMON = {"workspace", "lang", "quiet", "verbose", "help"}
_TABLES = ("table", "lint", "example", "letter", "draft")
_PROVINCE = (
    *("province", "central", "source", "sources", "correction", "corrected", "agreement", "mail", "seal"),
    *("history", "due", "received", "template"),
)
GROUPS = {
    "tables": ("ตารางระดับ", "The level tables"),
    "sent": ("แบบรายงานที่หน่วยส่ง", "What units send"),
    "province": ("เอกสารของจังหวัด อีเมล และเดือนที่ปิด", "The province's papers, mail, closed months"),
}
_FACTS = {
    "label": ("‹รายการ›", "‹item›"),
    "measure": ("‹T1.spent›", "‹T1.spent›"),
    "month": ("‹มิ.ย. 2565›", "‹Jun 2022›"),
    "kpi": ("‹T1›", "‹T1›"),
    "node": ("‹T1›", "‹T1›"),
    "name": ("‹ชื่อ›", "‹name›"),
    "level": ("‹3›", "‹3›"),
    "file": ("‹ไฟล์›", "‹file›"),
    "nearest": ("‹คำที่ใกล้ที่สุด›", "‹the nearest›"),
}  # what a fact is called where there is no case at hand; any other is “…”
_FACT = re.compile(r"\{(\w*)[^{}]*\}")


def every(group: click.Group = commands, path: str = "kpibatch") -> Iterator[tuple[str, Told]]:
    """Each command with its words, in the order of help; of a group those within."""
    for name, command in sorted(group.commands.items()):
        assert isinstance(command, Told)
        if isinstance(command, click.Group):
            yield from every(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def of_commands(language: str) -> str:
    """A part for each command: what it does, how it is called, each word and option, an example."""
    return "\n".join(_command(words, command, language) for words, command in every())


def _command(words: str, command: Told, language: str) -> str:
    ctx = click.Context(command, info_name=words)
    usage = " ".join((words, *command.collect_usage_pieces(ctx)))
    lines = [f"## {words}", "", command.text("", language).replace("\n", "\n\n"), "", f"    {usage}", ""]
    hidden = {each.name for each in command.params if getattr(each, "hidden", False)} | COMMON
    params = [each for each in command.params if each.name not in hidden]
    lines += [f"- `{_called(each, ctx)}`: {_meaning(each, command, language)}" for each in params]
    lines += [""] * bool(params)
    lines += [f"{say('help.example', language)}: `{command.text('-example', language)}`", ""]
    return "\n".join(lines)


def _called(param: click.Parameter, ctx: click.Context) -> str:
    if isinstance(param, click.Argument):
        return param.make_metavar(ctx)
    flag = isinstance(param, click.Option) and param.is_flag
    return ", ".join(param.opts) + ("" if flag else f" {param.make_metavar(ctx)}")


def _meaning(param: click.Parameter, command: Told, language: str) -> str:
    return command.text(f"--{param.name}", language) or say(f"help.any--{param.name}", language)


def group_of(code: str) -> str:
    """Under which heading a finding stands."""
    first = code.partition("-")[0]
    return "tables" if first in _TABLES else "province" if first in _PROVINCE else "sent"


def of_findings(language: str) -> str:
    """A part for each finding: how grave, what it says, and in it how to mend it."""
    number, parts = LANGUAGES.index(language), list[str]()
    for group, titles in GROUPS.items():
        parts.append(f"## {titles[number]}\n")
        for code, told in sorted(texts("finding").items()):
            if group_of(code) == group:
                grave = say(f"sheet.severity-{told['severity']}", language)
                parts.append(f"### `{code}` {grave}\n\n{_without_facts(told[language], number)}\n")
    return "\n".join(parts)


def _without_facts(text: str, number: int) -> str:
    plain = text.replace("{{", "⦃").replace("}}", "⦄")
    plain = _FACT.sub(lambda fact: _FACTS.get(fact[1], ("…", "…"))[number], plain)
    plain = plain.replace("⦃", "{{").replace("⦄", "}}")
    return re.sub(r"[*]|<(?=[a-zA-Z/!])", r"\\\g<0>", plain)


def written(topic: str, language: str) -> str:
    """A manual as it should be: what a person wrote, and below it the list."""
    text = (DOCS / language / f"{topic}.md").read_text(encoding="utf-8")
    begins, made = {"commands": ("## kpibatch ", of_commands), "findings": ("## ", of_findings)}[topic]
    above = re.split(rf"^{begins}", text, maxsplit=1, flags=re.MULTILINE)[0]
    return f"{above.rstrip()}\n\n{made(language).rstrip()}\n"


def write() -> None:
    """Both manuals in both languages, where anything has changed."""
    for topic in ("commands", "findings"):
        for language in LANGUAGES:
            path, text = DOCS / language / f"{topic}.md", written(topic, language)
            if path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
