"""Shapes that take points off for what is counted: per event, or as a part of what a superior lost."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from analysis.rulebook.exact_numbers import Share
from analysis.rulebook.rule import Counted, Curve, PositivePoints, Step, Terms, scoring_shape
from analysis.rulebook.sentences import counted, plain, plain_percent, quantity
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling


@scoring_shape
class Each(Curve):
    """S3–S5, S27: points off per event, place or project, down to the floor (扣完为止).

    Attributes:
        off: points off for each.
        counted: what is counted, a key of `unit_of_measure` in the words (event, case, project …).
        most: the most that is taken off.
        start_at: fewer than this cost nothing.
        counting: from `start_at` on, `all` of them cost, or only those `beyond` what is free.
    """

    direction = "down"
    monotone = True

    shape: Literal["each"]
    off: PositivePoints
    counted: Counted
    most: PositivePoints | None = None
    start_at: Annotated[int, Field(ge=1)] = 1
    counting: Literal["all", "beyond"] = "all"

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points less `off` for each of `x`."""
        off = Fraction(self.off)
        numbers = {"count": x, "off": off, "start_at": Fraction(self.start_at)}
        if not x or x < self.start_at:
            return Step("none" if self.start_at == 1 else "few", points, numbers)
        charged = x if self.counting == "all" else x - (self.start_at - 1)
        lost = charged * off
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Step("each" if charged == x else "each_beyond", points - lost, numbers)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return what each costs, from which on, and how far."""
        unit, off, points = counted(self.counted, words), plain(self.off), plain(item.points)
        most = None if self.most is None else words("rule.at_most", most=plain(self.most))
        limit = most or words("rule.to_nothing")
        open_ended = self.most is None and item.floor < 0
        if self.start_at > 1:
            key = f"rule.each_from_{self.counting}"
            start = quantity(self.start_at, self.counted, words)
            told = words(key, points=points, off=off, counted=unit, start=start, start_at=str(self.start_at))
        else:
            kind = "each_short" if item.read == "shortage" else "each" if item.points else "each_off"
            told = words(f"rule.{kind}", points=points, off=off, counted=unit)
        return words("rule.clauses", clauses=told if open_ended else words.clauses([told, limit]))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return what each costs, or that so few cost nothing."""
        words, start = telling.words, step.numbers["start_at"]
        if step.how == "none":
            return telling.plainly(step)
        if step.how == "few":
            unit = telling.unit(start, self.counted)
            return words("derivation.few", start_at=plain(start), counted=unit)
        return words(
            f"derivation.{step.how}",
            counted=telling.unit(1, self.counted),
            off=plain(step.numbers["off"]),
            free=f"{plain(start - 1)} {telling.unit(start - 1, self.counted)}",
            lost=telling.changed(step),
        )


@scoring_shape
class PassDown(Curve):
    """S16: the points a superior lost are lost here too, in part.

    Attributes:
        factor: which share of the superior's deduction.
        most: the most that is taken off.
    """

    direction = "down"
    monotone = True

    shape: Literal["pass_down"]
    factor: Annotated[Share, Field(gt=0)]
    most: PositivePoints | None = None

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points less `factor` of the superior's deduction `x`."""
        numbers = {"count": x, "factor": Fraction(self.factor)}
        lost = x * Fraction(self.factor)
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Step("pass_down" if x else "none", points - lost, numbers)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return which part is lost, and how far."""
        most = plain(self.most) if self.most is not None else ""
        key = "rule.pass_down_most" if most else "rule.pass_down"
        return words(key, points=plain(item.points), factor=plain_percent(self.factor), most=most)

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return which part is lost."""
        if step.how == "none":
            return telling.plainly(step)
        factor = plain_percent(step.numbers["factor"])
        return telling.words("derivation.pass_down", factor=factor, lost=telling.changed(step))
