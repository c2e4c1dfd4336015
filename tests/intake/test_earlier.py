"""A value of an earlier month that the newest form has no cell for comes from that month's own file."""

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd

from kpibatch.base.findings import Place, finding
from kpibatch.forms.layout import Spot
from kpibatch.forms.office import OfficeForm, Placeholder
from kpibatch.intake.earlier import with_earlier
from kpibatch.intake.frame import COLUMNS, DTYPES, EMPTY, OK, Line
from kpibatch.intake.month import Intake, Submission

UNIT, MAY, JUNE = "3101", "2565-05", "2565-06"
MONTH_LESS, PER_MONTH = "T5.news", "T2.done"
FORM = OfficeForm(Path("form.xlsx"), (Placeholder(MONTH_LESS, "", Spot("แบบ", 4, 5)),), {})


def line(measure: str, month: str, value: float, file: str, cell: str) -> Line:
    found, state = ("", EMPTY) if math.isnan(value) else (f"{value:g}", OK)
    return Line(UNIT, measure, month, value, state, found, file, "แบบ" if cell else "", cell)


def intake_of(month: str, file: str, digest: str, *lines: Line) -> Intake:
    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype(DTYPES)
    sent = (Submission(UNIT, month, file, digest),)
    return Intake(month, sent, frame, {}, (), ((file, digest),))


def june() -> Intake:
    lines = (line(MONTH_LESS, MAY, math.nan, "b.xlsx", ""), line(MONTH_LESS, JUNE, 6, "b.xlsx", "F5"))
    return intake_of(JUNE, "b.xlsx", "2" * 64, *lines)


def may(digest: str = "1" * 64) -> Intake:
    lines = (line(MONTH_LESS, MAY, 5, "a.xlsx", "F5"), line(PER_MONTH, MAY, 4, "a.xlsx", "F6"))
    findings = [
        finding("read-as", Place("a.xlsx", "แบบ", cell), unit=UNIT, measure=measure, value="5")
        for cell, measure in (("F5", MONTH_LESS), ("F6", PER_MONTH))
    ]
    return replace(intake_of(MAY, "a.xlsx", digest, *lines), findings=tuple(findings))


def test_each_value_names_the_file_it_stands_in() -> None:
    intake = with_earlier(june(), may(), FORM)
    lines = {row.month: Line(*row) for row in intake.reported.itertuples(index=False)}
    assert len(intake.reported) == 2
    assert (lines[MAY].value, lines[MAY].file, lines[MAY].cell) == (5, f"{MAY}/a.xlsx", "F5")
    assert (lines[JUNE].value, lines[JUNE].file, lines[JUNE].cell) == (6, "b.xlsx", "F5")
    assert intake.earlier_files == ((f"{MAY}/a.xlsx", "1" * 64),)
    assert intake.files == (("b.xlsx", "2" * 64),)


def test_only_what_was_found_of_the_value_taken_comes_with_it() -> None:
    findings = with_earlier(june(), may(), FORM).findings
    assert [(one.code, str(one.place)) for one in findings] == [("read-as", f"{MAY}/a.xlsx แบบ!F5")]


def test_the_same_bytes_in_two_months_are_told_with_both_files() -> None:
    *_, again = with_earlier(june(), may("2" * 64), FORM).findings
    assert (again.code, again.place.file, again.found) == ("form-sent-again", "b.xlsx", f"{MAY}/a.xlsx")


def test_a_value_that_the_newest_form_gives_stays() -> None:
    given = intake_of(JUNE, "b.xlsx", "2" * 64, line(MONTH_LESS, MAY, math.nan, "b.xlsx", "E5"))
    intake = with_earlier(given, may(), FORM)
    assert intake.reported["file"].tolist() == ["b.xlsx"]
    assert intake.reported["value"].isna().all()
