"""What arrived and what is wrong with it; `1_intake.ipynb` shows it."""

from __future__ import annotations

from typing import ClassVar

from analysis.render.blocks import Display, Prose
from analysis.report import tables
from analysis.report.page import Page


class IntakePage(Page):
    """The files of the round, row counts per unit, and the faults found."""

    product: ClassVar[str] = "intake"
    upto: ClassVar[str] = "indicators"

    def files(self) -> Display:
        """Return the files read."""
        return tables.files(self)

    def reconciliation(self) -> Display:
        """Return what became of every row of the files."""
        return tables.reconciliation(self) or Prose((self.label("annex.reconciliation_none"),), "note")

    def coverage(self) -> Display:
        """Return how many rows every unit handed in per ledger."""
        return tables.arrivals(self)

    def issues(self) -> Display:
        """Return everything doubtful, with place and remedy."""
        return tables.quality(self) or Prose((self.label("annex.quality_none"),), "note")
