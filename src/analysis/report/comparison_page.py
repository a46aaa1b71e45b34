"""The units against each other; `4_comparison.ipynb` shows it."""

from __future__ import annotations

from typing import ClassVar

from analysis.render.blocks import Display, Group, Prose
from analysis.report import claims, graphics, peer_sections, standings
from analysis.report.page import NOTHING, Page


class ComparisonPage(Page):
    """Resolution rates, lost points, self-report beside verification, problem groups."""

    product: ClassVar[str] = "comparison"
    upto: ClassVar[str] = "comparison"

    def funnel(self) -> Display:
        """Return the resolution rates around the city's."""
        if not claims.any_rate(self.evidence):
            return Prose((claims.resolution(self.evidence)[0],))
        return graphics.resolution(self).graphic()

    def few_cases(self) -> Display:
        """Return the rate of the year beside that of several years and the shrunken one."""
        return peer_sections.few_cases(self)

    def gaps(self) -> Display:
        """Return the distance of every unit to the best one, the mean and the city."""
        return peer_sections.gaps(self)

    def places(self) -> Display:
        """Return the places of the units, with those chance leaves open."""
        return peer_sections.places(self)

    def spread(self) -> Display:
        """Return how the spread between the units went over the years."""
        said = claims.spread_sentence(self.evidence)
        return Prose((said or self.label("gaps.spread_none"),))

    def losses(self) -> Display:
        """Return where every unit lost its points."""
        return standings.losses(self).graphic() if self.rulebook else NOTHING

    def self_check(self) -> Display:
        """Return self score beside checked score, and the distance to the cut."""
        return standings.distances(self).graphic() if self.rulebook else NOTHING

    def verification(self) -> Display:
        """Return self-report beside verification, and what the sample may have missed."""
        if not self.rulebook:
            return NOTHING
        missed = peer_sections.undetected(self)
        return Group((peer_sections.verified(self), *((missed,) if missed else ())))

    def firmness(self) -> Display:
        """Return how firm the grades are."""
        if not self.rulebook:
            return NOTHING
        figure = standings.firmness(self)
        return figure.graphic() if figure else Prose((self.label("firmness.none"),), "note")

    def problem_matrix(self) -> Display:
        """Return which units the problem groups name."""
        grouped = self.rulebook and self.rulebook.problem_groups
        return standings.matrix(self).graphic() if grouped else NOTHING
