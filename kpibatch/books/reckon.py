"""What a spreadsheet program makes of a formula: the results that are written beside formulas.

Of Excel's language it knows what this project's formulas say, and no more: an unknown function is an error of
the program. In: cells as contents. Out: their values; errors are never values here, so that none is written.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from typing import TypeAlias

from kpibatch.base.addresses import coordinates
from kpibatch.books.reckon_functions import FUNCTIONS, LAZY, Fault, Reach, Result, binary

Where: TypeAlias = tuple[str, int, int]  # sheet, row, column; zero-based
Look: TypeAlias = Callable[[str, int, int], Result]
Code: TypeAlias = Callable[["Reckoner", str], Result]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*")"""
    r"""|(?P<sheet>'(?:[^']|'')*')!"""
    r"""|(?P<name>[A-Z][A-Z.]*)\("""
    r"""|(?P<cell>\$?[A-Z]{1,3}\$?[0-9]+)"""
    r"""|(?P<number>[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?)"""
    r"""|(?P<truth>TRUE|FALSE)"""
    r"""|(?P<sign><=|>=|<>|[-+*/&=<>(),:]))""",
    re.IGNORECASE,
)
_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"))


class Live(str):
    """A formula, without a sign before it: a text that begins with ``=`` is a text."""


class Reckoner:
    """The cells of a workbook; those that are ``Live`` are formulas."""

    def __init__(self, cells: Mapping[Where, Result]) -> None:
        self.cells = cells
        self._known: dict[Where, Result] = {}

    def value(self, sheet: str, row: int, column: int) -> Result:
        """What a cell shows; ``None`` where it is blank."""
        at = (sheet, row, column)
        content = self.cells.get(at)
        if not isinstance(content, Live):
            return content
        if at not in self._known:
            self._known[at] = self.result(content, sheet)
        return self._known[at]

    def result(self, formula: str, sheet: str) -> Result:
        """What a formula on a sheet gives; raises ``ValueError`` where that is an error."""
        try:
            result = compiled(formula)(self, sheet)
        except Fault as fault:
            raise ValueError(f"{fault}: {formula}") from None
        return 0.0 if result is None else result


@lru_cache(50_000)
def compiled(formula: str) -> Code:
    """A formula as code; the same one stands in the forms of many units."""
    return _Parser(formula).whole()


class _Parser:
    def __init__(self, formula: str) -> None:
        self.formula, self.at = formula, 0

    @cached_property
    def tokens(self) -> list[tuple[str, str]]:
        return list(self._tokens())

    def _tokens(self) -> Iterator[tuple[str, str]]:
        at = 0
        while at < len(self.formula):
            found = _TOKEN.match(self.formula, at)
            if found is None or not found.lastgroup:
                raise ValueError(f"{self.formula[at:]!r} in {self.formula}")
            yield found.lastgroup, found[found.lastgroup]
            at = found.end()

    def whole(self) -> Code:
        code = self._binary(0)
        if self.at != len(self.tokens):
            raise ValueError(self.formula)
        return code

    def _sign(self, *signs: str) -> str:
        """The next sign, taken, where it is one of these."""
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "sign" and text in signs:
                self.at += 1
                return text
        return ""

    def _binary(self, level: int) -> Code:
        if level == len(_LEVELS):
            return self._unary()
        code = self._binary(level + 1)
        while sign := self._sign(*_LEVELS[level]):
            code = _both(sign, code, self._binary(level + 1))
        return code

    def _unary(self) -> Code:
        if self._sign("-"):
            return _both("-", lambda book, sheet: 0.0, self._unary())
        return self._primary()

    def _primary(self) -> Code:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return _constant(text[1:-1].replace('""', '"'))
        if kind == "number":
            return _constant(float(text))
        if kind == "truth":
            return _constant(text == "TRUE")
        if kind == "sheet":
            return self._reference(self._take("cell"), text[1:-1].replace("''", "'"))
        if kind == "cell":
            return self._reference(text)
        if kind == "name":
            return _call(text, self._arguments())
        if text == "(":
            parts = self._arguments()
            return parts[0] if len(parts) == 1 else _call("UNION", parts)
        raise ValueError(self.formula)

    def _take(self, kind: str) -> str:
        found, text = self.tokens[self.at]
        if found != kind:
            raise ValueError(self.formula)
        self.at += 1
        return text

    def _arguments(self) -> list[Code]:
        """What stands between brackets, the first of which is taken."""
        parts: list[Code] = []
        if self._sign(")"):
            return parts
        while True:
            parts.append(self._binary(0))
            if not self._sign(","):
                break
        if not self._sign(")"):
            raise ValueError(self.formula)
        return parts

    def _reference(self, first: str, of: str = "") -> Code:
        top, left = coordinates(first.replace("$", ""))
        if not self._sign(":"):
            return lambda book, sheet: book.value(of or sheet, top, left)
        bottom, right = coordinates(self._take("cell").replace("$", ""))

        def area(book: Reckoner, sheet: str) -> Result:
            rows, columns = range(top, bottom + 1), range(left, right + 1)
            cells = [book.value(of or sheet, row, column) for row in rows for column in columns]
            return Reach(cells, left, len(columns))

        return area


def _constant(value: Result) -> Code:
    return lambda book, sheet: value


def _both(sign: str, left: Code, right: Code) -> Code:
    return lambda book, sheet: binary(sign, left(book, sheet), right(book, sheet))


def _call(name: str, parts: list[Code]) -> Code:
    if name in LAZY:
        lazy = LAZY[name]
        return lambda book, sheet: lazy([partial(part, book, sheet) for part in parts])
    function = FUNCTIONS[name]
    return lambda book, sheet: function(*(part(book, sheet) for part in parts))
