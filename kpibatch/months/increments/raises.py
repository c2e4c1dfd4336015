"""``increments``: a published month and the salaries → the committee's workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.catalogue import Words
from kpibatch.base.config import Config
from kpibatch.base.errors import ProvinceFault
from kpibatch.base.files import saved
from kpibatch.base.findings import Finding, finding
from kpibatch.base.lock import alone
from kpibatch.base.month_files import INCREMENTS
from kpibatch.base.progress import Progress
from kpibatch.base.thai import fold
from kpibatch.months.folder import published_month
from kpibatch.months.increments.book import Committee, Line, write_increments
from kpibatch.months.increments.shares import Raise, Raises, shared
from kpibatch.months.increments.terms import Person, Rate, Terms, read_terms, write_blank_terms
from kpibatch.months.rollup.province import Assessed, Province, province_of
from kpibatch.rules.schema import PERSON
from kpibatch.scoring.rank import Status


@dataclass(frozen=True)
class Increments:
    """What was written; ``told`` are the persons whose line asks for a look, a note each."""

    path: Path
    raises: Raises
    told: tuple[Line, ...]


def write_increments_file(config: Config, month: str | None, progress: Progress) -> Increments:
    """Write the raises of a published month, without a month of the newest, into ``output/increments``.

    Raises ``KpibatchError``: nothing published, the salaries' workbook lacks or has faults, a rating without
    a rate, a ceiling below the least raises.
    """
    with alone(config, "increments", progress):
        published = published_month(config.output, month)
        province = province_of(config.output.parent, published)
        terms, faults = read_terms(config.salaries, config.intake)
        if faults := [*faults, *_misnamed(terms, province)]:
            first = f"{faults[0].place}: {faults[0].message(config.language)}"
            raise ProvinceFault("increments-faulty", file=config.salaries, count=len(faults), first=first)
        lines, raises = _lines(province, terms, Words("increments", config.language))
        words = [str(word) for _, word in published.record.get("rating", ())]
        rates = tuple((word, rate) for word in words if (rate := terms.rate_of(word)))
        committee = Committee(province.name, published.month, published.round, lines, raises, rates)
        path = config.output / INCREMENTS / f"{published.month}.xlsx"
        saved(path, lambda part: write_increments(committee, part, config.language))
    return Increments(path, raises, tuple(line for line in lines if line.note))


def write_salaries_file(config: Config, month: str | None) -> Path:
    """The workbook to fill in, with a row for each who was assessed; one that is there is left alone."""
    if config.salaries.exists():
        raise ProvinceFault("increments-there", file=config.salaries)
    published = published_month(config.output, month)
    province = province_of(config.output.parent, published)
    people = [(unit.code, unit.name) for unit in _persons(province)]
    ratings = [str(word) for _, word in published.record.get("rating", ())]
    saved(config.salaries, lambda part: write_blank_terms(part, people, ratings, config.language))
    return config.salaries


def _persons(province: Province) -> tuple[Assessed, ...]:
    """Those of the kind of persons; where there is none, whoever was assessed."""
    persons = tuple(unit for unit in province.units if unit.basis.kind == PERSON)
    return persons or province.units


def _misnamed(terms: Terms, province: Province) -> Iterator[Finding]:
    """The rows of whom the code says one person and the name another: perhaps sorted beside their codes."""
    names = {unit.code: unit.name for unit in province.units}
    called: dict[str, list[str]] = {}
    for code, name in names.items():
        called.setdefault(fold(name), []).append(code)
    for person in terms.people:
        others = called.get(fold(person.name), [])
        if others and person.code not in others:
            facts = {"unit_code": person.code, "name": names.get(person.code, "–"), "other": others[0]}
            yield finding("unit-other-name", person.place, found=person.name, **facts)


def _lines(province: Province, terms: Terms, say: Words) -> tuple[tuple[Line, ...], Raises]:
    assessed = {unit.code: unit for unit in province.units}
    rated: list[tuple[Person, Rate]] = []
    for person in terms.people:
        unit = assessed.get(person.code)
        if unit and unit.rating:
            rate = terms.rate_of(unit.rating)
            if rate is None:
                raise ProvinceFault("increments-no-rate", rating=unit.rating, code=unit.code)
            rated.append((person, rate))
    raises = shared(rated, terms.ceiling)
    by_code = {one.person.code: one for one in raises.each}
    listed = {person.code for person in terms.people}
    paid = (_line(person, assessed.get(person.code), terms, by_code, say) for person in terms.people)
    unpaid = (_unpaid(unit, say) for unit in _persons(province) if unit.code not in listed)
    return (*paid, *unpaid), raises


def _line(
    person: Person, unit: Assessed | None, terms: Terms, raises: Mapping[str, Raise], say: Words
) -> Line:
    share = raises.get(person.code)
    if unit is None:
        return Line(person.code, "", float("nan"), "", person.base, None, None, say("note-unknown"))
    notes = list(_notes(unit, share, say))
    rate = terms.rate_of(unit.rating) if unit.rating else None
    facts = unit.code, unit.name, unit.percent, unit.rating, person.base, rate, share
    return Line(*facts, "   ".join(notes))


def _notes(unit: Assessed, share: Raise | None, say: Words) -> Iterator[str]:
    if share is None:
        yield say("note-none")
    elif unit.status is Status.PROVISIONAL:
        yield say("note-provisional")
    if share and share.topped:
        yield say("note-top")


def _unpaid(unit: Assessed, say: Words) -> Line:
    return Line(unit.code, unit.name, unit.percent, unit.rating, None, None, None, say("note-no-base"))
