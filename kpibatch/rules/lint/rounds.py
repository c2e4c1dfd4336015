"""รอบประเมิน, ผลประเมิน, ปฏิทิน and วันหยุด: the round's days and scores, the rating bands, due days,
holidays.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import BUDDHIST, fold, month_end, months_between, show_date, show_number
from kpibatch.rules.computations import is_workday
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import rising
from kpibatch.rules.records import Source
from kpibatch.rules.round import Stage, Step
from kpibatch.rules.schema import CALENDAR, HOLIDAYS, RATING, ROUND

_MOST_MONTHS, _FISCAL = 36, 10
_AROUND = timedelta(183)


def round_days(tables: LevelTables) -> Iterator[Finding]:
    """A round does not end before it starts, lasts no longer than a slip in a year would make it, and some of
    its months are reported on.

    Source: design, section 1 (รอบประเมิน).
    """
    place, this = Place(tables.file, ROUND.sheet), tables.round
    if not _days_read(tables):
        return
    if this.start > this.end:
        yield finding("lint-round", place, found=f"{show_date(this.start)} – {show_date(this.end)}")
    elif _lasts(tables) > _MOST_MONTHS:
        facts = {"months": str(_lasts(tables)), "most": str(_MOST_MONTHS)}
        yield finding(
            "lint-round-long", place, found=f"{show_date(this.start)} – {show_date(this.end)}", **facts
        )
    elif not this.months:
        yield finding("lint-no-months", place, found=", ".join(map(str, this.report_months)))


def round_months(tables: LevelTables) -> Iterator[Finding]:
    """A round is of whole months, and its days lie in the fiscal year that is stated (October to September).

    Source: design, section 1 (รอบประเมิน: ปีงบประมาณ, เริ่ม, สิ้นสุด).
    """
    place, this = Place(tables.file, ROUND.sheet), tables.round
    if not _days_sound(tables) or this.start > this.end:
        return
    if this.start.day != 1 or (this.end + timedelta(1)).day != 1:
        yield finding("lint-round-part", place, found=f"{show_date(this.start)} – {show_date(this.end)}")
    years = {day.year + BUDDHIST + (day.month >= _FISCAL) for day in (this.start, this.end)}
    if this.fiscal_year.isdigit() and int(this.fiscal_year) not in years:
        facts = {"found": this.fiscal_year, "years": " – ".join(map(str, sorted(years)))}
        yield finding("lint-fiscal-year", place, **facts)


def level_scores(tables: LevelTables) -> Iterator[Finding]:
    """คะแนนของระดับ: one score a level, each higher than the one below, none below 0.

    Scores that are nearer than the decimals that a total keeps would be one and the same.

    Source: design, section 1 (ระดับ: คะแนนของระดับ gives their scores).
    """
    scores = tables.round.level_scores
    if scores and (len(scores) != tables.level_count or not rising(scores)):
        facts = {"found": ", ".join(map(show_number, scores)), "levels": str(tables.level_count)}
        yield finding("lint-level-scores", Place(tables.file, ROUND.sheet), **facts)


def below_one(tables: LevelTables) -> Iterator[Finding]:
    """คะแนนต่ำกว่าระดับ 1 is 0 or 1.

    Source: design, section 1 (รอบประเมิน).
    """
    if tables.round.below_one not in (0, 1):
        found = show_number(tables.round.below_one)
        yield finding("lint-below-one", Place(tables.file, ROUND.sheet), found=found)


def round_reference(tables: LevelTables) -> Iterator[Finding]:
    """The round names the letter it comes from.

    Source: design, section 1 (รอบประเมิน).
    """
    if not tables.round.reference:
        yield finding("lint-no-reference", Place(tables.file, ROUND.sheet), found="", of=ROUND.sheet)


def rating_order(tables: LevelTables) -> Iterator[Finding]:
    """The rating bands rise or fall steadily.

    Source: design, section 1 (ผลประเมิน).
    """
    typed = _percents(tables)
    falling, rising = all(a > b for a, b in pairwise(typed)), all(a < b for a, b in pairwise(typed))
    if not (falling or rising):
        found = ", ".join(map(show_number, typed))
        yield finding("lint-rating-order", Place(tables.file, RATING.sheet), found=found)


def rating_words(tables: LevelTables) -> Iterator[Finding]:
    """Each band has a word of its own.

    Source: design, section 1 (ผลประเมิน).
    """
    words = [word for _, word in tables.rating_typed if word]
    for word in dict.fromkeys(word for word in words if words.count(word) > 1):
        yield finding("lint-rating-word", Place(tables.file, RATING.sheet), found=word)


def rating_zero(tables: LevelTables) -> Iterator[Finding]:
    """The lowest band starts at 0, so that every total has a rating.

    Source: design, section 1 (ผลประเมิน).
    """
    lowest = min(_percents(tables), default=None)
    if lowest is None or lowest > 0:
        found = "" if lowest is None else show_number(lowest)
        yield finding("lint-rating-zero", Place(tables.file, RATING.sheet), found=found)


def rating_range(tables: LevelTables) -> Iterator[Finding]:
    """The bands are percents of the total.

    Source: design, section 1 (ผลประเมิน).
    """
    for percent in _percents(tables):
        if not 0 <= percent <= 100:
            yield finding("lint-rating-range", Place(tables.file, RATING.sheet), found=show_number(percent))


def _percents(tables: LevelTables) -> list[float]:
    return [percent for percent, _ in tables.rating_typed]


def due_days(tables: LevelTables) -> Iterator[Finding]:
    """Every month that is reported on has its due day.

    Source: design, section 1 (ปฏิทิน).
    """
    for month in tables.round.months if _days_sound(tables) else ():
        if month not in tables.calendar:
            yield finding("lint-no-due", Place(tables.file, CALENDAR.sheet), found=month)


def due_outside(tables: LevelTables) -> Iterator[Finding]:
    """Only months that are reported on have a due day, and it does not lie before the month.

    Source: design, section 1 (ปฏิทิน).
    """
    place = Place(tables.file, CALENDAR.sheet)
    for month, due in tables.calendar.items() if _days_sound(tables) else ():
        if month not in tables.round.months:
            yield finding("lint-due-outside", place, found=month)
        elif due < month_end(month).replace(day=1):
            yield finding("lint-due-early", place, found=show_date(due), month=month)


def calendar_order(tables: LevelTables) -> Iterator[Finding]:
    """Months follow each other, and so do their due days.

    Source: design, section 1 (ปฏิทิน).
    """
    typed = tables.calendar.items() if _days_read(tables) else ()
    for (first, due), (second, next_due) in pairwise(typed):
        if first >= second or due >= next_due:
            facts = {"found": f"{second} {show_date(next_due)}", "after": f"{first} {show_date(due)}"}
            yield finding("lint-calendar-order", Place(tables.file, CALENDAR.sheet), **facts)


def step_days(tables: LevelTables) -> Iterator[Finding]:
    """The process of a round has its days near the round.

    Source: design, section 1 (ปฏิทิน).
    """
    first, last = tables.round.start, tables.round.end
    for step in tables.steps if _days_read(tables) else ():
        if not step.month and not (first - _AROUND <= step.day <= last + _AROUND):
            facts = {"found": show_date(step.day), "task": step.task}
            yield finding("lint-step-outside", step.place, **facts)


def step_order(tables: LevelTables) -> Iterator[Finding]:
    """What the process comes to begins in its order, and no work stands twice on a day.

    Source: design, section 1 (ปฏิทิน).
    """
    first, seen = dict[str, Step](), set[tuple[str, date]]()
    for step in tables.steps:
        if not step.month:
            first.setdefault(step.task, step)
    for before, after in pairwise(first[stage] for stage in Stage if stage in first):
        if before.day > after.day:
            facts = {"found": f"{before.task} {show_date(before.day)}", "after": after.task}
            yield finding("lint-step-order", before.place, **facts, day=show_date(after.day))
    for step in tables.steps:
        if not step.month and (fold(step.task), step.day) in seen:
            yield finding("lint-step-twice", step.place, found=step.task, day=show_date(step.day))
        seen.add((fold(step.task), step.day))


def _days_read(tables: LevelTables) -> bool:
    """Whether the round's own days could be read; that they could not is reported already."""
    return min(tables.round.start, tables.round.end).year > 1


def _lasts(tables: LevelTables) -> int:
    """How many months the round's days are apart."""
    return len(months_between(tables.round.start, tables.round.end))


def _days_sound(tables: LevelTables) -> bool:
    return _days_read(tables) and _lasts(tables) <= _MOST_MONTHS


def holidays_of_the_round(tables: LevelTables) -> Iterator[Finding]:
    """Where working days are counted, some holiday lies in the round: a list of another year leaves none out.

    Source: design, section 1 (วันหยุด).
    """
    counting = [each for each in tables.measures.values() if each.source is Source.WORKDAYS]
    first, last = tables.round.start.toordinal(), tables.round.end.toordinal()
    days = sorted(holiday.day for holiday in tables.holidays)
    if counting and not any(first <= day <= last for day in days):
        ends = (show_date(date.fromordinal(day)) for day in days[:1] + days[-1:])
        place = tables.holidays[0].place if days else Place(tables.file, HOLIDAYS.sheet)
        facts = {"found": " – ".join(ends) or "–", "label": counting[0].label}
        yield finding("lint-holidays-other", place, measure=counting[0].code, **facts)


def each_holiday(tables: LevelTables) -> Iterator[Finding]:
    """A holiday stands in วันหยุด once, and is no Saturday or Sunday, which are left out anyway.

    Source: design, section 1 (วันหยุด).
    """
    seen: dict[int, str] = {}
    for holiday in tables.holidays:
        found = show_date(date.fromordinal(holiday.day))
        if holiday.day in seen:
            facts = {"other": seen[holiday.day], "name": holiday.name or "–"}
            yield finding("lint-holiday-twice", holiday.place, found=found, **facts)
        elif not is_workday(holiday.day):
            yield finding("lint-holiday-weekend", holiday.place, found=found, name=holiday.name or "–")
        seen[holiday.day] = holiday.name or "–"


CHECKS = (
    round_days,
    round_months,
    level_scores,
    below_one,
    round_reference,
    rating_order,
    rating_words,
    rating_zero,
    rating_range,
    due_days,
    due_outside,
    calendar_order,
    step_days,
    step_order,
    holidays_of_the_round,
    each_holiday,
)
