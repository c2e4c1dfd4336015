"""What was reported stays: a value of an earlier month is the one that was sent first, of a closed month the
one that it was closed with.

In: the long frame of a month as sent, and the months before. Out: the frame with every such value in its
place, findings where a submission or a correction says otherwise, and what the months after this one are to
look back on.
"""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import is_month
from kpibatch.intake.corrections import Correction
from kpibatch.intake.frame import BAD, DTYPES, KEY, OK, PLACE
from kpibatch.intake.month import Intake
from kpibatch.intake.past import PAST_COLUMNS, PastMonth
from kpibatch.rules.levels import LevelTables

CHANGED, SEALED, ACCEPTED = OTHERWISE = ("late-change", "late-sealed", "late-accepted")
GIVEN, MENDED, UNSENT = "late-given", "late-mended", "late-month"
SEALED_OTHERWISE = "correction-sealed"
ACCEPT = "accept"
_SAID = ("value", "state", "found", *PLACE)  # what a cell says; the key is what it says it of


def first_sent(past: Iterable[PastMonth]) -> pd.DataFrame:
    """What stands of the months before, ``past`` oldest first: columns ``PAST_COLUMNS``, each key once.

    The first usable value that was sent of a month, in its own month or a later one; where none was, the
    first cell that said anything. Files are named with the folder of the month that they were sent in.
    """
    frames = [_in_its_folder(month) for month in past]
    if not frames:
        return pd.DataFrame(columns=list(PAST_COLUMNS)).astype(DTYPES)
    said = pd.concat(frames, ignore_index=True)
    usable_first = said.assign(order=said["state"] != OK).sort_values("order", kind="stable")
    return usable_first.drop_duplicates(list(KEY)).drop(columns="order")


def _in_its_folder(month: PastMonth) -> pd.DataFrame:
    frame = month.reported
    elsewhere = frame["file"].map(lambda file: is_month(str(file).partition("/")[0]))
    return frame.assign(file=frame["file"].where(elsewhere, f"{month.month}/" + frame["file"]))


def with_first_sent(
    intake: Intake,
    past: Iterable[PastMonth],
    tables: LevelTables,
    corrected: Mapping[tuple[str, str, str], float],
    late_values: str = "corrections",
) -> tuple[pd.DataFrame, list[Finding]]:
    """The long frame as it counts, and each value of an earlier month that is another now, with both values
    and both files.

    A number that was changed, or taken away, counts as it was sent first, unless ``late_values`` accepts the
    new one and the month is not closed: a warning. One that was blank and has come since, or was refused and
    is mended, counts from now on: a note. Nothing is said where the form has no cell for it, or the value now
    is the one that an approved correction (``corrected``: unit, measure, month → value) set.

    Source: design, section 4 (a published month stays), ``[intake] late_values``.
    """
    past = tuple(past)
    frame, then = intake.reported, first_sent(past)
    both = _both(intake, then, {month.month for month in past if month.sealed}, late_values)
    findings = [
        _finding({str(name): cell for name, cell in row.items()}, tables, corrected)
        for row in both[both["code"] != ""].to_dict("records")
        if corrected.get((row["unit"], row["measure"], row["month"])) != row["value"]
    ]
    findings += _unsent_then(frame, then, {each.month for each in past if each.month < intake.month}, tables)
    kept = both[both["kept"]]
    if kept.empty:
        return frame, findings
    standing = frame.copy()
    for column in _SAID:
        standing.loc[kept.index, column] = kept[f"{column}_then"]
    return standing, findings


def _both(intake: Intake, then: pd.DataFrame, sealed: Collection[str], late_values: str) -> pd.DataFrame:
    """The rows of earlier months with what was first sent beside what is said now: ``code`` says what is to
    be told, ``kept`` whether the former counts; its index is the frame's.
    """
    both = intake.reported.reset_index().merge(then, on=list(KEY), suffixes=("", "_then")).set_index("index")
    both = both[both["month"] < intake.month]
    had, has, asked = both["state_then"] == OK, both["state"] == OK, both["cell"] != ""
    other = had & ~(has & (both["value"].round(9) == both["value_then"].round(9)))
    closed = both["file_then"].str.split("/").str[0].isin(sealed)
    accepted, late = other & ~closed & (late_values == ACCEPT), ~had & has
    mended = late & (both["state_then"] == BAD)
    kinds = [accepted & asked, other & closed & asked, other & asked, mended, late]
    code = np.select(kinds, [ACCEPTED, SEALED, CHANGED, MENDED, GIVEN], "")
    return both.assign(code=code, kept=other & ~accepted)


def _unsent_then(
    frame: pd.DataFrame, then: pd.DataFrame, months: Collection[str], tables: LevelTables
) -> list[Finding]:
    """Months of which a unit had sent nothing and says something now: one note a unit and month."""
    of_whom = ["unit", "month"]
    own = {measure.code for measure in tables.form_measures}
    said = frame[frame["month"].isin(months) & (frame["state"] == OK) & frame["measure"].isin(own)]
    sent = pd.MultiIndex.from_frame(then[of_whom])
    new = said[~pd.MultiIndex.from_frame(said[of_whom]).isin(sent)]
    return [
        finding(UNSENT, Place(rows["file"].iloc[0]), unit=str(unit), found=key, month=key, count=len(rows))
        for (unit, key), rows in new.groupby(of_whom)
    ]


def within_seals(
    corrections: Iterable[Correction], past: Iterable[PastMonth]
) -> tuple[list[Correction], list[Finding]]:
    """The corrections that closed months leave room for: those that a month was closed with, and all of other
    months. Each other one is an error.

    Source: design, section 2 (``close``).
    """
    sealed = {month.month: month.corrected for month in past if month.sealed}
    usable: list[Correction] = []
    refused: list[Correction] = []
    for each in corrections:
        agreed = each.month not in sealed or sealed[each.month].get(each.key) == each.value
        (usable if agreed else refused).append(each)
    return usable, [
        finding(
            SEALED_OTHERWISE,
            each.place,
            unit=each.unit,
            measure=each.measure,
            found=each.found,
            month=each.month,
        )
        for each in refused
    ]


def with_sealed_corrections(
    frame: pd.DataFrame, usable: Iterable[Correction], past: Iterable[PastMonth], tables: LevelTables
) -> tuple[pd.DataFrame, list[Finding]]:
    """The long frame with what closed months were corrected by and no correction says any more."""
    there = {each.key for each in usable}
    gone = {
        key: value
        for month in past
        if month.sealed
        for key, value in month.corrected.items()
        if key[2] == month.month and key not in there
    }
    if not gone:
        return frame, []
    keys = pd.MultiIndex.from_frame(frame[list(KEY)])
    restored, findings = frame.copy(), []
    for row in frame.index[keys.isin(list(gone))]:
        unit, measure, month = (str(frame.at[row, column]) for column in KEY)
        value = gone[unit, measure, month]
        restored.loc[row, ["value", "state"]] = value, OK
        findings.append(
            finding(
                "correction-unsealed",
                Place(*(str(frame.at[row, column]) for column in PLACE)),
                unit=unit,
                measure=measure,
                found=frame.at[row, "found"],
                month=month,
                value=show_value(value, tables.measures[measure].kind),
            )
        )
    return restored, findings


def said_first(intake: Intake, reported: pd.DataFrame, past: Iterable[PastMonth]) -> pd.DataFrame:
    """What the months after this one look back on: its own month as sent, and what it says first of months
    before; columns ``PAST_COLUMNS``.

    ``reported`` is the frame after corrections and checks, row by row as in the intake: what the checks
    refused of a submission has the state ``BAD``.
    """
    sent, checked = intake.reported, reported.set_axis(intake.reported.index)
    same_cell = (sent[list(PLACE)] == checked[list(PLACE)]).all(axis=1)
    refused = same_cell & (sent["state"] == OK) & (checked["state"] == BAD)
    sent = sent.assign(state=sent["state"].mask(refused, BAD))
    then = first_sent(past)
    known = pd.MultiIndex.from_frame(then.loc[then["state"] == OK, list(KEY)])
    new = (sent["state"] == OK) & ~pd.MultiIndex.from_frame(sent[list(KEY)]).isin(known)
    return sent.loc[(sent["month"] == intake.month) | new, list(PAST_COLUMNS)].reset_index(drop=True)


def _finding(
    row: Mapping[str, str], tables: LevelTables, corrected: Mapping[tuple[str, str, str], float]
) -> Finding:
    """First sent, claimed now and used, side by side."""
    measure, then = tables.measures[row["measure"]], row["found_then"] or "–"
    set_right = corrected.get((row["unit"], row["measure"], row["month"]))
    return finding(
        row["code"],
        Place(*(row[column] for column in PLACE)),
        unit=row["unit"],
        measure=row["measure"],
        found=row["found"],
        label=measure.label,
        month=row["month"],
        now=row["found"] or "–",
        then=then,
        used=then if set_right is None else show_value(set_right, measure.kind),
        then_at=str(Place(row["file_then"], row["sheet_then"], row["cell_then"])),
    )
