"""Shapes that cut at lines: all or nothing, and bands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from analysis.rounds.settings_files import Location, Settings, bad_value
from analysis.rulebook.exact_numbers import Points, Quantity, exact
from analysis.rulebook.predicates import BOUNDS, Predicate
from analysis.rulebook.rule import (
    Curve,
    End,
    Finding,
    PositivePoints,
    Step,
    Terms,
    Threshold,
    as_written,
    full_never,
    given,
    scoring_shape,
    unreachable,
    written_like,
)
from analysis.rulebook.sentences import condition, plain, spaced, threshold, value_name, whose
from analysis.words import Text, Words
from analysis.words.text import join

if TYPE_CHECKING:
    from analysis.rulebook.derivation import Derivation, Deriving, Reading
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling


@scoring_shape
class AllOrNothing(Curve):
    """S1, S25, S29: full points if a line is reached or a condition holds, else none or a fixed penalty.

    Attributes:
        at_least: the line; where less is better it must not be exceeded.
        when: a condition in its stead.
        end: whether the line itself is reached; left out, as declared for the set.
        off: points off where it is not met, left out: all of them.
    """

    is_yes_or_no = True
    monotone = True

    shape: Literal["all_or_nothing"]
    at_least: Quantity | None = None
    when: Predicate | None = None
    end: End | None = None
    off: PositivePoints | None = None

    @model_validator(mode="after")
    def _one_question(self) -> AllOrNothing:
        if (self.at_least is None) == (self.when is None):
            raise bad_value("line_or_condition")
        return self

    @property
    def reads_own(self) -> bool:
        """Whether the line or some part of the condition is about the number of the item."""
        return self.when is None or any(not leaf.measure for leaf in self.when.leaves())

    def conditions(self) -> Iterator[tuple[Location, Predicate]]:
        """Yield the condition."""
        if self.when is not None:
            yield ("when",), self.when

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return all points, or what is left without them."""
        line = exact(self.at_least)
        closed = self.end == "closed" if self.end else terms.closed
        met = (x > line if terms.rising else x < line) or (closed and x == line)
        return self._answer(met, points, "")

    def _answer(self, met: bool, points: Fraction, prefix: str) -> Step:
        if met:
            return Step(f"{prefix}met", points)
        return Step(f"{prefix}not_met", Fraction(0) if self.off is None else points - Fraction(self.off))

    def derived(self, reading: Reading, at: Deriving) -> Derivation:
        """Return what the line or the condition gives; a condition may be about other measures only."""
        if self.reads_own:
            return at.of_one_number(reading)
        return at.ended(tuple(self._by_condition(reading, at)), at.status_of_others())

    def scored(self, x: Fraction, compared: Step | None, reading: Reading, at: Deriving) -> list[Step]:
        """Return the points by the line, or by a condition on the reading."""
        if self.when is None:
            return super().scored(x, compared, reading, at)
        return self._by_condition(reading, at)

    def _by_condition(self, reading: Reading, at: Deriving) -> list[Step]:
        assert self.when is not None
        holds = self.when.holds(at.value_of(reading))
        if holds is None:
            return [*at.unknown("condition_missing", at.declared.missing)]
        step = self._answer(holds, at.item.bounds[0], "condition_")
        return at.bounded([step], step.points, reading)

    def thresholds(self) -> Iterator[Threshold]:
        """Yield the line."""
        yield from given(at_least=self.at_least)

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield a line out of reach."""
        yield from unreachable(self.at_least if item.rising else None, "at_least", item.most_readable)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return what is given where it is met, and what is lost where not."""
        points = plain(item.points)
        if self._mere_yes(item):
            if self.off is None:
                return words("rule.all_or_nothing", points=points)
            met, unmet = words("rule.stated"), words("rule.not_stated")
        elif self.when is not None:
            met, unmet = condition(self.when, item, words, by_class=declared.by_class), words("rule.unmet")
        else:
            side, end = "up" if item.rising else "down", self.end or declared.ends
            at = spaced(threshold(item, self.at_least, words), words)
            met, unmet = words(f"rule.reach_{side}_{end}", at=at), words("rule.unmet")
        full = words("rule.full" if item.points else "rule.no_loss", points=points)
        lost = words("rule.nothing") if self.off is None else words("rule.loses", off=plain(self.off))
        return words("rule.met_or_not", met=met, given=full, unmet=unmet, lost=lost)

    def _mere_yes(self, item: Scoring) -> bool:
        """Return whether what the item reads is a mere yes or no."""
        # a case among others compares a number, whatever its line
        alone = item.rule is self and item.compare is None
        return alone and not item.base_share and item.rising and self.at_least == 1

    def tells_reading(self, item: Scoring) -> bool:
        """Return whether there is a number to tell: a condition tells its own, a mere yes has none."""
        return self.when is None and not self._mere_yes(item)

    def asked(self, step: Step) -> Predicate | None:
        """Return the condition."""
        return self.when

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return on which side of its line a reading lies, and what that costs where it does not cost all."""
        words, item, met = telling.words, telling.item, not step.how.endswith("not_met")
        if step.how.startswith("condition_"):
            told = words(f"derivation.{step.how}", fact=telling.fact(self.when))
        elif self._mere_yes(item):
            return words(f"derivation.{step.how}")
        else:
            key = f"line_{'reached' if met else 'missed'}{'' if item.rising else '_falling'}"
            told = words(f"derivation.{key}", at=threshold(item, self.at_least, words))
        if met or self.off is None:
            return told
        return words.clauses([told, words("derivation.taking", points=plain(self.off))])


class Band(Settings):
    """From where to where, and the points there; the key of an end says whether it belongs to the band."""

    at_least: Quantity | None = None
    above: Quantity | None = None
    at_most: Quantity | None = None
    below: Quantity | None = None
    points: Points

    @cached_property
    def bounds(self) -> Predicate | None:
        """The bounds as a condition, None for a band without any."""
        ends = {name: getattr(self, name) for name in BOUNDS}
        return Predicate(**ends) if any(end is not None for end in ends.values()) else None

    def phrase(self, item: Scoring, words: Words) -> Text:
        """Return the bounds as a phrase: 不低于 85%、低于 95%."""
        if self.bounds is None:
            return words("condition.any")
        if self.at_least is not None and self.at_least == self.at_most:
            return words("condition.equal", at=threshold(item, self.at_least, words))
        bounds = [
            words(f"condition.{name}", at=threshold(item, getattr(self, name), words))
            for name in BOUNDS
            if getattr(self, name) is not None
        ]
        return join(bounds, words.label("condition.both"))


@scoring_shape
class Bands(Curve):
    """S9: points by bands, in any order; each end says to which band it belongs."""

    takes_place = True

    shape: Literal["bands"]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points of the band `x` lies in."""
        for number, band in enumerate(self.bands):
            if band.bounds is None or band.bounds.contains(x):
                return Step("band", Fraction(band.points), {"band": Fraction(number)})
        return Step("no_band", Fraction(0))

    def thresholds(self) -> Iterator[Threshold]:
        """Yield the ends of all bands."""
        for number, band in enumerate(self.bands):
            for place, end in given(**{name: getattr(band, name) for name in BOUNDS}):
                yield ("bands", number, *place), end

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield bands that are empty, overlap or leave a gap, ends nobody owns, and points nobody can get."""
        points, _, cap = item.bounds
        most = item.most_readable
        signed = next((end for _, end in self.thresholds()), Decimal(0))

        def told(**ends: Fraction) -> dict[str, str]:
            return {name: written_like(signed, end) for name, end in ends.items()}

        spans = []
        for number, band in enumerate(self.bands):
            low = band.bounds.lower() if band.bounds else None
            high = band.bounds.upper() if band.bounds else None
            if low and high and (low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))):
                yield ("bands", number), "rulebook_band_empty", told(start=low[0], end=high[0])
                return
            spans.append((low, high, number))
        # a band without a lower end comes first; of two that begin at one number the one that owns it
        spans.sort(
            key=lambda span: (span[0] is not None, *((span[0][0], not span[0][1]) if span[0] else (0, 0)))
        )
        first, last = spans[0], spans[-1]
        if first[0] is not None and (most is None or first[0][0] > 0):
            yield ("bands", first[2]), "rulebook_bands_open_below", told(start=first[0][0])
        if last[1] is not None and (most is None or last[1][0] < most):
            yield ("bands", last[2]), "rulebook_bands_open_above", told(end=last[1][0])
        for (_, high, _), (low, _, number) in pairwise(spans):
            if high is None or low is None:
                yield ("bands", number), "rulebook_bands_endless", {}
            elif low[0] < high[0] or (low[0] == high[0] and low[1] and high[1]):
                yield ("bands", number), "rulebook_bands_overlap", told(at=low[0])
            elif low[0] > high[0]:
                yield ("bands", number), "rulebook_bands_gap", told(start=high[0], end=low[0])
            elif not (low[1] or high[1]):
                yield ("bands", number), "rulebook_end_undeclared", told(at=low[0])
        best = max(Fraction(band.points) for band in self.bands)
        if best > cap:
            yield ("bands",), "rulebook_points_above_cap", {"cap": as_written(cap)}
        elif best < points:
            yield full_never("bands", best, points)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the points of every band."""
        bands = [
            words("rule.band", bounds=spaced(band.phrase(item, words), words), points=plain(band.points))
            for band in self.bands
        ]
        if item.compare is not None:
            peers = whose(item, words, by_class=declared.by_class)
            subject = words(f"rule.subject.{item.compare.to}", **peers).plain
        elif item.read in ("decline", "rise"):
            subject = words(f"rule.subject.{item.read}", name=value_name(item, words)).plain
        else:
            subject = value_name(item, words)
        return words("rule.bands", subject=subject, bands=words.series(bands))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return the band a reading lies in."""
        if step.how == "no_band":
            return telling.plainly(step)
        band = self.bands[int(step.numbers["band"])]
        return telling.words("derivation.band", bounds=band.phrase(telling.item, telling.words))
