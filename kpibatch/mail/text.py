"""Facts → the subject, the plain text and the HTML of a mail (the door to Jinja2).

The templates are files: the package's own, and those of the workspace, which win file by file. They run in a
sandbox in which an unknown name, an endless loop or a flood of text is the operator's mistake, told with file
and line.
"""

import difflib
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from kpibatch.base.errors import KpibatchError, MailTemplateFault
from kpibatch.base.files import by_name
from kpibatch.books.look import width_of
from kpibatch.mail.message import one_line

PARTS = ("subject.txt", "txt", "html")
_PACKAGED = Path(__file__).parent / "templates"
_MOST_STEPS, _MOST_LETTERS = 100_000, 500_000
_GLOBALS = ("range", "namespace", "joiner", "cycler")


class _TooMuch(Exception):
    """A template that does not come to an end, or writes more than a mail may hold."""


@dataclass(frozen=True)
class Texts:
    """What a mail says."""

    subject: str
    plain: str
    html: str


def packaged_templates(language: str) -> dict[str, str]:
    """The program's own templates of a language, by file name."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((_PACKAGED / language).iterdir(), key=by_name)
    }


class Templates:
    """The templates of one language, those in the folder ``own`` first."""

    def __init__(self, own: Path, language: str) -> None:
        self._environment = _Environment([own, _PACKAGED / language])
        self._checked: set[str] = set()

    def write(self, kind: str, facts: Mapping[str, Any]) -> Texts:
        """The three texts of a mail of that kind.

        Raises ``KpibatchError`` with file, line and name where a template can't be read, names what is not
        among the facts, fails, or does not end.
        """
        subject, plain, html = (self._text(f"{kind}.{part}", facts) for part in PARTS)
        return Texts(one_line(subject), plain.strip() + "\n", html.strip() + "\n")

    def _text(self, name: str, facts: Mapping[str, Any]) -> str:
        environment = self._environment
        try:
            if name not in self._checked:
                self._check_names(name, facts)
                self._checked.add(name)
            return environment.limited(name, facts)
        except UndefinedError as error:
            raise _unknown(*environment.place(error, name), error.message or "?", _names(facts)) from None
        except TemplateSyntaxError as error:
            file = (
                error.filename
                if error.filename and Path(error.filename).is_file()
                else environment.file(name)
            )
            raise MailTemplateFault(
                "mail-template", file=file, line=error.lineno, reason=error.message
            ) from None
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

    def _check_names(self, name: str, facts: Mapping[str, Any]) -> None:
        """Refuse an unknown name even where it stands in a branch that is not taken this time."""
        tree = self._environment.tree(name)
        names = list(tree.find_all(nodes.Name))
        made = {
            each.name for each in names if each.ctx == "store"
        }  # of a block inside another template that is not seen otherwise
        unknown = meta.find_undeclared_variables(tree) - {*facts, *_GLOBALS} - made
        for each in names:
            if each.name in unknown:
                raise _unknown(self._environment.file(name), each.lineno, each.name, [*facts])


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

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self, folders: list[Path]) -> None:
        super().__init__(
            loader=FileSystemLoader([str(folder) for folder in folders], encoding="utf-8-sig"),
            autoescape=lambda name: bool(name and name.endswith(".html")),
            undefined=_Missing,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.steps = 0
        self.filters |= {"counted": self.counted, "column": column}
        self.globals = {name: self.globals[name] for name in _GLOBALS}

    def limited(self, name: str, facts: Mapping[str, Any]) -> str:
        """What a template says of the facts."""
        self.steps, letters, text = 0, 0, []
        for piece in self.get_template(name).generate(facts):
            letters += len(piece)
            if letters > _MOST_LETTERS:
                raise _TooMuch(f"> {_MOST_LETTERS:,} letters")
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

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers only: a text or list times a billion would not fit into memory."""
        if (
            not all(isinstance(side, int | float) and abs(side) < 1e15 for side in (left, right))
            or operator == "**"
        ):
            raise _TooMuch(f"{operator}")
        return super().call_binop(context, operator, left, right)


def column(text: object, width: int, side: str = "left") -> str:
    """A text in a column of plain text: Thai vowels above and below take no room; what is too long is cut."""
    line = str(text)
    while width_of(line) > width:
        line = line[: -2 if line.endswith("…") else -1] + "…"
    room = " " * (width - width_of(line))
    return room + line if side == "right" else line + room
