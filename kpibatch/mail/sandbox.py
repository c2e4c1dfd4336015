"""A mail template and its facts → one text, in a sandbox (the door to Jinja2).

An unknown name, an endless loop or a flood of text is the operator's mistake, told with file and line. What
multiplies (``*`` on texts, ``%`` with a width, ``center``, ``ljust`` …) is not there; what grows in a way
that is not foreseen here meets the caps of the child process all this runs in.
"""

import difflib
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
    pass_eval_context,
)
from jinja2.filters import do_format, do_replace
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from kpibatch.base.errors import KpibatchError, MailTemplateFault
from kpibatch.books.look import width_of
from kpibatch.mail.message import one_line

_MOST_STEPS, _MOST_LETTERS = 100_000, 500_000
_GLOBALS = ("range", "namespace", "joiner", "cycler")
_FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "groupby"),
    *("int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject"),
    *("rejectattr", "reverse", "round", "safe", "select", "selectattr", "sort", "string", "striptags", "sum"),
    *("title", "trim", "truncate", "unique", "upper", "wordcount"),
)
_OF_TEXTS = frozenset(
    (
        *("capitalize", "count", "endswith", "find", "isdigit", "lower", "lstrip", "removeprefix"),
        *("removesuffix", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper"),
    )
)
_OF_ROWS = frozenset(("count", "get", "index", "items", "keys", "values"))
# %s, %d, %5.2f: at most 999 wide
_PATTERN = re.compile(r"(?:[^%]|%%|%(?:\(\w+\))?[-+ 0]*\d{0,3}(?:\.\d{1,2})?[sdif])*")


class _TooMuch(Exception):
    """A template that does not come to an end, or writes more than a mail may hold."""


def text_of(folders: tuple[str, ...], name: str, facts: Mapping[str, Any]) -> str:
    """What the template of that name says of the facts; the first of the folders that has it wins.

    Raises ``KpibatchError`` with file, line and name where it can't be read, names what is not among the
    facts, fails, or does not end.
    """
    environment = _environment(folders)
    try:
        if name not in environment.checked:
            _check_names(environment, name, facts)
            environment.checked.add(name)
        return environment.limited(name, facts)
    except UndefinedError as error:
        raise _unknown(*environment.place(error, name), error.message or "?", _names(facts)) from None
    except TemplateSyntaxError as error:
        file = error.filename if error.filename and Path(error.filename).is_file() else environment.file(name)
        raise MailTemplateFault("mail-template", file=file, line=error.lineno, reason=error.message) from None
    except UnicodeDecodeError:
        raise MailTemplateFault("mail-template-encoding", file=environment.file(name)) from None
    except (
        TemplateError,
        _TooMuch,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
        OSError,
    ) as error:
        file, line = environment.place(error, name)
        raise MailTemplateFault(
            "mail-template", file=file, line=line, reason=one_line(str(error)) or type(error).__name__
        ) from None


@lru_cache(maxsize=1)
def _environment(folders: tuple[str, ...]) -> "_Environment":
    return _Environment(folders)


def _check_names(environment: "_Environment", name: str, facts: Mapping[str, Any]) -> None:
    """Refuse an unknown name even where it stands in a branch that is not taken this time."""
    tree = environment.tree(name)
    names = list(tree.find_all(nodes.Name))
    made = {
        each.name for each in names if each.ctx == "store"
    }  # of a block inside another template that is not seen otherwise
    unknown = meta.find_undeclared_variables(tree) - {*facts, *_GLOBALS} - made
    for each in names:
        if each.name in unknown:
            raise _unknown(environment.file(name), each.lineno, each.name, [*facts])


def _unknown(file: str, line: int, found: str, known: Iterable[str]) -> KpibatchError:
    nearest = (difflib.get_close_matches(found, sorted(known), 1, 0.0) or ["?"])[0]
    return MailTemplateFault("mail-template-name", file=file, line=line, found=found, nearest=nearest)


def _names(facts: Mapping[str, Any]) -> set[str]:
    """The names of all facts and of what their rows hold."""
    rows = (row for value in facts.values() for row in (value if isinstance(value, tuple) else (value,)))
    return {*facts, *(name for row in rows for name in getattr(row, "__dataclass_fields__", ()))}


class _Missing(StrictUndefined):
    """A name that no fact has; the message of the error it raises is that name alone."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:
        super().__init__(hint or str(name), obj, name, exc)


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox that counts: every turn of a loop and every call is a step, and steps and letters are
    limited.
    """

    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def __init__(self, folders: Iterable[str]) -> None:
        super().__init__(
            loader=FileSystemLoader(list(folders), encoding="utf-8-sig"),
            autoescape=lambda name: bool(name and name.endswith(".html")),
            undefined=_Missing,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.steps = 0
        self.checked: set[str] = set()
        own = {"counted": self.counted, "column": column, "format": formatted, "replace": replaced}
        self.filters = {name: self.filters[name] for name in _FILTERS} | own
        self.globals = {name: self.globals[name] for name in _GLOBALS}

    def limited(self, name: str, facts: Mapping[str, Any]) -> str:
        """What a template says of the facts."""
        self.steps, letters, text = 0, 0, []
        for piece in self.get_template(name).generate(facts):
            letters += len(piece)
            _refuse_flood(letters)
            text.append(piece)
        return "".join(text)

    def tree(self, name: str) -> nodes.Template:
        """A template as parsed."""
        assert self.loader
        return self.parse(self.loader.get_source(self, name)[0], name, self.file(name))

    def file(self, name: str) -> str:
        """The path of a template, for people to open."""
        assert isinstance(self.loader, FileSystemLoader)
        paths = (Path(folder) / name for folder in self.loader.searchpath)
        return str(next((path for path in paths if path.is_file()), name))

    def place(self, error: Exception, name: str) -> tuple[str, int]:
        """The file and line of the innermost template in which an error arose."""
        assert isinstance(self.loader, FileSystemLoader)
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if frame.filename.startswith(tuple(self.loader.searchpath))]
        return (inside[-1].filename, inside[-1].lineno or 1) if inside else (self.file(name), 1)

    def step(self) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _TooMuch(f"> {_MOST_STEPS:,} steps")

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.step()
            yield item

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Let every loop count its turns."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        return tree

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        __self.step()
        return super().call(__context, __obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Of texts and rows the methods that make nothing larger, of numbers none."""
        if isinstance(obj, str):
            return attr in _OF_TEXTS
        if isinstance(obj, list | tuple | dict | range | set):
            return attr in _OF_ROWS
        return not isinstance(obj, int | float | bytes) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """``format`` of a text is as any other method that makes it larger."""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Products and remainders of numbers only: a text times a billion would not fit into memory."""
        numbers = all(isinstance(side, int | float) and abs(side) < 1e15 for side in (left, right))
        if operator == "**" or (operator in "*%" and not numbers):
            raise _TooMuch(f"{operator}")
        if operator == "+" and all(hasattr(side, "__len__") for side in (left, right)):
            _refuse_flood(len(left) + len(right))
        return super().call_binop(context, operator, left, right)


def _refuse_flood(letters: int) -> None:
    if letters > _MOST_LETTERS:
        raise _TooMuch(f"> {_MOST_LETTERS:,} letters")


def formatted(pattern: str, *values: Any, **named: Any) -> str:
    """A pattern such as ``%.2f`` filled in; wide ones are refused."""
    if not _PATTERN.fullmatch(str(pattern)):
        raise _TooMuch(str(pattern)[:60])
    return do_format(pattern, *values, **named)


@pass_eval_context
def replaced(context: EvalContext, text: str, old: str, new: str, count: int | None = None) -> str:
    """A text with one thing for another, as long as it stays a mail's."""
    _refuse_flood(len(str(text)) + (str(text).count(str(old)) if old else len(str(text))) * len(str(new)))
    return do_replace(context, text, old, new, count)


def column(text: object, width: int, side: str = "left") -> str:
    """A text in a column of plain text: Thai vowels above and below take no room; what is too long is cut."""
    line = str(text)
    while width_of(line) > width:
        line = line[: -2 if line.endswith("…") else -1] + "…"
    room = " " * (width - width_of(line))
    return room + line if side == "right" else line + room
