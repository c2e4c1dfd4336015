"""The panel at the right of the list: figures, who moved most, the weakest KPIs, who has not sent."""

from collections.abc import Sequence
from functools import cached_property

from kpibatch.base.addresses import quoted, ref
from kpibatch.base.catalogue import Words
from kpibatch.books.look import lines_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.compared import mean_of_those_who_sent
from kpibatch.workbooks.ranking.front.plan import FIRST, LIST_TOP, MOVED, WEAKEST, FrontPlan
from kpibatch.workbooks.ranking.front.podium import joined, joined_result, names_shown
from kpibatch.workbooks.ranking.score_formulas import (
    STATUS,
    TOTAL_SCORE,
    ScorePlan,
    status_name,
    unsent_names,
)

_ROOM, _MOST = 96, 8
_STEPS = 10_000
SIGNS = {"num_format": '"▲"0;"▼"0;"–"'}


class Panel:
    """Writes the panel, and the hidden columns that it looks its lines up by; ``widths`` are those of all
    columns that are seen.
    """

    def __init__(
        self,
        outcome: Outcome,
        sheet: Sheet,
        plan: FrontPlan,
        scores: ScorePlan,
        trend: Trend,
        widths: Sequence[float],
    ) -> None:
        self.outcome, self.sheet, self.plan, self.scores, self.trend = outcome, sheet, plan, scores, trend
        self.room = sum(widths[plan.panel : plan.right])
        self.say, self.tables = Words("sheet", outcome.language), outcome.tables
        self.middle = plan.panel + plan.across // 2
        self.moved = [trend.movement(standing.unit) for standing in outcome.standings]

    def write(self) -> None:
        self._figures()
        self._movers(self.plan.panel, self.middle - 1, "movers-up", self.plan.risen, self.risen)
        self._movers(self.middle, self.plan.right, "movers-down", self.plan.fallen, self.fallen)
        self._weakest()
        self._missing()

    # --- above the panel: what a meeting asks for first -------------------------------------------------

    def _figures(self) -> None:
        standings = self.outcome.standings
        totals = [standing.total for standing in standings if standing.total == standing.total]
        mean = sum(totals) / len(totals) if totals else ""
        waiting = sum(standing.status is Status.PROVISIONAL for standing in standings)
        cells, status = (self.scores.range(column, outside=True) for column in (TOTAL_SCORE, STATUS))
        across, label = self.plan.across, {"align": "center", "valign": "bottom", "shrink": True}
        figures = (
            ("figure-sent", Formula(f"COUNT({cells})", len(totals)), f'0" / {len(standings)}"'),
            ("figure-mean", Formula(f'IF(COUNT({cells})=0,"",AVERAGE({cells}))', mean), "0.0000"),
            ("figure-provisional", Formula(f'COUNTIF({status},"{self.say("provisional")}")', waiting), "0"),
        )
        for number, (name, formula, form) in enumerate(figures):
            first, after = (self.plan.panel + round(end * across / 3) for end in (number, number + 1))
            last = after - 1
            self.sheet.merge(0, first, last, self.say(name), "quiet", **label)
            look = {"num_format": form, "align": "center", "font_size": 20}
            self.sheet.merge_formula(1, first, last, formula, "big", **look)

    # --- who moved --------------------------------------------------------------------------------------

    def put_movement(self, at: int, line: int) -> None:
        """What a line's unit moved, as it is put in order by; ``line`` counts from 0."""
        moved, key = ref(at, self.plan.movement, "c"), ref(at, self.plan.key, "c")
        keys, own = self.plan.cells(self.plan.key), self.moved[line]
        result = "" if own is None else own * _STEPS - (at + 1)
        contents = [Formula(f'IF(ISNUMBER({moved}),{moved}*{_STEPS}-ROW(),"")', result)]
        for (way, beyond), places in zip((("<", ">"), (">", "<")), self._places, strict=True):
            text = f'IF(ISNUMBER({moved}),IF(0{way}{moved},COUNTIF({keys},"{beyond}"&{key})+1,""),"")'
            contents.append(Formula(text, places.get(line, "")))
        self.sheet.put_row(at, self.plan.key, contents, "quiet")

    @cached_property
    def _places(self) -> tuple[dict[int, int], ...]:
        """By line its place among those who have risen, and among those who have fallen."""
        return tuple(
            {line: place for place, line in enumerate(lines, 1)} for lines in (self.risen, self.fallen)
        )

    @cached_property
    def risen(self) -> Sequence[int]:
        """The lines of those who have risen, most first."""
        return sorted((at for at, by in enumerate(self.moved) if by and by > 0), key=self._most)

    @cached_property
    def fallen(self) -> Sequence[int]:
        return sorted((at for at, by in enumerate(self.moved) if by and by < 0), key=self._most, reverse=True)

    def _most(self, line: int) -> tuple[int, int]:
        return -(self.moved[line] or 0), line

    def _movers(self, first: int, last: int, name: str, places: int, lines: Sequence[int]) -> None:
        self.sheet.merge(LIST_TOP, first, last, self.say(name), "head")
        for number in range(1, MOVED + 1):
            at = LIST_TOP + number
            found = f"MATCH({number},{self.plan.cells(places)},0)"
            here = len(lines) >= number
            unit = self._name(lines[number - 1]) if here else ""
            by = (self.moved[lines[number - 1]] or "") if here else ""
            names, moved = self.plan.cells(2), self.plan.cells(self.plan.movement)
            cell = Formula(f'IFERROR(INDEX({names},{found}),"")', unit)
            self.sheet.merge_formula(at, first, last - 1, cell, "cell", shrink=True)
            number_cell = Formula(f'IFERROR(INDEX({moved},{found}),"")', by)
            self.sheet.put(at, last, number_cell, "cell", "centre", **SIGNS)

    def _name(self, line: int) -> str:
        return self.tables.unit[self.outcome.standings[line].unit].name

    # --- the weakest KPIs -------------------------------------------------------------------------------

    def _weakest(self) -> None:
        top, means, lines, right = self.plan.weakest, self._kpis(), self.plan.lines, self.plan.right
        self.sheet.merge(top, self.plan.panel, self.plan.right, self.say("panel-weakest"), "head")
        for number in range(1, WEAKEST + 1):
            at = top + 1 + (number - 1) * lines
            found = f"MATCH({number},{self.plan.of_kpis(2)},0)"
            name, mean = means[number - 1] if len(means) >= number else ("", "")
            cell = Formula(f'IFERROR(INDEX({self.plan.of_kpis(0)},{found}),"")', name)
            look = {"shrink": lines == 1, "text_wrap": lines > 1, "align": "left"}
            self.sheet.block(at, at + lines - 1, self.plan.panel, self.plan.right - 1, cell, "cell", **look)
            value = Formula(f'IFERROR(INDEX({self.plan.of_kpis(1)},{found}),"")', mean)
            self.sheet.block(at, at + lines - 1, right, right, value, "cell", "points", shrink=True)
        self.sheet.show_exact((top + 1, right), (top + WEAKEST * lines, right), "points")

    def _kpis(self) -> list[tuple[str, float | str]]:
        """Each KPI's mean and its place from the weakest on, in hidden columns; what they come to, weakest
        first.
        """
        means = mean_of_those_who_sent(self.outcome)
        leaves = [leaf for leaf in self.tables.leaves if leaf.code in means]
        known = sorted(
            (means[leaf.code], at) for at, leaf in enumerate(leaves) if means[leaf.code] == means[leaf.code]
        )
        places = {at: place for place, (_, at) in enumerate(known, 1)}
        first, column = FIRST, self.plan.kpi
        names = [self._shortened(f"{leaf.code}  {leaf.name}") for leaf in leaves]
        for number, leaf in enumerate(leaves):
            at = first + number
            there = f"{quoted(self.scores.sheet)}!{ref(self.scores.last + 1, self.scores.column(leaf.code))}"
            own, cells = ref(at, column + 1, "c"), self.plan.of_kpis(1)
            so_far = f"{ref(first, column + 1, 'rc')}:{own}"
            lower = f"SUMPRODUCT(--({cells}<{own}))+COUNTIF({so_far},{own})"
            mean = means[leaf.code]
            self.sheet.put(at, column, names[number], "quiet")
            cell = Formula(f'IF(ISNUMBER({there}),{there},"")', mean if mean == mean else "")
            self.sheet.put(at, column + 1, cell, "quiet")
            place = Formula(f'IF(ISNUMBER({own}),{lower},"")', places.get(number, ""))
            self.sheet.put(at, column + 2, place, "quiet")
        return [(names[at], mean) for mean, at in known]

    def _shortened(self, name: str) -> str:
        """As much of a KPI's name as its lines hold."""
        if self.plan.lines == 1 or lines_of(name, self.room) <= self.plan.lines:
            return name
        least = next(at for at in range(len(name), 0, -1) if self._holds(name[:at]))
        return name[:least].rstrip() + "…"

    def _holds(self, start: str) -> bool:
        return lines_of(start + "…", self.room) <= self.plan.lines

    # --- who has not sent -------------------------------------------------------------------------------

    def put_unsent(self, at: int, line: int) -> None:
        """Which of those who have not sent stands in a line; ``line`` counts from 0."""
        status, column = ref(at, self.plan.status, "c"), self.plan.unsent
        words = [f'{status}="{self.say(name)}"' for name in unsent_names(self.outcome)]
        so_far = f"{ref(LIST_TOP, column, 'rc')}:{ref(at - 1, column, 'c')}"
        gone = self._unsent
        result = gone.get(line, "")
        self.sheet.put(at, column, Formula(f'IF(OR({",".join(words)}),COUNT({so_far})+1,"")', result))

    @cached_property
    def _unsent(self) -> dict[int, int]:
        """The lines of those who have not sent, counted from 1."""
        names, lines = unsent_names(self.outcome), enumerate(self.outcome.standings)
        gone = (line for line, standing in lines if status_name(self.outcome, standing) in names)
        return {line: number for number, line in enumerate(gone, 1)}

    def _missing(self) -> None:
        top, cells, gone = self.plan.missing, self.plan.cells(self.plan.unsent), self._unsent
        first, last, count = self.plan.panel, self.plan.right, f"COUNT({cells})"
        head = self.say("panel-unsent", count="")
        self.sheet.merge_formula(top, first, last, Formula(f'"{head}"&{count}', f"{head}{len(gone)}"), "head")
        room, more = _ROOM * self.plan.unsent_lines // 2, self.say("and-more", count="")
        shown = names_shown(self.outcome, room, _MOST)
        names = [f"INDEX({self.plan.cells(2)},MATCH({at},{cells},0))" for at in range(1, shown + 1)]
        everyone = self.say("all-sent")
        text = f'IF({count}=0,"{everyone}",{joined(names, count, more)})'
        result = joined_result([self._name(line) for line in gone], shown, more) if gone else everyone
        bottom = top + self.plan.unsent_lines
        look = {"text_wrap": bottom > top + 1}
        self.sheet.block(top + 1, bottom, first, last, Formula(text, result), "cell", **look)
