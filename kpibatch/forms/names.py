"""The units that a file's name and a form's visible heading name.

In: a text and the level tables. Out: codes. A code or a name counts as a whole only, so that 310 is not read
out of 3101, nor a day of the month as a unit's code of two digits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from kpibatch.base.thai import fold
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit
from kpibatch.rules.tree.units import after_noun

SHORT_NOUN = {"อำเภอ": "อ."}
_SHORTEST = 4  # a number of fewer digits may be a day, a month or a count
_WORD = re.compile(r"[\w\u0e00-\u0e7f]+")
_IN_BRACKETS = re.compile(r"\(\s*([^()]+?)\s*\)")
_DAY = re.compile(r"[0-9]{1,2}\s*(?:[-/._]\s*[0-9]|[ก-๙]{1,3}\.\s*[ก-ฮ]\.)")


def heading_of(tables: LevelTables, unit: Unit) -> str:
    """The line of a standard form that tells people whose it is."""
    noun = tables.noun_of(unit.code)
    return f"{noun}{after_noun(noun, unit)}  ({unit.code})   {tables.round.owner}"


def units_named(text: str, tables: LevelTables) -> tuple[Unit, ...]:
    """The unit whose code a text is, or all those whose name it is; also both together, and with the word for
    what the unit is before it (อำเภอคูเมือง, อ.คูเมือง).
    """
    if called := tables.units_called(text):
        return called
    both = _names(tables).both
    behind = (
        unit
        for form, noun in _behind_noun(text, tables)
        for known in (*tables.called, both)
        for unit in known.get(form, ())
        if tables.noun_of(unit.code) == noun
    )
    named = {unit.code for unit in (*both.get(fold(text), ()), *behind)}
    return tuple(tables.unit[code] for code in sorted(named, key=tables.position.__getitem__))


def other_beside(code: str, name: str, tables: LevelTables) -> str:
    """The other unit whose name stands beside a unit's code; empty where the name is its own, or none's."""
    named = [unit.code for unit in units_named(name, tables)] if name else []
    return "" if code in named else next(iter(named), "")


def _behind_noun(text: str, tables: LevelTables) -> Iterator[tuple[str, str]]:
    """A text as texts are compared, without the word for what a unit is where it begins with one; and that
    word's noun: the name is to be that of a unit so called.
    """
    bare = fold(text)
    for noun in _nouns(tables):
        for word in map(fold, (noun, SHORT_NOUN.get(noun, ""))):
            if word and bare.startswith(word):
                yield bare.removeprefix(word).strip(), noun


def _nouns(tables: LevelTables) -> Iterable[str]:
    """The round's own word for a unit, and the kinds' words."""
    return dict.fromkeys((tables.round.unit_noun, *(kind.name for kind in tables.tree.kinds)))


def unit_at_start(name: str, tables: LevelTables) -> str:
    """The unit whose code a file's name begins with, else that of a folder it lies in; empty where none
    does.
    """
    for part in reversed(name.split("/")):
        if fitting := _names(tables).codes_at(fold(part)):
            return max(fitting, key=len)
    return ""


def unit_of_name(name: str, tables: LevelTables) -> str:
    """The unit that a file's name begins with or names alone, by code or name; empty where none or several
    are named.
    """
    named = _named_in(name, tables)
    return unit_at_start(name, tables) or (named.pop() if len(named) == 1 else "")


def other_in_name(name: str, unit: str, tables: LevelTables) -> str:
    """Another unit that a file's name says it is of; empty where it says ``unit``, or none."""
    first, named = unit_at_start(name, tables), _named_in(name, tables)
    doubtful = _is_short(first) and (unit in named or _DAY.match(fold(name.rpartition("/")[2])))
    if first and not doubtful:
        return first if first != unit else ""
    return "" if unit in named else min(named, default="")


def others_in_heading(text: str, unit: str, tables: LevelTables) -> set[str]:
    """The other units that a heading names, besides what the unit's own form says there anyhow."""
    own = _heading_units(heading_of(tables, tables.unit[unit]), tables) if unit in tables.unit else set()
    return _heading_units(text, tables) - own - {unit}


def _heading_units(text: str, tables: LevelTables) -> set[str]:
    bare, codes = fold(text), _names(tables).codes
    bracketed = {codes[word][-1] for word in _IN_BRACKETS.findall(bare) if word in codes}
    lead = _lead(tables).match(bare)
    return bracketed | _name_at(bare, tables) | _name_at(bare[lead.end() :] if lead else "", tables)


def _named_in(name: str, tables: LevelTables) -> set[str]:
    """By code anywhere; by name at the beginning or after the noun."""
    bare = fold(name.rpartition("/")[2].rpartition(".")[0] or name)
    words = set(_WORD.findall(bare))
    known = _names(tables).codes
    codes = {code for word in words for code in known.get(word, ()) if not _is_short(code)}
    return codes.union(*(_name_at(bare[start:], tables) for start in _starts(bare, tables)))


def _starts(bare: str, tables: LevelTables) -> Iterator[int]:
    """Where a unit's name may stand in a text: at its beginning, behind a code, behind the noun."""
    yield 0
    yield from (len(fold(code)) + 1 for code in _names(tables).codes_at(bare))
    yield from (lead.end() for lead in _lead(tables).finditer(bare))


def _lead(tables: LevelTables) -> re.Pattern[str]:
    nouns = _nouns(tables)
    words = [re.escape(fold(word)) for noun in nouns for word in (noun, SHORT_NOUN.get(noun, "")) if word]
    return re.compile(rf"(?<![\w\u0e00-\u0e7f])(?:{'|'.join(words) or '(?!)'})\s*")


def _name_at(text: str, tables: LevelTables) -> set[str]:
    """The units whose name a text begins with, of several names the longest."""
    known = _names(tables)
    fitting = known.beginnings(text, known.names)
    return set(known.names[fitting[-1]]) if fitting else set()


class _Names:
    """What units are called, as texts are compared: their codes, and their names of two letters or more; of
    thousands a text's beginning is looked up, not held against each. ``both``: by code and name together.
    """

    def __init__(self, tables: LevelTables) -> None:
        self.units, (coded, named) = tables.units, tables.called
        self.codes = {look: [unit.code for unit in units] for look, units in coded.items()}
        long = ((look, [unit.code for unit in units if len(unit.name) > 1]) for look, units in named.items())
        self.names = {look: codes for look, codes in long if codes}
        self.both: dict[str, list[Unit]] = {}
        for unit in tables.units:
            self.both.setdefault(fold(f"{unit.code} {unit.name}"), []).append(unit)
        self._longest = max(map(len, (*self.codes, *self.names)), default=0)

    def codes_at(self, text: str) -> list[str]:
        """The units whose code a text begins with, those of longer codes last."""
        return [code for word in self.beginnings(text, self.codes) for code in self.codes[word]]

    def beginnings(self, text: str, words: Mapping[str, object]) -> list[str]:
        """Those of the words that a text begins with, shorter ones first."""
        ends = range(1, min(len(text), self._longest) + 1)
        return [text[:end] for end in ends if text[:end] in words and _begins(text, text[:end])]


_newest: list[_Names] = []  # of one province after another


def _names(tables: LevelTables) -> _Names:
    held = _newest[-1] if _newest else None
    if held is None or held.units is not tables.units:
        held = _Names(tables)
        _newest[:] = [held]
    return held


def _begins(text: str, word: str) -> bool:
    """Whether a text begins with a word that does not go on as a longer number or word."""
    if not word or not text.startswith(word):
        return False
    last, following = word[-1], text[len(word) : len(word) + 1]
    alike = _is_thai if _is_thai(last) else str.isdigit if last.isdigit() else str.isalpha
    return not (following and alike(following))


def _is_thai(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u0e7f"


def _is_short(code: str) -> bool:
    return code.isdigit() and len(code) < _SHORTEST
