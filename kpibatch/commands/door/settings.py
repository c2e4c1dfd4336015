"""A new ``config.toml``: the usual one with its comments, some of whose values are another workspace's."""

import json
import re
from collections.abc import Mapping
from dataclasses import Field, fields
from importlib.resources import files
from typing import Any

from kpibatch.base.config import Config
from kpibatch.base.settings import ALLOWED, Place

_LINE = re.compile(r"(?P<key>\w+) = (?P<value>.*?)(?P<comment>  #.*)?")
_SECTION = re.compile(r"\[(\w+)\]")


def settings(values: Mapping[tuple[str, str], object] | None = None) -> str:
    """The text of ``config.toml`` with these values, by section and key."""
    text = files("kpibatch.commands").joinpath("workspace.toml").read_text(encoding="utf-8")
    section, lines = "", []
    for line in text.split("\n"):
        if head := _SECTION.fullmatch(line):
            section = head[1]
        told = _LINE.fullmatch(line)
        if told and (section, told["key"]) in (values or {}):
            value = (values or {})[section, told["key"]]
            line = f"{told['key']} = {_as_toml(value)}{told['comment'] or ''}"
        lines.append(line)
    return "\n".join(lines)


def carried(config: Config) -> dict[tuple[str, str], object]:
    """What a workspace has set, but for where its files are: the new one has its own."""
    values: dict[tuple[str, str], object] = {}
    for section in fields(config):
        kept = getattr(config, section.name)
        if section.name != "root":
            values |= {
                (section.name, _key(each)): getattr(kept, each.name)
                for each in fields(kept)
                if not isinstance(each.metadata[ALLOWED], Place)
            }
    return values


def _key(field: Field[Any]) -> str:
    return str(field.metadata.get("key", field.name))


def _as_toml(value: object) -> str:
    """Texts of one line, numbers, yes and no, and lists of texts are written as in JSON."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
