"""Codes that point nowhere or in a circle: after the cut every walk ends, and what was sound is untouched."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.kinds import Kind
from kpibatch.rules.reading.references import circular, sound_measures, sound_nodes
from kpibatch.rules.records import Measure, Node, Source

CODES = "abcde"
CODE = st.sampled_from(CODES)


def measure(code: str, source: Source = Source.FORM, **parts: object) -> Measure:
    return replace(Measure(code, code, Kind.NUMBER, source), **parts)


def by_code(*measures: Measure) -> dict[str, Measure]:
    return {each.code: each for each in measures}


PERCENT = measure("p", Source.PERCENT, numerator=("a",), denominator="b")
MEAN = measure("m", Source.MEAN_OF_HIGHEST, numerator=("a", "b"), count=2)
DAYS = measure("d", Source.WORKDAYS, numerator=("a",), denominator="b")
COUNT = measure("n", Source.DONE, numerator=("a", "b"))
TOTAL = measure("s", Source.SUM, numerator=("a",))


@pytest.mark.parametrize(
    ("measures", "codes"),
    [
        (by_code(measure("a"), measure("b"), PERCENT), []),
        (by_code(measure("a"), PERCENT), ["table-unknown", "table-parts-missing"]),
        (by_code(measure("b"), PERCENT), ["table-unknown", "table-parts-missing"]),
        (by_code(measure("a", limit="z")), ["table-unknown"]),
        (by_code(measure("a", numerator=("a",))), ["table-parts-idle"]),
        (by_code(measure("a"), measure("s", Source.SUM)), ["table-parts-missing"]),
        (by_code(measure("a"), replace(TOTAL, denominator="a")), ["table-parts-idle"]),
        (by_code(measure("s", Source.SUM, numerator=("s",))), ["table-circular"]),
        (by_code(measure("a"), measure("b"), MEAN, DAYS, COUNT), []),
        (by_code(measure("a"), measure("b"), replace(DAYS, numerator=("a", "b"))), ["table-parts-idle"]),
        (by_code(measure("a"), replace(DAYS, denominator="")), ["table-parts-missing"]),
        (by_code(measure("a"), measure("x", Source.DIFFERENCE, numerator=("a",))), ["table-parts-missing"]),
        (by_code(measure("a"), measure("x", Source.LATE_DAYS, numerator=("a",))), ["table-parts-idle"]),
        (by_code(measure("a"), measure("b"), COUNT, replace(MEAN, numerator=("n", "m"))), ["table-circular"]),
        (by_code(measure("a"), measure("b"), COUNT, replace(MEAN, numerator=("n", "a"))), []),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_measures_parts_is_said(measures: dict[str, Measure], codes: list[str]) -> None:
    sound, faults = sound_measures(measures)
    assert [fault.code for fault in faults] == codes
    assert list(sound) == list(measures)
    if not codes:
        assert sound == measures


@given(
    st.dictionaries(
        st.sampled_from(CODES), st.tuples(st.lists(st.sampled_from(CODES)), st.sampled_from(CODES))
    )
)
def test_a_walk_from_any_measure_to_its_parts_ends(drawn: dict[str, tuple[list[str], str]]) -> None:
    drawn_measures = (
        measure(code, Source.PERCENT, numerator=tuple(above), denominator=below)
        for code, (above, below) in drawn.items()
    )
    sound, faults = sound_measures(by_code(*drawn_measures))
    assert circular({code: each.ingredients for code, each in sound.items()}) == []
    assert all(part in sound for each in sound.values() for part in each.ingredients)
    assert bool(faults) == bool(drawn), "a percent of percents alone has a loose end or a circle"


@given(st.dictionaries(CODE, st.sampled_from([*CODES, ""])))
def test_a_walk_from_any_node_to_its_parents_ends(parents: dict[str, str]) -> None:
    nodes = {code: Node(code, parent, code, 1.0) for code, parent in parents.items()}
    sound, faults = sound_nodes(nodes)
    for code in sound:
        seen = {code}
        while code := sound[code].parent:
            assert code not in seen
            seen.add(code)
    assert (sound == nodes) == (not faults)
