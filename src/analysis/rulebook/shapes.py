"""How a reading becomes points: a few shapes, each a curve from an exact number to points.

A shape knows neither the value table nor the language. It answers with an `Award`: the points before floor and
cap, the key of the sentence that explains them and the numbers of that sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from analysis.rulebook.numbers import Points, Quantity, Share
from analysis.settings import Settings


@dataclass(frozen=True)
class Award:
    """What a shape gives for one reading.

    Attributes:
        points: points before floor and cap.
        how: key of the explaining sentence (`derivation.<how>`).
        numbers: exact numbers of that sentence, by place.
    """

    points: Fraction
    how: str
    numbers: Mapping[str, Fraction] = field(default_factory=dict)


class Proportional(Settings):
    """S7, S30: points × rate, or points × mark ÷ full mark."""

    shape: Literal["proportional"]

    def award(self, x: Fraction, points: Fraction) -> Award:
        """Return `x` of the points; `x` is a share of the whole."""
        return Award(points * x, "proportional")


class Shortfall(Settings):
    """S6: full points at a threshold, then points off per unit short of it.

    Attributes:
        full_at: threshold for full points, closed (the threshold itself gives full points).
        each: width of one step, in percentage points (1% is one percentage point).
        off: points off per step.
        steps: `pro_rata` counts parts of a step, `whole` only whole steps.
    """

    shape: Literal["shortfall"]
    full_at: Share
    each: Annotated[Share, Field(gt=0)]
    off: Annotated[Points, Field(gt=0)]
    steps: Literal["pro_rata", "whole"] = "pro_rata"

    def award(self, x: Fraction, points: Fraction) -> Award:
        """Return full points from `full_at` on, less `off` for each step below it."""
        short = Fraction(self.full_at) - x
        if short <= 0:
            return Award(points, "reached", {"full_at": Fraction(self.full_at)})
        steps = short / Fraction(self.each)
        if self.steps == "whole":
            steps = Fraction(int(steps))
        numbers = {
            "full_at": Fraction(self.full_at),
            "short": short,
            "each": Fraction(self.each),
            "off": Fraction(self.off),
        }
        return Award(points - steps * Fraction(self.off), f"short_{self.steps}", numbers)


class Line(Settings):
    """S6, S8: full points at one end, none at the other, pro rata between; both ends closed.

    Attributes:
        full_at: from here on full points.
        zero_at: from here on no points.
    """

    shape: Literal["line"]
    full_at: Share
    zero_at: Share

    def award(self, x: Fraction, points: Fraction) -> Award:
        """Return the points at `x` on the straight line between the two ends."""
        full, zero = Fraction(self.full_at), Fraction(self.zero_at)
        if x >= full:
            return Award(points, "reached", {"full_at": full})
        if x <= zero:
            return Award(Fraction(0), "not_above", {"zero_at": zero})
        numbers = {"full_at": full, "zero_at": zero, "share": (x - zero) / (full - zero)}
        return Award(points * (x - zero) / (full - zero), "between", numbers)


class Each(Settings):
    """S3, S5: points off per event, place or project, down to the floor (扣完为止).

    Attributes:
        off: points off for each.
        counted: what is counted, a key of `unit_of_measure` in the words (event, case, project …).
    """

    shape: Literal["each"]
    off: Annotated[Points, Field(gt=0)]
    counted: Literal["event", "case", "project", "clue", "unit"]

    def award(self, x: Fraction, points: Fraction) -> Award:
        """Return the points less `off` for each of `x`."""
        numbers = {"count": x, "off": Fraction(self.off)}
        return Award(points - x * Fraction(self.off), "each" if x else "none", numbers)


class AllOrNothing(Settings):
    """S1: full points if the value reaches `at_least` (closed), none otherwise."""

    shape: Literal["all_or_nothing"]
    at_least: Quantity

    def award(self, x: Fraction, points: Fraction) -> Award:
        """Return all points or none."""
        met = x >= Fraction(self.at_least)
        return Award(points if met else Fraction(0), "met" if met else "not_met")


class Level(Settings):
    """One level of a bonus: a count and the points for each of it."""

    name: str
    name_en: str = ""
    measure: str
    points: Annotated[Points, Field(gt=0)]


Shape = Annotated[Proportional | Shortfall | Line | Each | AllOrNothing, Field(discriminator="shape")]
