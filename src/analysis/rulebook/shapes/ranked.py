"""The shape of places: points by rank."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from analysis.rulebook.exact_numbers import Points
from analysis.rulebook.rule import (
    Finding,
    OfOneNumber,
    RankTies,
    Step,
    as_written,
    full_never,
    scoring_shape,
)
from analysis.rulebook.sentences import plain, whose
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.derivation import Deriving, Reading
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling


@scoring_shape
class Places(OfOneNumber):
    """S10: points by rank, the first place first (`compare: {to: rank}`).

    Attributes:
        points: of the first, second … place.
        beyond: of every later place.
        ties: tied units hold the better place, the worse one, or share the points of their places evenly.
    """

    takes_place = True

    shape: Literal["places"]
    points: Annotated[tuple[Points, ...], Field(min_length=1)]
    beyond: Points = Decimal(0)
    ties: RankTies | None = None

    def scored(self, x: Fraction, compared: Step | None, reading: Reading, at: Deriving) -> list[Step]:
        """Return the points of the place, held together with others or alone."""
        numbers = compared.numbers if compared is not None else {}
        place, tied = int(numbers.get("place", 0)), int(numbers.get("tied", 0))
        ties = self.ties or at.declared.rank_ties
        held = range(place, place + tied)
        if ties == "mean":
            points = sum((self._of(number) for number in held), Fraction(0)) / tied
        else:
            points = self._of(held[0] if ties == "better" else held[-1])
        how = "place" if tied == 1 else f"place_{ties}"
        step = Step(how, points, {"place": Fraction(place), "tied": Fraction(tied)})
        return at.bounded([step], points, reading)

    def _of(self, place: int) -> Fraction:
        return Fraction(self.points[place - 1] if place <= len(self.points) else self.beyond)

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield a reading that is no place, places worth more than better ones, and points nobody can get."""
        points, _, cap = item.bounds
        if item.compare is None or item.compare.to != "rank":
            yield ("shape",), "rulebook_rank_missing", {}
        listed = [Fraction(part) for part in (*self.points, self.beyond)]
        for number, (better, worse) in enumerate(pairwise(listed)):
            if worse > better:
                at = ("points", number + 1) if number + 1 < len(self.points) else ("beyond",)
                yield at, "rulebook_places_order", {"better": as_written(better)}
        if listed[0] > cap:
            yield ("points", 0), "rulebook_points_above_cap", {"cap": as_written(cap)}
        elif listed[0] < points:
            yield full_never(("points", 0), listed[0], points)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the points of every place, and what becomes of ties."""
        listed = [
            words("rule.place", place=str(number), points=plain(points))
            for number, points in enumerate(self.points, 1)
        ]
        beyond = words("rule.some", points=plain(self.beyond)) if self.beyond else words("rule.nothing")
        ties = words(f"rule.place_ties.{self.ties or declared.rank_ties}")
        peers = whose(item, words, by_class=declared.by_class)
        return words("rule.places", places=words.list(listed), beyond=beyond, ties=ties, **peers)

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return what became of a tie; the place itself was told by the comparison."""
        return Text() if step.how == "place" else telling.plainly(step)
