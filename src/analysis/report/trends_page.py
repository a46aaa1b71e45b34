"""Each unit against its own past; `3_trends.ipynb` shows it."""

from __future__ import annotations

from typing import ClassVar

from analysis.render.blocks import Display, Prose
from analysis.report import claims, graphics, tables, yearly_sections
from analysis.report.page import Page


class TrendsPage(Page):
    """What changed against the base period and over the years."""

    product: ClassVar[str] = "trends"
    upto: ClassVar[str] = "comparison"

    def changes(self) -> Display:
        """Return the three declines of every unit."""
        if not self.evidence.base_period:
            return Prose((claims.city_declines(self.evidence)[0],))
        return graphics.declines(self).graphic()

    def falls_in_a_row(self) -> Display:
        """Return for how many years running all three quantities fell."""
        said = claims.consecutive_falls(self.evidence)
        return Prose((said or self.label("declines.no_run"),))

    def decomposition(self) -> Display:
        """Return what the change of the amount comes from."""
        if not claims.comparable(self.evidence):
            return Prose((claims.city_declines(self.evidence)[0],))
        return graphics.decomposition(self).graphic()

    def contributions(self) -> Display:
        """Return what every unit contributes to the city's change."""
        if not claims.comparable(self.evidence):
            return Prose((claims.city_declines(self.evidence)[0],))
        return graphics.contributions(self).graphic()

    def own_past(self) -> Display:
        """Return every unit's cases over the years."""
        return graphics.past(self).graphic()

    def trends(self) -> Display:
        """Return what the years show of every unit and every measure."""
        e = self.evidence
        pairs = [(code, measure) for measure in yearly_sections.ALL for code in (*e.roll.codes, e.city)]
        return yearly_sections.trends(self, pairs)

    def months(self) -> Display:
        """Return the city's cases by month between the limits of an XmR chart."""
        months = yearly_sections.months(self)
        return months.graphic() if months else Prose((self.label("months.none"),), "note")

    def rates(self) -> Display:
        """Return the four rates of every unit beside last year's."""
        return tables.rates(self)

    def rate_effects(self) -> Display:
        """Return what the units' own rates and their weights did to the city's rates."""
        return yearly_sections.rate_effects(self) or Prose((self.label("progress.effects_none"),), "note")
