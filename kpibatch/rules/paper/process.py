"""ปฏิทิน as people read it: the days of the process, what is done by then, and by whom."""

from collections.abc import Iterator
from datetime import date

from kpibatch.base.catalogue import say
from kpibatch.base.mailboxes import read_addresses
from kpibatch.base.thai import fold, show_date, show_month
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.round import Stage, Step
from kpibatch.rules.schema import UNITS


def has_process(tables: LevelTables) -> bool:
    """Whether the calendar holds more than the due days of the months."""
    return any(not step.month for step in tables.steps)


def task_in_words(step: Step, language: str) -> str:
    """What is done by the day: a stage in the document's language, other work as it was typed."""
    known = step.task in list(Stage)
    words = say(f"process.{Stage(step.task).name.lower()}", language) if known else step.task
    if not step.month:
        return words
    return say("process.of-month", language, task=words, month=show_month(step.month, language))


def owner_in_words(tables: LevelTables, step: Step, language: str) -> str:
    """By whom: every unit, or whom the row names; the province where it names nobody."""
    if by_units(tables, step):
        return say("process.every-unit", language, noun=tables.round.unit_noun)
    return step.owner or tables.round.owner


def by_units(tables: LevelTables, step: Step) -> bool:
    """Whether the units do it themselves: the row names them by their noun, or it is a month's report."""
    noun = tables.round.unit_noun
    words = {fold(word) for word in (noun, f"ทุก{noun}", UNITS.sheet, f"ทุก{UNITS.sheet}")}
    return fold(step.owner) in words or bool(step.month and not step.owner)


def addresses_of(step: Step) -> tuple[str, ...]:
    """The mail addresses that the row names."""
    return read_addresses(*(part for part in step.owner.replace(";", " ").split() if "@" in part)).valid


def process_lines(tables: LevelTables, language: str) -> Iterator[tuple[str, str, str]]:
    """Day, work and who does it, in order."""
    for step in tables.steps:
        owner = owner_in_words(tables, step, language)
        yield show_date(step.day, language), task_in_words(step, language), owner


def coming(tables: LevelTables, today: date) -> Step | None:
    """The next day of the process, today's included."""
    return next((step for step in tables.steps if step.day >= today), None)
