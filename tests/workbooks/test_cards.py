"""A unit's card: what it says, that it is the unit's own, small and sound whatever the round is like."""

import re
import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from many_units import intake_of, replicated, sample
from tablebook import one_kpi
from workspace import BURIRAM, CHACHOENGSAO, CHIEFS, NAKHON_PHANOM, RAYONG

from kpibatch.base.config import Config
from kpibatch.books.printed.office import as_pdf, office
from kpibatch.books.printed.pdf import pictures
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome, assess
from kpibatch.workbooks.cards.card import Bar, Group, card_of
from kpibatch.workbooks.cards.html import card_page
from kpibatch.workbooks.cards.sheet import card_sheets

MOST = 200_000
LONG = "ตัวชี้วัดที่มีชื่อยาวมากเป็นพิเศษ" * 4


def text_of(outcome: Outcome, unit: Unit) -> str:
    """All that is seen of a card, as one text."""
    page = card_page(card_of(outcome, unit)).decode()
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)


def whole(outcome: Outcome) -> None:
    """Every card is made, as a page and as a sheet, small and without anything from elsewhere."""
    cards = [card_of(outcome, unit) for unit in outcome.tables.units]
    for card in cards:
        page = card_page(card).decode()
        assert len(page.encode()) <= MOST
        assert not re.search("<script|<link|src=|https?:", page)
    book = ElementTree.fromstring(card_sheets(cards))
    assert len([each for each in book.iter() if each.tag.endswith("}table")]) == len(cards)


@pytest.mark.slow
@pytest.mark.parametrize("name", [BURIRAM, CHACHOENGSAO, CHIEFS, NAKHON_PHANOM, RAYONG])
def test_a_card_names_no_other_unit(name: str) -> None:
    outcome = sample(name)
    units = outcome.tables.units
    names = [node.name for node in outcome.tables.nodes] + [outcome.tables.round.owner]
    common = " ".join([*names, *(measure.label for measure in outcome.tables.measures.values())])
    whole(outcome)
    for unit in units:
        words = set(re.findall(r"[\w\u0e00-\u0e7f,.-]+", text := text_of(outcome, unit)))
        assert unit.name in text
        others = [each for each in units if each.code != unit.code]
        assert not {each.code for each in others if len(each.code) > 2} & words  # two digits may be a figure
        assert not [each.name for each in others if each.name in text and each.name not in unit.name + common]


@pytest.mark.slow
def test_a_card_says_where_the_unit_stands_and_what_raises_it_most() -> None:
    outcome = sample(RAYONG)
    unit = outcome.tables.unit[outcome.standings[0].unit]
    card, standing = card_of(outcome, unit), outcome.standings[0]
    assert [each.value for each in card.figures][:2] == [str(standing.rank), f"{standing.total:.4f}"]
    assert (card.figures[0].of, card.rating) == (f"จาก {outcome.ranked}", standing.rating)
    bars = [each for each in card.levels if isinstance(each, Bar)]
    applying = [leaf for leaf in outcome.tables.leaves if outcome.scores.kpis[leaf.code].applies[0]]
    assert len(bars) >= len(applying) > 0
    assert any(isinstance(each, Group) for each in card.levels)
    assert len(card.ways) <= 3
    assert all(way.name and way.brings.startswith("+") and way.what for way in card.ways)
    assert unit.name in card.foot[-1]


@pytest.mark.slow
def test_a_unit_that_sent_nothing_is_told_so_and_what_to_do() -> None:
    outcome = replicated(RAYONG, 2, sent=False)
    card = card_of(outcome, outcome.tables.units[0])
    assert (card.state, card.tone, card.figures, card.levels) == ("ไม่ส่งรายงาน", "poor", (), ())
    assert [bool(way.what) for way in card.ways] == [True] * 3
    whole(outcome)


@pytest.mark.parametrize("count", [1, 40])
def test_one_unit_and_forty(count: int) -> None:
    outcome = replicated(RAYONG, count)
    whole(outcome)
    ranks = {card_of(outcome, unit).figures[0].of for unit in outcome.tables.units}
    assert ranks == {f"จาก {count}"}


def test_all_equal() -> None:
    outcome = replicated(RAYONG, 5, like=next(iter(sample(RAYONG).tables.unit)))
    cards = [card_of(outcome, unit) for unit in outcome.tables.units]
    assert {card.figures for card in cards} == {cards[0].figures}
    assert cards[0].figures[0].value == "1"


def test_a_kpi_of_forty_measures_and_one_of_three_levels() -> None:
    measures = [f"m{number:02}" for number in range(40)]
    lines = [f"{code} | รายการ {code} | เรื่อง | จำนวน | กรอก | ล่าสุด" for code in measures]
    rules = [f"T1 | | | {code} | ≥ 1 | ≥ 2 | ≥ 3 | – | –" for code in measures]
    tables = one_kpi("\n".join(lines), "\n".join(rules))
    month, (unit, *_) = tables.round.months[0], tables.units
    for value, level, ways in ((0.0, 0, 1), (3.0, 3, 0)):
        given = [(unit.code, code, month, value, "ok", "", "f.xlsx", "s", "A1") for code in measures]
        outcome = assess(intake_of(tables, month, given), tables, Config(Path()))
        card = card_of(outcome, unit)
        [bar] = [each for each in card.levels if isinstance(each, Bar)]
        assert (bar.level, bar.top, len(card.ways)) == (level, 3, ways)
        assert bool(card.no_ways) is not bool(ways)
        whole(outcome)
    assert (
        "และอีก 37 ข้อ"
        in card_of(assess(intake_of(tables, month, []), tables, Config(Path())), unit).ways[0].what
    )


@pytest.mark.parametrize(("value", "long"), [("12.3456", False), ("84.99996", True)])
def test_a_long_figure_stands_in_smaller_letters(value: str, long: bool) -> None:
    outcome = replicated(RAYONG, 1)
    card = card_of(outcome, outcome.tables.units[0])
    page = card_page(replace(card, figures=(replace(card.figures[0], value=value),))).decode()
    assert (f'<b class="long">{value}</b>' in page, f"<b>{value}</b>" in page) == (long, not long)


def with_long_names(tables: LevelTables) -> LevelTables:
    nodes = tuple(replace(node, name=f"<script>&\x01{LONG}"[:120]) for node in tables.nodes)
    units = tuple(replace(unit, name=f'"<b>{LONG}"'[:120]) for unit in tables.units)
    return replace(tables, nodes=nodes, units=units)


def test_long_and_hostile_names_stay_text() -> None:
    outcome = replicated(RAYONG, 2, edit=with_long_names)
    whole(outcome)
    page = card_page(card_of(outcome, outcome.tables.units[0])).decode()
    assert "&lt;script&gt;&amp;\ufffd" in page
    assert "<b>ตัวชี้" not in page


@pytest.mark.slow
def test_the_picture_is_wide_small_and_one_a_unit() -> None:
    found = office() or pytest.skip("LibreOffice (soffice) is not installed")
    outcome = replicated(BURIRAM, 2, edit=with_long_names)
    cards = [card_of(outcome, unit) for unit in outcome.tables.units]
    cards.append(card_of(sample(BURIRAM), sample(BURIRAM).tables.units[0]))
    drawn = list(pictures(as_pdf(found, card_sheets(cards), ".fods"), MOST))
    assert [len(png) <= MOST for png in drawn] == [True] * 3
    (long, _), _, (wide, high) = (struct.unpack(">II", png[16:24]) for png in drawn)
    assert (wide, long in (360, 450, 540, 640, 720)) == (720, True)
    assert 4000 < high < 8000
