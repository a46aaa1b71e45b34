"""The units against each other; `4_comparison.ipynb` shows it."""

from __future__ import annotations

from typing import ClassVar

from analysis import messages
from analysis.publish.displays import Display, Prose
from analysis.publish.pages import graphics, tables
from analysis.publish.pages.page import Page


class ComparisonPage(Page):
    """Resolution rates, lost points, self-report beside verification, problem groups."""

    upto: ClassVar[str] = "comparison"

    def funnel(self) -> Display:
        """Return the resolution rates around the city's."""
        if not messages.any_rate(self.evidence):
            return Prose((messages.resolution(self.evidence)[0],))
        return graphics.resolution(self)

    def losses(self) -> Display:
        """Return where every unit lost its points."""
        return tables.losses(self) if self.rulebook else Prose((messages.grades_given(self.evidence)[0],))

    def self_check(self) -> Display:
        """Return self score beside checked score, and the distance to the cut."""
        return tables.distances(self) if self.rulebook else Prose((messages.grades_given(self.evidence)[0],))

    def problem_matrix(self) -> Display:
        """Return which units the problem groups name."""
        return tables.matrix(self) if self.rulebook else Prose((messages.grades_given(self.evidence)[0],))


def open(round_id: str | int, language: str = "zh") -> ComparisonPage:
    """Return the comparison page of a round."""
    return ComparisonPage(round_id, language)
