"""One unit's feedback card: two pages, its own past, where its points went, its problems; `unit.ipynb` shows it."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from analysis import charts, messages
from analysis.messages import QUANTITIES, Row
from analysis.publish.displays import (
    Chip,
    Content,
    Display,
    Facts,
    Findings,
    Group,
    Masthead,
    Prose,
)
from analysis.publish.pages import tables
from analysis.publish.pages.graphics import graphic
from analysis.publish.pages.page import Page
from analysis.values import USABLE
from analysis.words import Text


class UnitCard(Page):
    """The card of one unit; the others appear only as unnamed points."""

    kind: ClassVar[str] = "card"

    def __init__(self, round_id: str | int, unit: str | int, language: str = "zh") -> None:
        """Open a unit's card.

        Raises:
            FaultsFoundError: the settings or the data do not allow it.
            ValueError: the round has no such unit.
        """
        super().__init__(round_id, language)
        self.unit = str(unit)
        if self.unit not in self.evidence.roll.codes:
            known = "、".join(f"{code} {self.evidence.short(code)}" for code in self.evidence.roll.codes)
            raise ValueError(self.words("report.unknown_unit", unit=self.unit, known=known).plain)

    @property
    def title(self) -> str:
        """Title of the card."""
        return self.words("card.title", unit=self.evidence.short(self.unit), round=self.round.id).plain

    @property
    def short_title(self) -> str:
        """Title in the running head."""
        return self.words("card.short_title", unit=self.evidence.short(self.unit)).plain

    def summary(self) -> Display:
        """Return grade, score and rank, and three findings."""
        e = self.evidence
        head = Masthead(self.title, self.words.label("card.kicker"), (), self.mark)
        findings = [(messages.card_declines(e, self.unit), messages.card_falls(e, self.unit))]
        if self.rulebook:
            names = {code: indicator.name for code, indicator in self.indicators.items()}
            findings.append((messages.card_losses(e, self.unit, names), Text()))
            if said := messages.card_firmness(e, self.unit):
                findings.append((said, Text()))
        findings.append((messages.card_problems(e, self.unit), Text()))
        return Group((head, Facts(self._facts()), Findings(tuple(findings), id="findings")))

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
            rank = self.words("card.rank_value", rank=e.figure(grade, "rank", "rank"))
            among = self.words("card.rank_note", count=str(len(e.roll.codes)))
            score = Text(e.figure(grade, "points2", "score"))
            facts = [
                (self.words.label("card.grade"), Chip(grade["grade"]), ""),
                (self.words.label("card.score"), score, self.words.label("card.score_note")),
                (self.words.label("card.rank"), rank, among),
                *facts,
            ]
        return tuple(facts)

    def past(self) -> Display:
        """Return the unit's cases over the years."""
        e = self.evidence
        periods = list(self.settings.history)
        rows = [e.value(self.unit, "cases", period) for period in periods]
        frame = pd.DataFrame(rows)[["period", "value", "status"]]
        return graphic(
            self,
            "fig-past",
            lambda width: charts.unit_past(frame, self.words, width, breaks=self.breaks("cases")),
            title=messages.card_past_title(e, rows),
            subtitle=self.words("card.past_sub", first=periods[0], last=periods[-1]).plain,
            alt=messages.card_past_alt(e, rows),
            source=self.source([row["id"] for row in rows]),
            data=None,
            number="图1",
        )

    def changes(self) -> Display:
        """Return the three declines of the unit."""
        return tables.card_changes(self, self.unit)

    def losses(self) -> Display:
        """Return the indicators that cost the unit points."""
        table = tables.card_losses(self, self.unit) if self.rulebook else None
        return table or Prose((self.words.label("card.losses_none"),))

    def place(self) -> Display:
        """Return the unit's place among the others, unnamed."""
        e = self.evidence
        measures = self._placed()
        if not measures:
            return Prose((self.words.label("card.place_none"),), "note")
        frame = pd.DataFrame([row for measure in measures for row in self._place_rows(*measure)])
        return graphic(
            self,
            "fig-place",
            lambda width: charts.unit_place(frame, self.words, width),
            title=messages.card_place_title(e, self.unit, measures),
            subtitle=self.words.label("card.place_sub"),
            alt=messages.card_place_alt(e, self.unit, measures),
            source=self.source([e.value(self.unit, m, base=base)["id"] for m, base, _f, _b in measures]),
            data=None,
            number="图2",
        )

    def _placed(self) -> list[tuple[str, str, str, str]]:
        """Return the measures placed, as (measure, base period, format, which side is better)."""
        base = self.evidence.base_period
        rates = [(name, "", "percent", "high") for name in ("rate_resolved", "rate_paid")]
        changes = [(f"change_{quantity}", base, "signed_percent", "low") for quantity in QUANTITIES]
        return [
            measure
            for measure in rates + changes
            if self.evidence.value(self.unit, measure[0], base=measure[1])["status"] in USABLE
            and self.evidence.value(self.evidence.city, measure[0], base=measure[1])["status"] in USABLE
        ]

    def _place_rows(self, measure: str, base: str, form: str, better: str) -> list[dict[str, Any]]:
        e = self.evidence
        city: Row = e.value(e.city, measure, base=base)
        return [
            {
                "measure_name": self.words.label(f"measure.{measure}"),
                "value": row["value"],
                "is_own": code == self.unit,
                "city": city["value"],
                "better": better,
                "format": form,
            }
            for code in e.roll.codes
            if (row := e.value(code, measure, base=base))["status"] in USABLE
        ]

    def problems(self) -> Display:
        """Return the unit's open problems with their deadlines, and how to object."""
        table = tables.problems_open(self, [self.unit], ident="problems-open", number="表3")
        objection = Prose((self.words.label("card.objection"),), "note")
        return Group((table or Prose((self.words.label("card.problems_none"),)), objection))


def open(round_id: str | int, unit: str | int, language: str = "zh") -> UnitCard:
    """Return the card of one unit.

    Raises:
        ValueError: the round has no such unit.
    """
    return UnitCard(round_id, unit, language)
