"""Each unit against its own past; `3_trends.ipynb` shows it."""

from __future__ import annotations

from typing import ClassVar

from analysis import messages
from analysis.publish.displays import Display, Prose
from analysis.publish.pages import graphics
from analysis.publish.pages.page import Page


class TrendsPage(Page):
    """What changed against the base period and over the years."""

    upto: ClassVar[str] = "comparison"

    def changes(self) -> Display:
        """Return the three declines of every unit."""
        return graphics.declines(self)

    def decomposition(self) -> Display:
        """Return what the change of the amount comes from."""
        if not messages.comparable(self.evidence):
            return Prose((messages.city_declines(self.evidence)[0],))
        return graphics.decomposition(self)

    def contributions(self) -> Display:
        """Return what every unit contributes to the city's change."""
        if not messages.comparable(self.evidence):
            return Prose((messages.city_declines(self.evidence)[0],))
        return graphics.contributions(self)

    def own_past(self) -> Display:
        """Return every unit's cases over the years."""
        return graphics.past(self)


def open(round_id: str | int, language: str = "zh") -> TrendsPage:
    """Return the trends page of a round."""
    return TrendsPage(round_id, language)
