"""How a reading becomes points: a few shapes, each a curve from an exact number to points.

A shape knows neither the value table nor the language. It answers with an `Award`: the points before floor and
cap, the key of the sentence that explains them and the numbers of that sentence. What a text leaves open (whole
steps or pro rata, to which side an end belongs) comes with the `Terms` of the rule set.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.rounds.settings_files import Settings, bad_value
from analysis.rulebook.exact_numbers import Percent, Points, Quantity, Share, exact, less
from analysis.rulebook.predicates import Predicate

#: how a part of a step counts: in proportion, not at all, or as a whole one
StepRule = Literal["pro_rata", "whole", "started"]
End = Literal["closed", "open"]
RankTies = Literal["better", "worse", "mean"]
#: what is counted, keys of `unit_of_measure` in the words
Counted = Literal["event", "case", "project", "clue", "unit", "person", "point", "time", "item"]
#: what a shape finds wrong with itself: where in it, which check, parts of the sentence
Finding = tuple[tuple[str | int, ...], str, dict[str, str]]
PositivePoints = Annotated[Points, Field(gt=0)]
PositiveQuantity = Annotated[Quantity, Field(gt=0)]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a shape besides its own numbers.

    Attributes:
        rising: whether more of what it reads is better.
        steps: how parts of a step count, where the shape does not say.
        closed: whether a threshold itself is reached, where the shape does not say.
        relative: whether 1% of a step is one per cent of the threshold, not one percentage point.
        ties: which place tied units hold, where the shape does not say.
    """

    rising: bool = True
    steps: StepRule = "pro_rata"
    closed: bool = True
    relative: bool = False
    ties: RankTies = "better"


@dataclass(frozen=True, slots=True)
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


class OfOneNumber(Settings):
    """A shape that reads one number: alone (a `Curve`), or among those of the other units (`Places`)."""

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
        """Yield the numbers of the shape that are compared with the reading, with their places in it."""
        yield from ()

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield what is wrong with the shape.

        Args:
            points: full points.
            cap: the most points its item can give.
            terms: of its item.
            most: the largest number that can be read, None if there is no such.
        """
        yield from ()


class Curve(OfOneNumber, ABC):
    """A shape that turns one number into points."""

    @abstractmethod
    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return the points for `x`, before floor and cap."""


class Proportional(Curve):
    """S7, S8, S11, S23, S30: points × rate, or points × mark ÷ full mark.

    Attributes:
        full_at: from here on full points (closed), left out: in proportion throughout.
        zero_below: below this no points (open).
    """

    shape: Literal["proportional"]
    full_at: Share | None = None
    zero_below: Share | None = None

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return `x` of the points; `x` is a share of the whole."""
        if self.zero_below is not None and x < Fraction(self.zero_below):
            return Award(Fraction(0), "below_zero_line", {"zero_below": Fraction(self.zero_below)})
        if self.full_at is not None and x >= Fraction(self.full_at):
            return Award(points, "reached", {"full_at": Fraction(self.full_at)})
        return Award(points * x, "proportional")

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
        """Yield both cuts."""
        yield from _given(full_at=self.full_at, zero_below=self.zero_below)

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield a line that cannot be reached, and cuts in the wrong order."""
        yield from _unreachable(self.full_at or self.zero_below, "full_at", most)
        if self.full_at is not None and self.zero_below is not None and self.zero_below >= self.full_at:
            yield ("zero_below",), "rulebook_ends", {"full_at": as_written(self.full_at)}


class Above(Settings):
    """Points added beyond a threshold.

    Attributes:
        each: width of one step.
        add: points per step.
        most: the most that is added.
    """

    each: PositiveQuantity
    add: PositivePoints
    most: PositivePoints | None = None


class Shortfall(Curve):
    """S6, S12–S14, S24: full points at a threshold, points off per unit short of it, points added per unit beyond.

    Attributes:
        full_at: the threshold.
        each: width of one step, for a share in percentage points (1% is one percentage point).
        off: points off per step.
        steps: `pro_rata` counts parts of a step, `whole` only whole steps, `started` each step begun.
        end: whether the threshold itself is reached (`closed`); left out, as declared for the set.
        start: points at the threshold, left out: full points.
        most: the most that is taken off.
        zero_below: short of this no points at all (open).
        above: points added beyond the threshold.
    """

    shape: Literal["shortfall"]
    full_at: Quantity
    each: PositiveQuantity
    off: PositivePoints
    steps: StepRule | None = None
    end: End | None = None
    start: Points | None = None
    most: PositivePoints | None = None
    zero_below: Quantity | None = None
    above: Above | None = None

    @cached_property
    def _exact(self) -> tuple[Fraction, Fraction, Fraction]:
        return Fraction(self.full_at), Fraction(self.each), Fraction(self.off)

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return the points at the threshold, less `off` per step short of it, or more per step beyond."""
        full_at, each, off = self._exact
        start = points if self.start is None else Fraction(self.start)
        short = full_at - x if terms.rising else x - full_at
        closed = self.end == "closed" if self.end else terms.closed
        # a fraction has the sign of its numerator; comparing fractions is what takes time here
        if short.numerator < 0 or (closed and not short.numerator):
            return self._beyond(-short, start, terms)
        if self.zero_below is not None:
            zero = Fraction(self.zero_below)
            if (x < zero) if terms.rising else (x > zero):
                return Award(Fraction(0), "below_zero_line", {"zero_below": zero})
        if terms.relative and full_at:
            short /= abs(full_at)
        rule = self.steps or terms.steps
        lost = _steps(short / each, rule, closed) * off
        numbers = {"full_at": full_at, "short": short, "each": each, "off": off, "start": start}
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Award(start - lost, f"short_{rule}", numbers)

    def _beyond(self, over: Fraction, start: Fraction, terms: Terms) -> Award:
        full_at = self._exact[0]
        if self.above is None or not over:
            return Award(start, "reached" if over or self.start is None else "exactly", {"full_at": full_at})
        if terms.relative and full_at:
            over /= abs(full_at)
        each, add = Fraction(self.above.each), Fraction(self.above.add)
        rule = self.steps or terms.steps
        # a bonus is earned by whole steps: one merely begun counts as little as under `whole`
        gained = _steps(over / each, "pro_rata" if rule == "pro_rata" else "whole", True) * add
        numbers = {"full_at": full_at, "over": over, "each": each, "add": add, "start": start}
        if self.above.most is not None and gained > Fraction(self.above.most):
            gained = numbers["most"] = Fraction(self.above.most)
        return Award(start + gained, f"over_{'pro_rata' if rule == 'pro_rata' else 'whole'}", numbers)

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
        """Yield threshold, steps and hard zero."""
        yield from _given(full_at=self.full_at, each=self.each, zero_below=self.zero_below)
        if self.above is not None:
            yield ("above", "each"), self.above.each

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield a threshold out of reach, a hard zero on the wrong side, and a bonus the cap takes away."""
        yield from _unreachable(self.full_at if terms.rising else None, "full_at", most)
        if self.zero_below is not None and (
            self.zero_below >= self.full_at if terms.rising else self.zero_below <= self.full_at
        ):
            yield ("zero_below",), "rulebook_ends", {"full_at": as_written(self.full_at)}
        start = points if self.start is None else Fraction(self.start)
        if self.above is not None and start >= cap:
            yield ("above",), "rulebook_bonus_never", {"cap": as_written(cap)}
        if self.start is not None and start > cap:
            yield ("start",), "rulebook_points_above_cap", {"cap": as_written(cap)}
        elif self.above is None and start < points:
            yield ("start",), "rulebook_full_never", {"most": as_written(start), "points": as_written(points)}


class Line(Curve):
    """S6, S8: full points at one end, none at the other, pro rata between; both ends closed.

    Attributes:
        full_at: from here on full points.
        zero_at: from here on no points.
    """

    shape: Literal["line"]
    full_at: Quantity
    zero_at: Quantity

    @cached_property
    def _exact(self) -> tuple[Fraction, Fraction]:
        return Fraction(self.full_at), Fraction(self.zero_at)

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return the points at `x` on the straight line between the two ends."""
        full, zero = self._exact
        if not (less(x, full) if terms.rising else less(full, x)):
            return Award(points, "reached", {"full_at": full})
        if not (less(zero, x) if terms.rising else less(x, zero)):
            return Award(Fraction(0), "not_above", {"zero_at": zero})
        share = (x - zero) / (full - zero)
        return Award(points * share, "between", {"full_at": full, "zero_at": zero, "share": share})

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
        """Yield both ends."""
        yield from _given(full_at=self.full_at, zero_at=self.zero_at)

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield ends that meet or stand the wrong way round, and an end out of reach."""
        yield from _unreachable(self.full_at if terms.rising else None, "full_at", most)
        if self.zero_at >= self.full_at if terms.rising else self.zero_at <= self.full_at:
            yield (
                ("zero_at",),
                "rulebook_ends" if terms.rising else "rulebook_ends_falling",
                {"full_at": as_written(self.full_at)},
            )


class Each(Curve):
    """S3–S5, S27: points off per event, place or project, down to the floor (扣完为止).

    Attributes:
        off: points off for each.
        counted: what is counted, a key of `unit_of_measure` in the words (event, case, project …).
        most: the most that is taken off.
        start_at: fewer than this cost nothing.
        counting: from `start_at` on, `all` of them cost, or only those `beyond` what is free.
    """

    shape: Literal["each"]
    off: PositivePoints
    counted: Counted
    most: PositivePoints | None = None
    start_at: Annotated[int, Field(ge=1)] = 1
    counting: Literal["all", "beyond"] = "all"

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return the points less `off` for each of `x`."""
        off = Fraction(self.off)
        numbers = {"count": x, "off": off, "start_at": Fraction(self.start_at)}
        if not x or x < self.start_at:
            return Award(points, "none" if self.start_at == 1 else "few", numbers)
        charged = x if self.counting == "all" else x - (self.start_at - 1)
        lost = charged * off
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Award(points - lost, "each" if charged == x else "each_beyond", numbers)


class PassDown(Curve):
    """S16: the points a superior lost are lost here too, in part.

    Attributes:
        factor: which share of the superior's deduction.
        most: the most that is taken off.
    """

    shape: Literal["pass_down"]
    factor: Annotated[Share, Field(gt=0)]
    most: PositivePoints | None = None

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return the points less `factor` of the superior's deduction `x`."""
        numbers = {"count": x, "factor": Fraction(self.factor)}
        lost = x * Fraction(self.factor)
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Award(points - lost, "pass_down" if x else "none", numbers)


class AllOrNothing(Curve):
    """S1, S25, S29: full points if a line is reached or a condition holds, else none or a fixed penalty.

    Attributes:
        at_least: the line; where less is better it must not be exceeded.
        when: a condition in its stead.
        end: whether the line itself is reached; left out, as declared for the set.
        off: points off where it is not met, left out: all of them.
    """

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

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return all points, or what is left without them."""
        line = exact(self.at_least)
        closed = self.end == "closed" if self.end else terms.closed
        met = (x > line if terms.rising else x < line) or (closed and x == line)
        return self.answer(met, points)

    def answer(self, met: bool, points: Fraction) -> Award:
        """Return the points of a met or an unmet condition."""
        if met:
            return Award(points, "met")
        return Award(Fraction(0) if self.off is None else points - Fraction(self.off), "not_met")

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
        """Yield the line."""
        yield from _given(at_least=self.at_least)

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield a line out of reach."""
        yield from _unreachable(self.at_least if terms.rising else None, "at_least", most)


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
        ends = {name: getattr(self, name) for name in ("at_least", "above", "at_most", "below")}
        return Predicate(**ends) if any(end is not None for end in ends.values()) else None


class Bands(Curve):
    """S9: points by bands, in any order; each end says to which band it belongs."""

    shape: Literal["bands"]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Award:
        """Return the points of the band `x` lies in."""
        for number, band in enumerate(self.bands):
            if band.bounds is None or band.bounds.contains(x):
                return Award(Fraction(band.points), "band", {"band": Fraction(number)})
        return Award(Fraction(0), "no_band")

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
        """Yield the ends of all bands."""
        for number, band in enumerate(self.bands):
            for place, end in _given(
                at_least=band.at_least, above=band.above, at_most=band.at_most, below=band.below
            ):
                yield ("bands", number, *place), end

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield bands that are empty, overlap or leave a gap, ends nobody owns, and points nobody can get."""
        signed = next((end for _, end in self.thresholds()), Decimal(0))

        def told(**ends: Fraction) -> dict[str, str]:
            return {name: _like(signed, end) for name, end in ends.items()}

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
            yield ("bands",), "rulebook_full_never", {"most": as_written(best), "points": as_written(points)}


class Places(OfOneNumber):
    """S10: points by rank, the first place first (`compare: {to: rank}`).

    Attributes:
        points: of the first, second … place.
        beyond: of every later place.
        ties: tied units hold the better place, the worse one, or share the points of their places evenly.
    """

    shape: Literal["places"]
    points: Annotated[tuple[Points, ...], Field(min_length=1)]
    beyond: Points = Decimal(0)
    ties: RankTies | None = None

    def award_place(self, place: int, tied: int, terms: Terms) -> Award:
        """Return the points of a place, held together with others or alone.

        Args:
            place: the best of the places held.
            tied: how many units hold it.
            terms: with the tie rule of the set.
        """
        ties = self.ties or terms.ties
        held = range(place, place + tied)
        if ties == "mean":
            points = sum((self._of(number) for number in held), Fraction(0)) / tied
        else:
            points = self._of(held[0] if ties == "better" else held[-1])
        how = "place" if tied == 1 else f"place_{ties}"
        return Award(points, how, {"place": Fraction(place), "tied": Fraction(tied)})

    def _of(self, place: int) -> Fraction:
        return Fraction(self.points[place - 1] if place <= len(self.points) else self.beyond)

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield places worth more than better ones, and points nobody can get."""
        listed = [Fraction(part) for part in (*self.points, self.beyond)]
        for number, (better, worse) in enumerate(pairwise(listed)):
            if worse > better:
                at = ("points", number + 1) if number + 1 < len(self.points) else ("beyond",)
                yield at, "rulebook_places_order", {"better": as_written(better)}
        if listed[0] > cap:
            yield ("points", 0), "rulebook_points_above_cap", {"cap": as_written(cap)}
        elif listed[0] < points:
            yield (
                ("points", 0),
                "rulebook_full_never",
                {"most": as_written(listed[0]), "points": as_written(points)},
            )


class Item(Settings):
    """A part that is there or not.

    Attributes:
        when: the condition.
        points: points where it holds.
    """

    name: str
    name_en: str = ""
    when: Predicate
    points: PositivePoints


class Items(Settings):
    """S2: the sum of what is there.

    Attributes:
        items: the parts.
        in_order: a part counts only where those before it hold (“在此基础上再得”).
    """

    shape: Literal["items"]
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    in_order: bool = False

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield parts that do not add up to the full points."""
        total = sum((Fraction(item.points) for item in self.items), Fraction(0))
        if total < points:
            yield ("items",), "rulebook_full_never", {"most": as_written(total), "points": as_written(points)}


class Severity(Settings):
    """One row of a matrix: events of one severity.

    Attributes:
        measure: how many there were.
        includes: measures whose events are counted here too; each event costs once, in the row of that measure.
        off: points off altogether for one, two … of them.
        further: points off for each beyond the last number listed.
    """

    name: str
    name_en: str = ""
    measure: str
    includes: tuple[str, ...] = ()
    off: Annotated[tuple[PositivePoints, ...], Field(min_length=1)]
    further: Points = Decimal(0)

    def cost(self, number: Fraction) -> Fraction:
        """Return the points off for a number of events."""
        if number <= 0:
            return Fraction(0)
        listed, further = len(self.off), int(number) - len(self.off)
        cost = Fraction(self.off[min(int(number), listed) - 1])
        return cost + further * Fraction(self.further) if further > 0 else cost


class Matrix(Settings):
    """S18: points off by severity and number.

    Attributes:
        rows: the severities.
        counted: what is counted.
        merge: the rows add up, or only the dearest counts.
        most: the most that is taken off.
    """

    shape: Literal["matrix"]
    rows: Annotated[tuple[Severity, ...], Field(min_length=1)]
    counted: Counted = "event"
    merge: Literal["add", "highest"] = "add"
    most: PositivePoints | None = None

    def faults(
        self, points: Fraction, cap: Fraction, terms: Terms, most: Fraction | None
    ) -> Iterator[Finding]:
        """Yield rows in which more events cost less, and rows that include what is nowhere counted."""
        counted = {row.measure for row in self.rows}
        for number, row in enumerate(self.rows):
            for place, (fewer, more) in enumerate(pairwise(row.off)):
                if more < fewer:
                    yield (
                        ("rows", number, "off", place + 1),
                        "rulebook_matrix_order",
                        {"fewer": as_written(fewer)},
                    )
            for place, measure in enumerate(row.includes):
                if measure not in counted or measure == row.measure:
                    yield ("rows", number, "includes", place), "rulebook_matrix_includes", {"name": row.name}


class Level(Settings):
    """One level of a bonus: a count and the points for each of it."""

    name: str
    name_en: str = ""
    measure: str
    points: Annotated[Points, Field(gt=0)]


def _steps(number: Fraction, rule: StepRule, closed: bool) -> Fraction:
    """Return how many steps count; short of an open end at least one has begun."""
    if rule == "pro_rata":
        return number
    if rule == "whole":
        return Fraction(floor(number))
    return Fraction(max(ceil(number), 0 if closed else 1))


def _given(**numbers: Quantity | None) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
    for name, number in numbers.items():
        if number is not None:
            yield (name,), number


def _unreachable(line: Quantity | None, name: str, most: Fraction | None) -> Iterator[Finding]:
    if line is not None and most is not None and Fraction(line) > most:
        yield (name,), "rulebook_never_reached", {"most": _like(line, most)}


def _like(line: Quantity, number: Fraction) -> str:
    """Return a number written the way a threshold is: with the sign of a percentage, or without."""
    exact_number = Decimal(number.numerator) / number.denominator
    return as_written(Percent(exact_number) if isinstance(line, Percent) else exact_number)


def as_written(number: Fraction | Decimal) -> str:
    """Return a number as a rule writes it, a percentage with its sign."""
    if isinstance(number, Fraction):
        number = Decimal(number.numerator) / number.denominator
    scaled = number * 100 if isinstance(number, Percent) else number
    return f"{scaled.normalize():f}{'%' if isinstance(number, Percent) else ''}"
