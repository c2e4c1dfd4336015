"""A form that scores itself: what it says of any cells is what the batch makes of them."""

import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from every_asked import every_rule
from form_says import batch_says, chance_entries, counts, form_says
from form_values import Counts, compared, scored_month, sent_units
from libreoffice import recalculate
from mid_round import CHANGED
from recalculated import differences
from reckoning import reckoning
from tablebook import levels
from weighing import leaving, weighing
from workspace import NEWEST
from worth import WORTH

from kpibatch.rules.levels import LevelTables

JUNE = "2565-06"
BOOKS: dict[str, Callable[[], LevelTables]] = {
    "every way to ask": every_rule,
    "every computation": reckoning,
    "weights of one's own": weighing,
    "KPIs that leave": leaving,
    "points": lambda: levels(**WORTH),
    "rules that change": lambda: levels(**CHANGED),
    "the usual": levels,
}


@pytest.mark.parametrize("name", BOOKS)
def test_the_form_says_what_the_batch_says(name: str) -> None:
    whole, chance, sure, totals = BOOKS[name](), random.Random(name), 0, 0
    for _ in range(5):
        month = chance.choice(whole.round.months)
        tables = whole.for_month(month)
        sent = {unit.code: chance_entries(whole, unit, chance, month) for unit in whole.units}
        sent = {unit: cells for unit, cells in sent.items() if counts(whole, cells, month)}
        outcome = batch_says(tables, sent, month) if sent else None
        for unit, cells in sent.items():
            assert outcome
            said, row = form_says(whole, whole.unit[unit], cells), tables.position[unit]
            for code, kpi in outcome.scores.kpis.items():
                if not kpi.applies[row]:
                    continue
                facts = f"{unit} {code} {month}: {said.words[code]}\n{cells}"
                assert said.levels[code] <= kpi.level[row], facts
                if code not in said.least:
                    assert said.levels[code] == kpi.level[row], facts
                    assert (code in said.provisional) == bool(kpi.missing[row]), facts
                    sure += 1
            if not said.least:
                total = outcome.standing[unit].total
                assert said.total == pytest.approx(total, abs=1e-9) or math.isnan(total), (unit, cells)
                totals += 1
    assert sure > 20
    assert totals > 4 or name in ("points", "every computation")


@pytest.mark.slow  # a month of forms, and what the batch makes of them
@pytest.mark.parametrize("name", NEWEST)
def test_every_sample_s_forms_say_what_the_batch_says(name: str, tmp_path: Path) -> None:
    scored, found = scored_month(name, tmp_path), Counts()
    for unit in sent_units(scored):
        found += compared(scored.outcome, unit, scored.forms[unit])
    assert found.wrong == []
    assert found.equal > 5 * len(scored.forms)


@pytest.mark.slow  # LibreOffice calculates a few forms of each sample anew
def test_the_results_that_stand_in_a_form_are_those_of_its_formulas(tmp_path: Path) -> None:
    books = []
    for name in NEWEST:
        (tmp_path / name).mkdir()
        forms = scored_month(name, tmp_path / name, 8).forms
        for number in (0, 3, 5, 7):
            path = [*forms.values()][number]
            books.append(path.rename(tmp_path / f"{name}-{number}.xlsx"))
    for path, anew in zip(books, recalculate(books, tmp_path / "anew"), strict=True):
        count, wrong = differences(path, anew)
        assert count > 100
        assert wrong == [], path
