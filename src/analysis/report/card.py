"""One unit's feedback card: two pages, its own past, where its points went, its problems; `unit.ipynb` shows it."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from analysis import charts
from analysis.indicators.catalogue import QUANTITIES
from analysis.indicators.values import USABLE
from analysis.render.blocks import (
    Column,
    Content,
    Display,
    Facts,
    Findings,
    Group,
    Masthead,
    Prose,
    Table,
)
from analysis.render.blocks import Row as TableRow
from analysis.report import claims, graphics, plotted, since_sections, standings, tables
from analysis.report.claims import Row
from analysis.report.graphics import Drawing, value_cell
from analysis.report.page import NOTHING, Page, traced
from analysis.report.sections import CARD
from analysis.results.assessment import Assessment
from analysis.rounds.frames import rows_of
from analysis.rounds.levels import Level
from analysis.words import Text
from analysis.words.formats import DASH


class UnitCard(Page):
    """The card of one unit; the others appear only as unnamed points."""

    product: ClassVar[str] = CARD

    def __init__(self, seen: Assessment, level: Level, unit: str) -> None:
        """Take the round and the unit the card is for.

        Raises:
            ValueError: the round has no such unit.
        """
        super().__init__(seen, level)
        self.unit = unit
        if unit not in self.evidence.roll.codes:
            roll = self.evidence.roll
            known = self.words.list(f"{code} {roll.short(code)}" for code in roll.codes)
            raise ValueError(self.words("report.unknown_unit", unit=unit, known=known).plain)

    @property
    def title(self) -> str:
        """Title of the card."""
        return self.words("card.title", unit=self.evidence.short(self.unit), period=self.period_name).plain

    @property
    def short_title(self) -> str:
        """Title in the running head."""
        return self.words("card.short_title", unit=self.evidence.short(self.unit)).plain

    @traced
    def summary(self) -> Display:
        """Return grade, score and rank, and three findings."""
        e = self.evidence
        head = Masthead(self.title, self.words.label("card.kicker"), (self.disclosure_item(),), self.mark)
        findings = [(claims.card_declines(e, self.unit), claims.card_falls(e, self.unit))]
        if self.rulebook:
            findings.append((claims.card_losses(e, self.unit, self.indicator_names), Text()))
            if said := claims.card_firmness(e, self.unit):
                findings.append((said, Text()))
        findings.append((claims.card_problems(e, self.unit), Text()))
        return Group((head, Facts(self._facts()), Findings(tuple(findings), id="findings")))

    def _ranked_with(self) -> int:
        """Return among how many units it is ranked: of its class where there are classes."""
        if not self.rulebook or not self.rulebook.classes:
            return self.assessment.units_in_all
        classes = self.rulebook.classes_of(self.assessment.roll)
        return list(classes.values()).count(classes[self.unit])

    def _before(self) -> str:
        """Return the unit's grade in the round before and whose it is; empty where there is none."""
        before = self.assessment.before
        for row in rows_of(before[before["unit"] == self.unit]):
            key = "card.before_final" if row["final"] else "card.before_computed"
            grade = self.words.grade(row["grade"], spaced=True).strip()
            told = self.words(key, grade=grade, round=row["round"], state=row["state"]).plain
            return told + since_sections.card_line(self, self.unit)
        return ""

    def _facts(self) -> tuple[tuple[str, Content, Content], ...]:
        e = self.evidence
        rate = e.value(self.unit, "rate_resolved")
        usable = rate["status"] in USABLE
        resolved: Content = (
            Text(e.figure(rate, "percent")) if usable else self.words.label(f"status.{rate['status']}")
        )
        facts = [(self.words.label("card.resolved"), resolved, e.fraction(rate) if usable else "")]
        grade = e.grade_of.get(self.unit)
        if grade and grade["score"]:
            ranked = pd.notna(grade["rank"])
            rank: Content = DASH
            if ranked:
                rank = self.words("card.rank_value", rank=e.figure(grade, "rank", "rank"))
            among = self.words("card.rank_note", count=str(self._ranked_with()))
            given: Content = self.label("pending") if ranked else DASH
            if grade["grade"]:
                given = self.chip(grade["grade"])
            score = Text(e.figure(grade, "scored", "score"))
            facts = [
                (
                    self.words.label("card.grade"),
                    given,
                    self._before(),
                ),
                (
                    self.words.label("card.score"),
                    score,
                    self.words("card.score_note", whole=self.whole(self.unit)),
                ),
                (self.words.label("card.rank"), rank, among),
                *facts,
            ]
        return tuple(facts)

    @traced
    def past(self) -> Display:
        """Return the unit's cases over the years."""
        return self.past_drawing().graphic()

    def past_drawing(self) -> Drawing:
        """Return the figure of the unit's cases over the years."""
        e = self.evidence
        calendar = self.settings.calendar
        rows = [e.value(self.unit, "cases", period.text) for period in calendar.series]
        frame = plotted.at_their_places(pd.DataFrame(rows)[["period", "value", "status"]], calendar)
        return Drawing(
            self,
            "fig-past",
            frame,
            lambda frame, width: charts.unit_past(frame, self.words, width, breaks=self.breaks("cases")),
            title=claims.card_past_title(e, rows),
            subtitle=self.words("card.past_sub", series=calendar.series_name(self.words)).plain,
            alt=claims.card_past_alt(e, rows),
            source=self.source([row["id"] for row in rows]),
            data=self._past_table(rows),
        )

    def _past_table(self, rows: list[Row]) -> Table:
        columns = [Column("measure", self.words.label("card.quantity"))]
        columns += [
            Column(row["period"], self.evidence.period_head(row["period"]), align="right") for row in rows
        ]
        cells = tuple(value_cell(self, row, "count") for row in rows)
        return Table(
            "data-past", "", tuple(columns), (TableRow((self.evidence.measure_name("cases"), *cells)),)
        )

    @traced
    def changes(self) -> Display:
        """Return the three declines of the unit."""
        if not self.evidence.base_period:
            return Prose((claims.card_declines(self.evidence, self.unit),))
        return tables.card_changes(self, self.unit)

    @traced
    def losses(self) -> Display:
        """Return the indicators that cost the unit points."""
        if not self.rulebook:
            return NOTHING
        figure = standings.card_losses(self, self.unit)
        if figure is None:
            return Prose((self.words.label("card.losses_none"),))
        gains = tables.gains(self, self.unit)
        return Group((figure.graphic(), gains)) if gains else figure.graphic()

    @traced
    def place(self) -> Display:
        """Return between which ranks the unit may stand, and its place among the others, unnamed."""
        ranks = standings.card_ranks(self, self.unit) if self.rulebook else None
        none = Prose((self.words.label("card.place_none"),), "note")
        return Group(graphics.drawn((ranks, self.place_drawing() or none)))

    def place_drawing(self) -> Drawing | None:
        """Return the figure of the unit among the others, unnamed; None if nothing of it can be placed."""
        e = self.evidence
        measures = self._placed()
        if not measures:
            return None
        frame = pd.DataFrame([row for measure in measures for row in self._place_rows(*measure)])
        return Drawing(
            self,
            "fig-place",
            frame,
            lambda frame, width: charts.unit_place(frame, self.words, width),
            title=claims.card_place_title(e, self.unit, measures),
            subtitle=self.words.label(
                "disclosure.place_sub" if self.level.units == "own" else "card.place_sub"
            ),
            alt=claims.card_place_alt(e, self.unit, measures),
            source=self.source([e.value(self.unit, m, base=base)["id"] for m, base, _f, _b in measures]),
            data=self._place_table(measures),
        )

    def _place_table(self, measures: list[claims.Placed]) -> Table:
        e = self.evidence
        columns = [Column("measure", self.words.label("drawn.card.place"))]
        columns += [
            Column(key, self.words.label(f"drawn.card.{key}"), align="right") for key in ("own", "city")
        ]
        rows = [
            TableRow(
                (
                    self.evidence.measure_name(measure),
                    *(
                        value_cell(self, e.value(code, measure, base=base), form)
                        for code in (self.unit, e.city)
                    ),
                )
            )
            for measure, base, form, _better in measures
        ]
        return Table("data-place", "", tuple(columns), tuple(rows))

    def _placed(self) -> list[tuple[str, str, str, str]]:
        """Return the measures placed, as (measure, base period, format, which side is better)."""
        base = self.evidence.base_period
        rates = [(name, "", "percent", "high") for name in ("rate_resolved", "rate_paid")]
        changes = [(f"change_{quantity}", base, "signed_percent", "low") for quantity in QUANTITIES]
        return [
            measure
            for measure in rates + changes
            if all(
                (row := self.evidence.value(code, measure[0], base=measure[1]))["status"] in USABLE
                and (not measure[1] or self.evidence.judged(row) != "incomplete")
                for code in (self.unit, self.evidence.city)
            )
        ]

    def _place_rows(self, measure: str, base: str, form: str, better: str) -> list[dict[str, Any]]:
        e = self.evidence
        own, city = e.value(self.unit, measure, base=base), e.value(e.city, measure, base=base)
        placed = [(own["value"], True)]
        placed += [(value, False) for value in self.assessment.others(self.unit, measure, base)]
        return [
            {
                "measure_name": self.evidence.measure_name(measure),
                "value": value,
                "is_own": is_own,
                "city": city["value"],
                "better": better,
                "format": form,
            }
            for value, is_own in placed
        ]

    @traced
    def problems(self) -> Display:
        """Return the unit's open problems with their deadlines, and how to object."""
        table = tables.problems_open(self, [self.unit], ident="problems-open")
        objection = Prose((self.words.label("card.objection"),), "note")
        known = self.evidence.value(self.unit, "findings_all")["status"] in USABLE
        none = self.words.label("card.problems_none" if known else "message.problems.no_ledger")
        last = tables.last_round(self, [self.unit])
        return Group((table or Prose((none,)), *([last] if last else []), objection))
