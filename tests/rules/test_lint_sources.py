"""What ``levels check`` knows of measures that are computed: how far they reach, what they may be made of."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf

import pytest
from reckoning import reckoning

from kpibatch.base.kinds import Kind
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import greatest, least
from kpibatch.rules.lint.check import lint


def having(**measures: Mapping[str, object]) -> LevelTables:
    """The tables with some measures otherwise."""
    tables = reckoning()
    changed = {code: replace(tables.measures[code], **fields) for code, fields in measures.items()}  # type: ignore[arg-type]
    return replace(tables, measures={**tables.measures, **changed})


ENDS: Mapping[str, tuple[float, float]] = {
    **{"done": (0, 4), "rise": (-80, 100), "load": (0, inf), "mean": (60, 90), "best": (75, 95)},
    **{"top": (80, 100), "least": (30, 80), "days": (-inf, inf), "late": (0, inf), "month": (1, 3)},
}


@pytest.mark.parametrize("code", ENDS)
def test_how_far_a_computed_measure_reaches(code: str) -> None:
    tables = having(
        now={"minimum": 0.0, "maximum": 100.0},
        base={"minimum": 0.0, "maximum": 80.0},
        a={"minimum": 30.0, "maximum": 80.0},
        b={"minimum": 70.0, "maximum": 90.0},
        c={"minimum": 80.0, "maximum": 100.0},
    )
    assert (least(tables, code), greatest(tables, code)) == ENDS[code]


@pytest.mark.parametrize(
    ("measures", "codes"),
    [
        ({}, []),
        ({"done": {"numerator": ("plan", "now")}}, ["lint-part-kind"]),
        ({"mean": {"numerator": ("a", "opened")}}, ["lint-part-kind"]),
        ({"mean": {"numerator": ("a", "plan")}}, ["lint-part-kind"]),
        ({"last": {"numerator": ("opened", "a")}}, ["lint-part-kind"]),
        ({"top": {"numerator": ("a", "opened")}}, ["lint-part-kind"]),
        ({"last": {"kind": Kind.NUMBER}}, ["lint-kind"]),
        ({"top": {"kind": Kind.DATE}}, ["lint-kind"]),
        ({"month": {"kind": Kind.DATE}}, ["lint-kind"]),
        ({"days": {"denominator": "a"}}, ["lint-part-kind"]),
        ({"load": {"denominator": "opened"}}, ["lint-part-kind"]),
        ({"rise": {"denominator": "people"}}, ["lint-units"]),
        ({"mean": {"numerator": ("best", "rise")}}, []),
    ],
)
def test_what_a_source_may_be_made_of(measures: Mapping[str, Mapping[str, object]], codes: list[str]) -> None:
    about = ("lint-part-kind", "lint-kind", "lint-units")
    found = [fault for fault in lint(having(**measures)) if fault.code in about]
    assert [fault.code for fault in found] == codes
    for fault in found:
        assert fault.message("th") != fault.message("en")
