"""Office forms with one cell a measure: what the earlier months' submissions said of their own months.

In: the month's intake. Out: the same with the values of earlier months filled in where the newest workbook
has no cell for them. A value that it does give for an earlier month stays; a month without a submission stays
blank.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import pandas as pd

from kpibatch.base.config import Config
from kpibatch.base.errors import EmptyMonth
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.forms.office import OfficeForm
from kpibatch.intake.frame import KEY, PLACE, rows_of
from kpibatch.intake.month import Intake, read_month
from kpibatch.rules.levels import LevelTables


def read_months(
    config: Config,
    tables: LevelTables,
    month: str,
    sights: Mapping[str, datetime],
    office_form: OfficeForm | None,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> Intake:
    """``read_month``, and what else the month needs of the months before it, read by the workspace's
    office_form.

    Raises ``KpibatchError`` as ``read_month`` does.
    """
    intake = read_month(config, tables, month, sights, office_form, tick)
    if office_form is None:
        return intake
    intake = replace(intake, findings=(*office_form.findings, *intake.findings))
    for before in (key for key in tables.round.months if key < month and office_form.month_less):
        try:
            earlier = read_month(config, tables, before, sights, office_form)
        except EmptyMonth:
            continue
        intake = with_earlier(intake, earlier, office_form)
    return intake


def with_earlier(intake: Intake, earlier: Intake, office_form: OfficeForm) -> Intake:
    """The intake with one earlier month filled in, its files named with their folder."""
    frame, before, key = intake.reported, earlier.reported, list(KEY)
    wanted = frame.loc[(frame["month"] == earlier.month) & (frame["sheet"] == ""), key]
    own = (before["month"] == earlier.month) & before["measure"].isin(office_form.month_less)
    said = before[own].merge(wanted, on=key)
    said = said.assign(file=f"{earlier.month}/" + said["file"])[frame.columns]
    reported = pd.concat([frame, said], ignore_index=True)
    reported = reported.drop_duplicates(key, keep="last", ignore_index=True)
    places = set(rows_of(said, PLACE))
    moved = (_in_folder(found, earlier.month) for found in earlier.findings)
    findings = [*(found for found in moved if _at(found) in places), *_sent_again(intake, earlier)]
    files = tuple((f"{earlier.month}/{name}", digest) for name, digest in earlier.files)
    return replace(
        intake,
        reported=reported,
        findings=(*intake.findings, *findings),
        earlier_files=(*intake.earlier_files, *files),
    )


def _sent_again(intake: Intake, earlier: Intake) -> list[Finding]:
    """Forms that do not say their month, sent a second time as they were."""
    before = {one.sha256: one.file for one in earlier.submissions}
    again = [one for one in intake.submissions if one.sha256 in before]
    return [
        finding(
            "form-sent-again",
            Place(one.file),
            unit=one.unit,
            found=f"{earlier.month}/{before[one.sha256]}",
            month=earlier.month,
        )
        for one in again
    ]


def _in_folder(one: Finding, month: str) -> Finding:
    return replace(one, place=Place(f"{month}/{one.place.file}", one.place.sheet, one.place.cell))


def _at(one: Finding) -> tuple[str, str, str]:
    return one.place.file, one.place.sheet, one.place.cell
